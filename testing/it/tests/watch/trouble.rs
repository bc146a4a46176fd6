//! Input that is broken, missing or strange: never a panic, the rest is read, the trouble is told.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use crate::common::{
    cases, file, finish, fixture, gzip, not_understood, problems, records, report, ward, watch,
    watch_stdin,
};
use crate::exits::{broken_in, honest};

#[test]
fn a_cut_gzip_file_is_read_to_its_end() {
    let packed = gzip(broken_in().as_bytes());
    for end in [packed.len() - 1, packed.len() - 8, packed.len() - 9, packed.len() / 2] {
        let (_dir, path) = file("auth.log.gz", &packed[..end]);
        let report = report(&path);
        assert!(problems(&report).contains("auth.log.gz: the gzip file ends early"), "{end}");
        assert!(problems(&report).contains("read up to byte"), "{}", problems(&report));
        // Without the checksum all lines are there; with half of the file some are.
        assert!(records(&report) >= if end < packed.len() - 9 { 1 } else { 31 }, "{end}");
    }
    // Of its first bytes alone nothing can be read, and that is said too.
    for end in [3, 9, 12] {
        let (_dir, path) = file("auth.log.gz", &packed[..end]);
        let run = watch([path.as_os_str(), "--json".as_ref()]).ended(30);
        assert!(!problems(&run.json()).is_empty(), "{end}");
    }
}

#[test]
fn a_damaged_gzip_file_is_told() {
    let mut packed = gzip((broken_in() + &honest(0..60)).as_bytes());
    let middle = packed.len() / 2;
    packed[middle..middle + 20].fill(0xff);
    let (_dir, path) = file("auth.log.gz", packed);
    let run = watch([path.as_os_str(), "--json".as_ref()]);
    assert!(!run.err.contains("panicked") && run.code != 101, "{run:?}");
    let said = problems(&run.json());
    assert!(said.contains("is damaged") || said.contains("ends early"), "{said}");
    // What follows a whole member and is no gzip (padding, as tapes leave it) hides nothing.
    let mut padded = gzip(broken_in().as_bytes());
    padded.extend_from_slice(&[0; 512]);
    let (_dir, path) = file("auth.log.gz", padded);
    assert_eq!(records(&report(&path)), 31);
}

#[test]
fn garbage_is_left_out_and_named() {
    let noise: Vec<u8> =
        (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (name, bytes) in [
        ("noise.bin", noise.as_slice()),
        ("one.bin", b"\0"),
        ("text.txt", b"once upon a time\nthere was a log\n"),
        ("page.htm", b"<html><body>404</body></html>\n"),
        ("elf", b"\x7fELF\x02\x01\x01\0\0\0\0\0"),
    ] {
        let (dir, path) = file(name, bytes);
        let run = watch([path.as_os_str(), "--json".as_ref()]).ended(30);
        let said = problems(&run.json());
        assert!(said.contains(name) && said.contains("no format that Ward reads"), "{said}");
        fs::write(dir.path().join("auth.log"), honest(0..60)).unwrap();
        watch([dir.path()]).ended(1);
        // Whatever somebody says that it is.
        for format in [
            "zeek",
            "zeek-json",
            "eve",
            "access",
            "syslog",
            "vpc-flow",
            "windows-json",
            "windows-xml",
        ] {
            let run = watch([path.to_str().unwrap(), "--format", format]);
            assert!(!run.err.contains("panicked") && run.code == 30, "{name} {format}: {run:?}");
        }
    }
}

#[test]
fn an_empty_file_is_no_trouble_beside_others() {
    let (dir, path) = file("auth.log.1", "");
    let run = watch([path.as_os_str(), "--json".as_ref()]).ended(30);
    assert!(run.json()["sentence"].as_str().unwrap().contains("Nothing can be said"));
    fs::write(dir.path().join("auth.log"), honest(0..60)).unwrap();
    fs::write(dir.path().join("auth.log.2.gz"), gzip(b"")).unwrap();
    let run = watch([dir.path().as_os_str(), "--json".as_ref()]).ended(0);
    assert_eq!(problems(&run.json()), "");
    assert_eq!(watch_stdin(b"", &["--json"]).ended(30).json()["counts"]["records"], 0);
}

#[test]
fn a_folder_without_logs() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("README.md"), "nothing here").unwrap();
    let run = watch([dir.path()]).ended(30);
    assert!(run.out.contains("Nothing can be said"), "{}", run.out);
}

#[test]
fn what_cannot_be_opened_or_read() {
    let (dir, path) = file("auth.log", honest(0..60));
    let missing = dir.path().join("gone.log");
    let said = |run: crate::common::Run| problems(&run.json());
    let run = watch([path.as_os_str(), missing.as_os_str(), "--json".as_ref()]).ended(1);
    assert!(said(run).contains("gone.log: cannot be opened"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let link = dir.path().join("link.log");
        symlink(dir.path().join("nowhere"), &link).unwrap();
        let run = watch([path.as_os_str(), link.as_os_str(), "--json".as_ref()]).ended(1);
        assert!(said(run).contains("link.log: cannot be opened"));
        // In a folder that is walked nobody asked for it.
        watch([dir.path()]).ended(0);
        let closed = dir.path().join("closed.log");
        fs::write(&closed, honest(0..60)).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(&closed).is_ok() {
            println!("skipped: to root no file is closed");
        } else {
            let run = watch([path.as_os_str(), closed.as_os_str(), "--json".as_ref()]).ended(1);
            assert!(said(run).contains("closed.log: cannot be opened"));
        }
    }
    // A file whose reading fails: its owner's memory at address 0.
    #[cfg(target_os = "linux")]
    {
        let memory = "/proc/self/mem";
        let run = watch([path.to_str().unwrap(), memory, "--json"]).ended(1);
        assert!(said(run).contains("/proc/self/mem: cannot be"));
    }
}

#[test]
fn a_line_of_three_megabytes() {
    let long = "x".repeat(3 << 20);
    let access = |agent: &str| {
        format!(
            "192.0.2.20 - - [03/Nov/2026:18:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"{agent}\"\n"
        )
    };
    let (_dir, path) =
        file("access.log", [access("a"), access(&long), access("b")].concat().repeat(2));
    let report_of = report(&path);
    assert_eq!((records(&report_of), not_understood(&report_of)), (6, 0));
    let auth = |user: &str| {
        format!(
            "2026-11-03T18:00:00Z bastion sshd[1]: Failed password for {user} from 203.0.113.5 port 7 ssh2\n"
        )
    };
    let (_dir, path) = file("auth.log", auth("root").repeat(20) + &auth(&long) + &auth("root"));
    assert_eq!(records(&report(&path)), 22);
    let json = format!(
        "{{\"ts\":1793728800.5,\"uid\":\"C\",\"id.orig_h\":\"192.0.2.20\",\"id.orig_p\":1,\"id.resp_h\":\"198.51.100.1\",\"id.resp_p\":80,\"proto\":\"tcp\",\"conn_state\":\"SF\",\"note\":\"{long}\"}}\n"
    );
    let short = json.replace(&long, "");
    // No JSON record that anybody writes is longer than 1 MiB: this one is told, not built.
    let (_dir, path) = file("conn.log", [&short, &json, &short].map(String::as_str).concat());
    let told = report(&path);
    assert_eq!((records(&told), not_understood(&told)), (2, 1));
}

#[test]
fn a_line_without_end() {
    // Longer than any record that is read: it is told, and the lines around it are read.
    let lines = honest(0..60) + &"x".repeat(9 << 20) + "\n" + &honest(60..120);
    let (_dir, path) = file("auth.log", lines);
    let report = report(&path);
    assert_eq!(records(&report), 120, "{}", problems(&report));
    assert!(not_understood(&report) + problems(&report).lines().count() as u64 > 0);
    // A file that is one line without a newline.
    let (_dir, path) = file("auth.log", honest(0..1).trim_end());
    assert_eq!(records(&self::report(&path)), 1);
}

#[test]
fn nul_bytes() {
    // A machine that lost power leaves a hole of them; what stands around it is read.
    let hole = "\0".repeat(5_000);
    let (_dir, path) = file("auth.log", honest(0..60) + &hole + "\n" + &broken_in());
    let report = report(&path);
    assert_eq!(records(&report), 91);
    assert!(cases(&report).iter().any(|case| case.0 == "login.guess_then_success"));
    let (_dir, path) = file("auth.log", honest(0..60) + &hole + &broken_in());
    assert!(records(&self::report(&path)) >= 90);
    let (_dir, path) = file("auth.log", hole + &broken_in());
    assert!(records(&self::report(&path)) >= 30);
    // UTF-16, as some Windows tools export: nothing that is read, and it says so.
    let wide: Vec<u8> = broken_in().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (_dir, path) = file("auth.log", [b"\xff\xfe".to_vec(), wide].concat());
    let run = watch([&path]);
    assert_eq!(run.code, 30, "{run:?}");
}

#[test]
fn carriage_returns_and_byte_order_marks() {
    for name in [
        "zeek/conn.log",
        "zeek-json/http.log",
        "eve/http.json",
        "access/vhost.log",
        "syslog/sshd_rfc3164.log",
        "syslog/sshd_rfc5424.log",
        "syslog/netfilter_v4.log",
        "syslog/filterlog.log",
        "vpc-flow/custom.log",
        "vpc-flow/v2.log",
        "windows-json/security.jsonl",
        "windows-xml/security.xml",
    ] {
        let plain = fs::read_to_string(fixture(name)).unwrap();
        let expected = report(&fixture(name));
        let windows = plain.replace("\r\n", "\n").replace('\n', "\r\n");
        let marked = format!("\u{feff}{}", plain.trim_start_matches('\u{feff}'));
        let both = format!("\u{feff}{}", windows.trim_start_matches('\u{feff}'));
        for (form, text) in [("CRLF", windows), ("BOM", marked), ("both", both)] {
            let (_dir, path) = file("x.log", text);
            let report = report(&path);
            assert_eq!(problems(&report), "", "{name} {form}");
            assert_eq!(not_understood(&report), 0, "{name} {form}: {}", report["coverage"]);
            assert_eq!(cases(&report), cases(&expected), "{name} {form}");
            assert_eq!(records(&report), records(&expected), "{name} {form}");
        }
    }
}

#[test]
fn a_file_that_grows() {
    let (_dir, path) = file("auth.log", honest(0..60).repeat(500));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut log = OpenOptions::new().append(true).open(&path).unwrap();
            // Bounded: a test machine's disk is not to be filled.
            for _ in 0..20_000 {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                log.write_all(honest(60..61).as_bytes()).unwrap();
            }
        });
        let run = watch([path.as_os_str(), "--json".as_ref()]);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        let report = run.ended(0).json();
        let read = records(&report);
        assert!((30_000..=50_000).contains(&read), "{read}");
        assert!(not_understood(&report) <= 1, "at most a torn last line");
    });
}

#[test]
fn a_file_that_shrinks_or_goes_is_no_panic() {
    let (dir, path) = file("auth.log", honest(0..60).repeat(2_000));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let log = OpenOptions::new().write(true).open(&path).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(30));
            log.set_len(1_000).unwrap();
            fs::remove_file(&path).unwrap();
        });
        let out = dir.path().join("evidence");
        let words = [dir.path().as_os_str(), "--evidence".as_ref(), out.as_os_str()];
        let run = watch(words);
        assert!(!run.err.contains("panicked") && run.code != 101, "{run:?}");
    });
}

#[cfg(unix)]
#[test]
fn pipes_in_place_of_files() {
    let (dir, path) = file("auth.log", broken_in());
    let fifo = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    if !made.is_ok_and(|status| status.success()) {
        return println!("skipped: no mkfifo on this machine");
    }
    let mut command = ward();
    std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&fifo, fs::read(&path).unwrap()).unwrap());
        command.args(["watch", "--no-progress"]).arg(&fifo);
        let run = finish(&mut command, b"").ended(20);
        assert!(run.out.contains("login.guess_then_success"), "{}", run.out);
    });
    // One that lies in a folder is never opened: that would wait for ever.
    watch([dir.path()]).ended(20);
}
