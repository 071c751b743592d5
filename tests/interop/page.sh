# page.sh: the page of a folder in a real browser, see page.js. It needs Chromium, node, and the npm packages that
# .ci/run installs in build/npm; the screenshots are left in build/page.
. tests/support/check.sh
export NODE_PATH="${NODE_PATH:-$BUILD/npm/node_modules}" CHROMIUM="${CHROMIUM:-$(command -v chromium)}"
if ! [ -x "$CHROMIUM" ] ||
    ! node -e 'for (const p of ["playwright-core", "axe-core", "html-validate"]) require(p)' 2>/dev/null; then
    echo "SKIPPED: no chromium, node, playwright-core, axe-core and html-validate here"
    report interop/page
fi
begin
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
mkdir -p "root/a folder" "$BUILD/page"
for name in 'a&b <i>"'"'"'.txt' '100% #1?.txt' 'bär ✓.txt' "$(printf 'bad\377.txt')" small.txt "a folder/inner.txt"; do
    echo "some text" >"root/$name"
done
dd if=/dev/zero of=root/large.bin bs=65536 count=40 2>/dev/null
touch -d '2001-02-03 04:05:06' root/large.bin
mkfifo says
"$BUILD/sluice-server" -q --http 127.0.0.1:0 root >says &
server=$!
read -r line <says
node "$TOP/tests/interop/page.js" "http://${line##* }" "$BUILD/page" >results 2>&1
code=$?
grep -v '^ok$' results
passed=$(grep -c '^ok$' results) failed=$(grep -c '^FAILED' results)
ok "all was looked at" test $code -eq 0 -a "$passed" -gt 40
report interop/page
