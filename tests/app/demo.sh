# demo.sh: what `make demo` runs. A server on loopback, real files made from this tree, a client that fetches them and
# compares what arrives with what was sent. Nothing stays behind, whether it ends well, badly or by Ctrl-C.
#
#   1  files of several kinds and sizes are gathered in a temporary folder
#   2  a server that traces and stops after one connection sends the small one: both traces are shown
#   3  a server sends all of them: a line each
#
# Ends with 0 only if each file has come whole and is the one that was sent.
case ${B:-build} in
/*) build=${B:-build} ;;
*) build=$(pwd)/${B:-build} ;;
esac
tree="sluice.h Makefile README.md LICENSE deflate inflate net app tests vectors"
folder=$(mktemp -d "${TMPDIR:-/tmp}/sluice-demo-XXXXXX") || exit 1
root=$folder/root
server=

leave() {
    trap '' 1 2 15
    # the second signal ends a transfer that still runs
    [ -z "$server" ] || { kill "$server" && kill "$server" && wait "$server"; } 2>/dev/null
    rm -rf "$folder"
}
trap leave 0
trap 'echo; echo "Stopped; nothing is left behind."; exit 130' 2
trap 'exit 1' 1 15
mkdir "$root" "$folder/got" && mkfifo "$folder/says" || exit 1

die() {
    echo "demo: $1" >&2
    [ ! -s "$folder/log" ] || sed 's/^/    /' "$folder/log" >&2
    exit 1
}

# start OPTION...: a server on a free port; its first line tells which. What it prints next goes to $folder/trace.
start() {
    "$build/sluice-server" "$@" --bare 127.0.0.1:0 "$root" >"$folder/says" 2>"$folder/log" &
    server=$!
    exec 3<"$folder/says"
    read -r listening <&3 || die "the server has not started"
    address=${listening##* }
}

# ---- 1. Files ----
describe() { printf '    %-12s %10d  %s\n' "$1" "$(wc -c <"$root/$1")" "$2"; }

echo "Sluice: files travel compressed across a socket, and arrive whole."
echo
echo "1. Files to send, made from this tree:"
echo
printf '    %-12s %10s\n' file bytes
cp vectors/lorem.txt "$root/lorem.txt"
describe lorem.txt "a small text"
: >"$root/empty"
describe empty "nothing at all"
cp "$build/sluice" "$root/program"
describe program "machine code: the program sluice"
find $tree -name '*.[ch]' -exec cat {} + >"$root/sources.txt" 2>/dev/null
describe sources.txt "all sources in C, one behind the other"
# ar comes with every compiler, tar may be missing; -q because names repeat
find $tree -type f -exec "${AR:-ar}" qcS "$root/tree.ar" {} + 2>/dev/null
describe tree.ar "an archive of the whole tree"
dd if=/dev/urandom of="$root/noise" bs=65536 count=64 2>/dev/null
describe noise "random bytes: nothing can be saved"
dd if=/dev/zero of="$root/zeros" bs=1048576 count=16 2>/dev/null
describe zeros "zeros: nearly all can be saved"
size=0
while [ "$size" -lt 50000000 ]; do
    cat "$root/program" "$root/tree.ar" "$root/sources.txt" "$build/libsluice.a" || die "cannot write to $folder"
    size=$(wc -c <"$root/large")
done >"$root/large"
describe large "program, archive, sources and library over and over"

# ---- 2. The small one, step by step ----
echo
echo "2. lorem.txt, step by step, in blocks of 64 bytes."
start --once --trace --block 64 --level 1
"$build/sluice-client" --trace --block 64 --compare "$root/lorem.txt" "sluice://$address/lorem.txt" \
    >"$folder/client" 2>"$folder/errors" || {
    cat "$folder/client" "$folder/errors" >&2
    die "lorem.txt did not arrive"
}
cat <&3 >"$folder/trace"
wait "$server" || die "the server ended badly"
server=
echo "   RAW was read from the file; BUFFERING: the encoder keeps it; SENDING, FLUSHING:"
echo "   what it gives, in hexadecimal."
echo
sed 's/^/    /' "$folder/trace"
echo
echo "   READ came from the wire; DECOMPRESSED is what it decodes to."
echo
sed 's/^/    /' "$folder/client"

# ---- 3. All of them ----
# The client tells its progress on standard error and, at the end, what it took; that line becomes a row of the table.
fetch() {
    rm -f "$folder/got/"*
    set -- "$build/sluice-client" --progress always -O "$folder/got" --compare "$root/$1" "sluice://$address/$1"
    if [ -t 2 ]; then
        { "$@" 2>&1 >"$folder/client"; echo $? >"$folder/code"; } | tee "$folder/errors" >&2
        [ "$(cat "$folder/code")" -ne 0 ] || printf '\033[1A\r\033[K' >&2 # its last line, which the row replaces
    else
        "$@" >"$folder/client" 2>"$folder/errors"
        echo $? >"$folder/code"
    fi
    read -r code <"$folder/code"
}

row() { # NAME: from "NAME: N bytes, on the wire N bytes, ratio N, N s"; a file of no bytes has no ratio
    figures=$(tr '\r' '\n' <"$folder/errors" | tail -n 1 | sed 's/^.*: //; s/[^0-9. ]//g')
    set -- "$1" $figures
    [ $# -eq 5 ] || set -- "$1" "$2" "$3" - "$4"
    printf '%-11s %8s %8s %7s %5s ' "$@"
}

echo
echo "3. All of them: written to a file, and compared with what was sent."
echo
start
printf '%-11s %8s %8s %7s %5s\n' file bytes "on wire" ratio s
asked=0 matched=0
for name in lorem.txt empty program sources.txt tree.ar noise zeros large; do
    fetch "$name"
    asked=$((asked + 1))
    # what a terminal has shown while it ran is a line each in a log
    [ -t 2 ] || tr '\r' '\n' <"$folder/errors" | sed -n 's/.\[K$//; /^$/d; /, wire .*\/s/s/^/  ... /p'
    if [ "$code" -eq 0 ]; then row "$name"; else printf "%s: " "$name"; fi
    cat "$folder/client"
    if [ "$code" -eq 0 ] && cmp "$folder/got/$name" "$root/$name"; then
        matched=$((matched + 1))
    else
        echo "demo: $name did not arrive whole, the client's exit code is $code" >&2
        cat "$folder/errors" >&2
    fi
done

kill "$server"
wait "$server" || die "the server ended badly"
server=
echo
echo "$matched of $asked files arrived and match. The server has stopped, the temporary folder is removed."
[ "$matched" -eq "$asked" ]
