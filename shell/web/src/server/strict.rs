//! Requests that two servers in a row could take for two different ones are not answered, or are
//! the last on their connection.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::errors::Problem;

/// Wants one `Host` and a plain path (RFC 9112, 3.2), and closes after a body in pieces.
///
/// A request with both a length and a coding is read by its coding, and the connection has to end
/// after it (RFC 9112, 6.3). hyper takes the length away, so that whether it was there can no
/// longer be seen: every body in pieces ends its connection.
pub(super) async fn read(request: Request, next: Next) -> Response {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let one = hosts == 1 || (hosts == 0 && request.version() == Version::HTTP_10);
    let in_pieces = request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = if one && request.uri().authority().is_none() {
        next.run(request).await
    } else {
        Problem::of(StatusCode::BAD_REQUEST).into_response()
    };
    if in_pieces || response.status() == StatusCode::BAD_REQUEST {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
