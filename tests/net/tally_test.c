/*
 * tally: so many connections a client and no more, a client being an IPv4 address or the half of an IPv6 address.
 */
#include "net/tally.h"

#include "tests/support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

/* An address as text: with a colon it is IPv6; "unix" is a Unix socket's. */
static struct sockaddr_storage peer(const char *text)
{
    struct sockaddr_storage storage;
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    const struct sockaddr_un un = {.sun_family = AF_UNIX};

    memset(&storage, 0, sizeof storage);
    if (strcmp(text, "unix") == 0) {
        memcpy(&storage, &un, sizeof un);
    } else if (strchr(text, ':')) {
        inet_pton(AF_INET6, text, &in6.sin6_addr);
        memcpy(&storage, &in6, sizeof in6);
    } else {
        inet_pton(AF_INET, text, &in.sin_addr);
        memcpy(&storage, &in, sizeof in);
    }
    return storage;
}

static bool enter(struct tally *tally, const char *text, struct tally_client **client)
{
    const struct sockaddr_storage from = peer(text);

    check_context("%s", text);
    return tally_enter(tally, (const struct sockaddr *)&from, client);
}

static void each_has_its_own(void)
{
    /* Of the same row all count as one, of different rows not. */
    static const char *const clients[][2] = {{"192.0.2.1", "::ffff:192.0.2.1"},
                                             {"192.0.2.2", "192.0.2.2"},
                                             {"2001:db8::1", "2001:db8::ffff:1"},
                                             {"2001:db8:0:1::1", "2001:db8:0:1:ffff::"},
                                             {"::1", "::1"}};
    struct tally_client *kept[5][2], *none;
    struct tally *const tally = tally_new(2);

    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 2; k++) {
            CHECK(enter(tally, clients[i][k], &kept[i][k]));
            CHECK(kept[i][k] != NULL);
        }
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 2; k++) {
            CHECK(!enter(tally, clients[i][k], &none));
            CHECK(none == NULL);
        }
    tally_leave(tally, kept[2][0]);
    CHECK(enter(tally, "2001:db8::2", &kept[2][0]));
    CHECK(!enter(tally, "2001:db8::2", &none));
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 2; k++)
            tally_leave(tally, kept[i][k]);
    CHECK(enter(tally, "192.0.2.1", &kept[0][0]));
    tally_leave(tally, kept[0][0]);
    tally_free(tally);
}

static void unix_sockets_are_not_counted(void)
{
    struct tally *const tally = tally_new(1);
    struct tally_client *client;

    for (int i = 0; i < 3; i++) {
        CHECK(enter(tally, "unix", &client));
        CHECK(client == NULL);
        tally_leave(tally, client);
    }
    tally_free(tally);
}

static void many_clients(void)
{
    enum { MANY = 50000 };
    static struct tally_client *kept[MANY];
    struct tally *const tally = tally_new(1);
    struct tally_client *none;
    unsigned entered = 0, refused = 0;
    char text[32];

    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        entered += enter(tally, text, &kept[i]);
    }
    for (int i = 0; i < MANY; i += 7) {
        snprintf(text, sizeof text, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        refused += !enter(tally, text, &none);
    }
    check_context("many");
    CHECK_EQ(entered, MANY);
    CHECK_EQ(refused, (MANY + 6) / 7);
    for (int i = 0; i < MANY; i++)
        tally_leave(tally, kept[i]);
    tally_free(tally);
}

int main(void)
{
    each_has_its_own();
    unix_sockets_are_not_counted();
    many_clients();
    return check_report("net/tally");
}
