# broken_server.sh: our client and servers that answer as none should (broken_server.py): each fault has its exit
# code, no file appears under the final name, one that was there stays, and nothing else is left in the folder.
. tests/support/check.sh
if ! command -v python3 >/dev/null; then
    echo "SKIPPED: no python3 here"
    report interop/broken_server
fi
begin
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
cat "$TOP"/inflate/*.c >file
mkfifo says
mkdir got
PYTHONDONTWRITEBYTECODE=1 python3 "$TOP/tests/interop/broken_server.py" file >says &
server=$!
read -r port <says

client() { # NAME OPTION...
    name=$1
    shift
    "$BUILD/sluice-client" -q "$@" -O got "sluice://127.0.0.1:$port/$name"
}

# fault CODE NAME TEXT OPTION...: with nothing there before, and with a file of that name there before
fault() {
    code_wanted=$1 asked=$2 text=$3
    shift 3
    rm -rf got
    mkdir got
    try "$code_wanted" "$asked" client "$asked" "$@"
    says "$text"
    ok "$asked: no file, and nothing else" test -z "$(ls -A got)"
    echo "what was there before" >"got/$asked"
    try "$code_wanted" "$asked, over a file" client "$asked" "$@"
    ok "$asked: the file is untouched" test "$(cat "got/$asked")" = "what was there before"
    ok "$asked: nothing else" test "$(ls -A got)" = "$asked"
}

try 0 whole client whole
ok "whole: the file" cmp got/whole file
try 0 behind client behind
ok "behind: the file" cmp got/behind file

fault 3 nothing refused
size=$(python3 -c 'import sys, zlib; print(len(zlib.compress(open("file", "rb").read(), 6)))')
for cut in 1 2 3 10 100 $((size / 2)) $((size - 5)) $((size - 4)) $((size - 1)); do
    fault 5 "cut-$cut" "$cut bytes"
done
fault 5 reset 'ut short'
fault 4 adler 'corrupt at byte '$((size - 4))', bit 0 of the stream: the Adler-32'
fault 4 flip-0 'corrupt at byte'
fault 4 flip-3 'corrupt at byte'
fault 4 flip-13 'corrupt at byte'
fault 4 raw 'corrupt at byte'
fault 4 gzip 'corrupt at byte 0, bit 0'
fault 4 dictionary 'ictionary'
# a bit in the middle: some defect of the data or the checksum, whatever comes first; cut short if it hides the end
for bit in 1000 20000 40001 60002 80003; do
    rm -rf got
    mkdir got
    client "flip-$bit" 2>"$err"
    code=$?
    ok "flip-$bit: corrupt or cut short" test $code -eq 4 -o $code -eq 5
    ok "flip-$bit: no file" test -z "$(ls -A got)"
done
fault 8 silent 'timed out' --timeout 1
fault 8 bomb '10485760' --max-size 10M
rm -rf got
mkdir got
try 7 other client other --compare file
shows 'response matches file contents: False'
ok "other: no file, and nothing else" test -z "$(ls -A got)"
report interop/broken_server
