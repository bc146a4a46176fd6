//! How a run ends, for scripts.

use std::process::ExitCode;

use ward_kernel::Rung;
use ward_watch::report::Report;

/// The end of a run; its number is the process's exit code and is promised in the help.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// 0: nothing above scan was found.
    Quiet,
    /// 1: nothing above scan was found, but some input could not be read, or some output not
    /// be written.
    Trouble,
    /// 2: the command line or the settings are not right.
    Usage,
    /// 10: an attempt.
    Attempt,
    /// 20: access, or an effect.
    Access,
    /// 30: nothing above scan was found, but too little was seen to say so.
    Blind,
}

impl Exit {
    /// The end that a report means when `highest` is the rung that was asked about: the report's
    /// own, or that of one address. `trouble`: some input could not be read, or some output
    /// could not be written.
    #[must_use]
    pub fn of(report: &Report, highest: Option<Rung>, trouble: bool) -> Self {
        let blind = !report.cannot_say.is_empty();
        match highest {
            Some(Rung::Effect | Rung::Access) => Self::Access,
            Some(Rung::Attempt) => Self::Attempt,
            Some(Rung::Scan) | None if blind => Self::Blind,
            Some(Rung::Scan) | None if trouble => Self::Trouble,
            Some(Rung::Scan) | None => Self::Quiet,
        }
    }

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Quiet => 0,
            Self::Trouble => 1,
            Self::Usage => 2,
            Self::Attempt => 10,
            Self::Access => 20,
            Self::Blind => 30,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    #[test]
    fn what_was_found_goes_before_what_was_not_seen() {
        let mut report = fixture::empty();
        assert_eq!(Exit::of(&report, None, true).code(), 30);
        let blind = std::mem::take(&mut report.cannot_say);
        assert_eq!(Exit::of(&report, None, false).code(), 0);
        assert_eq!(Exit::of(&report, None, true).code(), 1);
        report.cannot_say = blind;
        for (rung, code) in [(Rung::Attempt, 10), (Rung::Access, 20), (Rung::Effect, 20)] {
            assert_eq!(Exit::of(&report, Some(rung), true).code(), code);
        }
    }
}
