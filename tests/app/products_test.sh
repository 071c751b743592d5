# What is built, as someone sees it who links it: the library shows its own names and no others, keeps no state of its
# own, and nothing needs more than the C library.
. tests/support/check.sh
begin

# ---- Names ----
# In the archive: what is not `static`. From the shared library: the public header's functions and nothing else.
nm -A "$BUILD/libsluice.a" >names 2>err
ok "the archive has names" grep -q 'T sluice_inflate$' names
# a sanitizer brings names of its own
if grep -q '__asan_init\|__ubsan\|__msan_init\|__tsan_init' names; then
    instrumented=yes
else
    instrumented=no
fi
sed -n 's/.* [A-TV-Z] \([^ ]*\)$/\1/p' names | grep -v '^sluice_\|^__\|^_GLOBAL' >foreign
ok "every name in the archive begins with sluice_: $(tr '\n' ' ' <foreign)" not test -s foreign

nm -D "$BUILD/libsluice.so" >names 2>err
sed -n 's/@@SLUICE_0$//; s/.* [TDBRVW] \([^ ]*\)$/\1/p' names | grep -v '^__\|^_ITM\|^_init$\|^_fini$' | sort >shown
sed -n 's/^SLUICE_API.*[ *]\(sluice_[a-z0-9_]*\)(.*/\1/p' "$TOP/sluice.h" | sort >declared
ok "the header declares functions" test "$(wc -l <declared)" -ge 30
if cmp -s shown declared; then
    pass
else
    fail "what the library shows is not what the header declares"
    diff declared shown
fi

# ---- State: objects that can be written after the program is loaded ----
# Two there are: the checksum function that fits the processor, which whoever looks for it finds to be the same.
if [ $instrumented = no ] && command -v objdump >/dev/null; then
    objdump -t "$BUILD/libsluice.a" >symbols
    ok "objects have been read" grep -q ' O \.rodata.* sluice_' symbols
    grep ' O \.\(data\|bss\|tdata\|tbss\)' symbols | grep -v ' O \.data\.rel\.ro' | sed 's/.* //' |
        grep -v '^adler32_best$\|^crc32_best$' >state
    ok "no global mutable state: $(tr '\n' ' ' <state)" not test -s state
fi

# ---- Libraries ----
if [ $instrumented = no ] && command -v readelf >/dev/null; then
    for product in libsluice.so sluice sluice-server sluice-client; do
        readelf -d "$BUILD/$product" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' >needed
        ok "$product has been read" test -s needed
        # pthreads are a file of their own in some C libraries; ld-linux is the loader
        grep -v '^libc\.\|^libpthread\.\|^ld-' needed >more
        ok "$product needs the C library alone: $(tr '\n' ' ' <more)" not test -s more
    done
    readelf -d "$BUILD/libsluice.so" >dynamic
    ok "the library has a versioned name" grep -q 'SONAME.*\[libsluice\.so\.[0-9]*\]' dynamic
    for product in sluice sluice-server sluice-client; do
        readelf -W -l "$BUILD/$product" >segments
        ok "$product: no stack that can be executed" not grep -q 'GNU_STACK.*RWE' segments
    done
fi

# ---- Each program tells its version, the header's ----
version=$(sed -n 's/^#define SLUICE_VERSION "\(.*\)"/\1/p' "$TOP/sluice.h")
for program in sluice sluice-server sluice-client; do
    try 0 "$program --version" "$BUILD/$program" --version
    shows "$version"
done
report app/products
