/*
 * verdict.h: how a transfer ended, as the program's exit code tells it.
 */
#ifndef APP_CLIENT_VERDICT_H
#define APP_CLIENT_VERDICT_H

enum verdict {
    VERDICT_OK = 0,
    VERDICT_USAGE = 1,         /* an option or an address is wrong */
    VERDICT_NO_CONNECTION = 2, /* no server was reached */
    VERDICT_REFUSED = 3,       /* the server will not give this file */
    VERDICT_CORRUPT = 4,       /* the stream has a defect */
    VERDICT_CUT_SHORT = 5,     /* the connection ended before the stream did */
    VERDICT_LOCAL = 6,         /* a file here could not be read or written, memory ran out */
    VERDICT_DIFFERS = 7,       /* the file came whole, but is not the one it was compared with */
    VERDICT_LIMIT = 8          /* a limit of size or time was reached */
};

#endif
