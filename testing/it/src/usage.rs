//! What processes use, by `/proc`.

use std::fs;
use std::path::Path;

/// One look at a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Use {
    /// Resident memory, MiB.
    pub rss: f64,
    /// The most of it so far, MiB.
    pub most: f64,
    /// Processor time so far, seconds.
    pub cpu: f64,
}

/// What a process uses now; nothing of one that has ended.
pub fn used(pid: u32) -> Use {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kib = |key: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
    };
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // After the name in parentheses: fields 14 and 15 are ticks in user and system mode, a
    // hundred a second on Linux (proc_pid_stat(5)).
    let ticks = |field: usize| -> f64 {
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        rest.split_whitespace().nth(field - 3).and_then(|text| text.parse().ok()).unwrap_or(0.0)
    };
    Use {
        rss: kib("VmRSS:") / 1024.0,
        most: kib("VmHWM:") / 1024.0,
        cpu: (ticks(14) + ticks(15)) / 100.0,
    }
}

/// Bytes that the files below a folder hold.
pub fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => bytes_in(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
