//! The list of rumors: what waits first.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::rumor::{Rumor, Spread, Stage};

use super::{HERE, NEW, about, finding_tag, stage_tag};
use crate::desk::Desk;
use crate::doing::rumors::{self, Sight};
use crate::doing::standing::Stands;
use crate::fields::{Asked, Fields};
use crate::pages::entries::beginning;
use crate::pages::parts::{BELL, Frame, any, done, picked};
use crate::refused::Answer;
use crate::ui::{
    Col, Empty, Form, Go, Hidden, Href, Region, Section, Table, Tabs, cell, count, grouped, link,
    none,
};
use crate::who::Who;

/// Rumors that the list shows.
const SHOWN: usize = 200;
/// Characters of a claim that a list shows.
const BRIEF: usize = 90;

pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let mut read = desk.store.read().await?;
    let all = rumors::list(read.link(), &who).await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    drop(read);
    let here = asked.again(HERE, "");
    let is_state = who.narrowed(Act::SeeRumors).is_none();
    let waiting = all.iter().filter(|(one, _)| one.state.stage() <= Stage::Found).count();
    let chosen: Vec<_> = all.into_iter().filter(|one| fits(&asked, one)).collect();
    let page = frame
        .page(&here, "Rumors")
        .lead(if is_state {
            "What people heard, what is true of it, and who was told so. An answer carries a rumor \
             further: it is looked into before anybody is told."
        } else {
            "What your office heard, and what the state's desk found out about your jurisdiction \
             or the whole state. Nothing of who heard something elsewhere stands here."
        })
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here)
        .actions(html! {
            @if frame.sees(Act::HearRumor) { (Go::new("Report a rumor", Href::at(NEW))) }
        });
    done(page.render(&html! {
        (stages(&asked))
        @if is_state { (filter(&frame, &asked)) }
        (Region::new("room", html! {
            (Section::new("rumors", "What waits first")
                .tally(format!("{} waiting", grouped(waiting as u64)))
                .body(html! {
                    (table(&frame, "Rumors", chosen.get(..SHOWN).unwrap_or(&chosen)))
                    @if chosen.len() > SHOWN {
                        p { "The " (SHOWN) " most urgent of " (chosen.len()) " are shown." }
                    }
                }))
        }))
    }))
}

/// Whether a rumor fits what was asked for. Only who reads all of it can ask for jurisdictions: that a
/// rumor fits would tell others who heard it, and whom else it is about.
fn fits(asked: &Fields, (one, sight): &(Stands<Rumor>, Sight)) -> bool {
    let state = &one.state;
    let stage = asked.chosen("stage").is_none_or(|name| state.stage().name() == name);
    let spread = asked.chosen("spread").and_then(Spread::named);
    let place = asked.chosen("jurisdiction").filter(|_| *sight == Sight::Everything);
    let place = place.is_none_or(|id| {
        one.place.jurisdiction.as_deref() == Some(id) || state.jurisdictions.contains(id)
    });
    stage && spread.is_none_or(|least| state.spread >= Some(least)) && place
}

fn stages(asked: &Fields) -> Tabs {
    let now = asked.chosen("stage");
    let to = |name| asked.again(HERE, "stage").query("stage", name);
    let tabs = Tabs::new("How far the work is");
    let tabs = tabs.tab("All", asked.again(HERE, "stage"), now.is_none());
    Stage::ALL.into_iter().fold(tabs, |tabs, stage| {
        tabs.tab(stage.label(), to(stage.name()), now == Some(stage.name()))
    })
}

fn filter(frame: &Frame<'_>, asked: &Fields) -> Form {
    let mut places = any("jurisdiction", "About, or heard in", "All");
    for one in frame.jurisdictions.iter() {
        places = places.option(&one.id, &one.name);
    }
    let spreads = any("spread", "It goes at least so far", "Any");
    let spreads =
        Spread::ALL.into_iter().fold(spreads, |list, one| list.option(one.name(), one.label()));
    let form = Form::new("filter", Href::at(HERE), "Show").get().inline();
    let form = match asked.chosen("stage") {
        Some(stage) => form.field(Hidden::new("stage", stage)),
        None => form,
    };
    form.field(picked(places, asked, "jurisdiction")).field(picked(spreads, asked, "spread"))
}

/// Some rumors in a table.
pub(crate) fn table(frame: &Frame<'_>, caption: &str, some: &[(Stands<Rumor>, Sight)]) -> Markup {
    let cols = [
        Col::head("What is told"),
        Col::text("About"),
        Col::text("How far it goes"),
        Col::when("First heard"),
        Col::text("Stage"),
        Col::text("What is true"),
    ];
    let empty = Empty::new(
        "No rumor stands here",
        "What somebody hears and puts down shows here at once, what nobody has looked into first.",
    );
    let mut table = Table::new(caption, cols).quiet().none(empty);
    for (one, _) in some {
        let state = &one.state;
        let Some(heard) = &state.heard else { continue };
        table = table.row([
            link(&brief(heard.claim.as_str()), &Href::at(HERE).join(&one.place.id)),
            cell(about(frame, state)),
            state.spread.map_or_else(none, |spread| {
                let times = count(state.times, "time", "times");
                cell(format!("{}; heard {times}", spread.label()))
            }),
            cell(frame.clock.exact(one.place.begun)),
            cell(stage_tag(state.stage())),
            state.found.as_ref().map_or_else(none, |found| cell(finding_tag(found.finding))),
        ]);
    }
    html! { (table) }
}

/// The beginning of a claim.
pub(super) fn brief(claim: &str) -> String {
    beginning(claim, BRIEF)
}
