/* sandbox_posix.c: POSIX has no walls, nor have builds whose run-time parts (sanitizers, coverage) would hit them. */
#include "net/sandbox.h"

#include <stdio.h>

unsigned sandbox_enter(int root, unsigned walls, char *lacking)
{
    (void)root;
    (void)walls;
    snprintf(lacking, SANDBOX_TEXT_ROOM, "this system, or this build, has no Landlock and no seccomp");
    return 0;
}
