# tool_explain_test.sh: what --explain prints. (explain_test.c compares its verdicts with the library's.)
. tests/support/check.sh
begin
sluice=$BUILD/sluice
cp "$TOP/vectors/lorem.zlib" "$TOP/vectors/lorem.txt" .

# A line of the explanation, its blanks squeezed.
line() {
    if tr -s ' ' <"$out" | grep -qF -e "$1"; then
        pass
    else
        fail "no line '$1'"
    fi
}

(cd "$TOP" && "$sluice" --explain vectors/lorem.zlib) >page
ok "vectors/lorem.explained.txt is what is printed: make it anew if that has changed for the better" \
    cmp -s page "$TOP/vectors/lorem.explained.txt"

try 0 "a whole stream" "$sluice" --explain lorem.zlib
quiet
line ' 0.0 0 78 CMF: method 8 (deflate), window 2^15'
line ' 1.0 0 01 FLG: level "fastest", no dictionary; 7801 is a multiple of 31'
line ' 2.0 0 1 BFINAL 1: the last block'
line ' 2.1 0 01 BTYPE 2: dynamic Huffman codes'
line ' 2.3 0 01010 HLIT 10: lengths for 267 literal/length codes'
line ' 3.0 0 00001 HDIST 16: lengths for 17 distance codes'
line ' 3.5 0 0011 HCLEN 12: lengths for 16 codes'
line ' 5.2 0 010 2 bits: symbol 0, length 0'
line ' 5 bits 11110 length 2 11111 repeat 3 to 6'
line " 10.1 0 1101 111 no codeword, 10 times: '\\x00' .. '\\t'"
line " 29.6 0 11111 00 4 bits, 3 times: 's' .. 'u'"
line " 5 bits 10110 ',' 10111 'c' 11000 'm' 11001 'n' 11010 'o'"
line ' 4 bits 1000 distance 3 1001 distance 9 to 12'
line " 41.4 0 11110111 literal 'L'"
line ' 85.5 80 11111111 1 length 14: symbol 266, 13 + 1'
line ' 86.6 80 1101 0010 distance 53: symbol 11, 49 + 4; copies " consectetuer "'
line ' end of block'
line 'ADLER32 '
line ': the same'
line 'end: the stream is whole, 219 bytes for 335 bytes of output'
ok "one line for each literal and match" \
    [ "$(grep -c -e 'literal .' -e '; copies' "$out")" -eq \
      "$(tr ' ' '\n' <"$out" | grep -c -e '^literal$' -e '^copies$')" ]

# The text put together from the explanation is the text itself
awk -F'literal ' '/  literal .[^\\]/ { printf "%s", substr($2, 2, 1); next }
    /  literal .\\n/ { print ""; next }
    /; copies "/ { split($0, part, "; copies \""); text = part[2]; sub(/"$/, "", text); gsub(/\\n/, "\n", text);
                   printf "%s", text }' "$out" >text
ok "literals and copies are the text" cmp -s text lorem.txt

"$sluice" -F raw -0 <lorem.txt >stored
try 0 "a stored block" "$sluice" --explain -F raw stored
line ' 0.1 0 00 BTYPE 0: stored'
line ' 0.3 0 00000 padding to the next byte, ignored'
line 'LEN: 335 bytes follow'
line '5.0 0 48 bytes "Lorem ipsum dolor sit amet, consectetuer adipisc"'
line 'end: the stream is whole, 340 bytes for 335 bytes of output'

printf 'aaaaaaaaaaaaaaaaaaaa' >name
touch -d '2001-09-09T01:46:40Z' name
"$sluice" -k name
try 0 "a gzip file" "$sluice" --explain name.gz
line ' 0.0 0 1f 8b ID: gzip'
line ' 3.0 0 08 FLG: FNAME'
line ' MTIME: 2001-09-09 01:46:40 UTC'
line ' NAME: "name\x00"'
line 'BTYPE 1: fixed Huffman codes'
line "10010001 literal 'a'"
line 'CRC32 '
line 'ISIZE 20; the output has 20 modulo 2^32: the same'
cat name.gz name.gz >two.gz
try 0 "two members" "$sluice" --explain two.gz
ok "two headers" [ "$(grep -c 'gzip header' "$out")" -eq 2 ]
line 'for 40 bytes of output'
echo more >>two.gz
try 0 "what follows the stream" "$sluice" --explain two.gz
line 'more bytes, which do not belong to it'

"$sluice" --explain - <lorem.zlib >"$out" 2>"$err"
ok "standard input" [ $? -eq 0 ]
line 'end: the stream is whole'
"$sluice" --explain <lorem.zlib >"$out"
line 'end: the stream is whole'
try 0 "several files" "$sluice" --explain lorem.zlib name.gz
ok "two verdicts" [ "$(grep -c '^end: ' "$out")" -eq 2 ]

# ---- Defects
defect() { # WHAT BYTES VERDICT [OPTION...]
    what=$1 bytes=$2 verdict=$3
    shift 3
    printf "$bytes" >bad
    try 1 "$what" "$sluice" --explain "$@" bad
    line "defect: $verdict"
    says "${verdict%% *}"
}
defect "block type 3" '\007' 'SLUICE_ERR_BLOCK_TYPE at byte 0 bit 1, after 0 bytes of output' -F raw
defect "stored length" '\001\003\000\374\376abc' 'SLUICE_ERR_STORED_LENGTH at byte 1 bit 0' -F raw
defect "no input" '' 'SLUICE_ERR_TRUNCATED at byte 0 bit 0'
defect "no format" 'A' 'SLUICE_ERR_FORMAT at byte 0 bit 0'
defect "zlib method" '\167\001' 'SLUICE_ERR_ZLIB_METHOD at byte 0 bit 0' -F zlib
defect "zlib window" '\210\001' 'SLUICE_ERR_ZLIB_WINDOW at byte 0 bit 4' -F zlib
defect "zlib check" '\170\002' 'SLUICE_ERR_ZLIB_CHECK at byte 1 bit 0'
defect "gzip flags" '\037\213\010\040' 'SLUICE_ERR_GZIP_FLAGS at byte 3 bit 0'
defect "gzip method" '\037\213\007\000' 'SLUICE_ERR_GZIP_METHOD at byte 2 bit 0'
defect "distance" '\003\002\000' 'SLUICE_ERR_DISTANCE_START at byte 1 bit 2, after 0 bytes of output' -F raw
dd if=lorem.zlib bs=100 count=1 2>/dev/null >cut.zz
try 1 "cut short" "$sluice" --explain cut.zz
line 'defect: SLUICE_ERR_TRUNCATED at byte 100 bit 0'
{ dd if=lorem.zlib bs=215 count=1; printf 'abcd'; } 2>/dev/null >wrong.zz
try 1 "wrong checksum" "$sluice" --explain wrong.zz
line ': it differs'
line 'defect: SLUICE_ERR_ZLIB_ADLER at byte 215 bit 0, after 335 bytes of output'

# ---- Dictionaries
printf 'the text that comes again and again' >dictionary
"$sluice" -F zlib -D dictionary <dictionary >d.zz
try 1 "a dictionary is missing" "$sluice" --explain d.zz
line 'DICTID'
line 'end: the stream needs a preset dictionary; give it with -D'
try 0 "given" "$sluice" --explain -D dictionary d.zz
line 'copies "the text that comes again and again"'
try 1 "the wrong one" "$sluice" --explain -D lorem.txt d.zz
line 'defect: SLUICE_ERR_DICTIONARY'
"$sluice" -F raw -D dictionary <dictionary >d.raw
try 0 "raw, with a dictionary" "$sluice" --explain -F raw -D dictionary d.raw
try 1 "raw, without" "$sluice" --explain -F raw d.raw
line 'SLUICE_ERR_DISTANCE_START'
try 1 "a folder cannot be explained" "$sluice" --explain nothing
report app/tool_explain
