//! The page in its looks, the block list, the answers, and what the other commands print.

use std::fs;
use std::process::Command;

use crate::common::{file, finish, fixture, has, root, ward, watch};
use crate::exits::{broken_in, honest};

/// Columns of a line: everything that Ward prints here is one column wide.
fn columns(line: &str) -> usize {
    line.chars().count()
}

#[test]
fn widths() {
    for width in [40, 60, 100, 140] {
        let words = ["--width", &width.to_string(), "samples"];
        let run = finish(ward().current_dir(root()).arg("watch").args(words), b"").ended(20);
        let longest = run.out.lines().max_by_key(|line| columns(line)).unwrap();
        assert!(columns(longest) <= width, "{width}: {longest}");
        assert!(run.out.lines().any(|line| columns(line) == width), "{width}: nothing is as wide");
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let (_dir, path) = file("auth.log", broken_in());
    let page = |words: &[&str], env: &[(&str, &str)]| {
        let mut command = ward();
        command.arg("watch").arg(&path).args(words).envs(env.iter().copied());
        finish(&mut command, b"").ended(20)
    };
    assert!(!page(&[], &[]).out.contains('\x1b'), "no terminal, no colours");
    assert!(!page(&[], &[("NO_COLOR", "1")]).out.contains('\x1b'));
    assert!(!page(&["--color", "never"], &[]).out.contains('\x1b'));
    let painted = page(&["--color", "always"], &[]).out;
    assert!(painted.contains('\x1b'));
    // The same words with and without.
    let mut plain = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let (codes, after) = after.split_once('m').expect("only colours begin with ESC");
        assert!(codes.bytes().all(|b| b.is_ascii_digit() || b == b';'), "{codes}");
        rest = after;
    }
    plain.push_str(rest);
    // Badges are boxes of colour, or stand in brackets.
    let words = |text: &str| text.replace(['[', ']'], " ").split_whitespace().collect::<String>();
    assert_eq!(words(&plain), words(&page(&["--color", "never"], &[]).out));
    assert!(page(&[], &[("LC_ALL", "C")]).out.is_ascii(), "a plain terminal gets plain letters");
}

#[test]
fn only_the_sentence() {
    let (_dir, path) = file("auth.log", broken_in());
    let words = |more: &[&str]| {
        let run = watch([&[path.to_str().unwrap()], more].concat());
        run.ended(20)
    };
    let quiet = words(&["--quiet"]);
    assert!(quiet.err.is_empty() && quiet.out.lines().count() < 8, "{quiet:?}");
    let report = words(&["--json"]).json();
    let joined = quiet.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(joined, report["sentence"].as_str().unwrap());
    assert_eq!(words(&["-q", "--color", "always"]).out, quiet.out);
}

#[test]
fn why_an_address_an_account_and_nobody() {
    let (_dir, path) = file("auth.log", broken_in() + &honest(0..60));
    let why = |subject: &str| watch([path.to_str().unwrap(), "--why", subject]);
    let source = why("203.0.113.5").ended(20).out;
    assert!(source.contains("Highest rung: access"), "{source}");
    assert!(source.contains("login.guess_then_success"), "{source}");
    assert!(source.contains("30 failed sign-ins"), "{source}");
    let account = why("clerk07").ended(20).out;
    assert!(account.contains("login.guess_then_success"), "{account}");
    let honest = why("clerk01").ended(0).out;
    assert!(honest.contains("Nothing of it stands on the ladder"), "{honest}");
    for nobody in ["198.51.100.77", "2001:db8::77", "nobody", ""] {
        let answer = why(nobody).ended(0).out;
        assert!(answer.contains("searched 91 records of 1 sensor, no match"), "{answer}");
    }
}

#[test]
fn block_lists_in_three_forms() {
    let dir = tempfile::tempdir().unwrap();
    let listed = |name: &str, more: &[&str]| {
        let path = dir.path().join(name);
        let mut words = vec!["--blocklist", path.to_str().unwrap()];
        words.extend(more);
        let folder = fixture("syslog");
        words.push(folder.to_str().unwrap());
        watch(words).ended(10);
        fs::read_to_string(&path).unwrap()
    };
    let plain = listed("block.txt", &[]);
    let listed_in = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    };
    let addresses = listed_in(&plain);
    assert!(addresses.iter().any(|addr| addr == "203.0.113.9"), "{plain}");
    assert!(!addresses.iter().any(|addr| addr == "192.0.2.20"), "an honest clerk: {plain}");
    for addr in &addresses {
        addr.parse::<std::net::IpAddr>().expect(addr);
    }
    let csv = listed("block.csv", &[]);
    let columns = csv.lines().find(|line| !line.starts_with('#')).unwrap().split(',').count();
    assert!(columns >= 3 && csv.contains("203.0.113.9"), "{csv}");
    let nft = listed("block.nft", &[]);
    assert!(nft.contains("ward_block_v4") && nft.contains("203.0.113.9"), "{nft}");
    assert_eq!(listed("block", &["--blocklist-format", "nft"]), nft);
    assert_eq!(listed("other.csv", &["--blocklist-format", "plain"]), plain);
}

/// Whether nft may look at a rule set here: it needs root and the kernel's netfilter.
fn nft_checks(path: &std::path::Path) -> Option<bool> {
    let out = Command::new("nft").args(["-c", "-f"]).arg(path).output().ok()?;
    if !out.status.success() {
        println!("nft: {}", String::from_utf8_lossy(&out.stderr));
    }
    Some(out.status.success())
}

#[test]
fn nft_accepts_the_set() {
    let dir = tempfile::tempdir().unwrap();
    let known = dir.path().join("known.nft");
    let set = "table inet filter {\n set s {\n type ipv4_addr\n elements = { 192.0.2.1 }\n }\n}\n";
    fs::write(&known, set).unwrap();
    if !has("nft") || nft_checks(&known) != Some(true) {
        return println!("skipped: nft cannot check rule sets here");
    }
    for input in [root().join("samples"), fixture("syslog"), fixture("syslog/sshd_rfc3339.log")] {
        let path = dir.path().join("block.nft");
        watch([input.to_str().unwrap(), "--blocklist", path.to_str().unwrap()]);
        assert_eq!(nft_checks(&path), Some(true), "{}", fs::read_to_string(&path).unwrap());
    }
    // Of nothing hostile too.
    let (_dir, quiet) = file("auth.log", honest(0..60));
    let path = dir.path().join("empty.nft");
    watch([quiet.to_str().unwrap(), "--blocklist", path.to_str().unwrap()]).ended(0);
    assert_eq!(nft_checks(&path), Some(true), "{}", fs::read_to_string(&path).unwrap());
}

#[test]
fn completions() {
    for (shell, option) in [("bash", "--why"), ("zsh", "--why"), ("fish", "-l why")] {
        let run = finish(ward().args(["completions", shell]), b"").ended(0);
        assert!(run.out.contains(option) && run.err.is_empty(), "{shell}");
        if has(shell) {
            finish(Command::new(shell).arg("-n"), run.out.as_bytes()).ended(0);
        }
    }
}

#[test]
fn the_manual_renders() {
    let run = finish(ward().arg("man"), b"").ended(0);
    assert!(run.out.starts_with(".ie") || run.out.contains(".TH ward"), "{}", run.out);
    if has("groff") {
        let groff = ["-man", "-Tutf8", "-ww", "-P-cbou"];
        let page = finish(Command::new("groff").args(groff), run.out.as_bytes()).ended(0);
        for words in ["ward watch", "--evidence", "Exit codes", "30", "Election defense"] {
            assert!(page.out.contains(words), "{words} is not in the manual");
        }
        assert_eq!(page.err, "", "groff warns");
    }
}

#[test]
fn help_names_every_exit_code() {
    let run = finish(ward().args(["watch", "--help"]), b"").ended(0);
    for code in [" 0  ", " 1  ", " 2  ", "10  ", "20  ", "30  "] {
        assert!(run.out.contains(code), "{code}");
    }
    finish(ward().arg("--version"), b"").ended(0);
    finish(&mut ward(), b"").ended(2);
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::Stdio;
    let (_dir, path) = file("auth.log", broken_in());
    let mut child = ward()
        .arg("watch")
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
    assert_eq!(out.status.code(), Some(20));
}
