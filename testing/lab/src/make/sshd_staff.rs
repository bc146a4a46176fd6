//! The honest of a day of sshd: clerks with their typos, offices behind one address, accounts
//! that sign in by key, and the noise of machines.

use ward_kernel::Addr;
use ward_kernel::time::SECOND;

use super::sshd::{FIRST_CLERK, FIRST_KEY, Field, STAFF};
use super::sshd_text::Says;
use crate::day::micros;

impl Field {
    /// A clerk signs in, after none, one or (seldom) two typos; returns how many guesses it took.
    fn sign_in(&mut self, source: Addr, user: u16) -> u64 {
        let time = self.day.moment(1200.0);
        let typos = self.day.rng.pick(&[0, 0, 0, 0, 1, 1, 2]);
        for typo in 0..typos {
            self.guess(time + typo * 10 * SECOND, source, user);
        }
        let stay = self.day.rng.int(30, 1100);
        let entry = time + (typos * 10 + 10) * SECOND;
        self.session(entry, source, user, stay, Says::AcceptedPassword);
        typos.unsigned_abs() + 1
    }

    /// Every clerk signs in a few times from an address of her own.
    pub(super) fn staff(&mut self) {
        for clerk in 0..STAFF {
            let source = self.day.source();
            for _ in 0..self.day.rng.int(2, 8) {
                let user = FIRST_CLERK + u16::try_from(clerk).unwrap_or(0);
                let acts = self.sign_in(source, user);
                self.day.truth.note("staff", source, acts);
            }
        }
    }

    /// Three offices whose clerks share one address: many accounts, many typos, all honest.
    pub(super) fn offices(&mut self) {
        for _ in 0..3 {
            let (source, first) = (self.day.source(), self.day.rng.below(STAFF - 8));
            for clerk in first..first + 8 {
                for _ in 0..self.day.rng.int(1, 4) {
                    let user = FIRST_CLERK + u16::try_from(clerk).unwrap_or(0);
                    let acts = self.sign_in(source, user);
                    self.day.truth.note("office_nat", source, acts);
                }
            }
        }
    }

    /// An office shares its address with a guesser (a library, a carrier): he tries accounts
    /// that are not the clerks', and never gets in. The clerks' own sign-ins are not an access.
    pub(super) fn nat_shared(&mut self) {
        for _ in 0..self.day.per_million(2, 1) {
            let (source, first) = (self.day.source(), self.day.rng.below(STAFF - 6));
            for clerk in first..first + 6 {
                for _ in 0..self.day.rng.int(2, 6) {
                    self.sign_in(source, FIRST_CLERK + u16::try_from(clerk).unwrap_or(0));
                }
            }
            let guesses = self.day.rng.int(60, 300);
            let mut time = self.day.moment(3600.0);
            for _ in 0..guesses {
                let user = u16::try_from(self.day.rng.below(20)).unwrap_or(0);
                self.guess(time, source, user);
                time += micros(self.day.rng.between(1.0, 9.0));
            }
            self.day.truth.note("nat_shared", source, guesses);
        }
    }

    /// Jobs and administrators that sign in by key, on a clock and never wrongly.
    pub(super) fn keys(&mut self) {
        for user in FIRST_KEY..FIRST_KEY + 3 {
            for _ in 0..2 {
                let source = self.day.source();
                let every = self.day.span() / 48.0;
                let mut time = self.day.early(every);
                while time < self.day.t1 - 60 * SECOND {
                    self.session(time, source, user, 20, Says::AcceptedKey);
                    self.day.truth.note("keys", source, 1);
                    time += micros(every);
                }
            }
        }
    }

    /// Lines of other programs in the same file.
    pub(super) fn cron(&mut self) {
        for _ in 0..self.day.per_million(2000, 40) {
            let (time, call) = (self.day.moment(1.0), self.call(Addr::default(), 0));
            self.say(&call, time, 0, Says::Cron);
        }
    }

    /// Sources that connect, look at the banner and leave: no effort to sign in.
    pub(super) fn knocks(&mut self) {
        for _ in 0..self.day.per_million(1500, 30) {
            let (source, count) = (self.day.source(), self.day.rng.int(1, 4));
            for _ in 0..count {
                let (time, call) = (self.day.moment(1.0), self.call(source, 0));
                let says = match self.day.rng.below(3) {
                    0 => Says::KnockClosed,
                    1 => Says::KnockBanner,
                    _ => Says::KnockKex,
                };
                self.say(&call, time, 0, says);
            }
            self.day.truth.note("knock", source, count);
        }
    }
}
