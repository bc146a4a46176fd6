//! The same sources with another way to the desk, as the desk itself uses them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use ward_sense::{Deliver, Identity, Listeners, Settings, Undelivered, run_with};
use ward_sensor::{Answer, Batch, Frame, Status};

/// Takes frames by a call.
#[derive(Clone, Default)]
struct Inbox(Arc<Mutex<Vec<Batch>>>);

impl Inbox {
    fn answer(&self) -> Answer {
        Answer { held: self.0.lock().unwrap().len() as u64, time: 0, wait_ms: 0 }
    }
}

impl Deliver for Inbox {
    async fn deliver(&self, _: Option<&Status>, frames: &[Vec<u8>]) -> Result<Answer, Undelivered> {
        for frame in frames {
            let (frame, _) = Frame::parse(frame).unwrap();
            let mut kept = self.0.lock().unwrap();
            if frame.sequence() == kept.len() as u64 + 1 {
                kept.push(frame.open(|_, _| true).unwrap());
            }
        }
        Ok(self.answer())
    }

    async fn held(&self) -> Result<Answer, Undelivered> {
        Ok(self.answer())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desks_own_sources() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("spool = {:?}\nsyslog = {{ tcp = [\"127.0.0.1:0\"] }}", folder.path());
    let settings: Settings = toml::from_str(&text).unwrap();
    let listeners = Listeners::open(&settings).unwrap();
    let name = listeners.names().concat();
    let listen = name.strip_prefix("syslog tcp ").unwrap();
    let identity = Arc::new(Identity::local("desk", folder.path()).unwrap());
    let inbox = Inbox::default();
    let (stop, stopped) = oneshot::channel::<()>();
    let keep = Arc::new(|_: &[u8]| false);
    let running = run_with(settings, listeners, identity, inbox.clone(), keep, async {
        let _ = stopped.await;
    });
    let running = tokio::spawn(running);
    let mut stream = TcpStream::connect(listen).await.unwrap();
    stream.write_all(b"<34>Nov  3 18:59:00 web1 app: first\n").await.unwrap();
    while inbox.0.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stream.write_all(b"<34>Nov  3 19:00:00 web1 app: password=hunter2 done\n").await.unwrap();
    // What is on the way when it is told to stop is still kept.
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    let kept = inbox.0.lock().unwrap();
    let batch = kept.last().unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(batch.stream.name, "syslog/tcp/127.0.0.1");
    assert_eq!(batch.body, b"<34>Nov  3 19:00:00 web1 app: password=xxxxxxx done\n");
}
