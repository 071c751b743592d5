/*
 * user_stays.c: root stays root in a build for tests whose run-time parts (sanitizers, coverage) look into the process
 * and write files at its end, which nobody else could; see user.h.
 */
#include "net/user.h"

#include <stdio.h>
#include <unistd.h>

bool user_become(const char *name, int root, char *text)
{
    (void)name;
    (void)root;
    snprintf(text, USER_TEXT_ROOM, "%s", geteuid() == 0 ? "started as root, and stays root: a build for tests" : "");
    return true;
}
