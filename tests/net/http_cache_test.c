/* http_cache: copies are found again, changed files are others, and the memory stays within its limit. */
#include "net/http_cache.h"

#include "tests/support/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct stat file(unsigned inode)
{
    struct stat s;

    memset(&s, 0, sizeof s);
    s.st_ino = inode;
    s.st_size = 1000;
    s.st_mtim.tv_sec = 5;
    return s;
}

/* Fills a copy with `size` bytes of the number; false: there was no room, or no copy to fill. */
static bool fill(struct http_cache *cache, unsigned inode, size_t size)
{
    const struct stat s = file(inode);
    char *const data = malloc(size + 1);
    bool wanted, ok = true;
    struct http_copy *const copy = http_cache_take(cache, &s, HTTP_GZIP, &wanted);

    memset(data, (int)inode, size + 1);
    if (copy && wanted) {
        for (size_t at = 0; ok && at < size; at += 100)
            ok = http_cache_put(cache, copy, data, size - at < 100 ? size - at : 100);
        if (ok)
            http_cache_finish(cache, copy);
    }
    if (copy)
        http_cache_release(cache, copy);
    free(data);
    return copy && wanted && ok;
}

/* Is a whole copy there, with the bytes that it was filled with? */
static bool there(struct http_cache *cache, const struct stat *s, enum http_coding coding, size_t size)
{
    bool wanted, ok;
    size_t has;
    struct http_copy *const copy = http_cache_take(cache, s, coding, &wanted);

    if (!copy)
        return false;
    ok = !wanted;
    if (ok) {
        const char *const data = http_copy_data(copy, &has);

        ok = CHECK_EQ(has, size);
        for (size_t i = 0; ok && data && i < has; i++)
            ok = data[i] == (char)s->st_ino;
    }
    http_cache_release(cache, copy); /* what was to be filled is forgotten */
    return ok;
}

static bool has(struct http_cache *cache, unsigned inode, size_t size)
{
    const struct stat s = file(inode);

    return there(cache, &s, HTTP_GZIP, size);
}

static void a_copy_is_found_by_what_the_file_was(void)
{
    struct http_cache *const cache = http_cache_new(100000);
    struct stat s = file(1);

    check_context("keys");
    CHECK(!has(cache, 1, 0));
    CHECK(fill(cache, 1, 3000));
    CHECK(has(cache, 1, 3000));
    CHECK(!there(cache, &s, HTTP_DEFLATE, 3000));
    s.st_mtim.tv_nsec++;
    CHECK(!there(cache, &s, HTTP_GZIP, 3000));
    s = file(1);
    s.st_ctim.tv_nsec++;
    CHECK(!there(cache, &s, HTTP_GZIP, 3000));
    s = file(1);
    s.st_size++;
    CHECK(!there(cache, &s, HTTP_GZIP, 3000));
    s = file(1);
    s.st_dev++;
    CHECK(!there(cache, &s, HTTP_GZIP, 3000));
    CHECK(fill(cache, 2, 0));
    CHECK(has(cache, 2, 0));
    http_cache_free(cache);
}

static void one_fills_and_others_do_without(void)
{
    struct http_cache *const cache = http_cache_new(100000);
    const struct stat s = file(1);
    bool wanted;
    struct http_copy *const copy = http_cache_take(cache, &s, HTTP_GZIP, &wanted);

    check_context("filling");
    CHECK(copy && wanted);
    CHECK(http_cache_put(cache, copy, "abc", 3));
    CHECK(!http_cache_take(cache, &s, HTTP_GZIP, &wanted) && !wanted);
    CHECK_EQ(http_cache_progress(cache, &s, HTTP_GZIP), 4); /* three bytes, and that it is being filled */
    CHECK_EQ(http_cache_progress(cache, &s, HTTP_DEFLATE), 0);
    http_cache_release(cache, copy); /* broken off: nobody gets the beginning for the whole */
    CHECK(!has(cache, 1, 3));
    CHECK_EQ(http_cache_progress(cache, &s, HTTP_GZIP), 0);
    CHECK(fill(cache, 1, 10));
    CHECK(has(cache, 1, 10));
    CHECK_EQ(http_cache_progress(cache, &s, HTTP_GZIP), 0);
    http_cache_free(cache);
}

static void what_was_not_used_for_longest_makes_room(void)
{
    struct http_cache *const cache = http_cache_new(20000);
    const struct stat s = file(1);
    bool wanted;
    struct http_copy *held;

    check_context("room");
    for (unsigned i = 1; i <= 4; i++)
        CHECK(fill(cache, i, 4000));
    CHECK(has(cache, 1, 4000)); /* used again, so that 2 is next */
    CHECK(fill(cache, 5, 4000));
    CHECK(has(cache, 1, 4000) && !has(cache, 2, 4000) && has(cache, 5, 4000));

    held = http_cache_take(cache, &s, HTTP_GZIP, &wanted);
    CHECK(held && !wanted);
    for (unsigned i = 10; i < 30; i++)
        CHECK(fill(cache, i, 4000));
    size_t size;
    const char *const data = http_copy_data(held, &size);

    CHECK(size == 4000 && data[0] == 1 && data[3999] == 1); /* still there, though others came */
    http_cache_release(cache, held);
    CHECK(!fill(cache, 40, 6000)); /* more than one copy may take */
    CHECK(!has(cache, 40, 6000));
    http_cache_free(cache);
}

/* Large copies lie in a file where the system has one without a name. */
static void large_copies_lie_in_a_file(void)
{
    enum { SIZE = 100000 };
    struct http_cache *const cache = http_cache_new(8 * SIZE);
    struct http_copy *held;
    struct stat before, after;
    bool wanted;
    size_t size;
    uint64_t first, second;
    char *const bytes = malloc(SIZE);
    int fd;

    check_context("in a file");
    CHECK(fill(cache, 1, SIZE));
    CHECK(fill(cache, 2, SIZE));
    const struct stat one = file(1), two = file(2);

    held = http_cache_take(cache, &one, HTTP_GZIP, &wanted);
    CHECK(held && !wanted);
    if (http_copy_data(held, &size)) { /* none here: then in memory, which has been tested */
        http_cache_release(cache, held);
        http_cache_free(cache);
        free(bytes);
        return;
    }
    CHECK_EQ(size, SIZE);
    fd = http_copy_file(cache, held, &first);
    CHECK_EQ(pread(fd, bytes, SIZE, (off_t)first), SIZE);
    CHECK(bytes[0] == 1 && bytes[SIZE - 1] == 1);
    http_cache_release(cache, held);
    held = http_cache_take(cache, &two, HTTP_GZIP, &wanted);
    http_copy_file(cache, held, &second);
    CHECK_EQ(pread(fd, bytes, SIZE, (off_t)second), SIZE);
    CHECK(bytes[0] == 2 && bytes[SIZE - 1] == 2);
    http_cache_release(cache, held);

    /* Forgotten, it gives its memory back, and its place is nobody else's afterwards. */
    CHECK_EQ(fstat(fd, &before), 0);
    for (unsigned i = 3; i < 40; i++)
        CHECK(fill(cache, i, SIZE));
    CHECK_EQ(fstat(fd, &after), 0);
    CHECK(after.st_blocks <= 8 * SIZE / 512 && before.st_blocks >= 2 * (SIZE / 512));
    CHECK_EQ(pread(fd, bytes, SIZE, (off_t)first), SIZE);
    CHECK(bytes[0] == 0 && bytes[SIZE - 1] == 0);
    http_cache_free(cache);
    free(bytes);
}

static void *use(void *cache)
{
    uint64_t seed = (uint64_t)(uintptr_t)&seed;

    for (int i = 0; i < 20000; i++) {
        const unsigned inode = (unsigned)(check_random(&seed) % 60) + 1;

        /* Whole copies are right, whoever filled them; what is checked counts in the thread that began. */
        if (!fill(cache, inode, 10 * inode)) {
            const struct stat s = file(inode);
            bool wanted;
            size_t size;
            struct http_copy *const copy = http_cache_take(cache, &s, HTTP_GZIP, &wanted);

            if (copy && !wanted) {
                const char *const data = http_copy_data(copy, &size);

                if (size != 10 * inode || data[0] != (char)inode || data[size - 1] != (char)inode)
                    return NULL;
            }
            if (copy)
                http_cache_release(cache, copy);
        }
    }
    return cache;
}

static void threads_share_it(void)
{
    struct http_cache *const cache = http_cache_new(20000);
    pthread_t threads[4];
    void *result;

    check_context("threads");
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, use, cache);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        CHECK(result == cache);
    }
    http_cache_free(cache);
}

int main(void)
{
    a_copy_is_found_by_what_the_file_was();
    one_fills_and_others_do_without();
    what_was_not_used_for_longest_makes_room();
    large_copies_lie_in_a_file();
    threads_share_it();
    return check_report("net/http_cache");
}
