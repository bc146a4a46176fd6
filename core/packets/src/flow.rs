//! One flow of a capture and the judgement of how it ended.

use ward_kernel::Time;
use ward_kernel::time::SECOND;
use ward_records::Touch;

use crate::slots::{Key, QUEUES};
use crate::tcp::{ACK, FIN, RST, SYN, Segment};
use crate::web::Conversation;

/// Queue of TCP connections that are over.
pub(crate) const CLOSED: usize = 0;
/// Queue of TCP openings that nobody agreed to.
pub(crate) const ATTEMPT: usize = 1;
/// Queue of everything without connections.
pub(crate) const BRIEF: usize = 2;
/// Queue of TCP connections.
pub(crate) const OPEN: usize = 3;

/// How long a flow of each queue may be quiet, in microseconds.
pub(crate) const QUIET: [i64; QUEUES] = [5 * SECOND, 30 * SECOND, 60 * SECOND, 300 * SECOND];

/// Port of an ICMP echo request: type 8, code 0.
pub(crate) const ECHO: u16 = 8 << 8;

/// What one side has sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Side {
    /// Anything at all.
    any: bool,
    /// A SYN without ACK, or a segment that only scanners send.
    opening: bool,
    /// Only the latter.
    stealthy: bool,
    /// A SYN with ACK.
    agreed: bool,
    /// An ACK without SYN.
    acknowledged: bool,
    closed: bool,
    reset: bool,
    /// Payload after the handshake.
    data: bool,
    /// Payload bytes, retransmissions not counted again.
    bytes: u64,
    /// Sequence number that should come next.
    next: Option<u32>,
}

/// One flow.
#[derive(Debug)]
pub(crate) struct Flow {
    /// Offset of its first packet in the file.
    pub(crate) at: u64,
    pub(crate) first: Time,
    pub(crate) last: Time,
    /// Which end of the key acts.
    pub(crate) source: usize,
    /// Type and code of ICMP.
    pub(crate) icmp: Option<u16>,
    /// Fingerprint of the opening packet.
    pub(crate) mark: u32,
    /// Somebody on the way said that the target is unreachable.
    pub(crate) unreachable: bool,
    /// It carries flow exports.
    pub(crate) carrier: bool,
    /// The web request that waits for its answer.
    pub(crate) web: Option<Box<Conversation>>,
    sides: [Side; 2],
}

impl Flow {
    /// A flow that begins with a packet of `source`.
    pub(crate) fn new(at: u64, time: Time, source: usize) -> Self {
        Self {
            at,
            first: time,
            last: time,
            source,
            icmp: None,
            mark: 0,
            unreachable: false,
            carrier: false,
            web: None,
            sides: [Side::default(); 2],
        }
    }

    /// What one end has sent.
    pub(crate) fn side(&self, which: usize) -> &Side {
        let [low, high] = &self.sides;
        if which == 0 { low } else { high }
    }

    fn side_mut(&mut self, which: usize) -> &mut Side {
        let [low, high] = &mut self.sides;
        if which == 0 { low } else { high }
    }

    /// Payload bytes of the source and of the target.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        (self.side(self.source).bytes, self.side(1 - self.source).bytes)
    }

    /// Counts a packet without connections.
    pub(crate) fn datagram(&mut self, sender: usize, length: usize) {
        let side = self.side_mut(sender);
        side.any = true;
        side.bytes = side.bytes.saturating_add(length as u64);
    }

    /// Counts a TCP segment. Whether its payload is new and what has been seen before it is in
    /// order.
    pub(crate) fn segment(&mut self, sender: usize, segment: &Segment<'_>) -> bool {
        let began = self.sides.iter().any(|side| side.opening && !side.stealthy);
        let side = self.side_mut(sender);
        side.any = true;
        side.opening |= segment.is_opening() || segment.is_stealthy();
        side.stealthy |= segment.is_stealthy();
        side.agreed |= segment.is_agreeing();
        side.acknowledged |= segment.flags & (SYN | ACK | RST) == ACK;
        side.closed |= segment.flags & FIN != 0 && segment.flags & ACK != 0;
        side.reset |= segment.flags & RST != 0;
        side.data |= segment.length > 0 && segment.flags & (SYN | RST) == 0;
        let fresh = side.count(segment);
        // Packets may be captured in the wrong order: the first opening decides who began.
        if segment.is_opening() && !began {
            self.source = sender;
        }
        fresh
    }

    /// Whether both sides are done, so that the same ports may begin anew.
    pub(crate) fn is_closed(&self) -> bool {
        let [low, high] = &self.sides;
        low.reset || high.reset || (low.closed && high.closed)
    }

    /// Which timeout a TCP flow has.
    pub(crate) fn queue(&self) -> usize {
        if self.is_closed() {
            CLOSED
        } else if self.sides.iter().any(|side| side.acknowledged || side.data) {
            OPEN
        } else {
            ATTEMPT
        }
    }

    /// How the flow ended.
    pub(crate) fn touch(&self, key: &Key) -> Touch {
        let (source, target) = (self.side(self.source), self.side(1 - self.source));
        match key.protocol {
            _ if self.carrier => Touch::Unknown,
            6 => tcp(source, target),
            1 | 58 if !source.any => Touch::Aside,
            _ if target.any => Touch::Answered,
            _ if self.unreachable => Touch::Failed,
            _ => Touch::Unknown,
        }
    }
}

impl Side {
    /// Counts payload that has not been counted before; whether there was any.
    fn count(&mut self, segment: &Segment<'_>) -> bool {
        if segment.flags & RST != 0 || segment.hidden {
            return false;
        }
        let length = u32::try_from(segment.length).unwrap_or(u32::MAX);
        let occupied = length.wrapping_add(u32::from(segment.flags & SYN != 0));
        let end = segment.sequence.wrapping_add(occupied);
        let next = *self.next.get_or_insert(segment.sequence);
        // Sequence numbers are compared on the circle: the upper half lies behind.
        let new = end.wrapping_sub(next);
        if new == 0 || new > u32::MAX / 2 {
            return false;
        }
        self.next = Some(end);
        self.bytes = self.bytes.saturating_add(u64::from(new.min(length)));
        length > 0 && segment.sequence.wrapping_sub(next) <= u32::MAX / 2
    }
}

/// Zeek's connection states, folded into how far the source got.
fn tcp(source: &Side, target: &Side) -> Touch {
    if !source.opening {
        return Touch::Aside;
    }
    if target.agreed {
        let both_closed = source.closed && target.closed;
        let used = source.data || target.data || both_closed;
        return if used { Touch::Answered } else { Touch::Opened };
    }
    if target.data {
        // The agreement itself was not captured.
        return Touch::Answered;
    }
    if target.reset {
        return Touch::Failed;
    }
    // What the source acknowledges, it received: only the other half was not captured.
    let half_seen = source.acknowledged && !source.stealthy;
    if target.any || half_seen { Touch::Aside } else { Touch::Failed }
}
