"""The stage of a recording: its clock, how actors run tools, and the book of what they really did."""

import contextlib
import datetime
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

LAB = pathlib.Path(__file__).parent


def stamp(seconds):
    """RFC 3339, UTC, milliseconds."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Stage:
    """`minutes` long, starting now; `work` is a folder for the tools' own files."""

    def __init__(self, minutes, work):
        self.length = minutes * 60
        self.began = time.time()
        self.work = pathlib.Path(work)
        self.items = []
        self.trouble = []
        self._lock = threading.Lock()

    def until(self, share):
        """Sleeps until `share` (0 to 1) of the recording has passed."""
        time.sleep(max(0, self.began + share * self.length - time.time()))

    def over(self, share):
        """Whether `share` of the recording has passed."""
        return time.time() >= self.began + share * self.length

    def pause(self, seconds, share=0.97):
        """Sleeps `seconds` of a half-hour recording, scaled to this one, but never past `share`."""
        end = min(time.time() + seconds * self.length / 1800, self.began + share * self.length)
        time.sleep(max(0, end - time.time()))

    @contextlib.contextmanager
    def planted(self, name, rung, kind, sources, accounts=(), targets=(), did="", **more):
        """Writes into the truth what happens inside the block, from its real start to its real end."""
        item = {"name": name, "rung": rung, "kind": kind, "sources": list(sources),
                "accounts": list(accounts), "targets": list(targets), "first": stamp(time.time())}
        item |= {"last": None, "did": did} | more
        try:
            yield item
        finally:
            item["last"] = stamp(time.time())
            with self._lock:
                self.items.append(item)

    def run(self, argv, inside=None, timeout=None, **more):
        """Runs a tool, in the namespace `inside` if given; returns what it did."""
        prefix = ["ip", "netns", "exec", inside] if inside else []
        environment = os.environ | {"HOME": str(self.work)} | more.pop("environment", {})
        return subprocess.run(prefix + [str(part) for part in argv], stdin=subprocess.DEVNULL, cwd=self.work,
                              capture_output=True, text=True, errors="replace", timeout=timeout,
                              env=environment, check=False, **more)

    def curl(self, source, *arguments, agent=None, inside=None):
        """One request by curl from `source`; its status as text."""
        argv = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "20", "--path-as-is"]
        argv += ["--interface", source] if source else []
        argv += ["-A", agent] if agent else []
        return self.run(argv + list(arguments), inside=inside).stdout

    def ssh(self, source, account, server, typed, command="true", inside=None, key=None, pause=0):
        """Signs in by ssh from `source`, typing `typed` one after the other; whether it was let in."""
        with tempfile.NamedTemporaryFile("w", dir=self.work, suffix=".typing") as typing:
            typing.write("".join(f"{password}\n" for password in typed))
            typing.flush()
            argv = ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                    "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "-o", "GSSAPIAuthentication=no",
                    "-o", f"NumberOfPasswordPrompts={max(1, len(typed))}", "-l", account]
            argv += ["-i", key, "-o", "IdentitiesOnly=yes", "-o", "PasswordAuthentication=no"] if key \
                else ["-o", "PubkeyAuthentication=no"]
            argv += ["-b", source] if source else []
            done = self.run(argv + [server, command], inside=inside, timeout=900, start_new_session=True, environment={
                "SSH_ASKPASS": str(LAB / "askpass.sh"), "SSH_ASKPASS_REQUIRE": "force",
                "WD_TYPING": typing.name, "WD_PAUSE": str(pause)})
        return done.returncode == 0

    def play(self, actors):
        """Runs all actors at once and waits for them; an actor that fails is noted and fails the recording."""
        def one(actor):
            try:
                actor(self)
            except Exception as trouble:  # noqa: BLE001 one actor's failure must not end the others
                with self._lock:
                    self.trouble.append(f"{actor.__name__}: {trouble!r}")
                print(f"{actor.__name__}: {trouble!r}", file=sys.stderr)
        threads = [threading.Thread(target=one, args=(actor,), daemon=True) for actor in actors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def truth(self):
        """The book, oldest first."""
        items = sorted(self.items, key=lambda item: item["first"])
        return json.dumps({"schema": "ward.truth/1", "from": stamp(self.began), "to": stamp(time.time()),
                           "items": items}, indent=1, ensure_ascii=False) + "\n"


class Browser:
    """An honest browser: one connection kept open, a real agent, referrers as browsers send them."""

    def __init__(self, source, server, site, agent):
        self._headers = {"Host": site, "User-Agent": agent, "Accept-Language": "en-US,en;q=0.8"}
        self._base = f"http://{site}"
        self._link = http.client.HTTPConnection(server, 80, timeout=20, source_address=(source, 0))

    def get(self, path, referrer=None, form=None):
        """One request; the status. A form given is posted."""
        headers = dict(self._headers)
        if referrer is not None:
            headers["Referer"] = self._base + referrer
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._link.request("POST" if form is not None else "GET", path, body=form, headers=headers)
        answer = self._link.getresponse()
        answer.read()
        return answer.status

    def page(self, path, referrer=None, fresh=True):
        """A page and, if `fresh`, what it needs."""
        self.get(path, referrer)
        for part in ("/static/site.css", "/static/site.js", "/static/seal.png") if fresh else ():
            self.get(part, path)

    def close(self):
        """Hangs up."""
        self._link.close()
