//! What sshd says, from OpenSSH 3 to the `sshd-session` and `sshd-auth` of 9.8 and later.
//!
//! | line | event |
//! |---|---|
//! | `Accepted M for U from A port N ssh2` | signed in |
//! | `Failed M for [invalid user] U from A port N ssh2` | verdict; a remark for `none`, `publickey` and `hostbased` |
//! | `Connection closed\|reset by\|Disconnected from authenticating\|invalid user U A port N [preauth]`, `error: maximum authentication attempts exceeded for U from A` | closing |
//! | `authentication failure; ... rhost=A user=U`, `N more authentication failures; ...`, `error: PAM: ... for U from A` | library |
//! | `Invalid user U from A`, `User U from A not allowed because`, `ROOT LOGIN REFUSED FROM A` | remark |
//! | `Connection closed by A port N [preauth]`, `Did not receive identification string from A`, `banner exchange: Connection from A port N: ...`, `Unable to negotiate with A ...`, `Bad protocol version identification '...' from A`, `Timeout before authentication for A` | an open port found |
//! | `refused connect from NAME (A)` | a refused contact |
//!
//! Why three methods are only remarked: `none` is how a client asks what is offered, and keys
//! cannot be guessed. An honest client offers all the keys that it holds before it asks for a
//! password, and each refused one is such a line.
//!
//! sshd calls an account "invalid user" also when it exists but may not sign in (`AllowUsers`, a
//! locked password): [`LoginResult::NoSuchAccount`] means what the server said.

use ward_kernel::Addr;

use super::header::Header;
use super::peer;
use crate::outcome::{Outcome, Unread};
use crate::{Event, Flow, Login, LoginResult, Touch, Trace, What, field, text};

/// The most efforts that one line may stand for: a forged count must not drown the rest.
pub(super) const MOST_REPEATS: u64 = 1_000_000;

/// Reads a message of sshd.
pub(super) fn read<'a>(header: &Header<'a>) -> Outcome<'a> {
    let (message, repeats) = unwrap_repeated(header.message);
    let line = Line { header: *header, repeats, cut: is_cut(message) };
    let message = without_solaris_id(message);
    let (message, preauth) = match message.strip_suffix(b" [preauth]") {
        Some(message) => (message, true),
        None => (message, false),
    };
    let (kind, rest) = text::cut(message, b' ');
    match kind {
        b"Failed" => line.failed(rest),
        b"Accepted" => line.accepted(rest),
        b"Invalid" | b"Illegal" => line.invalid_user(rest),
        b"Connection" => line.connection(rest, preauth),
        b"Disconnected" => line.closed(rest.strip_prefix(b"from ").unwrap_or(rest), preauth),
        b"Disconnecting" => line.disconnecting(rest),
        b"error:" | b"fatal:" => line.error(rest),
        b"User" => line.not_allowed(rest),
        b"ROOT" => line.root_refused(rest),
        b"refused" => line.refused(rest),
        _ if is_library(message) => line.library(message),
        _ => line.probe(message),
    }
}

/// One line, as far as all kinds need it.
struct Line<'a> {
    header: Header<'a>,
    repeats: u64,
    /// Whether sshd ran out of room: then the end of the message is the client's text.
    cut: bool,
}

const CUT: &str = "cut off by sshd after 500 bytes: its end is text of the client's choosing";
const NO_WORDS: &str = "not as sshd writes it";

impl<'a> Line<'a> {
    fn failed(&self, rest: &'a [u8]) -> Outcome<'a> {
        let Some((method, rest)) = text::around(rest, b" for ") else { return self.aside() };
        let trace = match method {
            b"none" | b"publickey" | b"hostbased" => Trace::Remark,
            _ => Trace::Verdict,
        };
        let (rest, result) = account_kind(rest);
        self.login(peer::verdict(rest), result, trace)
    }

    /// The account exists here, so it is not the client's to choose; what follows may quote a
    /// certificate. Hence the first reading counts, not the last.
    fn accepted(&self, rest: &'a [u8]) -> Outcome<'a> {
        let Some((method, rest)) = text::around(rest, b" for ") else { return self.aside() };
        let found = memchr::memmem::find_iter(rest, b" ssh2").find_map(|at| {
            let whole = matches!(rest.get(at + 5), None | Some(b':'));
            if whole { rest.get(..at).and_then(peer::from_at_end) } else { None }
        });
        let found = found.or_else(|| peer::from_at_end(rest)).ok_or(peer::NO_PEER);
        let mut outcome = self.login(found, LoginResult::Succeeded, Trace::Verdict);
        if let Ok(Event { what: What::Login(login), .. }) = &mut outcome {
            login.by_key = is_key(method);
        }
        outcome
    }

    fn invalid_user(&self, rest: &'a [u8]) -> Outcome<'a> {
        let Some(rest) = rest.strip_prefix(b"user ") else { return self.aside() };
        let found = peer::from_at_end(rest).ok_or(peer::NO_PEER);
        self.login(found, LoginResult::NoSuchAccount, Trace::Remark)
    }

    fn connection(&self, rest: &'a [u8], preauth: bool) -> Outcome<'a> {
        let closed = [&b"closed by "[..], b"reset by "];
        match closed.iter().find_map(|words| rest.strip_prefix(*words)) {
            Some(rest) => self.closed(rest, preauth),
            None => self.aside(),
        }
    }

    fn closed(&self, rest: &'a [u8], preauth: bool) -> Outcome<'a> {
        match connected_user(rest) {
            Some((rest, result)) => {
                self.login(peer::at_end(rest).ok_or(peer::NO_PEER), result, Trace::Closing)
            }
            None if preauth => self.opened(peer::at_start(rest)),
            None => self.aside(),
        }
    }

    fn disconnecting(&self, rest: &'a [u8]) -> Outcome<'a> {
        // "maximum authentication attempts exceeded" has already told of this one.
        if rest.ends_with(b"Too many authentication failures") {
            return self.aside();
        }
        match connected_user(rest) {
            Some((rest, result)) => self.login(peer::before_reason(rest), result, Trace::Closing),
            None => self.aside(),
        }
    }

    fn error(&self, rest: &'a [u8]) -> Outcome<'a> {
        if let Some(rest) = rest.strip_prefix(b"maximum authentication attempts exceeded for ") {
            let (rest, result) = account_kind(rest);
            return self.login(peer::verdict(rest), result, Trace::Closing);
        }
        if let Some(rest) = rest.strip_prefix(b"PAM: ") {
            return self.pam_error(rest);
        }
        self.probe(rest)
    }

    /// `Authentication failure for [illegal user] U from HOST [via ADDRESS]`.
    fn pam_error(&self, rest: &'a [u8]) -> Outcome<'a> {
        let Some((_, rest)) = text::around(rest, b" for ") else { return self.aside() };
        let (rest, result) = account_kind(rest);
        let rest = rest.trim_ascii_end();
        let found = peer::from_at_end(rest)
            .or_else(|| peer::from_at_end(text::around_last(rest, b" via ")?.0));
        // A host name instead of an address: the verdict of the same effort has the address.
        match found {
            Some(found) => self.login(Ok(found), result, Trace::Library),
            None => self.aside(),
        }
    }

    fn not_allowed(&self, rest: &'a [u8]) -> Outcome<'a> {
        let found = text::around_last(rest, b" not allowed because ")
            .and_then(|(who, _)| peer::from_at_end(who));
        match found {
            Some(found) => self.login(Ok(found), LoginResult::Failed, Trace::Remark),
            None => self.aside(),
        }
    }

    fn root_refused(&self, rest: &'a [u8]) -> Outcome<'a> {
        match rest.strip_prefix(b"LOGIN REFUSED FROM ").and_then(peer::at_start) {
            Some((addr, port)) => {
                self.login(Ok((b"root", addr, port)), LoginResult::Failed, Trace::Remark)
            }
            None => self.aside(),
        }
    }

    /// The libraries name the account last, so the first address is theirs.
    fn library(&self, message: &'a [u8]) -> Outcome<'a> {
        let Some((before, rest)) = text::around(message, b"authentication failure") else {
            return self.aside();
        };
        let rest = rest.strip_prefix(b"s").unwrap_or(rest);
        let Some((_, rest)) = text::around(rest, b" rhost=") else { return self.aside() };
        let (host, rest) = text::cut(rest, b' ');
        let Some(addr) = Addr::parse(host) else { return self.aside() };
        let account = rest.trim_ascii_start().strip_prefix(b"user=");
        let result =
            if account.is_some() { LoginResult::Failed } else { LoginResult::NoSuchAccount };
        let more = before
            .strip_suffix(b" more ")
            .and_then(|before| field::uint(before.rsplit(|byte| *byte == b' ').next()?));
        let account = account.unwrap_or_default().trim_ascii_end();
        let count = more.unwrap_or(1).saturating_mul(self.repeats);
        self.count_login((account, addr, 0), result, Trace::Library, count)
    }

    fn refused(&self, rest: &'a [u8]) -> Outcome<'a> {
        let Some(rest) = rest.strip_prefix(b"connect from ") else { return self.aside() };
        let inner = rest.strip_suffix(b")").and_then(|rest| text::around_last(rest, b"("));
        match Addr::parse(inner.map_or(rest, |(_, addr)| addr)) {
            Some(addr) => self.flow(addr, 0, Touch::Failed),
            None => Err(Unread::Problem(peer::NO_PEER)),
        }
    }

    /// Clients that found the port and never came to name an account.
    fn probe(&self, message: &'a [u8]) -> Outcome<'a> {
        const FIRST: [&[u8]; 7] = [
            b"Did not receive identification string from ",
            b"banner exchange: Connection from ",
            b"Unable to negotiate with ",
            b"Timeout before authentication for connection from ",
            b"Timeout before authentication for ",
            b"Protocol major versions differ for ",
            b"ssh_dispatch_run_fatal: Connection from ",
        ];
        if let Some(rest) = FIRST.iter().find_map(|words| message.strip_prefix(*words)) {
            return match connected_user(rest) {
                Some((rest, result)) => {
                    self.login(peer::before_reason(rest), result, Trace::Closing)
                }
                None => self.opened(peer::at_start(rest)),
            };
        }
        if message.starts_with(b"Bad protocol version identification ") {
            if self.cut {
                return Err(Unread::Problem(CUT));
            }
            return self.opened(peer::from_at_end(message).map(|(_, addr, port)| (addr, port)));
        }
        self.aside()
    }

    fn opened(&self, found: Option<(Addr, u16)>) -> Outcome<'a> {
        match found {
            Some((addr, port)) => self.flow(addr, port, Touch::Opened),
            // `UNKNOWN port 65535`, `remote host`: gone before sshd could ask for the address.
            None => self.aside(),
        }
    }

    /// A contact with this host, whose own address sshd does not say.
    fn flow(&self, source: Addr, source_port: u16, touch: Touch) -> Outcome<'a> {
        let flow = Flow { port: 22, source_port, protocol: 6, touch, ..Flow::default() };
        Ok(Event { time: self.header.time, source, what: What::Flow(flow) })
    }

    fn login(
        &self,
        found: Result<peer::Peer<'a>, &'static str>,
        result: LoginResult,
        trace: Trace,
    ) -> Outcome<'a> {
        if self.cut {
            return Err(Unread::Problem(CUT));
        }
        self.count_login(found.map_err(Unread::Problem)?, result, trace, self.repeats)
    }

    fn count_login(
        &self,
        (account, source, source_port): peer::Peer<'a>,
        result: LoginResult,
        trace: Trace,
        count: u64,
    ) -> Outcome<'a> {
        let count = u32::try_from(count.clamp(1, MOST_REPEATS));
        let login = Login {
            service: "ssh",
            server: self.header.host,
            account,
            result,
            trace,
            count: count.map_err(|_| Unread::Problem(NO_WORDS))?,
            source_port,
            by_key: false,
        };
        Ok(Event { time: self.header.time, source, what: What::Login(login) })
    }

    fn aside(&self) -> Outcome<'a> {
        Err(Unread::Aside(Some(self.header.time)))
    }
}

/// `message repeated 5 times: [ MESSAGE]`, as rsyslog writes it.
fn unwrap_repeated(message: &[u8]) -> (&[u8], u64) {
    let inner = message.strip_prefix(b"message repeated ").and_then(|rest| {
        let (count, rest) = text::cut(rest, b' ');
        let inner = rest.strip_prefix(b"times: [")?.strip_suffix(b"]")?;
        Some((inner.strip_prefix(b" ").unwrap_or(inner), field::uint(count)?))
    });
    inner.unwrap_or((message, 1))
}

/// Whether a message is as long as sshd can make one: its `log.c` formats into 1,024 bytes, where
/// an escape that does not fit is left out, and hands 500 of them to syslog.
const fn is_cut(message: &[u8]) -> bool {
    matches!(message.len(), 500 | 1020..=1023)
}

/// Solaris puts `[ID 800047 auth.info] ` before every message.
fn without_solaris_id(message: &[u8]) -> &[u8] {
    let rest = message.strip_prefix(b"[ID ").and_then(|rest| text::around(rest, b"] "));
    rest.map_or(message, |(_, rest)| rest)
}

/// Whether a method proves that its user holds a key, a certificate or a ticket, which nobody
/// guesses. What follows a slash is the way in which it was asked for.
fn is_key(method: &[u8]) -> bool {
    let (name, _) = text::cut(method, b'/');
    matches!(name, b"publickey" | b"hostbased") || name.starts_with(b"gssapi")
}

fn account_kind(rest: &[u8]) -> (&[u8], LoginResult) {
    let prefixes = [&b"invalid user "[..], b"illegal user "];
    match prefixes.iter().find_map(|prefix| rest.strip_prefix(*prefix)) {
        Some(rest) => (rest, LoginResult::NoSuchAccount),
        None if rest.starts_with(b"<invalid username> ") => (rest, LoginResult::NoSuchAccount),
        None => (rest, LoginResult::Failed),
    }
}

fn connected_user(rest: &[u8]) -> Option<(&[u8], LoginResult)> {
    if let Some(rest) = rest.strip_prefix(b"authenticating user ") {
        return Some((rest, LoginResult::Failed));
    }
    Some((rest.strip_prefix(b"invalid user ")?, LoginResult::NoSuchAccount))
}

fn is_library(message: &[u8]) -> bool {
    [&b"pam_"[..], b"PAM ", b"authentication failure; "]
        .iter()
        .any(|prefix| message.starts_with(prefix))
}

#[cfg(test)]
mod tests;
