# http_transfer_test.sh: our client and our server over HTTP: files come whole in each coding; what a killed run has
# kept is gone on with, and the rest travels compressed.
. tests/support/check.sh
begin
server=
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
client=$BUILD/sluice-client
mkdir root got
cp "$TOP/vectors/lorem.txt" root/lorem.txt
: >root/empty
i=0
while [ $i -lt 12 ]; do
    cat "$TOP/sluice.h" "$TOP/Makefile" "$TOP"/net/http_*.c
    i=$((i + 1))
done >root/text
touch -t 200102030405.06 root/*
mkfifo lines
"$BUILD/sluice-server" -q --http 127.0.0.1:0 root >lines &
server=$!
read -r line <lines
at=http://${line##* }

for name in lorem.txt empty text; do
    for coding in gzip deflate identity; do
        try 0 "$name, $coding" "$client" --coding $coding --compare "root/$name" -O got "$at/$name"
        shows "response matches file contents: True"
        ok "the same file" cmp "got/$name" "root/$name"
    done
done
try 0 "to standard output" "$client" -q -o - "$at/text"
ok "the same file" cmp "$out" root/text
try 0 "several, by kept connections" "$client" -j 2 -O got "$at/text" "$at/lorem.txt" "$at/empty"
says "3 of 3 files came whole"
rm -f got/*
try 0 "as it came" "$client" --save-compressed -O got "$at/text"
ok "our tool takes it" sh -c '"$1" -dc got/text.gz | cmp - root/text' - "$BUILD/sluice"
try 3 "not there" "$client" -O got "$at/absent"
says "404"
rm -f got/*

# ---- Going on
begin_and_kill() {
    "$client" -q -C --block 2000 --limit-rate 100k "$@" -O got "$at/text" &
    running=$!
    while ! [ -s got/.text.sluice-kept ]; do sleep 0.1; done
    kill -9 $running
    wait $running 2>/dev/null
}

for coding in gzip identity; do
    begin_and_kill --coding $coding
    ok "it is not there yet" test ! -e got/text
    try 0 "it goes on" "$client" -v -C -O got "$at/text"
    says "going on at byte"
    says "from an earlier run"
    ok "the same file" cmp got/text root/text
    ok "nothing else is left" test "$(ls -A got)" = text
    # On the wire came less than half of what was missing.
    kept=$(sed -n 's/.* going on at byte \([0-9]*\)$/\1/p' "$err")
    wire=$(sed -n 's/.*, on the wire \([0-9]*\) bytes.*/\1/p' "$err")
    size=$(wc -c <root/text)
    ok "the rest was compressed: $wire bytes for $size - $kept" test $((2 * wire)) -lt $((size - kept))
    rm -f got/*
done
begin_and_kill
echo "another line" >>root/text
try 0 "the file has changed meanwhile" "$client" -C -O got "$at/text"
says "the file has changed"
ok "the new file" cmp got/text root/text
ok "nothing else is left" test "$(ls -A got)" = text
report app/http_transfer
