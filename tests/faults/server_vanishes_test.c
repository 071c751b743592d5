/*
 * The client, when its server vanishes after each byte of a reply: it closes, resets the connection, or falls silent.
 * Whatever form the reply has, the exit code says what happened, the file that was there before stays, and nothing else
 * is left; what -C keeps is a beginning of the file. FULL=true: each byte; else every 13th.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLY_MOST = 1000, AT_ONCE = 48, FILES_OPEN = 170 };
enum { BATCH = 50 }; /* clients one after the other that one server has: a hostile one lives for a minute */

static size_t every = 13;

/* How a file comes; `code` is the client's when the server closes at the wrong time, 0: then nobody can tell. */
struct form {
    const char *what;
    struct hostile_script whole;
    const char *option; /* of the client, or NULL */
    int code;
};

enum { FORMS_MOST = 20 };

static struct form forms[FORMS_MOST];
static size_t form_count;

static void add(const char *what, struct hostile_script whole, const char *option, int code)
{
    forms[form_count++] = (struct form){what, whole, option, code};
}

static void make_forms(void)
{
    const struct bytes packed = chunked(lorem_zlib, 60, "A: b\r\n"), gz_packed = chunked(lorem_gz, 90, "");

    add("bare", bare_reply(lorem_zlib), NULL, 5);
    add("gzip, sized", reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size), NULL, 5);
    add("gzip, chunked", reply(gz_packed, OK GZIP CHUNKED "\r\n"), NULL, 5);
    add("gzip, until the close", reply(lorem_gz, OK GZIP CLOSE "\r\n"), NULL, 5);
    add("deflate, sized", reply(lorem_zlib, OK DEFLATE "Content-Length: %zu\r\n\r\n", lorem_zlib.size), NULL, 5);
    add("plain, sized", reply(lorem, OK "Content-Length: %zu\r\n\r\n", lorem.size), NULL, 5);
    add("plain, chunked", reply(chunked(lorem, 100, "A: b\r\n"), OK CHUNKED "\r\n"), NULL, 5);
    add("plain, until the close", reply(lorem, OK CLOSE "\r\n"), NULL, 0);
    add("a transfer coding: deflate", reply(packed, OK "Transfer-Encoding: deflate, chunked\r\n\r\n"), NULL, 5);
    add("a transfer coding: gzip", reply(gz_packed, OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), NULL, 5);
    add("behind an early response",
        reply(lorem_gz, "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" OK GZIP "Content-Length: %zu\r\n\r\n",
              lorem_gz.size), NULL, 5);
    add("kept compressed", reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size),
        "--save-compressed", 5);
    add("a redirect", reply(text(""), "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"), NULL, 5);
}

/* The scripts of a server that stops after so many bytes of the form with its first client, more with the next, … */
static size_t cut(const struct form *f, enum hostile_ending ending, struct hostile_script *scripts)
{
    size_t count = 0;

    for (size_t at = 0; at < f->whole.size && count < REPLY_MOST; at += every) {
        scripts[count] = f->whole;
        scripts[count].size = at;
        scripts[count++].ending = ending;
    }
    return count;
}

/* One client after the other. */
static void vanish_batch(const struct form *f, const struct hostile_script *scripts, size_t count)
{
    struct hostile h;

    here_put_text("f", "old");
    hostile_serve(&h, scripts, count);
    for (size_t i = 0; i < count; i++) {
        const bool closes = scripts[i].ending == HOSTILE_CLOSE;
        const bool refused = !f->whole.http && closes && scripts[i].size == 0; /* so it says that there is no file */

        check_context("%s: it %s after byte %zu of %zu", f->what, closes ? "closes" : "resets", scripts[i].size,
                      f->whole.size);
        CHECK_EQ(CLIENT("-O", ".", "--timeout", "20", hostile_url(&h, "f"), f->option ? f->option : "-v"),
                 refused ? 3 : 5);
        CHECK(client_says(refused ? "refused" : "cut short: "));
        CHECK_EQ(client.out_size, 0);
        CHECK(here_holds_text("f", "old"));
        CHECK_EQ(here_entries(), 1);
    }
    hostile_end(&h);
    here_clear();
}

static void vanishes(const struct form *f, enum hostile_ending ending)
{
    static struct hostile_script scripts[REPLY_MOST];
    const size_t count = cut(f, ending, scripts);

    for (size_t i = 0; i < count; i += BATCH)
        vanish_batch(f, scripts + i, count - i < BATCH ? count - i : BATCH);
}

static void test_closes(void)
{
    for (size_t i = 0; i < form_count; i++)
        if (forms[i].code != 0)
            vanishes(&forms[i], HOSTILE_CLOSE);
}

static void test_resets(void)
{
    for (size_t i = 0; i < form_count; i++)
        vanishes(&forms[i], HOSTILE_RESET);
}

static size_t occurrences(const char *in, const char *what)
{
    size_t n = 0;

    while ((in = strstr(in, what)) != NULL) {
        n++;
        in++;
    }
    return n;
}

/*
 * All cuts of a form in one run, many at once, with so few descriptors that it would soon have none left if one were
 * lost with each.
 */
static void falls_silent(const struct form *f)
{
    static const char *arguments[REPLY_MOST + 16] = {"/bin/sh", "-c"};
    static struct hostile_script scripts[REPLY_MOST];
    static char urls[REPLY_MOST][64];
    const size_t count = cut(f, HOSTILE_STALL, scripts);
    char command[200], at_once[8];
    struct hostile h;
    size_t n = 2;

    check_context("%s: silent after each of %zu bytes", f->what, count);
    hostile_serve(&h, scripts, count);
    snprintf(command, sizeof command, "ulimit -n %d && exec \"$@\"", FILES_OPEN);
    snprintf(at_once, sizeof at_once, "%d", AT_ONCE);
    arguments[n++] = command;
    arguments[n++] = "sh";
    arguments[n++] = client_path;
    arguments[n++] = "--timeout";
    arguments[n++] = "0.5";
    arguments[n++] = "-j";
    arguments[n++] = at_once;
    arguments[n++] = "-O";
    arguments[n++] = ".";
    if (f->option)
        arguments[n++] = f->option;
    for (size_t i = 0; i < count; i++) {
        snprintf(urls[i], sizeof urls[i], "%s://127.0.0.1:%u/f%zu", h.scheme, h.port, i);
        arguments[n++] = urls[i];
    }
    arguments[n] = NULL;
    CHECK_EQ(client_run(arguments, 0), 8);
    CHECK_EQ(occurrences(client.err, "timed out: nothing came from "), count);
    CHECK_EQ(client.out_size, 0);
    CHECK_EQ(here_entries(), 0);
    hostile_end(&h);
    here_clear();
}

static void test_falls_silent(void)
{
    for (size_t i = 0; i < form_count; i++)
        falls_silent(&forms[i]);
}

/* ---- In the middle of going on with a file ---- */

#define KEPT ".f.sluice-kept"
#define NOTE ".f.sluice-note"

enum { LARGE = 9000, CUT = 8000, FROM = CUT - 4096 };

static unsigned char large[LARGE];

static struct bytes note;

/* What the first run has left. */
static void put_kept(void)
{
    here_put_text("f", "old");
    here_put(KEPT, large, CUT);
    here_put(NOTE, note.data, note.size);
}

/* It has vanished again: more may be kept, of the same file. */
static void judge_kept(void)
{
    static unsigned char kept[LARGE + 1];
    const size_t size = here_load(KEPT, kept, sizeof kept);

    CHECK(client_says("cut short: "));
    CHECK(here_holds_text("f", "old"));
    CHECK(size >= CUT && size <= LARGE && memcmp(kept, large, size) == 0);
    CHECK_EQ(here_entries(), 3);
}

/* The client goes on at CUT, and the server vanishes again. */
static void go_on_batch(const struct hostile_script *scripts, size_t count, struct hostile_script rest)
{
    static unsigned char note_text[1000];
    struct hostile_script all[BATCH + 2];
    struct hostile h;

    all[0] = reply(part((struct bytes){large, LARGE}, 0, CUT), OK "ETag: \"v1\"\r\nContent-Length: %d\r\n\r\n", LARGE);
    memcpy(all + 1, scripts, count * sizeof *scripts);
    all[count + 1] = rest;
    check_context("to be gone on with");
    hostile_serve(&h, all, count + 2);
    CHECK_EQ(CLIENT("-C", "-O", ".", hostile_url(&h, "f")), 5);
    CHECK(here_holds(KEPT, large, CUT));
    note = (struct bytes){note_text, here_load(NOTE, note_text, sizeof note_text)};
    for (size_t i = 0; i < count; i++) {
        check_context("going on: it %s after byte %zu of %zu", scripts[i].ending == HOSTILE_RESET ? "resets" : "closes",
                      scripts[i].size, rest.size);
        put_kept();
        CHECK_EQ(CLIENT("-C", "-O", ".", "--timeout", "20", hostile_url(&h, "f")), 5);
        judge_kept();
    }
    check_context("going on, whole");
    put_kept();
    CHECK_EQ(CLIENT("-C", "-O", ".", hostile_url(&h, "f")), 0);
    CHECK(here_holds("f", large, LARGE));
    CHECK_EQ(here_entries(), 1);
    hostile_end(&h);
    here_clear();
}

static void test_while_going_on(void)
{
    const struct bytes packed = coded(part((struct bytes){large, LARGE}, FROM, LARGE - FROM), SLUICE_GZIP);
    const struct hostile_script rest =
        reply(chunked(packed, 1000, ""), "HTTP/1.1 206 x\r\nETag: \"v1\"\r\nContent-Range: bytes %d-%d/%d\r\n"
              "Transfer-Encoding: gzip, chunked\r\n\r\n", FROM, LARGE - 1, LARGE);
    struct hostile_script scripts[BATCH];
    size_t count = 0;

    for (size_t at = 0; at < rest.size; at += every * 3)
        for (int ending = HOSTILE_CLOSE; ending <= HOSTILE_RESET; ending++) {
            scripts[count] = rest;
            scripts[count].size = at;
            scripts[count++].ending = (enum hostile_ending)ending;
            if (count == BATCH) {
                go_on_batch(scripts, count, rest);
                count = 0;
            }
        }
    go_on_batch(scripts, count, rest);
}

static void test_all(void)
{
    uint64_t random = 5;

    for (size_t i = 0; i < LARGE; i++)
        large[i] = (unsigned char)("0123456789abcdef"[check_random(&random) >> 20 & 15]);
    make_forms();
    test_closes();
    test_resets();
    test_falls_silent();
    test_while_going_on();
}

int main(void)
{
    static void (*const tests[])(void) = {test_all};
    const char *const full = getenv("FULL");

    if (full && strcmp(full, "true") == 0)
        every = 1;
    return client_tests("faults/server_vanishes", tests, 1);
}
