//! What an entry of the room's logs has in every document.

use serde_json::{Value, json};
use ward_desk::{Entry, Words};

use super::schema::{Field, count, has, maybe, moment, text};
use super::tell;

/// What every entry has; `acts` says which acts there are.
pub(super) fn fields(acts: &'static str) -> Vec<Field> {
    vec![
        has("number", count(), "Its number, from 1 without gaps."),
        has("at", moment(), "When it was put down."),
        has("by", text(), "By whom, as they were called then."),
        has("act", text(), acts),
        has("text", maybe(text()), "Its words."),
    ]
}

/// An entry with that much of it.
pub(super) fn value<A>(entry: &Entry<A>, act: &str, text: Option<&Words>) -> Value {
    json!({
        "number": entry.number,
        "at": tell::moment(entry.at),
        "by": entry.by.name,
        "act": act,
        "text": text.map(Words::as_str),
    })
}
