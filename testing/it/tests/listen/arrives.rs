//! Every way in, from the sender to a case, to the page's numbers and to the hunt.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::process::Command;
use std::time::Duration;

use ward_it::binary;
use ward_kernel::Time;

use crate::desk::{Desk, now};
use crate::flows::{Flow, ipfix, netflow9};
use crate::tls;

/// A sign-in over SSH, as RFC 5424 has it.
fn new_style(source: &str, words: &str, account: &str) -> String {
    let time = Time::from_secs(now());
    format!(
        "<38>1 {time} web1 sshd 811 - - {words} password for {account} from {source} port 4 ssh2"
    )
}

/// The same as RFC 3164 has it: its stamp has no year, and its zone is the desk's.
fn old_style(source: &str, account: &str) -> String {
    let text = Time::from_secs(now()).to_string();
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month: usize = text[5..7].parse().expect("a month");
    let day: u8 = text[8..10].parse().expect("a day");
    let (month, time) = (months[month - 1], &text[11..19]);
    format!(
        "<38>{month} {day:>2} {time} web1 sshd[811]: Failed password for {account} from {source} port 4 ssh2"
    )
}

fn udp(to: SocketAddr, messages: impl IntoIterator<Item = Vec<u8>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for message in messages {
        socket.send_to(&message, to).expect("it is sent");
    }
}

/// Every one of the sources is found when it is looked for.
fn seen(desk: &Desk, sources: &[&str]) {
    let hunt = Command::new(binary())
        .args(["hunt", "--data"])
        .arg(desk.path())
        .args(sources)
        .output()
        .expect("ward runs");
    let found = String::from_utf8_lossy(&hunt.stdout).into_owned();
    for source in sources {
        assert!(found.contains(source), "{found}");
    }
    assert!(!found.contains("not found"), "{found}");
}

#[test]
fn every_way_in_leads_to_a_case() {
    let mut desk = Desk::new();
    let (mut running, at) = desk.start();
    let guesses = |source: &'static str| (0..20).map(move |n| old_style(source, &format!("u{n}")));
    udp(at["syslog udp"], guesses("203.0.113.5").map(String::into_bytes));
    // Two framings on one connection (RFC 6587), and a secret.
    let mut tcp = TcpStream::connect(at["syslog tcp"]).expect("a connection");
    for n in 0..20 {
        let line = new_style("203.0.113.6", "Failed", &format!("u{n}"));
        match n % 2 {
            0 => write!(tcp, "{} {line}", line.len()),
            _ => writeln!(tcp, "{line}"),
        }
        .expect("it is sent");
    }
    let entered = new_style("203.0.113.6", "Accepted", "u7");
    writeln!(tcp, "{entered}").expect("it is sent");
    writeln!(tcp, "<14>1 - web1 app - - - sign-in password=hunter2 done").expect("it is sent");
    drop(tcp);
    let counted: Vec<String> =
        guesses("203.0.113.7").map(|line| format!("{} {line}", line.len())).collect();
    tls::send(&desk.path(), at["syslog tls"], counted.concat().as_bytes());
    let flow = |last| Flow {
        source: Ipv4Addr::new(198, 51, 100, last),
        target: Ipv4Addr::new(192, 0, 2, 7),
        port: 3389,
    };
    let exports = [netflow9(&[flow(9)], now()), ipfix(&[flow(10)], now())];
    udp(at["netflow udp"], exports);

    let own = desk.wait("all records are taken in", |desk| {
        desk.own().filter(|own| own.records >= 20 + 22 + 20 + 2)
    });
    assert_eq!((own.records, own.dropped), (64, 0));
    assert_eq!(own.jurisdiction, ward_access::STATE_OFFICE);
    let held = desk.held();
    let names: Vec<&str> = held.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "netflow/127.0.0.1",
            "syslog/tcp/127.0.0.1",
            "syslog/tls/127.0.0.1",
            "syslog/udp/127.0.0.1"
        ]
    );
    let lines = String::from_utf8_lossy(&held["syslog/tcp/127.0.0.1"]).into_owned();
    assert_eq!(lines.lines().count(), 22);
    assert!(lines.contains("password=xxxxxxx done") && !lines.contains("hunter2"), "{lines}");
    assert_eq!(String::from_utf8_lossy(&held["syslog/tls/127.0.0.1"]).lines().count(), 20);
    let kinds =
        desk.wait("cases are made", |desk| Some(desk.cases()).filter(|all| !all.is_empty()));
    println!("cases: {kinds:?}");
    assert!(running.stop(Duration::from_secs(30)), "it stops in order: {}", desk.said());
    // Flows that alone are no case are seen all the same.
    seen(&desk, &["198.51.100.9", "198.51.100.10", "203.0.113.6"]);
}

#[test]
fn its_sensor_comes_and_goes_with_the_settings() {
    let mut desk = Desk::new();
    let (mut running, at) = desk.start();
    desk.wait("it reports", |desk| desk.own().filter(|own| !own.report.is_empty()));
    assert!(running.stop(Duration::from_secs(30)), "it stops in order");
    let (mut running, _) = desk.start();
    udp(at["syslog udp"], []);
    assert_eq!(desk.own().expect("it is there").retired, None);
    assert!(running.stop(Duration::from_secs(30)), "it stops in order");
    desk.settings("");
    let mut quiet = ward_it::Running::start(desk.command(), &desk.folder.path().join("quiet.txt"));
    desk.wait("nothing is expected of it", |desk| desk.own()?.retired);
    assert!(quiet.stop(Duration::from_secs(30)), "it stops in order");
    desk.settings("[desk.syslog]\nudp = \"127.0.0.1:0\"\n");
    let (_running, _) = desk.start();
    desk.wait("it is in service again", |desk| desk.own().filter(|own| own.retired.is_none()));
}
