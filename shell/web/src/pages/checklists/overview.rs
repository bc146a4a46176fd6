//! The state's view: how far every point is done, and who is behind.

use std::collections::BTreeMap;

use axum::extract::State;
use maud::{Markup, html};
use ward_access::{Act, JurisdictionKind, STATE_OFFICE};
use ward_desk::calendar::Election;
use ward_desk::plan::Standing;

use super::{across_tag, nothing, sentence, standing_tag, tabs, until};
use crate::desk::Desk;
use crate::doing::checklists::{Across, HERE, Item, across, anchor, chosen, list};
use crate::doing::elections;
use crate::fields::Asked;
use crate::pages::contacts::to_call;
use crate::pages::parts::{BELL, Frame, done, go_to};
use crate::refused::Answer;
use crate::ui::{
    Col, Empty, Go, Href, Meter, Region, Section, Stat, State as Look, Stats, Table, Tag, cell,
    count, link, soft,
};
use crate::who::Who;

/// What the page is about.
struct View<'a> {
    frame: &'a Frame<'a>,
    election: &'a Election,
    across: Vec<Across<'a>>,
    office: Vec<Item<'a>>,
}

pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    // Whoever acts for one jurisdiction has one list.
    if let Some(own) = who.narrowed(Act::SeeChecklists) {
        return go_to(&Href::at(HERE).join(own));
    }
    let mut read = desk.store.read().await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let elections = elections::all(read.link()).await?;
    let here = Href::at(HERE);
    let page = frame.page(&here, "Checklists");
    let Some(election) = chosen(&elections, asked.given("election"), frame.now) else {
        drop(read);
        return done(page.live(Href::at(BELL)).render(&html! {
            (Region::new("room", nothing(&frame, &elections)))
        }));
    };
    let (plan, now) = (&desk.settings.plan, frame.now);
    let across = across(read.link(), plan, (election, &frame.jurisdictions), now).await?;
    let office = list(read.link(), plan, (election, STATE_OFFICE), now).await?;
    drop(read);
    let own = here.clone().query("election", &election.id);
    let view = View { frame: &frame, election, across, office };
    done(
        page.lead(sentence(&frame, election))
            .live(Href::at(BELL))
            .as_of(frame.clock.exact(frame.now), own)
            .actions(html! { (Go::new("The state office's own list", view.list(STATE_OFFICE)).second()) })
            .render(&html! {
                (tabs(&elections, election, &here))
                (Region::new("room", html! {
                    (view.numbers())
                    (view.points())
                    (view.behind())
                    (view.of_office())
                }))
            }),
    )
}

impl View<'_> {
    /// The list of an office, of this election.
    fn list(&self, id: &str) -> Href {
        Href::at(HERE).join(id).query("election", &self.election.id)
    }

    /// Authorities with something overdue, and how many points that is at each; most first.
    fn late(&self) -> Vec<(&str, u64)> {
        let mut late: BTreeMap<&str, u64> = BTreeMap::new();
        let overdue = self.across.iter().filter(|one| one.dated.standing == Standing::Overdue);
        for one in overdue.flat_map(|one| &one.missing) {
            let points = late.entry(one.id.as_str()).or_default();
            *points = points.saturating_add(1);
        }
        let mut late: Vec<(&str, u64)> = late.into_iter().collect();
        late.sort_by_key(|(id, points)| (std::cmp::Reverse(*points), self.frame.place(id)));
        late
    }

    fn numbers(&self) -> Markup {
        let late = self.late();
        let local = self.frame.jurisdictions.iter();
        let local = local.filter(|one| one.kind != JurisdictionKind::State).count();
        let everywhere = self.across.iter().filter(|one| one.is_settled()).count();
        let office = self.office.iter().filter(|item| item.is_settled()).count();
        let overdue = self.office.iter().filter(|item| is_late(item)).count() as u64;
        let look = |late: bool| if late { Look::Bad } else { Look::Good };
        let behind = if late.is_empty() {
            "nothing is overdue at any of them".to_owned()
        } else {
            let points = late.iter().fold(0_u64, |sum, (_, points)| sum.saturating_add(*points));
            format!("{} overdue in all", count(points, "point", "points"))
        };
        let stats = Stats::new()
            .with(
                Stat::new("Authorities that are behind", late.len().to_string())
                    .unit(format!("of {local}"))
                    .state(look(!late.is_empty()))
                    .note(behind),
            )
            .with(
                Stat::new("Points done everywhere", everywhere.to_string())
                    .unit(format!("of {}", self.across.len()))
                    .note("each authority has done it, or said why it is not needed"),
            )
            .with(
                Stat::new("The state office's own points", office.to_string())
                    .unit(format!("of {}", self.office.len()))
                    .link(self.list(STATE_OFFICE))
                    .state(look(overdue > 0))
                    .note(count(overdue, "is overdue", "are overdue")),
            );
        html! { (stats) }
    }

    fn points(&self) -> Markup {
        let cols = [
            Col::head("Point"),
            Col::when("Until"),
            Col::text("State"),
            Col::text("Done"),
            Col::text("Who"),
        ];
        let mut table =
            Table::new("What every local authority does", cols).quiet().none(Empty::new(
                "The plan asks local authorities for nothing",
                "Points for them stand here with how many have done them.",
            ));
        let mut all: Vec<&Across<'_>> = self.across.iter().collect();
        all.sort_by_key(|one| (rank(one.is_settled(), one.dated.standing), one.dated.until));
        for one in all {
            let point = one.dated.point;
            let (of, whole) = (one.settled, one.settled.saturating_add(one.missing.len()));
            let href = Href::at(HERE).join("points").join(&point.id);
            let href = href.query("election", &self.election.id);
            let words = format!("{of} of {whole}");
            table = table.row([
                link(point.text.as_str(), &href),
                until(self.frame, &one.dated),
                cell(across_tag(one)),
                html! { (Meter::new(words, "", of as u64, whole as u64)) },
                soft(point.whose.label()),
            ]);
        }
        let section = Section::new("points", "What every local authority does")
            .tally(count(self.across.len() as u64, "point", "points"))
            .body(html! { div.points-table { (table) } });
        html! { (section) }
    }

    fn behind(&self) -> Markup {
        let late = self.late();
        let section = Section::new("behind", "Who is behind")
            .tally(count(late.len() as u64, "authority", "authorities"))
            .body(html! {
                @if late.is_empty() {
                    (Empty::new("Nobody is behind", "Whoever has a point overdue stands here."))
                } @else {
                    ul.names.calls {
                        @for (id, points) in &late {
                            li {
                                span {
                                    (link(self.frame.place(id), &self.list(id))) " "
                                    (Tag::bad(format!("{points} overdue")))
                                }
                                (to_call(self.frame, id))
                            }
                        }
                    }
                }
            });
        html! { (section) }
    }

    /// What the state office itself has to do now.
    fn of_office(&self) -> Markup {
        let now = |item: &&Item<'_>| !item.is_settled() && item.dated.standing != Standing::ToCome;
        let open: Vec<&Item<'_>> = self.office.iter().filter(now).collect();
        let cols = [Col::head("Point"), Col::when("Until"), Col::text("State"), Col::text("Who")];
        let mut table = Table::new("What the state office has to do now", cols)
            .quiet()
            .none(Empty::new("Nothing is due now", "What comes next stands on the whole list."));
        for item in &open {
            let point = item.dated.point;
            let at = anchor(&point.id);
            table = table.row([
                link(point.text.as_str(), &self.list(STATE_OFFICE).hash(&at)),
                until(self.frame, &item.dated),
                cell(standing_tag(item.dated.standing)),
                soft(point.whose.label()),
            ]);
        }
        let section = Section::new("office", "What the state office has to do now")
            .tally(count(open.len() as u64, "point", "points"))
            .actions(html! { (Go::new("The whole list", self.list(STATE_OFFICE)).second()) })
            .body(html! { (table) });
        html! { (section) }
    }
}

fn is_late(item: &Item<'_>) -> bool {
    !item.is_settled() && item.dated.standing == Standing::Overdue
}

/// What is overdue first, and what is done everywhere last.
fn rank(settled: bool, standing: Standing) -> u8 {
    match (settled, standing) {
        (true, _) => 3,
        (false, Standing::ToCome) => 2,
        (false, Standing::Due) => 1,
        (false, Standing::Overdue) => 0,
    }
}
