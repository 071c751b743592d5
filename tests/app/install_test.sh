# install_test.sh: `make install` puts everything where a system looks for it, a program builds and runs with what it
# put there, and `make uninstall` leaves nothing behind.
. tests/support/check.sh
CC=${CC:-cc}
begin
root=$FOLDER/root
# all is built already, so that flags do not matter
run_make() { (cd "$TOP" && MAKEFLAGS= make -s B="$BUILD" CC="$CC" PREFIX=/opt/sluice DESTDIR="$root" "$@"); }
installed() { (cd "$root/opt/sluice" && find . ! -type d | sed 's,^\./,,' | sort); }

try 0 "make install" run_make install
there=$root/opt/sluice
version=$(sed -n 's/^#define SLUICE_VERSION "\(.*\)"/\1/p' "$TOP/sluice.h")
for file in bin/sluice bin/sluice-client bin/sluice-server include/sluice.h lib/libsluice.a lib/libsluice.so \
    lib/libsluice.so.0 lib/libsluice.so.$version lib/pkgconfig/sluice.pc share/man/man1/sluice.1 \
    share/man/man1/sluice-client.1 share/man/man1/sluice-server.1 share/man/man3/sluice.3 \
    share/man/man3/sluice_inflate_next.3 share/bash-completion/completions/sluice-client \
    lib/systemd/system/sluice-server.service lib/systemd/system/sluice-server.socket; do
    ok "$file" test -f "$there/$file"
done
ok "programs can be run by all" mode_is -rwxr-xr-x "$there/bin/sluice"
ok "files can be read by all" mode_is -rw-r--r-- "$there/include/sluice.h"
ok "no place is left open" not grep -rq '@[A-Z]*@' "$there/lib/pkgconfig" "$there/lib/systemd"
ok "the unit starts the program that is there" grep -q '^ExecStart=/opt/sluice/bin/sluice-server ' \
    "$there/lib/systemd/system/sluice-server.service"
sed -n 's/^SLUICE_API.*[ *]\(sluice_[a-z0-9_]*\)(.*/\1/p' "$TOP/sluice.h" | while read -r function; do
    test -s "$there/share/man/man3/$function.3" || echo $function
done >missing
ok "man finds each function: $(tr '\n' ' ' <missing)" not test -s missing

# ---- A program with what is there
cp "$TOP/app/examples/buffer.c" .
pc=$there/lib/pkgconfig/sluice.pc
ok "its version" grep -qx "Version: $version" "$pc"
if command -v pkg-config >/dev/null; then
    flags=$(PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_PATH="$there/lib/pkgconfig" pkg-config --cflags --libs sluice)
else
    flags="-I$root$(sed -n 's/^prefix=//p' "$pc")/include -L$root$(sed -n 's/^libdir=//p' "$pc") -lsluice"
fi
try 0 "a program links: $flags" $CC -std=c99 $CFLAGS -o buffer buffer.c $flags
try 0 "and runs" env LD_LIBRARY_PATH="$there/lib" ./buffer "text text text text"
shows "back: text text text text"
if command -v systemd-analyze >/dev/null; then
    # the program has to be where the unit says, so it is made to say where the program is
    sed "s,/opt/sluice,$there,; /^Documentation/d" "$there/lib/systemd/system/sluice-server.service" \
        >sluice-server.service
    cp "$there/lib/systemd/system/sluice-server.socket" .
    systemd-analyze verify ./sluice-server.service ./sluice-server.socket >said 2>&1
    ok "systemd takes the units: $(cat said)" not grep -q 'sluice-server\.' said
fi

# ---- What the unit starts lives until it is stopped
# Without --log-file the signal HUP ends it, so no reload may send it.
unit=$there/lib/systemd/system/sluice-server.service
start=$(sed -n 's/^ExecStart=//p' "$unit" | sed "s,/opt/sluice,$there,; s,/srv/sluice,.,")
$start --no-sandbox --http 0 >lines 2>"$err" &
pid=$!
tries=0
until [ -s lines ] || [ $tries -ge 1000 ]; do tries=$((tries + 1)) && sleep 0.02; done
reload=$(sed -n 's/^ExecReload=//p' "$unit" | sed "s/\$MAINPID/$pid/")
ok "the unit's program listens" grep -q '^listening http' lines
ok "reload: $reload" ${reload:-true}
sleep 0.2
ok "it lives" kill -0 $pid
kill $pid
wait $pid
ok "it stops in order" [ $? -eq 0 ]

# ---- Completion, as bash asks for it
if command -v bash >/dev/null; then
    complete() { # WORD...: what is offered for the last one
        PATH=$there/bin:$PATH bash --norc -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            _sluice "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf "%s\n" "${COMPREPLY[@]}"' "$there/share/bash-completion/completions/$1" "$@"
    }
    : >afile
    ok "an option" test "$(complete sluice --rsy)" = --rsyncable
    ok "its words" test "$(complete sluice --format z)" = zlib
    ok "its words, by its letter" test "$(complete sluice -F z)" = zlib
    ok "files" test "$(complete sluice -k afi)" = afile
    ok "the client's options" test "$(complete sluice-client --save)" = --save-compressed
    ok "the client's words" test "$(complete sluice-client --coding id)" = identity
    ok "URLs" test "$(complete sluice-client sl)" = sluice://
    ok "the server's" test "$(complete sluice-server --prec)" = --precompressed
fi

# ---- Again, and away
try 0 "again, over it" run_make install
try 0 "make uninstall" run_make uninstall
ok "nothing is left: $(installed)" test -z "$(installed)"
try 0 "the library elsewhere" run_make LIBDIR=/opt/sluice/lib64 install
ok "there" test -f "$there/lib64/libsluice.so.0" -a -f "$there/lib64/pkgconfig/sluice.pc"
ok "and says so" grep -q 'libdir=/opt/sluice/lib64' "$there/lib64/pkgconfig/sluice.pc"
try 0 "and away" run_make LIBDIR=/opt/sluice/lib64 uninstall
ok "nothing is left: $(installed)" test -z "$(installed)"
report app/install
