/*
 * http_target: names of files from the paths of requests.
 */
#include "net/http_target.h"
#include "tests/support/check.h"

#include <string.h>

static void names_bytes(const char *path, const char *want, size_t want_size, bool want_folder)
{
    const struct http_text text = {path, strlen(path)};
    char name[HTTP_NAME_ROOM];
    size_t size;
    bool folder;

    check_context("%s", path);
    CHECK_EQ(http_target_name(&text, name, &size, &folder), 0);
    CHECK_BYTES(name, size, want, want_size);
    CHECK_EQ(folder, want_folder);
}

static void names(const char *path, const char *want, bool folder)
{
    names_bytes(path, want, strlen(want), folder);
}

static void refuses(const char *path, unsigned status)
{
    const struct http_text text = {path, strlen(path)};
    char name[HTTP_NAME_ROOM];
    size_t size;
    bool folder;

    check_context("%s", path);
    CHECK_EQ(http_target_name(&text, name, &size, &folder), status);
}

int main(void)
{
    names("/", "", true);
    names("/a", "a", false);
    names("/a/", "a", true);
    names("/a/b.txt", "a/b.txt", false);
    names("/%61%2e%41", "a.A", false);
    names("/a%20b+c", "a b+c", false); /* '+' is a plus in a path */
    names("/%e6%B0%b4", "\xe6\xb0\xb4", false);
    names("/\xe6\xb0\xb4", "\xe6\xb0\xb4", false);
    names("/%25", "%", false);
    names("/%2525", "%25", false); /* decoded once */
    names_bytes("/%0a%ff", "\n\xff", 2, false);
    /* What root_judge() will refuse passes through as it is. */
    names("/../x", "../x", false);
    names("/%2e%2e/x", "../x", false);
    names("//x", "/x", false);
    names("/a//", "a/", true);

    refuses("", 400);
    refuses("a", 400);
    refuses("*", 400);
    refuses("/%", 400);
    refuses("/%4", 400);
    refuses("/%4/", 400);
    refuses("/%zz", 400);
    refuses("/%4g", 400);
    refuses("/%+4", 400);
    refuses("/%00", 400);
    refuses("/a%00.txt", 400);
    refuses("/a%2fb", 404);
    refuses("/%2F", 404);
    refuses("//", 404); /* and not the folder itself, as "" would be */
    return check_report("net/http_target");
}
