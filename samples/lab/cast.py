"""Who plays in the recording: addresses, accounts, passwords. All of it is synthetic.

Addresses are those kept for documentation (RFC 5737, RFC 3849), so none of them belongs to
anybody. The outside roles are dealt from one shuffled deck, so that neighbours in number are
not neighbours in deed.

`cast.py accounts DIR` writes the passwd, shadow and group files of the lab's bastion.
`cast.py hosts` prints "namespace address" for each attacker that has its own namespace.
"""

import pathlib
import random
import subprocess
import sys

OFFICE4 = "198.51.100.0/24"
OFFICE6 = "2001:db8:100::/64"
WEB, WEB6 = "198.51.100.10", "2001:db8:100::10"
BASTION, BASTION6 = "198.51.100.22", "2001:db8:100::22"
DESKS = [f"198.51.100.{n}" for n in (31, 32, 33, 34)]
INFECTED = "198.51.100.47"
SITE = "www.sos.example"

PASSWORDS = {
    "clerk01": "Osage-Quilt-41", "clerk02": "barn.swallow.88", "clerk03": "Ozark&Lantern7",
    "clerk04": "seven-ballots-5", "clerk05": "Hannibal_Ferry_9", "clerk06": "redbud/April/62",
    "clerk07": "Jefferson1876", "clerk08": "persimmon+frost3", "clerk09": "Callaway-mill-20",
    "clerk10": "walnut.ridge.17", "clerk11": "blue-heron-2210", "clerk12": "Sedalia*fiddle4",
}
CLERKS = sorted(PASSWORDS)
OFFICIALS = {"results-desk": "canvass-table-6", "rolls-desk": "county-line-33"}


def _deck():
    cards = [f"192.0.2.{n}" for n in range(1, 255)] + [f"203.0.113.{n}" for n in range(1, 255)]
    cards.remove("203.0.113.250")
    random.Random(20261103).shuffle(cards)
    return cards


_DECK = _deck()


def _deal(count):
    hand, _DECK[:count] = _DECK[:count], []
    return hand


AUTHORISED = "203.0.113.250"

# Attackers whose tools cannot choose their source address live in a namespace of their own.
OWN = dict(zip(
    ["wd-fast", "wd-then", "wd-spray", "wd-sqlmap", "wd-shared", "wd-test"],
    _deal(5) + [AUTHORISED], strict=True))

# The others share one namespace; their tools bind to the address.
ONE = dict(zip(
    ["horizontal", "vertical", "block", "slow", "udp", "ping", "service", "slow_guess", "slow_sqli",
     "traversal", "probe", "command", "stuffing", "backscatter"],
    _deal(14), strict=True))
TILES = _deal(48)
GUESSERS = _deal(36)
STUFFERS = _deal(40)
FLOODERS = _deal(20)
NOISE = _deal(30)
CLERK_HOMES = dict(zip(CLERKS, _deal(12), strict=True))
CLERK_HOMES["clerk10"] = "2001:db8:a010:7::19"
RESOLVER, TIME_SERVER, RARE, KIT = _deal(4)
NEWS = _deal(5)
VOTERS = _deal(170) + [f"2001:db8:a{n:03x}:1::{n * 37 % 9973:x}" for n in range(0x100, 0x13c)]
V6_SCANNERS = [f"2001:db8:bad:64::{n:x}" for n in (0x11, 0x2f, 0x5a, 0x91, 0xc4, 0x1d7, 0x2aa, 0x3e8)]


def _accounts(folder):
    """Writes passwd, shadow and group for a machine that has the clerks and nothing else."""
    folder = pathlib.Path(folder)
    people = ["root:x:0:0:root:/root:/bin/bash", "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin",
              "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
              "webadmin:x:2000:2000:Web administrator:/home/webadmin:/bin/bash"]
    shadow = ["root:*:20000:0:99999:7:::", "sshd:!:20000::::::", "nobody:*:20000:0:99999:7:::",
              "webadmin:*:20000:0:99999:7:::"]
    groups = ["root:x:0:", "tty:x:5:", "utmp:x:43:", "nogroup:x:65534:", "webadmin:x:2000:"]
    for number, (name, password) in enumerate(sorted(PASSWORDS.items()), 2001):
        sealed = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, text=True,
                                capture_output=True, check=True).stdout.strip()
        people.append(f"{name}:x:{number}:{number}:Synthetic clerk:/home/{name}:/bin/bash")
        shadow.append(f"{name}:{sealed}:20000:0:99999:7:::")
        groups.append(f"{name}:x:{number}:")
    (folder / "passwd").write_text("\n".join(people) + "\n")
    (folder / "shadow").write_text("\n".join(shadow) + "\n")
    (folder / "group").write_text("\n".join(groups) + "\n")
    (folder / "shadow").chmod(0o600)


if __name__ == "__main__":
    if sys.argv[1:2] == ["accounts"]:
        _accounts(sys.argv[2])
    elif sys.argv[1:] == ["hosts"]:
        print("\n".join(f"{name} {address}" for name, address in OWN.items()))
    else:
        sys.exit(__doc__)
