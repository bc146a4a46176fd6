//! A person's accounts at the office's identity providers, and their end.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_store::elsewhere::Binding;
use ward_store::people::Person;

use super::HERE;
use crate::desk::Desk;
use crate::doing::{elsewhere as doing, told};
use crate::fields::Sent;
use crate::pages::parts::{Frame, go_to};
use crate::refused::{Answer, not_found};
use crate::ui::{Act as Button, Facts, Href, Section, cell, mono};
use crate::who::Who;

/// The accounts; nothing where there are none.
pub(super) fn section(
    desk: &Desk,
    frame: &Frame<'_>,
    person: &Person,
    accounts: &[Binding],
    may_change: bool,
) -> Markup {
    let label = |issuer: &str| {
        let known = desk.elsewhere.iter().find(|provider| provider.issuer() == issuer);
        known.map_or("A provider that is no longer set up", |provider| provider.label()).to_owned()
    };
    let button = |number: usize, issuer: &str| {
        let to = Href::at(HERE).join(&person.id).join("unbind");
        let button = Button::new(format!("unbind-{number}"), to, "Unbind");
        button.about(format!("{} from {issuer}", person.name)).with("issuer", issuer).danger()
    };
    html! {
        @if !accounts.is_empty() {
            (Section::new("accounts", "Accounts at providers").body(html! {
                div.stack {
                    @for (number, account) in accounts.iter().enumerate() {
                        (Facts::new()
                            .row("Provider", cell(label(&account.issuer)))
                            .row("Issuer", mono(&account.issuer))
                            .row("Bound", cell(frame.clock.full(account.bound)))
                            .row("Last used", cell(frame.clock.full(account.used))))
                        @if may_change { (button(number, &account.issuer)) }
                    }
                    @if may_change {
                        p.note {
                            "Unbind when the account there was made anew. Their sessions end; at \
                             the next sign-in there, the account with their e-mail address is \
                             bound. To keep them out, use the button for that."
                        }
                    }
                }
            }))
        }
    }
}

/// Unbinds a person from an account.
pub(super) async fn unbind(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    match told(doing::unbind(&desk, &who, &id, fields.text("issuer")).await)? {
        Ok(true) => go_to(&Href::at(HERE).join(&id).query("now", "unbound")),
        Ok(false) => go_to(&Href::at(HERE).join(&id)),
        // There is nothing in it that could be mended.
        Err(_) => Err(not_found()),
    }
}
