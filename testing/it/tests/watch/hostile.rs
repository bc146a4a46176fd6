//! Attackers' text in logs, names and words: shown, never obeyed.

use std::fmt::Write as _;
use std::fs;

use crate::common::{cases, report, watch};
use crate::html;

/// What an attacker would like a reader's browser or terminal to do.
const TRICKS: [&str; 5] = [
    "<script>alert(1)</script>",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{202e}gpj.exe\u{2066}",
    "\"><img src=x onerror=alert(1)>",
    "\u{9b}31m\u{200b}\u{feff}\u{e0041}&amp;'",
];

/// A folder of logs (its name is a trick too) in which every free text is a trick.
fn logs() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("a\u{1b}[31m\u{202e}<b>'&");
    fs::create_dir(&folder).unwrap();
    let (mut access, mut auth) = (String::new(), String::new());
    for (n, trick) in TRICKS.iter().cycle().take(20).enumerate() {
        let at = format!("18:00:{n:02}");
        let path = format!("/voter/lookup?id=1%27+UNION+SELECT+{trick}--");
        let _ = writeln!(
            access,
            "203.0.113.9 - {trick} [03/Nov/2026:{at} +0000] \"GET {path} HTTP/1.1\" 200 5 \
             \"{trick}\" \"{trick}\"",
            path = path.replace('"', "\\x22"),
            trick = trick.replace('"', "\\x22"),
        );
        let _ = writeln!(
            auth,
            "2026-11-03T{at}.000000+00:00 bastion sshd[{pid}]: Failed password for invalid user \
             {trick} from 203.0.113.5 port {port} ssh2",
            pid = 5_000 + n,
            port = 41_000 + n,
        );
    }
    auth.push_str("no line of syslog \u{1b}[2J\u{202e}<script>alert(2)</script>\n");
    fs::write(folder.join("access.log"), access).unwrap();
    fs::write(folder.join("auth<script>.log"), auth).unwrap();
    fs::write(folder.join("other\u{9b}31m.bin"), "once\u{1b}[31m upon a time\n").unwrap();
    dir
}

/// Characters that steer a terminal or turn text around: C0 but the newline, C1, bidirectional
/// controls, and what has no shape.
fn steers(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[track_caller]
fn is_safe(text: &str) {
    let at = text.find(steers);
    let near = at.map(|at| text[at..].chars().take(40).collect::<String>());
    assert!(near.is_none(), "{near:?}");
}

#[test]
fn the_tricks_are_found_at_all() {
    let dir = logs();
    let report = report(dir.path());
    let found = cases(&report);
    let kinds: Vec<&str> = found.iter().map(|case| case.0.as_str()).collect();
    assert!(kinds.contains(&"web.sqli"), "{found:?}");
    assert!(kinds.iter().any(|kind| kind.starts_with("login.")), "{found:?}");
    // To a parser the names are what they were.
    let accounts: Vec<&str> = report["cases"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|case| case["accounts"].as_array().unwrap())
        .filter_map(|account| account.as_str())
        .collect();
    assert!(accounts.contains(&TRICKS[0]), "{accounts:?}");
}

#[test]
fn on_the_terminal() {
    let dir = logs();
    let path = dir.path().to_str().unwrap();
    let page = watch([path, "--width", "140"]).ended(10);
    is_safe(&page.out);
    is_safe(&page.err);
    assert!(page.out.contains("<script>alert(1)</script>"), "it is shown: {}", page.out);
    assert!(page.out.contains("\\x1b[31m"), "it is shown: {}", page.out);
    is_safe(&watch([path, "--quiet"]).ended(10).out);
    let painted = watch([path, "--color", "always"]).ended(10).out;
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        is_safe(before);
        let (codes, after) = after.split_once('m').expect("only colours");
        assert!(codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{codes:?}");
        rest = after;
    }
    is_safe(rest);
}

#[test]
fn in_json_which_people_print_as_well() {
    let dir = logs();
    let run = watch([dir.path().to_str().unwrap(), "--json"]).ended(10);
    is_safe(&run.out);
    run.json();
}

#[test]
fn in_the_page() {
    let dir = logs();
    let path = dir.path().join("page.html");
    let folder = dir.path().to_str().unwrap();
    watch([folder, "--html", path.to_str().unwrap(), "-q"]).ended(10);
    let page = fs::read_to_string(path).unwrap();
    html::check(&page);
    is_safe(&page);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "it is shown");
}

#[test]
fn in_the_lists_and_the_evidence() {
    let dir = logs();
    let folder = dir.path().to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    for name in ["b.txt", "b.csv", "b.nft"] {
        let path = out.path().join(name);
        watch([folder, "--blocklist", path.to_str().unwrap(), "-q"]).ended(10);
        // nft's rule sets are indented by tabs, which logs cannot bring: they are addresses.
        let list = fs::read_to_string(path).unwrap();
        list.lines().for_each(|line| is_safe(line.trim_start_matches('\t')));
    }
    let place = out.path().join("evidence");
    let run = watch([folder, "--evidence", place.to_str().unwrap(), "-q"]).ended(10);
    is_safe(&run.err);
}

#[test]
fn in_words_and_errors() {
    let dir = logs();
    let folder = dir.path().to_str().unwrap();
    for trick in TRICKS {
        let answer = watch([folder, "--why", trick]);
        is_safe(&answer.out);
        is_safe(&answer.err);
        for words in [["--config", trick], ["--zone", trick], ["--format", trick]] {
            let run = watch([folder, words[0], words[1]]).ended(2);
            is_safe(&run.err);
        }
        let missing = watch([trick]);
        is_safe(&missing.out);
        is_safe(&missing.err);
    }
    let known = watch([folder, "--why", TRICKS[0]]).ended(10).out;
    assert!(known.contains("login."), "{known}");
    let (_dir, settings) = crate::common::file("ward.toml", "\u{1b}[31m\u{202e} = 1\n");
    let run = watch([folder, "--config", settings.to_str().unwrap()]).ended(2);
    is_safe(&run.err);
}
