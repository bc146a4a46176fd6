#![expect(clippy::unwrap_used, reason = "manual")]
use std::sync::{Arc, Mutex};
use ward_sense::{Deliver, Identity, Settings, Undelivered, run_with};
use ward_sensor::{Answer, Frame, Status};
#[derive(Clone, Default)]
struct Inbox(Arc<Mutex<(u64, Vec<u8>, Vec<String>)>>);
impl Deliver for Inbox {
    async fn deliver(&self, s: Option<&Status>, frames: &[Vec<u8>]) -> Result<Answer, Undelivered> {
        let mut k = self.0.lock().unwrap();
        if let Some(s) = s { k.2 = s.problems.clone(); }
        for f in frames { let (f, _) = Frame::parse(f).unwrap(); let b = f.open(|_, _| true).unwrap(); if b.sequence == k.0 + 1 { k.0 += 1; k.1.extend(b.body); } }
        Ok(Answer { held: k.0, time: 0, wait_ms: 0 })
    }
    async fn held(&self) -> Result<Answer, Undelivered> { Ok(Answer { held: self.0.lock().unwrap().0, time: 0, wait_ms: 0 }) }
}
#[tokio::test(flavor = "multi_thread")]
async fn real() {
    let folder = std::path::PathBuf::from("/tmp/jtest/sense");
    let inbox = Inbox::default();
    for round in 0..3 {
        let settings: Settings = toml::from_str("spool=\"/tmp/jtest/sense\"\n[journal]\nstart=\"beginning\"").unwrap();
        let id = Identity::local("desk", &folder).unwrap();
        let running = tokio::spawn(run_with(settings, id, inbox.clone(), Arc::new(|_| false), tokio::time::sleep(std::time::Duration::from_secs(3))));
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        for n in 0..50 { let _ = std::process::Command::new("logger").args(["--journald=/dev/stdin"]).stdin(std::process::Stdio::null()).status(); 
          let mut c = std::process::Command::new("systemd-cat").args(["-t", "sshd", "echo", &format!("r{round} n{n} Failed password for ann from 192.0.2.7 port 9 ssh2")]).spawn().unwrap(); c.wait().unwrap(); }
        running.await.unwrap().unwrap();
        println!("{:?}", inbox.0.lock().unwrap().2);
    }
    let text = String::from_utf8_lossy(&inbox.0.lock().unwrap().1).into_owned();
    let n = text.lines().filter(|l| l.contains("Failed password for ann")).count();
    println!("{n}\n{}", text.lines().rev().take(4).collect::<Vec<_>>().join("\n"));
    println!("{}", ward_sense::read_as(text.lines().last().unwrap(), ward_kernel::Time::from_secs(1_795_000_000)));
}
