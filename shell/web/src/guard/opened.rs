//! Whose page a form was sent from: in one browser somebody else may have signed in since it was
//! opened, and what was written on it would stand under their name.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Query, Request};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use ward_access::Stage;

use super::Denied;
use crate::desk::Desk;
use crate::fields::{Fields, Sent};
use crate::kept;
use crate::pages::opened;
use crate::refused::Refused;
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::OPENED_BY;
use crate::who::Who;

/// Bytes of a body that are read to find who opened its page: it is the first that a form sends.
const HEAD: usize = 1 << 10;

/// The request as it came, when it was sent from a page of whoever is signed in; otherwise the page
/// that asks them whether it is theirs. A form that does not say who opened its page is taken: a page
/// of nobody's, or one from before forms said so.
pub(super) async fn by_sender(
    desk: &Desk,
    route: &'static Route,
    who: &Who,
    request: Request,
) -> Result<Request, Denied> {
    let is_asked = !matches!(route.access, Access::Open | Access::SetUp | Access::Sensor);
    let is_form = (route.verb, route.kind) == (Verb::Post, Kind::Page) && is_asked;
    if !is_form || who.stage() != Some(Stage::Full) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let (head, body) = begun(body).await;
    let is_theirs = opened_by(&head).is_none_or(|by| kept::is_owner(desk, who, by.as_bytes()));
    let request = Request::from_parts(parts, body);
    if is_theirs {
        return Ok(request);
    }
    let asked = asked(desk, route, who, request).await;
    Err(Box::new(asked.unwrap_or_else(|refused| refused.into_response())))
}

async fn asked(
    desk: &Desk,
    route: &'static Route,
    who: &Who,
    request: Request,
) -> Result<Response, Refused> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_file = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let uri = request.uri().clone();
    let fields = match is_file {
        true => Fields::default(),
        false => Sent::from_request(request, &()).await?.0.but(OPENED_BY),
    };
    let page = opened::by_another(desk, who, (route, &uri), (&fields, is_file)).await?;
    Ok((StatusCode::PRECONDITION_FAILED, page).into_response())
}

/// The beginning of a body, and the same body again.
async fn begun(body: Body) -> (Vec<u8>, Body) {
    let mut rest = body.into_data_stream();
    let (mut head, mut read): (Vec<u8>, Vec<Result<Bytes, axum::Error>>) = Default::default();
    while head.len() < HEAD
        && let Some(more) = rest.next().await
    {
        head.extend(more.iter().flatten());
        let failed = more.is_err();
        read.push(more);
        if failed {
            break;
        }
    }
    (head, Body::from_stream(stream::iter(read).chain(rest)))
}

/// Who opened the page of a form, as the beginning of what it sends says.
fn opened_by(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    // Of a form with files it is the first part (RFC 7578, 4.2).
    if text.starts_with("--") {
        let mut lines = text.lines().skip(1);
        let named = format!("Content-Disposition: form-data; name=\"{OPENED_BY}\"");
        let is_first = lines.next()? == named && lines.next()?.is_empty();
        return lines.next().filter(|_| is_first).map(str::to_owned);
    }
    let asked: Uri = format!("/?{}", text.split('&').next()?).parse().ok()?;
    let Query(mut first) = Query::<Vec<(String, String)>>::try_from_uri(&asked).ok()?;
    first.pop().filter(|(name, _)| name == OPENED_BY).map(|(_, by)| by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_opened_it_is_read_where_forms_say_it() {
        let parts =
            b"------x\r\nContent-Disposition: form-data; name=\"opened-by\"\r\n\r\nabc\r\n--";
        for (head, by) in [
            (b"opened-by=ab-c&text=So".as_slice(), Some("ab-c")),
            (b"opened%2Dby=ab%2Dc&opened-by=x", Some("ab-c")),
            (b"opened-by=abc", Some("abc")),
            (b"opened-by=", Some("")),
            (b"text=So&opened-by=abc", None),
            (b"opened-byabc", None),
            (b"", None),
            (b"\xff\xfe=%%%&opened-by=abc", None),
            (parts, Some("abc")),
            (b"------x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc", None),
            (b"------x\r\nContent-Disposition: form-data; name=\"opened-by\"\r\n\r\n", None),
        ] {
            assert_eq!(opened_by(head).as_deref(), by, "{}", String::from_utf8_lossy(head));
        }
    }

    #[tokio::test]
    async fn a_body_is_the_same_after_its_beginning_was_read() {
        for size in [0, 1, HEAD - 1, HEAD, 5 * HEAD] {
            let all: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let chunks: Vec<Result<Vec<u8>, std::io::Error>> =
                all.chunks(100).map(|chunk| Ok(chunk.to_vec())).collect();
            let (head, body) = begun(Body::from_stream(stream::iter(chunks))).await;
            assert!(all.starts_with(&head) && head.len() >= size.min(HEAD));
            assert_eq!(axum::body::to_bytes(body, 10 * HEAD).await.unwrap(), all);
        }
    }
}
