/*
 * program.h: runs a program as a user would and keeps what it says.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

struct program {
    pid_t pid;
    int code;   /* exit code, or -1 */
    int signal; /* that ended it, or 0 */
    char out[65536], err[65536]; /* standard output and error, ended by NUL; what is beyond is lost */
    size_t out_size, err_size;   /* of all that was printed */

    /* private */
    int out_fd, err_fd;
};

/* The path of a program that the Makefile builds, absolute: tests change the working directory. A static string. */
const char *program_path(const char *name);

/* Starts arguments[0] with the arguments up to a NULL. file_limit: RLIMIT_FSIZE in bytes, or 0. */
void program_start(struct program *p, const char *const *arguments, size_t file_limit);

/* The same with a file as standard input, which else is empty. */
void program_start_reading(struct program *p, const char *const *arguments, const char *input);

/* The same for one that is to run along with a long test. */
void program_serve(struct program *p, const char *const *arguments);

/* Reads what it says until it has ended. */
void program_wait(struct program *p);

/* How many descriptors it has, and two: the list has . and .. as well. 0 where nothing tells. */
int program_descriptors(const struct program *p);

#endif
