"""libsluice.so as Python sees it, by ctypes: as much of sluice.h as the comparison with Python's zlib needs."""
import ctypes
import os

RAW, ZLIB, GZIP, AUTO, AUTO_RAW = range(5)
OK, END, NEED_INPUT, NEED_OUTPUT, NEED_DICTIONARY, BLOCK = range(6)
ERR_TRUNCATED = -10
NONE, FLUSH_BLOCK, PARTIAL, SYNC, FULL, FINISH = range(6)
ONE_MEMBER = 2


class Input(ctypes.Structure):
    _fields_ = [('data', ctypes.c_char_p), ('size', ctypes.c_size_t), ('pos', ctypes.c_size_t)]


class Output(ctypes.Structure):
    _fields_ = [('data', ctypes.c_void_p), ('size', ctypes.c_size_t), ('pos', ctypes.c_size_t)]


class Position(ctypes.Structure):
    _fields_ = [('input', ctypes.c_uint64), ('bit', ctypes.c_uint), ('output', ctypes.c_uint64)]


class DeflateOptions(ctypes.Structure):
    _fields_ = [('format', ctypes.c_int), ('level', ctypes.c_int), ('strategy', ctypes.c_int),
                ('window_bits', ctypes.c_uint)]


class InflateOptions(ctypes.Structure):
    _fields_ = [('format', ctypes.c_int), ('window_bits', ctypes.c_uint), ('flags', ctypes.c_uint),
                ('max_output', ctypes.c_uint64)]


def load(folder):
    library = ctypes.CDLL(os.path.abspath(os.path.join(folder, 'libsluice.so')))
    for name in ('sluice_deflate_new', 'sluice_inflate_new'):
        getattr(library, name).restype = ctypes.c_void_p
    for name in ('sluice_deflate_free', 'sluice_inflate_free'):
        getattr(library, name).argtypes = [ctypes.c_void_p]
        getattr(library, name).restype = None
    library.sluice_deflate.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    library.sluice_inflate.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.sluice_inflate_finish.argtypes = [ctypes.c_void_p]
    library.sluice_inflate_where.argtypes = [ctypes.c_void_p]
    library.sluice_inflate_where.restype = Position
    for name in ('sluice_deflate_set_dictionary', 'sluice_inflate_set_dictionary'):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.sluice_deflate_reset.argtypes = library.sluice_inflate_reset.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.sluice_deflate_change.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    library.sluice_status_name.restype = ctypes.c_char_p
    return library


class Deflater:
    def __init__(self, library, format, level, strategy=0, window_bits=15):
        self.library = library
        self.object = library.sluice_deflate_new(
            ctypes.byref(DeflateOptions(format, level, strategy, window_bits)), None)
        if not self.object:
            raise ValueError('no encoder with these options')
        self.room = ctypes.create_string_buffer(1 << 16)

    def __del__(self):
        if self.object:
            self.library.sluice_deflate_free(self.object)

    def set_dictionary(self, dictionary):
        return self.library.sluice_deflate_set_dictionary(self.object, dictionary, len(dictionary))

    def change(self, level, strategy):
        return self.library.sluice_deflate_change(self.object, level, strategy)

    def step(self, data, flush):
        """All of the data goes in; gives what comes out once the flush is complete."""
        source, out = Input(data, len(data), 0), []
        while True:
            room = Output(ctypes.addressof(self.room), len(self.room), 0)
            status = self.library.sluice_deflate(self.object, ctypes.byref(source), ctypes.byref(room), flush)
            out.append(self.room.raw[:room.pos])
            if status != NEED_OUTPUT:
                break
        wanted = {NONE: NEED_INPUT, FINISH: END}.get(flush, OK)
        if status != wanted or source.pos != len(data):
            raise ValueError('the encoder gave %d' % status)
        return b''.join(out)


class Inflater:
    def __init__(self, library, format, window_bits=15, flags=0):
        self.library = library
        self.object = library.sluice_inflate_new(ctypes.byref(InflateOptions(format, window_bits, flags, 0)), None)
        self.room = ctypes.create_string_buffer(1 << 17)

    def __del__(self):
        self.library.sluice_inflate_free(self.object)

    def set_dictionary(self, dictionary):
        return self.library.sluice_inflate_set_dictionary(self.object, dictionary, len(dictionary))

    def reset(self):
        self.library.sluice_inflate_reset(self.object, None)

    def step(self, data):
        """Status, output and the bytes taken."""
        source, out = Input(data, len(data), 0), []
        while True:
            room = Output(ctypes.addressof(self.room), len(self.room), 0)
            status = self.library.sluice_inflate(self.object, ctypes.byref(source), ctypes.byref(room))
            out.append(ctypes.string_at(self.room, room.pos))
            if status != NEED_OUTPUT:
                return status, b''.join(out), source.pos

    def finish(self):
        return self.library.sluice_inflate_finish(self.object)

    def where(self):
        return self.library.sluice_inflate_where(self.object)
