//! The audit, taken away as a file.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use ward_store::audit::{self, Row, Search};

use crate::desk::Desk;
use crate::who::Who;

/// Rows that are read at a time.
const CHUNK: i64 = 1_000;

/// In which form rows are given away.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Format {
    /// CSV (RFC 4180).
    Csv,
    /// JSON, an object on each line.
    Lines,
}

/// The rows that a search finds as a file; puts down that somebody takes them.
///
/// # Errors
/// Those of the store.
pub(crate) async fn give(
    desk: &Desk,
    who: &Who,
    search: Search,
    format: Format,
) -> Result<Response, ward_store::Error> {
    // The row of the export itself is not in it: what was there when it was asked for is.
    let mut tx = desk.store.begin().await?;
    let newest = audit::search(tx.link(), &Search::default(), 1).await?;
    let before = newest.first().map_or(1, |row| row.number.saturating_add(1));
    let what = if format == Format::Csv { "as CSV" } else { "as JSON lines" };
    tx.commit(who.did(desk.now(), "audit.export", "", what)).await?;
    let search =
        Search { before: Some(search.before.map_or(before, |own| own.min(before))), ..search };
    Ok(file(desk, search, format))
}

/// Rows as they are read, so that a long audit is never in memory.
fn file(desk: &Desk, search: Search, format: Format) -> Response {
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        Format::Lines => {
            ("application/jsonl; charset=utf-8", "attachment; filename=\"audit.jsonl\"")
        }
    };
    let head = match format {
        Format::Csv => "number,at,actor,name,act,object,detail,address,sha256\r\n",
        Format::Lines => "",
    };
    let begin = (Some(search), Bytes::from_static(head.as_bytes()));
    let desk = desk.clone();
    let chunks = stream::unfold(begin, move |(search, head)| {
        let desk = desk.clone();
        async move {
            if !head.is_empty() {
                return Some((Ok(head), (search, Bytes::new())));
            }
            let search = search?;
            match chunk(&desk, &search, format).await {
                Ok((text, next)) => Some((Ok(text.into()), (next, Bytes::new()))),
                Err(err) => {
                    // The file ends in an error, so that nobody takes it for whole.
                    tracing::error!(error = %err, "an export of the audit was cut");
                    Some((Err(err), (None, Bytes::new())))
                }
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

async fn chunk(
    desk: &Desk,
    search: &Search,
    format: Format,
) -> Result<(String, Option<Search>), ward_store::Error> {
    let mut read = desk.store.read().await?;
    let rows = audit::search(read.link(), search, CHUNK).await?;
    drop(read);
    let mut text = String::new();
    for row in &rows {
        match format {
            Format::Csv => csv(row, &mut text),
            Format::Lines => line(row, &mut text),
        }
    }
    let whole = rows.len() < usize::try_from(CHUNK).unwrap_or(0);
    let last = rows.last().map(|row| row.number).filter(|_| !whole);
    Ok((text, last.map(|last| Search { before: Some(last), ..search.clone() })))
}

fn csv(row: &Row, out: &mut String) {
    let entry = &row.entry;
    let at = entry.at.to_string();
    let hash = data_encoding::HEXLOWER.encode(&row.hash);
    let texts: [&str; 8] = [
        &at,
        &entry.actor,
        &entry.actor_name,
        &entry.act,
        &entry.object,
        &entry.detail,
        &entry.address,
        &hash,
    ];
    csv_row(&row.number.to_string(), &texts, out);
}

/// A row of CSV (RFC 4180). Every text is quoted, and one that a spreadsheet would take for a
/// formula is set off by an apostrophe.
pub(super) fn csv_row(number: &str, texts: &[&str], out: &mut String) {
    out.push_str(number);
    for text in texts {
        out.push_str(",\"");
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            out.push('\'');
        }
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    }
    out.push_str("\r\n");
}

fn line(row: &Row, out: &mut String) {
    let entry = &row.entry;
    let line = serde_json::json!({
        "number": row.number,
        "at": entry.at,
        "at_micros": entry.at.micros(),
        "actor": entry.actor,
        "name": entry.actor_name,
        "act": entry.act,
        "object": entry.object,
        "detail": entry.detail,
        "address": entry.address,
        "sha256": data_encoding::HEXLOWER.encode(&row.hash),
    });
    out.push_str(&line.to_string());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use ward_kernel::Time;

    use super::*;

    fn row(detail: &str) -> Row {
        let entry = ward_store::audit::Entry {
            at: Time::from_secs(0),
            actor: "p-1".into(),
            actor_name: "Desk analyst".into(),
            act: "case.look".into(),
            object: "W-1".into(),
            detail: detail.into(),
            address: "192.0.2.1".into(),
        };
        Row { number: 7, entry, hash: vec![0xab; 2] }
    }

    #[test]
    fn csv_is_quoted_and_no_formula() {
        let mut text = String::new();
        csv(&row("=1+1,\"x\"\n"), &mut text);
        assert_eq!(
            text,
            "7,\"1970-01-01T00:00:00Z\",\"p-1\",\"Desk analyst\",\"case.look\",\"W-1\",\
             \"'=1+1,\"\"x\"\"\n\",\"192.0.2.1\",\"abab\"\r\n"
        );
    }

    #[test]
    fn lines_are_json() {
        let mut text = String::new();
        line(&row("\"\n<"), &mut text);
        assert_eq!(text.matches('\n').count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["detail"], "\"\n<");
    }
}
