/*
 * http_cache.c: see http_cache.h. A table of chains to find by, a list in the order of use to make room by, one lock.
 */
#include "net/http_cache.h"

#include "net/memory_file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Chains of the table: with ten thousand copies a chain has two or three. */
enum { CHAINS = 4096 };

/*
 * From this size on a copy lies in a file, from which it is sent without being copied into the socket. Below, one call
 * that takes head and content together is cheaper than two.
 */
enum { IN_FILE_LEAST = 32 * 1024 };

/* No copy may take more than this part of the cache: one large file must not drive out all the small ones. */
enum { SHARE = 4 };

struct key {
    uint64_t device, inode, size;
    int64_t modified, modified_ns, changed, changed_ns;
    enum http_coding coding;
};

struct http_copy {
    struct key key;
    char *data;
    bool in_file;    /* instead of data: in the cache's file, at `place` */
    uint64_t place;
    size_t size, room;
    bool whole;      /* it may be given out; until then the one user is who fills it */
    unsigned users;
    struct http_copy *next;           /* in its chain */
    struct http_copy *newer, *older;  /* in the order of use */
};

struct http_cache {
    pthread_mutex_t lock;
    uint64_t limit, used; /* invariant: used <= limit; of each copy its room and itself */
    int file;             /* -1: none */
    uint64_t file_end;    /* places of it that have been given out; none is given out twice */
    struct http_copy *newest, *oldest;
    struct http_copy *chains[CHAINS];
};

struct http_cache *http_cache_new(uint64_t limit)
{
    struct http_cache *const cache = calloc(1, sizeof *cache);

    if (!cache)
        return NULL;
    if (pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return NULL;
    }
    cache->limit = limit;
    cache->file = memory_file_open();
    return cache;
}

/* ---- keys ---- */

static struct key key_of(const struct stat *s, enum http_coding coding)
{
    struct key key;

    memset(&key, 0, sizeof key); /* keys are compared and mixed as bytes */
    key.device = (uint64_t)s->st_dev;
    key.inode = (uint64_t)s->st_ino;
    key.size = (uint64_t)s->st_size;
    key.modified = s->st_mtim.tv_sec;
    key.modified_ns = s->st_mtim.tv_nsec;
    key.changed = s->st_ctim.tv_sec;
    key.changed_ns = s->st_ctim.tv_nsec;
    key.coding = coding;
    return key;
}

static struct http_copy **chain_of(struct http_cache *cache, const struct key *key)
{
    const uint64_t mixed = (key->inode ^ key->device << 40 ^ (uint64_t)key->coding << 60) * 0x9E3779B97F4A7C15u;

    return &cache->chains[(mixed >> 32) % CHAINS];
}

/* ---- the list and the table; under the lock ---- */

static void unlist(struct http_cache *cache, struct http_copy *copy)
{
    if (copy->newer)
        copy->newer->older = copy->older;
    else
        cache->newest = copy->older;
    if (copy->older)
        copy->older->newer = copy->newer;
    else
        cache->oldest = copy->newer;
}

static void list_as_newest(struct http_cache *cache, struct http_copy *copy)
{
    copy->newer = NULL;
    copy->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = copy;
    else
        cache->oldest = copy;
    cache->newest = copy;
}

static void forget(struct http_cache *cache, struct http_copy *copy)
{
    struct http_copy **place = chain_of(cache, &copy->key);

    while (*place != copy)
        place = &(*place)->next;
    *place = copy->next;
    unlist(cache, copy);
    cache->used -= copy->room + sizeof *copy;
    if (copy->in_file)
        memory_file_drop(cache->file, copy->place, copy->room);
    free(copy->data);
    free(copy);
}

/* Makes room for `size` bytes more by forgetting what has not been used for longest. False: what is left is in use. */
static bool make_room(struct http_cache *cache, uint64_t size)
{
    struct http_copy *copy = cache->oldest;

    while (cache->limit - cache->used < size && copy) {
        struct http_copy *const newer = copy->newer;

        if (copy->users == 0)
            forget(cache, copy);
        copy = newer;
    }
    return cache->limit - cache->used >= size;
}

void http_cache_free(struct http_cache *cache)
{
    if (!cache)
        return;
    while (cache->oldest)
        forget(cache, cache->oldest);
    if (cache->file >= 0)
        close(cache->file);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* ---- use ---- */

static struct http_copy *find(struct http_cache *cache, const struct key *key)
{
    struct http_copy *copy = *chain_of(cache, key);

    while (copy && memcmp(&copy->key, key, sizeof *key) != 0)
        copy = copy->next;
    return copy;
}

static struct http_copy *find_or_make(struct http_cache *cache, const struct key *key, bool *fill)
{
    struct http_copy **const chain = chain_of(cache, key);
    struct http_copy *copy = find(cache, key);

    *fill = !copy;
    if (copy && !copy->whole)
        return NULL;
    if (copy) {
        unlist(cache, copy);
        list_as_newest(cache, copy);
        copy->users++;
        return copy;
    }
    if (!make_room(cache, sizeof *copy) || (copy = calloc(1, sizeof *copy)) == NULL)
        return NULL;
    copy->key = *key;
    copy->users = 1;
    copy->next = *chain;
    *chain = copy;
    list_as_newest(cache, copy);
    cache->used += sizeof *copy;
    return copy;
}

struct http_copy *http_cache_take(struct http_cache *cache, const struct stat *file, enum http_coding coding,
                                  bool *fill)
{
    const struct key key = key_of(file, coding);
    struct http_copy *copy;

    pthread_mutex_lock(&cache->lock);
    copy = find_or_make(cache, &key, fill);
    pthread_mutex_unlock(&cache->lock);
    return copy;
}

size_t http_cache_progress(struct http_cache *cache, const struct stat *file, enum http_coding coding)
{
    const struct key key = key_of(file, coding);
    size_t progress = 0;

    pthread_mutex_lock(&cache->lock);
    const struct http_copy *const copy = find(cache, &key);

    if (copy && !copy->whole)
        progress = copy->size + 1;
    pthread_mutex_unlock(&cache->lock);
    return progress;
}

/* Gives the copy `room` bytes, which it has not less of. */
static bool resize(struct http_cache *cache, struct http_copy *copy, size_t room)
{
    char *data;

    if (!make_room(cache, room - copy->room) || (data = realloc(copy->data, room)) == NULL)
        return false;
    cache->used += room - copy->room;
    copy->data = data;
    copy->room = room;
    return true;
}

bool http_cache_put(struct http_cache *cache, struct http_copy *copy, const void *data, size_t size)
{
    const size_t needed = copy->size + size;
    bool ok = needed <= cache->limit / SHARE;

    if (ok && needed > copy->room) {
        pthread_mutex_lock(&cache->lock);
        /* Twice what is needed spares copying; where that does not fit, what is needed may. */
        ok = resize(cache, copy, 2 * needed) || resize(cache, copy, needed);
        pthread_mutex_unlock(&cache->lock);
    }
    if (!ok)
        return false;
    if (size > 0)
        memcpy(copy->data + copy->size, data, size);
    pthread_mutex_lock(&cache->lock); /* others look at how far it is */
    copy->size += size;
    pthread_mutex_unlock(&cache->lock);
    return true;
}

/* Moves a large copy into the file. False: it stays where it is. */
static bool move_to_file(struct http_cache *cache, struct http_copy *copy)
{
    if (cache->file < 0 || copy->size < IN_FILE_LEAST)
        return false;
    pthread_mutex_lock(&cache->lock);
    copy->place = cache->file_end;
    cache->file_end += (copy->size + MEMORY_FILE_PLACE - 1) / MEMORY_FILE_PLACE * MEMORY_FILE_PLACE;
    pthread_mutex_unlock(&cache->lock);
    if (!memory_file_put(cache->file, copy->place, copy->data, copy->size))
        return false;
    free(copy->data);
    copy->data = NULL;
    copy->in_file = true;
    return true;
}

void http_cache_finish(struct http_cache *cache, struct http_copy *copy)
{
    const bool in_file = move_to_file(cache, copy);
    char *const data = in_file || copy->size == 0 ? NULL : realloc(copy->data, copy->size);

    pthread_mutex_lock(&cache->lock);
    if (data)
        copy->data = data;
    if (data || in_file) {
        cache->used -= copy->room - copy->size;
        copy->room = copy->size;
    }
    copy->whole = true;
    pthread_mutex_unlock(&cache->lock);
}

void http_cache_release(struct http_cache *cache, struct http_copy *copy)
{
    pthread_mutex_lock(&cache->lock);
    copy->users--;
    if (!copy->whole)
        forget(cache, copy);
    pthread_mutex_unlock(&cache->lock);
}

const char *http_copy_data(const struct http_copy *copy, size_t *size)
{
    *size = copy->size;
    return copy->in_file ? NULL : copy->data ? copy->data : "";
}

int http_copy_file(const struct http_cache *cache, const struct http_copy *copy, uint64_t *offset)
{
    *offset = copy->place;
    return cache->file;
}
