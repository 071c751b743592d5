/* match_row_plain_test.c: the same as match_row_test.c, of what is compiled without vectors. */
#ifndef SLUICE_PORTABLE
#define SLUICE_PORTABLE
#endif
#define MATCH_ROW_TEST "deflate/match_row_plain"

#include "tests/deflate/match_row_test.c"
