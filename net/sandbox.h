/*
 * sandbox.h: what a server does without once it runs, so that whoever takes it over by a defect gains little.
 *
 * Two walls, each of which stands alone. The one around files (Landlock, Linux 5.13) lets nothing be opened but beneath
 * one folder and only to read, and no TCP connection be made. The one around calls (seccomp) knows which system calls a
 * running server makes and refuses all others: no program is started, no socket opened, no file written or renamed, no
 * memory made executable. What is open already stays open: sockets, the log. Chosen by file; elsewhere is neither.
 */
#ifndef NET_SANDBOX_H
#define NET_SANDBOX_H

enum { SANDBOX_FILES = 1, SANDBOX_CALLS = 2 };

/* Room for the text of what is lacking. */
enum { SANDBOX_TEXT_ROOM = 256 };

/*
 * Confines the calling thread, and all that it will start, to reading beneath the folder `root`, for good. `walls` is
 * SANDBOX_FILES | SANDBOX_CALLS but in tests. Returns the walls that stand; lacking[SANDBOX_TEXT_ROOM] tells of the
 * others why they do not, or is empty. Without the wall around files openat2() is refused as if there were none, since
 * nobody can look into its arguments; root_open() then walks.
 */
unsigned sandbox_enter(int root, unsigned walls, char *lacking);

#endif
