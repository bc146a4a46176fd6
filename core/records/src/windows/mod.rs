//! What Windows' security log says about signing in, whichever way its events were exported:
//! 4624 (signed in), 4625 (refused) and 4740 (locked out).
//!
//! Source: Microsoft's reference of security auditing events; the status codes are those of
//! `ntstatus.h` ([MS-ERREF] 2.3.1).

use jiff::tz::TimeZone;
use ward_kernel::{Addr, Time};

use crate::field;
use crate::outcome::{Outcome, Unread};
use crate::{Event, Login, LoginResult, Trace, What};

/// The texts of one event that matter; absent ones are empty, as is `-`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Logon<'a> {
    /// The time stamp, raw.
    pub(crate) time: &'a [u8],
    /// The other texts, in the order of [`slot`].
    pub(crate) texts: [&'a [u8]; SLOTS],
}

/// How many texts there are beside the time.
pub(crate) const SLOTS: usize = 8;

/// Where the text of this name is kept, if it matters.
pub(crate) fn slot(name: &str) -> Option<usize> {
    Some(match name {
        "EventID" | "event_id" | "EventId" => 0,
        "Computer" | "computer_name" | "Hostname" | "hostname" => 1,
        "TargetUserName" => 2,
        "IpAddress" => 3,
        "IpPort" => 4,
        "LogonType" => 5,
        "Status" => 6,
        "SubStatus" => 7,
        _ => return None,
    })
}

/// What an event says; stamps without a zone are of `zone`.
pub(crate) fn judge<'a>(logon: &Logon<'a>, zone: &TimeZone) -> Outcome<'a> {
    let [id, server, account, address, port, kind, status, sub_status] = logon.texts.map(present);
    let result = match id {
        b"4624" => LoginResult::Succeeded,
        b"4625" => refusal(status, sub_status),
        b"4740" => LoginResult::LockedOut,
        b"" => return Err(Unread::Problem("no event id")),
        _ => return Err(Unread::Aside(moment(logon.time, zone))),
    };
    let time = moment(logon.time, zone).ok_or(Unread::Problem("no time"))?;
    let source = Addr::parse(address);
    if is_local(id, source, kind, account) {
        return Err(Unread::Aside(Some(time)));
    }
    let login = Login {
        service: if kind == b"10" { "rdp" } else { "windows" },
        server,
        account,
        result,
        // A lockout follows the refusals that led to it, each of which has its own event.
        trace: if id == b"4740" { Trace::Remark } else { Trace::Verdict },
        count: 1,
        source_port: field::u16(port).unwrap_or(0),
        by_key: false,
    };
    Ok(Event { time, source: source.unwrap_or_default(), what: What::Login(login) })
}

/// Whether nobody outside of the machine had a part in it: services and tasks that start (logon
/// types 0, 4, 5), successes without an address, and sessions of nobody in particular.
fn is_local(id: &[u8], source: Option<Addr>, kind: &[u8], account: &[u8]) -> bool {
    let success = id == b"4624";
    (success && account == b"ANONYMOUS LOGON")
        || (id != b"4740" && source.is_none() && (success || matches!(kind, b"0" | b"4" | b"5")))
}

/// Why a login was refused, by the more particular of the two codes.
fn refusal(status: &[u8], sub_status: &[u8]) -> LoginResult {
    const NO_SUCH_USER: u32 = 0xc000_0064;
    const ACCOUNT_LOCKED_OUT: u32 = 0xc000_0234;
    match [code(sub_status), code(status)] {
        [Some(NO_SUCH_USER), _] | [_, Some(NO_SUCH_USER)] => LoginResult::NoSuchAccount,
        [Some(ACCOUNT_LOCKED_OUT), _] | [_, Some(ACCOUNT_LOCKED_OUT)] => LoginResult::LockedOut,
        _ => LoginResult::Failed,
    }
}

/// A status code: `0xC0000064`, or its decimal number with or without a sign.
fn code(text: &[u8]) -> Option<u32> {
    if let Some(digits) = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")) {
        if digits.is_empty() || digits.len() > 8 {
            return None;
        }
        return digits
            .iter()
            .try_fold(0, |code, digit| Some(code << 4 | u32::from(field::hex(*digit)?)));
    }
    match text.strip_prefix(b"-") {
        Some(digits) => field::u32(digits).map(u32::wrapping_neg),
        None => field::u32(text),
    }
}

/// `2026-11-03T19:00:00.1234567Z` and its relatives, or PowerShell's `/Date(1762196400000)/`.
fn moment(text: &[u8], zone: &TimeZone) -> Option<Time> {
    if let Some(stamp) = field::stamp(text) {
        return Some(stamp.within(zone));
    }
    // The slashes may still be escaped.
    let date = text.strip_prefix(b"\\").unwrap_or(text).strip_prefix(b"/Date(")?;
    let end = date.iter().position(|byte| *byte == b')')?;
    let millis = i64::try_from(field::uint(date.get(..end)?)?).ok()?;
    Some(Time::from_micros(millis.checked_mul(1000)?))
}

fn present(text: &[u8]) -> &[u8] {
    if text == b"-" { b"" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(id: &str, address: &str, kind: &str, sub_status: &str) -> Outcome<'static> {
        let time = b"2026-11-03T19:00:00.1234567Z";
        let leak = |text: &str| -> &'static [u8] { text.as_bytes().to_vec().leak() };
        let texts = [
            leak(id),
            b"SOS-DC1",
            b"clerk07",
            leak(address),
            b"51000",
            leak(kind),
            b"0xC000006D",
            leak(sub_status),
        ];
        judge(&Logon { time, texts }, &TimeZone::UTC)
    }

    fn result(id: &str, address: &str, kind: &str, sub_status: &str) -> LoginResult {
        match told(id, address, kind, sub_status).unwrap().what {
            What::Login(login) => login.result,
            what => panic!("{what:?}"),
        }
    }

    #[test]
    fn results() {
        let remote = "203.0.113.9";
        assert_eq!(result("4624", remote, "3", "-"), LoginResult::Succeeded);
        assert_eq!(result("4625", remote, "3", "0xC000006A"), LoginResult::Failed);
        assert_eq!(result("4625", remote, "3", "0xc0000064"), LoginResult::NoSuchAccount);
        assert_eq!(result("4625", remote, "3", "-1073741724"), LoginResult::NoSuchAccount);
        assert_eq!(result("4625", remote, "3", "3221225572"), LoginResult::NoSuchAccount);
        assert_eq!(result("4625", remote, "3", "0xC0000234"), LoginResult::LockedOut);
        assert_eq!(result("4740", "-", "-", "-"), LoginResult::LockedOut);
        for odd in ["0x", "0xC00000640", "0xG", "--1", "%%2313", "99999999999"] {
            assert_eq!(result("4625", remote, "3", odd), LoginResult::Failed, "{odd}");
        }
    }

    #[test]
    fn sources_and_services() {
        let event = told("4625", "::ffff:203.0.113.9", "10", "").unwrap();
        assert_eq!(event.source, "203.0.113.9".parse().unwrap());
        assert_eq!(event.time, Time::parse("2026-11-03T19:00:00.123457Z").unwrap());
        let What::Login(login) = event.what else { panic!() };
        assert_eq!((login.service, login.source_port), ("rdp", 51_000));
        assert_eq!((login.server, login.account), (&b"SOS-DC1"[..], &b"clerk07"[..]));
        assert_eq!(told("4624", "::1", "2", "").unwrap().source, "::1".parse().unwrap());
        // A refusal over the network that names no address is still one.
        assert_eq!(told("4625", "-", "3", "").unwrap().source, Addr::default());
        for (id, kind) in [("4624", "5"), ("4624", "2"), ("4625", "4"), ("4634", "3")] {
            assert!(matches!(told(id, "-", kind, ""), Err(Unread::Aside(Some(_)))), "{id} {kind}");
        }
        assert_eq!(told("", "-", "", ""), Err(Unread::Problem("no event id")));
    }

    #[test]
    fn stamps() {
        let at = |text: &str| moment(text.as_bytes(), &TimeZone::UTC).map(Time::secs);
        assert_eq!(at("/Date(1793700000123)/"), Some(1_793_700_000));
        assert_eq!(at("\\/Date(1793700000123)\\/"), Some(1_793_700_000));
        for bad in ["", "/Date(", "/Date()/", "/Date(99999999999999999999)/", "today"] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }
}
