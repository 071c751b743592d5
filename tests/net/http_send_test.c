/*
 * http_send: an answer on its way: files that change meanwhile, clients that are slow, silent or gone, a stop of the
 * server, and what the log says of it.
 */
#include "net/http_server.h"

#include "net/level.h"
#include "tests/support/check.h"
#include "tests/support/http_site.h"
#include "tests/support/loopback.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files that change while they are sent ---- */

/* More than the kernel holds, so that the change comes before the end is sent. */
enum { CHANGING = SITE_LARGE / 2 };

enum { CHANGE_NONE, CHANGE_BYTES, CHANGE_TRUNCATE, CHANGE_APPEND, CHANGE_REPLACE, CHANGE_DELETE, CHANGES };

static void change(int how)
{
    const int fd = openat(site.folder.fd, "changing.txt", O_WRONLY);

    switch (how) {
    case CHANGE_BYTES:
        CHECK_EQ(pwrite(fd, "changed", 7, CHANGING - 7), 7);
        break;
    case CHANGE_TRUNCATE:
        CHECK_EQ(ftruncate(fd, CHANGING - 7), 0);
        break;
    case CHANGE_APPEND:
        CHECK_EQ(pwrite(fd, "more", 4, CHANGING), 4);
        break;
    case CHANGE_REPLACE:
        folder_put(&site.folder, "changing.new", "new", 3);
        CHECK_EQ(renameat(site.folder.fd, "changing.new", site.folder.fd, "changing.txt"), 0);
        break;
    case CHANGE_DELETE:
        CHECK_EQ(unlinkat(site.folder.fd, "changing.txt", 0), 0);
        break;
    default:
        break;
    }
    close(fd);
}

/*
 * Asks for a file, takes a little of it, lets it change, and takes the rest. What has been written over must not arrive
 * as a whole; what has another file in its place, or no name any more, is still whole.
 */
static void a_changing_file(int how, const char *fields, const char *coding)
{
    char request[300];
    unsigned char begin[1000], *rest, *all;
    size_t got_size, rest_size;
    struct http_reading reading;
    struct http_got got;
    enum loopback_end end;
    int fd;

    folder_put(&site.folder, "changing.txt", site.large.data, CHANGING);
    folder_age();
    check_context("change %d, %s", how, fields);
    fd = loopback_connect(site.port, true);
    snprintf(request, sizeof request, "GET /changing.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", fields);
    loopback_send(fd, request, strlen(request));
    CHECK_EQ(loopback_read(fd, begin, sizeof begin, &got_size), LOOPBACK_MORE);
    change(how);
    end = loopback_read_all(fd, &rest, &rest_size);
    close(fd);
    all = malloc(got_size + rest_size);
    memcpy(all, begin, got_size);
    memcpy(all + got_size, rest, rest_size);
    reading = (struct http_reading){all, got_size + rest_size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 200);
    if (how == CHANGE_NONE || how == CHANGE_REPLACE || how == CHANGE_DELETE) {
        CHECK_EQ(end, LOOPBACK_CLOSED);
        CHECK(got.whole);
        site_decoded_is(&got, coding, site.large.data, CHANGING);
    } else {
        CHECK_EQ(end, LOOPBACK_RESET);
        CHECK(!got.whole);
    }
    free(rest);
    site_done(all, &got);
    unlinkat(site.folder.fd, "changing.txt", 0);
}

static void files_that_change(bool only_coded)
{
    for (int how = CHANGE_NONE; how < CHANGES; how++) {
        a_changing_file(how, "Accept-Encoding: gzip\r\n", "gzip");
        if (only_coded)
            continue;
        a_changing_file(how, "", NULL);
        a_changing_file(how, "TE: gzip\r\nConnection: TE\r\n", "gzip");
    }
}

/* ---- clients that are slow, silent or gone ---- */

static void a_client_that_takes_a_little_at_a_time(void)
{
    static const char request[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                  "Accept-Encoding: gzip\r\n\r\n";
    unsigned char *const data = malloc(SITE_LARGE);
    struct http_reading reading;
    struct http_got got;
    size_t size = 0, now;
    enum loopback_end end;
    const int fd = loopback_connect(site.port, true);

    check_context("a slow client");
    loopback_send(fd, request, sizeof request - 1);
    for (int i = 0;; i++) {
        end = loopback_read(fd, data + size, 40000, &now);
        size += now;
        if (end != LOOPBACK_MORE)
            break;
        if (i % 16 == 0)
            folder_pause(5);
    }
    close(fd);
    CHECK_EQ(end, LOOPBACK_CLOSED);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK(got.whole);
    site_decoded_is(&got, "gzip", site.large.data, SITE_LARGE);
    site_done(data, &got);
}

static void clients_that_go_away_leave_nothing_behind(void)
{
    static const char *const requests[] = {"", "GET /large", "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n",
                                           "GET /large.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
                                           "GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx",
                                           "GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\nConnection: TE\r\n\r\n"};
    int before, after = -1;
    char byte;
    size_t got;

    check_context("clients that go away");
    folder_pause(50);
    before = loopback_descriptors();
    for (int i = 0; i < 120; i++) {
        const char *const request = requests[(size_t)i % (sizeof requests / sizeof *requests)];
        const int fd = loopback_connect(site.port, true);

        loopback_send(fd, request, strlen(request));
        if (i % 2 && i % 6 > 1 && i % 6 != 4)
            CHECK_EQ(loopback_read(fd, &byte, 1, &got), LOOPBACK_MORE);
        if (i % 4 < 2)
            loopback_reset(fd);
        else
            close(fd);
    }
    for (int i = 0; i < 500; i++) { /* until the server has noticed all of them */
        after = loopback_descriptors();
        if (after <= before)
            break;
        folder_pause(10);
    }
    CHECK_EQ(after, before);
}

static void times_run_out(void)
{
    static const char half[] = "GET /lorem.txt HTTP/1.1\r\n";
    static const char body[] = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
    static const char stall[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char keep[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    struct server_options o = serving_options();
    struct http_reading reading;
    struct http_got got;
    unsigned char *data;
    size_t size;
    int fd;

    o.request_timeout = 150;
    o.idle_timeout = 150;
    site_serve(o);
    check_context("half a request");
    fd = site_dial();
    loopback_send(fd, half, sizeof half - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 408);
    CHECK(site_field_is(&got, "Connection", "close"));
    site_done(data, &got);

    check_context("half a body");
    fd = site_dial();
    loopback_send(fd, body, sizeof body - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 408);
    site_done(data, &got);

    check_context("no request");
    fd = site_dial();
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    CHECK_EQ(size, 0);
    free(data);
    close(fd);

    check_context("no further request");
    fd = site_dial();
    loopback_send(fd, keep, sizeof keep - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 200);
    CHECK_EQ(reading.size, 0);
    site_done(data, &got);

    check_context("a client that takes nothing");
    fd = loopback_connect(site.port, true);
    loopback_send(fd, stall, sizeof stall - 1);
    folder_pause(1000);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_RESET);
    CHECK(size < SITE_LARGE);
    free(data);
    close(fd);
    site_halt();
    CHECK(serving_logged(&site.serving, "408"));
    CHECK(serving_logged(&site.serving, "the client takes too little"));
    serving_forget(&site.serving);
}

/* ---- stop, log, options ---- */

static void a_stop_lets_what_was_asked_for_arrive(void)
{
    static const char keep[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char big[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    unsigned char some[1000], *data;
    size_t size, rest;
    int idle, busy;

    site_serve(serving_options());
    check_context("stop");
    idle = site_dial();
    loopback_send(idle, keep, sizeof keep - 1);
    CHECK_EQ(loopback_read(idle, some, 200, &size), LOOPBACK_MORE);
    busy = loopback_connect(site.port, true);
    loopback_send(busy, big, sizeof big - 1);
    CHECK_EQ(loopback_read(busy, some, sizeof some, &size), LOOPBACK_MORE);
    server_stop(site.serving.server, SERVER_FINISH);
    CHECK_EQ(loopback_read_all(idle, &data, &rest), LOOPBACK_CLOSED);
    free(data);
    CHECK_EQ(loopback_read_all(busy, &data, &rest), LOOPBACK_CLOSED);
    CHECK(size + rest > SITE_LARGE);
    free(data);
    close(idle);
    close(busy);
    site_end();
}

static void the_log(void)
{
    struct server_options o = serving_options();
    struct http_got got;
    unsigned char *data;

    o.log_combined = true;
    site_serve(o);
    data = site_ask("GET /lorem.txt", "Accept-Encoding: gzip\r\nReferer: http://x/\r\nUser-Agent: a \"b\"\r\n", &got);
    CHECK(got.content_size > 0);
    char line[200];

    snprintf(line, sizeof line, "\"GET /lorem.txt HTTP/1.1\" 200 %zu \"http://x/\" \"a \\\"b\\\"\" 335 gzip ",
             got.content_size);
    site_done(data, &got);
    data = site_ask("GET /absent", "", &got);
    site_done(data, &got);
    struct http_reading reading;

    data = site_converse("GET \033[31m\r\n\r\n", 13, 13, &reading);
    free(data);
    site_halt();
    CHECK(serving_logged(&site.serving, "127.0.0.1 - - ["));
    CHECK(serving_logged(&site.serving, line));
    CHECK(serving_logged(&site.serving, "\"GET /absent HTTP/1.1\" 404 "));
    CHECK(serving_logged(&site.serving, " no such file\n"));
    CHECK(serving_logged(&site.serving, "\"GET \\x1b[31m\" 400 "));
    serving_forget(&site.serving);
}

static void a_limited_rate_changes_no_byte(void)
{
    struct server_options o = serving_options();
    struct http_got got;
    unsigned char *data;

    o.limit_rate = 400000;
    site_serve(o);
    data = site_ask("GET /noise", "", &got);
    CHECK_BYTES(got.content, got.content_size, site.noise.data, site.noise.size);
    site_done(data, &got);
    site_end();
}

/* From copies, and at whatever level each client comes to be served. */
static void whatever_the_server_is_told(void)
{
    struct server_options o = serving_options();

    o.cache = 32 << 20;
    site_serve(o);
    files_that_change(true);
    a_client_that_takes_a_little_at_a_time();
    a_client_that_takes_a_little_at_a_time(); /* who has it from the copy */
    site_end();
    o = serving_options();
    o.level = LEVEL_AUTO;
    site_serve(o);
    files_that_change(false);
    a_client_that_takes_a_little_at_a_time();
    clients_that_go_away_leave_nothing_behind();
    site_end();
}

int main(void)
{
    site_make();
    site_serve(serving_options());
    files_that_change(false);
    a_client_that_takes_a_little_at_a_time();
    clients_that_go_away_leave_nothing_behind();
    site_end();
    whatever_the_server_is_told();
    times_run_out();
    a_stop_lets_what_was_asked_for_arrive();
    the_log();
    a_limited_rate_changes_no_byte();
    site_remove();
    return check_report("net/http_send");
}
