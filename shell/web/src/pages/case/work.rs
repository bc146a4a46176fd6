//! What is done with a case, each thing in a form of its own that opens by the keyboard as well.

use maud::{Markup, html};
use ward_access::Act;
use ward_desk::communications::Way;
use ward_desk::{Line, Words};
use ward_kernel::Rung;
use ward_live::STATE;
use ward_store::cases::Handling;

use super::View;
use super::beside::also;
use super::history::named;
use crate::pages::cases::heading;
use crate::pages::entries::choose;
use crate::pages::failed::Failed;
use crate::ui::{Act as Button, Choice, Disclosure, Field, Form, Hidden, Section, Select};
use crate::words::handling_words;

/// Sources that a form offers to be taken out.
const SOURCES: usize = 40;

pub(super) fn section(view: &View<'_>, failed: &Failed) -> Markup {
    let (works, decides, notes) =
        (view.may(Act::WorkCase), view.may(Act::DecideCase), view.may(Act::NoteCase));
    if !works {
        // Whoever may only write a note finds it open.
        let section = Section::new("work", "Note").body(html! {
            div.stack {
                (note(view, failed))
                (correcting(view, failed))
            }
        });
        return html! { @if notes { (section) } };
    }
    let open = |act: &str, words: &str, form: Form| {
        html! { (Disclosure::new(words, html! { (form) }).open_if(failed.is(act))) }
    };
    let merged = view.filed.merged_into.is_some();
    let section = Section::new("work", "Work on it").body(html! {
        (hands(view))
        div.work {
            (open("note", "Write a note", note(view, failed)))
            @if decides { (open("decide", "Decide", decide(view, failed))) }
            (open("task", "Put a task down", task(view, failed)))
            (open("told", "We told somebody", told(view, failed)))
            (open("give", "Give it to somebody", give(view, failed)))
            (open("rung", "See it on another rung", rung(view, failed)))
            @if merged {
                (open("take-out", "It is a case of its own", take_out(view, failed)))
            } @else if !view.offered.is_empty() {
                (open("merge", "It is a part of another case", merge(view, failed)))
            }
            @if view.filed.case.source_count > 1 {
                (open("split", "Some sources are another case", split(view, failed)))
            }
            (correcting(view, failed))
        }
    });
    html! { (section) }
}

/// Who has it, in one button.
fn hands(view: &View<'_>) -> Markup {
    let owner = view.filed.owner.as_ref();
    let mine = owner.is_some_and(|owner| owner.id == view.who.id());
    let button = |act: &'static str, words: &'static str| {
        Button::new(act, view.href().join("work"), words)
            .with("key", format!("{}-{act}", view.key))
            .with("act", act)
    };
    html! {
        p {
            @match owner {
                Some(_) if mine => "You have this case.",
                Some(owner) => { (owner.name) " has this case." }
                None => "Nobody has this case.",
            }
        }
        div.buttons {
            @if !mine { (button("take", if owner.is_some() { "Take it over" } else { "Take it" })) }
            @if owner.is_some() { (button("release", "Leave it to whoever takes it")) }
        }
    }
}

/// A form of this page: its name is the act that it sends.
pub(super) fn form(view: &View<'_>, act: &str, submit: &str, failed: &Failed) -> Form {
    form_to(view, (act, "work"), submit, failed)
}

fn form_to(view: &View<'_>, (act, way): (&str, &str), submit: &str, failed: &Failed) -> Form {
    let form = Form::new(act, view.href().join(way), submit)
        .field(Hidden::new("key", format!("{}-{act}", view.key)))
        .field(Hidden::new("act", act));
    failed.marked(form, failed.is(act))
}

/// A field for sentences, with what was typed when the form failed.
pub(super) fn text(act: &str, label: &str, hint: &str, failed: &Failed) -> Field {
    area(act, ("text", label), hint, failed)
}

fn area(act: &str, (name, label): (&str, &str), hint: &str, failed: &Failed) -> Field {
    let typed = failed.typed(act, name);
    Field::area(name, label, 2).hint(hint).value(typed).max(Words::MAX)
}

/// A field for one line.
fn line(act: &str, (name, label): (&str, &str), failed: &Failed) -> Field {
    Field::text(name, label).value(failed.typed(act, name)).auto("off").max(Line::MAX)
}

fn note(view: &View<'_>, failed: &Failed) -> Form {
    let scope = view.filed.case.scope.as_str();
    let words = match (scope == STATE, view.frame.is_state()) {
        (true, _) => "A note for the state's desk".to_owned(),
        (_, true) => format!("A note for {} and the state's desk", view.frame.place(scope)),
        (_, false) => "A note for your office and the state's desk".to_owned(),
    };
    let hint = "Such as \"that was our own scanner\". It stays with your name.";
    let form = form_to(view, ("note", "note"), "Write it down", failed).field(area(
        "note",
        ("note", &words),
        hint,
        failed,
    ));
    also(form, view, "note", failed)
}

fn decide(view: &View<'_>, failed: &Failed) -> Form {
    let typed = failed.typed("decide", "handling");
    let now = view.filed.handling.as_str();
    let words = "Nothing more is to be done. It opens by itself when its rung rises.";
    let form = form_to(view, ("decide", "decide"), "Put it down", failed)
        .field(
            Choice::one("handling", "What is to become of it?")
                .hinted("open", handling_words(Handling::Open), "Somebody has to look at it.")
                .hinted("watched", handling_words(Handling::Watched), "It is known and followed.")
                .hinted("closed", handling_words(Handling::Closed), words)
                .picked(if typed.is_empty() { now } else { typed }),
        )
        .field(area(
            "decide",
            ("reason", "Why"),
            "One sentence that others will understand.",
            failed,
        ));
    also(form, view, "decide", failed)
}

fn task(view: &View<'_>, failed: &Failed) -> Form {
    form(view, "task", "Put it down", failed).field(line(
        "task",
        ("what", "What is to be done?"),
        failed,
    ))
}

fn told(view: &View<'_>, failed: &Failed) -> Form {
    let mut ways = Choice::one("way", "By which way?");
    for way in Way::ALL {
        ways = ways.option(way.name(), way.label());
    }
    let typed = failed.typed("told", "way");
    let ways = if typed.is_empty() { ways } else { ways.picked(typed) };
    let hint = "As it was said, so that nobody has to ask what they know.";
    form(view, "told", "Put it down", failed)
        .field(line("told", ("whom", "Whom did we tell?"), failed))
        .field(ways)
        .field(text("told", "What did we tell them?", hint, failed))
}

fn give(view: &View<'_>, failed: &Failed) -> Form {
    let mut list = Select::new("to", "To whom?");
    for one in &view.hands {
        list = list.option(&one.id, format!("{}, {}", one.name, one.role.label()));
    }
    form(view, "give", "Give it to them", failed).field(failed.chosen(list, "give", "to"))
}

fn rung(view: &View<'_>, failed: &Failed) -> Form {
    let judged = view.filed.case.rung;
    let mut choice = Choice::one("rung", "On which rung do you see it?");
    for one in Rung::ALL {
        choice = if one == judged {
            choice.hinted(one.name(), one.name(), "As judgement has it.")
        } else {
            choice.option(one.name(), one.name())
        };
    }
    let typed = failed.typed("rung", "rung");
    let picked = if typed.is_empty() { view.filed.seen.name() } else { typed };
    let hint = "What you know that the records do not say. The judged rung stays beside yours, and \
                counts again when judgement rises above it.";
    let form = form(view, "rung", "Put it there", failed)
        .field(Hidden::new("judged", judged.name()))
        .field(choice.picked(picked))
        .field(text("rung", "Why?", hint, failed));
    also(form, view, "rung", failed)
}

fn merge(view: &View<'_>, failed: &Failed) -> Form {
    let mut list = Select::new("into", "Of which case is it a part?");
    let words = |id: &str, title: &str| format!("{} ({id})", heading(title));
    if !view.related.is_empty() {
        list = list.group("Cases that share a source");
        for other in &view.related {
            list = list.option(&other.id, words(&other.id, &other.title));
        }
        list = list.group("Other cases");
    }
    let shares = |id: &str| view.related.iter().any(|other| other.id == id);
    for line in view.offered.iter().filter(|line| !shares(&line.id)) {
        list = list.option(&line.id, words(&line.id, &line.title));
    }
    let hint =
        "It leaves the list and stands on the other's page. It comes back when its rung rises.";
    form(view, "merge", "Make it a part", failed)
        .field(failed.chosen(list, "merge", "into"))
        .field(text("merge", "Why?", hint, failed))
}

fn take_out(view: &View<'_>, failed: &Failed) -> Form {
    let hint = "It comes back to the list.";
    form(view, "take-out", "Take it out", failed).field(text("take-out", "Why?", hint, failed))
}

fn split(view: &View<'_>, failed: &Failed) -> Form {
    let listed: Vec<String> =
        view.filed.case.sources.iter().take(SOURCES).map(ToString::to_string).collect();
    let typed = failed.typed("split", "sources");
    let sources = if typed.is_empty() { listed.join("\n") } else { typed.to_owned() };
    let hint = "One in a line, out of those under Who. Leave those that are another case.";
    form(view, "split", "Make it a case of its own", failed)
        .field(
            Field::area("sources", "Which sources?", 4).hint(hint).value(sources).mono().auto("off"),
        )
        .field(line("split", ("title", "What is it, in one line?"), failed))
        .field(text(
            "split",
            "Why?",
            "Sealed records that name these sources go with it. Judgement keeps this case as it is.",
            failed,
        ))
}

/// An entry that is wrong, when there is any.
fn correcting(view: &View<'_>, failed: &Failed) -> Markup {
    let entries = view.log.entries();
    let list = choose(entries, |act| named(&view.log, act));
    let hint = if view.beside.views.is_empty() {
        "The entry stays as it is; this stands beside it."
    } else {
        "The entry stays as it is; this stands beside it. What stands in the file of a local \
         authority as well is corrected there too."
    };
    let form = form_to(view, ("correct", "note"), "Correct it", failed)
        .field(failed.chosen(list, "correct", "entry"))
        .field(text("correct", "How should it read?", hint, failed));
    let opened = Disclosure::new("An entry is wrong", html! { (form) });
    html! { @if !entries.is_empty() { (opened.open_if(failed.is("correct"))) } }
}
