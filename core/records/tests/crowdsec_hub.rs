//! The lines that the `CrowdSec` hub tests its parsers with (MIT licence), read where they lie:
//! nothing of them is part of this project. Every line is understood, set aside, or reported for
//! a reason that is listed here.

#![expect(clippy::disallowed_methods, reason = "a test may read files and its environment")]
#![expect(clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ward_kernel::Time;
use ward_records::{Event, Format, Hints, Reader, Sink, What};

#[derive(Default)]
struct Tally {
    logins: u32,
    flows: u32,
    requests: u32,
    asides: u32,
    problems: BTreeMap<&'static str, u32>,
}

impl Sink for Tally {
    fn event(&mut self, _at: u64, event: &Event<'_>) {
        match event.what {
            What::Login(_) => self.logins += 1,
            What::Flow(_) => self.flows += 1,
            What::Request(_) => self.requests += 1,
            _ => {}
        }
    }

    fn aside(&mut self, _at: u64, _time: Option<Time>) {
        self.asides += 1;
    }

    fn problem(&mut self, _at: u64, _line: &[u8], why: &'static str) {
        *self.problems.entry(why).or_default() += 1;
    }
}

fn hub() -> Option<PathBuf> {
    let Ok(data) = std::env::var("WARD_DATA") else {
        println!("skipped: WARD_DATA is not set");
        return None;
    };
    Some(PathBuf::from(data).join("watch/crowdsec-hub/tests"))
}

/// Reads all files of a folder, by the format that is recognised or else by the one given.
fn read(folder: &str, otherwise: Format) -> Option<Tally> {
    let mut tally = Tally::default();
    for file in fs::read_dir(hub()?.join(folder)).expect("the folder is there") {
        let bytes = fs::read(file.expect("a file").path()).expect("readable");
        let hints = Hints::default();
        let reader = Reader::recognise(&bytes, &hints);
        reader.unwrap_or_else(|| Reader::forced(otherwise, &hints)).read(&bytes, 0, &mut tally);
    }
    Some(tally)
}

#[test]
fn sshd_and_firewalls() {
    for (folder, logins, flows, problems) in [
        ("ssh-generic-test", 1, 0, None),
        ("whitelists", 4, 0, None),
        ("sshd-refused-conn", 0, 1, None),
        ("pfsense-gui-auth", 9, 0, None),
        ("opnsense-gui-auth", 6, 0, None),
        // One line there has XX= in the place of IN=, on purpose.
        ("iptables-logs", 0, 3, Some("a firewall's line without IN= and OUT=")),
    ] {
        let Some(tally) = read(folder, Format::Syslog) else { return };
        assert_eq!((tally.logins, tally.flows, tally.asides), (logins, flows, 0), "{folder}");
        let reasons: Vec<_> = tally.problems.into_iter().collect();
        assert_eq!(
            reasons,
            problems.map(|why| (why, 1)).into_iter().collect::<Vec<_>>(),
            "{folder}"
        );
    }
}

#[test]
fn web_servers() {
    for (folder, requests) in [
        ("CVE-2017-9841", 1),
        ("CVE-2022-26134", 2),
        ("CVE-2022-35914", 2),
        ("CVE-2022-40684", 1),
        ("CVE-2024-0012", 2),
        ("CVE-2024-38475", 12),
        ("CVE-2025-0108", 1),
        ("apache2-http-sensitive-files", 13),
        ("fortinet-cve-2018-13379", 1),
        ("http-bf-wordpress-bf", 9),
        ("http-dos-bypass-cache", 356),
        ("http-dos-invalid-http-versions", 6),
        ("http-dos-switching-ua", 15),
        ("http-technology-probing", 5),
        ("http-wordpress_user-enum", 12),
        ("nginx-bad-user-agent", 3),
        ("nginx-cve-2021-41773", 2),
        ("nginx-http-malformed", 12),
        ("nginx-http-sqli-probing", 16),
        ("nginx-http-w00twoot", 2),
        ("nginx-http-xss-probing", 26),
        ("sap-probing", 2),
        ("spring4shell_cve-2022-22965", 2),
        ("vmware-cve-2022-22954", 2),
    ] {
        let Some(tally) = read(folder, Format::Access) else { return };
        assert_eq!((tally.requests, tally.asides), (requests, 0), "{folder}");
        assert_eq!(tally.problems, BTreeMap::new(), "{folder}");
    }
}

/// Error logs, and access logs of other shapes: each line is reported, none is misread.
#[test]
fn lines_of_other_formats() {
    for (folder, requests, others) in [
        ("modsecurity", 0, 10),
        ("modsecurity-nginx", 0, 2),
        ("nginx_req_limit_exceeded", 0, 9),
        ("nginx_http-catch-npm", 0, 6),
        ("nginx-http-generic-bf", 6, 16),
        ("nginx-mail-logs", 2, 15),
    ] {
        let Some(tally) = read(folder, Format::Access) else { return };
        let reported = tally.problems.values().sum::<u32>();
        assert_eq!((tally.requests, reported), (requests, others), "{folder}");
        let reasons = ["no date in brackets before a quote", "no quoted request"];
        assert!(tally.problems.keys().all(|why| reasons.contains(why)), "{folder}");
    }
}
