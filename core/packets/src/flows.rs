//! The table of open flows: packets in, events out.

use ward_kernel::time::{HOUR, SECOND};
use ward_kernel::{Addr, Time};
use ward_records::{Event, Sink, What, mark};

use crate::bytes::be16;
use crate::decode::{Decoded, Packet, decode};
use crate::export::{self, Export};
use crate::flow::{ATTEMPT, BRIEF, CLOSED, Flow, OPEN, QUIET};
use crate::http;
use crate::link::{self, Carried};
use crate::slots::{Key, Slots};
use crate::tcp::Segment;
use crate::web::Conversation;

/// Open flows unless told otherwise.
const MAX_OPEN: usize = 100_000;

/// Bytes of web requests kept at once; beyond it requests are delivered without their answer.
const MAX_WEB: usize = 32 << 20;

/// The open flows of one capture.
#[derive(Debug)]
pub(crate) struct Flows {
    table: Slots<Flow>,
    limit: usize,
    web_bytes: usize,
    exports: Export,
    /// Datagrams of flow exports so far.
    datagrams: u64,
    /// What has been said once and is not said again.
    said: Said,
}

#[derive(Debug, Default)]
struct Said {
    limit: bool,
    link: bool,
    export: bool,
}

/// Where a packet stands, and when it passed.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: u64,
    time: Time,
}

impl Flows {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            table: Slots::new(seed),
            limit: MAX_OPEN,
            web_bytes: 0,
            exports: Export::new(),
            datagrams: 0,
            said: Said::default(),
        }
    }

    /// Datagrams of flow exports so far.
    pub(crate) const fn datagrams(&self) -> u64 {
        self.datagrams
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit.max(1);
    }

    /// Reads one frame.
    pub(crate) fn frame<S: Sink>(
        &mut self,
        at: u64,
        time: Time,
        link_type: u16,
        frame: &[u8],
        sink: &mut S,
    ) {
        if !link::is_known(link_type) && !std::mem::replace(&mut self.said.link, true) {
            sink.problem(at, frame.get(..64).unwrap_or(frame), "the link type is not supported");
        }
        self.expire(time, sink);
        match link::carried(link_type, frame) {
            Carried::Ip(packet) => self.packet(Place { at, time }, packet, sink),
            Carried::Other => sink.aside(at, Some(time)),
            Carried::Cut => sink.problem(at, frame, "a frame is cut within its link header"),
        }
    }

    /// Ends all flows.
    pub(crate) fn finish<S: Sink>(&mut self, sink: &mut S) {
        let mut rest = self.table.drain();
        rest.sort_by_key(|(_, flow)| flow.at);
        for (key, flow) in rest {
            self.deliver(&key, flow, sink);
        }
        self.exports.finish(sink);
    }

    fn packet<S: Sink>(&mut self, place: Place, bytes: &[u8], sink: &mut S) {
        match decode(bytes) {
            Decoded::Packet(packet) => {
                let understood = match packet.protocol {
                    6 => self.tcp(place, &packet, sink),
                    17 => self.udp(place, &packet, sink),
                    1 | 58 => self.icmp(place, &packet, sink),
                    _ => {
                        let (key, sender) =
                            Key::of((packet.from, 0), (packet.to, 0), packet.protocol, 0);
                        self.datagram(place, key, sender, packet.length, sink);
                        Some(())
                    }
                };
                if understood.is_none() {
                    let beginning = bytes.get(..64).unwrap_or(bytes);
                    sink.problem(
                        place.at,
                        beginning,
                        "a packet is cut within its transport header",
                    );
                }
            }
            Decoded::Fragment => sink.aside(place.at, Some(place.time)),
            Decoded::Bad(why) => {
                sink.problem(place.at, bytes.get(..64).unwrap_or(bytes), why);
            }
        }
    }

    fn tcp<S: Sink>(&mut self, place: Place, packet: &Packet<'_>, sink: &mut S) -> Option<()> {
        let segment = Segment::parse(packet)?;
        let from = (packet.from, segment.from_port);
        let (key, sender) = Key::of(from, (packet.to, segment.to_port), 6, 0);
        let mut found = self.table.find(&key);
        if let Some(id) = found
            && segment.is_opening()
            && self.table.get_mut(id).is_some_and(|flow| flow.is_closed())
        {
            self.end(id, sink);
            found = None;
        }
        let id = match found {
            Some(id) => id,
            None => {
                let answers = segment.is_agreeing() || segment.is_refusal();
                let source = if answers { 1 - sender } else { sender };
                let mut flow = Flow::new(place.at, place.time, source);
                if segment.is_opening() {
                    flow.mark = mark_of(packet, &segment);
                }
                self.open(key, ATTEMPT, flow, place, sink)
            }
        };
        let flow = self.table.get_mut(id)?;
        flow.last = flow.last.max(place.time);
        let fresh = flow.segment(sender, &segment);
        let queue = flow.queue();
        self.table.touch(id, queue);
        if fresh && !segment.payload.is_empty() {
            self.web(place, id, &key, sender, &segment, sink);
        }
        Some(())
    }

    fn udp<S: Sink>(&mut self, place: Place, packet: &Packet<'_>, sink: &mut S) -> Option<()> {
        let (from_port, to_port) = (be16(packet.body, 0)?, be16(packet.body, 2)?);
        let from = (packet.from, from_port);
        let (key, sender) = Key::of(from, (packet.to, to_port), 17, 0);
        let length = packet.length.saturating_sub(8);
        let id = self.datagram(place, key, sender, length, sink);
        let payload = packet.body.get(8..).unwrap_or_default();
        if !export::COLLECTOR_PORTS.contains(&to_port) || !export::may_be_export(payload, length) {
            return Some(());
        }
        self.table.get_mut(id)?.carrier = true;
        if payload.len() >= length {
            self.datagrams = self.datagrams.saturating_add(1);
            self.exports.push(packet.from, place.at, place.time, payload, sink);
        } else if !std::mem::replace(&mut self.said.export, true) {
            let why = "flow exports are cut by the capture's length limit and not read";
            sink.problem(place.at, payload.get(..64).unwrap_or(payload), why);
        }
        Some(())
    }

    fn icmp<S: Sink>(&mut self, place: Place, packet: &Packet<'_>, sink: &mut S) -> Option<()> {
        let body = packet.body;
        let kind_code = be16(body, 0)?;
        let kind = body.first().copied()?;
        let v6 = packet.protocol == 58;
        let request = match (v6, kind) {
            (false, 3 | 4 | 5 | 11 | 12) | (true, 1..=4) => {
                let unreachable = kind == if v6 { 1 } else { 3 };
                if let Some(quoted) = body.get(8..).filter(|_| unreachable) {
                    self.unreachable(quoted);
                }
                sink.aside(place.at, Some(place.time));
                return Some(());
            }
            // Neighbours, routers and group members: a link's own talk.
            (false, 9 | 10) | (true, 130..=137 | 141..=143 | 148..=153) => {
                sink.aside(place.at, Some(place.time));
                return Some(());
            }
            (false, 8 | 13 | 15 | 17) | (true, 128 | 139) => Some((kind, true)),
            (false, 0) => Some((8, false)),
            (false, 14 | 16 | 18) | (true, 129 | 140) => Some((kind - 1, false)),
            _ => None,
        };
        let (asked, asks) = request.unwrap_or((kind, true));
        let identifier = if request.is_some() { be16(body, 4).unwrap_or(0) } else { 0 };
        let ends = ((packet.from, identifier), (packet.to, identifier));
        let (key, sender) = Key::of(ends.0, ends.1, packet.protocol, u32::from(asked) + 1);
        let length = packet.length.saturating_sub(8);
        let known = self.table.find(&key).is_some();
        let id = self.datagram(place, key, sender, length, sink);
        let flow = self.table.get_mut(id)?;
        if !known {
            flow.source = if asks { sender } else { 1 - sender };
            flow.icmp = Some(if asks { kind_code } else { u16::from(asked) << 8 });
        }
        Some(())
    }

    /// Counts a packet of a flow without connections.
    fn datagram<S: Sink>(
        &mut self,
        place: Place,
        key: Key,
        sender: usize,
        length: usize,
        sink: &mut S,
    ) -> u32 {
        let id = match self.table.find(&key) {
            Some(id) => id,
            None => {
                let flow = Flow::new(place.at, place.time, sender);
                self.open(key, BRIEF, flow, place, sink)
            }
        };
        if let Some(flow) = self.table.get_mut(id) {
            flow.last = flow.last.max(place.time);
            flow.datagram(sender, length);
        }
        self.table.touch(id, BRIEF);
        id
    }

    /// Somebody says that a packet could not be delivered, and quotes its beginning.
    fn unreachable(&mut self, quoted: &[u8]) {
        let Decoded::Packet(packet) = decode(quoted) else { return };
        let body = packet.body;
        let (ports, scope) = match packet.protocol {
            6 | 17 => (be16(body, 0).zip(be16(body, 2)), 0),
            1 | 58 => {
                let identifier = be16(body, 4);
                (identifier.zip(identifier), u32::from(body.first().copied().unwrap_or(0)) + 1)
            }
            _ => (Some((0, 0)), 0),
        };
        let Some((from_port, to_port)) = ports else { return };
        let from = (packet.from, from_port);
        let (key, sender) = Key::of(from, (packet.to, to_port), packet.protocol, scope);
        let found = self.table.find(&key);
        if let Some(flow) = found.and_then(|id| self.table.get_mut(id)) {
            flow.unreachable |= flow.source == sender;
        }
    }

    /// Follows web requests: `segment` holds payload not seen before.
    fn web<S: Sink>(
        &mut self,
        place: Place,
        id: u32,
        key: &Key,
        sender: usize,
        segment: &Segment<'_>,
        sink: &mut S,
    ) {
        let Some(flow) = self.table.get_mut(id) else { return };
        match flow.web.take() {
            Some(mut asked) if asked.client() == sender => {
                let before = asked.len();
                asked.add(segment);
                self.web_bytes = self.web_bytes.saturating_add(asked.len() - before);
                flow.web = Some(asked);
            }
            Some(asked) => {
                let answer = http::answer(segment.payload);
                if answer.is_some_and(|(status, _)| status < 200) {
                    // "100 Continue": the answer is still to come.
                    flow.web = Some(asked);
                    return;
                }
                self.web_bytes = self.web_bytes.saturating_sub(asked.len());
                asked.deliver(key.end(1 - sender).0, key.end(sender).0, answer, sink);
            }
            None => {
                let begun = Conversation::begin(sender, place.at, place.time, segment);
                match begun {
                    Some(asked) if self.web_bytes >= MAX_WEB => {
                        asked.deliver(key.end(sender).0, key.end(1 - sender).0, None, sink);
                    }
                    Some(asked) => {
                        self.web_bytes = self.web_bytes.saturating_add(asked.len());
                        flow.web = Some(Box::new(asked));
                    }
                    None => {}
                }
            }
        }
    }

    /// Puts a new flow into the table, which has room afterwards.
    fn open<S: Sink>(
        &mut self,
        key: Key,
        queue: usize,
        flow: Flow,
        place: Place,
        sink: &mut S,
    ) -> u32 {
        while self.table.len() >= self.limit {
            if !std::mem::replace(&mut self.said.limit, true) {
                let why = "more flows are open than the limit: the quietest are ended early";
                sink.problem(place.at, b"", why);
            }
            let quietest = [CLOSED, ATTEMPT, BRIEF, OPEN]
                .into_iter()
                .find_map(|queue| self.table.front(queue).map(|(id, _)| id));
            match quietest {
                Some(id) => self.end(id, sink),
                None => break,
            }
        }
        self.table.insert(key, queue, flow)
    }

    /// Ends the flows that have been quiet for too long. A flow from the future (a clock that
    /// jumped) is ended as well, or it would stand before all others for ever.
    fn expire<S: Sink>(&mut self, now: Time, sink: &mut S) {
        for (queue, quiet) in QUIET.into_iter().enumerate() {
            while let Some((id, flow)) = self.table.front(queue) {
                let since = now.since(flow.last);
                if since <= quiet && since >= -HOUR {
                    break;
                }
                self.end(id, sink);
            }
        }
    }

    fn end<S: Sink>(&mut self, id: u32, sink: &mut S) {
        if let Some((key, flow)) = self.table.remove(id) {
            self.deliver(&key, flow, sink);
        }
    }

    fn deliver<S: Sink>(&mut self, key: &Key, mut flow: Flow, sink: &mut S) {
        if let Some(asked) = flow.web.take() {
            self.web_bytes = self.web_bytes.saturating_sub(asked.len());
            let (client, server) = (key.end(asked.client()).0, key.end(1 - asked.client()).0);
            asked.deliver(client, server, None, sink);
        }
        sink.event(flow.at, &event(key, &flow));
    }
}

fn event(key: &Key, flow: &Flow) -> Event<'static> {
    let (source, source_port) = key.end(flow.source);
    let (target, port): (Addr, u16) = key.end(1 - flow.source);
    let (sent, received) = flow.bytes();
    #[expect(clippy::cast_possible_truncation, reason = "seconds are for people: f32 will do")]
    let seconds = (flow.last.since(flow.first).max(0) as f64 / SECOND as f64) as f32;
    let what = ward_records::Flow {
        target,
        port: flow.icmp.unwrap_or(port),
        source_port: if flow.icmp.is_some() { 0 } else { source_port },
        protocol: key.protocol,
        touch: flow.touch(key),
        sent: Some(sent),
        received: Some(received),
        seconds: Some(seconds),
        outward: None,
        mark: flow.mark,
    };
    Event { time: flow.first, source, what: What::Flow(what) }
}

/// The fingerprint of an opening packet. A maximum segment size is no more than nmap's raw SYN
/// says; any stack in use says more.
fn mark_of(packet: &Packet<'_>, segment: &Segment<'_>) -> u32 {
    mark::of(packet.id, Some(segment.window).filter(|_| segment.header <= 24))
}
