//! Inviting somebody, and withdrawing it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use ward_access::{Act, OrganisationKind, Role, may_grant};
use ward_store::invitations::{self, Invitation};
use ward_store::office::{self, Organisation};
use ward_store::{Link, people};

use super::{HERE, local_places, scope_of};
use crate::desk::Desk;
use crate::entry::new_id;
use crate::pages::checked::{add, email, name};
use crate::pages::invitation::{Guest, invite};
use crate::pages::parts::{Answer, Fields, Frame, Refused, Sent, done, go_to};
use crate::ui::{
    Choice, CodeBlock, Errors, Field, Form, Go, Href, Html, Notice, Select,
};
use crate::who::Who;

/// The id of the office's own organisation. No jurisdiction can have it.
pub(crate) const OFFICE: &str = "state";

pub(super) async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    done(page(&frame, &who, &Fields::default(), &Errors::new()))
}

/// The roles that somebody may give.
fn grantable(who: &Who) -> Vec<Role> {
    let own = who.actor.as_ref().map(|actor| actor.role);
    Role::ALL.into_iter().filter(|role| own.is_some_and(|own| may_grant(own, *role))).collect()
}

/// What a role means, for whoever chooses one.
pub(super) const fn about(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Runs the desk: people, settings, tokens, backups. Sees everything.",
        Role::Lead => "Leads the analysts: closes cases, retires sensors, invites local people.",
        Role::Analyst => "Works on the cases of the whole state.",
        Role::LocalClerk => "A clerk, a board member or their staff: sees the own jurisdiction.",
        Role::LocalIt => "Runs a local authority's machines: sees the own jurisdiction's.",
        Role::Partner => "Another organisation: sees what is shared with it.",
        Role::Auditor => "Sees everything but secrets and changes nothing.",
    }
}

fn page(frame: &Frame<'_>, who: &Who, fields: &Fields, errors: &Errors) -> Html {
    let mut roles = Choice::one("role", "What they are to the desk");
    for role in grantable(who) {
        roles = roles.hinted(role.as_str(), role.label(), about(role));
    }
    if let Some(role) = fields.given("role") {
        roles = roles.picked(role);
    }
    let mut places = Select::new("jurisdiction", "Jurisdiction")
        .hint("For a local clerk and for local IT: the one that they act for.")
        .optional();
    for one in local_places(frame, Act::Invite) {
        places = places.option(&one.id, &one.name);
    }
    if let Some(id) = fields.given("jurisdiction") {
        places = places.picked(id);
    }
    let mut form = Form::new("invite", Href::at("/people/invite"), "Make the invitation")
        .field(Field::text("name", "Name").value(fields.text("name")).max(120).auto("off").focus())
        .field(Field::email("email", "E-mail address").value(fields.text("email")).auto("off").max(254))
        .field(roles)
        .field(places);
    if grantable(who).contains(&Role::Partner) {
        form = form.field(
            Field::text("organisation", "Organisation")
                .hint("For a partner, and for an auditor from outside. Empty: the state's office.")
                .value(fields.text("organisation"))
                .max(120)
                .auto("off")
                .optional(),
        );
    }
    frame
        .page(&Href::at(HERE), "Invite somebody")
        .crumb("People", Href::at(HERE))
        .narrow()
        .failed(!errors.is_empty())
        .lead("They get a link that opens once. By it they choose a password and a second factor: \
               nobody else ever knows either.")
        .render(&html! { (form.errors(errors).cancel("Invite nobody", Href::at(HERE))) })
}

/// What was asked for, checked: everything but where they belong.
struct Wanted {
    name: String,
    email: String,
    role: Role,
    organisation: Option<String>,
    jurisdiction: Option<String>,
}

fn read(frame: &Frame<'_>, who: &Who, fields: &Fields) -> Result<Wanted, Errors> {
    let mut errors = Errors::new();
    let (name, email) = (name(fields, "name", &mut errors), email(fields, "email", &mut errors));
    let role = fields.text("role").parse().ok().filter(|role| grantable(who).contains(role));
    let Some(role) = role else {
        add(&mut errors, "role", "Choose what they are to the desk.");
        return Err(errors);
    };
    let jurisdiction = role.is_local().then(|| fields.text("jurisdiction").to_owned());
    if let Some(id) = &jurisdiction
        && !local_places(frame, Act::Invite).any(|one| &one.id == id)
    {
        let what = format!("A {} acts for one jurisdiction: choose it.", role.label().to_lowercase());
        add(&mut errors, "jurisdiction", what);
    }
    let outside = matches!(role, Role::Partner | Role::Auditor);
    let organisation = fields.given("organisation").filter(|_| outside);
    let organisation = organisation.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    if role == Role::Partner && organisation.is_none() {
        add(&mut errors, "organisation", "Write which organisation the partner belongs to.");
    }
    if organisation.as_ref().is_some_and(|text| text.len() > 240 || text.chars().any(char::is_control)) {
        add(&mut errors, "organisation", "Write the organisation's name alone, without control characters.");
    }
    if !who.may(Act::Invite, scope_of(jurisdiction.as_deref())) {
        add(&mut errors, "jurisdiction", "You cannot invite for this jurisdiction.");
    }
    if errors.is_empty() {
        Ok(Wanted { name, email, role, organisation, jurisdiction })
    } else {
        Err(errors)
    }
}

pub(super) async fn make(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    let mut tx = desk.store.begin().await?;
    let frame = Frame::load(&desk, &who, tx.link()).await?;
    let wanted = match read(&frame, &who, &fields) {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(again(&frame, &who, &fields, &errors)),
    };
    if let Some(errors) = taken(&desk, tx.link(), &wanted.email).await? {
        return Ok(again(&frame, &who, &fields, &errors));
    }
    let organisation = organisation(&desk, &frame, tx.link(), &wanted).await?;
    let guest = Guest {
        name: wanted.name,
        email: wanted.email,
        role: wanted.role,
        organisation,
        jurisdiction: wanted.jurisdiction,
        returns: false,
    };
    let (made, link) = invite(&desk, tx.link(), &who, guest).await?;
    tx.commit(who.did(desk.now(), "invitation.make", &made.id, detail(&made))).await?;
    let page = frame
        .page(&Href::at(HERE), "Give them this link")
        .crumb("People", Href::at(HERE))
        .narrow()
        .notice(Notice::good(format!("The invitation of {} was made", made.name)));
    done(page.render(&link_to_give(&frame, &made, &link)))
}

fn detail(made: &Invitation) -> String {
    match &made.jurisdiction {
        Some(id) => format!("{} of {id}", made.role),
        None => made.role.to_string(),
    }
}

fn again(frame: &Frame<'_>, who: &Who, fields: &Fields, errors: &Errors) -> axum::response::Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page(frame, who, fields, errors)).into_response()
}

/// The link, which is shown once, and what to do with it.
pub(super) fn link_to_give(frame: &Frame<'_>, made: &Invitation, link: &str) -> Markup {
    html! {
        (CodeBlock::new("One-time link", link))
        p {
            "It opens once, until " (frame.clock.full(made.expires)) ". "
            strong { "It is shown this once: " } "copy it now."
        }
        p {
            "The desk sends no mail. Give the link by a way on which you know who hears you: a \
             call to a number that you know, a message in your office's own system, or in person. \
             Whoever opens it first is let in as " (made.name) "."
        }
        p { (Go::new("Back to people", Href::at(HERE)).second()) }
    }
}

/// Whether the address is somebody's, or on its way to be.
async fn taken(desk: &Desk, mut link: Link<'_>, email: &str) -> Result<Option<Errors>, Refused> {
    if people::by_email(link.again(), email).await?.is_some() {
        let what = "Somebody with this address is known to the desk: look in the list of people.";
        return Ok(Some(Errors::new().add("email", what)));
    }
    let open = invitations::open_ones(link, desk.now()).await?;
    let waits = open.iter().any(|one| one.email == email);
    Ok(waits.then(|| {
        let what = "An invitation to this address is open: withdraw it first, then make a new one.";
        Errors::new().add("email", what)
    }))
}

/// The id of the organisation that they will belong to; made when it is not there.
async fn organisation(
    desk: &Desk,
    frame: &Frame<'_>,
    mut link: Link<'_>,
    wanted: &Wanted,
) -> Result<String, Refused> {
    let (id, kind, name) = match (&wanted.jurisdiction, &wanted.organisation) {
        (Some(id), _) => (id.clone(), OrganisationKind::LocalAuthority, frame.place(id).to_owned()),
        (None, None) => return Ok(OFFICE.to_owned()),
        (None, Some(name)) => {
            let all = office::organisations(link.again()).await?;
            let known = all.iter().find(|one| {
                one.kind == OrganisationKind::Partner && one.name.to_lowercase() == name.to_lowercase()
            });
            if let Some(known) = known {
                return Ok(known.id.clone());
            }
            (new_id(&desk.keys, "o")?, OrganisationKind::Partner, name.clone())
        }
    };
    if office::organisation(link.again(), &id).await?.is_none() {
        let jurisdiction = wanted.jurisdiction.clone();
        let new = Organisation { id: id.clone(), kind, name, jurisdiction };
        office::add_organisation(link, &new).await?;
    }
    Ok(id)
}

pub(super) async fn withdraw(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    let mut tx = desk.store.begin().await?;
    let open = invitations::open_ones(tx.link(), desk.now()).await?;
    let found = open.into_iter().find(|one| {
        one.id == fields.text("id") && who.may(Act::Invite, scope_of(one.jurisdiction.as_deref()))
    });
    let Some(found) = found else { return go_to(&Href::at(HERE)) };
    invitations::withdraw(tx.link(), &found.id).await?;
    tx.commit(who.did(desk.now(), "invitation.withdraw", &found.id, detail(&found))).await?;
    go_to(&Href::at(HERE).query("now", "withdrawn"))
}
