//! The check before every answer: who asks, from where, and whether the table lets them.

mod opened;
pub(crate) mod pace;
mod signed_out;
mod then;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use data_encoding::BASE64URL_NOPAD;
use maud::html;
use ward_access::{Actor, Reach, Role, Stage, Standing};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;
use ward_store::{Audit, sessions, tokens};

use crate::cookie;
use crate::desk::Desk;
use crate::route::{Access, Kind, Route, Verb};
use crate::server::errors::Problem;
use crate::server::peer_of;
use crate::ui::{Href, Page};
use crate::who::Who;

use then::nearest_page;
pub(crate) use then::{then, with_then};

/// An answer in place of what was asked for.
type Denied = Box<Response>;

/// How long a second factor must still answer for a risky act when its form is opened, in
/// microseconds: so that it does not run out while the form is being filled in.
const TO_FILL_IN: i64 = 3 * MINUTE;

/// Asks who it is and lets them through, or says why not.
pub(crate) async fn guard(
    State((desk, route)): State<(Desk, &'static Route)>,
    request: Request,
    next: Next,
) -> Response {
    let address = peer_of(request.extensions());
    if let Err(problem) = is_for_us(&desk, route, request.headers()) {
        return refuse(route, &problem);
    }
    let mut who = match identify(&desk, route, request.headers()).await {
        Ok(who) => who,
        Err(problem) => return refuse(route, &problem),
    };
    who.address = address;
    if who.session.is_none() && came_by_a_link(&desk, route, request.headers()) {
        return once_more(&desk, request.uri());
    }
    let request = match opened::by_sender(&desk, route, &who, request).await {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let mut request = match signed_out::kept(&desk, route, &who, request).await {
        Ok(request) => request,
        Err(response) => return *response,
    };
    if let Err(response) = admit(&desk, route, &who, request.uri()) {
        return *response;
    }
    if desk.settings.ended.is_some() && changes(route) {
        return refuse(route, &ended());
    }
    let counted = pace::counted(route, &request, &who);
    if let Some(waits) = counted.and_then(|counted| pace::waits(&desk, counted)) {
        return pace::later(&desk, route, request, waits).await;
    }
    request.extensions_mut().insert(who);
    let response = next.run(request).await;
    if let Some(counted) = counted {
        pace::came(&desk, route, counted, response.status());
    }
    response
}

/// Whether a request names the desk, and comes from a page of its own where it changes something.
fn is_for_us(desk: &Desk, route: &Route, headers: &HeaderMap) -> Result<(), Problem> {
    if route.kind != Kind::Machine && !is_called_right(desk, headers) {
        return Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "The desk is not called by this name",
            "Use the address that the desk printed at its start, or start it with --name and this \
             name.",
        ));
    }
    if route.verb == Verb::Post && !is_same_origin(desk, route, headers) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "This did not come from a page of the desk",
            "Open the page again from the desk itself and repeat what you did.",
        ));
    }
    Ok(())
}

/// Whether a request that changes something was made by a page of the desk. Browsers say so in
/// `Sec-Fetch-Site`, which no page can change (W3C Fetch Metadata); older ones say in `Origin`
/// where the page came from. Programs come with a token or a signature in place of a cookie and
/// need neither.
fn is_same_origin(desk: &Desk, route: &Route, headers: &HeaderMap) -> bool {
    let name = cookie::session_name(&desk.settings);
    let brings_session = bearer(headers).is_none() && cookie::secret(headers, &name).is_some();
    if route.access == Access::Sensor || (route.kind == Kind::Api && !brings_session) {
        return true;
    }
    match (text(headers, &SITE), text(headers, &header::ORIGIN)) {
        // Pages that send no referrer send "null" as their origin too (Fetch, 3.2).
        (Some("same-origin"), origin) => {
            origin.is_none_or(|origin| origin == "null" || is_ours(desk, origin))
        }
        (Some(_), _) | (None, None) => false,
        (None, Some(origin)) => is_ours(desk, origin),
    }
}

/// Whether the request calls the desk by one of its names. A page of another site that makes its
/// own name lead to the desk's address (DNS rebinding) does not.
fn is_called_right(desk: &Desk, headers: &HeaderMap) -> bool {
    let names = &desk.settings.hosts;
    text(headers, &header::HOST)
        .is_some_and(|host| names.iter().any(|name| name.eq_ignore_ascii_case(host)))
}

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
/// Stands on what a page asks for by itself: `ward.js` puts it there.
const NEWS: HeaderName = HeaderName::from_static("ward-news");

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok())
}

/// The desk can be reached by several names: any of those that it knows is its own.
fn is_ours(desk: &Desk, origin: &str) -> bool {
    if origin == desk.settings.origin {
        return true;
    }
    let scheme = if desk.settings.secure { "https://" } else { "http://" };
    let hosts = &desk.settings.hosts;
    origin.strip_prefix(scheme).is_some_and(|name| hosts.iter().any(|host| host == name))
}

/// Whether somebody follows a link to a page from elsewhere, such as a message. The browser keeps
/// the session's cookie back then, for it is `SameSite=Strict`.
fn came_by_a_link(desk: &Desk, route: &Route, headers: &HeaderMap) -> bool {
    route.kind == Kind::Page
        && route.verb == Verb::Get
        && !matches!(route.access, Access::Open | Access::SetUp)
        && desk.is_set_up()
        && matches!(text(headers, &SITE), Some("cross-site" | "same-site"))
        && text(headers, &MODE) == Some("navigate")
}

/// Lets the browser ask again from a page of the desk, which brings the cookie along. It happens
/// once: what is asked from here is `same-origin`.
fn once_more(desk: &Desk, uri: &Uri) -> Response {
    let asked = uri.path_and_query().and_then(|asked| Href::parse(asked.as_str()));
    onward(desk, &asked.unwrap_or_else(|| Href::at("/")))
}

/// A page that leads to another page of the desk by itself. Unlike a redirect it is the desk's own
/// step, so that cookies go along which were just given, whatever site the visit began at.
pub(crate) fn onward(desk: &Desk, to: &Href) -> Response {
    let page = Page::new("One moment").world(desk.settings.world).narrow().render(&html! {
        p { a href=(to) { "Go on" } }
    });
    let mut response = page.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={to}")) {
        response.headers_mut().insert(header::REFRESH, value);
    }
    response
}

fn bearer(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim().strip_prefix("ward_").unwrap_or(token.trim());
    scheme.eq_ignore_ascii_case("bearer").then(|| BASE64URL_NOPAD.decode(token.as_bytes()).ok())?
}

async fn identify(desk: &Desk, route: &Route, headers: &HeaderMap) -> Result<Who, Problem> {
    if matches!(route.access, Access::Open | Access::Sensor) && route.kind == Kind::Machine {
        return Ok(Who::default());
    }
    let now = desk.now();
    if route.kind == Kind::Api && headers.contains_key(header::AUTHORIZATION) {
        let secret = bearer(headers).ok_or_else(unknown_token)?;
        return by_token(desk, &secret, now).await;
    }
    let name = cookie::session_name(&desk.settings);
    match cookie::secret(headers, &name) {
        Some(secret) => {
            by_session(desk, &secret, now, (is_used(route, headers), route.name == WALL)).await
        }
        None => Ok(Who::default()),
    }
}

/// The page that nobody touches for a night. It keeps the session of an auditor from idling out, who
/// can change nothing; those of others end as everywhere, for their rights would lie open there.
const WALL: &str = "wall";

/// Whether a request is its person's own doing. What an open page asks for by itself (the doorbell,
/// and the news when it rings) is none: otherwise a session at an empty desk would never idle out.
/// Browsers tell the one from the other in `Sec-Fetch-Mode`, which no page can change: a person
/// navigates. For older ones the page says it itself.
fn is_used(route: &Route, headers: &HeaderMap) -> bool {
    let by_itself =
        headers.contains_key(&NEWS) || text(headers, &MODE).is_some_and(|mode| mode != "navigate");
    route.kind != Kind::Machine && (route.verb == Verb::Post || !by_itself)
}

async fn by_session(
    desk: &Desk,
    secret: &[u8],
    now: Time,
    (used, by_wall): (bool, bool),
) -> Result<Who, Problem> {
    let mut read = desk.store.read().await?;
    let found = sessions::by_hash(read.link(), &desk.keys.kept(secret)).await?;
    drop(read);
    let Some((session, person)) = found else { return Ok(Who::default()) };
    let times = session.times();
    let used = used || (by_wall && person.role == Role::Auditor);
    if !person.active || times.standing(now) != Standing::Good {
        return Ok(Who::default());
    }
    if used && times.touch_due(now) {
        // Not worth an audit row: the session itself is in the audit.
        let mut tx = desk.store.begin().await?;
        sessions::touch(tx.link(), &session.id, now).await?;
        tx.commit(Audit::Machine).await?;
    }
    Ok(Who::with_session(person, session))
}

async fn by_token(desk: &Desk, secret: &[u8], now: Time) -> Result<Who, Problem> {
    let mut read = desk.store.read().await?;
    let found = tokens::by_hash(read.link(), &desk.keys.kept(secret)).await?;
    drop(read);
    let good = found.filter(|token| token.ended.is_none() && token.expires > now);
    let token = good.ok_or_else(unknown_token)?;
    if token.used.is_none_or(|used| now.since(used) >= MINUTE) {
        let mut tx = desk.store.begin().await?;
        tokens::touch(tx.link(), &token.id, now).await?;
        tx.commit(Audit::Machine).await?;
    }
    let actor = Actor {
        id: token.id,
        name: token.name,
        role: token.role,
        jurisdiction: token.jurisdiction,
        machine: true,
    };
    Ok(Who { actor: Some(actor), ..Who::default() })
}

fn unknown_token() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "This token is not known",
        "It may have ended or expired: ask an administrator of the desk for a new one.",
    )
}

/// Lets through whom the table lets through.
fn admit(desk: &Desk, route: &Route, who: &Who, uri: &Uri) -> Result<(), Denied> {
    let stage = who.stage();
    let machine = who.actor.as_ref().is_some_and(|actor| actor.machine);
    let act = match route.access {
        Access::Open | Access::Sensor => return Ok(()),
        Access::SetUp if desk.is_set_up() => {
            return Err(Box::new(refuse(route, &Problem::not_found())));
        }
        Access::SetUp => return Ok(()),
        Access::Stage(least) if stage.is_some_and(|stage| stage >= least) => return Ok(()),
        Access::Stage(_) => return Err(Box::new(sign_in(route, stage, uri))),
        Access::Person(_) if machine => return Err(Box::new(refuse(route, &forbidden()))),
        Access::Anyone(act) if machine => act,
        Access::Person(act) | Access::Anyone(act) => {
            if !stage.is_some_and(|stage| stage.opens(act)) {
                return Err(Box::new(sign_in(route, stage, uri)));
            }
            act
        }
    };
    if who.reach(act) == Reach::Nothing {
        return Err(Box::new(refuse(route, &forbidden())));
    }
    let asked_at = match route.verb {
        Verb::Get => desk.now().plus(TO_FILL_IN),
        Verb::Post => desk.now(),
    };
    if who.times().is_some_and(|times| times.needs_step_up(act, asked_at)) {
        return Err(Box::new(confirm_first(route, uri)));
    }
    Ok(())
}

/// Whether a route changes what an exercise was about. Whoever looks at one that ended signs in and
/// out as before.
const fn changes(route: &Route) -> bool {
    match route.access {
        Access::Person(act) | Access::Anyone(act) => {
            act.changes() && matches!(route.verb, Verb::Post)
        }
        // A sensor is refused in its own words, at its own door.
        Access::Open | Access::SetUp | Access::Stage(_) | Access::Sensor => false,
    }
}

fn ended() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "This exercise has ended",
        "It is kept to be looked at, and nothing in it is changed any more.",
    )
}

fn forbidden() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "Your role does not include this",
        "If you need it for your work, ask an administrator of the desk.",
    )
}

/// Leads to the sign-in, and back to a page that was asked for.
fn sign_in(route: &Route, stage: Option<Stage>, uri: &Uri) -> Response {
    if route.kind != Kind::Page {
        return refuse(
            route,
            &Problem::new(
                StatusCode::UNAUTHORIZED,
                "Nobody is signed in",
                "Send a token: Authorization: Bearer ward_...",
            ),
        );
    }
    let to = match stage {
        None => Href::at("/sign-in"),
        Some(Stage::Password) => Href::at("/second-factor"),
        Some(Stage::Enrolling) => Href::at("/account/factors"),
        Some(Stage::Full) => Href::at("/"),
    };
    let back = route.verb == Verb::Get && stage.is_none_or(|stage| stage == Stage::Password);
    Redirect::to(with_then(to, if back { uri.path() } else { "/" }).as_str()).into_response()
}

/// Leads to the second factor, and back to the page that the risky act belongs to.
fn confirm_first(route: &Route, uri: &Uri) -> Response {
    if route.kind == Kind::Page {
        let to = with_then(Href::at("/confirm"), nearest_page(uri.path()));
        return Redirect::to(to.as_str()).into_response();
    }
    refuse(
        route,
        &Problem::new(
            StatusCode::FORBIDDEN,
            "This has to be confirmed with a second factor",
            "Confirm it on the desk's page /confirm, then repeat it within ten minutes.",
        ),
    )
}

/// A refusal in the words of whoever asked. One for want of a sign-in names the way to sign in
/// (RFC 9110, 11.6.1), as far as there is one for programs.
fn refuse(route: &Route, problem: &Problem) -> Response {
    if route.kind == Kind::Page {
        return problem.page();
    }
    let mut response = problem.document();
    if response.status() == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    response
}
