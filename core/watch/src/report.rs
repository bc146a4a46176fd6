//! The report: what `ward watch` found, as one value.
//!
//! Its serialised form is the public schema `ward.watch/1` (documented in `docs/watch-json.md`);
//! fields are added, never renamed or removed, under that name.

use std::collections::BTreeMap;

use serde::Serialize;
use ward_kernel::{Addr, Net, Rung, Time};

/// The name and version of the JSON schema.
pub const SCHEMA: &str = "ward.watch/1";

/// Everything that one run found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The one sentence: what happened, or what cannot be said and why.
    pub sentence: String,
    /// The highest rung that an unauthorised case reached.
    pub highest: Option<Rung>,
    /// Why "no evidence" cannot be said, when coverage is under the office's bound; empty
    /// otherwise.
    pub cannot_say: Vec<String>,
    /// What the rungs mean, with their version.
    pub definitions: Definitions,
    /// First and last moment of any record.
    pub span: Option<Span>,
    /// The numbers.
    pub counts: Counts,
    /// What each sensor saw, and did not.
    pub coverage: Vec<Sensor>,
    /// The cases: highest rung first, then most records.
    pub cases: Vec<Case>,
    /// The hours of the span, for charts: at most 31 days of them, the latest.
    pub hours: Vec<Hour>,
    /// Probes that belong to no case: the Internet's background noise.
    pub background: Background,
    /// Limits reached, surges that were crowds, and other remarks that a reader needs.
    pub remarks: Vec<String>,
    /// What could not be read, and other trouble of this run.
    pub problems: Vec<Problem>,
    /// The settings that were used and where they came from; the caller of the engine knows.
    pub settings: Option<String>,
}

/// What the rungs mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Definitions {
    /// Version of the definitions; numbers of one version compare with each other.
    pub version: &'static str,
    /// One for each rung, lowest first.
    pub rungs: Vec<Definition>,
}

/// What one rung means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Definition {
    /// The rung.
    pub rung: Rung,
    /// Its meaning.
    pub text: &'static str,
}

/// From the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// The first moment.
    pub first: Time,
    /// The last moment.
    pub last: Time,
}

/// The numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Records read (lines, flows) that were understood.
    pub records: u64,
    /// Distinct sources in them; an estimate when `sources_exact` is false.
    pub sources: u64,
    /// Whether `sources` and the counts by rung are exact.
    pub sources_exact: bool,
    /// For each rung: sources whose highest rung it is, cases on it, records of those cases
    /// (for `scan`: all probes, also those of the background).
    pub by_rung: BTreeMap<&'static str, Tally>,
    /// For each kind of case.
    pub by_kind: BTreeMap<&'static str, Tally>,
    /// Sources that belong to named research scanners, by name of the organisation.
    pub known_scanners: BTreeMap<String, Tally>,
    /// Cases inside a registered test window; they are not in `by_rung` or `highest`.
    pub authorised: Tally,
}

/// Sources, cases and records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Distinct sources.
    pub sources: u64,
    /// Cases.
    pub cases: u64,
    /// Records.
    pub records: u64,
}

/// What one sensor saw, and did not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensor {
    /// Its name: given in the settings, or made from the path.
    pub sensor: String,
    /// Its jurisdiction, where the settings name it.
    pub jurisdiction: Option<String>,
    /// The format that was read.
    pub format: &'static str,
    /// Records understood.
    pub records: u64,
    /// Time of the first record.
    pub first: Option<Time>,
    /// Time of the last record.
    pub last: Option<Time>,
    /// Minutes with at least one record.
    pub minutes_seen: u64,
    /// Minutes of the span of the whole report in which the sensor was not silent against its
    /// own rhythm, as a share of that span: 0 to 1.
    pub covered: f64,
    /// Silences that are long against the sensor's own rhythm.
    pub gaps: Vec<Gap>,
    /// Lines that were not understood.
    pub not_understood: NotUnderstood,
    /// Losses that the records themselves admit.
    pub losses: Vec<LossCount>,
    /// Records by hour, aligned with [`Report::hours`].
    pub hours: Vec<u64>,
}

/// A silence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// Its first silent minute (or the start of the span).
    pub from: Time,
    /// The first record after it (or the end of the span).
    pub to: Time,
    /// Its length in minutes.
    pub minutes: u64,
}

/// Lines that were not understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NotUnderstood {
    /// How many.
    pub lines: u64,
    /// A few of them.
    pub samples: Vec<BadLine>,
}

/// A line that was not understood.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct BadLine {
    /// The file it stands in.
    pub file: String,
    /// Byte offset in the decompressed file.
    pub offset: u64,
    /// Why it was not understood.
    pub why: &'static str,
    /// Its beginning, control characters escaped.
    pub text: String,
}

/// Losses of one kind that a sensor admits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LossCount {
    /// What admits it: `capture_loss`, `skipdata`, `kernel_drops`...
    pub by: String,
    /// How much was lost.
    pub lost: u64,
    /// Out of how much, when known.
    pub of: Option<u64>,
    /// In how many records it was admitted.
    pub records: u64,
}

/// One case: one campaign or one effort, with what it stands on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// A short name that stays the same for the same records: kind, first source and second hashed.
    pub id: String,
    /// The rung it reached.
    pub rung: Rung,
    /// Its kind: `scan.horizontal`, `login.guess`...
    pub kind: &'static str,
    /// One line for the page: what was done to what.
    pub title: String,
    /// Who: at most 10,000 are listed; `source_count` counts all.
    pub sources: Vec<Addr>,
    /// How many sources.
    pub source_count: u64,
    /// Networks that hold most of many IPv6 or neighbouring sources.
    pub networks: Vec<Net>,
    /// The organisation, when all sources are a named research scanner's.
    pub known: Option<String>,
    /// Accounts named (at most 1,000).
    pub accounts: Vec<String>,
    /// What was aimed at: `host:port`, paths, asset names (at most 100, most hit first).
    pub targets: Vec<String>,
    /// How many distinct targets; an estimate beyond 256 a source.
    pub target_count: u64,
    /// Jurisdictions whose assets were aimed at.
    pub jurisdictions: Vec<String>,
    /// First record.
    pub first: Time,
    /// Last record.
    pub last: Time,
    /// Records that it stands on.
    pub records: u64,
    /// Reserved for records by hour, aligned with [`Report::hours`]; empty in this version.
    pub hours: Vec<u64>,
    /// Why it stands on this rung and not on another: sentences with numbers.
    pub because: Vec<String>,
    /// The registered test that it belongs to, when inside its window.
    pub authorised: Option<String>,
    /// Ids of other cases that share a source.
    pub related: Vec<String>,
    /// A few of the records that it stands on.
    pub evidence: Vec<Evidence>,
}

/// A record that a case stands on.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Evidence {
    /// The file.
    pub file: String,
    /// Byte offset in the decompressed file.
    pub offset: u64,
    /// When it happened.
    pub time: Time,
    /// What it shows: `first failed contact`, `success`...
    pub shows: &'static str,
    /// The raw line, control characters escaped, when the run could read it again.
    pub line: Option<String>,
    /// SHA-256 of the raw line's bytes (without its newline), hexadecimal.
    pub sha256: Option<String>,
}

/// An hour of the span.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Hour {
    /// When it begins.
    pub start: Time,
    /// Records of all sensors.
    pub records: u64,
    /// Failed first contacts and other probes.
    pub probes: u64,
    /// Failed sign-ins.
    pub failed_logins: u64,
    /// Successful sign-ins.
    pub logins: u64,
    /// Web requests.
    pub requests: u64,
    /// Requests shaped as exploits.
    pub exploits: u64,
    /// Alerts of intrusion detection systems.
    pub alerts: u64,
}

/// Probes that belong to no case.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Background {
    /// How many sources.
    pub sources: u64,
    /// How many probes.
    pub probes: u64,
    /// The ports most often probed, most first (at most 20): label such as `23/tcp` and probes.
    pub ports: Vec<(String, u64)>,
}

/// Trouble of this run.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Problem {
    /// The file or sensor it concerns.
    pub place: String,
    /// What happened and what to do.
    pub what: String,
}
