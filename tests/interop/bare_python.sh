# bare_python.sh: the bare protocol with peers in Python written in the way of the example (bare_peer.py): our client is
# served by their server, their client by ours. Files of many kinds and sizes come whole; what is not there is refused.
. tests/support/check.sh
peer=$TOP/tests/interop/bare_peer.py
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    echo "SKIPPED: no python3 of at least 3.8 here"
    report interop/bare_python
fi
begin
servers=
trap 'kill $servers 2>/dev/null; cd /; rm -rf "$FOLDER"' 0

# ---- Files
mkdir root got
cp "$TOP/vectors/lorem.txt" root/lorem.txt
: >root/empty
printf x >'root/one byte'
cp "$TOP/sluice.h" root/header.h
cp "$BUILD/sluice" root/program
dd if=/dev/zero of=root/zeros bs=65536 count=64 2>/dev/null
dd if=/dev/urandom of=root/noise bs=65536 count=32 2>/dev/null
cat root/program root/noise root/zeros root/header.h >root/näme
mkfifo theirs ours

# ---- Our client, their server
python3 "$peer" serve root >theirs &
servers=$!
read -r port <theirs
for url in lorem.txt empty one%20byte header.h program zeros noise n%c3%a4me; do
    rm -f got/*
    try 0 "our client, their server, $url" "$BUILD/sluice-client" -O got "sluice://127.0.0.1:$port/$url"
    for file in got/*; do
        ok "the same file" cmp "$file" "root/${file##*/}"
    done
done
try 3 "their server refuses" "$BUILD/sluice-client" -O got "sluice://127.0.0.1:$port/absent"
try 0 "our trace" "$BUILD/sluice-client" --trace --block 64 --compare root/lorem.txt \
    "sluice://127.0.0.1:$port/lorem.txt"
shows "Client: Contacting server on 127.0.0.1:$port"
shows 'Client: READ "7801'
shows 'Client: response matches file contents: True'

# ---- Their client, our server
"$BUILD/sluice-server" -q --bare 127.0.0.1:0 root >ours &
servers="$servers $!"
read -r listening <ours
port=${listening##*:}
for file in root/*; do
    try 0 "their client, our server, $file" python3 "$peer" fetch "$port" "${file##*/}" got/file
    ok "the same file" cmp got/file "$file"
done
try 1 "our server refuses" python3 "$peer" fetch "$port" absent got/file

# ---- Ours with ours
for file in lorem.txt empty noise; do
    try 0 "our client, our server, $file" "$BUILD/sluice-client" --compare "root/$file" "sluice://127.0.0.1:$port/$file"
done
report interop/bare_python
