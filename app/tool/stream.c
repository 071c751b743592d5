/* stream.c: see stream.h. */
#include "app/tool/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool stream_new(struct codec *codec)
{
    memset(codec, 0, sizeof *codec);
    codec->fd = -1;
    codec->input = malloc(STREAM_BUFFER_SIZE);
    codec->output = malloc(STREAM_BUFFER_SIZE);
    return codec->input && codec->output;
}

void stream_free(struct codec *codec)
{
    sluice_inflate_free(codec->inflater);
    sluice_parallel_inflate_free(codec->ahead);
    sluice_deflate_free(codec->deflater);
    sluice_parallel_free(codec->parallel);
    free(codec->input);
    free(codec->output);
}

void stream_begin(struct codec *codec, int fd)
{
    codec->fd = fd;
    codec->ended = false;
    codec->in = (sluice_input){.data = codec->input};
    codec->taken = codec->given = 0;
}

/* Reads once behind what is in the buffer: the bytes read, 0 at the end, or -1 with errno. */
static ssize_t read_more(struct codec *codec)
{
    for (;;) {
        const ssize_t n = read(codec->fd, codec->input + codec->in.size, STREAM_BUFFER_SIZE - codec->in.size);

        if (n > 0) {
            codec->in.size += (size_t)n;
            codec->taken += (uint64_t)n;
        } else if (n == 0) {
            codec->ended = true;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) { /* a pipe that someone made non-blocking */
            struct pollfd readable = {.fd = codec->fd, .events = POLLIN};

            poll(&readable, 1, -1);
            continue;
        } else if (errno == EINTR) {
            continue;
        }
        return n;
    }
}

/* Makes sure that input waits, unless the file has ended. All of the last piece has been taken. */
static bool next_piece(struct codec *codec, struct stream_end *end)
{
    if (codec->in.pos < codec->in.size || codec->ended)
        return true;
    if (codec->tick)
        codec->tick(codec->tick_user, codec->taken, codec->given);
    codec->in.pos = codec->in.size = 0;
    if (read_more(codec) >= 0)
        return true;
    end->fault = STREAM_READ;
    end->error = errno;
    return false;
}

int stream_peek(struct codec *codec, size_t size, const uint8_t **bytes)
{
    while (codec->in.size < size && !codec->ended)
        if (read_more(codec) < 0)
            return -1;
    *bytes = codec->input;
    return (int)(codec->in.size < size ? codec->in.size : size);
}

/* Hands output on. */
static bool put(struct codec *codec, stream_sink *sink, void *user, const void *data, size_t size,
                struct stream_end *end)
{
    codec->given += size;
    if (size == 0 || sink(user, data, size))
        return true;
    end->fault = STREAM_WRITE;
    end->error = errno;
    return false;
}

/* The codec refused: a defect of the stream or a lack of memory. */
static void note_status(struct stream_end *end, sluice_status status)
{
    end->fault = status == SLUICE_ERR_MEMORY ? STREAM_MEMORY : STREAM_DEFECT;
    end->status = status;
}

/* ---- Compressing ---- */

static sluice_status prepare_deflater(struct codec *codec, const sluice_deflate_options *options,
                                      const sluice_gzip_header *header, const void *dictionary, size_t dictionary_size)
{
    sluice_status status = SLUICE_OK;

    if (codec->deflater)
        status = sluice_deflate_reset(codec->deflater, options);
    else if (!(codec->deflater = sluice_deflate_new(options, NULL)))
        status = SLUICE_ERR_MEMORY;
    if (status == SLUICE_OK && options->format == SLUICE_GZIP)
        status = sluice_deflate_set_header(codec->deflater, header);
    if (status == SLUICE_OK && dictionary && options->format != SLUICE_GZIP)
        status = sluice_deflate_set_dictionary(codec->deflater, dictionary, dictionary_size);
    return status;
}

static sluice_status prepare_parallel(struct codec *codec, const sluice_parallel_options *options,
                                      const sluice_gzip_header *header, const void *dictionary, size_t dictionary_size)
{
    sluice_status status = SLUICE_OK;

    if (codec->parallel)
        status = sluice_parallel_reset(codec->parallel, options);
    else if (!(codec->parallel = sluice_parallel_new(options, NULL)))
        status = SLUICE_ERR_MEMORY;
    if (status == SLUICE_OK && options->deflate.format == SLUICE_GZIP)
        status = sluice_parallel_set_header(codec->parallel, header);
    if (status == SLUICE_OK && dictionary && options->deflate.format != SLUICE_GZIP)
        status = sluice_parallel_set_dictionary(codec->parallel, dictionary, dictionary_size);
    return status;
}

void stream_compress(struct codec *codec, const sluice_parallel_options *options, bool in_pieces,
                     const sluice_gzip_header *header, const void *dictionary, size_t dictionary_size,
                     stream_sink *sink, void *user, struct stream_end *end)
{
    sluice_status status;

    *end = (struct stream_end){.fault = STREAM_FINE, .format = options->deflate.format};
    status = in_pieces ? prepare_parallel(codec, options, header, dictionary, dictionary_size)
                       : prepare_deflater(codec, &options->deflate, header, dictionary, dictionary_size);
    if (status != SLUICE_OK) {
        note_status(end, status);
        return;
    }
    do {
        if (!next_piece(codec, end))
            return;

        const sluice_flush flush = codec->ended ? SLUICE_FLUSH_FINISH : SLUICE_FLUSH_NONE;

        do {
            sluice_output out = {codec->output, STREAM_BUFFER_SIZE, 0};

            status = in_pieces ? sluice_parallel_deflate(codec->parallel, &codec->in, &out, flush)
                               : sluice_deflate(codec->deflater, &codec->in, &out, flush);
            if (status < 0) {
                note_status(end, status);
                return;
            }
            if (!put(codec, sink, user, codec->output, out.pos, end))
                return;
            end->input += out.pos;
        } while (status == SLUICE_NEED_OUTPUT);
    } while (status != SLUICE_END);
    end->output = codec->taken;
}

/* ---- Decompressing ---- */

/* A decoder of either kind: the one that is at work, the other NULL. */
struct decoder {
    sluice_inflater *plain;
    sluice_parallel_inflater *ahead;
};

static sluice_status prepare_ahead(struct codec *codec, sluice_format format, unsigned threads)
{
    sluice_parallel_inflate_options options = sluice_parallel_inflate_defaults();

    options.inflate.format = format;
    options.threads = threads;
    if (codec->ahead)
        return sluice_parallel_inflate_reset(codec->ahead, &options);
    codec->ahead = sluice_parallel_inflate_new(&options, NULL);
    return codec->ahead ? SLUICE_OK : SLUICE_ERR_MEMORY;
}

static sluice_status prepare_plain(struct codec *codec, sluice_format format)
{
    sluice_inflate_options options = sluice_inflate_defaults();

    options.format = format;
    if (codec->inflater)
        return sluice_inflate_reset(codec->inflater, &options);
    codec->inflater = sluice_inflate_new(&options, NULL);
    return codec->inflater ? SLUICE_OK : SLUICE_ERR_MEMORY;
}

static sluice_status give_dictionary(const struct decoder *d, const void *dictionary, size_t size)
{
    return d->ahead ? sluice_parallel_inflate_set_dictionary(d->ahead, dictionary, size)
                    : sluice_inflate_set_dictionary(d->plain, dictionary, size);
}

static sluice_status prepare_decoder(struct codec *codec, struct decoder *d, sluice_format format, unsigned threads,
                                     const void *dictionary, size_t dictionary_size)
{
    sluice_status status = threads > 1 ? prepare_ahead(codec, format, threads) : prepare_plain(codec, format);

    *d = (struct decoder){threads > 1 ? NULL : codec->inflater, threads > 1 ? codec->ahead : NULL};
    codec->header = (sluice_gzip_header){.name = codec->name, .name_room = sizeof codec->name - 1};
    if (status == SLUICE_OK)
        status = d->ahead ? sluice_parallel_inflate_get_header(d->ahead, &codec->header)
                          : sluice_inflate_get_header(d->plain, &codec->header);
    if (status == SLUICE_OK && dictionary && format == SLUICE_RAW)
        status = give_dictionary(d, dictionary, dictionary_size);
    return status;
}

static sluice_position where(const struct decoder *d)
{
    return d->ahead ? sluice_parallel_inflate_where(d->ahead) : sluice_inflate_where(d->plain);
}

/* Zeros are padding, as tapes and disk blocks have it. */
static bool all_zeros(const uint8_t *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Behind the stream: padding, or else garbage. */
static void look_behind(struct codec *codec, const struct decoder *d, struct stream_end *end)
{
    const void *span;
    size_t length = 0;

    /* What the decoder has taken of it; a plain one at most a 1f that might have begun another member. */
    if (!d->ahead)
        end->garbage = codec->taken - end->where.input > codec->in.size - codec->in.pos;
    else
        do {
            sluice_parallel_inflate_behind(d->ahead, &span, &length);
            end->garbage = end->garbage || !all_zeros(span, length);
        } while (length > 0);
    while (!end->garbage) {
        if (!next_piece(codec, end) || codec->in.pos == codec->in.size)
            break;
        end->garbage = !all_zeros(codec->input + codec->in.pos, codec->in.size - codec->in.pos);
        codec->in.pos = codec->in.size;
    }
}

/* One step and what it put out; the status, or SLUICE_OK when the fault has been noted. */
static sluice_status inflate_step(struct codec *codec, const struct decoder *d, bool with_crc, stream_sink *sink,
                                  void *user, struct stream_end *end)
{
    const void *span;
    size_t length;
    const sluice_status status =
        d->ahead ? sluice_parallel_inflate_next(d->ahead, &codec->in, codec->ended, &span, &length)
                 : sluice_inflate_next(d->plain, &codec->in, &span, &length);

    if (with_crc && length > 0)
        end->crc = sluice_crc32(end->crc, span, length);
    return put(codec, sink, user, span, length, end) ? status : SLUICE_OK;
}

/*
 * Whether the stream ends with this status; what a plain decoder says of the end of input it gives the final word on.
 */
static bool concludes(const struct codec *codec, const struct decoder *d, sluice_status *status)
{
    if (d->plain && *status == SLUICE_NEED_INPUT && codec->ended)
        *status = sluice_inflate_finish(d->plain);
    if (*status == SLUICE_END)
        return d->ahead || codec->ended || codec->in.pos < codec->in.size;
    return *status < 0 || *status == SLUICE_NEED_DICTIONARY;
}

void stream_decompress(struct codec *codec, sluice_format format, const void *dictionary, size_t dictionary_size,
                       unsigned threads, bool with_crc, stream_sink *sink, void *user, struct stream_end *end)
{
    struct decoder d;
    sluice_status status;

    *end = (struct stream_end){.fault = STREAM_FINE, .format = format};
    status = prepare_decoder(codec, &d, format, threads, dictionary, dictionary_size);
    if (status != SLUICE_OK) {
        note_status(end, status);
        return;
    }
    do {
        if (!next_piece(codec, end))
            return;
        status = inflate_step(codec, &d, with_crc, sink, user, end);
        if (status == SLUICE_NEED_DICTIONARY && dictionary)
            status = give_dictionary(&d, dictionary, dictionary_size) == SLUICE_OK ? SLUICE_NEED_OUTPUT
                                                                                  : SLUICE_ERR_DICTIONARY;
        if (end->fault != STREAM_FINE)
            return;
    } while (!concludes(codec, &d, &status));
    end->where = where(&d);
    end->input = end->where.input;
    end->output = end->where.output;
    end->format = d.ahead ? sluice_parallel_inflate_format(d.ahead) : sluice_inflate_format(d.plain);
    if (status != SLUICE_END)
        note_status(end, status);
    else
        look_behind(codec, &d, end);
}

void stream_copy(struct codec *codec, stream_sink *sink, void *user, struct stream_end *end)
{
    *end = (struct stream_end){.fault = STREAM_FINE};
    for (;;) {
        if (!next_piece(codec, end) || codec->in.size == 0)
            break;
        if (!put(codec, sink, user, codec->input + codec->in.pos, codec->in.size - codec->in.pos, end))
            break;
        codec->in.pos = codec->in.size;
        if (codec->ended)
            break;
    }
    end->input = end->output = codec->taken;
}
