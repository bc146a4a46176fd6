//! What came of it: a table, JSON, and whether the bounds hold.

use serde_json::{Value, json};

use crate::options::Options;
use crate::planted::Planted;
use ward_it::figures::{Figures, Seen, slope};
use ward_it::usage::Use;

/// A planted attempt is on a console within this, 99 of 100; milliseconds.
const CASE: f64 = 1_000.0;
/// A page takes no more than this, 95 of 100; milliseconds.
const PAGE: f64 = 100.0;
/// Memory grows by no more than this after the first third; MiB a minute.
const GROWTH: f64 = 1.0;
/// Runs shorter than this say nothing of growth; minutes.
const LONG: f64 = 10.0;
/// The rate counts as held from this share on.
const HELD: f64 = 0.995;

/// What everything used at a moment.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Seconds since the load began; not a number when it was over.
    pub(crate) at: f64,
    pub(crate) serve: Use,
    pub(crate) senses: Vec<Use>,
    pub(crate) own: Use,
    /// Records written and not judged yet.
    pub(crate) behind: f64,
    /// How long the last looks at what was new, and at a scope whole, took; milliseconds.
    pub(crate) quick: f64,
    pub(crate) full: f64,
}

/// What was counted at the end.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) sent: u64,
    pub(crate) judged: u64,
    /// Sensor, records written, records taken in.
    pub(crate) by_sensor: Vec<(String, u64, u64)>,
    /// Seconds from the last write until all was judged.
    pub(crate) lag: f64,
}

/// All of it.
pub(crate) struct Outcome<'a> {
    pub(crate) options: &'a Options,
    pub(crate) samples: Vec<Sample>,
    pub(crate) list: Figures,
    pub(crate) seen: Seen,
    pub(crate) planted: &'a Planted,
    pub(crate) counted: Counted,
    pub(crate) late_ms: u64,
    pub(crate) bytes: u64,
    pub(crate) disk: u64,
    pub(crate) stopped: bool,
    pub(crate) warnings: usize,
}

impl Outcome<'_> {
    fn timed(&self) -> impl Iterator<Item = &Sample> {
        self.samples.iter().filter(|sample| !sample.at.is_nan())
    }

    fn seconds(&self) -> f64 {
        self.options.length.as_secs_f64()
    }

    fn rate(&self) -> f64 {
        self.counted.sent as f64 / self.seconds()
    }

    /// Growth of memory after the first third, MiB a minute.
    fn growth(&self, of: impl Fn(&Sample) -> f64) -> f64 {
        let third = self.seconds() / 3.0;
        let late = self.timed().filter(|sample| sample.at >= third);
        slope(&late.map(|sample| (sample.at / 60.0, of(sample))).collect::<Vec<_>>())
    }

    fn senses_growth(&self) -> f64 {
        self.growth(|sample| sample.senses.iter().map(|one| one.rss).fold(0.0, f64::max))
    }

    /// Each bound: what it says, what was measured, whether it holds.
    fn bounds(&self) -> Vec<(&'static str, String, bool)> {
        let (planted, shown) = self.planted.counts();
        let counted = &self.counted;
        let delay = self.planted.delays(None).at(0.99);
        let page = self.seen.all().at(0.95);
        let growth = self.growth(|sample| sample.serve.rss);
        let exact = counted.judged == counted.sent
            && counted.by_sensor.iter().all(|(_, sent, got)| sent == got);
        let mut bounds = vec![
            (
                "records a second are written",
                format!("{:.0}", self.rate()),
                self.rate() >= self.options.rate as f64 * HELD,
            ),
            (
                "records taken in and judged are those written",
                format!("{} of {}", counted.judged, counted.sent),
                exact,
            ),
            (
                "attempts are shown",
                format!("{shown} of {planted}"),
                planted > 0 && shown == planted,
            ),
            (
                "an attempt is shown within 1000 ms, 99 of 100",
                format!("{delay:.0} ms"),
                delay < CASE,
            ),
            ("a page takes 100 ms, 95 of 100", format!("{page:.1} ms"), page < PAGE),
            (
                "pages and lines of the bell answer",
                format!("{} did not", self.seen.wrong.len()),
                self.seen.wrong.is_empty(),
            ),
            ("the desk stops when asked", format!("{}", self.stopped), self.stopped),
        ];
        if self.seconds() >= LONG * 60.0 {
            let senses = self.senses_growth();
            bounds.push((
                "the desk's memory is flat: 1 MiB a minute",
                format!("{growth:+.2} MiB a minute"),
                growth < GROWTH,
            ));
            bounds.push((
                "a sensor's memory is flat: 1 MiB a minute",
                format!("{senses:+.2} MiB a minute"),
                senses < GROWTH,
            ));
        }
        bounds
    }

    fn json(&self) -> Value {
        let samples: Vec<Value> = self
            .timed()
            .map(|sample| {
                let senses: Vec<f64> = sample.senses.iter().map(|one| one.rss).collect();
                json!({ "at": sample.at, "serve_mib": sample.serve.rss,
                    "serve_cpu": sample.serve.cpu, "senses_mib": senses,
                    "behind": sample.behind, "quick_ms": sample.quick,
                    "full_ms": sample.full })
            })
            .collect();
        let bounds: Vec<Value> = self
            .bounds()
            .into_iter()
            .map(|(what, measured, holds)| json!({ "what": what, "measured": measured, "holds": holds }))
            .collect();
        json!({
            "seconds": self.seconds(), "rate": self.rate(), "sent": self.counted.sent,
            "judged": self.counted.judged, "lag_seconds": self.counted.lag,
            "store": if self.options.postgres { "postgres" } else { "sqlite" },
            "sources": self.options.sources, "written_bytes": self.bytes, "desk_bytes": self.disk,
            "writer_late_ms": self.late_ms, "attempt_ms": self.planted.delays(None).json(),
            "attempt_sshd_ms": self.planted.delays(Some("auth.log")).json(),
            "attempt_web_ms": self.planted.delays(Some("access.log")).json(),
            "missed": self.planted.missed(), "list_ms": self.list.json(), "pages_ms": self.seen.json(),
            "serve_growth_mib_a_minute": self.growth(|sample| sample.serve.rss),
            "sense_growth_mib_a_minute": self.senses_growth(),
            "wrong": self.seen.wrong, "warnings": self.warnings,
            "bounds": bounds, "samples": samples,
        })
    }
}

/// Prints the table and writes the JSON; whether all bounds hold.
///
/// # Errors
/// When the JSON cannot be written.
pub(crate) fn tell(outcome: &Outcome<'_>) -> Result<bool, String> {
    println!("\nmilliseconds                     p50      p95      p99      max    count");
    println!("attempt to console, all     {}", outcome.planted.delays(None).words());
    println!("  guesses in auth.log       {}", outcome.planted.delays(Some("auth.log")).words());
    println!("  injection in access.log   {}", outcome.planted.delays(Some("access.log")).words());
    println!("the console's list          {}", outcome.list.words());
    println!("all pages                   {}", outcome.seen.all().words());
    for (page, figures) in &outcome.seen.pages {
        println!("  {page:<25} {}", figures.words());
    }
    used(outcome);
    for wrong in outcome.seen.wrong.iter().take(5) {
        println!("wrong: {wrong}");
    }
    for missed in outcome.planted.missed().iter().take(10) {
        println!("not shown: {missed}");
    }
    println!();
    let bounds = outcome.bounds();
    for (what, measured, holds) in &bounds {
        println!("{} {what}: {measured}", if *holds { "holds " } else { "FAILS " });
    }
    if let Some(path) = &outcome.options.json {
        let text = serde_json::to_vec_pretty(&outcome.json()).map_err(|e| e.to_string())?;
        std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(bounds.iter().all(|(_, _, holds)| *holds))
}

/// What was used.
fn used(outcome: &Outcome<'_>) {
    let (seconds, counted) = (outcome.seconds(), &outcome.counted);
    let share = |used: &Use| used.cpu / seconds * 100.0;
    println!();
    for (place, sent, got) in &counted.by_sensor {
        println!("{place}: {sent} records written, {got} taken in");
    }
    println!(
        "all was judged {:.2} s after the last write; the writer was {} ms late at most",
        counted.lag, outcome.late_ms
    );
    let behind = outcome.timed().map(|sample| sample.behind).fold(0.0, f64::max);
    let most = |of: fn(&Sample) -> f64| outcome.timed().map(of).fold(0.0, f64::max);
    println!(
        "records on their way at most: {behind:.0}; a look at what is new {:.0} ms, at a scope \
         whole {:.0} ms at most, where sampled",
        most(|sample| sample.quick),
        most(|sample| sample.full),
    );
    if let Some(last) = outcome.samples.last() {
        println!(
            "the desk: {:.0} MiB, {:.0} at most, {:+.2} a minute after the first third; {:.0} % \
             of a core",
            last.serve.rss,
            last.serve.most,
            outcome.growth(|sample| sample.serve.rss),
            share(&last.serve),
        );
        let most = last.senses.iter().map(|one| one.most).fold(0.0, f64::max);
        println!(
            "a sensor: {most:.0} MiB at most, {:+.2} a minute; {:.0} % of a core each",
            outcome.senses_growth(),
            last.senses.iter().map(share).sum::<f64>() / last.senses.len() as f64,
        );
        println!("the bench itself: {:.0} MiB, {:.0} % of a core", last.own.rss, share(&last.own));
    }
    let mib = |bytes: u64| bytes >> 20;
    println!(
        "written {} MiB, the desk's folder {} MiB; {} warnings in its log",
        mib(outcome.bytes),
        mib(outcome.disk),
        outcome.warnings
    );
}
