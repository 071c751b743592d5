# tool_round_trip_test.sh: every level and format, through files and through pipes, on inputs of many kinds.
. tests/support/check.sh
begin
sluice=$BUILD/sluice

: >empty
printf x >one
awk 'BEGIN { for (i = 0; i < 20000; i++) print i, i * i % 977, "the quick brown fox" }' >text
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "%s", "aaaaaaaaaa" }' >run
dd if=/dev/zero of=zeros bs=65536 count=33 2>/dev/null
cp "$sluice" binary
cp "$TOP/vectors/lorem.txt" lorem
inputs='empty one text run zeros binary lorem'

for level in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
    for input in text lorem empty; do
        try 0 "level $level" "$sluice" -$level -c $input
        mv "$out" packed
        try 0 "what level $level made" "$sluice" -dc packed
        ok "level $level gives $input back" cmp -s "$out" $input
    done
done

for format in gzip zlib raw; do
    for input in $inputs; do
        "$sluice" -F $format <$input >packed 2>"$err"
        ok "compress $input from a pipe as $format" [ $? -eq 0 ]
        "$sluice" -d -F $format <packed >plain 2>"$err"
        ok "decompress $input" [ $? -eq 0 ]
        ok "$input comes back through pipes" cmp -s plain $input
        try 0 "test $input as $format" "$sluice" -t -F $format packed
    done
done

ok "a higher level makes a smaller file" \
    [ "$("$sluice" -9 -c text | wc -c)" -lt "$("$sluice" -1 -c text | wc -c)" ]
"$sluice" --fast -c text >fast
"$sluice" -1 -c text >one
ok "--fast is -1" cmp -s fast one
"$sluice" --best -c text >best
"$sluice" -9 -c text >nine
ok "--best is -9" cmp -s best nine
"$sluice" -c text >default
"$sluice" -6 -c text >six
ok "-6 is the default" cmp -s default six
"$sluice" -n text -c >first
touch -t 200001010000 text
"$sluice" --no-name text -c >second
ok "with -n the same data gives the same bytes, whatever its time" cmp -s first second

# A dictionary: of the zlib header, or agreed upon for raw data
head -n 50 text >dictionary
tail -n 60 text >entry
for format in zlib raw; do
    try 0 "compress with a dictionary" "$sluice" -F $format -D dictionary -c entry
    cp "$out" packed
    try 0 "decompress with it" "$sluice" -d -F $format -D dictionary -c packed
    ok "$format with a dictionary" cmp -s "$out" entry
done
"$sluice" -F zlib -D dictionary -c entry >packed
try 1 "a dictionary is asked for" "$sluice" -t packed
says "give it with -D"
try 1 "the wrong dictionary is noticed" "$sluice" -t -D text packed
says "SLUICE_ERR_DICTIONARY"
try 1 "gzip has no dictionary" "$sluice" -D dictionary -c entry
says "--dictionary: the gzip format knows none"
try 1 "a dictionary that is not there" "$sluice" -F zlib -D nothing -c entry
says "nothing: No such file"

# Members one after the other are one file, in the order in which they come
cat first first >twice
cat text text >texts
try 0 "members are joined" "$sluice" -dc twice
ok "both members come out" cmp -s "$out" texts
for i in 1 2 3 4 5 6 7 8 9 10; do cat one first; done >many 2>/dev/null
"$sluice" -dc many >members
ok "many members" [ "$(wc -c <members)" -eq $((10 * ($("$sluice" -dc one | wc -c) + $(wc -c <text)))) ]

{ cat first; sleep 1; cat first; } | "$sluice" -dc >members
ok "a member that comes late on a pipe" cmp -s members texts

# More than a window of zeros is a hole, and reads as zeros all the same
{ cat text zeros text; printf x; cat zeros; } >sparse
"$sluice" -k sparse
cp sparse plain
try 0 "a file with long zeros" "$sluice" -df sparse.gz
ok "zeros come back as zeros" cmp -s sparse plain
report app/tool_round_trip
