//! The scanner: what has a shape of its own in a sentence. Written by hand, letter by letter, and
//! without looking back further than a few letters, so that it is quick on anything.
//!
//! Where a shape can be two things, it goes: four numbers with dots are taken for an address unless
//! a word before them is one behind which such numbers stand ("Section"), and a word after a full
//! stop without a blank can be taken for a host.

mod addresses;
mod numbers;

use super::known::{Counted, Here, ORDINARY};
use super::letters::{BLANKS, any_of, dot, folded, literal, run, some, spelled_dot, word};
use super::names::{among, is_plain};
use super::plain::DASH;
use super::{Found, Rule};
pub(super) use numbers::number;

/// Last parts of host names that are taken for one even where they are written like a word.
const ENDINGS: [&str; 18] = [
    "com", "org", "net", "gov", "edu", "mil", "us", "info", "biz", "io", "local", "lan", "home",
    "internal", "corp", "example", "test", "arpa",
];

/// What is cut short in a sentence; the next word can follow it without a blank.
const SHORTENED: [&str; 5] = ["a.m.", "p.m.", "etc.", "e.g.", "i.e."];
/// How much of a line is looked at before a heading.
const MARGIN: usize = 8;

/// The most labels of a host's name (RFC 1035: 255 octets).
const LABELS: usize = 127;
/// The longest scheme of an address.
const SCHEME: usize = 40;

/// What stands at this place; `before` is the letter before it, a bracket after a mark.
pub(super) fn at(chars: &[char], at: usize, before: char) -> Option<Found> {
    if let Some(end) = mark(chars, at) {
        return Some(Found::Keep(end));
    }
    security(chars, at, before)
        .or_else(|| url(chars, at, before))
        .or_else(|| mail(chars, at, before))
        .or_else(|| handle(chars, at))
        .or_else(|| numbers::day(chars, at, before).map(Found::Keep))
        .or_else(|| addresses::hexadecimal(chars, at, before))
        .or_else(|| addresses::numbers(chars, at, before))
        .or_else(|| host(chars, at, before))
        .or_else(|| share(chars, at, before))
}

/// A number behind a word that says what it is, or an amount: it stays, unless it has a shape that
/// goes.
pub(super) fn counted(chars: &[char], here: Here) -> Option<Found> {
    let (at, before) = (here.at, here.before);
    let others = [
        mail(chars, at, before),
        addresses::hexadecimal(chars, at, before),
        host(chars, at, before),
    ];
    let is_dotted = here.counted == Counted::Dotted;
    let end = numbers::counted(chars, at, (before, is_dotted))?;
    others.iter().all(Option::is_none).then_some(Found::Keep(end))
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

/// What its writer marked: the rest of the line behind the word, or the line below where nothing
/// follows. The word itself stays: what is there is said.
fn security(chars: &[char], at: usize, before: char) -> Option<Found> {
    if before.is_alphanumeric() {
        return None;
    }
    let mut word = folded(chars, at, "security")?;
    let more = [" details", " detail", " sensitive", " information", " info", " notes", " note"];
    word = any_of(chars, word, &more).unwrap_or(word);
    let head = sign(chars, word, before).or_else(|| heading(chars, at, word))?;
    let is_blank = |c: char| c == ' ' || matches!(c, '*' | '_');
    let mut text = run(chars, head, is_blank);
    if chars.get(text) == Some(&'\n') {
        text = run(chars, text, |c| is_blank(c) || c == '\n');
    }
    let end = run(chars, text, |c| c != '\n');
    let is_done = text >= end || mark(chars, text) == Some(end);
    Some(if is_done { Found::Keep(end) } else { Found::After(Rule::Security, text, end) })
}

/// Where the sign ends that makes a heading of a word: a colon, an equals sign, a dash that joins it
/// to no other word, or the square bracket that closes around it.
fn sign(chars: &[char], word: usize, before: char) -> Option<usize> {
    let at = some(chars, word, (0, BLANKS), |c| matches!(c, ' ' | '*' | '_'))?;
    let end = at.saturating_add(1);
    let fits = match chars.get(at)? {
        ':' | '=' | '>' | '|' | '~' => true,
        ']' => before == '[',
        &DASH => true,
        ';' => chars.get(end).is_some_and(|c| !c.is_whitespace()),
        '-' => at > word || !chars.get(end).is_some_and(|c| c.is_alphanumeric()),
        _ => false,
    };
    // "Security ---" and "Security :-" are one sign.
    fits.then(|| run(chars, end, |c| matches!(c, '-' | ':' | '>' | '=' | '~' | DASH)))
}

/// Where the line of a word ends that stands alone in it, with an empty line below.
fn heading(chars: &[char], at: usize, word: usize) -> Option<usize> {
    let is_margin = |c: char| matches!(c, ' ' | '#' | '*' | '_' | '>');
    let mut before = chars.get(..at)?.iter().rev().take(MARGIN);
    let is_alone = before.find(|c| !is_margin(**c)).is_none_or(|c| *c == '\n');
    let end = run(chars, word, is_margin);
    let below = run(chars, literal(chars, end, "\n")?, |c| c == ' ');
    (is_alone && chars.get(below) == Some(&'\n')).then_some(end)
}

/// An address with a scheme.
fn url(chars: &[char], at: usize, before: char) -> Option<Found> {
    if before.is_alphanumeric() {
        return None;
    }
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let scheme = some(chars, at, (1, SCHEME), is_scheme)?;
    let rest = any_of(chars, scheme, &["://", "[:]//", "[://]", ":\\\\"])?;
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
    let closes = |c: &char| ".,;:!?)]}'\u{201d}".contains(*c);
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
    let joined = literal(chars, local, "@").or_else(|| written_at(chars, local));
    let end = match joined {
        Some(domain) => domain_end(chars, domain).filter(|end| *end > domain),
        None => spoken(chars, local),
    };
    end.map(|end| Found::Remove(Rule::Mail, end))
}

/// "(at)" and "[at]", as people write it so that machines do not read it.
fn written_at(chars: &[char], from: usize) -> Option<usize> {
    let begin = literal(chars, from, " ").unwrap_or(from);
    let end = any_of(chars, begin, &["[at]", "(at)", "{at}", "<at>", "[@]", "(@)"])?;
    Some(literal(chars, end, " ").unwrap_or(end))
}

/// "clerk at adair dot example" and "clerk @ adair.example": where it ends. A word alone is no sign
/// of an address, so the dots have to be spelled too, and the last part has to be known.
fn spoken(chars: &[char], local: usize) -> Option<usize> {
    let is_label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let spelled = word(chars, local, &["at"]);
    let mut end = spelled.or_else(|| word(chars, local, &["@"]))?;
    let mut fits = None;
    for number in 0..LABELS {
        let label = run(chars, end, is_label);
        if label == end {
            break;
        }
        if number > 0 && is_ending(chars.get(end..label)?, spelled.is_some()) {
            fits = Some(label);
        }
        let plain = if spelled.is_some() { None } else { dot(chars, label) };
        match plain.or_else(|| spelled_dot(chars, label)) {
            Some(next) => end = next,
            None => break,
        }
    }
    fits
}

/// Where the part after the sign of an address of mail ends.
fn domain_end(chars: &[char], from: usize) -> Option<usize> {
    if let Some(inside) = literal(chars, from, "[") {
        let end = run(chars, inside, |c| {
            c.is_ascii_hexdigit() || matches!(c, '.' | ':' | 'I' | 'P' | 'v')
        });
        return literal(chars, end, "]");
    }
    let mut end = from;
    loop {
        let label = run(chars, end, |c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        if label == end {
            return Some(end);
        }
        end = label;
        match dot(chars, end).or_else(|| spelled_dot(chars, end)) {
            Some(next) if chars.get(next).is_some_and(|c| c.is_alphanumeric()) => end = next,
            _ => return Some(end),
        }
    }
}

/// A name that begins with @.
fn handle(chars: &[char], at: usize) -> Option<Found> {
    let begin = literal(chars, at, "@")?;
    let end = run(chars, begin, |c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    (end > begin).then_some(Found::Remove(Rule::Accounts, end))
}

/// Names with dots between them.
fn host(chars: &[char], at: usize, before: char) -> Option<Found> {
    let is_label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if is_label(before) {
        return None;
    }
    let (mut begin, mut fits, mut spelled) = (at, None, false);
    for label in 0..LABELS {
        let end = run(chars, begin, is_label);
        if end == begin {
            break;
        }
        if label > 0 && is_ending(chars.get(begin..end)?, spelled) {
            fits = Some(end);
        }
        let joined = dot(chars, end);
        spelled = joined.is_none();
        match joined.or_else(|| spelled_dot(chars, end)).or_else(|| apart(chars, begin, end)) {
            Some(next) => begin = next,
            None => break,
        }
    }
    let end = fits?;
    let goes_on = chars.get(end).is_some_and(|c| matches!(c, '/' | '?' | '#'))
        || literal(chars, end, ":").and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    if let Some(next) = shortened(chars, at, end).filter(|_| !goes_on) {
        return Some(Found::Keep(next));
    }
    Some(Found::Remove(Rule::Hosts, if goes_on { tail(chars, end).max(end) } else { end }))
}

/// Where what is cut short ends, with a word behind it that is no last part of a host's name.
fn shortened(chars: &[char], at: usize, end: usize) -> Option<usize> {
    let next = any_of(chars, at, &SHORTENED)?;
    let word: String = chars.get(next..end)?.iter().collect();
    let is_ending = ENDINGS.contains(&word.to_lowercase().as_str());
    (!is_ending && word.chars().all(char::is_alphabetic)).then_some(next)
}

/// A dot behind a blank, with the last part of a host's name: "boone .gov". Of "a .gov address" the
/// word before is no name.
fn apart(chars: &[char], begin: usize, end: usize) -> Option<usize> {
    let sign = some(chars, end, (1, BLANKS), |c| c == ' ')?;
    let next = literal(chars, sign, ".")?;
    let label = chars.get(next..run(chars, next, char::is_alphanumeric))?;
    let word: String = chars.get(begin..end)?.iter().collect();
    let is_name = !is_plain(&word) && !among(ORDINARY, &word.to_lowercase());
    (is_name && is_ending(label, true)).then_some(next)
}

/// Whether a label can be the last of a host's name, and not the first word of a sentence. After a
/// dot that is spelled, it has to be one of those that are known.
fn is_ending(label: &[char], spelled: bool) -> bool {
    if label.len() < 2 || !label.iter().all(|c| c.is_alphabetic()) {
        return folded(label, 0, "xn--").is_some();
    }
    let text: String = label.iter().collect();
    let small = text.to_lowercase();
    // "node.js" is a thing.
    ENDINGS.contains(&small.as_str())
        || !spelled && small != "js" && (text == small || text == text.to_uppercase())
}

/// `\\server\share` and `//server/share`
fn share(chars: &[char], at: usize, before: char) -> Option<Found> {
    let slashes = || literal(chars, at, "//").filter(|_| !before.is_alphanumeric());
    let name = literal(chars, at, "\\\\").or_else(slashes)?;
    chars.get(name).filter(|c| c.is_alphanumeric())?;
    Some(Found::Remove(Rule::Hosts, tail(chars, name)))
}
