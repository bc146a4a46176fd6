//! The contacts of one office: read, called, changed in a minute on a telephone, and confirmed.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act, Jurisdiction, Scope};
use ward_desk::calendar::Election;
use ward_desk::directory::{self, Contact, Directory, Freshness, Listed};
use ward_desk::{Body, Line, Log};

use super::{HERE, tag, title};
use crate::desk::Desk;
use crate::doing::contacts::{look, one, part, part_of, put as put_down};
use crate::doing::{elections, logs, told};
use crate::fields::{Asked, Fields, Sent};
use crate::pages::entries::timeline;
use crate::pages::failed::Failed;
use crate::pages::parts::{Frame, done, go_to, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Call, Check, Disclosure, Empty, Facts, Field, Form, Go, Hidden, Href, Html,
    Notice, Section, State as Look, Width, cell, count, link, soft,
};
use crate::who::Who;

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    jurisdiction: Jurisdiction,
    log: Arc<Log<Directory>>,
    /// The log whose entries are shown, and which of the office's it is.
    history: (Arc<Log<Directory>>, u64),
    elections: Vec<Election>,
    changes: bool,
    key: String,
}

impl<'a> View<'a> {
    /// People's numbers are people's data: that somebody looks is put down.
    async fn look(desk: &'a Desk, who: &'a Who, id: &str, asked: &Fields) -> Result<Self, Refused> {
        let mut read = desk.store.read().await?;
        let (jurisdiction, filed) = one(read.link(), who, id).await?;
        let newest = filed.as_ref().and_then(|filed| part_of(&filed.place.id, id)).unwrap_or(1);
        let log = filed.map(|filed| filed.log).unwrap_or_default();
        let wanted = asked.number("part").and_then(|part| u64::try_from(part).ok());
        let history = match wanted.filter(|part| *part != newest) {
            Some(wanted) => (part(read.link(), who, (id, wanted)).await?.log, wanted),
            None => (Arc::clone(&log), newest),
        };
        let frame = Frame::load(desk, who, read.link()).await?;
        let elections = elections::all(read.link()).await?;
        drop(read);
        look(desk, who, id).await?;
        let changes = who.may(Act::ChangeContacts, Scope::Jurisdiction(id));
        let key = logs::new_key(desk)?;
        Ok(Self { frame, jurisdiction, log, history, elections, changes, key })
    }

    fn here(&self) -> Href {
        Href::at(HERE).join(&self.jurisdiction.id)
    }
}

pub(super) async fn show(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Asked(asked): Asked,
) -> Answer {
    let view = View::look(&desk, &who, &id, &asked).await?;
    done(page(&view, &Failed::default()))
}

pub(super) async fn put(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    match told(put_down(&desk, &who, &id, &fields).await)? {
        Ok(()) => go_to(&Href::at(HERE).join(&id)),
        Err(errors) => {
            let view = View::look(&desk, &who, &id, &Fields::default()).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let contacts = view.log.state().in_order();
    let mut page = view
        .frame
        .page(&view.here(), "Contacts")
        .heading(format!("Contacts: {}", view.jurisdiction.name))
        .lead("Who is called here, by which way. On election night the state's desk calls by this.")
        .failed(failed.is_any())
        .actions(html! { (Go::new("For paper", Href::at("/contacts/print")).second()) });
    if view.frame.is_state() {
        page = page.crumb("Contacts", Href::at(HERE));
    }
    page.render(&html! {
        (refused(failed))
        (standing(view))
        (Section::new("contacts", "Who is called")
            .tally(count(contacts.len() as u64, "contact", "contacts"))
            .body(html! {
                @if contacts.is_empty() {
                    (Empty::new(
                        "Nobody is named",
                        "Name at least one telephone that somebody answers on election night, and \
                         a second way for when it fails.",
                    ))
                } @else {
                    div.contacts {
                        @for (id, listed) in &contacts { (contact(view, id, listed, failed)) }
                    }
                }
            }))
        @if view.changes && contacts.len() < directory::MOST { (adding(view, failed)) }
        @if !view.log.entries().is_empty() { (history(view)) }
    })
}

/// What cannot be said at a form of the page.
fn refused(failed: &Failed) -> Markup {
    failed.notice(failed.is("put"))
}

/// How fresh it is, and one press that says that all of it is still right.
fn standing(view: &View<'_>) -> Markup {
    let state = view.log.state();
    let Some(confirmed) = state.confirmed() else { return html! {} };
    let by = state.in_order().into_iter().find(|(_, one)| one.confirmed == confirmed);
    let by = by.map(|(_, one)| one.by.name.as_str()).unwrap_or_default();
    let entry = state.newest().to_string();
    let button = Button::new("confirm", view.here(), "All of this is still right")
        // The same page says the same: pressed twice, it is one entry.
        .with("key", format!("confirm-{}", view.log.entries().len()))
        .with("act", "confirm")
        .with("entry", entry);
    let facts =
        Facts::new().row("State", html! { (tag(&view.frame, state, &view.elections)) }).row(
            "Right since",
            html! {
                (view.frame.clock.full(confirmed)) ", said by " (by)
            },
        );
    let is_old = state.freshness(&view.elections, view.frame.now) == Freshness::Old;
    let asks = Notice::warn("Is all of this still right?").body(html! {
        p { "Nobody has said so for this election. Read it, change what is wrong, then confirm it." }
    });
    html! {
        @if is_old { (asks) }
        (facts)
        @if view.changes { div.press { (button) } }
    }
}

fn contact(view: &View<'_>, id: &str, listed: &Listed, failed: &Failed) -> Markup {
    let contact = &listed.contact;
    let mut facts = Facts::new();
    if let Some(number) = &contact.telephone {
        facts = facts.row("Telephone", html! { (Call::new(number.as_str())) });
    }
    for (term, line) in [
        ("Second way", &contact.second),
        ("E-mail", &contact.mail),
        ("Hours", &contact.hours),
        ("Note", &contact.note),
    ] {
        if let Some(line) = line {
            facts = facts.row(term, cell(line.as_str()));
        }
    }
    let open = failed.is_any() && failed.fields.text("contact") == id;
    let remove = Button::new(format!("remove-{id}"), view.here(), "Remove this contact")
        .about(contact.title.as_str())
        .danger()
        .with("key", format!("{}-remove-{}", view.key, listed.place))
        .with("act", "remove")
        .with("contact", id)
        .with("of", listed.entry.to_string());
    html! {
        article.contact id={ "contact-" (id) } {
            h3 { (title(contact)) @if contact.first { " " (soft("called first")) } }
            (facts)
            @if view.changes {
                (Disclosure::new("Change or remove", html! {
                    div.stack {
                        (form(view, Some((id, listed)), failed))
                        (remove)
                    }
                }).open_if(open))
            }
        }
    }
}

fn adding(view: &View<'_>, failed: &Failed) -> Markup {
    let open = view.log.state().confirmed().is_none() || is_sent(view, None, failed);
    let section = Section::new("adding", "Add a contact").body(html! {
        (Disclosure::new("Somebody else is to be called", form(view, None, failed)).open_if(open))
    });
    html! { (section) }
}

/// Whether what could not be taken was sent by this form. What was written about a contact that is
/// none any more stands in the form for a new one.
fn is_sent(view: &View<'_>, id: Option<&str>, failed: &Failed) -> bool {
    let sent = failed.fields.given("contact").filter(|id| view.log.state().get(id).is_some());
    failed.is("put") && sent == id
}

/// The form of a contact, with what stands there or what was sent and could not be taken.
fn form(view: &View<'_>, of: Option<(&str, &Listed)>, failed: &Failed) -> Markup {
    let (id, listed) = of.unzip();
    let contact = listed.map(|listed| &listed.contact);
    let again = is_sent(view, id, failed);
    let value = |name: &str, line: Option<&Line>| {
        if again {
            failed.fields.text(name).to_owned()
        } else {
            line.map(ToString::to_string).unwrap_or_default()
        }
    };
    let line = |of: fn(&Contact) -> Option<&Line>| contact.and_then(of);
    let field = |name: &'static str, label: &str, of: fn(&Contact) -> Option<&Line>| {
        Field::text(name, label).value(value(name, line(of))).max(Line::MAX).auto("off")
    };
    let name = id.map_or_else(|| "new".to_owned(), |id| format!("change-{id}"));
    let submit = if id.is_some() { "Save this contact" } else { "Add this contact" };
    let key = match listed {
        Some(listed) => format!("{}-{}", view.key, listed.place),
        None => view.key.clone(),
    };
    let first = if again {
        failed.fields.text("first") == "yes"
    } else {
        contact.is_some_and(|contact| contact.first)
    };
    let form = Form::new(name, view.here(), submit)
        .field(Hidden::new("key", key))
        .field(Hidden::new("act", "put"))
        .field(Hidden::new("contact", id.unwrap_or_default()))
        .field(Hidden::new("of", listed.map(|one| one.entry.to_string()).unwrap_or_default()))
        .field(
            field("title", "What they are", |one| Some(&one.title))
                .hint("County clerk, deputy, duty telephone, sheriff's dispatch."),
        )
        .field(
            field("telephone", "Telephone", |one| one.telephone.as_ref())
                .auto("tel")
                .width(Width::Medium)
                .optional(),
        )
        .field(
            field("second", "A second way", |one| one.second.as_ref())
                .hint("Another number, a radio call sign, or who can go there.")
                .optional(),
        )
        .field(field("name", "Name", |one| one.name.as_ref()).optional())
        .field(field("mail", "E-mail", |one| one.mail.as_ref()).optional())
        .field(field("hours", "When they can be reached", |one| one.hours.as_ref()).optional())
        .field(field("note", "What else one has to know", |one| one.note.as_ref()).optional())
        .field(Check::new("first", "Called before the others").on(first));
    html! { (failed.marked(form, again)) }
}

/// Everything that was put down, the newest first.
fn history(view: &View<'_>) -> Markup {
    let (log, part) = (&view.history.0, view.history.1);
    let words = |number: u64, act: &directory::Act| {
        let (title, what) = match act {
            directory::Act::Put { contact, .. } => ("Put down", said(contact)),
            directory::Act::Remove { id, .. } => ("Removed", removed(log, id, number)),
            directory::Act::Confirm { .. } => ("Confirmed", "All of it is right.".to_owned()),
            directory::Act::Carry(stood) => {
                let all: Vec<String> =
                    stood.in_order().iter().map(|(_, one)| said(&one.contact)).collect();
                ("Carried over from the entries before", all.join(". "))
            }
        };
        (title, Look::Plain, html! { p { (what) } })
    };
    let label = "What was put down of these contacts";
    let newest = log.entries().iter().rev();
    let timeline = timeline(&view.frame, label, (log, newest), words);
    let entries = log.entries().len() as u64;
    let is_old = !Arc::ptr_eq(log, &view.log);
    let before = (part > 1).then(|| view.here().query("part", &(part - 1).to_string()));
    let section = Section::new("entries", "What was put down")
        .tally(count(entries, "entry", "entries"))
        .body(html! {
            (Disclosure::new("Show all of it", html! { (timeline) }))
            @if is_old {
                p { "These are the entries before those of now. "
                    (link("The newest entries", &view.here())) "." }
            }
            @if let Some(before) = before { p { (link("What was put down before", &before)) } }
        });
    html! { (section) }
}

/// A contact in one line.
fn said(contact: &Contact) -> String {
    let ways = [&contact.telephone, &contact.second, &contact.mail];
    let ways = ways.into_iter().flatten().map(Line::as_str);
    let all: Vec<String> = std::iter::once(title(contact)).chain(ways.map(str::to_owned)).collect();
    all.join("; ")
}

/// The contact that an entry took away, as it was put down last before.
fn removed(log: &Log<Directory>, id: &str, number: u64) -> String {
    let before = log.entries().iter().rev().filter(|entry| entry.number < number);
    let mut put = before.filter_map(|entry| match &entry.body {
        Body::Act(directory::Act::Put { id: of, contact, .. }) if of == id => Some(said(contact)),
        Body::Act(directory::Act::Carry(stood)) => stood.get(id).map(|one| said(&one.contact)),
        _ => None,
    });
    put.next().unwrap_or_default()
}
