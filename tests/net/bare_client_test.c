/*
 * The fetch as a machine: which events come in which order, that no step takes more than it is given, and that what
 * came is counted right. What becomes of each failure is told in tests/app/client_bare_test.c.
 */
#include "net/bare_client.h"
#include "tests/support/check.h"
#include "tests/support/replies.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

/* All that a fetch gives, waits left out: one letter an event. */
struct record {
    char events[2000];
    size_t count;
    unsigned char bytes[2000], wire[2000];
    size_t bytes_size, wire_size;
    size_t unused;
    enum fetch_failure failure;
    char message[FETCH_MESSAGE_ROOM];
    uint64_t counted_wire, counted_bytes;
};

static void fetch_all(struct hostile *h, const struct fetch_limits *limits, size_t room, struct record *r)
{
    static const char letters[] = {
        [FETCH_WAIT] = 'w',      [FETCH_CONNECTED] = 'c', [FETCH_READ] = 'r', [FETCH_SPAN] = 's',
        [FETCH_BUFFERING] = 'b', [FETCH_UNUSED] = 'u',    [FETCH_END] = 'E',  [FETCH_FAILED] = 'F',
    };
    char error[URL_ERROR_ROOM];
    enum fetch_event event;
    struct url url;

    memset(r, 0, sizeof *r);
    CHECK(url_parse(hostile_url(h, "dir/lorem.txt"), &url, error));
    struct fetch *f = bare_client_begin(&url, limits, 0);
    if (!CHECK(f != NULL))
        return;
    do {
        event = fetch_step(f, 0, room);
        if (event == FETCH_WAIT) {
            struct pollfd ready = {.fd = f->fd, .events = f->events};

            CHECK(f->fd >= 0 && f->deadline > 0);
            poll(&ready, 1, 5000);
            continue;
        }
        if (r->count < sizeof r->events - 1)
            r->events[r->count++] = letters[event];
        if (event == FETCH_READ) {
            CHECK(f->size > 0 && f->size <= room && f->size <= limits->block);
            memcpy(r->wire + r->wire_size, f->data, f->size);
            r->wire_size += f->size;
        } else if (event == FETCH_SPAN) {
            CHECK(f->size > 0);
            memcpy(r->bytes + r->bytes_size, f->data, f->size);
            r->bytes_size += f->size;
            CHECK_EQ(f->bytes, r->bytes_size);
        } else if (event == FETCH_UNUSED) {
            r->unused = f->size;
        }
    } while (event != FETCH_END && event != FETCH_FAILED);
    r->failure = f->failure;
    memcpy(r->message, f->message, sizeof r->message);
    r->counted_wire = f->wire;
    r->counted_bytes = f->bytes;
    fetch_end(f);
}

static void check_lorem(const struct record *r)
{
    CHECK_BYTES(r->bytes, r->bytes_size, lorem.data, lorem.size);
    CHECK_EQ(r->counted_wire, lorem_zlib.size);
    CHECK_EQ(r->counted_bytes, lorem.size);
}

static void test_events_of_a_whole_file(void)
{
    const struct hostile_script script = bare_reply(lorem_zlib);
    struct record r;
    struct hostile h;

    hostile_serve(&h, &script, 1);
    for (size_t block = 1; block <= 300; block += block < 5 ? 1 : 59) {
        check_context("%zu bytes at a time", block);
        fetch_all(&h, &(struct fetch_limits){.block = block}, 1000, &r);
        check_lorem(&r);
        CHECK_BYTES(r.wire, r.wire_size, lorem_zlib.data, lorem_zlib.size);
        CHECK(r.events[0] == 'c' && r.events[1] == 'r' && r.events[r.count - 1] == 'E');
        /* behind each read comes a span, or word that there was none */
        for (size_t i = 1; i + 1 < r.count; i++)
            CHECK(r.events[i] != 'r' || r.events[i + 1] != 'r');
        CHECK(strspn(r.events, "crsbE") == r.count);
    }
    check_context("a step takes no more than the room it is given");
    fetch_all(&h, &(struct fetch_limits){.block = 1000}, 10, &r);
    check_lorem(&r);
    const char *asked = hostile_asked(&h);
    CHECK(strncmp(asked, "dir/lorem.txt\ndir/lorem.txt\n", 28) == 0);
    hostile_end(&h);
}

static void test_what_is_behind_the_end(void)
{
    const struct hostile_script script = bare_reply(joined(lorem_zlib, text("xxxxx")));
    struct record r;
    struct hostile h;

    hostile_serve(&h, &script, 1);
    fetch_all(&h, &(struct fetch_limits){.block = 300}, 300, &r);
    check_lorem(&r);
    CHECK_EQ(r.unused, 5);
    CHECK(strcmp(r.events + r.count - 2, "uE") == 0);
    check_context("the end and what is behind it in two pieces: the fetch ends with the first");
    fetch_all(&h, &(struct fetch_limits){.block = lorem_zlib.size}, 300, &r);
    check_lorem(&r);
    CHECK_EQ(r.unused, 0);
    hostile_end(&h);
}

static void test_failures(void)
{
    static const struct {
        size_t sent;
        enum hostile_ending ending;
        uint64_t max_size;
        enum fetch_failure failure;
    } cases[] = {{0, HOSTILE_CLOSE, 0, FETCH_REFUSED},      {0, HOSTILE_RESET, 0, FETCH_CUT_SHORT},
                 {1, HOSTILE_CLOSE, 0, FETCH_CUT_SHORT},    {218, HOSTILE_CLOSE, 0, FETCH_CUT_SHORT},
                 {218, HOSTILE_RESET, 0, FETCH_CUT_SHORT},  {219, HOSTILE_CLOSE, 334, FETCH_TOO_LARGE},
                 {219, HOSTILE_CLOSE, 1, FETCH_TOO_LARGE}};
    struct record r;
    struct hostile h;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_context("case %zu", i);
        struct hostile_script script = bare_reply(part(lorem_zlib, 0, cases[i].sent));

        script.ending = cases[i].ending;
        hostile_serve(&h, &script, 1);
        fetch_all(&h, &(struct fetch_limits){.block = 300, .max_size = cases[i].max_size}, 300, &r);
        CHECK(r.count > 0 && r.events[r.count - 1] == 'F');
        CHECK_EQ(r.failure, cases[i].failure);
        CHECK(*r.message != '\0');
        /* what was given was right */
        CHECK(r.bytes_size <= lorem.size && memcmp(r.bytes, lorem.data, r.bytes_size) == 0);
        hostile_end(&h);
    }
}

/* The clock is the test's own: silence is counted from when the wait began, not from the last byte. */
static void test_silence(void)
{
    const struct hostile_script script = {.data = lorem_zlib.data, .size = 100, .ending = HOSTILE_STALL};
    const struct fetch_limits limits = {.block = 300, .timeout = 5000};
    char error[URL_ERROR_ROOM];
    struct hostile h;
    struct url url;
    enum fetch_event event;

    hostile_serve(&h, &script, 1);
    CHECK(url_parse(hostile_url(&h, "f"), &url, error));
    struct fetch *f = bare_client_begin(&url, &limits, 0);
    while (f->wire < 100) { /* all that will come */
        event = fetch_step(f, 1000, 300);
        if (!CHECK(event != FETCH_FAILED))
            return;
        if (event == FETCH_WAIT) {
            struct pollfd ready = {.fd = f->fd, .events = f->events};

            poll(&ready, 1, 5000);
        }
    }
    while ((event = fetch_step(f, 900000, 300)) != FETCH_WAIT) /* a driver that paused did so on its own time */
        CHECK(event == FETCH_SPAN || event == FETCH_BUFFERING);
    CHECK_EQ(f->deadline, 905000);
    CHECK_EQ(fetch_step(f, 904999, 300), FETCH_WAIT);
    CHECK_EQ(f->deadline, 905000);
    CHECK_EQ(fetch_step(f, 905000, 300), FETCH_FAILED);
    CHECK_EQ(f->failure, FETCH_TIMED_OUT);
    fetch_end(f);
    hostile_end(&h);

    check_context("given up in each state");
    f = bare_client_begin(&url, &limits, 0); /* nobody listens any more */
    fetch_end(f);
    fetch_end(NULL);
}

int main(void)
{
    replies_make();
    test_events_of_a_whole_file();
    test_what_is_behind_the_end();
    test_failures();
    test_silence();
    return check_report("net/bare_client");
}
