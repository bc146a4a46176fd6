//! A program that is told by webhook: it refuses twice, and looks at each signature.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) body: Value,
    /// Whether the signature holds and was made lately.
    pub(crate) signed: bool,
    pub(crate) status: u16,
}

/// The program.
pub(crate) struct Hook {
    pub(crate) port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Hook {
    /// Starts it; it answers with these statuses, then with 204.
    pub(crate) fn start(secret: &'static str, statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let kept = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = kept.lock().unwrap().len();
                let status = statuses.get(number).copied().unwrap_or(204);
                let call = answer(stream, secret, status);
                kept.lock().unwrap().push(call);
            }
        });
        Self { port, calls }
    }

    /// Waits for so many calls.
    #[track_caller]
    pub(crate) fn waits_for(&self, count: usize) -> Vec<Call> {
        let until = Instant::now() + Duration::from_secs(25);
        loop {
            let calls = self.calls.lock().unwrap().clone();
            if calls.len() >= count {
                return calls;
            }
            assert!(Instant::now() < until, "{calls:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn answer(stream: TcpStream, secret: &str, status: u16) -> Call {
    let mut reader = BufReader::new(stream);
    let (mut id, mut signature, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "ward-notice" => id = value.to_owned(),
            "ward-signature" => signature = value.to_owned(),
            "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut stream = reader.into_inner();
    write!(stream, "HTTP/1.1 {status} Said\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n")
        .unwrap();
    Call {
        id,
        signed: holds(&signature, secret.as_bytes(), &body),
        body: serde_json::from_slice(&body).unwrap(),
        status,
    }
}

/// Whether a signature is over this body, and was made within a minute.
fn holds(signature: &str, secret: &[u8], body: &[u8]) -> bool {
    let (time, hex) = signature.split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let lately = now.abs_diff(time.parse().unwrap()) < 60;
    let signed = [time.as_bytes(), b".", body].concat();
    lately && hex == HEXLOWER.encode(&hmac(secret, &signed))
}

/// HMAC-SHA256 as RFC 2104 writes it.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let with = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new().chain_update(with(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(with(0x5c)).chain_update(inner).finalize().to_vec()
}
