//! Syslog from other machines: UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425).
//!
//! Lines are kept as they come, RFC 3164 or 5424, one record a line: line ends within a message
//! are written as `#012`. Over UDP, what finds no room is dropped and counted; connections wait
//! instead, and with them who sends.

pub(crate) mod frames;
mod places;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use ward_records::Format;

use self::frames::Frames;
use self::places::Places;
use crate::clock;
use crate::piece::Inlet;
use crate::sources::peers::Peers;
use crate::sources::{Stop, escape, stopped};

/// How long a record waits for others before it is handed on.
const FLUSH: Duration = Duration::from_millis(200);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a connection may wait with its first bytes.
const FIRST: Duration = Duration::from_secs(30);
/// A connection on which nothing came for so long is closed.
const IDLE: Duration = Duration::from_secs(3600);
const KIND: &str = "syslog";

/// Receives datagrams until it is told to stop.
pub(crate) async fn udp(socket: UdpSocket, listen: SocketAddr, inlet: Inlet, mut stop: Stop) {
    let mut peers = gather("udp", listen, clock::generation(), &inlet);
    let source = Arc::clone(peers.source());
    let mut buffer = vec![0; 65_536];
    let mut due: Option<Instant> = None;
    loop {
        let flush = due.unwrap_or_else(|| Instant::now() + FLUSH);
        tokio::select! {
            got = socket.recv_from(&mut buffer) => {
                let Ok((length, peer)) = got else { continue };
                let message = trimmed(buffer.get(..length).unwrap_or_default());
                if message.is_empty() {
                    continue;
                }
                inlet.board.read(&source, KIND, 1, clock::now());
                let piece = peers.push(peer.ip(), |body| write(message, body));
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

/// Takes connections until it is told to stop; with `tls` each begins with a handshake.
pub(crate) async fn tcp(
    listener: TcpListener,
    listen: SocketAddr,
    tls: Option<TlsAcceptor>,
    inlet: Inlet,
    mut stop: Stop,
) {
    let way = if tls.is_some() { "tls" } else { "tcp" };
    let all = gather(way, listen, clock::generation(), &inlet);
    let places = Places::default();
    let part = format!("syslog {way} {listen}");
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(why) => {
                // Too many open files, as a rule: waiting helps, running in circles does not.
                inlet
                    .board
                    .problem(&part, Some(format!("{part}: cannot take a connection: {why}")));
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let place = match places.take(peer.ip()) {
            Ok(place) => place,
            Err(why) => {
                inlet.board.problem(&part, Some(format!("{part}: {why}")));
                continue;
            }
        };
        inlet.board.problem(&part, None);
        let peers = all.another();
        let connection = Connection { peers, peer, inlet: inlet.clone(), stop: stop.clone() };
        let tls = tls.clone();
        tokio::spawn(async move {
            connection.serve(stream, tls).await;
            drop(place);
        });
    }
}

/// One connection.
struct Connection {
    peers: Peers,
    peer: SocketAddr,
    inlet: Inlet,
    stop: Stop,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        let result = match tls {
            None => self.read(stream).await,
            Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.read(stream).await,
                Ok(Err(why)) => Err(why),
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            },
        };
        if let Err(why) = result {
            tracing::debug!(peer = %self.peer.ip(), "a syslog connection ended: {why}");
        }
    }

    async fn read(&mut self, mut stream: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut frames = Frames::default();
        let mut buffer = vec![0; 64 << 10];
        let mut due: Option<Instant> = None;
        let mut patience = FIRST;
        loop {
            let flush = due.unwrap_or_else(|| Instant::now() + FLUSH);
            tokio::select! {
                got = timeout(patience, stream.read(&mut buffer)) => {
                    let got = match got {
                        Ok(Ok(got)) => got,
                        Ok(Err(why)) => {
                            self.end(&mut frames).await?;
                            return Err(why);
                        }
                        Err(_) => 0,
                    };
                    if got == 0 {
                        return self.end(&mut frames).await;
                    }
                    patience = IDLE;
                    frames.push(buffer.get(..got).unwrap_or_default());
                    while let Some(message) = frames.next() {
                        self.message(&message).await?;
                    }
                    due = due.or(Some(Instant::now() + FLUSH));
                }
                () = sleep_until(flush), if due.is_some() => {
                    due = None;
                    self.flush().await?;
                }
                () = stopped(&mut self.stop) => return self.end(&mut frames).await,
            }
        }
    }

    async fn end(&mut self, frames: &mut Frames) -> io::Result<()> {
        if let Some(message) = frames.last() {
            self.message(&message).await?;
        }
        self.flush().await
    }

    async fn message(&mut self, message: &[u8]) -> io::Result<()> {
        let message = trimmed(message);
        if message.is_empty() {
            return Ok(());
        }
        self.inlet.board.read(self.peers.source(), KIND, 1, clock::now());
        match self.peers.push(self.peer.ip(), |body| write(message, body)) {
            Some(piece) => self.send(piece).await,
            None => Ok(()),
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        for piece in self.peers.flush() {
            self.send(piece).await?;
        }
        Ok(())
    }

    async fn send(&self, piece: crate::piece::Piece) -> io::Result<()> {
        let closed = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.inlet.patient.send(piece).await.map_err(closed)
    }
}

fn gather(way: &str, listen: SocketAddr, generation: u64, inlet: &Inlet) -> Peers {
    let source: Arc<str> = format!("syslog {way} {listen}").into();
    let format = Format::Syslog.name();
    inlet.board.source(&source, KIND, |source| source.format = Some(format.to_owned()));
    Peers::new(source, &format!("syslog/{way}"), generation, Some(format), true)
}

/// Without the line ends and zero bytes that senders put behind a message.
fn trimmed(message: &[u8]) -> &[u8] {
    let end = message.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r' | 0));
    message.get(..end.map_or(0, |end| end + 1)).unwrap_or_default()
}

fn write(message: &[u8], body: &mut Vec<u8>) {
    escape(message, body);
    body.push(b'\n');
}
