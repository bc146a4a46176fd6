//! Inviting somebody, and withdrawing it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use ward_access::{Act, Role};
use ward_store::invitations::Invitation;

use super::{HERE, local_places};
use crate::desk::Desk;
use crate::doing::invitations::{self as doing, grantable};
use crate::doing::told;
use crate::fields::{Fields, Sent};
use crate::pages::parts::{Frame, done, go_to};
use crate::refused::Answer;
use crate::ui::{Choice, CodeBlock, Errors, Field, Form, Go, Href, Html, Notice, Select};
use crate::who::Who;

pub(super) async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    done(page(&frame, &who, &Fields::default(), &Errors::new()))
}

/// What a role means, for whoever chooses one.
pub(crate) const fn about(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Runs the desk: people, settings, tokens, backups. Sees everything.",
        Role::Lead => "Leads the analysts: closes cases, retires sensors, invites local people.",
        Role::Analyst => "Works on the cases of the whole state.",
        Role::LocalClerk => "A clerk, a board member or their staff: sees their own jurisdiction.",
        Role::LocalIt => "Runs a local authority's machines: sees that authority alone.",
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
        .field(
            Field::email("email", "E-mail address")
                .value(fields.text("email"))
                .auto("off")
                .max(254),
        )
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
        .lead(
            "They get a link that opens once. By it they choose a password and a second factor: \
               nobody else ever knows either.",
        )
        .render(&html! { (form.errors(errors).cancel("Invite nobody", Href::at(HERE))) })
}

pub(super) async fn make(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    let made = told(doing::make(&desk, &who, &fields).await)?;
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    let (made, link) = match made {
        Ok(made) => made,
        Err(errors) => return Ok(again(&frame, &who, &fields, &errors)),
    };
    let page = frame
        .page(&Href::at(HERE), "Give them this link")
        .crumb("People", Href::at(HERE))
        .narrow()
        .notice(Notice::good(format!("The invitation of {} was made", made.name)));
    done(page.render(&link_to_give(&frame, &made, &link)))
}

fn again(
    frame: &Frame<'_>,
    who: &Who,
    fields: &Fields,
    errors: &Errors,
) -> axum::response::Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page(frame, who, fields, errors)).into_response()
}

/// The link, which is shown once, and what to do with it.
pub(super) fn link_to_give(frame: &Frame<'_>, made: &Invitation, link: &str) -> Markup {
    html! {
        div.stack {
            (CodeBlock::new("One-time link", link))
            p {
                "It opens once, until " (frame.clock.full(made.expires)) ". "
                strong { "It is shown this once: " } "copy it now."
            }
            p {
                "The desk sends no mail. Give the link by a way on which you know who hears you: a \
                 call to a number that you know, a message in your office's own system, or in \
                 person. Whoever opens it first is let in as " (made.name) "."
            }
            p { (Go::new("Back to people", Href::at(HERE)).second()) }
        }
    }
}

pub(super) async fn withdraw(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    let withdrawn = doing::withdraw(&desk, &who, fields.text("id")).await?;
    let here = Href::at(HERE);
    go_to(&if withdrawn { here.query("now", "withdrawn") } else { here })
}
