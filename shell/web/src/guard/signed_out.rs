//! A form that is sent when its person's session is over: a long note at a tired desk. It is not put
//! down, and nothing of it is lost: it stands there until they have signed in in another tab.

use axum::extract::{FromRequest as _, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use ward_access::Stage;

use super::Denied;
use super::pace::again_by;
use crate::desk::Desk;
use crate::fields::Sent;
use crate::kept::KEPT;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{Href, Page};
use crate::who::Who;

/// The request as it came, unless it puts something down and nobody is signed in any more: then the
/// page with what was written. What the device sends by itself it keeps by itself.
///
/// # Errors
/// That page.
pub(super) async fn kept(
    desk: &Desk,
    route: &Route,
    who: &Who,
    request: Request,
) -> Result<Request, Denied> {
    let (Access::Person(act) | Access::Anyone(act)) = route.access else { return Ok(request) };
    let is_form = (route.verb, route.kind) == (Verb::Post, Kind::Page);
    let puts = is_form && act.is_put_down() && !request.headers().contains_key(KEPT);
    if !puts || who.stage().is_some_and(|stage| stage.opens(act)) {
        return Ok(request);
    }
    let to = request.uri().path_and_query().and_then(|asked| Href::parse(asked.as_str()));
    let Some(to) = to else { return Ok(request) };
    match Sent::from_request(request, desk).await {
        Ok(sent) => Err(Box::new(page(desk, who, to, &sent))),
        Err(refused) => Err(Box::new(refused.into_response())),
    }
}

fn page(desk: &Desk, who: &Who, to: Href, Sent(fields): &Sent) -> Response {
    let door = match who.stage() {
        Some(Stage::Password) => Href::at("/second-factor"),
        Some(Stage::Enrolling) => Href::at("/account/factors"),
        None | Some(Stage::Full) => Href::at("/sign-in"),
    };
    let page = Page::new("You are not signed in any more")
        .world(desk.settings.world)
        .failed(true)
        .narrow()
        .lead("This is not put down yet.")
        .render(&html! {
            p {
                a href=(door) target="_blank" rel="noopener" { "Sign in in another tab" }
                ", come back here, and send it."
            }
            (again_by(to, "Send it again", fields))
        });
    (StatusCode::UNAUTHORIZED, page).into_response()
}
