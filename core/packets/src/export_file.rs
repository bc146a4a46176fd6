//! A file of flow export messages, one after the other (RFC 5655 for IPFIX; for NetFlow v5 what
//! collectors that write datagrams as they come leave). NetFlow v9 cannot be read so: its
//! messages do not say how long they are.

use ward_kernel::Addr;
use ward_records::Sink;

use crate::bytes::be16;
use crate::export::{Export, export_time, may_be_export};

/// 2001-09-09: no exporter is older. It tells a message from other bytes.
const OLDEST: i64 = 1_000_000_000;

/// Where the reader of a file stands.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    /// What follows the last whole message.
    carry: Vec<u8>,
    at: u64,
    /// Searching for a message after damage.
    lost: bool,
}

impl Export {
    /// Recognises a file of NetFlow v5 or IPFIX messages by how it begins.
    #[must_use]
    pub fn recognise(head: &[u8]) -> Option<Self> {
        let length = message_length(head)?;
        let follows = head.get(length..).unwrap_or_default();
        let next = follows.is_empty() || follows.len() < 2 || be16(follows, 0) == be16(head, 0);
        next.then(Self::new)
    }

    /// Reads the next bytes of a file of messages, cut anywhere. The exporter's address is not in
    /// such a file: it is unspecified.
    pub fn read(&mut self, block: &[u8], sink: &mut impl Sink) {
        let mut bytes = std::mem::take(&mut self.file.carry);
        bytes.extend_from_slice(block);
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| rest.len() >= 24) {
            let Some(length) = message_length(rest) else {
                if !std::mem::replace(&mut self.file.lost, true) {
                    let beginning = rest.get(..24).unwrap_or(rest);
                    let why = "no flow export message where one should begin";
                    sink.problem(self.file.at, beginning, why);
                }
                used += 1;
                self.file.at += 1;
                continue;
            };
            let Some(message) = rest.get(..length) else { break };
            self.file.lost = false;
            let (at, time) = (self.file.at, export_time(message).unwrap_or_default());
            self.push(Addr::default(), at, time, message, sink);
            used += length;
            self.file.at += length as u64;
        }
        bytes.drain(..used);
        self.file.carry = bytes;
    }

    /// Reports what is left of a file that ends within a message.
    pub(crate) fn end_of_file(&mut self, sink: &mut impl Sink) {
        let carry = std::mem::take(&mut self.file.carry);
        if !carry.is_empty() && !self.file.lost {
            let beginning = carry.get(..64).unwrap_or(&carry);
            sink.problem(self.file.at, beginning, "the file ends within a flow export message");
        }
    }
}

/// How long the message at the front says it is, if there is one.
fn message_length(bytes: &[u8]) -> Option<usize> {
    let length = match be16(bytes, 0)? {
        5 => 24 + 48 * usize::from(be16(bytes, 2)?),
        10 => usize::from(be16(bytes, 2)?),
        _ => return None,
    };
    let young = export_time(bytes).is_some_and(|time| time.secs() >= OLDEST);
    (young && may_be_export(bytes, length)).then_some(length)
}
