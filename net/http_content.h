/*
 * http_content.h: the content of a response on its way out: parts of a file or a page in memory, compressed or not,
 * put out a bounded piece at a time. Before the last of a file goes out it is compared with what it was: a file that
 * changed meanwhile never becomes a response that looks whole.
 *
 * Like a transfer (see transfer.h) it holds no data of a file: what the encoder has not taken is read again.
 */
#ifndef NET_HTTP_CONTENT_H
#define NET_HTTP_CONTENT_H

#include "net/http_range.h"
#include "net/level.h"
#include "net/transfer.h"
#include "sluice.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { HTTP_BOUNDARY_ROOM = 32 };

struct http_content {
    int fd;                /* of the file; -1: a page */
    bool fixed;            /* the file is a copy that nobody changes */
    struct stat before;    /* what it was when it was opened */
    char *page;            /* fd -1: in malloc's memory, which becomes the content's; or NULL */
    struct http_range parts[HTTP_RANGES_MOST];
    unsigned part_count;   /* 0: no content at all */
    bool multipart;        /* each part has a head, and there is an end (RFC 9110 14.6) */
    const char *type;      /* of the file, for the heads of parts */
    char boundary[HTTP_BOUNDARY_ROOM];
    sluice_deflater *deflater; /* NULL: as it is */
    struct level level;        /* of the deflater, begun */

    unsigned piece;   /* which one is being put out: the heads of parts and the parts themselves, in turn */
    uint64_t at;      /* bytes of it that are out */
    bool checked;     /* all pieces are read, and the file was still the same after that */
    uint64_t taken;   /* bytes of the file or page that are out, or in the encoder */
};

/* Begins with what is set above the empty line of the structure; what is below is set here. */
void http_content_begin(struct http_content *content);

/* Bytes of content, if nothing is compressed. */
uint64_t http_content_size(const struct http_content *content);

/*
 * One step: fills `out`, reading at most a slice. TRANSFER_DONE: its end is out. TRANSFER_CHANGED, TRANSFER_BROKEN: the
 * response must be broken off, and what this step has put out must not be sent.
 */
enum transfer_status http_content_step(struct http_content *content, const struct transfer_buffer *buffer,
                                       sluice_output *out);

/*
 * The run of bytes of the file that comes next, if nothing has to be done to them: *offset and the size, 0 if there is
 * none.
 */
uint64_t http_content_plain(const struct http_content *content, uint64_t *offset);

/* All pieces have been put out. */
bool http_content_is_over(const struct http_content *content);

/* The same for a page: the bytes that come next are there, and stay there. */
uint64_t http_content_memory(const struct http_content *content, const char **data);

/* So many bytes of such a run have been sent. */
void http_content_skip(struct http_content *content, uint64_t size);

#endif
