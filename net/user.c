/* user.c: see user.h. */
#define _DEFAULT_SOURCE /* setgroups, initgroups, chroot */
#include "net/user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct user {
    const char *name; /* NULL: the system has none for it */
    uid_t uid;
    gid_t gid;
};

/* A name, or a number that may have none. */
static bool find_user(const char *name, struct user *user)
{
    const struct passwd *entry = getpwnam(name);
    char *end;
    unsigned long number;

    if (!entry) {
        errno = 0;
        number = strtoul(name, &end, 10);
        if (name[0] < '0' || name[0] > '9' || *end || errno || number >= UINT_MAX)
            return false;
        entry = getpwuid((uid_t)number);
        if (!entry) {
            *user = (struct user){NULL, (uid_t)number, (gid_t)number};
            return true;
        }
    }
    *user = (struct user){entry->pw_name, entry->pw_uid, entry->pw_gid};
    return true;
}

static bool fail(char *text, const char *name, const char *what)
{
    snprintf(text, USER_TEXT_ROOM, "cannot become the user '%s': %s: %s", name, what, strerror(errno));
    return false;
}

/* Can the user list the folder and open what is in it? The groups are set already. */
static bool is_open_to(uid_t uid, int root)
{
    bool is;

    if (seteuid(uid) < 0)
        return false;
    is = faccessat(root, ".", R_OK | X_OK, AT_EACCESS) == 0;
    return seteuid(0) == 0 && is;
}

/* Everything but the folder is out of sight then. Not all may do that; the sandbox does it again in its way. */
static void enter(int root)
{
    if (fchdir(root) == 0 && chroot(".") < 0)
        errno = 0;
}

bool user_become(const char *name, int root, char *text)
{
    const char *const wanted = name ? name : USER_DEFAULT;
    struct user user;
    bool reading;

    text[0] = '\0';
    if (!find_user(wanted, &user)) {
        if (name) {
            snprintf(text, USER_TEXT_ROOM, "there is no user '%.64s'", name);
            return false;
        }
        user = (struct user){NULL, USER_DEFAULT_ID, USER_DEFAULT_ID};
    }
    if (geteuid() != 0) {
        if (!name || user.uid == geteuid())
            return true;
        snprintf(text, USER_TEXT_ROOM, "only root can become the user '%.64s'", name);
        return false;
    }
    if (user.uid == 0)
        return true;

    if ((user.name ? initgroups(user.name, user.gid) : setgroups(1, &user.gid)) < 0 || setgid(user.gid) < 0)
        return fail(text, wanted, "its groups");
    reading = !is_open_to(user.uid, root);
    if (reading && !user_hold_reading())
        return fail(text, wanted, "the folder is closed to it");
    enter(root);
    if (setuid(user.uid) < 0)
        return fail(text, wanted, "setuid");
    if (reading && !user_take_reading())
        return fail(text, wanted, "the folder is closed to it");
    if (setuid(0) == 0 || geteuid() == 0) { /* or it would be no more than a disguise */
        errno = EPERM;
        return fail(text, wanted, "root could be had back");
    }
    snprintf(text, USER_TEXT_ROOM, "started as root, now the user %.64s%s", wanted,
             reading ? ", with the right to read what is closed to it, as the folder is" : "");
    return true;
}
