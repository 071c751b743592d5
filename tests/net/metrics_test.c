/*
 * metrics: what is counted, that it is told in a form that readers of such figures understand, and that it can be asked
 * for when no client gets in any more.
 */
#include "net/metrics.h"

#include "net/bare_server.h"
#include "net/http_server.h"
#include "net/metrics_server.h"
#include "net/server.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/support/serving.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 100000 };
static struct folder folder;
static struct serving serving;
static int http_port, bare_port, metrics_port;

static void prepare(void)
{
    char *const text = malloc(TEXT);

    memset(text, 'x', TEXT);
    folder = folder_make("metrics");
    folder_put(&folder, "text.txt", text, TEXT);
    free(text);
    folder_age();
}

static void run(struct server_options o)
{
    serving_make(&serving, o, folder.fd);
    http_port = serving_listen(&serving, "127.0.0.1:0", &http_protocol);
    bare_port = serving_listen(&serving, "127.0.0.1:0", &bare_protocol);
    metrics_port = serving_listen(&serving, "127.0.0.1:0", &metrics_protocol);
    serving_start(&serving);
}

static void halt(void)
{
    serving_end(&serving, SERVER_FINISH);
}

/* All that is said to a request; the caller frees it. */
static char *ask(int port, const char *request)
{
    const int fd = loopback_connect(port, false);
    unsigned char *data;
    size_t size;

    loopback_send(fd, request, strlen(request));
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    data = realloc(data, size + 1);
    data[size] = '\0';
    return (char *)data;
}

static void asks(int port, const char *request)
{
    free(ask(port, request));
}

static char *scrape(void)
{
    char *const text = ask(metrics_port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");

    CHECK(strncmp(text, "HTTP/1.1 200 OK\r\n", 17) == 0);
    CHECK(strstr(text, "\r\nContent-Type: text/plain; version=0.0.4") != NULL);
    return text;
}

/* The number behind a name with its labels; -1: it is not there. */
static double number_of(const char *text, const char *name)
{
    const size_t size = strlen(name);

    for (const char *p = text; (p = strstr(p, name)) != NULL; p++)
        if (p[-1] == '\n' && p[size] == ' ')
            return strtod(p + size, NULL);
    return -1;
}

/* Exchanges are counted when their last byte has been handed over, which a client may see a moment earlier. */
static char *scrape_until(const char *name, double value)
{
    const struct timespec time = {.tv_nsec = 10000000};
    char *text = scrape();

    for (int i = 0; i < 1000 && number_of(text, name) < value; i++) {
        free(text);
        nanosleep(&time, NULL);
        text = scrape();
    }
    return text;
}

#define GET(path, fields) "GET " path " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" fields "\r\n"

static void everything_is_counted(void)
{
    struct server_options o = server_defaults();
    char *text;

    check_context("counted");
    o.threads = 2;
    o.cache = 1 << 20;
    run(o);
    asks(http_port, GET("/text.txt", "Accept-Encoding: deflate\r\n"));
    asks(http_port, GET("/text.txt", "Accept-Encoding: deflate\r\n")); /* from the cache */
    for (int i = 0; i < 3; i++)
        asks(http_port, GET("/none", ""));
    asks(http_port, "GET / HTTP/2.0\r\n\r\n");
    asks(http_port, GET("/text.txt", "Range: bytes=0-99\r\n"));
    asks(bare_port, "text.txt\n");
    asks(bare_port, "../text.txt\n");
    asks(bare_port, "none\n");
    text = scrape_until("sluice_requests_total{protocol=\"bare\",status=\"refused\"}", 2);
    CHECK_EQ(number_of(text, "sluice_requests_total{protocol=\"http\",status=\"200\"}"), 2);
    CHECK_EQ(number_of(text, "sluice_requests_total{protocol=\"http\",status=\"206\"}"), 1);
    CHECK_EQ(number_of(text, "sluice_requests_total{protocol=\"http\",status=\"404\"}"), 3);
    CHECK_EQ(number_of(text, "sluice_requests_total{protocol=\"http\",status=\"505\"}"), 1);
    CHECK_EQ(number_of(text, "sluice_requests_total{protocol=\"http\",status=\"500\"}"), -1);
    CHECK_EQ(number_of(text, "sluice_requests_total{protocol=\"bare\",status=\"ok\"}"), 1);
    CHECK_EQ(number_of(text, "sluice_requests_total{protocol=\"bare\",status=\"refused\"}"), 2);
    CHECK_EQ(number_of(text, "sluice_file_bytes_total{coding=\"deflate\"}"), 3 * TEXT);
    CHECK(number_of(text, "sluice_sent_bytes_total{coding=\"deflate\"}") > 100);
    CHECK(number_of(text, "sluice_sent_bytes_total{coding=\"deflate\"}") < TEXT / 10);
    CHECK_EQ(number_of(text, "sluice_file_bytes_total{coding=\"identity\"}"), 100);
    CHECK_EQ(number_of(text, "sluice_file_bytes_total{coding=\"gzip\"}"), 0);
    CHECK_EQ(number_of(text, "sluice_cache_hits_total"), 1);
    CHECK_EQ(number_of(text, "sluice_compressions_total"), 2);
    CHECK(number_of(text, "sluice_compression_seconds_total") > 0);
    CHECK(number_of(text, "sluice_connections_accepted_total") >= 11);
    CHECK(number_of(text, "sluice_connections") >= 1); /* this one */
    CHECK(number_of(text, "sluice_loop_turn_longest_seconds") > 0);
    free(text);
    halt();
}

/* Comments, and lines of a name, perhaps labels, a space and a number; each name is introduced before it is used. */
static void the_form_is_that_of_prometheus(void)
{
    char *text, *line, *next, introduced[128] = "";
    double last = 0, infinite = -1;
    unsigned lines = 0;

    check_context("form");
    run(server_defaults());
    asks(http_port, GET("/text.txt", ""));
    text = scrape();
    for (line = strstr(text, "\r\n\r\n") + 4; *line; line = next) {
        next = strchr(line, '\n') + 1;
        next[-1] = '\0';
        check_context("line %s", line);
        lines++;
        if (strncmp(line, "# TYPE ", 7) == 0) {
            snprintf(introduced, sizeof introduced, "%.*s", (int)strcspn(line + 7, " "), line + 7);
            CHECK(strstr(line, " counter") || strstr(line, " gauge") || strstr(line, " histogram"));
            continue;
        }
        if (strncmp(line, "# HELP ", 7) == 0)
            continue;
        const size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
        const char *const labels_end = line[name] == '{' ? strstr(line, "\"} ") : NULL;
        const char *const number = labels_end ? labels_end + 3 : line + name + 1;
        char *end;

        CHECK(strncmp(line, introduced, strlen(introduced)) == 0);
        CHECK(line[name] == ' ' || labels_end);
        CHECK(isdigit((unsigned char)*number) && (strtod(number, &end), *end == '\0'));
        if (strstr(line, "_bucket{")) { /* those of a histogram count all below */
            CHECK(strtod(number, NULL) >= last);
            last = infinite = strtod(number, NULL);
        }
        if (strstr(line, "_count "))
            CHECK(strtod(number, NULL) == infinite);
    }
    check_context("form");
    CHECK(lines > 30);
    free(text);
    halt();
}

static void other_requests(void)
{
    static const struct {
        const char *request, *status;
    } cases[] = {{"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "200"},
                 {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "404"},
                 {"GET /text.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404"},
                 {"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "405"},
                 {"GET /metrics HTTP/1.1\r\n\r\n", "400"},
                 {"GET /metrics\n\n", "400"}};
    char *text, *long_one = calloc(1, 6000);

    run(server_defaults());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_context("%s", cases[i].request);
        text = ask(metrics_port, cases[i].request);
        CHECK(strncmp(text + 9, cases[i].status, 3) == 0);
        CHECK(strstr(text, "\r\nDate: ") != NULL);
        CHECK((strstr(text, "\r\nAllow: GET, HEAD\r\n") != NULL) == (strcmp(cases[i].status, "405") == 0));
        if (i == 0)
            CHECK(strcmp(strstr(text, "\r\n\r\n"), "\r\n\r\n") == 0);
        free(text);
    }
    check_context("a long request");
    strcpy(long_one, "GET /metrics HTTP/1.1\r\nX: ");
    memset(long_one + strlen(long_one), 'x', 5000);
    text = ask(metrics_port, long_one);
    CHECK(strncmp(text + 9, "431", 3) == 0);
    free(text);
    free(long_one);
    halt();
}

static void it_is_there_when_no_client_gets_in(void)
{
    struct server_options o = server_defaults();
    char *text, byte;
    size_t got;
    int fds[4];

    check_context("full");
    o.max_connections = 2;
    run(o);
    for (int i = 0; i < 4; i++)
        fds[i] = loopback_connect(http_port, false);
    CHECK_EQ(loopback_read(fds[3], &byte, 1, &got), LOOPBACK_MORE); /* it is refused */
    text = scrape();
    CHECK_EQ(number_of(text, "sluice_connections"), 3);
    CHECK(number_of(text, "sluice_connections_refused_total{limit=\"connections\"}") >= 1);
    CHECK_EQ(number_of(text, "sluice_connections_refused_total{limit=\"address\"}"), 0);
    free(text);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
    halt();
}

int main(void)
{
    prepare();
    everything_is_counted();
    the_form_is_that_of_prometheus();
    other_requests();
    it_is_there_when_no_client_gets_in();
    folder_remove(&folder);
    return check_report("net/metrics");
}
