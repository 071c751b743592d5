/*
 * writeback.h: lets the disk begin with what has been written while more is on its way, so that the sync in the end
 * waits for little. A hint: a system that does not know it loses time, nothing else.
 */
#ifndef APP_WRITEBACK_H
#define APP_WRITEBACK_H

/* Begins to bring what has been written to *fd to the disk, and does not wait for it. Keeps errno. */
void writeback_begin(int fd);

#endif
