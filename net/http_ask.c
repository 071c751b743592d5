/* http_ask.c: see http_ask.h. */
#include "net/http_ask.h"

#include "net/http_text.h"
#include "sluice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is this the name of the field in the line? `name` is in lower case. */
static bool names(const char *line, const char *name)
{
    const struct http_text text = {line, strcspn(line, ":")};

    return http_text_is(&text, name);
}

const char *http_ask_header(const char *line)
{
    static const char *const ours[] = {"accept-encoding", "connection", "content-length", "expect", "if-range",
                                       "keep-alive", "range", "te", "trailer", "transfer-encoding", "upgrade"};
    const char *const colon = strchr(line, ':');

    if (!colon || colon == line || !http_all_may_stand(line, colon, HTTP_IN_TOKEN))
        return "a field is written NAME: VALUE";
    if (!http_all_may_stand(colon, line + strlen(line), HTTP_IN_VALUE))
        return "a field holds no control characters";
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (names(line, ours[i]))
            return "this field is set as the other options need it";
    return NULL;
}

static bool is_given(const struct http_asking *a, const char *name)
{
    for (size_t i = 0; i < a->header_count; i++)
        if (names(a->headers[i], name))
            return true;
    return false;
}

/* Host (RFC 9110 7.2): without the scheme's own port, which some servers compare as text. */
static void print_host(FILE *to, const struct url *url)
{
    const char *const bracket = strchr(url->host, ':') ? "[" : "";
    /* A zone (fe80::1%eth0) means something on this machine alone (RFC 6874 4). */
    const int size = (int)(*bracket ? strcspn(url->host, "%") : strlen(url->host));

    if (url->local)
        fputs("Host: localhost\r\n", to);
    else if (url->port == URL_PORT_HTTP)
        fprintf(to, "Host: %s%.*s%s\r\n", bracket, size, url->host, *bracket ? "]" : "");
    else
        fprintf(to, "Host: %s%.*s%s:%u\r\n", bracket, size, url->host, *bracket ? "]" : "", (unsigned)url->port);
}

char *http_ask(const struct http_asking *a, size_t *size)
{
    char *const target = malloc(URL_TARGET_ROOM);
    char *text = NULL;
    FILE *const to = target ? open_memstream(&text, size) : NULL;

    if (!to) {
        free(target);
        return NULL;
    }
    url_target(a->url, target);
    fprintf(to, "GET %s HTTP/1.1\r\n", target);
    free(target);
    if (!is_given(a, "host"))
        print_host(to, a->url);
    if (!is_given(a, "user-agent"))
        fprintf(to, "User-Agent: sluice-client/%s\r\n", sluice_version());
    if (!is_given(a, "accept"))
        fputs("Accept: */*\r\n", to);
    fprintf(to, "Accept-Encoding: %s\r\n", a->validator && !a->coded ? "identity" : a->accept);
    if (a->validator && !a->coded)
        fputs("TE: gzip, deflate\r\nConnection: TE\r\n", to);
    if (a->validator)
        fprintf(to, "Range: bytes=%" PRIu64 "-\r\nIf-Range: %s\r\n", a->from, a->validator);
    for (size_t i = 0; i < a->header_count; i++)
        fprintf(to, "%s\r\n", a->headers[i]);
    fputs("\r\n", to);

    const bool failed = ferror(to) != 0;

    if (fclose(to) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}
