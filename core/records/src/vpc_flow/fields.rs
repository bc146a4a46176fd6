//! Fields of a flow record by the names of a header.

use ward_kernel::Addr;

use crate::{field, text};

/// The fields that matter here; all others are skipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Column {
    Interface,
    Source,
    Target,
    /// The address inside, where `srcaddr` is that of a load balancer or gateway.
    PacketSource,
    PacketTarget,
    SourcePort,
    TargetPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    Status,
    Flags,
    Direction,
    Other,
}

/// Which field stands where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Columns(Vec<Column>);

/// The most fields that a header may name: AWS has about forty.
const MOST: usize = 128;

impl Columns {
    /// The default format.
    pub(super) fn version_2() -> Self {
        use Column::{
            Action, Bytes, End, Interface, Other, Packets, Protocol, Source, SourcePort, Start,
            Status, Target, TargetPort,
        };
        Self(vec![
            Other, Other, Interface, Source, Target, SourcePort, TargetPort, Protocol, Packets,
            Bytes, Start, End, Action, Status,
        ])
    }

    /// The columns that a header line names; `None` when it is no header.
    pub(super) fn header(line: &[u8]) -> Option<Self> {
        memchr::memmem::find(line, b"srcaddr")?;
        let mut columns = Vec::new();
        for word in words(without_stamp(line)) {
            if columns.len() == MOST || !word.iter().all(|byte| is_of_name(*byte)) {
                return None;
            }
            columns.push(column(word));
        }
        let has = |one, other| columns.contains(&one) || columns.contains(&other);
        let both =
            has(Column::Source, Column::PacketSource) && has(Column::Target, Column::PacketTarget);
        both.then_some(Self(columns))
    }

    /// What a line says by these columns.
    pub(super) fn read<'a>(&self, line: &'a [u8]) -> Record<'a> {
        let mut record = Record::default();
        let (mut inner_source, mut inner_target) = (None, None);
        for (word, column) in words(without_stamp(line)).zip(&self.0) {
            match column {
                Column::Interface => record.interface = word,
                Column::Source => record.source = Addr::parse(word),
                Column::Target => record.target = Addr::parse(word),
                Column::PacketSource => inner_source = Addr::parse(word),
                Column::PacketTarget => inner_target = Addr::parse(word),
                Column::SourcePort => record.source_port = field::u16(word),
                Column::TargetPort => record.target_port = field::u16(word),
                Column::Protocol => {
                    record.protocol = field::uint(word).and_then(|number| number.try_into().ok());
                }
                Column::Packets => record.packets = field::uint(word),
                Column::Bytes => record.bytes = field::uint(word),
                Column::Start => record.start = field::uint(word),
                Column::End => record.end = field::uint(word),
                Column::Action => record.action = word,
                Column::Status => record.status = word,
                Column::Flags => record.flags = field::u16(word),
                Column::Direction => record.direction = word,
                Column::Other => {}
            }
        }
        record.source = inner_source.or(record.source);
        record.target = inner_target.or(record.target);
        record
    }
}

/// What a record says; `-` and what the columns lack are nothing.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) interface: &'a [u8],
    pub(super) source: Option<Addr>,
    pub(super) target: Option<Addr>,
    pub(super) source_port: Option<u16>,
    pub(super) target_port: Option<u16>,
    pub(super) protocol: Option<u8>,
    pub(super) packets: Option<u64>,
    pub(super) bytes: Option<u64>,
    /// Seconds since 1970.
    pub(super) start: Option<u64>,
    /// Seconds since 1970.
    pub(super) end: Option<u64>,
    pub(super) action: &'a [u8],
    pub(super) status: &'a [u8],
    pub(super) flags: Option<u16>,
    pub(super) direction: &'a [u8],
}

/// Without the stamp that exports from CloudWatch put before each line.
pub(super) fn without_stamp(line: &[u8]) -> &[u8] {
    let (word, rest) = text::cut(line, b' ');
    let stamped = word.len() > 19 && word.get(10) == Some(&b'T') && word.last() == Some(&b'Z');
    if stamped { rest } else { line }
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b' ').filter(|word| !word.is_empty())
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_lowercase()
        || byte.is_ascii_digit()
        || matches!(byte, b'-' | b'_' | b'$' | b'{' | b'}')
}

fn column(name: &[u8]) -> Column {
    let name = name.strip_prefix(b"${").and_then(|name| name.strip_suffix(b"}")).unwrap_or(name);
    match name {
        b"interface-id" | b"interface_id" => Column::Interface,
        b"srcaddr" => Column::Source,
        b"dstaddr" => Column::Target,
        b"pkt-srcaddr" | b"pkt_srcaddr" => Column::PacketSource,
        b"pkt-dstaddr" | b"pkt_dstaddr" => Column::PacketTarget,
        b"srcport" => Column::SourcePort,
        b"dstport" => Column::TargetPort,
        b"protocol" => Column::Protocol,
        b"packets" => Column::Packets,
        b"bytes" => Column::Bytes,
        b"start" => Column::Start,
        b"end" => Column::End,
        b"action" => Column::Action,
        b"log-status" | b"log_status" => Column::Status,
        b"tcp-flags" | b"tcp_flags" => Column::Flags,
        b"flow-direction" | b"flow_direction" => Column::Direction,
        _ => Column::Other,
    }
}
