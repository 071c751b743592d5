/*
 * Confinement: for each kind of name that could lead out of the folder, or to something else than a file in it, what is
 * said to it over HTTP and over the bare protocol. Whatever it is, what lies outside never comes.
 */
#define _GNU_SOURCE /* unshare, mount */
#include "net/bare_server.h"
#include "net/http_server.h"
#include "net/server.h"
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/support/serving.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct folder outside;
static int root = -1;

static void put(const char *name, const char *content)
{
    folder_put(&outside, name, content, strlen(content));
}

static void link_to(const char *target, const char *name)
{
    if (symlinkat(target, root, name) < 0)
        perror(name);
}

/* The folder is root, in one of ours; "SECRET" is outside, or hidden, or no file. "content" may be had. */
static void build(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    char target[FOLDER_PATH_ROOM + 16];

    outside = folder_make("names");
    if (mkdirat(outside.fd, "root", 0755) < 0 || (root = openat(outside.fd, "root", O_RDONLY | O_DIRECTORY)) < 0) {
        perror("root");
        exit(1);
    }
    mkdirat(root, "sub", 0755);
    mkdirat(root, ".git", 0755);
    mkdirat(root, "mounted", 0755);
    mkdirat(root, "proc", 0755);
    put("secret", "SECRET");
    put("root/file", "content");
    put("root/sub/file", "content");
    put("root/..file", "SECRET");
    put("root/.hidden", "SECRET");
    put("root/.git/config", "SECRET");
    put("root/sub/.hidden", "SECRET");
    put("root/closed", "content");
    fchmodat(outside.fd, "root/closed", 0, 0);
    put("root/new\nline", "content");
    put("root/\xE4", "content");
    put("root/%2e%2e", "content");
    put("root/back\\slash", "content");
    link_to("file", "in");
    link_to("sub/../file", "in-by-parent");
    link_to("sub", "folder-in");
    link_to("in", "chain-in");
    link_to("../secret", "out");
    link_to("out", "chain-out");
    link_to("..", "up");
    link_to("sub/../../secret", "out-by-parent");
    link_to("/", "slash");
    link_to("/etc/passwd", "passwd");
    snprintf(target, sizeof target, "%s/secret", outside.path);
    link_to(target, "out-absolute");
    snprintf(target, sizeof target, "%s/root/file", outside.path);
    link_to(target, "in-absolute");
    link_to("loop", "loop");
    link_to("none", "dangling");
    link_to("/proc/self/cwd", "cwd");
    link_to("/proc/self/fd/0", "descriptor");
    mkfifoat(root, "fifo", 0644);
    snprintf(un.sun_path, sizeof un.sun_path, "%s/root/socket", outside.path);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&un, sizeof un) < 0)
        perror("socket");
    close(fd);
    folder_age();
}

static void clean(void)
{
    close(root);
    folder_remove(&outside);
}

/* ---- the server, in this process ---- */

static struct serving serving;
static int http_port, bare_port;

static void run(void)
{
    serving_make(&serving, serving_options(), root);
    http_port = serving_listen(&serving, "127.0.0.1:0", &http_protocol);
    bare_port = serving_listen(&serving, "127.0.0.1:0", &bare_protocol);
    serving_start(&serving);
}

static void halt(void)
{
    serving_end(&serving, SERVER_FINISH);
}

/* ---- asking ---- */

/* The whole answer to a request, as text; the caller frees it. */
static char *answer(int port, const char *request, size_t size)
{
    const int fd = loopback_connect(port, false);
    unsigned char *data;
    size_t got;

    loopback_send(fd, request, size);
    shutdown(fd, SHUT_WR);
    CHECK_EQ(loopback_read_all(fd, &data, &got), LOOPBACK_CLOSED);
    close(fd);
    data = realloc(data, got + 1);
    data[got] = '\0';
    return (char *)data;
}

/* The status of a GET; 200 must come with "content" if it is not a folder's page. */
static int status_of(const char *target)
{
    char request[8192];
    const int size =
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", target);
    char *const text = answer(http_port, request, (size_t)size);
    const int status = strlen(text) > 12 ? atoi(text + 9) : 0;
    const size_t length = strlen(target);

    CHECK(strstr(text, "SECRET") == NULL && strstr(text, "root:") == NULL);
    if (status == 200 && target[length - 1] != '/')
        CHECK(strstr(text, "\r\n\r\ncontent") != NULL);
    free(text);
    return status;
}

static const struct {
    const char *target;
    int status;
} targets[] = {
    /* ---- what is served ---- */
    {"/", 200}, {"/file", 200}, {"/sub", 301}, {"/sub/", 200}, {"/sub/file", 200}, {"/file?../secret", 200},
    {"/%66%69%6C%65", 200}, {"/new%0Aline", 200}, {"/%E4", 200}, {"/%252e%252e", 200}, {"/back%5Cslash", 200},
    {"/back\\slash", 200},

    /* ---- parents ---- */
    {"/..", 404}, {"/../", 404}, {"/../secret", 404}, {"/../../../../../../etc/passwd", 404}, {"/sub/..", 404},
    {"/sub/../", 404}, {"/sub/../file", 404}, {"/sub/../../secret", 404}, {"/file/../file", 404}, {"/..file", 404},
    {"/.../secret", 404}, {"/....//secret", 404}, {"/..;/secret", 404},

    /* ---- parents, encoded ---- */
    {"/%2e%2e/secret", 404}, {"/%2E%2E/secret", 404}, {"/.%2e/secret", 404}, {"/%2e./secret", 404},
    {"/sub/%2e%2e/%2e%2e/secret", 404}, {"/..%2fsecret", 404}, {"/..%2Fsecret", 404}, {"/%2e%2e%2fsecret", 404},
    {"/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404}, {"/%252e%252e/secret", 404}, {"/..%252fsecret", 404},
    {"/%25252e%25252e/secret", 404},

    /* ---- overlong UTF-8, and characters that look alike ---- */
    {"/%c0%ae%c0%ae/secret", 404}, {"/..%c0%afsecret", 404}, {"/..%c1%9csecret", 404}, {"/..%e0%80%afsecret", 404},
    {"/..%f0%80%80%afsecret", 404}, {"/%e0%80%ae%e0%80%ae/secret", 404}, {"/\xC0\xAE\xC0\xAE/secret", 404},
    {"/%ef%bc%8e%ef%bc%8e/secret", 404}, {"/..%ef%bc%8fsecret", 404}, {"/..%e2%88%95secret", 404},

    /* ---- encodings that are none ---- */
    {"/%", 400}, {"/%2", 400}, {"/%zz", 400}, {"/%2/file", 400}, {"/%u002e%u002e/secret", 400}, {"/%-1", 400},
    {"/% 2e", 400}, {"/%%32%65", 400},

    /* ---- NUL ---- */
    {"/%00", 400}, {"/file%00", 400}, {"/file%00.png", 400}, {"/..%00/secret", 400}, {"/sub%00/file", 400},

    /* ---- the current folder, empty parts, slashes at the end ---- */
    {"/.", 404}, {"/./", 404}, {"/./file", 404}, {"/sub/.", 404}, {"/sub/./file", 404}, {"/%2e", 404},
    {"/%2e/file", 404},
    {"//", 404}, {"//file", 404}, {"///file", 404}, {"//etc/passwd", 404}, {"/sub//file", 404}, {"/sub//", 404},
    {"/file/", 404}, {"/file//", 404}, {"/file/file", 404}, {"/file/.", 404}, {"/sub%2Ffile", 404}, {"/%2Ffile", 404},
    {"/%2Fetc%2Fpasswd", 404},

    /* ---- backslashes, drives, streams, and names that other systems bend ---- */
    {"/..\\secret", 404}, {"/..%5csecret", 404}, {"/sub\\..\\..\\secret", 404}, {"/sub%5cfile", 404}, {"/\\file", 404},
    {"/\\\\a\\file", 404}, {"/C:/file", 404}, {"/C:%5Cfile", 404}, {"/file:", 404}, {"/file::$DATA", 404},
    {"/file.", 404},
    {"/file..", 404}, {"/file%20", 404}, {"/file%2e", 404}, {"/FILE", 404}, {"/File", 404}, {"/SUB/file", 404},
    {"/FILE~1", 404}, {"/con", 404}, {"/~root", 404}, {"/~/file", 404}, {"/$HOME", 404}, {"/*", 404}, {"/fil?", 404},
    {"/{file}", 404},

    /* ---- hidden ---- */
    {"/.hidden", 404}, {"/%2ehidden", 404}, {"/.git", 404}, {"/.git/", 404}, {"/.git/config", 404},
    {"/sub/.hidden", 404},

    /* ---- links: a relative one that stays in the folder is followed, any other is not ---- */
    {"/in", 200}, {"/in-by-parent", 200}, {"/folder-in/file", 200}, {"/chain-in", 200}, {"/in/", 404},
    {"/in-absolute", 404},
    {"/out", 404}, {"/out/", 404}, {"/chain-out", 404}, {"/out-by-parent", 404}, {"/out-absolute", 404}, {"/up", 404},
    {"/up/", 404}, {"/up/secret", 404}, {"/up/root/file", 404}, {"/slash", 404}, {"/slash/", 404},
    {"/slash/etc/passwd", 404}, {"/passwd", 404}, {"/loop", 404}, {"/loop/file", 404}, {"/dangling", 404},
    {"/cwd/file", 404}, {"/descriptor", 404},

    /* ---- what is no file ---- */
    {"/fifo", 404}, {"/socket", 404}, {"/fifo/", 404}};

static void names_over_http(void)
{
    char longest[5000] = "/";

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        check_context("GET %s", targets[i].target);
        CHECK_EQ(status_of(targets[i].target), targets[i].status);
    }
    check_context("long names");
    memset(longest + 1, 'x', sizeof longest - 2);
    CHECK_EQ(status_of(longest), 414);
    longest[256 + 1] = '\0';
    CHECK_EQ(status_of(longest), 414); /* a part is longer than a file system takes */
    longest[255 + 1] = '\0';
    CHECK_EQ(status_of(longest), 404);
    check_context("a file that may not be read");
    CHECK_EQ(status_of("/closed"), geteuid() != 0 ? 403 : 200);
}

/* ---- the bare protocol: no encoding, and a refusal is an empty answer ---- */

static const struct {
    const char *name;
    size_t size; /* 0: up to the NUL */
    bool served;
} names[] = {{"file", 0, true},
             {"sub/file", 0, true},
             {"in", 0, true},
             {"folder-in/file", 0, true},
             {"%2e%2e", 0, true},
             {"back\\slash", 0, true},
             {"\xE4", 0, true},
             {"", 0, false},
             {"/", 0, false},
             {".", 0, false},
             {"..", 0, false},
             {"../secret", 0, false},
             {"/etc/passwd", 0, false},
             {"//etc/passwd", 0, false},
             {"sub/../file", 0, false},
             {"sub/../../secret", 0, false},
             {"./file", 0, false},
             {"sub//file", 0, false},
             {"sub/", 0, false},
             {"sub", 0, false},
             {"file/", 0, false},
             {"file/file", 0, false},
             {"%66ile", 0, false},
             {"%2e%2e/secret", 0, false},
             {"..%2fsecret", 0, false},
             {"\xC0\xAE\xC0\xAE/secret", 0, false},
             {"..\xC0\xAFsecret", 0, false},
             {"..\\secret", 0, false},
             {"file\0.png", 9, false},
             {"file\0", 5, false},
             {"\0file", 5, false},
             {"file ", 0, false},
             {" file", 0, false},
             {"FILE", 0, false},
             {"file.", 0, false},
             {".hidden", 0, false},
             {".git/config", 0, false},
             {"out", 0, false},
             {"chain-out", 0, false},
             {"out-by-parent", 0, false},
             {"out-absolute", 0, false},
             {"in-absolute", 0, false},
             {"up/secret", 0, false},
             {"slash/etc/passwd", 0, false},
             {"passwd", 0, false},
             {"loop", 0, false},
             {"dangling", 0, false},
             {"descriptor", 0, false},
             {"fifo", 0, false},
             {"socket", 0, false},
             {"file\nfile", 0, true}, /* the name ends at the line's end */
             {"../secret\nfile", 0, false}};

static void names_over_the_bare_protocol(void)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t size = names[i].size ? names[i].size : strlen(names[i].name);
        const int fd = loopback_connect(bare_port, false);
        unsigned char *data, out[64];
        size_t got, written = 0;

        check_context("bare name %zu: %s", i, names[i].name);
        loopback_send(fd, names[i].name, size);
        loopback_send(fd, "\n", 1);
        CHECK_EQ(loopback_read_all(fd, &data, &got), LOOPBACK_CLOSED);
        close(fd);
        if (names[i].served) {
            CHECK_EQ(sluice_decompress(NULL, data, got, out, sizeof out, &written), SLUICE_OK);
            CHECK_BYTES(out, written, "content", 7);
        } else {
            CHECK_EQ(got, 0);
        }
        free(data);
    }
}

/* ---- a link that is swapped while it is opened ---- */

static atomic_bool swapping;

static void *swap(void *unused)
{
    while (atomic_load(&swapping)) {
        if (symlinkat("../secret", root, "fresh") < 0 || renameat(root, "fresh", root, "swapped") < 0 ||
            linkat(root, "file", root, "fresh", 0) < 0 || renameat(root, "fresh", root, "swapped") < 0)
            break;
        /* A rename of a name over another of the same file does nothing, and leaves it. */
        unlinkat(root, "fresh", 0);
    }
    return unused;
}

static void a_race_leads_nowhere(void)
{
    unsigned served = 0, refused = 0, other = 0;
    pthread_t thread;

    check_context("race");
    atomic_store(&swapping, true);
    if (!CHECK_EQ(pthread_create(&thread, NULL, swap, NULL), 0))
        return;
    /* Until both have been seen often: 404, and 200 or (a link was made meanwhile) 503. */
    for (int i = 0; i < 3000 && (i < 300 || served == 0 || refused == 0); i++) {
        const int status = status_of("/swapped");

        served += status == 200 || status == 503;
        refused += status == 404;
        other += status != 200 && status != 503 && status != 404;
    }
    atomic_store(&swapping, false);
    pthread_join(thread, NULL);
    check_context("race");
    CHECK(served > 0 && refused > 0);
    CHECK_EQ(other, 0);
}

/* ---- with root's rights: devices, and what is mounted within the folder ---- */

static void devices(void)
{
    if (mknodat(root, "device", S_IFCHR | 0666, makedev(1, 3)) < 0 ||
        mknodat(root, "disk", S_IFBLK | 0666, makedev(250, 250)) < 0) {
        printf("SKIPPED: devices cannot be made here: %s\n", strerror(errno));
        return;
    }
    check_context("devices");
    CHECK_EQ(status_of("/device"), 404);
    CHECK_EQ(status_of("/disk"), 404);
}

/* In a process with mounts of its own. What is mounted in the folder is part of it, and no way out of it. */
static void mounts(void)
{
    char path[FOLDER_PATH_ROOM + 16];

    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        _exit(2);
    snprintf(path, sizeof path, "%s/root/mounted", outside.path);
    if (mount("none", path, "tmpfs", 0, NULL) < 0)
        _exit(2);
    snprintf(path, sizeof path, "%s/root/proc", outside.path);
    if (mount("none", path, "proc", 0, NULL) < 0)
        _exit(2);
    /* Descriptors from before show what was before. */
    close(outside.fd);
    close(root);
    outside.fd = open(outside.path, O_RDONLY | O_DIRECTORY);
    put("root/mounted/file", "content");
    root = openat(outside.fd, "root", O_RDONLY | O_DIRECTORY);
    link_to("../../secret", "mounted/out");
    link_to("../file", "mounted/in");
    folder_age();
    run();
    check_context("mounts");
    CHECK_EQ(status_of("/mounted/file"), 200);
    CHECK_EQ(status_of("/mounted/in"), 200);
    CHECK_EQ(status_of("/mounted/out"), 404);
    CHECK_EQ(status_of("/mounted/../file"), 404);
    check_context("/proc within the folder");
    CHECK_EQ(status_of("/proc/self/root/etc/passwd"), 404);
    CHECK_EQ(status_of("/proc/self/cwd/secret"), 404);
    CHECK_EQ(status_of("/proc/self/fd/0"), 404);
    CHECK_EQ(status_of("/proc/self/exe"), 404);
    CHECK_EQ(status_of("/proc/version"), 503); /* no file: its size is not what the system says */
    halt();
    exit(check_report("(mounts)"));
}

static void what_is_mounted(void)
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0)
        mounts();
    waitpid(pid, &status, 0);
    check_context("mounts");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        printf("SKIPPED: nothing can be mounted here\n");
    else
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    build();
    what_is_mounted(); /* in a process without other threads */
    run();
    names_over_http();
    names_over_the_bare_protocol();
    a_race_leads_nowhere();
    devices();
    halt();
    clean();
    return check_report("net/names");
}
