//! One rumor: what is told, what is true of it, what was done, and what can be done.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act, Scope};
use ward_desk::rumor::{Finding, Rumor, Stage};
use ward_desk::{Line, Words};

use super::entries::{named, timeline};
use super::list::brief;
use super::new::jurisdictions;
use super::{HERE, about, finding_tag, spread, stage_tag};
use crate::desk::Desk;
use crate::doing::logs::{self, Filed};
use crate::doing::rumors::{self, Sight, harmless};
use crate::doing::told;
use crate::fields::Sent;
use crate::kept::{ByScript, stands};
use crate::pages::entries::choose;
use crate::pages::failed::Failed;
use crate::pages::parts::{Frame, done, go_to, prose, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Choice, Disclosure, Facts, Field, Form, Hidden, Href, Html, Notice, Section, cell, count, mono,
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
        .failed(failed.is_any())
        .as_of(view.frame.clock.exact(view.frame.now), view.href())
        .render(&html! {
            (failed.notice(still_stands(state, failed)))
            (verdict(state))
            (facts(view))
            (history(view))
            @if view.frame.sees(Act::HearRumor) { (hearing(view, failed)) }
            @if works { (working(view, failed)) }
        })
}

/// Whether the form still stands on the page that sent what could not be taken.
fn still_stands(state: &Rumor, failed: &Failed) -> bool {
    match failed.fields.text("act") {
        "tell" => state.found.is_some(),
        "rest" => state.stage() != Stage::Resting,
        _ => true,
    }
}

/// What is true of it, first of all.
fn verdict(state: &Rumor) -> Markup {
    let Some(found) = &state.found else {
        if state.stage() == Stage::Resting {
            return html! {
                (Notice::info("This was left to rest without an answer: do not pass it on"))
            };
        }
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
    let corrections = view.rumor.log.corrections(1);
    for (_, text) in corrections.filter(|_| view.sight != Sight::Found) {
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
    failed.marked(form, failed.is(act))
}

fn text(act: &str, label: &str, hint: &str, failed: &Failed) -> Field {
    Field::area("text", label, 2).hint(hint).value(failed.typed(act, "text")).max(Words::MAX)
}

fn line(act: &str, name: &str, label: &str, failed: &Failed) -> Field {
    Field::text(name, label).value(failed.typed(act, name)).auto("off").max(Line::MAX)
}

fn hearing(view: &View<'_>, failed: &Failed) -> Markup {
    let form = form(view, "again", "again", "Count it", failed)
        .kept("That a rumor was heard again")
        .field(
            line("again", "place", "Where did you hear it?", failed)
                .hint("A site, a group, a station, a line of voters."),
        )
        .field(spread(failed.typed("again", "spread")));
    let disclosed = Disclosure::new("I heard it too", html! { (form) }).open_if(failed.is("again"));
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
    let first = |stage| state.stage() == stage && !failed.is_any();
    html! {
        (Section::new("working", "Work on it").body(html! {
            div.stack {
                (Disclosure::new("Somebody found out", html! { (find(view, failed)) })
                    .open_if(failed.is("find") || first(Stage::Heard)))
                @if state.found.is_some() {
                    (Disclosure::new("Somebody was told", html! { (tell(view, failed)) })
                        .open_if(failed.is("tell") || first(Stage::Found)))
                }
                (Disclosure::new("It is about others", html! { (others(view, failed)) })
                    .open_if(failed.is("about")))
                @if state.stage() != Stage::Resting {
                    (Disclosure::new("Nobody needs to be told", html! { (rest) })
                        .open_if(failed.is("rest")))
                }
                (Disclosure::new("An entry is wrong", html! { (correct(view, failed)) })
                    .open_if(failed.is("correct")))
            }
        }))
    }
}

fn find(view: &View<'_>, failed: &Failed) -> Form {
    let choice =
        Choice::one("finding", "What is true of it?").picked(failed.typed("find", "finding"));
    let choice =
        Finding::ALL.into_iter().fold(choice, |list, one| list.option(one.name(), one.label()));
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
    let typed = if failed.is("about") {
        failed.fields.text("jurisdictions").to_owned()
    } else {
        let ids = view.rumor.log.state().jurisdictions.iter();
        ids.map(|id| view.frame.place(id)).collect::<Vec<_>>().join(", ")
    };
    form(view, "about", "work", "Put it down", failed).field(jurisdictions(&typed))
}

fn correct(view: &View<'_>, failed: &Failed) -> Form {
    let list = choose(view.rumor.log.entries(), named);
    let list = failed.chosen(list, "correct", "entry");
    let hint = "The entry stays as it is; this stands beside it.";
    form(view, "correct", "work", "Correct it", failed).field(list).field(text(
        "correct",
        "How should it read?",
        hint,
        failed,
    ))
}
