# dist.sh NAME TOOL OUT: packs the sources into OUT, a tar archive compressed by TOOL, in which all is below NAME/.
#
# The bytes depend on the sources alone: names in order, nobody as the owner, one time for all, no name and no time in
# the gzip header. The time is SOURCE_DATE_EPOCH, or that of the last commit; in a tree that was unpacked, which is no
# repository, it is that of its files. Needs GNU tar.
set -e
name=$1 tool=$2 out=$3
LC_ALL=C
export LC_ALL
if [ -e .git ] && command -v git >/dev/null; then
    epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
    git ls-files >"$out.list"
else
    epoch=${SOURCE_DATE_EPOCH:-$(date -r sluice.h +%s)}
    find .ci .gitignore LICENSE Makefile README.md app deflate docs inflate net sluice.h tests vectors -type f \
        2>"$out.list.err" >"$out.list" || :
    rm -f "$out.list.err"
fi
sort -u -o "$out.list" "$out.list"
tar --format=ustar --no-recursion --files-from="$out.list" --transform="s,^,$name/," --mtime="@$epoch" \
    --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --create --file="$out.tar"
"$tool" -9 -n -c "$out.tar" >"$out.part"
rm -f "$out.tar" "$out.list"
mv "$out.part" "$out"
echo "$out"
