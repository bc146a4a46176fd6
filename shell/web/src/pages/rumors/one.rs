//! One rumor: what is told, what is true of it, what was done, and what can be done.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act, Scope};
use ward_desk::rumor::{Finding, Rumor, Stage};
use ward_desk::{Body, Line, Words};

use super::entries::{named, timeline};
use super::list::brief;
use super::new::jurisdictions;
use super::{HERE, about, finding_tag, spread, stage_tag};
use crate::desk::Desk;
use crate::doing::logs::{self, Filed};
use crate::doing::rumors::{self, Sight, harmless};
use crate::doing::told;
use crate::fields::{Fields, Sent};
use crate::kept::{ByScript, stands};
use crate::pages::parts::{Frame, done, go_to, not_done, prose, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Choice, Disclosure, Errors, Facts, Field, Form, Hidden, Href, Html, Notice, Section, Select,
    cell, count, mono,
};
use crate::who::Who;

/// What the page is about.
pub(super) struct View<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) who: &'a Who,
    pub(super) rumor: Filed<Rumor>,
    pub(super) sight: Sight,
    /// A key for whatever is sent from this page.
    key: String,
}

/// What was sent and could not be taken.
#[derive(Default)]
struct Failed {
    fields: Fields,
    errors: Errors,
    why: Vec<String>,
}

impl Failed {
    fn new(fields: Fields, errors: Errors) -> Self {
        let (why, errors) = errors.apart();
        Self { fields, errors, why }
    }

    /// What was typed into a field of the form that failed.
    fn typed(&self, act: &str, name: &str) -> &str {
        if self.fields.text("act") == act { self.fields.text(name) } else { "" }
    }
}

impl<'a> View<'a> {
    /// Who heard something is people's data: that somebody looks is put down.
    async fn look(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        let mut read = desk.store.read().await?;
        let (rumor, sight) = rumors::found(read.link(), who, id).await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        drop(read);
        let tx = desk.store.begin().await?;
        tx.commit(who.did(desk.now(), "rumor.look", id, "")).await?;
        Ok(Self { frame, who, rumor, sight, key: logs::new_key(desk)? })
    }

    fn href(&self) -> Href {
        Href::at(HERE).join(&self.rumor.place.id)
    }
}

pub(super) async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::look(&desk, &who, &id).await?;
    done(page(&view, &Failed::default()))
}

pub(super) async fn again(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    by_script: ByScript,
    Sent(fields): Sent,
) -> Answer {
    match told(rumors::again(&desk, &who, &id, &fields).await)? {
        Ok(()) => stands(by_script, &Href::at(HERE).join(&id)),
        Err(errors) => {
            let view = View::look(&desk, &who, &id).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

pub(super) async fn work(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    match told(rumors::work(&desk, &who, &id, &fields).await)? {
        Ok(()) => go_to(&Href::at(HERE).join(&id)),
        Err(errors) => {
            let view = View::look(&desk, &who, &id).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let state = view.rumor.log.state();
    let claim = state.heard.as_ref().map(|heard| brief(heard.claim.as_str()));
    let works = view.who.may(Act::WorkRumor, Scope::State);
    view.frame
        .page(&view.href(), claim.unwrap_or_else(|| "A rumor".to_owned()))
        .crumb("Rumors", Href::at(HERE))
        .failed(!failed.errors.is_empty() || !failed.why.is_empty())
        .as_of(view.frame.clock.exact(view.frame.now), view.href())
        .render(&html! {
            (not_done(&failed.why, &failed.fields))
            (verdict(state))
            (facts(view))
            (history(view))
            @if view.frame.sees(Act::HearRumor) { (hearing(view, failed)) }
            @if works { (working(view, failed)) }
        })
}

/// What is true of it, first of all.
fn verdict(state: &Rumor) -> Markup {
    let Some(found) = &state.found else {
        return html! {
            (Notice::warn("Nobody has found out yet whether this is so: do not pass it on"))
        };
    };
    let title = match found.finding {
        Finding::False => "This is not so",
        Finding::Misleading => "This misleads: it is partly so",
        Finding::True => "This is so",
        Finding::Open => "Whether this is so cannot be said yet: do not pass it on",
    };
    let body = html! {
        (prose(&found.facts))
        p { "Confirmed by " (found.confirmed) "." }
    };
    let notice = match found.finding {
        Finding::False | Finding::Misleading => Notice::bad(title),
        Finding::True => Notice::good(title),
        Finding::Open => Notice::warn(title),
    };
    html! { (notice.body(body)) }
}

fn facts(view: &View<'_>) -> Markup {
    let state = view.rumor.log.state();
    let Some(heard) = &state.heard else { return html! {} };
    let mut facts = Facts::new().row("What is told", prose(&heard.claim));
    // What was corrected is not read without its correction.
    for (_, text) in view.rumor.log.corrections(1) {
        facts = facts.row("Corrected", prose(text));
    }
    facts = facts
        .row("About", cell(about(&view.frame, state)))
        .row("Stage", cell(stage_tag(state.stage())));
    if let Some(found) = &state.found {
        facts = facts.row("What is true", cell(finding_tag(found.finding)));
    }
    if let Some(spread) = state.spread {
        let words = format!("{}; heard {}", spread.label(), count(state.times, "time", "times"));
        facts = facts.row("How far it goes", cell(words));
    }
    // Where somebody else heard it is for those who may know who did.
    if view.sight != Sight::Found {
        facts = facts.row("First heard", cell(heard.place.to_string()));
        if let Some(link) = &heard.link {
            facts = facts.row("Where it stands", mono(&harmless(link.as_str())));
        }
    }
    if let (Sight::Everything, Some(id)) = (view.sight, &view.rumor.place.jurisdiction) {
        facts = facts.row("Put down by", cell(view.frame.place(id)));
    }
    html! { (Section::new("facts", "How it stands").body(html! { (facts) })) }
}

fn history(view: &View<'_>) -> Markup {
    let all = view.rumor.log.entries().len() as u64;
    let section = Section::new("entries", "What was put down");
    let section = if view.sight == Sight::Everything {
        section.tally(count(all, "entry", "entries"))
    } else {
        section
    };
    html! { (section.body(html! { (timeline(view)) })) }
}

/// A form of this page: its name is the act that it sends.
fn form(view: &View<'_>, act: &str, way: &str, submit: &str, failed: &Failed) -> Form {
    let form = Form::new(act, view.href().join(way), submit)
        .field(Hidden::new("key", format!("{}-{act}", view.key)))
        .field(Hidden::new("act", act));
    if failed.fields.text("act") == act { form.errors(&failed.errors) } else { form }
}

fn text(act: &str, label: &str, hint: &str, failed: &Failed) -> Field {
    Field::area("text", label, 2).hint(hint).value(failed.typed(act, "text")).max(Words::MAX)
}

fn line(act: &str, name: &str, label: &str, failed: &Failed) -> Field {
    Field::text(name, label).value(failed.typed(act, name)).auto("off").max(Line::MAX)
}

fn hearing(view: &View<'_>, failed: &Failed) -> Markup {
    let picked = Some(failed.typed("again", "spread")).filter(|name| !name.is_empty());
    let form = form(view, "again", "again", "Count it", failed)
        .kept("That a rumor was heard again")
        .field(
            line("again", "place", "Where did you hear it?", failed)
                .hint("A site, a group, a station, a line of voters."),
        )
        .field(spread(picked));
    let disclosed = Disclosure::new("I heard it too", html! { (form) })
        .open_if(failed.fields.text("act") == "again");
    html! { (Section::new("hearing", "Heard again?").body(html! { (disclosed) })) }
}

fn working(view: &View<'_>, failed: &Failed) -> Markup {
    let state = view.rumor.log.state();
    let rest = form(view, "rest", "work", "Let it rest", failed).field(text(
        "rest",
        "Why does nobody need to be told?",
        "It wakes when somebody hears it again.",
        failed,
    ));
    let opened = |act: &str| failed.fields.text("act") == act;
    let first = |stage| state.stage() == stage && failed.fields.text("act").is_empty();
    html! {
        (Section::new("working", "Work on it").body(html! {
            div.stack {
                (Disclosure::new("Somebody found out", html! { (find(view, failed)) })
                    .open_if(opened("find") || first(Stage::Heard)))
                @if state.found.is_some() {
                    (Disclosure::new("Somebody was told", html! { (tell(view, failed)) })
                        .open_if(opened("tell") || first(Stage::Found)))
                }
                (Disclosure::new("It is about others", html! { (others(view, failed)) })
                    .open_if(opened("about")))
                @if state.stage() != Stage::Resting {
                    (Disclosure::new("Nobody needs to be told", html! { (rest) })
                        .open_if(opened("rest")))
                }
                (Disclosure::new("An entry is wrong", html! { (correct(view, failed)) })
                    .open_if(opened("correct")))
            }
        }))
    }
}

fn find(view: &View<'_>, failed: &Failed) -> Form {
    let mut choice = Choice::one("finding", "What is true of it?");
    for one in Finding::ALL {
        choice = choice.option(one.name(), one.label());
    }
    if let Some(name) = Some(failed.typed("find", "finding")).filter(|name| !name.is_empty()) {
        choice = choice.picked(name);
    }
    let hint = "What is so instead, and where it stands. Local authorities whom it concerns read \
                this: no names of people.";
    form(view, "find", "work", "Put it down", failed)
        .field(choice)
        .field(text("find", "The facts", hint, failed))
        .field(
            line("find", "confirmed", "Who confirmed them?", failed)
                .hint("An office or a position, such as the county clerk."),
        )
}

fn tell(view: &View<'_>, failed: &Failed) -> Form {
    let hint = "The facts first, then what is told, once. Local authorities whom it concerns read \
                this.";
    form(view, "tell", "work", "Put it down", failed)
        .field(
            line("tell", "whom", "Who was told?", failed)
                .hint("All clerks, the press, whoever answers the telephone, a platform."),
        )
        .field(text("tell", "What were they told?", hint, failed))
}

fn others(view: &View<'_>, failed: &Failed) -> Form {
    let typed = if failed.fields.text("act") == "about" {
        failed.fields.text("jurisdictions").to_owned()
    } else {
        let ids = view.rumor.log.state().jurisdictions.iter();
        ids.map(|id| view.frame.place(id)).collect::<Vec<_>>().join(", ")
    };
    form(view, "about", "work", "Put it down", failed).field(jurisdictions(&typed))
}

fn correct(view: &View<'_>, failed: &Failed) -> Form {
    let mut list = Select::new("entry", "Which entry?");
    for entry in view.rumor.log.entries() {
        let Body::Act(act) = &entry.body else { continue };
        let words = format!("Entry {}, {} ({})", entry.number, named(act), entry.by.name);
        list = list.option(entry.number.to_string(), words);
    }
    let hint = "The entry stays as it is; this stands beside it.";
    form(view, "correct", "work", "Correct it", failed).field(list).field(text(
        "correct",
        "How should it read?",
        hint,
        failed,
    ))
}
