//! What is dropped at the door: values that nobody at the desk needs are masked before a record
//! leaves the machine that logged it.
//!
//! A value is masked byte for byte, so that every offset stays true and no line moves. Masked are
//! the values of parameters whose names say that they are secrets or personal data (in web
//! requests, in JSON and in free text), the password in `scheme://user:password@host`, and all
//! query values of given paths, such as a voter look-up.
//!
//! Two duties pull the other way. What an exploit judge calls an attack is evidence and stays:
//! that is the `keep` of [`Door::clean`]. And an attacker who writes `password=` into an account
//! name must not make us hide the address that follows it: a mask ends where the text that the
//! name stands in ends, and never goes over white space that is not inside of quotes.
//!
//! Not seen: names that are percent-encoded twice, values in a URL inside a URL, and columns of
//! tab-separated formats, whose names are in a header.

mod find;
mod names;

use std::collections::BTreeSet;

use self::find::{Found, Line};

/// Which values are masked.
#[derive(Clone, Debug, Default)]
pub struct Door {
    /// Further names, as [`names::plain`] writes them.
    names: BTreeSet<Vec<u8>>,
    /// Paths whose query values are all masked: lower case, without a slash at the end.
    paths: Vec<Vec<u8>>,
}

impl Door {
    /// A door with more names than the built-in ones, and with paths whose query values are all
    /// masked, with everything below them. Capitals do not matter, nor `_` and `-` in names.
    #[must_use]
    pub fn new(names: &[String], paths: &[String]) -> Self {
        let path = |path: &String| {
            let path = path.trim_end_matches('/').to_ascii_lowercase().into_bytes();
            if path.starts_with(b"/") { path } else { [b"/", path.as_slice()].concat() }
        };
        Self {
            names: names.iter().map(|name| names::plain(name.as_bytes())).collect(),
            paths: paths.iter().filter(|path| !path.is_empty()).map(path).collect(),
        }
    }

    /// Masks what need not be known in whole lines, in place; says how many values it masked.
    /// `keep` is given the target of a web request (path and query, perhaps after scheme and
    /// host), or a value alone where there is no request around it; what it says yes to stays.
    pub fn clean(&self, body: &mut [u8], mut keep: impl FnMut(&[u8]) -> bool) -> u64 {
        let mut masked = 0_u64;
        let mut found = Vec::new();
        for line in body.split_mut(|byte| *byte == b'\n') {
            found.clear();
            self.find(line, &mut found);
            // Values of one request lie side by side: its judgement holds for all of them.
            let mut judged: Option<(std::ops::Range<usize>, bool)> = None;
            found.retain(|found: &Found| {
                let known = judged.as_ref().filter(|(around, _)| *around == found.around);
                let kept = known
                    .map(|(_, kept)| *kept)
                    .unwrap_or_else(|| line.get(found.around.clone()).is_some_and(&mut keep));
                judged = Some((found.around.clone(), kept));
                !kept
            });
            for found in &found {
                masked = masked.saturating_add(1);
                mask(line.get_mut(found.value.clone()).unwrap_or_default(), found.number);
            }
        }
        masked
    }

    fn find(&self, line: &[u8], found: &mut Vec<Found>) {
        let line = Line::new(line);
        line.named(|name| names::is_secret(name, &self.names), names::is_telling, found);
        if !self.paths.is_empty() {
            line.queries(|path| self.is_masked(path), found);
        }
    }

    /// Whether all query values of this path are masked.
    fn is_masked(&self, path: &[u8]) -> bool {
        let path = names::decoded(path);
        self.paths.iter().any(|masked| {
            path.strip_prefix(masked.as_slice())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        })
    }
}

/// A number stays a number, so that JSON stays JSON.
fn mask(value: &mut [u8], number: bool) {
    for byte in value.iter_mut().filter(|byte| **byte != b'\r') {
        match number {
            true if byte.is_ascii_digit() => *byte = b'1',
            true => {}
            false => *byte = b'x',
        }
    }
}

#[cfg(test)]
mod tests;
