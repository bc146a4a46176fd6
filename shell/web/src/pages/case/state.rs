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
use crate::ui::{self, Facts, Notice, RungBadge, Section, cell, mono};
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
            p { "Records that came later explained it: no judgement has it any more. It is kept \
                 as it last stood." }
        }),
        (Standing::Open, Some(owner)) => Notice::info("A registered test").body(html! {
            p { "It lies inside the window of a test that " (owner) " registered, and is not \
                 counted." }
        }),
        (Standing::Open, None) if calls(view) => {
            Notice::bad("Call the state desk now").body(html! {
                p {
                    @if view.phone.is_empty() { "It sees this case too. " } @else {
                        "Its telephone is " strong { (view.phone) } ", and it sees this case too. "
                    }
                    "Take the machine off the network, and leave it switched on: what happened can \
                     be read from it."
                }
            })
        }
        (Standing::Open, None) if tells(view) => {
            Notice::info("The state desk sees this too").body(html! {
                p {
                    "Nobody got in, on the evidence at hand. If you know what it was, such as a \
                     test of your own or a forgotten password, write it as a note. If you are not \
                     sure, call"
                    @if !view.phone.is_empty() { ": " strong { (view.phone) } }
                    "."
                }
            })
        }
        (Standing::Open, None) => return html! {},
    };
    html! { (notice) }
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
            ul { @for sentence in &case.because { li { (sentence) } } }
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
            p { "Judgement has gone below that: the judged rung counts." }
        } @else if !counts {
            p { "Judgement has risen above the rung that the desk had before it: the judged one \
                 counts again." }
        } @else if rung < judged {
            p { "When judgement rises above " (article(judged)) ", that counts again." }
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
    facts
        .row(
            "Rung",
            html! {
                (RungBadge(filed.seen))
                @if filed.seen != filed.case.rung {
                    " by the desk; judgement has it as " (RungBadge(filed.case.rung))
                }
            },
        )
        .row(
            "Who has it",
            html! {
                @match &filed.owner { Some(owner) => (owner.name), None => "Nobody" }
            },
        )
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
        .row("Kind", html! { (kind_words(&case.kind)) " " (mono(&case.kind)) })
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
            "Identifier",
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
