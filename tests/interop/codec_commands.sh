# codec_commands.sh: streams across the commands that people use. What ours compresses, each of them decompresses;
# what each of them compresses, at each of its levels, ours decompresses. Files of many kinds; gzip, zlib and raw
# where they can.
. tests/support/check.sh
. tests/support/kinds.sh
begin
make_kinds kinds
ours=$BUILD/sluice

have() { # COMMAND [WHAT IT IS FOR]
    command -v "$1" >/dev/null && return 0
    echo "SKIPPED: no $1 here"
    return 1
}

# takes WHAT STREAM FILE COMMAND...: the command, given the stream on standard input, must put out the file
takes() {
    what=$1 stream=$2 whole=$3
    shift 3
    if "$@" <"$stream" >"$out" 2>"$err" && cmp -s "$out" "$whole"; then
        pass
    else
        fail "$what: $*"
        sed 's/^/    /' "$err" | head -n 3
    fi
}

# gives WHAT FILE FORMAT COMMAND...: what the command makes of the file on standard input, ours takes
gives() {
    what=$1 file=$2 format=$3
    shift 3
    if "$@" <"$file" >stream 2>"$err"; then
        takes "$what ($*)" stream "$file" "$ours" -dc -F "$format"
    else
        fail "$what: $* does not compress"
    fi
}

# ---- Ours to theirs ----
for file in kinds/*; do
    for level in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
        "$ours" -$level -c "$file" >stream.gz
        for peer in "gzip -dc" "pigz -dc" "libdeflate-gunzip -c" "igzip -dc"; do
            ! command -v "${peer%% *}" >/dev/null || takes "ours at $level" stream.gz "$file" $peer
        done
        if command -v pigz >/dev/null; then
            "$ours" -$level -c -F zlib "$file" >stream.zz
            takes "ours at $level, zlib" stream.zz "$file" pigz -dc
        fi
    done
    for option in --huffman --rle; do
        "$ours" $option -c "$file" >stream.gz
        for peer in "gzip -dc" "pigz -dc" "libdeflate-gunzip -c" "igzip -dc"; do
            ! command -v "${peer%% *}" >/dev/null || takes "ours with $option" stream.gz "$file" $peer
        done
    done
done

# Made of pieces, of all kinds of borders.
for file in kinds/*; do
    for options in '-p 2 -b 16' '-p 2 -b 1 -1' '-i -b 16 -9' '-R -b 16' '-Ri -b 8 -0' '-p 3 -b 32 -11'; do
        "$ours" $options -c "$file" >stream.gz
        for peer in "gzip -dc" "pigz -dc" "libdeflate-gunzip -c" "igzip -dc"; do
            ! command -v "${peer%% *}" >/dev/null || takes "ours with $options" stream.gz "$file" $peer
        done
        if command -v pigz >/dev/null; then
            "$ours" $options -c -F zlib "$file" >stream.zz
            takes "ours with $options, zlib" stream.zz "$file" pigz -dc
        fi
    done
done

# Several members, with names, times and comments, as cat puts them together.
"$ours" -9 -c -N -C 'of the example' kinds/lorem >stream.gz
"$ours" -1 -c -n kinds/sources >>stream.gz
"$ours" -6 -c kinds/empty >>stream.gz
"$ours" -0 -c kinds/table >>stream.gz
cat kinds/lorem kinds/sources kinds/table >members
for peer in "gzip -dc" "pigz -dc" "igzip -dc" "libdeflate-gunzip -c"; do
    ! command -v "${peer%% *}" >/dev/null || takes "ours, four members" stream.gz members $peer
done

# ---- Theirs to ours ----
if have gzip; then
    for file in kinds/*; do
        for level in 1 2 3 4 5 6 7 8 9; do
            gives gzip "$file" auto gzip -$level -c
        done
    done
fi
if have pigz; then
    for file in kinds/*; do
        for level in 0 1 2 3 4 5 6 7 8 9; do
            gives pigz "$file" auto pigz -$level -c
            gives pigz "$file" auto pigz -$level -c -z
        done
        gives "pigz, independent blocks" "$file" gzip pigz -c -i -b 128 -p 2
        gives "pigz, lined up for rsync" "$file" gzip pigz -c -R
        gives "pigz, no matches" "$file" gzip pigz -c -H
        gives "pigz, runs" "$file" gzip pigz -c -U
    done
    gives "pigz, as zopfli" kinds/lorem gzip pigz -11 -c
fi
if have libdeflate-gzip; then
    for file in kinds/*; do
        for level in 1 2 3 4 5 6 7 8 9 10 11 12; do # 0 is not known to every version
            gives libdeflate "$file" gzip libdeflate-gzip -$level -c
        done
    done
fi
if have igzip; then
    for file in kinds/*; do
        for level in 0 1 2 3; do
            gives ISA-L "$file" gzip igzip -$level -c
        done
    done
fi
if have zopfli; then
    for file in kinds/empty kinds/one kinds/lorem kinds/runs kinds/text-65537 kinds/mixed; do
        for format in gzip zlib raw; do
            case $format in
            raw) option=--deflate ;;
            *) option=--$format ;;
            esac
            zopfli --i2 $option -c "$file" >stream
            takes "zopfli, $format" stream "$file" "$ours" -dc -F $format
        done
    done
fi
if have 7z; then
    for file in lorem table mixed program; do
        for level in 1 5 9; do
            rm -f stream.gz
            7z a -tgzip -mx$level -bso0 -bsp0 stream.gz "kinds/$file" 2>"$err"
            takes "7z at $level" stream.gz "kinds/$file" "$ours" -dc
        done
        "$ours" -9 -c "kinds/$file" >stream.gz
        takes "ours to 7z" stream.gz "kinds/$file" 7z e -so -tgzip stream.gz
    done
fi
report interop/codec_commands
