"""Servers of the lab's internet: a few web sites, a resolver, a clock, a place that nobody should call.

Each listens on its own documentation address inside the `wd-net` namespace and nowhere else.
"""

import http.server
import socket
import struct
import threading
import time

import cast


class Plain(http.server.BaseHTTPRequestHandler):
    """Answers everything with a few harmless words."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.rfile.read(min(length, 4096))
        text = b"ok\n" if self.server.server_port == 443 else b"Nothing to see here. " * 200
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET


def web(address, port):
    server = http.server.ThreadingHTTPServer((address, port), Plain)
    server.daemon_threads = True
    server.serve_forever()


def datagrams(address, port, reply):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, port))
        while True:
            request, peer = server.recvfrom(2048)
            server.sendto(reply(request), peer)


def resolve(request):
    """A DNS answer: the question again with one A record, RFC 1035 section 4."""
    record = struct.pack(">HHHIH4s", 0xC00C, 1, 1, 300, 4, socket.inet_aton(cast.NEWS[0]))
    return request[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + request[12:] + record


def tell(request):
    """An NTP answer, RFC 5905 figure 8: mode 4, stratum 2, the time in all stamps."""
    seconds = time.time() + 2208988800
    stamp = struct.pack(">II", int(seconds), int(seconds % 1 * 2**32))
    return b"\x24\x02\x06\xec" + bytes(8) + b"\x7f\x00\x00\x01" + stamp + request[40:48] + stamp + stamp


if __name__ == "__main__":
    jobs = [(web, address, 80) for address in cast.NEWS]
    jobs += [(web, cast.RARE, 443), (web, cast.KIT, 8080)]
    jobs += [(datagrams, cast.RESOLVER, 53, resolve), (datagrams, cast.TIME_SERVER, 123, tell)]
    for job, *rest in jobs:
        threading.Thread(target=job, args=rest, daemon=True).start()
    threading.Event().wait()
