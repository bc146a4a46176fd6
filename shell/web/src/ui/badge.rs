//! A word with a state: always a sign and a word, never a colour alone.

use maud::{Markup, Render, html};
use ward_kernel::Rung;

use super::svg;

/// How something is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// Nothing to say.
    Plain,
    /// As it should be.
    Good,
    /// Look at it.
    Warn,
    /// Not as it should be.
    Bad,
    /// Nothing is heard, which is news in itself.
    Silent,
}

impl State {
    /// The name of its look.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Silent => "silent",
        }
    }

    pub(super) fn sign(self) -> Option<Markup> {
        match self {
            Self::Plain => None,
            Self::Good => Some(svg::good()),
            Self::Warn => Some(svg::warn()),
            Self::Bad => Some(svg::bad()),
            Self::Silent => Some(svg::silent()),
        }
    }
}

/// A word or two about the state of something.
#[derive(Clone, Debug)]
pub struct Tag {
    state: State,
    words: String,
}

impl Tag {
    /// Words about a state.
    #[must_use]
    pub fn new(state: State, words: impl Into<String>) -> Self {
        Self { state, words: words.into() }
    }

    /// A kind, a name: no judgement.
    #[must_use]
    pub fn plain(words: impl Into<String>) -> Self {
        Self::new(State::Plain, words)
    }

    /// As it should be.
    #[must_use]
    pub fn good(words: impl Into<String>) -> Self {
        Self::new(State::Good, words)
    }

    /// Look at it.
    #[must_use]
    pub fn warn(words: impl Into<String>) -> Self {
        Self::new(State::Warn, words)
    }

    /// Not as it should be.
    #[must_use]
    pub fn bad(words: impl Into<String>) -> Self {
        Self::new(State::Bad, words)
    }

    /// Nothing is heard.
    #[must_use]
    pub fn silent(words: impl Into<String>) -> Self {
        Self::new(State::Silent, words)
    }
}

impl Render for Tag {
    fn render(&self) -> Markup {
        html! {
            span class={ "tag " (self.state.class()) } {
                @if let Some(sign) = self.state.sign() { (sign) }
                (self.words)
            }
        }
    }
}

/// A rung of the ladder: its sign and its name.
#[derive(Clone, Copy, Debug)]
pub struct RungBadge(pub Rung);

impl Render for RungBadge {
    fn render(&self) -> Markup {
        html! {
            span class={ "rung " (self.0.name()) } { (svg::rung(self.0)) (self.0.name()) }
        }
    }
}
