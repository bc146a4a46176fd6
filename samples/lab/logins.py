"""Actors that sign in: guessers of every shape, and clerks who mistype."""

import random

import cast

WORDS = ["123456", "password", "admin", "letmein", "qwerty", "welcome1", "election", "election2026", "ballot", "vote2026",
         "changeme", "Passw0rd", "monday", "sunshine", "dragon", "football", "iloveyou", "master", "abc123", "secret"]


def words(count, seed):
    """`count` guesses; no clerk's password is among them."""
    dice = random.Random(seed)
    return [f"{dice.choice(WORDS)}{dice.choice(['', '!', '1', '#'])}{dice.randrange(1000)}" for _ in range(count)]


def listed(stage, name, lines):
    """A word list for a tool; its path."""
    path = stage.work / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def hydra(stage, inside, *arguments, server=cast.BASTION, tasks=4):
    return stage.run(["hydra", "-I", "-t", tasks, "-W", "1", *arguments, f"ssh://{server}"], inside=inside, timeout=1500)


def fast(stage):
    stage.until(0.12)
    people = ["root", "admin", "clerk01", "oracle"]
    with stage.planted("fast password guessing", "attempt", "login.guess", [cast.OWN["wd-fast"]], people, [cast.BASTION],
                       did="hydra -L 4 accounts -P 40 words -t 4 ssh://bastion"):
        hydra(stage, "wd-fast", "-L", listed(stage, "fast.people", people), "-P", listed(stage, "fast.words", words(40, 1)))


def slow(stage):
    stage.until(0.03)
    dice, source = random.Random(5), cast.ONE["slow_guess"]
    with stage.planted("slow password guessing", "attempt", "login.slow", [source], ["clerk03"], [cast.BASTION],
                       did="ssh, one guess each 60 to 110 s") as item:
        for count, guess in enumerate(words(60, 2), 1):
            stage.ssh(source, "clerk03", cast.BASTION, [guess])
            item["guesses"] = count
            stage.pause(dice.uniform(60, 110), 0.95)
            if stage.over(0.95):
                break


def spray(stage):
    stage.until(0.30)
    with stage.planted("password spraying", "attempt", "login.spray", [cast.OWN["wd-spray"]], cast.CLERKS, [cast.BASTION],
                       did="hydra -L 12 clerks -p Winter2026! -t 1 ssh://bastion"):
        hydra(stage, "wd-spray", "-L", listed(stage, "spray.people", cast.CLERKS), "-p", "Winter2026!", tasks=1)


def distributed(stage):
    stage.until(0.08)
    dice, guesses = random.Random(6), iter(words(200, 3))
    turns = [source for source in cast.GUESSERS for _ in range(dice.randrange(1, 4))]
    dice.shuffle(turns)
    with stage.planted("distributed password guessing", "attempt", "login.distributed", cast.GUESSERS,
                       ["clerk05", "clerk09"], [cast.BASTION],
                       did="ssh, one to three guesses from each of 36 sources on the same two accounts") as item:
        for source in turns:
            stage.ssh(source, dice.choice(["clerk05", "clerk09"]), cast.BASTION, [next(guesses)])
            stage.pause(1296 / len(turns) * dice.uniform(0.5, 1.3) - 2.5 * 1800 / stage.length, 0.93)
        item["guesses"] = len(turns)


def then_success(stage):
    stage.until(0.42)
    source, account = cast.OWN["wd-then"], "clerk07"
    guesses = words(40, 4)
    guesses[26] = cast.PASSWORDS[account]
    with stage.planted("guess, then success", "access", "login.guess_then_success", [source], [account], [cast.BASTION],
                       did="hydra -l clerk07 -P 40 words (the 27th is right), then an ssh session") as item:
        done = hydra(stage, "wd-then", "-l", account, "-P", listed(stage, "then.words", guesses), tasks=2)
        item["found"] = "password:" in done.stdout
        stage.pause(45)
        item["session"] = stage.ssh(None, account, cast.BASTION, [cast.PASSWORDS[account]], "id; uname -a; sleep 25", inside="wd-then")
    if not (item["found"] and item["session"]):
        raise RuntimeError(f"no success was recorded: {done.stdout[-300:]} {done.stderr[-300:]}")


def shared_guess(stage):
    """Somebody behind a shared address guesses..."""
    stage.until(0.36)
    people = ["root", "admin", "test", "backup", "clerk02"]
    with stage.planted("guessing from a shared address", "attempt", "login.guess", [cast.OWN["wd-shared"]], people, [cast.BASTION],
                       did="hydra -L 5 accounts -P 8 words -t 2, from the address that honest clerks share"):
        hydra(stage, "wd-shared", "-L", listed(stage, "shared.people", people), "-P", listed(stage, "shared.words", words(8, 5)), tasks=2)


def shared_honest(stage):
    """...and two clerks work behind the same one, before, meanwhile and after."""
    stage.until(0.16)
    source = cast.OWN["wd-shared"]
    with stage.planted("honest clerks behind the shared address", "null", "honest.login", [source], ["clerk11", "clerk12"], [cast.BASTION],
                       did="ssh, at most one typing error, then success") as item:
        item["sessions"] = 0
        for share, account, typos in ((0.16, "clerk11", 0), (0.40, "clerk12", 1), (0.47, "clerk11", 0), (0.60, "clerk12", 0), (0.75, "clerk11", 1)):
            stage.until(share)
            right = cast.PASSWORDS[account]
            item["sessions"] += stage.ssh(None, account, cast.BASTION, [*[right[:-1]] * typos, right], "sleep 6", inside="wd-shared", pause=1)


def clerks(stage):
    """Ten clerks at home: none, one or two typing errors, then success; each starts a thread of its own."""
    plan = {"clerk01": [0], "clerk02": [1, 0], "clerk03": [0, 1], "clerk04": [2], "clerk05": [0, 0], "clerk06": [1],
            "clerk07": [0, 1], "clerk08": [2, 0], "clerk09": [1], "clerk10": [0, 1]}
    def one(account, typos):
        def actor(stage):
            dice = random.Random(account)
            source = cast.CLERK_HOMES[account]
            server = cast.BASTION6 if ":" in source else cast.BASTION
            stage.until(dice.uniform(0.02, 0.3))
            with stage.planted(f"honest {account}", "null", "honest.login", [source], [account], [server],
                               did="ssh from home, then success", typos=typos) as item:
                item["sessions"] = 0
                for wrong in typos:
                    right = cast.PASSWORDS[account]
                    slips = [dice.choice([right.lower() + "x", right[1:], right + right[-1]]) for _ in range(wrong)]
                    item["sessions"] += stage.ssh(source, account, server, [*slips, right], f"sleep {dice.randrange(5, 40)}", pause=1)
                    stage.pause(dice.uniform(300, 700), 0.9)
            if item["sessions"] != len(typos):
                raise RuntimeError(f"{account} was not let in each time")
        actor.__name__ = account
        return actor
    stage.play([one(account, typos) for account, typos in plan.items()])


def webadmin(stage):
    """The web host's administrator signs in with a key, from a desk of the office."""
    stage.until(0.06)
    source = cast.DESKS[0]
    with stage.planted("web administrator", "null", "honest.login", [source], ["webadmin"], [cast.WEB], did="ssh with a key from a desk") as item:
        item["sessions"] = 0
        for share in (0.06, 0.28, 0.5, 0.72, 0.9):
            stage.until(share)
            item["sessions"] += stage.ssh(source, "webadmin", cast.WEB, [], "sleep 4", inside="wd-desk", key=str(stage.work / "webadmin.key"))
    if item["sessions"] != 5:
        raise RuntimeError(f"the web administrator was let in {item['sessions']} times of 5")


ACTORS = [fast, slow, spray, distributed, then_success, shared_guess, shared_honest, clerks, webadmin]
