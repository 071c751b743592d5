# examples_test.sh: each of app/examples/ compiles without a warning, as C99 or C++11, runs, and does what it says.
. tests/support/check.sh
CC=${CC:-cc}
begin
examples=$TOP/app/examples

built() { # NAME
    try 0 "$1 compiles" $CC -std=c99 -Wall -Wextra -Wshadow -Wconversion -pedantic -Werror $CFLAGS -I"$TOP" \
        -o "$1" "$examples/$1.c" "$BUILD/libsluice.a" -pthread
    compiled="$compiled $1.c"
}

compiled=
built buffer
try 0 "a text" ./buffer "say it again, say it again, say it again"
shows "41 bytes, compressed"
shows "back: say it again, say it again, say it again"
try 0 "no text" ./buffer

built stream
cat "$TOP"/vectors/lorem.txt "$TOP"/sluice.h "$TOP"/README.md "$BUILD/libsluice.a" >file
ok "compresses" sh -c './stream <file >file.gz'
ok "to what the tool reads" sh -c '"$1" -dc file.gz | cmp - file' - "$BUILD/sluice"
cat file.gz file.gz >twice.gz
ok "decompresses, several members too" sh -c './stream -d <twice.gz >got; cat file file | cmp - got'
ok "nothing" sh -c './stream </dev/null | ./stream -d >got && ! test -s got'
dd if=file.gz of=cut.gz bs=1000 count=1 2>dd
ok "tells of a cut" sh -c '! ./stream -d <cut.gz >got 2>said; grep -q "byte 1000, bit 0: " said'

built message_flush
head -n 200 "$TOP/README.md" | grep . >lines
try 0 "messages" sh -c './message_flush <lines'
ok "each comes" test "$(sed 's/^ *[0-9]* of *[0-9]* bytes: //' "$out" | cmp - lines && wc -l <lines)" -gt 50

built socket_cap
try 0 "a stream that is small enough" ./socket_cap 900000
shows "900000 bytes came"
try 1 "one that is not" ./socket_cap 50000000
shows "1000000 bytes came"

built dictionary
try 0 "a dictionary" ./dictionary
shows "with a dictionary"

built threads
ok "by all processors" sh -c './threads <file | "$1" -dc | cmp - file' - "$BUILD/sluice"

built allocator
try 0 "an allocator" ./allocator
shows "in memory of one's own"

case $CC in
*clang*) CXX=${CXX:-clang++} ;;
*) CXX=${CXX:-c++} ;;
esac
if command -v "$CXX" >/dev/null 2>&1; then
    try 0 "C++" "$CXX" -std=c++11 -Wall -Wextra -Wshadow -pedantic -Werror $CFLAGS -I"$TOP" -o cpp "$examples/cpp.cc" \
        "$BUILD/libsluice.a" -pthread
    try 0 "C++ runs" ./cpp
    shows "half of it: "
else
    echo "SKIPPED: no C++ compiler ($CXX) for app/examples/cpp.cc"
fi
ok "none is forgotten: $compiled" test "$(cd "$examples" && echo *.c | tr ' ' '\n' | sort)" = \
    "$(echo $compiled | tr ' ' '\n' | sort)"
report app/examples
