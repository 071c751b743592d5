/*
 * standard_files.h: standard input, output and error are there, whatever the caller did.
 */
#ifndef APP_STANDARD_FILES_H
#define APP_STANDARD_FILES_H

/*
 * If one is closed, a file that is opened later would get its number, and what is printed would land in it. To be
 * called first: such a place is filled by something that cannot be used in its way, so that using it is an error.
 */
void standard_files_hold(void);

#endif
