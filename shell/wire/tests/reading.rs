//! What is read, from whatever holds it, however many threads read.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ward_kernel::Time;
use ward_records::{Event, Sink};
use ward_wire::{Input, Options, Outcome, Walked, Worker, lines, read_all, select, walk};

/// Keeps everything, to compare.
#[derive(Default)]
struct Keep {
    seen: Vec<(usize, u64, String)>,
    asides: usize,
    problems: Vec<u64>,
}

struct KeepSink<'a>(&'a mut Keep, usize);

impl Worker for Keep {
    fn sink(&mut self, file: usize, format: &'static str) -> impl Sink + '_ {
        assert_eq!(format, "access");
        KeepSink(self, file)
    }
}

impl Sink for KeepSink<'_> {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        self.0.seen.push((self.1, at, format!("{} {:?}", event.source, event.time)));
    }
    fn aside(&mut self, _at: u64, _time: Option<Time>) {
        self.0.asides += 1;
    }
    fn problem(&mut self, at: u64, _line: &[u8], _why: &'static str) {
        self.0.problems.push(at);
    }
}

/// Lines of an access log, each of another length and source.
fn log(lines: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for n in 0..lines {
        let [_, a, b, c] = n.to_be_bytes();
        let filler = "x".repeat((n as usize * 7) % 90);
        let (minute, second) = (n / 60 % 60, n % 60);
        writeln!(
            out,
            "198.{a}.{b}.{c} - - [03/Nov/2026:07:{minute:02}:{second:02} -0600] \
             \"GET /{filler}?n={n} HTTP/1.1\" 200 512 \"-\" \"curl/8\""
        )
        .unwrap();
    }
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn read(paths: &[PathBuf], threads: usize) -> (Vec<Input>, Outcome<Keep>, Keep) {
    let Walked { inputs, problems, .. } = walk(paths);
    assert!(problems.is_empty());
    let options = Options { threads, ..Options::default() };
    let mut outcome = read_all(&inputs, &options, Keep::default, &|_| {});
    let mut all = Keep::default();
    for worker in outcome.workers.drain(..) {
        all.seen.extend(worker.seen);
        all.problems.extend(worker.problems);
    }
    all.seen.sort();
    all.problems.sort_unstable();
    (inputs, outcome, all)
}

fn put(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Places without the file's number, for files that hold the same.
fn places(keep: &Keep) -> Vec<(u64, String)> {
    keep.seen.iter().map(|(_, at, text)| (*at, text.clone())).collect()
}

#[test]
fn packed_or_plain_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let content = log(40_000); // several blocks
    let half = content.len() / 2;
    let members = [gzip(&content[..half]), gzip(&content[half..])].concat();
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..]].concat();
    let frames = [zstd(&content[..half]), skippable, zstd(&content[half..])].concat();
    let plain = put(dir.path(), "plain.log", &content);
    let (_, outcome, expected) = read(std::slice::from_ref(&plain), 1);
    assert_eq!(expected.seen.len(), 40_000);
    assert_eq!(outcome.files[0].format, Some("access"));
    assert_eq!(outcome.files[0].bytes, content.len() as u64);
    let members = put(dir.path(), "members.bin", &members);
    let frames = put(dir.path(), "frames.bin", &frames);
    for path in [plain, members, frames] {
        for threads in 1..=4 {
            let (_, outcome, keep) = read(std::slice::from_ref(&path), threads);
            assert_eq!(outcome.problems, [], "{path:?}");
            assert!(keep.problems.is_empty());
            assert!(places(&keep) == places(&expected), "{path:?} on {threads} threads");
        }
    }
}

#[test]
fn what_was_cut_is_read_up_to_there() {
    let dir = tempfile::tempdir().unwrap();
    let content = log(5_000);
    for (name, packed) in [("gzip", gzip(&content)), ("zstd", zstd(&content))] {
        let path = put(dir.path(), name, &packed[..packed.len() * 3 / 4]);
        let (_, outcome, keep) = read(&[path], 2);
        assert_eq!(outcome.problems.len(), 1, "{name}");
        assert!(outcome.problems[0].what.contains("ends early"), "{:?}", outcome.problems);
        let many = keep.seen.len();
        assert!((2_000..5_000).contains(&many), "{name}: {many} records");
        assert!(keep.problems.is_empty(), "the half record at the end is left out");
        let mut damaged = packed;
        let middle = damaged.len() / 2;
        damaged[middle..middle + 40].fill(0xff);
        let (_, outcome, _) = read(&[put(dir.path(), name, &damaged)], 2);
        assert!(!outcome.problems.is_empty(), "{name} damaged");
    }
}

#[test]
fn trouble_never_stops_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "a.bin", &[0, 159, 146, 150].repeat(5000));
    put(dir.path(), "b.empty", b"");
    put(dir.path(), "c.log", &log(10));
    let (inputs, outcome, keep) = read(&[dir.path().to_owned()], 2);
    assert_eq!(inputs.len(), 3);
    assert_eq!(keep.seen.len(), 10);
    assert_eq!(outcome.problems.len(), 1, "an empty file is no trouble");
    assert!(outcome.problems[0].place.ends_with("a.bin"));
    assert!(outcome.problems[0].what.contains("no format"));
    let formats: Vec<_> = outcome.files.iter().map(|file| file.format).collect();
    assert_eq!(formats, [None, None, Some("access")]);
}

#[test]
fn endless_lines_are_skipped() {
    let dir = tempfile::tempdir().unwrap();
    let mut content = log(3);
    content.extend(vec![b'A'; 9 << 20]);
    content.push(b'\n');
    let after = content.len() as u64;
    content.extend(log(2));
    let mut long = log(1);
    long.pop();
    long.extend(vec![b'B'; 3 << 20]);
    content.extend(&long);
    content.push(b'\n');
    let (_, outcome, keep) = read(&[put(dir.path(), "x.log", &content)], 2);
    assert_eq!(outcome.problems.len(), 1, "{:?}", outcome.problems);
    assert!(outcome.problems[0].what.contains("longer than 4 MiB"));
    assert!(keep.seen.iter().any(|(_, at, _)| *at == after), "reading goes on behind it");
    assert!(outcome.files[0].bytes == content.len() as u64);
}

#[test]
fn raw_lines_are_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let content = log(9_000);
    put(dir.path(), "a.log", &content);
    put(dir.path(), "b.gz", &gzip(&content));
    put(dir.path(), "c.zst", &zstd(&content));
    let (inputs, _, keep) = read(&[dir.path().to_owned()], 2);
    let mut wanted: Vec<(usize, u64)> =
        keep.seen.iter().step_by(997).map(|(file, at, _)| (*file, *at)).collect();
    wanted.reverse();
    wanted.push(wanted[0]);
    wanted.extend([(0, u64::MAX), (99, 0), (1, u64::MAX / 2)]);
    let found = lines(&inputs, &Options::default(), &wanted);
    let text = String::from_utf8(content).unwrap();
    let real = wanted.len() - 3;
    for ((_, at), line) in wanted.iter().zip(&found).take(real) {
        let expected = text[usize::try_from(*at).unwrap()..].lines().next().unwrap();
        assert_eq!(line.as_deref(), Some(expected.as_bytes()), "at {at}");
    }
    assert!(found[real..].iter().all(Option::is_none));
}

#[test]
fn selecting_hands_out_every_raw_line() {
    let dir = tempfile::tempdir().unwrap();
    let content = log(20_000);
    put(dir.path(), "a.log", &content);
    put(dir.path(), "b.gz", &gzip(&content));
    let Walked { inputs, .. } = walk(&[dir.path().to_owned()]);
    let mut rebuilt = [Vec::new(), Vec::new()];
    select(&inputs, &Options::default(), |record| {
        assert_eq!(record.offset, rebuilt[record.file].len() as u64);
        rebuilt[record.file].extend_from_slice(record.line);
        rebuilt[record.file].push(b'\n');
    });
    assert!(rebuilt.iter().all(|bytes| *bytes == content));
}

#[test]
fn progress_reaches_the_end() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "a.gz", &gzip(&log(10_000)));
    put(dir.path(), "b.log", &log(10_000));
    let Walked { inputs, .. } = walk(&[dir.path().to_owned()]);
    let (bytes, total) = (AtomicU64::new(0), AtomicU64::new(0));
    let told = |progress: ward_wire::Progress| {
        assert!(progress.files_done <= progress.files && progress.files == 2);
        bytes.fetch_max(progress.bytes, Ordering::Relaxed);
        total.store(progress.total, Ordering::Relaxed);
    };
    read_all(&inputs, &Options::default(), Keep::default, &told);
    assert!(bytes.load(Ordering::Relaxed) >= total.load(Ordering::Relaxed));
}

#[test]
fn a_panicking_worker_ends_the_run_rather_than_hanging_it() {
    struct Faulty;
    struct FaultySink;
    impl Worker for Faulty {
        fn sink(&mut self, _file: usize, _format: &'static str) -> impl Sink + '_ {
            FaultySink
        }
    }
    impl Sink for FaultySink {
        fn event(&mut self, _at: u64, _event: &Event<'_>) {
            panic!("a fault of the engine");
        }
        fn aside(&mut self, _at: u64, _time: Option<Time>) {}
        fn problem(&mut self, _at: u64, _line: &[u8], _why: &'static str) {}
    }
    let dir = tempfile::tempdir().unwrap();
    let Walked { inputs, .. } = walk(&[put(dir.path(), "a.log", &log(60_000))]);
    let run = || read_all(&inputs, &Options::default(), || Faulty, &|_| {});
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
}
