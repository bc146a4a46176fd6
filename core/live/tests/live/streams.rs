//! Streams: gaps, repeats, unknown content, datagrams, headers before the window, sightings.

use proptest::prelude::*;
use ward_kernel::{KeyKind, Rung, Time};
use ward_live::{Live, STATE, StreamInfo};
use ward_sensor::datagram;

use crate::common::{live, received};

fn stream(id: u32, head: &[u8]) -> StreamInfo {
    StreamInfo {
        id,
        name: "/var/log/auth.log".into(),
        sensor: "adair-1".into(),
        jurisdiction: "adair".into(),
        format: None,
        head: head.to_vec(),
    }
}

fn failed(n: u32) -> String {
    format!(
        "Nov  4 20:00:{:02} clerk sshd[811]: Failed password for clerk07 from 203.0.113.5 port \
         {} ssh2\n",
        n % 60,
        40_000 + n,
    )
}

fn guesses(count: u32) -> Vec<u8> {
    (0..count).map(failed).collect::<String>().into_bytes()
}

#[test]
fn a_gap_and_a_repeat_are_told_and_reading_goes_on() {
    let text = guesses(30);
    let mut live = live();
    assert_eq!(live.open(stream(7_000_000, &text)), Some("syslog"));
    let line = text.len() / 30;
    let cut = |from: usize, to: usize| &text[from * line..to * line];
    assert_eq!(live.take(7_000_000, 0, received(), cut(0, 10)).records, 10);
    let gap = live.take(7_000_000, (20 * line) as u64, received(), cut(20, 25));
    assert_eq!((gap.records, gap.problems.len()), (5, 1));
    assert!(gap.problems[0].what.contains("bytes are missing"), "{gap:?}");
    let repeat = live.take(7_000_000, (22 * line) as u64, received(), cut(22, 30));
    assert_eq!((repeat.records, repeat.problems.len()), (5, 1));
    // What was missing is read when it comes after all, and nothing twice.
    let again = live.take(7_000_000, 0, received(), &text);
    assert_eq!((again.records, again.problems.len()), (10, 1));
    let again = live.take(7_000_000, 0, received(), &text);
    assert_eq!((again.records, again.problems.len()), (0, 1));
    let judged = live.judge_full();
    let scopes: Vec<&str> = judged.iter().map(|one| one.scope.as_str()).collect();
    assert_eq!(scopes, [STATE, "adair"]);
    assert!(judged.iter().all(|one| one.cases[0].records == 30 && one.complete));
    assert_eq!(judged[0].cases[0].jurisdictions, ["adair"]);
    assert_eq!(live.judge_full(), []);
}

/// Lines that never end, in many streams, must not fill the memory.
#[test]
fn what_waits_is_bounded() {
    let mut live = live();
    let mut endless = failed(1).into_bytes();
    endless.resize(1 << 20, b'a');
    let problems = |live: &mut Live, id: u32| {
        live.open(stream(id, &failed(1).into_bytes()));
        let taken = live.take(id, 0, received(), &endless);
        taken.problems.iter().any(|one| one.what.contains("too much waits"))
    };
    let told = (0..66).filter(|id| problems(&mut live, *id)).count();
    assert_eq!(told, 2, "the first 64 MiB wait");
    // A stream that was read in a hurry is read on.
    let taken = live.take(65, endless.len() as u64, received(), failed(2).as_bytes());
    assert_eq!(taken.records, 1);
}

#[test]
fn nobody_opened_it() {
    let taken = live().take(3, 0, received(), b"a line\n");
    assert_eq!((taken.records, taken.problems.len()), (0, 1));
}

#[test]
fn what_is_not_recognised_is_told_once_and_read_when_it_is() {
    let mut live = live();
    assert_eq!(live.open(stream(1, b"")), None);
    let odd = b"== a banner of somebody's tool ==\n";
    let first = live.take(1, 0, received(), odd);
    assert_eq!((first.records, first.problems.len()), (0, 1));
    let text = guesses(9);
    let second = live.take(1, odd.len() as u64, received(), &text);
    assert_eq!((second.records, second.misread, second.problems.len()), (9, 1, 0));
    assert_eq!(live.judge_quick()[0].cases[0].kind, "login.guess");
    // What stays unknown is given up after 64 KiB.
    live.open(stream(2, b"?"));
    let noise = vec![b'?'; 100_000];
    assert_eq!(live.take(2, 0, received(), &noise).problems.len(), 1);
    let after = live.take(2, 100_000, received(), &text);
    assert_eq!((after.records, after.problems.len()), (0, 0));
}

#[test]
fn a_window_that_begins_within_a_stream_knows_its_header() {
    let head = b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
                 #path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\t\
                 conn_state\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\n";
    let lines: String = (0..20)
        .map(|n| {
            format!("1793736{n:03}.5\tC{n}\t203.0.113.5\t4000{n}\t198.51.100.{n}\t23\ttcp\tS0\n")
        })
        .collect();
    let mut live = live();
    assert_eq!(live.open(stream(1, head)), Some("zeek"));
    let taken = live.take(1, 1_000_000, received(), lines.as_bytes());
    assert_eq!((taken.records, taken.problems.len()), (20, 0));
    assert_eq!(live.judge_full()[0].cases[0].kind, "scan.horizontal");
}

/// NetFlow v5: one record of one flow, made by hand (Cisco, "`NetFlow` Export Datagram Format").
fn netflow(n: u8) -> Vec<u8> {
    let mut datagram = vec![0, 5, 0, 1, 0, 0, 0x27, 0x10];
    datagram.extend_from_slice(&1_793_736_000_u32.to_be_bytes());
    datagram.extend_from_slice(&[0; 4]);
    datagram.extend_from_slice(&u32::from(n).to_be_bytes());
    datagram.extend_from_slice(&[0; 4]);
    let mut record = vec![203, 0, 113, 5, 198, 51, 100, n, 0, 0, 0, 0, 0, 1, 0, 2];
    record.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 40, 0, 0, 0x10, 0, 0, 0, 0x10, 0]);
    record.extend_from_slice(&[0x9c, 0x40, 0, 23, 0, 0x02, 6, 0, 0, 0, 0, 0, 24, 24, 0, 0]);
    datagram.extend(record);
    datagram
}

#[test]
fn datagrams_of_a_collector() {
    let exporter = "192.0.2.1".parse().unwrap();
    let mut body = Vec::new();
    for n in 0..30 {
        let time = Time::from_secs(1_793_736_000 + i64::from(n));
        assert!(datagram::push(&mut body, time, exporter, &netflow(n)));
    }
    let mut live = live();
    let info = StreamInfo { format: Some("netflow".into()), ..stream(5, b"") };
    assert_eq!(live.open(info), Some("netflow"));
    // Cut anywhere.
    for (at, part) in body.chunks(37).enumerate() {
        assert_eq!(live.take(5, (at * 37) as u64, received(), part).problems, []);
    }
    assert_eq!(live.close(5, received()).records, 30);
    let judged = live.judge_full();
    assert_eq!(judged[0].cases[0].rung, Rung::Scan);
    assert_eq!(judged[0].cases[0].records, 30);
    let evidence = live.evidence_wanted(&judged[0].cases[0]);
    assert_eq!(evidence[0], (5, 0));
}

#[test]
fn sightings_say_the_rung() {
    let mut live = live();
    let mut text = guesses(9);
    text.extend_from_slice(
        b"Nov  4 20:01:00 clerk sshd[811]: Accepted password for clerk01 from 192.0.2.9 port 4 ssh2\n",
    );
    live.open(stream(1, &text));
    live.take(1, 0, received(), &text);
    live.judge_full();
    assert_eq!(live.sightings(), 4);
    let rows = live.drain_sightings();
    let told: Vec<_> =
        rows.iter().map(|row| (row.kind, row.key.as_str(), row.count, row.rung)).collect();
    let expected = [
        (KeyKind::Address, "192.0.2.9", 1, None),
        (KeyKind::Address, "203.0.113.5", 9, Some(Rung::Attempt)),
        (KeyKind::Account, "clerk01", 1, None),
        (KeyKind::Account, "clerk07", 9, Some(Rung::Attempt)),
    ];
    assert_eq!(told, expected);
    assert!(rows.iter().all(|row| row.sensor == "adair-1" && row.jurisdiction == "adair"));
    assert_eq!(live.sightings(), 0);
}

/// The year that a stamp lacks is that of the receipt, also long after the stream was opened.
#[test]
fn the_year_turns() {
    let mut live = live();
    let old =
        b"Dec 31 23:59:58 clerk sshd[811]: Failed password for a from 203.0.113.5 port 4 ssh2\n";
    let new =
        b"Jan  1 00:00:03 clerk sshd[811]: Failed password for a from 203.0.113.5 port 4 ssh2\n";
    live.open(stream(1, old));
    let at = |text| Time::parse(text).unwrap();
    let taken = live.take(1, 0, at("2026-12-31T23:59:59Z"), old);
    assert_eq!(taken.newest, Some(at("2026-12-31T23:59:58Z")));
    let taken = live.take(1, old.len() as u64, at("2027-01-01T00:00:04Z"), new);
    assert_eq!(taken.newest, Some(at("2027-01-01T00:00:03Z")));
    let taken = live.take(1, 2 * old.len() as u64, at("2027-06-01T00:00:00Z"), old);
    assert_eq!(taken.newest, Some(at("2026-12-31T23:59:58Z")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the bytes, their places and their order are, nothing panics and nothing grows.
    #[test]
    fn any_blocks_are_taken(
        blocks in proptest::collection::vec(
            (0_u32..3, any::<u64>(), proptest::collection::vec(any::<u8>(), 0..200)), 0..20,
        ),
        format in proptest::option::of(prop_oneof![
            Just("netflow"), Just("zeek"), Just("syslog"), Just("windows-xml"), Just("odd"),
        ]),
    ) {
        let mut live = live();
        for id in 0..2 {
            let head = blocks.first().map(|(.., bytes)| bytes.clone()).unwrap_or_default();
            live.open(StreamInfo { format: format.map(str::to_owned), ..stream(id, &head) });
        }
        for (id, base, bytes) in &blocks {
            live.take(*id, *base, received(), bytes);
            live.judge_quick();
        }
        live.close(0, received());
        live.judge_full();
        live.drain_sightings();
    }
}
