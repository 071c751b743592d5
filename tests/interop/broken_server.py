"""broken_server.py FILE: answers over the bare protocol as no server should, by the name that is asked for:

whole      the stream of FILE                       nothing    a closed connection: a refusal
cut-N      the first N bytes of it                  reset      half of it, then a reset
flip-N     with bit N flipped                       behind     whole, and five bytes more
adler      with a wrong checksum                    silent     half of it, then nothing more
raw        without the frame                        bomb       zeros without end
other      the stream of another file               dictionary a stream that asks for a dictionary
gzip       in the other frame

Prints its port, then serves until it is killed.
"""
import socket
import struct
import sys
import threading
import time
import zlib

with open(sys.argv[1], 'rb') as file:
    data = file.read()
stream = zlib.compress(data, 6)


def gzip(data):
    encoder = zlib.compressobj(6, zlib.DEFLATED, 31)
    return encoder.compress(data) + encoder.flush()


def dictionary(data):
    encoder = zlib.compressobj(6, zlib.DEFLATED, 15, zdict=b'a dictionary that nobody has')
    return encoder.compress(data) + encoder.flush()


def answer(connection):
    with connection:
        name = connection.recv(4096).decode('utf-8').strip()
        what, _, number = name.partition('-')
        if what == 'whole':
            connection.sendall(stream)
        elif what == 'cut':
            connection.sendall(stream[:int(number)])
        elif what == 'flip':
            flipped = bytearray(stream)
            flipped[int(number) // 8] ^= 1 << int(number) % 8
            connection.sendall(flipped)
        elif what == 'adler':
            connection.sendall(stream[:-1] + bytes([stream[-1] ^ 1]))
        elif what == 'raw':
            connection.sendall(stream[2:-4])
        elif what == 'other':
            connection.sendall(zlib.compress(b'this is not what was asked for'))
        elif what == 'gzip':
            connection.sendall(gzip(data))
        elif what == 'dictionary':
            connection.sendall(dictionary(data))
        elif what == 'reset':
            connection.sendall(stream[:len(stream) // 2])
            time.sleep(0.2)  # so that it has come before the reset drops it
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        elif what == 'behind':
            connection.sendall(stream + b'extra')
        elif what == 'silent':
            connection.sendall(stream[:len(stream) // 2])
            time.sleep(20)
        elif what == 'bomb':
            encoder = zlib.compressobj(9)
            try:
                while True:
                    connection.sendall(encoder.compress(bytes(1 << 20)))
            except OSError:
                pass  # the client has had enough


with socket.create_server(('127.0.0.1', 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()
