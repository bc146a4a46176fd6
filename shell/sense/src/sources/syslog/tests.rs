use std::collections::BTreeMap;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::sync::watch;
use tokio_rustls::TlsConnector;

use super::*;
use crate::board::Board;
use crate::piece::Piece;

struct Bench {
    patient: Receiver<Piece>,
    lossy: Receiver<Piece>,
    inlet: Inlet,
    stop: watch::Sender<bool>,
}

fn bench(room: usize) -> Bench {
    let (patient_in, patient) = channel(room);
    let (lossy_in, lossy) = channel(room);
    let board = Arc::new(Board::new("h".into(), Vec::new()));
    let inlet = Inlet { patient: patient_in, lossy: lossy_in, board };
    Bench { patient, lossy, inlet, stop: watch::channel(false).0 }
}

/// Pieces until so many records came, by stream.
async fn take(pieces: &mut Receiver<Piece>, records: u32) -> BTreeMap<String, String> {
    let (mut got, mut count) = (BTreeMap::<_, String>::new(), 0);
    while count < records {
        let piece = timeout(Duration::from_secs(10), pieces.recv()).await.unwrap().unwrap();
        assert_eq!(piece.format.as_deref(), Some("syslog"));
        count += piece.records;
        got.entry(piece.stream.name)
            .or_default()
            .push_str(std::str::from_utf8(&piece.body).unwrap());
    }
    got
}

fn any() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

#[tokio::test]
async fn datagrams() {
    let mut bench = bench(100);
    let socket = UdpSocket::bind(any()).await.unwrap();
    let to = socket.local_addr().unwrap();
    let task = tokio::spawn(udp(socket, to, bench.inlet.clone(), bench.stop.subscribe()));
    let from = UdpSocket::bind(any()).await.unwrap();
    let messages: [&[u8]; 4] =
        [b"<34>Nov  3 19:00:00 web1 su: one\n", b"<34>1 - - - - - - two\nlines\0", b"\n", b"x"];
    for message in messages {
        from.send_to(message, to).await.unwrap();
    }
    let got = take(&mut bench.lossy, 3).await;
    let want = "<34>Nov  3 19:00:00 web1 su: one\n<34>1 - - - - - - two#012lines\nx\n";
    assert_eq!(got, BTreeMap::from([("syslog/udp/127.0.0.1".to_owned(), want.to_owned())]));
    // What was gathered is not lost when it stops.
    from.send_to(b"last", to).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    bench.stop.send_replace(true);
    task.await.unwrap();
    assert_eq!(take(&mut bench.lossy, 1).await.into_values().collect::<String>(), "last\n");
}

#[tokio::test]
async fn datagrams_without_room_are_counted() {
    let bench = bench(1);
    let socket = UdpSocket::bind(any()).await.unwrap();
    let to = socket.local_addr().unwrap();
    tokio::spawn(udp(socket, to, bench.inlet.clone(), bench.stop.subscribe()));
    let from = UdpSocket::bind(any()).await.unwrap();
    while bench.inlet.board.status().dropped_records() == 0 {
        from.send_to(&[b'x'; 60_000], to).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let status = bench.inlet.board.status();
    assert!(status.dropped[0].source.starts_with("syslog udp 127.0.0.1:"));
    assert!(status.dropped[0].bytes > 60_000);
}

#[tokio::test]
async fn connections() {
    let mut bench = bench(100);
    let listener = TcpListener::bind(any()).await.unwrap();
    let to = listener.local_addr().unwrap();
    tokio::spawn(tcp(listener, to, None, bench.inlet.clone(), bench.stop.subscribe()));
    let mut counted = TcpStream::connect(to).await.unwrap();
    counted.write_all(b"6 <1>a\nb9 <2>").await.unwrap();
    counted.write_all(b"hello!").await.unwrap();
    let mut lines = TcpStream::connect(to).await.unwrap();
    lines.write_all(b"<3>x\r\n<4>without end").await.unwrap();
    lines.shutdown().await.unwrap();
    let got = take(&mut bench.patient, 4).await;
    let mut got: Vec<_> = got["syslog/tcp/127.0.0.1"].lines().collect();
    got.sort_unstable();
    assert_eq!(got, ["<1>a#012b", "<2>hello!", "<3>x", "<4>without end"]);
}

/// Who sends faster than there is room is held up, and nothing is lost.
#[tokio::test]
async fn connections_wait() {
    let mut bench = bench(1);
    let listener = TcpListener::bind(any()).await.unwrap();
    let to = listener.local_addr().unwrap();
    tokio::spawn(tcp(listener, to, None, bench.inlet.clone(), bench.stop.subscribe()));
    let line = format!("<1>{}\n", "x".repeat(996));
    let sender = tokio::spawn(async move {
        let mut stream = TcpStream::connect(to).await.unwrap();
        for _ in 0..20_000 {
            stream.write_all(line.as_bytes()).await.unwrap();
        }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!sender.is_finished());
    let got = take(&mut bench.patient, 20_000).await;
    assert_eq!(got.into_values().map(|text| text.len()).sum::<usize>(), 20_000_000);
    assert_eq!(bench.inlet.board.status().dropped_records(), 0);
}

#[tokio::test]
async fn over_tls() {
    let mut bench = bench(100);
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let listener = TcpListener::bind(any()).await.unwrap();
    let to = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    tokio::spawn(tcp(listener, to, Some(acceptor), bench.inlet.clone(), bench.stop.subscribe()));
    // Who speaks no TLS gets nothing in.
    let mut plain = TcpStream::connect(to).await.unwrap();
    plain.write_all(b"<1>plain text that is long enough\n").await.unwrap();
    let stream = TcpStream::connect(to).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(client)).connect(name, stream).await.unwrap();
    stream.write_all(b"9 <2>hello!").await.unwrap();
    stream.flush().await.unwrap();
    let got = take(&mut bench.patient, 1).await;
    assert_eq!(got["syslog/tls/127.0.0.1"], "<2>hello!\n");
}
