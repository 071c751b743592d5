# http_python.sh: HTTP with Python's http.client and zlib: a connection that is kept, pipelined heads, decoding by
# another decoder than ours, and multipart read by Python's mail parser.
. tests/support/check.sh
if ! python3 -c 'import http.client, zlib, sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    echo "SKIPPED: no python3 of at least 3.8 here"
    report interop/http_python
fi
begin
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0

mkdir root
cp "$TOP/sluice.h" root/header.h
cp "$BUILD/sluice" root/program
mkfifo says
"$BUILD/sluice-server" --http 127.0.0.1:0 -q root >says &
server=$!
read -r listening <says
cat >peer.py <<'PY'
import email, email.utils, http.client, sys, zlib
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)


def get(path, **fields):
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in fields.items()})
    answer = connection.getresponse()
    return answer, answer.read()


def same(what, a, b):
    print(what if a == b else f"NOT {what}")


for name in ("header.h", "program"):
    want = open(f"root/{name}", "rb").read()
    socket = None
    for coding, bits in ("identity", None), ("gzip", 31), ("deflate", 15):
        answer, data = get(f"/{name}", Accept_Encoding=coding)
        if socket is None:
            socket = connection.sock
        same(f"{name} {coding}", zlib.decompress(data, bits) if bits else data, want)
        same(f"{name} {coding} kept", connection.sock is socket, True)
        again, nothing = get(f"/{name}", Accept_Encoding=coding, If_None_Match=answer.headers["ETag"])
        same(f"{name} {coding} known", (again.status, nothing), (304, b""))
    answer, data = get(f"/{name}", Range="bytes=5-9,100-199,-7")
    parts = email.message_from_bytes(b"Content-Type: " + answer.headers["Content-Type"].encode() + b"\r\n\r\n" + data)
    got = [p.get_payload(decode=True) for p in parts.get_payload()]
    same(f"{name} parts", got, [want[5:10], want[100:200], want[-7:]])
    date = email.utils.parsedate_to_datetime(answer.headers["Last-Modified"])
    same(f"{name} date", date.tzinfo is not None, True)
PY
try 0 "Python's client" python3 peer.py "${listening##*:}"
for name in header.h program; do
    for coding in identity gzip deflate; do
        shows "$name $coding"
        shows "$name $coding kept"
        shows "$name $coding known"
    done
    shows "$name parts"
done
ok "nothing differs" not grep -q NOT "$out"
report interop/http_python
