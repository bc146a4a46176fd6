//! A folder of logs as somebody else left it: its settings, its links, its names and its headers
//! may come from the one whom the page is about.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Runs `ward watch` in an empty folder, so that no settings lie there; returns the exit code and
/// what was printed.
fn watch(words: &[&str], paths: &[&Path]) -> (i32, String) {
    let here = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
    command.arg("watch").args(words).args(paths).current_dir(here.path());
    let out = command.output().unwrap();
    (out.status.code().unwrap(), String::from_utf8(out.stdout).unwrap())
}

fn report(words: &[&str], path: &Path) -> (i32, Value) {
    let (code, out) = watch(&[&["--json"], words].concat(), &[path]);
    (code, serde_json::from_str(&out).unwrap())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// Thirty guesses at one account and then a success, one a second.
fn broken_in(account: &str) -> String {
    (0..31).fold(String::new(), |mut lines, second| {
        let verdict = if second < 30 { "Failed" } else { "Accepted" };
        let _ = writeln!(
            lines,
            "2026-11-03T18:00:{second:02}+00:00 bastion sshd[77]: {verdict} password for {account} \
             from 203.0.113.5 port 41000 ssh2"
        );
        lines
    })
}

/// One sign-in a minute, each by a member of the staff.
fn honest() -> String {
    (0..60).fold(String::new(), |mut lines, minute| {
        let _ = writeln!(
            lines,
            "2026-11-03T18:{minute:02}:30+00:00 bastion sshd[78]: Accepted publickey for clerk01 \
             from 192.0.2.20 port 51000 ssh2: ED25519 SHA256:Example"
        );
        lines
    })
}

const EXCUSES: &str = "\
    [coverage]\nat_least = 0.0\n\
    [accounts]\nfile = \"../staff.txt\"\n\
    [[sensor]]\npath = \"auth\"\nname = \"bastion\"\nformat = \"eve\"\n\
    [network]\nown = [\"192.0.2.0/24\"]\ncarrier_nat = [\"203.0.0.0/8\"]\n\
    [[authorised]]\nowner = \"Us\"\naddresses = [\"0.0.0.0/0\"]\n\
    from = 2026-11-01\nto = 2026-11-05\n";

#[test]
fn settings_that_came_with_the_logs_excuse_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let logs = dir.path().join("logs");
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("auth.log"), honest() + &broken_in("clerk07")).unwrap();
    fs::write(dir.path().join("staff.txt"), "clerk01\n").unwrap();
    let settings = logs.join("ward.toml");
    fs::write(&settings, EXCUSES).unwrap();

    let (code, found) = report(&[], &logs);
    assert_eq!((code, &found["highest"]), (20, &Value::from("access")), "{}", found["sentence"]);
    let used = found["settings"].as_str().unwrap();
    assert!(used.ends_with("logs/ward.toml (found in a folder that was read)"), "{used}");
    let problems = list(&found["problems"]);
    assert_eq!(problems.len(), 5, "{problems:?}");
    for problem in problems {
        assert_eq!(problem["place"], settings.display().to_string());
        let what = problem["what"].as_str().unwrap();
        assert!(what.contains("was not followed") && what.contains("--config"), "{what}");
    }
    assert_eq!(found["coverage"][0]["sensor"], "bastion", "what only names things is followed");

    let page = logs.join("page.html");
    let (_, terminal) = watch(&["--html", page.to_str().unwrap(), "--width", "140"], &[&logs]);
    for page in [terminal, fs::read_to_string(&page).unwrap()] {
        assert!(page.contains("(found in a folder that was read)"), "{page}");
        assert!(page.contains("was not followed"), "{page}");
        assert!(!page.contains("could not be read in full"), "{page}");
    }

    // Given by hand, everything is followed. (The forced format leaves nothing to judge.)
    let (_, given) = report(&["--config", settings.to_str().unwrap()], &logs);
    assert!(given["settings"].as_str().unwrap().ends_with("(given with --config)"));
    assert_eq!(
        (list(&given["problems"]).len(), &given["coverage"][0]["format"]),
        (0, &Value::from("eve"))
    );
}

#[test]
fn lines_that_are_not_followed_are_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("auth.log"), honest()).unwrap();
    fs::write(dir.path().join("ward.toml"), "[coverage]\nat_least = 0.1\n").unwrap();
    let (code, found) = report(&[], dir.path());
    assert_eq!((code, list(&found["problems"]).len()), (0, 1), "{}", found["sentence"]);
    fs::remove_file(dir.path().join("ward.toml")).unwrap();
    assert_eq!(report(&[], dir.path()).1["settings"], Value::Null);
}

#[cfg(unix)]
#[test]
fn names_that_look_alike_do_not_swap_their_lines() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let dir = tempfile::tempdir().unwrap();
    for (name, account) in [(b"a\xfe.log", "clerk07"), (b"a\xff.log", "clerk08")] {
        let path = dir.path().join(OsStr::from_bytes(name));
        fs::write(path, broken_in(account)).unwrap();
    }
    let (_, found) = report(&[], dir.path());
    let mut quoted = std::collections::BTreeSet::new();
    for case in list(&found["cases"]) {
        for item in list(&case["evidence"]) {
            let (file, line) = (item["file"].as_str().unwrap(), item["line"].as_str().unwrap());
            let account = if file.ends_with("(2)") { "clerk08" } else { "clerk07" };
            assert!(line.contains(account), "{file}: {line}");
            let hash = Sha256::digest(line);
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(item["sha256"], hash);
            quoted.insert(account);
        }
    }
    assert_eq!(quoted.len(), 2, "lines of both files are quoted");
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_told_and_not_read() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(dir.path().join("auth.log"), honest()).unwrap();
    let secret = other.path().join("auth.log");
    fs::write(&secret, broken_in("clerk07")).unwrap();
    fs::write(other.path().join("ward.toml"), "[office]\nname = \"Elsewhere\"\n").unwrap();
    let link = |name: &str| dir.path().join(name);
    std::os::unix::fs::symlink(&secret, link("other.log")).unwrap();
    std::os::unix::fs::symlink(other.path().join("ward.toml"), link("ward.toml")).unwrap();
    let (code, found) = report(&[], dir.path());
    assert_eq!((code, list(&found["coverage"]).len()), (0, 1));
    assert!(found["settings"].is_null());
    let told = |it: &Value| it.as_str().unwrap().contains("other.log");
    assert!(list(&found["remarks"]).iter().any(told), "{}", found["remarks"]);
    assert_eq!(report(&[], &link("other.log")).0, 20, "named itself, it is followed");
}

/// An attacker's injection, and strangers who claim in a header to be the attacker.
#[test]
fn what_a_stranger_claims_puts_no_line_into_a_case() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = String::new();
    for second in 0..40 {
        let _ = writeln!(
            log,
            r#"{{"ts":{}.5,"uid":"C{second}","id.orig_h":"{}","id.orig_p":41000,"id.resp_h":"192.0.2.10","id.resp_p":80,"trans_depth":1,"method":"GET","host":"lookup.example","uri":"/voter?id={second}%27%20UNION%20SELECT%20name,pass%20FROM%20users--","version":"1.1","user_agent":"x","request_body_len":0,"response_body_len":900,"status_code":403,"proxied":["X-FORWARDED-FOR -> 203.0.113.5"]}}"#,
            1_793_728_800 + second,
            if second % 2 == 0 { "203.0.113.5" } else { "198.51.100.9" },
        );
    }
    let path = dir.path().join("http.log");
    fs::write(&path, &log).unwrap();
    let folder = dir.path().join("evidence");
    let (_, out) = watch(&["--json", "--evidence", folder.to_str().unwrap()], &[&path]);
    let found: Value = serde_json::from_str(&out).unwrap();
    let mut held = 0;
    for case in list(&found["cases"]).iter().filter(|case| case["rung"] != "scan") {
        let id = case["id"].as_str().unwrap();
        let raw =
            fs::read_to_string(folder.join(format!("case-{id}")).join("records.log")).unwrap();
        for line in raw.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            assert!(list(&case["sources"]).contains(&record["id.orig_h"]), "{id}: {line}");
            held += 1;
        }
    }
    assert_eq!(held, 40, "each line once, in the case of the one who sent it: {}", found["cases"]);
}
