//! sshd's lines, as rsyslog writes them.

use ward_kernel::Addr;

use crate::day::Event;
use crate::text::{Stamp, addr, num, put};

/// One line of sshd.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) source: Addr,
    pub(super) pid: u32,
    pub(super) port: u16,
    pub(super) user: u16,
    pub(super) host: u8,
    pub(super) says: Says,
    /// How often a "message repeated" line repeats, a job's number, or nothing.
    pub(super) times: u8,
}

/// What a line says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Says {
    InvalidUser,
    CheckPass,
    PamFailure { known: bool },
    Failed { known: bool },
    RepeatedFailed,
    TooMany,
    Disconnecting,
    PamMore,
    ClosedAuthenticating,
    ReceivedBye,
    DisconnectedInvalid,
    AcceptedPassword,
    AcceptedKey,
    Opened,
    ReceivedLeave,
    DisconnectedUser,
    Closed,
    KnockClosed,
    KnockBanner,
    KnockKex,
    Cron,
}

/// The machines; those marked run OpenSSH 9.8 or later, whose lines come from `sshd-session`.
const HOSTS: [(&str, bool); 5] = [
    ("sos-bastion", false),
    ("roll-db1", true),
    ("gis01", false),
    ("vpn-gw", true),
    ("backup01", false),
];

/// How many machines there are.
pub(super) const HOST_COUNT: u64 = HOSTS.len() as u64;

/// Writes one event as one line. `users` holds the names that lines refer to.
pub(super) fn line(
    out: &mut Vec<u8>,
    event: &Event<Line>,
    users: &[String],
    stamp: &Stamp,
    rfc3339: bool,
) {
    let line = &event.line;
    if rfc3339 {
        put(out, stamp.iso());
        out.push(b'.');
        let micros = event.time.rem_euclid(1_000_000).unsigned_abs();
        let mut unit = 100_000;
        while unit > 0 {
            out.push(b'0' + (micros / unit % 10) as u8);
            unit /= 10;
        }
        put(out, "+00:00");
    } else {
        put(out, stamp.syslog());
    }
    let (host, session) = HOSTS.get(usize::from(line.host)).copied().unwrap_or(("host", false));
    out.push(b' ');
    put(out, host);
    put(
        out,
        match (line.says, session) {
            (Says::Cron, _) => " CRON[",
            (_, true) => " sshd-session[",
            (_, false) => " sshd[",
        },
    );
    num(out, u64::from(line.pid));
    put(out, "]: ");
    message(out, line, users.get(usize::from(line.user)).map_or("", String::as_str), session);
    out.push(b'\n');
}

/// Writes the message. `{u}` stands for the user, `{a}` for the address, `{p}` for the port and
/// `{n}` for the number.
fn message(out: &mut Vec<u8>, line: &Line, user: &str, session: bool) {
    let pattern = pattern(line.says, session);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        put(out, before);
        match after.as_bytes().first() {
            Some(b'u') => put(out, user),
            Some(b'a') => addr(out, line.source),
            Some(b'p') => num(out, u64::from(line.port)),
            Some(b'n') => num(out, u64::from(line.times)),
            Some(b'k') => key(out, line.user),
            _ => {}
        }
        rest = after.get(2..).unwrap_or_default();
    }
    put(out, rest);
}

const fn pattern(says: Says, session: bool) -> &'static str {
    match says {
        Says::InvalidUser => "Invalid user {u} from {a} port {p}",
        Says::CheckPass => "pam_unix(sshd:auth): check pass; user unknown",
        Says::PamFailure { known: false } => {
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={a} "
        }
        Says::PamFailure { known: true } => {
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={a}  user={u}"
        }
        Says::Failed { known: false } => {
            "Failed password for invalid user {u} from {a} port {p} ssh2"
        }
        Says::Failed { known: true } => "Failed password for {u} from {a} port {p} ssh2",
        Says::RepeatedFailed => {
            "message repeated {n} times: [ Failed password for {u} from {a} port {p} ssh2]"
        }
        Says::TooMany => {
            "error: maximum authentication attempts exceeded for {u} from {a} port {p} ssh2 [preauth]"
        }
        Says::Disconnecting => {
            "Disconnecting authenticating user {u} {a} port {p}: Too many authentication failures [preauth]"
        }
        Says::PamMore => {
            "PAM {n} more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost={a}  user={u}"
        }
        Says::ClosedAuthenticating => {
            "Connection closed by authenticating user {u} {a} port {p} [preauth]"
        }
        Says::ReceivedBye => "Received disconnect from {a} port {p}:11: Bye Bye [preauth]",
        Says::DisconnectedInvalid => "Disconnected from invalid user {u} {a} port {p} [preauth]",
        Says::AcceptedPassword => "Accepted password for {u} from {a} port {p} ssh2",
        Says::AcceptedKey => {
            "Accepted publickey for {u} from {a} port {p} ssh2: ED25519 SHA256:{k}"
        }
        Says::Opened if session => {
            "pam_unix(sshd:session): session opened for user {u}(uid=1001) by {u}(uid=0)"
        }
        Says::Opened => "pam_unix(sshd:session): session opened for user {u} by (uid=0)",
        Says::ReceivedLeave => "Received disconnect from {a} port {p}:11: disconnected by user",
        Says::DisconnectedUser => "Disconnected from user {u} {a} port {p}",
        Says::Closed => "pam_unix(sshd:session): session closed for user {u}",
        Says::KnockClosed => "Connection closed by {a} port {p} [preauth]",
        Says::KnockBanner => "banner exchange: Connection from {a} port {p}: invalid format",
        Says::KnockKex => {
            "Unable to negotiate with {a} port {p}: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1 [preauth]"
        }
        Says::Cron => {
            "(root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.hourly)"
        }
    }
}

/// Writes a key's fingerprint: 43 base64 digits that the account decides.
fn key(out: &mut Vec<u8>, user: u16) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut rng = crate::rng::Rng::new(u64::from(user));
    for _ in 0..43 {
        out.push(rng.pick(DIGITS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(says: Says, host: u8, rfc3339: bool) -> String {
        let source = "240.1.2.3".parse().unwrap();
        let line = Line { source, pid: 4711, port: 50_022, user: 0, host, says, times: 2 };
        let event = Event { time: 1_793_772_000_000_042, seq: 0, line };
        let mut stamp = Stamp::default();
        stamp.set(event.time);
        let mut out = Vec::new();
        super::line(&mut out, &event, &["root".to_owned()], &stamp, rfc3339);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn real_wordings() {
        assert_eq!(
            shown(Says::Failed { known: true }, 0, false),
            "Nov  4 06:00:00 sos-bastion sshd[4711]: Failed password for root from 240.1.2.3 port 50022 ssh2\n"
        );
        assert_eq!(
            shown(Says::RepeatedFailed, 1, true),
            "2026-11-04T06:00:00.000042+00:00 roll-db1 sshd-session[4711]: message repeated 2 times: \
             [ Failed password for root from 240.1.2.3 port 50022 ssh2]\n"
        );
        let key = shown(Says::AcceptedKey, 0, false);
        assert!(
            key.trim_end().rsplit_once("SHA256:").is_some_and(|(_, digits)| digits.len() == 43)
        );
        assert!(shown(Says::Opened, 1, false).contains("user root(uid=1001) by root(uid=0)"));
    }
}
