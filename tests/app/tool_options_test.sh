# tool_options_test.sh: the command line, the environment, the names the program is called by, and what it prints.
. tests/support/check.sh
begin
sluice=$BUILD/sluice
echo "hello, hello, hello" >a
"$sluice" -k a

# ---- Help, version, mistakes
try 0 "--help" "$sluice" --help
for option in -d --decompress -t -l --explain -c -o -S -k -f -r -n -N -0 --fast --best -m -M -C -Y -F -z -H -U -D -v \
    -q -h -L -V; do
    shows "$option"
done
ok "no line of the help is longer than 80 columns" [ "$(awk 'length > 80' "$out" | wc -l)" -eq 0 ]
try 0 "-h" "$sluice" -h
shows "Usage: sluice"
try 0 "--version" "$sluice" --version
ok "version" [ "$(cat "$out")" = "sluice 0.1.0" ]
try 0 "-V" "$sluice" -V
try 0 "-L" "$sluice" --license
shows "MIT"
for wrong in -x --nothing -13 -F --format=lzma -o --keep=1 -D -S; do
    try 1 "mistake $wrong" "$sluice" $wrong
    says "Try 'sluice --help'"
done
says "-S: a value is missing"
try 1 "--level=13 is no option of this program" "$sluice" --level=13
try 1 "an unknown abbreviation gets a hint" "$sluice" --decomp
says "--decompress?"
ok "nothing has been touched" names_are "a a.gz "

# ---- Verbose and quiet
try 0 "-v" "$sluice" -kvf a
says "created a.gz"
says "%"
try 0 "-vc" "$sluice" -vc a
says "a:"
try 0 "-dvf" "$sluice" -dvf a.gz
says "replaced with a"
"$sluice" -k a
try 0 "-tv" "$sluice" -tv a.gz
says "a.gz:"
says "OK"
try 2 "-q keeps the exit status" "$sluice" -q a
quiet
try 1 "-q does not silence errors" "$sluice" -q nothing
says "nothing"

# ---- The line of progress, when work takes long
{ cat a; sleep 1; cat a; } | "$sluice" --progress always -c >packed 2>"$err"
ok "a line of progress" [ -n "$(tr -d -c '\r' <"$err")" ]
what="progress"
says stdin
{ cat a; sleep 1; cat a; } | "$sluice" -c >packed 2>"$err"
ok "none where there is no terminal" not test -s "$err"
ok "the data is whole" [ "$("$sluice" -dc packed | grep -c hello)" -eq 2 ]
rm packed

# ---- -t
try 0 "-t is quiet" "$sluice" -t a.gz
quiet
echo "a plain file" >plain
try 1 "-t of a plain file" "$sluice" -t plain
rm plain
says "plain: byte 0: this is neither a gzip nor a zlib stream (SLUICE_ERR_FORMAT)"
try 0 "-t finds the suffix" "$sluice" -t ./a.gz
ok "-t leaves things alone" names_are "a a.gz "

# ---- -l
size=$(wc -c <a.gz)
try 0 "-l" "$sluice" -l a.gz
shows "compressed        uncompressed  ratio uncompressed_name"
ok "a line of sizes" [ "$(sed -n 2p "$out" | awk '{ print $1, $2, $4 }')" = "$((size)) 20 a" ]
cat a.gz a.gz >two.gz
try 0 "-l of several" "$sluice" -l a.gz two.gz
ok "true sizes: both members count" [ "$(sed -n 3p "$out" | awk '{ print $1, $2 }')" = "$((2 * size)) 40" ]
ok "totals" [ "$(sed -n 4p "$out" | awk '{ print $1, $2, $4 }')" = "$((3 * size)) 60 (totals)" ]
try 0 "-lq" "$sluice" -lq a.gz
ok "no heading" [ "$(wc -l <"$out")" -eq 1 ]
printf '123456789' | "$sluice" >nine.gz
try 0 "-lv" "$sluice" -lv nine.gz
shows "method"
shows "cbf43926"
cp a.gz other.gz
try 0 "-lN" "$sluice" -lN other.gz
ok "the name in the header" [ "$(sed -n 2p "$out" | awk '{ print $4 }')" = a ]
"$sluice" -l <a.gz >"$out"
ok "-l of standard input" [ "$(sed -n 2p "$out" | awk '{ print $4 }')" = stdout ]
try 1 "-l of a plain file" "$sluice" -l a
rm -f two.gz nine.gz other.gz

# ---- Standard input
"$sluice" <a >packed
"$sluice" -d <packed >plain
ok "pipes" cmp -s a plain
"$sluice" -d - <packed >plain
ok "a lone dash is standard input" cmp -s a plain
"$sluice" -dc packed - <packed >plain
ok "beside files" [ "$(wc -l <plain)" -eq 2 ]
"$sluice" -d -o plain2 <packed
ok "standard input to -o" cmp -s a plain2
try 1 "an empty input is no stream" "$sluice" -d
says "stdin: byte 0: the input ends before the stream does (SLUICE_ERR_TRUNCATED)"
try 0 "-dcf copies what is not compressed" "$sluice" -dcf a packed
ok "as it is" [ "$(grep -c hello "$out")" -eq 2 ]
: >nothing
try 0 "-dcf of an empty file" "$sluice" -dcf nothing
try 1 "-dc does not" "$sluice" -dc a
rm -f plain plain2 packed nothing

# ---- Fields of the header, strategies
try 0 "-C" "$sluice" -C "made by hand" -c a
mv "$out" packed
try 0 "explain" "$sluice" --explain packed
shows 'COMMENT: "made by hand'
touch -d '2001-09-09T01:46:40Z' a
"$sluice" -m -c a >packed
try 0 "-m keeps the name and no time" "$sluice" --explain packed
shows 'NAME: "a'
shows "MTIME: none"
"$sluice" -c a >b.gz
try 0 "-M gives back the time only" "$sluice" -dM b.gz
ok "b" test -f b
ok "its time" same_time a b
rm b packed
try 0 "-z" "$sluice" -z -k a
ok "is zlib" test -f a.zz
"$sluice" -H -F raw -c a >huffman
"$sluice" -U -F raw -c a >runs
"$sluice" -F raw -c a >matches
ok "-H finds no matches" [ "$("$sluice" --explain -F raw huffman | grep -c '; copies')" -eq 0 ]
ok "-U neither in this text" [ "$("$sluice" --explain -F raw runs | grep -c '; copies')" -eq 0 ]
ok "the default does" [ "$("$sluice" --explain -F raw matches | grep -c '; copies')" -gt 0 ]
for f in huffman runs matches; do
    "$sluice" -d -F raw -c $f >plain
    ok "$f come back" cmp -s plain a
done
try 0 "-Y" "$sluice" -Ykf a
rm -f a.zz huffman runs matches plain

# ---- The environment
SLUICE='-k  -v' try 0 "options from the environment" env SLUICE='-k  -v' "$sluice" -f a
says "created"
ok "kept" test -f a
try 0 "the command line comes after" env SLUICE=-9 "$sluice" -0 -c a
ok "-0 wins" [ "$(wc -c <"$out")" -gt 20 ]
try 0 "blanks only" env SLUICE='  ' "$sluice" -c a
try 1 "a file in the environment" env SLUICE='-k file' "$sluice" -c a
says "SLUICE"
try 1 "a mistake in the environment" env SLUICE='--nothing' "$sluice" -c a
says "--nothing"

# ---- Names of the program
ln -s "$sluice" gunzip
ln -s "$sluice" zcat
ln -s "$sluice" gzip
try 0 "zcat" ./zcat a.gz
shows hello
try 0 "zcat -f" ./zcat -f a
shows hello
rm a
try 0 "gunzip" ./gunzip a.gz
ok "gunzip" test -f a
try 0 "gzip" ./gzip a
ok "gzip" test -f a.gz
try 1 "messages begin with the name" ./gunzip nothing
says "gunzip: nothing"

# ---- A name that would make a terminal do things
strange=$(printf 'x\033[31mred')
try 1 "escapes in a name" "$sluice" "$strange"
says "x?[31mred"
report app/tool_options
