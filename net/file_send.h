/*
 * file_send.h: sends a file's bytes to a socket without a copy of them in our memory, where the system can.
 *
 * What is sent in this way is lent, not copied: until the peer has acknowledged it, a change to the file changes what
 * arrives. file_send_waiting() tells when that is over. Chosen by file.
 */
#ifndef NET_FILE_SEND_H
#define NET_FILE_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As send() of the `size` bytes at `offset` of `file`; 0: the file ends before. -1 and ENOSYS: it cannot be done so. */
ssize_t file_send(int socket, int file, uint64_t offset, size_t size);

/* Bytes that were sent and that the peer has not acknowledged; 0 where the system does not tell. */
uint64_t file_send_waiting(int socket);

/* Does the system tell? */
bool file_send_tells(void);

#endif
