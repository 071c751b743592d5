/*
 * An output file appears whole or not at all: commit, abandon, errors, signals, kill, what is swept.
 */
#define _GNU_SOURCE /* kill */
#include "app/outfile.h"
#include "tests/support/check.h"
#include "tests/support/here.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static mode_t mode_of(const char *name)
{
    struct stat st;

    return stat(name, &st) == 0 ? st.st_mode & 07777 : 0;
}

static bool written(struct outfile *o, const char *name, unsigned flags, const char *text)
{
    return outfile_open(o, name, flags, 0666) == 0 && outfile_write(o, text, strlen(text)) == 0;
}

/* ---- Whole or not at all ---- */

static void test_commit_gives_the_name(void)
{
    struct outfile o;

    CHECK(written(&o, "a", OUTFILE_SYNC, "new"));
    CHECK(access("a", F_OK) < 0);
    CHECK_EQ(here_entries(), 1); /* the temporary */
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK_EQ(o.fd, -1);
    CHECK(here_holds_text("a", "new"));
    CHECK_EQ(mode_of("a"), 0644);
    CHECK_EQ(here_entries(), 1);
    unlink("a");
}

static void test_the_old_file_stays_until_commit(void)
{
    struct outfile o;

    here_put_text("a", "old");
    CHECK(written(&o, "a", 0, "new"));
    CHECK(here_holds_text("a", "old"));
    outfile_abandon(&o);
    CHECK(here_holds_text("a", "old"));
    CHECK_EQ(here_entries(), 1);
    CHECK(written(&o, "./a", 0, "new"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(here_holds_text("a", "new"));
    CHECK_EQ(here_entries(), 1);
    outfile_abandon(&o); /* harmless on a closed one, and on one that was never open */
    outfile_init(&o);
    outfile_abandon(&o);
    CHECK(fcntl(STDIN_FILENO, F_GETFD) >= 0);
    CHECK(here_holds_text("a", "new"));
    unlink("a");
}

static void test_new_only(void)
{
    struct outfile o;

    here_put_text("a", "old");
    CHECK(outfile_open(&o, "a", OUTFILE_NEW, 0666) < 0 && errno == EEXIST);
    unlink("a");
    CHECK(written(&o, "a", OUTFILE_NEW, "new"));
    here_put_text("a", "came meanwhile");
    CHECK(outfile_commit(&o) < 0 && errno == EEXIST);
    CHECK(here_holds_text("a", "came meanwhile"));
    CHECK_EQ(here_entries(), 1);
    unlink("a");
    CHECK(written(&o, "a", OUTFILE_NEW, "new"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(here_holds_text("a", "new"));
    CHECK_EQ(here_entries(), 1);
    unlink("a");
}

static void test_modes(void)
{
    struct outfile o;

    here_put_text("a", "old");
    chmod("a", 0600);
    CHECK(written(&o, "a", OUTFILE_THROUGH, "new"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK_EQ(mode_of("a"), 0600);
    chmod("a", 0666); /* more than the umask gives */
    CHECK(written(&o, "a", OUTFILE_THROUGH, "new"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK_EQ(mode_of("a"), 0666);
    CHECK(written(&o, "a", 0, "new"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK_EQ(mode_of("a"), 0644);
    unlink("a");
}

static void test_targets_that_are_no_plain_files(void)
{
    struct outfile o;

    mkdir("folder", 0755);
    CHECK(outfile_open(&o, "folder", OUTFILE_THROUGH, 0666) < 0 && errno == EISDIR);
    CHECK(outfile_open(&o, "folder/", 0, 0666) < 0 && errno == EISDIR);
    CHECK(outfile_open(&o, "", 0, 0666) < 0 && errno == ENOENT);
    CHECK(outfile_open(&o, "absent/a", OUTFILE_THROUGH, 0666) < 0 && errno == ENOENT);
    CHECK_EQ(o.fd, -1);

    here_put_text("folder/a", "old");
    CHECK_EQ(symlink("folder/a", "link"), 0);
    CHECK(written(&o, "link", OUTFILE_THROUGH, "through"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(here_holds_text("folder/a", "through"));
    CHECK(written(&o, "link", 0, "replaced"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(here_holds_text("folder/a", "through"));
    CHECK(here_holds_text("link", "replaced"));
    unlink("link");
    CHECK_EQ(symlink("nowhere", "link"), 0);
    CHECK(outfile_open(&o, "link", OUTFILE_THROUGH, 0666) < 0 && errno == ENOENT);

    CHECK(written(&o, "/dev/null", OUTFILE_THROUGH | OUTFILE_SYNC, "gone"));
    CHECK(o.direct);
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(outfile_open(&o, "/dev/null", 0, 0666) < 0 && errno == EEXIST);

    CHECK_EQ(mkfifo("pipe", 0644), 0);
    const int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    char got[8];
    CHECK(written(&o, "pipe", OUTFILE_THROUGH, "wet"));
    CHECK(o.direct);
    CHECK_EQ(read(reader, got, sizeof got), 3);
    outfile_abandon(&o);
    CHECK(access("pipe", F_OK) == 0);
    close(reader);
    unlink("pipe");
    unlink("link");
    unlink("folder/a");
    rmdir("folder");
    CHECK_EQ(here_entries(), 0);
}

static void test_a_very_long_name_still_has_a_temporary(void)
{
    char name[256];
    struct outfile o;

    memset(name, 'n', 255);
    name[255] = '\0';
    CHECK(written(&o, name, 0, "long"));
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(here_holds_text(name, "long"));
    unlink(name);
    name[254] = '/';
    CHECK(outfile_open(&o, name, 0, 0666) < 0);
    CHECK_EQ(here_entries(), 0);
}

/* ---- The process ends in the middle ---- */

/* Runs `work` in a child and gives its wait status. */
static int in_child(void (*work)(void))
{
    int status = -1;
    const pid_t pid = fork();

    if (pid == 0) {
        work();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static int signal_to_send;

static void begin_and_be_signalled(void)
{
    struct outfile a, b;

    signal(signal_to_send, SIG_DFL); /* a shell in the background has SIGINT ignored */
    outfile_guard_signals();
    if (written(&a, "a", 0, "new") && written(&b, "b", 0, "new"))
        kill(getpid(), signal_to_send);
}

static void test_a_signal_removes_what_was_begun(void)
{
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

    here_put_text("a", "old");
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        check_context("signal %d", signal_to_send = deadly[i]);
        const int status = in_child(begin_and_be_signalled);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signal_to_send);
        CHECK(here_holds_text("a", "old"));
        CHECK_EQ(here_entries(), 1);
    }
    unlink("a");
}

static void begin_and_ignore(void)
{
    struct outfile a;

    signal(SIGINT, SIG_IGN);
    outfile_guard_signals();
    if (!written(&a, "a", 0, "new"))
        _exit(1);
    kill(getpid(), SIGINT);
    _exit(outfile_commit(&a) == 0 ? 7 : 1);
}

static void test_a_signal_that_is_ignored_stays_ignored(void)
{
    const int status = in_child(begin_and_ignore);

    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK(here_holds_text("a", "new"));
    unlink("a");
}

static void test_kill_leaves_only_what_a_sweep_removes(void)
{
    struct outfile live;

    here_put_text("a", "old");
    here_put_text(".a.sluice-part-notours", "seven letters"); /* looks like one, but is none */
    here_put_text("a.sluice-part-123456", "no dot");
    signal_to_send = SIGKILL;
    const int status = in_child(begin_and_be_signalled);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK(here_holds_text("a", "old"));
    CHECK_EQ(here_entries(), 5);
    CHECK(written(&live, "c", 0, "at work"));
    CHECK_EQ(outfile_sweep("."), 2);
    CHECK_EQ(here_entries(), 4);
    CHECK_EQ(outfile_commit(&live), 0);
    CHECK(here_holds_text("c", "at work"));
    CHECK_EQ(outfile_sweep("."), 0);
    CHECK_EQ(outfile_sweep("absent"), -1);
    unlink("a");
    unlink("c");
    unlink(".a.sluice-part-notours");
    unlink("a.sluice-part-123456");
}

static void write_beyond_the_limit(void)
{
    const struct rlimit limit = {1000, 1000};
    static const char block[4096];
    struct outfile o;

    outfile_guard_signals();
    setrlimit(RLIMIT_FSIZE, &limit);
    if (outfile_open(&o, "a", 0, 0666) < 0 || outfile_write(&o, block, sizeof block) == 0 || errno != EFBIG)
        _exit(1);
    outfile_abandon(&o);
    _exit(errno == EFBIG ? 7 : 2);
}

static void test_a_full_disk_is_an_error(void)
{
    here_put_text("a", "old");
    const int status = in_child(write_beyond_the_limit);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK(here_holds_text("a", "old"));
    CHECK_EQ(here_entries(), 1);
    unlink("a");
}

static void test_restart_forgets(void)
{
    struct outfile o;

    CHECK(written(&o, "a", 0, "a first try"));
    CHECK_EQ(outfile_restart(&o), 0);
    CHECK_EQ(outfile_write(&o, "again", 5), 0);
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(here_holds_text("a", "again"));
    unlink("a");
    CHECK_EQ(outfile_open(&o, "/dev/null", OUTFILE_THROUGH, 0666), 0);
    CHECK(outfile_restart(&o) < 0 && errno == ESPIPE);
    outfile_abandon(&o);
}

/* ---- A temporary that is kept ---- */

#define KEPT ".f.sluice-kept"

static void test_what_is_kept_is_gone_on_with(void)
{
    struct outfile o, other;

    here_put_text("f", "old");
    CHECK(written(&o, "f", OUTFILE_KEPT, "one, "));
    CHECK(outfile_open(&other, "f", OUTFILE_KEPT, 0666) < 0 && errno == EBUSY); /* one process at a time */
    CHECK(here_holds_text(KEPT, "one, "));
    outfile_keep(&o);
    CHECK(here_holds_text(KEPT, "one, ") && here_holds_text("f", "old"));
    CHECK_EQ(outfile_sweep("."), 0);
    CHECK(written(&o, "f", OUTFILE_KEPT | OUTFILE_SYNC, "two"));
    CHECK_EQ(o.kept, 5);
    CHECK_EQ(outfile_commit(&o), 0);
    CHECK(here_holds_text("f", "one, two"));
    CHECK_EQ(here_entries(), 1);

    CHECK(written(&o, "f", OUTFILE_KEPT, "more"));
    outfile_keep(&o);
    CHECK(outfile_open(&o, "f", OUTFILE_KEPT, 0666) == 0 && o.kept == 4);
    CHECK_EQ(outfile_restart(&o), 0);
    CHECK_EQ(o.kept, 0);
    CHECK(here_holds_text(KEPT, ""));
    outfile_abandon(&o);
    CHECK(here_holds_text("f", "one, two"));
    CHECK_EQ(here_entries(), 1);

    check_context("only what was opened to be kept is kept");
    CHECK(written(&o, "f", 0, "more"));
    outfile_keep(&o);
    CHECK_EQ(here_entries(), 1);
    unlink("f");
}

/* The name can be foretold: what another has put there is not written. */
static void test_a_trap_under_the_kept_name(void)
{
    struct outfile o;

    here_put_text("victim", "precious");
    CHECK_EQ(symlink("victim", KEPT), 0);
    CHECK(outfile_open(&o, "f", OUTFILE_KEPT, 0666) < 0);
    unlink(KEPT);
    CHECK_EQ(link("victim", KEPT), 0);
    CHECK(outfile_open(&o, "f", OUTFILE_KEPT, 0666) < 0 && errno == EEXIST);
    unlink(KEPT);
    CHECK_EQ(mkfifo(KEPT, 0600), 0);
    CHECK(outfile_open(&o, "f", OUTFILE_KEPT, 0666) < 0 && errno == EEXIST);
    unlink(KEPT);
    CHECK_EQ(mkdir(KEPT, 0700), 0);
    CHECK(outfile_open(&o, "f", OUTFILE_KEPT, 0666) < 0);
    rmdir(KEPT);
    CHECK(here_holds_text("victim", "precious"));
    CHECK_EQ(here_entries(), 1);
    unlink("victim");
}

static void test_names_beside(void)
{
    char out[400], longest[300];

    CHECK(outfile_beside(out, sizeof out, "a/b/c", ".x") && strcmp(out, "a/b/.c.x") == 0);
    CHECK(outfile_beside(out, sizeof out, "c", ".x") && strcmp(out, ".c.x") == 0);
    CHECK(!outfile_beside(out, 4, "c", ".x"));
    memset(longest, 'n', 255);
    longest[255] = '\0';
    CHECK(outfile_beside(out, sizeof out, longest, ".xyz") && strlen(out) == 255);
}

static void test_many_at_once(void)
{
    static struct outfile o[73];
    char name[16];
    int opened = 0;

    while (opened < 73) {
        snprintf(name, sizeof name, "f%d", opened);
        if (outfile_open(&o[opened], name, 0, 0666) < 0)
            break;
        opened++;
    }
    CHECK_EQ(opened, 72);
    CHECK_EQ(errno, EMFILE);
    for (int i = 0; i < opened; i++)
        outfile_abandon(&o[i]);
    CHECK_EQ(here_entries(), 0);
}

int main(void)
{
    umask(022);
    here_begin("outfile");
    test_commit_gives_the_name();
    test_the_old_file_stays_until_commit();
    test_new_only();
    test_modes();
    test_targets_that_are_no_plain_files();
    test_a_very_long_name_still_has_a_temporary();
    test_a_signal_removes_what_was_begun();
    test_a_signal_that_is_ignored_stays_ignored();
    test_kill_leaves_only_what_a_sweep_removes();
    test_a_full_disk_is_an_error();
    test_restart_forgets();
    test_what_is_kept_is_gone_on_with();
    test_a_trap_under_the_kept_name();
    test_names_beside();
    test_many_at_once();
    CHECK_EQ(here_entries(), 0);
    here_end();
    return check_report("app/outfile");
}
