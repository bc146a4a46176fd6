//! The world that something belongs to: what happens, or what is practised.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A world. Whatever is made in one (a record, a secret, a signature, a page) is worth nothing in
/// the other.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum World {
    /// What happens.
    #[default]
    Real,
    /// What is practised: nothing in it is real.
    Exercise,
}

impl World {
    /// The name by which it is stored and sent: `real`, `exercise`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Exercise => "exercise",
        }
    }

    /// Whether nothing in it is real.
    #[must_use]
    pub const fn is_exercise(self) -> bool {
        matches!(self, Self::Exercise)
    }

    /// What stands before every line that leaves the desk (a title, a subject, the name of a file):
    /// nothing, or `EXERCISE: `.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Real => "",
            Self::Exercise => "EXERCISE: ",
        }
    }

    /// What stands before whatever is signed, so that a signature made in one world is none in the
    /// other: nothing in the real one. No message that Ward signs begins with the other's.
    #[must_use]
    pub const fn domain(self) -> &'static [u8] {
        match self {
            Self::Real => b"",
            Self::Exercise => b"ward exercise 1\n",
        }
    }

    /// What is signed where a message is: the message with [`World::domain`] before it.
    #[must_use]
    pub fn signed(self, message: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Real => Cow::Borrowed(message),
            Self::Exercise => Cow::Owned([self.domain(), message].concat()),
        }
    }
}

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for World {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "real" => Ok(Self::Real),
            "exercise" => Ok(Self::Exercise),
            _ => Err("a world is \"real\" or \"exercise\"".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_it_is_read() {
        for world in [World::Real, World::Exercise] {
            assert_eq!(world.as_str().parse(), Ok(world));
            let text = serde_json::to_string(&world).unwrap();
            assert_eq!(text, format!("\"{world}\""));
            assert_eq!(serde_json::from_str::<World>(&text).unwrap(), world);
        }
        assert!("Exercise".parse::<World>().is_err());
        assert_eq!(World::default(), World::Real, "what has no mark is real");
    }
}
