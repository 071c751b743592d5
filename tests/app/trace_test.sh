# Server and client with --trace and blocks of 64 bytes print, together, the transcript of the example that this project
# grew from: the same lines in the same form and order, the same text. Only the hexadecimal, and with it the number of its
# lines, and where a DECOMPRESSED is cut may differ.
case ${B:-build} in /*) bin=${B:-build} ;; *) bin=$PWD/${B:-build} ;; esac
passed=0 failed=0
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

# same NAME GOT WANT: two files are equal
same() {
    if cmp -s "$2" "$3"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$1: got -, want +"
        diff -u "$3" "$2" | sed 1,2d
    fi
}

# ---- Both run ----
mkfifo "$dir/fifo" || exit 1
"$bin/sluice-server" --trace --block 64 --level 1 --once --bare 127.0.0.1:0 vectors >"$dir/fifo" 2>"$dir/log" &
server=$!
exec 3<"$dir/fifo"
read -r listening <&3
port=${listening##*:}
"$bin/sluice-client" --trace --block 64 --compare vectors/lorem.txt "sluice://127.0.0.1:$port/lorem.txt" \
    >"$dir/client" 2>"$dir/client.err"
code=$?
echo $code >"$dir/code"
[ $code -eq 0 ] || kill $server 2>/dev/null # it may wait for a client that never came
cat <&3 >"$dir/server"
wait $server
echo 0 >"$dir/code.want"
same "exit code" "$dir/code" "$dir/code.want"

# ---- The server's lines: hexadecimal left out, FLUSHING as often as it comes counted once ----
sed 's/^\(Server: [A-Z]* \)"[0-9a-f][0-9a-f]*"$/\1"HEX"/' "$dir/server" | uniq >"$dir/server.got"
cat >"$dir/server.want" <<'END'
Server: client asked for: "lorem.txt"
Server: RAW "Lorem ipsum dolor sit amet, consectetuer adipiscing elit. Donec
"
Server: SENDING "HEX"
Server: RAW "egestas, enim et consectetuer ullamcorper, lectus ligula rutrum "
Server: BUFFERING
Server: RAW "leo, a
elementum elit tortor eu quam. Duis tincidunt nisi ut ant"
Server: BUFFERING
Server: RAW "e. Nulla
facilisi. Sed tristique eros eu libero. Pellentesque ve"
Server: BUFFERING
Server: RAW "l arcu. Vivamus
purus orci, iaculis ac, suscipit sit amet, pulvi"
Server: BUFFERING
Server: RAW "nar eu,
lacus.
"
Server: BUFFERING
Server: FLUSHING "HEX"
END
same "the server's transcript" "$dir/server.got" "$dir/server.want"

# ---- The client's lines: each READ is followed by what became of it; what was decompressed is put together ----
awk -v text="$dir/text.got" '
    function take(line) {
        inside = line !~ /"$/
        sub(/"$/, "", line)
        printf "%s%s", line, inside ? "\n" : "" >text
    }
    inside                        { take($0); next }
    /^Client: DECOMPRESSED "/     { sub(/^Client: DECOMPRESSED "/, ""); take($0); if (read != 1) print "unasked"; read = 0; next }
    /^Client: BUFFERING$/         { if (read != 1) print "unasked"; read = 0; next }
    /^Client: READ "[0-9a-f]+"$/  { if (read == 1) print "no answer"; if (!reads++) print "Client: READ and DECOMPRESSED"; read = 1; next }
                                  { print }
' "$dir/client" | sed "s/:$port\$/:PORT/" >"$dir/client.got"
cat >"$dir/client.want" <<'END'
Client: Contacting server on 127.0.0.1:PORT
Client: sending filename: "lorem.txt"
Client: READ and DECOMPRESSED
Client: response matches file contents: True
END
same "the client's transcript" "$dir/client.got" "$dir/client.want"
same "the text that was decompressed" "$dir/text.got" vectors/lorem.txt

# ---- Both saw the same bytes, in pieces of 64 ----
sed -n 's/^Server: [SF][A-Z]* "\([0-9a-f]*\)"$/\1/p' "$dir/server" | tr -d '\n' >"$dir/sent"
sed -n 's/^Client: READ "\([0-9a-f]*\)"$/\1/p' "$dir/client" | tr -d '\n' >"$dir/read"
same "the bytes on the wire" "$dir/read" "$dir/sent"
sed -n 's/^Client: READ "\([0-9a-f]*\)"$/\1/p' "$dir/client" | sed '$d' | awk 'length($0) > 128' >"$dir/large"
: >"$dir/large.want"
same "no read of more than 64 bytes" "$dir/large" "$dir/large.want"

echo "app/trace: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
