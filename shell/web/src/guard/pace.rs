//! How fast one person, or one program, puts things down, and looks at what leaves a row each time.
//!
//! What is put down stays, and everybody reads it. So a script in one person's hand must not write
//! faster than a room of people: it waits, and nobody else does. Whoever keys in telephone calls, or
//! ticks one point for all 116 authorities, never meets it.

use std::sync::MutexGuard;

use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use ward_access::throttle::{Pace, Rate};
use ward_access::{Act, Answer};
use ward_kernel::time::MINUTE;

use super::refuse;
use crate::desk::{Desk, Settings};
use crate::fields::{Fields, Sent};
use crate::keys::hashed;
use crate::route::{Access, Kind, Route, Verb};
use crate::server::errors::Problem;
use crate::ui::{Form, Hidden, Href, OPENED_BY, Page};
use crate::who::Who;

/// How many times as much at once as in a minute.
const AT_ONCE: u32 = 4;
/// Looks in a minute that everybody has.
const LEAST_LOOKS: u32 = 120;

/// What one may put down.
pub(crate) fn rate(settings: &Settings) -> Rate {
    let minute = settings.entries_a_minute.max(1);
    Rate { burst: minute.saturating_mul(AT_ONCE), every: MINUTE / i64::from(minute) }
}

/// Looks in a minute, where each leaves a row in the audit, and as many at once: one reads more than
/// one writes, and reads on where less is written.
fn looks(entries_a_minute: u32) -> u32 {
    entries_a_minute.saturating_mul(AT_ONCE).max(LEAST_LOOKS)
}

/// What one may look at.
pub(crate) fn looking(settings: &Settings) -> Rate {
    let looks = looks(settings.entries_a_minute);
    Rate { burst: looks, every: MINUTE / i64::from(looks) }
}

/// Who is kept in mind: more than there are people and programs.
pub(crate) const PEOPLE: usize = 16_384;

/// Somebody who puts something down, or looks at what leaves a row each time, as they are counted.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    key: u64,
    looks: bool,
}

impl Counted {
    fn pace(self, desk: &Desk) -> MutexGuard<'_, Pace> {
        if self.looks { desk.lobby().looking() } else { desk.lobby().writing() }
    }
}

/// Somebody who comes too soon, and the seconds after which they may come.
#[derive(Clone, Copy)]
pub(super) struct Waits(Counted, u64);

const TITLE: &str = "That is more than the desk takes at once";

/// Whoever puts something down by a request, or looks: a person or a program.
pub(super) fn counted(route: &Route, request: &Request, who: &Who) -> Option<Counted> {
    let (Access::Person(act) | Access::Anyone(act)) = route.access else { return None };
    let looks = is_look(act, route);
    let is_put_down = act.is_put_down() && *request.method() == Method::POST;
    let hash = (looks || is_put_down).then(|| hashed(who.id().as_bytes()))?;
    let key = hash.first_chunk().copied().map_or(0, u64::from_le_bytes);
    Some(Counted { key, looks })
}

/// Whether each look by a route leaves a row in the audit, so that nobody fills it by reading: at one
/// case, incident, rumor, office's contacts, at people, at the history or the audit itself, and by
/// taking a span away.
fn is_look(act: Act, route: &Route) -> bool {
    match act {
        Act::Hunt | Act::SeePeople | Act::ExportAudit => true,
        Act::SeeCase | Act::SeeEvidence | Act::SeeIncidents | Act::SeeRumors | Act::SeeContacts => {
            route.path.contains("{id}")
        }
        Act::SeeAfter => route.path.ends_with("/export"),
        _ => false,
    }
}

/// How long they wait for the next; `None` when it may be now. Then it is counted: a thousand that
/// are sent at once would otherwise all be let through.
pub(super) fn waits(desk: &Desk, counted: Counted) -> Option<Waits> {
    match counted.pace(desk).ask(counted.key, desk.now()) {
        Answer::Go => None,
        Answer::Wait { seconds } => Some(Waits(counted, seconds)),
    }
}

/// Takes back what was counted and came to nothing. A page that says what is wrong with what was
/// sent is shown again, and may be a look with a row of its own: that counts.
pub(super) fn came(desk: &Desk, route: &Route, counted: Counted, status: StatusCode) {
    let is_shown_again = route.kind == Kind::Page && status == StatusCode::UNPROCESSABLE_ENTITY;
    if status.as_u16() >= 400 && !is_shown_again {
        counted.pace(desk).take_back(counted.key);
    }
}

/// Says when to send it again. A page keeps what was written, so that one press sends it.
pub(super) async fn later(desk: &Desk, route: &Route, request: Request, waits: Waits) -> Response {
    let (again, advice) = (u32::try_from(waits.1).unwrap_or(u32::MAX), advice(desk, waits));
    if route.kind != Kind::Page || route.verb == Verb::Get {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, TITLE, advice);
        return refuse(route, &problem.again_in(again));
    }
    let to = request.uri().path_and_query().and_then(|asked| Href::parse(asked.as_str()));
    let sent = Sent::from_request(request, desk).await.ok();
    let form = to.zip(sent).map(|(to, Sent(fields))| again_by(to, "Send it again", &fields));
    let page = Page::new(TITLE).world(desk.settings.world).narrow().lead(advice);
    let page = page.render(&html! {
        @match form {
            Some(form) => (form),
            None => p { "Go back to the page before, and send it from there again." },
        }
    });
    let mut response = (StatusCode::TOO_MANY_REQUESTS, page).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(again));
    response
}

fn advice(desk: &Desk, Waits(counted, seconds): Waits) -> String {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    if counted.looks {
        let looks = looks(desk.settings.entries_a_minute);
        return format!(
            "Looks at this leave rows in the audit: one person or program takes {looks} at once, \
             then {looks} a minute. Ask again in {seconds} {unit}."
        );
    }
    let minute = desk.settings.entries_a_minute;
    format!(
        "From one person or program it takes {} entries at once, then {minute} a minute. This one is \
         not put down yet. Send it again in {seconds} {unit}.",
        minute.saturating_mul(AT_ONCE)
    )
}

/// What was written, and the button that sends it as it was: with the key that makes it one entry.
pub(crate) fn again_by(to: Href, button: &str, fields: &Fields) -> Markup {
    let form = Form::new("again", to, button);
    let form = fields.each().fold(form, |form, (name, value)| form.field(Hidden::new(name, value)));
    let is_words = |(name, value): &(&str, &str)| {
        let is_given = matches!(*name, "key" | "act" | "entry" | "read" | "of" | OPENED_BY);
        !is_given && !value.trim().is_empty()
    };
    let words: Vec<&str> = fields.each().filter(is_words).map(|(_, value)| value).collect();
    html! {
        @if !words.is_empty() {
            p { "Nothing is lost. You wrote:" }
            ul { @for one in words { li { (one) } } }
        }
        (form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_writes_less_reads_on() {
        for (entries, most) in [(0, 120), (1, 120), (30, 120), (31, 124), (60_000, 240_000)] {
            assert_eq!(looks(entries), most, "{entries}");
        }
    }
}
