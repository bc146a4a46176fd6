//! What every answer of an exercise says: that it is one.
//!
//! This stands around everything, so that no handler can forget it. A page says it itself (its
//! title, its band) and is held back when it does not. Whatever else leaves the desk is marked here
//! on its way: documents by their first member, tables by their first column, texts by their first
//! line, files by their names, and all of them by a field of the head.

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use maud::html;
use ward_kernel::World;

use crate::ui::assets::Immutable;
use crate::ui::{Page, says_exercise};

/// Stands on every answer of an exercise, and on none of the real desk.
pub const WORLD: HeaderName = HeaderName::from_static("ward-world");

/// Says of an answer that its document names the world by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marked;

/// The longest page or document, in bytes: they are made in memory, so that this is never reached.
const MOST: usize = 256 << 20;
/// What a text begins with; a comment to whatever reads counts (Prometheus).
const LINE: &[u8] = b"# EXERCISE: nothing in this is real.\n";
/// What an object begins with.
const OBJECT: &[u8] = b"{\"world\":\"exercise\"";
/// What a stream of events begins with: a comment (HTML, 9.2.5).
const EVENT: &[u8] = b": EXERCISE\n\n";

/// Marks an answer.
pub(super) async fn mark(request: Request, next: Next) -> Response {
    let (mut parts, body) = next.run(request).await.into_parts();
    let name = HeaderValue::from_static(World::Exercise.as_str());
    parts.headers.insert(WORLD, name);
    rename(&mut parts.headers);
    let is_empty = HttpBody::size_hint(&body).exact() == Some(0);
    let is_asset = parts.extensions.get::<Immutable>().is_some();
    if is_empty || is_asset || parts.extensions.get::<Marked>().is_some() {
        return Response::from_parts(parts, body);
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let kind = kind.unwrap_or_default().split(|byte| *byte == b';').next().unwrap_or_default();
    match kind.trim_ascii() {
        b"text/html" => page(parts, body).await,
        b"application/json" | b"application/problem+json" => document(parts, body).await,
        b"application/jsonl" | b"application/x-ndjson" => each(parts, body, Marker::Lines(true)),
        b"text/csv" => each(parts, body, Marker::Table(Row::Head)),
        b"text/plain" | b"text/markdown" => after(parts, body, LINE),
        b"text/event-stream" => after(parts, body, EVENT),
        _ => Response::from_parts(parts, body),
    }
}

/// A file that is taken away says it by its name.
fn rename(headers: &mut HeaderMap) {
    let named = headers.get(header::CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
    let Some(named) = named.filter(|named| !named.contains("EXERCISE")) else { return };
    let named = named.replacen("filename=\"", "filename=\"EXERCISE-", 1).replacen(
        "filename*=UTF-8''",
        "filename*=UTF-8''EXERCISE-",
        1,
    );
    if let Ok(value) = HeaderValue::from_str(&named) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
}

/// A page that does not say of which world it is does not leave the desk.
async fn page(mut parts: Parts, body: Body) -> Response {
    let Ok(bytes) = to_bytes(body, MOST).await else { return held_back() };
    if !says_exercise(&bytes) {
        tracing::error!("a page of the exercise does not say that it is one: it was held back");
        return held_back();
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(undialled(bytes)))
}

/// The page with no link that calls for help: the number stays as words. Whoever practises must not
/// bring a patrol by a press. Numbers of three digits are such (911, 988; 112 on any mobile
/// telephone), and no office has one.
fn undialled(page: Bytes) -> Bytes {
    const DIALS: &str = " href=\"tel:";
    let Ok(text) = std::str::from_utf8(&page) else { return page };
    let mut links = text.split(DIALS);
    let mut told = links.next().unwrap_or_default().to_owned();
    for link in links {
        match link.split_once('"') {
            Some((number, rest)) if number.len() == 3 => told.push_str(rest),
            _ => told.extend([DIALS, link]),
        }
    }
    told.into()
}

fn held_back() -> Response {
    let page = Page::new("The desk made a mistake").world(World::Exercise).narrow();
    let page = page.render(&html! {
        p { "This page of the exercise did not say that it is one, and so it was held back." }
    });
    let named = [(WORLD, HeaderValue::from_static(World::Exercise.as_str()))];
    (StatusCode::INTERNAL_SERVER_ERROR, named, page).into_response()
}

/// An object says it by its first member.
async fn document(mut parts: Parts, body: Body) -> Response {
    let Ok(bytes) = to_bytes(body, MOST).await else { return held_back() };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(named(&bytes)))
}

/// A document that is an object, with the world as its first member.
fn named(bytes: &[u8]) -> Vec<u8> {
    let Some(rest) = bytes.trim_ascii_start().strip_prefix(b"{") else { return bytes.to_vec() };
    let is_bare = rest.trim_ascii_start().first() == Some(&b'}');
    let comma: &[u8] = if is_bare { b"" } else { b"," };
    [OBJECT, comma, rest].concat()
}

/// Puts the mark before each line or row while they pass.
fn each(mut parts: Parts, body: Body, mut marker: Marker) -> Response {
    parts.headers.remove(header::CONTENT_LENGTH);
    let marked = body.into_data_stream().map(move |chunk| {
        let put = |chunk: Bytes| Bytes::from(marker.put(&chunk));
        chunk.map(put)
    });
    Response::from_parts(parts, Body::from_stream(marked))
}

/// Puts the mark before everything.
fn after(mut parts: Parts, body: Body, mark: &'static [u8]) -> Response {
    parts.headers.remove(header::CONTENT_LENGTH);
    let first = stream::iter([Ok::<_, axum::Error>(Bytes::from_static(mark))]);
    Response::from_parts(parts, Body::from_stream(first.chain(body.into_data_stream())))
}

/// Where in a file one is that is marked while it passes, however it is cut into chunks.
#[derive(Clone, Copy, Debug)]
enum Marker {
    /// JSON, an object on each line: whether one may begin here.
    Lines(bool),
    /// The brace of an object was there; its first member follows, or its end.
    Opened,
    /// CSV (RFC 4180).
    Table(Row),
}

/// Where in a table one is.
#[derive(Clone, Copy, Debug)]
enum Row {
    /// Before the row of the columns' names.
    Head,
    /// Before another.
    Next,
    /// Within one.
    Within,
    /// Within one, between quotes.
    Quoted,
}

impl Marker {
    fn put(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len().saturating_add(64));
        for byte in chunk {
            *self = self.step(*byte, &mut out);
        }
        out
    }

    /// Takes a byte and says where one is behind it.
    fn step(self, byte: u8, out: &mut Vec<u8>) -> Self {
        let next = match (self, byte) {
            (Self::Lines(true), b'{') => {
                out.extend_from_slice(OBJECT);
                return Self::Opened;
            }
            (Self::Opened, byte) => {
                if byte != b'}' && !byte.is_ascii_whitespace() {
                    out.push(b',');
                }
                if byte.is_ascii_whitespace() { Self::Opened } else { Self::Lines(false) }
            }
            (Self::Lines(begins), byte) => {
                Self::Lines(byte == b'\n' || begins && byte.is_ascii_whitespace())
            }
            (Self::Table(row), byte) => Self::Table(row.step(byte, out)),
        };
        out.push(byte);
        next
    }
}

impl Row {
    fn step(self, byte: u8, out: &mut Vec<u8>) -> Self {
        match self {
            Self::Head => out.extend_from_slice(b"world,"),
            Self::Next => out.extend_from_slice(b"EXERCISE,"),
            Self::Within | Self::Quoted => {}
        }
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Within,
            (Self::Quoted, _) => Self::Quoted,
            (_, b'"') => Self::Quoted,
            (_, b'\n') => Self::Next,
            _ => Self::Within,
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render as _;

    use super::*;

    /// Marked in pieces of every size, it is the same.
    fn marked(marker: Marker, text: &str) -> String {
        let whole = { marker }.put(text.as_bytes());
        for size in 1..text.len() {
            let mut marker = marker;
            let pieces: Vec<u8> =
                text.as_bytes().chunks(size).flat_map(|piece| marker.put(piece)).collect();
            assert_eq!(pieces, whole, "{size}");
        }
        String::from_utf8(whole).unwrap()
    }

    #[test]
    fn documents_begin_with_it() {
        let one = |text: &str| String::from_utf8(named(text.as_bytes())).unwrap();
        let lines = |text: &str| marked(Marker::Lines(true), text);
        for both in [&one as &dyn Fn(&str) -> String, &lines] {
            assert_eq!(both("{\"a\":{\"b\":1}}"), "{\"world\":\"exercise\",\"a\":{\"b\":1}}");
            assert_eq!(both("{}"), "{\"world\":\"exercise\"}");
            assert_eq!(both("[{}]"), "[{}]");
            assert_eq!(both(""), "");
        }
        assert_eq!(one("{\n{"), "{\"world\":\"exercise\",\n{");
        let two = lines("{\"a\":\"{\"}\n{\"a\":2}\n");
        assert_eq!(two, "{\"world\":\"exercise\",\"a\":\"{\"}\n{\"world\":\"exercise\",\"a\":2}\n");
    }

    #[test]
    fn each_row_of_a_table_has_it() {
        let table = |text: &str| marked(Marker::Table(Row::Head), text);
        assert_eq!(
            table("n,what\r\n1,\"two\r\nlines, \"\"one\"\" row\"\r\n2,x\r\n"),
            "world,n,what\r\nEXERCISE,1,\"two\r\nlines, \"\"one\"\" row\"\r\nEXERCISE,2,x\r\n"
        );
        assert_eq!(table(""), "");
    }

    #[test]
    fn nothing_calls_for_help() {
        let link = |number: &str| crate::ui::Call::new(number).render().into_string();
        let page = |text: String| String::from_utf8(undialled(text.into()).into()).unwrap();
        assert_eq!(page(link("911")), "<a class=\"call\">911</a>");
        assert_eq!(page(link("9-1-1")), "<a class=\"call\">9-1-1</a>");
        assert_eq!(
            page(link("112") + &link("988")),
            "<a class=\"call\">112</a><a class=\"call\">988</a>"
        );
        assert_eq!(page(link("573-555-0911")), link("573-555-0911"));
    }

    #[test]
    fn files_say_it_by_their_names() {
        for (given, expected) in [
            ("attachment; filename=\"audit.csv\"", "attachment; filename=\"EXERCISE-audit.csv\""),
            (
                "attachment; filename*=UTF-8''a%20b.txt",
                "attachment; filename*=UTF-8''EXERCISE-a%20b.txt",
            ),
            ("inline", "inline"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(given));
            rename(&mut headers);
            rename(&mut headers);
            assert_eq!(headers[header::CONTENT_DISPOSITION], expected);
        }
    }
}
