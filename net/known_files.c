/* known_files.c: see known_files.h. A table of places for two names each, found by a hash. */
#include "net/known_files.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Names that a thread knows at most, 200 bytes and the name each. A site with more files in use at a time still gains
 * by those that are asked for most.
 */
enum { PLACES = 1024, NAMES_A_PLACE = 2 };

struct known_files {
    struct known_file places[PLACES][NAMES_A_PLACE]; /* the one added later first */
};

struct known_files *known_files_new(void)
{
    return calloc(1, sizeof(struct known_files));
}

void known_files_free(struct known_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < PLACES; i++)
        for (size_t k = 0; k < NAMES_A_PLACE; k++)
            free(files->places[i][k].name);
    free(files);
}

/* FNV-1a, eight bytes at a time: names are short, and whoever makes names collide only finds them less well known. */
static struct known_file *place_of(struct known_files *files, const char *name, size_t size)
{
    uint64_t hash = 0xCBF29CE484222325u, word;

    for (; size >= sizeof word; name += sizeof word, size -= sizeof word) {
        memcpy(&word, name, sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    word = size;
    for (size_t i = 0; i < size; i++)
        word = word << 8 | (unsigned char)name[i];
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return files->places[(hash >> 40) % PLACES];
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool known_files_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size && a->st_mode == b->st_mode &&
           same_time(&a->st_mtim, &b->st_mtim) && same_time(&a->st_ctim, &b->st_ctim);
}

const struct known_file *known_files_find(struct known_files *files, int root, const char *name, size_t size)
{
    struct known_file *const place = place_of(files, name, size);
    struct stat now;

    for (size_t i = 0; i < NAMES_A_PLACE; i++)
        if (place[i].name && place[i].size == size && memcmp(place[i].name, name, size) == 0)
            return fstatat(root, place[i].name, &now, 0) == 0 && known_files_same(&now, &place[i].status) ? &place[i]
                                                                                                          : NULL;
    return NULL;
}

void known_files_add(struct known_files *files, const char *name, size_t size, const struct stat *status,
                     bool compressible, bool gzip)
{
    struct known_file *const place = place_of(files, name, size);
    size_t i = 0;

    while (i < NAMES_A_PLACE && !(place[i].name && place[i].size == size && memcmp(place[i].name, name, size) == 0))
        i++;
    if (i == NAMES_A_PLACE) {
        char *const own = malloc(size + 1);

        if (!own)
            return;
        memcpy(own, name, size);
        own[size] = '\0';
        free(place[NAMES_A_PLACE - 1].name);
        memmove(place + 1, place, (NAMES_A_PLACE - 1) * sizeof *place);
        i = 0;
        place[0].name = own;
        place[0].size = size;
    }
    place[i].status = *status;
    place[i].compressible = compressible;
    place[i].gzip = gzip;
}
