# readme_test.sh: what README.md shows works. Its snippets are run in their order, in a folder that looks like this
# tree:
#
#   ```sh    is run; one that starts the server goes on beside what follows; of `make` only the target is looked up
#   ```text  is what the snippet before it has printed
#   ```c     is put into the file that its first comment names
#
# The two ports become free ones. The table of sizes, the limits and the links are compared with the tree.
. tests/support/check.sh
CC=${CC:-cc}
begin
readme=$TOP/README.md
server=
trap 'kill $server 2>/dev/null; cd /; rm -rf "$FOLDER"' 0
for entry in "$TOP"/*; do
    case $entry in
    */build) ;;
    *) ln -s "$entry" . ;;
    esac
done
ln -s "$BUILD" build

# ---- Snippets ----
mkdir "$FOLDER/snippets"
awk -v folder="$FOLDER/snippets" '
    /^```[a-z]+$/ { file = sprintf("%s/%02d.%s", folder, ++n, substr($0, 4)); printf "" >file; next }
    /^```$/       { if (file) close(file); file = ""; next }
    file          { print >file }
' "$readme"

# two ports that were free a moment ago
mkfifo "$FOLDER/says"
"$BUILD/sluice-server" -q --bare 127.0.0.1:0 --http 127.0.0.1:0 vectors >"$FOLDER/says" 2>/dev/null &
server=$!
{
    read -r first
    read -r second
} <"$FOLDER/says"
kill $server
wait $server
ports="s/8080/${first##*:}/g; s/1950/${second##*:}/g"

# as the README's reader calls it, with the flags of the build that is tested
cat >"$FOLDER/head" <<END
set -e
cc() { command $CC $CFLAGS "\$@"; }
make() { command make -n "\$@" >/dev/null; }
END

run=0 compiled=0
for snippet in "$FOLDER"/snippets/*; do
    name=README.md/${snippet##*/}
    case $snippet in
    *.c)
        file=$(sed -n '1s,^/\* \([a-z]*\.c\): .*,\1,p' "$snippet")
        ok "$name names its file" test -n "$file"
        cp "$snippet" "$file"
        try 0 "$name, without a warning" $CC $CFLAGS -std=c11 -pedantic -Wall -Wextra -Wshadow -Wconversion -Werror \
            -I. -fsyntax-only "$file"
        compiled=$((compiled + 1))
        ;;
    *.sh)
        if grep -q sluice-server "$snippet"; then
            { cat "$FOLDER/head"; sed "$ports; s/^build/exec build/" "$snippet"; } >script
            sh script >"$FOLDER/says" 2>log &
            server=$!
            exec 3<"$FOLDER/says"
            { read -r first && read -r second; } <&3
            ok "$name: the server listens" test -n "$second"
        else
            { cat "$FOLDER/head"; sed "$ports" "$snippet"; } >script
            try 0 "$name" sh script
        fi
        run=$((run + 1))
        ;;
    *.text)
        ok "$name has been printed" cmp "$snippet" "$out"
        ;;
    *) fail "$name: a snippet of no kind that is known" ;;
    esac
done
ok "snippets were run" test $run -ge 5 -a $compiled -ge 2
kill $server
wait $server
ok "the server has stopped well" test $? -eq 0

# ---- The sizes of objects ----
cat >sizes.c <<'END'
#include "sluice.h"
#include <stdio.h>

int main(void)
{
    sluice_deflate_options encoder = sluice_deflate_defaults();
    sluice_inflate_options decoder = sluice_inflate_defaults();

    for (encoder.level = 0; encoder.level <= SLUICE_LEVEL_STRONGEST; encoder.level++)
        printf("| encoder, level %d | %zu |\n", encoder.level, sluice_deflate_size(&encoder));
    printf("| decoder | %zu |\n", sluice_inflate_size(&decoder));
    decoder.flags = SLUICE_NO_WINDOW;
    printf("| decoder for whole buffers only | %zu |\n", sluice_inflate_size(&decoder));
    return 0;
}
END
try 0 "the sizes" $CC $CFLAGS -I. -o sizes sizes.c build/libsluice.a -pthread
./sizes >want
sed -n '/^<!-- sizes/,/^<!-- end of sizes/p' "$readme" | grep '^| [ed].*[0-9] |$' >got
ok "README.md has a row for each object" test "$(wc -l <got)" -eq "$(wc -l <want)"
# 3 %, or the KiB that is rounded up: what a new field takes is not worth a new table
paste got want | awk -F '|' '{
    about = $3 * 1024
    if ($2 != $5 || $6 > about * 1.03 || $6 < about * 0.97 - 1024)
        print "README.md says" $2 "takes" $3 "KiB; it is " $5 $6 / 1024
}' >wrong
ok "README.md: the table of sizes: $(cat wrong)" not test -s wrong

# ---- Limits: each has this name and value in this file ----
sed -n 's/^| .* | \([0-9]*\)[ a-z]* | `\([A-Z_]*\)`, \([a-z_/]*\.h\) |$/\1 \2 \3/p' "$readme" >limits
ok "there are limits" test "$(wc -l <limits)" -ge 5
while read -r value name file; do
    ok "README.md: $name is $value in $file" grep -q "[ {]$name = $value[ ,}]" "$TOP/$file"
done <limits

# ---- Links and folders lead somewhere; the targets are there ----
for link in $(sed -n 's/.*](\([^)]*\)).*/\1/p' "$readme") $(sed -n 's,^| \([a-z/]*/\) |.*,\1,p' "$readme"); do
    ok "README.md: $link" test -e "$TOP/$link"
done
for target in $(grep -o '`make [a-z]*' "$readme" | sed 's/.* //' | sort -u); do
    ok "README.md: make $target" grep -q "^$target:" "$TOP/Makefile"
done
report app/readme
