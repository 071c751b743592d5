# full_disk_test.sh: a file system that is really full, for the client, the tool and the server's log: a small one in
# memory, which root alone can mount. What was there stays, nothing partial has a final name, and when there is room
# again the work goes on.
. tests/support/check.sh
begin
disk=$FOLDER/disk
mkdir "$disk"
mounted=false
if [ "$(id -u)" -ne 0 ]; then
    echo "not root" >"$err"
elif mount -t tmpfs -o size=256k sluice "$disk" 2>"$err"; then
    mounted=true
fi
if [ $mounted = false ]; then
    echo "SKIPPED: no file system can be mounted here: $(cat "$err")"
    report app/full_disk
fi
server=
trap 'kill $server 2>/dev/null; cd /; umount "$disk"; rm -rf "$FOLDER"' 0

mkdir root
chmod 755 "$FOLDER" "$FOLDER/work" root
awk 'BEGIN { for (i = 0; i < 60000; i++) print i, i * i % 977, "the quick brown fox" }' >root/large.txt
head -c 1000 root/large.txt >root/small.txt
sluice=$BUILD/sluice
"$sluice" -k root/large.txt

# room SIZE: how large the file system is
room() { mount -o "remount,size=$1" "$disk"; }

# names_in FOLDER NAMES: is that all there is in it?
names_in() { [ "$(ls -A "$1" | tr '\n' ' ')" = "$2" ]; }

# ---- The tool: the source is there, the target not, or as it was
cp root/large.txt.gz "$disk/f.gz"
try 1 "decompressing to a full disk" "$sluice" -d "$disk/f.gz"
says "No space left on device"
ok "the source alone is there" names_in "$disk" "f.gz "
echo precious >"$disk/f"
try 1 "decompressing over a file" "$sluice" -df "$disk/f.gz"
says "No space left on device"
ok "the source and the old file" names_in "$disk" "f f.gz "
ok "the old file is as it was" [ "$(cat "$disk/f")" = precious ]
rm "$disk/f" "$disk/f.gz"
for threads in 1 3; do
    try 1 "compressing to a full disk, $threads threads" "$sluice" -0 -p $threads -b 64 -o "$disk/f.gz" root/large.txt
    says "No space left on device"
    ok "nothing is left" names_in "$disk" ""
    try 1 "standard output on a full disk, $threads threads" sh -c \
        "'$sluice' -0 -p $threads -b 64 -c root/large.txt >'$disk/out'"
    says "No space left on device"
    rm "$disk/out"
done
room 4m
try 0 "with room" "$sluice" -0 -o "$disk/f.gz" root/large.txt
ok "whole" "$sluice" -t "$disk/f.gz"
rm "$disk/f.gz"

# ---- The client, and a server whose log is on the full disk
room 256k
mkfifo says
"$BUILD/sluice-server" --http 127.0.0.1:0 --bare 127.0.0.1:0 --threads 1 --log-file "$disk/log" root >says &
server=$!
{ read -r http; read -r bare; } <says
http=http://127.0.0.1:${http##*:} bare=sluice://127.0.0.1:${bare##*:}
client=$BUILD/sluice-client
for url in "$http" "$bare"; do
    try 6 "a full disk, $url" "$client" -o "$disk/f" "$url/large.txt"
    says "No space left on device"
    ok "nothing but the log is left" names_in "$disk" "log "
    echo precious >"$disk/f"
    try 6 "over a file, $url" "$client" -o "$disk/f" "$url/large.txt"
    ok "the old file is as it was" [ "$(cat "$disk/f")" = precious ]
    ok "nothing more" names_in "$disk" "f log "
    rm "$disk/f"
done
try 6 "with others" "$client" -j 3 -O "$disk" "$http/small.txt" "$http/large.txt" "$bare/small.txt"
ok "what had room is whole" cmp -s "$disk/small.txt" root/small.txt
ok "what had not is not there" names_in "$disk" "log small.txt "
rm "$disk/small.txt"
try 6 "what comes is kept as far as there is room" "$client" -C -o "$disk/f" "$http/large.txt"
says "No space left on device"
ok "no file of that name" not test -e "$disk/f"
room 4m
try 0 "and gone on with when there is more" "$client" -C -o "$disk/f" "$http/large.txt"
ok "whole" cmp -s "$disk/f" root/large.txt
ok "nothing more" names_in "$disk" "f log "

# The log: what cannot be written is lost, and nobody is kept from what he asked for.
rm "$disk/f"
room 256k
dd if=/dev/zero of="$disk/full" bs=4096 count=100 2>/dev/null
before=$(wc -c <"$disk/log")
i=0
while [ $i -lt 100 ]; do
    ok "served while the log is full" "$client" -q -o small "$http/small.txt?$i"
    i=$((i + 1))
done
ok "right" cmp -s small root/small.txt
ok "the log has no room" [ $(($(wc -c <"$disk/log") - before)) -lt 4096 ]
rm "$disk/full"
ok "served with room again" "$client" -q -o small "$http/small.txt?last"
ok "and logged" grep -q '?last' "$disk/log"
kill $server
wait $server
ok "the server ends in order" [ $? -eq 0 ]
server=
report app/full_disk
