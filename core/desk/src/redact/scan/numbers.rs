//! Telephone numbers, and the days and hours that are none.

use std::net::Ipv4Addr;

use super::super::letters::{literal, most, run, some};
use super::super::plain::{DASH, MIDDLE};
use super::super::{Found, Rule};
use super::addresses;

/// The fewest digits of a telephone number.
const DIGITS: usize = 7;
/// The most signs between two groups of digits.
const BETWEEN: usize = 3;
/// The same where a line ends between them: the next one may begin with blanks.
const BETWEEN_LINES: usize = 8;
/// The same between groups that are those of a telephone number.
const BETWEEN_WIDE: usize = 20;
/// How many digits a telephone number has here: without its area, with it, and with the 1 before it.
const WHOLE: [usize; 3] = [7, 10, 11];
/// Where it has its signs, in digits from its end.
const GAPS: [usize; 3] = [4, 7, 10];

/// Digits that stand together: where they begin and end.
type Group = (usize, usize);

/// Seven digits or more with little between them, and a number that goes on in the next line; from
/// an hour or a year to another stays.
pub(in super::super) fn number(chars: &[char], at: usize, before: char) -> Option<Found> {
    let first = *chars.get(at)?;
    if before.is_ascii_digit() || !first.is_ascii_digit() && !matches!(first, '+' | '(') {
        return None;
    }
    let groups = line(chars, at);
    let (&(begin, _), &(_, end)) = (groups.first()?, groups.last()?);
    // Behind a bracket can stand what is no telephone: it is found at its own first digit.
    if begin > at && is_other(chars, begin) {
        return None;
    }
    if is_span(chars, &groups) {
        return Some(Found::Keep(end));
    }
    let with_country = chars.get(at..begin)?.contains(&'+');
    let joined = below(chars, with_country, groups.clone());
    let end = joined.or_else(|| (digits(&groups) >= DIGITS).then_some(end));
    let wide = groups.iter().filter_map(|(from, _)| spread(chars, *from)).max();
    Some(Found::Remove(Rule::Telephones, end.max(wide)?))
}

/// Three digits, three and four, which may stand wider apart and have other signs between them.
fn spread(chars: &[char], at: usize) -> Option<usize> {
    let digits = |at: usize, long: usize| some(chars, at, (long, long), |c| c.is_ascii_digit());
    let is_wide = |c: char| is_between(c) || matches!(c, '~' | '*' | '|' | '[' | ']');
    // A list has a blank behind its commas.
    let gap = |at: usize| {
        let mark = some(chars, at, (1, 1), |c| matches!(c, ',' | ':'));
        mark.or_else(|| some(chars, at, (1, BETWEEN_WIDE), is_wide))
    };
    let last = gap(digits(gap(digits(at, 3)?)?, 3)?)?;
    digits(last, 4).filter(|_| day(chars, last, ' ').is_none())
}

/// Where a number ends of which the word before it says that it is no telephone's, when it has not
/// the shape of one, nor of an address; `is_dotted` says that it can have dots by that word, as far
/// as each of its numbers is short.
pub(super) fn counted(
    chars: &[char],
    at: usize,
    (before, is_dotted): (char, bool),
) -> Option<usize> {
    // An amount has commas; others are a list.
    let is_part =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | '-') || c == ',' && before == '$';
    let end = run(chars, at, is_part);
    let text: String = chars.get(at..end)?.iter().collect();
    let text = text.trim_end_matches(['.', '-', ',']);
    let fits = |text: &str| !is_dotted || text.split('.').any(|part| part.len() > 2);
    let is_address = text.split('-').any(|one| one.parse::<Ipv4Addr>().is_ok() && fits(one));
    let end = at.saturating_add(text.len());
    let groups = line(chars, at);
    let within = groups.iter().take_while(|(from, _)| *from < end).count();
    let mut rests = (0..within).filter_map(|from| groups.get(from..));
    let is_other = rests.any(|rest| is_national(chars, rest))
        || sums(&groups).take(2).eq([3, DIGITS])
        || groups.iter().take(within).any(|(from, _)| spread(chars, *from).is_some())
        || below(chars, false, groups.clone()).is_some();
    (!is_address && !is_other).then_some(end)
}

/// Whether groups begin with a whole telephone number, with the 1 before it or without.
fn is_national(chars: &[char], groups: &[Group]) -> bool {
    let one = groups.first().and_then(|(from, _)| chars.get(*from)) == Some(&'1');
    [0, usize::from(one)].into_iter().any(|skip| {
        let mut ends = sums(groups).map(|sum| sum.saturating_sub(skip));
        ends.find(|sum| !matches!(sum, 0 | 3 | 6)) == Some(10)
    })
}

/// How many digits there are as far as the end of each group.
fn sums(groups: &[Group]) -> impl Iterator<Item = usize> {
    groups.iter().scan(0_usize, |sum, (from, to)| {
        *sum = sum.saturating_add(to.saturating_sub(*from));
        Some(*sum)
    })
}

/// Whether a day of the calendar or an address begins here.
fn is_other(chars: &[char], at: usize) -> bool {
    day(chars, at, '(').is_some()
        || addresses::hexadecimal(chars, at, '(').is_some()
        || addresses::numbers(chars, at, '(').is_some()
}

fn digits(groups: &[Group]) -> usize {
    groups.iter().fold(0, |sum, (from, to)| sum.saturating_add(to.saturating_sub(*from)))
}

/// The digits that stand together from here on, in one line, as far as no day of the calendar.
fn line(chars: &[char], at: usize) -> Vec<Group> {
    let (mut groups, mut next) = (Vec::new(), at);
    loop {
        let begin = most(chars, next, BETWEEN, is_between);
        let end = run(chars, begin, |c| c.is_ascii_digit());
        if end == begin {
            return groups;
        }
        let before = begin.checked_sub(1).and_then(|at| chars.get(at)).copied();
        if !groups.is_empty() && before == Some(' ') && day(chars, begin, ' ').is_some() {
            return groups;
        }
        groups.push((begin, end));
        next = end;
    }
}

/// Where a number ends that is broken off at the end of its line and goes on in the next.
fn below(chars: &[char], with_country: bool, mut groups: Vec<Group>) -> Option<usize> {
    let many = groups.len();
    let &(_, broken) = groups.last()?;
    if is_whole(&groups) {
        return None;
    }
    let next = most(chars, broken, BETWEEN_LINES, |c| c == '\n' || is_between(c));
    let gap = chars.get(broken..next)?;
    if gap.iter().filter(|c| **c == '\n').count() != 1 {
        return None;
    }
    let has_sign = gap.iter().any(|c| !c.is_whitespace());
    if with_country && digits(&groups) < 11 {
        return line(chars, next).first().map(|(_, end)| *end);
    }
    for group in line(chars, next).into_iter().take(4) {
        groups.push(group);
        if is_telephone(&groups, groups.len().saturating_sub(many), has_sign) {
            return Some(group.1);
        }
    }
    None
}

/// Whether groups end in a telephone number that has its signs where they belong.
fn is_whole(groups: &[Group]) -> bool {
    let sums = groups.iter().rev().scan(0_usize, |sum, group| {
        *sum = sum.saturating_add(digits(std::slice::from_ref(group)));
        Some(*sum)
    });
    let mut before = sums.take_while(|sum| WHOLE.contains(sum) || GAPS.contains(sum));
    before.any(|sum| WHOLE.contains(&sum))
}

/// Whether groups end in a telephone number that has the end of a line behind the last `after`
/// groups. Two counts that stand in a column are none: some sign has to say that they are one.
fn is_telephone(groups: &[Group], after: usize, has_sign: bool) -> bool {
    let (mut sum, mut gaps) = (0_usize, Vec::new());
    for (number, group) in (1..).zip(groups.iter().rev()) {
        sum = sum.saturating_add(digits(std::slice::from_ref(group)));
        if WHOLE.contains(&sum) && number > after {
            let others = gaps.iter().filter(|(number, _)| *number != after);
            let broken = gaps.iter().any(|(number, gap)| *number == after && GAPS.contains(gap));
            let fits = others.clone().all(|(_, gap)| GAPS.contains(gap));
            let is_one = others.count() > 0 || broken && (has_sign || sum > DIGITS);
            if fits && is_one {
                return true;
            }
        }
        gaps.push((number, sum));
    }
    false
}

/// From an hour to another, or from a year to another: `0800-1700`, `2024-2026`.
fn is_span(chars: &[char], groups: &[Group]) -> bool {
    let [(from, to), (begin, end)] = groups else { return false };
    let between = chars.get(*to..*begin).unwrap_or_default();
    let is_moment = |from: usize, to: usize| {
        let text: String = chars.get(from..to).unwrap_or_default().iter().collect();
        let number = text.parse::<u32>().unwrap_or(u32::MAX);
        text.len() == 4 && ((1900..2100).contains(&number) || number <= 2400 && number % 100 < 60)
    };
    between.iter().any(|c| matches!(*c, '-' | DASH))
        && is_moment(*from, *to)
        && is_moment(*begin, *end)
}

const fn is_between(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '+' | '_' | DASH | MIDDLE)
}

/// A day of the calendar: `2026-11-03`, `11/3/2026`, `3.11.2026`.
pub(super) fn day(chars: &[char], at: usize, before: char) -> Option<usize> {
    if before.is_ascii_digit() {
        return None;
    }
    let number = |from: usize, most: usize| {
        let end = some(chars, from, (1, most), |c| c.is_ascii_digit())?;
        let text: String = chars.get(from..end)?.iter().collect();
        Some((end, text.parse::<u32>().ok()?))
    };
    let (end, first) = number(at, 4)?;
    let sign = ["-", "/", "."].into_iter().find(|sign| literal(chars, end, sign).is_some())?;
    let (end, second) = number(literal(chars, end, sign)?, 2)?;
    let (end, third) = number(literal(chars, end, sign)?, 4)?;
    let (is_year, is_month) = (|n| (1900..2100).contains(&n), |n| (1..=12).contains(&n));
    let is_day = |n| (1..=31).contains(&n);
    let fits = is_year(first) && is_month(second) && is_day(third)
        || is_year(third)
            && (is_month(first) && is_day(second) || is_day(first) && is_month(second));
    // What goes on like a number is one.
    let next = chars.get(end).filter(|c| matches!(c, '-' | '/' | '.'));
    let next = next.and_then(|_| chars.get(end.saturating_add(1)));
    let goes_on = [chars.get(end), next].into_iter().flatten().any(char::is_ascii_digit);
    (fits && !goes_on).then_some(end)
}
