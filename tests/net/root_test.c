/*
 * root: names that are served, names that are refused with the reason, and no way outside.
 */
#include "net/root.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct folder outside; /* secret.txt is outside.fd, what is below root is served */
static int root = -1;

static void put(const char *name, const char *content) { folder_put(&outside, name, content, strlen(content)); }

static void build(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    char target[FOLDER_PATH_ROOM + 16];

    outside = folder_make("root");
    mkdirat(outside.fd, "root", 0755);
    mkdirat(outside.fd, "root/sub", 0755);
    mkdirat(outside.fd, "root/.git", 0755);
    mkdirat(outside.fd, "root/closed", 0);
    put("secret.txt", "secret");
    put("root/lorem.txt", "lorem");
    put("root/sub/deep.txt", "deep");
    put("root/.hidden", "hidden");
    put("root/.git/config", "hidden");
    put("root/new\nline", "control");
    put("root/closed.txt", "closed");
    fchmodat(outside.fd, "root/closed.txt", 0, 0);
    snprintf(target, sizeof target, "%s/secret.txt", outside.path);
    symlinkat(target, outside.fd, "root/absolute-link");
    symlinkat("../secret.txt", outside.fd, "root/parent-link");
    symlinkat("..", outside.fd, "root/up");
    symlinkat("/", outside.fd, "root/slash");
    symlinkat("sub/deep.txt", outside.fd, "root/inner-link");
    symlinkat("sub", outside.fd, "root/inner-folder");
    symlinkat("loop", outside.fd, "root/loop");
    symlinkat("/proc/self/cwd", outside.fd, "root/magic");
    symlinkat("inner-folder/../sub/./../lorem.txt", outside.fd, "root/around");
    symlinkat(".", outside.fd, "root/here");
    symlinkat("..", outside.fd, "root/sub/back");
    symlinkat("../../secret.txt", outside.fd, "root/sub/out");
    symlinkat("sub/back/sub/back/../secret.txt", outside.fd, "root/ladder");
    symlinkat("none", outside.fd, "root/none-link");
    mkfifoat(outside.fd, "root/fifo", 0644);
    root = openat(outside.fd, "root", O_RDONLY | O_DIRECTORY);
    snprintf(un.sun_path, sizeof un.sun_path, "%s/root/socket", outside.path);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&un, sizeof un) < 0)
        perror("socket");
    close(fd);
}

static void serves(const char *name, const char *content)
{
    char got[64];
    struct stat st;
    int fd;

    check_context("name \"%s\"", name);
    if (!CHECK_EQ(root_open(root, name, strlen(name), &fd, &st), ROOT_OK))
        return;
    CHECK_EQ(st.st_size, strlen(content));
    CHECK_BYTES(got, (size_t)read(fd, got, sizeof got), content, strlen(content));
    CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

static void refuses_bytes(const void *name, size_t size, enum root_verdict want)
{
    struct stat st;
    int fd;

    check_context("name \"%.60s\" (%zu bytes)", (const char *)name, size);
    CHECK_EQ(root_open(root, name, size, &fd, &st), want);
    CHECK_EQ(fd, -1);
}

static void refuses(const char *name, enum root_verdict want)
{
    refuses_bytes(name, strlen(name), want);
}

static void files_beneath_the_root_are_opened(void)
{
    serves("lorem.txt", "lorem");
    serves("sub/deep.txt", "deep");
    serves("new\nline", "control");
}

static void names_are_judged_by_their_text(void)
{
    static const char nul[] = "lorem.txt\0.png";
    char longest[ROOT_NAME_LONGEST + 1];

    refuses("", ROOT_EMPTY);
    refuses("/lorem.txt", ROOT_ABSOLUTE);
    refuses("//", ROOT_ABSOLUTE);
    refuses("..", ROOT_PARENT);
    refuses("../secret.txt", ROOT_PARENT);
    refuses("sub/../lorem.txt", ROOT_PARENT);
    refuses("sub/..", ROOT_PARENT);
    refuses(".", ROOT_HIDDEN);
    refuses("./lorem.txt", ROOT_HIDDEN);
    refuses("...", ROOT_HIDDEN);
    refuses(".hidden", ROOT_HIDDEN);
    refuses(".git/config", ROOT_HIDDEN);
    refuses("sub/.hidden", ROOT_HIDDEN);
    refuses("sub//deep.txt", ROOT_COMPONENT);
    refuses("sub/", ROOT_COMPONENT);
    refuses_bytes(nul, sizeof nul - 1, ROOT_NUL);
    refuses_bytes(nul + 9, 1, ROOT_NUL);
    memset(longest, 'x', sizeof longest);
    refuses_bytes(longest, ROOT_NAME_LONGEST, ROOT_LONG); /* the file system's limit */
    refuses_bytes(longest, ROOT_NAME_LONGEST + 1, ROOT_LONG);
    for (size_t i = 1; i < sizeof longest; i += 2)
        longest[i] = '/';
    refuses_bytes(longest, ROOT_NAME_LONGEST - 1, ROOT_ABSENT);
    CHECK_EQ(root_judge(longest, ROOT_NAME_LONGEST - 1), ROOT_OK);
}

static void only_regular_files_that_can_be_read(void)
{
    refuses("none.txt", ROOT_ABSENT);
    refuses("lorem.txt/deeper", ROOT_ABSENT);
    refuses("none/none.txt", ROOT_ABSENT);
    refuses("sub", ROOT_FOLDER);
    refuses("fifo", ROOT_SPECIAL); /* and does not wait for a writer */
    refuses("socket", ROOT_SPECIAL);
    if (geteuid() != 0) { /* the superuser may read everything */
        refuses("closed.txt", ROOT_DENIED);
        refuses("closed/none.txt", ROOT_DENIED);
    }
}

static void no_link_leads_outside(void)
{
    refuses("absolute-link", ROOT_OUTSIDE);
    refuses("parent-link", ROOT_OUTSIDE);
    refuses("up", ROOT_OUTSIDE);
    refuses("up/secret.txt", ROOT_OUTSIDE);
    refuses("up/root/lorem.txt", ROOT_OUTSIDE);
    refuses("slash/etc/passwd", ROOT_OUTSIDE);
    refuses("magic/lorem.txt", ROOT_OUTSIDE);
    refuses("loop", ROOT_OUTSIDE);
}

/* Both ways of opening; errno 0 stands for an open file. */
static int walk_errno(const char *name)
{
    const int fd = root_walk(root, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const int reason = errno;

    if (fd < 0)
        return reason;
    close(fd);
    return 0;
}

static void the_walk_follows_links_that_stay_inside(void)
{
    static const struct {
        const char *name;
        int want;
    } links[] = {{"absolute-link", EXDEV}, {"parent-link", EXDEV},       {"up", EXDEV},
                 {"up/secret.txt", EXDEV}, {"slash", EXDEV},             {"slash/etc/passwd", EXDEV},
                 {"magic", EXDEV},         {"magic/lorem.txt", EXDEV},   {"loop", ELOOP},
                 {"loop/x", ELOOP},        {"inner-link", 0},            {"inner-folder/deep.txt", 0},
                 {"inner-folder", 0},      {"inner-folder/none", ENOENT}, {"inner-link/x", ENOTDIR},
                 {"around", 0},            {"here/lorem.txt", 0},        {"here", 0},
                 {"sub/back", 0},          {"sub/back/lorem.txt", 0},    {"sub/out", EXDEV},
                 {"ladder", EXDEV},        {"none-link", ENOENT},        {"fifo", 0}};

    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        check_context("walk %s", links[i].name);
        CHECK_EQ(walk_errno(links[i].name), links[i].want);
    }
    check_context("walk");
    CHECK_EQ(walk_errno("sub/deep.txt"), 0);
    CHECK_EQ(walk_errno("lorem.txt"), 0);
    CHECK_EQ(walk_errno("none/x"), ENOENT);
    CHECK_EQ(walk_errno("lorem.txt/x"), ENOTDIR);
}

/* Whatever the system has, the same names are served. */
static void the_walk_and_the_kernel_agree(void)
{
    static const char *const names[] = {
        "lorem.txt",     "sub/deep.txt", "absolute-link", "parent-link",    "up/secret.txt", "slash/etc/passwd",
        "inner-link",    "inner-folder", "loop",          "inner-folder/deep.txt", "around", "here/here/lorem.txt",
        "sub/back/around", "sub/out",    "ladder",        "none-link",      "closed.txt",    "new\nline",
        "lorem.txt/x",   "socket"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
        const int a = root_beneath(root, names[i], flags), b = root_walk(root, names[i], flags);
        struct stat one, other;

        check_context("both ways: %s", names[i]);
        CHECK_EQ(a < 0, b < 0);
        if (a >= 0 && b >= 0)
            CHECK(fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_ino == other.st_ino);
        close(a);
        close(b);
    }
}

/* Somebody swaps a folder for a link to the outside.fd, all the time, while a file beneath it is asked for. */
static atomic_bool swapping = true;

static void *swap(void *unused)
{
    mkdirat(root, "swap", 0755);
    symlinkat("..", root, "swap-link");
    while (swapping) {
        renameat(root, "swap", root, "swap-folder");
        renameat(root, "swap-link", root, "swap");
        renameat(root, "swap", root, "swap-link");
        renameat(root, "swap-folder", root, "swap");
    }
    unlinkat(root, "swap", AT_REMOVEDIR);
    unlinkat(root, "swap-link", 0);
    return unused;
}

static void a_race_leads_nowhere(void)
{
    long reached = 0, refused = 0;
    pthread_t thread;
    struct stat st;
    int fd;

    if (!CHECK_EQ(pthread_create(&thread, NULL, swap, NULL), 0))
        return;
    for (int i = 0; i < 20000; i++) {
        if (root_open(root, "swap/secret.txt", 15, &fd, &st) == ROOT_OK) {
            reached++;
            close(fd);
        } else {
            refused++;
        }
        if (walk_errno("swap/secret.txt") == 0)
            reached++;
    }
    swapping = false;
    pthread_join(thread, NULL);
    check_context("race");
    CHECK_EQ(reached, 0);
    CHECK_EQ(refused, 20000);
}

int main(void)
{
    build();
    files_beneath_the_root_are_opened();
    names_are_judged_by_their_text();
    only_regular_files_that_can_be_read();
    no_link_leads_outside();
    the_walk_follows_links_that_stay_inside();
    the_walk_and_the_kernel_agree();
    a_race_leads_nowhere();
    folder_remove(&outside);
    return check_report("net/root");
}
