/* writeback_posix.c: POSIX has no such hint. */
#include "app/writeback.h"

void writeback_begin(int fd) { (void)fd; }
