"""`play.py MINUTES WORK`: plays every actor on the stage that record.sh built; writes WORK/truth.json and WORK/ward.toml."""

import datetime
import json
import pathlib
import sys

import cast
import logins
import scans
import sites
from stage import Stage, stamp

SETTINGS = """# What the office tells Ward about the lab. Written by record.sh.

[office]
name = "Lab of Example State"

[clock]
# logs/web/auth.log writes no year; the recording ended before this.
newest = "{newest}"

[network]
own = [{own}]

[accounts]
known = {accounts}

[[asset]]
name = "voter lookup page"
addresses = ["{web}", "{web6}"]
jurisdiction = "Example State"

[[asset]]
name = "clerks' bastion"
addresses = ["{bastion}", "{bastion6}"]
jurisdiction = "Example State"

[[authorised]]
owner = "Example Assessment Team"
addresses = ["{tester}"]
from = "{start}"
to = "{end}"
"""


def main(minutes, work):
    stage = Stage(float(minutes), work)
    stage.window = (stage.began, stage.began)
    stage.play([*scans.ACTORS, *logins.ACTORS, *sites.ACTORS])
    pathlib.Path(work, "truth.json").write_text(stage.truth())
    start, end = (stamp(moment)[:19] + "Z" for moment in stage.window)
    pathlib.Path(work, "ward.toml").write_text(SETTINGS.format(
        own=", ".join(f'"{net}"' for net in (cast.OFFICE4, cast.OFFICE6)), accounts=json.dumps([*cast.CLERKS, "root", "webadmin"]),
        web=cast.WEB, web6=cast.WEB6, bastion=cast.BASTION, bastion6=cast.BASTION6, tester=cast.AUTHORISED, start=start, end=end,
        newest=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")))
    return 1 if stage.trouble else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
