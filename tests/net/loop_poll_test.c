/* loop over poll: what loop_test.c asks of the loop, with the poller of systems that have no other. */
#define LOOP_TEST_NAME "net/loop_poll"
#include "net/loop.c"
#include "net/loop_poll.c"
#include "tests/net/loop_test.c"
