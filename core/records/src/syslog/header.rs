//! What stands before the message of a syslog line: priority, stamp, host and program.
//!
//! RFC 3164: `<134>Nov  3 19:00:00 host program[pid]: message`; RFC 5424:
//! `<134>1 2026-11-03T19:00:00Z host program pid msgid [structured data] message`. Everything but
//! the stamp may be missing.

use ward_kernel::Time;

use super::stamp::Stamps;
use crate::text;

/// A line taken apart. All parts but the message may be empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Header<'a> {
    pub(super) time: Time,
    pub(super) host: &'a [u8],
    /// Without path, process number and colon.
    pub(super) program: &'a [u8],
    /// Whether a process number was given: the kernel has none.
    pub(super) process: bool,
    pub(super) message: &'a [u8],
}

impl<'a> Header<'a> {
    /// Takes a line apart, or says why not.
    pub(super) fn read(line: &'a [u8], stamps: &mut Stamps) -> Result<Self, &'static str> {
        let line = without_zeros(line);
        let line = without_priority(line);
        if let Some(rest) = line.strip_prefix(b"1 ") {
            return Self::rfc5424(rest, stamps).ok_or("no time stamp after the syslog version");
        }
        let (time, rest) = stamps.read(line).ok_or("no time stamp that syslog writes")?;
        let (first, after) = text::cut(rest, b' ');
        if is_tag(first) {
            return Ok(Self::tagged(time, b"", first, after));
        }
        let (second, message) = text::cut(after, b' ');
        if is_tag(second) {
            return Ok(Self::tagged(time, first, second, message));
        }
        // No program. The kernel's own buffer has no host either, so its first word is kept.
        let message = if starts_packet(first) { rest } else { after };
        Ok(Self { time, host: first, program: b"", process: false, message })
    }

    fn tagged(time: Time, host: &'a [u8], tag: &'a [u8], message: &'a [u8]) -> Self {
        let name = tag.strip_prefix(b"[").unwrap_or(tag);
        let end = name.iter().position(|byte| matches!(byte, b'[' | b'(' | b':' | b']'));
        let name = end.and_then(|end| name.get(..end)).unwrap_or(name);
        let process = name.len() < tag.len() && memchr::memchr(b'[', tag).is_some_and(|at| at > 0);
        Self { time, host, program: without_path(name), process, message }
    }

    fn rfc5424(rest: &'a [u8], stamps: &mut Stamps) -> Option<Self> {
        let (time, rest) = stamps.read(rest)?;
        let (host, rest) = text::cut(rest, b' ');
        let (program, rest) = text::cut(rest, b' ');
        let (process, rest) = text::cut(rest, b' ');
        let (_message_id, rest) = text::cut(rest, b' ');
        let message = without_structured_data(rest);
        let message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
        let given = |text: &'a [u8]| if text == b"-" { b"" } else { text };
        Some(Self {
            time,
            host: given(host),
            program: without_path(given(program)),
            process: !given(process).is_empty(),
            message,
        })
    }
}

/// A block of zero bytes is what a crash leaves at the place where lines were to be written.
fn without_zeros(line: &[u8]) -> &[u8] {
    let zeros = line.iter().take_while(|byte| **byte == 0).count();
    line.get(zeros..).unwrap_or_default()
}

fn without_priority(line: &[u8]) -> &[u8] {
    let Some(rest) = line.strip_prefix(b"<") else { return line };
    match rest.iter().take(4).position(|byte| *byte == b'>') {
        Some(end @ 1..=3) => rest.get(end + 1..).unwrap_or_default(),
        _ => line,
    }
}

fn is_tag(word: &[u8]) -> bool {
    word.last() == Some(&b':') && word.len() > 1
}

/// Whether a packet's description begins here and not a host's name.
fn starts_packet(word: &[u8]) -> bool {
    word.starts_with(b"IN=") || word.starts_with(b"[")
}

fn without_path(name: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', name).and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

/// `-` or `[id key="value" ...][...]`; a quote, a backslash or a bracket in a value is escaped.
fn without_structured_data(rest: &[u8]) -> &[u8] {
    let mut rest = rest.strip_prefix(b"-").unwrap_or(rest);
    while rest.first() == Some(&b'[') {
        let mut quoted = false;
        let mut escaped = false;
        let end = rest.iter().position(|byte| {
            let was_escaped = std::mem::take(&mut escaped);
            match byte {
                b'\\' if quoted => escaped = !was_escaped,
                b'"' if !was_escaped => quoted = !quoted,
                _ => {}
            }
            *byte == b']' && !quoted
        });
        // Data that never ends is taken for the message: nothing is lost.
        let Some(after) = end.and_then(|end| rest.get(end + 1..)) else { return rest };
        rest = after;
    }
    rest.strip_prefix(b" ").unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Hints;

    #[track_caller]
    fn check(line: &str, host: &str, program: &str, process: bool, message: &str) {
        let mut stamps = Stamps::new(&Hints::default());
        let header = Header::read(line.as_bytes(), &mut stamps).unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(header.host), host, "{line}");
        assert_eq!(text(header.program), program, "{line}");
        assert_eq!(header.process, process, "{line}");
        assert_eq!(text(header.message), message, "{line}");
    }

    #[test]
    fn kinds() {
        check("Nov  3 19:00:00 web1 sshd[12]: hi you", "web1", "sshd", true, "hi you");
        check("<38>Nov  3 19:00:00 web1 sshd[12]: hi", "web1", "sshd", true, "hi");
        check("Nov  3 19:00:00 web1 /usr/sbin/sshd[12]: hi", "web1", "sshd", true, "hi");
        check("Nov  3 19:00:00 web1 sshd(pam_unix)[12]: hi", "web1", "sshd", true, "hi");
        check("Nov  3 19:00:00 web1 kernel: [ 1.5] hi", "web1", "kernel", false, "[ 1.5] hi");
        check("Nov  3 19:00:00 kernel: hi", "", "kernel", false, "hi");
        check("Nov  3 19:00:00 [sshd]: hi", "", "sshd", false, "hi");
        check("Nov  3 19:00:00 filterlog[9]: 4,,", "", "filterlog", true, "4,,");
        check("Nov  3 19:00:00 fw DROP IN=eth0 OUT=", "fw", "", false, "DROP IN=eth0 OUT=");
        check("2026-11-03T19:00:00,5+00:00 IN=e OUT=", "IN=e", "", false, "IN=e OUT=");
        check("Nov  3 19:00:00 h", "h", "", false, "");
        check("Nov  3 19:00:00", "", "", false, "");
        check("\0\0Nov  3 19:00:00 h p: x", "h", "p", false, "x");
    }

    #[test]
    fn rfc5424() {
        let stamp = "<134>1 2026-11-03T19:00:00.003Z";
        check(&format!("{stamp} h app 12 id - hi"), "h", "app", true, "hi");
        check(&format!("{stamp} - app - - - hi"), "", "app", false, "hi");
        check(&format!("{stamp} h /b/app - - [a b=\"c\"] hi"), "h", "app", false, "hi");
        check(&format!("{stamp} h app - - [a b=\"] \\\" \\\\\"][c] hi"), "h", "app", false, "hi");
        check(&format!("{stamp} h app - - [a b=\"c hi"), "h", "app", false, "[a b=\"c hi");
        check(&format!("{stamp} h app - - - \u{feff}hi"), "h", "app", false, "hi");
        check(&format!("{stamp} h app"), "h", "app", false, "");
    }

    #[test]
    fn refused() {
        let mut stamps = Stamps::new(&Hints::default());
        for line in ["", "\0\0", "<134>", "<134>1 - h app - - - hi", "[12.5] IN=eth0", " at x"] {
            assert!(Header::read(line.as_bytes(), &mut stamps).is_err(), "{line}");
        }
    }
}
