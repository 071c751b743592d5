# http_client_nginx.sh: our client with nginx: gzip made on the way, gzip made before, as it is; ranges, a changed file,
# redirects, refusals, kept connections.
. tests/support/check.sh
nginx=$(command -v nginx || echo /usr/sbin/nginx)
if ! [ -x "$nginx" ]; then
    echo "SKIPPED: no nginx here"
    report interop/http_client_nginx
fi
begin
trap 'kill "$(cat nginx.pid)" 2>/dev/null; sleep 1; cd /; rm -rf "$FOLDER"' 0
mkdir root got
chmod 755 "$FOLDER" .
cp "$TOP/vectors/lorem.txt" root/lorem.txt
cp "$TOP/sluice.h" root/header.h
cp "$BUILD/sluice" root/program
cp "$TOP/sluice.h" root/before.h
touch -d '2001-02-03 04:05:06' root/*
gzip -9kn root/before.h
cat >nginx.conf <<END
daemon on;
worker_processes 1;
pid $FOLDER/work/nginx.pid;
error_log $FOLDER/work/error.log;
events { worker_connections 64; }
http {
    access_log $FOLDER/work/access.log;
    client_body_temp_path $FOLDER/work/t1; proxy_temp_path $FOLDER/work/t2; fastcgi_temp_path $FOLDER/work/t3;
    uwsgi_temp_path $FOLDER/work/t4; scgi_temp_path $FOLDER/work/t5;
    gzip on; gzip_min_length 1; gzip_types *; gzip_static on;
    server {
        listen unix:$FOLDER/work/sock;
        root $FOLDER/work/root;
        absolute_redirect off; # an absolute one would lead from the socket to localhost
        location = /moved { return 302 /lorem.txt; }
        location = /away { return 301 https://127.0.0.1/lorem.txt; }
        location = /busy { return 503; }
    }
}
END
try 0 "nginx starts" "$nginx" -c "$FOLDER/work/nginx.conf" -e "$FOLDER/work/error.log"
at=http://unix:sock:

for name in lorem.txt header.h program before.h; do
    for coding in "gzip" "deflate" "identity"; do
        try 0 "$name, $coding" "$BUILD/sluice-client" --coding $coding -O got "$at/$name"
        ok "the same file" cmp "got/$name" "root/$name"
    done
done
rm -f got/*
try 0 "saved as it came" "$BUILD/sluice-client" --save-compressed -O got "$at/before.h"
ok "as it was made before" cmp got/before.h.gz root/before.h.gz
rm -f got/*
try 0 "a redirect" "$BUILD/sluice-client" -o got/f "$at/moved"
ok "the same file" cmp got/f root/lorem.txt
try 3 "to https" "$BUILD/sluice-client" -o got/f "$at/away"
says "TLS"
try 3 "not there" "$BUILD/sluice-client" -O got "$at/absent"
says "404"
try 3 "busy" "$BUILD/sluice-client" -O got "$at/busy"
says "503"
rm -f got/*

# ---- Going on. A run is killed while it reads slowly; nginx gives the rest of the file as it is.
begin_and_kill() {
    "$BUILD/sluice-client" -q -C --block 1000 --limit-rate 20k -O got "$at/program" &
    running=$!
    while ! [ -s got/.program.sluice-kept ]; do sleep 0.1; done
    kill -9 $running
    wait $running 2>/dev/null
}
begin_and_kill
ok "not there yet" test ! -e got/program
try 0 "it goes on" "$BUILD/sluice-client" -v -C -O got "$at/program"
says "going on at byte"
ok "the same file" cmp got/program root/program
ok "nothing else is left" test "$(ls -A got)" = program
rm -f got/program
begin_and_kill
cat root/program root/header.h >root/other
mv root/other root/program
try 0 "it has changed meanwhile" "$BUILD/sluice-client" -v -C -O got "$at/program"
says "the file has changed"
ok "the same file" cmp got/program root/program
report interop/http_client_nginx
