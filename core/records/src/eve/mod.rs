//! Suricata's EVE JSON (`etc/schema.json` of Suricata 4 to 9): a line each, or one array of any
//! shape, as exports have it.
//!
//! - `flow` says how a contact ended ([`contact`]); its time is when the flow began.
//! - `alert` names the one who acted as its source, whichever way the packet went.
//! - `dns` comes in three shapes; a query counts once, an answer only when it says that there is
//!   no such name.
//! - `stats` admits losses as counters *since Suricata began*: each record repeats the losses of
//!   those before it, so the judge takes the largest and never the sum.

mod contact;
mod record;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;

use crate::json;
use crate::outcome::tell;
use crate::reader::{Hints, ReadFormat, Sink};
use record::Record;

/// Reads Suricata's EVE log.
#[derive(Clone, Debug)]
pub(crate) struct Eve {
    /// The zone of stamps that name none.
    zone: TimeZone,
    scratch: Vec<u8>,
}

impl ReadFormat for Eve {
    fn recognise(head: &[u8], hints: &Hints) -> Option<Self> {
        json::first(head, is_eve).then(|| Self::forced(hints))
    }

    fn forced(hints: &Hints) -> Self {
        Self { zone: hints.zone.clone(), scratch: Vec::new() }
    }

    fn cut(&self, block: &[u8]) -> usize {
        json::cut(block)
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        json::read(block, base, sink, |object, at, sink| {
            let Some(record) = Record::of(object) else { return false };
            if record.event_type == b"dns" {
                record.names(|name| {
                    let outcome = record.query(name, &self.zone, &mut self.scratch);
                    tell(outcome, at, object, sink);
                });
            } else {
                tell(record.judge(&self.zone, &mut self.scratch), at, object, sink);
            }
            true
        });
    }
}

fn is_eve(object: &[u8]) -> bool {
    let (mut kind, mut time) = (false, false);
    json::members(object, |name, _| match name {
        "event_type" => kind = true,
        "timestamp" => time = true,
        _ => {}
    });
    kind && time
}
