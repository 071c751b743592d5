# tool.sh: `sluice` beside gzip, pigz and libdeflate-gzip as a person meets them: wall time from a file to a file, and
# the size that comes out. `make bench-tool`; TOOL_FILE names the file, RUNS the rounds (default 5), of which the median
# counts; in a round each program has its turn. COLD=1 (as root) drops the page cache before each run.
#
# Each row is a level of a peer, and beside it the level of ours that takes the least CPU time among those no larger
# than it. Of a busy machine the CPU times mean more, of an idle one the wall times. Needs GNU time.
# With `decompress` as the argument: gzip -d and the others on what gzip -6 made.
set -e
TOOL=${B:-build}/sluice
RUNS=${RUNS:-5}
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-bench-XXXXXX")
trap 'rm -rf "$work"' 0
trap 'exit 1' 1 2 15
file=${TOOL_FILE:-$work/file}
if [ -z "$TOOL_FILE" ]; then
    i=0
    while [ $i -lt 8 ]; do
        find app deflate inflate net tests vectors -type f | LC_ALL=C sort | xargs cat
        cat "${B:-build}"/sluice* "${B:-build}"/libsluice.a 2>/dev/null || :
        i=$((i + 1))
    done >"$file"
fi

run() { # NAME COMMAND...: hundredths of seconds, wall and CPU, go to NAME.ms, the size to NAME.size
    name=$1
    shift
    if [ -n "$COLD" ]; then
        sync
        echo 3 >/proc/sys/vm/drop_caches
    fi
    begun=$(date +%s%N)
    /usr/bin/time -o "$work/time" -f '%U %S' "$@" <"$file" >"$work/out"
    ended=$(date +%s%N)
    awk -v wall=$(((ended - begun) / 100000)) '{ print wall / 10000, $1 + $2 }' "$work/time" >>"$work/$name.ms"
    wc -c <"$work/out" >"$work/$name.size"
}
median() { # NAME COLUMN
    cut -d ' ' -f "$2" "$work/$1.ms" | sort -n | sed -n "$((RUNS / 2 + 1))p"
}
less() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'; }
there() { command -v "$1" >/dev/null; }

round() {
    for level in 1 2 3 4 5 6 7 8 9 10 11 12; do
        run "ours $level" "$TOOL" -$level -c
        run "ours2 $level" "$TOOL" -$level -p 2 -c
    done
    for level in 1 3 6 9; do
        ! there gzip || run "gzip $level" gzip -$level -c
        ! there pigz || run "pigz -p1 $level" pigz -p 1 -$level -c
        ! there pigz || run "pigz -p2 $level" pigz -p 2 -$level -c
    done
    for level in 1 3 6 9 12; do
        ! there libdeflate-gzip || run "libdeflate-gzip $level" libdeflate-gzip -$level -c "$file"
    done
}

rows() { # PEERS... : against ours with one thread or with two (`ours`)
    for peer in "$work"/*.ms; do
        name=$(basename "$peer" .ms)
        case $name in
        ours*) continue ;;
        *-p2*) mine=ours2 ;;
        *) mine=ours ;;
        esac
        best= best_time=
        for level in 1 2 3 4 5 6 7 8 9 10 11 12; do
            time=$(median "$mine $level" 2)
            if [ "$(cat "$work/$mine $level.size")" -le "$(cat "$work/$name.size")" ] &&
                { [ -z "$best" ] || less "$time" "$best_time"; }; then
                best=$level best_time=$time
            fi
        done
        line="$name|$(cat "$work/$name.size")|$(median "$name" 1)|$(median "$name" 2)|$mine|$best"
        [ -z "$best" ] || line="$line|$(cat "$work/$mine $best.size")|$(median "$mine $best" 1)|$best_time"
        echo "$line"
    done | LC_ALL=C sort -t '|' -k 1,1V | awk -F '|' '{
        sub(/ [0-9]*$/, " -&", $1)
        sub(/- /, "-", $1)
        if ($6 == "")
            printf "| %s | %d | %.2f | %.2f | none so small | | | | | |\n", $1, $2, $3, $4
        else
            printf "| %s | %d | %.2f | %.2f | -%s%s | %d | %.2f | %.2f | %.1f | %.1f |\n", $1, $2, $3, $4, $6,
                $5 == "ours2" ? " -p 2" : "", $7, $8, $9, $3 / $8, $4 / $9
    }'
}

round_of_decompressing() {
    run "sluice" "$TOOL" -d -c
    ! there gzip || run "gzip" gzip -d -c
    ! there pigz || run "pigz" pigz -d -c
    ! there libdeflate-gzip || run "libdeflate-gzip" libdeflate-gzip -d -c "$file"
}

size=$(wc -c <"$file")
if [ "$1" = decompress ]; then
    gzip -6 -c "$file" >"$work/file.gz"
    file=$work/file.gz
    i=0
    while [ $i -lt "$RUNS" ]; do
        round_of_decompressing
        i=$((i + 1))
    done
    echo "| $size bytes, from gzip -6 | wall s | CPU s | sluice: wall | CPU |"
    echo "|---|---|---|---|---|"
    for name in sluice gzip pigz libdeflate-gzip; do
        if [ -e "$work/$name.ms" ]; then
            echo "$name $(median $name 1) $(median $name 2) $(median sluice 1) $(median sluice 2)" |
                awk '{ printf "| %s | %.2f | %.2f | %.1f x | %.1f x |\n", $1, $2, $3, $2 / $4, $3 / $5 }'
        fi
    done
    exit
fi
i=0
while [ $i -lt "$RUNS" ]; do
    round
    i=$((i + 1))
done
echo "| $size bytes by | size | wall s | CPU s | sluice | size | wall s | CPU s | faster by: wall | CPU |"
echo "|---|---|---|---|---|---|---|---|---|---|"
rows
