/* http_source.c: see http_source.h. */
#include "net/http_source.h"

#include "net/http_content.h"
#include "net/http_type.h"
#include "net/known_files.h"
#include "net/root.h"
#include "net/worker.h"

#include <string.h>
#include <unistd.h>

/* No coding makes less of fewer bytes: the frame of gzip alone has 18. */
enum { COMPRESSED_LEAST = 20 };

static bool is_compressible(const struct http_source *source)
{
    const struct http_type type = http_type_of(source->name, source->size);
    char begin[HTTP_PROBE];
    ssize_t got;

    if (source->status.st_size < COMPRESSED_LEAST || type.packing == HTTP_PACKED)
        return false;
    if (type.packing == HTTP_LOOSE)
        return true;
    got = pread(source->fd, begin, sizeof begin, 0);
    return got < 0 || !http_looks_packed(begin, (size_t)got);
}

/* It has been looked into, and is known from now on. */
static void make_known(struct http_source *source, struct worker *worker)
{
    source->settled = !transfer_is_fresh(&source->status);
    if (worker->known && source->settled)
        known_files_add(worker->known, source->name, source->size, &source->status, source->compressible, source->gzip);
}

bool http_source_find(struct http_source *source, struct worker *worker)
{
    const struct known_file *const known =
        worker->known ? known_files_find(worker->known, worker->root, source->name, source->size) : NULL;

    source->known = source->settled = known != NULL;
    source->fd = -1;
    if (known) {
        source->status = known->status;
        source->compressible = known->compressible;
        source->gzip = known->gzip;
    }
    return known != NULL;
}

void http_source_look_into(struct http_source *source, struct worker *worker)
{
    source->compressible = is_compressible(source);
    make_known(source, worker);
}

void http_source_use(const struct http_source *source, struct http_content *content)
{
    if (content->fd >= 0)
        close(content->fd);
    content->fd = source->fd;
    content->before = source->status;
}

bool http_source_open(const struct http_source *source, struct http_content *content, struct worker *worker)
{
    struct stat status;

    return content->fd >= 0 ||
           (root_open(worker->root, source->name, source->size, &content->fd, &status) == ROOT_OK &&
            known_files_same(&status, &content->before));
}

static bool is_older(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

bool http_source_find_prepared(struct http_source *gz, struct worker *worker, const struct http_source *source)
{
    static const unsigned char magic[2] = {0x1F, 0x8B};
    unsigned char begin[2];

    if (!http_source_find(gz, worker) || !gz->gzip) {
        if (root_open(worker->root, gz->name, gz->size, &gz->fd, &gz->status) != ROOT_OK)
            return false;
        gz->gzip = pread(gz->fd, begin, 2, 0) == 2 && memcmp(begin, magic, 2) == 0;
        gz->compressible = gz->known = false;
        make_known(gz, worker);
    }
    if (gz->settled && gz->gzip && !is_older(&gz->status.st_mtim, &source->status.st_mtim))
        return true;
    if (gz->fd >= 0)
        close(gz->fd);
    return false;
}
