//! What was seen of each key on each day, counted before it is written down.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};
use ward_kernel::time::DAY;
use ward_kernel::{Addr, KeyKind, Sighting, Time};
use ward_records::{Event, What};
use ward_watch::Config;

use crate::rungs::Rungs;

/// Rows that are kept; beyond it new keys are counted as lost until the rows are drained.
const ROWS: usize = 1_000_000;
/// Days that a stamp may lie before its receipt, and seconds after it; beyond, the clock that
/// wrote it is wrong and the day of receipt stands for it.
const PAST: i64 = 400 * DAY;
const FUTURE: i64 = DAY;
/// Bytes of an account's name that are kept.
const ACCOUNT: usize = 256;
/// Bytes that the name of a domain has at most (RFC 1035, section 2.3.4).
const DOMAIN: usize = 253;

/// Counts of keys by day and sensor.
#[derive(Debug)]
pub(crate) struct Sightings {
    addresses: HashMap<(i32, u32, Addr), Count, FixedState>,
    texts: HashTable<Text>,
    state: FixedState,
    lost: u64,
}

/// How often, and when.
#[derive(Clone, Copy, Debug)]
struct Count {
    count: u64,
    first: Time,
    last: Time,
}

impl Count {
    const fn new(at: Time) -> Self {
        Self { count: 1, first: at, last: at }
    }

    fn add(&mut self, at: Time) {
        self.count = self.count.saturating_add(1);
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }
}

/// An account or a domain on one day at one sensor.
#[derive(Debug)]
struct Text {
    day: i32,
    sensor: u32,
    kind: KeyKind,
    key: Box<str>,
    count: Count,
}

impl Sightings {
    /// Nothing seen yet; `seed` keeps hostile names from slowing the tables down.
    pub(crate) fn new(seed: u64) -> Self {
        let state = FixedState::with_seed(seed);
        Self {
            addresses: HashMap::with_hasher(state.clone()),
            texts: HashTable::new(),
            state,
            lost: 0,
        }
    }

    /// Rows that wait.
    pub(crate) fn len(&self) -> usize {
        self.addresses.len().saturating_add(self.texts.len())
    }

    /// Keys that found no room since the last drain.
    pub(crate) const fn lost(&self) -> u64 {
        self.lost
    }

    /// Counts the keys of one event: who acted, whom a machine of ours called, which account was
    /// tried, which name was asked for.
    pub(crate) fn note(
        &mut self,
        sensor: u32,
        received: Time,
        source: Addr,
        event: &Event<'_>,
        config: &Config,
    ) {
        let age = received.since(event.time);
        let at = if (-FUTURE..=PAST).contains(&age) { event.time } else { received };
        let day = i32::try_from(at.micros().div_euclid(DAY)).unwrap_or(0);
        if source != Addr::default() {
            self.address(day, sensor, source, at);
        }
        match &event.what {
            What::Flow(flow) => {
                let ours = flow.outward.unwrap_or_else(|| config.is_own(source));
                if ours && !flow.target.is_special() && !config.is_own(flow.target) {
                    self.address(day, sensor, flow.target, at);
                }
            }
            What::Login(login) => self.account(day, sensor, login.account, at),
            What::Request(request) => {
                self.account(day, sensor, request.account, at);
                self.domain(day, sensor, host(request.site), at);
            }
            What::Query(query) => self.domain(day, sensor, query.name, at),
            What::Alert(_) | What::Loss(_) => {}
        }
    }

    fn address(&mut self, day: i32, sensor: u32, addr: Addr, at: Time) {
        let full = self.len() >= ROWS;
        let key = (day, sensor, addr);
        match self.addresses.get_mut(&key) {
            Some(count) => count.add(at),
            None if full => self.lost = self.lost.saturating_add(1),
            None => {
                self.addresses.insert(key, Count::new(at));
            }
        }
    }

    fn account(&mut self, day: i32, sensor: u32, name: &[u8], at: Time) {
        let name = name.get(..ACCOUNT).unwrap_or(name);
        if !name.is_empty() {
            self.text(day, sensor, KeyKind::Account, &String::from_utf8_lossy(name), at);
        }
    }

    fn domain(&mut self, day: i32, sensor: u32, name: &[u8], at: Time) {
        let name = name.strip_suffix(b".").unwrap_or(name);
        if name.is_empty() || name.len() > DOMAIN || Addr::parse(name).is_some() {
            return;
        }
        let name = String::from_utf8_lossy(name);
        let name = if name.chars().any(char::is_uppercase) {
            Cow::Owned(name.to_lowercase())
        } else {
            name
        };
        self.text(day, sensor, KeyKind::Domain, &name, at);
    }

    fn text(&mut self, day: i32, sensor: u32, kind: KeyKind, key: &str, at: Time) {
        let full = self.len() >= ROWS;
        let hash = hash(&self.state, day, sensor, kind, key);
        let same = |held: &Text| {
            (held.day, held.sensor, held.kind) == (day, sensor, kind) && *held.key == *key
        };
        if let Some(held) = self.texts.find_mut(hash, same) {
            held.count.add(at);
        } else if full {
            self.lost = self.lost.saturating_add(1);
        } else {
            let text = Text { day, sensor, kind, key: key.into(), count: Count::new(at) };
            let state = &self.state;
            let again = |held: &Text| hash_of(state, held);
            self.texts.insert_unique(hash, text, again);
        }
    }

    /// Lets all rows go.
    pub(crate) fn forget(&mut self) {
        self.lost = 0;
        self.addresses.clear();
        self.texts.clear();
    }

    /// Hands over what was counted, and begins anew. `sensors` gives the name and jurisdiction of a
    /// sensor's number, `rungs` the highest rung of a key.
    pub(crate) fn gather(&mut self, sensors: &[(String, String)], rungs: &Rungs) -> Gathered {
        let fresh = Self {
            addresses: HashMap::with_hasher(self.state.clone()),
            texts: HashTable::new(),
            state: self.state.clone(),
            lost: 0,
        };
        let counted = std::mem::replace(self, fresh);
        Gathered { counted, sensors: sensors.to_vec(), rungs: rungs.clone() }
    }
}

/// Sightings as they were counted. Rows are made of them by whoever writes them down: half a
/// million take a good part of a second, which judging shall not wait for.
#[derive(Debug)]
pub struct Gathered {
    counted: Sightings,
    sensors: Vec<(String, String)>,
    rungs: Rungs,
}

impl Gathered {
    /// How many rows they will be.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows, in the order of day, kind, key and sensor.
    #[must_use]
    pub fn rows(self) -> Vec<Sighting> {
        let Self { counted, sensors, rungs } = self;
        let mut rows = Vec::with_capacity(counted.len());
        let row = |day, number, kind, key, rung, count: Count| {
            let at = usize::try_from(number).unwrap_or(usize::MAX);
            let (sensor, jurisdiction) = sensors.get(at).cloned().unwrap_or_default();
            let Count { count, first, last } = count;
            Sighting { day, kind, key, sensor, jurisdiction, count, first, last, rung }
        };
        for ((day, number, addr), count) in counted.addresses {
            let (key, rung) = (addr.to_string(), rungs.of(Key::Address(addr)));
            rows.push(row(day, number, KeyKind::Address, key, rung, count));
        }
        for text in counted.texts {
            let rung = (text.kind == KeyKind::Account).then(|| rungs.of(Key::Account(&text.key)));
            let Text { day, sensor, kind, key, count } = text;
            rows.push(row(day, sensor, kind, key.into(), rung.flatten(), count));
        }
        rows.sort_unstable_by(|a, b| {
            (a.day, a.kind, &a.key, &a.sensor).cmp(&(b.day, b.kind, &b.key, &b.sensor))
        });
        rows
    }
}

/// A key whose rung is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<'a> {
    Address(Addr),
    Account(&'a str),
}

/// The host of a `Host` header, without its port.
fn host(site: &[u8]) -> &[u8] {
    match site.iter().position(|byte| *byte == b':') {
        Some(at) if !site.starts_with(b"[") => site.get(..at).unwrap_or(site),
        // An IPv6 address in brackets is no domain.
        Some(_) => b"",
        None => site,
    }
}

fn hash(state: &FixedState, day: i32, sensor: u32, kind: KeyKind, key: &str) -> u64 {
    let mut hasher = state.build_hasher();
    (day, sensor, kind).hash(&mut hasher);
    hasher.write(key.as_bytes());
    hasher.finish()
}

fn hash_of(state: &FixedState, text: &Text) -> u64 {
    hash(state, text.day, text.sensor, text.kind, &text.key)
}

#[cfg(test)]
mod tests {
    use ward_records::{Flow, Login, LoginResult, Query, Request, Touch, Trace};

    use super::*;

    const NOW: Time = Time::from_secs(1_793_736_000);

    fn rows(events: &[(Addr, i64, What<'_>)]) -> Vec<(KeyKind, String, u64, i32)> {
        let mut sightings = Sightings::new(7);
        for (source, at, what) in events {
            let event = Event { time: Time::from_secs(*at), source: *source, what: what.clone() };
            sightings.note(0, NOW, *source, &event, &Config::default());
        }
        assert!(sightings.len() > 0);
        let sensors = [("adair-web".to_owned(), "adair".to_owned())];
        let rows = sightings.gather(&sensors, &Rungs::default()).rows();
        assert_eq!(sightings.len(), 0);
        rows.into_iter().map(|row| (row.kind, row.key, row.count, row.day)).collect()
    }

    fn addr(text: &str) -> Addr {
        text.parse().unwrap()
    }

    #[test]
    fn who_acted_and_whom_we_called() {
        let flow = |target, outward| {
            What::Flow(Flow {
                target: addr(target),
                touch: Touch::Answered,
                outward,
                ..Flow::default()
            })
        };
        let at = NOW.secs();
        let day = i32::try_from(at / 86_400).unwrap();
        let got = rows(&[
            (addr("203.0.113.5"), at, flow("198.51.100.10", None)),
            (addr("203.0.113.5"), at + 5, flow("198.51.100.10", None)),
            (addr("10.0.0.7"), at, flow("203.0.113.9", None)),
            (addr("198.51.100.10"), at, flow("203.0.113.8", Some(true))),
        ]);
        let row = |key: &str, count| (KeyKind::Address, key.to_owned(), count, day);
        let expected = [
            row("10.0.0.7", 1),
            row("198.51.100.10", 1),
            row("203.0.113.5", 2),
            row("203.0.113.8", 1),
            row("203.0.113.9", 1),
        ];
        assert_eq!(got, expected);
    }

    #[test]
    fn names_are_as_they_were_tried_and_domains_are_canonical() {
        let login = |account| {
            What::Login(Login {
                service: "ssh",
                server: b"",
                account,
                result: LoginResult::Failed,
                trace: Trace::Verdict,
                count: 1,
                source_port: 0,
                by_key: false,
            })
        };
        let query = |name| What::Query(Query { name, missing: false, server: Addr::default() });
        let site = |site| What::Request(Request { site, ..Request::default() });
        let nobody = Addr::default();
        let at = NOW.secs();
        let got = rows(&[
            (nobody, at, login(b"Clerk01")),
            (nobody, at, login(b"")),
            (nobody, at, login(&[b'x'; 400])),
            (nobody, at, login(b"\xff")),
            (nobody, at, query(b"WWW.Adair.Example.")),
            (nobody, at, site(b"www.adair.example:8443")),
            (nobody, at, site(b"192.0.2.1")),
            (nobody, at, site(b"[2001:db8::1]:443")),
        ]);
        let got: Vec<_> = got.into_iter().map(|(kind, key, count, _)| (kind, key, count)).collect();
        let expected = [
            (KeyKind::Account, "Clerk01".to_owned(), 1),
            (KeyKind::Account, "x".repeat(256), 1),
            (KeyKind::Account, "\u{fffd}".to_owned(), 1),
            (KeyKind::Domain, "www.adair.example".to_owned(), 2),
        ];
        assert_eq!(got, expected);
    }

    #[test]
    fn a_wrong_clock_makes_no_day_of_its_own() {
        let query =
            || What::Query(Query { name: b"a.example", missing: true, server: Addr::default() });
        let (now, nobody) = (NOW.secs(), Addr::default());
        let today = i32::try_from(now / 86_400).unwrap();
        let days: Vec<i32> = rows(&[
            (nobody, 0, query()),
            (nobody, 4_000_000_000, query()),
            (nobody, i64::MAX / 2_000_000, query()),
            (nobody, now - 86_400 * 30, query()),
        ])
        .into_iter()
        .map(|row| row.3)
        .collect();
        assert_eq!(days, [today - 30, today]);
    }
}
