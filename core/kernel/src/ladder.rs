//! The ladder: the one small ordered scale on which Ward speaks of a threat.

use serde::{Deserialize, Serialize};

/// The version of the definitions below; it is printed with every report, so that one year's
/// numbers can be compared with the next.
pub const DEFINITIONS_VERSION: &str = "2026-11";

/// A step of the ladder. A step is taken only on evidence that is kept and shown.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rung {
    /// Someone looked.
    Scan,
    /// A real effort to get access.
    Attempt,
    /// Evidence that an effort got in.
    Access,
    /// Evidence that something was changed, taken or stopped.
    Effect,
}

impl Rung {
    /// All rungs, lowest first.
    pub const ALL: [Self; 4] = [Self::Scan, Self::Attempt, Self::Access, Self::Effect];

    /// The rung's name as it is written in pages and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Attempt => "attempt",
            Self::Access => "access",
            Self::Effect => "effect",
        }
    }

    /// What the rung means, in words that hold in public.
    #[must_use]
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Scan => {
                "Someone looked: contacts that no service of ours had invited and that got no \
                 further. Always treated as hostile: counted, listed for blocking, grouped into \
                 campaigns. Pages nobody."
            }
            Self::Attempt => {
                "A real effort to get access: an exploit, a credential attack, a targeted or \
                 persistent return, or a probe shaped for the service that it found."
            }
            Self::Access => {
                "Evidence that an effort got in: a guess that succeeded, a session from a source \
                 known to be hostile, an exploit answered as if it worked, or a machine of ours \
                 that calls out on a clock."
            }
            Self::Effect => "Evidence that something was changed, taken or stopped.",
        }
    }
}

impl std::fmt::Display for Rung {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
