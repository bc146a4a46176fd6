//! The home page of a local authority: plain words, and what to do first.

use maud::{Markup, html};
use ward_access::Act;
use ward_desk::plan::Standing;
use ward_kernel::Rung;
use ward_store::cases::Line;

use super::{View, quiet, records};
use crate::pages::cases::heading;
use crate::pages::checklists::standing_tag;
use crate::pages::incidents::at_home;
use crate::pages::stand;
use crate::ui::{
    self, Call, Card, Col, Disclosure, Facts, Go, Href, Region, Section, Table, cell, none,
};

/// Cases that are shown with what to do.
pub(super) const SHOWN: usize = 5;
/// Points of checklists that are shown.
const POINTS: usize = 8;
/// For what the sentence of how it stands is written anew.
const STANDS: &str = "cases room sensors";

/// The whole page. What is asked of them now stands above everything but that somebody got in. Each
/// is a region by itself: a region in which somebody writes does not change under their hands, and
/// that somebody got in must not wait for them.
pub(super) fn show(view: &View<'_>) -> Markup {
    let grave = stand::is_grave(view);
    html! {
        (Region::new("got-in", html! { @if grave { (stand::local(view)) } }).hears(STANDS))
        (Region::new("asks", asks(view)).hears("room"))
        (Region::new("how-it-stands", html! { @if !grave { (stand::local(view)) } }).hears(STANDS))
        (Region::new("cases", seen(view)))
        (Region::new("room", html! {
            (asked(view))
            @if !view.incidents.is_empty() { (at_home(&view.frame, &view.incidents)) }
        }))
        (Region::new("sensors", own_sensors(view)))
        (report(view))
        (call(view))
    }
}

/// What the state's desk asks, with what was answered below what waits.
fn asks(view: &View<'_>) -> Markup {
    let notices = |waits: bool| {
        let asked = view.asked.iter().filter(move |one| one.waits() == waits);
        html! { @for one in asked { (one.notice(&view.frame, &view.phone)) } }
    };
    html! { (notices(true)) (notices(false)) }
}

/// What one does on this page first: on a telephone it stands above everything else.
pub(super) fn actions(view: &View<'_>) -> Markup {
    html! {
        @if view.frame.sees(Act::ReportIncident) {
            (Go::new("Report an incident", Href::at("/incidents/new")))
        }
        @if view.frame.sees(Act::HearRumor) {
            " " (Go::new("Report a rumor", Href::at("/rumors/new")).second())
        }
    }
}

fn seen(view: &View<'_>) -> Markup {
    let shown: Vec<&Line> = view.urgent.iter().take(SHOWN).collect();
    let rungs: Vec<Rung> = Rung::ALL
        .into_iter()
        .rev()
        .filter(|rung| shown.iter().any(|line| line.rung == *rung))
        .collect();
    html! {
        (Section::new("seen", "What was seen at your office")
            .actions(html! { (Go::new("All cases", Href::at("/cases")).second()) })
            .body(html! {
                @if shown.is_empty() {
                    p { "No effort to get in is open. What somebody tries shows here, with what to \
                         do first." }
                }
                @for rung in rungs {
                    (cases(view, &shown, rung))
                    (first(view, rung))
                }
                @let more = view.frame.efforts().saturating_sub(shown.len() as u64);
                @if more > 0 {
                    p { "And " (ui::grouped(more)) " more: "
                        (ui::link("all cases", &Href::at("/cases"))) "." }
                }
            }))
    }
}

/// The cases of a rung: each of its own where somebody got in, in lines where they only tried.
fn cases(view: &View<'_>, shown: &[&Line], rung: Rung) -> Markup {
    let of_rung = || shown.iter().filter(move |line| line.rung == rung);
    let to = |line: &Line| Href::at("/cases").join(&line.id);
    if rung <= Rung::Attempt {
        let title = "Somebody tried to get in, and nothing shows that they did";
        let list = html! {
            ul.due {
                @for line in of_rung() {
                    li {
                        (ui::link(&heading(&line.title), &to(line)))
                        p.hint { (when(view, line)) }
                    }
                }
            }
        };
        return html! { (Card::new(title).rung(rung).body(list)) };
    }
    let what = match rung {
        Rung::Effect => "Something was changed, taken or stopped.",
        _ => "Somebody got in.",
    };
    html! {
        @for line in of_rung() {
            (Card::new(heading(&line.title)).link(to(line)).rung(rung).body(html! {
                p { (what) " " (when(view, line)) }
            }))
        }
    }
}

/// Since when and until when, and what the state's desk makes of it.
fn when(view: &View<'_>, line: &Line) -> Markup {
    let clock = &view.frame.clock;
    html! {
        "It began " (clock.full(line.first)) " and was last seen "
        (clock.ago(line.last, view.frame.now)) "."
        @if let Some(made) = view.made.get(&line.id) { " " (made) }
    }
}

/// What to do first, for each rung.
fn first(view: &View<'_>, rung: Rung) -> Markup {
    match rung {
        Rung::Scan | Rung::Attempt => html! {
            (Disclosure::new("What to do about somebody who tries", html! {
                ol {
                    li { "Nothing at once. What the state's desk makes of it stands beside each." }
                    li { "If a name of one of you stands there, ask them whether it was they \
                          themselves, in person or by telephone." }
                    li { "If somebody's password is used elsewhere too, let them choose a new one, \
                          and a second factor." }
                    li { "If it was one of you, write that down at the case: then nobody looks on." }
                }
            }))
        },
        Rung::Access | Rung::Effect => html! {
            div.steps-now {
                h3 { "Do this first" }
                ol {
                    li { strong { "Call the state's desk" } (number(view)) ". It sees the same as \
                          you, and knows what comes next." }
                    li { "Take the machine off the network: pull its cable, or switch its wireless \
                          off. " strong { "Leave it switched on" } ": what it remembers shows what \
                          was done." }
                    @if rung == Rung::Effect {
                        li { "Go on by what you have on paper. Use nothing of what that machine \
                              shows until somebody has looked at it." }
                    }
                    li { "Do not sign in on it, delete nothing, install nothing." }
                    li { "From another machine, let whoever's account it was choose a new password." }
                    li { "Write down what you saw and when, and "
                         (ui::link("report it", &Href::at("/incidents/new"))) "." }
                }
            }
        },
    }
}

/// ", 555-0100": where the state's desk is called.
fn number(view: &View<'_>) -> Markup {
    html! { @if !view.phone.is_empty() { ", " (Call::new(view.phone.as_str())) } }
}

/// What the checklists ask of this office now.
fn asked(view: &View<'_>) -> Markup {
    let tally = match view.due.len() as u64 {
        0 => "nothing now".to_owned(),
        n => ui::count(n, "thing", "things"),
    };
    html! {
        (Section::new("asked", "What your checklist asks of you").tally(tally).body(html! {
            @if !view.due.is_empty() {
                ul.due {
                    @for one in view.due.iter().take(POINTS) {
                        li {
                            (ui::link(&one.text, &one.href)) " "
                            @if one.standing == Standing::Overdue { (standing_tag(one.standing)) " " }
                            p.hint { "Until " (view.frame.clock.full(one.until)) ". " (one.why) }
                        }
                    }
                }
                @if view.due.len() > POINTS {
                    p { "And " (view.due.len() - POINTS) " more on "
                        (ui::link("your checklist", &Href::at("/checklists"))) "." }
                }
            }
            @if view.due.is_empty() {
                p { "Nothing is due. What an election asks of your office shows here in time." }
            }
        }))
    }
}

/// The sensors of one office, all of them.
fn own_sensors(view: &View<'_>) -> Markup {
    let (frame, ears) = (&view.frame, &view.ears);
    let mut table = Table::new(
        "Your sensors",
        [
            Col::head("Sensor"),
            Col::text("State"),
            Col::when("Last heard"),
            Col::when("Last record"),
            Col::number("Records"),
        ],
    )
    .quiet();
    let ago = |at| cell(frame.clock.ago(at, frame.now));
    for ear in ears.iter().filter(|ear| ear.sensor.retired.is_none()) {
        table = table.row([
            ui::link(&ear.sensor.name, &ear.href()),
            cell(ear.tag(frame.now)),
            if ear.is_new() || !ear.is_expected() { none() } else { ago(ear.sensor.heard) },
            ear.sensor.newest.map_or_else(none, ago),
            cell(ui::grouped(ear.sensor.records)),
        ]);
    }
    let all = Go::new("All sensors", Href::at("/sensors")).second();
    let section = Section::new("sensors", "Your sensors")
        .tally(records(view))
        .actions(html! { (all) })
        .body(html! {
            @if table.is_empty() { (quiet(view, 0, 0)) } @else {
                p { "A sensor is the small program or machine that shows the desk what happens on \
                     your network. While one is silent, nobody can say what happens there." }
                (table)
            }
        });
    html! { (section) }
}

/// What can be reported, and by which form.
fn report(view: &View<'_>) -> Markup {
    let mail = Href::at("/incidents/new").query("kind", "computers");
    html! {
        @if view.frame.sees(Act::ReportIncident) {
            (Section::new("report", "Report something").body(html! {
                ul.ways {
                    li {
                        (Go::new("An incident", Href::at("/incidents/new")))
                        p { "Something goes wrong: equipment, a threat, power, a line that does \
                             not move. It takes a minute, and works without a network too." }
                    }
                    @if view.frame.sees(Act::HearRumor) {
                        li {
                            (Go::new("A rumor", Href::at("/rumors/new")).second())
                            p { "Something is told that may not be so. "
                                (ui::link("What was found out", &Href::at("/rumors"))) "." }
                        }
                    }
                    li {
                        (Go::new("A suspicious mail", mail).second())
                        p { "Do not open what hangs on it, and do not delete it. Say who it claims \
                             to be from and what it wants." }
                    }
                }
            }))
        }
    }
}

/// Who is called: first for danger, then the state's desk by its telephone and mail, either of which
/// may be empty.
pub(super) fn numbers(phone: &str, mail: &str) -> Markup {
    let mut facts = Facts::new()
        .row("Danger to anybody", html! { (Call::new("911")) ", before anything else" });
    if !phone.is_empty() {
        facts = facts.row("The state's desk", html! { (Call::new(phone)) });
    }
    if !mail.is_empty() {
        facts = facts.row("Mail to the state's desk", cell(mail));
    }
    html! {
        (facts)
        @if phone.is_empty() && mail.is_empty() {
            p { "The state's desk has not written its telephone here yet: use the number that you \
                 have." }
        }
    }
}

fn call(view: &View<'_>) -> Markup {
    html! {
        (Section::new("call", "Who to call").body(html! {
            (numbers(&view.phone, &view.mail))
            p { "The state's desk can open every case that you see, and reads your notes there. Call \
                 whenever you are not sure: nobody minds a call that was not needed." }
            @if view.frame.sees(Act::SeeContacts) {
                p { (ui::link("The telephone list of your office", &Href::at("/contacts"))) }
            }
        }))
    }
}
