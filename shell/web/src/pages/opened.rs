//! A form from a page that somebody else opened: nothing is put down, and nothing that was typed is
//! lost.

use axum::http::Uri;
use maud::{Markup, html};
use ward_access::{Act, Reach};

use super::parts::Frame;
use crate::desk::Desk;
use crate::fields::Fields;
use crate::guard::pace::again_by;
use crate::refused::Refused;
use crate::route::{Access, Route};
use crate::ui::{Href, Html, Notice, link};
use crate::who::Who;

/// The page that asks whoever is signed in now whether what was sent is theirs.
///
/// # Errors
/// Those of the store.
pub(crate) async fn by_another(
    desk: &Desk,
    who: &Who,
    (route, uri): (&Route, &Uri),
    (fields, is_file): (&Fields, bool),
) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let path = uri.path_and_query().and_then(|asked| Href::parse(asked.as_str()));
    let path = path.unwrap_or_else(|| Href::at("/"));
    let page = frame
        .page(&Href::at("/"), "Somebody else opened this page")
        .failed(true)
        .narrow()
        .lead(format!("Nothing was put down. You are signed in as {}.", who.name()));
    Ok(page.render(&html! {
        @match route.access {
            Access::Person(act) | Access::Anyone(act) if act.is_put_down() => {
                (as_theirs(who, act, path, fields))
            }
            Access::Person(act) | Access::Anyone(act) if act != Act::ChangeOwnAccount => {
                @if is_file {
                    (Notice::warn("Choose the file again").body(html! {
                        p { "It was not taken in. Send it from " (link("a page of yours", &path)) "." }
                    }))
                } @else {
                    (Notice::warn("Begin again on a page of yours"))
                }
            }
            _ => (Notice::warn("It was about their own account").body(html! {
                p { "Nothing of it was changed, neither there nor at yours." }
            }))
        }
        p { (link("Go to the first page", &Href::at("/"))) }
    }))
}

/// What was written, and the button that sends it from a page of theirs.
fn as_theirs(who: &Who, act: Act, path: Href, fields: &Fields) -> Markup {
    let button = format!("Send it as {}", who.name());
    html! {
        @if who.reach(act) == Reach::Nothing {
            p { "Your role does not include this. Leave it here: whoever wrote it can sign in in \
                 another tab, and send it from this one." }
        } @else {
            p { "If it is yours, send it: it stands under your name then. If it is not, leave it \
                 here: whoever wrote it can sign in in another tab, and send it from this one." }
        }
        (again_by(path, &button, fields))
    }
}
