//! Words that recur: of cases, rungs and sizes.

use ward_kernel::Rung;
use ward_store::cases::Handling;

/// The kinds of cases and what they mean in words.
pub(crate) const KINDS: [(&str, &str); 18] = [
    ("scan.horizontal", "Scan of many machines"),
    ("scan.vertical", "Scan of one machine"),
    ("scan.block", "Scan of a network"),
    ("scan.slow", "Slow scan"),
    ("scan.distributed", "Scan by many sources"),
    ("probe.persistent", "Persistent probing"),
    ("login.guess", "Password guessing"),
    ("login.slow", "Slow password guessing"),
    ("login.spray", "Password spraying"),
    ("login.distributed", "Guessing by many sources"),
    ("login.guess_then_success", "Guess that succeeded"),
    ("web.sqli", "SQL injection"),
    ("web.injection", "Code injection"),
    ("web.traversal", "Path traversal"),
    ("web.probe", "Probing for weaknesses"),
    ("web.stuffing", "Stolen passwords tried"),
    ("web.flood", "Flood of requests"),
    ("ids.alert", "Alert of a detection system"),
];

/// A kind of case in words; the machine's name of it when there are none.
pub(crate) fn kind_words(kind: &str) -> &str {
    KINDS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, words)| words)
}

/// What a handling is called on buttons and lists.
pub(crate) const fn handling_words(handling: Handling) -> &'static str {
    match handling {
        Handling::Open => "Open",
        Handling::Watched => "Watched",
        Handling::Closed => "Closed",
    }
}

/// A rung by its name; `None` for anything else.
pub(crate) fn rung(name: &str) -> Option<Rung> {
    Rung::ALL.into_iter().find(|rung| rung.name() == name)
}

/// Bytes for people: `512 B`, `1.2 MB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let (mut whole, mut tenth, mut unit) = (count, 0, "B");
    for name in UNITS {
        (tenth, whole, unit) = (whole % 1000 / 100, whole / 1000, name);
        if whole < 1000 {
            break;
        }
    }
    format!("{whole}.{tenth} {unit}")
}

/// Text that was logged, as far as a page shows it.
pub(crate) fn logged(bytes: &[u8]) -> String {
    const MOST: usize = 4096;
    let mut text = String::from_utf8_lossy(bytes.get(..MOST).unwrap_or(bytes)).into_owned();
    if bytes.len() > MOST {
        text.push_str(" ... (cut)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (count, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_234, "1.2 kB"),
            (5_600_000, "5.6 MB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
