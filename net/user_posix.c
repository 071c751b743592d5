/* user_posix.c: POSIX knows root's rights as a whole alone. */
#include "net/user.h"

#include <errno.h>

bool user_hold_reading(void)
{
    errno = EACCES;
    return false;
}

bool user_take_reading(void)
{
    errno = EACCES;
    return false;
}
