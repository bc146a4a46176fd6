//! A telephone number that is called by a press.

use maud::{Markup, Render, html};

/// A telephone number as people wrote it; on a telephone it is called by a press.
///
/// It is the one link that leaves the page without leading to an address of the site: a `tel:` of
/// digits alone (RFC 3966, 3), whatever was written.
#[derive(Clone, Debug)]
pub struct Call(String);

impl Call {
    /// A number.
    #[must_use]
    pub fn new(number: impl Into<String>) -> Self {
        Self(number.into())
    }

    /// What is dialled: digits, with the plus of an international number; what stands behind an
    /// extension's mark is dialled by hand.
    fn dialled(&self) -> String {
        let number = self.0.trim();
        let end = number.find(['x', 'e', ',', '/', '#', '*']);
        let number = number.get(..end.unwrap_or(number.len())).unwrap_or_default();
        let plus = if number.starts_with('+') { "+" } else { "" };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        format!("{plus}{digits}")
    }
}

impl Render for Call {
    fn render(&self) -> Markup {
        let dialled = self.dialled();
        html! {
            @if dialled.trim_start_matches('+').len() < 3 {
                (self.0)
            } @else {
                a.call href={ "tel:" (dialled) } { (self.0) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_digits_is_dialled() {
        for (written, dialled) in [
            ("573-555-0142", "5735550142"),
            ("+1 (573) 555-0142 ext. 7", "+15735550142"),
            ("573.555.0142 / 0143", "5735550142"),
        ] {
            let page = Call::new(written).render().into_string();
            assert_eq!(page, format!("<a class=\"call\" href=\"tel:{dialled}\">{written}</a>"));
        }
        let hostile = Call::new("javascript:alert(1)\"><b>").render().into_string();
        assert_eq!(hostile, "javascript:alert(1)&quot;&gt;&lt;b&gt;");
    }
}
