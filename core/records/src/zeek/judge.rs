//! From a record's raw texts to an event.

use ward_kernel::{Addr, Time};

use super::contact::{self, ICMP, ICMP6, TCP, UDP};
use super::row::{Field, Kind, Row};
use crate::field;
use crate::outcome::{Outcome, Unread};
use crate::{Alert, Event, Flow, Login, LoginResult, Loss, Query, Request, Touch, Trace, What};

/// What a record of this log says.
pub(crate) fn judge<'a>(kind: Kind, row: &Row<'a>) -> Outcome<'a> {
    match kind {
        Kind::Conn => conn(row),
        Kind::Http => http(row),
        Kind::Ssh => ssh(row),
        Kind::Ftp => ftp(row),
        Kind::Dns => dns(row),
        Kind::Notice => notice(row),
        Kind::CaptureLoss => capture_loss(row),
        Kind::Stats => stats(row),
        Kind::Other => aside(row),
    }
}

fn conn<'a>(row: &Row<'a>) -> Outcome<'a> {
    let (time, source, target) = ends(row)?;
    let protocol = protocol(row, source);
    let (sent, received) = (count(row, Field::OrigBytes), count(row, Field::RespBytes));
    let source_port = field::u16(row.get(Field::OrigP)).unwrap_or(0);
    let port = field::u16(row.get(Field::RespP)).unwrap_or(0);
    let state = row.get(Field::ConnState);
    let mut flow = Flow {
        target,
        port,
        source_port,
        protocol,
        touch: Touch::Unknown,
        sent,
        received,
        seconds: seconds(row.get(Field::Duration)),
        outward: truth(row.get(Field::LocalOrig)),
        mark: 0,
    };
    match protocol {
        TCP => {
            let payload = sent.unwrap_or(0) > 0 || received.unwrap_or(0) > 0;
            let history = row.get(Field::History);
            flow.touch = if !payload && contact::is_stealthy(state, history, || packets(row)) {
                Touch::Failed
            } else {
                contact::tcp(state, history, payload)
            };
        }
        UDP => flow.touch = contact::udp(state),
        ICMP | ICMP6 => {
            let kind = u8::try_from(source_port).unwrap_or(u8::MAX);
            let second = u8::try_from(port).unwrap_or(u8::MAX);
            let code = contact::icmp_code(protocol, kind, second);
            flow.port = u16::from(kind) << 8 | u16::from(code);
            flow.source_port = 0;
            flow.touch = contact::icmp(protocol, kind, received.unwrap_or(0) > 0);
        }
        _ => {}
    }
    Ok(Event { time, source, what: What::Flow(flow) })
}

fn http<'a>(row: &Row<'a>) -> Outcome<'a> {
    let (time, source, target) = ends(row)?;
    let request = Request {
        site: row.get(Field::Host),
        method: row.get(Field::Method),
        target: row.get(Field::Uri),
        body: row.get(Field::PostBody),
        status: field::u16(row.get(Field::StatusCode)).unwrap_or(0),
        bytes: count(row, Field::ResponseBodyLen).unwrap_or(0),
        referrer: row.get(Field::Referrer),
        agent: row.get(Field::UserAgent),
        forwarded: row.get(Field::Proxied),
        account: row.get(Field::Username),
        server: Some(target),
    };
    Ok(Event { time, source, what: What::Request(request) })
}

/// Zeek infers `auth_success` from the sizes of encrypted packets; where it could not, the record
/// says nothing about a login, and its connection is in `conn` anyway. A record is one effort,
/// whatever `auth_attempts` says: an agent that offers six keys makes six of those.
fn ssh<'a>(row: &Row<'a>) -> Outcome<'a> {
    let (time, source, _) = ends(row)?;
    let result = match truth(row.get(Field::AuthSuccess)) {
        Some(true) => LoginResult::Succeeded,
        Some(false) => LoginResult::Failed,
        None => return Err(Unread::Aside(Some(time))),
    };
    Ok(login(row, time, source, "ssh", b"", result))
}

/// Only the reply to a sign-in says something: 230 lets in, 530 refuses (RFC 959).
fn ftp<'a>(row: &Row<'a>) -> Outcome<'a> {
    let (time, source, _) = ends(row)?;
    let signs_in = matches!(row.get(Field::Command), b"PASS" | b"USER" | b"");
    let result = match row.get(Field::ReplyCode) {
        b"230" if signs_in => LoginResult::Succeeded,
        b"530" if signs_in => LoginResult::Failed,
        _ => return Err(Unread::Aside(Some(time))),
    };
    let account = match row.get(Field::User) {
        // Zeek's word for a session whose USER it did not see.
        b"<unknown>" => b"",
        user => user,
    };
    Ok(login(row, time, source, "ftp", account, result))
}

fn login<'a>(
    row: &Row<'a>,
    time: Time,
    source: Addr,
    service: &'static str,
    account: &'a [u8],
    result: LoginResult,
) -> Event<'a> {
    let login = Login {
        service,
        server: row.get(Field::RespH),
        account,
        result,
        trace: Trace::Verdict,
        count: 1,
        source_port: field::u16(row.get(Field::OrigP)).unwrap_or(0),
        // Zeek cannot see the method.
        by_key: false,
    };
    Event { time, source, what: What::Login(login) }
}

fn dns<'a>(row: &Row<'a>) -> Outcome<'a> {
    let (time, source, server) = ends(row)?;
    let name = row.get(Field::Query);
    if name.is_empty() {
        return Err(Unread::Aside(Some(time)));
    }
    let missing = row.get(Field::RcodeName) == b"NXDOMAIN" || row.get(Field::Rcode) == b"3";
    Ok(Event { time, source, what: What::Query(Query { name, missing, server }) })
}

/// A notice without a source is about the sensor or a file, not about anybody.
fn notice<'a>(row: &Row<'a>) -> Outcome<'a> {
    let time = time(row)?;
    let either = |first, second| addr(row, first).or_else(|| addr(row, second));
    let Some(source) = either(Field::Src, Field::OrigH) else {
        return Err(Unread::Aside(Some(time)));
    };
    let signature = row.get(Field::Note);
    let (msg, sub) = (row.get(Field::Msg), row.get(Field::Sub));
    let port = field::u16(row.get(Field::P)).or_else(|| field::u16(row.get(Field::RespP)));
    let alert = Alert {
        target: either(Field::Dst, Field::RespH).unwrap_or_default(),
        port: port.unwrap_or(0),
        rule: 0,
        signature,
        category: if msg.is_empty() { sub } else { msg },
        severity: severity(signature),
        blocked: false,
    };
    Ok(Event { time, source, what: What::Alert(alert) })
}

/// Zeek ranks no notices. Scans weigh less than the default of 2; remarks about certificates, odd
/// traffic and Zeek's own health weigh least.
fn severity(note: &[u8]) -> u8 {
    const LEAST: [&[u8]; 5] =
        [b"SSL::", b"Weird::", b"CaptureLoss::", b"PacketFilter::", b"Software::"];
    match note {
        note if note.starts_with(b"Scan::") => 3,
        note if LEAST.iter().any(|module| note.starts_with(module)) => 4,
        _ => 2,
    }
}

fn capture_loss<'a>(row: &Row<'a>) -> Outcome<'a> {
    let time = time(row)?;
    let lost = count(row, Field::Gaps).ok_or(Unread::Problem("capture_loss without gaps"))?;
    let of = count(row, Field::Acks);
    let loss = Loss { by: "capture_loss", lost, of, part: row.get(Field::Peer) };
    Ok(Event { time, source: Addr::default(), what: What::Loss(loss) })
}

fn stats<'a>(row: &Row<'a>) -> Outcome<'a> {
    let time = time(row)?;
    match count(row, Field::PktsDropped) {
        None | Some(0) => Err(Unread::Aside(Some(time))),
        Some(lost) => {
            let of = count(row, Field::PktsLink);
            let loss = Loss { by: "stats", lost, of, part: row.get(Field::Peer) };
            Ok(Event { time, source: Addr::default(), what: What::Loss(loss) })
        }
    }
}

fn aside<'a>(row: &Row<'a>) -> Outcome<'a> {
    match row.get(Field::Ts) {
        b"" => Err(Unread::Aside(None)),
        _ => Err(Unread::Aside(Some(time(row)?))),
    }
}

/// When, from where and to where: what every connection's record has.
fn ends(row: &Row<'_>) -> Result<(Time, Addr, Addr), Unread> {
    let time = time(row)?;
    let source = addr(row, Field::OrigH).ok_or(Unread::Problem("no address in id.orig_h"))?;
    let target = addr(row, Field::RespH).ok_or(Unread::Problem("no address in id.resp_h"))?;
    Ok((time, source, target))
}

fn time(row: &Row<'_>) -> Result<Time, Unread> {
    moment(row.get(Field::Ts)).ok_or(Unread::Problem("no time in ts"))
}

/// Seconds with a fraction, ISO 8601, or milliseconds (`JSON::TS_MILLIS` writes whole numbers,
/// `TS_MILLIS_UNSIGNED` wraps those before 1970 around).
fn moment(text: &[u8]) -> Option<Time> {
    const FAR: u64 = 100_000_000_000 * 1_000_000;
    match field::micros(text) {
        // As seconds it would lie beyond the year 5000.
        Some(micros) if micros.unsigned_abs() >= FAR && !text.contains(&b'.') => {
            Some(Time::from_micros(micros / 1000))
        }
        Some(micros) => Some(Time::from_micros(micros)),
        None => match field::uint(text) {
            Some(wrapped) => {
                let millis = wrapped.cast_signed();
                (millis < 0).then(|| Time::from_micros(millis.saturating_mul(1000)))
            }
            None => field::stamp(text).map(|stamp| stamp.time),
        },
    }
}

/// An interval in seconds, to the microsecond, so that both writers give the same number; the
/// JSON writer uses exponents for small ones.
fn seconds(text: &[u8]) -> Option<f32> {
    if text.is_empty() {
        return None;
    }
    match field::micros(text) {
        Some(micros) => Some(micros as f32 / 1e6),
        None => {
            let seconds: f32 = std::str::from_utf8(text).ok()?.parse().ok()?;
            Some((seconds * 1e6).round() / 1e6)
        }
    }
}

fn protocol(row: &Row<'_>, source: Addr) -> u8 {
    match row.get(Field::Proto) {
        b"tcp" => TCP,
        b"udp" => UDP,
        b"icmp" if source.as_v4().is_some() => ICMP,
        b"icmp" => ICMP6,
        _ => field::uint(row.get(Field::IpProto)).and_then(|n| u8::try_from(n).ok()).unwrap_or(0),
    }
}

fn addr(row: &Row<'_>, field: Field) -> Option<Addr> {
    Addr::parse(row.get(field))
}

/// How many packets each side sent, in a record that is whole: `missed_bytes` stands beside
/// `history` in every log, and is never unset. Without it nothing says that a history which is
/// not there was not cut away.
fn packets(row: &Row<'_>) -> Option<[u64; 2]> {
    let whole = !row.get(Field::MissedBytes).is_empty();
    let sent = count(row, Field::OrigPkts)?;
    whole.then_some([sent, count(row, Field::RespPkts)?])
}

fn count(row: &Row<'_>, field: Field) -> Option<u64> {
    field::uint(row.get(field))
}

fn truth(text: &[u8]) -> Option<bool> {
    match text {
        b"T" | b"true" => Some(true),
        b"F" | b"false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let micros = |text: &str| moment(text.as_bytes()).map(Time::micros);
        assert_eq!(micros("1521911721.255387"), Some(1_521_911_721_255_387));
        assert_eq!(micros("-315619200.0"), Some(-315_619_200_000_000));
        assert_eq!(micros("-315619200000"), Some(-315_619_200_000_000));
        assert_eq!(micros("1521911721255"), Some(1_521_911_721_255_000));
        assert_eq!(micros("18446743758090351616"), Some(-315_619_200_000_000));
        assert_eq!(micros("1960-01-01T00:00:00.000000Z"), Some(-315_619_200_000_000));
        assert_eq!(micros("12.5"), Some(12_500_000));
        for bad in ["", "-", "hello", "77777777777777777777"] {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }

    #[test]
    fn intervals_agree() {
        assert_eq!(seconds(b"0.001231"), seconds(b"0.0012309551239013672"));
        assert_eq!(seconds(b"0.000003"), seconds(b"2.86102294921875e-6"));
        assert_eq!(seconds(b"x"), None);
    }
}
