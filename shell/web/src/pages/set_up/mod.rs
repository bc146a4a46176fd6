//! Setting the desk up: the office, its first administrator, and their second factor.
//!
//! Everything is gathered in memory and written in one transaction at the end, so that a desk is
//! set up wholly or not at all. The key of the link is exchanged for a cookie at once; whoever
//! opens the link again begins anew, and whoever had begun before has nothing in hand any more.

mod administrator;
mod factor;
mod office;
mod places;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use data_encoding::BASE64URL_NOPAD;
use ward_kernel::Time;
use ward_kernel::time::{HOUR, SECOND};

pub(crate) use administrator::First;
pub(crate) use office::Office;

use super::outside::{not_set_up, with};
use super::parts::{done, go_to};
use crate::desk::Desk;
use crate::fields::Asked;
use crate::refused::{Answer, Refused, not_found};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Href, Page, Steps};
use crate::{cookie, guard};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "set-up.show",
        verb: Verb::Get,
        path: HERE,
        access: Access::SetUp,
        kind: Kind::Page,
        summary: "Takes the set-up link, and shows the step that comes next",
        handler: || get(show),
    },
    Route {
        name: "set-up.office",
        verb: Verb::Post,
        path: "/set-up/office",
        access: Access::SetUp,
        kind: Kind::Page,
        summary: "Takes the office and its jurisdictions",
        handler: || post(office::take).layer(DefaultBodyLimit::max(LONGEST_LIST)),
    },
    Route {
        name: "set-up.administrator",
        verb: Verb::Post,
        path: "/set-up/administrator",
        access: Access::SetUp,
        kind: Kind::Page,
        summary: "Takes the first administrator",
        handler: || post(administrator::take),
    },
    Route {
        name: "set-up.factor",
        verb: Verb::Post,
        path: "/set-up/factor",
        access: Access::SetUp,
        kind: Kind::Page,
        summary: "Takes their second factor, and ends set-up",
        handler: || post(factor::take),
    },
];

const HERE: &str = "/set-up";

/// A list of jurisdictions as a form sends it, in bytes: a megabyte, and what its signs grow by.
const LONGEST_LIST: usize = 3 << 20;

/// How long set-up can take from opening the link, in microseconds.
const GOOD_FOR: i64 = HOUR;

/// What set-up has gathered so far.
pub(crate) struct Draft {
    /// SHA-256 of the cookie's secret.
    secret: [u8; 32],
    /// When the link was opened.
    opened: Time,
    /// The office, after the first step.
    office: Option<Office>,
    /// The administrator, after the second.
    first: Option<First>,
}

/// The steps.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Step {
    Office,
    Administrator,
    Factor,
}

impl Draft {
    /// The first step that is not done.
    const fn next(&self) -> Step {
        match (&self.office, &self.first) {
            (None, _) => Step::Office,
            (Some(_), None) => Step::Administrator,
            (Some(_), Some(_)) => Step::Factor,
        }
    }
}

/// A page of set-up.
fn page(desk: &Desk, step: Step, title: &str) -> (Page, Steps) {
    let number = match step {
        Step::Office => 1,
        Step::Administrator => 2,
        Step::Factor => 3,
    };
    let steps = Steps::new("Steps of set-up", number)
        .step("The office")
        .step("First administrator")
        .step("Second factor");
    (Page::new(title).world(desk.settings.world).narrow(), steps)
}

async fn show(State(desk): State<Desk>, headers: HeaderMap, Asked(fields): Asked) -> Answer {
    if let Some(key) = fields.given("key") {
        return open(&desk, key);
    }
    let Some(next) = ours(&desk, &headers, Draft::next) else { return Ok(closed(&desk)) };
    let asked = match fields.text("step") {
        "office" => Step::Office,
        "administrator" => Step::Administrator,
        _ => next,
    };
    match asked.min(next) {
        Step::Office => done(office::first_page(&desk, &headers)),
        Step::Administrator => done(administrator::first_page(&desk, &headers)),
        Step::Factor => factor::show(&desk, &headers),
    }
}

/// Exchanges the key of the link for a cookie.
fn open(desk: &Desk, key: &str) -> Answer {
    let key = BASE64URL_NOPAD.decode(key.as_bytes()).map_err(|_| not_found())?;
    if desk.settings.set_up != Some(desk.keys.kept(&key)) {
        return Err(not_found());
    }
    let secret: [u8; 32] = desk.keys.random()?;
    *desk.lobby().draft() = Some(Draft {
        secret: desk.keys.kept(&secret),
        opened: desk.now(),
        office: None,
        first: None,
    });
    let name = cookie::set_up_name(&desk.settings);
    let cookie = cookie::give(desk, &name, &secret, Some((GOOD_FOR / SECOND).unsigned_abs()));
    Ok(with(guard::onward(desk, &Href::at(HERE)), [cookie]))
}

/// Looks at, or changes, the draft of whoever brings its cookie; `None` for anybody else, and when
/// it took too long.
fn ours<T>(desk: &Desk, headers: &HeaderMap, look: impl FnOnce(&Draft) -> T) -> Option<T> {
    ours_mut(desk, headers, |draft| look(draft))
}

fn ours_mut<T>(
    desk: &Desk,
    headers: &HeaderMap,
    change: impl FnOnce(&mut Draft) -> T,
) -> Option<T> {
    let name = cookie::set_up_name(&desk.settings);
    let secret = desk.keys.kept(&cookie::secret(headers, &name)?);
    let now = desk.now();
    let mut draft = desk.lobby().draft();
    let draft = draft.as_mut().filter(|draft| draft.secret == secret)?;
    (0..GOOD_FOR).contains(&now.since(draft.opened)).then(|| change(draft))
}

/// What anybody sees who has not opened the link.
fn closed(desk: &Desk) -> Response {
    (StatusCode::FORBIDDEN, not_set_up(desk)).into_response()
}

/// Leads on to the next step.
fn onwards() -> Result<Response, Refused> {
    go_to(&Href::at(HERE))
}
