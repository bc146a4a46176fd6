//! The form on which an incident is reported: for a clerk on a telephone, in a minute.

use axum::extract::State;
use ward_access::Act;
use ward_desk::incident::{Kind, Voting};
use ward_desk::{Line, Words};

use super::HERE;
use crate::desk::Desk;
use crate::doing::incidents::{places, report};
use crate::doing::{logs, told};
use crate::fields::{Asked, Fields, Sent};
use crate::kept::{ByScript, stands};
use crate::pages::parts::{Frame, done, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{Choice, Errors, Field, Form, Hidden, Href, Html, Select};
use crate::who::Who;

/// The address of the form.
const NEW: &str = "/incidents/new";
const TITLE: &str = "Report an incident";
const LEAD: &str = "The state's desk sees it at once. If anybody is in danger, call 911 first: this \
                    form can wait.";

/// With `?kind=` what it is about is picked already.
pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let key = logs::new_key(&desk)?;
    let kind = Kind::named(asked.text("kind")).map_or("", Kind::name);
    let fields = Fields::from([("key", key.as_str()), ("kind", kind)]);
    done(page(&desk, &who, &fields, &Errors::new()).await?)
}

pub(super) async fn send(
    State(desk): State<Desk>,
    who: Who,
    by_script: ByScript,
    Sent(fields): Sent,
) -> Answer {
    match told(report(&desk, &who, &fields).await)? {
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
    let form = form(&frame, &who, &Fields::default());
    done(frame.kept_form(TITLE).lead(LEAD).narrow().render(&maud::html! { (form) }))
}

async fn page(desk: &Desk, who: &Who, fields: &Fields, errors: &Errors) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let form = form(&frame, who, fields).errors(errors);
    Ok(frame
        .page(&Href::at(NEW), TITLE)
        .crumb("Incidents", Href::at(HERE))
        .narrow()
        .failed(!errors.is_empty())
        .lead(LEAD)
        .without_network(Href::at(NEW))
        .render(&maud::html! { (form.cancel("Report nothing", Href::at(HERE))) }))
}

fn form(frame: &Frame<'_>, who: &Who, fields: &Fields) -> Form {
    let form = Form::new("incident", Href::at(NEW), "Report it")
        .kept("Report of an incident")
        .field(Hidden::new("key", fields.text("key")));
    let form = whose(form, frame, who, fields)
        .field(voting(fields))
        .field(kind(fields))
        .field(
            Field::text("place", "Where is it?")
                .hint(
                    "The polling place or office, as people there call it. A place, not a person: \
                     it is in the messages that the desk sends.",
                )
                .value(fields.text("place"))
                .auto("off")
                .max(Line::MAX),
        )
        .field(
            Field::area("what", "What happened?", 4)
                .hint("What you saw or were told, and since when. A few words are enough.")
                .value(fields.text("what"))
                .max(Words::MAX),
        )
        .field(
            Field::text("call_back", "A number to call back")
                .value(fields.text("call_back"))
                .auto("tel")
                .max(Line::MAX)
                .optional(),
        );
    if frame.sees(Act::WorkIncident) {
        form.field(
            Field::text("told_by", "Who told you")
                .hint("When you key it in for somebody on the telephone.")
                .value(fields.text("told_by"))
                .auto("off")
                .max(Line::MAX)
                .optional(),
        )
    } else {
        form
    }
}

/// Whoever acts for one jurisdiction is not asked for it.
fn whose(form: Form, frame: &Frame<'_>, who: &Who, fields: &Fields) -> Form {
    let open = places(&frame.jurisdictions, who);
    if let [_] = open.as_slice() {
        return form;
    }
    let mut list = Select::new("jurisdiction", "Jurisdiction");
    for one in open {
        list = list.option(&one.id, &one.name);
    }
    form.field(list.picked(fields.text("jurisdiction")))
}

fn voting(fields: &Fields) -> Choice {
    let choice = Choice::one("voting", "Can people vote there?").picked(fields.text("voting"));
    Voting::ALL.into_iter().fold(choice, |list, one| list.option(one.name(), one.label()))
}

fn kind(fields: &Fields) -> Select {
    let list = Select::new("kind", "What is it about?").picked(fields.text("kind"));
    Kind::ALL.into_iter().fold(list, |list, one| list.option(one.name(), one.label()))
}
