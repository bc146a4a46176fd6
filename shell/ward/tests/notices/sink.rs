//! The mail server of the tests: `sink.py`, run by a Python that has aiosmtpd.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) const USER: &str = "ward";
pub(crate) const PASSWORD: &str = "a secret: of the desk";

/// The mail server; ends when dropped.
pub(crate) struct Sink {
    child: Child,
    pub(crate) port: u16,
    folder: PathBuf,
}

impl Drop for Sink {
    fn drop(&mut self) {
        // This process alone, by its id.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A Python that has aiosmtpd; `None`, with a printed line, where there is no way to one.
pub(crate) fn python() -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testing/python.sh");
    let out = Command::new(script).args(["aiosmtpd", "1.4.6"]).output().unwrap();
    if out.status.success() {
        return Some(String::from_utf8(out.stdout).unwrap().trim().to_owned());
    }
    let why = String::from_utf8_lossy(&out.stderr);
    assert!(std::env::var_os("CI").is_none(), "aiosmtpd is needed: {why}");
    println!("skipped: there is no aiosmtpd ({why}), so no real mail server is asked");
    None
}

impl Sink {
    /// Starts it in a folder, with its certificate; on a port, or on any.
    pub(crate) fn start(python: &str, folder: &Path, port: u16) -> Self {
        let (certificate, key) = (folder.join("mail.pem"), folder.join("mail.key"));
        if !certificate.exists() {
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            fs::write(&certificate, made.cert.pem()).unwrap();
            fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        }
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices/sink.py"))
            .args([&certificate, &key])
            .args([USER, PASSWORD])
            .arg(folder.join("mail.jsonl"))
            .arg(port.to_string())
            .env("PYTHONWARNINGS", "ignore")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Self { child, port, folder: folder.to_owned() }
    }

    /// What it does once.
    pub(crate) fn mode(&self, mode: &str) {
        fs::write(self.folder.join("mode"), mode).unwrap();
    }

    /// All tries until now.
    pub(crate) fn tries(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.join("mail.jsonl")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Waits until a try fits; it, and how long it took.
    #[track_caller]
    pub(crate) fn waits_for(&self, fits: impl Fn(&Value) -> bool) -> (Value, Duration) {
        let begun = Instant::now();
        let found = self.finds(|all| all.iter().find(|one| fits(one)).cloned());
        (found, begun.elapsed())
    }

    /// Waits until something is found in the tries.
    #[track_caller]
    pub(crate) fn finds<T>(&self, find: impl Fn(&[Value]) -> Option<T>) -> T {
        let until = Instant::now() + Duration::from_secs(25);
        loop {
            let all = self.tries();
            if let Some(found) = find(&all) {
                return found;
            }
            assert!(Instant::now() < until, "only {all:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A header of a message.
pub(crate) fn header<'a>(message: &'a Value, name: &str) -> &'a str {
    let head = message["head"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = head.iter().find(|pair| pair[0].as_str().is_some_and(|one| one == name));
    found.and_then(|pair| pair[1].as_str()).unwrap_or_default()
}

/// Whether it is a message to somebody with these words in its subject.
pub(crate) fn is(message: &Value, to: &str, subject: &str) -> bool {
    message["to"][0] == to && header(message, "Subject").contains(subject)
}
