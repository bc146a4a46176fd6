//! One election: its dates, for whoever sets them.

use axum::extract::{Path, State};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::Planned;
use ward_desk::{Line, Words};

use super::HERE;
use super::list::history;
use crate::desk::Desk;
use crate::doing::elections::{self, shown};
use crate::doing::logs::{self, Filed};
use crate::doing::{room, told};
use crate::fields::{Fields, Sent};
use crate::pages::failed::Failed;
use crate::pages::parts::{Frame, done, go_to, prose, wrong};
use crate::refused::{Answer, Refused, not_found};
use crate::ui::{Disclosure, Errors, Field, Form, Hidden, Href, Html, Notice, Section, count};
use crate::who::Who;

pub(super) async fn new(State(desk): State<Desk>, who: Who) -> Answer {
    let key = logs::new_key(&desk)?;
    let fields = Fields::from([("key", key.as_str())]);
    done(page_of_new(&desk, &who, &fields, &Errors::new()).await?)
}

pub(super) async fn set(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    match told(elections::set(&desk, &who, &fields).await)? {
        Ok(_) => go_to(&Href::at(HERE)),
        Err(errors) => wrong(page_of_new(&desk, &who, &fields, &errors).await?),
    }
}

async fn page_of_new(
    desk: &Desk,
    who: &Who,
    fields: &Fields,
    errors: &Errors,
) -> Result<Html, Refused> {
    room::of_state(who, Act::SetElections)?;
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let here = Href::at("/elections/new");
    let form =
        Form::new("election", here.clone(), "Set it").field(Hidden::new("key", fields.text("key")));
    let form = dates(form, fields).errors(errors).cancel("Set nothing", Href::at(HERE));
    Ok(frame
        .page(&here, "Set an election")
        .crumb("Elections", Href::at(HERE))
        .narrow()
        .failed(!errors.is_empty())
        .lead("All times are by the office's clock.")
        .render(&html! { (form) }))
}

/// The fields of the dates.
fn dates(form: Form, fields: &Fields) -> Form {
    let moment = |name: &'static str, label: &str| {
        Field::moment(name, label).value(fields.text(name).to_owned())
    };
    form.field(
        Field::text("name", "What is it called?")
            .hint("As people say it: General election 2026.")
            .value(fields.text("name"))
            .auto("off")
            .max(Line::MAX),
    )
    .field(moment("opens", "The polls open"))
    .field(moment("closes", "The polls close").hint("On the same day."))
    .field(
        moment("certifies", "The result is certified")
            .hint("At the latest. Until then it is the canvass; after it, ordinary time."),
    )
}

/// What the page of one is about.
struct View<'a> {
    frame: Frame<'a>,
    one: Filed<Planned>,
    zone: TimeZone,
    key: String,
}

impl<'a> View<'a> {
    async fn load(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        room::of_state(who, Act::SetElections)?;
        let mut read = desk.store.read().await?;
        let one = logs::read(read.link(), id).await?.ok_or_else(not_found)?;
        let zone = elections::zone(read.link()).await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        drop(read);
        Ok(Self { frame, one, zone, key: logs::new_key(desk)? })
    }

    fn href(&self) -> Href {
        Href::at(HERE).join(&self.one.place.id)
    }

    /// What stands, as the form shows it.
    fn as_it_is(&self) -> Fields {
        let Some(dates) = &self.one.log.state().dates else { return Fields::default() };
        let text = |at| shown(at, &self.zone);
        let (opens, closes) = (text(dates.opens), text(dates.closes));
        Fields::from([
            ("name", dates.name.as_str()),
            ("opens", opens.as_str()),
            ("closes", closes.as_str()),
            ("certifies", text(dates.certifies).as_str()),
        ])
    }
}

pub(super) async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::load(&desk, &who, &id).await?;
    done(page(&view, &Failed::default()))
}

pub(super) async fn change(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    match told(elections::change(&desk, &who, &id, &fields).await)? {
        Ok(()) => go_to(&Href::at(HERE)),
        Err(errors) => {
            let view = View::load(&desk, &who, &id).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let state = view.one.log.state();
    let name = state.dates.as_ref().map_or("An election", |dates| dates.name.as_str());
    let entries = view.one.log.entries().len() as u64;
    let past = Section::new("entries", "What was put down")
        .tally(count(entries, "entry", "entries"))
        .body(html! { (history(&view.frame, &view.one)) });
    view.frame
        .page(&view.href(), name)
        .crumb("Elections", Href::at(HERE))
        .failed(failed.is_any())
        .as_of(view.frame.clock.exact(view.frame.now), view.href())
        .render(&html! {
            (failed.notice(state.off.is_none() || failed.is("set")))
            @if let Some(why) = &state.off {
                (Notice::bad("It does not take place").body(html! { (prose(why)) }))
            }
            (moving(view, failed))
            @if state.off.is_none() { (calling_off(view, failed)) }
            (past)
        })
}

fn moving(view: &View<'_>, failed: &Failed) -> Markup {
    let is_off = view.one.log.state().off.is_some();
    let (title, submit) = if is_off {
        ("It takes place after all", "Set it again")
    } else {
        ("Its dates", "Save the dates")
    };
    let form = Form::new("dates", view.href(), submit)
        .field(Hidden::new("key", format!("{}-set", view.key)))
        .field(Hidden::new("act", "set"));
    let is_sent = failed.is("set");
    let form = if is_sent { dates(form, &failed.fields) } else { dates(form, &view.as_it_is()) };
    let form = failed.marked(form, is_sent);
    let section = Section::new("moving", title).body(html! {
        p { "All times are by the office's clock. What stood before stays below." }
        (form)
    });
    html! { (section) }
}

fn calling_off(view: &View<'_>, failed: &Failed) -> Markup {
    let is_sent = failed.is("call-off");
    let form = Form::new("off", view.href(), "Call it off")
        .danger()
        .field(Hidden::new("key", format!("{}-off", view.key)))
        .field(Hidden::new("act", "call-off"))
        .field(
            Field::area("text", "Why does it not take place?", 2)
                .hint("Everybody who sees the calendar reads this.")
                .value(failed.typed("call-off", "text"))
                .max(Words::MAX),
        );
    let form = failed.marked(form, is_sent);
    let disclosure = Disclosure::new("Call this election off", html! { (form) }).open_if(is_sent);
    html! { (Section::new("calling-off", "It does not take place").body(html! { (disclosure) })) }
}
