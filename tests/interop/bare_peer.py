"""A server and a client of the bare protocol, written in the way of the example that this project grew from.

bare_peer.py serve FOLDER        prints its port, serves each file of FOLDER: one read is the name, one compressobj at
                                 level 1, 64 bytes of the file at a time, what compress() gives is sent at once, the
                                 rest in blocks of 64; an error is a closed connection
bare_peer.py fetch PORT NAME OUT sends the name, nothing behind it, and reads 64 bytes at a time into a decompressobj
"""
import os
import socket
import sys
import threading
import zlib

BLOCK = 64


def answer(connection, folder):
    with connection:
        name = connection.recv(1024).decode('utf-8')
        try:
            source = open(os.path.join(folder, name), 'rb')
        except OSError:
            return
        compressor = zlib.compressobj(1)
        with source:
            while block := source.read(BLOCK):
                if compressed := compressor.compress(block):
                    connection.sendall(compressed)
        rest = compressor.flush()
        while rest:
            connection.sendall(rest[:BLOCK])
            rest = rest[BLOCK:]


def serve(folder):
    with socket.create_server(('127.0.0.1', 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection, folder), daemon=True).start()


def fetch(port, name, out):
    decompressor = zlib.decompressobj()
    with socket.create_connection(('127.0.0.1', port), timeout=30) as connection, open(out, 'wb') as target:
        connection.sendall(name.encode('utf-8'))
        while response := connection.recv(BLOCK):
            pending = decompressor.unconsumed_tail + response
            while pending:
                decompressed = decompressor.decompress(pending)
                if not decompressed:
                    break
                target.write(decompressed)
                pending = decompressor.unconsumed_tail
        target.write(decompressor.flush())
    return 0 if decompressor.eof and not decompressor.unused_data else 1


if sys.argv[1] == 'serve':
    serve(sys.argv[2])
else:
    sys.exit(fetch(int(sys.argv[2]), sys.argv[3], sys.argv[4]))
