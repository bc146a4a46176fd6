//! Text for people: hostile characters made visible, numbers grouped.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, Render, html};
use ward_kernel::words::misleads;
pub use ward_kernel::words::{count, grouped};

use super::Href;

/// Anything as the content of a cell or a fact.
#[must_use]
pub fn cell(content: impl Render) -> Markup {
    html! { (content) }
}

/// Text of machines, such as an address or a file's name, in the type of machines.
#[must_use]
pub fn mono(text: &str) -> Markup {
    html! { code { (text) } }
}

/// What stands where there is nothing: a dash, and a word for whoever hears the page.
#[must_use]
pub fn none() -> Markup {
    html! { span.none { span aria-hidden="true" { "–" } span.unseen { "none" } } }
}

/// A link within the site.
#[must_use]
pub fn link(text: &str, href: &Href) -> Markup {
    html! { a href=(href) { (text) } }
}

/// Words of lesser weight.
#[must_use]
pub fn soft(text: &str) -> Markup {
    html! { span.soft { (text) } }
}

/// A name for an `id`: lower-case letters, digits and hyphens of the text, at most 40.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if out.len() >= 40 {
            break;
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// The page with every character visible that could reorder or hide text.
///
/// What [`misleads`] is written as `\u{N}`, but for the line feed and the tab. The replacement holds
/// no character that means something in HTML, so it may be done on a finished page.
pub(super) fn made_visible(page: Markup) -> Markup {
    if !page.0.chars().any(is_hidden) {
        return page;
    }
    let mut out = String::with_capacity(page.0.len().saturating_add(64));
    for c in page.0.chars() {
        if is_hidden(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    // The input was escaped already, and what was added needs no escape.
    PreEscaped(out)
}

/// A page has lines and tabs of its own.
const fn is_hidden(c: char) -> bool {
    misleads(c) && !matches!(c, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_shown() {
        let hostile = "a\u{202e}gpj\u{200b}\u{1b}[2J<b>\n\t";
        let page = made_visible(html! { p { (hostile) } }).into_string();
        assert_eq!(page, "<p>a\\u{202e}gpj\\u{200b}\\u{1b}[2J&lt;b&gt;\n\t</p>");
        assert_eq!(made_visible(html! { "Doña Ana 日本" }).into_string(), "Doña Ana 日本");
    }

    #[test]
    fn slugs_and_numbers() {
        assert_eq!(slug("Sensors of Adair County (3)"), "sensors-of-adair-county-3");
        assert_eq!(slug("日本"), "");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(count(1, "case", "cases"), "1 case");
        assert_eq!(count(1_000, "case", "cases"), "1,000 cases");
    }
}
