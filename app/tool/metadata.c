/* metadata.c: see metadata.h. */
#include "app/tool/metadata.h"

#include <errno.h>
#include <unistd.h>

int metadata_carry(int fd, const struct stat *from, uint32_t seconds)
{
    struct timespec times[2] = {from->st_atim, from->st_mtim};
    mode_t mode = from->st_mode & 0777;
    int result = 0;

    if (seconds != 0)
        times[1] = (struct timespec){.tv_sec = (time_t)seconds};
    /* The owner last: who gives a file away may not change it. The group first: the permissions are meant for it. */
    if (fchown(fd, (uid_t)-1, from->st_gid) < 0)
        mode &= ~(mode_t)070 | (mode & 07) << 3;
    if (fchmod(fd, mode) < 0)
        result = -1;
    if (futimens(fd, times) < 0)
        result = -1;

    const int error = errno;

    if (fchown(fd, from->st_uid, (gid_t)-1) < 0)
        errno = error; /* only root may give files away: the new file is then the user's own */
    return result;
}
