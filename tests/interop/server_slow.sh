# server_slow.sh: clients that are slow on purpose, in all forms: ours, then slowhttptest's. Each is cut off, and
# ordinary clients are served all the while.
. tests/support/check.sh
if ! command -v python3 >/dev/null 2>&1; then
    echo "SKIPPED: no python3 here"
    report interop/server_slow
fi
begin
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
mkdir root
printf content >root/small
dd if=/dev/urandom of=root/large bs=65536 count=400 2>/dev/null
touch -d '2001-02-03 04:05:06' root/* 2>/dev/null || sleep 1
mkfifo says
"$BUILD/sluice-server" --http 127.0.0.1:0 --bare 127.0.0.1:0 --threads 1 --timeout-request 2 --timeout-idle 2 \
    --min-rate 1000 --timeout-stop 1 --log-file "$FOLDER/log" root >says &
server=$!
{ read -r http; read -r bare; } <says
port=${http##*:}

try 0 "slow in ten ways" timeout 60 python3 "$TOP/tests/interop/server_slow.py" "$port" "${bare##*:}" 40
if read -r all left median late longest <"$out"; then
    echo "$all slow clients; an ordinary request: median $median ms, 99 % $late ms, longest $longest ms"
    ok "$left of $all were not cut off" [ "$left" -eq 0 ]
fi

# ---- slowhttptest: slow heads, slow bodies, slow reading. While it runs, curl must get what it asks for
if command -v slowhttptest >/dev/null 2>&1 && command -v curl >/dev/null 2>&1; then
    url=http://127.0.0.1:$port
    for how in "-H -i 1" "-B -i 1 -s 8192" "-X -w 10 -y 20 -n 2 -z 16 -k 3"; do
        case $how in -X*) file=large ;; *) file=small ;; esac
        timeout 60 slowhttptest $how -c 400 -r 400 -l 6 -p 3 -x 10 -u "$url/$file" >"$FOLDER/tool" 2>&1 &
        tool=$!
        for second in 1 2 3 4; do
            sleep 1
            try 0 "curl while slowhttptest $how runs" curl -sSf -m 3 -o got "$url/small"
        done
        wait $tool
        ok "slowhttptest ran" grep -q 'slow' "$FOLDER/tool"
        ok "slowhttptest $how found the service gone" not grep -q 'service available: *NO' "$FOLDER/tool"
    done
else
    echo "SKIPPED: no slowhttptest or no curl here"
fi
kill $server
wait $server
ok "it stops" [ $? -eq 0 -o $? -eq 5 ]
report interop/server_slow
