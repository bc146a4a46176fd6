//! SIGKILL in the midst of it: what lay in the spool or in the store is held afterwards, once.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{sleep, spawn};
use std::time::Duration;

use ward_sensor::Frame;
use ward_store::Store;

use crate::desk::{Desk, now};

/// The numbers of the records in some lines; none may come twice.
fn numbers(bytes: &[u8], into: &mut BTreeSet<u64>, twice_is_wrong: bool) {
    for line in String::from_utf8_lossy(bytes).lines() {
        let Some((_, number)) = line.split_once("record ") else { continue };
        let new = into.insert(number.parse().expect("a number"));
        assert!(new || !twice_is_wrong, "record {number} is held twice");
    }
}

/// What lies in the spool, after a kill.
fn spooled(desk: &Desk) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    let Ok(entries) = fs::read_dir(desk.path().join("listen/spool")) else { return found };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("a file");
        let mut rest = bytes.as_slice();
        while let Ok((frame, after)) = Frame::parse(rest) {
            let batch = frame.open(|_, _| true).expect("a frame is whole");
            numbers(&batch.body, &mut found, false);
            rest = after;
        }
    }
    found
}

fn held(desk: &Desk) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    desk.held().values().for_each(|bytes| numbers(bytes, &mut found, true));
    found
}

#[test]
fn what_was_spooled_is_held_once() {
    let mut desk = Desk::new();
    let (mut durable, mut ahead, mut next) = (BTreeSet::new(), 0, 0_u64);
    for round in 0..6_u64 {
        let (mut running, at) = desk.start();
        // Its own sensor stands there before the store is shut.
        desk.wait("it reports", |desk| desk.own().filter(|own| !own.report.is_empty()));
        let go = Arc::new(AtomicBool::new(true));
        let (goes, to, from) = (Arc::clone(&go), at["syslog tcp"], next);
        let sender = spawn(move || {
            let mut tcp = TcpStream::connect(to).expect("a connection");
            let (mut number, secs) = (from, now());
            let stamp = ward_kernel::Time::from_secs(secs);
            while goes.load(Ordering::Relaxed) {
                let line = format!("<14>1 {stamp} web1 app - - - record {number}\n");
                if tcp.write_all(line.as_bytes()).is_err() {
                    break;
                }
                number += 1;
                if number % 200 == 0 {
                    sleep(Duration::from_millis(5));
                }
            }
            number
        });
        sleep(Duration::from_millis(400 + 170 * round));
        // Another holds the store: what comes in stays in the spool.
        shut(&desk, round % 2 == 0, || {
            sleep(Duration::from_millis(700));
            running.kill();
        });
        go.store(false, Ordering::Relaxed);
        next = sender.join().expect("a sender") + 1;
        let (in_spool, in_store) = (spooled(&desk), held(&desk));
        ahead += in_spool.difference(&in_store).count();
        assert!(durable.is_subset(&in_store.union(&in_spool).copied().collect()));
        durable.extend(in_spool);
        durable.extend(in_store);
    }
    assert!(ahead > 1000, "{ahead} records lay in the spool alone when it was killed");
    let (mut running, _) = desk.start();
    desk.wait("all that was kept is held", |desk| durable.is_subset(&held(desk)).then_some(()));
    assert!(running.stop(Duration::from_secs(30)), "it stops in order");
    println!("{} of {next} records kept, {ahead} of them by the spool alone", durable.len());
}

/// Does something while nobody else can write to the store, or while everybody can.
fn shut(desk: &Desk, shut: bool, act: impl FnOnce()) {
    if !shut {
        return act();
    }
    desk.on_store(async |store: &Store| {
        let tx = store.begin().await.expect("a transaction");
        act();
        drop(tx);
    });
}
