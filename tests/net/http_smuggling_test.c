/*
 * Requests that two programs in a row can read in two ways, so that one takes for a body what the other takes for the
 * next request. Each is refused with the status that fits and the connection is closed, so that what stands behind it
 * is never a request. Each is sent whole, and byte by byte.
 */
#include "net/http_server.h"
#include "net/server.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/support/serving.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A request as text, which may have NULs in it. */
#define TEXT(text) text, sizeof(text) - 1

/* The line and the field that almost all begin with. */
#define POST "POST /file HTTP/1.1\r\nHost: a\r\n"
#define GET "GET /file HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

/* What is smuggled: it must not be answered. */
#define SECOND "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct row {
    unsigned status;
    const char *request;
    size_t size;
} rows[] = {
    /* ---- Content-Length and Transfer-Encoding together (RFC 9112 6.1, 6.3) ---- */
    {400, TEXT(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "CONTENT-LENGTH: 5\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5\r\nTransfer-Encoding: \r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT("HEAD /file HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT("POST /file HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},

    /* ---- several Content-Lengths (RFC 9110 8.6) ---- */
    {400, TEXT(POST "Content-Length: 5\r\nContent-Length: 0\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5\r\ncontent-length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5\r\nX: y\r\nContent-Length: 6\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5, 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5,0\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: ,5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5,\r\n\r\nabcde")},

    /* ---- what is no number (RFC 9110 8.6: 1*DIGIT) ---- */
    {400, TEXT(POST "Content-Length: +5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: -5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: -0\r\n\r\n")},
    {400, TEXT(POST "Content-Length: 0x5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5.0\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5e0\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 1_0\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: \"5\"\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5;q=1\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: five\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length:\r\n\r\n")},
    {400, TEXT(POST "Content-Length: \t \r\n\r\n")},
    {400, TEXT(POST "Content-Length: 5\0\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: \xD9\xA5\r\n\r\nabcde")}, /* an Arabic five */
    {413, TEXT(POST "Content-Length: 18446744073709551616\r\n\r\n")}, /* 2^64 */
    {413, TEXT(POST "Content-Length: 18446744073709551621\r\n\r\nabcde")}, /* 2^64 + 5 */
    {413, TEXT(POST "Content-Length: 18446744073709551615\r\n\r\nabcde")},
    {413, TEXT(POST "Content-Length: 9223372036854775808\r\n\r\nabcde")}, /* 2^63 */
    {413, TEXT(POST "Content-Length: 99999999999999999999999999999999999999999999\r\n\r\nabcde")},

    /* ---- Transfer-Encodings (RFC 9112 6.1, 7) ---- */
    {400, TEXT(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunk\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: 'chunked'\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked;\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked;q=0\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: gzip\r\n\r\nabcde")},
    {400, TEXT(POST "Transfer-Encoding: identity\r\n\r\nabcde")},
    {400, TEXT(POST "Transfer-Encoding:\r\n\r\nabcde")},
    {400, TEXT(POST "Transfer-Encoding: \x0B" "chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: chunked\x0B\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: \xC2\xA0" "chunked\r\n\r\n0\r\n\r\n")}, /* a space that is none */
    {400, TEXT(POST "Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding: \0chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT("POST /file HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT("POST /file HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {501, TEXT(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")},
    {501, TEXT(POST "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n")},
    {501, TEXT(POST "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},

    /* ---- names of fields (RFC 9112 5.1: no space before the colon; RFC 9110 5.6.2: a token) ---- */
    {400, TEXT(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Content-Length : 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length\0: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length\r\n\r\nabcde")},
    {400, TEXT(POST ": 5\r\n\r\nabcde")},
    {400, TEXT(POST ":Content-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length\xA0: 5\r\n\r\nabcde")},
    {400, TEXT(POST "\"Content-Length\": 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length(x): 5\r\n\r\nabcde")},
    {400, TEXT(POST "X\x7F: y\r\n\r\n")},
    {400, TEXT(POST "X/Y: z\r\n\r\n")},
    {400, TEXT(POST "[X]: y\r\n\r\n")},

    /* ---- folded lines (RFC 9112 5.2) and lines that begin with a space ---- */
    {400, TEXT(POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "Transfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {400, TEXT(POST "X: y\r\n\tContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5\r\n 0\r\n\r\nabcde")},
    {400, TEXT(POST "X: y\r\n \r\n\r\n")},
    {400, TEXT("POST /file HTTP/1.1\r\n Host: a\r\nContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT("POST /file HTTP/1.1\r\n\tX: y\r\nHost: a\r\n\r\n")},

    /* ---- ends of lines (RFC 9112 2.2): CR LF alone ---- */
    {400, TEXT("POST /file HTTP/1.1\nHost: a\nContent-Length: 5\n\nabcde")},
    {400, TEXT("POST /file HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5\r\n\nabcde")},
    {400, TEXT(POST "X: y\nContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "X: y\rContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "X: y\r\r\nContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT(POST "X: y\r\n\r\r\nabcde")},
    {400, TEXT(POST "Content-Length: 5\r\r\n\r\nabcde")},
    {400, TEXT(POST "\rContent-Length: 5\r\n\r\nabcde")},
    {400, TEXT("POST /file HTTP/1.1\rHost: a\r\n\r\n")},
    {400, TEXT("POST /file HTTP/1.1\r\r\nHost: a\r\n\r\n")},
    {400, TEXT("\nPOST /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("\r\n\r\nPOST /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("\rPOST /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT(GET "X: y\0z\r\n\r\n")},
    {400, TEXT(GET "X: y\x0Bz\r\n\r\n")},
    {400, TEXT(GET "X: y\x08\r\n\r\n")},

    /* ---- chunks (RFC 9112 7.1) ---- */
    {400, TEXT(CHUNKED "\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\r\nabcde\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\r\nabcde0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\r\nabcdef\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\r\nabcd\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\rXabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\r\nabcde\rX0\r\n\r\n")},
    {400, TEXT(CHUNKED "0x5\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "+5\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "-5\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED " 5\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5 \r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\t\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5_0\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5\0\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "g\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED ";x\r\n\r\n")},
    {400, TEXT(CHUNKED "\xEF\xBC\x95\r\nabcde\r\n0\r\n\r\n")}, /* a wide five */
    {400, TEXT(CHUNKED "10000000000000005\r\nabcde\r\n0\r\n\r\n")}, /* 2^64 + 5 */
    {413, TEXT(CHUNKED "fffffffffffffffb\r\nabcde\r\n0\r\n\r\n")},
    {413, TEXT(CHUNKED "8000000000000000\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5;x\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5;x=\"\n\"\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5;x\rX\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5;x\0\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5 ;x\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "5,5\r\nabcde\r\n0\r\n\r\n")},
    {400, TEXT(CHUNKED "0\n\n")},
    {400, TEXT(CHUNKED "0\r\n\n")},
    {400, TEXT(CHUNKED "0\r\n\rX")},
    {400, TEXT(CHUNKED "0\r\n X: y\r\n\r\n")},
    {400, TEXT(CHUNKED "0\r\nX : y\r\n\r\n")},
    {400, TEXT(CHUNKED "0\r\nX\r\n\r\n")},
    {400, TEXT(CHUNKED "0\r\n: y\r\n\r\n")},
    {400, TEXT(CHUNKED "0\r\nX: y\n\r\n")},
    {400, TEXT(CHUNKED "0\r\nX: y\r\n z\r\n\r\n")},
    {400, TEXT(CHUNKED "0\r\nX: \0\r\n\r\n")},

    /* ---- the request line (RFC 9112 3) ---- */
    {400, TEXT("GET /file\r\n\r\n")}, /* HTTP/0.9 */
    {400, TEXT("GET /file\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1 \r\nHost: a\r\n\r\n")},
    {400, TEXT("GET  /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file  HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET\t/file\tHTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT(" GET /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1 x\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /a file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file\0 HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file\x0C HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file#x HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET ?x HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET * HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET \\file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("G(ET /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("G\0ET /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file http/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.11\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/11.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1,1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP /1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTPS/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/-1.1\r\nHost: a\r\n\r\n")},
    {505, TEXT("GET /file HTTP/0.9\r\nHost: a\r\n\r\n")},
    {505, TEXT("GET /file HTTP/2.0\r\nHost: a\r\n\r\n")},
    {505, TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
    {400, TEXT("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03")}, /* TLS */

    /* ---- absolute forms (RFC 9112 3.2.2) ---- */
    {400, TEXT("GET http:///file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http:/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http:file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET ftp://a/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET file:///file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET javascript:x HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http://u:p@a/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http://a@b/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http://a:b/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http://a:123456/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http://[::1/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http://a\\b/file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET http://a/file HTTP/1.1\r\n\r\n")}, /* and still no Host */
    {400, TEXT("GET http://a/file HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")},
    {400, TEXT("GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n")}, /* CONNECT's form */

    /* ---- Host (RFC 9112 3.2) ---- */
    {400, TEXT("GET /file HTTP/1.1\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a\r\nHOST: b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a\r\nHost:\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost : a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a, b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a/b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a?b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a#b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: u@a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: http://a\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a:b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a:80:80\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: :80\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a\\b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: [::1\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a\0b\r\n\r\n")},
    {400, TEXT("GET /file HTTP/1.1\r\nHost: a\r\n b\r\n\r\n")},

    /* ---- Expect (RFC 9110 10.1.1) ---- */
    {417, TEXT(POST "Expect: 200-ok\r\nContent-Length: 5\r\n\r\nabcde")},
    {417, TEXT(POST "Expect: 100-continue, x\r\nContent-Length: 5\r\n\r\nabcde")}};
enum { ROWS = sizeof rows / sizeof *rows };

/* The same with a body that is framed in one way: what stands behind it is a request, and answered. */
static const struct row certain[] = {
    {405, TEXT(POST "Content-Length: 5\r\n\r\nabcde")},
    {405, TEXT(POST "Content-Length: 0005\r\n\r\nabcde")},
    {405, TEXT(POST "Content-Length: \t5 \t\r\n\r\nabcde")},
    {405, TEXT(POST "Content-Length: 0\r\n\r\n")},
    {405, TEXT(POST "Content-LengthX: 5\r\n\r\n")},
    {405, TEXT(CHUNKED "0\r\n\r\n")},
    {405, TEXT(CHUNKED "5\r\nabcde\r\n0\r\n\r\n")},
    {405, TEXT(CHUNKED "005;x=\"y\";z\r\nabcde\r\n000\r\nX: y\r\nZ:\r\n\r\n")},
    {405, TEXT(POST "transfer-ENCODING: ChUnKeD\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n")},
    {405, TEXT(POST "Transfer-Encoding: ,chunked,\r\n\r\n0\r\n\r\n")}, /* RFC 9110 5.6.1.2 */
    {200, TEXT(GET "Content-Length: 5\r\n\r\nabcde")},
    {200, TEXT(GET "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n")},
    {200, TEXT("\r\nGET /file HTTP/1.1\r\nHost: a\r\n\r\n")},
    {200, TEXT("GET http://b/file HTTP/1.1\r\nHost: a\r\n\r\n")}};
enum { CERTAIN = sizeof certain / sizeof *certain };

/* ---- the server, in this process ---- */

static struct folder folder;
static struct serving serving;
static int port;

static void run(void)
{
    struct server_options options = serving_options();

    folder = folder_make("smuggling");
    folder_put(&folder, "file", "content", 7);
    folder_age();
    options.threads = 1;
    options.request_timeout = 5000;
    serving_make(&serving, options, folder.fd);
    port = serving_listen(&serving, "127.0.0.1:0", &http_protocol);
    serving_start(&serving);
}

static void halt(void)
{
    serving_end(&serving, SERVER_FINISH);
    folder_remove(&folder);
}

/* ---- a conversation ---- */

/* Sends the request and the second one, in pieces, and reads until the server closes. */
static char *converse(const struct row *row, size_t piece)
{
    const size_t size = row->size + sizeof SECOND - 1;
    char *const both = malloc(size);
    const int fd = loopback_connect(port, false), on = 1;
    unsigned char *data;
    size_t got;

    memcpy(both, row->request, row->size);
    memcpy(both + row->size, SECOND, sizeof SECOND - 1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t at = 0; at < size; at += piece)
        loopback_send(fd, both + at, size - at < piece ? size - at : piece);
    shutdown(fd, SHUT_WR);
    CHECK_EQ(loopback_read_all(fd, &data, &got), LOOPBACK_CLOSED);
    close(fd);
    free(both);
    data = realloc(data, got + 1);
    data[got] = '\0';
    return (char *)data;
}

/* Is there a response behind the first one? */
static const char *next_response(const char *text)
{
    const char *next = *text ? text + 1 : NULL;

    while (next && (next = strstr(next, "HTTP/1.1 ")) != NULL && (next[9] < '0' || next[9] > '9'))
        next++; /* a page that speaks of HTTP/1.1 */
    return next;
}

static void describe(const char *what, size_t number, const struct row *row)
{
    char shown[160];
    size_t n = 0;

    for (size_t i = 0; i < row->size && n + 5 < sizeof shown; i++) {
        const unsigned char c = (unsigned char)row->request[i];

        if (c == '\r' || c == '\n')
            n += (size_t)sprintf(shown + n, c == '\r' ? "\\r" : "\\n");
        else if (c < 32 || c > 126)
            n += (size_t)sprintf(shown + n, "\\x%02X", c);
        else
            shown[n++] = (char)c;
    }
    shown[n] = '\0';
    check_context("%s %zu: %s", what, number, shown);
}

static void is_refused_and_closed(const struct row *row, size_t piece)
{
    char *const text = converse(row, piece);

    CHECK(strncmp(text, "HTTP/1.1 ", 9) == 0);
    CHECK_EQ(atoi(text + (strlen(text) > 9 ? 9 : 0)), row->status);
    CHECK(strstr(text, "\r\nConnection: close\r\n") != NULL);
    CHECK(next_response(text) == NULL);
    free(text);
}

static void is_answered_as_is_the_second(const struct row *row, size_t piece)
{
    char *const text = converse(row, piece);
    const char *const next = next_response(text);

    CHECK_EQ(atoi(text + (strlen(text) > 9 ? 9 : 0)), row->status);
    CHECK(next && atoi(next + 9) == 404 && next_response(next) == NULL);
    free(text);
}

int main(void)
{
    run();
    for (size_t i = 0; i < ROWS; i++) {
        describe("row", i, &rows[i]);
        is_refused_and_closed(&rows[i], rows[i].size + sizeof SECOND);
        is_refused_and_closed(&rows[i], 1);
    }
    for (size_t i = 0; i < CERTAIN; i++) {
        describe("certain row", i, &certain[i]);
        is_answered_as_is_the_second(&certain[i], certain[i].size + sizeof SECOND);
        is_answered_as_is_the_second(&certain[i], 1);
    }
    check_context("rows");
    CHECK(ROWS >= 100);
    halt();
    return check_report("net/http_smuggling");
}
