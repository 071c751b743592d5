# proxies.sh: HAProxy and nginx, as app/edge/ sets them up, before two of our servers with TLS at the edge: files,
# codings, tags and ranges come through, and of two servers one can be restarted or killed while clients load.
. tests/support/check.sh
for program in haproxy openssl curl; do
    command -v $program >/dev/null || missing="${missing:-}$program "
done
nginx=$(command -v nginx || echo /usr/sbin/nginx)
[ -x "$nginx" ] || missing="${missing:-}nginx "
if [ -n "${missing:-}" ]; then
    echo "SKIPPED: no $missing"
    report interop/proxies
fi
begin
balancer= one= two=
trap 'kill $balancer $one $two 2>/dev/null; wait; cd /; rm -rf "$FOLDER"' 0
chmod 755 "$FOLDER" .

# ---- Files, a certificate, servers
mkdir root got tmp
cp "$TOP/sluice.h" root/header.h
cp "$BUILD/sluice-server" root/program
i=0
while [ $i -lt 40 ]; do
    { echo "file $i"; cat "$TOP"/net/*.c; } >root/file$i.c
    i=$((i + 1))
done
touch -d '2001-02-03 04:05:06' root/*
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout edge.key -out edge.crt 2>/dev/null || fail "a certificate"
cat edge.crt edge.key >edge.pem
base=${PORT:-18440}
start_one() { "$BUILD/sluice-server" -q --http 127.0.0.1:$((base + 1)) root >/dev/null 2>one.log & one=$!; }
start_two() { "$BUILD/sluice-server" -q --http 127.0.0.1:$((base + 2)) root >/dev/null 2>two.log & two=$!; }
start_one
start_two
at=https://localhost:$((base + 3))
settle() { sed -e "s/127.0.0.1:8081/127.0.0.1:$((base + 1))/; s/127.0.0.1:8082/127.0.0.1:$((base + 2))/" "$@"; }
get() { curl -s --cacert edge.crt -m 60 "$@"; }

# Waits until the balancer answers.
await() {
    i=0
    while [ $i -lt 100 ] && ! get -o /dev/null "$at/header.h"; do
        i=$((i + 1))
        sleep 0.1
    done
}

# Loads all files with six clients again and again until the file `enough` is there; what fails is told in loads.*:
# curl's exit status and the answer's. A transfer cut off after it has begun (18; in HTTP/2 92, in TLS 56) is what no
# balancer can hide.
load() {
    rm -f enough loads.*
    loaders=
    for client in 1 2 3 4 5 6; do
        (
            while ! [ -e enough ]; do
                i=0
                while [ $i -lt 40 ] && ! [ -e enough ]; do
                    get --compressed -o got/$client -w '%{http_code}' "$at/file$i.c" >got/$client.code
                    code=$?
                    if [ $code -ne 0 ] || [ "$(cat got/$client.code)" != 200 ]; then
                        echo "$code $(cat got/$client.code)"
                    elif ! cmp -s got/$client root/file$i.c; then
                        echo "differs"
                    else
                        echo "whole"
                    fi
                    i=$((i + 1))
                done
            done
        ) >loads.$client &
        loaders="$loaders $!"
    done
}
enough() {
    : >enough
    wait $loaders
    cat loads.* >loads
    echo "  $1: $(grep -c whole loads) whole, $(grep -vc whole loads) not"
}
all_are() {
    grep -v "$1" loads | sort | uniq -c | head -n 5
    not grep -qv "$1" loads
}

check_edge() {
    who=$1
    try 0 "$who: a file" get --compressed -D head -o got/f "$at/header.h"
    ok "$who: the same file" cmp got/f root/header.h
    ok "$who: it came in gzip" grep -qi '^content-encoding: gzip' head
    tag=$(sed -n 's/^[Ee][Tt]ag: \(.*\)\r$/\1/p' head)
    ok "$who: its tag is strong" test "${tag#\"}" != "$tag"
    try 0 "$who: the tag" get --compressed -H "If-None-Match: $tag" -o got/none -w '%{http_code}' "$at/header.h"
    shows 304
    try 0 "$who: a part" get -r 100-199 -o got/part -w '%{http_code}' "$at/program"
    shows 206
    dd if=root/program of=part bs=1 skip=100 count=100 2>/dev/null
    ok "$who: the same part" cmp got/part part
    try 0 "$who: the page of the folder" get -o got/page -w '%{http_code}' "$at/"
    shows 200
    try 0 "$who: what is not there" get -o got/none -w '%{http_code}' "$at/absent"
    shows 404
    try 0 "$who: unencrypted" get -o got/none -w '%{http_code} %{redirect_url}' \
        "http://localhost:$((base + 4))/header.h"
    shows "https://localhost"

    load
    for turn in 1 2 3; do # in order: it finishes what it is sending
        sleep 0.7
        kill "$one"
        wait "$one"
        sleep 0.3
        start_one
        sleep 0.7
        kill "$two"
        wait "$two"
        start_two
    done
    sleep 0.5
    enough "$who, restarted"
    ok "$who: restarts of one server at a time, and no client sees any" all_are whole
    ok "$who: there was load" test "$(grep -c whole loads)" -gt 30

    load
    for turn in 1 2 3; do
        sleep 0.7
        kill -9 "$one"
        wait "$one" 2>/dev/null
        sleep 0.5
        start_one
    done
    sleep 0.5
    enough "$who, killed"
    ok "$who: killed, and nobody sees more than his transfer cut off" all_are 'whole\|^18 200\|^92 200\|^56 200'
}

# ---- HAProxy
settle -e "s|bind :80|bind 127.0.0.1:$((base + 4))|; s|bind :443|bind 127.0.0.1:$((base + 3))|" \
    -e "s|/etc/haproxy/edge.pem|edge.pem|" "$TOP/app/edge/haproxy.cfg" >haproxy.cfg
try 0 "HAProxy likes its configuration" haproxy -q -c -f haproxy.cfg
haproxy -q -f haproxy.cfg >haproxy.log 2>&1 &
balancer=$!
await
check_edge HAProxy
kill $balancer
wait $balancer

# ---- nginx
cat >nginx.conf <<END
daemon off;
pid $FOLDER/work/nginx.pid;
error_log $FOLDER/work/error.log;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path $FOLDER/work/tmp/1; proxy_temp_path $FOLDER/work/tmp/2;
    fastcgi_temp_path $FOLDER/work/tmp/3; uwsgi_temp_path $FOLDER/work/tmp/4; scgi_temp_path $FOLDER/work/tmp/5;
END
settle -e "s|listen 80|listen 127.0.0.1:$((base + 4))|; s|listen 443|listen 127.0.0.1:$((base + 3))|" \
    -e "s|/etc/nginx/|$FOLDER/work/|; s|edge.pem|edge.crt|" "$TOP/app/edge/nginx.conf" >>nginx.conf
echo "}" >>nginx.conf
try 0 "nginx likes its configuration" "$nginx" -q -t -c "$FOLDER/work/nginx.conf" -e "$FOLDER/work/error.log"
"$nginx" -c "$FOLDER/work/nginx.conf" -e "$FOLDER/work/error.log" &
balancer=$!
await
check_edge nginx
report interop/proxies
