# large_file.sh: a file of more than 4 GiB, mostly a hole on the disk, through the tool, and from server to client: it
# comes whole, gzip agrees, and none of the programs takes more than a few MiB of memory while it passes.
. tests/support/check.sh
begin
MEMORY=16384 # KiB: what the code and the C library map is in it
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0

# peak PROCESS: the most memory it had, in KiB, as last seen before it ended
peak() {
    while :; do
        now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status" 2>/dev/null)
        [ -n "$now" ] || break
        most=$now
        sleep 0.1
    done
}

# small WHAT COMMAND...: it succeeds, within bounds
small() {
    what=$1 most=0
    shift
    "$@" &
    process=$!
    peak $process
    wait $process
    code=$?
    ok "$what: exit status $code" test $code -eq 0
    ok "$what: memory of $most KiB" test "$most" -gt 0 -a "$most" -le $MEMORY
    echo "$what: at most $most KiB"
}

mkdir root
dd if=/dev/zero of=root/large bs=1048576 seek=4096 count=1 2>/dev/null
echo "the end, beyond 4 GiB" >>root/large
size=$(wc -c <root/large)
ok "more than 4 GiB" test "$size" -gt 4294967296

pack() { exec "$BUILD/sluice" -1 -c root/large >large.gz; }
test_it() { exec "$BUILD/sluice" -t large.gz; }
small "the tool compresses" pack
small "the tool decompresses" test_it
if command -v gzip >/dev/null; then
    try 0 "gzip agrees" gzip -t large.gz
else
    echo "SKIPPED: no gzip here"
fi

# Theirs into ours: gzip's trailer has the length modulo 2^32, which alone would tell of a small file.
cat large.gz large.gz >two.gz
"$BUILD/sluice" -dc two.gz | dd bs=1048576 skip=8193 2>/dev/null | tail -c 22 >end
ok "two members, more than 8 GiB" test "$(cat end)" = "the end, beyond 4 GiB"

mkfifo says
"$BUILD/sluice-server" -q --level 1 --bare 127.0.0.1:0 root >says &
server=$!
read -r listening <says
fetch() { exec "$BUILD/sluice-client" --compare root/large "sluice://${listening##* }/large" >fetched 2>figures; }
small "the client" fetch
ok "the client says so" grep -q 'response matches file contents: True' fetched
ok "all of it" grep -q "^large: $size bytes" figures
memory=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status")
ok "the server: memory of $memory KiB" test "$memory" -le $MEMORY
echo "the server: at most $memory KiB"
report interop/large_file
