//! Flood or crowd: many requests are a crowd until sources, requests and errors say flood.
//!
//! A person's browser fetches style sheets, names where it came from and reads several pages. A
//! flood asks one page, again and again, often with a new query each time so that no cache helps.

use std::collections::{BTreeMap, BTreeSet};

use ward_kernel::{Addr, Rung, Time};

use super::docket::Docket;
use super::draft::{Court, Draft, Family, count, duration, number};
use crate::state::source::Source;
use crate::state::web::Web;

/// Requests of one source that can be part of a flood.
const REQUESTS: u32 = 3;
/// Requests of all its sources together in the flood's busiest minute.
const FLOOD_PEAK: u64 = 300;
/// Requests of a flood.
const FLOOD: u64 = 1_000;
/// Requests a minute that are pressure by themselves, whatever they look like.
const PRESSURE: u64 = 3_000;
/// Times its own median minute that makes a surge worth a remark, and its least size.
const SURGE: u64 = 4;
const SURGE_LEAST: u64 = 60;

/// Whether a source asks as no person does; returns the page it asks for.
fn drone(source: &Source, web: &Web) -> Option<u64> {
    if web.requests < REQUESTS || web.assets > web.requests / 10 {
        return None;
    }
    let most = web.paths().max_by_key(|path| (path.count, path.path))?;
    let exploits: u32 = web.exploits().map(|exploit| exploit.count).sum();
    let refused = source.logins.as_ref().map_or(0, |logins| logins.efforts());
    let single = most.count >= web.requests / 10 * 9;
    let honest_work = u64::from(web.requests) < refused * 2 || exploits * 10 > web.requests;
    (single && !honest_work && web.missing < web.requests / 2).then_some(most.path)
}

/// Finds floods, one for each page, and the sources in them.
#[must_use]
pub(super) fn judge(court: &Court<'_>, docket: &Docket<'_>) -> (Vec<Draft>, BTreeSet<Addr>) {
    let mut by_page: BTreeMap<u64, BTreeMap<Addr, &Web>> = BTreeMap::new();
    for (addr, source, web) in &docket.web {
        if let Some(page) = drone(source, web) {
            by_page.entry(page).or_default().insert(*addr, web);
        }
    }
    let mut drones = BTreeSet::new();
    let mut drafts = Vec::new();
    for (page, sources) in by_page {
        if let Some(draft) = flood(court, page, &sources) {
            drones.extend(sources.into_keys());
            drafts.push(draft);
        }
    }
    (drafts, drones)
}

/// Whether nearly every request of a source has a query of its own.
fn is_busting(web: &Web) -> bool {
    web.queries() >= (web.requests / 2).clamp(2, 40)
}

fn weight(web: &&Web) -> u64 {
    u64::from(web.requests)
}

fn flood(court: &Court<'_>, page: u64, sources: &BTreeMap<Addr, &Web>) -> Option<Draft> {
    let mut minutes: BTreeMap<u32, u64> = BTreeMap::new();
    for minute in sources.values().flat_map(|web| web.minutes()) {
        *minutes.entry(minute.minute).or_insert(0) += u64::from(minute.count);
    }
    let all: u64 = sources.values().map(|web| u64::from(web.requests)).sum();
    let peak = minutes.values().copied().max().unwrap_or(0);
    let busting: u64 = sources.values().filter(|web| is_busting(web)).map(weight).sum();
    let failed: u64 = sources.values().map(|web| u64::from(web.errors)).sum();
    // A newsroom's pollers ask one page on a clock and are answered; a flood hides from caches,
    // breaks the site, or presses so hard that it would.
    let hostile = busting * 2 >= all || failed * 5 >= all || peak >= PRESSURE;
    if all < FLOOD || peak < FLOOD_PEAK || !hostile {
        return None;
    }
    let mut draft = Draft::new(Family::Flood, Rung::Attempt, "web.flood");
    draft.sources.extend(sources.keys());
    draft.records = all;
    let (mut errors, mut queries) = (0, 0_u32);
    for web in sources.values() {
        errors += u64::from(web.errors);
        queries = queries.max(web.queries());
        if let Some([first, last]) = web.ends {
            draft.spans(first.0, last.0);
            draft.evidence.push((first.0, first.1, "first request of one source"));
        }
    }
    draft.evidence.sort_unstable();
    draft.evidence.truncate(4);
    let path = court.tables.names.text(page);
    draft.aims(path.clone(), all);
    draft.title = format!("{} for {path}", count(all, "request"));
    draft.because(format!(
        "{} asked for one page {} times in {}, {} in the busiest minute",
        count(sources.len() as u64, "source"),
        number(all),
        duration(u64::from(draft.last.saturating_sub(draft.first))),
        number(peak),
    ));
    draft.because(if queries >= 40 {
        "no style sheets, no other pages, and a new query each time so that no cache could help"
    } else {
        "no style sheets and no other pages: people browse, this does not"
    });
    if errors > 0 {
        draft.because(format!("{} ended in a server error", count(errors, "request")));
    }
    Some(draft)
}

/// A remark on the busiest stretch that is not a flood: a crowd, by its own signs.
#[must_use]
pub(super) fn crowd(
    court: &Court<'_>,
    docket: &Docket<'_>,
    drones: &BTreeSet<Addr>,
) -> Option<String> {
    let mut minutes: BTreeMap<u32, u64> = BTreeMap::new();
    let honest = || {
        let sources = docket.web.iter().filter(|(addr, ..)| !drones.contains(addr));
        sources.map(|(.., web)| *web)
    };
    for minute in honest().flat_map(Web::minutes) {
        *minutes.entry(minute.minute).or_insert(0) += u64::from(minute.count);
    }
    let mut sizes: Vec<u64> = minutes.values().copied().collect();
    sizes.sort_unstable();
    let median = sizes.get(sizes.len() / 2).copied()?;
    let bar = (median * 2).max(SURGE_LEAST);
    let (peak_at, peak) = minutes.iter().max_by_key(|(at, n)| (**n, std::cmp::Reverse(**at)))?;
    if *peak < (median * SURGE).max(SURGE_LEAST) {
        return None;
    }
    let busy = |range: &mut dyn Iterator<Item = (&u32, &u64)>| -> u32 {
        range.take_while(|(_, n)| **n >= bar).map(|(at, _)| *at).last().unwrap_or(*peak_at)
    };
    let from = busy(&mut minutes.range(..=*peak_at).rev());
    let to = busy(&mut minutes.range(*peak_at..));
    let window = from..=to;
    let (mut sources, mut requests) = (0_u64, 0_u64);
    let (mut parts, mut errors, mut all) = (0_u64, 0_u64, 0_u64);
    for web in honest() {
        let inside: u32 =
            web.minutes().filter(|m| window.contains(&m.minute)).map(|m| m.count).sum();
        if inside > 0 {
            sources += 1;
            requests += u64::from(inside);
            parts += u64::from(web.assets.max(web.referred));
            errors += u64::from(web.errors);
            all += u64::from(web.requests);
        }
    }
    let time = |minute: u32| Time::from_secs(i64::from(minute) * 60);
    let expected = court
        .config
        .calendar
        .iter()
        .find(|w| w.from <= time(to) && time(from) <= w.to)
        .map_or(String::new(), |w| format!(" (expected: {})", w.name));
    let share = |n: u64| n * 100 / all.max(1);
    let what = if share(errors) < 20 && share(parts) >= 20 {
        "A crowd, not a flood"
    } else {
        "A surge that is judged neither crowd nor flood"
    };
    Some(format!(
        "{what}: {} from {} between {} and {}{expected}, at most {} a minute; {} a source, {} % \
         with a referrer or for style sheets and pictures, {} % ended in a server error.",
        count(requests, "request"),
        count(sources, "source"),
        time(from),
        time(to + 1),
        number(*peak),
        number(requests / sources.max(1)),
        share(parts),
        share(errors),
    ))
}
