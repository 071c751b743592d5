/* client.c: see client.h. */
#include "tests/support/client.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct program client;
const char *client_path;

int client_run(const char *const *arguments, size_t file_limit)
{
    program_start(&client, arguments, file_limit);
    program_wait(&client);
    return client.code;
}

bool client_says(const char *text)
{
    if (strstr(client.err, text))
        return true;
    printf("    looked for: %s\n    it says: %s\n", text, client.err);
    return false;
}

void client_gets(struct hostile_script script, struct bytes want, const char *warns)
{
    struct hostile h;

    hostile_serve(&h, &script, 1);
    here_put_text("f", "old");
    if (!CHECK_EQ(CLIENT("-O", ".", "--timeout", "20", hostile_url(&h, "f")), 0))
        printf("    %s\n", client.err);
    CHECK(here_holds("f", want.data, want.size));
    CHECK_EQ(here_entries(), 1);
    CHECK_EQ(client.out_size, 0);
    CHECK(warns ? client_says(warns) : strstr(client.err, "warning") == NULL);
    hostile_end(&h);
    here_clear();
}

void client_fails_with(const char *option, const char *value, struct hostile_script script, int code,
                       const char *message)
{
    struct hostile h;

    hostile_serve(&h, &script, 1);
    for (int there = 0; there < 2; there++) {
        if (there)
            here_put_text("f", "old");
        CHECK_EQ(CLIENT(hostile_url(&h, "f"), option, value), code);
        CHECK(client_says(message));
        CHECK_EQ(client.out_size, 0);
        CHECK_EQ(here_entries(), there);
        CHECK(!there || here_holds_text("f", "old"));
    }
    hostile_end(&h);
    here_clear();
}

void client_fails(struct hostile_script script, int code, const char *message)
{
    client_fails_with("--timeout", "20", script, code, message);
}

int client_tests(const char *name, void (*const *tests)(void), size_t count)
{
    umask(022);
    client_path = program_path("sluice-client");
    replies_make();
    here_begin("client");
    for (size_t i = 0; i < count; i++) {
        tests[i]();
        replies_forget();
    }
    CHECK_EQ(here_entries(), 0);
    here_end();
    return check_report(name);
}
