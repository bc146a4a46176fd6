//! The list of people, and the invitations that are open.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::{Act, Role};
use ward_store::invitations::{self, Invitation};
use ward_store::people::{self, Person};
use ward_store::{Link, office};

use super::{HERE, local_places, scope_of};
use crate::desk::Desk;
use crate::fields::{Asked, Fields};
use crate::pages::parts::{Frame, done};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Col, Empty, Form, Go, Href, Notice, Section, Select, Table, Tag, cell, count,
    link, none,
};
use crate::who::Who;

/// What stands for no choice in the filter.
const ALL: &str = "all";

pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(fields): Asked) -> Answer {
    let mut tx = desk.store.begin().await?;
    let frame = Frame::load(&desk, &who, tx.link()).await?;
    let people = chosen(tx.link(), &who, &fields).await?;
    let organisations = office::organisations(tx.link()).await?;
    let invites = frame.sees(Act::Invite);
    let open =
        if invites { invitations::open_ones(tx.link(), desk.now()).await? } else { Vec::new() };
    tx.commit(who.did(desk.now(), "people.look", "", looked_at(&fields, people.len()))).await?;
    let place = |person: &Person| match &person.jurisdiction {
        Some(id) => frame.place(id).to_owned(),
        None => organisations
            .iter()
            .find(|one| one.id == person.organisation)
            .map_or_else(String::new, |one| one.name.clone()),
    };
    let open: Vec<Invitation> = open
        .into_iter()
        .filter(|one| who.may(Act::Invite, scope_of(one.jurisdiction.as_deref())))
        .collect();
    let mut page = frame.page(&Href::at(HERE), "People");
    if fields.text("now") == "withdrawn" {
        page =
            page.notice(Notice::good("The invitation was withdrawn: its link opens nothing now"));
    }
    if invites {
        page = page.actions(html! { (Go::new("Invite somebody", Href::at("/people/invite"))) });
    }
    done(page.render(&html! {
        (filter(&frame, &fields))
        p.note {
            (count(u64::try_from(people.len()).unwrap_or(u64::MAX), "person", "people"))
            ". That you looked is in the audit."
        }
        (table(&frame, &people, place))
        @if invites { (invitations_section(&frame, &open)) }
    }))
}

async fn chosen(link: Link<'_>, who: &Who, fields: &Fields) -> Result<Vec<Person>, Refused> {
    let narrowed = who
        .narrowed(Act::SeePeople)
        .or_else(|| fields.given("jurisdiction").filter(|id| *id != ALL));
    let mut people = people::list(link, narrowed).await?;
    if let Ok(role) = fields.text("role").parse::<Role>() {
        people.retain(|person| person.role == role);
    }
    Ok(people)
}

/// What the audit says of the look: which list, and how long it was.
fn looked_at(fields: &Fields, length: usize) -> String {
    let length = count(u64::try_from(length).unwrap_or(u64::MAX), "person", "people");
    let of = |name: &str| {
        let plain = fields.given(name).filter(|value| {
            value.len() <= 48 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        plain.map(|value| format!(", {name} {value}")).unwrap_or_default()
    };
    format!("{length}{}{}", of("jurisdiction"), of("role"))
}

fn filter(frame: &Frame<'_>, fields: &Fields) -> Markup {
    let places: Vec<_> = local_places(frame, Act::SeePeople).collect();
    let mut form = Form::new("filter", Href::at(HERE), "Show").get().inline();
    if places.len() > 1 {
        let mut select = Select::new("jurisdiction", "Jurisdiction").option(ALL, "All");
        for one in places {
            select = select.option(&one.id, &one.name);
        }
        form = form.field(select.picked(fields.given("jurisdiction").unwrap_or(ALL)));
    }
    let mut roles = Select::new("role", "Role").option(ALL, "All");
    for role in Role::ALL {
        roles = roles.option(role.as_str(), role.label());
    }
    html! { (form.field(roles.picked(fields.given("role").unwrap_or(ALL)))) }
}

fn table(frame: &Frame<'_>, people: &[Person], place: impl Fn(&Person) -> String) -> Markup {
    let mut table = Table::new(
        "People of the desk",
        [
            Col::head("Name"),
            Col::text("Role"),
            Col::text("For"),
            Col::text("State"),
            Col::when("Last signed in"),
        ],
    )
    .quiet()
    .none(Empty::new("Nobody", "Nobody fits what was asked for."));
    for person in people {
        let last = person.last_sign_in.map(|at| frame.clock.ago(at, frame.now));
        table = table.row([
            link(&person.name, &Href::at(HERE).join(&person.id)),
            cell(person.role.label()),
            cell(place(person)),
            cell(state(person)),
            last.map_or_else(none, cell),
        ]);
    }
    html! { (table) }
}

/// Whether somebody may sign in, in a word.
pub(super) fn state(person: &Person) -> Tag {
    match (person.active, person.last_sign_in) {
        (false, _) => Tag::silent("Kept out"),
        (true, None) => Tag::plain("Not in yet"),
        (true, Some(_)) => Tag::good("Active"),
    }
}

fn invitations_section(frame: &Frame<'_>, open: &[Invitation]) -> Markup {
    let mut table = Table::new(
        "Invitations that are open",
        [
            Col::head("Name"),
            Col::text("Role"),
            Col::text("For"),
            Col::when("Runs out"),
            Col::acts("Withdraw"),
        ],
    )
    .none(Empty::new("None is open", "A link is good for a week, and for one person."));
    for (i, one) in open.iter().enumerate() {
        let place = one.jurisdiction.as_deref().map_or("The state", |id| frame.place(id));
        let button = Button::new(
            format!("withdraw-{i}"),
            Href::at("/people/invitations/withdraw"),
            "Withdraw",
        );
        table = table.row([
            cell(&one.name),
            cell(one.role.label()),
            cell(place),
            cell(frame.clock.ago(one.expires, frame.now)),
            cell(button.about(&one.name).with("id", &one.id)),
        ]);
    }
    html! { (Section::new("invitations", "Invitations").body(html! { (table) })) }
}
