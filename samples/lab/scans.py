"""Actors that look: scans of every shape, and what only looks like one."""

import random
import socket
import struct
import time

import cast

NMAP = ["nmap", "-Pn", "-n", "-e", "up0"]


def horizontal(stage):
    stage.until(0.05)
    source = cast.ONE["horizontal"]
    argv = [*NMAP, "-sS", "-p22,445", "--max-rate", "50", "--max-retries", "1", "-S", source, cast.OFFICE4]
    with stage.planted("horizontal scan", "scan", "scan.horizontal", [source], targets=[cast.OFFICE4], did=" ".join(argv)):
        stage.run(argv)


def vertical(stage):
    stage.until(0.10)
    source = cast.ONE["vertical"]
    argv = [*NMAP, "-sS", "-p1-2000", "--max-rate", "120", "--max-retries", "0", "-S", source, cast.BASTION]
    with stage.planted("vertical scan", "scan", "scan.vertical", [source], targets=[cast.BASTION], did=" ".join(argv)):
        stage.run(argv)


def block(stage):
    stage.until(0.14)
    source = cast.ONE["block"]
    ports = "21,23,25,80,110,135,139,143,443,1433,3306,5432,6379,8080,8443,9200"
    argv = [*NMAP, "-sS", "-p", ports, "--max-rate", "60", "--max-retries", "0", "-S", source, "198.51.100.0/27"]
    with stage.planted("block scan", "scan", "scan.block", [source], targets=["198.51.100.0/27"], did=" ".join(argv)):
        stage.run(argv)


def udp(stage):
    stage.until(0.02)
    source = cast.ONE["udp"]
    argv = [*NMAP, "-sU", "-p161", "--max-rate", "40", "--max-retries", "0", "-S", source, cast.OFFICE4]
    with stage.planted("UDP scan", "scan", "scan.horizontal", [source], targets=[cast.OFFICE4], did=" ".join(argv)):
        stage.run(argv)


def ping(stage):
    stage.until(0.075)
    source = cast.ONE["ping"]
    argv = ["nmap", "-n", "-e", "up0", "-sn", "-PE", "--max-rate", "40", "--max-retries", "0", "-S", source, cast.OFFICE4]
    with stage.planted("ping sweep", "scan", "scan.horizontal", [source], targets=[cast.OFFICE4], did=" ".join(argv)):
        stage.run(argv)


def slow(stage):
    stage.until(0.02)
    dice = random.Random(1)
    source, hosts = cast.ONE["slow"], [f"198.51.100.{n}" for n in range(1, 255)]
    dice.shuffle(hosts)
    argv = [*NMAP, "-sS", "-p3389", "--max-retries", "0", "-S", source]
    with stage.planted("slow scan", "scan", "scan.slow", [source], did=" ".join(argv) + " HOST, every 20 to 40 s") as item:
        while not stage.over(0.96):
            item["targets"].append(hosts.pop())
            stage.run([*argv, item["targets"][-1]])
            stage.pause(dice.uniform(20, 40))


def version_six(stage):
    stage.until(0.18)
    hosts = [f"2001:db8:100::{n:x}" for n in range(0x0a, 0x3a)]
    argv = ["nmap", "-6", "-Pn", "-n", "-e", "up0", "-sS", "-p22,80", "--max-rate", "20", "--max-retries", "0"]
    with stage.planted("IPv6 scan from one /64", "scan", "scan.horizontal", cast.V6_SCANNERS, targets=hosts,
                       did=" ".join(argv) + " -S ADDRESS HOSTS: eight addresses of one /64, six hosts each",
                       also=["scan.distributed"]):
        for place, source in enumerate(cast.V6_SCANNERS):
            stage.run([*argv, "-S", source, *hosts[place::len(cast.V6_SCANNERS)]])
            stage.pause(6)


def distributed(stage):
    stage.until(0.24)
    dice = random.Random(2)
    hosts = [f"198.51.100.{n}" for n in range(1, 255)]
    dice.shuffle(hosts)
    shares = [(source, hosts[place::len(cast.TILES)]) for place, source in enumerate(cast.TILES)]
    argv = [*NMAP, "-sS", "-p5900", "--max-retries", "0", "--max-rate", "4"]
    with stage.planted("distributed scan", "scan", "scan.distributed", cast.TILES, targets=[cast.OFFICE4],
                       did=" ".join(argv) + " -S ADDRESS HOSTS: 48 sources share the range, five or six hosts each"):
        for source, share in shares:
            stage.run([*argv, "-S", source, *share])
            stage.pause(dice.uniform(4, 14))


def noise(stage):
    """The Internet's background: one or two SYN packets from an address that is never seen again."""
    stage.until(0.01)
    dice = random.Random(3)
    with stage.planted("background noise", "scan", "background", cast.NOISE, did="one or two SYN packets each") as item:
        for source in cast.NOISE:
            port = dice.choice([23, 23, 2323, 81, 8081, 3389, 5555, 7547, 60001])
            for _ in range(dice.randrange(1, 3)):
                raw(source, f"198.51.100.{dice.randrange(1, 255)}", dice.randrange(1024, 65000), port, 0x02)
            stage.pause(dice.uniform(20, 80), 0.97)
        item["targets"] = []


def backscatter(stage):
    """What a flood's victim elsewhere sends to addresses that the flood forged."""
    stage.until(0.44)
    dice = random.Random(4)
    source = cast.ONE["backscatter"]
    with stage.planted("backscatter", "null", "backscatter", [source], targets=[cast.OFFICE4],
                       did="SYN-ACK and RST packets from port 80 of a host outside, answers to forged packets"):
        for _ in range(220):
            raw(source, f"198.51.100.{dice.randrange(1, 255)}", 80, dice.randrange(1024, 65000), dice.choice([0x12, 0x12, 0x14]))
            stage.pause(1)


def raw(source, target, source_port, port, flags):
    """Sends one bare TCP segment (RFC 9293 section 3.1) with the given flags."""
    answer = random.getrandbits(32) if flags & 0x10 else 0
    segment = struct.pack(">HHIIBBHHH", source_port, port, random.getrandbits(32), answer, 0x50, flags, 1024, 0, 0)
    pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack(">BBH", 0, 6, len(segment))
    words = struct.unpack(f">{(len(pseudo) + len(segment)) // 2}H", pseudo + segment)
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    segment = segment[:16] + struct.pack(">H", ~total & 0xFFFF) + segment[18:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as wire:
        wire.bind((source, 0))
        wire.sendto(segment, (target, 0))


def service(stage):
    """A probe shaped for the service that it found: nmap's version detection and scripts."""
    stage.until(0.20)
    source = cast.ONE["service"]
    argv = [*NMAP, "-sS", "-sV", "-sC", "-p22,80,443,8080", "-S", source, cast.WEB]
    with stage.planted("version detection", "attempt", "web.probe", [source], targets=[cast.WEB], did=" ".join(argv)):
        stage.run(argv, timeout=300)


def authorised(stage):
    """A registered test, inside its window: its owner and window go to ward.toml."""
    stage.until(0.50)
    start = time.time()
    with stage.planted("authorised test", "null", "authorised", [cast.AUTHORISED], targets=[cast.WEB, cast.BASTION],
                       did="nmap -sS -p1-1000 of two hosts, then web probes and three SQL injections by curl"):
        stage.run(["nmap", "-Pn", "-n", "-sS", "-p1-1000", "--max-rate", "120", "--max-retries", "0", cast.WEB, cast.BASTION],
                  inside="wd-test")
        for path in ("/admin/", "/.env", "/backup.zip", "/server-status", "/voter/lookup?id=1001%27",
                     "/voter/lookup?id=1001%20OR%201=1", "/voter/lookup?id=0%20UNION%20SELECT%201,2,3,4,5,6"):
            stage.curl(None, f"http://{cast.WEB}{path}", agent="Example Assessment Team scanner/1.0", inside="wd-test")
            stage.pause(4)
    stage.window = (start - 60, time.time() + 120)


ACTORS = [horizontal, vertical, block, udp, ping, slow, version_six, distributed, noise, backscatter, service, authorised]
