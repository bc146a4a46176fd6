//! Beacons: a machine of the office that calls one rare outside address as if by a clock.
//!
//! The scores are RITA's (Active Countermeasures, version 5): skew of the intervals by Bowley's
//! coefficient and their spread by the median absolute deviation, for times and for sizes.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Rung};

use super::draft::{Court, Draft, Family, count, duration};
use crate::config::within;
use crate::state::calls::Calls;

/// Calls that are needed to hear a clock.
const CALLS: usize = 20;
/// Score, 0 to 1, from which it is one.
const SCORE: f64 = 0.85;
/// Machines of ours that call the same address, at most: more is a service that we use.
const RARE: usize = 2;
/// Shortest and longest interval, seconds.
const INTERVALS: std::ops::RangeInclusive<f64> = 10.0..=86_400.0;

/// All beacons that call an address that is `wanted`.
#[must_use]
pub(super) fn judge(court: &Court<'_>, wanted: impl Fn(&Addr) -> bool) -> Vec<Draft> {
    let looked_at = || court.tables.calls.iter().filter(|(pair, _)| wanted(&pair.1));
    // Few pairs can be heard as a clock: only their addresses' callers are told apart.
    let often: BTreeSet<Addr> = looked_at()
        .filter(|(_, calls)| calls.iter().len() >= CALLS)
        .map(|(pair, _)| pair.1)
        .collect();
    let mut callers: BTreeMap<Addr, BTreeSet<Addr>> = BTreeMap::new();
    // Of several witnesses the one that saw most.
    let mut pairs: BTreeMap<(Addr, Addr, u16), &Calls> = BTreeMap::new();
    let mut seen: Vec<_> = looked_at().filter(|(pair, _)| often.contains(&pair.1)).collect();
    for ((source, target, ..), _) in &seen {
        callers.entry(*target).or_default().insert(*source);
    }
    seen.sort_unstable_by_key(|(pair, calls)| (calls.count, **pair));
    for ((source, target, port, _), calls) in seen {
        pairs.insert((*source, *target, *port), calls);
    }
    let rare = |target: &Addr| callers.get(target).is_some_and(|from| from.len() <= RARE);
    pairs
        .into_iter()
        .filter(|(pair, _)| rare(&pair.1) && !within(&court.config.expected_outward, pair.1))
        .filter_map(|((source, target, port), calls)| case(court, source, target, port, calls))
        .collect()
}

fn case(court: &Court<'_>, source: Addr, target: Addr, port: u16, calls: &Calls) -> Option<Draft> {
    if calls.iter().len() < CALLS {
        return None;
    }
    let times: Vec<f64> = calls.iter().map(|call| f64::from(call.at)).collect();
    let intervals: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let sizes: Vec<f64> = calls.iter().map(|call| f64::from(call.sent)).collect();
    let every = median(&intervals);
    let (clock, alike) = (regularity(&intervals), regularity(&sizes));
    let sized = sizes.iter().any(|size| *size > 0.0);
    let score = if sized { f64::midpoint(clock, alike) } else { clock };
    if score < SCORE || clock < SCORE || !INTERVALS.contains(&every) {
        return None;
    }
    let mut draft = Draft::new(Family::Beacon, Rung::Access, "beacon");
    draft.sources.insert(source);
    draft.machines.insert(source);
    draft.records = u64::from(calls.count);
    draft.aims(format!("{target} port {port}"), u64::from(calls.count));
    for (call, shows) in [(calls.iter().next(), "first call"), (calls.iter().last(), "last call")] {
        if let Some(call) = call {
            draft.spans(call.at, call.at);
            draft.evidence.push((call.at, call.place, shows));
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a day")]
    let secs = every as u64;
    draft.title =
        format!("{} calls {target} port {port} every {}", court.machine(source), duration(secs),);
    draft.because(format!(
        "{} about every {}, regular to {:.0} in 100 in time{}",
        count(u64::from(calls.count), "call"),
        duration(secs),
        clock * 100.0,
        if sized { format!(" and {:.0} in size", alike * 100.0) } else { String::new() },
    ));
    draft.because("no other machine of ours, or one at most, calls that address");
    Some(draft)
}

/// How alike the values are: 1 is a clock, 0 is none (RITA's `((1 - |bowley|) + mad) / 2`). Where
/// the spread is under a twentieth of the median its skew says nothing and is left out.
fn regularity(values: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quartile = |n: usize| sorted.get(sorted.len() * n / 4).copied().unwrap_or(0.0);
    let (q1, q2, q3) = (quartile(1), quartile(2), quartile(3));
    let bowley =
        if q3 - q1 < 10.0 || q2 <= q1 || q2 >= q3 { 0.0 } else { (q1 + q3 - 2.0 * q2) / (q3 - q1) };
    let spread: Vec<f64> = sorted.iter().map(|value| (value - q2).abs()).collect();
    let mad = if q2 < 1.0 { 0.0 } else { ((q2 - median(&spread)) / q2).max(0.0) };
    if mad >= 0.95 { mad } else { f64::midpoint(1.0 - bowley.abs(), mad) }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_and_people() {
        let clock: Vec<f64> = (0..50).map(|i| 60.0 + f64::from(i % 3)).collect();
        assert!(regularity(&clock) > 0.95);
        let people: Vec<f64> = (0_u32..50).map(|i| f64::from(i * i * 7 % 997)).collect();
        assert!(regularity(&people) < 0.75, "{}", regularity(&people));
    }
}
