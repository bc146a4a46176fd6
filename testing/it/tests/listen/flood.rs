//! More than can be taken: memory stays bounded, and what is missing is counted to the last one.

use std::net::UdpSocket;
use std::thread::spawn;
use std::time::{Duration, Instant};

use crate::desk::{Desk, memory_mib};

/// How long it lasts.
const LASTS: Duration = Duration::from_secs(4);
/// How many send at a time.
const SENDERS: usize = 2;

#[test]
fn what_is_dropped_is_counted() {
    let mut desk = Desk::new();
    let (mut running, at) = desk.start();
    desk.wait("it reports", |desk| desk.own().filter(|own| !own.report.is_empty()));
    let to = at["syslog udp"];
    let before = memory_mib(running.id());
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            spawn(move || {
                let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
                let line = format!("<14>1 - web1 app - - - {}", "x".repeat(900));
                let until = Instant::now() + LASTS;
                let mut sent = 0_u64;
                while Instant::now() < until {
                    for _ in 0..100 {
                        sent += u64::from(socket.send_to(line.as_bytes(), to).is_ok());
                    }
                }
                sent
            })
        })
        .collect();
    let sent: u64 = senders.into_iter().map(|one| one.join().expect("a sender")).sum();
    let own = desk.wait("all is taken in or told as dropped", |desk| {
        desk.own().filter(|own| own.records + own.dropped >= sent)
    });
    let most = memory_mib(running.id());
    println!("sent {sent}, held {}, dropped {}, {before} to {most} MiB", own.records, own.dropped);
    assert_eq!(own.records + own.dropped, sent, "not one more and not one less");
    assert!(own.records > 0 && most < before + 400, "{before} to {most} MiB");
    assert!(running.stop(Duration::from_secs(40)), "it stops in order");
}
