# server_flood.sh: requests, connections, fields, ranges and numbers in such amounts as only an attacker sends, on one
# thread: each gets the answer that is due, ordinary clients are served beside them, and the server does not grow.
# NUMBER=N: so many of each kind. The figures are printed.
. tests/support/check.sh
if ! command -v python3 >/dev/null 2>&1 || [ ! -r /proc/self/smaps_rollup ]; then
    echo "SKIPPED: no python3 here, or no /proc/PID/smaps_rollup"
    report interop/server_flood
fi
begin
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
mkdir root
printf content >root/small
dd if=/dev/urandom of=root/large bs=65536 count=16 2>/dev/null
touch -d '2001-02-03 04:05:06' root/* 2>/dev/null || sleep 1
mkfifo says

# start OPTIONS...: $server and $port
start() {
    "$BUILD/sluice-server" --http 127.0.0.1:0 -q --threads 1 "$@" root >says &
    server=$!
    read -r listening <says
    port=${listening##*:}
}

stop() {
    kill $server
    wait $server
    ok "it stops" [ $? -eq 0 ]
}

start
try 0 "the floods" timeout 300 python3 "$TOP/tests/interop/server_flood.py" "$port" $server "${NUMBER:-4000}"
while IFS=: read -r kind figures; do
    set -- $figures
    case $kind in
    ordinary) echo "an ordinary request meanwhile: median $1 ms, 99 % $2 ms, longest $3 ms" ;;
    grown) ok "the server has grown by $1 KiB" [ "$1" -le 1024 ] ;;
    *)
        echo "$kind: $1"
        ok "$kind: $2 of $(($1 + $2)) did not get the answer that was due" [ "$2" -eq 0 ]
        ;;
    esac
done <"$out"
ok "all were sent" grep -q '^grown' "$out"
stop

# ---- Beyond the limit: refused at once, though those within it say nothing
start --max-connections 50
try 0 "connections beyond the limit" timeout 60 python3 - "$port" <<'END'
import socket, sys
within = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) for _ in range(50)]
for _ in range(500):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) as s:
        answer = b"".join(iter(lambda: s.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 503 "), answer
        assert b"Retry-After" in answer
within[0].sendall(b"GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
assert b"content" in b"".join(iter(lambda: within[0].recv(4096), b""))
END
stop
report interop/server_flood
