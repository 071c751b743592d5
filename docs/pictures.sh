# pictures.sh: makes the pictures of README.md anew, into docs/: `make pictures`.
#
#   pareto.svg     speed against ratio of the library and its peers: CORPUS names the files
#   progress.svg   what the client prints on a terminal while it fetches
#   folder.png     a folder as the server shows it: needs chromium
set -e
B=${B:-build}
here=$(cd "$B" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-pictures-XXXXXX")
server=
trap 'kill $server 2>/dev/null; rm -rf "$work"' 0
trap 'exit 1' 1 2 15

"$here/bench" compress --total --levels 1-12 --peer-levels 1-12 --runs "${RUNS:-5}" --svg docs/pareto.svg $CORPUS |
    tail -n 1

# A folder with something in it
mkdir "$work/root" "$work/root/photos" "$work/root/music" "$work/got"
cat deflate/*.c inflate/*.c net/*.c >"$work/part"
i=0
while [ $i -lt 12 ]; do
    cat "$work/part"
    i=$((i + 1))
done >"$work/root/measurements.csv"
cp README.md "$work/root/notes.md"
cp sluice.h "$work/root/sluice.h"
cp vectors/lorem.txt "$work/root/lorem.txt"
"$here/sluice" -k "$work/root/lorem.txt"
cp app/man/sluice.1 "$work/root/handbook.txt"
mkfifo "$work/says"
"$here/sluice-server" -q --http 127.0.0.1:0 "$work/root" >"$work/says" 2>/dev/null &
server=$!
read -r line <"$work/says"
port=${line##*:}

# ---- The client's line, caught while it is written; the second client of a file is told its length
"$here/sluice-client" -q -o "$work/got/measurements.csv" "http://127.0.0.1:$port/measurements.csv"
"$here/sluice-client" --progress always --limit-rate 500k -o "$work/got/measurements.csv" \
    "http://127.0.0.1:$port/measurements.csv" 2>"$work/caught"
tr '\r' '\n' <"$work/caught" | sed "s/$(printf '\033')\[K//g" | grep . >"$work/lines"
{
    echo '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 128" width="860" height="128"'
    echo ' font-family="monospace" font-size="12.5">'
    echo '<style>.b{fill:#f4f4f4;stroke:#bbb}.t{fill:#222}'
    echo '@media(prefers-color-scheme:dark){.b{fill:#1b1b1b;stroke:#555}.t{fill:#ddd}}</style>'
    echo '<rect class="b" x=".5" y=".5" width="859" height="127" rx="6"/>'
    y=28
    {
        echo '$ sluice-client -o measurements.csv http://127.0.0.1:8080/measurements.csv'
        sed -n '2p' "$work/lines"
        sed -n "$(($(wc -l <"$work/lines") * 2 / 3))p" "$work/lines"
        tail -n 1 "$work/lines"
    } | sed 's/&/\&amp;/g; s/</\&lt;/g' | while IFS= read -r text; do
        echo "<text class=\"t\" xml:space=\"preserve\" x=\"14\" y=\"$y\">$text</text>"
        y=$((y + 27))
    done
    echo '</svg>'
} >docs/progress.svg
echo docs/progress.svg

# ---- The page of a folder
if command -v chromium >/dev/null; then
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=760,400 \
        --screenshot="$work/folder.png" "http://127.0.0.1:$port/" >/dev/null 2>&1
    mv "$work/folder.png" docs/folder.png
    echo docs/folder.png
else
    echo "no chromium here: docs/folder.png stays as it is"
fi
