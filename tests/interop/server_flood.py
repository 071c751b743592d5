"""Floods, for server_flood.sh: server_flood.py PORT PID NUMBER

NUMBER of each kind, by several connections at once, as fast as they go: requests one after the other, requests each on
a connection of its own, requests all at once behind each other, heads with too many fields and too large ones, ranges
by the hundred, numbers of a hundred digits. Each must get the answer that is due. Meanwhile ordinary clients ask.
Prints for each kind how many answers were as they should be and how many not; then how long the ordinary ones took,
and by how many KiB the server grew after the first round of floods.
"""
import re
import socket
import statistics
import sys
import threading
import time

AT_ONCE = 8
SMALL = b"content"
GIANT = b"9" * 100


def request(fields=b"", method=b"GET", path=b"/small", close=False):
    return (method + b" " + path + b" HTTP/1.1\r\nHost: a\r\n" + fields +
            (b"Connection: close\r\n" if close else b"") + b"\r\n")


def dial(port):
    s = socket.create_connection(("127.0.0.1", port), 20)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def all_of(s):
    """What comes until the end; a reset is an end as well."""
    data = []
    try:
        while True:
            more = s.recv(65536)
            if not more:
                break
            data.append(more)
    except ConnectionError:
        pass
    return b"".join(data)


def statuses(data):
    """The status of each response, by its own length."""
    found = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        size = int(length.group(1)) if length else 0
        found.append((int(head[9:12]), rest[:size]))
        data = rest[size:]
    return found


def one_after_the_other(port, number):
    good = 0
    with dial(port) as s:
        f = s.makefile("rb")
        for _ in range(number):
            s.sendall(request())
            size = 0
            status = f.readline()[9:12]
            while True:
                line = f.readline()
                if line in (b"\r\n", b""):
                    break
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            good += status == b"200" and f.read(size) == SMALL
    return good, number


def each_on_its_own(port, number):
    good = 0
    for _ in range(number):
        with dial(port) as s:
            s.sendall(request(close=True))
            good += statuses(all_of(s)) == [(200, SMALL)]
    return good, number


def all_at_once(port, number):
    with dial(port) as s:
        text = request() * (number - 1) + request(close=True)
        sender = threading.Thread(target=s.sendall, args=(text,))
        sender.start()
        good = sum(answer == (200, SMALL) for answer in statuses(all_of(s)))
        sender.join()
    return good, number


def refused(port, number, text, status):
    """Each must be answered so, and the connection closed."""
    good = 0
    for _ in range(number):
        with dial(port) as s:
            try:
                s.sendall(text)
            except ConnectionError:
                pass  # it has heard enough
            answers = statuses(all_of(s))
            good += len(answers) == 1 and answers[0][0] == status
    return good, number


def ranges(port, number):
    """More ranges than are answered, all of a large file: a part of it, or the whole, once, and no more."""
    good = 0
    field = b"Range: bytes=" + b",".join(b"0-" for _ in range(1000)) + b"\r\n"
    for _ in range(max(1, number // 100)):
        with dial(port) as s:
            s.sendall(request(field, path=b"/large", close=True))
            head, _, body = all_of(s).partition(b"\r\n\r\n")
            good += head[9:12] in (b"200", b"206", b"416") and len(body) < 2 * LARGE
    return good, max(1, number // 100)


LARGE = 1 << 20
MANY_FIELDS = request(b"".join(b"X-%d: y\r\n" % i for i in range(500)))
LONG_HEAD = request(b"X: " + b"y" * 100000 + b"\r\n")
LONG_TARGET = request(path=b"/" + b"y" * 100000)
KINDS = {
    "one after the other": one_after_the_other,
    "each on a connection of its own": each_on_its_own,
    "all at once": all_at_once,
    "500 fields": lambda p, n: refused(p, n, MANY_FIELDS, 431),
    "a head of 100 KB": lambda p, n: refused(p, n, LONG_HEAD, 431),
    "a target of 100 KB": lambda p, n: refused(p, n, LONG_TARGET, 414),
    "a thousand ranges": ranges,
    "a length of 100 digits": lambda p, n: refused(p, n, request(b"Content-Length: " + GIANT + b"\r\n"), 413),
    "a chunk of 100 digits": lambda p, n: refused(
        p, n, request(b"Transfer-Encoding: chunked\r\n", b"POST") + GIANT + b"\r\n", 400),
}


def memory(pid):
    """KiB of the server's own: resident and written to."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith("Private_Dirty:"))


def ordinary(port):
    begun = time.perf_counter()
    with dial(port) as s:
        s.sendall(request(close=True))
        right = statuses(all_of(s)) == [(200, SMALL)]
    return right, (time.perf_counter() - begun) * 1000


def flood(port, kind, number):
    """AT_ONCE of a kind; ordinary clients meanwhile. (good, all, how long the ordinary ones took)"""
    results, times = [], []
    threads = [threading.Thread(target=lambda: results.append(KINDS[kind](port, number // AT_ONCE)))
               for _ in range(AT_ONCE)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        right, ms = ordinary(port)
        results.append((int(right), 1))
        times.append(ms)
        time.sleep(0.002)
    if len(results) < AT_ONCE:
        results.append((0, 1))  # one of them has broken down
    return sum(good for good, _ in results), sum(n for _, n in results), times


def main():
    port, pid, number = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    times = []
    for kind in KINDS:
        flood(port, kind, number // 10)  # the first have the server take what it then keeps
    before = memory(pid)
    for kind in KINDS:
        good, n, took = flood(port, kind, number)
        times += took
        print(f"{kind}: {good} {n - good}")
    times.sort()
    print(f"ordinary: {statistics.median(times):.2f} {times[len(times) * 99 // 100]:.2f} {times[-1]:.2f}")
    print(f"grown: {memory(pid) - before}")


main()
