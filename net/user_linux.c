/* user_linux.c: one of root's capabilities kept (capabilities(7)); see user.h. */
#define _DEFAULT_SOURCE /* syscall */
#include "net/user.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From linux/capability.h, which a C library need not bring along. */
struct capability_header {
    uint32_t version;
    int pid;
};
struct capabilities {
    uint32_t effective, permitted, inheritable;
};
enum { CAPABILITY_VERSION = 0x20080522, CAPABILITY_WORDS = 2, READ_SEARCH = 1 << 2 };

bool user_hold_reading(void)
{
    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0;
}

bool user_take_reading(void)
{
    struct capability_header header = {CAPABILITY_VERSION, 0};
    const struct capabilities data[CAPABILITY_WORDS] = {{.effective = READ_SEARCH, .permitted = READ_SEARCH}};

    return syscall(SYS_capset, &header, data) == 0;
}
