//! One line of an access log taken apart, escapes still in it.

use ward_kernel::Addr;

use crate::{civil, field, text};

pub(super) const NO_DATE: &str = "no date in brackets before a quote";
pub(super) const NO_REQUEST: &str = "no quoted request";
const CUT_REQUEST: &str = "cut off within the request";
const NO_STATUS: &str = "no status after the request";
pub(super) const NAMED_CLIENT: &str = "client is a name, not an address";

/// What a line says. `-` and what is missing are empty.
pub(super) struct Line<'a> {
    pub(super) site: &'a [u8],
    pub(super) client: Addr,
    pub(super) user: &'a [u8],
    /// Seconds since 1970.
    pub(super) seconds: i64,
    pub(super) request: &'a [u8],
    pub(super) status: u16,
    pub(super) bytes: u64,
    pub(super) referrer: &'a [u8],
    pub(super) agent: &'a [u8],
    pub(super) forwarded: &'a [u8],
}

impl<'a> Line<'a> {
    /// Takes a line apart, or says why not.
    pub(super) fn read(line: &'a [u8], dates: &mut Dates) -> Result<Self, &'static str> {
        let (front, seconds, rest) = around_date(line, dates)?;
        let (request, rest) = request(rest)?;
        let (status, rest) = rest.split_first_chunk::<3>().ok_or(NO_STATUS)?;
        let status = match field::u16(status) {
            Some(status) if matches!(rest.first(), None | Some(b' ')) => status,
            _ => return Err(NO_STATUS),
        };
        let (site, client, user) = who(front).ok_or(NAMED_CLIENT)?;
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let bytes = field::uint(text::cut(rest, b' ').0).unwrap_or(0);
        let (referrer, rest) = quoted(rest);
        let (agent, rest) = quoted(rest);
        let (forwarded, _) = quoted(rest);
        Ok(Self {
            site,
            client,
            user: given(user),
            seconds,
            request: given(request),
            status,
            bytes,
            referrer: given(referrer),
            agent: given(agent),
            forwarded: given(forwarded),
        })
    }
}

/// What stands before `[03/Nov/2026:19:00:00 -0600] "`, its seconds, and what follows the quote.
fn around_date<'a>(
    line: &'a [u8],
    dates: &mut Dates,
) -> Result<(&'a [u8], i64, &'a [u8]), &'static str> {
    // Quotes in a name are escaped, so none of them follows a bracket and a space directly.
    let mut dated = false;
    for quote in memchr::memchr_iter(b'"', line) {
        let (before, rest) = line.split_at_checked(quote).ok_or(NO_DATE)?;
        let Some((front, date)) = before.split_last_chunk::<29>() else { continue };
        let [b'[', date @ .., b']', b' '] = date else { continue };
        dated = true;
        let Some(seconds) = dates.seconds(date) else { continue };
        return Ok((front, seconds, rest.strip_prefix(b"\"").unwrap_or(rest)));
    }
    Err(if dated || memchr::memchr(b'"', line).is_some() { NO_DATE } else { NO_REQUEST })
}

/// The request and what follows its closing quote and a space. Quotes inside are escaped; should
/// a server not have done so, the quote that a status follows closes.
fn request(rest: &[u8]) -> Result<(&[u8], &[u8]), &'static str> {
    for quote in memchr::memchr_iter(b'"', rest) {
        let (request, after) = rest.split_at_checked(quote).ok_or(CUT_REQUEST)?;
        if is_escaped(request) {
            continue;
        }
        match after {
            [_] => return Err(NO_STATUS),
            [_, b' ', after @ ..] if !matches!(after.first(), Some(b'A'..=b'Z' | b'a'..=b'z')) => {
                return Ok((request, after));
            }
            _ => {}
        }
    }
    Err(CUT_REQUEST)
}

/// The next quoted text and what follows it; nothing when there is none. Without its closing
/// quote it goes on to the end of the line.
fn quoted(rest: &[u8]) -> (&[u8], &[u8]) {
    let (_, inside) = text::cut(rest, b'"');
    for quote in memchr::memchr_iter(b'"', inside) {
        let Some((text, after)) = inside.split_at_checked(quote) else { break };
        // A bare quote that neither a space nor the end follows is part of the text.
        if !is_escaped(text) && matches!(after, [_] | [_, b' ', ..]) {
            return (text, after.get(1..).unwrap_or_default());
        }
    }
    (inside, b"")
}

/// Whether what follows is escaped: an odd number of backslashes stands before it.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Site, client and user of `[SITE[:PORT] ]CLIENT IDENT USER `. A user's name may hold spaces.
fn who(front: &[u8]) -> Option<(&[u8], Addr, &[u8])> {
    let (first, rest) = text::cut(front, b' ');
    let (second, after) = text::cut(rest, b' ');
    // The second word is the client's only in a line that begins with the site: else it is the
    // answer of an ident service, which nobody asks any more, or `-`.
    if second != b"-"
        && let Some(client) = Addr::parse(second)
    {
        let user = text::cut(after, b' ').1;
        return Some((without_port(first), client, user.trim_ascii_end()));
    }
    Some((b"", Addr::parse(first)?, after.trim_ascii_end()))
}

/// Whether the second or third word is the `-` that stands for the answer of an ident service: so
/// it is after a client that is named and not numbered, alone or behind a site.
pub(super) fn has_ident(line: &[u8]) -> bool {
    line.split(|byte| *byte == b' ').skip(1).take(2).any(|word| word == b"-")
}

fn without_port(site: &[u8]) -> &[u8] {
    match text::around_last(site, b":") {
        Some((name, port)) if field::uint(port).is_some() => name,
        _ => given(site),
    }
}

/// `-` stands for nothing, and so does `""`, apache's empty user.
fn given(text: &[u8]) -> &[u8] {
    if text == b"-" || text == b"\"\"" { b"" } else { text }
}

/// Reads dates; remembers the last minute, because thousands of lines share one.
#[derive(Clone, Debug, Default)]
pub(super) struct Dates {
    /// Day, hour and minute as written, the offset, and the seconds that both begin at.
    last: Option<([u8; 17], [u8; 5], i64)>,
}

impl Dates {
    /// Seconds since 1970 of `03/Nov/2026:19:00:00 -0600`.
    fn seconds(&mut self, date: &[u8; 26]) -> Option<i64> {
        let (&minute, rest) = date.split_first_chunk::<17>()?;
        let &[b':', s1, s2, b' ', ref offset @ ..] = rest else { return None };
        let offset = *offset.first_chunk::<5>()?;
        let second = civil::two(s1, s2).filter(|second| *second <= 60)?.min(59);
        if let Some((known, zone, start)) = self.last
            && known == minute
            && zone == offset
        {
            return Some(start + second);
        }
        let start = start_of_minute(minute)? - civil::offset(offset)?;
        self.last = Some((minute, offset, start));
        Some(start + second)
    }
}

fn start_of_minute(minute: [u8; 17]) -> Option<i64> {
    let [d1, d2, b'/', m1, m2, m3, b'/', y1, y2, y3, y4, b':', clock @ ..] = minute else {
        return None;
    };
    let [h1, h2, b':', min1, min2] = clock else { return None };
    let month = civil::month([m1, m2, m3])?;
    let year = civil::four([y1, y2, y3, y4])?;
    let days = field::days_since_epoch(year, month, civil::two(d1, d2)?)?;
    Some(days * 86_400 + civil::clock([h1, h2, b':', min1, min2, b':', b'0', b'0'])?)
}
