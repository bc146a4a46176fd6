//! What a file holds, by how it begins.

use ward_records::{Format, Hints, Reader};

use crate::packets::Packets;

/// How much of a file is looked at.
pub(crate) const HEAD: usize = 64 << 10;

/// What a file holds.
pub(crate) enum Kind {
    /// Lines of a format that is read in blocks.
    Lines(Reader),
    /// A capture or an export, which is read from one end to the other.
    Packets(Packets),
}

impl Kind {
    /// Recognises by content; `None` is nothing that Ward reads.
    pub(crate) fn recognise(head: &[u8], forced: Option<Format>, hints: &Hints) -> Option<Self> {
        if let Some(format) = forced {
            return Some(Self::Lines(Reader::forced(format, hints)));
        }
        let head = head.get(..HEAD).unwrap_or(head);
        // Captures first: their magic numbers are exact, text formats are recognised by likeness.
        Packets::recognise(head)
            .map(Self::Packets)
            .or_else(|| Reader::recognise(head, hints).map(Self::Lines))
    }
}
