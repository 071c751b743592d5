# tool_files_test.sh: which files are touched, what becomes of them, and what they are called.
. tests/support/check.sh
begin
sluice=$BUILD/sluice
me=$(id -u)

fresh() { # an empty folder
    cd ..
    chmod -R u+rwx work
    rm -rf work
    mkdir work
    cd work || exit 1
}

hello() { echo "hello, hello, hello" >"$1"; }

# ---- In place of the source
fresh
hello a
touch -d '2001-09-09T01:46:40.123456789Z' a
chmod 640 a
cp -p a same
try 0 "compress in place" "$sluice" a
quiet
ok "the source is gone, the result there" names_are "a.gz same "
ok "its mode is kept" mode_is -rw-r----- a.gz
ok "its time is kept to the nanosecond" same_time a.gz same
try 0 "and back" "$sluice" -d a.gz
ok "the compressed file is gone" names_are "a same "
ok "mode" mode_is -rw-r----- a
ok "time" same_time a same
ok "content" cmp -s a same
chmod 444 a
try 0 "a file that may not be written can be replaced" "$sluice" a
ok "mode 444" mode_is -r--r--r-- a.gz
try 0 "a name without its suffix is found" "$sluice" -d a
ok "found" names_are "a same "

# ---- Kept
fresh
hello a
try 0 "-k keeps" "$sluice" -k a
ok "both" names_are "a a.gz "
rm a
try 0 "-dk" "$sluice" -dk a.gz
ok "both again" names_are "a a.gz "
try 0 "-c" "$sluice" -dc a.gz
ok "-c keeps" names_are "a a.gz "
shows "hello, hello"
try 0 "several to standard output" "$sluice" -dc a.gz a.gz
ok "one after the other" [ "$(grep -c hello "$out")" -eq 2 ]

# ---- -o
fresh
hello a
try 0 "-o" "$sluice" a -o b.bin
ok "the source is kept with -o" names_are "a b.bin "
try 2 "-o does not overwrite" "$sluice" a -o b.bin
says "already exists; not overwritten"
try 0 "-o with -f does" "$sluice" -f a -o b.bin
try 0 "-d -o" "$sluice" -d b.bin --output=c
ok "content" cmp -s a c
try 0 "-o -" "$sluice" -d b.bin -o -
shows "hello, hello"
try 0 "-o to a device" "$sluice" a -o /dev/null
ok "the device is still one" test -c /dev/null
try 1 "-o with several files" "$sluice" a c -o d
says "--output: goes with one input"
try 1 "-o with -c" "$sluice" a -c -o d
try 1 "-o with -t" "$sluice" -t b.bin -o d
try 1 "-o in a folder that is not there" "$sluice" a -o no/d
says "no/d: No such file"
ok "nothing else" names_are "a b.bin c "

# ---- An existing result
fresh
hello a
echo precious >a.gz
try 2 "an existing result stays" "$sluice" a
says "a.gz: already exists; not overwritten"
ok "untouched" [ "$(cat a.gz)" = precious ]
try 2 "-q says nothing" "$sluice" -q a
quiet
try 0 "-f overwrites" "$sluice" -f a
ok "replaced" names_are "a.gz "
echo precious >a
try 2 "decompressing neither" "$sluice" -d a.gz
ok "untouched" [ "$(cat a)" = precious ]
try 0 "-df" "$sluice" -df a.gz
ok "replaced" grep -q hello a
mkdir a.gz
try 1 "a folder in the way" "$sluice" -f a
ok "the source stays" names_are "a a.gz "
rmdir a.gz
echo elsewhere >target
ln -s target a.gz
try 2 "a link in the way" "$sluice" a
try 0 "is replaced with -f, not followed" "$sluice" -f a
ok "its target is untouched" [ "$(cat target)" = elsewhere ]
ok "it is no link" not test -h a.gz

# ---- Suffixes
fresh
for pair in a.gz:a b-gz:b c.z:c d-z:d e_z:e f.tgz:f.tar g.taz:g.tar H.GZ:H i.zz:i j.zlib:j; do
    from=${pair%:*} to=${pair#*:}
    hello x
    "$sluice" -c x >"$from"
    rm x
    try 0 "suffix of $from" "$sluice" -d "$from"
    ok "$from becomes $to" names_are "$to "
    try 2 "$to has none" "$sluice" -d "./$to"
    says "unknown suffix -- ignored"
    rm "$to"
done
hello a
try 0 "zlib" "$sluice" -F zlib -k a
try 0 "raw" "$sluice" --format=raw -k a
try 0 "own" "$sluice" -S .own -k a
ok "suffix of each format" names_are "a a.deflate a.own a.zz "
mkdir t
mv a.* t
try 0 "-d knows what .deflate holds" "$sluice" -d t/a.deflate
rm t/a
try 0 "-d .zz" "$sluice" -d t/a.zz
rm t/a
try 2 "an own suffix has to be said" "$sluice" -d t/a.own
try 0 "said" "$sluice" -d -S .own t/a.own
ok "all gone" [ "$(ls t)" = a ]
try 1 "a suffix with a slash" "$sluice" -S x/y a
try 1 "an empty suffix" "$sluice" -S '' a
cp a .gz
try 2 "a name that is only a suffix has none" "$sluice" -d .gz
rm .gz
mkdir e
"$sluice" -c a >e/.gz
try 2 "in a folder neither" "$sluice" -d e/.gz
says "unknown suffix"
ok "it stays" [ "$(ls -A e)" = .gz ]
cp a b.gz
try 0 "a file that has the suffix is left, without harm to the exit status" "$sluice" b.gz
says "already has .gz suffix -- unchanged"
ok "left" test -f b.gz
try 0 "-f compresses it" "$sluice" -f b.gz
ok "twice" test -f b.gz.gz
cp a ./-dash
try 0 "a name with a dash" "$sluice" -- -dash
ok "compressed" test -f ./-dash.gz
try 1 "an empty name" "$sluice" ''
longest=$(awk 'BEGIN { for (i = 0; i < 255; i++) printf "n" }')
hello "$longest"
try 1 "no room for the suffix in a name" "$sluice" "$longest"
ok "the file stays" test -f "$longest"

# ---- What is not replaced
fresh
hello a
ln a b
try 2 "hard links" "$sluice" a
says "a: has 1 other link -- ignored"
ok "left" names_are "a b "
try 0 "-c is no harm" "$sluice" -c a
try 0 "-f breaks the link" "$sluice" -f a
ok "the other name keeps its file" names_are "a.gz b "
ln -s b s
try 1 "a symbolic link" "$sluice" s
says "is a symbolic link"
try 0 "-c reads through it" "$sluice" -c s
try 0 "-f replaces it by the result" "$sluice" -f s
ok "its target stays" names_are "a.gz b s.gz "
mkdir d
try 2 "a folder" "$sluice" d
says "d: is a folder -- ignored"
mkfifo f
try 2 "a FIFO" "$sluice" f
says "f: is not a folder or a regular file -- ignored"
try 2 "with -f too" "$sluice" -f f
try 2 "a device" "$sluice" /dev/null
chmod u+s b
try 2 "set-user-ID" "$sluice" b
says "set-user-ID"
chmod u-s,g+s b
[ "$(ls -l b | cut -c 7)" = s ] && try 2 "set-group-ID" "$sluice" b
chmod g-s b
chmod +t b 2>/dev/null && case $(ls -l b) in
*[tT]\ *)
    try 2 "sticky bit" "$sluice" b
    try 0 "-f takes it" "$sluice" -kf b
    ;;
esac
try 1 "a file that is not there" "$sluice" nothing
says "nothing: No such file"
try 1 "nor with a suffix" "$sluice" -d nothing
hello good
try 1 "the others are done" "$sluice" nothing good d
ok "done" test -f good.gz
try 2 "a warning by itself is 2" "$sluice" -d good.gz d

# ---- The name and time in a gzip header
fresh
hello original
touch -d '2001-09-09T01:46:40.5Z' original
"$sluice" original
mv original.gz renamed.gz
touch -t 202001010000 renamed.gz
try 0 "by default the name of the file counts" "$sluice" -dk renamed.gz
ok "and its time" same_time renamed renamed.gz
try 0 "-N: the name in the header" "$sluice" -dN renamed.gz
ok "original name" names_are "original renamed "
TZ=UTC0 touch -t 200109090146.40 stamp
ok "original time, in whole seconds" same_time original stamp
rm stamp renamed
mkdir sub
"$sluice" -N -c original >sub/x.gz
try 0 "-N writes beside the compressed file" "$sluice" -dN sub/x.gz
ok "there" test -f sub/original
"$sluice" -n -c original >sub/x.gz
try 0 "no name in the header" "$sluice" -dN sub/x.gz
ok "then the file's own" test -f sub/x
printf '\037\213\010\010\0\0\0\0\0\003../../evil\0\003\0\0\0\0\0\0\0\0\0' >sub/x.gz
try 0 "a name that leads elsewhere" "$sluice" -dN sub/x.gz
ok "only its last part counts" test -f sub/evil
printf '\037\213\010\010\0\0\0\0\0\003..\0\003\0\0\0\0\0\0\0\0\0' >sub/y.gz
try 0 "a name that is a folder" "$sluice" -dN sub/y.gz
ok "does not count" test -f sub/y
touch -d '1960-01-01T00:00:00Z' original 2>/dev/null && {
    try 2 "a time that a header cannot hold" "$sluice" -k original
    says "does not fit in a gzip header"
    rm original.gz
}

# ---- Folders
fresh
mkdir -p d/e
hello d/a
hello d/e/b
hello d/e/c.gz
ln -s a d/l
hello outside
ln -s ../../outside d/e/o
try 1 "-r, with links in the folder" "$sluice" -r d
ok "all files, no links" [ "$(cd d && find . -type f | sort | tr '\n' ' ')" = "./a.gz ./e/b.gz ./e/c.gz " ]
ok "nothing outside" test -f outside
rm d/l d/e/o d/e/c.gz
try 0 "again: nothing to do" "$sluice" -r d
quiet
try 0 "-tr" "$sluice" -tr d
hello d/plain
try 0 "-dr leaves what is not compressed" "$sluice" -dr d
quiet
ok "back" [ "$(cd d && find . -type f | sort | tr '\n' ' ')" = "./a ./e/b ./plain " ]
try 0 "the slash behind a folder" "$sluice" -r d/
ok "done" test -f d/e/b.gz

# ---- What cannot be read or written
if [ "$me" -ne 0 ]; then
    fresh
    hello a
    chmod 000 a
    try 1 "a file that may not be read" "$sluice" a
    says "a: Permission denied"
    chmod 644 a
    mkdir d
    mv a d
    chmod 555 d
    try 1 "a folder that may not be written" "$sluice" d/a
    says "Permission denied"
    ok "the file stays" [ "$(ls -A d)" = a ]
    chmod 755 d
fi
report app/tool_files
