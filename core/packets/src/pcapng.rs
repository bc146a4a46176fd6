//! The newer capture file: sections of typed blocks (draft-ietf-opsawg-pcapng).

use ward_kernel::Time;

use crate::bytes::{Order, index};
use crate::capture::{Drops, Frame, MAX_RECORD, Step};

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const STATISTICS: u32 = 5;
const PACKET: u32 = 6;

/// More interfaces than any machine has; further descriptions are not kept.
const MAX_INTERFACES: usize = 4096;

/// Where the reader stands.
#[derive(Clone, Debug)]
pub(crate) struct Pcapng {
    order: Order,
    interfaces: Vec<Interface>,
    /// Bytes still to pass over of a block that is not read.
    pass: u64,
    /// Searching for a block after a damaged one.
    lost: bool,
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link_type: u16,
    snap_length: usize,
    units: Units,
    /// Seconds to add to every stamp.
    offset: i64,
}

/// Units of a stamp in a second.
#[derive(Clone, Copy, Debug)]
enum Units {
    Tens(u8),
    Twos(u8),
}

/// Whether these bytes begin a section of one of the two byte orders.
pub(crate) fn is_magic(head: &[u8]) -> bool {
    head.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) && order_mark(head).is_some()
}

fn order_mark(bytes: &[u8]) -> Option<Order> {
    match bytes.get(8..)?.first_chunk()? {
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(Order::Little),
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(Order::Big),
        _ => None,
    }
}

impl Pcapng {
    /// A reader at the start of a file.
    pub(crate) const fn new() -> Self {
        Self { order: Order::Little, interfaces: Vec::new(), pass: 0, lost: false }
    }

    /// Takes one block off the front of `bytes`.
    pub(crate) fn step<'a>(&mut self, bytes: &'a [u8]) -> Step<'a> {
        if self.pass > 0 {
            return self.pass_over(bytes.len());
        }
        if self.lost {
            return self.search(bytes);
        }
        let (Some(kind), Some(_)) = (self.order.u32(bytes, 0), bytes.get(..12)) else {
            return Step::More;
        };
        if kind == SECTION {
            match order_mark(bytes) {
                Some(order) => self.order = order,
                None => return self.damaged("a section without its byte order mark"),
            }
        }
        let Some(length) = self.order.u32(bytes, 4).map(index) else { return Step::More };
        if length < 12 || !length.is_multiple_of(4) {
            return self.damaged("a block's length is not plausible");
        }
        let known = [SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, STATISTICS, PACKET];
        if !known.contains(&kind) {
            self.pass = length as u64;
            return self.pass_over(bytes.len());
        }
        if length > MAX_RECORD {
            return self.damaged("a block's length is not plausible");
        }
        match bytes.get(..length) {
            Some(block) => self.block(kind, block),
            None => Step::More,
        }
    }

    fn pass_over<'a>(&mut self, available: usize) -> Step<'a> {
        let skip = usize::try_from(self.pass).unwrap_or(usize::MAX).min(available);
        self.pass = self.pass.saturating_sub(skip as u64);
        if skip == 0 { Step::More } else { Step::Skip(skip) }
    }

    fn damaged<'a>(&mut self, why: &'static str) -> Step<'a> {
        self.lost = true;
        Step::Damaged { skip: 4, why }
    }

    /// The next packet or section; blocks begin at multiples of four.
    fn search<'a>(&mut self, bytes: &'a [u8]) -> Step<'a> {
        let mut skip = 0;
        while let Some(rest) = bytes.get(skip..).filter(|rest| rest.len() >= 28) {
            let kind = self.order.u32(rest, 0);
            let length = self.order.u32(rest, 4).map_or(0, index);
            let fits = (32..=MAX_RECORD).contains(&length) && length.is_multiple_of(4);
            let captured = self.order.u32(rest, 20).map_or(usize::MAX, index);
            let interface = self.order.u32(rest, 8).map_or(usize::MAX, index);
            if is_magic(rest)
                || (kind == Some(PACKET)
                    && fits
                    && interface < self.interfaces.len()
                    && captured <= length - 32)
            {
                self.lost = false;
                return if skip == 0 { self.step(bytes) } else { Step::Skip(skip) };
            }
            skip += 4;
        }
        if skip == 0 { Step::More } else { Step::Skip(skip) }
    }

    fn block<'a>(&mut self, kind: u32, block: &'a [u8]) -> Step<'a> {
        let length = block.len();
        let body = block.get(8..length.saturating_sub(4)).unwrap_or_default();
        match kind {
            // Interfaces are numbered anew in every section.
            SECTION => self.interfaces.clear(),
            INTERFACE => {
                if let Some(interface) = self.interface(body)
                    && self.interfaces.len() < MAX_INTERFACES
                {
                    self.interfaces.push(interface);
                }
            }
            PACKET => {
                let interface = self.order.u32(body, 0).map(index);
                return self.packet(length, interface, body.get(4..), body);
            }
            OLD_PACKET => {
                let interface = self.order.u16(body, 0).map(usize::from);
                return self.packet(length, interface, body.get(4..), body);
            }
            SIMPLE_PACKET => return self.simple(length, body),
            STATISTICS => return self.statistics(length, body),
            _ => {}
        }
        Step::Skip(length)
    }

    fn interface(&self, body: &[u8]) -> Option<Interface> {
        let mut interface = Interface {
            link_type: self.order.u16(body, 0)?,
            snap_length: match index(self.order.u32(body, 4)?) {
                0 => usize::MAX,
                length => length,
            },
            units: Units::Tens(6),
            offset: 0,
        };
        self.options(body.get(8..)?, |order, code, value| match (code, value.first()) {
            (9, Some(&unit)) if unit & 0x80 == 0 => interface.units = Units::Tens(unit),
            (9, Some(&unit)) => interface.units = Units::Twos(unit & 0x7f),
            (14, _) => {
                interface.offset = order.u64(value, 0).map_or(0, u64::cast_signed);
            }
            _ => {}
        });
        Some(interface)
    }

    fn options(&self, mut rest: &[u8], mut each: impl FnMut(Order, u16, &[u8])) {
        while let (Some(code), Some(length)) = (self.order.u16(rest, 0), self.order.u16(rest, 2)) {
            let length = usize::from(length);
            let Some(value) = rest.get(4..4 + length) else { return };
            if code == 0 {
                return;
            }
            each(self.order, code, value);
            rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        }
    }

    /// `fields` holds the stamp (8 bytes), the captured and the original length, the data.
    fn packet<'a>(
        &self,
        length: usize,
        interface: Option<usize>,
        fields: Option<&'a [u8]>,
        body: &'a [u8],
    ) -> Step<'a> {
        let parts = || {
            let fields = fields?;
            let interface = self.interfaces.get(interface?)?;
            let stamp = self.stamp(fields)?;
            let captured = index(self.order.u32(fields, 8)?);
            let bytes = fields.get(16..)?.get(..captured)?;
            let time = Some(interface.time(stamp));
            Some(Frame { length, time, link_type: interface.link_type, bytes })
        };
        match parts() {
            Some(frame) => Step::Frame(frame),
            None => {
                Step::Bad { length, bytes: body, why: "a packet block that contradicts itself" }
            }
        }
    }

    /// Simple packets have no time: they take that of the packet before.
    fn simple<'a>(&self, length: usize, body: &'a [u8]) -> Step<'a> {
        let parts = || {
            let interface = self.interfaces.first()?;
            let original = index(self.order.u32(body, 0)?);
            let data = body.get(4..)?;
            let captured = original.min(interface.snap_length).min(data.len());
            let bytes = data.get(..captured)?;
            Some(Frame { length, time: None, link_type: interface.link_type, bytes })
        };
        match parts() {
            Some(frame) => Step::Frame(frame),
            None => {
                Step::Bad { length, bytes: body, why: "a packet block that contradicts itself" }
            }
        }
    }

    fn statistics<'a>(&self, length: usize, body: &[u8]) -> Step<'a> {
        let interface = self.order.u32(body, 0).unwrap_or(u32::MAX);
        let described = self.interfaces.get(index(interface));
        let time = self
            .stamp(body.get(4..).unwrap_or_default())
            .and_then(|stamp| described.map(|interface| interface.time(stamp)));
        let mut drops = Drops { length, time, interface, received: None, dropped: 0 };
        self.options(body.get(12..).unwrap_or_default(), |order, code, value| {
            let number = order.u64(value, 0);
            match code {
                4 => drops.received = number,
                5 | 7 => drops.dropped = drops.dropped.saturating_add(number.unwrap_or(0)),
                _ => {}
            }
        });
        Step::Drops(drops)
    }

    /// A stamp is two words, the upper one first in both byte orders.
    fn stamp(&self, fields: &[u8]) -> Option<u64> {
        let (upper, lower) = (self.order.u32(fields, 0)?, self.order.u32(fields, 4)?);
        Some(u64::from(upper) << 32 | u64::from(lower))
    }
}

impl Interface {
    fn time(&self, stamp: u64) -> Time {
        let stamp = u128::from(stamp);
        let micros = match self.units {
            Units::Tens(power @ 0..=6) => {
                stamp.saturating_mul(10_u128.saturating_pow(u32::from(6 - power)))
            }
            Units::Tens(power) => {
                10_u128.checked_pow(u32::from(power - 6)).map_or(0, |units| stamp / units)
            }
            Units::Twos(power) => {
                stamp.saturating_mul(1_000_000).checked_shr(u32::from(power)).unwrap_or(0)
            }
        };
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        Time::from_secs(self.offset).plus(micros)
    }
}
