/*
 * folder.h: a folder of the test's own below /tmp, and the files that it puts there. What goes wrong here ends the
 * test.
 */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

enum { FOLDER_PATH_ROOM = 64 };

struct folder {
    char path[FOLDER_PATH_ROOM];
    int fd; /* of the folder */
};

/* Makes an empty one, whose path has `name` in it. */
struct folder folder_make(const char *name);

/* Removes it with all that is in it. */
void folder_remove(struct folder *folder);

/* Writes the file `name`, a path from the folder on; what was there is gone. */
void folder_put(const struct folder *folder, const char *name, const void *data, size_t size);

/* Text of `size` bytes in words of a few letters: it compresses to about a third, and differs everywhere. */
void folder_text(unsigned char *text, size_t size);

/* Bytes that nothing can be saved on. */
void folder_noise(unsigned char *noise, size_t size);

void folder_pause(long milliseconds);

/* Waits until no file is so fresh that a server would wait for it to age (see transfer_is_fresh()). */
void folder_age(void);

#endif
