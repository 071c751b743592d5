# tool_faults_test.sh: damaged streams, full disks, closed pipes, signals. Whatever happens, nothing partial has a final
# name, no source is lost, and the exit status tells.
. tests/support/check.sh
begin
sluice=$BUILD/sluice
awk 'BEGIN { for (i = 0; i < 60000; i++) print i, i * i % 977, "the quick brown fox" }' >text
"$sluice" -k text
size=$(wc -c <text.gz)

# Is the first file a beginning of the second?
begins() {
    n=$(wc -c <"$1")
    [ "$n" -eq 0 ] || dd if="$2" bs="$n" count=1 2>/dev/null | cmp -s - "$1"
}

first() { dd if="$1" bs="$2" count=1 2>/dev/null; }

# ---- Damaged streams
mkdir damaged
cd damaged || exit 1
for cut in 1 2 5 9 10 15 100 $((size / 2)) $((size - 9)) $((size - 8)) $((size - 1)); do
    first ../text.gz "$cut" >x.gz
    try 1 "cut at $cut" "$sluice" -d x.gz
    says "x.gz: byte $cut: the input ends before the stream does (SLUICE_ERR_TRUNCATED)"
    ok "only the source is there" names_are "x.gz "
    try 1 "-t" "$sluice" -t x.gz
    try 1 "-l" "$sluice" -l x.gz
    ok "no row for it" not test -s "$out"
    "$sluice" -d <x.gz >plain 2>"$err"
    ok "a pipe is cut short too" [ $? -eq 1 ]
    ok "what came before is right" begins plain ../text
    rm plain
done
{ first ../text.gz $((size - 8)); printf 'ABCDEFGH'; } >x.gz
try 1 "wrong CRC" "$sluice" -d x.gz
says "x.gz: byte $((size - 8)): the CRC-32 of the output is not the one in the trailer (SLUICE_ERR_GZIP_CRC)"
echo precious >x
try 1 "wrong CRC over an existing file" "$sluice" -df x.gz
ok "the existing file stays" [ "$(cat x)" = precious ]
ok "nothing else" names_are "x x.gz "
rm x

cp ../text.gz x.gz
printf '\0\0\0\0\0\0\0' >>x.gz
try 0 "zeros behind the stream are padding" "$sluice" -t x.gz
quiet
cp ../text.gz x.gz
echo garbage >>x.gz
try 2 "anything else is a warning" "$sluice" -t x.gz
says "follow at byte $size"
try 2 "the file is decompressed all the same" "$sluice" -d x.gz
ok "whole" cmp -s x ../text
ok "and the source is gone" names_are "x "
{ cat ../text.gz; printf '\037'; } >y.gz
try 2 "half of a beginning of another member" "$sluice" -t y.gz
says "follow at byte $size"
{ cat ../text.gz; printf '\0\0\037\213'; } >y.gz
try 2 "a member behind padding is not looked for" "$sluice" -t y.gz
{ cat ../text.gz; printf '\037\213\010'; } >y.gz
try 1 "a second member that is cut" "$sluice" -t y.gz
try 1 "one bad file among good ones" "$sluice" -t ../text.gz y.gz ../text.gz
cd ..
rm -rf damaged

# ---- A full disk: a limit on the size of files is as good as one
cp text.gz packed.gz
(
    ulimit -f 8
    "$sluice" -d packed.gz
) 2>"$err"
ok "decompressing to a full disk" [ $? -eq 1 ]
says "packed: File too large"
ok "the source is there, the result not" names_are "packed.gz text text.gz "
(
    ulimit -f 8
    "$sluice" -0 -c text >partial
) 2>"$err"
ok "standard output on a full disk" [ $? -eq 1 ]
says "stdout: File too large"
rm -f partial
cp "$sluice" binary
(
    ulimit -f 8
    "$sluice" -0 binary
) 2>"$err"
ok "compressing to a full disk" [ $? -eq 1 ]
ok "the source stays" cmp -s binary "$sluice"
ok "no result" not test -e binary.gz
if [ -w /dev/full ]; then
    "$sluice" -c text >/dev/full 2>"$err"
    ok "/dev/full" [ $? -eq 1 ]
    says "stdout: No space left"
    "$sluice" -l text.gz >/dev/full 2>"$err"
    ok "a list to /dev/full" [ $? -eq 1 ]
    "$sluice" --help >/dev/full 2>"$err"
    ok "help to /dev/full" [ $? -eq 1 ]
fi
"$sluice" -c text >&- 2>"$err"
ok "standard output is closed" [ $? -eq 1 ]
rm binary packed.gz

# With all three closed no message may end up in the result, whatever number its file gets.
cp text old
touch -d '1960-01-01T00:00:00Z' old
"$sluice" old <&- >&- 2>&-
ok "a warning with nowhere to go" [ $? -eq 2 ]
"$sluice" -dc old.gz >plain
ok "is not in the result" cmp -s plain text
"$sluice" -k text -o closed.gz <&- >&- 2>&-
ok "everything closed" [ $? -eq 0 ]
"$sluice" -d <&- 2>"$err"
ok "standard input closed" [ $? -eq 1 ]
cp text.gz own
"$sluice" -dc own >>own 2>"$err"
ok "a file that is read and written" [ $? -eq 1 ]
what="own output"
says "own: is standard output too"
ok "is left as it was" cmp -s own text.gz
rm old.gz plain closed.gz own

# ---- A reader that has seen enough. 141: the signal ended it; 1: the caller had it ignored.
for action in "-dc text.gz" "-0 -c text" "--explain text.gz"; do
    { "$sluice" $action 2>"$err"; echo $? >code; } | dd bs=1 count=1 >/dev/null 2>&1
    ok "closed pipe, $action" [ "$(cat code)" = 141 -o "$(cat code)" = 1 ]
    [ "$(cat code)" = 141 ] && ok "nothing is said about it" not test -s "$err"
done
rm code

# Waits until the work has begun. The count is a bound for the case that it never does; it is not a time to keep.
await_temporary() {
    tries=0
    until [ -n "$(ls -A | grep sluice-part)" ] || [ $tries -ge 5000 ]; do tries=$((tries + 1)); done
}

# ---- Signals. The input is a FIFO that stays open, so the work is surely under way.
mkfifo fifo
for signal in TERM HUP KILL; do
    echo precious >target
    "$sluice" -f -o target <fifo 2>"$err" &
    pid=$!
    exec 3>fifo
    cat text >&3
    await_temporary
    kill -$signal $pid
    wait $pid 2>/dev/null
    code=$?
    exec 3>&-
    ok "SIG$signal ends it" [ $code -gt 128 ]
    ok "SIG$signal: the target is as it was" [ "$(cat target)" = precious ]
    [ $signal = KILL ] || ok "SIG$signal: no temporary file is left" [ -z "$(ls -A | grep sluice-part)" ]
    rm -f .*.sluice-part-*
done
# A background process of a shell ignores SIGINT, and it must go on doing so.
"$sluice" -f -o target <fifo 2>"$err" &
pid=$!
exec 3>fifo
cat text >&3
kill -INT $pid
exec 3>&-
wait $pid
ok "an ignored signal stays ignored" [ $? -eq 0 ]
"$sluice" -dc target >plain
ok "and the result is whole" cmp -s plain text
rm -f fifo target plain

# ---- The source changes while it is read: the work is stopped in the middle, and a line is added
if [ -r /proc/self/stat ]; then
    dd if=/dev/zero of=growing bs=1 count=1 seek=100000000 2>/dev/null
    "$sluice" -9 growing 2>"$err" &
    pid=$!
    await_temporary
    kill -STOP $pid
    tries=0
    until grep -q ') [TZ]' /proc/$pid/stat 2>/dev/null || [ $tries -ge 5000 ]; do tries=$((tries + 1)); done
    if [ -n "$(ls -A | grep sluice-part)" ]; then
        echo more >>growing
        kill -CONT $pid
        wait $pid
        ok "a changed source is a warning" [ $? -eq 2 ]
        what="a changed source"
        says "growing: changed while it was read -- kept"
        ok "it is kept" test -f growing
    else
        kill -CONT $pid
        wait $pid
    fi
    rm -f growing growing.gz
fi
ok "nothing is left" names_are "text text.gz "

# ---- What a kill has left is removed by the next run in that folder; what only looks like it stays
mkdir left left/deeper
echo hello >left/a
echo hello >left/deeper/b
for stale in left/.a.sluice-part-AbCd12 left/.gone.sluice-part-000000 left/deeper/.b.sluice-part-zzzzzz; do
    echo stale >$stale
done
echo mine >left/.a.sluice-part-toolong
echo mine >left/a.sluice-part-AbCd12
try 0 "a run in a folder with leftovers" "$sluice" left/a
ok "they are gone, in this folder" \
    test "$(ls -A left | tr '\n' ' ')" = ".a.sluice-part-toolong a.gz a.sluice-part-AbCd12 deeper "
ok "and not in another" test -e left/deeper/.b.sluice-part-zzzzzz
try 0 "a run below" "$sluice" -k left/deeper/b
ok "gone there too" test "$(ls -A left/deeper | tr '\n' ' ')" = "b b.gz "
echo stale >left/.a.sluice-part-AbCd12
try 0 "nothing is removed where nothing is written" "$sluice" -t left/a.gz
ok "still there" test -e left/.a.sluice-part-AbCd12
report app/tool_faults
