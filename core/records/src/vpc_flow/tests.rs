use proptest::prelude::*;

use super::*;
use crate::testing::{events, in_blocks, recognised, whole};

fn flows(file: &str) -> Vec<(String, Flow)> {
    events::<VpcFlow, _>(file.as_bytes(), |event| match event.what {
        What::Flow(flow) => (event.source.to_string(), flow),
        ref other => panic!("{other:?}"),
    })
}

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol \
    packets bytes start end action log-status\n";

#[test]
fn version_2_with_and_without_header() {
    let line = "2 123456789010 eni-1 192.0.2.9 198.51.100.2 49761 3389 6 20 4249 1793754000 \
        1793754060 REJECT OK\n";
    let want = Flow {
        target: "198.51.100.2".parse().unwrap(),
        port: 3389,
        source_port: 49_761,
        protocol: 6,
        touch: Touch::Failed,
        sent: Some(4249 - 20 * 40),
        seconds: Some(60.0),
        ..Flow::default()
    };
    let stamped = format!("2026-11-04T01:00:00.000Z {line}");
    for file in [line.to_owned(), format!("{HEADER}{line}"), stamped] {
        assert_eq!(flows(&file), [("192.0.2.9".to_owned(), want)], "{file}");
    }
}

#[test]
fn custom_fields() {
    let file = "${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${tcp-flags} \
        ${pkt-srcaddr} ${pkt-dstaddr} ${flow-direction} ${action} ${start} ${end} ${log-status} \
        ${traffic-path}\n\
        10.0.0.220 10.0.1.5 1 443 6 2 203.0.113.5 10.0.9.9 ingress ACCEPT 1793754000 1793754001 OK -\n\
        10.0.0.220 10.0.1.5 1 443 6 2 10.0.0.220 198.51.100.2 egress ACCEPT 1793754000 1793754001 OK 8\n\
        10.0.0.220 10.0.1.5 1 443 6 2 - - ingress ACCEPT 1793754000 1793754001 OK -\n";
    let got: Vec<_> = flows(file)
        .into_iter()
        .map(|(source, flow)| (source, flow.target.to_string(), flow.outward))
        .collect();
    let row = |a: &str, b: &str, outward| (a.to_owned(), b.to_owned(), outward);
    assert_eq!(
        got,
        [
            row("203.0.113.5", "10.0.9.9", Some(false)),
            row("10.0.0.220", "198.51.100.2", Some(true)),
            row("10.0.0.220", "10.0.1.5", None),
        ]
    );
}

#[test]
fn touches() {
    let touch = |protocol: u8, flags: &str, packets: u8, action: &str| {
        let file = format!(
            "srcaddr dstaddr dstport protocol tcp-flags packets start action log-status\n\
             192.0.2.9 198.51.100.2 22 {protocol} {flags} {packets} 1793754000 {action} OK\n"
        );
        flows(&file)[0].1.touch
    };
    assert_eq!(touch(6, "2", 1, "REJECT"), Touch::Failed);
    assert_eq!(touch(6, "-", 1, "REJECT"), Touch::Failed);
    assert_eq!(touch(6, "18", 1, "REJECT"), Touch::Aside);
    assert_eq!(touch(6, "0", 1, "REJECT"), Touch::Aside);
    assert_eq!(touch(6, "2", 1, "ACCEPT"), Touch::Unknown);
    assert_eq!(touch(6, "-", 9, "ACCEPT"), Touch::Unknown);
    assert_eq!(touch(6, "3", 4, "ACCEPT"), Touch::Opened);
    assert_eq!(touch(6, "6", 2, "ACCEPT"), Touch::Opened);
    assert_eq!(touch(6, "3", 9, "ACCEPT"), Touch::Answered);
    for flags in ["18", "19", "1", "4", "0"] {
        assert_eq!(touch(6, flags, 9, "ACCEPT"), Touch::Aside, "{flags}");
    }
    assert_eq!(touch(17, "0", 1, "ACCEPT"), Touch::Unknown);
    assert_eq!(touch(17, "0", 1, "REJECT"), Touch::Failed);
    assert_eq!(touch(1, "0", 1, "REJECT"), Touch::Failed);
}

#[test]
fn no_data_and_skipped_data() {
    let file = "2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA\n\
        2 123456789010 eni-2 - - - - - - - 1431280876 1431280934 - SKIPDATA\n";
    let kept = recognised::<VpcFlow>(file.as_bytes());
    assert_eq!(kept.asides, [(0, Some(Time::from_secs(1_431_280_876)))]);
    assert_eq!(kept.problems, []);
    let losses = events::<VpcFlow, _>(file.as_bytes(), |event| match event.what {
        What::Loss(loss) => (loss.by, loss.lost, loss.part.to_vec()),
        ref other => panic!("{other:?}"),
    });
    assert_eq!(losses, [("skipdata", 1, b"eni-2".to_vec())]);
}

#[test]
fn cut_and_odd_lines() {
    let line = "2 123456789010 eni-1 192.0.2.9 198.51.100.2 49761 3389 6 20 4249 1793754000 \
        1793754060 REJECT OK";
    for (line, why) in [
        ("2 123456789010 eni-1 192.0.2.9 198.51", NO_START),
        ("2 123456789010 eni-1 192.0.2.9 198.51.100.2 49761 3389 6 20 4249 1793754000", NO_STATUS),
        ("2 1 eni-1 x 198.51.100.2 1 2 6 20 4249 1793754000 1793754060 REJECT OK", NO_ADDRESS),
        ("2 1 eni-1 192.0.2.9 198.51.100.2 1 2 6 20 4249 1793754000 1793754060 DROP OK", NO_ACTION),
    ] {
        let kept = whole(&mut VpcFlow::forced(&Hints::default()), line.as_bytes());
        assert_eq!(kept.problems.iter().map(|problem| problem.2).collect::<Vec<_>>(), [why]);
    }
    let backwards = line.replace("1793754060", "1");
    assert_eq!(flows(&backwards)[0].1.seconds, None);
}

#[test]
fn recognition() {
    let known = |text: &str| VpcFlow::recognise(text.as_bytes(), &Hints::default()).is_some();
    assert!(known(HEADER));
    for text in ["", "2 x", "version account-id\n", "srcaddr is not dstaddr, is it?\n"] {
        assert!(!known(text), "{text}");
    }
}

proptest! {
    #[test]
    fn any_bytes(file in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = VpcFlow::recognise(&file, &Hints::default());
        let _ = whole(&mut VpcFlow::forced(&Hints::default()), &file);
    }

    /// Headers recur and change; every block reads by the one before it.
    #[test]
    fn any_split(
        lines in prop::collection::vec(prop::sample::select(vec![
            HEADER,
            "srcaddr dstaddr start action log-status\n",
            "dstaddr srcaddr action start log-status\r\n",
            "192.0.2.9 198.51.100.2 1793754000 REJECT OK\n",
            "192.0.2.9 198.51.100.2 REJECT 1793754000 OK\n",
            "2 1 eni-1 192.0.2.9 198.51.100.2 1 2 6 20 4249 1793754000 1793754060 REJECT OK\n",
            "2 1 eni-2 - - - - - - - 1431280876 1431280934 - SKIPDATA\n",
            "a srcaddr that is no header\n",
            "\u{feff}dstaddr srcaddr action start log-status\n",
            "\n",
        ]), 0..20),
        size in 1_usize..200,
    ) {
        let file = lines.concat();
        let reader = VpcFlow::forced(&Hints::default());
        let all = whole(&mut reader.clone(), file.as_bytes());
        prop_assert_eq!(in_blocks(reader, file.as_bytes(), size), all);
    }
}
