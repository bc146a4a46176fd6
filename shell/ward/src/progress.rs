//! How far long work is: one line on standard error that replaces itself, and only in a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ward_wire::Progress;

use crate::page::text::{grouped, percent};

/// Shorter work shows nothing.
const PATIENCE: Duration = Duration::from_millis(700);
/// Between two lines.
const PAUSE: Duration = Duration::from_millis(200);

/// Tells how far the reading is.
#[derive(Debug)]
pub struct Meter {
    started: Instant,
    shown: Mutex<Option<Instant>>,
    enabled: bool,
}

impl Meter {
    /// A meter that shows itself if `wanted` and standard error is a terminal.
    #[must_use]
    pub fn new(wanted: bool) -> Self {
        let enabled = wanted && io::stderr().is_terminal();
        Self { started: Instant::now(), shown: Mutex::new(None), enabled }
    }

    /// Takes the latest numbers; may be called from any thread and returns at once when there is
    /// nothing to show yet.
    pub fn tell(&self, progress: Progress) {
        if !self.enabled || self.started.elapsed() < PATIENCE {
            return;
        }
        // Whoever cannot have the lock leaves the line to the one who has it.
        let Ok(mut shown) = self.shown.try_lock() else { return };
        if shown.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        *shown = Some(Instant::now());
        let _ = write!(io::stderr(), "\r{}\x1b[K", line(progress, self.started.elapsed()));
    }

    /// Takes the line away.
    pub fn finish(&self) {
        if self.enabled && self.shown.try_lock().is_ok_and(|shown| shown.is_some()) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(progress: Progress, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let done = progress.bytes as f64;
    let total = progress.total as f64;
    let rate = progress.records as f64 / seconds;
    let mut text = format!("ward: {} records, {rate:.0}/s", grouped(progress.records));
    // A stream's size is not known: neither share nor time left can be said.
    if progress.total >= progress.bytes && progress.total > 0 {
        let left = if done > 0.0 { (total - done) / done * seconds } else { 0.0 };
        text.push_str(&format!(
            ", {} of {}, {}",
            percent(done / total),
            size(total),
            left_text(left),
        ));
    } else {
        text.push_str(&format!(", {}", size(done)));
    }
    text
}

fn size(bytes: f64) -> String {
    if bytes >= 1e9 { format!("{:.1} GB", bytes / 1e9) } else { format!("{:.0} MB", bytes / 1e6) }
}

fn left_text(seconds: f64) -> String {
    if seconds >= 90.0 {
        format!("{:.0} min left", seconds / 60.0)
    } else {
        format!("{seconds:.0} s left")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_share_rate_and_time_left() {
        let progress = Progress {
            bytes: 500_000_000,
            total: 2_000_000_000,
            records: 4_000_000,
            files_done: 1,
            files: 3,
        };
        let text = line(progress, Duration::from_secs(4));
        assert_eq!(text, "ward: 4,000,000 records, 1000000/s, 25.0 % of 2.0 GB, 12 s left");
        let stream = Progress { total: 0, ..progress };
        assert!(line(stream, Duration::from_secs(4)).ends_with("/s, 500 MB"));
    }
}
