"""The office's own desks, inside `wd-desk`: names looked up, clocks set, news read, for SECONDS.

`desk.py SECONDS INTERVAL`: all desks ask the same clock every INTERVAL seconds, as real ones do;
this is regular traffic that is nobody's beacon.
"""

import http.client
import random
import socket
import struct
import sys
import threading
import time

import cast

END = time.time() + float(sys.argv[1])
INTERVAL = float(sys.argv[2])


def exchange(source, target, port, payload):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.bind((source, 0))
        client.sendto(payload, (target, port))
        try:
            client.recvfrom(2048)
        except TimeoutError:
            pass


def clock(source):
    while time.time() < END:
        exchange(source, cast.TIME_SERVER, 123, b"\x23" + bytes(47))
        time.sleep(INTERVAL)


def browse(source):
    dice = random.Random(source)
    while time.time() < END:
        name = b"".join(bytes([len(label)]) + label for label in (b"news%d" % dice.randrange(9), b"example", b""))
        question = struct.pack(">HHHHHH", dice.randrange(65536), 0x0100, 1, 0, 0, 0) + name + b"\x00\x01\x00\x01"
        exchange(source, cast.RESOLVER, 53, question)
        try:
            site = http.client.HTTPConnection(dice.choice(cast.NEWS), 80, timeout=5, source_address=(source, 0))
            site.request("GET", f"/story/{dice.randrange(500)}", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"})
            site.getresponse().read()
            site.close()
        except OSError:
            pass
        time.sleep(dice.expovariate(1 / (INTERVAL / 2)))


for desk in cast.DESKS:
    for habit in (clock, browse):
        threading.Thread(target=habit, args=(desk,), daemon=True).start()
        time.sleep(0.7)
time.sleep(max(0, END - time.time()))
