# codec_python.sh: the library against Python's zlib and gzip modules (codec_peer.py): every level, format, strategy,
# window and flush in both directions, dictionaries, members, and the verdict on tens of thousands of streams cut and
# damaged.
. tests/support/check.sh
. tests/support/kinds.sh
if ! command -v python3 >/dev/null; then
    echo "SKIPPED: no python3 here"
    report interop/codec_python
fi
begin
make_kinds kinds
PYTHONDONTWRITEBYTECODE=1 python3 "$TOP/tests/interop/codec_peer.py" "$BUILD" kinds "$TOP/vectors"
