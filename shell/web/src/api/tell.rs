//! How the interface answers: JSON, and problem documents (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use ward_access::{Act, Scope};
use ward_kernel::Time;

use crate::doing::Why;
use crate::refused;
use crate::server::errors::Problem;
use crate::who::Who;

/// What a handler gives.
pub(crate) type Answer = Result<Response, Refused>;

/// A refusal, told as a document.
pub(crate) struct Refused(Box<Problem>);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.document()
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<refused::Refused> for Refused {
    fn from(refused: refused::Refused) -> Self {
        Self(Box::new(refused.into()))
    }
}

impl From<ward_store::Error> for Refused {
    fn from(err: ward_store::Error) -> Self {
        Self(Box::new(err.into()))
    }
}

impl From<Why> for Refused {
    fn from(why: Why) -> Self {
        match why {
            Why::Refused(refused) => refused.into(),
            Why::Wrong(errors) => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This cannot be done as it was sent",
                errors.sentences(),
            )
            .into(),
        }
    }
}

/// There is no such thing, or not for whoever asks: both are told alike.
pub(crate) fn not_found() -> Refused {
    Problem::not_found().into()
}

/// Whether somebody may do this to the state as a whole: the table lets in whoever may do it
/// anywhere, and a token can be made for one jurisdiction.
///
/// # Errors
/// When they may not.
pub(crate) fn of_state(who: &Who, act: Act) -> Result<(), Refused> {
    if who.may(act, Scope::State) {
        return Ok(());
    }
    Err(Problem::of(StatusCode::FORBIDDEN).into())
}

/// An object with some members more, or with other values for those that it has.
pub(crate) fn with<const N: usize>(mut value: Value, more: [(&str, Value); N]) -> Value {
    if let Value::Object(map) = &mut value {
        map.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    value
}

/// An answer.
pub(crate) fn told(value: &Value) -> Answer {
    Ok(json_of(StatusCode::OK, value))
}

/// What was made.
pub(crate) fn made(value: &Value) -> Answer {
    Ok(json_of(StatusCode::CREATED, value))
}

fn json_of(status: StatusCode, value: &Value) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], value.to_string()).into_response()
}

/// A moment as programs read it: RFC 3339 in UTC, with as many digits of the second as it has.
pub(crate) fn moment(at: Time) -> Value {
    /// The first moment of the year 1 and the last that every calendar knows: what lies outside
    /// (a sensor's clock can say anything) has no four-digit year.
    const YEARS: (i64, i64) = (-62_135_596_800_000_000, 253_402_207_199_999_999);
    let micros = at.micros().clamp(YEARS.0, YEARS.1);
    match Timestamp::from_microsecond(micros) {
        Ok(at) => json!(at.to_string()),
        Err(_) => json!("1970-01-01T00:00:00Z"),
    }
}

/// A moment that may be missing.
pub(crate) fn moment_or_null(at: Option<Time>) -> Value {
    at.map_or(Value::Null, moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!(moment(Time::from_micros(1_500_000)), "1970-01-01T00:00:01.5Z");
        assert_eq!(moment(Time::from_micros(i64::MIN)), "0001-01-01T00:00:00Z");
        assert_eq!(moment(Time::from_micros(i64::MAX)), "9999-12-30T21:59:59.999999Z");
        assert_eq!(moment_or_null(None), Value::Null);
    }
}
