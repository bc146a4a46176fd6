//! AWS VPC flow logs: the default version 2 and custom field lists.
//!
//! Fields are separated by spaces and named by a header line, which every file that AWS delivers
//! begins with and which recurs where files were joined; names may stand as `${name}`. Without a
//! header the fields are those of version 2. Lines exported from CloudWatch begin with a time
//! stamp, which is skipped. (AWS, "Flow log records" and "Flow log record examples".)
//!
//! A record describes one direction of a flow over one or ten minutes, so:
//!
//! | record | touch |
//! |---|---|
//! | `REJECT`; with TCP flags only if they show SYN without ACK | failed |
//! | `REJECT` with other TCP flags: an answer or a straggler of a connection that was let through | aside |
//! | `ACCEPT` with SYN and ACK (18): the answering side | aside |
//! | `ACCEPT` with TCP flags but without SYN: midstream | aside |
//! | `ACCEPT` with SYN and RST (6), or SYN and FIN (3) in at most four packets | opened: a handshake and no more |
//! | `ACCEPT` with SYN and FIN in more packets: data was carried and the source said goodbye | answered |
//! | `ACCEPT` with SYN only (2), or without flags, or not TCP | unknown |
//!
//! `ACCEPT` only says that security groups let it in; nobody may have listened.

mod fields;

use ward_kernel::{Addr, Time};

use self::fields::{Columns, Record};
use crate::outcome::{self, Outcome, Unread};
use crate::reader::{Hints, ReadFormat, Sink};
use crate::{Event, Flow, Loss, Touch, What, text};

/// The reader of VPC flow logs.
#[derive(Clone, Debug)]
pub(crate) struct VpcFlow {
    columns: Columns,
}

const NO_START: &str = "no start time in the record";
const NO_ADDRESS: &str = "no source or destination address in the record";
const NO_ACTION: &str = "neither ACCEPT nor REJECT";
const NO_STATUS: &str = "the record is not whole";

impl ReadFormat for VpcFlow {
    /// A header, or a first line of version 2 as it is without one.
    fn recognise(head: &[u8], _hints: &Hints) -> Option<Self> {
        let first = text::first_lines(head, 1).next()?;
        let known = Columns::header(first).is_some() || is_version_2(first);
        known.then(|| Self { columns: Columns::version_2() })
    }

    fn forced(_hints: &Hints) -> Self {
        Self { columns: Columns::version_2() }
    }

    fn advance(&mut self, block: &[u8]) {
        // Headers name an address field; nothing else does.
        for at in memchr::memmem::find_iter(block, b"srcaddr") {
            let (Some(before), Some(after)) = (block.get(..at), block.get(at..)) else { continue };
            let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            let end = memchr::memchr(b'\n', after).map_or(block.len(), |end| at + end);
            let line = block.get(start..end).unwrap_or_default();
            let line = text::unmarked(line.strip_suffix(b"\r").unwrap_or(line));
            if let Some(columns) = Columns::header(line) {
                self.columns = columns;
            }
        }
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        for (at, line) in text::lines(block, base) {
            if !looks_like_record(line)
                && let Some(columns) = Columns::header(line)
            {
                self.columns = columns;
                sink.aside(at, None);
                continue;
            }
            outcome::tell(self.columns.read(line).event(), at, line, sink);
        }
    }
}

/// Whether a line ends as records do by default: this spares most lines the look for a header.
fn looks_like_record(line: &[u8]) -> bool {
    line.ends_with(b" OK")
}

fn is_version_2(line: &[u8]) -> bool {
    let line = fields::without_stamp(line);
    let words = || line.split(|byte| *byte == b' ');
    words().next() == Some(b"2")
        && words().count() == 14
        && matches!(words().next_back(), Some(b"OK" | b"NODATA" | b"SKIPDATA"))
}

impl<'a> Record<'a> {
    fn event(&self) -> Outcome<'a> {
        let time =
            self.start.map(|start| Time::from_secs(i64::try_from(start).unwrap_or(i64::MAX)));
        match self.status {
            b"NODATA" => return Err(Unread::Aside(time)),
            b"SKIPDATA" => return self.loss(time),
            _ => {}
        }
        let time = time.ok_or(Unread::Problem(NO_START))?;
        let (Some(source), Some(target)) = (self.source, self.target) else {
            return Err(Unread::Problem(NO_ADDRESS));
        };
        let protocol = self.protocol.unwrap_or(0);
        let header = header_bytes(protocol, source);
        let payload =
            |bytes: u64| bytes.saturating_sub(self.packets.unwrap_or(0).saturating_mul(header));
        let flow = Flow {
            target,
            port: self.target_port.unwrap_or(0),
            source_port: self.source_port.unwrap_or(0),
            protocol,
            touch: self.touch(protocol)?,
            sent: self.bytes.map(payload),
            received: None,
            seconds: self.seconds(),
            outward: self.outward(source),
            mark: 0,
        };
        Ok(Event { time, source, what: What::Flow(flow) })
    }

    fn loss(&self, time: Option<Time>) -> Outcome<'a> {
        let time = time.ok_or(Unread::Problem(NO_START))?;
        let loss = Loss { by: "skipdata", lost: 1, of: None, part: self.interface };
        Ok(Event { time, source: Addr::default(), what: What::Loss(loss) })
    }

    fn touch(&self, protocol: u8) -> Result<Touch, Unread> {
        const FIN: u16 = 1;
        const SYN: u16 = 2;
        const RST: u16 = 4;
        const ACK: u16 = 16;
        let flags = if protocol == 6 { self.flags } else { None };
        let opens = flags.is_none_or(|flags| flags & (SYN | ACK) == SYN);
        let has = |flag: u16| flags.is_some_and(|flags| flags & flag != 0);
        match self.action {
            b"REJECT" | b"ACCEPT" if !opens => Ok(Touch::Aside),
            b"REJECT" => Ok(Touch::Failed),
            b"ACCEPT" if has(FIN) && self.packets > Some(4) => Ok(Touch::Answered),
            b"ACCEPT" if has(FIN | RST) => Ok(Touch::Opened),
            b"ACCEPT" => Ok(Touch::Unknown),
            // A line that was cut off has lost its last fields first.
            b"" => Err(Unread::Problem(NO_STATUS)),
            _ => Err(Unread::Problem(NO_ACTION)),
        }
    }

    fn seconds(&self) -> Option<f32> {
        let seconds = self.end?.checked_sub(self.start?)?;
        u16::try_from(seconds).ok().map(f32::from)
    }

    /// Egress is from the interface's own machine. Ingress is from elsewhere, and that is outside
    /// unless the address is private: a neighbour in the same network.
    fn outward(&self, source: Addr) -> Option<bool> {
        match self.direction {
            b"egress" => Some(true),
            b"ingress" if !source.is_private() => Some(false),
            _ => None,
        }
    }
}

/// The least that headers take of a packet: the record counts them as bytes, [`Flow::sent`] does
/// not.
const fn header_bytes(protocol: u8, source: Addr) -> u64 {
    let network = if source.as_v4().is_some() { 20 } else { 40 };
    match protocol {
        6 => network + 20,
        1 | 17 | 58 => network + 8,
        _ => network,
    }
}

#[cfg(test)]
mod tests;
