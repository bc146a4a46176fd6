//! Streams of those who send: one for each peer, up to a number, gathered into pieces.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ward_sensor::StreamName;

use crate::clock;
use crate::piece::Piece;

/// Most peers of a listener that get a stream of their own; all others share one. Over UDP
/// anybody can make up senders.
const MOST: usize = 256;
/// Records of one peer are handed on when they are so long, in bytes.
const LONG: usize = 256 << 10;

/// Gathers what comes from many.
#[derive(Debug)]
pub(crate) struct Peers {
    /// The listener's name: `syslog udp 0.0.0.0:514`.
    source: Arc<str>,
    /// What names of streams begin with: `syslog/udp`.
    prefix: String,
    format: Option<String>,
    generation: u64,
    /// Shared by all connections of a listener: whoever has many addresses gets no more streams.
    known: Arc<Mutex<BTreeMap<IpAddr, Arc<str>>>>,
    gathered: BTreeMap<Arc<str>, (Vec<u8>, u32)>,
    text: bool,
}

impl Peers {
    /// `generation` is the run's: nobody knows what the last run did not keep, so a new one begins
    /// new streams.
    pub(crate) fn new(
        source: Arc<str>,
        prefix: &str,
        generation: u64,
        format: Option<&str>,
        text: bool,
    ) -> Self {
        Self {
            source,
            prefix: prefix.to_owned(),
            format: format.map(str::to_owned),
            generation,
            known: Arc::default(),
            gathered: BTreeMap::new(),
            text,
        }
    }

    /// For another connection of the same listener.
    pub(crate) fn another(&self) -> Self {
        Self {
            source: Arc::clone(&self.source),
            prefix: self.prefix.clone(),
            format: self.format.clone(),
            generation: self.generation,
            known: Arc::clone(&self.known),
            gathered: BTreeMap::new(),
            text: self.text,
        }
    }

    pub(crate) fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// One record of a peer, written by `write`; gives a piece when there is enough for one.
    pub(crate) fn push(&mut self, peer: IpAddr, write: impl FnOnce(&mut Vec<u8>)) -> Option<Piece> {
        let name = self.name(peer);
        let (body, records) = self.gathered.entry(Arc::clone(&name)).or_default();
        write(body);
        *records = records.saturating_add(1);
        if body.len() < LONG {
            return None;
        }
        let (body, records) = self.gathered.remove(&name)?;
        Some(self.piece(&name, body, records))
    }

    /// All that was gathered.
    pub(crate) fn flush(&mut self) -> Vec<Piece> {
        let gathered = std::mem::take(&mut self.gathered);
        gathered
            .into_iter()
            .map(|(name, (body, records))| self.piece(&name, body, records))
            .collect()
    }

    fn name(&self, peer: IpAddr) -> Arc<str> {
        let peer = peer.to_canonical();
        // Each change is one insertion: a panic elsewhere leaves nothing half done.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(&peer) {
            return Arc::clone(name);
        }
        if known.len() >= MOST {
            return format!("{}/others", self.prefix).into();
        }
        let name: Arc<str> = format!("{}/{peer}", self.prefix).into();
        known.insert(peer, Arc::clone(&name));
        name
    }

    fn piece(&self, name: &str, body: Vec<u8>, records: u32) -> Piece {
        Piece {
            source: Arc::clone(&self.source),
            stream: StreamName { name: name.to_owned(), generation: self.generation },
            format: self.format.clone(),
            base: None,
            records,
            cut_at: clock::now(),
            body,
            cursor: None,
            text: self.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn one_stream_each_up_to_a_number() {
        let mut peers = Peers::new("s".into(), "syslog/udp", 7, Some("syslog"), true);
        for number in 0..1000_u32 {
            let peer = IpAddr::V4(Ipv4Addr::from(number));
            assert!(peers.push(peer, |body| body.extend_from_slice(b"x\n")).is_none());
        }
        let pieces = peers.flush();
        assert_eq!(pieces.len(), MOST + 1);
        assert_eq!(pieces.iter().map(|piece| piece.records).sum::<u32>(), 1000);
        assert!(pieces.iter().any(|piece| piece.stream.name == "syslog/udp/0.0.0.9"));
        let mut another = peers.another();
        assert!(another.push(IpAddr::V4(Ipv4Addr::BROADCAST), |body| body.push(b'x')).is_none());
        assert_eq!(another.flush()[0].stream.name, "syslog/udp/others");
        let long = peers.push(IpAddr::V4(Ipv4Addr::LOCALHOST), |body| body.resize(LONG, b'x'));
        assert_eq!(long.unwrap().stream.name, "syslog/udp/others");
        assert!(peers.flush().is_empty());
    }
}
