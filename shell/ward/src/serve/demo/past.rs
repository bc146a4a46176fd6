//! The made-up past: ninety days of sightings, so that a hunt in the demonstration has something to
//! find. Addresses are those kept for documentation, names end in `.example`.
//!
//! The recording's actors have a past that fits them: its widest scanner was seen on 23 earlier
//! days by four jurisdictions, its clerks sign in on working days, and whoever guesses a password
//! and gets in was never seen before.

use ward_access::STATE_OFFICE;
use ward_history::{Flushed, Heard, History, day_of};
use ward_kernel::time::{DAY, HOUR};
use ward_kernel::{KeyKind, Rung, Sighting, Time};

/// Days before the demonstration that have a past.
const DAYS: i32 = 90;

/// A sensor of the past: those of the demonstration, and some of other counties.
const SENSORS: &[(&str, &str)] = &[
    ("Voter look-up web server", STATE_OFFICE),
    ("Clerks' bastion", "boone-county"),
    ("Outer firewall", "cole-county"),
    ("Clerk's office", "adair-county"),
    ("County firewall", "greene-county"),
    ("Board's web server", "jackson-county-board"),
];

/// On which of the days before something was seen.
#[derive(Clone, Copy)]
enum On {
    /// Every so many days, so many days back at most.
    Every(i32, i32),
    /// Monday to Friday.
    Work,
    /// So many days before.
    Days(&'static [i32]),
}

/// Something that was seen again and again.
struct Actor {
    kind: KeyKind,
    key: &'static str,
    on: On,
    /// Sensors by their place in [`SENSORS`]; two of them on each day, in turn.
    at: &'static [usize],
    /// Records a day at one sensor: from, and so many more at most.
    records: (u64, u64),
    rung: Option<Rung>,
}

const fn address(
    key: &'static str,
    on: On,
    at: &'static [usize],
    records: (u64, u64),
    rung: Option<Rung>,
) -> Actor {
    name(KeyKind::Address, key, on, at, records, rung)
}

const SCAN: Option<Rung> = Some(Rung::Scan);
const ATTEMPT: Option<Rung> = Some(Rung::Attempt);

/// Who of the recording was seen before, and some who were seen before alone.
const ACTORS: &[Actor] = &[
    // The horizontal scan: 23 days, four jurisdictions.
    address(
        "203.0.113.230",
        On::Days(&[
            2, 3, 5, 8, 9, 12, 15, 16, 19, 23, 26, 29, 30, 34, 37, 41, 44, 48, 52, 57, 61, 66, 72,
        ]),
        &[2, 3, 4, 1],
        (180, 320),
        SCAN,
    ),
    // The slow scan, and the scan out of one IPv6 network.
    address("192.0.2.26", On::Every(3, 60), &[2, 4], (90, 40), SCAN),
    address("2001:db8:bad:64::11", On::Days(&[1, 4, 11]), &[2, 5], (12, 30), SCAN),
    // Guesses at passwords: fast, slow and spread.
    address("192.0.2.222", On::Days(&[12, 41]), &[4], (140, 60), ATTEMPT),
    address("192.0.2.155", On::Every(9, 81), &[1, 3, 5], (6, 10), ATTEMPT),
    address("203.0.113.244", On::Days(&[20]), &[3, 5], (24, 12), ATTEMPT),
    // The fast SQL injection tried another site before.
    address("203.0.113.46", On::Days(&[6]), &[5], (900, 300), ATTEMPT),
    // Sources of the older cases, who are not in the recording.
    address("203.0.113.205", On::Days(&[34, 35, 36]), &[0, 5], (340, 60), ATTEMPT),
    address("192.0.2.180", On::Days(&[20]), &[1], (47, 0), Some(Rung::Access)),
    address("203.0.113.112", On::Days(&[9, 10, 11, 12, 13, 14, 15]), &[2], (40, 9), SCAN),
    // Honest partners: officials, the web administrator, clerks.
    address("203.0.113.55", On::Every(1, DAYS), &[0], (40, 60), None),
    address("198.51.100.31", On::Work, &[0, 1], (3, 9), None),
    address("203.0.113.227", On::Work, &[1], (2, 6), None),
    address("203.0.113.246", On::Work, &[1], (2, 6), None),
    address("203.0.113.11", On::Work, &[1], (2, 6), None),
    address("192.0.2.53", On::Work, &[1], (5, 12), None),
    name(KeyKind::Account, "clerk01", On::Work, &[1], (2, 6), None),
    name(KeyKind::Account, "clerk03", On::Work, &[1], (2, 6), None),
    name(KeyKind::Account, "clerk04", On::Work, &[1], (2, 6), None),
    name(KeyKind::Account, "webadmin", On::Work, &[0], (1, 4), None),
    name(KeyKind::Account, "root", On::Every(1, DAYS), &[0, 1], (20, 200), ATTEMPT),
    name(KeyKind::Account, "admin", On::Every(1, DAYS), &[1, 5], (10, 90), ATTEMPT),
    name(KeyKind::Account, "oracle", On::Every(4, 88), &[1], (2, 9), ATTEMPT),
    name(KeyKind::Domain, "www.sos.example", On::Every(1, DAYS), &[0], (2_000, 4_000), None),
    name(KeyKind::Domain, "elections.adair.example", On::Every(1, DAYS), &[3], (90, 80), None),
    // A look-alike that some machines asked for.
    name(KeyKind::Domain, "sos-voter-check.example", On::Days(&[17, 18]), &[3, 4], (1, 3), None),
];

const fn name(
    kind: KeyKind,
    key: &'static str,
    on: On,
    at: &'static [usize],
    records: (u64, u64),
    rung: Option<Rung>,
) -> Actor {
    Actor { kind, key, on, at, records, rung }
}

/// Strangers that a sensor meets on a day: scanners of all the world, once or twice.
const STRANGERS: u64 = 40;

/// Writes the past into a history that holds nothing yet.
///
/// # Errors
/// Those of the history.
pub(in crate::serve) fn bring(
    history: &mut History,
    now: Time,
) -> Result<Option<Flushed>, ward_history::Error> {
    let (mut sightings, heard) = past(day_of(now));
    history.bring(&mut sightings, &heard)
}

/// The past before a day: the same for the same day.
fn past(today: i32) -> (Vec<Sighting>, Vec<Heard>) {
    let (mut sightings, mut heard) = (Vec::new(), Vec::new());
    let mut chance = Chance::new(0x5747_6172);
    for ago in (1..=DAYS).rev() {
        let day = today.saturating_sub(ago);
        for (place, (sensor, jurisdiction)) in SENSORS.iter().enumerate() {
            let records = chance.between(9_000, 30_000);
            let (sensor, jurisdiction) = ((*sensor).to_owned(), (*jurisdiction).to_owned());
            heard.push(Heard { day, sensor, jurisdiction, records });
            for _ in 0..STRANGERS {
                let key = stranger(&mut chance);
                let records = chance.between(1, 3);
                sightings.push(seen(
                    day,
                    KeyKind::Address,
                    &key,
                    place,
                    records,
                    SCAN,
                    &mut chance,
                ));
            }
        }
        for actor in ACTORS.iter().filter(|actor| actor.on.holds(day, ago)) {
            let turn = usize::try_from(ago).unwrap_or(0);
            let two = actor.at.iter().cycle().skip(turn % actor.at.len().max(1));
            for place in two.take(actor.at.len().min(2)) {
                let records = chance.between(actor.records.0, actor.records.1);
                let (kind, rung) = (actor.kind, actor.rung);
                sightings.push(seen(day, kind, actor.key, *place, records, rung, &mut chance));
            }
        }
    }
    (sightings, heard)
}

impl On {
    fn holds(self, day: i32, ago: i32) -> bool {
        match self {
            Self::Every(step, back) => ago <= back && ago.rem_euclid(step) == 0,
            // 1970-01-01 was a Thursday: day 4 was the first Monday.
            Self::Work => day.saturating_sub(4).rem_euclid(7) < 5,
            Self::Days(days) => days.contains(&ago),
        }
    }
}

fn seen(
    day: i32,
    kind: KeyKind,
    key: &str,
    place: usize,
    count: u64,
    rung: Option<Rung>,
    chance: &mut Chance,
) -> Sighting {
    let (sensor, jurisdiction) = SENSORS.get(place).copied().unwrap_or(("", ""));
    let midnight = Time::from_micros(i64::from(day).saturating_mul(DAY));
    let moment = |hours: u64| i64::try_from(hours).unwrap_or(0).saturating_mul(HOUR / 60);
    // Some minute of the morning, and some minute of the afternoon.
    let first = midnight.plus(moment(chance.between(0, 719)));
    let last = if count > 1 { midnight.plus(moment(chance.between(720, 700))) } else { first };
    Sighting {
        day,
        kind,
        key: key.to_owned(),
        sensor: sensor.to_owned(),
        jurisdiction: jurisdiction.to_owned(),
        count,
        first,
        last,
        rung,
    }
}

/// An address that nothing else in the demonstration has.
fn stranger(chance: &mut Chance) -> String {
    let (network, host) = (chance.between(0, 2_000), chance.between(1, 250));
    format!("2001:db8:f000:{network:x}::{host:x}")
}

/// A row of numbers that looks like chance and is the same each time: `SplitMix64` (Steele, Lea and
/// Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
pub(super) struct Chance(u64);

impl Chance {
    /// Numbers that begin somewhere.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from `least` on, at most `more` above it.
    pub(super) fn between(&mut self, least: u64, more: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        least.saturating_add(mixed % more.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use ward_history::{Answer, Indicator, Limits, Query};

    use super::*;

    const NOW: i64 = 1_795_376_075;

    fn hunt(history: &History, text: &str) -> Answer {
        let indicators = [Indicator::parse(text).unwrap()];
        let days = 0..=day_of(Time::from_secs(NOW));
        let query =
            Query { indicators: &indicators, days, jurisdictions: None, limits: Limits::default() };
        history.reader().hunt(&query).unwrap()
    }

    #[test]
    fn the_scanner_has_a_past_and_the_burglar_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(folder.path()).unwrap();
        let now = Time::from_secs(NOW);
        let brought = bring(&mut history, now).unwrap().unwrap();
        assert_eq!((brought.files, brought.refused, brought.expired), (90, 0, 0));
        assert_eq!(history.position(), 0, "the queue's first batch is still to come");
        let scanner = hunt(&history, "203.0.113.230");
        let seen = &scanner.found.first().unwrap().seen;
        assert_eq!((seen.days, seen.places.len(), seen.rung), (23, 4, Some(Rung::Scan)));
        let official = hunt(&history, "203.0.113.55");
        assert_eq!(official.found.first().unwrap().seen.days, 90);
        assert_eq!(hunt(&history, "clerk04").found.first().unwrap().seen.rung, None);
        let burglar = hunt(&history, "192.0.2.142");
        assert!(burglar.found.is_empty());
        assert!(burglar.searched.to_string().ends_with("records of 6 sensors over 90 days"));
        // Never twice.
        drop(history);
        let mut again = History::open(folder.path()).unwrap();
        assert_eq!(bring(&mut again, now).unwrap(), None);
        assert_eq!(hunt(&again, "203.0.113.230"), scanner);
    }

    #[test]
    fn it_is_the_same_each_time_and_plainly_made_up() {
        let (sightings, heard) = past(20_779);
        assert_eq!((sightings.clone(), heard), past(20_779));
        for row in &sightings {
            let shown = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
            let made_up = match row.kind {
                KeyKind::Address => shown.iter().any(|start| row.key.starts_with(start)),
                KeyKind::Domain => row.key.ends_with(".example"),
                KeyKind::Account => true,
                KeyKind::Hash => false,
            };
            assert!(made_up && row.first <= row.last && row.count > 0, "{row:?}");
            assert_eq!((day_of(row.first), day_of(row.last)), (row.day, row.day), "{row:?}");
        }
    }
}
