//! What real tools did in recorded captures, and what Ward makes of it. `fixtures/README.md` says
//! how each was made.

use crate::support::{Heard, capture, recording};
use ward_records::Touch::{Aside, Failed, Opened, Unknown};

const SERVER: &str = "198.51.100.20";
/// Takes packets and never answers.
const SILENT: &str = "198.51.100.99";

fn read(name: &str) -> Heard {
    let heard = capture(&recording(name));
    assert_eq!(heard.problems, [], "{name}");
    heard
}

#[test]
fn syn_scan() {
    let heard = read("syn");
    assert_eq!(heard.touches(SERVER, 22), [Failed]);
    assert_eq!(heard.touches(SERVER, 80), [Opened]);
    assert_eq!(heard.touches(SERVER, 443), [Failed]);
    assert_eq!(heard.touches(SILENT, 23), [Failed]);
    assert_eq!(heard.flows.len(), 4);
    let raw = ward_records::mark::RAW_SYN;
    assert!(heard.flows.iter().all(|(_, _, source, flow)| {
        source == "198.51.100.7" && flow.mark == raw && flow.outward.is_none()
    }));
    assert_eq!(read("nano").touches(SERVER, 80), [Opened]);
    assert!(read("nano").flows[0].1.micros() % 1000 != 0, "nanoseconds are read as such");
}

#[test]
fn connect_scan() {
    let heard = read("connect");
    let touches = [heard.touches(SERVER, 22), heard.touches(SERVER, 80), heard.touches(SILENT, 25)];
    assert_eq!(touches, [vec![Failed], vec![Opened], vec![Failed]]);
    assert!(heard.flows.iter().all(|one| one.3.mark == 0));
}

#[test]
fn stealth_scans_are_probes_and_ack_scans_are_midstream() {
    let heard = read("stealth");
    // NULL, FIN, Xmas: no honest segment; ACK: nobody can tell it from one.
    assert_eq!(heard.touches(SERVER, 22), [Failed, Failed, Failed, Aside]);
    assert_eq!(heard.touches(SERVER, 80), [Failed, Failed, Failed, Aside]);
}

#[test]
fn web_requests() {
    for (name, site) in [("web", SERVER), ("v6", "[2001:db8:1::20]")] {
        let heard = read(name);
        let expected = [
            ("GET", "/places?zip=65101", "200 15 agent=clerk/1.0 via=192.0.2.44 body="),
            ("GET", "/missing", "404 15 agent=curl/7.88.1 via= body="),
            ("GET", "/again", "200 15 agent=curl/7.88.1 via= body="),
            ("POST", "/lookup", "500 15 agent=curl/7.88.1 via= body=id=1%27%20OR%201=1"),
        ];
        assert_eq!(heard.requests.len(), expected.len());
        for (request, (method, target, rest)) in heard.requests.iter().zip(expected) {
            let source = if name == "web" { "198.51.100.7" } else { "2001:db8:1::7" };
            assert_eq!(*request, format!("{source} {method} {site}{target} {rest}"));
        }
    }
    let heard = read("web");
    assert_eq!(heard.touches(SERVER, 80).len(), 3);
    assert!(heard.lines().iter().all(|line| line.ends_with("80/6 Answered")));
    let first = heard.flows[0].3;
    assert!(first.sent > Some(100) && first.received > Some(100) && first.seconds > Some(0.0));
}

#[test]
fn other_links_and_short_packets() {
    for name in ["web_any", "web_any2", "short"] {
        let heard = read(name);
        let lines = heard.lines();
        assert_eq!(lines, ["198.51.100.7 > 198.51.100.20 80/6 Answered"], "{name}");
        // The headers say how long what was cut had been.
        assert!(heard.flows[0].3.received > Some(100), "{name}");
    }
    assert_eq!(read("web_any2").requests.len(), 1);
}

#[test]
fn version_six() {
    let heard = read("v6");
    assert_eq!(heard.touches("2001:db8:1::20", 22), [Failed]);
    assert_eq!(heard.touches("2001:db8:1::20", 80)[0], Opened);
    assert_eq!(heard.touches("2001:db8:1::99", 23), [Failed]);
    assert!(heard.asides > 0, "neighbour discovery is no flow");
}

#[test]
fn fragments() {
    let heard = read("fragments");
    // nmap -f leaves the flags in the second fragment; the answer says that it was an opening.
    assert_eq!(heard.touches(SERVER, 22), [Failed]);
    assert_eq!(heard.touches(SERVER, 80), [Opened]);
    assert_eq!(heard.touches(SERVER, 53).len(), 1);
    assert_eq!(heard.asides, 6, "later fragments are counted");
}

#[test]
fn datagrams() {
    let heard = read("datagrams");
    let lines: Vec<_> = heard.lines();
    assert_eq!(
        lines,
        [
            "198.51.100.7 > 198.51.100.20 161/17 Failed",
            "198.51.100.7 > 198.51.100.20 2048/1 Answered",
            "198.51.100.7 > 198.51.100.20 53/17 Answered",
            "198.51.100.7 > 198.51.100.99 123/17 Unknown",
            "198.51.100.7 > 198.51.100.99 2048/1 Unknown",
        ]
    );
}

#[test]
fn backscatter_is_never_a_scan() {
    let heard = read("backscatter");
    assert_eq!(heard.flows.len(), 5);
    assert!(heard.flows.iter().all(|one| one.3.touch == Aside));
    // SYN-ACK and RST-ACK say who must have begun: not their sender.
    let sources: Vec<_> = heard.flows.iter().map(|one| one.2.as_str()).collect();
    assert_eq!(sources[..3], [SILENT, SILENT, "198.51.100.7"]);
}

/// Lines that say the same in packets and in exports. That a UDP port was closed only the ICMP
/// error tells, which exporters do not connect with it; and the exporter's own flow is not the
/// recording's.
fn comparable(heard: &Heard) -> Vec<String> {
    let apart = |line: &String| !line.contains(" 161/17 ") && !line.contains("127.0.0.1");
    heard.lines().into_iter().filter(apart).collect()
}

#[test]
fn packets_and_exports_agree() {
    let packets = comparable(&read("mixed"));
    assert_eq!(packets.len(), 12, "{packets:#?}");
    for name in ["export_v5", "export_v9", "export_ipfix"] {
        let heard = read(name);
        assert_eq!(comparable(&heard), packets, "{name}");
        assert_eq!(heard.touches(SERVER, 161), [Unknown]);
        assert_eq!(heard.losses, [], "{name}");
        let carriers = heard.flows.iter().filter(|one| one.2 == "127.0.0.1");
        let touches: Vec<_> = carriers.map(|one| one.3.touch).collect();
        assert_eq!(touches, [Unknown], "{name}: the exports' own flow");
    }
    // The paired form of this exporter leaves ICMP types out.
    let without_icmp = |lines: Vec<String>| -> Vec<String> {
        lines.into_iter().filter(|line| !line.contains("/1 ")).collect()
    };
    assert_eq!(without_icmp(comparable(&read("export_biflow"))), without_icmp(packets));
}

#[test]
fn exports_have_the_times_of_the_packets() {
    let packets = read("mixed");
    for name in ["export_v5", "export_v9", "export_ipfix", "export_biflow"] {
        for (_, time, _, flow) in read(name).flows {
            let same = |one: &&(u64, ward_kernel::Time, String, ward_records::Flow)| {
                one.3.target == flow.target
                    && one.3.source_port == flow.source_port
                    && flow.protocol == 6
            };
            if let Some(packet) = packets.flows.iter().find(same) {
                let apart = time.since(packet.1).abs();
                assert!(apart <= 1_500_000, "{name}: {apart} µs apart");
            }
        }
    }
}

#[test]
fn sampled_exporters_are_not_believed() {
    let heard = read("export_sampled");
    assert_eq!(heard.losses, [("sampling".to_owned(), 0, "127.0.0.1/0".to_owned())]);
    assert!(heard.flows.len() > 3);
    assert!(heard.flows.iter().all(|one| one.3.touch == Unknown));
}
