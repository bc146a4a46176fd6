//! Attack lines recorded by others (the CrowdSec hub's test logs), read where they lie.
#![expect(clippy::disallowed_methods, reason = "a test may read files")]

use std::path::Path;

use ward_payload::{Finding, Input, Scratch, Shape, judge};

/// One log line's quoted texts, with the escapes of nginx and Apache undone.
fn quoted(line: &str) -> Vec<Vec<u8>> {
    let (mut texts, mut text, mut inside) = (Vec::new(), Vec::new(), false);
    let mut bytes = line.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if inside => texts.push(std::mem::take(&mut text)),
            b'\\' if inside => match bytes.next() {
                Some(b'x') => {
                    let code: String = bytes.by_ref().take(2).map(char::from).collect();
                    text.extend(u8::from_str_radix(&code, 16));
                }
                Some(next) => text.push(next),
                None => {}
            },
            _ if inside => text.push(byte),
            _ => {}
        }
        inside ^= byte == b'"';
    }
    texts
}

fn judged(line: &str) -> Option<Finding> {
    let texts = quoted(line);
    let request = texts.first().cloned().unwrap_or_default();
    let words: Vec<_> = request.split(|byte| *byte == b' ').collect();
    let (method, target) = match words.as_slice() {
        [method, target, version] if version.starts_with(b"HTTP/") => (*method, *target),
        _ => (&b""[..], request.as_slice()),
    };
    let header = |at: usize| texts.get(at).map_or(&b""[..], Vec::as_slice);
    let input = Input { method, target, body: b"", referrer: header(1), agent: header(2) };
    judge(&input, &mut Scratch::default())
}

/// Test, the shapes expected, and texts of its lines that are honest.
const TESTS: &[(&str, &[Shape], &[&str])] = &[
    ("CVE-2017-9841", &[Shape::Probe], &[]),
    ("CVE-2022-26134", &[Shape::Injection], &[]),
    ("CVE-2022-35914", &[Shape::Probe], &[]),
    ("CVE-2022-40684", &[Shape::Probe], &[]),
    ("CVE-2024-0012", &[Shape::Probe], &[]),
    ("CVE-2024-38475", &[Shape::Traversal], &["/foobar", "?foobar"]),
    ("CVE-2025-0108", &[Shape::Traversal], &[]),
    ("apache2-http-sensitive-files", &[Shape::Probe], &[]),
    ("fortinet-cve-2018-13379", &[Shape::Traversal], &[]),
    ("http-technology-probing", &[Shape::Probe], &["/index.html", "/some/random"]),
    ("http-wordpress_user-enum", &[Shape::Probe], &[]),
    ("nginx-bad-user-agent", &[Shape::Tool], &[]),
    ("nginx-cve-2021-41773", &[Shape::Traversal, Shape::Injection], &[]),
    ("nginx-http-malformed", &[Shape::Probe], &[]),
    ("nginx-http-sqli-probing", &[Shape::Sqli], &[]),
    ("nginx-http-w00twoot", &[Shape::Probe], &[]),
    ("nginx-http-xss-probing", &[Shape::Script], &[]),
    ("sap-probing", &[Shape::Probe], &[]),
    ("spring4shell_cve-2022-22965", &[Shape::Injection], &[]),
    ("vmware-cve-2022-22954", &[Shape::Injection], &[]),
];

#[test]
fn recorded_attacks_are_found() {
    let Some(data) = std::env::var_os("WARD_DATA") else {
        println!("skipped: WARD_DATA is not set");
        return;
    };
    let mut missed = Vec::new();
    for (test, shapes, honest) in TESTS {
        let folder = Path::new(&data).join("watch/crowdsec-hub/tests").join(test);
        let log = std::fs::read_dir(folder)
            .unwrap()
            .flatten()
            .find(|entry| entry.path().extension().is_some_and(|extension| extension == "log"));
        let text = std::fs::read_to_string(log.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| line.contains('"')) {
            if honest.iter().any(|honest| line.contains(honest)) {
                continue;
            }
            let found = judged(line);
            if !found.is_some_and(|found| shapes.contains(&found.shape)) {
                missed.push(format!("{test}: {found:?}: {line}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
