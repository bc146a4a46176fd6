//! What came of it: a table, JSON, and whether the bounds hold.

use std::time::Duration;

use serde_json::{Value, json};
use ward_it::figures::Seen;

use crate::consoles::Looked;
use crate::marks::Came;
use crate::options::Options;

/// A planted event is on every screen that should show it within this, milliseconds.
const SHOWN: f64 = 2_000.0;
/// A page takes no more than this, 95 of 100; milliseconds.
const PAGE: f64 = 100.0;
/// The desk takes no more of a core, with everything that it does.
const CORE: f64 = 0.5;
/// Lines of what is wrong that are printed.
const LINES: usize = 20;

/// All of it.
pub(crate) struct Outcome<'a> {
    pub(crate) options: &'a Options,
    pub(crate) length: Duration,
    /// Seconds of processor time that the desk took.
    pub(crate) cpu: f64,
    /// The most memory that it held, MiB.
    pub(crate) most: f64,
    pub(crate) came: Came,
    pub(crate) looked: Looked,
    pub(crate) seen: Seen,
    /// Acts that were refused.
    pub(crate) wrong: Vec<String>,
    /// What does not stand as the script says.
    pub(crate) untrue: Vec<String>,
    pub(crate) stopped: bool,
    /// Warnings and errors in the desk's log.
    pub(crate) warnings: Vec<String>,
}

impl Outcome<'_> {
    fn share(&self) -> f64 {
        self.cpu / self.length.as_secs_f64()
    }

    /// Each bound: what it says, what was measured, whether it holds, whether it is one of time.
    fn bounds(&self) -> Vec<(&'static str, String, bool, bool)> {
        let delays = |share: f64| {
            self.came.delays.values().map(|figures| figures.at(share)).fold(0.0, f64::max)
        };
        let (most, page, share) = (delays(1.0), self.seen.all().at(0.95), self.share());
        let none = |wrong: usize| (format!("{wrong}"), wrong == 0);
        let slow = self.warnings.iter().filter(|line| is_of_time(line)).count();
        let [missed, leaked, wrong, untrue, unanswered, warnings, slow] = [
            self.came.missed.len(),
            self.came.leaked.len(),
            self.wrong.len(),
            self.untrue.len(),
            self.unanswered().len(),
            self.warnings.len() - slow,
            slow,
        ]
        .map(none);
        vec![
            ("events that a screen should have shown and did not", missed.0, missed.1, false),
            ("events on a screen of somebody who may not know", leaked.0, leaked.1, false),
            ("acts that were refused", wrong.0, wrong.1, false),
            ("things that do not stand as the script says", untrue.0, untrue.1, false),
            ("pages and lines of the bell that did not answer", unanswered.0, unanswered.1, false),
            ("warnings and errors in the desk's log", warnings.0, warnings.1, false),
            ("warnings there that the store was slow", slow.0, slow.1, true),
            ("the desk stops by itself", self.stopped.to_string(), self.stopped, false),
            (
                "an event is on its screens within 2000 ms, all",
                format!("{most:.0} ms"),
                most <= SHOWN,
                true,
            ),
            ("a page takes 100 ms, 95 of 100", format!("{page:.1} ms"), page < PAGE, true),
            ("the desk takes less than half a core", format!("{share:.2}"), share < CORE, true),
        ]
    }

    /// Pages and lines of the doorbell that were not given.
    fn unanswered(&self) -> Vec<String> {
        [&self.looked.wrong[..], &self.seen.wrong[..]].concat()
    }

    fn json(&self) -> Value {
        let by_kind = self
            .came
            .delays
            .iter()
            .map(|(kind, figures)| (format!("{kind:?}").to_lowercase(), figures.json()));
        let bounds = self.bounds().into_iter().map(|(what, measured, holds, is_timed)| {
            let is_judged = !(is_timed && self.options.untimed);
            json!({ "what": what, "measured": measured, "holds": holds, "judged": is_judged })
        });
        json!({
            "seconds": self.length.as_secs_f64(),
            "consoles": self.options.consoles,
            "seed": self.options.seed,
            "core": self.share(),
            "memory_mib": self.most,
            "delays_ms": by_kind.collect::<serde_json::Map<_, _>>(),
            "pages_ms": self.seen.json(),
            "consoles_ms": self.looked.took.json(),
            "unchanged": self.looked.same,
            "missed": self.came.missed.len(),
            "leaked": self.came.leaked.len(),
            "refused": self.wrong.len(),
            "untrue": self.untrue.len(),
            "unanswered": self.unanswered().len(),
            "warnings": self.warnings.len(),
            "stopped": self.stopped,
            "bounds": bounds.collect::<Vec<_>>(),
        })
    }
}

/// Whether a line of the desk's log warns of nothing but that something took long (sqlx: a statement,
/// or that a connection came free).
fn is_of_time(line: &str) -> bool {
    line.contains("WARN") && line.contains("sqlx::") && line.contains("slow")
}

/// Prints it, writes it; whether all bounds hold.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn tell(outcome: &Outcome<'_>) -> Result<bool, String> {
    println!("\n{:<28} {:>8} {:>8} {:>8} {:>8} {:>8}", "ms", "p50", "p95", "p99", "max", "count");
    for (kind, figures) in &outcome.came.delays {
        println!("{:<28} {}", format!("{kind:?} to a screen"), figures.words());
    }
    let (took, which) = &outcome.came.slowest;
    println!("slowest: {which}, {took:.0} ms\n");
    println!("{:<28} {}", "consoles, page again", outcome.looked.took.words());
    for (page, figures) in &outcome.seen.pages {
        println!("{page:<28} {}", figures.words());
    }
    println!(
        "\ndesk: {:.2} of a core, {:.0} MiB at most; {} of {} answers to consoles said that \
         nothing has changed; {} warnings in its log\n",
        outcome.share(),
        outcome.most,
        outcome.looked.same,
        outcome.looked.took.count(),
        outcome.warnings.len(),
    );
    let lists = [
        ("missed", outcome.came.missed.iter().map(|one| format!("{one:?}")).collect()),
        ("leaked", outcome.came.leaked.iter().map(|one| format!("{one:?}")).collect()),
        ("refused", outcome.wrong.clone()),
        ("not as the script says", outcome.untrue.clone()),
        ("unanswered", outcome.unanswered()),
        ("in the desk's log", outcome.warnings.clone()),
    ];
    for (what, lines) in lists {
        let lines: Vec<String> = lines;
        lines.iter().take(LINES).for_each(|line| println!("{what}: {line}"));
    }
    let bounds = outcome.bounds();
    for (what, measured, holds, _) in &bounds {
        println!("{} {what}: {measured}", if *holds { "holds" } else { "MISSED" });
    }
    if let Some(path) = &outcome.options.json {
        std::fs::write(path, format!("{:#}\n", outcome.json())).map_err(|e| e.to_string())?;
    }
    let counts = |(.., is_timed): &&(_, _, _, bool)| !(*is_timed && outcome.options.untimed);
    Ok(bounds.iter().filter(counts).all(|(_, _, holds, _)| *holds))
}
