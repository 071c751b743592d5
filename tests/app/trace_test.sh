# Server and client with --trace and blocks of 64 bytes print, together, the transcript of the example that this project
# grew from: the same lines in the same form and order, the same text. Only the hexadecimal, and with it the number of
# its lines, and where a DECOMPRESSED is cut may differ.
. tests/support/check.sh
begin

# same WHAT GOT WANT: two files are equal
same() {
    if cmp -s "$2" "$3"; then
        pass
    else
        fail "$1"
        diff "$3" "$2"
    fi
}

# ---- Both run ----
mkfifo fifo || exit 1
"$BUILD/sluice-server" --trace --block 64 --level 1 --once --bare 127.0.0.1:0 "$TOP/vectors" >fifo 2>log &
server=$!
exec 3<fifo
read -r listening <&3
port=${listening##*:}
"$BUILD/sluice-client" --trace --block 64 --compare "$TOP/vectors/lorem.txt" "sluice://127.0.0.1:$port/lorem.txt" \
    >client 2>client.err
code=$?
ok "exit code $code" test $code -eq 0
[ $code -eq 0 ] || kill $server 2>/dev/null # it may wait for a client that never came
cat <&3 >server
wait $server

# ---- The server's lines: hexadecimal left out, FLUSHING as often as it comes counted once ----
sed 's/^\(Server: [A-Z]* \)"[0-9a-f][0-9a-f]*"$/\1"HEX"/' server | uniq >server.got
cat >server.want <<'END'
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
same "the server's transcript" server.got server.want

# ---- The client's lines: each READ is followed by what became of it; what was decompressed is put together ----
awk -v text=text.got '
    function take(line) {
        inside = line !~ /"$/
        sub(/"$/, "", line)
        printf "%s%s", line, inside ? "\n" : "" >text
    }
    inside                        { take($0); next }
    function answer() {
        if (read != 1) print "unasked"
        read = 0
    }
    /^Client: DECOMPRESSED "/     { sub(/^Client: DECOMPRESSED "/, ""); take($0); answer(); next }
    /^Client: BUFFERING$/         { answer(); next }
    /^Client: READ "[0-9a-f]+"$/  {
        if (read == 1) print "no answer"
        if (!reads++) print "Client: READ and DECOMPRESSED"
        read = 1
        next
    }
                                  { print }
' client | sed "s/:$port\$/:PORT/" >client.got
cat >client.want <<'END'
Client: Contacting server on 127.0.0.1:PORT
Client: sending filename: "lorem.txt"
Client: READ and DECOMPRESSED
Client: response matches file contents: True
END
same "the client's transcript" client.got client.want
same "the text that was decompressed" text.got "$TOP/vectors/lorem.txt"

# ---- Both saw the same bytes, in pieces of 64 ----
sed -n 's/^Server: [SF][A-Z]* "\([0-9a-f]*\)"$/\1/p' server | tr -d '\n' >sent
sed -n 's/^Client: READ "\([0-9a-f]*\)"$/\1/p' client | tr -d '\n' >read
same "the bytes on the wire" read sent
sed -n 's/^Client: READ "\([0-9a-f]*\)"$/\1/p' client | awk 'length($0) > 128' >large
: >large.want
same "no read of more than 64 bytes" large large.want

report app/trace
