//! The two directions of a contact, as an exporter saw them, joined into one flow.

use ward_kernel::time::{MINUTE, SECOND};
use ward_kernel::{Addr, Time};
use ward_records::{Event, Flow, Touch, What};

use crate::flow::ECHO;
use crate::half::{Half, Traffic};
use crate::slots::Key;
use crate::tcp::{ACK, FIN, PSH, RST, SYN};

/// How far apart the two directions may begin, and how long the first waits for the second.
pub(crate) const APART: i64 = 2 * MINUTE;

/// A direction that waits for its reverse.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    /// Offset of the message that brought it.
    pub(crate) at: u64,
    /// When it came.
    pub(crate) arrived: Time,
    /// Number of the exporter.
    pub(crate) exporter: u32,
    pub(crate) way: Way,
}

/// One direction with both ends known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    from: (Addr, u16),
    to: (Addr, u16),
    protocol: u8,
    icmp: u16,
    first: Time,
    last: Time,
    sent: Traffic,
    denied: bool,
}

impl Way {
    /// The direction of a record; `None` when it lacks an end.
    pub(crate) fn of(half: &Half, exported: Time) -> Option<Self> {
        let portless = !matches!(half.protocol, 6 | 17 | 33 | 132 | 136);
        let port = |port| if portless { 0 } else { port };
        let first = half.first.unwrap_or(exported);
        Some(Self {
            from: (half.from?, port(half.from_port)),
            to: (half.to?, port(half.to_port)),
            protocol: half.protocol,
            // Without a field for it, type and code stand where the destination port would.
            icmp: half.icmp.unwrap_or(half.to_port),
            first,
            last: half.last.unwrap_or(first).max(first),
            sent: half.sent,
            denied: half.denied,
        })
    }

    /// The reverse of a record whose exporter pairs.
    pub(crate) fn reverse(&self, sent: Traffic) -> Self {
        Self { from: self.to, to: self.from, sent, ..*self }
    }

    /// Its place in the table of waiting directions, and which end sends.
    pub(crate) fn key(&self, exporter: u32) -> (Key, usize) {
        // A query and its answer meet under the query's type.
        let kind = if self.is_icmp() { self.icmp_query() >> 8 } else { 0 };
        Key::of(self.from, self.to, self.protocol, exporter << 8 | u32::from(kind))
    }

    /// Whether both go from the same end to the same end.
    pub(crate) fn is_same_way(&self, other: &Self) -> bool {
        self.from == other.from && self.to == other.to && self.icmp == other.icmp
    }

    /// Whether the other direction could be of the same contact.
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        self.first.since(other.last) <= APART && other.first.since(self.last) <= APART
    }

    /// Takes a later record of the same direction in.
    pub(crate) fn join(&mut self, later: &Self) {
        self.first = self.first.min(later.first);
        self.last = self.last.max(later.last);
        self.sent.packets = self.sent.packets.saturating_add(later.sent.packets);
        self.sent.octets = self.sent.octets.saturating_add(later.sent.octets);
        if let Some(flags) = later.sent.flags {
            self.sent.flags = Some(self.sent.flags.unwrap_or(0) | flags);
        }
        self.denied |= later.denied;
    }

    /// Errors, neighbours and routers: what ICMP says that no one asked.
    pub(crate) fn is_talk(&self) -> bool {
        match self.protocol {
            1 => matches!(self.icmp >> 8, 3 | 4 | 5 | 9 | 10 | 11 | 12),
            58 => matches!(self.icmp >> 8, 1..=4 | 130..=137 | 141..=143 | 148..=153),
            _ => false,
        }
    }

    fn is_icmp(&self) -> bool {
        matches!(self.protocol, 1 | 58)
    }

    fn flags(&self) -> u8 {
        self.sent.flags.unwrap_or(0)
    }

    fn has(&self, flag: u8) -> bool {
        self.flags() & flag != 0
    }

    /// Type and code of the query that this answers, or of itself.
    fn icmp_query(&self) -> u16 {
        match (self.protocol, self.icmp >> 8) {
            (1, 0) => ECHO,
            (1, 14 | 16 | 18) | (58, 129 | 140) => self.icmp - 0x100,
            _ => self.icmp,
        }
    }

    /// Bytes of payload. TCP headers are of unknown length: without a pushed segment, and with no
    /// more octets than the longest headers, there was none; otherwise plain headers are assumed.
    fn payload(&self) -> u64 {
        let internet = if self.from.0.as_v4().is_some() { 20 } else { 40 };
        let header = if self.protocol == 6 { 20 } else { 8 };
        if self.protocol == 6 && !self.has_data() {
            return 0;
        }
        self.sent.octets.saturating_sub(self.sent.packets.saturating_mul(internet + header))
    }

    fn has_data(&self) -> bool {
        let headers = if self.from.0.as_v4().is_some() { 80 } else { 100 };
        self.has(PSH) && self.has(ACK)
            || self.sent.octets > self.sent.packets.saturating_mul(headers)
    }
}

/// The flow that one or both directions of a contact are. `sampled` when the exporter looks at
/// some packets only: then nothing can be said of how it ended.
pub(crate) fn event(one: &Way, other: Option<&Way>, sampled: bool) -> Event<'static> {
    let (source, target) = match other {
        Some(other) if begins(other, one) => (Some(other), Some(one)),
        Some(other) => (Some(one), Some(other)),
        None if answers_alone(one) => (None, Some(one)),
        None => (Some(one), None),
    };
    let (from, to) = match source {
        Some(way) => (way.from, way.to),
        None => (one.to, one.from),
    };
    let icmp = one.is_icmp();
    let ways = [Some(one), other];
    let first = ways.iter().flatten().map(|way| way.first).min().unwrap_or_default();
    let last = ways.iter().flatten().map(|way| way.last).max().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "seconds are for people: f32 will do")]
    let seconds = (last.since(first).max(0) as f64 / SECOND as f64) as f32;
    let payload =
        |way: Option<&Way>| if sampled { None } else { Some(way.map_or(0, Way::payload)) };
    let flow = Flow {
        target: to.0,
        port: if icmp { source.unwrap_or(one).icmp_query() } else { to.1 },
        source_port: from.1,
        protocol: one.protocol,
        touch: if sampled { Touch::Unknown } else { touch(source, target) },
        sent: payload(source),
        received: payload(target),
        seconds: Some(seconds),
        outward: None,
        mark: 0,
    };
    Event { time: first, source: from.0, what: What::Flow(flow) }
}

/// Whether `one` began rather than `other`.
fn begins(one: &Way, other: &Way) -> bool {
    if one.is_icmp() {
        let asks = |way: &Way| way.icmp == way.icmp_query();
        if asks(one) != asks(other) {
            return asks(one);
        }
    }
    if one.protocol == 6 {
        let only_syn = |way: &Way| way.flags() & (SYN | ACK) == SYN;
        if only_syn(one) != only_syn(other) {
            return only_syn(one);
        }
        // SYN with ACK on one side only: that side answered an opening that was not seen.
        if one.has(SYN) != other.has(SYN) {
            return other.has(SYN);
        }
    }
    // Of two that began in the same millisecond, the higher port is the client's.
    (one.first, other.from.1) < (other.first, one.from.1)
}

/// Whether a direction without reverse can only be an answer.
fn answers_alone(way: &Way) -> bool {
    match way.protocol {
        6 => way.flags() & (SYN | ACK | RST | FIN | PSH) == SYN | ACK && way.sent.packets == 1,
        1 | 58 => way.icmp != way.icmp_query(),
        _ => false,
    }
}

fn touch(source: Option<&Way>, target: Option<&Way>) -> Touch {
    let Some(source) = source else { return Touch::Aside };
    if source.denied || target.is_some_and(|way| way.denied) {
        return Touch::Failed;
    }
    match (source.protocol, target) {
        (6, _) if source.sent.flags.is_none() => Touch::Unknown,
        (6, None) => unanswered(source),
        (6, Some(target)) => answered(source, target),
        (_, Some(_)) => Touch::Answered,
        (_, None) => Touch::Unknown,
    }
}

fn unanswered(source: &Way) -> Touch {
    // No flag at all is what exporters write that do not know.
    let stealthy = source.flags() != 0 && !source.has(SYN | RST | ACK);
    let opening = source.has(SYN) && !source.has(ACK);
    if opening || stealthy { Touch::Failed } else { Touch::Aside }
}

fn answered(source: &Way, target: &Way) -> Touch {
    let stealthy = !source.has(SYN | RST | ACK) && target.has(RST);
    if stealthy {
        return Touch::Failed;
    }
    if !source.has(SYN) || (source.has(ACK) && !target.has(SYN)) {
        return Touch::Aside;
    }
    if target.has(SYN) {
        let both_closed = source.has(FIN) && target.has(FIN);
        let used = source.has_data() || target.has_data() || both_closed;
        return if used { Touch::Answered } else { Touch::Opened };
    }
    if target.has(RST) { Touch::Failed } else { Touch::Aside }
}
