//! Numbers that are read from afar.

use maud::{Markup, Render, html};
use ward_kernel::Rung;

use super::svg;
use super::text::grouped;
use super::{Href, State};

/// The ladder with what stands on each rung, highest first.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    steps: [(u64, String, Option<Href>); 4],
    meanings: bool,
}

impl Ladder {
    /// A ladder with nothing on it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// So many cases on a rung, a line about them, and where they are listed.
    #[must_use]
    pub fn on(mut self, rung: Rung, cases: u64, about: impl Into<String>, href: Href) -> Self {
        let step = match rung {
            Rung::Scan => &mut self.steps[0],
            Rung::Attempt => &mut self.steps[1],
            Rung::Access => &mut self.steps[2],
            Rung::Effect => &mut self.steps[3],
        };
        *step = (cases, about.into(), Some(href));
        self
    }

    /// With what each rung means.
    #[must_use]
    pub fn explained(mut self) -> Self {
        self.meanings = true;
        self
    }
}

impl Render for Ladder {
    fn render(&self) -> Markup {
        html! {
            ol.ladder reversed {
                @for (rung, (cases, about, href)) in Rung::ALL.iter().zip(&self.steps).rev() {
                    li class=(rung.name()) data-none[*cases == 0] {
                        h3 {
                            (svg::rung(*rung))
                            @if let Some(href) = href {
                                a href=(href) { (rung.name()) }
                            } @else {
                                (rung.name())
                            }
                        }
                        p.big {
                            (grouped(*cases)) " "
                            span { (if *cases == 1 { "case" } else { "cases" }) }
                        }
                        @if !about.is_empty() { p.small { (about) } }
                        @if self.meanings { p.meaning { (rung.definition()) } }
                    }
                }
            }
        }
    }
}

/// A number, what it counts, and how it is to be taken.
#[derive(Clone, Debug)]
pub struct Stat {
    label: String,
    value: String,
    unit: Option<String>,
    note: Option<String>,
    state: State,
    href: Option<Href>,
}

impl Stat {
    /// What is counted, and how much of it there is, as it is written.
    #[must_use]
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        let (label, value) = (label.into(), value.into());
        Self { label, value, unit: None, note: None, state: State::Plain, href: None }
    }

    /// The unit, set smaller.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// A line below.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// How it is to be taken; the note says why.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// Where it opens into what it counts.
    #[must_use]
    pub fn link(mut self, href: Href) -> Self {
        self.href = Some(href);
        self
    }
}

/// Numbers side by side.
#[derive(Clone, Debug, Default)]
pub struct Stats(Vec<Stat>);

impl Stats {
    /// No numbers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One number more.
    #[must_use]
    pub fn with(mut self, stat: Stat) -> Self {
        self.0.push(stat);
        self
    }
}

impl Render for Stats {
    fn render(&self) -> Markup {
        html! {
            dl.stats {
                @for stat in &self.0 {
                    div class=(stat.state.class()) {
                        dt {
                            @if let Some(href) = &stat.href {
                                a href=(href) { (stat.label) }
                            } @else {
                                (stat.label)
                            }
                        }
                        dd.big {
                            (stat.value)
                            @if let Some(unit) = &stat.unit { " " span { (unit) } }
                        }
                        @if let Some(note) = &stat.note {
                            dd.small {
                                @if let Some(sign) = stat.state.sign() { (sign) }
                                (note)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How much of something is used.
#[derive(Clone, Debug)]
pub struct Meter {
    label: String,
    words: String,
    used: u64,
    whole: u64,
}

impl Meter {
    /// What is measured, the amount in words, and the amount of the whole.
    #[must_use]
    pub fn new(label: impl Into<String>, words: impl Into<String>, used: u64, whole: u64) -> Self {
        Self { label: label.into(), words: words.into(), used, whole: whole.max(1) }
    }
}

impl Render for Meter {
    fn render(&self) -> Markup {
        // A thousand parts are finer than any screen draws the bar.
        let share = u128::from(self.used.min(self.whole)) * 1000 / u128::from(self.whole);
        html! {
            div.meter {
                p { span { (self.label) } " " span.amount { (self.words) } }
                svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
                    rect.whole x="0" y="0" width="1000" height="10" {}
                    rect.used x="0" y="0" width=(share) height="10" {}
                }
            }
        }
    }
}
