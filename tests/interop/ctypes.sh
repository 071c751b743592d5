# ctypes.sh: the shared library from Python, as app/examples/ctypes_example.py shows it.
. tests/support/check.sh
if ! python3 -c 'import ctypes' 2>/dev/null; then
    echo "SKIPPED: no python3 with ctypes here"
    report interop/ctypes
fi
begin
try 0 "from Python" env LD_LIBRARY_PATH="$BUILD" python3 "$TOP/app/examples/ctypes_example.py"
shows "13000 bytes became"
report interop/ctypes
