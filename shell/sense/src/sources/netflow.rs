//! Flow exports over UDP (`NetFlow` v5, v9, IPFIX): kept as they come, framed as
//! [`ward_sensor::datagram`] says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until};
use ward_kernel::Addr;
use ward_sensor::{NETFLOW, datagram};

use crate::clock;
use crate::piece::Inlet;
use crate::sources::peers::Peers;
use crate::sources::{Stop, stopped};

/// How long a record waits for others before it is handed on.
const FLUSH: Duration = Duration::from_millis(200);

/// Receives on a socket until it is told to stop.
pub(crate) async fn receive(socket: UdpSocket, listen: SocketAddr, inlet: Inlet, mut stop: Stop) {
    let source: Arc<str> = format!("netflow udp {listen}").into();
    let mut peers =
        Peers::new(Arc::clone(&source), "netflow", clock::generation(), Some(NETFLOW), false);
    let mut buffer = vec![0; 65_536];
    let mut due: Option<Instant> = None;
    inlet.board.source(&source, NETFLOW, |source| source.format = Some(NETFLOW.to_owned()));
    loop {
        let flush = due.unwrap_or_else(|| Instant::now() + FLUSH);
        tokio::select! {
            got = socket.recv_from(&mut buffer) => {
                let Ok((length, peer)) = got else { continue };
                let bytes = buffer.get(..length).unwrap_or_default();
                let now = clock::now();
                inlet.board.read(&source, NETFLOW, 1, now);
                let exporter = Addr::from(peer.ip().to_canonical());
                let piece = peers.push(peer.ip(), |body| {
                    datagram::push(body, now, exporter, bytes);
                });
                piece.into_iter().for_each(|piece| inlet.offer(piece));
                due = due.or(Some(Instant::now() + FLUSH));
            }
            () = sleep_until(flush), if due.is_some() => {
                due = None;
                peers.flush().into_iter().for_each(|piece| inlet.offer(piece));
            }
            () = stopped(&mut stop) => {
                return peers.flush().into_iter().for_each(|piece| inlet.offer(piece));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ward_packets::Export;
    use ward_records::{Event, Sink, What};

    use super::*;
    use crate::board::Board;

    /// One `NetFlow` v5 message with one flow: 203.0.113.9 to this port of 192.0.2.7, TCP SYN.
    fn export(port: u8) -> Vec<u8> {
        let mut message = vec![0; 24 + 48];
        let mut set =
            |at: usize, bytes: &[u8]| message[at..at + bytes.len()].copy_from_slice(bytes);
        set(0, &[0, 5, 0, 1]);
        set(4, &1000_u32.to_be_bytes());
        set(8, &1_793_736_000_u32.to_be_bytes());
        set(24, &[203, 0, 113, 9, 192, 0, 2, 7]);
        set(24 + 16, &[0, 0, 0, 1, 0, 0, 0, 60]);
        set(24 + 32, &[0x10, 0, 0, port, 0, 2, 6, 0]);
        message
    }

    #[derive(Default)]
    struct Flows(Vec<(String, u16)>);

    impl Sink for Flows {
        fn event(&mut self, _at: u64, event: &Event<'_>) {
            if let What::Flow(flow) = event.what {
                self.0.push((event.source.to_string(), flow.port));
            }
        }
        fn aside(&mut self, _at: u64, _time: Option<ward_kernel::Time>) {}
        fn problem(&mut self, _at: u64, _line: &[u8], why: &'static str) {
            panic!("{why}");
        }
    }

    #[tokio::test]
    async fn kept_as_they_come() {
        let (patient, _keep) = tokio::sync::mpsc::channel(1);
        let (lossy, mut pieces) = tokio::sync::mpsc::channel(10);
        let board = Arc::new(Board::new("h".into(), Vec::new()));
        let inlet = Inlet { patient, lossy, board };
        let (stop, stops) = tokio::sync::watch::channel(false);
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let to = socket.local_addr().unwrap();
        tokio::spawn(receive(socket, to, inlet, stops));
        let exporter = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        exporter.send_to(&export(22), to).await.unwrap();
        exporter.send_to(&export(25), to).await.unwrap();
        let mut body = Vec::new();
        let mut records = 0;
        while records < 2 {
            let piece = pieces.recv().await.unwrap();
            assert_eq!((piece.format.as_deref(), piece.text), (Some(NETFLOW), false));
            assert_eq!(piece.stream.name, "netflow/127.0.0.1");
            records += piece.records;
            body.extend(piece.body);
        }
        drop(stop);
        // The desk's reader understands it.
        let (mut collector, mut flows) = (Export::new(), Flows::default());
        for datagram in datagram::read(&body) {
            let got = datagram.unwrap();
            assert_eq!(got.exporter.to_string(), "127.0.0.1");
            collector.push(got.exporter, got.at as u64, got.time, got.bytes, &mut flows);
        }
        collector.finish(&mut flows);
        assert_eq!(flows.0, [("203.0.113.9".to_owned(), 22), ("203.0.113.9".to_owned(), 25)]);
    }
}
