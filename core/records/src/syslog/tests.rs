use proptest::prelude::*;
use ward_kernel::Time;

use super::*;
use crate::testing::{events, in_blocks, recognised, whole};

const MIXED: &[u8] = b"Nov  3 19:00:00 bastion sshd[12]: Failed password for root from 192.0.2.1 port 7 ssh2
<38>1 2026-11-03T19:00:01.5-06:00 bastion sshd-session 12 - - Failed password for root from 192.0.2.1 port 8 ssh2
2026-11-03T19:00:02.123456-06:00 bastion sshd[12]: Accepted password for jo from 192.0.2.2 port 9 ssh2
2026-11-03T19:00:03+0000 fw kernel: DROP IN=eth0 OUT= MAC= SRC=192.0.2.3 DST=198.51.100.1 PROTO=TCP SPT=1 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0
Nov  3 19:00:04 fw DROP IN=eth0 OUT= MAC= SRC=192.0.2.3 DST=198.51.100.1 PROTO=UDP SPT=1 DPT=161 LEN=9
Nov  3 19:00:05 filterlog[99]: 8,,,1000000103,em0,match,block,in,4,0x0,,43,6291,0,none,6,tcp,44,192.0.2.4,198.51.100.2,16568,12283,0,S,2868024203,,1024,,mss
Nov  3 19:00:06 bastion rsyslogd-2177: imuxsock[pid 9]: 45 messages lost due to rate-limiting
-- Boot 0123456789abcdef --
Nov  3 19:00:07 bastion CRON[5]: pam_unix(cron:session): session opened for user root
not a line of syslog
";

#[test]
fn a_mixed_file() {
    let kinds = events::<Syslog, _>(MIXED, |event| match event.what {
        What::Login(login) => format!("{:?} {}", login.result, event.source),
        What::Flow(flow) => format!("{:?} {} {}", flow.touch, flow.port, event.source),
        What::Loss(loss) => format!("{} {}", loss.by, loss.lost),
        _ => String::new(),
    });
    assert_eq!(
        kinds,
        [
            "Failed 192.0.2.1",
            "Failed 192.0.2.1",
            "Succeeded 192.0.2.2",
            "Failed 23 192.0.2.3",
            "Failed 161 192.0.2.3",
            "Failed 12283 192.0.2.4",
            "rate_limit 45",
        ]
    );
    let kept = recognised::<Syslog>(MIXED);
    assert_eq!(kept.asides.len(), 2);
    assert_eq!(kept.problems.len(), 1);
    let (at, line, _) = &kept.problems[0];
    assert_eq!(line, b"not a line of syslog");
    assert!(MIXED[usize::try_from(*at).unwrap()..].starts_with(line));
}

#[test]
fn an_application_cannot_forge_packets() {
    let packet = "IN=eth0 OUT= SRC=192.0.2.3 DST=198.51.100.1 PROTO=TCP SPT=1 DPT=23 SYN";
    for (program, forged) in [("kernel", false), ("ulogd[7]", false), ("nginx[7]", true)] {
        let line = format!("Nov  3 19:00:04 fw {program}: GET / {packet}\n");
        let kept = recognised::<Syslog>(line.as_bytes());
        assert_eq!(kept.events.is_empty(), forged, "{program}");
    }
}

#[test]
fn web_servers_log_here_too() {
    let file = b"Nov  3 19:00:00 web1 nginx: 192.0.2.1 - - [03/Nov/2026:19:00:00 -0600] \"GET /a HTTP/1.1\" 200 5
Nov  3 19:00:00 web1 nginx: 2026/11/03 19:00:00 [error] 1#1: *2 open() \"/a\" failed
";
    let requests = events::<Syslog, _>(file, |event| match event.what {
        What::Request(request) => (event.source.to_string(), request.target.to_vec()),
        ref other => panic!("{other:?}"),
    });
    assert_eq!(requests, [("192.0.2.1".to_owned(), b"/a".to_vec())]);
    assert_eq!(recognised::<Syslog>(file).asides.len(), 1);
}

#[test]
fn recognition() {
    let known = |text: &[u8]| Syslog::recognise(text, &Hints::default()).is_some();
    assert!(known(b"Nov  3 19:00:00 bastion sshd[12]: Server listening"));
    assert!(known(b"Nov  3 19:00:04 fw DROP IN=eth0 OUT= SRC=192.0.2.3 DST=198.51.100.1"));
    assert!(known(b"\0\0\0Nov  3 19:00:00 h p: x\nNov  3 19:0"));
    for text in [
        &b""[..],
        b"\n",
        b"once upon a time\n",
        b"2026/11/03 19:00:00 [error] 1#1: *2 open() failed\n",
        b"Nov  3 19:00:00 we went to the town hall\n",
        b"192.0.2.1 - - [03/Nov/2026:19:00:00 -0600] \"GET / HTTP/1.1\" 200 5\n",
    ] {
        assert!(!known(text), "{}", String::from_utf8_lossy(text));
    }
}

proptest! {
    #[test]
    fn any_bytes(file in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut reader = Syslog::forced(&Hints::default());
        let _ = Syslog::recognise(&file, &Hints::default());
        let _ = whole(&mut reader, &file);
    }

    /// Stamps are remembered between lines; what they were never shows.
    #[test]
    fn any_order_and_any_split(
        lines in prop::collection::vec((1_i64..1000, 0_usize..4, 0_i64..86_400), 0..30),
        size in 1_usize..300,
    ) {
        let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
        let hints = Hints { newest: Time::parse("2026-11-03T19:00:00Z").unwrap(), zone };
        let mut file = Vec::new();
        for (day, kind, second) in lines {
            let at = jiff::Timestamp::from_second(1_700_000_000 + day * 86_400 + second).unwrap();
            let at = at.to_zoned(jiff::tz::TimeZone::UTC);
            let stamp = match kind {
                0 => at.strftime("%b %e %H:%M:%S"),
                1 => at.strftime("%Y-%m-%dT%H:%M:%S"),
                2 => at.strftime("%Y-%m-%dT%H:%M:%S+0100"),
                _ => at.strftime("x %b"),
            };
            file.extend(format!("{stamp} h sshd[1]: Invalid user x from 192.0.2.1\r\n").bytes());
        }
        let reader = Syslog::forced(&hints);
        let all = whole(&mut reader.clone(), &file);
        prop_assert_eq!(in_blocks(reader.clone(), &file, size), all.clone());
        // Each line alone says the same.
        prop_assert_eq!(in_blocks(reader, &file, 1), all);
    }
}
