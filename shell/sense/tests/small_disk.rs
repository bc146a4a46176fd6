#![expect(clippy::unwrap_used, clippy::panic, reason = "manual")]
#[path = "sense/desk.rs"] mod desk;
#[path = "sense/exactly_once.rs"] mod exactly_once;
use desk::Desk; use exactly_once::*;
#[tokio::test(flavor = "multi_thread")]
async fn speed() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    append(folder.path(), (0..1_000_000_u32).map(|n| format!("192.0.2.{} - - [03/Nov/2026:19:00:00 -0600] \"GET /page/{n}?q={n}&password=abc HTTP/1.1\" 200 {n} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) {}\"\n", n % 200, n % 977)));
    let t = std::time::Instant::now();
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("all", |s| s.batches.iter().map(|b| b.records).sum::<u32>() == 1_000_000).await;
    println!("{:?} rss {}", t.elapsed(), std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
    let mut worst = std::time::Duration::ZERO; let mut held = 0;
    for n in 0..20 { let h = desk.lock().held; held = held.max(h); append(folder.path(), std::iter::once(line(n))); let t = std::time::Instant::now(); desk.until("one", |s| s.held > h).await; worst = worst.max(t.elapsed()); tokio::time::sleep(std::time::Duration::from_millis(37)).await; }
    println!("worst latency {worst:?}");
    sensor.stop().await;
}
