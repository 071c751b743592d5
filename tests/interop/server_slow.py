"""Clients that are slow on purpose, for server_slow.sh: server_slow.py PORT NUMBER

NUMBER of each kind at once: a head that comes byte by byte, fields without end, a body byte by byte, chunks byte by
byte, connections that say nothing, downloads of which a byte is taken now and then, pipelined requests whose answers
nobody reads, names of the bare protocol byte by byte (BARE port). Meanwhile ordinary clients ask. Prints how long those
took and how many of the slow ones were cut off in the end, which all must be.
"""
import selectors
import socket
import statistics
import sys
import time

HEAD = b"POST /small HTTP/1.1\r\nHost: a\r\n"


class Slow:
    """Sends `first`, then a byte of `then` over and over, and takes `takes` bytes at a time; 0: nothing."""

    def __init__(self, port, first, then, takes, room=4096):
        self.then, self.takes, self.at, self.open = then, takes, 0, True
        self.s = socket.socket()
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.s.settimeout(20)
        self.s.connect(("127.0.0.1", port))
        self.s.setblocking(False)
        self.say(first)

    def say(self, data):
        try:
            self.s.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self.open = False

    def tick(self):
        """A moment later. What the server says to the slow is read, or they would not see that they are cut off."""
        if not self.open:
            return
        if self.then:
            self.say(self.then[self.at % len(self.then):][:1])
            self.at += 1
        if self.s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
            self.open = False  # a reset, though there may be something to read still
        elif self.takes:
            try:
                if not self.s.recv(self.takes):
                    self.open = False
            except BlockingIOError:
                pass
            except OSError:
                self.open = False


def kinds(port, bare):
    many = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 100
    return [
        lambda: Slow(port, b"GET /", b"x", 4096),
        lambda: Slow(port, HEAD, b"X: y\r\n", 4096),
        lambda: Slow(port, HEAD + b"Content-Length: 100000\r\n\r\n", b"x", 4096),
        lambda: Slow(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 4096),
        lambda: Slow(port, b"", b"", 4096),
        lambda: Slow(port, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n", b"", 1),
        lambda: Slow(port, b"GET /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", b"", 1),
        lambda: Slow(port, many, b"", 0),
        lambda: Slow(bare, b"s", b"x", 4096),
        lambda: Slow(bare, b"large\n", b"", 1),
    ]


def ordinary(port):
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        s.sendall(b"GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        data = b""
        while True:
            more = s.recv(4096)
            if not more:
                break
            data += more
    if not data.startswith(b"HTTP/1.1 200") or not data.endswith(b"content"):
        raise SystemExit("an ordinary client was not served: %r" % data[:80])
    return (time.perf_counter() - begun) * 1000


def main():
    port, bare, number = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    slow = [kind() for _ in range(number) for kind in kinds(port, bare)]
    times = []
    end = time.monotonic() + 25
    while any(one.open for one in slow) and time.monotonic() < end:
        for one in slow:
            one.tick()
        times.extend(ordinary(port) for _ in range(10))
        time.sleep(0.05)
    times.sort()
    left = sum(one.open for one in slow)
    late = times[int(len(times) * 0.99)]
    print("%d %d %.2f %.2f %.2f" % (len(slow), left, statistics.median(times), late, times[-1]))


main()
