//! The scanner: what has a shape of its own in a sentence. Written by hand, letter by letter, and
//! without looking back further than one letter, so that it is quick on anything.
//!
//! Where a shape can be two things, it goes: a version number of four parts is taken for an
//! address, a word after a full stop without a blank can be taken for a host.

use std::net::Ipv6Addr;

use super::{Found, Rule};

/// Last parts of host names that are taken for one even where they are written like a word.
const ENDINGS: [&str; 18] = [
    "com", "org", "net", "gov", "edu", "mil", "us", "info", "biz", "io", "local", "lan", "home",
    "internal", "corp", "example", "test", "arpa",
];

/// The longest an IPv6 address is written, with one of IPv4 at its end.
const LONGEST: usize = 45;
/// The most labels of a host's name (RFC 1035: 255 octets).
const LABELS: usize = 127;
/// The fewest digits of a telephone number.
const DIGITS: usize = 7;

/// What stands at this place; `before` is the letter before it, a bracket after a mark.
pub(super) fn at(chars: &[char], at: usize, before: char) -> Option<Found> {
    if let Some(end) = mark(chars, at) {
        return Some(Found::Keep(end));
    }
    security(chars, at, before)
        .or_else(|| url(chars, at, before))
        .or_else(|| mail(chars, at, before))
        .or_else(|| handle(chars, at))
        .or_else(|| hexadecimal(chars, at, before))
        .or_else(|| dotted_numbers(chars, at, before))
        .or_else(|| host(chars, at, before))
        .or_else(|| share(chars, at))
}

/// Where a mark ends that stands here, with the number of a person before it.
pub(super) fn mark(chars: &[char], at: usize) -> Option<usize> {
    let mut next = at;
    if let Some(after) = literal(chars, at, "Person ") {
        let digits = run(chars, after, |c| c.is_ascii_digit());
        next = literal(chars, digits, " ").filter(|_| digits > after)?;
    }
    let after = literal(chars, next, "[removed: rule R")?;
    let digits = run(chars, after, |c| c.is_ascii_digit());
    literal(chars, digits, "]").filter(|_| digits > after)
}

/// A line that its writer marked. The word itself stays: what is there is said.
fn security(chars: &[char], at: usize, before: char) -> Option<Found> {
    if before != '\n' {
        return None;
    }
    let begin = run(chars, at, |c| c.is_whitespace() && c != '\n');
    let words = ["security detail:", "security:"];
    let head = words.into_iter().find_map(|word| folded(chars, begin, word))?;
    let text = run(chars, head, |c| c.is_whitespace() && c != '\n');
    let end = run(chars, head, |c| c != '\n');
    let is_done = text >= end || mark(chars, text) == Some(end);
    Some(if is_done { Found::Keep(end) } else { Found::After(Rule::Security, text, end) })
}

/// An address with a scheme.
fn url(chars: &[char], at: usize, before: char) -> Option<Found> {
    if before.is_alphanumeric() {
        return None;
    }
    let scheme = run(chars, at, |c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let rest = literal(chars, scheme, "://").filter(|_| scheme > at)?;
    let end = tail(chars, rest);
    (end > rest).then_some(Found::Remove(Rule::Hosts, end))
}

/// Where an address that goes on here ends: at a blank or at what was removed before, without the
/// marks of the sentence.
fn tail(chars: &[char], from: usize) -> usize {
    let goes_on = |c: char| !c.is_whitespace() && !matches!(c, '<' | '>' | '"');
    let mut end = from;
    while chars.get(end).is_some_and(|c| goes_on(*c)) && mark(chars, end).is_none() {
        end = end.saturating_add(1);
    }
    let closes = |c: &char| ".,;:!?)]}'\u{2019}\u{201d}".contains(*c);
    while end > from && chars.get(end.saturating_sub(1)).is_some_and(closes) {
        end = end.saturating_sub(1);
    }
    end
}

fn mail(chars: &[char], at: usize, before: char) -> Option<Found> {
    let is_local = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
    if is_local(before) {
        return None;
    }
    let local = run(chars, at, is_local);
    if local == at {
        return None;
    }
    let domain = literal(chars, local, "@").or_else(|| written_at(chars, local))?;
    let end = domain_end(chars, domain);
    (end > domain).then_some(Found::Remove(Rule::Mail, end))
}

/// "(at)" and "[at]", as people write it so that machines do not read it.
fn written_at(chars: &[char], from: usize) -> Option<usize> {
    let begin = literal(chars, from, " ").unwrap_or(from);
    let end = ["[at]", "(at)"].into_iter().find_map(|word| folded(chars, begin, word))?;
    Some(literal(chars, end, " ").unwrap_or(end))
}

/// Where the part after the sign of an address of mail ends.
fn domain_end(chars: &[char], from: usize) -> usize {
    if let Some(inside) = literal(chars, from, "[") {
        let end = run(chars, inside, |c| {
            c.is_ascii_hexdigit() || matches!(c, '.' | ':' | 'I' | 'P' | 'v')
        });
        return literal(chars, end, "]").unwrap_or(from);
    }
    let mut end = from;
    loop {
        let label = run(chars, end, |c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        if label == end {
            return end;
        }
        end = label;
        match dot(chars, end) {
            Some(next) if chars.get(next).is_some_and(|c| c.is_alphanumeric()) => end = next,
            _ => return end,
        }
    }
}

/// A name that begins with @.
fn handle(chars: &[char], at: usize) -> Option<Found> {
    let begin = literal(chars, at, "@")?;
    let end = run(chars, begin, |c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    (end > begin).then_some(Found::Remove(Rule::Accounts, end))
}

/// IPv6 and hardware addresses.
fn hexadecimal(chars: &[char], at: usize, before: char) -> Option<Found> {
    let first = *chars.get(at)?;
    let may_begin = first.is_ascii_hexdigit() || first == ':' && before != ':';
    let in_word = before.is_alphanumeric() && !first.is_ascii_digit();
    if !may_begin || before.is_ascii_hexdigit() || in_word {
        return None;
    }
    let most = at.saturating_add(LONGEST);
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | '-');
    let end = run(chars, at, is_part).min(most);
    // What closes the sentence, or joins it to the next word, is no part of it.
    let mut end = (at.saturating_add(2)..=end).rev().find(|end| {
        let text: String = chars.get(at..*end).unwrap_or_default().iter().collect();
        is_hardware(&text) || is_v6(&text)
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

fn is_hardware(text: &str) -> bool {
    [':', '-'].into_iter().any(|sign| {
        let mut parts = text.split(sign);
        let fits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
        parts.clone().count() == 6 && parts.all(fits)
    })
}

/// Four numbers or more with dots between them, and what follows such an address.
fn dotted_numbers(chars: &[char], at: usize, before: char) -> Option<Found> {
    if before.is_ascii_digit() {
        return None;
    }
    let (mut end, mut groups) = (at, 0_usize);
    loop {
        let group = run(chars, end, |c| c.is_ascii_digit());
        if group == end || group.saturating_sub(end) > 3 {
            break;
        }
        (end, groups) = (group, groups.saturating_add(1));
        match dot(chars, end) {
            Some(next) if chars.get(next).is_some_and(char::is_ascii_digit) => end = next,
            _ => break,
        }
    }
    if groups < 4 {
        return None;
    }
    let end = prefix(chars, end);
    let port = literal(chars, end, ":").map(|port| run(chars, port, |c| c.is_ascii_digit()));
    let end = port.filter(|port| *port > end.saturating_add(1)).unwrap_or(end);
    Some(Found::Remove(Rule::Addresses, end))
}

/// Where the length of a network's prefix ends, when one follows.
fn prefix(chars: &[char], end: usize) -> usize {
    let length = literal(chars, end, "/").map(|at| (at, run(chars, at, |c| c.is_ascii_digit())));
    length.filter(|(at, end)| end > at).map_or(end, |(_, end)| end)
}

/// Names with dots between them.
fn host(chars: &[char], at: usize, before: char) -> Option<Found> {
    let is_label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if is_label(before) {
        return None;
    }
    let (mut begin, mut fits) = (at, None);
    for label in 0..LABELS {
        let end = run(chars, begin, is_label);
        if end == begin {
            break;
        }
        if label > 0 && is_ending(chars.get(begin..end)?) {
            fits = Some(end);
        }
        match dot(chars, end) {
            Some(next) => begin = next,
            None => break,
        }
    }
    let end = fits?;
    let goes_on = chars.get(end).is_some_and(|c| matches!(c, '/' | '?' | '#'))
        || literal(chars, end, ":").and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    Some(Found::Remove(Rule::Hosts, if goes_on { tail(chars, end).max(end) } else { end }))
}

/// Whether a label can be the last of a host's name, and not the first word of a sentence.
fn is_ending(label: &[char]) -> bool {
    if label.len() < 2 || !label.iter().all(|c| c.is_alphabetic()) {
        return folded(label, 0, "xn--").is_some();
    }
    let text: String = label.iter().collect();
    let small = text.to_lowercase();
    text == small || text == text.to_uppercase() || ENDINGS.contains(&small.as_str())
}

/// `\\server\share`
fn share(chars: &[char], at: usize) -> Option<Found> {
    let name = literal(chars, at, "\\\\")?;
    let end = tail(chars, name);
    (end > name && chars.get(name).is_some_and(|c| c.is_alphanumeric()))
        .then_some(Found::Remove(Rule::Hosts, end))
}

/// Seven digits or more with little between them; days of the calendar stay.
pub(super) fn number(chars: &[char], at: usize) -> Option<Found> {
    let first = *chars.get(at)?;
    if !is_digit(first) && !matches!(first, '+' | '(') {
        return None;
    }
    if let Some(end) = day(chars, at) {
        return Some(Found::Keep(end));
    }
    let (mut next, mut end, mut digits) = (at, at, 0_usize);
    while let Some(&c) = chars.get(next) {
        next = next.saturating_add(1);
        if is_digit(c) {
            (end, digits) = (next, digits.saturating_add(1));
        } else if !is_between(c) || next.saturating_sub(end) > 3 {
            break;
        }
    }
    (digits >= DIGITS).then_some(Found::Remove(Rule::Telephones, end))
}

/// Digits of this script and of those that telephones offer beside it.
const fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' | '\u{ff10}'..='\u{ff19}')
}

const fn is_between(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '-' | '\u{2010}'
            ..='\u{2015}' | '.' | '(' | ')' | '/' | '+'
    )
}

/// `2026-11-03` and `11/3/2026`.
fn day(chars: &[char], at: usize) -> Option<usize> {
    let number = |from: usize, most: usize| {
        let end = run(chars, from, |c| c.is_ascii_digit());
        let long = end.saturating_sub(from);
        let text: String = chars.get(from..end)?.iter().collect();
        (1..=most).contains(&long).then_some(())?;
        Some((end, text.parse::<u32>().ok()?))
    };
    let (end, first) = number(at, 4)?;
    let sign = if (1900..2100).contains(&first) { "-" } else { "/" };
    let (end, second) = number(literal(chars, end, sign)?, 2)?;
    let (end, third) = number(literal(chars, end, sign)?, 4)?;
    let fits = if sign == "-" {
        (1..=12).contains(&second) && (1..=31).contains(&third)
    } else {
        (1..=12).contains(&first) && (1..=31).contains(&second) && (1900..2100).contains(&third)
    };
    // What goes on like a number is one.
    let ends = !chars.get(end).is_some_and(|c| is_digit(*c) || matches!(c, '-' | '/'));
    (fits && ends).then_some(end)
}

/// A dot, also as people write it so that it is no link.
fn dot(chars: &[char], at: usize) -> Option<usize> {
    let all = [".", "[.]", "(.)", "[dot]", "(dot)"];
    all.into_iter().find_map(|one| folded(chars, at, one))
}

/// Where the letters end that fit, from a place on.
fn run(chars: &[char], from: usize, fits: impl Fn(char) -> bool) -> usize {
    let more = chars.iter().skip(from).take_while(|c| fits(**c)).count();
    from.saturating_add(more)
}

/// Where a text ends that stands here letter for letter.
fn literal(chars: &[char], at: usize, text: &str) -> Option<usize> {
    stands(chars, at, text, |is, want| is == want)
}

/// The same, whether in capitals or not.
fn folded(chars: &[char], at: usize, text: &str) -> Option<usize> {
    stands(chars, at, text, |is, want| is.eq_ignore_ascii_case(&want))
}

fn stands(chars: &[char], at: usize, text: &str, fits: fn(char, char) -> bool) -> Option<usize> {
    let mut end = at;
    for want in text.chars() {
        if !fits(*chars.get(end)?, want) {
            return None;
        }
        end = end.saturating_add(1);
    }
    Some(end)
}
