# distcheck.sh TARBALL: is it all that is needed, and does it give the same files wherever it is built? It is unpacked
# into two folders with names of different length; both are built; libraries and programs must be equal byte for byte;
# and each must pack itself into the very same tarball.
set -e
case $1 in
/*) tarball=$1 ;;
*) tarball=$(pwd)/$1 ;;
esac
name=$(basename "$tarball" .tar.gz)
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-dist-XXXXXX")
trap 'rm -rf "$work"' 0
trap 'exit 1' 1 2 15
for folder in one the-other-one; do
    mkdir "$work/$folder"
    (
        cd "$work/$folder"
        gzip -dc "$tarball" | tar -xf -
        cd "$name"
        MAKEFLAGS= make -s B=build all dist >../log 2>&1 || { cat ../log; exit 1; }
    )
done
cd "$work"
passed=0
for file in libsluice.a libsluice.so sluice sluice-client sluice-server "$name.tar.gz"; do
    cmp "one/$name/build/$file" "the-other-one/$name/build/$file"
    passed=$((passed + 1))
done
cmp "one/$name/build/$name.tar.gz" "$tarball"
echo "distcheck: $((passed + 1)) passed, 0 failed"
