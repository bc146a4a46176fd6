//! One point over the state: who has not done it, and what others said of it.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::Election;
use ward_desk::checklist::Point as Ticked;

use super::entries::settled;
use super::{across_tag, sentence, until};
use crate::desk::Desk;
use crate::doing::checklists::{Across, HERE, across, chosen, told};
use crate::doing::logs::Filed;
use crate::doing::{elections, room};
use crate::fields::Asked;
use crate::pages::contacts::to_call;
use crate::pages::parts::{BELL, Frame, done};
use crate::refused::{Answer, not_found};
use crate::ui::{Col, Empty, Facts, Go, Href, Meter, Region, Section, Table, cell, count, link};
use crate::who::Who;

/// What the page is about.
struct View<'a> {
    frame: &'a Frame<'a>,
    election: &'a Election,
    point: Across<'a>,
    told: BTreeMap<String, Filed<Ticked>>,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Asked(asked): Asked,
) -> Answer {
    room::of_state(&who, Act::SeeChecklists)?;
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let elections = elections::all(read.link()).await?;
    let election = chosen(&elections, asked.given("election"), frame.now).ok_or_else(not_found)?;
    let about = (election, frame.jurisdictions.as_ref());
    let all = across(read.link(), &desk.settings.plan, about, frame.now).await?;
    let mut all = all.into_iter();
    let point = all.find(|one| one.dated.point.id == id).ok_or_else(not_found)?;
    let told = told(read.link(), (election, &id), &frame.jurisdictions).await?;
    drop(read);
    let here = Href::at(HERE).join("points").join(&id).query("election", &election.id);
    let view = View { frame: &frame, election, point, told };
    let page = frame
        .page(&here, view.point.dated.point.text.as_str())
        .crumb("Checklists", Href::at(HERE).query("election", &election.id))
        .lead(view.point.dated.point.why.as_str())
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here);
    done(page.render(&html! {
        (Region::new("room", html! {
            (view.facts())
            (view.missing())
            (view.settled())
        }))
    }))
}

impl View<'_> {
    fn facts(&self) -> Markup {
        let (one, dated) = (&self.point, &self.point.dated);
        let whole = one.settled.saturating_add(one.missing.len());
        let words = format!("{} of {whole}", one.settled);
        let facts = Facts::new()
            .row("State", cell(across_tag(one)))
            .row("Until", until(self.frame, dated))
            .row("Who does it", cell(dated.point.whose.label()))
            .row("Election", cell(sentence(self.frame, self.election)));
        html! {
            (facts)
            (Meter::new("Done or set aside", words, one.settled as u64, whole as u64))
        }
    }

    fn missing(&self) -> Markup {
        let missing = &self.point.missing;
        let mut section = Section::new("missing", "Who has not done it").tally(count(
            missing.len() as u64,
            "authority",
            "authorities",
        ));
        if self.frame.sees(Act::SeeContacts) && !missing.is_empty() {
            let print = Href::at("/contacts/print").query("point", &self.point.dated.point.id);
            let print = print.query("election", &self.election.id);
            section = section.actions(html! { (Go::new("Their telephone list", print).second()) });
        }
        let section = section.body(html! {
            @if missing.is_empty() {
                (Empty::new("All have done it", "Nobody is left to be called about it."))
            } @else {
                ul.names.calls {
                    @for one in missing {
                        @let list = Href::at(HERE).join(&one.id).query("election", &self.election.id);
                        li {
                            span { (link(&one.name, &list)) }
                            (to_call(self.frame, &one.id))
                        }
                    }
                }
            }
        });
        html! { (section) }
    }

    fn settled(&self) -> Markup {
        let cols = [Col::head("Authority"), Col::text("What was put down")];
        let mut table = Table::new("Who has done it", cols)
            .quiet()
            .none(Empty::new("Nobody has done it yet", "Whoever ticks it stands here at once."));
        let mut all: Vec<_> = self.told.iter().collect();
        all.retain(|(_, filed)| *filed.log.state() != Ticked::Open);
        all.sort_by_key(|(_, filed)| std::cmp::Reverse(filed.place.updated));
        for (id, filed) in &all {
            let said = settled(self.frame, filed.log.state());
            table = table.row([cell(self.frame.place(id)), said]);
        }
        let section = Section::new("done", "Who has done it")
            .tally(count(all.len() as u64, "authority", "authorities"))
            .body(html! { (table) });
        html! { (section) }
    }
}
