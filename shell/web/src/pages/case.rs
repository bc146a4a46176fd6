//! One case: why it stands on its rung, what happened in it, and the records it stands on.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};
use ward_access::Act;
use ward_kernel::Rung;
use ward_live::{Kept, Standing};
use ward_store::cases::{self, Filed, Handling, Step};
use ward_store::evidence::{self, Sealed};
use ward_store::meta;

use super::cases::heading;
use super::parts::{Frame, codes, done, go_to, standing, wrong};
use crate::desk::Desk;
use crate::doing::cases::{
    Body, WORDS_MAX, decide as put_down, found, note as write, scope, standing_name,
};
use crate::doing::told;
use crate::fields::Sent;
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Act as Button, Choice, Col, Disclosure, Empty, Errors, Facts, Field, Form, Href, Html,
    Notice, RungBadge, Section, State as Look, Table, Tag, Timeline, cell, mono,
};
use crate::who::Who;
use crate::words::{handling_words, kind_words, logged};
use ward_store::office::PHONE;

/// Sources and accounts shown as a list.
const LISTED: usize = 1000;
/// Accounts that can be searched for by a button.
const SEARCHED: usize = 20;
/// Sealed records that are shown.
const RECORDS: usize = 200;

/// The page of one case and what people do with it.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "cases.show",
        verb: Verb::Get,
        path: "/cases/{id}",
        access: Access::Person(Act::SeeCase),
        kind: Kind::Page,
        summary: "Shows one case with its because, its steps and its evidence",
        handler: || get(show),
    },
    Route {
        name: "cases.decide",
        verb: Verb::Post,
        path: "/cases/{id}/decide",
        access: Access::Person(Act::DecideCase),
        kind: Kind::Page,
        summary: "Puts down what people make of a case: open, watched, closed",
        handler: || post(decide),
    },
    Route {
        name: "cases.note",
        verb: Verb::Post,
        path: "/cases/{id}/note",
        access: Access::Person(Act::NoteCase),
        kind: Kind::Page,
        summary: "Writes a note to a case",
        handler: || post(note),
    },
];

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    filed: Filed,
    body: Body,
    steps: Vec<Step>,
    evidence: Option<Vec<Sealed>>,
    related: Vec<Kept>,
    /// The telephone of the state's desk; may be empty.
    phone: String,
}

impl<'a> View<'a> {
    async fn load(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        let mut read = desk.store.read().await?;
        let filed = found(read.link(), who, id, Act::SeeCase).await?;
        let place = scope(&filed.case.scope);
        let body = Body::of(&filed.case);
        let steps = cases::steps(read.link(), id).await?;
        let evidence = if who.may(Act::SeeEvidence, place) {
            let own = who.narrowed(Act::SeeEvidence);
            Some(evidence::of(read.link(), id, own).await?)
        } else {
            None
        };
        let related = body.related(read.link(), &filed.case).await?;
        let phone = meta::get(read.link(), PHONE).await?.unwrap_or_default();
        let frame = Frame::load(desk, who, read.link()).await?;
        Ok(Self { frame, filed, body, steps, evidence, related, phone })
    }

    fn href(&self) -> Href {
        Href::at("/cases").join(&self.filed.case.id)
    }
}

async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = look(&desk, &who, &id).await?;
    done(shown(&view, &who, &Forms::default()))
}

/// Accounts, sources and raw records are people's data: that somebody looks is put down before
/// they see it.
async fn look<'a>(desk: &'a Desk, who: &'a Who, id: &str) -> Result<View<'a>, Refused> {
    let view = View::load(desk, who, id).await?;
    let records = view.evidence.as_ref().map_or(0, Vec::len);
    let detail = format!("with {}", ui::count(records as u64, "sealed record", "sealed records"));
    let tx = desk.store.begin().await?;
    tx.commit(who.did(desk.now(), "case.look", &view.filed.case.id, detail)).await?;
    Ok(view)
}

/// What was sent and could not be taken.
#[derive(Default)]
struct Forms {
    deciding: Errors,
    noting: Errors,
    handling: Option<Handling>,
    reason: Option<String>,
    note: String,
}

fn shown(view: &View<'_>, who: &Who, forms: &Forms) -> Html {
    let case = &view.filed.case;
    let place = scope(&case.scope);
    let failed = !forms.deciding.is_empty() || !forms.noting.is_empty();
    let page = view
        .frame
        .page(&view.href(), format!("{}: {}", case.rung.name(), heading(&case.title)))
        .heading(heading(&case.title))
        .crumb("Cases", Href::at("/cases"))
        .failed(failed)
        .as_of(view.frame.clock.exact(view.frame.now), view.href());
    page.render(&html! {
        (notices(view))
        (because(view))
        (summary(view))
        (evidence_section(view))
        (steps(view))
        (sources(view))
        (accounts(view))
        @if who.may(Act::DecideCase, place) { (decide_section(view, forms)) }
        @if who.may(Act::NoteCase, place) { (note_section(view, forms)) }
        (related(view))
    })
}

/// What changes how the page is to be read.
fn notices(view: &View<'_>) -> Markup {
    let case = &view.filed.case;
    let notice = match (&case.standing, &case.authorised) {
        (Standing::Merged(into), _) => Notice::info("This is a part of another case now")
            .action("Open that case", Href::at("/cases").join(into)),
        (Standing::Gone, _) => Notice::info("Explained later").body(html! {
            p { "Records that came later explained it: no judgement has it any more. It is kept \
                 as it last stood." }
        }),
        (Standing::Open, Some(owner)) => Notice::info("A registered test").body(html! {
            p { "It lies inside the window of a test that " (owner) " registered, and is not \
                 counted." }
        }),
        (Standing::Open, None) if calls(view) => Notice::bad("Call the state desk now").body(html! {
            p {
                @if view.phone.is_empty() { "It sees this case too. " } @else {
                    "Its telephone is " strong { (view.phone) } ", and it sees this case too. "
                }
                "Leave the machine as it is until you have spoken: what happened can be read from \
                 it."
            }
        }),
        (Standing::Open, None) if tells(view) => Notice::info("The state desk sees this too").body(html! {
            p {
                "Nobody got in, on the evidence at hand. If you know what it was, such as a test of \
                 your own or a forgotten password, write it as a note. If you are not sure, call"
                @if !view.phone.is_empty() { ": " strong { (view.phone) } }
                "."
            }
        }),
        (Standing::Open, None) => return html! {},
    };
    html! { (notice) }
}

/// Whether a local office has to call: somebody got in, and nobody has decided otherwise.
fn calls(view: &View<'_>) -> bool {
    let decided = view.filed.handling == Handling::Closed;
    view.filed.case.rung >= Rung::Access && !decided && !view.frame.is_state()
}

/// Whether a local office is told what an attempt means for it.
fn tells(view: &View<'_>) -> bool {
    let open = view.filed.handling == Handling::Open;
    view.filed.case.rung == Rung::Attempt && open && !view.frame.is_state()
}

fn summary(view: &View<'_>) -> Markup {
    let (case, body, clock) = (&view.filed.case, &view.body, &view.frame.clock);
    let lasted = case.last.since(case.first);
    let facts = Facts::new()
        .row("Kind", html! { (kind_words(&case.kind)) " " (mono(&case.kind)) })
        .row("Where", view.frame.places(&case.jurisdictions))
        .row("First record", cell(clock.exact(case.first)))
        .row("Last record", html! {
            (clock.exact(case.last))
            @if lasted > 0 { ", " (ui::length(lasted)) " later" }
        })
        .row("On the desk since", cell(clock.exact(case.opened)))
        .row("Records", cell(ui::grouped(case.records)))
        .row("Sources", html! {
            (codes(&case.sources, 4, case.source_count))
            @if !body.networks.is_empty() {
                ", mostly in " (codes(&body.networks, 4, body.networks.len() as u64))
            }
            @if let Some(known) = &body.known { " (" (known) ")" }
        })
        .row("Aimed at", html! {
            @if body.targets.is_empty() { "not named by the records" } @else {
                (codes(&body.targets, 6, body.target_count))
            }
        })
        .row("Standing", html! {
            (standing(standing_name(&case.standing), view.filed.handling, case.authorised.is_some()))
            @if !view.filed.reason.is_empty() { " " (view.filed.reason) }
        })
        .row("Identifier", mono(&case.id));
    html! { (Section::new("facts", "What is known").body(html! { (facts) })) }
}

fn because(view: &View<'_>) -> Markup {
    let case = &view.filed.case;
    let section =
        Section::new("because", format!("Why it is called {}", article(case.rung.name()))).body(
            html! {
                p { (RungBadge(case.rung)) " " (ui::soft(case.rung.definition())) }
                ul { @for sentence in &case.because { li { (sentence) } } }
            },
        );
    html! { (section) }
}

/// A rung with its article; `access` and `effect` take none.
fn article(rung: &str) -> String {
    match rung {
        "scan" => "a scan".to_owned(),
        "attempt" => "an attempt".to_owned(),
        other => other.to_owned(),
    }
}

fn steps(view: &View<'_>) -> Markup {
    let clock = &view.frame.clock;
    let mut timeline = Timeline::new("What happened in this case");
    let mut before = None;
    for step in &view.steps {
        timeline = timeline.at(clock.exact(step.at), heading(&step.what)).state(Look::Plain);
        // What people do moves a case to no other rung.
        if before.replace(step.rung) != Some(step.rung) {
            timeline = timeline.what(html! { (RungBadge(step.rung)) });
        }
    }
    let section = Section::new("steps", "What happened")
        .tally(ui::count(view.steps.len() as u64, "step", "steps"))
        .body(html! { (timeline) });
    html! { @if !view.steps.is_empty() { (section) } }
}

fn sources(view: &View<'_>) -> Markup {
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

fn accounts(view: &View<'_>) -> Markup {
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
    let body = if accounts.len() <= 8 {
        html! { (table) }
    } else {
        html! { (Disclosure::new("The accounts that were named", html! { (table) })) }
    };
    let section = Section::new("accounts", "Accounts")
        .tally(ui::count(accounts.len() as u64, "account", "accounts"))
        .body(body);
    html! { @if !accounts.is_empty() { (section) } }
}

fn evidence_section(view: &View<'_>) -> Markup {
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

fn related(view: &View<'_>) -> Markup {
    let section = Section::new("related", "Cases that share a source").body(html! {
        ul {
            @for other in &view.related {
                @let href = Href::at("/cases").join(&other.id);
                li { (ui::link(&heading(&other.title), &href)) " " (mono(&other.id)) }
            }
        }
    });
    html! { @if !view.related.is_empty() { (section) } }
}

fn decide_section(view: &View<'_>, forms: &Forms) -> Markup {
    let handling = forms.handling.unwrap_or(view.filed.handling);
    let reason = forms.reason.as_deref().unwrap_or(&view.filed.reason);
    let form = Form::new("decide", view.href().join("decide"), "Put it down")
        .field(
            Choice::one("handling", "What do you make of it?")
                .hinted("open", handling_words(Handling::Open), "Somebody has to look at it.")
                .hinted("watched", handling_words(Handling::Watched), "It is known and followed.")
                .hinted(
                    "closed",
                    handling_words(Handling::Closed),
                    "Nothing more is to be done. It opens by itself when its rung rises.",
                )
                .picked(handling.as_str()),
        )
        .field(
            Field::area("reason", "Why", 2)
                .hint("One sentence that others will understand. Needed to close a case.")
                .value(reason)
                .max(WORDS_MAX)
                .optional(),
        )
        .errors(&forms.deciding);
    html! { (Section::new("decision", "Decision").body(html! { (form) })) }
}

fn note_section(view: &View<'_>, forms: &Forms) -> Markup {
    let form = Form::new("note", view.href().join("note"), "Write it down")
        .field(
            Field::area("note", "A note for everybody who sees this case", 2)
                .hint("Such as \"that was our own scanner\". It stays with your name.")
                .value(&forms.note)
                .max(WORDS_MAX),
        )
        .errors(&forms.noting);
    html! { (Section::new("noting", "Note").body(html! { (form) })) }
}

async fn decide(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(sent): Sent,
) -> Answer {
    let (handling, reason) = (sent.text("handling").parse::<Handling>().ok(), sent.text("reason"));
    if let Err(deciding) = told(put_down(&desk, &who, &id, handling, reason).await)? {
        let view = look(&desk, &who, &id).await?;
        let reason = Some(reason.to_owned());
        let forms = Forms { deciding, handling, reason, ..Forms::default() };
        return wrong(shown(&view, &who, &forms));
    }
    go_to(&Href::at("/cases").join(&id))
}

async fn note(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(sent): Sent,
) -> Answer {
    let text = sent.text("note");
    if let Err(noting) = told(write(&desk, &who, &id, text).await)? {
        let view = look(&desk, &who, &id).await?;
        let forms = Forms { noting, note: text.to_owned(), ..Forms::default() };
        return wrong(shown(&view, &who, &forms));
    }
    go_to(&Href::at("/cases").join(&id))
}
