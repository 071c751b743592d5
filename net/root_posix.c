/* root_posix.c: where the system has nothing better than the walk. */
#include "net/root.h"

int root_beneath(int root, const char *name, int flags)
{
    return root_walk(root, name, flags);
}
