"""http_peer.py ROOT: a server of HTTP in Python's own http.server, for sluice-client to be tried with. Prints its port.

/CODING/FRAMING/NAME: CODING is identity, gzip, deflate or raw (deflate without its frame, as some servers send it);
FRAMING is length, chunked, close (the body ends with the connection), or one that breaks off in the middle of the body:
cut (the length says more), trunc (the length is that of the part), part (the same in chunks, all of which are well
formed), flip (whole, with one bit flipped in the middle). With identity and length, parts are given.
"""
import email.utils
import gzip
import http.server
import os
import sys
import zlib


def raw(data):
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


CODINGS = {"identity": (None, lambda data: data), "gzip": ("gzip", gzip.compress),
           "deflate": ("deflate", zlib.compress), "raw": ("deflate", raw)}


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        try:
            _, coding, framing, name = self.path.split("/", 3)
            with open(os.path.join(sys.argv[1], name), "rb") as file:
                data = file.read()
                modified = os.fstat(file.fileno()).st_mtime
            field, encode = CODINGS[coding]
        except (ValueError, KeyError, OSError):
            self.send_error(404)
            return
        tag = '"%d-%d"' % (modified, len(data))
        body, status, start = encode(data), 200, 0
        wanted = self.headers.get("Range", "")
        if coding == "identity" and wanted and self.headers.get("If-Range") in (None, tag):
            start, status = int(wanted[len("bytes="):-1]), 206
            body = body[start:]
        if framing == "flip":
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 16]) + body[middle + 1:]
        whole, half = body, body[:len(body) // 2]
        if framing in ("trunc", "part"):
            body = half
        self.send_response(status)
        if field:
            self.send_header("Content-Encoding", field)
        else:
            self.send_header("ETag", tag)
        self.send_header("Last-Modified", email.utils.formatdate(modified, usegmt=True))
        if status == 206:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (start, len(data) - 1, len(data)))
        if framing in ("chunked", "part"):
            self.send_header("Transfer-Encoding", "chunked")
        elif framing == "close":
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if framing in ("chunked", "part"):
            for i in range(0, len(body), 10000):
                piece = body[i:i + 10000]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        else:
            if framing == "cut":
                body = whole[:max(len(half), 9000 if coding == "identity" else 0)] # comes to its end in a few tries
            self.wfile.write(body)
        if framing in ("close", "cut"):
            self.close_connection = True


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
