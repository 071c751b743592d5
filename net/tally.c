/* tally.c: see tally.h. A table of chains under one lock; a client is in it while it has a connection. */
#include "net/tally.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Chains: with a hundred thousand clients each has a dozen. */
enum { CHAINS = 8192 };

struct tally_client {
    uint64_t address; /* the first 64 bits; of IPv4 all 32, which no IPv6 address in use begins with */
    unsigned connections;
    struct tally_client *next;
};

struct tally {
    pthread_mutex_t lock;
    unsigned most;
    uint64_t seed; /* so that nobody can choose addresses which all fall into one chain */
    struct tally_client *chains[CHAINS];
};

struct tally *tally_new(unsigned most)
{
    struct tally *const tally = calloc(1, sizeof *tally);
    struct timespec now;

    if (!tally)
        return NULL;
    if (pthread_mutex_init(&tally->lock, NULL) != 0) {
        free(tally);
        return NULL;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    tally->most = most;
    tally->seed = ((uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uint64_t)(uintptr_t)tally) | 1;
    return tally;
}

void tally_free(struct tally *tally)
{
    if (!tally)
        return;
    pthread_mutex_destroy(&tally->lock);
    free(tally);
}

static bool address_of(const struct sockaddr *peer, uint64_t *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (peer->sa_family == AF_INET) {
        memcpy(&in, peer, sizeof in);
        *address = ntohl(in.sin_addr.s_addr);
        return true;
    }
    if (peer->sa_family != AF_INET6)
        return false;
    memcpy(&in6, peer, sizeof in6);
    *address = 0;
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
        for (int i = 12; i < 16; i++)
            *address = *address << 8 | in6.sin6_addr.s6_addr[i];
    else
        for (int i = 0; i < 8; i++)
            *address = *address << 8 | in6.sin6_addr.s6_addr[i];
    return true;
}

static struct tally_client **chain_of(struct tally *tally, uint64_t address)
{
    uint64_t x = address ^ tally->seed;

    x = (x ^ x >> 32) * 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 29) * tally->seed;
    return &tally->chains[(x >> 40) % CHAINS];
}

/* Under the lock. */
static struct tally_client *find_or_make(struct tally *tally, uint64_t address)
{
    struct tally_client **const chain = chain_of(tally, address);
    struct tally_client *client = *chain;

    while (client && client->address != address)
        client = client->next;
    if (client || (client = malloc(sizeof *client)) == NULL)
        return client;
    *client = (struct tally_client){.address = address, .next = *chain};
    return *chain = client;
}

bool tally_enter(struct tally *tally, const struct sockaddr *peer, struct tally_client **client)
{
    uint64_t address;
    bool may;

    *client = NULL;
    if (!address_of(peer, &address))
        return true;
    pthread_mutex_lock(&tally->lock);
    *client = find_or_make(tally, address);
    may = *client && (*client)->connections < tally->most;
    if (may)
        (*client)->connections++;
    else
        *client = NULL; /* most is at least 1: one that is refused has others, and stays in the table */
    pthread_mutex_unlock(&tally->lock);
    return may;
}

void tally_leave(struct tally *tally, struct tally_client *client)
{
    struct tally_client **place;

    if (!client)
        return;
    pthread_mutex_lock(&tally->lock);
    if (--client->connections == 0) {
        for (place = chain_of(tally, client->address); *place != client; place = &(*place)->next)
            ;
        *place = client->next;
        free(client);
    }
    pthread_mutex_unlock(&tally->lock);
}
