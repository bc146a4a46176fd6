//! Validators for pages: the script asks again when the bell rings, and a page that did not change
//! is not sent again.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest, Sha256};

/// The longest page that gets a validator, in bytes.
const MOST: u64 = 4 << 20;

/// Gives a finished page its `ETag`, and answers 304 when the client has it (RFC 9110, 13.1.2).
pub(super) async fn validate(request: Request, next: Next) -> Response {
    let asked = request.method() == Method::GET;
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    let size = HttpBody::size_hint(response.body()).exact();
    let fits = size.is_some_and(|size| size <= MOST);
    if !asked || !fits || response.status() != StatusCode::OK || !is_page(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let hash = Sha256::digest(&bytes);
    let tag = data_encoding::HEXLOWER.encode(hash.get(..16).unwrap_or_default());
    let tag = format!("\"{tag}\"");
    let same = known.is_some_and(|known| names(known.as_bytes(), tag.as_bytes()));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// A page without a cookie: an answer that sets one must arrive whole.
fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
        && !headers.contains_key(header::SET_COOKIE)
        && !headers.contains_key(header::ETAG)
}

/// Whether the list of validators names the tag; weakness does not matter here.
fn names(list: &[u8], tag: &[u8]) -> bool {
    list.split(|byte| *byte == b',').any(|item| {
        let item = item.trim_ascii();
        item.strip_prefix(b"W/").unwrap_or(item) == tag
    })
}
