//! How fast one person, or one program, puts things down.
//!
//! What is put down stays, and everybody reads it. So a script in one person's hand must not write
//! faster than a room of people: it waits, and nobody else does. Whoever keys in telephone calls, or
//! ticks one point for all 116 authorities, never meets it.

use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use ward_access::Answer;
use ward_access::throttle::Rate;
use ward_kernel::time::MINUTE;

use super::refuse;
use crate::desk::{Desk, Settings};
use crate::fields::{Fields, Sent};
use crate::keys::hashed;
use crate::route::{Access, Kind, Route};
use crate::server::errors::Problem;
use crate::ui::{Form, Hidden, Href, OPENED_BY, Page};
use crate::who::Who;

/// How many times as much at once as in a minute.
const AT_ONCE: u32 = 4;

/// What one may put down.
pub(crate) fn rate(settings: &Settings) -> Rate {
    let minute = settings.entries_a_minute.max(1);
    Rate { burst: minute.saturating_mul(AT_ONCE), every: MINUTE / i64::from(minute) }
}

/// Who is kept in mind: more than there are people and programs.
pub(crate) const PEOPLE: usize = 16_384;

/// Somebody who puts something down, as they are counted.
#[derive(Clone, Copy)]
pub(super) struct Writer(u64);

const TITLE: &str = "That is more than the desk takes at once";

/// Whoever puts something down by a request: a person or a program.
pub(super) fn writer(route: &Route, request: &Request, who: &Who) -> Option<Writer> {
    let (Access::Person(act) | Access::Anyone(act)) = route.access else { return None };
    let is_put_down = act.is_put_down() && *request.method() == Method::POST;
    let hash = is_put_down.then(|| hashed(who.id().as_bytes()))?;
    Some(Writer(hash.first_chunk().copied().map_or(0, u64::from_le_bytes)))
}

/// The seconds after which they may put the next thing down; `None` when it is now. Then it is
/// counted: a thousand that are sent at once would otherwise all be let through.
pub(super) fn waits(desk: &Desk, Writer(key): Writer) -> Option<u64> {
    match desk.lobby().writing().ask(key, desk.now()) {
        Answer::Go => None,
        Answer::Wait { seconds } => Some(seconds),
    }
}

/// Takes back what was counted and is not put down.
pub(super) fn refused(desk: &Desk, Writer(key): Writer) {
    desk.lobby().writing().take_back(key);
}

/// Says when to send it again. A page keeps what was written, so that one press sends it.
pub(super) async fn later(desk: &Desk, route: &Route, request: Request, seconds: u64) -> Response {
    let again = u32::try_from(seconds).unwrap_or(u32::MAX);
    let advice = format!(
        "From one person or program it takes {} entries at once, then {} a minute. This one is not \
         put down yet. Send it again in {seconds} {}.",
        desk.settings.entries_a_minute.saturating_mul(AT_ONCE),
        desk.settings.entries_a_minute,
        if seconds == 1 { "second" } else { "seconds" }
    );
    if route.kind != Kind::Page {
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
