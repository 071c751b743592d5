/* peers.c: see peers.h. */
#define _XOPEN_SOURCE 700
#include "tests/bench/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool list_has(const char *list, const char *word)
{
    size_t n = strlen(word);

    if (!list)
        return true;
    while (*list) {
        size_t span = strcspn(list, ",");

        if (span == n && memcmp(list, word, n) == 0)
            return true;
        list += span + (list[span] == ',');
    }
    return false;
}

static const char *place(const char *variable, const char *otherwise)
{
    const char *set = getenv(variable);

    return set && *set ? set : otherwise;
}

size_t peers_load(struct codec peers[MOST_PEERS], const char *program, const char *wanted)
{
    const char *slash = strrchr(program, '/');
    const char *before = getenv("SLUICE_BENCH_BEFORE");
    char ours[4096];
    size_t n = 0;

    snprintf(ours, sizeof ours, "%.*s/libsluice.so", slash ? (int)(slash - program) : 1, slash ? program : ".");
    n += peer_sluice(&peers[n], "sluice", place("SLUICE_BENCH_SLUICE", ours));
    if (before && *before)
        n += peer_sluice(&peers[n], "before", before);
    if (list_has(wanted, "libdeflate"))
        n += peer_libdeflate(&peers[n], place("SLUICE_BENCH_LIBDEFLATE", "libdeflate.so.0"));
    if (list_has(wanted, "isal"))
        n += peer_isal(&peers[n], place("SLUICE_BENCH_ISAL", "libisal.so.2"));
    if (list_has(wanted, "zlib"))
        n += peer_zlib(&peers[n], place("SLUICE_BENCH_ZLIB", "libz.so.1"));
    return n;
}
