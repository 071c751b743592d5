/* target.c: see target.h. */
#include "app/client/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *target_path(const char *folder, const char *name, size_t size, const char **error)
{
    const char *base = name + size;
    char *path;

    *error = NULL;
    while (base > name && base[-1] != '/')
        base--;
    if (*base == '\0') {
        *error = "the name ends in a slash, say with -o FILE what to call it";
        return NULL;
    }
    if (*base == '.') {
        *error = "the name begins with a dot, say with -o FILE what to call it";
        return NULL;
    }
    if (!folder)
        folder = ".";

    const size_t room = strlen(folder) + 1 + strlen(base) + 1;

    path = malloc(room);
    if (!path)
        return NULL;
    if (strcmp(folder, ".") == 0)
        memcpy(path, base, strlen(base) + 1);
    else
        snprintf(path, room, "%s/%s", folder, base);
    return path;
}
