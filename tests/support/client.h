/*
 * client.h: sluice-client as its user runs it, in a folder of its own (here.h), against servers that say anything
 * (hostile.h): what is common to its tests.
 */
#ifndef TESTS_CLIENT_H
#define TESTS_CLIENT_H

#include "tests/support/here.h"
#include "tests/support/hostile.h"
#include "tests/support/program.h"
#include "tests/support/replies.h"

#include <stdbool.h>
#include <stddef.h>

/* The run that was last. */
extern struct program client;

/* The program's path. */
extern const char *client_path;

/* Runs the client with these arguments, and gives its exit code. */
#define CLIENT(...) client_run((const char *const[]){client_path, __VA_ARGS__, NULL}, 0)

/* The same with the program's path as the first of them and a NULL behind the last. file_limit: as program_start(). */
int client_run(const char *const *arguments, size_t file_limit);

/* Begins a run, to be ended by program_wait(&client). */
#define CLIENT_BEGINS(...) program_start(&client, (const char *const[]){client_path, __VA_ARGS__, NULL}, 0)

/* Has it said this on standard error? If not, what it said is shown. */
bool client_says(const char *text);

/*
 * Checks that the file "f" comes whole from a server that does as `script` says, in place of one that was there, and
 * that nothing else is left; `warns` is said, or (NULL) no warning.
 */
void client_gets(struct hostile_script script, struct bytes want, const char *warns);

/*
 * Checks that it does not: the exit code and the message are these, the folder is as it was, once where there was no
 * such file and once where there was. client_fails_with(): with an option.
 */
void client_fails(struct hostile_script script, int code, const char *message);
void client_fails_with(const char *option, const char *value, struct hostile_script script, int code,
                       const char *message);

/* The whole of a test program: each of the tests in the folder, which must be empty behind the last. */
int client_tests(const char *name, void (*const *tests)(void), size_t count);

#endif
