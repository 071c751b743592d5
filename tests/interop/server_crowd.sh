# server_crowd.sh: ten thousand connections that wait, and a thousand downloads whose clients take nothing, on one
# thread: what each costs in memory, and that an ordinary client is served beside them. NUMBER of them is lowered to
# what the limit of open files allows. The figures are printed.
. tests/support/check.sh
if ! command -v python3 >/dev/null 2>&1 || [ ! -r /proc/self/smaps_rollup ]; then
    echo "SKIPPED: no python3 here, or no /proc/PID/smaps_rollup"
    report interop/server_crowd
fi
begin
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
ulimit -n 40000 2>/dev/null || ulimit -n "$(ulimit -H -n)" 2>/dev/null # the first as root alone
files=$(ulimit -n)
[ "$files" != unlimited ] || files=1000000
idle=10000 stalled=1000
[ $((files / 2 - 400)) -gt $idle ] || idle=$((files / 2 - 400))
[ $idle -eq 10000 ] || echo "only $files files may be open: $idle connections"

mkdir root
printf content >root/small
# Text that no one has, as much as no socket holds.
awk 'BEGIN { for (i = 0; i < 300000; i++) { x = (x * 7919 + 12345) % 65537
     printf "line %d of a file that says %d and %d, as %d others do\n", i, x, x * i % 9973, x % 700 } }' >root/large
touch -d '2001-02-03 04:05:06' root/* 2>/dev/null || sleep 1
mkfifo says

# start OPTIONS...: $server and $port
start() {
    "$BUILD/sluice-server" --http 127.0.0.1:0 -q --threads 1 --timeout-idle 600 "$@" root >says &
    server=$!
    read -r listening <says
    port=${listening##*:}
}

# crowd WHAT NUMBER MOST OPTIONS...: at most MOST bytes for each
crowd() {
    crowd=$1 number=$2 most=$3
    shift 3
    start "$@"
    try 0 "$number $crowd, $*" timeout 300 \
        python3 "$TOP/tests/interop/server_crowd.py" "$crowd" $server "$port" "$number"
    read -r bytes median late longest dropped <"$out" || bytes=
    if [ -n "$bytes" ]; then
        echo "$number $crowd $*: $bytes bytes each; an ordinary request: median $median ms, 99 % $late ms," \
            "longest $longest ms"
        ok "memory of $crowd, $*: $bytes bytes each, at most $most" [ "$bytes" -le "$most" ]
        ok "all $crowd stay" [ "$dropped" -eq 0 ]
    fi
    kill $server
    wait $server
    ok "it stops" [ $? -eq 0 -o $? -eq 5 ]
}

crowd idle $idle 1024
crowd stalled $stalled $((128 * 1024)) --level 1 --cache 0 --timeout-stop 0.1
crowd stalled $stalled $((384 * 1024)) --level 6 --cache 0 --timeout-stop 0.1
report interop/server_crowd
