# kinds.sh: for tests in shell, to be sourced behind check.sh. Files of the kinds that tell codecs apart.
#
#   make_kinds FOLDER           makes them; nothing in their names needs quoting

# cut_to SIZE: so many bytes of standard input
cut_to() { dd bs="$1" count=1 iflag=fullblock 2>/dev/null; }

make_kinds() {
    mkdir -p "$1" || return 1
    : >"$1/empty"
    printf x >"$1/one"
    cp "$TOP/vectors/lorem.txt" "$1/lorem"
    find "$TOP/inflate" "$TOP/deflate" -name '*.c' -exec cat {} + >"$1/sources"
    # around the largest stored block and the size of many windows
    for size in 65535 65536 65537; do
        cut_to "$size" <"$1/sources" >"$1/text-$size"
    done
    cp "$BUILD/sluice" "$1/program"
    dd if=/dev/zero of="$1/zeros" bs=65536 count=20 2>/dev/null
    dd if=/dev/urandom of="$1/noise" bs=65536 count=5 2>/dev/null
    # the same noise again at the largest distance, one short of it and one beyond it
    for distance in 32767 32768 32769; do
        cut_to "$distance" <"$1/noise" >"$1/part"
        cat "$1/part" "$1/part" "$1/part" >"$1/again-$distance"
    done
    rm "$1/part"
    # runs of the longest match and its neighbours, a few letters only, numbers in columns
    awk 'BEGIN {
        for (i = 250; i < 270; i++) { for (j = 0; j < i; j++) printf "%c", 97 + i % 3; print "" }
    }' >"$1/runs"
    awk 'BEGIN { srand(1); for (i = 0; i < 200000; i++) printf "%c", 97 + int(4 * rand()) }' >"$1/letters"
    awk 'BEGIN {
        for (i = 0; i < 20000; i++) printf "%d,%d.%d,%s\n", i, i * 7919 % 1000, i % 97, i % 3 ? "yes" : "no"
    }' >"$1/table"
    # text, noise and zeros by turns: blocks that must change their kind
    for i in 1 2 3; do
        cut_to 50000 <"$1/sources"
        cut_to 30000 <"$1/noise"
        cut_to 70000 <"$1/zeros"
    done >"$1/mixed"
    "$BUILD/sluice" -9 -c "$1/sources" >"$1/packed"
}
