//! The state's list: every office with whom to call first, and how fresh that is.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::Election;
use ward_desk::directory::{Freshness, wanted_since};

use super::{HERE, label, tag, title, way};
use crate::desk::Desk;
use crate::doing::contacts::{Office, all, look};
use crate::doing::elections;
use crate::fields::{Asked, Fields};
use crate::pages::parts::{Frame, any, done, go_to, picked};
use crate::refused::Answer;
use crate::ui::{
    Col, Empty, Field, Form, Go, Href, Section, Stat, State as Look, Stats, Table, cell, count,
    link, none,
};
use crate::who::Who;

/// What can be asked for: the name in the address, and the words for it.
const STATES: [(&str, Freshness); 3] =
    [("nobody", Freshness::Nobody), ("old", Freshness::Old), ("fresh", Freshness::Fresh)];

pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    // Whoever acts for one jurisdiction has one page.
    if let Some(own) = who.narrowed(Act::SeeContacts) {
        return go_to(&Href::at(HERE).join(own));
    }
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let elections = elections::all(read.link()).await?;
    let offices = all(read.link(), &who, &frame.jurisdictions).await?;
    drop(read);
    look(&desk, &who, "").await?;
    let here = Href::at(HERE);
    let now = frame.now;
    let shown: Vec<&Office> =
        offices.iter().filter(|one| fits(one, &asked, &elections, now)).collect();
    let page = frame
        .page(&here, "Contacts")
        .lead(
            "Who is called at each office, by which way, and when somebody there last said that it \
             is right. Who looks at it leaves a row in the audit.",
        )
        .actions(html! {
            (Go::new("Telephone list for paper", Href::at("/contacts/print")).second())
        });
    done(page.render(&html! {
        (numbers(&frame, &offices, &elections))
        (search(&asked))
        (Section::new("offices", "Offices")
            .tally(count(shown.len() as u64, "office", "offices"))
            .body(table(&frame, &shown, &elections)))
    }))
}

/// Whether an office is among those that were asked for: by its name, or by what its people are.
/// Names of people are not looked for, since what is asked for stands in the address.
fn fits(office: &Office, asked: &Fields, elections: &[Election], now: ward_kernel::Time) -> bool {
    let words = asked.text("q").to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&words);
    let mut contacts = office.directory.in_order().into_iter();
    let found = words.is_empty()
        || holds(&office.jurisdiction.name)
        || contacts.any(|(_, one)| holds(one.contact.title.as_str()));
    let wanted = asked.chosen("state");
    let is = STATES.iter().find(|(name, _)| wanted == Some(name)).map(|(_, is)| *is);
    found && is.is_none_or(|is| office.directory.freshness(elections, now) == is)
}

fn numbers(frame: &Frame<'_>, offices: &[Office], elections: &[Election]) -> Markup {
    let of = |is: Freshness| {
        let fits = |one: &&Office| one.directory.freshness(elections, frame.now) == is;
        offices.iter().filter(fits).count()
    };
    let since = match wanted_since(elections, frame.now) {
        Some(since) => format!("since {}", frame.clock.day(since).words()),
        None => "no election is near".to_owned(),
    };
    let stat = |label: &str, is: Freshness, look: Look, note: String| {
        let many = of(is);
        let look = if many == 0 { Look::Good } else { look };
        Stat::new(label, many.to_string())
            .unit(format!("of {}", offices.len()))
            .state(look)
            .note(note)
    };
    let stats = Stats::new()
        .with(
            Stat::new("Offices with confirmed contacts", of(Freshness::Fresh).to_string())
                .unit(format!("of {}", offices.len()))
                .note(since),
        )
        .with(stat(
            "Not confirmed for this election",
            Freshness::Old,
            Look::Warn,
            "a number that was right in spring is a guess".to_owned(),
        ))
        .with(stat(
            "Nobody named",
            Freshness::Nobody,
            Look::Bad,
            "nobody there can be called from this list".to_owned(),
        ));
    html! { (stats) }
}

fn search(asked: &Fields) -> Form {
    let list = STATES
        .iter()
        .fold(any("state", "State", "Any"), |list, (name, is)| list.option(*name, label(*is)));
    Form::new("find", Href::at(HERE), "Find")
        .get()
        .inline()
        .field(Field::search("q", "Office, or what somebody is there").value(asked.text("q")))
        .field(picked(list, asked, "state"))
}

fn table(frame: &Frame<'_>, offices: &[&Office], elections: &[Election]) -> Markup {
    let cols = [
        Col::head("Office"),
        Col::text("Called first"),
        Col::when("By"),
        Col::number("Contacts"),
        Col::when("Right since"),
        Col::text("State"),
    ];
    let mut table = Table::new("Offices and whom to call", cols).quiet().none(Empty::new(
        "No office fits",
        "Ask for less, or leave the fields empty to see all of them.",
    ));
    // Whoever cannot be called stands first.
    let mut offices: Vec<&&Office> = offices.iter().collect();
    offices.sort_by_key(|one| one.directory.freshness(elections, frame.now));
    for one in offices {
        let contacts = one.directory.in_order();
        let first = contacts.first().map(|(_, listed)| &listed.contact);
        let href = Href::at(HERE).join(&one.jurisdiction.id);
        table = table.row([
            html! { (link(&one.jurisdiction.name, &href)) },
            first.map_or_else(none, |contact| cell(title(contact))),
            first.map_or_else(none, way),
            cell(contacts.len().to_string()),
            one.directory.confirmed().map_or_else(none, |at| cell(frame.clock.day(at))),
            html! { (tag(frame, &one.directory, elections)) },
        ]);
    }
    html! { (table) }
}
