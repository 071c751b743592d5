# fetch.sh: sluice-client beside curl --compressed: the same file, compressed before, from the same nginx over loopback,
# written to a file. CPU and wall time in seconds, peak memory in KiB, medians of RUNS rounds (default 5) in which each
# has its turn. FETCH_FILE names the text, SIZES (default "20 1000") are the megabytes that it is repeated to.
# `make bench-fetch`; needs nginx, curl and GNU time. curl is raced with fsync too, which ours does before a file gets
# its name.
set -e
B=${B:-build}
RUNS=${RUNS:-5}
here=$(cd "$B" && pwd)
nginx=$(command -v nginx || echo /usr/sbin/nginx)
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-fetch-XXXXXX")
trap 'kill "$(cat "$work/nginx.pid")" 2>/dev/null; sleep 1; rm -rf "$work"' 0
trap 'exit 1' 1 2 15
mkdir "$work/root" "$work/got"
chmod 755 "$work" "$work/root"
text=${FETCH_FILE:-$work/text}
[ -n "$FETCH_FILE" ] || cat sluice.h README.md ./*/*.[ch] ./*/*/*.[ch] >"$text"
for size in ${SIZES:-20 1000}; do
    : >"$work/root/$size"
    while [ "$(wc -c <"$work/root/$size")" -lt "${size}000000" ]; do
        i=0
        while [ $i -lt 20 ]; do
            cat "$text"
            i=$((i + 1))
        done >>"$work/root/$size"
    done
    head -c "${size}000000" "$work/root/$size" >"$work/part"
    mv "$work/part" "$work/root/$size"
    "$here/sluice" -6 -k -n "$work/root/$size"
done
cat >"$work/conf" <<END
daemon on;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 64; }
http {
    access_log off;
    sendfile on;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
    uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    gzip_static on;
    server { listen 127.0.0.1:${PORT:-18080}; root $work/root; }
}
END
"$nginx" -c "$work/conf" -e "$work/error.log"

run() { # NAME SIZE COMMAND...
    name=$1.$2
    shift 2
    rm -f "$work"/got/*
    /usr/bin/time -o "$work/time" -f '%U %S %e %M' "$@" >/dev/null 2>&1
    awk '{ print $1 + $2, $3, $4 }' "$work/time" >>"$work/$name"
}
median() { cut -d ' ' -f "$2" "$work/$1" | sort -n | sed -n "$((RUNS / 2 + 1))p"; }

i=0
while [ $i -lt "$RUNS" ]; do
    for size in ${SIZES:-20 1000}; do
        url=http://127.0.0.1:${PORT:-18080}/$size
        run ours "$size" "$here/sluice-client" -q -o "$work/got/f" "$url"
        cmp -s "$work/got/f" "$work/root/$size" || exit 1
        run curl "$size" curl -s --compressed -o "$work/got/f" "$url"
        run synced "$size" sh -c "curl -s --compressed -o '$work/got/f' '$url'; sync '$work/got/f'"
    done
    i=$((i + 1))
done
echo "| client, file | CPU s | wall s | peak KiB |"
echo "|---|---|---|---|"
for size in ${SIZES:-20 1000}; do
    for name in ours curl synced; do
        case $name in
        ours) who="sluice-client" ;;
        curl) who="curl --compressed" ;;
        synced) who="curl, then sync" ;;
        esac
        echo "| $who, $size MB | $(median $name.$size 1) | $(median $name.$size 2) | $(median $name.$size 3) |"
    done
done
