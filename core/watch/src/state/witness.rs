//! Who saw it: several sensors often watch one wire, and one probe must count once.
//!
//! Counts are kept for each kind of witness, and the largest of them is the number: it never
//! counts one probe twice, and counts too few only where two kinds of sensor watch different
//! wires and the same source crosses both.

/// A kind of sensor.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Witness {
    /// Logs of machines, firewalls and services.
    #[default]
    Log,
    /// Zeek.
    Zeek,
    /// Suricata.
    Eve,
    /// Packet captures that Ward assembles itself.
    Capture,
    /// NetFlow and IPFIX.
    Export,
}

impl Witness {
    /// The witness that writes a format, by the format's name in reports.
    #[must_use]
    pub fn of(format: &str) -> Self {
        match format {
            "zeek" | "zeek-json" => Self::Zeek,
            "eve" => Self::Eve,
            "pcap" | "pcapng" => Self::Capture,
            "netflow" | "ipfix" => Self::Export,
            _ => Self::Log,
        }
    }

    /// Whether it saw the wire, not the service's own log.
    #[must_use]
    pub const fn is_wire(self) -> bool {
        !matches!(self, Self::Log)
    }
}

/// Where a record comes from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Origin {
    /// The file's number.
    pub file: u32,
    /// Who wrote it.
    pub witness: Witness,
}

/// A count by witness.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Seen<T>([T; 5]);

impl<T: Copy + Ord + Default + Into<u64> + TryFrom<u64>> Seen<T> {
    /// Counts one more.
    pub fn add(&mut self, witness: Witness) {
        if let Some(count) = self.0.get_mut(witness as usize) {
            let more: u64 = (*count).into().saturating_add(1);
            *count = T::try_from(more).unwrap_or(*count);
        }
    }

    /// Takes in what another counted.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            let sum: u64 = (*mine).into().saturating_add((*theirs).into());
            *mine = T::try_from(sum).unwrap_or((*mine).max(*theirs));
        }
    }

    /// The number: the largest count of any witness.
    #[must_use]
    pub fn count(&self) -> T {
        self.0.iter().copied().max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_sensors_on_one_wire_count_once() {
        let mut seen = Seen::<u32>::default();
        for witness in [Witness::Log, Witness::Zeek, Witness::Capture] {
            (0..7).for_each(|_| seen.add(witness));
        }
        assert_eq!(seen.count(), 7);
        let twice = seen;
        seen.merge(&twice);
        assert_eq!(seen.count(), 14);
    }
}
