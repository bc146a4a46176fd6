//! Makes a history of synthetic days and measures look-ups in it.
//!
//! ```text
//! cargo run --release -p ward-history --example bench_hunt -- make FOLDER [DAYS] [KEYS]
//! cargo run --release -p ward-history --example bench_hunt -- hunt FOLDER
//! ```
//!
//! `make` writes DAYS (90) of KEYS (1,000,000) distinct keys each: 70 in 100 addresses, 15 domains,
//! 10 accounts, 5 hashes, from 300 sensors in 116 jurisdictions. Each day comes in four flushes and
//! is compacted. `hunt` looks up one key, 10,000 indicators of which half were seen, a network and
//! the names under a domain; for a cold figure drop the system's cache of files before.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use ward_history::{Answer, Flush, Heard, History, Indicator, Limits, Query, Reader};
use ward_kernel::hash::mix;
use ward_kernel::{Addr, KeyKind, Rung, Sighting, Time};

/// 2026-08-06; 90 days from here end on election day.
const FIRST_DAY: i32 = 20_671;
const FLUSHES: u64 = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let text: Vec<_> = arguments.iter().map(String::as_str).collect();
    match text.as_slice() {
        ["make", folder] => make(Path::new(folder), 90, 1_000_000),
        ["make", folder, days, keys] => make(Path::new(folder), days.parse()?, keys.parse()?),
        ["hunt", folder] => hunt(Path::new(folder)),
        _ => Err("use: bench_hunt make FOLDER [DAYS KEYS], or: bench_hunt hunt FOLDER".into()),
    }
}

fn make(folder: &Path, days: i32, keys: u64) -> Result<(), Box<dyn Error>> {
    let mut history = History::open(folder)?;
    let (mut flushing, mut compacting) = (0.0, 0.0);
    for day in FIRST_DAY..FIRST_DAY.saturating_add(days) {
        for part in 0..FLUSHES {
            let numbers = keys * part / FLUSHES..keys * (part + 1) / FLUSHES;
            let mut sightings: Vec<_> = numbers.map(|number| sighting(day, number)).collect();
            let heard: Vec<_> = (0..300).map(|sensor| heard(day, sensor)).collect();
            let from = history.position() + 1;
            let started = Instant::now();
            history.flush(Flush { sightings: &mut sightings, heard: &heard, from, to: from })?;
            flushing += started.elapsed().as_secs_f64();
        }
        let started = Instant::now();
        history.compact(day)?;
        compacting += started.elapsed().as_secs_f64();
    }
    let all = history.days();
    let bytes: u64 = all.iter().map(|day| day.bytes).sum();
    let rows: u64 = all.iter().map(|day| day.sightings).sum();
    println!("{} days, {rows} sightings, {bytes} bytes", all.len());
    println!("{:.1} bytes a sighting", bytes as f64 / rows as f64);
    println!(
        "flushed {:.0} and compacted {:.0} sightings/s",
        rows as f64 / flushing,
        rows as f64 / compacting
    );
    println!("peak memory {}", peak_memory());
    Ok(())
}

fn hunt(folder: &Path) -> Result<(), Box<dyn Error>> {
    let days = std::fs::read_dir(folder.join("sightings"))?.count();
    let days = i32::try_from(days)?;
    let key = |day: i32, number: u64| {
        let sighting = sighting(FIRST_DAY + day % days.max(1), number);
        Indicator::parse(&format!("{}:{}", sighting.kind.name(), sighting.key))
    };
    let some = key(days / 2, 70)?;
    println!("one key, first time: {}", timed(folder, &[some])?);
    println!("another key: {}", timed(folder, &[key(7, 1_071)?])?);
    println!("an absent key: {}", timed(folder, &[Indicator::parse("203.0.113.77")?])?);
    let mut list = Vec::new();
    for number in 0..5_000 {
        list.push(key(i32::try_from(number % 90)?, mix(number) % 10_000)?);
        list.push(key(i32::try_from(number % 90)?, 1_000_000_000 + number)?);
    }
    println!("10,000 indicators: {}", timed(folder, &list)?);
    println!("a network of 2^16: {}", timed(folder, &[Indicator::parse("198.51.0.0/16")?])?);
    println!("a network of 2^22: {}", timed(folder, &[Indicator::parse("198.0.0.0/10")?])?);
    println!("names under a domain: {}", timed(folder, &[Indicator::parse("*.c14.example")?])?);
    println!("peak memory {}", peak_memory());
    Ok(())
}

fn timed(folder: &Path, indicators: &[Indicator]) -> Result<String, Box<dyn Error>> {
    let query =
        Query { indicators, days: 0..=i32::MAX, jurisdictions: None, limits: Limits::default() };
    let started = Instant::now();
    let Answer { found, absent, searched, problems, .. } = Reader::new(folder).hunt(&query)?;
    let seconds = started.elapsed().as_secs_f64();
    let count: u64 = found.iter().map(|found| found.seen.count).sum();
    let (found, absent, problems) = (found.len(), absent.len(), problems.len());
    Ok(format!(
        "{seconds:.3} s; {found} found ({count} records), {absent} not; {searched}; {problems} problems"
    ))
}

fn heard(day: i32, sensor: u64) -> Heard {
    Heard {
        day,
        sensor: format!("sensor-{sensor:03}"),
        jurisdiction: jurisdiction(sensor),
        records: 100_000,
    }
}

fn jurisdiction(sensor: u64) -> String {
    format!("lea-{:03}", sensor % 116)
}

/// The same for the same day and number; keys of one day differ.
fn sighting(day: i32, number: u64) -> Sighting {
    let seed = u64::from(day.unsigned_abs()) << 40 | number;
    let draw = |salt: u64| mix(seed ^ salt << 56);
    let (kind, key) = match number % 20 {
        0..14 => {
            // An odd factor permutes all addresses.
            let number = seed
                .wrapping_mul(0x9e37_79b1)
                .wrapping_add(u64::from(day.unsigned_abs()) * 0x85eb_ca6b);
            (
                KeyKind::Address,
                Addr::v4(u32::try_from(number & 0xffff_ffff).unwrap_or(0)).to_string(),
            )
        }
        14..17 => (KeyKind::Domain, format!("h{:x}.c{}.example", draw(1), number % 1_000)),
        17..19 => (
            KeyKind::Account,
            format!(
                "{}{number}",
                ["admin", "clerk", "svc-", "j."][usize::from(draw(2).to_le_bytes()[0] % 4)]
            ),
        ),
        _ => (
            KeyKind::Hash,
            format!("{:016x}{:016x}{:016x}{:016x}", draw(3), draw(4), draw(5), draw(6)),
        ),
    };
    let sensor = draw(7) % 300;
    let start = i64::try_from(draw(8) % 86_000_000_000).unwrap_or(0);
    let first = Time::from_micros(i64::from(day) * 86_400_000_000 + start);
    Sighting {
        day,
        kind,
        key,
        sensor: format!("sensor-{sensor:03}"),
        jurisdiction: jurisdiction(sensor),
        count: 1 + draw(9).trailing_zeros() as u64 * 3,
        first,
        last: first.plus(i64::try_from(draw(10) % 400_000_000).unwrap_or(0)),
        rung: match draw(11) % 100 {
            0 => Some(Rung::Attempt),
            1..40 => Some(Rung::Scan),
            _ => None,
        },
    }
}

/// The process's high-water mark, where the system tells it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".to_owned(), |line| line.trim().to_owned())
}
