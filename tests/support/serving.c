/* serving.c: see serving.h. */
#include "tests/support/serving.h"

#include "net/listen.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <stdlib.h>
#include <string.h>

struct server_options serving_options(void)
{
    struct server_options o = server_defaults();

    o.level = 1;
    o.threads = 2;
    return o;
}

static void fail(const char *error)
{
    printf("%s\n", error);
    exit(1);
}

void serving_make(struct serving *serving, struct server_options options, int root)
{
    char error[SERVER_ERROR_ROOM];

    *serving = (struct serving){.server = NULL};
    options.log = serving->log_file = open_memstream(&serving->log, &serving->log_size);
    serving->server = server_new(&options, root, error);
    if (!serving->server)
        fail(error);
}

int serving_listen(struct serving *serving, const char *address, const struct protocol *protocol)
{
    char error[LISTEN_ERROR_ROOM] = "cannot listen", name[ADDRESS_TEXT_ROOM];
    struct address parsed;
    const char *why;
    int fds[LISTEN_MOST];

    if (!address_parse(address, &parsed, &why) || listen_open(&parsed, fds, error) != 1 ||
        !server_listen(serving->server, fds[0], protocol))
        fail(error);
    return atoi(strrchr(listen_name(fds[0], name), ':') + 1);
}

void serving_start(struct serving *serving)
{
    char error[SERVER_ERROR_ROOM];

    if (!server_start(serving->server, error))
        fail(error);
}

bool serving_halt(struct serving *serving, enum server_stop how)
{
    bool whole;

    server_stop(serving->server, how);
    whole = server_wait(serving->server);
    CHECK(whole || how == SERVER_END);
    server_free(serving->server);
    fclose(serving->log_file);
    return whole;
}

void serving_forget(struct serving *serving)
{
    free(serving->log);
    serving->log = NULL;
}

void serving_end(struct serving *serving, enum server_stop how)
{
    serving_halt(serving, how);
    serving_forget(serving);
}

bool serving_logged(const struct serving *serving, const char *text)
{
    const bool is = strstr(serving->log, text) != NULL;

    if (!is)
        printf("    the log has no '%s':\n%s", text, serving->log);
    return is;
}

bool serving_soon_logged(struct serving *serving, const char *text)
{
    bool is = false;

    for (int i = 0; i < LOOPBACK_PATIENCE * 100 && !is; i++) {
        flockfile(serving->log_file);
        is = serving->log && strstr(serving->log, text);
        funlockfile(serving->log_file);
        if (!is)
            folder_pause(10);
    }
    return is;
}
