//! What one source asked of web sites.

use std::cmp::Ordering;

use ward_kernel::{Addr, hash};
use ward_payload::{Finding, Shape};

use super::place::Place;
use crate::sketch::{Bitmap, Entry, Sample};

/// Paths of one source that are kept.
const PATHS: usize = 8;
/// Minutes of one source that are kept.
const MINUTES: usize = 2048;
/// Kinds of findings of one source that are kept.
const SIGNS: usize = 64;

/// One request, as far as the summary needs it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// When, seconds.
    pub at: u32,
    /// Hash of the path.
    pub path: u64,
    /// Hash of the query; 0 when there is none.
    pub query: u64,
    /// Status answered.
    pub status: u16,
    /// Whether the path is a style sheet, a script, a picture.
    pub asset: bool,
    /// Whether a referrer was named.
    pub referred: bool,
    /// Whether it is a form to sign in that was sent.
    pub sign_in: bool,
    /// What it is shaped as.
    pub finding: Option<Finding>,
    /// The machine asked, if known.
    pub server: Option<Addr>,
    /// Where it stands.
    pub place: Place,
}

/// A path and how often it was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PathCount {
    /// Hash of the path.
    pub path: u64,
    /// Requests for it.
    pub count: u32,
}

impl Entry for PathCount {
    fn rank(&self) -> u64 {
        self.path
    }
    fn tie(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }
    fn join(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
    }
}

/// A minute and the requests in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MinuteCount {
    /// Minutes since the epoch.
    pub minute: u32,
    /// Requests in it.
    pub count: u32,
}

impl Entry for MinuteCount {
    fn rank(&self) -> u64 {
        u64::from(self.minute)
    }
    fn tie(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }
    fn join(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
    }
}

/// Requests of one shape and sign for one path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Exploit {
    /// What they are shaped as.
    pub shape: Shape,
    /// The sign that told.
    pub sign: &'static str,
    /// Hash of the path.
    pub path: u64,
    /// How many.
    pub count: u32,
    /// How many were answered with a 2xx status.
    pub welcomed: u32,
    /// The first: seconds and place.
    pub first: (u32, Place),
    /// The last.
    pub last: (u32, Place),
    /// The machine asked, if known (the smallest address, if several).
    pub server: Option<Addr>,
}

impl Exploit {
    fn key(&self) -> (Shape, &'static str, u64) {
        (self.shape, self.sign, self.path)
    }
}

impl Entry for Exploit {
    /// Heavier shapes first, so that a flood of light findings never crowds out a heavy one.
    fn rank(&self) -> u64 {
        let light = u64::from(u8::MAX - self.shape as u8);
        light << 56 | hash::join(self.path, self.sign.len() as u64) >> 8
    }
    fn tie(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
    fn join(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.welcomed = self.welcomed.saturating_add(other.welcomed);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.server = match (self.server, other.server) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

/// What one source asked of web sites.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Web {
    /// Requests.
    pub requests: u32,
    /// Requests for style sheets, scripts, pictures.
    pub assets: u32,
    /// Requests that name where they came from.
    pub referred: u32,
    /// Forms to sign in that were sent, however they were answered.
    pub sign_ins: u32,
    /// Answers 400, 403, 404, 405, 410: looked for what is not there or not theirs.
    pub missing: u32,
    /// Answers 5xx or none.
    pub errors: u32,
    missing_paths: Bitmap,
    queries: Bitmap,
    paths: Sample<PathCount>,
    minutes: Sample<MinuteCount>,
    exploits: Sample<Exploit>,
    /// The first and last missing page: seconds and place.
    pub missing_ends: Option<[(u32, Place); 2]>,
    /// The first and last request: seconds and place.
    pub ends: Option<[(u32, Place); 2]>,
}

impl Web {
    /// Adds one request.
    pub fn add(&mut self, seen: &Seen) {
        let here = (seen.at, seen.place);
        self.requests = self.requests.saturating_add(1);
        self.assets = self.assets.saturating_add(u32::from(seen.asset));
        self.referred = self.referred.saturating_add(u32::from(seen.referred));
        self.sign_ins = self.sign_ins.saturating_add(u32::from(seen.sign_in));
        if matches!(seen.status, 400 | 403 | 404 | 405 | 410) {
            self.missing = self.missing.saturating_add(1);
            self.missing_paths.add(hash::mix(seen.path));
            widen(&mut self.missing_ends, here, here);
        }
        self.errors = self.errors.saturating_add(u32::from(seen.status >= 500 || seen.status == 0));
        if seen.query != 0 {
            self.queries.add(hash::mix(seen.query));
        }
        self.paths.add(PathCount { path: seen.path, count: 1 }, PATHS);
        self.minutes.add(MinuteCount { minute: seen.at / 60, count: 1 }, MINUTES);
        widen(&mut self.ends, here, here);
        if let Some(finding) = seen.finding {
            self.exploits.add(
                Exploit {
                    shape: finding.shape,
                    sign: finding.sign,
                    path: seen.path,
                    count: 1,
                    welcomed: u32::from((200..300).contains(&seen.status)),
                    first: here,
                    last: here,
                    server: seen.server,
                },
                SIGNS,
            );
        }
    }

    /// Takes in what another worker saw of the same source.
    pub fn merge(&mut self, other: Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.assets = self.assets.saturating_add(other.assets);
        self.referred = self.referred.saturating_add(other.referred);
        self.sign_ins = self.sign_ins.saturating_add(other.sign_ins);
        self.missing = self.missing.saturating_add(other.missing);
        self.errors = self.errors.saturating_add(other.errors);
        self.missing_paths.merge(other.missing_paths);
        self.queries.merge(other.queries);
        self.paths.merge(other.paths, PATHS);
        self.minutes.merge(other.minutes, MINUTES);
        self.exploits.merge(other.exploits, SIGNS);
        if let Some([first, last]) = other.missing_ends {
            widen(&mut self.missing_ends, first, last);
        }
        if let Some([first, last]) = other.ends {
            widen(&mut self.ends, first, last);
        }
    }

    /// The paths that are kept.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &PathCount> {
        self.paths.iter()
    }

    /// Requests by minute, in order.
    pub fn minutes(&self) -> impl ExactSizeIterator<Item = &MinuteCount> {
        self.minutes.iter()
    }

    /// What was shaped as an exploit, heaviest first.
    pub fn exploits(&self) -> impl ExactSizeIterator<Item = &Exploit> {
        self.exploits.iter()
    }

    /// About how many different pages were missing.
    #[must_use]
    pub fn missing_paths(&self) -> u32 {
        self.missing_paths.count()
    }

    /// About how many different queries were sent.
    #[must_use]
    pub fn queries(&self) -> u32 {
        self.queries.count()
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.paths.heap() + self.minutes.heap() + self.exploits.heap()
    }
}

fn widen(ends: &mut Option<[(u32, Place); 2]>, first: (u32, Place), last: (u32, Place)) {
    *ends = Some(match *ends {
        None => [first, last],
        Some([a, b]) => [a.min(first), b.max(last)],
    });
}
