/* folder.c: see folder.h. */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */
#include "tests/support/folder.h"

#include "net/transfer.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

struct folder folder_make(const char *name)
{
    struct folder folder;

    snprintf(folder.path, sizeof folder.path, "/tmp/sluice-%s-XXXXXX", name);
    if (!mkdtemp(folder.path) || (folder.fd = open(folder.path, O_RDONLY | O_DIRECTORY)) < 0)
        fail(folder.path);
    return folder;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

void folder_remove(struct folder *folder)
{
    close(folder->fd);
    if (nftw(folder->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
        fail(folder->path);
}

void folder_put(const struct folder *folder, const char *name, const void *data, size_t size)
{
    const int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd < 0 || (size > 0 && write(fd, data, size) != (ssize_t)size))
        fail(name);
    close(fd);
}

void folder_text(unsigned char *text, size_t size)
{
    uint64_t seed = 7;

    for (size_t i = 0; i < size; i++) {
        const uint64_t r = check_random(&seed) >> 33;

        text[i] = (unsigned char)(r % 6 == 0 ? ' ' : "etaoinsh"[r % 8]);
    }
}

void folder_noise(unsigned char *noise, size_t size)
{
    uint64_t seed = 3;

    for (size_t i = 0; i < size; i++)
        noise[i] = (unsigned char)(check_random(&seed) >> 56);
}

void folder_pause(long milliseconds)
{
    const struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};

    nanosleep(&time, NULL);
}

void folder_age(void)
{
    folder_pause(TRANSFER_FRESH + 10);
}
