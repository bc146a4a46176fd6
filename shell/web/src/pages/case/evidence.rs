//! Who did it, which accounts were named, and the records that a case stands on.

use maud::{Markup, html};
use sha2::{Digest as _, Sha256};
use ward_access::Act;
use ward_store::evidence::Sealed;

use super::View;
use crate::pages::cases::heading;
use crate::ui::{
    self, Act as Button, Col, Disclosure, Empty, Href, Section, Table, Tag, cell, mono,
};
use crate::words::logged;

/// Sources and accounts shown as a list.
const LISTED: usize = 1000;
/// Accounts that can be searched for by a button.
const SEARCHED: usize = 20;
/// Sealed records that are shown.
const RECORDS: usize = 200;

pub(super) fn sources(view: &View<'_>) -> Markup {
    let case = &view.filed.case;
    let hunts = view.frame.sees(Act::Hunt);
    let rest = case.source_count.saturating_sub(case.sources.len().min(LISTED) as u64);
    let list = html! {
        ul {
            @for source in case.sources.iter().take(LISTED) {
                @let text = source.to_string();
                li {
                    @if hunts {
                        a href=(Href::at("/hunt").query("q", &text)) { code { (text) } }
                    } @else {
                        code { (text) }
                    }
                }
            }
        }
        @if rest > 0 { p { "And " (ui::grouped(rest)) " more, which are counted and not listed." } }
    };
    let words = if hunts { "Each opens the search over thirteen months" } else { "The addresses" };
    let body = if case.sources.len() <= 12 {
        list
    } else {
        html! { (Disclosure::new(words, list)) }
    };
    let section = Section::new("sources", "Who")
        .tally(ui::count(case.source_count, "source", "sources"))
        .body(body);
    html! { @if !case.sources.is_empty() { (section) } }
}

pub(super) fn accounts(view: &View<'_>) -> Markup {
    let accounts = &view.body.accounts;
    let hunts = view.frame.sees(Act::Hunt);
    let mut table =
        Table::new("Accounts that were named", [Col::head("Account"), Col::acts("Search")]).quiet();
    for (number, account) in accounts.iter().take(LISTED).enumerate() {
        // An account is a person's: it is sent in a form, never in an address.
        let search = (hunts && number < SEARCHED).then(|| {
            Button::new(format!("hunt-{number}"), Href::at("/hunt"), "Search")
                .about(account.as_str())
                .with("list", format!("account:{account}"))
        });
        table = table.row([mono(account), html! { @if let Some(search) = search { (search) } }]);
    }
    let named = html! {
        @if hunts { (table) } @else {
            ul { @for account in accounts.iter().take(LISTED) { li { (mono(account)) } } }
        }
    };
    let body = if accounts.len() <= 8 {
        named
    } else {
        html! { (Disclosure::new("The accounts that were named", named)) }
    };
    let section = Section::new("accounts", "Accounts")
        .tally(ui::count(accounts.len() as u64, "account", "accounts"))
        .body(body);
    html! { @if !accounts.is_empty() { (section) } }
}

pub(super) fn records(view: &View<'_>) -> Markup {
    let Some(records) = &view.evidence else { return html! {} };
    let mut table = Table::new(
        "Records that this case stands on, as they were logged",
        [
            Col::head("Shows"),
            Col::when("When"),
            Col::text("Sensor"),
            Col::raw("Record, its place and its fingerprint (SHA-256)"),
        ],
    )
    .quiet()
    .none(Empty::new(
        "No record is sealed yet",
        "A few of the records behind a case are sealed a moment after it opens.",
    ));
    for record in records.iter().take(RECORDS) {
        table = table.row(sealed(view, record));
    }
    let section = Section::new("evidence", "Evidence")
        .tally(ui::count(records.len() as u64, "sealed record", "sealed records"))
        .body(html! {
            @if !records.is_empty() {
                p { "A sealed record is kept with its fingerprint, by which anybody can see that \
                     nobody has changed it since." }
            }
            (table)
            @if records.len() > RECORDS {
                p { "The first " (RECORDS) " are shown." }
            }
        });
    html! { (section) }
}

fn sealed(view: &View<'_>, record: &Sealed) -> [Markup; 4] {
    let fits = Sha256::digest(&record.line).as_slice() == record.sha256.as_slice();
    let sensor = Href::at("/sensors").join(&record.sensor);
    [
        cell(heading(&record.shows)),
        cell(view.frame.clock.exact(record.at)),
        ui::link(&record.sensor_name, &sensor),
        html! {
            // In one piece, which a narrow screen keeps together.
            div {
                code { (logged(&record.line)) } br;
                (ui::soft("In ")) (mono(&record.stream_name))
                (ui::soft(&format!(" from byte {}", ui::grouped(record.place)))) br;
                (ui::soft("SHA-256 ")) (mono(&data_encoding::HEXLOWER.encode(&record.sha256))) " "
                @if !fits { (Tag::bad("does not fit its seal")) }
            }
        },
    ]
}
