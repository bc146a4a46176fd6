//! Facts by name, and facts by time.

use maud::{Markup, Render, html};

use super::{State, When};

/// Names and what they stand for.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    rows: Vec<(String, Markup)>,
}

impl Facts {
    /// No facts yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A name and what it stands for.
    #[must_use]
    pub fn row(mut self, term: impl Into<String>, fact: Markup) -> Self {
        self.rows.push((term.into(), fact));
        self
    }
}

impl Render for Facts {
    fn render(&self) -> Markup {
        html! {
            dl.facts {
                @for (term, fact) in &self.rows { div { dt { (term) } dd { (fact) } } }
            }
        }
    }
}

/// What happened, in the order of time.
#[derive(Clone, Debug)]
pub struct Timeline {
    label: String,
    events: Vec<Event>,
}

#[derive(Clone, Debug)]
struct Event {
    when: When,
    title: String,
    what: Option<Markup>,
    state: State,
}

impl Timeline {
    /// Whose time it is, for whoever hears the page.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), events: Vec::new() }
    }

    /// Something that happened.
    #[must_use]
    pub fn at(mut self, when: When, title: impl Into<String>) -> Self {
        let title = title.into();
        self.events.push(Event { when, title, what: None, state: State::Plain });
        self
    }

    /// More about what happened last.
    #[must_use]
    pub fn what(mut self, what: Markup) -> Self {
        if let Some(event) = self.events.last_mut() {
            event.what = Some(what);
        }
        self
    }

    /// How what happened last is to be taken.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        if let Some(event) = self.events.last_mut() {
            event.state = state;
        }
        self
    }
}

impl Render for Timeline {
    fn render(&self) -> Markup {
        html! {
            ol.timeline aria-label=(self.label) {
                @for event in &self.events {
                    li class=(event.state.class()) {
                        p.moment { (event.when) }
                        div {
                            p.title {
                                @if let Some(sign) = event.state.sign() { (sign) }
                                (event.title)
                            }
                            @if let Some(what) = &event.what { div.prose { (what) } }
                        }
                    }
                }
            }
        }
    }
}
