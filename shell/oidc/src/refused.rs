//! Why a sign-in does not come to its end, in a sentence for whoever reads it.

use std::fmt;

/// What sort of refusal it is: what the page does next, and what the audit calls it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// Whoever signs in changed their mind, or the provider did not let them.
    Declined,
    /// The identity is true, and still not one that may come in.
    NotAllowed,
    /// The settings here and those of the provider do not fit: an administrator has to act.
    Settings,
    /// The answer belongs to no sign-in that is under way: begin again.
    Stale,
    /// The provider cannot be reached, or answers with an error: try later.
    Unreachable,
    /// What came back does not hold. It may be an attack.
    Untrusted,
}

/// A refusal. Its text is one sentence or a few, holds no secret, no token and no personal data,
/// and is at most a few hundred characters long.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    kind: Kind,
    sentence: String,
}

impl Refused {
    /// What sort of refusal it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn new(kind: Kind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into() }
    }

    pub(crate) fn settings(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Settings, sentence)
    }

    pub(crate) fn stale(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Stale, sentence)
    }

    pub(crate) fn unreachable(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Unreachable, sentence)
    }

    pub(crate) fn untrusted(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Untrusted, sentence)
    }

    pub(crate) fn not_allowed(sentence: impl Into<String>) -> Self {
        Self::new(Kind::NotAllowed, sentence)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refused {}

/// The longest text of somebody else that is quoted in a sentence, in characters.
const QUOTED: usize = 120;

/// Somebody else's text within a sentence: short, in quotes, in ASCII.
pub(crate) fn quoted(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(QUOTED)
        .map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' })
        .collect();
    let more = if text.chars().nth(QUOTED).is_some() { "..." } else { "" };
    format!("\"{shown}{more}\"")
}

/// What is wrong with a document, without its contents: `serde_json`'s own words quote them.
pub(crate) fn unfit(error: &serde_json::Error) -> &'static str {
    if error.is_data() {
        "lacks a member that it must have, or has one of the wrong kind"
    } else {
        "is not JSON"
    }
}
