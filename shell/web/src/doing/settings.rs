//! The office's settings.

use ward_store::{Link, meta, office};

use super::{Why, checked};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::refused::Refused;
use crate::ui::{Clock, Errors};
use crate::who::Who;
use ward_store::office::{MAIL, PHONE};

/// What can be changed: the key in the store, the name by which it is sent.
pub(crate) const CHANGED: [(&str, &str); 4] =
    [(office::NAME, "name"), (office::ZONE, "zone"), (PHONE, "phone"), (MAIL, "mail")];

/// The values as they are kept.
///
/// # Errors
/// Those of the store.
pub(crate) async fn kept(mut link: Link<'_>) -> Result<Fields, Refused> {
    let mut values = Vec::new();
    for (key, name) in CHANGED {
        let value = meta::get(link.again(), key).await?.unwrap_or_default();
        values.push((name.to_owned(), value));
    }
    Ok(Fields::new(values))
}

/// Sets the office's values to these.
///
/// # Errors
/// What is wrong with them.
pub(crate) async fn change(desk: &Desk, who: &Who, sent: &Fields) -> Result<(), Why> {
    checked(check(sent))?;
    let mut tx = desk.store.begin().await?;
    let before = kept(tx.link()).await?;
    let mut changed = Vec::new();
    for (key, name) in CHANGED {
        let value = sent.text(name);
        if before.text(name) != value {
            meta::set(tx.link(), key, value).await?;
            changed.push(format!("{name}: \"{}\" to \"{value}\"", before.text(name)));
        }
    }
    if !changed.is_empty() {
        tx.commit(who.did(desk.now(), "settings.change", "", changed.join(", "))).await?;
    }
    Ok(())
}

fn check(sent: &Fields) -> Errors {
    let mut errors = Errors::new();
    let plain = |name: &str, most: usize| {
        let text = sent.text(name);
        text.chars().count() <= most && !text.chars().any(char::is_control)
    };
    if sent.text("name").is_empty() || !plain("name", 120) {
        errors = errors.add("name", "Give the office a name of at most 120 characters.");
    }
    if Clock::named(sent.text("zone")).is_none() {
        errors = errors.add("zone", "This is no time zone: write one such as America/Chicago.");
    }
    if !plain("phone", 60) {
        errors = errors.add("phone", "A telephone number has at most 60 characters.");
    }
    let mail = sent.text("mail");
    if !plain("mail", 200) || !(mail.is_empty() || mail.contains('@')) {
        errors = errors.add("mail", "This is no mail address.");
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused() {
        let fine = [("name", "Office"), ("zone", "America/Chicago"), ("phone", ""), ("mail", "")];
        assert!(check(&Fields::from(fine)).is_empty());
        for wrong in
            [("name", ""), ("zone", "Mars/Olympus"), ("phone", "5\u{7}5"), ("mail", "nobody")]
        {
            let fields =
                fine.map(|(name, value)| (name, if name == wrong.0 { wrong.1 } else { value }));
            assert!(!check(&Fields::from(fields)).is_empty(), "{wrong:?}");
        }
    }
}
