/*
 * URLs, addresses, and names of files: what is taken apart can be put together again, and no name, however it came to
 * be, leads out of its folder, on the server's side or the client's.
 *
 * input: a text; its first byte says what it is taken for.
 */
#define _GNU_SOURCE /* mkdtemp */
#include "app/client/target.h"
#include "net/address.h"
#include "net/root.h"
#include "net/url.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const fuzz_words[] = {
    "http://", "https://", "sluice://", "unix:", "unix:/a:", "[::1]", "[fe80::1%25eth0]", "127.0.0.1", ":80", ":0",
    ":65536",
    "/", "//", "..", "/../", "/./", "%2e", "%2F", "%00", "%0a", "%", "%zz", "?", "#", "@", "\\", " ", "\t", "\n",
    "a", "b",
    "file", "in", "out", "up", "root", "fifo", "loop", ".hidden", "folder/", "\xc0\xae", "\xe2\x80\xae", NULL,
};

static char base[] = "/tmp/sluice-fuzz-XXXXXX", real[PATH_MAX];
static int root = -1;

static void clean_up(void)
{
    char command[200];

    snprintf(command, sizeof command, "rm -rf '%s'", base);
    (void)!system(command);
}

static const char *at(const char *name)
{
    static char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static void touch(const char *name)
{
    const int fd = creat(at(name), 0644);

    MUST(fd >= 0);
    close(fd);
}

/* A folder with everything in it that could lead out. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const links[][2] = {{"root/in", "a/b/file"}, {"root/out", "../secret"}, {"root/up", ".."},
                                           {"root/away", "/etc"}, {"root/loop", "loop"}, {"root/a/up", "../.."},
                                           {"root/a/root", "../../root"}, {"root/a/same", "b"}};

    (void)argc, (void)argv;
    MUST(mkdtemp(base) != NULL && mkdir(at("root"), 0755) == 0 && mkdir(at("root/a"), 0755) == 0);
    MUST(mkdir(at("root/a/b"), 0755) == 0 && mkdir(at("root/folder"), 0755) == 0 && mkfifo(at("root/fifo"), 0644) == 0);
    touch("secret");
    touch("root/a/b/file");
    touch("root/.hidden");
    touch("root/file");
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        MUST(symlink(links[i][1], at(links[i][0])) == 0);
    MUST(realpath(at("root"), real) != NULL);
    root = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    MUST(root >= 0);
    atexit(clean_up);
    return 0;
}

/* Is what is open at or below the folder? */
static bool is_inside(int fd)
{
    char link[64], path[PATH_MAX];
    ssize_t n;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return true; /* no /proc here */
    path[n] = 0;
    return strncmp(path, real, strlen(real)) == 0 && (path[strlen(real)] == '/' || path[strlen(real)] == 0);
}

static void judge_name(const char *name, size_t size)
{
    const enum root_verdict verdict = root_judge(name, size);
    enum root_verdict opened;
    struct stat status, other;
    int fd, walked;

    opened = root_open(root, name, size, &fd, &status);
    MUST((opened == ROOT_OK) == (fd >= 0));
    MUST(verdict == ROOT_OK || opened == verdict);
    MUST(root_reason(opened)[0]);
    if (fd >= 0) {
        MUST(is_inside(fd) && S_ISREG(status.st_mode));
        close(fd);
    }
    opened = root_open_folder(root, name, size, &fd);
    MUST((opened == ROOT_OK) == (fd >= 0));
    if (fd >= 0) {
        MUST(is_inside(fd));
        close(fd);
    }
    if (verdict != ROOT_OK)
        return;
    /* What the walk finds, which follows no link, the kernel's own way must find too; and neither goes outside. */
    char text[ROOT_NAME_LONGEST + 1];

    memcpy(text, name, size);
    text[size] = 0;
    fd = root_beneath(root, text, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    walked = root_walk(root, text, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (walked >= 0) {
        MUST(fd >= 0 && is_inside(walked) && fstat(walked, &status) == 0 && fstat(fd, &other) == 0);
        MUST(status.st_ino == other.st_ino && status.st_dev == other.st_dev);
        close(walked);
    }
    if (fd >= 0) {
        MUST(is_inside(fd));
        close(fd);
    }
}

/* The name that the client would give to a file. */
static void judge_target(const char *name, size_t size)
{
    const char *error = NULL;
    char *const path = target_path("folder", name, size, &error);

    MUST(path || (error && error[0]));
    if (!path)
        return;
    MUST(strncmp(path, "folder/", 7) == 0 && path[7] && path[7] != '.' && !strchr(path + 7, '/'));
    free(path);
}

static void judge_url(const char *text)
{
    static char target[URL_TARGET_ROOM], again[URL_TARGET_ROOM], whole[URL_TARGET_ROOM + 32], moved[URL_LENGTH_MAX + 1];
    char error[URL_ERROR_ROOM] = "", name[URL_NAME_MAX + 1], server[URL_SERVER_ROOM];
    struct url url, other;
    size_t size;

    if (!url_parse(text, &url, error)) {
        MUST(error[0]);
        return;
    }
    MUST(url.host[0] && (url.local ? url.port == 0 : url.port > 0));
    url_server(&url, server);
    MUST(strlen(server) < sizeof server);
    size = url_target(&url, target);
    MUST(size == strlen(target) && target[0] == '/');
    for (size_t i = 0; i < size; i++)
        MUST(target[i] > ' ' && target[i] < 127 && target[i] != '#');
    snprintf(whole, sizeof whole, "http://a%s", target);
    if (strlen(whole) <= URL_LENGTH_MAX) {
        MUST(url_parse(whole, &other, error));
        MUST(url_target(&other, again) == size && memcmp(again, target, size) == 0);
    }
    if (url_name(&url, name, &size, error)) {
        MUST(size > 0 && size <= URL_NAME_MAX && strlen(name) == size && !strchr(name, '\n'));
        judge_target(name, size);
        judge_name(name, size);
    } else {
        MUST(error[0]);
    }
    if (url_file_name(&url, name, &size, error)) {
        MUST(size <= URL_NAME_MAX && strlen(name) == size);
        for (size_t i = 0; i < size; i++)
            MUST((unsigned char)name[i] >= ' ' && name[i] != 127);
        judge_target(name, size);
    }
    const char *const reference = strpbrk(text, " \n");

    if (url.scheme == URL_HTTP && !url.local && reference) {
        if (url_resolve(&url, reference + 1, strlen(reference + 1), moved, &other, error))
            MUST(other.scheme == URL_HTTP && !other.local && other.host[0] && other.port > 0);
        else
            MUST(error[0]);
    }
}

static void judge_address(const char *text)
{
    struct address address;
    const char *why = "";

    if (address_parse(text, &address, &why))
        MUST(strlen(address.host) < ADDRESS_HOST_ROOM && strlen(address.port) < 6 &&
             address.is_unix == (address.port[0] == 0));
    else
        MUST(why[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[1 << 16];
    struct fuzz_input in = {data, size};
    const unsigned kind = fuzz_byte(&in);

    if (in.size >= sizeof text)
        return 0;
    memcpy(text, in.data, in.size);
    text[in.size] = 0;
    switch (kind % 4) {
    case 0: judge_name(text, in.size); break;
    case 1: judge_address(text); break;
    default: judge_url(text);
    }
    return 0;
}
