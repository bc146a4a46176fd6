//! Zeek's JSON writer: one flat object a line, names with a dot in them (`id.orig_h`), unset
//! fields absent or null. `_path` names the log when streaming added it; else its fields tell.
//!
//! Bytes that JSON cannot hold are written as `\xHH` inside the string, which cannot be told from
//! the same four characters sent as such: both are read as the byte.

use crate::json;
use crate::outcome::tell;
use crate::reader::{Hints, ReadFormat, Sink};
use crate::scratch::settle;
use crate::zeek::{self, Field, Kind, Row, judge};

/// Reads a Zeek log in its JSON form.
#[derive(Clone, Debug)]
pub(crate) struct ZeekJson {
    scratch: Vec<u8>,
}

impl ReadFormat for ZeekJson {
    fn recognise(head: &[u8], hints: &Hints) -> Option<Self> {
        json::first(head, is_zeek).then(|| Self::forced(hints))
    }

    fn forced(_hints: &Hints) -> Self {
        Self { scratch: Vec::new() }
    }

    fn cut(&self, block: &[u8]) -> usize {
        json::cut(block)
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        json::read(block, base, sink, |object, at, sink| {
            let Some(mut row) = row(object) else { return false };
            let kind = Kind::of(row.get(Field::Path), |field| !row.get(field).is_empty());
            if kind == Kind::Http {
                row.narrow_proxied(b'"');
            }
            if memchr::memchr(b'\\', object).is_some() {
                let row = Row(settle(row.0, &mut self.scratch, unescape));
                tell(judge(kind, &row), at, object, sink);
            } else {
                tell(judge(kind, &row), at, object, sink);
            }
            true
        });
    }
}

fn row(object: &[u8]) -> Option<Row<'_>> {
    let mut row = Row::EMPTY;
    json::members(object, |name, raw| {
        if let Some(field) = Field::named(name.as_bytes()) {
            row.set(field, json::text(raw));
        }
    })
    .then_some(row)
}

/// Undoes JSON's escapes, then Zeek's `\xHH` inside of them.
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    json::unescape(text, out);
    if memchr::memmem::find(out.get(start..).unwrap_or_default(), b"\\x").is_some() {
        let half = out.split_off(start);
        zeek::unescape_bytes(&half, out);
    }
}

/// `_path` and a time, or a time and what only Zeek's logs are identified by.
fn is_zeek(object: &[u8]) -> bool {
    let (mut path, mut time, mut telling) = (false, false, false);
    let mut script = false;
    json::members(object, |name, raw| match name {
        "_path" => path = true,
        "ts" => time = true,
        "uid" | "id.orig_h" | "id_orig_h" | "fuid" | "uids" | "peer" | "peer_descr" | "filter" => {
            telling = true;
        }
        // `loaded_scripts` has nothing else.
        "name" => script = raw.ends_with(b".zeek\"") || raw.ends_with(b".bro\""),
        _ => {}
    });
    time && (path || telling) || path && telling || script
}
