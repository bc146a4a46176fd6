//! Flow exports: NetFlow v5, v9 (RFC 3954) and IPFIX (RFC 7011) messages.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use netflow_parser::static_versions::v5::V5;
use netflow_parser::variable_versions::field_value::FieldValue;
use netflow_parser::variable_versions::ipfix::lookup::IPFixField;
use netflow_parser::variable_versions::ipfix::{FlowSetBody as IpfixBody, IPFix};
use netflow_parser::variable_versions::v9::{FlowSetBody as V9Body, OptionsDataFields, V9};
use netflow_parser::{AutoScopedParser, NetflowPacket, NetflowParser, V9FieldPair};
use ward_kernel::time::HOUR;
use ward_kernel::{Addr, Time};
use ward_records::{Event, Loss, Sink, What};

use crate::bytes::{be16, be32};
use crate::half::{Clock, Half};
use crate::pair::{self, APART, Waiting, Way};
use crate::slots::Slots;

/// Ports that collectors listen on by custom or registration.
pub(crate) const COLLECTOR_PORTS: [u16; 6] = [2055, 2056, 4432, 4739, 9995, 9996];

/// Exporters that are told apart; more share one account.
const MAX_EXPORTERS: usize = 1024;
/// Directions that wait for their reverse.
const MAX_WAITING: usize = 100_000;
/// A jump of a sequence number beyond this is a restart, not a loss.
const MAX_GAP: u32 = 1 << 24;

/// A collector of flow exports: messages in, paired flows out as [`ward_records::Flow`] events.
///
/// Exporters describe each direction by itself; a direction waits two minutes for its reverse.
/// Exporters that sample are believed in nothing but that a contact was
/// ([`ward_records::Touch::Unknown`]). Gaps in the sequence numbers come as
/// [`ward_records::Loss`] `export_sequence`.
#[derive(Debug)]
pub struct Export {
    parser: AutoScopedParser,
    /// Numbers of exporters by address, version and domain.
    numbers: BTreeMap<(Addr, u16, u32), u32>,
    exporters: Vec<Exporter>,
    waiting: Slots<Waiting>,
    crowded: bool,
    pub(crate) file: crate::export_file::Framing,
}

/// What is known of one exporter.
#[derive(Clone, Debug, Default)]
struct Exporter {
    name: String,
    /// Sequence number that the next message should have.
    next: Option<u32>,
    sampled: bool,
    /// Data before its template has been reported.
    said: bool,
    boot: Option<Time>,
}

/// One message on its way through.
#[derive(Clone, Copy, Debug)]
struct Message {
    at: u64,
    /// When it came.
    time: Time,
    exporter: u32,
}

impl Default for Export {
    fn default() -> Self {
        Self::new()
    }
}

impl Export {
    /// A collector that has heard nothing yet.
    #[must_use]
    pub fn new() -> Self {
        // Templates are all that exporters can make the parser keep: 64 sources with 64 templates
        // of 200 fields are some ten megabytes.
        let parser = NetflowParser::builder()
            .with_cache_size(64)
            .with_max_field_count(200)
            .with_max_template_total_size(8192)
            .with_max_error_sample_size(64)
            .try_multi_source()
            .and_then(|parser| parser.with_max_sources(64))
            .unwrap_or_default();
        Self {
            parser,
            numbers: BTreeMap::new(),
            exporters: Vec::new(),
            waiting: Slots::new(0),
            crowded: false,
            file: crate::export_file::Framing::default(),
        }
    }

    /// Reads one message (a datagram) that `exporter` sent and that arrived at `time`; `at` is its
    /// place in the file, if it comes from one.
    pub fn push(
        &mut self,
        exporter: Addr,
        at: u64,
        time: Time,
        datagram: &[u8],
        sink: &mut impl Sink,
    ) {
        self.expire(time, sink);
        let source = SocketAddr::new(IpAddr::from(exporter), 0);
        let result = self.parser.parse_from_source(source, datagram);
        for packet in &result.packets {
            match packet {
                NetflowPacket::V5(v5) => self.v5(exporter, at, time, v5, sink),
                NetflowPacket::V9(v9) => self.v9(exporter, at, time, v9, sink),
                NetflowPacket::IPFix(ipfix) => self.ipfix(exporter, at, time, ipfix, sink),
                _ => sink.aside(at, Some(time)),
            }
        }
        if result.error.is_some() {
            let beginning = datagram.get(..64).unwrap_or(datagram);
            sink.problem(at, beginning, "a flow export message is damaged or of no known version");
        }
    }

    /// No more will come: the directions that still wait come now, alone.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        self.end_of_file(sink);
        let mut rest = self.waiting.drain();
        rest.sort_by_key(|(key, waiting)| (waiting.at, *key));
        for (_, waiting) in rest {
            self.alone(&waiting, sink);
        }
    }

    fn v5(&mut self, from: Addr, at: u64, time: Time, message: &V5, sink: &mut impl Sink) {
        let header = &message.header;
        let engine = u32::from(header.engine_type) << 8 | u32::from(header.engine_id);
        let message_at = Message { at, time, exporter: self.number(from, 5, engine) };
        let records = u32::try_from(message.flowsets.len()).unwrap_or(0);
        self.sequence(message_at, header.flow_sequence, Some(records), sink);
        // Two bits of mode, fourteen of interval.
        if header.sampling_interval & 0x3fff > 1 {
            self.sampled(message_at, sink);
        }
        let exported =
            Time::from_secs(i64::from(header.unix_secs)).plus(i64::from(header.unix_nsecs / 1000));
        let clock = Clock::with_uptime(exported, header.sys_up_time);
        for record in &message.flowsets {
            self.half(message_at, Half::of_v5(record, &clock), exported, sink);
        }
    }

    fn v9(&mut self, from: Addr, at: u64, time: Time, message: &V9, sink: &mut impl Sink) {
        let header = &message.header;
        let message_at = Message { at, time, exporter: self.number(from, 9, header.source_id) };
        self.sequence(message_at, header.sequence_number, Some(1), sink);
        let exported = Time::from_secs(i64::from(header.unix_secs));
        let mut clock = Clock::with_uptime(exported, header.sys_up_time);
        let mut quiet = true;
        for set in &message.flowsets {
            match &set.body {
                V9Body::Data(data) => {
                    quiet = false;
                    for record in &data.fields {
                        let half = v9_half(record, &mut clock);
                        self.half(message_at, half, exported, sink);
                    }
                }
                V9Body::OptionsData(options) => {
                    for record in &options.fields {
                        self.v9_options(message_at, record, &mut clock, sink);
                    }
                }
                V9Body::NoTemplate(_) => {
                    quiet = false;
                    self.untold(message_at, sink);
                }
                _ => {}
            }
        }
        if quiet {
            sink.aside(at, Some(time));
        }
    }

    fn v9_options(
        &mut self,
        message: Message,
        record: &OptionsDataFields,
        clock: &mut Clock,
        sink: &mut impl Sink,
    ) {
        if v9_half(&record.options_fields, clock).sampled {
            self.sampled(message, sink);
        }
    }

    fn ipfix(&mut self, from: Addr, at: u64, time: Time, message: &IPFix, sink: &mut impl Sink) {
        let header = &message.header;
        let number = self.number(from, 10, header.observation_domain_id);
        let message_at = Message { at, time, exporter: number };
        let exported = Time::from_secs(i64::from(header.export_time));
        let boot = self.exporter(number).and_then(|exporter| exporter.boot);
        let mut clock = Clock { exported, boot };
        // Sequence numbers count data records: unknown while a template is missing.
        let (mut records, mut unread) = (0_u32, false);
        // Before the records, so that a loss comes before what follows it.
        for set in &message.flowsets {
            match count(&set.body) {
                Some(number) => records = records.saturating_add(number),
                None => unread = true,
            }
        }
        let records_known = (!unread).then_some(records);
        self.sequence(message_at, header.sequence_number, records_known, sink);
        for set in &message.flowsets {
            self.ipfix_set(message_at, &set.body, &mut clock, sink);
        }
        if let Some(exporter) = self.exporter(number) {
            exporter.boot = clock.boot;
        }
        if records == 0 && !unread {
            sink.aside(at, Some(time));
        }
    }

    fn ipfix_set(
        &mut self,
        message: Message,
        body: &IpfixBody,
        clock: &mut Clock,
        sink: &mut impl Sink,
    ) {
        let exported = clock.exported;
        match body {
            IpfixBody::Data(data) => {
                for record in &data.fields {
                    let half = ipfix_half(record, clock);
                    self.half(message, half, exported, sink);
                }
            }
            IpfixBody::V9Data(data) => {
                for record in &data.fields {
                    let half = v9_half(record, clock);
                    self.half(message, half, exported, sink);
                }
            }
            IpfixBody::OptionsData(options) => {
                for record in &options.fields {
                    if ipfix_half(record, clock).sampled {
                        self.sampled(message, sink);
                    }
                }
            }
            IpfixBody::V9OptionsData(options) => {
                for record in &options.fields {
                    self.v9_options(message, record, clock, sink);
                }
            }
            IpfixBody::NoTemplate(_) => self.untold(message, sink),
            _ => {}
        }
    }

    /// One direction: it meets its reverse, is joined to an earlier part of itself, or waits.
    fn half(&mut self, message: Message, half: Half, exported: Time, sink: &mut impl Sink) {
        if half.sampled {
            self.sampled(message, sink);
        }
        let (half, back) = half.split();
        let Some(way) = Way::of(&half, exported).filter(|way| !way.is_talk()) else {
            sink.aside(message.at, Some(exported));
            return;
        };
        let sampled = self.is_sampled(message.exporter);
        if let Some(back) = back {
            sink.event(message.at, &pair::event(&way, Some(&way.reverse(back)), sampled));
            return;
        }
        let (key, _) = way.key(message.exporter);
        if let Some(id) = self.waiting.find(&key) {
            match self.waiting.get_mut(id) {
                Some(other) if way.is_same_way(&other.way) && way.is_near(&other.way) => {
                    other.way.join(&way);
                    return;
                }
                _ => {}
            }
            if let Some((_, other)) = self.waiting.remove(id) {
                if !way.is_same_way(&other.way) && way.is_near(&other.way) {
                    let at = other.at.min(message.at);
                    sink.event(at, &pair::event(&other.way, Some(&way), sampled));
                    return;
                }
                self.alone(&other, sink);
            }
        }
        self.make_room(message.at, sink);
        let Message { at, time, exporter } = message;
        self.waiting.insert(key, 0, Waiting { at, arrived: time, exporter, way });
    }

    fn make_room(&mut self, at: u64, sink: &mut impl Sink) {
        while self.waiting.len() >= MAX_WAITING {
            if !std::mem::replace(&mut self.crowded, true) {
                sink.problem(at, b"", "more exported flows wait for their reverse than the limit");
            }
            let Some((id, _)) = self.waiting.front(0) else { return };
            if let Some((_, waiting)) = self.waiting.remove(id) {
                self.alone(&waiting, sink);
            }
        }
    }

    fn expire(&mut self, now: Time, sink: &mut impl Sink) {
        while let Some((id, waiting)) = self.waiting.front(0) {
            let since = now.since(waiting.arrived);
            if (-HOUR..=APART).contains(&since) {
                return;
            }
            if let Some((_, waiting)) = self.waiting.remove(id) {
                self.alone(&waiting, sink);
            }
        }
    }

    fn alone(&self, waiting: &Waiting, sink: &mut impl Sink) {
        let sampled = self.is_sampled(waiting.exporter);
        sink.event(waiting.at, &pair::event(&waiting.way, None, sampled));
    }

    /// Data whose template has not come: their number is unknown, so the set counts as one.
    fn untold(&mut self, message: Message, sink: &mut impl Sink) {
        sink.aside(message.at, Some(message.time));
        let first = self
            .exporter(message.exporter)
            .is_some_and(|exporter| !std::mem::replace(&mut exporter.said, true));
        if first {
            let name = self.name(message.exporter);
            let why = "an exporter's records came before their template and are not read";
            sink.problem(message.at, name.as_bytes(), why);
        }
    }

    fn sampled(&mut self, message: Message, sink: &mut impl Sink) {
        let first = self
            .exporter(message.exporter)
            .is_some_and(|exporter| !std::mem::replace(&mut exporter.sampled, true));
        if first {
            self.loss("sampling", 0, message, sink);
        }
    }

    /// Compares a message's sequence number with what the one before promised. `step` is how far
    /// this message moves it; `None` when unknown.
    fn sequence(&mut self, message: Message, number: u32, step: Option<u32>, sink: &mut impl Sink) {
        let Some(exporter) = self.exporter(message.exporter) else { return };
        let gap = exporter.next.map_or(0, |next| number.wrapping_sub(next));
        exporter.next = step.map(|step| number.wrapping_add(step));
        if gap > 0 && gap < MAX_GAP {
            self.loss("export_sequence", u64::from(gap), message, sink);
        }
    }

    fn loss(&self, by: &'static str, lost: u64, message: Message, sink: &mut impl Sink) {
        let name = self.name(message.exporter);
        let loss = Loss { by, lost, of: None, part: name.as_bytes() };
        let event = Event { time: message.time, source: Addr::default(), what: What::Loss(loss) };
        sink.event(message.at, &event);
    }

    fn number(&mut self, from: Addr, version: u16, domain: u32) -> u32 {
        let known = self.numbers.get(&(from, version, domain)).copied();
        if let Some(number) = known {
            return number;
        }
        // The last account is shared by all that come too late, and follows no sequence.
        if self.exporters.len() >= MAX_EXPORTERS {
            return u32::MAX;
        }
        let number = u32::try_from(self.exporters.len()).unwrap_or(u32::MAX);
        let name = format!("{from}/{domain}");
        self.exporters.push(Exporter { name, ..Exporter::default() });
        self.numbers.insert((from, version, domain), number);
        number
    }

    fn exporter(&mut self, number: u32) -> Option<&mut Exporter> {
        self.exporters.get_mut(number as usize)
    }

    fn name(&self, number: u32) -> String {
        self.exporters.get(number as usize).map_or_else(String::new, |one| one.name.clone())
    }

    fn is_sampled(&self, number: u32) -> bool {
        self.exporters.get(number as usize).is_some_and(|one| one.sampled)
    }
}

/// Whether a datagram of `length` bytes looks like an export, by its header alone.
pub(crate) fn may_be_export(datagram: &[u8], length: usize) -> bool {
    let set = |at, lowest: u16| {
        be16(datagram, at).is_some_and(|id| id == lowest || id == lowest + 1 || id >= 256)
            && be16(datagram, at + 2).is_some_and(|set| set >= 4 && usize::from(set) <= length - at)
    };
    match be16(datagram, 0) {
        Some(5) => {
            let count = be16(datagram, 2).map_or(0, usize::from);
            (1..=30).contains(&count) && length == 24 + 48 * count
        }
        Some(9) => length >= 24 && set(20, 0),
        Some(10) => {
            length >= 20 && be16(datagram, 2).map(usize::from) == Some(length) && set(16, 2)
        }
        _ => false,
    }
}

/// Export time of a v5 or IPFIX message.
pub(crate) fn export_time(message: &[u8]) -> Option<Time> {
    let at = if be16(message, 0)? == 5 { 8 } else { 4 };
    be32(message, at).map(|seconds| Time::from_secs(i64::from(seconds)))
}

/// Data records of a set; `None` when they cannot be counted.
fn count(body: &IpfixBody) -> Option<u32> {
    let records = match body {
        IpfixBody::Data(data) => data.fields.len(),
        IpfixBody::V9Data(data) => data.fields.len(),
        IpfixBody::OptionsData(options) => options.fields.len(),
        IpfixBody::V9OptionsData(options) => options.fields.len(),
        IpfixBody::NoTemplate(_) => return None,
        _ => 0,
    };
    u32::try_from(records).ok()
}

fn v9_half(record: &[V9FieldPair], clock: &mut Clock) -> Half {
    let mut half = Half::default();
    for (field, value) in record {
        half.set(u16::from(*field), value, clock);
    }
    half
}

fn ipfix_half(record: &[(IPFixField, FieldValue)], clock: &mut Clock) -> Half {
    let mut half = Half::default();
    for (field, value) in record {
        half.set_ipfix(*field, value, clock);
    }
    half
}
