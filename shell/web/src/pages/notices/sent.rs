//! How notices are sent, and which were sent lately: whom and when, never what.

use axum::extract::State;
use maud::{Markup, html};
use ward_desk::notices::pace::Quiet;
use ward_kernel::time::DAY;
use ward_store::notices::{Line, State as Stands};
use ward_store::people::{self, Person};

use super::{ALL, in_an_hour, state, tells, trouble};
use crate::desk::Desk;
use crate::doing::notices::{all_lately, recipient};
use crate::pages::parts::{Frame, done};
use crate::refused::Answer;
use crate::ui::{Col, Empty, Facts, Href, Notice, Section, Table, Tag, cell, count, mono, none};
use crate::who::Who;

pub(super) async fn show(State(desk): State<Desk>, who: Who) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let lately = all_lately(read.link()).await?;
    let people = people::list(read.link(), None).await?;
    drop(read);
    let page = frame
        .page(&Href::at(ALL), "Notices")
        .crumb("Settings", Href::at("/settings"))
        .lead("What the desk tells people by e-mail and programs by webhook.");
    done(page.render(&html! {
        (ways(&desk))
        (sent(&frame, &lately, &people))
    }))
}

fn ways(desk: &Desk) -> Markup {
    let notices = &desk.settings.notices;
    let mail = notices.mail.as_deref();
    let quiet = notices.quiet.map(Quiet::hours);
    let facts = Facts::new()
        .row("Mail server", mail.map_or_else(|| cell(Tag::plain("None: no mail is sent")), mono))
        .row(
            "Webhooks",
            if notices.webhooks.is_empty() { none() } else { mono(&notices.webhooks.join(", ")) },
        )
        .row("To one person in an hour", in_an_hour(notices.per_hour))
        .row(
            "Quiet hours unless somebody chooses others",
            match quiet {
                Some((from, to)) => cell(format!("{from} to {to}")),
                None => none(),
            },
        )
        .row("Their clock", cell(notices.zone.as_deref().unwrap_or("The office's")));
    html! {
        (Section::new("ways", "How they are sent").body(html! {
            div.stack {
                @if notices.mail.is_none() && notices.webhooks.is_empty() {
                    (Notice::info("Nobody is told anything").body(html! {
                        p { "A mail server and webhooks are named under [notices] in ward.toml. \
                             Until then the desk tells only those who look." }
                    }))
                }
                (facts)
            }
        }))
    }
}

fn sent(frame: &Frame<'_>, lately: &[Line], people: &[Person]) -> Markup {
    let cols = [
        Col::when("Put together"),
        Col::head("To"),
        Col::text("Tells of"),
        Col::text("State"),
        Col::number("Tries"),
        Col::text("Last trouble"),
    ];
    let mut table = Table::new("Messages", cols).quiet().none(Empty::new(
        "Nothing was sent yet",
        "The newest messages stand here: to whom, when, and what was wrong where one was not taken.",
    ));
    for line in lately {
        table = table.row([
            cell(frame.clock.full(line.message.made)),
            cell(recipient(people, &line.message.recipient)),
            tells(line),
            state(line),
            cell(line.message.tries.to_string()),
            trouble(frame, line),
        ]);
    }
    let is_news = |line: &&Line| frame.now.since(line.message.made) < 7 * DAY;
    let failed = lately.iter().filter(|line| line.message.state == Stands::Failed);
    let failed = failed.filter(is_news).count();
    html! {
        (Section::new("sent", "Sent lately").body(html! {
            div.stack {
                @if failed > 0 {
                    (Notice::warn(format!(
                        "Of these, {} given up this week",
                        count(failed as u64, "message was", "messages were")
                    )).body(html! {
                        p { "Whoever was to get one has to be told by another way. What was wrong \
                             stands in the table." }
                    }))
                }
                (table)
            }
        }))
    }
}
