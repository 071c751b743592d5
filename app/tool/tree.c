/*
 * tree.c: -r.
 *
 * The names in a folder are read before any of its files is touched, so that results do not turn up as further input.
 * Symbolic links are not followed, so the walk ends.
 */
#include "app/tool/run.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names in a folder. */
struct names {
    char **list;
    size_t count, room;
};

static bool add(struct names *names, const char *name)
{
    if (names->count == names->room) {
        const size_t room = names->room ? 2 * names->room : 64;
        char **list = realloc(names->list, room * sizeof *list);

        if (!list)
            return false;
        names->list = list;
        names->room = room;
    }
    names->list[names->count] = strdup(name);
    return names->list[names->count] && ++names->count;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All names but "." and "..", in order; false with errno. */
static bool read_names(const char *path, struct names *names)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool fine = true;

    if (!folder)
        return false;
    while (fine && (errno = 0, entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            fine = add(names, entry->d_name);

    const int error = fine ? errno : ENOMEM;

    closedir(folder);
    if (names->count > 0)
        qsort(names->list, names->count, sizeof *names->list, compare);
    errno = error;
    return error == 0;
}

void tree_process(struct run *run, const char *path)
{
    struct names names = {0};
    const size_t length = strlen(path);

    if (!read_names(path, &names))
        report_errno(run, path);
    for (size_t i = 0; i < names.count; i++) {
        const size_t size = length + strlen(names.list[i]) + 2;
        char *below = malloc(size);

        if (below) {
            snprintf(below, size, "%s%s%s", path, length > 0 && path[length - 1] == '/' ? "" : "/", names.list[i]);
            file_process(run, below);
        } else {
            report_errno(run, names.list[i]);
        }
        free(below);
        free(names.list[i]);
    }
    free(names.list);
}
