# tool_parallel_test.sh: pieces compressed in parallel: -p, -b, -i, -R.
. tests/support/check.sh
begin
sluice=$BUILD/sluice

: >empty
printf x >one
awk 'BEGIN { for (i = 0; i < 45000; i++) print i, i * i % 977, "the quick brown fox" }' >text
dd if=/dev/zero of=zeros bs=65536 count=33 2>/dev/null
cat text "$sluice" zeros text >large

# ---- The same bytes whatever the number of threads, and what went in comes out
for format in gzip zlib raw; do
    "$sluice" -n -p 1 -b 64 -F $format -c large >one_thread
    try 0 "decompress $format" "$sluice" -d -F $format -c one_thread
    ok "$format comes back" cmp -s "$out" large
    for n in 0 2 3 8; do
        try 0 "-p $n" "$sluice" -n -p $n -b 64 -F $format -c large
        ok "-p $n gives the same $format" cmp -s "$out" one_thread
    done
    piped=$(cat large | "$sluice" -n -p 2 -b 64 -F $format | cksum)
    ok "as it does through pipes" [ "$piped" = "$(cksum <one_thread)" ]
done
for level in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
    "$sluice" -n -$level -p 1 -b 128 -c text >one_thread
    try 0 "level $level" "$sluice" -n -$level -p 2 -b 128 -c text
    ok "level $level: the same bytes" cmp -s "$out" one_thread
    mv "$out" packed
    try 0 "level $level: decompress" "$sluice" -dc packed
    ok "level $level: what went in" cmp -s "$out" text
done
for input in empty one text; do
    "$sluice" -n -c $input >plain
    try 0 "$input" "$sluice" -n -p 4 -b 4096 -c $input
    ok "a single piece of $input is as without -p" cmp -s "$out" plain
done
if gzip -V >/dev/null 2>&1; then
    "$sluice" -p 2 -b 32 -c large >packed.gz
    try 0 "another gzip reads it" gzip -t packed.gz
fi

# ---- Files in their places, several of them, with their names and times
cp text text1
cp large large1
try 0 "several files" "$sluice" -p 2 -b 64 text1 large1
ok "they are replaced" [ ! -e text1 ]
try 0 "and back" "$sluice" -d -p 2 -N text1.gz large1.gz
ok "the first comes back" cmp -s text1 text
ok "the second comes back" cmp -s large1 large
SLUICE='-p 2 -b 64' "$sluice" -n -c large >packed
"$sluice" -n -p 2 -b 64 -c large >packed2
ok "from the environment" cmp -s packed packed2

# ---- A dictionary
head -n 400 text >dictionary
head -n 300 text >entry
"$sluice" -z -D dictionary -c entry >small
"$sluice" -p 2 -z -D dictionary -c entry >packed
ok "it primes the first piece" cmp -s packed small
try 0 "decompress with it" "$sluice" -d -D dictionary -c packed
ok "an entry with a dictionary" cmp -s "$out" entry

# ---- Independent pieces
head -c 30000 "$sluice" >part # again and again: the piece before has all of it
cat part part part part part part part part part part part part >again
"$sluice" -n -p 2 -b 64 -c again >packed
"$sluice" -n -i -b 64 -c again >apart
ok "independent pieces cost something" [ "$(wc -c <apart)" -gt "$(wc -c <packed)" ]
"$sluice" -n -i -b 64 -c large >apart
try 0 "-i" "$sluice" -d -c apart
ok "-i: what went in" cmp -s "$out" large
"$sluice" -n -i -b 64 -p 1 -c large >packed
ok "-i is the same for every number of threads" cmp -s packed apart

# ---- Pieces by content: how many blocks of 4 KiB of one result are in the other, at any place of it, is not for a
# shell;
#      but where the change is at the beginning, the end is the same
common_end() { # FILE FILE: whether their last 20000 bytes, without the trailer, are the same
    tail -c 20000 "$1" | head -c 19980 >end1
    tail -c 20000 "$2" | head -c 19980 >end2
    cmp -s end1 end2
}
{ printf 'one more line\n'; cat text; } >changed
for options in -R -Ri '-R -b 32'; do
    try 0 "$options" "$sluice" -n $options -c text
    mv "$out" packed
    "$sluice" -n $options -c changed >packed2
    ok "$options: the results meet again" common_end packed packed2
    try 0 "$options: decompress" "$sluice" -dc packed2
    ok "$options: what went in" cmp -s "$out" changed
    "$sluice" -n $options -p 3 -c changed >packed
    ok "$options is the same for every number of threads" cmp -s packed packed2
done
"$sluice" -n -b 32 -c text >packed
"$sluice" -n -b 32 -c changed >packed2
ok "without -R they do not" not common_end packed packed2

# ---- A signal while threads are at work
dies_at_work "large large" -p 3 -b 16 -9

# ---- Mistakes
for wrong in '-p' '-p x' '-p 257' '-p -1' '-b 0' '-b 65537' '-b 64k'; do
    try 1 "mistake $wrong" "$sluice" $wrong
    says "Try 'sluice --help'"
done
if [ -w /dev/full ]; then
    try 1 "a full disk" sh -c "'$sluice' -p 3 -b 64 -c large >/dev/full"
    says "No space left"
fi
report app/tool_parallel
