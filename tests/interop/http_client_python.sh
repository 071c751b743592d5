# http_client_python.sh: our client with a server in Python (http_peer.py): every coding in every framing comes whole;
# what is cut or flipped is told and leaves nothing; what is cut is gone on with.
. tests/support/check.sh
peer=$TOP/tests/interop/http_peer.py
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    echo "SKIPPED: no python3 of at least 3.8 here"
    report interop/http_client_python
fi
begin
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
mkdir root got
cp "$TOP/vectors/lorem.txt" root/lorem.txt
cp "$TOP/sluice.h" root/header.h
cp "$BUILD/sluice" root/program
: >root/empty
mkfifo port
python3 "$peer" root >port &
server=$!
read -r port <port
at=http://127.0.0.1:$port

for coding in identity gzip deflate raw; do
    for framing in length chunked close; do
        for name in lorem.txt header.h program empty; do
            rm -f got/*
            try 0 "$coding, $framing, $name" "$BUILD/sluice-client" -O got "$at/$coding/$framing/$name"
            ok "the same file" cmp "got/$name" "root/$name"
        done
    done
done
rm -f got/*
for coding in gzip deflate; do
    for framing in cut trunc part; do
        try 5 "$coding, $framing" "$BUILD/sluice-client" -O got "$at/$coding/$framing/header.h"
    done
    # Now and then a bit leads to the same file by another way, which is no error.
    "$BUILD/sluice-client" -q -O got "$at/$coding/flip/program" 2>"$err"
    code=$?
    [ $code -eq 0 ] && ok "flipped, but right" cmp got/program root/program && code=4 && rm got/program
    ok "$coding, flip" test $code -eq 4
done
try 5 "identity, cut" "$BUILD/sluice-client" -O got "$at/identity/cut/header.h"
ok "nothing is left" test -z "$(ls -A got)"

try 0 "several by one connection" "$BUILD/sluice-client" -O got "$at/gzip/length/header.h" "$at/deflate/chunked/program"
ok "the same file" cmp got/header.h root/header.h
ok "the same file" cmp got/program root/program
rm -f got/*
try 0 "saved as it came" "$BUILD/sluice-client" --save-compressed -O got "$at/gzip/length/header.h"
ok "the same file" sh -c 'gzip -dc got/header.h.gz | cmp - root/header.h'
rm -f got/*

# ---- Going on
tries=0
while ! "$BUILD/sluice-client" -q -C -O got "$at/identity/cut/program" 2>"$err" && [ $tries -lt 40 ]; do
    tries=$((tries + 1))
    ok "not there yet" test ! -e got/program
done
ok "it was cut before it came whole" test $tries -gt 1
ok "the same file" cmp got/program root/program
ok "nothing else is left" test "$(ls -A got)" = program
rm -f got/*
try 5 "a part is kept" "$BUILD/sluice-client" -C -O got "$at/identity/cut/header.h"
echo "changed" >>root/header.h
try 5 "the file has changed" "$BUILD/sluice-client" -C -O got "$at/identity/cut/header.h"
says "the file has changed"
try 0 "retries go on" "$BUILD/sluice-client" --retries 9 -O got "$at/identity/cut/header.h"
says "going on where it stopped"
ok "the same file" cmp got/header.h root/header.h
report interop/http_client_python
