/* here.c: see here.h. */
#include "tests/support/here.h"

#include "tests/support/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct folder here;

void here_begin(const char *name)
{
    here = folder_make(name);
    if (fchdir(here.fd) != 0) {
        perror(here.path);
        exit(1);
    }
}

void here_end(void)
{
    if (chdir("/") == 0)
        folder_remove(&here);
}

void here_put(const char *name, const void *data, size_t size) { folder_put(&here, name, data, size); }
void here_put_text(const char *name, const char *text) { here_put(name, text, strlen(text)); }

size_t here_load(const char *name, void *to, size_t room)
{
    const int fd = open(name, O_RDONLY);
    const ssize_t n = fd < 0 ? -1 : read(fd, to, room);

    if (fd >= 0)
        close(fd);
    return n < 0 ? 0 : (size_t)n;
}

bool here_holds(const char *name, const void *data, size_t size)
{
    unsigned char *const got = malloc(size + 1); /* one more, to see what is longer */
    const bool same = got && access(name, F_OK) == 0 && here_load(name, got, size + 1) == size &&
                      (size == 0 || memcmp(got, data, size) == 0);

    free(got);
    return same;
}

bool here_holds_text(const char *name, const char *text) { return here_holds(name, text, strlen(text)); }

/* Calls each(), if there is one, with every entry, and counts them. */
static int look(void (*each)(const char *name))
{
    DIR *const d = opendir(".");
    int n = 0;

    for (const struct dirent *e; d && (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            n++;
            if (each)
                each(e->d_name);
        }
    if (d)
        closedir(d);
    return n;
}

static void remove_it(const char *name) { unlink(name); }

int here_entries(void) { return look(NULL); }
int here_clear(void) { return look(remove_it); }

long long here_size(const char *prefix)
{
    DIR *const d = opendir(".");
    long long size = -1;
    struct stat st;

    for (const struct dirent *e; d && (e = readdir(d));)
        if (strncmp(e->d_name, prefix, strlen(prefix)) == 0 && stat(e->d_name, &st) == 0 && st.st_size > size)
            size = st.st_size;
    if (d)
        closedir(d);
    return size;
}
