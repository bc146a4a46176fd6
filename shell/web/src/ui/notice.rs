//! News above a page's content, and what stands where there is nothing yet.

use maud::{Markup, Render, html};

use super::{Call, Go, Href, svg};

/// A sentence that one should not miss.
#[derive(Clone, Debug)]
pub struct Notice {
    class: &'static str,
    title: String,
    call: Option<Call>,
    body: Option<Markup>,
    action: Option<(String, Href)>,
}

impl Notice {
    fn new(class: &'static str, title: impl Into<String>) -> Self {
        Self { class, title: title.into(), call: None, body: None, action: None }
    }

    /// Something to know.
    #[must_use]
    pub fn info(title: impl Into<String>) -> Self {
        Self::new("info", title)
    }

    /// Something was done.
    #[must_use]
    pub fn good(title: impl Into<String>) -> Self {
        Self::new("good", title)
    }

    /// Something to look at.
    #[must_use]
    pub fn warn(title: impl Into<String>) -> Self {
        Self::new("warn", title)
    }

    /// Something is wrong.
    #[must_use]
    pub fn bad(title: impl Into<String>) -> Self {
        Self::new("bad", title)
    }

    /// The number with which its sentence ends, to be called by a press.
    #[must_use]
    pub fn call(mut self, number: impl Into<String>) -> Self {
        self.call = Some(Call::new(number));
        self
    }

    /// More about it.
    #[must_use]
    pub fn body(mut self, body: Markup) -> Self {
        self.body = Some(body);
        self
    }

    /// Where one does something about it.
    #[must_use]
    pub fn action(mut self, label: impl Into<String>, href: Href) -> Self {
        self.action = Some((label.into(), href));
        self
    }
}

impl Render for Notice {
    fn render(&self) -> Markup {
        let (sign, word, role) = match self.class {
            "good" => (svg::good(), "Done: ", "status"),
            "warn" => (svg::warn(), "Warning: ", "status"),
            "bad" => (svg::bad(), "Alert: ", "alert"),
            _ => (svg::info(), "Note: ", "status"),
        };
        html! {
            div class={ "notice " (self.class) } role=(role) {
                p.title {
                    (sign) span.unseen { (word) } (self.title)
                    @if let Some(call) = &self.call { " " (call) "." }
                }
                @if let Some(body) = &self.body { div.prose { (body) } }
                @if let Some((label, href)) = &self.action { p { a href=(href) { (label) } } }
            }
        }
    }
}

/// What stands where there is nothing yet: why, and what to do.
#[derive(Clone, Debug)]
pub struct Empty {
    title: String,
    why: String,
    action: Option<(String, Href)>,
}

impl Empty {
    /// That there is nothing, and what that means.
    #[must_use]
    pub fn new(title: impl Into<String>, why: impl Into<String>) -> Self {
        Self { title: title.into(), why: why.into(), action: None }
    }

    /// The first thing to do.
    #[must_use]
    pub fn action(mut self, label: impl Into<String>, href: Href) -> Self {
        self.action = Some((label.into(), href));
        self
    }
}

impl Render for Empty {
    fn render(&self) -> Markup {
        html! {
            div.empty {
                p.title { (self.title) }
                p { (self.why) }
                @if let Some((label, href)) = &self.action {
                    p { (Go::new(label.as_str(), href.clone())) }
                }
            }
        }
    }
}
