# tool_ahead_test.sh: threads that decode ahead, -d and -t with -p: what is written and said is the same as without.
. tests/support/check.sh
begin
sluice=$BUILD/sluice

awk 'BEGIN { for (i = 0; i < 60000; i++) print i, i * i % 977, "the quick brown fox", i % 13 * 71 }' >text
cat "$sluice" text "$sluice" >large
"$sluice" -n -i -b 64 -c large >flush.gz
"$sluice" -n -i -b 64 -F zlib -c large >flush.zz
"$sluice" -n -i -b 64 -F raw -c large >flush.raw
"$sluice" -n -c large >plain.gz
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    tail -c $((i * 100000)) large | head -c 100000 >part
    "$sluice" -n -c part
    cat part >>parts
done >members.gz
"$sluice" -n -0 -c flush.gz >nested.gz # stored: full of marks that are none

# ---- The same result
for input in flush.gz flush.zz plain.gz nested.gz members.gz; do
    "$sluice" -d -c $input >one
    for n in 0 2 3 8; do
        try 0 "$input, -p $n" "$sluice" -d -p $n -c $input
        ok "$input, -p $n: the same bytes" cmp -s "$out" one
        try 0 "$input, -p $n: test" "$sluice" -t -p $n $input
    done
    cat $input | "$sluice" -d -p 2 >piped
    ok "$input through pipes" cmp -s piped one
done
"$sluice" -d -p 2 -F raw -c flush.raw >one
ok "raw" cmp -s one large
"$sluice" -d -p 2 -c flush.gz >one
ok "what went in" cmp -s one large
"$sluice" -d -p 2 -c members.gz >one
ok "what went in, member by member" cmp -s one parts

# ---- The same words, exit code and output for what is not well
# same NAME FILE: holds -p 3 to -p 1
same() {
    "$sluice" -d -p 1 -c "$2" >one 2>said1
    code1=$?
    "$sluice" -d -p 3 -c "$2" >three 2>said3
    code3=$?
    ok "$1: exit code $code1" [ $code1 = $code3 ]
    ok "$1: the same said: $(cat said1)" cmp -s said1 said3
    ok "$1: the same bytes before it" cmp -s one three
}
for input in flush.gz flush.zz members.gz plain.gz; do
    size=$(wc -c <$input)
    for cut in 1 2 150001 $((size / 2)) $((size - 100001)) $((size - 5)) $((size - 1)); do
        head -c $cut $input >broken
        same "$input cut to $cut bytes" broken
        { head -c $cut $input; printf 'x'; tail -c +$((cut + 2)) $input; } >broken
        same "$input with a byte changed after $cut" broken
    done
    { cat $input; printf 'garbage'; } >broken
    same "$input with garbage behind it" broken
    { cat $input; dd if=/dev/zero bs=1000 count=700 2>/dev/null; } >broken
    same "$input with zeros behind it" broken
    { cat $input; dd if=/dev/zero bs=1000 count=700 2>/dev/null; printf x; } >broken
    same "$input with garbage behind zeros" broken
    { cat $input; printf '\037'; } >broken
    same "$input with half a beginning behind it" broken
done

# a member that ends where a read of the tool ends, and another behind it
head -c 262106 large >part
"$sluice" -n -0 -c part >exact.gz
ok "the first member fills the buffer" [ "$(wc -c <exact.gz)" -eq 262144 ]
cat flush.gz >>exact.gz
same "members that meet where a read ends" exact.gz
cat part large >parts
ok "both came out" cmp -s one parts

# ---- In the place of files, with their names and times; several in one run
cp large large1
cp text text1
touch -t 202001020304 large1
"$sluice" -i -b 64 large1 text1
mv large1.gz other.gz
try 0 "two files" "$sluice" -d -p 2 -N other.gz text1.gz
ok "the name is the header's" cmp -s large1 large
ok "the time too" [ -z "$(find large1 -newer "$sluice")" ]
ok "and the other" cmp -s text1 text
try 0 "list" "$sluice" -l -p 2 flush.gz
shows "$(wc -c <large | tr -d ' ')"
if [ -w /dev/full ]; then
    try 1 "a full disk" sh -c "'$sluice' -d -p 3 -c flush.gz >/dev/full"
    says "No space left"
fi

# ---- A signal while threads are at work
dies_at_work "flush.gz" -d -p 3
report app/tool_ahead
