//! The list of one office: what is due now, what is next, what is done. A point is ticked by one
//! press, on a telephone too.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act, Jurisdiction, STATE_OFFICE, Scope};
use ward_desk::Words;
use ward_desk::calendar::Election;
use ward_desk::checklist::Point as Ticked;
use ward_desk::plan::Standing;

use super::entries::{history, settled};
use super::{nothing, sentence, standing_tag, tabs, until};
use crate::desk::Desk;
use crate::doing::checklists::{HERE, Item, anchor, chosen, found, list, put as put_down};
use crate::doing::{elections, told};
use crate::fields::{Asked, Sent};
use crate::pages::failed::Failed;
use crate::pages::parts::{BELL, Frame, done, go_to, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Disclosure, Empty, Field, Form, Hidden, Href, Html, Meter, Region, Section,
    count,
};
use crate::who::Who;

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    jurisdiction: Jurisdiction,
    elections: Vec<Election>,
    election: Option<Election>,
    items: Vec<Item<'a>>,
    ticks: bool,
}

impl<'a> View<'a> {
    async fn load(
        desk: &'a Desk,
        who: &'a Who,
        (id, asked): (&str, Option<&str>),
    ) -> Result<Self, Refused> {
        let mut read = desk.store.read().await?;
        let jurisdiction = found(read.link(), who, id).await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        let elections = elections::all(read.link()).await?;
        let election = chosen(&elections, asked, frame.now).cloned();
        let items = match &election {
            Some(one) => {
                let about = (one, jurisdiction.id.as_str());
                list(read.link(), &desk.settings.plan, about, frame.now).await?
            }
            None => Vec::new(),
        };
        drop(read);
        let ticks = who.may(Act::TickPoint, Scope::Jurisdiction(id));
        Ok(Self { frame, jurisdiction, elections, election, items, ticks })
    }

    fn here(&self) -> Href {
        Href::at(HERE).join(&self.jurisdiction.id)
    }

    fn election(&self) -> &str {
        self.election.as_ref().map_or("", |one| one.id.as_str())
    }

    /// What is settled, or what is not and stands so.
    fn of(&self, settled: bool, fits: fn(Standing) -> bool) -> Vec<&Item<'a>> {
        let fits = |item: &&Item<'a>| item.is_settled() == settled && fits(item.dated.standing);
        self.items.iter().filter(fits).collect()
    }
}

pub(super) async fn show(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Asked(asked): Asked,
) -> Answer {
    let view = View::load(&desk, &who, (&id, asked.given("election"))).await?;
    done(page(&view, &Failed::default()))
}

pub(super) async fn put(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    match told(put_down(&desk, &who, &id, &fields).await)? {
        Ok(()) => {
            let list = Href::at(HERE).join(&id);
            go_to(&match fields.given("election") {
                Some(election) => list.query("election", election),
                None => list,
            })
        }
        Err(errors) => {
            let view = View::load(&desk, &who, (&id, fields.given("election"))).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let is_office = view.jurisdiction.id == STATE_OFFICE;
    let title = if is_office { "The state office's checklist" } else { "Checklist" };
    let heading = format!("Checklist: {}", view.jurisdiction.name);
    let mut page = view
        .frame
        .page(&view.here(), title)
        .heading(heading)
        .failed(failed.is_any())
        .live(Href::at(BELL));
    if view.frame.is_state() {
        page = page.crumb("Checklists", Href::at(HERE).query("election", view.election()));
    }
    let Some(election) = &view.election else {
        return page.render(&html! {
            (refused(view, failed))
            (Region::new("room", nothing(&view.frame, &view.elections)))
        });
    };
    let here = view.here().query("election", &election.id);
    let now = view.of(false, |standing| standing != Standing::ToCome);
    let next = view.of(false, |standing| standing == Standing::ToCome);
    let past = view.of(true, |_| true);
    let nothing_now = ("Nothing is due now", "What comes next stands below.");
    let nothing_next = ("Nothing is to come", "All that this election asks for has come up.");
    let nothing_past = ("Nothing is done yet", "What is ticked or set aside stands here.");
    page.lead(sentence(&view.frame, election))
        .as_of(view.frame.clock.exact(view.frame.now), here)
        .render(&html! {
            (tabs(&view.elections, election, &view.here()))
            (refused(view, failed))
            (Region::new("room", html! {
                (meter(view, past.len() as u64))
                (section(view, ("now", "now", "Now"), &now, nothing_now, failed))
                (section(view, ("next", "next", "Next"), &next, nothing_next, failed))
                (section(view, ("done", "past", "Done"), &past, nothing_past, failed))
            }))
        })
}

/// What cannot be said at a form of the page.
fn refused(view: &View<'_>, failed: &Failed) -> Markup {
    // What is settled has a form that opens it again, and no other.
    let opens = failed.fields.text("act") == "undo";
    let stands = view.items.iter().any(|item| {
        item.dated.point.id == failed.fields.text("point") && item.is_settled() == opens
    });
    failed.notice(stands)
}

fn meter(view: &View<'_>, settled: u64) -> Markup {
    let whole = view.items.len() as u64;
    html! { (Meter::new("Done or set aside", format!("{settled} of {whole}"), settled, whole)) }
}

/// Points that stand so, under a title.
fn section(
    view: &View<'_>,
    (id, class, title): (&str, &str, &str),
    items: &[&Item<'_>],
    (none, because): (&str, &str),
    failed: &Failed,
) -> Markup {
    let section =
        Section::new(id, title).tally(count(items.len() as u64, "point", "points")).body(html! {
            @if items.is_empty() {
                (Empty::new(none, because))
            } @else {
                ul class={ "points " (class) } {
                    @for item in items {
                        li id=(anchor(&item.dated.point.id)) { (point(view, item, failed)) }
                    }
                }
            }
        });
    html! { (section) }
}

fn point(view: &View<'_>, item: &Item<'_>, failed: &Failed) -> Markup {
    let (point, state) = (item.dated.point, item.state());
    let is_open = state == Ticked::Open;
    html! {
        div.what {
            h3 { (point.text) }
            @if is_open {
                p.why { (point.why) }
                p.small {
                    (standing_tag(item.dated.standing)) " "
                    @if is_to_come(item) { "from " (view.frame.clock.short(item.dated.from)) " " }
                    "until " (until(&view.frame, &item.dated)) " · " (point.whose.label())
                }
            }
            (settled(&view.frame, &state))
            (history(&view.frame, item))
        }
        @if view.ticks && is_open {
            @if !is_to_come(item) { div.press { (tick(view, item)) } }
            (more(view, item, failed))
        } @else if view.ticks {
            (undo(view, item, failed))
        }
    }
}

/// One press.
fn tick(view: &View<'_>, item: &Item<'_>) -> Button {
    let point = item.dated.point;
    Button::new(format!("press-{}", point.id), view.here(), "Done")
        .about(point.text.as_str())
        .with("key", item.key("tick"))
        .with("act", "tick")
        .with("point", &point.id)
        .with("election", view.election())
}

/// Whether nobody is asked for it yet: it can be done all the same.
fn is_to_come(item: &Item<'_>) -> bool {
    item.dated.standing == Standing::ToCome
}

/// With words: a note, or why it is not needed. What is to come is ticked here too.
fn more(view: &View<'_>, item: &Item<'_>, failed: &Failed) -> Markup {
    let open = is_sent(item, failed);
    let note = form(view, item, ("tick", "Done, with this note"), failed);
    let note = note.field(text(item, "tick", "What is there to say of it?", failed));
    let skip = form(view, item, ("skip", "Set it aside"), failed);
    let skip = skip.field(text(item, "skip", "Why is it not needed here?", failed));
    let (early, label) = match is_to_come(item) {
        true => (Some(tick(view, item)), "Done already, or not needed here"),
        false => (None, "A note, or not needed here"),
    };
    html! {
        (Disclosure::new(label, html! {
            div.stack { @if let Some(early) = early { div.buttons { (early) } } (note) (skip) }
        }).open_if(open))
    }
}

fn undo(view: &View<'_>, item: &Item<'_>, failed: &Failed) -> Markup {
    let open = is_sent(item, failed);
    let form = form(view, item, ("undo", "Open it again"), failed);
    let form = form.field(text(item, "undo", "Why is it open after all?", failed));
    html! { (Disclosure::new("Open it again", html! { (form) }).open_if(open)) }
}

/// Whether what could not be taken was about this point.
fn is_sent(item: &Item<'_>, failed: &Failed) -> bool {
    failed.is_any() && failed.fields.text("point") == item.dated.point.id
}

fn form(view: &View<'_>, item: &Item<'_>, (act, submit): (&str, &str), failed: &Failed) -> Form {
    let point = item.dated.point;
    let form = Form::new(format!("{act}-{}", point.id), view.here(), submit)
        .field(Hidden::new("key", item.key(&format!("{act}-said"))))
        .field(Hidden::new("act", act))
        .field(Hidden::new("point", &point.id))
        .field(Hidden::new("election", view.election()));
    failed.marked(form, is_sent(item, failed) && failed.is(act))
}

fn text(item: &Item<'_>, act: &str, label: &str, failed: &Failed) -> Field {
    let typed = if is_sent(item, failed) { failed.typed(act, "text") } else { "" };
    Field::area("text", label, 2).value(typed).max(Words::MAX)
}
