//! Who is heard, and who has which position.

use maud::{Markup, html};
use ward_desk::shift::Position;

use super::View;
use crate::ui::{
    Facts, Go, Href, Section, Stat, State, Stats, Tag, cell, count, grouped, link, soft,
};

/// Silent sensors that are named.
const SHOWN: usize = 6;

/// Which sensors are heard, and who is not seen at all. Silence is news.
pub(super) fn coverage(view: &View<'_>) -> Markup {
    let whole = &view.situation.whole;
    let coverage = &whole.coverage;
    let silent = coverage.silent.len();
    let heard = Stat::new("Sensors heard", grouped(coverage.heard as u64))
        .unit(format!("of {}", grouped(coverage.expected as u64)))
        .link(Href::at("/sensors"));
    let heard = match (coverage.expected, silent) {
        (0, _) => heard.state(State::Silent).note("no sensor sends records"),
        (expected, 0) if coverage.heard < expected => heard.note("none is silent yet"),
        (_, 0) => heard.state(State::Good).note("none is silent"),
        (_, n) => heard.state(State::Silent).note(format!("{} silent", grouped(n as u64))),
    };
    let seen = whole.local.saturating_sub(whole.unseen);
    let local = Stat::new("Local authorities seen", grouped(seen as u64))
        .unit(format!("of {}", grouped(whole.local as u64)));
    let local = match whole.unseen {
        0 => local.state(State::Good).note("each has a sensor"),
        n => local.state(State::Silent).note(format!("{} without a sensor", grouped(n as u64))),
    };
    let answers = whole.check.as_ref().map(|(id, answered, asked)| {
        let href = Href::at("/room/checks").join(id);
        Stat::new("Answered the last check", grouped(*answered as u64))
            .unit(format!("of {}", grouped(*asked as u64)))
            .link(href)
    });
    let stats = Stats::new().with(heard).with(local);
    let stats = match answers {
        Some(stat) => stats.with(stat),
        None => stats,
    };
    let section = Section::new("coverage", "Seen and silent").body(html! {
        (stats)
        @if silent > 0 {
            ul.silent-list {
                @for one in coverage.silent.iter().take(SHOWN) {
                    li {
                        (link(&one.name, &Href::at("/sensors").join(&one.id))) " "
                        (soft("silent since ")) (view.frame.clock.short(one.since))
                    }
                }
            }
        }
        @if silent > SHOWN {
            p { "And " (count((silent - SHOWN) as u64, "silent sensor more", "silent sensors more")) "." }
        }
    });
    html! { (section) }
}

/// Who has which position.
pub(super) fn positions(view: &View<'_>) -> Markup {
    let nobody = Position::default();
    let mut facts = Facts::new();
    for (post, held) in &view.positions {
        let state = held.as_ref().map_or(&nobody, |held| held.log.state());
        let who = match &state.held {
            Some((by, since)) => html! {
                (by.name) " " (soft("since ")) (view.frame.clock.short(*since))
                @if state.notes.is_some() { " " (Tag::warn("Hand-over waits")) }
            },
            None => cell(Tag::warn("Nobody")),
        };
        facts = facts.row(post.label(), who);
    }
    let section = Section::new("positions", "Who holds which position")
        .actions(html! { (Go::new("The room", Href::at("/room")).second()) })
        .body(html! { (facts) });
    html! { (section) }
}
