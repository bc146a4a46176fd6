//! What a case is about, as others see it: on the state's page the views of local authorities, on
//! theirs what the state's desk makes of it.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use ward_access::Act as Right;
use ward_desk::case_file::Act;
use ward_desk::{Body, Entry};
use ward_live::{Kept, STATE};
use ward_store::cases::{self, Filed, Handling, Line};
use ward_store::{Error, Link};

use super::{View, of};
use crate::doing::cases::scope;
use crate::doing::counterparts::{self, Made, key_of, stands, stands_higher};
use crate::pages::cases::heading;
use crate::pages::entries::beginning;
use crate::pages::failed::Failed;
use crate::pages::parts::{Frame, standing};
use crate::ui::{
    self, Call, Choice, Col, Facts, Form, RungBadge, Section, Table, cell, link, none, soft,
};
use crate::who::Who;

/// Letters of a note that stand in the table.
const NOTE: usize = 120;
/// Cases of the state that are shown beside a local authority's.
const MADE: usize = 5;
/// The sentence where the state's desk has no case of its own.
const NOT_THERE: &str =
    "The state's desk has no case of its own for it: tell them if you are not sure.";
/// The sentence where more cases lie near it than were compared.
const NOT_KNOWN: &str = "Whether the state's desk has a case of its own for it is not known: too \
                         many lie near it. Tell them if you are not sure.";

/// A case in the views of others.
#[derive(Default)]
pub(super) struct Beside {
    /// Of the state's case: those of local authorities, the first with their files.
    pub(super) views: Vec<counterparts::View>,
    more: Vec<Filed>,
    /// Of a local authority's case: what the state's desk makes of it.
    made: Vec<Made>,
    /// Whether more lie near it than were compared.
    is_unknown: bool,
}

impl Beside {
    /// The other views of a case, as far as somebody may see them.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn load(mut link: Link<'_>, who: &Who, case: &Kept) -> Result<Self, Error> {
        if case.scope != STATE {
            let (made, is_known) = counterparts::made(link, case, counterparts::MOST).await?;
            return Ok(Self { made, is_unknown: !is_known, ..Self::default() });
        }
        let (mut all, is_known) = counterparts::of(link.again(), case).await?;
        all.retain(|one| who.may(Right::SeeCase, scope(&one.case.scope)));
        let (views, more) = counterparts::with_files(link, all).await?;
        Ok(Self { views, more, is_unknown: !is_known, ..Self::default() })
    }

    /// Whether the state's desk has a case of its own here that it has not closed.
    pub(super) fn is_seen(&self) -> bool {
        self.made.iter().any(|made| !made.is_closed())
    }
}

/// The views of local authorities, on the state's page.
pub(super) fn locals(view: &View<'_>) -> Markup {
    let Beside { views, more, .. } = &view.beside;
    let cols = [
        Col::head("Local authority"),
        Col::text("Rung"),
        Col::text("Standing"),
        Col::text("Who has it"),
        Col::text("Last note"),
    ];
    let mut table = Table::new("This case as local authorities see it", cols).quiet();
    for one in views {
        table = table.marked(one.filed.seen, row(&view.frame, one));
    }
    let count = views.len().saturating_add(more.len()) as u64;
    let section = Section::new("locals", "As local authorities see it")
        .tally(ui::count(count, "view", "views"))
        .body(html! {
            @if count > 0 { (table) }
            @if view.beside.is_unknown {
                p { "Others may see it too: more of their cases lie near it than can be compared." }
            }
            @if !more.is_empty() {
                p { "These see it on no higher rung, and are looked at one by one:" }
                ul.names { @for one in more { li { (named(&view.frame, one)) } } }
            }
        });
    html! { @if count > 0 || view.beside.is_unknown { (section) } }
}

fn row(frame: &Frame<'_>, one: &counterparts::View) -> [Markup; 5] {
    let filed = &one.filed;
    let note = one.log.entries().iter().rev().find_map(|entry| match &entry.body {
        Body::Act(Act::Note { text }) => Some((entry, text)),
        _ => None,
    });
    [
        named(frame, filed),
        html! {
            (RungBadge(filed.seen))
            @if filed.seen != filed.case.rung { " judged " (RungBadge(filed.case.rung)) }
        },
        stood(filed),
        cell(filed.owner.as_ref().map_or("Nobody", |owner| &owner.name)),
        match note {
            Some((entry, text)) => html! {
                (beginning(text.as_str(), NOTE)) " "
                (soft(&format!("{}, ", entry.by.name))) (frame.clock.ago(entry.at, frame.now))
            },
            None => none(),
        },
    ]
}

/// A local authority as a link to its view.
fn named(frame: &Frame<'_>, filed: &Filed) -> Markup {
    link(frame.place(&filed.case.scope), &of(&filed.case.id))
}

fn stood(filed: &Filed) -> Markup {
    let standing_of = if filed.merged_into.is_some() { "merged" } else { "open" };
    cell(standing(standing_of, filed.handling, filed.case.authorised.is_some()))
}

/// What the state's desk makes of it, on a local authority's page: whether somebody has it, on which
/// rung it stands there and whether it is closed, and no more.
pub(super) fn desk(view: &View<'_>) -> Markup {
    if view.filed.case.scope == STATE {
        return html! {};
    }
    let made = &view.beside.made;
    let section = Section::new("desk", "What the state's desk makes of it").body(html! {
        @for one in made.iter().take(MADE) {
            p { (said(one)) }
            (facts(view, one))
        }
        @if made.is_empty() {
            p {
                @if view.beside.is_unknown {
                    "Whether the state's desk has a case of its own that this belongs to is not \
                     known: too many lie near it to compare them all. "
                } @else {
                    "The state's desk has no case of its own that this belongs to. "
                }
                "It reads this one when somebody tells it"
                @if view.phone.is_empty() { "." } @else {
                    ": " (Call::new(view.phone.as_str())) "."
                }
            }
        }
    });
    html! { (section) }
}

/// The sentence for one case of the state's.
fn said(made: &Made) -> &'static str {
    match (made.handling, &made.owner) {
        _ if made.is_test => "The state's desk knows it as a registered test.",
        (Handling::Closed, _) => "The state's desk closed its own view.",
        (Handling::Watched, _) => "The state's desk watches it.",
        (Handling::Open, Some(_)) => "The state's desk has it.",
        (Handling::Open, None) => "The state's desk sees it. Nobody there has taken it yet.",
    }
}

fn facts(view: &View<'_>, made: &Made) -> Markup {
    let standing_of = if made.is_part { "merged" } else { "open" };
    let mut facts = Facts::new();
    if view.frame.is_state() || made.rung <= view.filed.seen {
        facts = facts.row("How far it got, as they see it", cell(RungBadge(made.rung)));
    }
    facts = facts.row("Standing there", cell(standing(standing_of, made.handling, made.is_test)));
    if let Some(owner) = &made.owner {
        facts = facts.row("Who has it there", cell(&owner.name));
    }
    html! {
        (facts)
        @if view.frame.is_state() { p { (link("The state's view", &of(&made.id))) } }
    }
}

/// What the state's desk makes of a local authority's cases, a sentence for each.
///
/// # Errors
/// Those of the store.
pub(in crate::pages) async fn at_home<'a>(
    mut link: Link<'_>,
    lines: impl Iterator<Item = &'a Line>,
) -> Result<BTreeMap<String, &'static str>, Error> {
    let mut all = BTreeMap::new();
    for line in lines {
        let Some(filed) = cases::by_id(link.again(), &line.id).await? else { continue };
        let (made, is_known) =
            counterparts::made(link.again(), &filed.case, counterparts::FEW).await?;
        // What it works on says more than what it closed.
        let first = made.iter().min_by_key(|made| made.handling as u8);
        let none = if is_known { NOT_THERE } else { NOT_KNOWN };
        all.insert(line.id.clone(), first.map_or(none, said));
    }
    Ok(all)
}

/// Adds to a form of the state's view in whose files it is put down as well. What would hide what
/// judgement or people say there is not offered.
pub(super) fn also(form: Form, view: &View<'_>, act: &str, failed: &Failed) -> Form {
    let is_note = act == "note";
    let here = stands(&view.filed);
    let (fits, higher): (Vec<&Filed>, Vec<&Filed>) = view
        .beside
        .views
        .iter()
        .map(|one| &one.filed)
        .partition(|one| is_note || !stands(one).is_higher(here));
    let hint = if is_note {
        "They read it as you write it."
    } else {
        "It stands in their file with your name and these words, as they are."
    };
    let mut list = Choice::many("also", "For them as well").hint(hint);
    for one in &fits {
        let place = view.frame.place(&one.case.scope);
        let id = &one.case.id;
        list = list.option(id, format!("{place}: {}, {}", heading(&one.case.title), one.seen));
        let ticked = if failed.is(act) {
            failed.fields.all("also").any(|ticked| ticked == id)
        } else {
            !is_note
        };
        if ticked {
            list = list.picked(id);
        }
    }
    let form = if fits.is_empty() { form } else { form.field(list) };
    higher.into_iter().fold(form, |form, one| {
        let place = view.frame.place(&one.case.scope);
        form.prose(html! {
            p { (link(&stands_higher(place, one), &of(&one.case.id))) }
        })
    })
}

/// The entries of local authorities' files, each with whose it is: those that the state's file has
/// not, for what was put down in both stands there once; unless they corrected it.
pub(super) fn entries<'a>(
    view: &'a View<'_>,
) -> impl Iterator<Item = (&'a counterparts::View, &'a Entry<Act>)> {
    let (id, own) = (&view.filed.case.id, view.log.entries().iter());
    let own: BTreeSet<String> = own.map(|entry| key_of(id, &entry.by.id, &entry.key)).collect();
    let views = view.beside.views.iter();
    let all = views.flat_map(|one| one.log.entries().iter().map(move |entry| (one, entry)));
    all.filter(move |(one, entry)| {
        let corrects = |other: &&Entry<Act>| {
            matches!(other.body, Body::Correction { of, .. } if of == entry.number)
        };
        let mut corrections = one.log.entries().iter().filter(corrects);
        !own.contains(&entry.key) || corrections.any(|other| !own.contains(&other.key))
    })
}

/// The local authorities in whose files an entry of the state's stands as well.
pub(super) fn told_to(view: &View<'_>, entry: &Entry<Act>) -> Vec<String> {
    let key = key_of(&view.filed.case.id, &entry.by.id, &entry.key);
    let has = |one: &&counterparts::View| one.log.entries().iter().any(|entry| entry.key == key);
    let views = view.beside.views.iter().filter(has);
    views.map(|one| view.frame.place(&one.filed.case.scope).to_owned()).collect()
}
