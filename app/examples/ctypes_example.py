"""ctypes_example.py: the shared library from Python, without a module of its own.

    LD_LIBRARY_PATH=build python3 app/examples/ctypes_example.py
"""
import ctypes
import sys

sluice = ctypes.CDLL("libsluice.so.0")
size_t = ctypes.c_size_t
sluice.sluice_version.restype = ctypes.c_char_p
sluice.sluice_status_text.restype = ctypes.c_char_p
sluice.sluice_compress_bound.restype = size_t
sluice.sluice_compress_bound.argtypes = [size_t, ctypes.c_int]
for function in sluice.sluice_compress, sluice.sluice_decompress:
    function.argtypes = [ctypes.c_void_p, ctypes.c_char_p, size_t, ctypes.c_char_p, size_t, ctypes.POINTER(size_t)]
ZLIB = 1


def run(function, data, room):
    """One whole-buffer call with a new object of the default options."""
    out, written = ctypes.create_string_buffer(room), size_t()
    status = function(None, data, len(data), out, room, ctypes.byref(written))
    if status != 0:
        raise ValueError(sluice.sluice_status_text(status).decode())
    return out.raw[: written.value]


text = b"from Python, " * 1000
packed = run(sluice.sluice_compress, text, sluice.sluice_compress_bound(len(text), ZLIB))
if run(sluice.sluice_decompress, packed, len(text)) != text:
    sys.exit("not the same")
try:
    run(sluice.sluice_decompress, packed[:-1], len(text))
    sys.exit("a cut stream passed")
except ValueError as error:
    print(f"sluice {sluice.sluice_version().decode()}: {len(text)} bytes became {len(packed)}; one less: {error}")
