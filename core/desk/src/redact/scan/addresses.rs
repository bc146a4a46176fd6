//! Addresses of networks and of their hardware.

use std::net::Ipv6Addr;

use super::super::letters::{dot, folded, literal, most, run, some, spelled_dot};
use super::super::plain::MIDDLE;
use super::super::{Found, Rule};

/// The longest an IPv6 address is written, with one of IPv4 at its end.
const LONGEST: usize = 45;

/// IPv6 and hardware addresses.
pub(super) fn hexadecimal(chars: &[char], at: usize, before: char) -> Option<Found> {
    let first = *chars.get(at)?;
    let may_begin = first.is_ascii_hexdigit() || first == ':' && before != ':';
    let in_word = before.is_alphanumeric() && !first.is_ascii_digit();
    if !may_begin || before.is_ascii_hexdigit() || in_word {
        return None;
    }
    if let Some(end) = hardware(chars, at).filter(|_| !before.is_alphanumeric()) {
        return Some(Found::Remove(Rule::Addresses, end));
    }
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    let end = most(chars, at, LONGEST, is_part);
    // What closes the sentence, or joins it to the next word, is no part of it.
    let mut end = (at.saturating_add(2)..=end).rev().find(|end| {
        let text: String = chars.get(at..*end).unwrap_or_default().iter().collect();
        is_v6(&text)
    })?;
    if let Some(zone) = literal(chars, end, "%") {
        end = run(chars, zone, |c| c.is_ascii_alphanumeric()).max(end);
    }
    Some(Found::Remove(Rule::Addresses, prefix(chars, end)))
}

fn is_v6(text: &str) -> bool {
    text.matches(':').count() >= 2
        && text.contains(|c: char| c.is_ascii_hexdigit())
        && text.parse::<Ipv6Addr>().is_ok()
}

/// Six pairs of hexadecimal digits, three fours of them, or all twelve in one word.
fn hardware(chars: &[char], at: usize) -> Option<usize> {
    let pairs = [':', '-', '.', '_', ' '].into_iter().find_map(|sign| {
        let end = grouped(chars, at, (6, 2), sign)?;
        // Six numbers in a row are no address.
        (matches!(sign, ':' | '-') || is_mixed(chars.get(at..end)?)).then_some(end)
    });
    let fours = || {
        let mut signs = ['.', '-'].into_iter();
        signs.find_map(|sign| grouped(chars, at, (3, 4), sign))
    };
    let is_one = |end: &usize| chars.get(at..*end).is_some_and(is_mixed);
    let whole = || grouped(chars, at, (1, 12), ' ').filter(is_one);
    pairs.or_else(fours).or_else(whole)
}

/// Where so many groups of hexadecimal digits of one length end, with a sign between them.
fn grouped(chars: &[char], at: usize, (many, long): (usize, usize), sign: char) -> Option<usize> {
    let mut end = at;
    for group in 0..many {
        if group > 0 {
            end = chars.get(end).filter(|c| **c == sign).map(|_| end.saturating_add(1))?;
        }
        end = some(chars, end, (long, long), |c| c.is_ascii_hexdigit())?;
    }
    // What goes on like it is longer: an IPv6 address, say. A word may follow a blank.
    let next = chars.get(end).filter(|c| **c == sign && sign != ' ').map(|_| end.saturating_add(1));
    let more = next.and_then(|next| chars.get(next));
    let goes_on = more.is_some_and(|c| c.is_ascii_hexdigit() || *c == sign);
    (!goes_on && !chars.get(end).is_some_and(|c| c.is_alphanumeric())).then_some(end)
}

/// Whether there are both digits and letters.
fn is_mixed(chars: &[char]) -> bool {
    chars.iter().any(char::is_ascii_digit) && chars.iter().any(|c| c.is_alphabetic())
}

/// Four numbers or more with dots between them, and what follows such an address; also with commas,
/// and in hexadecimal digits.
pub(super) fn numbers(chars: &[char], at: usize, before: char) -> Option<Found> {
    if before.is_ascii_digit() || !chars.get(at)?.is_ascii_digit() {
        return None;
    }
    let end = prefix(chars, dotted(chars, at).or_else(|| with_commas(chars, at, before))?);
    let port = literal(chars, end, ":").map(|port| run(chars, port, |c| c.is_ascii_digit()));
    let end = port.filter(|port| *port > end.saturating_add(1)).unwrap_or(end);
    Some(Found::Remove(Rule::Addresses, end))
}

fn dotted(chars: &[char], at: usize) -> Option<usize> {
    let (mut end, mut groups, mut next, mut least) = (at, 0_usize, at, 4);
    while let Some((group, is_hexadecimal)) = number(chars, next) {
        (end, groups) = (group, groups.saturating_add(1));
        // Such a one says what it is, also with its last parts in one number.
        least = if is_hexadecimal { 2 } else { least };
        let between = dot(chars, end).or_else(|| spelled_dot(chars, end));
        match between.or_else(|| spaced(chars, end)) {
            Some(after) => next = after,
            None => break,
        }
    }
    (groups >= least).then_some(end)
}

/// One to three digits, or a number in hexadecimal digits that says so.
fn number(chars: &[char], at: usize) -> Option<(usize, bool)> {
    let hexadecimal = folded(chars, at, "0x")
        .and_then(|digits| some(chars, digits, (1, 8), |c| c.is_ascii_hexdigit()));
    let plain = || some(chars, at, (1, 3), |c| c.is_ascii_digit());
    hexadecimal.map(|end| (end, true)).or_else(|| Some((plain()?, false)))
}

/// A dot with blanks on both sides, or in the middle of the line.
fn spaced(chars: &[char], at: usize) -> Option<usize> {
    let middle = || chars.get(at).filter(|c| **c == MIDDLE).map(|_| at.saturating_add(1));
    literal(chars, at, " . ").or_else(middle)
}

/// Four numbers up to 255 with commas and no blanks. A list of them would have blanks, and a large
/// number has groups of three digits that can begin with a nought.
fn with_commas(chars: &[char], at: usize, before: char) -> Option<usize> {
    if before == ',' {
        return None;
    }
    let (mut end, mut long) = (at, 0_usize);
    for group in 0..4 {
        let begin = if group > 0 { literal(chars, end, ",")? } else { end };
        end = some(chars, begin, (1, 3), |c| c.is_ascii_digit())?;
        let text: String = chars.get(begin..end)?.iter().collect();
        let number: u16 = text.parse().ok()?;
        if number > 255 || text.len() > 1 && text.starts_with('0') {
            return None;
        }
        long = long.saturating_add(usize::from(text.len() > 1));
    }
    let goes_on = literal(chars, end, ",").and_then(|at| chars.get(at));
    let ends = !goes_on.is_some_and(char::is_ascii_digit);
    (ends && long >= 2).then_some(end)
}

/// Where the length of a network's prefix ends, when one follows.
fn prefix(chars: &[char], end: usize) -> usize {
    let length = literal(chars, end, "/").map(|at| (at, run(chars, at, |c| c.is_ascii_digit())));
    length.filter(|(at, end)| end > at).map_or(end, |(_, end)| end)
}
