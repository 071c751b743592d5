# server.sh: what a request costs our server and nginx: CPU time, in one run, in turn, the median of ROUNDS. One process
# with one thread each on one core, the load (wrk, or curl for what takes long) on another. `make bench-server`.
#
#   SERVE=DIR   files to serve instead of made ones: 1k.html 10k.html 90k.js 1m.json 20m.txt
#   ROUNDS=5    SECONDS_EACH=1    PORT=19500 (and the ports behind it)    ONLY=identity (a part of the names of rows)
set -u
B=${B:-build} ROUNDS=${ROUNDS:-5} SECONDS_EACH=${SECONDS_EACH:-1} PORT=${PORT:-19500} ONLY=${ONLY:-}
nginx=$(command -v nginx || echo /usr/sbin/nginx)
for program in "$nginx" wrk curl; do
    command -v "$program" >/dev/null || { echo "bench-server: no ${program##*/} here"; exit 1; }
done
[ -r /proc/self/schedstat ] || { echo "bench-server: no /proc/PID/schedstat here"; exit 1; }
pin() { shift; exec "$@"; }
if command -v taskset >/dev/null && [ "$(nproc)" -gt 1 ]; then
    pin() { core=$1; shift; exec taskset -c "$core" "$@"; }
fi
folder=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null; wait; rm -rf "$folder"' 0
trap 'exit 1' INT TERM

# ---- Files
root=$folder/root
mkdir "$root" "$folder/t"
chmod 755 "$folder" "$root"
if [ -n "${SERVE:-}" ]; then
    cp "$SERVE"/* "$root"
else
    awk 'BEGIN { print "<!DOCTYPE html><html><head><title>Sluice</title></head><body>" }
         { gsub(/&/, "\\&amp;"); gsub(/</, "\\&lt;"); print "<p class=\"line\" id=\"l" NR "\">" $0 "</p>" }' README.md \
        >"$folder/html"
    cat deflate/*.c net/*.c app/*/*.c inflate/*.c tests/*/*.c >"$folder/code"
    awk 'BEGIN { for (i = 1; i < 12000; i++) { x = (x * 7919 + 12345) % 65537
         printf "{\"id\": %d, \"user\": \"u%04x\", \"state\": \"%s\", \"price\": %d.%02d, \"tags\": [%d, %d]},\n",
         i, x % 700, substr("open  closedwaiting", x % 3 * 6 + 1, 6), x % 300, x % 100, x % 9, x % 40
    } }' >"$folder/json"
    head -c 1024 "$folder/html" >"$root/1k.html"
    head -c 10240 "$folder/html" >"$root/10k.html"
    head -c 92160 "$folder/code" >"$root/90k.js"
    head -c 1000000 "$folder/json" >"$root/1m.json"
    while cat "$folder/code" "$folder/html"; do :; done 2>/dev/null | head -c 20000000 >"$root/20m.txt"
fi
for file in "$root"/*; do gzip -6kn "$file"; done
touch -d '2001-02-03 04:05:06' "$root"/* # none has just changed

# ---- Servers: a PORT each; pid_PORT is the process whose time is taken
cat >"$folder/nginx.conf" <<END
daemon off;
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/error.log;
events { worker_connections 20000; }
http {
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600s;
    types { text/html html; application/javascript js; application/json json; text/plain txt; }
    client_body_temp_path $folder/t/1; proxy_temp_path $folder/t/2; fastcgi_temp_path $folder/t/3;
    uwsgi_temp_path $folder/t/4; scgi_temp_path $folder/t/5;
    root $root; gzip_types *;
    server { listen 127.0.0.1:$PORT; }
    server { listen 127.0.0.1:$((PORT + 1)); gzip on; gzip_comp_level 6; }
    server { listen 127.0.0.1:$((PORT + 2)); gzip on; gzip_comp_level 1; }
    server { listen 127.0.0.1:$((PORT + 3)); gzip_static on; }
}
END
(pin 0 "$nginx" -c "$folder/nginx.conf" -e "$folder/error.log") &
pids="$pids $!"
serve() { # PORT OPTIONS...
    port=$1
    shift
    (pin 0 "$B/sluice-server" --threads 1 -q --http "$port" "$@" "$root" >/dev/null) &
    pids="$pids $!"
    eval "pid_$port=$!"
}
serve $((PORT + 4)) --timeout-idle 600                 # as it comes
serve $((PORT + 5)) --cache 0                          # compresses each time anew
serve $((PORT + 6)) --cache 0 --level "${LIGHT:-1}"    # the level that is no larger than nginx's level 1
serve $((PORT + 7)) --precompressed
for threads in 1 2; do # not pinned
    (exec "$B/sluice-server" --cache 0 --threads $threads -q --http $((PORT + 8 + threads)) "$root" >/dev/null) &
    pids="$pids $!"
done
(exec "$B/sluice-server" --threads 1 -q --level 1 --bare $((PORT + 8)) "$root" >/dev/null) & # smaller than theirs
pids="$pids $!"
eval "pid_$((PORT + 8))=$!"
if python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    python3 tests/interop/bare_peer.py serve "$root" >"$folder/python" &
    pids="$pids $!"
    python=$!
fi
sleep 1
master=$(cat "$folder/nginx.pid")
worker=$(cat "/proc/$master/task/$master/children") || exit 1
worker=${worker%% *}
for i in 0 1 2 3; do eval "pid_$((PORT + i))=$worker"; done

# ---- Measuring
cpu_ns() { cat /proc/"$1"/task/*/schedstat | awk '{ s += $1 } END { printf "%.0f", s }'; }
# Prints "NANOSECONDS-A-REQUEST REQUESTS-A-SECOND" of one turn.
turn() { # PORT FILE ACCEPT CONNECTIONS REQUESTS
    eval "pid=\$pid_$1"
    url=http://127.0.0.1:$1/$2
    before=$(cpu_ns "$pid")
    if [ "$5" -gt 0 ]; then
        begun=$(date +%s%N)
        (pin 1 curl -s -H "Accept-Encoding: $3" -o /dev/null "$url?[1-$5]")
        set -- "$(cpu_ns "$pid")" "$5" "$(($(date +%s%N) - begun))"
        echo "$before $1 $2 $3" | awk '{ print ($2 - $1) / $3, $3 * 1e9 / $4 }'
    else
        (pin 1 wrk -t1 -c"$4" -d"$SECONDS_EACH" -H "Accept-Encoding: $3" "$url") >"$folder/wrk" ||
            { cat "$folder/wrk" >&2; exit 1; }
        if grep -E 'Non-2xx|Socket errors' "$folder/wrk" >&2; then exit 1; fi
        after=$(cpu_ns "$pid")
        awk -v d=$((after - before)) '/requests in/ { n = $1 } /^Requests\/sec/ { r = $2 } END { print d / n, r }' \
            "$folder/wrk"
    fi
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
size() { curl -s -H "Accept-Encoding: $3" -o /dev/null -w '%{size_download}' "http://127.0.0.1:$1/$2"; }

row() { # NAME GOAL FILE ACCEPT NGINX-PORT OUR-PORT CONNECTIONS REQUESTS(0: wrk)
    case "$1 $3" in *"$ONLY"*) ;; *) return ;; esac
    for who in "$5" "$6"; do
        size "$who" "$3" "$4" >"$folder/size.$who"
        : >"$folder/cost.$who"
        : >"$folder/rate.$who"
    done
    i=0
    while [ $i -lt "$ROUNDS" ]; do
        for who in "$5" "$6"; do
            turn "$who" "$3" "$4" "$7" "$8" >"$folder/turn"
            cut -d' ' -f1 "$folder/turn" >>"$folder/cost.$who"
            cut -d' ' -f2 "$folder/turn" >>"$folder/rate.$who"
        done
        i=$((i + 1))
    done
    paste -d' ' "$folder/cost.$5" "$folder/cost.$6" | awk '{ print $2 / $1 }' | median >"$folder/ratio"
    printf '%-26s %-9s %9d %9d %10.1f %10.1f %9.0f %9.0f   %5.2f  (%s)\n' "$1" "$3" "$(cat "$folder/size.$5")" \
        "$(cat "$folder/size.$6")" "$(median <"$folder/cost.$5" | awk '{ print $1 / 1000 }')" \
        "$(median <"$folder/cost.$6" | awk '{ print $1 / 1000 }')" "$(median <"$folder/rate.$5")" \
        "$(median <"$folder/rate.$6")" "$(cat "$folder/ratio")" "$2"
}

nginx_says=$("$nginx" -v 2>&1)
echo "${nginx_says##*/} against $("$B/sluice-server" --version | head -n 1);" \
    "CPU time in microseconds a request, ratio and (goal)"
printf '%-26s %-9s %9s %9s %10s %10s %9s %9s   %5s\n' what file 'bytes: n' ours 'CPU: n' ours 'req/s: n' ours ratio
n=$PORT
row "identity" 0.80 1k.html identity $n $((n + 4)) 32 0
row "identity" 0.80 10k.html identity $n $((n + 4)) 32 0
row "identity" 1.00 90k.js identity $n $((n + 4)) 32 0
row "identity" 1.00 20m.txt identity $n $((n + 4)) 8 0
row "gzip, nginx level 6" 0.33 10k.html gzip $((n + 1)) $((n + 5)) 32 0
row "gzip, nginx level 6" 0.33 90k.js gzip $((n + 1)) $((n + 5)) 32 0
row "gzip, nginx level 6" 0.33 1m.json gzip $((n + 1)) $((n + 5)) 1 10
row "gzip, nginx level 6" 0.33 20m.txt gzip $((n + 1)) $((n + 5)) 1 1
row "gzip, nginx level 1" 0.40 10k.html gzip $((n + 2)) $((n + 6)) 32 0
row "gzip, nginx level 1" 0.40 90k.js gzip $((n + 2)) $((n + 6)) 32 0
row "gzip, nginx level 1" 0.40 1m.json gzip $((n + 2)) $((n + 6)) 1 20
row "gzip, nginx level 1" 0.40 20m.txt gzip $((n + 2)) $((n + 6)) 1 2
row "cache, nginx gzip_static" 0.80 10k.html gzip $((n + 3)) $((n + 4)) 32 0
row "cache, nginx gzip_static" 0.80 90k.js gzip $((n + 3)) $((n + 4)) 32 0
row "cache, nginx gzip_static" 0.80 1m.json gzip $((n + 3)) $((n + 4)) 32 0
row "FILE.gz, gzip_static" 0.80 10k.html gzip $((n + 3)) $((n + 7)) 32 0
row "FILE.gz, gzip_static" 0.80 90k.js gzip $((n + 3)) $((n + 7)) 32 0
row "FILE.gz, gzip_static" 0.80 1m.json gzip $((n + 3)) $((n + 7)) 32 0

# ---- The bare protocol, against a server as in the example that Sluice grew from: 64 bytes of the file at a time
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # of threads that have ended, too
fetch_bare() { # PID PORT: prints the CPU time of a transfer in ms
    before=$(ticks "$1")
    "$B/sluice-client" -q -o - "sluice://127.0.0.1:$2/20m.txt" >/dev/null || exit 1
    echo $((($(ticks "$1") - before) * 1000 / $(getconf CLK_TCK)))
}
if [ -n "${python:-}" ] && [ -z "$ONLY" -o "$ONLY" = bare ]; then
    port=$(cat "$folder/python")
    eval "ours=\$pid_$((PORT + 8))"
    for i in 1 2 3; do echo "$(fetch_bare $python "$port") $(fetch_bare "$ours" $((PORT + 8)))"; done >"$folder/bare"
    awk '{ print $1 }' "$folder/bare" | median >"$folder/python.ms"
    awk '{ print $2 }' "$folder/bare" | median >"$folder/ours.ms"
    echo "$(cat "$folder/python.ms") $(cat "$folder/ours.ms")" | awk '{
        printf "bare, 20 MB: a server in Python %d ms of CPU time, ours %d: %.1f times as fast (5)\n", $1, $2, $1 / $2
    }'
fi

# ---- Threads: four downloads at once that are compressed on the way, by one thread and by two; wall time
load_of() { # PORT
    begun=$(date +%s%N)
    for i in 1 2 3 4; do curl -s -H 'Accept-Encoding: gzip' -o /dev/null "http://127.0.0.1:$1/20m.txt" & done
    wait $(jobs -p | tail -n 4)
    echo $((($(date +%s%N) - begun) / 1000000))
}
if [ -z "$ONLY" -o "$ONLY" = threads ]; then
    for i in 1 2 3 4 5; do echo "$(load_of $((PORT + 9))) $(load_of $((PORT + 10)))"; done |
        awk '{ print $1 / $2, $1, $2 }' | sort -n | awk '{ v[NR] = $0 } END { split(v[int((NR + 1) / 2)], m, " ")
            printf "four downloads of 20 MB: one thread %d ms, two %d: %.2f times as fast (1.8)\n", m[2], m[3], m[1] }'
fi

# ---- A crowd: IDLE clients that have asked once and stay, and 100 that go on asking; latency, CPU time, memory
if [ -n "${python:-}" ] && [ -z "$ONLY" -o "$ONLY" = crowd ]; then
    idle=${IDLE:-9000}
    for who in $n $((n + 4)); do
        python3 - "$who" "$idle" >"$folder/held.$who" <<'END' &
import resource, socket, sys, time
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]) + 100,) * 2)
held = []
for i in range(int(sys.argv[2])):
    held.append(socket.create_connection(('127.0.0.1', int(sys.argv[1]))))
    held[-1].sendall(b'GET /1k.html HTTP/1.1\r\nHost: a\r\n\r\n')
    assert held[-1].recv(4096).startswith(b'HTTP/1.1 200 ')
print(len(held), flush=True)
time.sleep(600)
END
        pids="$pids $!"
    done
    while ! [ -s "$folder/held.$n" ] || ! [ -s "$folder/held.$((n + 4))" ]; do sleep 0.2; done
    for i in 1 2 3 4 5; do
        for who in $n $((n + 4)); do
            eval "pid=\$pid_$who"
            before=$(cpu_ns "$pid")
            (pin 1 wrk -t1 -c100 -d"$SECONDS_EACH" --latency "http://127.0.0.1:$who/1k.html") >"$folder/wrk"
            grep -E 'Non-2xx|Socket errors' "$folder/wrk" >&2
            awk -v d=$(($(cpu_ns "$pid") - before)) '/ 50%/ { a = $2 } / 99%/ { b = $2 } /requests in/ { r = $1 }
                function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
                END { print ms(b), ms(a), d / r / 1000 }' "$folder/wrk" >>"$folder/crowd.$who"
        done
    done
    for who in $n $((n + 4)); do
        eval "pid=\$pid_$who"
        sort -n "$folder/crowd.$who" | awk -v who="$([ "$who" = "$n" ] && echo nginx || echo ours)" -v idle="$idle" \
            -v memory="$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")" '{ v[NR] = $0 }
            END { split(v[int((NR + 1) / 2)], m, " ")
            printf "%d idle, 100 active, %-5s: ", idle, who
            printf "99%% within %.1f ms, half within %.1f, CPU time %.1f us, memory %.1f MB\n",
                m[1], m[2], m[3], memory / 1000 }'
    done
fi
