/*
 * tool_terminal_test.c: what `sluice` does when a terminal is at one end: it writes no compressed data to one, reads
 * none from one, and asks before it replaces a file; and what an interrupt does.
 */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "tests/support/check.h"
#include "tests/support/here.h"
#include "tests/support/program.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *program;

/* What a run on a terminal showed, and how it ended. */
static char shown[16384];
static int exit_status;

/* The descriptors that are the terminal in a run; the others are /dev/null. */
enum { ON_INPUT = 1, ON_OUTPUT = 2, ON_ERROR = 4 };

/* Opens a pair of pseudo-terminal ends; false if the system has none. */
static bool open_terminal(int *master, int *slave)
{
    const char *name;

    *master = posix_openpt(O_RDWR | O_NOCTTY);
    if (*master < 0 || grantpt(*master) < 0 || unlockpt(*master) < 0 || !(name = ptsname(*master)))
        return false;
    *slave = open(name, O_RDWR | O_NOCTTY);
    return *slave >= 0;
}

static void become_program(char *const *arguments, int slave, unsigned ends)
{
    const int nothing = open("/dev/null", O_RDWR);

    for (int fd = 0; fd < 3; fd++)
        dup2(ends & 1u << fd ? slave : nothing, fd);
    alarm(30); /* a bound: a program that reads from the terminal though it should not would wait for ever */
    execv(program, arguments);
    _exit(127);
}

/* Runs the program with `typed` on its terminal, and notes what it shows there. False if there are no terminals. */
static bool run(char *const *arguments, unsigned ends, const char *typed)
{
    int master, slave, status;
    size_t n = 0;

    if (!open_terminal(&master, &slave))
        return false;

    const pid_t pid = fork();

    if (pid == 0)
        become_program(arguments, slave, ends);
    CHECK(pid > 0);
    CHECK_EQ(write(master, typed, strlen(typed)), strlen(typed));
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    close(slave); /* with both users of that end gone, reading ends behind the last byte */
    for (ssize_t got; n < sizeof shown - 1 && (got = read(master, shown + n, sizeof shown - 1 - n)) > 0;)
        n += (size_t)got;
    shown[n] = '\0';
    close(master);
    return true;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    if (!CHECK(file != NULL))
        return;
    fputs(text, file);
    fclose(file);
}

static bool holds(const char *name, const char *text)
{
    char content[256];
    FILE *file = fopen(name, "r");
    size_t n;

    if (!file)
        return false;
    n = fread(content, 1, sizeof content, file);
    fclose(file);
    return n == strlen(text) && memcmp(content, text, n) == 0;
}

static void compressed_data_stays_off_terminals(void)
{
    char *compress[] = {"sluice", "-c", "file", NULL}, *forced[] = {"sluice", "-cf", "file", NULL};
    char *explain[] = {"sluice", "--explain", "packed.gz", NULL}, *decompress[] = {"sluice", "-d", NULL};
    char *show[] = {"sluice", "-dc", "packed.gz", NULL}, *pack[] = {"sluice", "-o", "packed.gz", "file", NULL};

    write_file("file", "some text\n");
    if (!run(pack, 0, "")) {
        printf("no pseudo-terminals here: nothing is tested\n");
        return;
    }
    CHECK_EQ(exit_status, 0);

    run(compress, ON_OUTPUT | ON_ERROR, "");
    CHECK_EQ(exit_status, 1);
    CHECK(strstr(shown, "sluice: compressed data is not written to a terminal") == shown);
    run(forced, ON_OUTPUT, "");
    CHECK_EQ(exit_status, 0);
    CHECK(strncmp(shown, "\x1f\x8b", 2) == 0);

    run(decompress, ON_INPUT | ON_ERROR, "");
    CHECK_EQ(exit_status, 1);
    CHECK(strstr(shown, "sluice: compressed data is not read from a terminal") != NULL);
    run(show, ON_OUTPUT, "");
    CHECK_EQ(exit_status, 0);
    CHECK(strcmp(shown, "some text\r\n") == 0);
    run(explain, ON_INPUT | ON_OUTPUT, "");
    CHECK_EQ(exit_status, 0);
}

static void asks_before_it_replaces(void)
{
    char *compress[] = {"sluice", "-k", "file", NULL}, *twice[] = {"sluice", "-k", "file", "other", NULL};

    write_file("file.gz", "precious");
    if (!run(compress, ON_INPUT | ON_ERROR, "n\n"))
        return;
    CHECK_EQ(exit_status, 2);
    CHECK(strstr(shown, "file.gz already exists; replace it (y or n)?") != NULL);
    CHECK(strstr(shown, "not overwritten") != NULL);
    CHECK(holds("file.gz", "precious"));
    run(compress, ON_INPUT | ON_ERROR, "\n");
    CHECK(holds("file.gz", "precious"));
    run(compress, ON_INPUT | ON_ERROR, "\4"); /* the end of input */
    CHECK_EQ(exit_status, 2);
    CHECK(holds("file.gz", "precious"));
    run(compress, ON_INPUT, "y\n"); /* nobody would see the question */
    CHECK_EQ(exit_status, 2);
    CHECK(holds("file.gz", "precious"));
    run(compress, ON_ERROR, "y\n"); /* nobody could answer */
    CHECK_EQ(exit_status, 2);
    CHECK(holds("file.gz", "precious"));
    run(compress, ON_INPUT | ON_ERROR, "yes, of course, do what you like\n");
    CHECK_EQ(exit_status, 0);
    CHECK(!holds("file.gz", "precious"));

    write_file("file.gz", "precious");
    write_file("other", "other\n");
    write_file("other.gz", "dear");
    run(twice, ON_INPUT | ON_ERROR, "no, a long answer\ny\n");
    CHECK_EQ(exit_status, 2);
    CHECK(holds("file.gz", "precious"));
    CHECK(!holds("other.gz", "dear"));
}

/* How many names the folder has, hidden ones too. */
static int count_names(void)
{
    DIR *folder = opendir(".");
    int n = 0;

    if (!folder) {
        CHECK(folder != NULL); /* counted only when it fails: how often this is called is chance */
        return 0;
    }
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

/* Ctrl-C sends SIGINT. (A shell's background process has it ignored, so this is not in a test in shell.) */
static void an_interrupt_leaves_nothing(void)
{
    char *pack[] = {"sluice", "-fo", "file.gz", NULL};
    int ends[2], status;
    pid_t ended = 0;

    write_file("file.gz", "precious");
    CHECK_EQ(pipe(ends), 0);

    const int before = count_names();
    const pid_t pid = fork();

    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv(program, pack);
        _exit(127);
    }
    CHECK(pid > 0);
    close(ends[0]);
    while (count_names() == before && ended == 0) { /* until the temporary file is there; it waits for more input */
        sched_yield();
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (CHECK_EQ(ended, 0)) {
        kill(pid, SIGINT);
        CHECK_EQ(waitpid(pid, &status, 0), pid);
    }
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    close(ends[1]);
    CHECK(holds("file.gz", "precious"));
    CHECK_EQ(count_names(), before);
}

int main(void)
{
    program = program_path("sluice");
    here_begin("terminal");
    compressed_data_stays_off_terminals();
    asks_before_it_replaces();
    an_interrupt_leaves_nothing();
    here_end();
    return check_report("app/tool_terminal");
}
