//! A sensor in a process of its own, killed with SIGKILL at any moment.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::desk::Desk;
use crate::exactly_once::{append, check, enrolled, keep, line, settings};

const FOLDER: &str = "WARD_SENSE_TEST_FOLDER";

/// Runs a sensor until it is killed. Not a test by itself: the test below starts it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a part of killed_at_any_moment"]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let settings = settings(&PathBuf::from(folder), "");
    ward_sense::run(settings, keep(), std::future::pending()).await.unwrap();
}

fn spawn(folder: &std::path::Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child", "--ignored"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment() {
    let desk = Desk::start(None).await;
    let folder = tempfile::tempdir().unwrap();
    enrolled(&desk, folder.path()).await;
    desk.lock().chaos = 11;
    let (mut written, mut heard) = (0, std::collections::BTreeSet::new());
    for round in 0..12_u64 {
        let mut child = spawn(folder.path());
        for step in 0..4 {
            append(folder.path(), (written..written + 400).map(line));
            written += 400;
            tokio::time::sleep(Duration::from_millis(20 + (round * 37 + step * 13) % 90)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        heard.insert(desk.lock().held);
        if round % 4 == 1 {
            let to = folder.path().join(format!("a.log.{round}"));
            std::fs::rename(folder.path().join("a.log"), to).unwrap();
        }
    }
    assert!(heard.len() > 4, "it was killed while it worked: {heard:?}");
    desk.lock().chaos = 0;
    let mut child = spawn(folder.path());
    desk.until("all is there", |state| {
        state.batches.iter().map(|batch| batch.records).sum::<u32>() >= written
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    child.kill().unwrap();
    child.wait().unwrap();
    check(&desk, written);
}
