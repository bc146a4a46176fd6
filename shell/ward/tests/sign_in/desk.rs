//! A running desk behind a proxy that is only pretended, and a browser that looks at it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `ward serve`; ends when dropped.
pub(crate) struct Desk {
    child: Child,
    address: SocketAddr,
    host: String,
    log: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        // This process alone, by its id.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Desk {
    /// Starts it and waits until it answers.
    pub(crate) fn start(folder: &Path, origin: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = folder.join("log.txt");
        let child = Command::new(env!("CARGO_BIN_EXE_ward"))
            .args(["serve", "--plain", "--origin", origin, "--listen", &address.to_string()])
            .arg("--data")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let host = origin.split_once("://").unwrap().1.to_owned();
        let mut desk = Self { child, address, host, log };
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(address).is_err() {
            let runs = desk.child.try_wait().unwrap().is_none();
            assert!(runs && Instant::now() < until, "{}", fs::read_to_string(&desk.log).unwrap());
            std::thread::sleep(Duration::from_millis(50));
        }
        desk
    }

    /// A browser that has never been here.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor { address: self.address, host: self.host.clone(), cookies: BTreeMap::new() }
    }

    /// Stops it; what it logged.
    pub(crate) fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        fs::read_to_string(&self.log).unwrap()
    }
}

/// A browser as the desk's proxy would pass it on, with its cookies.
pub(crate) struct Visitor {
    address: SocketAddr,
    host: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Where it redirects to.
    #[track_caller]
    pub(crate) fn leads_to(&self) -> String {
        assert_eq!(self.status, 303, "{}{}", self.head, self.body);
        self.header("location").unwrap().to_owned()
    }

    /// Where the page leads by itself.
    fn onward(&self) -> Option<String> {
        Some(self.header("refresh")?.strip_prefix("0; url=").unwrap().to_owned())
    }
}

impl Visitor {
    /// Asks for a page from a page of the desk.
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "same-origin", None)
    }

    /// Sends a form of a page of the desk.
    pub(crate) fn post(&mut self, path: &str, form: &str) -> Answer {
        self.ask("POST", path, "same-origin", Some(form))
    }

    /// Is led here by another site, which keeps the cookies back, and goes where pages lead.
    pub(crate) fn led(&mut self, path: &str) -> Answer {
        let held = std::mem::take(&mut self.cookies);
        let mut answer = self.ask("GET", path, "cross-site", None);
        assert!(self.cookies.is_empty(), "{:?}", self.cookies);
        self.cookies = held;
        for _ in 0..4 {
            let Some(to) = answer.onward() else { return answer };
            assert!(to.starts_with('/') && !to.starts_with("//"), "{to}");
            answer = self.get(&to);
        }
        panic!("it leads in a circle: {}", answer.head);
    }

    fn ask(&mut self, method: &str, path: &str, site: &str, form: Option<&str>) -> Answer {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: navigate\r\n",
            self.host
        );
        let cookies: Vec<_> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        if !cookies.is_empty() {
            write!(text, "Cookie: {}\r\n", cookies.join("; ")).unwrap();
        }
        if let Some(form) = form {
            let kind = "application/x-www-form-urlencoded";
            write!(text, "Content-Type: {kind}\r\nContent-Length: {}\r\n", form.len()).unwrap();
        }
        let mut socket = TcpStream::connect(self.address).unwrap();
        write!(socket, "{text}\r\n{}", form.unwrap_or_default()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let answer = Answer { status, head: head.to_owned(), body: body.to_owned() };
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.head.lines() {
            let Some((key, value)) = line.split_once(": ") else { continue };
            if !key.eq_ignore_ascii_case("set-cookie") {
                continue;
            }
            assert!(value.contains("; Path=/; HttpOnly; SameSite=Strict"), "{value}");
            assert!(value.starts_with("__Host-") && value.ends_with("; Secure"), "{value}");
            let (name, rest) = value.split_once('=').unwrap();
            if value.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                let value = rest.split(';').next().unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
