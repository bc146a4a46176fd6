//! How a case stands: what changes how the page is to be read, why it is on its rung, what is known.

use maud::{Markup, html};
use ward_access::Act;
use ward_desk::Body as Said;
use ward_desk::case_file::Act as Done;
use ward_kernel::Rung;
use ward_live::Standing;
use ward_store::cases::Handling;

use super::{View, of};
use crate::doing::cases::standing_name;
use crate::pages::parts::{codes, standing};
use crate::ui::{self, Call, Facts, Notice, RungBadge, Section, cell, mono};
use crate::words::kind_words;

/// What changes how the page is to be read.
pub(super) fn notices(view: &View<'_>) -> Markup {
    let case = &view.filed.case;
    if let Some(into) = &view.filed.merged_into {
        let notice = Notice::info("This is a part of another case").body(html! {
            p { "It left the list; work goes on there. It comes back by itself when its own rung \
                 rises." }
        });
        return html! { (notice.action("Open that case", of(into))) };
    }
    let notice = match (&case.standing, &case.authorised) {
        (Standing::Merged(into), _) => {
            Notice::info("This is a part of another case now").action("Open that case", of(into))
        }
        (Standing::Gone, _) => Notice::info("Explained later").body(html! {
            p {
                "Records that came later explained it"
                (view.words(": no judgement has it any more", "")) ". It is kept as it last stood."
            }
        }),
        (Standing::Open, Some(owner)) => Notice::info("A registered test").body(html! {
            p { "It lies inside the window of a test that " (owner) " registered, and is not \
                 counted." }
        }),
        (Standing::Open, None) if calls(view) => call(view),
        (Standing::Open, None) if tells(view) => tell(view),
        (Standing::Open, None) => return html! {},
    };
    html! { (notice) }
}

/// That somebody got in, and what an office does then.
fn call(view: &View<'_>) -> Notice {
    let notice = match view.phone.as_str() {
        "" => Notice::bad("Call the state's desk now"),
        phone => Notice::bad("Call the state's desk now:").call(phone),
    };
    notice.body(html! {
        p {
            @if view.beside.is_seen() { "It sees this too. " }
            "Take the machine off the network, and leave it switched on: what happened can be read \
             from it."
        }
    })
}

/// What an office knows that the records do not say.
fn tell(view: &View<'_>) -> Notice {
    let title = match view.beside.is_seen() {
        true => "The state's desk sees this too",
        false => "Somebody tried to get in",
    };
    Notice::info(title).body(html! {
        p {
            "Nobody got in, on the evidence at hand. If you know what it was, such as a test of \
             your own or a forgotten password, write it as a note. If you are not sure, call"
            @if !view.phone.is_empty() { ": " (Call::new(view.phone.as_str())) }
            "."
        }
    })
}

/// Whether a local office has to call: somebody got in, and nobody has decided otherwise.
fn calls(view: &View<'_>) -> bool {
    let decided = view.filed.handling == Handling::Closed;
    view.filed.seen >= Rung::Access && !decided && !view.frame.is_state()
}

/// Whether a local office is told what an attempt means for it.
fn tells(view: &View<'_>) -> bool {
    let open = view.filed.handling == Handling::Open;
    view.filed.seen == Rung::Attempt && open && !view.frame.is_state()
}

/// Why judgement has it where it has it, and why the desk sees it elsewhere.
pub(super) fn because(view: &View<'_>) -> Markup {
    let case = &view.filed.case;
    let section =
        Section::new("because", format!("Why it is called {}", article(case.rung))).body(html! {
            p { (RungBadge(case.rung)) " " (ui::soft(case.rung.definition())) }
            ul {
                @for sentence in &case.because { li { (view.frame.clock.sentence(sentence)) } }
            }
            (placed(view))
        });
    html! { (section) }
}

/// A rung with its article; `access` and `effect` take none.
fn article(rung: Rung) -> &'static str {
    match rung {
        Rung::Scan => "a scan",
        Rung::Attempt => "an attempt",
        other => other.name(),
    }
}

/// What the desk put against judgement, and whether it still counts.
fn placed(view: &View<'_>) -> Markup {
    let Some((rung, judged)) = view.filed.desk else { return html! {} };
    let case = &view.filed.case;
    let last = view.log.entries().iter().rev().find_map(|entry| match &entry.body {
        Said::Act(Done::Rung { why, .. }) => Some((entry, why)),
        _ => None,
    });
    let counts = view.filed.seen == rung;
    let heading = match (counts, rung > judged) {
        (true, true) => format!("The desk raised it to {}", article(rung)),
        (true, false) => format!("The desk lowered it to {}", article(rung)),
        (false, _) => format!("The desk had put it on {} before", article(rung)),
    };
    let notice = Notice::info(heading).body(html! {
        @if let Some((entry, why)) = last {
            p { (why) " " (ui::soft(&entry.by.name)) ", " (view.frame.clock.exact(entry.at)) }
        }
        @if !counts && case.rung < rung {
            p { (view.words(
                "Judgement has gone below that: the judged rung counts.",
                "The records show less now: what they show counts.",
            )) }
        } @else if !counts {
            p { (view.words(
                "Judgement has risen above the rung that the desk had before it: the judged one \
                 counts again.",
                "The records show more since: what they show counts again.",
            )) }
        } @else if rung < judged {
            p {
                (view.words("When judgement rises above ", "When the records show more than "))
                (article(judged)) ", that counts again."
            }
        }
    });
    html! { (notice) }
}

pub(super) fn summary(view: &View<'_>) -> Markup {
    let facts = known(view, handled(view, Facts::new()));
    html! { (Section::new("facts", "What is known").body(html! { (facts) })) }
}

/// Who has it, where it stands, what was decided.
fn handled(view: &View<'_>, facts: Facts) -> Facts {
    let (filed, clock) = (&view.filed, &view.frame.clock);
    let standing_of =
        if filed.merged_into.is_some() { "merged" } else { standing_name(&filed.case.standing) };
    let tag = standing(standing_of, filed.handling, filed.case.authorised.is_some());
    let by_whom =
        view.words(" by the desk; judgement has it as ", " by the state's desk; by the records ");
    let rung = html! {
        (RungBadge(filed.seen))
        @if filed.seen != filed.case.rung { (by_whom) (RungBadge(filed.case.rung)) }
    };
    let facts = facts.row(view.words("Rung", "How far it got"), rung);
    // Of a local authority's view the state's people have the state's: that nobody has theirs says
    // nothing to the authority.
    let facts = match &filed.owner {
        Some(owner) => facts.row("Who has it", cell(&owner.name)),
        None if view.frame.is_state() => facts.row("Who has it", cell("Nobody")),
        None => facts,
    };
    facts
        .row(
            "Standing",
            html! {
                (tag) @if !filed.reason.is_empty() { " " (filed.reason) }
            },
        )
        .row(
            "On the desk since",
            html! {
                (clock.exact(filed.case.opened)) ", "
                (clock.ago(filed.case.opened, view.frame.now))
            },
        )
}

/// What judgement knows.
fn known(view: &View<'_>, facts: Facts) -> Facts {
    let (case, body, clock) = (&view.filed.case, &view.body, &view.frame.clock);
    let lasted = case.last.since(case.first);
    facts
        .row(
            "Kind",
            html! {
                (kind_words(&case.kind))
                // The machine's own name is for those who ask it.
                @if view.frame.is_state() { " " (mono(&case.kind)) }
            },
        )
        .row("Where", view.frame.places(&case.jurisdictions))
        .row("First record", cell(clock.exact(case.first)))
        .row(
            "Last record",
            html! {
                (clock.exact(case.last))
                @if lasted > 0 { ", " (ui::length(lasted)) " later" }
            },
        )
        .row("Records", cell(ui::grouped(case.records)))
        .row(
            "Sources",
            html! {
                (codes(&case.sources, 4, case.source_count))
                @if !body.networks.is_empty() {
                    ", mostly in " (codes(&body.networks, 4, body.networks.len() as u64))
                }
                @if let Some(known) = &body.known { " (" (known) ")" }
            },
        )
        .row(
            "Aimed at",
            html! {
                @if body.targets.is_empty() { "not named by the records" } @else {
                    (codes(&body.targets, 6, body.target_count))
                }
            },
        )
        .row(
            view.words("Identifier", "Its number, when you call"),
            html! {
                (mono(&case.id))
                @if let Some(from) = &view.filed.split_from {
                    ", taken out of " (ui::link(from, &of(from))) " by hand"
                }
                @if view.frame.sees(Act::WorkCase) && case.scope != ward_live::STATE {
                    ", the view of " (view.frame.place(&case.scope))
                }
            },
        )
}
