# header_test.sh: sluice.h stands on its own, in C and in C++, and a program in either language links and runs.
. tests/support/check.sh
CC=${CC:-cc}
STRICT='-Wall -Wextra -Wshadow -Wconversion -Werror -pedantic'
begin

echo '#include "sluice.h"' >alone.c
try 0 "C11, nothing included before" $CC -std=c11 $STRICT -I"$TOP" -fsyntax-only alone.c
# by its working name, which older compilers have too
try 0 "C23" $CC -std=c2x $STRICT -I"$TOP" -fsyntax-only alone.c
try 0 "C99" $CC -std=c99 $STRICT -I"$TOP" -fsyntax-only alone.c

# valid in both languages: compresses and decompresses, by every kind of call that a user begins with
cat >user.c <<'END'
#include "sluice.h"
#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char text[] = "one header, two languages, one header";
    unsigned char packed[200];
    char back[100];
    size_t packed_size, size;
    sluice_inflate_options options = sluice_inflate_defaults();
    options.format = SLUICE_ZLIB;
    options.flags = SLUICE_STOP_AT_BLOCK | SLUICE_ONE_MEMBER;
    sluice_inflater *inflater = sluice_inflate_new(&options, NULL);
    sluice_input in;
    sluice_output out;
    sluice_status status;

    if (!inflater || sluice_compress(NULL, text, sizeof text, packed, sizeof packed, &packed_size) != SLUICE_OK)
        return 1;
    if (sluice_decompress(inflater, packed, packed_size, back, sizeof back, &size) != SLUICE_OK)
        return 2;
    if (size != sizeof text || memcmp(back, text, size) != 0)
        return 3;
    sluice_inflate_reset(inflater, NULL);
    in.data = packed, in.size = packed_size, in.pos = 0;
    out.data = back, out.size = sizeof back, out.pos = 0;
    do
        status = sluice_inflate(inflater, &in, &out);
    while (status == SLUICE_BLOCK);
    sluice_inflate_free(inflater);
    printf("%s, %s\n", sluice_status_text(status), sluice_version());
    return status == SLUICE_END && out.pos == sizeof text ? 0 : 4;
}
END
try 0 "a program in C" $CC -std=c11 $STRICT $CFLAGS -I"$TOP" -o user_c user.c "$BUILD/libsluice.a" -pthread
try 0 "it runs" ./user_c
try 0 "a program in C with the shared library" $CC -std=c11 $CFLAGS -I"$TOP" -o user_so user.c -L"$BUILD" -lsluice
try 0 "it runs" env LD_LIBRARY_PATH="$BUILD" ./user_so

# of the same family as CC: a sanitizer's runtime belongs to its compiler
case $CC in
*clang*) CXX=${CXX:-clang++} ;;
*) CXX=${CXX:-c++} ;;
esac
if command -v "$CXX" >/dev/null 2>&1; then
    for standard in c++98 c++11 c++17; do
        # C++98 has no long long and no stdint.h by right; compilers have both
        try 0 "$standard" "$CXX" -std=$standard -Wall -Wextra -Wno-long-long -Werror -x c++ -I"$TOP" -fsyntax-only \
            alone.c
    done
    try 0 "a program in C++" "$CXX" $CFLAGS -Wall -Wextra -Werror -I"$TOP" -x c++ user.c -x none -o user_cxx \
        "$BUILD/libsluice.a" -pthread
    try 0 "it runs" ./user_cxx
else
    echo "SKIPPED: no C++ compiler ($CXX); that sluice.h is C++ too has not been tested"
fi
report app/header
