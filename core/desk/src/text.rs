//! What people type, as far as it is kept: of bounded length, without characters that mislead.

use std::fmt;

use serde::{Deserialize, Serialize};
use ward_kernel::words::{is_blank, misleads};

/// One line, at most 200 characters: a place, a headline, a telephone number.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

/// Some sentences, at most 4,000 characters, in lines.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Words(String);

/// Why a text is not taken: a sentence for whoever typed it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotTaken(&'static str);

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotTaken {}

impl Line {
    /// The most characters.
    pub const MAX: usize = 200;

    /// Takes a line; the space around it and doubled inside falls away.
    ///
    /// # Errors
    /// When nothing is left that can be seen, when it is too long, or when it holds a character that
    /// misleads.
    pub fn new(text: &str) -> Result<Self, NotTaken> {
        seen(text).and_then(Self::kept)
    }

    /// What was kept, by rules that may have been wider.
    fn kept(text: &str) -> Result<Self, NotTaken> {
        let text = shown(text).split_whitespace().collect::<Vec<_>>().join(" ");
        checked(&text, Self::MAX, "Write at most 200 characters.")?;
        Ok(Self(text))
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Words {
    /// The most characters.
    pub const MAX: usize = 4_000;

    /// Takes sentences; the space around them falls away, lines end by LF.
    ///
    /// # Errors
    /// When nothing is left that can be seen, when they are too long, or when they hold a character
    /// that misleads.
    pub fn new(text: &str) -> Result<Self, NotTaken> {
        seen(text).and_then(Self::kept)
    }

    /// What was kept, by rules that may have been wider.
    fn kept(text: &str) -> Result<Self, NotTaken> {
        let text = shown(text).replace("\r\n", "\n");
        let text = text.trim();
        checked(text, Self::MAX, "Write at most 4,000 characters.")?;
        Ok(Self(text.to_owned()))
    }

    /// The sentences.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without what telephones put in and nobody sees: joiners and variants of signs, soft hyphens,
/// marks of the byte order. None of them is worth refusing a report for.
fn shown(text: &str) -> String {
    let unseen = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    };
    text.chars().filter(|c| !unseen(*c)).collect()
}

const NOTHING: NotTaken = NotTaken("Write something here.");

/// The text, when there is anything in it that can be seen: letters without a shape say nothing.
fn seen(text: &str) -> Result<&str, NotTaken> {
    if text.chars().all(is_blank) { Err(NOTHING) } else { Ok(text) }
}

fn checked(text: &str, max: usize, too_long: &'static str) -> Result<(), NotTaken> {
    if text.is_empty() {
        return Err(NOTHING);
    }
    if text.chars().count() > max {
        return Err(NotTaken(too_long));
    }
    if text.chars().any(|c| misleads(c) && c != '\n' && c != '\t') {
        return Err(NotTaken("Leave out control characters and marks that turn the text around."));
    }
    Ok(())
}

macro_rules! as_text {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = NotTaken;

            fn try_from(text: String) -> Result<Self, NotTaken> {
                Self::kept(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

as_text!(Line, Words);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Characters of all kinds, those without a shape often.
    fn any_text() -> impl Strategy<Value = String> {
        let blank = "\u{2800}\u{3164}\u{115f}\u{ad}\u{180b}\u{200b}\u{2060}\u{1d173} \n";
        let blank = prop::sample::select(blank.chars().collect::<Vec<_>>());
        let char = prop_oneof![6 => blank, 1 => any::<char>()];
        prop::collection::vec(char, 0..12).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn every_text_that_is_taken_can_be_seen(text in any_text()) {
            let line = Line::new(&text).map(String::from);
            let words = Words::new(&text).map(String::from);
            for taken in [line, words].into_iter().flatten() {
                prop_assert!(taken.chars().any(|c| !is_blank(c)), "{text:?}");
            }
            if text.chars().all(is_blank) {
                prop_assert_eq!(Line::new(&text), Err(NOTHING));
                prop_assert_eq!(Words::new(&text), Err(NOTHING));
            }
        }
    }

    /// A log that holds such words from before stays readable.
    #[test]
    fn what_stands_is_read_as_it_is() {
        let line: Line = serde_json::from_str("\"\u{2800}\"").unwrap();
        assert_eq!(line.as_str(), "\u{2800}");
        assert!(Line::new(line.as_str()).is_err());
    }

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(Line::new("  Precinct  4,\n gym ").unwrap().as_str(), "Precinct 4, gym");
        assert_eq!(Words::new(" one\r\ntwo \n").unwrap().as_str(), "one\ntwo");
        assert!(Line::new(" \n ").is_err() && Words::new("").is_err());
        assert!(Line::new(&"ä".repeat(200)).is_ok() && Line::new(&"ä".repeat(201)).is_err());
        assert!(Words::new(&"ä".repeat(4001)).is_err());
        assert_eq!(
            Line::new("\u{2764}\u{fe0f} soft\u{ad}ly\u{200b}").unwrap().as_str(),
            "\u{2764} softly"
        );
        for bad in ["a\u{202e}b", "a\u{1b}[2J", "a\u{2067}b", "a\0b"] {
            assert!(Line::new(bad).is_err() && Words::new(bad).is_err(), "{bad:?}");
        }
        // What was kept is read again as it is.
        let words: Words = serde_json::from_str("\"one\\ntwo\"").unwrap();
        assert_eq!(serde_json::to_string(&words).unwrap(), "\"one\\ntwo\"");
        assert!(serde_json::from_str::<Words>("\" \"").is_err());
    }
}
