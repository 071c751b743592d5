# http_client_peers.sh: our client with lighttpd, Apache, Caddy and Node: compressed on the way and before, in each form
# and framing that they have; files that go on after a kill; what is not there. A server that is absent is left out.
. tests/support/check.sh
begin
PATH=$PATH:/usr/sbin
running=
trap 'kill $running 2>/dev/null; sleep 1; cd /; chmod -R u+rwx "$FOLDER"; rm -rf "$FOLDER"' 0
mkdir root got run
chmod 755 "$FOLDER" . root
cp "$TOP/vectors/lorem.txt" root/lorem.txt
cat "$TOP"/sluice.h "$TOP"/README.md >root/text.html
cat "$TOP"/*/*.c "$TOP"/*/*/*.c >root/large.txt
cp "$BUILD/sluice" root/program.bin
: >root/empty.txt
cp "$BUILD/sluice" root/before.bin
touch -d '2001-02-03 04:05:06' root/*
"$BUILD/sluice" -9kn root/before.bin
client=$BUILD/sluice-client

# ---- What every server of files must do:  SERVER-NAME URL
fetch_all() {
    for name in lorem.txt text.html large.txt program.bin empty.txt; do
        for coding in any gzip deflate identity; do
            rm -f got/*
            [ $coding = any ] && set -- "$1" "$2" || set -- "$1" "$2" --coding $coding
            server=$1 at=$2
            shift 2
            try 0 "$server: $name, $coding" "$client" "$@" -O got "$at/$name"
            ok "$server: the same file" cmp "got/$name" "root/$name"
            set -- "$server" "$at"
        done
    done
    rm -f got/*
    try 0 "$1: several at once" "$client" -j 3 -O got "$2/lorem.txt" "$2/text.html" "$2/large.txt" "$2/program.bin"
    ok "$1: the same" cmp got/large.txt root/large.txt
    rm -f got/*
    try 3 "$1: not there" "$client" -O got "$2/absent"
    says 404
    ok "$1: nothing is left" test -z "$(ls -A got)"

    # killed while it reads slowly, then gone on with
    "$client" -q -C --block 1000 --limit-rate 40k -O got "$2/program.bin" &
    slow=$!
    tries=0
    while ! [ -s got/.program.bin.sluice-kept ] && [ $tries -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    sleep 0.3
    kill -9 $slow
    wait $slow 2>/dev/null
    try 0 "$1: it goes on" "$client" -v -C -O got "$2/program.bin"
    says "$3"
    ok "$1: the same file" cmp got/program.bin root/program.bin
    ok "$1: nothing else is left" test "$(ls -A got)" = program.bin
    rm -f got/*
}
wait_for() { # URL: until it answers
    tries=0
    until "$client" -q -o - "$1" >/dev/null 2>&1 || [ $tries -ge 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
}
free_port() { # asked of the system by our server
    rm -f port
    "$BUILD/sluice-server" -q --http 127.0.0.1:0 root >port 2>/dev/null &
    probe=$!
    while ! [ -s port ]; do sleep 0.1; done
    kill $probe
    wait $probe 2>/dev/null
    sed 's/.*://' port
}
travels() { # SERVER URL CODING: is it what the client was sent? A test that compares identity only would prove nothing.
    try 0 "$1: $3 travels" "$client" --trace --coding "$3" -o got/f "$2"
    sed -n 's/.*READ[^0-9a-f]*//p' "$out" | tr -d " '\n" >read
    ok "$1: Content-Encoding: $3" grep -q "$(printf 'ncoding: %s\r\n' "$3" | od -An -tx1 | tr -d ' \n')" read
    rm -f got/*
}

saved_goes_on() { # SERVER URL: the stream as it came, of a file that was compressed before
    "$client" -q -C --save-compressed --block 1000 --limit-rate 40k -O got "$2/before.bin" &
    slow=$!
    tries=0
    while ! [ -s got/.before.bin.gz.sluice-kept ] && [ $tries -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    sleep 0.5
    kill -9 $slow
    wait $slow 2>/dev/null
    try 0 "$1: a stream goes on" "$client" -v -C --save-compressed -O got "$2/before.bin"
    says "going on at byte"
    ok "$1: the stream as it was made before" cmp got/before.bin.gz root/before.bin.gz
    ok "$1: nothing else is left" test "$(ls -A got)" = before.bin.gz
    rm -f got/*
}

# ---- lighttpd
if command -v lighttpd >/dev/null; then
    port=$(free_port)
    mkdir run/cache
    cat >run/lighttpd.conf <<END
server.modules = ("mod_deflate")
server.document-root = "$FOLDER/work/root"
server.bind = "127.0.0.1"
server.port = $port
deflate.mimetypes = ("text/", "application/")
deflate.allowed-encodings = ("gzip", "deflate")
mimetype.assign = (".html" => "text/html", ".txt" => "text/plain", "" => "application/octet-stream")
END
    lighttpd -D -f run/lighttpd.conf >run/lighttpd.log 2>&1 &
    running="$running $!"
    wait_for "http://127.0.0.1:$port/lorem.txt"
    fetch_all lighttpd "http://127.0.0.1:$port" "going on at byte"
    travels lighttpd "http://127.0.0.1:$port/text.html" gzip
    travels lighttpd "http://127.0.0.1:$port/text.html" deflate
else
    echo "SKIPPED: no lighttpd here"
fi

# ---- Apache
modules=/usr/lib/apache2/modules
if command -v apache2 >/dev/null && [ -e $modules/mod_deflate.so ]; then
    port=$(free_port)
    cat >run/apache.conf <<END
ServerRoot $FOLDER/work/run
ServerName localhost
Listen 127.0.0.1:$port
PidFile $FOLDER/work/run/apache.pid
ErrorLog $FOLDER/work/run/apache.log
Mutex file:$FOLDER/work/run
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule mime_module $modules/mod_mime.so
LoadModule filter_module $modules/mod_filter.so
LoadModule deflate_module $modules/mod_deflate.so
TypesConfig /dev/null
AddType text/html .html
AddType text/plain .txt
AddType application/octet-stream .bin
AddOutputFilterByType DEFLATE text/html text/plain application/octet-stream
DocumentRoot $FOLDER/work/root
<Directory $FOLDER/work/root>
Require all granted
</Directory>
END
    apache2 -f "$FOLDER/work/run/apache.conf" -DFOREGROUND >run/apache.out 2>&1 &
    running="$running $!"
    wait_for "http://127.0.0.1:$port/lorem.txt"
    fetch_all Apache "http://127.0.0.1:$port" "going on at byte"
    travels Apache "http://127.0.0.1:$port/text.html" gzip
else
    echo "SKIPPED: no Apache here"
fi

# ---- Caddy
if command -v caddy >/dev/null; then
    port=$(free_port)
    cat >run/Caddyfile <<END
{
    admin off
    auto_https off
    storage file_system $FOLDER/work/run/caddy
}
http://127.0.0.1:$port {
    root * $FOLDER/work/root
    encode gzip
    file_server {
        precompressed gzip
    }
}
END
    XDG_CONFIG_HOME=$FOLDER/work/run XDG_DATA_HOME=$FOLDER/work/run HOME=$FOLDER/work/run \
        caddy run --config run/Caddyfile --adapter caddyfile >run/caddy.log 2>&1 &
    running="$running $!"
    wait_for "http://127.0.0.1:$port/lorem.txt"
    fetch_all Caddy "http://127.0.0.1:$port" "going on at byte"
    saved_goes_on Caddy "http://127.0.0.1:$port"
    travels Caddy "http://127.0.0.1:$port/text.html" gzip
else
    echo "SKIPPED: no Caddy here"
fi

# ---- Node: its zlib in every form and framing
if command -v node >/dev/null; then
    node "$TOP/tests/interop/http_client_node.js" root >port_node 2>run/node.log &
    running="$running $!"
    tries=0
    while ! [ -s port_node ] && [ $tries -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    for coding in gzip deflate raw identity; do
        for framing in length chunked close; do
            for name in lorem.txt large.txt empty.txt; do
                rm -f got/*
                try 0 "Node: $coding, $framing, $name" "$client" -O got \
                    "http://127.0.0.1:$(cat port_node)/$coding/$framing/$name"
                ok "Node: the same file" cmp "got/$name" "root/$name"
            done
        done
    done
    try 0 "Node: raw has no checksum" "$client" -O got "http://127.0.0.1:$(cat port_node)/raw/length/lorem.txt"
    says "raw form"
    try 0 "Node: no length and no coding" "$client" -O got "http://127.0.0.1:$(cat port_node)/identity/close/lorem.txt"
    says "no length"
else
    echo "SKIPPED: no Node here"
fi
report interop/http_client_peers
