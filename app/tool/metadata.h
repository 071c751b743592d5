/* metadata.h: mode, owner and times of a file go with its data. */
#ifndef APP_TOOL_METADATA_H
#define APP_TOOL_METADATA_H

#include <stdint.h>
#include <sys/stat.h>

/*
 * Gives the file at *fd the owner, permissions and times of `from`, as far as this user may; `seconds` replaces the
 * time of modification unless it is 0. Only permissions are given, not set-user-ID and the like; and where the group
 * cannot be given, the file's own group gets no more than everyone. 0, or -1 with errno when permissions or times
 * cannot be set.
 */
int metadata_carry(int fd, const struct stat *from, uint32_t seconds);

#endif
