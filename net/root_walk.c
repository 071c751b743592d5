/*
 * root_walk.c: confinement with POSIX alone. Each component is opened from the descriptor of the one before it and none
 * may be a link, so that no step leads up or aside, even if folders are renamed meanwhile.
 *
 * A link is read and its text put in the place of its name: what has been walked so far are folders by their true
 * names, and `..` takes the last of them away, after which the walk begins again at the root. So nobody ever opens
 * `..`, and a text that leads above the root is seen to.
 */
#include "net/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* As many links as Linux follows; more are a loop, or meant to take long. */
enum { LINKS_MOST = 40 };

/* NAME_MAX is 255 wherever this runs; a longer component is refused, not cut. */
enum { COMPONENT_ROOM = 256 };

struct walk {
    int root, folder;                /* where it is; the same at the beginning */
    char done[ROOT_NAME_LONGEST + 1]; /* the names of the folders from root to folder, each with a slash behind it */
    char rest[ROOT_NAME_LONGEST + 1]; /* what is still to be walked */
    unsigned links;
};

static bool fail(int reason)
{
    errno = reason;
    return false;
}

static void leave(struct walk *w)
{
    if (w->folder != w->root)
        close(w->folder);
    w->folder = w->root;
}

/* Goes into a folder that has been opened. */
static void enter(struct walk *w, int folder)
{
    leave(w);
    w->folder = folder;
}

static int open_folder(int at, const char *component)
{
    return openat(at, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Takes the last folder away, and walks to the one before it. */
static bool go_up(struct walk *w)
{
    size_t size = strlen(w->done);
    char component[COMPONENT_ROOM];

    if (size == 0)
        return fail(EXDEV);
    do
        size--;
    while (size > 0 && w->done[size - 1] != '/');
    w->done[size] = '\0';
    leave(w);
    for (const char *p = w->done; *p; p = strchr(p, '/') + 1) {
        const size_t part = strcspn(p, "/");
        int next;

        memcpy(component, p, part);
        component[part] = '\0';
        next = open_folder(w->folder, component);
        if (next < 0)
            return false;
        enter(w, next);
    }
    return true;
}

/* Puts the text of a link before the rest. */
static bool follow(struct walk *w, const char *component)
{
    char text[ROOT_NAME_LONGEST + 1];
    const ssize_t size = readlinkat(w->folder, component, text, sizeof text);
    const size_t rest = strlen(w->rest);

    if (size < 0)
        return fail(errno == EINVAL ? ELOOP : errno); /* it was a link a moment ago */
    if (++w->links > LINKS_MOST)
        return fail(ELOOP);
    if (size == 0 || text[0] == '/')
        return fail(EXDEV);
    if ((size_t)size + 1 + rest >= sizeof w->rest)
        return fail(ENAMETOOLONG);
    memmove(w->rest + size + 1, w->rest, rest + 1);
    memcpy(w->rest, text, (size_t)size);
    w->rest[size] = '/';
    return true;
}

/* Takes the next component off the rest. False: it is too long. */
static bool take_component(struct walk *w, char *component)
{
    const size_t size = strcspn(w->rest, "/");
    const size_t slashes = strspn(w->rest + size, "/");

    if (size >= COMPONENT_ROOM)
        return fail(ENAMETOOLONG);
    memcpy(component, w->rest, size);
    component[size] = '\0';
    memmove(w->rest, w->rest + size + slashes, strlen(w->rest + size + slashes) + 1);
    return true;
}

static bool is_link(int folder, const char *component)
{
    struct stat st;

    return fstatat(folder, component, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* A component that is a name: a folder to go into, the file itself (*file), or a link. */
static bool step(struct walk *w, const char *component, int flags, int *file)
{
    const size_t size = strlen(component);
    const size_t done = strlen(w->done);
    const bool last = w->rest[0] == '\0';
    const int next = last ? openat(w->folder, component, flags | O_NOFOLLOW) : open_folder(w->folder, component);
    const int reason = errno;

    if (next < 0 && is_link(w->folder, component)) /* for which the systems have different errors */
        return follow(w, component);
    if (next < 0)
        return fail(reason);
    if (last) {
        *file = next;
        return true;
    }
    enter(w, next);
    if (done + size + 1 >= sizeof w->done)
        return fail(ENAMETOOLONG);
    memcpy(w->done + done, component, size);
    memcpy(w->done + done + size, "/", 2);
    return true;
}

int root_walk(int root, const char *name, int flags)
{
    struct walk w = {.root = root, .folder = root};
    char component[COMPONENT_ROOM];
    int file = -1;
    bool ok = strlen(name) < sizeof w.rest || fail(ENAMETOOLONG);

    if (ok)
        memcpy(w.rest, name, strlen(name) + 1);
    while (ok && file < 0 && w.rest[0]) {
        ok = take_component(&w, component);
        if (!ok || component[0] == '\0' || strcmp(component, ".") == 0)
            continue;
        ok = strcmp(component, "..") == 0 ? go_up(&w) : step(&w, component, flags, &file);
    }
    if (ok && file < 0) /* a link that ends in a folder, or `.` itself */
        file = openat(w.folder, ".", flags);

    const int reason = errno;

    leave(&w);
    errno = reason;
    return file;
}
