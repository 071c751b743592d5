/*
 * target.h: under which name a file is written whose URL alone says what it is called.
 */
#ifndef APP_CLIENT_TARGET_H
#define APP_CLIENT_TARGET_H

#include <stddef.h>

/*
 * FOLDER/BASE, where BASE is the last part of `name` (the decoded name of the URL, `size` bytes and a NUL) and folder
 * may be NULL. Memory to be freed. NULL: *error says why there is none; if it is NULL too, there is no memory. A URL
 * can have been written by anybody: the result never leads out of the folder, and is never a dot-file, since those
 * configure programs.
 */
char *target_path(const char *folder, const char *name, size_t size, const char **error);

#endif
