//! Words that wait on a person's device while the network is away, and are sent when it is back.
//!
//! The page's script (`assets/device.js`) keeps them sealed under a key that the desk gives to that
//! person's pages and to nobody else's, sends the form with the very key that makes it one entry,
//! and says whose words they are: sent in somebody else's session they are not taken.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ward_access::{Session, Stage};
use ward_kernel::time::SECOND;

use crate::desk::Desk;
use crate::refused::{Answer, Refused};
use crate::server::errors::Problem;
use crate::ui::{Href, Keeping};
use crate::who::Who;

/// Whose words the script sends: it stands on nothing else.
pub(crate) const KEPT: HeaderName = HeaderName::from_static("ward-kept");
/// Bytes of the name under which a person's words lie: it says nothing to anybody else.
const NAME: usize = 12;

/// What the pages of somebody who is signed in need to keep words for them.
pub(crate) fn keeping(desk: &Desk, who: &Who) -> Option<Keeping> {
    let times = who.times().filter(|times| times.stage == Stage::Full)?;
    // Whoever opens a page uses their session. An hour later somebody else may sit there, and the
    // page that is opened without a network asks nobody.
    let used = Session { seen: desk.now(), ..times };
    let left = used.expires().since(desk.now()).max(0);
    Some(Keeping {
        owner: owner(desk, who.id()),
        seal: BASE64.encode(&desk.keys.mac(format!("kept words {}", who.id()).as_bytes())),
        // The page counts in its own time: the demonstration's clock is another.
        lasts: left / (SECOND / 1_000),
    })
}

/// Whether this is the name of whoever is signed in: a page that says another was opened by somebody
/// else.
pub(crate) fn is_owner(desk: &Desk, who: &Who, name: &[u8]) -> bool {
    name == owner(desk, who.id()).as_bytes()
}

/// The name under which a person's words lie on their device, and by which their pages' forms say
/// whose they are.
fn owner(desk: &Desk, id: &str) -> String {
    let name = desk.keys.mac(format!("kept owner {id}").as_bytes());
    BASE64URL_NOPAD.encode(name.get(..NAME).unwrap_or_default())
}

/// Whether the page's script sent a form and stays on its page, instead of the browser, which goes
/// where it is led.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByScript(bool);

impl FromRequestParts<Desk> for ByScript {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refused> {
        let Some(said) = parts.headers.get(KEPT) else { return Ok(Self(false)) };
        let who = parts.extensions.get::<Who>().cloned().unwrap_or_default();
        if is_owner(desk, &who, said.as_bytes()) {
            return Ok(Self(true));
        }
        let what = "They are sent when whoever wrote them signs in on that device.";
        let title = "These words were written by somebody else";
        Err(Problem::new(StatusCode::PRECONDITION_FAILED, title, what).into())
    }
}

/// Says that what was sent stands at this page: the browser is led there, the script is told.
pub(crate) fn stands(ByScript(by_script): ByScript, at: &Href) -> Answer {
    if !by_script {
        return Ok(axum::response::Redirect::to(at.as_str()).into_response());
    }
    let mut response = StatusCode::CREATED.into_response();
    if let Ok(value) = HeaderValue::from_str(at.as_str()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}
