"""The lab's election web site. DELIBERATELY VULNERABLE: never run it outside the recording.

Every row is synthetic. Two pages are broken on purpose, so that the recording holds real
answers to real attacks:
  /voter/lookup?id=     pastes `id` into its SQL (the same page's `name=` is done properly)
  /status/check?host=   pastes `host` into a shell command; run this program as `nobody`

`app.py DATABASE PORT` listens on loopback; nginx stands in front of it.
"""

import html
import http.server
import sqlite3
import subprocess
import sys
import urllib.parse

import cast

FIRST = ["Ada", "Ben", "Clara", "Dev", "Elena", "Frank", "Grace", "Hugo", "Iris", "Jonas"]
LAST = ["O'Brien", "Nguyen", "Union", "D'Angelo", "Le May", "Garcia", "Selby", "O'Neill", "Orwell", "Droppe"]
COUNTIES = ["Example", "Sample", "Specimen", "Placeholder"]
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<link rel="stylesheet" href="/static/site.css"><script src="/static/site.js" defer></script>
</head><body><img src="/static/seal.png" alt="Seal"><h1>{title}</h1>{body}</body></html>
"""


def fill(path):
    """Makes the database anew: 60 synthetic voters, 24 contests' results."""
    database = sqlite3.connect(path)
    database.executescript("""
        DROP TABLE IF EXISTS voters; DROP TABLE IF EXISTS results;
        CREATE TABLE voters (id INTEGER PRIMARY KEY, first TEXT, last TEXT, county TEXT, precinct TEXT, status TEXT);
        CREATE TABLE results (contest TEXT, choice TEXT, votes INTEGER);""")
    for n in range(60):
        database.execute("INSERT INTO voters VALUES (?,?,?,?,?,?)", (
            1001 + n, FIRST[n % 10], LAST[(n * 7 + n // 10) % 10], COUNTIES[n % 4], f"P-{n % 12:02}", "active"))
    for n in range(24):
        for choice in ("Yes", "No"):
            database.execute("INSERT INTO results VALUES (?,?,?)", (f"Question {n + 1}", choice, 1000 + n * 37 % 611))
    database.commit()
    database.close()


class Site(http.server.BaseHTTPRequestHandler):
    """One request. `self.server.path` is the database."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
        page = {"/": self.home, "/results": self.results, "/voter/lookup": self.lookup,
                "/login": self.login_form, "/desk": self.desk, "/status/check": self.check}.get(url.path)
        if page is None:
            return self.answer(404, "Not found", "<p>There is no such page.</p>")
        return page(query)

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 4096)).decode("latin-1")
        form = {key: values[0] for key, values in urllib.parse.parse_qs(body).items()}
        if urllib.parse.urlsplit(self.path).path != "/login":
            return self.answer(404, "Not found", "<p>There is no such form.</p>")
        if cast.OFFICIALS.get(form.get("user")) == form.get("pass", ""):
            return self.answer(303, "Welcome", "", [("Location", "/desk")])
        return self.answer(401, "Sign in", "<p>Wrong name or password.</p>")

    def home(self, _):
        self.answer(200, "Elections", '<p><a href="/results">Results</a> <a href="/voter/lookup">Am I registered?</a></p>')

    def results(self, query):
        rows = self.ask("SELECT contest, choice, votes FROM results WHERE contest LIKE ?", [f"%{query.get('contest', '')}%"])
        self.answer(200, "Unofficial results", table(rows))

    def lookup(self, query):
        try:
            if "name" in query:
                rows = self.ask("SELECT id, first, last, county, precinct, status FROM voters WHERE last = ?", [query["name"]])
            else:
                # Broken on purpose: see the top of this file.
                rows = self.ask("SELECT id, first, last, county, precinct, status FROM voters WHERE id = " + query.get("id", "0"))
        except sqlite3.Error as trouble:
            return self.answer(500, "Sorry", f"<p>SQLite error: {html.escape(str(trouble))}</p>")
        return self.answer(200, "Voter lookup", table(rows) if rows else "<p>No voter of that number or name.</p>")

    def login_form(self, _):
        self.answer(200, "Sign in", '<form method="post"><input name="user"><input name="pass" type="password"><button>Sign in</button></form>')

    def desk(self, _):
        self.answer(200, "Desk", "<p>Nothing to do.</p>")

    def check(self, query):
        # Broken on purpose: see the top of this file.
        done = subprocess.run("getent hosts " + query.get("host", "localhost"), shell=True, text=True,
                              capture_output=True, timeout=20, errors="replace")
        self.answer(200, "Status", f"<pre>{html.escape(done.stdout + done.stderr)}</pre>")

    def ask(self, statement, values=()):
        database = sqlite3.connect(f"file:{self.server.path}?mode=ro", uri=True)
        try:
            return database.execute(statement, values).fetchall()
        finally:
            database.close()

    def answer(self, status, title, body, headers=()):
        text = PAGE.format(title=title, body=body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)


def table(rows):
    """Rows as an HTML table."""
    cells = ("".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(sys.argv[2])
    else:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Site)
        server.path = sys.argv[1]
        server.daemon_threads = True
        server.serve_forever()
