"""codec_peer.py BUILD KINDS VECTORS: libsluice.so against Python's zlib and gzip, both ways.

Random choices come from a fixed seed: a failure names its case and comes again.
"""
import collections
import glob
import gzip
import io
import os
import random
import sys
import zlib

import library as L

PREFIX = 150000  # of a file of many: enough for several blocks, and three times the window
WBITS = {L.RAW: lambda bits: -bits, L.ZLIB: lambda bits: bits, L.GZIP: lambda bits: 16 + bits}
NAMES = {L.RAW: 'raw', L.ZLIB: 'zlib', L.GZIP: 'gzip'}

library = L.load(sys.argv[1])
kinds = {}
for path in sorted(glob.glob(os.path.join(sys.argv[2], '*'))):
    with open(path, 'rb') as file:
        kinds[os.path.basename(path)] = file.read(PREFIX)
passed = failed = 0


def check(good, *what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        if failed <= 20:
            print('FAILED:', *what)


def pieces(data, random_, most):
    at = 0
    while at < len(data):
        size = random_.randint(1, most)
        yield data[at:at + size]
        at += size


def decode_with_zlib(stream, format, dictionary=b''):
    # Window bits 8 are refused by raw inflate of old versions: a larger window takes them all.
    decoder = zlib.decompressobj(WBITS[format](15), zdict=dictionary) if dictionary else zlib.decompressobj(
        WBITS[format](15))
    out = decoder.decompress(stream) + decoder.flush()
    return out if decoder.eof and not decoder.unused_data else None


def decode_with_ours(stream, format, bits=15):
    decoder = L.Inflater(library, format, bits)
    status, out, taken = decoder.step(stream)
    return out if status == L.END and taken == len(stream) else None


# ---- What ours encodes, zlib decodes: levels, formats, strategies, windows, flushes ----
def ours_to_zlib():
    choices = random.Random(1951)
    for name, data in kinds.items():
        for level in range(13):
            for format in NAMES:
                strategy = choices.choice((0, 0, 1, 2, 3))
                bits = choices.choice((15, 15, 8, 9, 10, 11, 12, 13, 14))
                encoder = L.Deflater(library, format, level, strategy, bits)
                check(decode_with_zlib(encoder.step(data, L.FINISH), format) == data,
                      'ours to zlib', name, NAMES[format], level, strategy, bits)

        # After a sync or full flush all that went in comes out; after a full one decoding can begin there.
        for level in (0, 1, 3, 6, 9, 12):
            encoder, decoder, came, went = L.Deflater(library, L.RAW, level), zlib.decompressobj(-15), b'', 0
            for piece in pieces(data, choices, 40000):
                flush = choices.choice((L.NONE, L.FLUSH_BLOCK, L.PARTIAL, L.SYNC, L.FULL))
                came += decoder.decompress(encoder.step(piece, flush))
                went += len(piece)
                if flush in (L.SYNC, L.FULL, L.PARTIAL):
                    check(came == data[:went], 'flush', flush, name, level, went)
                if flush == L.FULL:
                    decoder = zlib.decompressobj(-15)
                    encoder.change((level + went) % (level + 1), 0)
            came += decoder.decompress(encoder.step(b'', L.FINISH))
            check(came == data and decoder.eof, 'flushes', name, level)


# ---- What zlib encodes, ours decodes ----
def zlib_to_ours():
    choices = random.Random(1950)
    for name, data in kinds.items():
        for level in range(10):
            for format in NAMES:
                bits, memory = choices.choice((15, 9, 10, 11, 12, 13, 14)), choices.randint(1, 9)
                strategy = choices.randint(0, 4)
                encoder = zlib.compressobj(level, zlib.DEFLATED, WBITS[format](bits), memory, strategy)
                stream = b''
                for piece in pieces(data, choices, 50000):
                    stream += encoder.compress(piece)
                    if choices.random() < 0.3:
                        stream += encoder.flush(choices.choice((zlib.Z_PARTIAL_FLUSH, zlib.Z_SYNC_FLUSH,
                                                                zlib.Z_FULL_FLUSH, zlib.Z_BLOCK)))
                stream += encoder.flush()
                check(decode_with_ours(stream, format, bits) == data,
                      'zlib to ours', name, NAMES[format], level, bits, memory, strategy)
                if format != L.RAW:
                    check(decode_with_ours(stream, L.AUTO) == data, 'zlib to ours, auto', name, NAMES[format], level)


# ---- Preset dictionaries ----
def dictionaries():
    dictionary = kinds['sources'][:40000]
    for name in ('lorem', 'sources', 'table', 'empty', 'one'):
        data = kinds[name]
        for format in (L.RAW, L.ZLIB):
            for level in range(13):
                encoder = L.Deflater(library, format, level)
                check(encoder.set_dictionary(dictionary) == L.OK, 'set dictionary', NAMES[format], level)
                stream = encoder.step(data, L.FINISH)
                check(decode_with_zlib(stream, format, dictionary) == data, 'dictionary', name, NAMES[format], level)
            for level in range(10):
                encoder = zlib.compressobj(level, zlib.DEFLATED, WBITS[format](15), zdict=dictionary)
                stream = encoder.compress(data) + encoder.flush()
                decoder = L.Inflater(library, format)
                if format == L.RAW:
                    decoder.set_dictionary(dictionary)
                    status, out, taken = decoder.step(stream)
                else:
                    status, out, taken = decoder.step(stream)
                    check(status == L.NEED_DICTIONARY, 'asks for the dictionary', name, level)
                    decoder.set_dictionary(dictionary)
                    status, out, _ = decoder.step(stream[taken:])
                check(status == L.END and out == data, 'their dictionary', name, NAMES[format], level)


# ---- The gzip module ----
def gzip_module():
    names = sorted(kinds)
    for level in range(13):
        members = b''.join(L.Deflater(library, L.GZIP, level).step(kinds[name], L.FINISH) for name in names)
        check(gzip.decompress(members) == b''.join(kinds[name] for name in names), 'gzip.decompress', level)
    for level in range(10):
        whole = io.BytesIO()
        for name in names:
            with gzip.GzipFile(name, 'wb', level, whole, mtime=level * 1000) as file:
                file.write(kinds[name])
        check(decode_with_ours(whole.getvalue(), L.GZIP) == b''.join(kinds[name] for name in names), 'GzipFile', level)


# ---- Verdicts ----
# zlib and ours must agree whether a stream is whole, cut or bad, and on the bytes. Where they may differ, and why:
EARLIER = {  # ours tells it from the first bits that cannot be right, zlib from the whole field
    'SLUICE_ERR_LITLEN_COUNT', 'SLUICE_ERR_DISTANCE_COUNT', 'SLUICE_ERR_GZIP_ID', 'SLUICE_ERR_GZIP_METHOD',
    'SLUICE_ERR_ZLIB_METHOD', 'SLUICE_ERR_ZLIB_WINDOW', 'SLUICE_ERR_ZLIB_CHECK',
    'SLUICE_ERR_PRECODE_INCOMPLETE',  # an empty code of code lengths: zlib goes on, and fails at the end of the lengths
}
STRICT = {'SLUICE_ERR_DISTANCE_WINDOW'}  # zlib's verdict depends on how its input is cut


def verdicts():
    decoders = {format: L.Inflater(library, format, 15, L.ONE_MEMBER) for format in NAMES}
    seen = collections.Counter()

    def compare(format, data, *what):
        decoder = decoders[format]
        decoder.reset()
        status, ours, _ = decoder.step(data)
        if status == L.NEED_INPUT:
            status = decoder.finish()
        name = library.sluice_status_name(status).decode()
        verdict = {L.END: 'whole', L.ERR_TRUNCATED: 'cut'}.get(status, 'bad')
        peer = zlib.decompressobj(WBITS[format](15))
        try:
            theirs = peer.decompress(data) + peer.flush()
            other = 'whole' if peer.eof else 'cut'
        except zlib.error:
            theirs, other = None, 'bad'
        seen[verdict] += 1
        if verdict == other == 'whole':
            check(ours == theirs and decoder.where().input == len(data) - len(peer.unused_data), 'bytes', *what)
        elif verdict == other == 'cut':
            check(ours == theirs, 'bytes of a cut stream', *what)
        else:
            check(verdict == other or (verdict == 'bad' and (name in STRICT or (name in EARLIER and other == 'cut'))),
                  'ours', name, 'theirs', other, *what)

    # Every vector, whole and cut at every byte; longer ones at some.
    streams = []
    for path in sorted(glob.glob(os.path.join(sys.argv[3], '*', '*'))):
        format = {'.deflate': L.RAW, '.zlib': L.ZLIB, '.gz': L.GZIP}.get(os.path.splitext(path)[1])
        if format is None:
            continue
        with open(path, 'rb') as file:
            data = file.read()
        streams.append((format, data))
        for size in range(0, len(data) + 1, max(1, len(data) // 1000)):
            compare(format, data[:size], os.path.relpath(path, sys.argv[3]), size)
        compare(format, data + b'behind', os.path.relpath(path, sys.argv[3]), 'and more')

    # The same and real streams with bits flipped, bytes changed, left out and put in, at places drawn at random.
    choices = random.Random(1952)
    for name in ('lorem', 'runs', 'table', 'letters', 'mixed', 'one'):
        for format in NAMES:
            for level in (1, 6, 9, 12):
                streams.append((format, L.Deflater(library, format, level).step(kinds[name][:3000], L.FINISH)))
    for case in range(60000):
        format, stream = choices.choice(streams)
        stream = bytearray(stream[:5000])
        for _ in range(choices.randint(1, 3)):
            if not stream:
                break
            # headers are where most can go wrong
            at = choices.randrange(min(len(stream), choices.choice((4, 20, 100, 5000))))
            what = choices.randrange(4)
            if what == 0:
                stream[at] ^= 1 << choices.randrange(8)
            elif what == 1:
                stream[at] = choices.randrange(256)
            elif what == 2:
                del stream[at]
            else:
                stream.insert(at, choices.randrange(256))
        compare(format, bytes(stream), 'case', case, NAMES[format], bytes(stream[:40]).hex())
    # Nothing is tested by streams that are all alike.
    check(min(seen['whole'], seen['cut'], seen['bad']) > 1000, 'too few of a kind', seen)


for part in (ours_to_zlib, zlib_to_ours, dictionaries, gzip_module, verdicts):
    before = passed + failed
    part()
    print('%s: %d checks' % (part.__name__, passed + failed - before))
print('zlib %s' % zlib.ZLIB_RUNTIME_VERSION)
print('interop/codec_python: %d passed, %d failed' % (passed, failed))
sys.exit(1 if failed else 0)
