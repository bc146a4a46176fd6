//! JSON as logs use it: one object after another, of which a few members matter. An object's
//! members are handed out as raw texts; nothing is built of what nobody asks for.

mod records;
#[cfg(test)]
mod tests;

pub(crate) use records::{cut, first, read};

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::field;

/// Hands each member of an object to `each`, as its name and its raw value. Members met twice
/// come twice. `false` when this is no object, or not a well-formed one.
pub(crate) fn members<'a>(json: &'a [u8], each: impl FnMut(&str, &'a [u8])) -> bool {
    let mut json = serde_json::Deserializer::from_slice(json);
    json.deserialize_map(Members(each)).is_ok() && json.end().is_ok()
}

/// Hands each element of an array to `each`, as its raw value. `false` as for [`members`].
pub(crate) fn elements<'a>(json: &'a [u8], each: impl FnMut(&'a [u8])) -> bool {
    let mut json = serde_json::Deserializer::from_slice(json);
    json.deserialize_seq(Elements(each)).is_ok() && json.end().is_ok()
}

/// The texts ([`text`]) of an object's members of these names, empty where there are none.
pub(crate) fn pick<'a, const N: usize>(object: &'a [u8], names: [&str; N]) -> [&'a [u8]; N] {
    let mut picked = [[].as_slice(); N];
    if !object.is_empty() {
        members(object, |name, raw| {
            let place = names.iter().position(|wanted| *wanted == name);
            if let Some(member) = place.and_then(|place| picked.get_mut(place)) {
                *member = text(raw);
            }
        });
    }
    picked
}

/// The inside of a raw string, its escapes still in it; the raw text of a number or a truth
/// value; nothing for null.
pub(crate) fn text(raw: &[u8]) -> &[u8] {
    match raw {
        [b'"', inside @ .., b'"'] => inside,
        b"null" => b"",
        other => other,
    }
}

/// Appends the meaning of a string's inside; surrogates that stand alone become U+FFFD.
pub(crate) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let escape = rest.get(at + 1..).unwrap_or_default();
        let Some((kind, after)) = escape.split_first() else { return };
        rest = after;
        match kind {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'u' => rest = unescape_unit(after, out),
            other => out.push(*other),
        }
    }
    out.extend_from_slice(rest);
}

/// Appends the character whose UTF-16 units begin after this `\u`; returns what follows it.
fn unescape_unit<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let mut push = |character: char| {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    };
    let Some((first, rest)) = unit(text) else {
        push(char::REPLACEMENT_CHARACTER);
        return text;
    };
    let second = rest.strip_prefix(b"\\u").and_then(unit);
    match (first, second) {
        (0xd800..0xdc00, Some((low @ 0xdc00..0xe000, rest))) => {
            let number = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
            rest
        }
        _ => {
            push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
            rest
        }
    }
}

fn unit(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let number = digits
        .iter()
        .try_fold(0, |number, digit| Some(number << 4 | u32::from(field::hex(*digit)?)))?;
    Some((number, rest))
}

struct Members<F>(F);

impl<'a, F: FnMut(&str, &'a [u8])> Visitor<'a> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let value: &RawValue = map.next_value()?;
            (self.0)(&name, value.get().as_bytes());
        }
        Ok(())
    }
}

struct Elements<F>(F);

impl<'a, F: FnMut(&'a [u8])> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut seq: A) -> Result<(), A::Error> {
        while let Some(value) = seq.next_element::<&RawValue>()? {
            (self.0)(value.get().as_bytes());
        }
        Ok(())
    }
}

/// A member's name: borrowed unless it holds escapes, which names do not.
struct Name;

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Cow<'a, str>, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'a str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
