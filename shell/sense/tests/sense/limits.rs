use std::time::Duration;

use tokio::net::UdpSocket;

use crate::desk::Desk;
use crate::exactly_once::{Sensor, append, enrolled, line, numbers, settings};

/// A line that says nothing twice, so that it does not compress.
fn noise(number: u32) -> String {
    let mut state = u64::from(number) + 1;
    let mut word = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{:016x}", state.rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    };
    let words: Vec<_> = (0..40).map(|_| word()).collect();
    format!("Nov  3 19:00:00 web1 app[1]: record {number:08} {}\n", words.concat())
}

/// The desk is away and the spool fills up: files wait, datagrams are dropped and counted, and
/// when the desk is back, nothing of the files is missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_spool() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    let state = std::sync::Arc::clone(&desk.state);
    let address = desk.address.to_string();
    desk.stop();
    append(folder.path(), (0..60_000).map(noise));
    let probe = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let listen = probe.local_addr().unwrap();
    drop(probe);
    let sensor =
        Sensor::start(settings(folder.path(), &format!("syslog = {{ udp = [\"{listen}\"] }}")));
    let sender = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let spool = folder.path().join("sense/spool");
    let size = || {
        let files = std::fs::read_dir(&spool).unwrap();
        let frames = files
            .map(Result::unwrap)
            .filter(|file| file.path().extension().is_some_and(|ending| ending == "frames"));
        frames.filter_map(|file| Some(file.metadata().ok()?.len())).sum::<u64>()
    };
    let mut sent = 0_u32;
    for number in 0..20_000 {
        let text = noise(number).replace("record", "datagram");
        sent += u32::from(sender.send_to(text.as_bytes(), listen).await.is_ok());
        if number % 50 == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let full = size();
    assert!((14 << 20..17 << 20).contains(&full), "{full}");
    let desk = Desk::start_at(&address, state, None).await;
    desk.until("all lines are there", |state| {
        let files = state.batches.iter().filter(|batch| batch.stream.name.ends_with("a.log"));
        files.map(|batch| batch.records).sum::<u32>() == 60_000
    })
    .await;
    sensor.stop().await;
    let files: Vec<_> = numbers(&desk).into_iter().collect();
    let datagrams =
        desk.streams().into_iter().filter(|((name, _), _)| name.starts_with("syslog/udp"));
    let came: usize =
        datagrams.map(|(_, text)| text.iter().filter(|byte| **byte == b'\n').count()).sum();
    assert_eq!(files.len(), 60_000 + came);
    let status = desk.lock().statuses.last().cloned().unwrap();
    assert!(status.dropped_records() > 0 && came > 0);
    // What the socket itself dropped nobody can count.
    assert!(u64::from(sent) >= status.dropped_records() + came as u64);
    // The count outlives the process.
    let sensor = Sensor::start(settings(folder.path(), ""));
    let before = desk.lock().statuses.len();
    desk.until("it says how it is", |state| state.statuses.len() > before).await;
    sensor.stop().await;
    let again = desk.lock().statuses.last().cloned().unwrap();
    assert_eq!(again.dropped_records(), status.dropped_records());
    assert!(size() < 2 << 20, "what is held is deleted");
}

/// Batches in the middle of the spool are destroyed while the desk is away: what lies behind them
/// is sent all the same, and it is said that something is missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_spool() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    let state = std::sync::Arc::clone(&desk.state);
    let address = desk.address.to_string();
    desk.stop();
    append(folder.path(), (0..40_000).map(noise));
    let sensor = Sensor::start(settings(folder.path(), ""));
    tokio::time::sleep(Duration::from_secs(3)).await;
    sensor.stop().await;
    let spool = folder.path().join("sense/spool");
    let mut segments: Vec<_> = std::fs::read_dir(&spool)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "frames"))
        .collect();
    segments.sort();
    assert!(segments.len() > 1, "{segments:?}");
    let mut bytes = std::fs::read(&segments[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes.truncate(middle);
    std::fs::write(&segments[0], bytes).unwrap();
    let desk = Desk::start_at(&address, state, None).await;
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("the last line came", |state| {
        state
            .batches
            .last()
            .is_some_and(|batch| batch.body.windows(8).any(|word| word == b"00039999"))
    })
    .await;
    sensor.stop().await;
    let state = desk.lock();
    assert!(!state.lost.is_empty());
    let problems = state.statuses.last().unwrap().problems.concat();
    assert!(problems.contains("are lost"), "{problems}");
}

/// Two processes on one spool, a taken port: told in a sentence.
#[tokio::test(flavor = "multi_thread")]
async fn cannot_start() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    append(folder.path(), (0..1).map(line));
    let sensor = Sensor::start(settings(folder.path(), ""));
    desk.until("something is held", |state| state.held > 0).await;
    let keep = crate::exactly_once::keep();
    let second = ward_sense::run(settings(folder.path(), ""), keep.clone(), async {}).await;
    assert!(second.unwrap_err().to_string().contains("another ward sense runs"));
    sensor.stop().await;
    let taken = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let listen = taken.local_addr().unwrap();
    let more = format!("netflow = {{ udp = [\"{listen}\"] }}");
    let error = ward_sense::run(settings(folder.path(), &more), keep, async {}).await.unwrap_err();
    assert!(error.to_string().contains("another program listens there"), "{error}");
}
