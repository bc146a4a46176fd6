//! Entries of the systemd journal, which hold what anybody logged: each becomes one line.
#![no_main]
#![allow(dead_code)]

#[path = "../../shell/sense/src/sources"]
mod sources {
    mod escape;
    pub(crate) use escape::escape;

    pub(crate) mod journal {
        mod entry;

        /// The line of an entry, when it is one.
        pub(crate) fn line(bytes: &[u8]) -> Option<Vec<u8>> {
            let entry: entry::Entry = serde_json::from_slice(bytes).ok()?;
            let mut line = Vec::new();
            entry.write(&mut line);
            let _ = (entry.time(), entry.cursor.len());
            Some(line)
        }
    }
}

use ward_kernel::Time;
use ward_records::{Event, Format, Hints, Reader, Sink};

#[derive(Default)]
struct Count(usize);

impl Sink for Count {
    fn event(&mut self, _at: u64, _event: &Event<'_>) {
        self.0 += 1;
    }
    fn aside(&mut self, _at: u64, _time: Option<Time>) {
        self.0 += 1;
    }
    fn problem(&mut self, _at: u64, _line: &[u8], why: &'static str) {
        assert!(!why.starts_with("no time stamp"), "{why}");
        self.0 += 1;
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(line) = sources::journal::line(bytes) else { return };
    let (last, text) = line.split_last().unwrap();
    assert_eq!(*last, b'\n');
    assert!(!text.iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0)), "one line");
    let mut count = Count::default();
    Reader::forced(Format::Syslog, &Hints::default()).read(&line, 0, &mut count);
    assert_eq!(count.0, 1, "{}", String::from_utf8_lossy(&line));
});
