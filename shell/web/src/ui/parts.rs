//! The parts that a page is divided into.

use maud::{Markup, Render, html};
use ward_kernel::Rung;

use super::text::slug;
use super::{Href, RungBadge};

/// A section under its heading.
#[derive(Clone, Debug)]
pub struct Section {
    id: String,
    heading: String,
    tally: Option<String>,
    actions: Option<Markup>,
    body: Markup,
}

impl Section {
    /// A section: its `id` on the page and its heading.
    #[must_use]
    pub fn new(id: impl Into<String>, heading: impl Into<String>) -> Self {
        let (id, heading) = (id.into(), heading.into());
        Self { id, heading, tally: None, actions: None, body: html! {} }
    }

    /// How many there are, beside the heading.
    #[must_use]
    pub fn tally(mut self, text: impl Into<String>) -> Self {
        self.tally = Some(text.into());
        self
    }

    /// What one does with the section as a whole.
    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// What it holds.
    #[must_use]
    pub fn body(mut self, body: Markup) -> Self {
        self.body = body;
        self
    }
}

impl Render for Section {
    fn render(&self) -> Markup {
        html! {
            section.section aria-labelledby=(self.id) {
                div.rule {
                    h2 id=(self.id) { (self.heading) }
                    @if let Some(tally) = &self.tally { p.tally { (tally) } }
                    @if let Some(actions) = &self.actions { div.actions { (actions) } }
                }
                (self.body)
            }
        }
    }
}

/// A part of the page that the script replaces when the bell rings for its name.
#[derive(Clone, Debug)]
pub struct Region {
    name: String,
    hears: Option<&'static str>,
    body: Markup,
}

impl Region {
    /// A name that is unique on the page and on the wire of the bell.
    #[must_use]
    pub fn new(name: impl Into<String>, body: Markup) -> Self {
        Self { name: name.into(), hears: None, body }
    }

    /// The names of the bell for which it is replaced, with spaces between, besides its own.
    #[must_use]
    pub fn hears(mut self, names: &'static str) -> Self {
        self.hears = Some(names);
        self
    }
}

impl Render for Region {
    fn render(&self) -> Markup {
        html! { div data-region=(self.name) data-hears=[self.hears] { (self.body) } }
    }
}

/// One thing among several of its kind, such as a case.
#[derive(Clone, Debug)]
pub struct Card {
    heading: String,
    href: Option<Href>,
    rung: Option<Rung>,
    kind: Option<String>,
    mark: Option<String>,
    body: Markup,
}

impl Card {
    /// A card under its heading.
    #[must_use]
    pub fn new(heading: impl Into<String>) -> Self {
        let body = html! {};
        Self { heading: heading.into(), href: None, rung: None, kind: None, mark: None, body }
    }

    /// Where the heading leads.
    #[must_use]
    pub fn link(mut self, href: Href) -> Self {
        self.href = Some(href);
        self
    }

    /// The rung that it reached.
    #[must_use]
    pub fn rung(mut self, rung: Rung) -> Self {
        self.rung = Some(rung);
        self
    }

    /// What kind of thing it is.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Its name among machines, such as `W-0ba64c8d46`.
    #[must_use]
    pub fn mark(mut self, mark: impl Into<String>) -> Self {
        self.mark = Some(mark.into());
        self
    }

    /// What it holds.
    #[must_use]
    pub fn body(mut self, body: Markup) -> Self {
        self.body = body;
        self
    }
}

impl Render for Card {
    fn render(&self) -> Markup {
        let class = self.rung.map_or("plain", Rung::name);
        html! {
            article class={ "card " (class) } {
                @if self.rung.is_some() || self.kind.is_some() || self.mark.is_some() {
                    p.kind {
                        @if let Some(rung) = self.rung { (RungBadge(rung)) " " }
                        @if let Some(kind) = &self.kind { span { (kind) } " " }
                        @if let Some(mark) = &self.mark { code.mark { (mark) } }
                    }
                }
                h3 {
                    @if let Some(href) = &self.href {
                        a href=(href) { (self.heading) }
                    } @else {
                        (self.heading)
                    }
                }
                (self.body)
            }
        }
    }
}

/// Something that opens when asked.
#[derive(Clone, Debug)]
pub struct Disclosure {
    summary: String,
    body: Markup,
    open: bool,
}

impl Disclosure {
    /// The words that open it, and what is inside.
    #[must_use]
    pub fn new(summary: impl Into<String>, body: Markup) -> Self {
        Self { summary: summary.into(), body, open: false }
    }

    /// Whether it is open at first.
    #[must_use]
    pub fn open_if(mut self, open: bool) -> Self {
        self.open = open;
        self
    }
}

impl Render for Disclosure {
    fn render(&self) -> Markup {
        html! { details open[self.open] { summary { (self.summary) } div.inside { (self.body) } } }
    }
}

/// Text for a machine, to be copied: a command, a code, a fingerprint.
#[derive(Clone, Debug)]
pub struct CodeBlock {
    label: String,
    text: String,
}

impl CodeBlock {
    /// What it is, and the text. The label differs from others on the page.
    #[must_use]
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into() }
    }
}

impl Render for CodeBlock {
    fn render(&self) -> Markup {
        let id = format!("copy-{}", slug(&self.label));
        let label = format!("{id}-label");
        html! {
            div.code {
                div.bar {
                    p.label id=(label) { (self.label) }
                    // The script shows the button: without it, it could do nothing.
                    button.quiet type="button" data-copy=(id) hidden {
                        "Copy" span.unseen { ": " (self.label) }
                    }
                }
                pre id=(id) tabindex="0" role="group" aria-labelledby=(label) {
                    code { (self.text) }
                }
            }
        }
    }
}

/// Views of the same thing, each a page of its own.
#[derive(Clone, Debug)]
pub struct Tabs {
    label: String,
    tabs: Vec<(String, Href, bool)>,
}

impl Tabs {
    /// Of what they are views.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), tabs: Vec::new() }
    }

    /// A view, and whether it is the one that is shown.
    #[must_use]
    pub fn tab(mut self, label: impl Into<String>, href: Href, current: bool) -> Self {
        self.tabs.push((label.into(), href, current));
        self
    }
}

impl Render for Tabs {
    fn render(&self) -> Markup {
        html! {
            nav.tabs aria-label=(self.label) {
                ul {
                    @for (label, href, current) in &self.tabs {
                        li { a href=(href) aria-current=[current.then_some("page")] { (label) } }
                    }
                }
            }
        }
    }
}

/// Ways to what lies before and after the rows that are shown.
#[derive(Clone, Debug)]
pub struct Pager {
    shown: String,
    label: String,
    newer: Option<Href>,
    older: Option<Href>,
}

impl Pager {
    /// Pages of what, and which of it is shown: `1 to 50 of 1,204`.
    #[must_use]
    pub fn new(label: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { label: label.into(), shown: shown.into(), newer: None, older: None }
    }

    /// Where newer rows are.
    #[must_use]
    pub fn newer(mut self, href: Option<Href>) -> Self {
        self.newer = href;
        self
    }

    /// Where older rows are.
    #[must_use]
    pub fn older(mut self, href: Option<Href>) -> Self {
        self.older = href;
        self
    }
}

impl Render for Pager {
    fn render(&self) -> Markup {
        html! {
            nav.pager aria-label={ "Pages of " (self.label) } {
                p { (self.shown) }
                @if let Some(href) = &self.newer { a rel="prev" href=(href) { "Newer" } }
                @if let Some(href) = &self.older { a rel="next" href=(href) { "Older" } }
            }
        }
    }
}

/// How far one has come on a way of several steps.
#[derive(Clone, Debug)]
pub struct Steps {
    label: String,
    current: usize,
    names: Vec<String>,
}

impl Steps {
    /// The way, and the number of its current step, counted from 1.
    #[must_use]
    pub fn new(label: impl Into<String>, current: usize) -> Self {
        Self { label: label.into(), current, names: Vec::new() }
    }

    /// One step more.
    #[must_use]
    pub fn step(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }
}

impl Render for Steps {
    fn render(&self) -> Markup {
        html! {
            ol.steps aria-label=(self.label) {
                @for (number, name) in (1..).zip(&self.names) {
                    @let current = (number == self.current).then_some("step");
                    li aria-current=[current] data-done[number < self.current] {
                        span.number aria-hidden="true" {
                            @if number < self.current { (super::svg::good()) } @else { (number) }
                        }
                        span {
                            (name)
                            @if number < self.current { span.unseen { ", done" } }
                        }
                    }
                }
            }
        }
    }
}
