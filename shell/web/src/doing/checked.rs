//! What people say in forms, checked.

use ward_access::Verdict;
use ward_access::password::judge;
use ward_desk::{Line, Words};
use ward_kernel::words::is_blank;
use ward_store::people;

use super::{Why, whole, wrong};
use crate::fields::Fields;
use crate::ui::Errors;

/// A value, or what is wrong with it.
pub(crate) fn name(fields: &Fields, field: &str, errors: &mut Errors) -> String {
    let text: String = fields.text(field).split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    if text.chars().filter(|c| !is_blank(*c)).count() < 2 {
        add(errors, field, "Write the name, with two letters at least.");
    } else if length > 120 || text.chars().any(char::is_control) {
        add(errors, field, "Write the name with at most 120 letters, without control characters.");
    }
    text
}

/// An address for mail, in the form in which it is kept. Whether mail arrives there is not asked.
pub(crate) fn email(fields: &Fields, field: &str, errors: &mut Errors) -> String {
    let address = people::address(fields.text(field));
    let fine = address.len() <= 254
        && !address.chars().any(|c| c.is_whitespace() || c.is_control())
        && address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    if !fine {
        add(errors, field, "Write one e-mail address, such as clerk@county.example.");
    }
    address
}

/// A new password, typed twice. `about` is what a guesser knows of its owner.
pub(crate) fn password(
    fields: &Fields,
    (first, again): (&str, &str),
    about: &[&str],
    errors: &mut Errors,
) -> String {
    let typed = fields.exact(first);
    if let Verdict::Weak { sentence } = judge(typed, about) {
        add(errors, first, sentence);
    } else if typed != fields.exact(again) {
        add(errors, again, "This is not the same: type the password once more, in both fields.");
    }
    typed.to_owned()
}

/// Words that somebody wrote.
pub(crate) fn words(fields: &Fields, field: &str) -> Result<Words, Why> {
    Words::new(fields.text(field)).map_err(|why| wrong(field, why.to_string()))
}

/// A line that somebody wrote.
pub(crate) fn line(fields: &Fields, field: &str) -> Result<Line, Why> {
    Line::new(fields.text(field)).map_err(|why| wrong(field, why.to_string()))
}

/// The number of an entry or a task; `what` says what to do without one.
pub(crate) fn number(fields: &Fields, field: &str, what: &str) -> Result<u64, Why> {
    let number = fields.number(field).and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| wrong(field, what))
}

/// A form that was sent by none of its buttons.
pub(crate) fn unknown() -> Why {
    whole("Nothing was chosen: use one of the page's buttons.")
}

/// Adds to what is wrong.
pub(crate) fn add(errors: &mut Errors, field: &str, sentence: impl Into<String>) {
    *errors = std::mem::take(errors).add(field, sentence);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_email(text: &str) -> bool {
        let mut errors = Errors::new();
        email(&Fields::from([("email", text)]), "email", &mut errors);
        errors.is_empty()
    }

    #[test]
    fn addresses() {
        for fine in ["clerk@adair.example", " Desk.Analyst@OFFICE.example ", "a@b", "ä@ö.example"]
        {
            assert!(is_email(fine), "{fine}");
        }
        for bad in ["", "clerk", "@adair.example", "clerk@", "a@b@c", "a b@c", "a@b\r\nBcc: x@y"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn names_lose_their_spare_space_and_controls_are_refused() {
        let mut errors = Errors::new();
        assert_eq!(
            name(&Fields::from([("n", "  Desk   analyst ")]), "n", &mut errors),
            "Desk analyst"
        );
        assert!(errors.is_empty());
        for bad in ["a\u{1b}[2J", "\u{2800}\u{2800}\u{3164}", "a \u{2800}"] {
            let mut errors = Errors::new();
            name(&Fields::from([("n", bad)]), "n", &mut errors);
            assert!(!errors.is_empty(), "{bad:?}");
        }
    }

    #[test]
    fn passwords_are_judged_and_compared() {
        let wrong = |first: &str, again: &str| {
            let mut errors = Errors::new();
            let fields = Fields::from([("p", first), ("q", again)]);
            password(&fields, ("p", "q"), &["Desk Analyst"], &mut errors);
            !errors.is_empty()
        };
        assert!(!wrong("lantern orbit mustard quilt", "lantern orbit mustard quilt"));
        assert!(wrong("lantern orbit mustard quilt", "lantern orbit mustard quilts"));
        assert!(wrong("desk.analyst2026", "desk.analyst2026"));
        assert!(wrong(" short ", " short "));
    }
}
