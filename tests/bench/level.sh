# level.sh: what `--level auto` gains on a slow and on a fast link, against fixed levels: bytes, time, CPU time of the
# server for one file. The link is the loopback of a network of its own, throttled with tc; that needs root.
# `make bench-level`; RATES="4mbit 16mbit 1gbit", FILE=what to serve (default: 20 MB made of the sources).
set -u
B=${B:-build} RATES=${RATES:-4mbit 16mbit 1gbit}
if [ "${1:-}" != inside ]; then
    for program in unshare tc ip curl; do
        command -v $program >/dev/null || { echo "bench-level: no $program here"; exit 1; }
    done
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' 0
    if [ -n "${FILE:-}" ]; then
        cp "$FILE" "$folder/file.txt"
    else
        while cat deflate/*.c net/*.c app/*/*.c inflate/*.c tests/*/*.c sluice.h; do :; done 2>/dev/null |
            head -c 20000000 >"$folder/file.txt"
    fi
    printf '%-8s %5s %10s %8s %10s\n' link level bytes 'time ms' 'CPU ms'
    for rate in $RATES; do
        unshare -n sh "$0" inside "$rate" "$folder" || exit 1
    done
    exit 0
fi
ip link set lo up mtu 1500 && tc qdisc add dev lo root tbf rate "$2" burst 64kb latency 100ms || exit 1
cpu_ns() { cat /proc/"$1"/task/*/schedstat | awk '{ s += $1 } END { printf "%.0f", s }'; }
for level in 1 6 9 auto; do
    "$B/sluice-server" --threads 1 -q --cache 0 --level $level --http 8080 "$3" >/dev/null &
    server=$!
    sleep 0.3
    before=$(cpu_ns $server)
    said=$(curl -s -H 'Accept-Encoding: gzip' -o "$3/got" -w '%{size_download} %{time_total}' \
        http://127.0.0.1:8080/file.txt)
    after=$(cpu_ns $server)
    gzip -dc "$3/got" | cmp -s - "$3/file.txt" || echo "not the file"
    echo "$2 $level $said $((after - before))" |
        awk '{ printf "%-8s %5s %10d %8.0f %10.0f\n", $1, $2, $3, $4 * 1000, $5 / 1e6 }'
    kill $server
    wait $server 2>/dev/null
done
