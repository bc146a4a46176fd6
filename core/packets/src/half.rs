//! One record of an exporter: one direction of a contact, in the words of all versions.
//!
//! Information elements are named by their numbers in the IANA registry "IP Flow Information
//! Export (IPFIX) Entities"; NetFlow v9 (RFC 3954) has the same numbers up to 127.

use netflow_parser::static_versions::v5;
use netflow_parser::variable_versions::field_value::{DataNumber, DurationValue, FieldValue};
use netflow_parser::variable_versions::ipfix::lookup::{
    IANAIPFixField as Iana, IPFixField, ReverseInformationElement as Reverse,
};
use ward_kernel::{Addr, Time};

/// What an exporter says of one direction.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Half {
    pub(crate) from: Option<Addr>,
    pub(crate) to: Option<Addr>,
    pub(crate) from_port: u16,
    pub(crate) to_port: u16,
    pub(crate) protocol: u8,
    /// Type and code of ICMP, where a field of its own says them.
    pub(crate) icmp: Option<u16>,
    pub(crate) sent: Traffic,
    /// The other direction, from exporters that pair (RFC 5103).
    pub(crate) back: Option<Traffic>,
    pub(crate) first: Option<Time>,
    pub(crate) last: Option<Time>,
    /// A firewall let nothing through.
    pub(crate) denied: bool,
    /// The record itself says that packets were sampled.
    pub(crate) sampled: bool,
}

/// Counts of one direction.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) packets: u64,
    /// Octets with Internet headers.
    pub(crate) octets: u64,
    /// Flags of all packets, ORed; `None` when not exported.
    pub(crate) flags: Option<u8>,
}

impl Traffic {
    /// Whether there was any.
    fn is_some(&self) -> bool {
        self.packets > 0 || self.octets > 0
    }
}

/// What a message's header says of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// When it was exported.
    pub(crate) exported: Time,
    /// When the exporter started: what its uptimes count from. IPFIX says it in a field.
    pub(crate) boot: Option<Time>,
}

/// Seconds from 1900, where NTP counts from, to 1970.
const NTP_EPOCH: i64 = 2_208_988_800;

impl Clock {
    /// The clock of a header with an uptime in milliseconds.
    pub(crate) fn with_uptime(exported: Time, uptime: u32) -> Self {
        Self { exported, boot: Some(exported.plus(-i64::from(uptime).saturating_mul(1000))) }
    }

    /// The moment of an uptime. A value after the export is one before the counter's turn, which
    /// comes every 49.7 days.
    fn uptime(&self, millis: u64) -> Option<Time> {
        let millis = i64::try_from(millis).ok()?;
        let at = self.boot?.plus(millis.saturating_mul(1000));
        let ahead = at.since(self.exported);
        Some(if ahead > 3_600_000_000 { at.plus(-((1_i64 << 32) * 1000)) } else { at })
    }
}

impl Half {
    /// A record of NetFlow v5.
    pub(crate) fn of_v5(record: &v5::FlowSet, clock: &Clock) -> Self {
        let icmp = record.protocol_number == 1;
        Self {
            from: Some(Addr::v4(record.src_addr.to_bits())),
            to: Some(Addr::v4(record.dst_addr.to_bits())),
            from_port: record.src_port,
            to_port: record.dst_port,
            protocol: record.protocol_number,
            icmp: icmp.then_some(record.dst_port),
            sent: Traffic {
                packets: u64::from(record.d_pkts),
                octets: u64::from(record.d_octets),
                flags: Some(record.tcp_flags),
            },
            first: clock.uptime(u64::from(record.first)),
            last: clock.uptime(u64::from(record.last)),
            ..Self::default()
        }
    }

    /// Takes one field of a v9 or IPFIX record, by its number in the registry.
    pub(crate) fn set(&mut self, element: u16, value: &FieldValue, clock: &mut Clock) {
        match element {
            8 | 27 => self.from = addr(value).or(self.from),
            12 | 28 => self.to = addr(value).or(self.to),
            _ => {
                if let Some(number) = number(value) {
                    self.set_number(element, number, clock);
                }
            }
        }
    }

    fn set_number(&mut self, element: u16, number: u64, clock: &mut Clock) {
        match element {
            1 | 85 => self.sent.octets = self.sent.octets.max(number),
            2 | 86 => self.sent.packets = self.sent.packets.max(number),
            4 => self.protocol = u8::try_from(number).unwrap_or(u8::MAX),
            6 => self.sent.flags = Some(low_byte(number)),
            7 => self.from_port = u16::try_from(number).unwrap_or(0),
            11 => self.to_port = u16::try_from(number).unwrap_or(0),
            // Exporters fill the field of the other family with 0.
            32 | 139 if number > 0 || self.icmp.is_none() => {
                self.icmp = u16::try_from(number).ok();
            }
            176 | 178 => {
                self.icmp = Some(u16::from(low_byte(number)) << 8 | self.icmp.unwrap_or(0) & 0xff)
            }
            177 | 179 => {
                self.icmp = Some(u16::from(low_byte(number)) | self.icmp.unwrap_or(0) & 0xff00)
            }
            160 => clock.boot = Some(millis(number)),
            233 => self.denied = number == 3,
            34 | 50 | 305 if number > 1 => self.sampled = true,
            306 if number > 0 => self.sampled = true,
            _ => self.set_time(element, number, clock),
        }
    }

    fn set_time(&mut self, element: u16, number: u64, clock: &Clock) {
        let time = match element {
            21 | 22 => clock.uptime(number),
            150 | 151 => i64::try_from(number).ok().map(Time::from_secs),
            152 | 153 => Some(millis(number)),
            154..=157 => Some(ntp(number)),
            158 | 159 => {
                let delta = i64::try_from(number).unwrap_or(i64::MAX);
                Some(clock.exported.plus(-delta))
            }
            _ => None,
        };
        match element {
            22 | 150 | 152 | 154 | 156 | 158 => self.first = time.or(self.first),
            21 | 151 | 153 | 155 | 157 | 159 => self.last = time.or(self.last),
            _ => {}
        }
    }

    /// Takes one field of an IPFIX record.
    pub(crate) fn set_ipfix(&mut self, field: IPFixField, value: &FieldValue, clock: &mut Clock) {
        match field {
            IPFixField::IANA(field) => {
                if let Some(element) = element(field) {
                    self.set(element, value, clock);
                }
            }
            IPFixField::ReverseInformationElement(field) => {
                let Some(number) = number(value) else { return };
                let back = self.back.get_or_insert_default();
                match field {
                    Reverse::ReverseOctetDeltaCount => back.octets = number,
                    Reverse::ReversePacketDeltaCount => back.packets = number,
                    Reverse::ReverseTcpControlBits => back.flags = Some(low_byte(number)),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The record and its paired direction, if any packet went that way. Exporters that order the
    /// ends by address leave the forward direction empty when only the other one was seen.
    pub(crate) fn split(mut self) -> (Self, Option<Traffic>) {
        let back = self.back.take().filter(Traffic::is_some);
        match back {
            Some(back) if !self.sent.is_some() => {
                std::mem::swap(&mut self.from, &mut self.to);
                std::mem::swap(&mut self.from_port, &mut self.to_port);
                self.sent = back;
                (self, None)
            }
            _ => (self, back),
        }
    }
}

/// Registry number of the elements that matter here.
fn element(field: Iana) -> Option<u16> {
    Some(match field {
        Iana::OctetDeltaCount => 1,
        Iana::PacketDeltaCount => 2,
        Iana::ProtocolIdentifier => 4,
        Iana::TcpControlBits => 6,
        Iana::SourceTransportPort => 7,
        Iana::SourceIpv4address => 8,
        Iana::DestinationTransportPort => 11,
        Iana::DestinationIpv4address => 12,
        Iana::FlowEndSysUpTime => 21,
        Iana::FlowStartSysUpTime => 22,
        Iana::SourceIpv6address => 27,
        Iana::DestinationIpv6address => 28,
        Iana::IcmpTypeCodeIpv4 => 32,
        Iana::SamplingInterval => 34,
        Iana::SamplerRandomInterval => 50,
        Iana::OctetTotalCount => 85,
        Iana::PacketTotalCount => 86,
        Iana::IcmpTypeCodeIpv6 => 139,
        Iana::FlowStartSeconds => 150,
        Iana::FlowEndSeconds => 151,
        Iana::FlowStartMilliseconds => 152,
        Iana::FlowEndMilliseconds => 153,
        Iana::FlowStartMicroseconds => 154,
        Iana::FlowEndMicroseconds => 155,
        Iana::FlowStartNanoseconds => 156,
        Iana::FlowEndNanoseconds => 157,
        Iana::FlowStartDeltaMicroseconds => 158,
        Iana::FlowEndDeltaMicroseconds => 159,
        Iana::SystemInitTimeMilliseconds => 160,
        Iana::IcmpTypeIpv4 => 176,
        Iana::IcmpCodeIpv4 => 177,
        Iana::IcmpTypeIpv6 => 178,
        Iana::IcmpCodeIpv6 => 179,
        Iana::FirewallEvent => 233,
        Iana::SamplingPacketInterval => 305,
        Iana::SamplingPacketSpace => 306,
        _ => return None,
    })
}

fn addr(value: &FieldValue) -> Option<Addr> {
    match value {
        FieldValue::Ip4Addr(v4) => Some(Addr::v4(v4.to_bits())),
        // Records that hold fields of both families fill the unused one with zeros.
        FieldValue::Ip6Addr(v6) => Some(Addr::from_bits(v6.to_bits())),
        _ => None,
    }
    .filter(|addr| addr.bits() != 0 && addr.as_v4() != Some(0))
}

/// A value as the number that its bytes spell.
fn number(value: &FieldValue) -> Option<u64> {
    match value {
        FieldValue::DataNumber(DataNumber::Vec(bytes)) | FieldValue::Vec(bytes) => spelled(bytes),
        FieldValue::DataNumber(number) => number.as_u64(),
        FieldValue::ProtocolType(protocol) => Some(u64::from(u8::from(*protocol))),
        FieldValue::TcpControlBits(flags, _) => Some(u64::from(u16::from(*flags))),
        FieldValue::FirewallEvent(event) => Some(u64::from(u8::from(*event))),
        FieldValue::Duration(
            DurationValue::Seconds { value, .. } | DurationValue::Millis { value, .. },
        ) => Some(*value),
        FieldValue::Duration(
            DurationValue::MicrosNtp { seconds, fraction }
            | DurationValue::NanosNtp { seconds, fraction },
        ) => Some(u64::from(*seconds) << 32 | u64::from(*fraction)),
        _ => None,
    }
}

fn spelled(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn millis(number: u64) -> Time {
    Time::from_micros(i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(1000))
}

/// RFC 7011, 6.1.9: seconds since 1900 and a fraction of 2^32.
fn ntp(number: u64) -> Time {
    let seconds = i64::try_from(number >> 32).unwrap_or(0);
    let micros = (number & 0xffff_ffff).saturating_mul(1_000_000) >> 32;
    Time::from_secs(seconds.saturating_sub(NTP_EPOCH)).plus(i64::try_from(micros).unwrap_or(0))
}

fn low_byte(number: u64) -> u8 {
    u8::try_from(number & 0xff).unwrap_or(0)
}
