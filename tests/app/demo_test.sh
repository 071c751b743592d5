# The demonstration by itself: it ends well only if all files match, and leaves nothing behind, however it ends.
. tests/support/check.sh
begin
what=demo

# demo: runs it with the programs in ./bin and a temporary folder of its own
demo() { (cd "$TOP" && B=$FOLDER/work/bin TMPDIR=$FOLDER/work/tmp sh tests/app/demo.sh); }

mkdir bin tmp
for product in sluice sluice-server sluice-client libsluice.a; do
    ln -s "$BUILD/$product" "bin/$product"
done

# ---- All is well ----
try 0 "a demonstration" demo
shows 'Server: RAW "Lorem ipsum dolor sit amet, consectetuer adipiscing elit. Donec'
shows 'Client: sending filename: "lorem.txt"'
ok "a row for each file" test "$(grep -c '^[a-z.]* .*[0-9] response matches file contents: True$' "$out")" -eq 8
shows '8 of 8 files arrived and match.'
ok "a file of 50 MB" test "$(awk '$1 == "large" && $2 >= 50000000 && $3 < $2' "$out" | wc -l)" -eq 1
ok "nothing is left behind" test -z "$(ls -A tmp)"

# ---- What the client has written is not what it has compared ----
rm bin/sluice-client
cat >bin/sluice-client <<END
#!/bin/sh
"$BUILD/sluice-client" "\$@"
code=\$?
case "\$*" in
*zeros*) for file in "$FOLDER"/work/tmp/*/got/zeros; do echo "not zero" >>"\$file"; done ;;
esac
exit \$code
END
chmod +x bin/sluice-client
try 1 "a file that is not the one that was sent" demo
shows '7 of 8 files arrived and match.'
says 'zeros did not arrive whole'
ok "nothing is left behind" test -z "$(ls -A tmp)"

# ---- No server ----
rm bin/sluice-server
ln -s "$(command -v false)" bin/sluice-server
try 1 "a server that does not start" demo
says 'the server has not started'
ok "nothing is left behind" test -z "$(ls -A tmp)"

# ---- It is stopped while the client waits ----
rm bin/sluice-server
ln -s "$BUILD/sluice-server" bin/sluice-server
cat >bin/sluice-client <<END
#!/bin/sh
case "\$*" in
*trace*) exec "$BUILD/sluice-client" "\$@" ;;
esac
kill -TERM \$PPID
sleep 1
END
try 1 "a demonstration that is ended" demo
ok "nothing is left behind" test -z "$(ls -A tmp)"
report app/demo
