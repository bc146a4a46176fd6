//! How everything stood at the moment, and what had just been put down.

use maud::{Markup, html};
use ward_desk::incident::Voting;
use ward_desk::replay::{Event, Lane, Stand};
use ward_desk::shift::{Position, Post};

use super::picture::post_of;
use crate::doing::after::names::places;
use crate::doing::after::parts::{label, said};
use crate::doing::after::record::{Counted, by_rung, words};
use crate::doing::after::{Asked, Night};
use crate::pages::incidents::{truth_tag, voting_tag};
use crate::pages::parts::Frame;
use crate::pages::room::row;
use crate::ui::{
    Col, Disclosure, Empty, Href, Section, Stat, State as Look, Stats, Table, Timeline, cell,
    count, grouped, link, none, soft,
};

/// Entries that are shown of what had just been put down.
const NEWEST: usize = 6;
/// Incidents that are shown.
const INCIDENTS: usize = 200;
/// Characters of a text that are shown.
const SHOWN: usize = 400;

/// All of it.
pub(super) fn page(frame: &Frame<'_>, night: &Night, asked: &Asked) -> Markup {
    let stand = night.replay.stand(asked.at);
    html! {
        div.stack data-after="stand" {
            (numbers(frame, &stand, asked))
            (newest(frame, night, asked))
            (incidents(frame, &stand))
            (positions(frame, &stand))
            (checks(frame, &stand))
        }
    }
}

fn numbers(frame: &Frame<'_>, stand: &Stand, asked: &Asked) -> Markup {
    let counted = Counted::of(stand);
    let mut stats = Stats::new();
    for (rung, cases) in by_rung(counted.rungs) {
        stats = stats.with(Stat::new(format!("Cases: {}", rung.name()), grouped(cases)));
    }
    let stopped = stand
        .open_incidents()
        .filter(|(_, (_, incident))| incident.voting == Some(Voting::Stopped))
        .count();
    let open = Stat::new("Open incidents", grouped(counted.incidents));
    stats = stats.with(match stopped {
        0 => open,
        _ => {
            let note = format!("{} where voting had stopped", grouped(stopped as u64));
            open.state(Look::Bad).note(note)
        }
    });
    let section =
        Section::new("stood", format!("How it stood: {}", frame.clock.exact(asked.at).words()))
            .tally(count(stand.events, "entry until then", "entries until then"))
            .body(html! { (stats) });
    html! { (section) }
}

fn newest(frame: &Frame<'_>, night: &Night, asked: &Asked) -> Markup {
    let all = night.replay.events();
    let known = all.get(..night.replay.until(asked.at)).unwrap_or(all);
    let mut timeline = Timeline::new("What had just been put down, the newest first");
    for event in known.iter().rev().take(NEWEST) {
        let look = if event.is_grave() { Look::Warn } else { Look::Plain };
        timeline = timeline
            .at(frame.clock.exact(event.at), words(&event.kind, &event.act))
            .state(look)
            .what(told(frame, night, event));
    }
    let section = Section::new("newest", "What had just been put down").body(html! {
        @if known.is_empty() {
            (Empty::new("Nothing had been put down yet", "Move to a later moment, or choose another span."))
        } @else {
            (timeline)
        }
    });
    html! { (section) }
}

/// An event's words.
fn told(frame: &Frame<'_>, night: &Night, event: &Event) -> Markup {
    let place = event.place().map_or("State office", |id| frame.place(id));
    let by = event.by.as_ref().map_or("the desk by itself", |by| by.name.as_str());
    html! {
        @for text in &event.texts {
            @if !text.text.is_empty() && text.name != "title" {
                @let named = places(event, text, |id| frame.place(id).to_owned());
                @let words = said(&text.name, named.as_deref().unwrap_or(&text.text));
                p { strong { (label(&text.name)) ": " } (cut(&words)) }
            }
        }
        p {
            (link(&name(night, event), &href(event))) ", "
            (soft(&format!("{place}, by {by}, entry {}", event.number)))
        }
    }
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}

/// What an event is about, in a few words.
fn name(night: &Night, event: &Event) -> String {
    let known = night.names.get(event.log.strip_prefix("case-").unwrap_or(&event.log));
    match (event.lane(), known) {
        (Lane::Cases | Lane::Sensors, Some(name)) => name.clone(),
        (Lane::Cases, None) => "The case".to_owned(),
        (Lane::Incidents, _) => "The incident".to_owned(),
        (Lane::Positions, _) => post_of(&event.log).map_or("The position", Post::label).to_owned(),
        (Lane::Checks, _) => "The check".to_owned(),
        (Lane::Points, _) => "The checklists".to_owned(),
        (Lane::Rumors, _) => "The rumor".to_owned(),
        (Lane::Sensors, None) => "The sensor".to_owned(),
        (Lane::Other, _) => "More".to_owned(),
    }
}

/// Where an event is at home now.
fn href(event: &Event) -> Href {
    let log = event.log.as_str();
    match event.lane() {
        Lane::Incidents => Href::at("/incidents").join(log),
        Lane::Cases => Href::at("/cases").join(log.strip_prefix("case-").unwrap_or(log)),
        Lane::Positions => {
            let post = post_of(log);
            let room = Href::at("/room");
            post.map_or(room, |post| Href::at("/room/positions").join(post.name()))
        }
        Lane::Checks => Href::at("/room/checks").join(log),
        Lane::Points => Href::at("/checklists"),
        Lane::Rumors => Href::at("/rumors").join(log),
        Lane::Sensors => Href::at("/sensors").join(log),
        Lane::Other => Href::at("/room"),
    }
}

fn incidents(frame: &Frame<'_>, stand: &Stand) -> Markup {
    let cols = [
        Col::head("What"),
        Col::text("Where"),
        Col::text("Voting"),
        Col::text("Stage"),
        Col::text("Verified?"),
        Col::text("Who had it"),
    ];
    let mut table = Table::new("Incidents that were open", cols)
        .quiet()
        .none(Empty::new("No incident was open", "Nothing was left to do at that moment."));
    let mut open: Vec<_> = stand.open_incidents().collect();
    open.sort_by_key(|(id, (_, incident))| (incident.voting, incident.stage, *id));
    for (id, (place, incident)) in open.iter().take(INCIDENTS) {
        let Some(report) = &incident.report else { continue };
        let href = Href::at("/incidents").join(id);
        let place = place.as_deref().unwrap_or_default();
        table = table.row([
            link(report.kind.label(), &href),
            cell(format!("{}, {}", frame.place(place), report.place)),
            incident.voting.map_or_else(none, |voting| cell(voting_tag(voting))),
            cell(incident.stage.label()),
            cell(truth_tag(incident.truth)),
            cell(incident.owner.as_ref().map_or("Nobody", |owner| &owner.name)),
        ]);
    }
    let section = Section::new("open-incidents", "Incidents")
        .tally(count(open.len() as u64, "open", "open"))
        .body(html! {
            (table)
            @if open.len() > INCIDENTS {
                p { "The " (INCIDENTS) " most urgent of " (grouped(open.len() as u64)) " are shown." }
            }
        });
    html! { (section) }
}

/// The run of shifts of each position that went on, or the newest.
fn held(stand: &Stand) -> Vec<(Post, Position)> {
    let newest = |post: Post| {
        let of = |id: &&String| post_of(id) == Some(post);
        let number = |id: &str| id.rsplit_once('-').and_then(|(_, n)| n.parse::<u64>().ok());
        let all = stand.positions.iter().filter(|(id, _)| of(id));
        let newest = all.max_by_key(|(id, (_, position))| (position.held.is_some(), number(id)));
        newest.map(|(_, (_, position))| position.clone()).unwrap_or_default()
    };
    Post::ALL.into_iter().map(|post| (post, newest(post))).collect()
}

fn positions(frame: &Frame<'_>, stand: &Stand) -> Markup {
    let cols = [
        Col::head("Position"),
        Col::text("Who had it"),
        Col::when("Since"),
        Col::text("Hand-over"),
    ];
    let mut table = Table::new("Positions of the room then", cols).quiet();
    for (post, position) in held(stand) {
        table = table.row(row(frame, post, &position, "Notes waited to be signed"));
    }
    let section = Section::new("held-positions", "Positions").body(html! { (table) });
    html! { (section) }
}

fn checks(frame: &Frame<'_>, stand: &Stand) -> Markup {
    let section = Section::new("answered-checks", "Communications checks").body(html! {
        @if stand.checks.is_empty() {
            (Empty::new("No check had been made", "Who had answered would stand here."))
        }
        @for (id, (_, check)) in &stand.checks {
            @if let Some(question) = &check.question {
                @let (answered, asked) = check.count();
                @let href = Href::at("/room/checks").join(id);
                h3 { (link(question.as_str(), &href)) }
                p {
                    (answered) " of " (asked) " had answered; asked " (frame.clock.exact(check.begun))
                    @if let Some(ended) = check.ended { ", ended " (frame.clock.exact(ended)) } "."
                }
                @if answered < asked {
                    (Disclosure::new(
                        format!("Who had not answered {}", frame.clock.short(check.begun).words()),
                        html! {
                            ul.names {
                                @for (id, _) in check.asked.iter().filter(|(_, answer)| answer.is_none()) {
                                    li { (frame.place(id)) }
                                }
                            }
                        },
                    ))
                }
            }
        }
    });
    html! { (section) }
}
