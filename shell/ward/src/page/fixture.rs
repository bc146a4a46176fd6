//! A report made by hand: everything a page must be able to show, and an empty one.

use std::collections::BTreeMap;

use ward_kernel::time::{HOUR, MINUTE, SECOND};
use ward_kernel::{Addr, Rung, Time, ladder};
use ward_watch::report::{
    Background, BadLine, Case, Counts, Definition, Definitions, Evidence, Gap, Hour, LossCount,
    NotUnderstood, Problem, Report, SCHEMA, Sensor, Span, Tally,
};

use super::View;

/// Midnight of election day 2026 in Missouri.
pub(crate) fn start() -> Time {
    Time::parse("2026-11-03T06:00:00Z").unwrap()
}

pub(crate) fn view() -> View {
    View {
        office: Some("Office of the Secretary of State, State of Example".to_owned()),
        zone: jiff::tz::TimeZone::get("America/Chicago").unwrap(),
        version: "Ward 0.1.0",
    }
}

fn at(hour: i64, minute: i64) -> Time {
    start().plus(hour * HOUR + minute * MINUTE)
}

fn v4(text: &str) -> Addr {
    text.parse().unwrap()
}

fn definitions() -> Definitions {
    Definitions {
        version: ladder::DEFINITIONS_VERSION,
        rungs: Rung::ALL.map(|rung| Definition { rung, text: rung.definition() }).to_vec(),
    }
}

/// A run that read nothing at all.
pub(crate) fn empty() -> Report {
    Report {
        schema: SCHEMA,
        sentence: "Nothing can be said: no record was read.".to_owned(),
        highest: None,
        cannot_say: vec!["no record was read".to_owned()],
        definitions: definitions(),
        span: None,
        counts: Counts { sources_exact: true, ..Counts::default() },
        coverage: Vec::new(),
        cases: Vec::new(),
        hours: Vec::new(),
        background: Background::default(),
        remarks: Vec::new(),
        problems: Vec::new(),
        settings: None,
    }
}

/// Election day in a state office: 2 accesses, 5 attempts, 40 scan campaigns, gaps, trouble.
pub(crate) fn rich() -> Report {
    let mut cases = vec![guessed(), exploited()];
    cases.extend(attempts());
    cases.extend((0..40).map(campaign));
    cases.push(authorised());
    Report {
        sentence: "2 efforts got in: an account of Boone County was guessed over SSH and a web \
                   form answered an exploit. 5 more efforts were made and none of them is known \
                   to have succeeded. 103,412 probes from 8,911 sources are counted as scans. \
                   Seen by 5 of 6 sensors in 96.4 % of the minutes; Knox County's firewall was \
                   silent from 02:10 to 04:40."
            .to_owned(),
        highest: Some(Rung::Access),
        cannot_say: vec![
            "clay-ids saw 0.0 % of the time (90 % are needed)".to_owned(),
            "knox-firewall saw 89.5 % of the time (90 % are needed), longest silence \
             2026-11-03T08:10:00Z to 2026-11-03T10:40:00Z"
                .to_owned(),
        ],
        span: Some(Span { first: start(), last: at(23, 59) }),
        counts: counts(),
        coverage: coverage(),
        cases,
        hours: hours(),
        background: Background {
            sources: 6_204,
            probes: 31_877,
            ports: [
                ("23/tcp", 9_120),
                ("445/tcp", 4_311),
                ("8080/tcp", 2_904),
                ("5060/udp", 1_100),
            ]
            .map(|(port, probes)| (port.to_owned(), probes))
            .to_vec(),
        },
        remarks: vec![
            "A surge of 41,200 requests from 9,870 sources between 19:00 and 21:00 falls into \
             the calendar's window \"polls close\" and looks like a crowd, not a flood: 96 % of \
             its sources made fewer than 12 requests."
                .to_owned(),
            "Access logs hold no request bodies: an injection sent by POST cannot be seen in \
             elections-web/access.log."
                .to_owned(),
        ],
        problems: vec![
            Problem {
                place: "logs/zeek/conn.11.log.gz".to_owned(),
                what: "the gzip stream ends early (the file was cut): read up to there, 88,120 \
                       records"
                    .to_owned(),
            },
            Problem {
                place: "logs/evil\x1b]0;owned\x07name.bin".to_owned(),
                what: "not a format that Ward reads; left out".to_owned(),
            },
        ],
        settings: Some("ward.toml (in the folder where ward was run)".to_owned()),
        ..empty()
    }
}

fn counts() -> Counts {
    let tally = |sources, cases, records| Tally { sources, cases, records };
    Counts {
        records: 1_284_551,
        sources: 18_940,
        sources_exact: true,
        by_rung: BTreeMap::from([
            ("scan", tally(8_911, 40, 103_412)),
            ("attempt", tally(231, 5, 9_684)),
            ("access", tally(2, 2, 1_204)),
            ("effect", tally(0, 0, 0)),
        ]),
        by_kind: BTreeMap::from([
            ("login.guess_then_success", tally(1, 1, 1_190)),
            ("web.sqli", tally(4, 2, 190)),
            ("scan.horizontal", tally(2_400, 16, 40_000)),
        ]),
        known_scanners: BTreeMap::from([
            ("Censys".to_owned(), tally(41, 3, 14_204)),
            ("Shadowserver".to_owned(), tally(112, 2, 22_310)),
            ("Shodan".to_owned(), tally(19, 2, 6_120)),
        ]),
        authorised: tally(3, 1, 18_220),
    }
}

fn case(rung: Rung, kind: &'static str, id: &str, title: &str) -> Case {
    Case {
        id: id.to_owned(),
        rung,
        kind,
        title: title.to_owned(),
        sources: Vec::new(),
        source_count: 0,
        networks: Vec::new(),
        known: None,
        accounts: Vec::new(),
        targets: Vec::new(),
        target_count: 0,
        jurisdictions: Vec::new(),
        first: start(),
        last: start(),
        records: 0,
        hours: Vec::new(),
        because: Vec::new(),
        authorised: None,
        related: Vec::new(),
        evidence: Vec::new(),
    }
}

fn evidence(file: &str, offset: u64, time: Time, shows: &'static str, line: &str) -> Evidence {
    Evidence {
        file: file.to_owned(),
        offset,
        time,
        shows,
        line: Some(line.to_owned()),
        sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
    }
}

fn guessed() -> Case {
    Case {
        sources: vec![v4("203.0.113.77")],
        source_count: 1,
        accounts: vec!["clerk.boone".to_owned()],
        targets: vec!["vpn.boone.example:22".to_owned()],
        target_count: 1,
        jurisdictions: vec!["Boone County".to_owned()],
        first: at(2, 14),
        last: at(4, 51),
        records: 1_190,
        because: vec![
            "1,187 failures for 212 accounts from this source between 02:14 and 04:50.".to_owned(),
            "Then \"clerk.boone\" was let in at 04:50:58, by password; the account's honest \
             sign-ins of the day all come from 192.0.2.0/24 and none of them by password."
                .to_owned(),
        ],
        related: vec!["scan-8c21d0".to_owned()],
        evidence: vec![
            evidence(
                "boone/auth.log",
                8_812_345,
                at(2, 14),
                "first failure",
                "Nov  3 02:14:07 vpn sshd[4021]: Failed password for invalid user \\x1b[31madmin \
                 from 203.0.113.77 port 40022 ssh2",
            ),
            evidence(
                "boone/auth.log",
                9_123_344,
                at(4, 50).plus(58 * SECOND),
                "success",
                "Nov  3 04:50:58 vpn sshd[9177]: Accepted password for clerk.boone from \
                 203.0.113.77 port 51190 ssh2",
            ),
            evidence("boone/auth.log", 9_123_901, at(4, 51), "session", "…"),
        ],
        ..case(
            Rung::Access,
            "login.guess_then_success",
            "login-5e01aa",
            "A guessed password let 203.0.113.77 into vpn.boone.example as \"clerk.boone\"",
        )
    }
}

fn exploited() -> Case {
    Case {
        sources: vec!["2001:db8:44::9".parse().unwrap()],
        source_count: 1,
        targets: vec!["register.example/status?id=".to_owned()],
        target_count: 1,
        jurisdictions: vec!["State of Example".to_owned()],
        first: at(11, 2),
        last: at(11, 9),
        records: 14,
        because: vec![
            "12 requests hold SQL that parses (UNION SELECT in a string context).".to_owned(),
            "The last two were answered 200 with 48,211 and 51,004 bytes; this path's answers \
             are 1,900 bytes at the median and 2,240 at most."
                .to_owned(),
        ],
        evidence: vec![evidence(
            "web/access.log",
            77_120_114,
            at(11, 8),
            "answered as if it worked",
            "2001:db8:44::9 - - [03/Nov/2026:11:08:31 -0600] \"GET /status?id=1%27+UNION+SELECT+1,2\
             ,3--+ HTTP/1.1\" 200 51004 \"-\" \"<script>alert(1)</script>\"",
        )],
        ..case(
            Rung::Access,
            "web.sqli",
            "web-0b7713",
            "SQL sent to /status of register.example was answered with unusually much data",
        )
    }
}

fn attempts() -> Vec<Case> {
    let mut list: Vec<Case> = ATTEMPTS.iter().map(attempt).collect();
    let hostile = "\u{202e}drowssap\u{202c}\x1b[2J\r\nFAKE: nothing happened";
    if let Some(case) = list.get_mut(1) {
        case.accounts = vec![hostile.to_owned(), "registrar".to_owned()];
        case.because.push(format!("The account named last was {hostile:?}."));
    }
    list
}

/// Id, kind, title, third part of the sources' addresses and their number, target, jurisdiction.
type Attempt = (&'static str, &'static str, &'static str, u8, u8, &'static str, &'static str);

const ATTEMPTS: [Attempt; 5] = [
    (
        "login-d3a1",
        "login.distributed",
        "220 sources guess passwords of the voter portal together",
        100,
        220,
        "portal.example:443",
        "State of Example",
    ),
    (
        "login-77b0",
        "login.slow",
        "One source guesses \"registrar\" every 11 minutes",
        101,
        1,
        "mail.greene.example:993",
        "Greene County",
    ),
    (
        "web-9912",
        "web.sqli",
        "SQL injection at one request a minute against /lookup",
        102,
        3,
        "lookup.example/lookup?last=",
        "State of Example",
    ),
    (
        "web-4410",
        "web.traversal",
        "Paths that climb out of the web root on results.example",
        103,
        1,
        "results.example/..%2f..%2fetc/passwd",
        "Clay County",
    ),
    (
        "login-e2f9",
        "login.spray",
        "6 sources try 3 passwords on every account",
        104,
        6,
        "vpn.cole.example:22",
        "Cole County",
    ),
];

fn attempt((id, kind, title, third, many, target, place): &Attempt) -> Case {
    Case {
        source_count: u64::from(*many),
        sources: (1..=*many).map(|last| v4(&format!("198.51.{third}.{last}"))).collect(),
        targets: vec![(*target).to_owned()],
        target_count: 1,
        jurisdictions: vec![(*place).to_owned()],
        first: at(1, 0),
        last: at(22, 40),
        records: 1_900,
        because: vec![
            "Each source asked less than once a minute; together they walk through one list of \
             4,096 account names in order."
                .to_owned(),
        ],
        evidence: vec![evidence("web/access.log", 120, at(1, 0), "first request", "GET /login")],
        ..case(Rung::Attempt, kind, id, title)
    }
}

fn campaign(number: u8) -> Case {
    let (kind, ports): (&str, &[u16]) = match number % 5 {
        0 => ("scan.horizontal", &[23]),
        1 => ("scan.horizontal", &[22, 2222]),
        2 => ("scan.vertical", &[21, 22, 25, 80, 110, 143, 443, 445, 1433, 3306, 3389, 5432]),
        3 => ("scan.slow", &[3389]),
        _ => ("scan.distributed", &[80, 443, 8080]),
    };
    let many = u64::from(number) * 13 % 41 + 1;
    Case {
        sources: (1..=many)
            .map(|n| Addr::v4(0xc633_6400 + u32::from(number) * 64 + u32::try_from(n).unwrap()))
            .collect(),
        source_count: many,
        known: (number % 10 == 9).then(|| "Censys".to_owned()),
        targets: ports.iter().map(|port| format!("192.0.2.{}:{port}", number + 1)).collect(),
        target_count: 254,
        jurisdictions: vec!["Knox County".to_owned()],
        first: at(i64::from(number) % 20, 5),
        last: at(i64::from(number) % 20 + 3, 45),
        records: many * 97,
        because: vec!["254 distinct hosts, 250 without an answer.".to_owned()],
        evidence: vec![evidence("zeek/conn.log", 4_096, at(1, 5), "first failed contact", "…")],
        ..case(Rung::Scan, kind, &format!("scan-{number:02}"), "hosts asked one after another")
    }
}

fn authorised() -> Case {
    Case {
        sources: vec![v4("192.0.2.201"), v4("192.0.2.202"), v4("192.0.2.203")],
        source_count: 3,
        targets: vec!["register.example:443".to_owned()],
        target_count: 61,
        first: at(9, 0),
        last: at(16, 58),
        records: 18_220,
        authorised: Some("Cyber Hygiene scan, week 45 (federal partner)".to_owned()),
        ..case(Rung::Attempt, "web.probe", "web-aut0", "A registered test of the public sites")
    }
}

fn hours() -> Vec<Hour> {
    (0..24_u64)
        .map(|hour| Hour {
            start: at(i64::try_from(hour).unwrap(), 0),
            records: 20_000 + (hour * 7 + 3) % 11 * 4_100 + if hour >= 19 { 60_000 } else { 0 },
            probes: 3_000 + (hour * 5) % 7 * 420,
            failed_logins: if (2..5).contains(&hour) { 395 } else { 12 + hour % 4 },
            logins: 40 + hour * 3,
            requests: 11_000,
            exploits: match hour {
                11 => 14,
                3 | 20 => 4,
                _ => 0,
            },
            alerts: hour % 3,
        })
        .collect()
}

fn coverage() -> Vec<Sensor> {
    let sensor = |name: &str, place: Option<&str>, format, records, covered| Sensor {
        sensor: name.to_owned(),
        jurisdiction: place.map(str::to_owned),
        format,
        records,
        first: Some(start()),
        last: Some(at(23, 59)),
        minutes_seen: 1_438,
        covered,
        gaps: Vec::new(),
        not_understood: NotUnderstood::default(),
        losses: Vec::new(),
        hours: (0..24).map(|hour| 1_000 + hour % 6 * 200).collect(),
    };
    let gap = |from: (i64, i64), to: (i64, i64)| Gap {
        from: at(from.0, from.1),
        to: at(to.0, to.1),
        minutes: u64::try_from((to.0 - from.0) * 60 + to.1 - from.1).unwrap(),
    };
    let mut list = vec![
        sensor("border-zeek", Some("State of Example"), "zeek", 812_004, 1.0),
        sensor("boone-vpn", Some("Boone County"), "syslog", 61_220, 1.0),
        sensor("knox-firewall", Some("Knox County"), "syslog", 120_400, 0.8958),
        sensor("elections-web", Some("State of Example"), "access", 288_112, 0.9993),
        sensor("cloud-vpc", None, "vpc-flow", 2_815, 0.9583),
        sensor("clay-ids", Some("Clay County"), "eve", 0, 0.0),
    ];
    list[2].gaps = vec![gap((2, 10), (4, 40))];
    list[2].minutes_seen = 1_290;
    list[3].not_understood = NotUnderstood {
        lines: 41,
        samples: vec![
            BadLine {
                file: "web/access.log".to_owned(),
                offset: 5_511_200,
                why: "the request has no closing quote",
                text: "203.0.113.9 - - [03/Nov/2026:07:11:02 -0600] \"GET /\x1b[1;31m".to_owned(),
            },
            BadLine {
                file: "web/access.log".to_owned(),
                offset: 9_000_001,
                why: "no time in brackets",
                text: "worker_connections are not enough".to_owned(),
            },
        ],
    };
    list[4].gaps = vec![gap((13, 0), (13, 40)), gap((18, 0), (18, 20))];
    list[4].losses = vec![LossCount { by: "skipdata".to_owned(), lost: 3, of: None, records: 3 }];
    list[0].losses = vec![LossCount {
        by: "capture_loss".to_owned(),
        lost: 18_220,
        of: Some(9_120_554),
        records: 96,
    }];
    list[5].gaps = vec![gap((0, 0), (23, 59))];
    (list[5].first, list[5].last, list[5].minutes_seen) = (None, None, 0);
    list
}
