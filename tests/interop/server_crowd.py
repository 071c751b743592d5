"""Crowds of clients for server_crowd.sh: server_crowd.py WHAT PID PORT NUMBER

idle      NUMBER connections that have asked once and now wait; prints bytes of the server's memory for each
stalled   NUMBER downloads of /large in gzip whose clients take nothing; prints the same

then how long ordinary requests took beside them (ms: median, 99th percentile, longest), and how many were dropped.
"""
import selectors
import socket
import statistics
import sys
import time

GET = b"GET /%s HTTP/1.1\r\nHost: a\r\n%s\r\n"


def resident(pid):
    """Private and shared pages of the process, in bytes."""
    with open("/proc/%d/smaps_rollup" % pid) as file:
        for line in file:
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
    raise SystemExit("no Rss")


def connect(port, room=0):
    s = socket.socket()
    if room:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    s.settimeout(60)
    s.connect(("127.0.0.1", port))
    return s


def exchange(s):
    s.sendall(GET % (b"small", b""))
    data = b""
    while not data.endswith(b"content"):
        more = s.recv(4096)
        if not more:
            raise SystemExit("an ordinary client was not served: %r" % data[:80])
        data += more


def settle(pid):
    """Memory when it no longer grows: the server works on until every socket is full."""
    last, still = resident(pid), 0
    for _ in range(600):
        time.sleep(0.1)
        now = resident(pid)
        still = still + 1 if abs(now - last) < 64 * 1024 else 0
        last = now
        if still == 10:
            break
    return last


def ordinary(port, count):
    """Milliseconds that requests of a client took that comes among the crowd: median, 99th percentile, longest."""
    times = []
    s = connect(port)
    for _ in range(count):
        begun = time.perf_counter()
        exchange(s)
        times.append((time.perf_counter() - begun) * 1000)
    s.close()
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)], times[-1]


def main():
    what, pid, port, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    for _ in range(50):  # warm: what is needed once is there
        s = connect(port)
        exchange(s)
        s.close()
    before = settle(pid)
    crowd = []
    for i in range(number):
        if what == "idle":
            s = connect(port)
            exchange(s)
        else:
            s = connect(port, 4096)
            s.sendall(GET % (b"large", b"Accept-Encoding: gzip\r\n"))
        crowd.append(s)
    if what == "stalled":
        for s in crowd:  # each has its answer begun
            if s.recv(1) != b"H":
                raise SystemExit("a download did not begin")
    after = settle(pid)
    median, late, longest = ordinary(port, 1000)
    dropped = 0
    with selectors.DefaultSelector() as waiting:
        if what == "idle":
            for s in crowd:
                waiting.register(s, selectors.EVENT_READ)
            dropped = len(waiting.select(0))
    print("%d %.2f %.2f %.2f %d" % ((after - before) // number, median, late, longest, dropped))


main()
