//! How a run ends, as the help promises it to scripts.

use std::fmt::Write as _;
use std::fs;

use crate::common::{file, fixture, watch};

/// Honest sign-ins, one a minute, from `first` until before `end` (minutes of the evening).
pub(crate) fn honest(minutes: std::ops::Range<u32>) -> String {
    minutes.fold(String::new(), |mut lines, minute| {
        let _ = writeln!(
            lines,
            "2026-11-03T{:02}:{:02}:07.000000+00:00 bastion sshd[{}]: Accepted publickey for \
             clerk01 from 192.0.2.20 port {} ssh2: ED25519 SHA256:Example",
            18 + minute / 60,
            minute % 60,
            4_000 + minute,
            51_000 + minute,
        );
        lines
    })
}

/// Thirty guesses at one account and then a success.
pub(crate) fn broken_in() -> String {
    let mut lines = String::new();
    for second in 0..31 {
        let verdict = if second < 30 { "Failed" } else { "Accepted" };
        let _ = writeln!(
            lines,
            "2026-11-03T18:00:{second:02}.000000+00:00 bastion sshd[{}]: {verdict} password for \
             clerk07 from 203.0.113.5 port {} ssh2",
            5_000 + second,
            41_000 + second,
        );
    }
    lines
}

#[test]
fn nothing_above_scan_is_0() {
    let (_dir, path) = file("auth.log", honest(0..60));
    let run = watch([&path]).ended(0);
    assert!(run.out.contains("Nobody is seen to have made a real effort"), "{}", run.out);
    watch([fixture("zeek/conn.log")]).ended(0);
}

#[test]
fn trouble_is_1() {
    let (dir, path) = file("auth.log", honest(0..60));
    fs::write(dir.path().join("other.log"), "once upon a time\n".repeat(9)).unwrap();
    watch([dir.path()]).ended(1);
    watch([path.as_path(), &dir.path().join("missing.log")]).ended(1);
    // Whatever was found: a page that was asked for and is not there must not look like success.
    let (_dir, hostile) = file("auth.log", broken_in());
    let nowhere = dir.path().join("no/such/folder/page.html");
    for option in ["--html", "--blocklist", "--evidence"] {
        // A folder cannot be made where a file lies.
        let place = if option == "--evidence" { &path } else { &nowhere };
        let run = watch([hostile.as_os_str(), option.as_ref(), place.as_os_str()]).ended(1);
        assert!(run.out.contains("SOMEONE GOT IN"), "the page is shown all the same");
        assert!(run.err.contains("cannot be written"), "{}", run.err);
    }
}

#[test]
fn words_and_settings_that_are_not_right_are_2() {
    let (dir, path) = file("auth.log", honest(0..60));
    let path = path.to_str().unwrap();
    for words in [
        vec!["--no-such-option", path],
        vec![],
        vec!["--threads", "0", path],
        vec!["--format", "pdf", path],
        vec!["--evidence", "out", "-"],
        vec!["--quiet", "--json", path],
        vec!["--config", "/no/such/ward.toml", path],
    ] {
        let run = watch(&words).ended(2);
        assert!(run.out.is_empty() && !run.err.is_empty(), "{words:?}: {run:?}");
    }
    let settings = dir.path().join("ward.toml");
    for (text, expected) in [
        ("[network]\nown = [\"198.51.100.0/99\"]\n", "line 2"),
        ("[netwrok]\n", "netwrok"),
        ("[coverage]\nat_least = 90\n", "0.900"),
        ("own = ", "line 1"),
    ] {
        fs::write(&settings, text).unwrap();
        let run = watch([path, "--config", settings.to_str().unwrap()]).ended(2);
        assert!(run.err.contains("ward.toml") && run.err.contains(expected), "{}", run.err);
        // The same file is found where it lies.
        watch([dir.path()]).ended(2);
    }
}

#[test]
fn an_attempt_is_10() {
    watch([fixture("syslog/sshd_rfc3164.log")]).ended(10);
    watch([fixture("access/combined.log")]).ended(10);
}

#[test]
fn access_is_20() {
    let (dir, path) = file("auth.log", broken_in());
    watch([&path]).ended(20);
    // What was found goes before what could not be read.
    watch([path.as_path(), &dir.path().join("missing.log")]).ended(20);
}

#[test]
fn too_little_seen_is_30() {
    let (_dir, path) = file("auth.log", honest(0..60) + &honest(240..300));
    let run = watch([&path]).ended(30);
    assert!(run.out.contains("cannot be said"), "{}", run.out);
    // The office may ask for less.
    let (_dir, settings) = file("ward.toml", "[coverage]\nat_least = 0.1\n");
    watch([path.as_os_str(), "--config".as_ref(), settings.as_os_str()]).ended(0);
    // Nothing read at all is not "no evidence" either.
    let (_dir, path) = file("other.log", "once upon a time\n".repeat(9));
    watch([&path]).ended(30);
    let (_dir, path) = file("auth.log", "");
    watch([&path]).ended(30);
}

#[test]
fn one_address_is_judged_by_its_own_rung() {
    let both = broken_in() + &honest(0..60);
    let (_dir, path) = file("auth.log", both);
    let why = |subject: &str| watch([path.as_os_str(), "--why".as_ref(), subject.as_ref()]);
    why("203.0.113.5").ended(20);
    why("192.0.2.20").ended(0);
    // "No match" may only mean "not read": what was not is said beside it.
    let words = [path.as_os_str(), "no-such-log".as_ref(), "--why".as_ref(), "clerk99".as_ref()];
    let unread = watch(words).ended(1);
    assert!(unread.err.contains("no-such-log"), "{}", unread.err);
    why("198.51.100.77").ended(0);
}
