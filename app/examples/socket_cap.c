/*
 * socket_cap.c: decodes what a stranger sends over a socket, and lets him neither fill the memory nor go on for ever.
 *
 * Two bounds are needed: max_output for streams that become large, and one on what is read, for a stream can also be
 * endless and put nothing out. Here the stranger is a child of this program, who sends so many zeros, compressed, as
 * the argument says; a million are taken.
 *
 *     cc -I. -o socket_cap app/examples/socket_cap.c build/libsluice.a -pthread
 *     ./socket_cap 900000; ./socket_cap 1000000000
 */
#define _POSIX_C_SOURCE 200809L
#include "sluice.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_OUTPUT = 1000000, MOST_INPUT = MOST_OUTPUT + MOST_OUTPUT / 4 };

static void be_the_stranger(int fd, unsigned long long zeros)
{
    static unsigned char piece[65536], room[65536];
    sluice_deflater *deflater = sluice_deflate_new(NULL, NULL);
    sluice_status status = deflater ? SLUICE_NEED_INPUT : SLUICE_ERR_MEMORY;

    signal(SIGPIPE, SIG_IGN);
    while (status >= 0 && status != SLUICE_END) {
        const size_t size = zeros < sizeof piece ? (size_t)zeros : sizeof piece;
        sluice_input in = {piece, size, 0};

        zeros -= size;
        do {
            sluice_output out = {room, sizeof room, 0};
            ssize_t sent = 0;

            status = sluice_deflate(deflater, &in, &out, zeros > 0 ? SLUICE_FLUSH_NONE : SLUICE_FLUSH_FINISH);
            for (size_t at = 0; at < out.pos && sent >= 0; at += (size_t)sent)
                sent = write(fd, room + at, out.pos - at);
            if (sent < 0)
                status = SLUICE_END; /* nobody listens any more */
        } while (status == SLUICE_NEED_OUTPUT);
    }
    sluice_deflate_free(deflater);
}

static sluice_status receive(int fd, unsigned long long *got)
{
    static unsigned char data[16384];
    sluice_inflate_options options = sluice_inflate_defaults();
    sluice_inflater *inflater;
    sluice_status status = SLUICE_NEED_INPUT;
    size_t taken = 0;

    options.format = SLUICE_ZLIB;
    options.max_output = MOST_OUTPUT;
    inflater = sluice_inflate_new(&options, NULL);
    if (!inflater)
        return SLUICE_ERR_MEMORY;
    while (status == SLUICE_NEED_INPUT) {
        const ssize_t n = read(fd, data, sizeof data);
        sluice_input in = {data, n > 0 ? (size_t)n : 0, 0};

        taken += in.size;
        if (n <= 0)
            status = sluice_inflate_finish(inflater);
        else if (taken > MOST_INPUT)
            status = SLUICE_ERR_LIMIT;
        else
            do {
                const void *span;
                size_t length;

                status = sluice_inflate_next(inflater, &in, &span, &length);
                *got += length; /* the place to use what is at `span` */
            } while (status == SLUICE_NEED_OUTPUT);
    }
    sluice_inflate_free(inflater);
    return status;
}

int main(int argc, char **argv)
{
    const unsigned long long zeros = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    unsigned long long got = 0;
    sluice_status status;
    int ends[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || (child = fork()) < 0) {
        perror("socket_cap");
        return 2;
    }
    if (child == 0) {
        close(ends[0]);
        be_the_stranger(ends[1], zeros);
        _exit(0);
    }
    close(ends[1]);
    status = receive(ends[0], &got);
    close(ends[0]);
    waitpid(child, NULL, 0);
    printf("%llu bytes came: %s\n", got, sluice_status_text(status));
    return status == SLUICE_END ? 0 : 1;
}
