/*
 * part.h: what -C keeps of a transfer that did not come to its end.
 *
 * The bytes are in the output's temporary, `.NAME.sluice-kept` (OUTFILE_KEPT in outfile.h). Beside it
 * `.NAME.sluice-note` says of which version of which file they are: three lines of text, a mark, the URL, and the
 * validator by which the server can tell whether it still has that version. The note is written, whole or not at all,
 * before the first of its bytes and removed with the last, so that even a kill that cannot be caught leaves both.
 * Without a note the bytes are worth nothing.
 */
#ifndef APP_CLIENT_PART_H
#define APP_CLIENT_PART_H

#include "net/http_client.h"

#include <stdbool.h>

/* Reads the note for the output at `path`. False: there is none, or it is of another URL. */
bool part_read(const char *path, const char *url, char validator[HTTP_VALIDATOR_ROOM]);

/* Writes the note. False, with errno: the part cannot be gone on with. */
bool part_write(const char *path, const char *url, const char *validator);

/* Removes the note, if there is one. */
void part_remove(const char *path);

#endif
