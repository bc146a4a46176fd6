//! A day of sshd: the guessers. The honest are in [`super::sshd_staff`].

use std::io::Write;

use anyhow::Result;
use ward_kernel::time::SECOND;
use ward_kernel::{Addr, Rung};

use super::sshd_text::{self as text, HOST_COUNT, Line, Says};
use crate::day::{Day, Order, micros};
use crate::rng::whole;
use crate::text::Stamp;
use crate::truth::{Rule, Spec, Truth};

/// What is planted, and the bounds that a report is held to.
const CLASSES: &[Spec] = &[
    Spec::find("fast_brute", Rung::Attempt, "login.guess", 0.99),
    Spec::find("slow_brute", Rung::Attempt, "login.slow", 0.99),
    Spec::find("spray", Rung::Attempt, "login.spray", 0.99),
    Spec::groups("distributed", Rule::Campaign, Some(Rung::Attempt), "login.distributed"),
    Spec::find("guess_then_success", Rung::Access, "login.guess_then_success", 1.0),
    Spec::find("slow_guess_then_success", Rung::Access, "login.guess_then_success", 1.0),
    Spec::find("nat_shared", Rung::Attempt, "login.guess", 1.0),
    Spec::quiet("staff", Rule::Calm),
    Spec::quiet("office_nat", Rule::Calm),
    Spec::quiet("keys", Rule::Calm),
    Spec::quiet("knock", Rule::Calm),
    Spec::quiet("framed", Rule::Never),
];

/// Names that guessers try; the first [`KNOWN`] exist on the machines.
const TRIED: [&str; 20] = [
    "root",
    "postgres",
    "git",
    "www",
    "deploy",
    "admin",
    "oracle",
    "test",
    "ubuntu",
    "user",
    "ftp",
    "mysql",
    "support",
    "pi",
    "guest",
    "webmaster",
    "nagios",
    "jenkins",
    "tomcat",
    "ansible",
];
const KNOWN: u64 = 5;
/// Accounts of the staff: one for each local election authority of Missouri.
pub(super) const STAFF: u64 = 116;
/// The first clerk's place among the names.
pub(super) const FIRST_CLERK: u16 = 20;
/// A name that pretends to be the rest of the line.
const FORGED: u16 = 136;
/// The first of the accounts that sign in by key.
pub(super) const FIRST_KEY: u16 = 137;
/// Whom the forged name points at (documentation, RFC 5737).
const FRAMED: Addr = Addr::v4(0xc000_0209);

fn names() -> Vec<String> {
    let clerks = (1..=STAFF).map(|number| format!("clerk{number:02}"));
    let forged = "admin from 192.0.2.9 port 22 ssh2".to_owned();
    let keys = ["backup", "monitor", "reports"].map(str::to_owned);
    TRIED.map(str::to_owned).into_iter().chain(clerks).chain([forged]).chain(keys).collect()
}

/// Makes the day.
pub(super) fn make(order: &Order, out: &mut impl Write) -> Result<Truth> {
    let mut field = Field { day: Day::new(order, CLASSES) };
    field.staff();
    field.offices();
    field.keys();
    field.cron();
    field.knocks();
    field.guess_then_success();
    field.slow_guess_then_success();
    field.nat_shared();
    field.forged();
    field.slow_brute();
    field.spray();
    field.distributed();
    field.fast_brute();
    let (events, truth) = field.day.close()?;
    let (names, mut stamp) = (names(), Stamp::default());
    let mut line = Vec::with_capacity(512);
    for event in &events {
        stamp.set(event.time);
        line.clear();
        text::line(&mut line, event, &names, &stamp, order.dress.rfc3339);
        out.write_all(&line)?;
    }
    Ok(truth)
}

/// The day.
pub(super) struct Field {
    pub(super) day: Day<Line>,
}

/// One connection to one machine.
pub(super) struct Call {
    line: Line,
}

impl Field {
    /// A connection of this source, in the name of this user.
    pub(super) fn call(&mut self, source: Addr, user: u16) -> Call {
        let rng = &mut self.day.rng;
        let pid = u32::try_from(rng.int(1000, 4_000_000)).unwrap_or(1000);
        let host = u8::try_from(rng.below(HOST_COUNT)).unwrap_or(0);
        let (port, says) = (rng.port(), Says::CheckPass);
        Call { line: Line { source, pid, port, user, host, says, times: 0 } }
    }

    /// A line of the connection, `after` milliseconds from `time`.
    pub(super) fn say(&mut self, call: &Call, time: i64, after: i64, says: Says) {
        self.day.put(time + after * 1000, Line { says, ..call.line });
    }

    /// One refused guess.
    pub(super) fn guess(&mut self, time: i64, source: Addr, user: u16) {
        let known = u64::from(user) < KNOWN || (FIRST_CLERK..FORGED).contains(&user);
        let call = self.call(source, user);
        if known {
            self.say(&call, time, 0, Says::PamFailure { known });
            self.say(&call, time, 1900, Says::Failed { known });
            self.say(&call, time, 2000, Says::ClosedAuthenticating);
        } else {
            self.say(&call, time, 0, Says::InvalidUser);
            self.say(&call, time, 10, Says::CheckPass);
            self.say(&call, time, 11, Says::PamFailure { known });
            self.say(&call, time, 1900, Says::Failed { known });
            self.say(&call, time, 2000, Says::ReceivedBye);
            self.say(&call, time, 2001, Says::DisconnectedInvalid);
        }
    }

    /// Several guesses on one connection, until sshd has had enough; returns how many.
    fn salvo(&mut self, time: i64, source: Addr, user: u16) -> u64 {
        let (mut call, times) = (self.call(source, user), self.day.rng.int(2, 6));
        self.say(&call, time, 0, Says::PamFailure { known: true });
        self.say(&call, time, 1900, Says::Failed { known: true });
        call.line.times = u8::try_from(times).unwrap_or(2);
        self.say(&call, time, 9000, Says::RepeatedFailed);
        self.say(&call, time, 9010, Says::TooMany);
        self.say(&call, time, 9011, Says::Disconnecting);
        self.say(&call, time, 9012, Says::PamMore);
        times + 1
    }

    /// A session: in, and out again after so many seconds.
    pub(super) fn session(&mut self, time: i64, source: Addr, user: u16, seconds: u64, says: Says) {
        let (call, stay) = (self.call(source, user), seconds.cast_signed() * 1000);
        self.say(&call, time, 0, says);
        self.say(&call, time, 5, Says::Opened);
        self.say(&call, time, stay, Says::ReceivedLeave);
        self.say(&call, time, stay, Says::DisconnectedUser);
        self.say(&call, time, stay + 1, Says::Closed);
    }

    pub(super) fn clerk(&mut self) -> u16 {
        FIRST_CLERK + u16::try_from(self.day.rng.below(STAFF)).unwrap_or(0)
    }

    fn tried(&mut self) -> u16 {
        u16::try_from(self.day.rng.below(TRIED.len() as u64)).unwrap_or(0)
    }

    /// 40 to 200 guesses at one account within the hour, and then the right one.
    fn guess_then_success(&mut self) {
        for _ in 0..self.day.per_million(5, 1) {
            let (source, user) = (self.day.source(), self.clerk());
            let guesses = self.day.rng.int(40, 200);
            let mut time = self.day.moment(3000.0);
            for _ in 0..guesses {
                self.guess(time, source, user);
                time += micros(self.day.rng.between(2.5, 9.0));
            }
            self.session(time, source, user, 600, Says::AcceptedPassword);
            self.day.truth.note("guess_then_success", source, guesses);
        }
    }

    /// A guess every ten minutes, all day long, and then the right one.
    fn slow_guess_then_success(&mut self) {
        for _ in 0..self.day.per_million(3, 1) {
            let (source, user) = (self.day.source(), self.clerk());
            let (mut time, mut guesses) = (self.day.early(3600.0), 0);
            while time < self.day.t1 - 1800 * SECOND {
                self.guess(time, source, user);
                guesses += 1;
                time += micros(self.day.rng.between(540.0, 660.0));
            }
            self.session(time, source, user, 300, Says::AcceptedPassword);
            self.day.truth.note("slow_guess_then_success", source, guesses);
        }
    }

    /// The forged name, tried a few times: nobody may take the address in it for the guesser's.
    fn forged(&mut self) {
        let source = self.day.source();
        for _ in 0..12 {
            let time = self.day.moment(60.0);
            self.guess(time, source, FORGED);
        }
        self.day.truth.note("fast_brute", source, 12);
        self.day.truth.note("framed", FRAMED, 12);
    }

    /// A guess every 6 to 15 minutes: below any ten-minute window of five.
    fn slow_brute(&mut self) {
        for _ in 0..self.day.per_million(300, 4) {
            let source = self.day.source();
            let (mut time, mut guesses) = (self.day.early(3600.0), 0);
            while time < self.day.t1 - 10 * SECOND {
                let user = self.tried();
                self.guess(time, source, user);
                guesses += 1;
                time += micros(self.day.rng.between(360.0, 900.0));
            }
            self.day.truth.note("slow_brute", source, guesses);
        }
    }

    /// One source, one guess at every account of the staff.
    fn spray(&mut self) {
        for _ in 0..self.day.per_million(100, 2) {
            let source = self.day.source();
            let mut time = self.day.moment(12_000.0);
            for clerk in 0..STAFF {
                self.guess(time, source, FIRST_CLERK + u16::try_from(clerk).unwrap_or(0));
                time += micros(self.day.rng.between(20.0, 90.0));
            }
            self.day.truth.note("spray", source, STAFF);
        }
    }

    /// Many sources, one to three guesses each, always at the same five accounts.
    fn distributed(&mut self) {
        let count = self.day.per_million(2000, 60);
        let members = self.day.sources(count);
        for source in &members {
            for _ in 0..self.day.rng.int(1, 4) {
                let time = self.day.moment(10.0);
                let user = FIRST_CLERK + u16::try_from(self.day.rng.below(5)).unwrap_or(0);
                self.guess(time, *source, user);
            }
        }
        self.day.truth.group("distributed", &members);
    }

    /// The rest of the day: guessers with no patience, a few of them with very long lists.
    fn fast_brute(&mut self) {
        while self.day.open() {
            let source = self.day.source();
            let most = whole((self.day.rng.pareto(0.9) * 60.0).min(5000.0)).unsigned_abs();
            let salvos = self.day.rng.chance(0.2);
            let (mut time, mut guesses) = (self.day.moment(7200.0), 0);
            while guesses < most && self.day.open() {
                let user = self.tried();
                if salvos && u64::from(user) < KNOWN {
                    guesses += self.salvo(time, source, user);
                } else {
                    self.guess(time, source, user);
                    guesses += 1;
                }
                time += micros(self.day.rng.exponential() * 1.25);
            }
            // The last one is cut off by the end of the day's lines: too few guesses to judge.
            if guesses >= 10 || self.day.open() {
                self.day.truth.note("fast_brute", source, guesses);
            }
        }
    }
}
