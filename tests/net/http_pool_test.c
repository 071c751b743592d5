/*
 * http_pool: a connection is given back to who asks for its server, if nothing has come on it meanwhile.
 */
#include "net/http_pool.h"
#include "tests/support/check.h"
#include "tests/support/loopback.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct http_pool pool;

/* Puts one end of a pair into the pool; gives the other. */
static int put(const char *server, int *kept)
{
    int pair[2] = {-1, -1};

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    http_pool_put(&pool, pair[0], server);
    *kept = pair[0];
    return pair[1];
}

static void test_by_server(void)
{
    int a, b, c;
    const int ends[] = {put("h:80", &a), put("h:81", &b), put("h:80", &c)};

    CHECK_EQ(http_pool_take(&pool, "h:8"), -1);
    CHECK_EQ(http_pool_take(&pool, "h:81"), b);
    CHECK_EQ(http_pool_take(&pool, "h:81"), -1);
    CHECK_EQ(http_pool_take(&pool, "h:80"), c); /* the one that was used last */
    CHECK_EQ(http_pool_take(&pool, "h:80"), a);
    CHECK_EQ(pool.count, 0);
    for (int i = 0; i < 3; i++)
        close(ends[i]);
    close(a);
    close(b);
    close(c);
}

static void test_what_has_come_meanwhile(void)
{
    int a, b, c;
    const int bytes = put("h:80", &a), ended = put("h:80", &b), good = put("h:80", &c);

    CHECK_EQ(write(bytes, "HTTP/1.1 408 x", 14), 14);
    close(ended);
    CHECK_EQ(http_pool_take(&pool, "h:80"), c);
    CHECK_EQ(http_pool_take(&pool, "h:80"), -1);
    CHECK_EQ(pool.count, 0);
    close(bytes);
    close(good);
    close(c);
}

static void test_no_more_than_there_is_place_for(void)
{
    const int before = loopback_descriptors();
    int ends[HTTP_POOL_MOST + 3], kept[HTTP_POOL_MOST + 3];
    char server[32];

    for (int i = 0; i < HTTP_POOL_MOST + 3; i++) {
        snprintf(server, sizeof server, "h:%d", i + 1);
        ends[i] = put(server, &kept[i]);
    }
    CHECK_EQ(pool.count, HTTP_POOL_MOST);
    CHECK_EQ(http_pool_take(&pool, "h:3"), -1);
    CHECK_EQ(http_pool_take(&pool, "h:4"), kept[3]);
    close(kept[3]);
    for (int i = 0; i < HTTP_POOL_MOST + 3; i++)
        close(ends[i]);
    http_pool_close(&pool);
    CHECK_EQ(loopback_descriptors(), before);
}

int main(void)
{
    test_by_server();
    test_what_has_come_meanwhile();
    test_no_more_than_there_is_place_for();
    return check_report("net/http_pool");
}
