/* user_linux.c: one of root's capabilities kept (capabilities(7)); see user.h. */
#define _DEFAULT_SOURCE /* syscall */
#include "net/user.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

bool user_hold_reading(void)
{
    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0;
}

bool user_take_reading(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const unsigned right = 1u << CAP_DAC_READ_SEARCH;
    const struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{.effective = right, .permitted = right}};

    return syscall(SYS_capset, &header, data) == 0;
}
