/* faulty.c: see faulty.h. */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */
#include "tests/support/faulty.h"

#include "sluice.h"
#include "tests/support/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALLS_MOST = 5000 }; /* no program makes so many before it is done with what is asked of it here */

static char folder[] = "/dev/shm/sluice-faults-XXXXXX", told[sizeof folder + 8];
static char top[PATH_MAX];
static const char *failing = "nothing";

void faulty_begin(void)
{
    if (access("/dev/shm", W_OK) < 0) /* files that are in memory need no disk to be synced, thousands of times */
        strcpy(folder, "/tmp/sluice-faults-XXXXXX");
    if (!getcwd(top, sizeof top) || !mkdtemp(folder) || chdir(folder) < 0 ||
        chmod(folder, 0755) < 0) /* a server that has been started by root is another user */ {
        perror(folder);
        exit(1);
    }
    snprintf(told, sizeof told, "%s.told", folder);
    setenv("SLUICE_FAULT_TOLD", told, 1);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

void faulty_end(void)
{
    unlink(told);
    if (chdir("/") == 0)
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool faulty_is_full(void)
{
    const char *const full = getenv("FULL");

    return full && strcmp(full, "true") == 0;
}

static const char *path_of(const char *kind, const char *name, char path[2 * PATH_MAX])
{
    const char *const built = getenv("B") ? getenv("B") : "build";

    if (*built == '/')
        snprintf(path, 2 * PATH_MAX, "%s/%s%s", built, kind, name);
    else
        snprintf(path, 2 * PATH_MAX, "%s/%s/%s%s", top, built, kind, name);
    return path;
}

const char *faulty_program(const char *name)
{
    static char path[2 * PATH_MAX];

    return path_of("faults/", name, path);
}

const char *sound_program(const char *name)
{
    static char path[2 * PATH_MAX];

    return path_of("", name, path);
}

void faulty_plan(const char *name, int at, int error)
{
    char plan[80];

    unlink(told);
    failing = name ? name : "nothing";
    if (!name) {
        unsetenv("SLUICE_FAULT");
        return;
    }
    snprintf(plan, sizeof plan, "%s:%d:%d", name, at, error);
    setenv("SLUICE_FAULT", plan, 1);
}

bool faulty_happened(void)
{
    struct stat st;

    return stat(told, &st) == 0 && st.st_size > 0;
}


const char *faulty_name(void) { return failing; }

void faulty_each(const struct fault *faults, size_t count, const char *what, void (*once)(void *user), void *user)
{
    for (size_t i = 0; i < count; i++)
        for (int e = 0; faults[i].errors[e] && (e == 0 || faulty_is_full()); e++)
            for (int at = 0;; at += faulty_is_full() ? 1 : 1 + at) {
                faulty_plan(faults[i].name, at, faults[i].errors[e]);
                check_context("%s: call %d of %s fails: %s", what, at, faults[i].name, strerror(faults[i].errors[e]));
                once(user);
                if (!faulty_happened())
                    break;
                if (!CHECK(at < CALLS_MOST))
                    break;
            }
    faulty_plan(NULL, 0, 0);
}

static int port_of(const char *lines, const char *protocol)
{
    const char *const p = strstr(lines, protocol);

    return p ? atoi(p + strlen(protocol)) : 0;
}

/* All lines come at once, when all addresses are there; a pipe may yet hand them over in two pieces. */
bool faulty_listens(struct program *server, int *http, int *bare)
{
    char lines[400] = "";
    size_t n = 0;

    while (n < sizeof lines - 1 &&
           !(strstr(lines, "http 127.") && strstr(lines, "bare 127.") && lines[n - 1] == '\n')) {
        const ssize_t got = read(server->out_fd, lines + n, sizeof lines - 1 - n);

        if (got <= 0)
            return false;
        n += (size_t)got;
        lines[n] = 0;
    }
    *http = port_of(lines, "http 127.0.0.1:");
    *bare = port_of(lines, "bare 127.0.0.1:");
    return true;
}

/* ---- Files ---- */

void faulty_write(const char *name, const void *data, size_t size)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        perror(name);
        exit(1);
    }
    close(fd);
}

static uint8_t *read_all(const char *name, size_t *size)
{
    const int fd = open(name, O_RDONLY);
    struct stat st;
    uint8_t *data = NULL;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && (data = malloc((size_t)st.st_size + 1)) != NULL) {
        const ssize_t n = read(fd, data, (size_t)st.st_size);

        *size = n > 0 ? (size_t)n : 0;
    }
    close(fd);
    return data;
}

bool faulty_holds(const char *name, const void *data, size_t size)
{
    size_t got = 0;
    uint8_t *const bytes = read_all(name, &got);
    const bool same = bytes && got == size && memcmp(bytes, data, size) == 0;

    free(bytes);
    return same;
}

bool faulty_holds_packed(const char *name, const void *data, size_t size)
{
    size_t got = 0, written = 0;
    uint8_t *const bytes = read_all(name, &got), *const plain = malloc(size + 1);
    const bool same = bytes && plain && sluice_decompress(NULL, bytes, got, plain, size + 1, &written) == SLUICE_OK &&
                      written == size && memcmp(plain, data, size) == 0;

    free(bytes);
    free(plain);
    return same;
}

bool faulty_exists(const char *name)
{
    struct stat st;

    return lstat(name, &st) == 0;
}

int faulty_count(const char *where, const char *part)
{
    DIR *const d = opendir(where);
    const struct dirent *entry;
    int n = 0;

    while (d && (entry = readdir(d)) != NULL)
        n += strstr(entry->d_name, part) != NULL;
    if (d)
        closedir(d);
    return n;
}
