/* sha256.h: SHA-256 (FIPS 180-4) of some bytes, as 64 hexadecimal digits: for tables that pin bytes down. */
#ifndef TESTS_SHA256_H
#define TESTS_SHA256_H

#include <stddef.h>

/* hex has room for 65 characters. */
void sha256_hex(char *hex, const void *data, size_t size);

#endif
