/*
 * outfile.h: an output file that appears under its name whole or not at all.
 *
 * What is written goes to a temporary file beside the target, `.NAME.sluice-part-XXXXXX`; commit syncs it and renames
 * it over the target; abandon removes it. Until commit the target, if there is one, is untouched. A caught signal
 * removes the temporaries too. Only a kill that cannot be caught leaves one behind; the writer holds a lock (flock) on
 * its temporary, which the kernel drops with the process, so that outfile_sweep() can tell one that is left from one
 * that is in use.
 *
 * Why not a file without a name (Linux's O_TMPFILE and linkat)? linkat cannot replace a target, so a name is needed in
 * the end all the same; several file systems have none; and a part that is to be resumed needs a name.
 */
#ifndef APP_OUTFILE_H
#define APP_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Flags of outfile_open(). */
enum {
    OUTFILE_NEW = 1,     /* the target must not exist: EEXIST at open, or at commit if it has come meanwhile */
    OUTFILE_THROUGH = 2, /* as open() for writing would: a link leads to its target, a device or FIFO is written
                            directly, a file that may not be written is refused, one that is replaced passes on its
                            mode */
    OUTFILE_SYNC = 4,    /* commit returns when file and name are on the disk */
    OUTFILE_KEPT = 8     /* the temporary has one name for all time, `.NAME.sluice-kept`; no signal and no sweep removes
                            it, outfile_keep() leaves it behind, and what it holds from before is there when it is
                            opened: to go on with. EBUSY: another process writes it */
};

struct outfile {
    int fd;      /* write here, by outfile_write() or otherwise (fchmod, futimens, lseek are fine too); -1: not open */
    off_t kept;  /* bytes that the temporary had from before; what is written comes behind them */
    bool direct; /* standard output, a device, a FIFO: no temporary, what is written cannot be taken back */

    /* private */
    unsigned flags;
    size_t unsynced; /* bytes written since the disk was last set to work */
    int folder;  /* the target's folder, or AT_FDCWD when it cannot be opened for reading; then names hold the folder */
    int slot;    /* where the temporary is listed for the signal handler; invariant: >= 0 if and only if it exists */
    char *final; /* the target's name, relative to `folder` */
};

/* Makes *o one that is not open, whatever it was. */
void outfile_init(struct outfile *o);

/*
 * Opens an output for `path`. mode: as for open(), the umask applies; the temporary never has more than this.
 * Without OUTFILE_THROUGH a symbolic link under that name is replaced, not followed, and a device, FIFO or socket is
 * refused (EEXIST). A folder is refused always (EISDIR).
 * Gives 0, or -1 with errno; then *o is closed and nothing is left.
 */
int outfile_open(struct outfile *o, const char *path, unsigned flags, mode_t mode);

/* Makes *o write to standard output. */
void outfile_standard_output(struct outfile *o);

/* Writes all `size` bytes. 0, or -1 with errno (ENOSPC, EFBIG, EPIPE …); the caller then abandons. */
int outfile_write(struct outfile *o, const void *data, size_t size);

/* Forgets what was written, to begin again. -1 with errno; ESPIPE if it is direct, since that cannot be taken back. */
int outfile_restart(struct outfile *o);

/*
 * The file is whole: gives it its name and closes *o. 0, or -1 with errno; then the temporary is gone and the target as
 * it was. One exception: if only the sync of the folder fails, the new file is there, whole, and -1 is given.
 */
int outfile_commit(struct outfile *o);

/* Closes *o and leaves its OUTFILE_KEPT temporary to be gone on with; a direct output has none. */
void outfile_keep(struct outfile *o);

/*
 * Writes the path of `.NAME` with `suffix` behind it, in the folder of `path`, which ends with NAME, into out[room]; a
 * NAME that is too long is cut, so that a name in its folder's file system comes out. False: it does not fit.
 */
bool outfile_beside(char *out, size_t room, const char *path, const char *suffix);

/* Removes the temporary and closes *o. Harmless on one that is not open (outfile_init()); keeps errno. */
void outfile_abandon(struct outfile *o);

/*
 * From now on SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGPIPE remove the temporaries of this process and then end it by
 * that same signal (a signal that is ignored stays ignored); SIGXFSZ is ignored, so that a file size limit is a write
 * error.
 */
void outfile_guard_signals(void);

/*
 * Removes temporaries in `folder` that belong to this user and that no process is writing. Gives how many, or -1 if the
 * folder cannot be read. Reads the folder, up to 20,000 names: meant for once a folder, not once a file.
 */
int outfile_sweep(const char *folder);

/* The same for the folder that the file `path` is in. */
int outfile_sweep_beside(const char *path);

#endif
