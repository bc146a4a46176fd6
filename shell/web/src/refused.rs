//! What a handler gives, and what it refuses.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ward_store::Error;

use crate::server::errors::Problem;

/// What a page's handler gives.
pub(crate) type Answer = Result<Response, Refused>;

/// A refusal, told as a page.
pub(crate) struct Refused(Box<Problem>);

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        *refused.0
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<Error> for Refused {
    fn from(err: Error) -> Self {
        Self(Box::new(err.into()))
    }
}

impl From<crate::keys::NoRandomness> for Refused {
    fn from(err: crate::keys::NoRandomness) -> Self {
        tracing::error!(error = %err, "nothing secret can be made");
        let what = "Try again; if it stays, the machine that the desk runs on is at fault.";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Nothing secret can be made now", what)
            .into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.page()
    }
}

/// There is no such thing, or not for whoever asks: both are told alike.
pub(crate) fn not_found() -> Refused {
    Problem::not_found().into()
}
