//! Signing in at the office's own identity provider: the way there, and the way back.
//!
//! The way there is a link and no form, for the policy of pages forbids forms that end at another
//! site. The browser that goes gets a cookie, by which alone what was kept is found again, once.
//! What comes back in the address is neither logged nor put down.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use ward_access::Stage;
use ward_access::throttle::{Answer as Turn, Key, neighbourhood};
use ward_kernel::{Addr, Time};
use ward_store::people::{self, Person};
use ward_store::{elsewhere as accounts, sessions};

use super::outside::{self, with};
use super::parts::go_to;
use super::sign_in::page_after;
use crate::awaited::{Journey, PATIENCE};
use crate::desk::Desk;
use crate::doing::elsewhere::whose;
use crate::elsewhere::{Answer as Brought, ElsewhereSignIn, NotSignedIn, Somebody, Why};
use crate::fields::{Asked, Fields};
use crate::refused::{Answer, Refused, not_found};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Go, Href, Notice, Section};
use crate::who::Who;
use crate::{cookie, device, entry, guard, proof};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "sign-in.elsewhere",
        verb: Verb::Get,
        path: "/sign-in/elsewhere/{id}",
        access: Access::Open,
        kind: Kind::Page,
        summary: "Leads to one of the office's identity providers",
        handler: || get(begin),
    },
    Route {
        name: "sign-in.back",
        verb: Verb::Get,
        path: BACK,
        access: Access::Open,
        kind: Kind::Page,
        summary: "Where the providers lead back to",
        handler: || get(back),
    },
];

/// Where providers lead back to: registered there behind the desk's origin.
const BACK: &str = "/sign-in/back";

/// What a provider may bring back; anything else in the address is let fall.
const BROUGHT: [&str; 4] = ["code", "state", "iss", "error"];
/// The longest of it, in bytes.
const LONGEST: usize = 4096;
/// Says that the browser was led to the same address once already.
const AGAIN: &str = "again";

/// The ways to the providers, for the page that asks for a password; nothing where there are none.
pub(super) fn ways(desk: &Desk, then: &str) -> Markup {
    let way = |number: usize, provider: &dyn ElsewhereSignIn| {
        let href = Href::at("/sign-in/elsewhere").join(&number.to_string());
        let href = if then.is_empty() { href } else { href.query("then", then) };
        Go::new(format!("Sign in with {}", provider.label()), href).second()
    };
    html! {
        @if !desk.elsewhere.is_empty() {
            (Section::new("elsewhere", "With an account of your office").body(html! {
                div.stack {
                    @for (number, provider) in desk.elsewhere.iter().enumerate() {
                        div.buttons { (way(number, provider.as_ref())) }
                    }
                }
            }))
        }
    }
}

async fn begin(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Path(id): Path<String>,
    Asked(fields): Asked,
) -> Answer {
    if !desk.is_set_up() {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, outside::not_set_up(&desk)).into_response());
    }
    let number = id.parse().ok().filter(|number: &usize| number.to_string() == id);
    let found = number.and_then(|number| Some((number, desk.elsewhere.get(number)?)));
    let Some((number, provider)) = found else { return Err(not_found()) };
    match who.stage() {
        Some(Stage::Full) => return go_to(&page_after(fields.text("then"))),
        Some(Stage::Enrolling) => return go_to(&Href::at("/account/factors")),
        Some(Stage::Password) | None => {}
    }
    let then = guard::then(Some(fields.text("then")));
    // Another site must not sign somebody in behind their back: it gets as far as the buttons.
    if comes_from_another_site(&headers) {
        return go_to(&guard::with_then(Href::at("/sign-in"), &then));
    }
    if let Turn::Wait { seconds } = turn(&desk, &who) {
        return wait(&desk, seconds).await;
    }
    let random: [u8; 96] = desk.keys.random()?;
    let secret: [u8; 32] = desk.keys.random()?;
    let back = format!("{}{BACK}", desk.settings.origin);
    let begun = provider.begin(&back, &random, None, desk.now()).await;
    let begun = begun.and_then(|begun| match HeaderValue::from_str(&begun.url) {
        Ok(to) => Ok((to, begun.kept)),
        Err(_) => Err(not_signed_in(Why::Settings, "The provider's address cannot be used.")),
    });
    let (to, kept) = match begun {
        Ok(begun) => begun,
        Err(why) => return refused(&desk, &who, provider.as_ref(), &why.into(), &then).await,
    };
    let network = neighbourhood(Addr::from(who.address));
    let journey = Journey { provider: number, kept, then, begun: desk.now(), network };
    desk.lobby().awaited().add(desk.keys.kept(&secret), journey);
    let name = cookie::elsewhere_name(&desk.settings);
    let age = u64::try_from(PATIENCE / ward_kernel::time::SECOND).unwrap_or(0);
    let cookie = cookie::give(&desk, &name, &secret, Some(age));
    Ok(with((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(), [cookie]))
}

fn comes_from_another_site(headers: &HeaderMap) -> bool {
    const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    let site = headers.get(SITE).and_then(|value| value.to_str().ok());
    matches!(site, Some("cross-site" | "same-site"))
}

async fn back(
    State(desk): State<Desk>,
    who: Who,
    headers: HeaderMap,
    Asked(fields): Asked,
) -> Answer {
    if desk.elsewhere.is_empty() {
        return Err(not_found());
    }
    let name = cookie::elsewhere_name(&desk.settings);
    let secret = cookie::secret(&headers, &name);
    if secret.is_none()
        && let Some(again) = once_more(&fields)
    {
        return Ok(guard::onward(&desk, &again));
    }
    let now = desk.now();
    let hash = secret.map(|secret| desk.keys.kept(&secret));
    let journey = hash.and_then(|hash| desk.lobby().awaited().take(&hash, now));
    let found = journey.and_then(|journey| {
        let provider = desk.elsewhere.get(journey.provider)?;
        Some((journey, provider))
    });
    let answer = match found {
        Some((journey, provider)) => {
            let provider = provider.as_ref();
            match provider.finish(&journey.kept, brought(&fields), now).await {
                Ok(somebody) => {
                    let to = (provider, journey.then.as_str());
                    admit(&desk, &who, &headers, to, &somebody).await
                }
                Err(why) => refused(&desk, &who, provider, &why.into(), &journey.then).await,
            }
        }
        None => unawaited(&desk, &who).await,
    };
    answer.map(|response| with(response, [cookie::take(&desk, &name)]))
}

/// The same address again, as a step of the desk's own: browsers keep a `SameSite=Strict` cookie
/// back while another site leads. `None` when that was done already, or leads nowhere.
fn once_more(fields: &Fields) -> Option<Href> {
    if fields.given(AGAIN).is_some() || fields.given("state").is_none() {
        return None;
    }
    let mut again = Href::at(BACK);
    for name in BROUGHT {
        if let Some(value) = fields.given(name) {
            if value.len() > LONGEST {
                return None;
            }
            again = again.query(name, value);
        }
    }
    Some(again.query(AGAIN, "1"))
}

fn brought(fields: &Fields) -> Brought {
    let [code, state, iss, error] = BROUGHT.map(|name| fields.given(name).map(str::to_owned));
    Brought { code, state, iss, error }
}

/// Somebody comes back who did not go, went too long ago, or is back already.
async fn unawaited(desk: &Desk, who: &Who) -> Answer {
    if let Turn::Wait { seconds } = turn(desk, who) {
        return wait(desk, seconds).await;
    }
    let why = not_signed_in(
        Why::Stale,
        &format!(
            "Nobody is awaited here who comes from a provider: the sign-in took more than ten \
             minutes, was finished already, or began in another browser. Begin again at {}.",
            desk.settings.origin
        ),
    );
    let nobody = Who::at(who.address);
    let tx = desk.store.begin().await?;
    tx.commit(nobody.did(desk.now(), "session.refused", "", "back from a provider, not awaited"))
        .await?;
    told(desk, "a provider", &why, "/").await
}

/// Lets somebody in whom a provider knows, as far as the provider saw who it is.
async fn admit(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    (provider, then): (&dyn ElsewhereSignIn, &str),
    somebody: &Somebody,
) -> Answer {
    if somebody.issuer != provider.issuer() {
        let why = not_signed_in(Why::Untrusted, "The provider answered for another one.");
        return refused(desk, who, provider, &why.into(), then).await;
    }
    match whose(desk, who, somebody).await? {
        Ok(person) => let_in(desk, who, headers, (provider, then), (somebody, &person)).await,
        Err(outside) => {
            let refusal =
                Refusal { why: outside.why, put_down: outside.put_down, person: outside.person };
            refused(desk, who, provider, &refusal, then).await
        }
    }
}

/// Begins a session, new whatever there was before: full when the provider saw two factors and is
/// believed, else one that opens nothing but the desk's own second factor.
async fn let_in(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    (provider, then): (&dyn ElsewhereSignIn, &str),
    (somebody, person): (&Somebody, &Person),
) -> Answer {
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let (issuer, subject) = (&somebody.issuer, &somebody.subject);
    let is_bound = accounts::used(tx.link(), issuer, subject, now).await?;
    let active = people::by_id(tx.link(), &person.id).await?.is_some_and(|person| person.active);
    if !is_bound || !active {
        drop(tx);
        let why = not_signed_in(Why::Stale, "Your account was changed meanwhile: begin again.");
        return refused(desk, who, provider, &why.into(), then).await;
    }
    desk.lobby().journeys().succeeded(key_of(desk, who));
    let stage = if somebody.mfa { Stage::Full } else { Stage::Password };
    let (session, cookie) = entry::begin(desk, tx.link(), who, person, stage, headers).await?;
    let who = who.about_to_be(person);
    let label = format!("at {}", provider.label());
    if stage == Stage::Password {
        tx.commit(who.did(now, "session.elsewhere", &session.id, label)).await?;
        let to = guard::with_then(Href::at("/second-factor"), then);
        return Ok(with(guard::onward(desk, &to), [cookie]));
    }
    // A second factor shown to the provider this morning does not answer for a risky act now.
    let shown = somebody.auth_time.unwrap_or(Time::from_secs(0)).min(now);
    sessions::confirm(tx.link(), &session.id, shown).await?;
    let device = device::remember(desk, headers, &person.id)?;
    tx.commit(who.did(now, "session.begin", &session.id, label)).await?;
    let to = Href::parse(then).unwrap_or_else(|| Href::at("/"));
    Ok(with(guard::onward(desk, &to), [cookie, device]))
}

/// A refusal: what is told, and what is put down.
struct Refusal {
    why: NotSignedIn,
    put_down: &'static str,
    person: String,
}

impl From<NotSignedIn> for Refusal {
    fn from(why: NotSignedIn) -> Self {
        let put_down = match why.why {
            Why::Declined => "declined",
            Why::NotAllowed => "not allowed in by the settings",
            Why::Settings => "the settings do not fit",
            Why::Stale => "an answer to no sign-in under way",
            Why::Unreachable => "it could not be reached",
            Why::Untrusted => "its answer did not hold",
        };
        Self { why, put_down, person: String::new() }
    }
}

fn not_signed_in(why: Why, sentence: &str) -> NotSignedIn {
    NotSignedIn { why, sentence: sentence.to_owned() }
}

/// Puts a refusal down and tells it.
async fn refused(
    desk: &Desk,
    who: &Who,
    provider: &dyn ElsewhereSignIn,
    refusal: &Refusal,
    then: &str,
) -> Answer {
    let nobody = Who::at(who.address);
    let detail = format!("at {}: {}", provider.label(), refusal.put_down);
    let tx = desk.store.begin().await?;
    tx.commit(nobody.did(desk.now(), "session.refused", &refusal.person, detail)).await?;
    told(desk, provider.label(), &refusal.why, then).await
}

/// The page that says why nobody is signed in.
async fn told(desk: &Desk, label: &str, why: &NotSignedIn, then: &str) -> Answer {
    let (status, title) = match why.why {
        Why::Declined => (StatusCode::FORBIDDEN, format!("You did not sign in with {label}")),
        Why::NotAllowed => (StatusCode::FORBIDDEN, "You cannot come in with this account".into()),
        Why::Settings => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("Signing in with {label} is not set up right"),
        ),
        Why::Stale => (StatusCode::GONE, "This sign-in is over".to_owned()),
        Why::Unreachable => (StatusCode::BAD_GATEWAY, format!("{label} does not answer")),
        Why::Untrusted => (StatusCode::BAD_GATEWAY, format!("{label} was not believed")),
    };
    page(desk, status, &title, &why.sentence, then).await
}

async fn page(
    desk: &Desk,
    status: StatusCode,
    title: &str,
    sentence: &str,
    then: &str,
) -> Result<Response, Refused> {
    let back = guard::with_then(Href::at("/sign-in"), then);
    let notice = Notice::bad("Nobody was signed in")
        .body(html! { p { (sentence) } })
        .action("To the sign-in", back);
    let page = outside::page(desk, title).await?.failed(true).notice(notice);
    Ok((status, page.render(&html! {})).into_response())
}

/// Journeys are counted by network, whatever account they are for.
fn key_of(desk: &Desk, who: &Who) -> Key {
    let network = neighbourhood(Addr::from(who.address));
    entry::attempt(desk, who, &format!("elsewhere\0{network}"), false)
}

/// Whether it is their turn, and counts it.
fn turn(desk: &Desk, who: &Who) -> Turn {
    desk.lobby().journeys().ask(key_of(desk, who), desk.now())
}

async fn wait(desk: &Desk, seconds: u64) -> Answer {
    let title = "Too many sign-ins were begun here";
    let sentence = proof::wait(seconds).sentences();
    let mut response = page(desk, StatusCode::TOO_MANY_REQUESTS, title, &sentence, "/").await?;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}
