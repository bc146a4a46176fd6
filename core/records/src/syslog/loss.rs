//! What loggers admit to have dropped. Each of these lines means that lines are missing.

use crate::{Loss, field, text};

/// The loss that a message admits, if it does.
pub(super) fn read<'a>(program: &[u8], host: &'a [u8], message: &[u8]) -> Option<Loss<'a>> {
    let (by, lost) = match program {
        b"kernel" => ("rate_limit", kernel(message)?),
        b"systemd-journald" | b"systemd-journal" | b"journal" => ("rate_limit", journald(message)?),
        b"" => ("repeated_lines", repeated(message)?),
        program if program.starts_with(b"rsyslogd") => ("rate_limit", rsyslog(message)?),
        _ => return None,
    };
    Some(Loss { by, lost, of: None, part: host })
}

/// `net_ratelimit: 12 callbacks suppressed`, `printk: 12 messages suppressed.`, `printk: systemd:
/// 12 output lines suppressed due to ratelimiting`.
fn kernel(message: &[u8]) -> Option<u64> {
    let (before, _) = text::around(message, b" suppressed")?;
    let nouns = [&b" callbacks"[..], b" messages", b" output lines"];
    last_number(nouns.iter().find_map(|noun| before.strip_suffix(*noun))?)
}

/// `Suppressed 1234 messages from sshd.service`, `Missed 12 kernel messages`, `Forwarding to
/// syslog missed 5 messages.`
fn journald(message: &[u8]) -> Option<u64> {
    let starts = [&b"Suppressed "[..], b"Missed ", b"Forwarding to syslog missed "];
    let rest = starts.iter().find_map(|start| message.strip_prefix(*start))?;
    let (number, rest) = text::cut(rest, b' ');
    text::around(rest, b"messages").and(field::uint(number))
}

/// `imuxsock[pid 12]: 45 messages lost due to rate-limiting`, `imuxsock lost 45 messages from pid
/// 12 due to rate-limiting`, and `... begin to drop messages due to rate-limiting`: at least one,
/// should the file end before the number is told.
fn rsyslog(message: &[u8]) -> Option<u64> {
    let (before, after) = text::around(message, b" due to rate-limiting")
        .or_else(|| text::around(message, b" due to ratelimiting"))?;
    let _ = after;
    if let Some((before, _)) = text::around(before, b" messages lost") {
        return last_number(before);
    }
    if let Some((_, rest)) = text::around(before, b" lost ") {
        return field::uint(text::cut(rest, b' ').0);
    }
    let drops = [&b"begin to drop messages"[..], b"begins to drop messages"];
    drops.iter().any(|words| memchr::memmem::find(before, words).is_some()).then_some(1)
}

/// `last message repeated 3 times`: lines of unknown kind that were not written again.
fn repeated(message: &[u8]) -> Option<u64> {
    let message = message.strip_prefix(b"--- ").unwrap_or(message);
    field::uint(text::cut(message.strip_prefix(b"last message repeated ")?, b' ').0)
}

fn last_number(text: &[u8]) -> Option<u64> {
    field::uint(text.rsplit(|byte| *byte == b' ').next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admitted() {
        for (program, message, lost) in [
            ("kernel", "net_ratelimit: 12 callbacks suppressed", 12),
            ("kernel", "[  9.1] printk: 12 messages suppressed.", 12),
            ("kernel", "printk: systemd: 7 output lines suppressed due to ratelimiting", 7),
            ("systemd-journald", "Suppressed 1234 messages from sshd.service", 1234),
            ("systemd-journal", "Missed 12 kernel messages", 12),
            ("systemd-journald", "Forwarding to syslog missed 5 messages.", 5),
            ("rsyslogd-2177", "imuxsock[pid 12]: begin to drop messages due to rate-limiting", 1),
            ("rsyslogd", "imuxsock lost 45 messages from pid 12 due to rate-limiting", 45),
            (
                "rsyslogd",
                "imjournal: 84667 messages lost due to rate-limiting (20 allowed)",
                84_667,
            ),
            ("rsyslogd", "imjournal from <h:a>: begin to drop messages due to rate-limiting", 1),
            ("", "last message repeated 3 times", 3),
            ("", "--- last message repeated 3 times ---", 3),
        ] {
            let loss = read(program.as_bytes(), b"h", message.as_bytes());
            assert_eq!(loss.map(|loss| loss.lost), Some(lost), "{message}");
        }
    }

    #[test]
    fn not_admitted() {
        for (program, message) in [
            ("kernel", "warning suppressed"),
            ("kernel", "x messages suppressed"),
            ("systemd-journald", "Missed the train"),
            ("rsyslogd", "action resumed"),
            ("app", "12 messages lost due to rate-limiting"),
        ] {
            assert_eq!(read(program.as_bytes(), b"", message.as_bytes()), None, "{message}");
        }
    }
}
