use proptest::prelude::*;
use ward_kernel::{Addr, Time};

use super::*;
use crate::testing::{Kept, events, in_blocks, recognised, whole};
use crate::{Event, Flow, LoginResult, Touch, What};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n";

const CONN: &str = "#path\tconn\n#open\t2026-11-03-06-00-00\n\
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t\
    orig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\n\
    #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\t\
    bool\tbool\tcount\tstring\n";

const SCAN: &str = "1793700000.255387\tCabc\t203.0.113.9\t40000\t198.51.100.7\t22\ttcp\t-\t-\t-\t-\t\
    S0\tF\tT\t0\tS\n";

fn conn(lines: &str) -> String {
    format!("{HEAD}{CONN}{lines}#close\t2026-11-03-07-00-00\n")
}

fn flows(file: &str) -> Vec<Flow> {
    events::<ZeekTsv, _>(file.as_bytes(), |event| match event.what {
        What::Flow(flow) => flow,
        _ => panic!("{event:?}"),
    })
}

fn addr(text: &str) -> Addr {
    text.parse().unwrap()
}

#[test]
fn a_scan_and_a_conversation() {
    let talk = "1793700001.000001\tCdef\t203.0.113.9\t40001\t198.51.100.7\t443\ttcp\tssl,-http\t\
        0.250000\t300\t0\tSF\tF\tT\t0\tShADadfF\n";
    let file = conn(&format!("{SCAN}{talk}"));
    let kept = recognised::<ZeekTsv>(file.as_bytes());
    assert!(kept.problems.is_empty() && kept.asides.is_empty(), "{kept:?}");
    let first = file.find("1793700000").unwrap() as u64;
    assert_eq!(kept.events[0].0, first);
    assert_eq!(kept.events[1].0, first + SCAN.len() as u64);
    let flows = flows(&file);
    let scan = Flow {
        target: addr("198.51.100.7"),
        port: 22,
        source_port: 40_000,
        protocol: 6,
        touch: Touch::Failed,
        outward: Some(false),
        ..Flow::default()
    };
    assert_eq!(flows[0], scan);
    assert_eq!(flows[1].touch, Touch::Answered);
    // Unset is unknown, 0 is 0.
    assert_eq!((flows[0].sent, flows[1].received), (None, Some(0)));
    assert_eq!(flows[1].seconds, Some(0.25));
    let times = events::<ZeekTsv, _>(file.as_bytes(), |event| event.time);
    assert_eq!(times[0], Time::from_micros(1_793_700_000_255_387));
}

#[test]
fn probes_without_a_syn() {
    let head = CONN.replace("\thistory\n", "\thistory\torig_pkts\tresp_pkts\n");
    let record = |bytes: &str, state: &str, rest: &str| {
        let ends = "203.0.113.9\t40000\t198.51.100.7\t22\ttcp\t-\t-";
        format!("1793700000.5\tCabc\t{ends}\t{bytes}\t{state}\tF\tT\t{rest}\n")
    };
    for (bytes, state, rest, touch) in [
        ("0\t0", "SH", "0\tF\t1\t0", Touch::Failed),
        ("-\t-", "OTH", "0\tF\t1\t0", Touch::Failed),
        ("0\t0", "OTH", "0\t-\t1\t0", Touch::Failed),
        ("0\t0", "OTH", "-\t-\t1\t0", Touch::Aside),
        ("9\t0", "OTH", "0\t-\t1\t0", Touch::Aside),
        ("0\t9", "SH", "0\tF\t1\t1", Touch::Aside),
        ("0\t0", "SH", "0\tF\t4\t0", Touch::Aside),
        ("0\t0", "OTH", "0\tA\t1\t0", Touch::Aside),
        ("0\t0", "OTH", "0\t^h\t0\t1", Touch::Aside),
    ] {
        let file = format!("{HEAD}{head}{}", record(bytes, state, rest));
        assert_eq!(flows(&file)[0].touch, touch, "{bytes} {state} {rest}");
    }
}

#[test]
fn icmp_and_udp() {
    let line = |ends: &str, proto: &str, rest: &str| {
        let ends = ends.replace(' ', "\t");
        format!("1793700000.0\tC\t{ends}\t{proto}\t-\t-\t{rest}\t-\t-\t0\tD\n")
    };
    let file = conn(
        &[
            line("203.0.113.9 8 198.51.100.7 0", "icmp", "64\t64\tOTH"),
            line("203.0.113.9 8 198.51.100.7 0", "icmp", "64\t0\tOTH"),
            line("2001:db8::9 128 2001:db8::7 129", "icmp", "64\t-\tOTH"),
            line("203.0.113.9 3 198.51.100.7 13", "icmp", "64\t-\tOTH"),
            line("203.0.113.9 53000 198.51.100.7 161", "udp", "40\t-\tS0"),
            line("203.0.113.9 53000 198.51.100.7 53", "udp", "40\t80\tSF"),
        ]
        .concat(),
    );
    let told: Vec<_> =
        flows(&file).into_iter().map(|flow| (flow.protocol, flow.port, flow.touch)).collect();
    assert_eq!(
        told,
        [
            (1, 0x0800, Touch::Answered),
            (1, 0x0800, Touch::Unknown),
            (58, 0x8000, Touch::Unknown),
            (1, 0x030d, Touch::Aside),
            (17, 161, Touch::Unknown),
            (17, 53, Touch::Answered),
        ]
    );
}

#[test]
fn http_without_its_password() {
    let file = format!(
        "{HEAD}#path\thttp\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tmethod\t\
         host\turi\treferrer\tuser_agent\tresponse_body_len\tstatus_code\tusername\tpassword\t\
         proxied\n1793700000.5\tC\t203.0.113.9\t4000\t198.51.100.7\t80\tGET\tvote.example.gov\t\
         /look\\x09up?name=r\\xfc\\\\x\t-\t-\t346\t404\tclerk\thunter2\t\
         VIA -> 1.1 cache,X-FORWARDED-FOR -> 192.0.2.1\\x2c 192.0.2.2\n"
    );
    let kept = recognised::<ZeekTsv>(file.as_bytes());
    assert!(!kept.events[0].1.contains("hunter2"));
    events::<ZeekTsv, _>(file.as_bytes(), |event| {
        let What::Request(request) = event.what else { panic!("{event:?}") };
        assert_eq!(request.target, b"/look\tup?name=r\xfc\\x");
        assert_eq!(request.site, b"vote.example.gov");
        assert_eq!((request.status, request.bytes), (404, 346));
        assert_eq!(request.account, b"clerk");
        assert_eq!(request.forwarded, b"192.0.2.1, 192.0.2.2");
        assert_eq!(request.server, Some(addr("198.51.100.7")));
        assert!(request.agent.is_empty() && request.referrer.is_empty());
    });
}

#[test]
fn logins() {
    let ssh = |tail: &str| {
        format!(
            "{HEAD}#path\tssh\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t\
             auth_success\tauth_attempts\n1793700000.5\t203.0.113.9\t4000\t198.51.100.7\t22\t{tail}\n"
        )
    };
    let told = |file: String| {
        events::<ZeekTsv, _>(file.as_bytes(), |event| match event.what {
            What::Login(login) => (login.service, login.result, login.count),
            _ => panic!("{event:?}"),
        })
    };
    assert_eq!(told(ssh("T\t3")), [("ssh", LoginResult::Succeeded, 1)]);
    // An agent that offers six keys is one effort.
    assert_eq!(told(ssh("F\t6")), [("ssh", LoginResult::Failed, 1)]);
    assert_eq!(told(ssh("F\t-")), [("ssh", LoginResult::Failed, 1)]);
    let unsure = recognised::<ZeekTsv>(ssh("-\t0").as_bytes());
    assert_eq!(unsure.asides.len(), 1);
    let ftp = format!(
        "{HEAD}#path\tftp\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tuser\tpassword\t\
         command\treply_code\n1.5\t203.0.113.9\t4000\t198.51.100.7\t21\tadmin\tx\tPASS\t530\n\
         2.5\t203.0.113.9\t4000\t198.51.100.7\t21\tadmin\tx\tRETR\t226\n"
    );
    assert_eq!(told(ftp), [("ftp", LoginResult::Failed, 1)]);
}

#[test]
fn alerts_losses_and_the_rest() {
    let notice = format!(
        "{HEAD}#path\tnotice\n#fields\tts\tid.orig_h\tnote\tmsg\tsub\tsrc\tdst\tp\n\
         1.5\t-\tScan::Port_Scan\tmany ports\t-\t203.0.113.9\t198.51.100.7\t22\n\
         2.5\t-\tCaptureLoss::Too_Much_Loss\tlost\t-\t-\t-\t-\n"
    );
    events::<ZeekTsv, _>(notice.as_bytes(), |event| {
        let What::Alert(alert) = event.what else { panic!("{event:?}") };
        assert_eq!((alert.signature, alert.severity), (b"Scan::Port_Scan".as_slice(), 3));
        assert_eq!((event.source, alert.port), (addr("203.0.113.9"), 22));
    });
    assert_eq!(recognised::<ZeekTsv>(notice.as_bytes()).asides.len(), 1);
    let loss = format!(
        "{HEAD}#path\tcapture_loss\n#fields\tts\tts_delta\tpeer\tgaps\tacks\tpercent_lost\n\
         1.5\t60.0\tzeek\t254\t181765\t0.14\n"
    );
    events::<ZeekTsv, _>(loss.as_bytes(), |event| {
        let What::Loss(loss) = event.what else { panic!("{event:?}") };
        assert_eq!((loss.lost, loss.of, loss.part), (254, Some(181_765), b"zeek".as_slice()));
    });
    let other = format!("{HEAD}#path\tdhcp\n#fields\tts\tuids\n3.5\t(empty)\n-\tx\nlate\tx\n");
    let kept = recognised::<ZeekTsv>(other.as_bytes());
    assert_eq!(
        kept.asides.iter().map(|aside| aside.1).collect::<Vec<_>>(),
        [Some(Time::from_micros(3_500_000)), None]
    );
    assert_eq!(kept.problems.len(), 1);
}

#[test]
fn headers_change_within_a_file() {
    let other = "#fields\tid.resp_h\tts\tid.orig_h\tid.resp_p\tproto\tconn_state\n\
        198.51.100.8\t1793700009.0\t203.0.113.9\t23\ttcp\tREJ\n";
    let file = format!("{}{other}{}", conn(SCAN), conn(SCAN));
    let ports: Vec<_> = flows(&file).iter().map(|flow| (flow.port, flow.touch)).collect();
    assert_eq!(ports, [(22, Touch::Failed), (23, Touch::Failed), (22, Touch::Failed)]);
    // What the first header named and the second does not is not carried over.
    assert_eq!(flows(&file)[1].source_port, 0);
}

#[test]
fn odd_separators_and_prefixes() {
    let with = |separator: &str, prefix: &str| {
        let named = conn(SCAN).replace("\\x09", separator).replace('\t', separator);
        named.replace('#', prefix)
    };
    for (separator, prefix) in [(",", "#"), ("|", "PREFIX<>"), ("||", "#"), ("\u{1}", "# ")] {
        let file = with(separator, prefix);
        assert_eq!(flows(&file).len(), 1, "{file}");
    }
    // Marks of one's own for unset and empty.
    let file = conn(SCAN).replace("#unset_field\t-", "#unset_field\tNOT-SET");
    let file = file.replace("\t-", "\tNOT-SET");
    assert_eq!(flows(&file)[0].sent, None);
}

#[test]
fn names_in_one_plain_line() {
    let names = CONN.lines().find_map(|line| line.strip_prefix("#fields\t")).unwrap();
    let file = format!("{names}\n{SCAN}{names}\n{SCAN}");
    assert_eq!(flows(&file).len(), 2);
    assert_eq!(flows(&file.replace('\t', "|"))[0].touch, Touch::Failed);
}

#[test]
fn troubled_files() {
    // No #close, a torn last line, a carriage return, a tab before the first header.
    let torn = format!("\t{HEAD}{CONN}{}{}", SCAN.replace('\n', "\r\n"), &SCAN[..40]);
    let kept = recognised::<ZeekTsv>(torn.as_bytes());
    assert_eq!((kept.events.len(), kept.problems.len()), (1, 1));
    assert_eq!(kept.problems[0].2, "not as many columns as its header names");
    // What Windows tools leave: a byte order mark, once in each of the files that were joined.
    let marked = format!("\u{feff}{}\u{feff}{}", conn(SCAN), conn(SCAN));
    let kept = recognised::<ZeekTsv>(marked.as_bytes());
    assert_eq!((kept.events.len(), kept.problems.len()), (2, 0));
    let names = CONN.lines().find_map(|line| line.strip_prefix("#fields\t")).unwrap();
    assert_eq!(flows(&format!("\u{feff}{names}\n{SCAN}")).len(), 1);
    // Data before any header.
    let tail = format!("{SCAN}{SCAN}{}", conn(SCAN));
    let kept = recognised::<ZeekTsv>(tail.as_bytes());
    assert_eq!((kept.events.len(), kept.problems.len()), (1, 2));
    assert_eq!(recognised::<ZeekTsv>(SCAN.as_bytes()).problems.len(), 1);
    // Fields that are no address, no time; one that would begin with the prefix is escaped.
    let bad = conn(&format!(
        "{}{}{}",
        SCAN.replace("203.0.113.9", "nobody"),
        SCAN.replace("1793700000.255387", "-"),
        SCAN.replace("1793700000.255387", "\\x23")
    ));
    assert_eq!(recognised::<ZeekTsv>(bad.as_bytes()).problems.len(), 3);
    // Before 1970, and relative to 0.
    let early = conn(&SCAN.replace("1793700000.255387", "-12345.5")).replace("\n\n", "\n");
    assert_eq!(
        events::<ZeekTsv, _>(early.as_bytes(), |event: &Event<'_>| event.time.micros()),
        [-12_345_500_000]
    );
    // Headers that make no sense decide nothing.
    for header in ["#separator \n", "#separator \\x00\n", "#fields\n", "#\n", "#fields\t\n"] {
        let _ = whole(&mut ZeekTsv::forced(&Hints::default()), format!("{header}a\n").as_bytes());
    }
}

#[test]
fn other_files_are_not_zeek() {
    for text in [
        "",
        "{\"ts\":1.5,\"uid\":\"C\"}\n",
        "the separator is a tab\n",
        "Nov  3 19:00:01 host sshd[1]: x\n",
        "name,uid\na,b\n",
        "#!/bin/sh\n",
    ] {
        assert!(ZeekTsv::recognise(text.as_bytes(), &Hints::default()).is_none(), "{text}");
    }
}

fn lines() -> impl Strategy<Value = Vec<String>> {
    let fields = CONN.lines().find(|line| line.starts_with("#fields")).unwrap();
    let line = prop_oneof![
        8 => Just(SCAN.to_owned()),
        2 => Just(SCAN.replace("S0", "\\x53F")),
        1 => Just(format!("{}\n", &SCAN[..50])),
        1 => Just(HEAD.to_owned()),
        1 => Just("\t#separator |\n".to_owned()),
        1 => Just("\u{feff}#separator |\n".to_owned()),
        1 => Just(format!("\u{feff}{fields}\n")),
        1 => Just("#path\tdhcp\n".to_owned()),
        1 => Just(format!("{fields}\n")),
        1 => Just(format!("#separator |\n{}\n", fields.replace('\t', "|"))),
        2 => Just(SCAN.replace('\t', "|")),
        1 => Just("\n".to_owned()),
        1 => "[ -~\t]{0,60}\n",
    ];
    proptest::collection::vec(line, 0..40)
}

proptest! {
    #[test]
    fn any_split_gives_the_same(lines in lines(), size in 1..400_usize) {
        let file = format!("{HEAD}{CONN}{}", lines.concat());
        let reader = ZeekTsv::forced(&Hints::default());
        let whole: Kept = whole(&mut reader.clone(), file.as_bytes());
        prop_assert_eq!(in_blocks(reader, file.as_bytes(), size), whole);
    }

    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), header in any::<bool>()) {
        let file = if header { [HEAD.as_bytes(), CONN.as_bytes(), &bytes].concat() } else { bytes };
        let _ = ZeekTsv::recognise(&file, &Hints::default());
        let _ = in_blocks(ZeekTsv::forced(&Hints::default()), &file, 100);
    }

    #[test]
    fn never_panics_on_torn_records(cut in 0..2000_usize, byte in any::<u8>(), at in 0..2000_usize) {
        let mut file = conn(&SCAN.repeat(3)).into_bytes();
        if let Some(spot) = file.get_mut(at) { *spot = byte; }
        file.truncate(cut);
        let _ = in_blocks(ZeekTsv::forced(&Hints::default()), &file, 300);
    }
}
