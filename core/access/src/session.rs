//! How long a session lasts, and what it opens at each stage.
//!
//! NIST SP 800-63B-4 (section 2.2.3) asks for a new sign-in after 24 hours at most, and after an
//! hour without use, where two factors are needed. The desk is stricter: a clerk's machine stands
//! in an office where others come and go.

use std::fmt;
use std::str::FromStr;

use ward_kernel::Time;
use ward_kernel::time::{HOUR, MINUTE};
use ward_kernel::words::brief;

use crate::act::Act;

/// How far somebody has come in signing in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// The password was right; the second factor is missing.
    Password,
    /// Came by an invitation, or after a reset, and is enrolling a second factor.
    Enrolling,
    /// Signed in.
    Full,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 3] = [Self::Password, Self::Enrolling, Self::Full];

    /// The name by which the stage is stored: `password`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Enrolling => "enrolling",
            Self::Full => "full",
        }
    }

    /// The longest time from the beginning of this stage to its end, in microseconds. A session
    /// that reaches the next stage gets a new identifier and begins anew.
    #[must_use]
    pub const fn lasts(self) -> i64 {
        match self {
            Self::Password => 10 * MINUTE,
            Self::Enrolling => HOUR,
            Self::Full => 12 * HOUR,
        }
    }

    /// Whether a session at this stage may be used for this act at all; whether the person may is
    /// another question. While enrolling, one's own account is all there is.
    #[must_use]
    pub const fn opens(self, act: Act) -> bool {
        match self {
            Self::Password => false,
            Self::Enrolling => matches!(act, Act::SeeOwnAccount | Act::ChangeOwnAccount),
            Self::Full => true,
        }
    }
}

impl FromStr for Stage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.as_str() == text)
            .ok_or_else(|| format!("\"{}\" is not a stage of a session", brief(text)))
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The longest time without use, in microseconds.
pub const IDLE: i64 = 30 * MINUTE;
/// For how long a shown second factor answers for risky acts, in microseconds.
pub const STEP_UP: i64 = 10 * MINUTE;
/// How old the stored time of last use may be, in microseconds: so pages do not each write one.
pub const TOUCH: i64 = MINUTE;
/// By how much clocks may step back without ending sessions, in microseconds.
pub const DRIFT: i64 = 5 * MINUTE;

/// The times that a session lives by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Session {
    /// How far it has come.
    pub stage: Stage,
    /// When this stage began.
    pub created: Time,
    /// When it was last used.
    pub seen: Time,
    /// When a second factor was last shown.
    pub confirmed: Option<Time>,
}

/// Whether a session still holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It holds.
    Good,
    /// It was not used for too long.
    Idle,
    /// It has lasted as long as any may, or its times lie in the future.
    Over,
}

impl Session {
    /// Whether it holds at this moment.
    #[must_use]
    pub const fn standing(&self, now: Time) -> Standing {
        let (age, rest) = (now.since(self.created), now.since(self.seen));
        if age >= self.stage.lasts() || age < -DRIFT || rest < -DRIFT {
            Standing::Over
        } else if rest >= IDLE {
            Standing::Idle
        } else {
            Standing::Good
        }
    }

    /// When it ends if it is not used again.
    #[must_use]
    pub fn expires(&self) -> Time {
        self.created.plus(self.stage.lasts()).min(self.seen.plus(IDLE))
    }

    /// Whether a second factor was shown so lately that risky acts need no other.
    #[must_use]
    pub fn is_confirmed(&self, now: Time) -> bool {
        self.stage == Stage::Full
            && self.confirmed.is_some_and(|at| (-DRIFT..STEP_UP).contains(&now.since(at)))
    }

    /// Whether this act asks for a second factor first. While enrolling there is none to ask for.
    #[must_use]
    pub fn needs_step_up(&self, act: Act, now: Time) -> bool {
        act.is_risky() && self.stage == Stage::Full && !self.is_confirmed(now)
    }

    /// Whether the time of last use is to be written again.
    #[must_use]
    pub const fn touch_due(&self, now: Time) -> bool {
        now.since(self.seen) >= TOUCH
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Time = Time::from_secs(1_793_000_000);

    fn full() -> Session {
        Session { stage: Stage::Full, created: START, seen: START, confirmed: Some(START) }
    }

    #[test]
    fn names_read_back() {
        for stage in Stage::ALL {
            assert_eq!(stage.as_str().parse(), Ok(stage));
        }
        assert!("FULL".parse::<Stage>().is_err());
    }

    #[test]
    fn ends_when_idle_and_after_twelve_hours_however_busy() {
        assert_eq!(full().standing(START.plus(IDLE - 1)), Standing::Good);
        assert_eq!(full().standing(START.plus(IDLE)), Standing::Idle);
        let busy = Session { seen: START.plus(12 * HOUR - 1), ..full() };
        assert_eq!(busy.standing(START.plus(12 * HOUR - 1)), Standing::Good);
        assert_eq!(busy.standing(START.plus(12 * HOUR)), Standing::Over);
    }

    #[test]
    fn a_session_from_the_future_is_over() {
        assert_eq!(full().standing(START.plus(-DRIFT)), Standing::Good);
        assert_eq!(full().standing(START.plus(-DRIFT - 1)), Standing::Over);
        let early = Session { confirmed: Some(START.plus(HOUR)), ..full() };
        assert!(!early.is_confirmed(START));
    }

    #[test]
    fn risky_acts_ask_again_after_ten_minutes() {
        assert!(!full().needs_step_up(Act::Invite, START.plus(STEP_UP - 1)));
        assert!(full().needs_step_up(Act::Invite, START.plus(STEP_UP)));
        assert!(!full().needs_step_up(Act::SeeCases, START.plus(STEP_UP)));
        let never = Session { confirmed: None, ..full() };
        assert!(never.needs_step_up(Act::ChangeSettings, START));
    }

    #[test]
    fn half_signed_in_opens_nothing() {
        for act in Act::ALL {
            assert!(!Stage::Password.opens(act));
            assert!(Stage::Full.opens(act));
            assert!(!Stage::Enrolling.opens(act) || act.label().contains("own account"));
        }
    }

    proptest! {
        #[test]
        fn it_holds_exactly_until_it_expires(
            stage in prop::sample::select(&Stage::ALL[..]),
            used in 0..14 * HOUR,
            later in 0..2 * HOUR,
        ) {
            let session = Session { stage, seen: START.plus(used), ..full() };
            let now = session.seen.plus(later);
            prop_assert_eq!(session.standing(now) == Standing::Good, now < session.expires());
        }
    }
}
