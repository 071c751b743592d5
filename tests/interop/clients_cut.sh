# clients_cut.sh: what clients make of a gzip response that is not whole: cut by the connection, cut within a right
# length or right chunks, or with a flipped bit. Prints a table; only ours is held to anything.
. tests/support/check.sh
peer=$TOP/tests/interop/http_peer.py
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    echo "SKIPPED: no python3 of at least 3.8 here"
    report interop/clients_cut
fi
begin
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
mkdir root got
i=0
while [ $i -lt 20 ]; do
    cat "$TOP/sluice.h"
    i=$((i + 1))
done >root/file
mkfifo port
python3 "$peer" root >port &
server=$!
read -r port <port

ours() { "$BUILD/sluice-client" -q -o got/file "$1"; }
curl_() { curl -s --max-time 20 --compressed -o got/file "$1"; }
wget_() { wget -q --tries=1 --timeout=20 --compression=auto -O got/file "$1"; }
wget2_() { wget2 -q --tries=1 --timeout=20 --compression=gzip --no-http2 -O got/file "$1"; }
aria2() { aria2c -q --http-accept-gzip=true --max-tries=1 --timeout=20 --allow-overwrite=true -d got -o file "$1"; }
requests() { python3 -c 'import sys, requests
content = requests.get(sys.argv[1], timeout=20).content
open("got/file", "wb").write(content)' "$1"; }
fetch() { node -e 'fetch(process.argv[1]).then(r => r.arrayBuffer())
.then(b => require("fs").writeFileSync("got/file", Buffer.from(b)), () => process.exit(1))' "$1"; }

row() { # NAME FUNCTION
    line="| $1"
    for framing in cut trunc part flip; do
        rm -f got/*
        $2 "http://127.0.0.1:$port/gzip/$framing/file" >/dev/null 2>&1
        code=$?
        if ! [ -e got/file ]; then
            left=nothing
        elif cmp -s got/file root/file; then
            left="the file"
        else
            left="a wrong file"
        fi
        line="$line | $code, $left"
        if [ "$2" = ours ]; then
            [ $framing = flip ] && want=4 || want=5
            ok "$framing: an error, and nothing is left" test "$code, $left" = "$want, nothing"
        fi
    done
    echo "$line |"
}

echo "| client | cut off | cut, right length | cut, right chunks | a bit flipped |"
echo "|---|---|---|---|---|"
row "sluice-client" ours
if command -v curl >/dev/null; then row "$(curl --version | cut -d' ' -f1-2 | head -n 1)" curl_; fi
if command -v wget >/dev/null; then row "$(wget --version | cut -d' ' -f2-3 | head -n 1)" wget_; fi
if command -v wget2 >/dev/null; then row "Wget2 $(wget2 --version | sed -n '1s/.* //p')" wget2_; fi
if command -v aria2c >/dev/null; then row "$(aria2c --version | cut -d' ' -f1,3 | head -n 1)" aria2; fi
if command -v node >/dev/null; then row "fetch of Node $(node --version)" fetch; fi
if python3 -c 'import requests' 2>/dev/null; then
    row "Python requests $(python3 -c 'import requests; print(requests.__version__)')" requests
fi
report interop/clients_cut
