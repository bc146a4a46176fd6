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

    /// What is dialled: the digits of the number with which it begins, with the plus of an
    /// international one. What stands behind it, as an extension or a second number, is dialled by
    /// hand. `None` of what is no number, or more than one (ITU-T E.164 knows 15 digits).
    fn dialled(&self) -> Option<String> {
        let number = self.0.trim();
        let (plus, rest) = number.strip_prefix('+').map_or(("", number), |rest| ("+", rest));
        let within = |c: &char| c.is_ascii_digit() || BETWEEN.contains(c);
        let digits = rest.chars().take_while(within).filter(char::is_ascii_digit);
        let dialled: String = plus.chars().chain(digits).collect();
        (3..=15).contains(&dialled.trim_start_matches('+').len()).then_some(dialled)
    }
}

/// What people write between the digits of one number.
const BETWEEN: [char; 9] = [' ', '-', '.', '(', ')', '\u{a0}', '\u{2010}', '\u{2011}', '\u{2013}'];

impl Render for Call {
    fn render(&self) -> Markup {
        html! {
            @if let Some(dialled) = self.dialled() {
                a.call href={ "tel:" (dialled) } { (self.0) }
            } @else {
                (self.0)
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
            ("573-555-0142 EXT 7", "5735550142"),
            ("573-555-0142 or 573-555-0143", "5735550142"),
            ("911", "911"),
        ] {
            let page = Call::new(written).render().into_string();
            assert_eq!(page, format!("<a class=\"call\" href=\"tel:{dialled}\">{written}</a>"));
        }
        for written in ["Suite 1204, 573-555-0142", "573-555-0142 573-555-0143", "12", "+"] {
            assert_eq!(Call::new(written).render().into_string(), written);
        }
        let hostile = Call::new("javascript:alert(1)\"><b>").render().into_string();
        assert_eq!(hostile, "javascript:alert(1)&quot;&gt;&lt;b&gt;");
    }
}
