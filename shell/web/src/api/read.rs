//! How what was sent is read: strictly, and refused as a problem document (RFC 9457).
//!
//! What the description rules out is told with 400; what only the desk can know (there is no such
//! jurisdiction) with 422.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use ward_kernel::Time;

use super::schema::{Field, Schema, has, line, may_have, number};
use super::tell::Refused;
use crate::doing::{Why, wrong};
use crate::fields::Fields;
use crate::server::errors::Problem;

/// What can stand in an address's query.
pub(crate) trait InQuery: DeserializeOwned {
    /// Its values.
    fn fields() -> Vec<Field>;
}

/// What can be sent as JSON.
pub(crate) trait InBody: DeserializeOwned {
    /// What it looks like.
    fn schema() -> Schema;
}

/// The part of the path that stands for `{id}`.
pub(crate) struct At(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(malformed("The address is not UTF-8.")),
        }
    }
}

/// The values of the address's query.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Sync, T: InQuery> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| malformed("The query of the address cannot be read."))?;
        let fields = T::fields();
        let mut map = Map::new();
        for (name, text) in pairs.0 {
            let field = fields.iter().find(|field| field.name == name);
            let value = field.map_or(Value::Null, |field| field.schema.read(&text));
            if map.insert(name, value).is_some() {
                return Err(malformed("A value stands twice in the query of the address."));
            }
        }
        taken(&Schema::Object(fields), Value::Object(map)).map(Self)
    }
}

/// A document that was sent.
pub(crate) struct Sent<T>(pub(crate) T);

impl<S: Send + Sync, T: InBody> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        if media_type(request.headers()) != "application/json" {
            return Err(Problem::of(StatusCode::UNSUPPORTED_MEDIA_TYPE).into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|refused| {
            let status = refused.into_response().status();
            let too_large = status == StatusCode::PAYLOAD_TOO_LARGE;
            Problem::of(if too_large { status } else { StatusCode::BAD_REQUEST })
        })?;
        // serde_json goes 128 deep and no deeper.
        let value = serde_json::from_slice(&bytes).map_err(|err| {
            malformed(format!(
                "What was sent is no JSON, at line {} column {}.",
                err.line(),
                err.column()
            ))
        })?;
        taken(&T::schema(), value).map(Self)
    }
}

/// The media type that a body is said to be of, in lower case without its parameters; empty when
/// nothing is said, or not just once.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, more) = (all.next().and_then(|value| value.to_str().ok()), all.next());
    let media = first.filter(|_| more.is_none()).and_then(|text| text.split(';').next());
    media.unwrap_or_default().trim().to_ascii_lowercase()
}

/// A value that fits the schema, as what it stands for.
fn taken<T: DeserializeOwned>(schema: &Schema, mut value: Value) -> Result<T, Refused> {
    schema.check(&mut value, "").map_err(|what| malformed(format!("{what}.")))?;
    serde_json::from_value(value).map_err(|_| malformed("What was sent does not fit."))
}

fn malformed(what: impl Into<String>) -> Refused {
    Problem::new(StatusCode::BAD_REQUEST, "What was sent cannot be read", what).into()
}

/// No values at all.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

impl InQuery for Nothing {
    fn fields() -> Vec<Field> {
        Vec::new()
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Deserialize)]
#[serde(default)]
pub(crate) struct Part {
    limit: i64,
    offset: i64,
}

impl Default for Part {
    fn default() -> Self {
        Self { limit: PAGE, offset: 0 }
    }
}

/// Items of a list unless another number is asked for.
const PAGE: i64 = 50;
/// Items of a list at most.
pub(crate) const PAGE_MAX: i64 = 200;
/// How far into a list one can ask.
const OFFSET_MAX: i64 = 1_000_000;

impl InQuery for Part {
    fn fields() -> Vec<Field> {
        part().into()
    }
}

/// The values that say which part of a list is wanted.
pub(crate) fn part() -> [Field; 2] {
    [
        may_have("limit", number(1, PAGE_MAX), "How many at most; 50 unless said."),
        may_have("offset", number(0, OFFSET_MAX), "How many to pass over; none unless said."),
    ]
}

/// The part of a list that was asked for, and how long the whole is.
pub(crate) struct Paged {
    /// How many at most.
    pub(crate) limit: i64,
    /// How many are passed over.
    pub(crate) offset: i64,
}

impl Paged {
    /// What was asked for, or what holds unless something is asked for.
    pub(crate) fn of(limit: Option<i64>, offset: Option<i64>) -> Self {
        let limit = limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        Self { limit, offset: offset.unwrap_or(0).clamp(0, OFFSET_MAX) }
    }

    /// This part of a list that is in memory as a whole.
    pub(crate) fn cut<'a, T>(&self, all: &'a [T]) -> impl Iterator<Item = &'a T> + use<'a, T> {
        let skip = usize::try_from(self.offset).unwrap_or(0);
        all.iter().skip(skip).take(usize::try_from(self.limit).unwrap_or(0))
    }
}

impl From<Part> for Paged {
    fn from(part: Part) -> Self {
        Self::of(Some(part.limit), Some(part.offset))
    }
}

/// A list of items in an answer, with how long the whole is.
pub(crate) fn page_of(name: &'static str, of: Schema) -> Vec<Field> {
    vec![
        has(name, super::schema::list(of), ""),
        has("total", super::schema::count(), "How many there are in all."),
    ]
}

/// A moment that was sent.
///
/// # Errors
/// When it is none, or none that the desk can write down.
pub(crate) fn moment(name: &str, text: Option<&str>) -> Result<Option<Time>, Why> {
    let parsed = text.map(Time::parse).transpose();
    parsed.map_err(|_| wrong(name, "Write a moment such as 2026-11-03T19:00:00-06:00."))
}

/// A key that whoever sends something draws for it.
pub(crate) fn key_field() -> Field {
    has("key", line(8, 64), "Drawn for this: letters, digits, - and _. Sent twice it is one.")
}

/// What was sent, as a form would have sent it.
///
/// # Errors
/// When it is no object; the schema was asked before.
pub(crate) fn as_form<'de, D: Deserializer<'de>>(sent: D) -> Result<Fields, D::Error> {
    let sent = Map::deserialize(sent)?;
    let given = sent.into_iter().filter_map(|(name, value)| Some((name, in_form(&value)?)));
    Ok(Fields::new(given.collect()))
}

/// A value as a form has it: a box that is not ticked is not sent, and a list is one text.
fn in_form(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => on.then(|| "yes".to_owned()),
        Value::Array(all) => Some(all.iter().filter_map(in_form).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn media_types() {
        let of = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::CONTENT_TYPE, HeaderValue::from_static(line));
            }
            media_type(&headers)
        };
        assert_eq!(of(&["Application/JSON; charset=utf-8"]), "application/json");
        assert_eq!(of(&["application/json", "text/plain"]), "");
        assert_eq!(of(&[]), "");
    }

    #[test]
    fn parts_of_lists() {
        let all: Vec<i64> = (0..300).collect();
        let cut = |limit, offset| Paged::of(limit, offset).cut(&all).copied().collect::<Vec<_>>();
        assert_eq!(cut(None, None).len(), 50);
        assert_eq!(cut(Some(2), Some(299)), [299]);
        assert_eq!(cut(Some(i64::MAX), Some(-1)).len(), 200);
        assert!(cut(Some(1), Some(i64::MAX)).is_empty());
    }

    #[test]
    fn documents_are_forms() {
        let sent = json!({
            "key": "a", "entry": 7, "first": true, "second": false, "places": ["b", "c"], "no": [],
        });
        let fields = as_form(sent).unwrap();
        let told =
            ["key", "entry", "first", "second", "places", "no"].map(|name| fields.text(name));
        assert_eq!(told, ["a", "7", "yes", "", "b,c", ""]);
    }

    #[test]
    fn moments() {
        assert!(moment("from", Some("2026-11-03T19:00:00-06:00")).is_ok_and(|at| at.is_some()));
        assert!(moment("from", None).is_ok_and(|at| at.is_none()));
        assert!(moment("from", Some("9999-12-31T23:59:59Z")).is_err());
    }
}
