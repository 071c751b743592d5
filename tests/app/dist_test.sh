# dist_test.sh: the tarball of the sources depends on them alone: a tree that was unpacked packs itself into the same
# bytes; it has all that a build needs; and an object is the same in whatever folder it is built. `make distcheck` does
# this with everything that is built.
. tests/support/check.sh
CC=${CC:-cc}
tar --version 2>/dev/null | grep -q GNU || {
    echo "SKIPPED: no GNU tar here, which make dist needs"
    report app/dist
}
begin
packs() { # FROM TO: the tarball of the tree FROM
    (cd "$1" && sh app/package/dist.sh sluice-0 "$BUILD/sluice" "$2")
}
try 0 "a tarball" packs "$TOP" "$FOLDER/first.tar.gz"
for folder in one the-other-one; do
    mkdir "$folder"
    (cd "$folder" && "$BUILD/sluice" -dc "$FOLDER/first.tar.gz" | tar -xf -)
    ok "it unpacks into one folder" test "$(ls "$folder")" = sluice-0
    try 0 "$folder packs itself" packs "$folder/sluice-0" "$FOLDER/again.tar.gz"
    ok "into the same bytes" cmp "$FOLDER/first.tar.gz" "$FOLDER/again.tar.gz"
    try 0 "an object" env MAKEFLAGS= make -s -C "$folder/sluice-0" B=build CC="$CC" build/obj/inflate/huffman.o
done
ok "is the same in both" cmp one/sluice-0/build/obj/inflate/huffman.o the-other-one/sluice-0/build/obj/inflate/huffman.o
try 0 "all rules find their files" env MAKEFLAGS= make -s -n -C one/sluice-0 B=build CC="$CC" all test bench
touch one/sluice-0/sluice.h
echo >>one/sluice-0/LICENSE
try 0 "a changed tree" packs one/sluice-0 "$FOLDER/again.tar.gz"
ok "gives another tarball" not cmp -s "$FOLDER/first.tar.gz" "$FOLDER/again.tar.gz"
tar -tvf "$FOLDER/first.tar.gz" >list
ok "nobody is the owner" not grep -qv ' 0/0 ' list
ok "nothing can be written by others" not grep -q '^.\{8\}w' list
ok "nothing that is built" not grep -q '\.o$\|/build/' list
report app/dist
