//! The form on which a rumor is put down: in a minute, by a clerk or by the desk.

use axum::extract::State;
use ward_access::Act;
use ward_desk::{Line, Words};

use super::{HERE, NEW, spread};
use crate::desk::Desk;
use crate::doing::{logs, rumors, told};
use crate::fields::{Fields, Sent};
use crate::kept::{ByScript, stands};
use crate::pages::parts::{Frame, done, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{Choice, Errors, Field, Form, Hidden, Href, Html};
use crate::who::Who;

const TITLE: &str = "Report a rumor";
const LEAD: &str = "What you heard, not whether it is so: the state's desk finds out, and says here \
                    what it found. Do not pass it on meanwhile.";

pub(super) async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let key = logs::new_key(&desk)?;
    let fields = Fields::from([("key", key.as_str())]);
    done(page(&desk, &who, &fields, &Errors::new()).await?)
}

pub(super) async fn send(
    State(desk): State<Desk>,
    who: Who,
    by_script: ByScript,
    Sent(fields): Sent,
) -> Answer {
    match told(rumors::hear(&desk, &who, &fields).await)? {
        Ok(id) => stands(by_script, &Href::at(HERE).join(&id)),
        Err(errors) => wrong(page(&desk, &who, &fields, &errors).await?),
    }
}

/// The same form for when there is no network: a worker keeps it, so that nobody's name stands on
/// it, and no key: the page draws one.
pub(super) async fn offline(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    let form = form(&who, &Fields::default());
    done(frame.kept_form(TITLE).lead(LEAD).narrow().render(&maud::html! { (form) }))
}

async fn page(desk: &Desk, who: &Who, fields: &Fields, errors: &Errors) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let form = form(who, fields).errors(errors).cancel("Report nothing", Href::at(HERE));
    Ok(frame
        .page(&Href::at(NEW), TITLE)
        .crumb("Rumors", Href::at(HERE))
        .narrow()
        .failed(!errors.is_empty())
        .lead(LEAD)
        .without_network(Href::at(NEW))
        .render(&maud::html! { (form) }))
}

fn form(who: &Who, fields: &Fields) -> Form {
    let form = Form::new("rumor", Href::at(NEW), "Report it")
        .kept("Rumor")
        .field(Hidden::new("key", fields.text("key")))
        .field(
            Field::area("claim", "What is told?", 3)
                .hint("As nearly as you can in the words in which it is told.")
                .value(fields.text("claim"))
                .max(Words::MAX),
        )
        .field(
            Field::text("place", "Where did you hear it?")
                .hint(
                    "A site, a group, a station, a line of voters. Names of people are not needed.",
                )
                .value(fields.text("place"))
                .auto("off")
                .max(Line::MAX),
        )
        .field(spread(fields.text("spread")))
        .field(
            Field::text("link", "Where it stands")
                .hint("An address, as text. Nobody gets there by a click.")
                .value(fields.text("link"))
                .auto("off")
                .max(Line::MAX)
                .mono()
                .optional(),
        );
    if who.narrowed(Act::HearRumor).is_some() {
        let about = fields.given("about").unwrap_or(rumors::OWN);
        return form.field(
            Choice::one("about", "Whom is it about?")
                .option(rumors::OWN, "Our jurisdiction")
                .option("state", "The whole state, or others too")
                .picked(about),
        );
    }
    form.field(jurisdictions(fields.text("jurisdictions")))
}

/// Whom it is about: typed, for one of 116 is found faster so than in a list.
pub(super) fn jurisdictions(typed: &str) -> Field {
    Field::text("jurisdictions", "Which jurisdictions is it about?")
        .hint("Names with commas between them, such as Boone, Cole. Nothing means the whole state.")
        .value(typed)
        .auto("off")
        .optional()
}
