//! The longer texts of the help.

pub(super) const SHOW: &str = "What to show";
pub(super) const READ: &str = "How to read";
pub(super) const LOOK: &str = "How it looks";
pub(super) const KEEP: &str = "What it keeps";
pub(super) const REACH: &str = "How it is reached";
pub(super) const COPY: &str = "What comes over from the real desk";

pub(super) const WARD: &str = "\
Election defense that shows its evidence.

Ward reads the logs that an election office already has, treats every scan as hostile, and \
surfaces the rare real effort to get access, with its evidence. It says how much of the day was \
seen at all: without that, \"no evidence\" means nothing. `ward watch` sends nothing \
anywhere and needs no network.";

pub(super) const CODES: &str = "\
Exit codes of ward watch:
   0  nothing above scan was found
   1  nothing above scan was found, but some input could not be read
      (or, whatever was found, some output could not be written)
   2  the command line or the settings are not right; nothing was judged
  10  an attempt: a real effort to get access
  20  access, or an effect: evidence that an effort got in
  30  nothing above scan was found, but too little was seen to say so

`ward watch --help` has examples. `ward man | man -l -` shows the manual.";

pub(super) const WATCH: &str = "\
Read logs and print one page: who looked, who tried, who got in, and how much of it was seen.

Every record is judged and stands on one rung of a ladder: scan (someone looked), attempt (a real \
effort to get access), access (evidence that an effort got in), effect (something was changed, \
taken or stopped). Each step up is taken only on evidence, which the page names by file and \
place.";

pub(super) const WATCH_MORE: &str = "\
Examples:
  ward watch /var/log
      All logs of this machine, on one page.
  ward watch --config ward.toml --html today.html logs/
      With the office's own names and networks, and a page to show around.
  zcat conn.*.log.gz | ward watch -
      From another program.
  ward watch --why 203.0.113.77 logs/
      What do we know of this address? Also says so when the answer is: nothing.
  ward watch --evidence case-2026-11-03 logs/
      The lines behind every case, hashed, to hand over.
  ward watch --json logs/ | jq '.cases[] | select(.rung == \"access\")'
      For scripts. The schema is documented and only ever grows.

Exit codes:
   0  nothing above scan was found
   1  nothing above scan was found, but some input could not be read
      (or, whatever was found, some output could not be written)
   2  the command line or the settings are not right; nothing was judged
  10  an attempt: a real effort to get access
  20  access, or an effect: evidence that an effort got in
  30  nothing above scan was found, but too little was seen to say so

The settings file is explained line by line in docs/ward.example.toml; without one, the page is \
still useful. A good first line in it: the networks that are yours.";

pub(super) const COMPLETIONS: &str = "\
Print a script that completes ward's words in your shell.

For bash:  ward completions bash > ~/.local/share/bash-completion/completions/ward
For zsh:   ward completions zsh > \"${fpath[1]}/_ward\"
For fish:  ward completions fish > ~/.config/fish/completions/ward.fish";

pub(super) const MAN: &str = "\
Print the manual page.

To read it:     ward man | man -l -
To install it:  ward man > /usr/local/share/man/man1/ward.1";

pub(super) const SERVE: &str = "\
Run the desk: a service for the state's office and its local election authorities.

It takes in the records that sensors (ward sense) send, judges them as they come by the same \
engine as ward watch, keeps what it needs in one folder, and shows it to the people who may see \
it. On an empty folder it prints one link; whoever opens it first sets the office up.";

pub(super) const SERVE_MORE: &str = "\
Examples:
  ward serve --demo
      Look at it: made-up people, recorded attacks arriving now.
  ward serve --data /var/lib/ward --listen 0.0.0.0:8443 --name desk.sos.example
      For an office. TLS is on from the first minute, by an authority of the desk's own whose
      fingerprint is printed; sensors are told it when they are enrolled.
  ward serve --data /var/lib/ward --plain --listen 127.0.0.1:8080 --origin https://desk.sos.example
      Behind a proxy that speaks TLS.

Exit codes:
   0  stopped as asked (SIGTERM or SIGINT), everything written
   2  the command line or the settings are not right; nothing was started
   1  it could not start, or had to stop";

pub(super) const EXERCISE: &str = "\
Hold an exercise: another world on the same screens, in which nothing is real.

It has a folder, a store, keys, an authority, a port, people, sensors, a history and an audit of its \
own. Every page, file and answer says EXERCISE. Neither world takes what the other made: a folder, \
a database, a backup, a session, a token, an invitation, a sensor's records.";

pub(super) const EXERCISE_MORE: &str = "\
Examples:
  ward exercise begin --from /var/lib/ward --people --origin https://exercise.sos.example:9443
      The real list of jurisdictions, and everybody invited anew.
  ward serve --exercise --listen 0.0.0.0:9443 --name exercise.sos.example
      Beside the real desk, on a port and by a name of its own.
  ward exercise end";

pub(super) const HUNT: &str = "\
Have we ever seen this? Looks addresses, networks, accounts, domains and file hashes up in the \
daily history that the desk keeps for thirteen months: where seen, how often, from when to when, \
the highest rung. Or plainly what was searched and that it was not found. The desk may be running \
meanwhile, or not.";

pub(super) const HUNT_MORE: &str = "\
Examples:
  ward hunt --data /var/lib/ward 203.0.113.7
  ward hunt --list indicators.csv --days 90
      A list as partners send it: plain, CSV, defanged.
  ward hunt account:clerk07 --daily

Exit codes:
   0  nothing of it was ever seen
   1  some of the history could not be read
   2  the command line is not right, or there is no history
  10  something of it was seen";

pub(super) const DB: &str = "\
Keep the desk's store: bring it to a newer Ward, move it to PostgreSQL or to another machine, look \
whether it is whole, copy it and put the copy back.

To move an office from the folder's own store to PostgreSQL, with the desk stopped:
  ward db export all.ward --data /var/lib/ward
  ward db import all.ward --store postgres://ward@db.example/ward
Then ward db content prints the same for both.";

pub(super) const SENSE: &str = "\
Be a sensor: follow the logs of this machine and send their records to the state's desk.

It follows files through every kind of rotation, the systemd journal, syslog and flow exports from \
other machines; masks passwords and the like; signs and compresses what it sends; keeps it on disk \
while the line is down; and says what it had to drop. Each record arrives once.";

pub(super) const SENSE_MORE: &str = "\
Setting one up takes five minutes:
  1. Copy docs/sense.example.toml to /etc/ward/sense.toml and name the logs of this machine.
  2. ward sense check
  3. ward sense enrol CODE         with the code that the desk's page for new sensors shows
  4. systemctl enable --now ward-sense
The desk's page shows the first records within seconds.

Exit codes:
   0  stopped as asked, or done
   1  it had to stop
   2  the command line, the settings or the code are not right";
