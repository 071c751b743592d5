/*
 * user.h: a server that was started as root becomes somebody else, once it has its sockets.
 */
#ifndef NET_USER_H
#define NET_USER_H

#include <stdbool.h>

/* Room for the text of an error or a note. */
enum { USER_TEXT_ROOM = 256 };

/* Who a server becomes if nobody says; and where the system has no such name, this number. */
#define USER_DEFAULT "nobody"
enum { USER_DEFAULT_ID = 65534 };

/*
 * If the process is root: makes it the user `name` (a name or a number; NULL: USER_DEFAULT), with that user's groups
 * and for good. Its `/` becomes the folder `root`, where the system allows that. If the folder is closed to the user,
 * the right to read (CAP_DAC_READ_SEARCH) is kept: whoever serves as root a folder that root alone can read wants it
 * read. Where that right cannot be kept it is an error. `name` may be root itself, and then nothing happens.
 *
 * If it is not root: nothing happens; a name other than its own is an error.
 *
 * True: text[USER_TEXT_ROOM] is empty or a note for the log. False: it is an error, and the process must not go on.
 */
bool user_become(const char *name, int root, char *text);

/*
 * The right to read everything, by file: user_hold_reading() before the user changes, user_take_reading() after that.
 * It leaves that right alone and no other. False: errno.
 */
bool user_hold_reading(void);
bool user_take_reading(void);

#endif
