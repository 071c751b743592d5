# http_curl.sh: HTTP with curl: every file in every coding and version, resumed and in parts, with conditions, in a pile
# of connections at once.
. tests/support/check.sh
if ! command -v curl >/dev/null 2>&1; then
    echo "SKIPPED: no curl here"
    report interop/http_curl
fi
begin
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0

# ---- Files
mkdir root root/folder
cp "$TOP/vectors/lorem.txt" root/lorem.txt
cp "$TOP/sluice.h" root/header.h
cp "$TOP/Makefile" root/folder/index.html
cp "$BUILD/sluice" root/program
: >root/empty
dd if=/dev/zero of=root/zeros bs=65536 count=64 2>/dev/null
dd if=/dev/urandom of=root/noise bs=65536 count=32 2>/dev/null
cat root/program root/noise root/zeros root/header.h >'root/näme & more'
mkfifo says
"$BUILD/sluice-server" --http 127.0.0.1:0 --level 4 -q root >says &
server=$!
read -r listening <says
url=http://${listening##* }

# ---- Every file, coding and version
for name in lorem.txt header.h program empty zeros noise n%c3%a4me%20%26%20more folder/; do
    file="root/$(printf '%s' "$name" | sed 's/%c3%a4/ä/; s/%20/ /g; s/%26/\&/')"
    [ -d "$file" ] && file=$file/index.html
    for how in "" --compressed --tr-encoding -0 "-0 --compressed" "-H Accept-Encoding:deflate --compressed"; do
        try 0 "curl $how $name" curl -sSf $how -o got "$url/$name"
        ok "the same file" cmp got "$file"
    done
done
try 0 "curl -L follows to the folder" curl -sSfL -o got "$url/folder"
ok "the same file" cmp got root/folder/index.html
try 0 "HEAD" curl -sSf -I "$url/program"
shows "Content-Length: $(wc -c <root/program | tr -d ' ')"

# ---- Parts
for how in "" --tr-encoding; do
    head -c 300000 root/program >got
    try 0 "curl $how resumes" curl -sSf $how -C - -o got "$url/program"
    ok "the same file" cmp got root/program
    try 0 "curl $how, a part" curl -sSf $how -r 1000-1999 -o part "$url/program"
    tail -c +1001 root/program | head -c 1000 >want
    ok "the same part" cmp part want
done
try 0 "several parts" curl -sSf -r 0-4,10-14 "$url/lorem.txt"
shows "Lorem"
shows "Content-Range: bytes 10-14/335"
try 22 "no such part" curl -sSf -r 999- "$url/lorem.txt"

# ---- Conditions
curl -sS --compressed --etag-save tag -o got "$url/header.h"
try 0 "what it has already" curl -sS --compressed --etag-compare tag -o unchanged -w '%{http_code}' "$url/header.h"
shows 304
try 0 "by date" curl -sS -z root/header.h -o unchanged -w '%{http_code}' "$url/header.h"
shows 304

# ---- Refusals
try 22 "absent" curl -sSf "$url/absent"
try 0 "a method that is not offered" curl -sS -o got -w '%{http_code}' -d x=y "$url/"
shows 405
try 0 "a large body, which is not waited for" curl -sS -o got -w '%{http_code}' -T root/noise "$url/noise"
shows 413
try 0 "above the root" curl -sS --path-as-is -o got -w '%{http_code}' "$url/../../etc/passwd"
shows 404

# ---- Many at once, over and over on the same connections
if curl --help all 2>/dev/null | grep -q -e --parallel-max; then
    try 0 "many at once" curl -sSf --compressed -Z --parallel-max 50 -o 'many_#1' "$url/program?[1-100]"
    for file in many_*; do cmp -s "$file" root/program || fail "$file differs"; done
    ok "all of them" test "$(ls many_* | wc -l)" -eq 100
else
    echo "SKIPPED: this curl cannot do several at once"
fi
report interop/http_curl
