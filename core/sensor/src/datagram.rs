//! Flow exports as they came: datagrams one after the other in a stream of format
//! [`NETFLOW`](crate::NETFLOW).
//!
//! ```text
//! u16 length  u64 time  16 bytes exporter  datagram
//! ```
//!
//! Numbers are big-endian. The length is the datagram's own; the time is when it arrived, in
//! microseconds since 1970 UTC; the exporter is its IPv6 or mapped IPv4 address. Unlike a file of
//! bare messages this also holds `NetFlow` v9, whose messages do not say how long they are.

use ward_kernel::{Addr, Time};

const PREFIX: usize = 26;

/// One datagram.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Datagram<'a> {
    /// Offset of its frame in the body.
    pub at: usize,
    /// When it arrived, by the collector's clock.
    pub time: Time,
    /// Who sent it.
    pub exporter: Addr,
    /// What it said.
    pub bytes: &'a [u8],
}

/// Appends a datagram; whether it did: longer than 65,535 bytes none can be.
pub fn push(body: &mut Vec<u8>, time: Time, exporter: Addr, bytes: &[u8]) -> bool {
    let Ok(length) = u16::try_from(bytes.len()) else { return false };
    body.reserve(PREFIX + bytes.len());
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(&time.micros().to_be_bytes());
    body.extend_from_slice(&exporter.bits().to_be_bytes());
    body.extend_from_slice(bytes);
    true
}

/// The datagrams of a body. A body that ends within one gives an error at that place, and then
/// nothing more.
pub fn read(body: &[u8]) -> impl Iterator<Item = Result<Datagram<'_>, usize>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let at = body.len() - rest.len();
        let next = first(rest, at);
        rest = next.map_or(&[], |(_, after)| after);
        Some(next.map(|(datagram, _)| datagram).ok_or(at))
    })
}

fn first(rest: &[u8], at: usize) -> Option<(Datagram<'_>, &[u8])> {
    let (length, rest) = rest.split_first_chunk()?;
    let (time, rest) = rest.split_first_chunk()?;
    let (exporter, rest) = rest.split_first_chunk()?;
    let (bytes, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let time = Time::from_micros(i64::from_be_bytes(*time));
    let exporter = Addr::from_bits(u128::from_be_bytes(*exporter));
    Some((Datagram { at, time, exporter, bytes }, rest))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn too_long() {
        let mut body = Vec::new();
        assert!(!push(&mut body, Time::default(), Addr::default(), &[0; 65_536]));
        assert!(body.is_empty());
    }

    proptest! {
        #[test]
        fn round_trip(sent in vec((any::<i64>(), any::<u128>(), vec(any::<u8>(), 0..50)), 0..8), cut in 1_usize..26) {
            let mut body = Vec::new();
            for (time, exporter, bytes) in &sent {
                let (time, exporter) = (Time::from_micros(*time), Addr::from_bits(*exporter));
                prop_assert!(push(&mut body, time, exporter, bytes));
            }
            let got: Vec<_> = read(&body).map(|got| got.map(|got|
                (got.time.micros(), got.exporter.bits(), got.bytes.to_vec()))).collect();
            prop_assert_eq!(got, sent.iter().cloned().map(Ok).collect::<Vec<_>>());
            if !sent.is_empty() {
                let torn = body.get(..body.len() - cut).unwrap();
                let got: Vec<_> = read(torn).collect();
                prop_assert!(got.len() <= sent.len());
                prop_assert!(torn.is_empty() || got.last().unwrap().is_err()
                    || got.len() < sent.len());
            }
        }

        #[test]
        fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&bytes).count() <= 8);
        }
    }
}
