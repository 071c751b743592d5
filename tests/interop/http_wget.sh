# http_wget.sh: HTTP with wget: a file compressed and not, a download resumed, a folder fetched by its pages.
. tests/support/check.sh
if ! command -v wget >/dev/null 2>&1; then
    echo "SKIPPED: no wget here"
    report interop/http_wget
fi
begin
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0

mkdir root 'root/a folder' root/deep root/deep/er
cp "$TOP/vectors/lorem.txt" root/lorem.txt
cp "$TOP/sluice.h" 'root/a folder/header & more.h'
cp "$TOP/Makefile" root/deep/er/Makefile
cp "$BUILD/sluice" root/program
mkfifo says
"$BUILD/sluice-server" --http 127.0.0.1:0 -q root >says &
server=$!
read -r listening <says
url=http://${listening##* }

for how in --compression=none --compression=gzip; do
    try 0 "wget $how" wget -q $how -O got "$url/program"
    ok "the same file" cmp got root/program
done
head -c 100000 root/program >program
try 0 "wget -c resumes" wget -q -c "$url/program"
ok "the same file" cmp program root/program
try 0 "wget -r takes the whole folder" wget -q -r -np -nH -R 'index.html*' -P all "$url/"
ok "the same files" diff -r root all
try 0 "what it has is not sent again" wget -nv -N -P . "$url/lorem.txt"
try 0 "what it has is not sent again" wget -nv -N -P . "$url/lorem.txt"
ok "nothing was said" not grep -q saved "$err"
try 8 "absent" wget -q -O got "$url/absent"
report interop/http_wget
