/* known_files: a name that was opened once is known as long as it leads to the same file, unchanged, and no longer. */
#include "net/known_files.h"

#include "tests/support/check.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct folder folder;

static void put(const char *name, const char *text) { folder_put(&folder, name, text, strlen(text)); }

static const struct known_file *find(struct known_files *files, const char *name)
{
    return known_files_find(files, folder.fd, name, strlen(name));
}

/* As the server does once it has opened the file. */
static void learn(struct known_files *files, const char *name)
{
    struct stat status;

    CHECK_EQ(fstatat(folder.fd, name, &status, 0), 0);
    known_files_add(files, name, strlen(name), &status, strcmp(name, "loose") == 0, false);
    CHECK(find(files, name) != NULL);
}

static void what_is_known_is_what_was_opened(void)
{
    struct known_files *const files = known_files_new();
    const struct known_file *known;

    put("loose", "some text");
    put("other", "some text");
    CHECK(!find(files, "loose")); /* it exists, but nobody has opened it */
    learn(files, "loose");
    known = find(files, "loose");
    CHECK(known && known->compressible && known->status.st_size == 9);
    CHECK(!find(files, "other") && !find(files, "loos") && !find(files, "loose2") && !find(files, ""));
    CHECK(!known_files_find(files, folder.fd, "loose2", 6));
    CHECK(known_files_find(files, folder.fd, "loose2", 5) != NULL); /* the size counts, not a NUL */
    learn(files, "other");
    CHECK(find(files, "other") && !find(files, "other")->compressible && find(files, "loose"));
    known_files_free(files);
}

static void a_change_is_seen_at_once(void)
{
    struct known_files *const files = known_files_new();
    const struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

    check_context("another size");
    put("file", "one");
    learn(files, "file");
    put("file", "three");
    CHECK(!find(files, "file"));
    CHECK(!find(files, "file")); /* nor does it come back */
    learn(files, "file");

    check_context("the same size and another time");
    CHECK_EQ(utimensat(folder.fd, "file", long_ago, 0), 0);
    CHECK(!find(files, "file"));
    learn(files, "file");

    check_context("another file by its name, with the same size and times");
    put("new", "drei!");
    CHECK_EQ(utimensat(folder.fd, "new", long_ago, 0), 0);
    CHECK_EQ(renameat(folder.fd, "new", folder.fd, "file"), 0);
    CHECK(!find(files, "file"));
    learn(files, "file");

    check_context("nobody may read it any more");
    CHECK_EQ(fchmodat(folder.fd, "file", 0600, 0), 0);
    CHECK(!find(files, "file"));
    learn(files, "file");

    check_context("a link to elsewhere");
    unlinkat(folder.fd, "file", 0);
    CHECK(!find(files, "file"));
    CHECK_EQ(symlinkat("/etc/passwd", folder.fd, "file"), 0);
    CHECK(!find(files, "file"));
    unlinkat(folder.fd, "file", 0);
    known_files_free(files);
}

static void the_oldest_names_make_room(void)
{
    struct known_files *const files = known_files_new();
    struct stat status;
    char name[300];
    unsigned left = 0;

    check_context("many names");
    put("file", "x");
    CHECK_EQ(fstatat(folder.fd, "file", &status, 0), 0);
    for (unsigned i = 0; i < 20000; i++) {
        const int size = snprintf(name, sizeof name, "%0*u", (int)(i % 250 + 1), i);

        known_files_add(files, name, (size_t)size, &status, false, false);
    }
    learn(files, "file");
    for (unsigned i = 0; i < 20000; i++) {
        const int size = snprintf(name, sizeof name, "%0*u", (int)(i % 250 + 1), i);

        left += known_files_find(files, folder.fd, name, (size_t)size) != NULL; /* none of these is there */
    }
    CHECK_EQ(left, 0);
    CHECK(find(files, "file") != NULL);
    known_files_free(files);
    known_files_free(NULL);
}

int main(void)
{
    folder = folder_make("known");
    what_is_known_is_what_was_opened();
    a_change_is_seen_at_once();
    the_oldest_names_make_room();
    folder_remove(&folder);
    return check_report("net/known_files");
}
