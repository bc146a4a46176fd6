//! Web access logs of nginx and apache: common, combined, with a leading virtual host, with a
//! trailing X-Forwarded-For.
//!
//! `[SITE[:PORT] ]CLIENT IDENT USER [03/Nov/2026:19:00:00 -0600] "REQUEST" STATUS BYTES
//! ["REFERER" "AGENT" ["FORWARDED"]]`
//!
//! Everything in quotes and the user's name is the client's text. Both servers escape quotes in
//! it, so the first quote that follows a date in brackets begins the request, whatever the user
//! calls himself. A line that was cut off still counts when client, time, request and status are
//! there.

mod escape;
mod line;

use ward_kernel::Time;

use self::line::{Dates, Line};
use crate::outcome::{self, Outcome, Unread};
use crate::reader::{Hints, ReadFormat, Sink};
use crate::{Event, Request, What, scratch, text};

/// The reader of access logs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    dates: Dates,
    scratch: Vec<u8>,
}

impl ReadFormat for Access {
    /// At least half of the first lines have a date in brackets followed by a quote, and before
    /// it no more than a client. Syslog can carry such lines too; those are not of this format.
    fn recognise(head: &[u8], _hints: &Hints) -> Option<Self> {
        let mut reader = Self::default();
        let (mut lines, mut known) = (0_u32, 0_u32);
        for line in text::first_lines(head, 64) {
            lines += 1;
            known += u32::from(match Line::read(line, &mut reader.dates) {
                Ok(_) => true,
                Err(line::NO_DATE | line::NO_REQUEST) => false,
                Err(line::NAMED_CLIENT) => line::has_ident(line),
                Err(_) => true,
            });
        }
        (known > 0 && known * 2 >= lines).then(Self::default)
    }

    fn forced(_hints: &Hints) -> Self {
        Self::default()
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        for (at, line) in text::lines(block, base) {
            outcome::tell(self.line(line), at, line, sink);
        }
    }
}

impl Access {
    /// Whether a line that gave a problem is of another format: a server's error log, say.
    pub(crate) fn is_foreign(why: &str) -> bool {
        why == line::NO_DATE || why == line::NO_REQUEST
    }

    /// Reads one line.
    pub(crate) fn line<'r>(&'r mut self, text: &'r [u8]) -> Outcome<'r> {
        let line = Line::read(text, &mut self.dates).map_err(Unread::Problem)?;
        let values = [line.request, line.user, line.referrer, line.agent, line.forwarded];
        let [request, account, referrer, agent, forwarded] =
            scratch::settle(values, &mut self.scratch, escape::undo);
        let (method, target) = split_request(request);
        let request = Request {
            site: line.site,
            method,
            target,
            status: line.status,
            bytes: line.bytes,
            referrer,
            agent,
            forwarded,
            account,
            ..Request::default()
        };
        Ok(Event {
            time: Time::from_secs(line.seconds),
            source: line.client,
            what: What::Request(request),
        })
    }
}

/// Method and target of `METHOD TARGET HTTP/x`; else no method and the whole line. A target may
/// hold spaces: the version is the last word.
fn split_request(request: &[u8]) -> (&[u8], &[u8]) {
    let split = || {
        let space = memchr::memchr(b' ', request)?;
        let last = memchr::memrchr(b' ', request)?;
        let method = request.get(..space)?;
        let target = request.get(space + 1..last)?;
        let version = request.get(last + 1..)?;
        let known = version.starts_with(b"HTTP/") && method.iter().all(|byte| is_token(*byte));
        (known && !method.is_empty()).then_some((method, target))
    };
    split().unwrap_or((b"", request))
}

/// RFC 9110, section 5.6.2.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests;
