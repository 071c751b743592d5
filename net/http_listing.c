/* http_listing.c: see http_listing.h. */
#include "net/http_listing.h"

#include "net/ascii.h"
#include "net/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- entries ---- */

struct entry {
    char *name;
    bool folder;
    uint64_t size;
    int64_t modified;
};

struct entries {
    struct entry *list;
    size_t count, room;
    bool more; /* there are others */
};

/* What is behind a link, if that is beneath the root. False: nothing that is served. */
static bool follow(int root, const char *folder, size_t size, const char *name, struct stat *status)
{
    char path[ROOT_NAME_LONGEST];
    int fd;
    enum root_verdict verdict;
    const int n = snprintf(path, sizeof path, "%.*s%s%s", (int)size, folder, size ? "/" : "", name);

    if (n < 0 || (size_t)n >= sizeof path)
        return false;
    verdict = root_open(root, path, (size_t)n, &fd, status);
    if (verdict == ROOT_FOLDER && root_open_folder(root, path, (size_t)n, &fd) == ROOT_OK)
        verdict = fstat(fd, status) == 0 ? ROOT_OK : ROOT_TROUBLE;
    if (fd >= 0)
        close(fd);
    return verdict == ROOT_OK;
}

static bool add_entry(struct entries *e, const char *name, const struct stat *status)
{
    if (e->count == e->room) {
        const size_t room = e->room ? 2 * e->room : 64;
        struct entry *const list = realloc(e->list, room * sizeof *list);

        if (!list)
            return false;
        e->list = list;
        e->room = room;
    }
    e->list[e->count] = (struct entry){strdup(name), S_ISDIR(status->st_mode) != 0, (uint64_t)status->st_size,
                                       status->st_mtim.tv_sec};
    return e->list[e->count].name && ++e->count;
}

static bool read_entries(struct entries *e, int root, int fd, const char *folder, size_t size)
{
    const int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* closedir() takes it with it */
    DIR *const dir = own >= 0 ? fdopendir(own) : NULL;
    struct dirent *d = NULL;
    bool ok = dir != NULL;
    int seen = 0;

    if (!dir && own >= 0)
        close(own);
    while (ok && (errno = 0, d = readdir(dir)) != NULL) {
        struct stat status;

        if (d->d_name[0] == '.')
            continue;
        if (++seen > HTTP_LISTING_MOST) {
            e->more = true;
            break;
        }
        if (fstatat(fd, d->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
            ok = errno == ENOENT; /* it has just gone */
            continue;
        }
        if (S_ISLNK(status.st_mode) && !follow(root, folder, size, d->d_name, &status))
            continue;
        if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
            ok = add_entry(e, d->d_name, &status);
    }
    ok = ok && (d || errno == 0); /* a part of the folder must not pass for the whole */
    if (dir)
        closedir(dir);
    return ok;
}

static void free_entries(struct entries *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->list[i].name);
    free(e->list);
}

/* ---- orders ---- */

enum column { BY_NAME, BY_SIZE, BY_DATE, COLUMNS };
static const char *const columns[COLUMNS] = {"name", "size", "date"};

struct order {
    enum column column;
    bool down;
};

static struct order order_of(const struct http_text *query)
{
    for (int i = 0; query->data && i < COLUMNS; i++) {
        char up[16], down[16];

        snprintf(up, sizeof up, "sort=%s", columns[i]);
        snprintf(down, sizeof down, "sort=-%s", columns[i]);
        if (http_text_is(query, up) || http_text_is(query, down))
            return (struct order){(enum column)i, http_text_is(query, down)};
    }
    return (struct order){BY_NAME, false};
}

static int sign(bool more, bool less)
{
    return (int)more - (int)less;
}

static int compare_names(const char *a, const char *b)
{
    size_t i = 0;

    while (a[i] && ascii_lower(a[i]) == ascii_lower(b[i]))
        i++;
    if (a[i] || b[i])
        return sign((unsigned char)ascii_lower(a[i]) > (unsigned char)ascii_lower(b[i]),
                    (unsigned char)ascii_lower(a[i]) < (unsigned char)ascii_lower(b[i]));
    return strcmp(a, b);
}

/* qsort() brings no context along, so each order is a function. Folders stand first in all of them. */
static int by_name(const void *p, const void *q)
{
    const struct entry *const a = p, *const b = q;

    return a->folder != b->folder ? sign(b->folder, a->folder) : compare_names(a->name, b->name);
}

static int by_size(const void *p, const void *q)
{
    const struct entry *const a = p, *const b = q;

    if (a->folder || b->folder || a->size == b->size)
        return by_name(p, q);
    return sign(a->size > b->size, a->size < b->size);
}

static int by_date(const void *p, const void *q)
{
    const struct entry *const a = p, *const b = q;

    if (a->folder != b->folder || a->modified == b->modified)
        return by_name(p, q);
    return sign(a->modified > b->modified, a->modified < b->modified);
}

static void sort_entries(struct entries *e, struct order order)
{
    static int (*const orders[COLUMNS])(const void *, const void *) = {by_name, by_size, by_date};
    size_t folders = 0;

    if (e->count == 0)
        return;
    qsort(e->list, e->count, sizeof *e->list, orders[order.column]);
    while (folders < e->count && e->list[folders].folder)
        folders++;
    /* The other way round, but folders and files each among themselves. */
    for (int half = 0; order.down && half < 2; half++) {
        struct entry *a = half ? e->list + folders : e->list;
        struct entry *b = half ? e->list + e->count : e->list + folders;

        for (; a + 1 < b; a++) {
            const struct entry t = *a;

            *a = *--b;
            *b = t;
        }
    }
}

/* ---- the page ---- */

char *http_listing_size(char *text, uint64_t size)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    uint64_t unit = 1024;
    int i = 0;

    if (size < 1024) {
        snprintf(text, HTTP_SIZE_ROOM, "%u B", (unsigned)size);
        return text;
    }
    /* On to the next unit from where this one would be shown with four digits. */
    while (i < 5 && size / unit >= 1000) {
        unit *= 1024;
        i++;
    }
    const unsigned whole = (unsigned)(size / unit), tenth = (unsigned)(size % unit * 10 / unit);

    if (whole < 10)
        snprintf(text, HTTP_SIZE_ROOM, "%u.%u %s", whole, tenth, units[i]);
    else
        snprintf(text, HTTP_SIZE_ROOM, "%u %s", whole, units[i]);
    return text;
}

static const char style[] =
    ":root { --line: #8883; --soft: #666; --link: #0b57d0 }\n"
    "@media (prefers-color-scheme: dark) { :root { --soft: #aaa; --link: #8ab4f8 } body { background: #16181b; color: "
    "#e3e3e3 } }\n"
    "body { font: 1rem/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem }\n"
    "h1 { font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere; margin: .5rem 0 1rem }\n"
    "h1 a { text-decoration: underline; text-underline-offset: .2em }\n"
    "table { border-collapse: collapse; width: 100% }\n"
    "th { text-align: left; padding: 0; font-weight: 400; border-bottom: 1px solid var(--line) }\n"
    "th a { color: var(--soft); display: block; padding: .5rem 0; white-space: nowrap }\n"
    "td { border-bottom: 1px solid var(--line); padding: 0 }\n"
    "td.s, td.d, th.s, th.d { text-align: right; white-space: nowrap; padding-left: 1.25rem; color: var(--soft);\n"
    "  font-variant-numeric: tabular-nums }\n"
    "th.n { width: 100% }\n"
    "a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }\n"
    "td a { display: block; padding: .55rem 0; overflow-wrap: anywhere }\n"
    "p { color: var(--soft) }\n"
    "@media (max-width: 36rem) { td.d .t { display: none } td.s, td.d, th.s, th.d { padding-left: .75rem; font-size: "
    ".85rem } }\n";

/* The way from the root to here: a link for each folder above. */
static void add_path(struct http_page *page, const char *name, size_t size)
{
    size_t from = 0;

    http_page_add(page, "<h1>");
    if (size == 0) {
        http_page_add(page, "Files</h1>\n");
        return;
    }
    http_page_add(page, "<a href=\"/\">Files</a>");
    while (from < size) {
        const char *const slash = memchr(name + from, '/', size - from);
        const size_t to = slash ? (size_t)(slash - name) : size;

        http_page_add(page, " / ");
        if (slash) {
            http_page_add(page, "<a href=\"/");
            http_page_add_url(page, name, to);
            http_page_add(page, "/\">");
        }
        http_page_add_html(page, name + from, to - from);
        if (slash)
            http_page_add(page, "</a>");
        from = to + 1;
    }
    http_page_add(page, "</h1>\n");
}

static void add_heads(struct http_page *page, struct order order)
{
    static const char *const titles[COLUMNS] = {"Name", "Size", "Changed"};
    static const char *const classes[COLUMNS] = {"n", "s", "d"};
    char text[256];

    http_page_add(page, "<table>\n<thead><tr>");
    for (int i = 0; i < COLUMNS; i++) {
        const bool chosen = (int)order.column == i;

        snprintf(text, sizeof text, "<th class=\"%s\" scope=\"col\"%s><a href=\"?sort=%s%s\">%s%s</a></th>", classes[i],
                 !chosen ? "" : order.down ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"",
                 chosen && !order.down ? "-" : "", columns[i], titles[i],
                 !chosen ? "" : order.down ? " ↓" : " ↑");
        http_page_add(page, text);
    }
    http_page_add(page, "</tr></thead>\n<tbody>\n");
}

static void add_entry_row(struct http_page *page, const struct entry *e)
{
    const size_t size = strlen(e->name);
    const time_t modified = (time_t)e->modified;
    char date[64] = "", text[HTTP_SIZE_ROOM];
    struct tm tm;

    http_page_add(page, "<tr><td><a href=\"./");
    http_page_add_url(page, e->name, size);
    http_page_add(page, e->folder ? "/\">" : "\">");
    http_page_add_html(page, e->name, size);
    http_page_add(page, e->folder ? "/</a></td><td class=\"s\">" : "</a></td><td class=\"s\">");
    if (!e->folder)
        http_page_add(page, http_listing_size(text, e->size));
    if (gmtime_r(&modified, &tm))
        strftime(date, sizeof date, "%Y-%m-%d<span class=\"t\"> %H:%M</span>", &tm);
    http_page_add(page, "</td><td class=\"d\">");
    http_page_add(page, date);
    http_page_add(page, "</td></tr>\n");
}

/* "2 folders, 17 files, 1.5 MiB" */
static void add_sum(struct http_page *page, const struct entries *e)
{
    char text[128], total_text[HTTP_SIZE_ROOM];
    uint64_t total = 0;
    size_t folders = 0;

    for (size_t i = 0; i < e->count; i++) {
        folders += e->list[i].folder;
        total += e->list[i].folder ? 0 : e->list[i].size;
    }
    const size_t files = e->count - folders;

    snprintf(text, sizeof text, "<p>%zu folder%s, %zu file%s, %s; times are UTC", folders, folders == 1 ? "" : "s",
             files, files == 1 ? "" : "s", http_listing_size(total_text, total));
    http_page_add(page, text);
    if (e->more)
        http_page_add(page, "; there are more, which are not shown");
    http_page_add(page, "</p>\n");
}

bool http_listing_write(struct http_page *page, int root, int fd, const char *name, size_t size,
                        const struct http_text *query)
{
    const struct order order = order_of(query);
    struct entries e = {0};
    const char *title = name + size;

    if (!read_entries(&e, root, fd, name, size)) {
        free_entries(&e);
        return false;
    }
    sort_entries(&e, order);
    while (title > name && title[-1] != '/')
        title--;
    if (size > 0)
        http_page_begin(page, title, (size_t)(name + size - title), style);
    else
        http_page_begin(page, "Files", 5, style);
    add_path(page, name, size);
    add_heads(page, order);
    if (size > 0)
        http_page_add(page, "<tr><td><a href=\"../\">..</a></td><td class=\"s\"></td><td class=\"d\"></td></tr>\n");
    for (size_t i = 0; i < e.count; i++)
        add_entry_row(page, &e.list[i]);
    http_page_add(page, "</tbody>\n</table>\n");
    add_sum(page, &e);
    http_page_add(page, "</main>\n</body>\n</html>\n");
    free_entries(&e);
    return !page->failed;
}
