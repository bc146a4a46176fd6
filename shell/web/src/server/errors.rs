//! What went wrong, in the words of whoever asked: a page for people, RFC 9457 for programs.

use std::panic::AssertUnwindSafe;

use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use maud::html;
use serde::Serialize;
use ward_kernel::World;

use crate::ui::{Href, Page, link};

/// Something that could not be done: what, and what to do about it.
///
/// As an axum response it becomes a page or a document by what was asked for; a handler that knows
/// better says [`Problem::page`] or [`Problem::document`]. Neither holds personal data or the words
/// of an inner error. They are written by what stands around every answer, which knows the world.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    title: String,
    advice: String,
    /// Whether a program reads it; not said, it is seen from what was asked for.
    to_program: Option<bool>,
    /// In how many seconds it can be asked again, where that is known.
    again: Option<u32>,
}

/// `application/problem+json` (RFC 9457, 3.1). The type is `about:blank`: the status says it.
#[derive(Serialize)]
struct Document<'a> {
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    /// A problem: its status, what it is, and what to do.
    #[must_use]
    pub fn new(status: StatusCode, title: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status, title: title.into(), advice: advice.into(), to_program: None, again: None }
    }

    /// With the seconds after which it can be asked again (`Retry-After`: RFC 9110, 10.2.3).
    #[must_use]
    pub fn again_in(self, seconds: u32) -> Self {
        Self { again: Some(seconds), ..self }
    }

    /// There is nothing here, or nothing for whoever asks.
    #[must_use]
    pub fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND)
    }

    /// What can be said when nothing but the status is known.
    #[must_use]
    pub fn of(status: StatusCode) -> Self {
        let (title, advice) = match status {
            StatusCode::NOT_FOUND => {
                ("There is nothing here", "Check the address, or begin at the first page.")
            }
            StatusCode::UNAUTHORIZED => ("Nobody is signed in", "Sign in, then try again."),
            StatusCode::FORBIDDEN => (
                "Your role does not include this",
                "If you need it for your work, ask an administrator of the desk.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("This cannot be asked in this way", "Begin at the page that led here.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("What was sent is too large", "Send less at a time."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("What was sent is of another kind", "Send it as the form or the document says.")
            }
            StatusCode::TOO_MANY_REQUESTS => ("Too many tries", "Wait a little, then try again."),
            StatusCode::SERVICE_UNAVAILABLE => {
                ("The desk is busy", "Nothing is lost. Try again in a moment.")
            }
            status if status.is_server_error() => (
                "The desk made a mistake",
                "It was written down. Try again; if it stays so, tell whoever runs the desk.",
            ),
            _ => ("What was sent cannot be read", "Go back, check it, and send it again."),
        };
        Self::new(status, title, advice)
    }

    /// The status of the answer.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer for people.
    #[must_use]
    pub fn page(&self) -> Response {
        Self { to_program: Some(false), ..self.clone() }.into_response()
    }

    /// The answer for programs.
    #[must_use]
    pub fn document(&self) -> Response {
        Self { to_program: Some(true), ..self.clone() }.into_response()
    }

    fn as_page(&self, world: World) -> Response {
        let page = Page::new(self.title.as_str()).world(world).narrow();
        let page = page.lead(self.advice.as_str());
        let page = page.render(&html! {
            p.note { (link("Go to the first page", &Href::at("/"))) }
            p.note { "Status " (self.status.as_u16()) }
        });
        (self.status, page).into_response()
    }

    fn as_document(&self) -> Response {
        let document =
            Document { title: &self.title, status: self.status.as_u16(), detail: &self.advice };
        // A document of two strings and a number can always be written.
        let text = serde_json::to_string(&document).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        (self.status, [(header::CONTENT_TYPE, kind)], text).into_response()
    }

    fn told(&self, asked_by_program: bool, world: World) -> Response {
        let to_program = self.to_program.unwrap_or(asked_by_program);
        if to_program { self.as_document() } else { self.as_page(world) }
    }
}

impl IntoResponse for Problem {
    /// Leaves the choice of words to what stands around every answer.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns a panic into an answer: the connection lives, and so does the server.
pub(super) async fn catch(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            // The panic's own words are on standard error; they do not belong into an answer.
            tracing::error!("an answer ended in a panic");
            Problem::of(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}

/// Says problems, and refusals that have no words yet, in the words of whoever asked.
pub(super) async fn translate(
    State(world): State<World>,
    request: Request,
    next: Next,
) -> Response {
    let to_program = is_program(request.uri(), request.headers());
    let mut response = next.run(request).await;
    let told = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem.told(to_program, world),
        None if is_bare(&response) => Problem::of(response.status()).told(to_program, world),
        None => return response,
    };
    let (parts, body) = told.into_parts();
    // What the refusal said beside its words stays: which methods are allowed, when to come back.
    let fields = response.headers_mut();
    fields.remove(header::CONTENT_LENGTH);
    fields.extend(parts.headers);
    *response.body_mut() = body;
    response
}

/// Programs ask at their own addresses, or say that they read JSON and not pages.
fn is_program(uri: &Uri, headers: &HeaderMap) -> bool {
    let path = uri.path();
    let accepts = |what: &str| {
        let mut all = headers.get_all(header::ACCEPT).iter();
        all.any(|value| value.to_str().is_ok_and(|value| value.contains(what)))
    };
    path.starts_with("/api/")
        || path.starts_with("/sense/")
        || (accepts("json") && !accepts("text/html"))
}

/// A refusal without words, or with those of the framework about what was sent.
fn is_bare(response: &Response) -> bool {
    let status = response.status();
    if status.as_u16() < 400 {
        return false;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let plain = kind == Some(b"text/plain; charset=utf-8");
    let about_input = matches!(status.as_u16(), 400 | 405 | 408 | 413 | 415 | 422);
    HttpBody::size_hint(response.body()).exact() == Some(0) || (plain && about_input)
}
