//! Pages for whoever is still outside: no ways through the house, the office's name alone.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;
use ward_store::people::Person;
use ward_store::{Error, meta, office};

use crate::desk::Desk;
use crate::pages::parts::DEMONSTRATION;
use crate::refused::Answer;
use crate::ui::{Href, Html, Notice, Page, Who};

/// A page for somebody outside.
///
/// # Errors
/// Those of the store.
pub(crate) async fn page(desk: &Desk, title: &str) -> Result<Page, Error> {
    let mut read = desk.store.read().await?;
    let office = meta::get(read.link(), office::NAME).await?.unwrap_or_default();
    let page = Page::new(title).world(desk.settings.world).narrow();
    let page = if office.is_empty() { page } else { page.office(office) };
    Ok(if desk.settings.demo { page.banner(DEMONSTRATION) } else { page })
}

/// The same for somebody who is half-way in, with a way out.
///
/// # Errors
/// Those of the store.
pub(crate) async fn page_for(desk: &Desk, person: &Person, title: &str) -> Result<Page, Error> {
    let page = page(desk, title).await?;
    let role = person.role.label();
    Ok(page.who(Who::new(&person.name, role, Href::at("/account"), Href::at("/sign-out"))))
}

/// What stands everywhere while nothing is set up.
pub(crate) fn not_set_up(desk: &Desk) -> Html {
    let page = Page::new("This desk is not set up yet").world(desk.settings.world).narrow();
    page.render(&html! {
        p {
            "Whoever started it finds a set-up link where it was started: in the terminal, or in \
             the log of the service. It opens the way to the first administrator, once."
        }
        p { "When the link is lost, stop the desk and start it again: it prints a new one." }
    })
}

/// A page for somebody whose way ends here, with what to do.
pub(crate) fn dead_end(page: Page, notice: Notice) -> Response {
    (StatusCode::GONE, page.notice(notice).render(&html! {})).into_response()
}

/// Leads on, and gives or takes cookies.
pub(crate) fn go_with(href: &Href, cookies: impl IntoIterator<Item = HeaderValue>) -> Answer {
    Ok(with(Redirect::to(href.as_str()).into_response(), cookies))
}

/// An answer that gives or takes cookies.
pub(crate) fn with(
    mut response: Response,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
