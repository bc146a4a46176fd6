//! How it stands, in one sentence, and what cannot be said.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use maud::{Markup, html};
use ward_kernel::{Rung, Time};
use ward_store::cases::{Line, Owner};

use super::home::View;
use super::parts::Frame;
use crate::desk::Health;
use crate::doing::hearing::Ear;
use crate::ui::{self, Href, Notice};

/// Cases that are looked through for the sentence, and for what is new.
pub(super) const LOOKED: i64 = 1_000;
/// The judging is behind when it has more batches than these before it.
pub(super) const BEHIND: u64 = 50;

/// By what the sentence is said.
pub(super) struct Known<'a> {
    pub(super) frame: &'a Frame<'a>,
    /// Open cases from attempts on, the most urgent first; at least those of the highest rung.
    pub(super) urgent: &'a [Line],
    /// The last record of any effort that was ever on the desk.
    pub(super) last_effort: Option<Time>,
    pub(super) ears: &'a [Ear],
    /// Local authorities that no sensor sees, and how many there are.
    pub(super) unseen: (usize, usize),
    /// Whether no sensor sees the state's own office.
    pub(super) office_unseen: bool,
    pub(super) health: &'a Health,
    /// Whether records wait so long that the newest may be missing.
    pub(super) behind: bool,
    /// Whether the memory of the judging did not hold every source.
    pub(super) folded: bool,
    /// The telephone of the state's desk; may be empty.
    pub(super) phone: &'a str,
    /// Whether what people named is named: not where everybody who passes can read it.
    pub(super) named: bool,
}

impl<'a> From<&'a View<'a>> for Known<'a> {
    fn from(view: &'a View<'a>) -> Self {
        Self {
            frame: &view.frame,
            urgent: &view.urgent,
            last_effort: view.last_effort,
            ears: &view.ears,
            unseen: view.unseen,
            office_unseen: view.office_unseen,
            health: &view.health,
            behind: view.is_behind(),
            folded: view.is_folded(),
            phone: &view.phone,
            named: true,
        }
    }
}

/// The state's sentence.
pub(super) fn state<'a>(known: impl Into<Known<'a>>) -> Markup {
    let view: &Known<'_> = &known.into();
    let gaps = gaps(view);
    let seen = view.ears.iter().any(|ear| ear.is_expected() && !ear.is_new());
    let (at, words) = (places(view), format!("{}; {}", since(view), owners(view)));
    let notice = match highest(view) {
        Some((Rung::Effect, n)) => Notice::bad(format!(
            "Something was changed, taken or stopped{at}: {}{words}.",
            open(n, "case of effect", "cases of effect")
        )),
        Some((Rung::Access, n)) => Notice::bad(format!(
            "Somebody got in{at}: {}{words}.",
            open(n, "case of access", "cases of access")
        )),
        Some((_, n)) => Notice::warn(format!(
            "Somebody is trying to get in{at}: {}{words}. Nobody got in, on the evidence at hand.",
            open(n, "effort", "efforts")
        )),
        None if !seen => Notice::warn("Nothing can be said yet: no sensor sends records."),
        None if gaps.is_empty() => Notice::good(format!(
            "Nobody is trying to get in, as far as {} show{}.",
            all_sensors(view),
            if expected(view) == 1 { "s" } else { "" }
        )),
        None => Notice::info(
            "No effort to get in is on the desk. It does not see everything, so that this is no \
             proof that there is none.",
        ),
    };
    html! { (more(notice, cases(view), &gaps)) }
}

/// The sentence for one office, in plain words.
pub(super) fn local<'a>(known: impl Into<Known<'a>>) -> Markup {
    let view: &Known<'_> = &known.into();
    let (expected, heard, gaps) = (expected(view), heard(view), own_gaps(view));
    let report = match (expected, heard) {
        (0, _) => String::new(),
        (1, 1) => "Your sensor reports.".to_owned(),
        (1, _) => "Your sensor does not report.".to_owned(),
        (n, heard) => format!("{heard} of {} report.", ui::count(n as u64, "sensor", "sensors")),
    };
    let words = since(view);
    let notice = match highest(view) {
        Some((Rung::Effect, _)) => {
            call(view, "Something was changed, taken or stopped at your office.")
        }
        Some((Rung::Access, _)) => call(view, "Somebody got into a machine of your office."),
        Some((_, n)) => Notice::warn(format!(
            "Somebody is trying to get into your office: {}{words}. Nobody got in, on the evidence \
             at hand. {report}",
            open(n, "effort", "efforts")
        )),
        None if expected == 0 => {
            Notice::warn("Nothing can be said about your office yet: no sensor sends its records.")
                .action("Enrol the first sensor", Href::at("/sensors/new"))
        }
        None if view.ears.iter().any(Ear::is_silent) => Notice::warn(format!(
            "Nothing was seen at your office{}, but {} While a sensor is silent, nobody can say \
             what happens there.",
            quiet_since(view),
            report.replacen("Your", "your", 1)
        )),
        None if heard == 0 => Notice::info(
            "Nothing can be said about your office yet: your sensor was enrolled a moment ago.",
        ),
        None if !gaps.is_empty() => Notice::info(format!(
            "Nothing was seen at your office{}, as far as is known by now. {report}",
            quiet_since(view)
        )),
        None => Notice::good(format!(
            "Nobody tried to get in at your office{}. {report}",
            quiet_since(view)
        )),
    };
    html! { (more(notice, None, &gaps)) }
}

/// Whether the sentence for an office says that somebody got in.
pub(super) fn is_grave<'a>(known: impl Into<Known<'a>>) -> bool {
    highest(&known.into()).is_some_and(|(rung, _)| rung >= Rung::Access)
}

/// That somebody got in, and what an office does then.
fn call(view: &Known<'_>, what: &str) -> Notice {
    if view.phone.is_empty() {
        return Notice::bad(format!("{what} Call the state's desk now."));
    }
    Notice::bad(format!("{what} Call the state's desk now:")).call(view.phone)
}

/// The highest rung on which an open case stands, and how many do.
fn highest(view: &Known<'_>) -> Option<(Rung, u64)> {
    let rung = view.urgent.iter().map(|line| line.rung).max()?;
    let listed = view.urgent.iter().filter(|line| line.rung == rung).count() as u64;
    // The list has an end; the counts have none.
    Some((rung, listed.max(view.frame.counts.of(rung))))
}

/// The open cases of the highest rung, as far as they are listed.
fn gravest<'a>(view: &'a Known<'_>) -> impl Iterator<Item = &'a Line> {
    let rung = highest(view).map(|(rung, _)| rung);
    view.urgent.iter().filter(move |line| Some(line.rung) == rung)
}

/// " at Boone County and 2 other places": where that is, the place with the most of them first.
fn places(view: &Known<'_>) -> String {
    let mut all: BTreeMap<&str, u64> = BTreeMap::new();
    for id in gravest(view).flat_map(|line| &line.jurisdictions) {
        let cases = all.entry(id).or_default();
        *cases = cases.saturating_add(1);
    }
    let Some((most, _)) = all.iter().max_by_key(|(id, cases)| (**cases, Reverse(**id))) else {
        return String::new();
    };
    let most = view.frame.place(most);
    match all.len().saturating_sub(1) as u64 {
        0 => format!(" at {most}"),
        rest => format!(" at {most} and {}", ui::count(rest, "other place", "other places")),
    }
}

/// "nobody has it": in whose hands that is. Where everybody reads it, that somebody has it and not
/// who.
fn owners(view: &Known<'_>) -> String {
    let all = highest(view).map_or(0, |(_, n)| n);
    let it = if all == 1 { "it" } else { "them" };
    let listed = gravest(view).count();
    let owned: Vec<&Owner> = gravest(view).filter_map(|line| line.owner.as_ref()).collect();
    match owned.as_slice() {
        [] => format!("nobody has {it}"),
        some if some.len() < listed => {
            format!("nobody has {} of them", ui::grouped((listed - some.len()) as u64))
        }
        [first, rest @ ..] if view.named && rest.iter().all(|one| one.id == first.id) => {
            format!("{} has {it}", first.name)
        }
        [_] => "somebody has it".to_owned(),
        _ => "each is in somebody's hands".to_owned(),
    }
}

/// Where that is read: the case, or the list of them.
fn cases(view: &Known<'_>) -> Option<Markup> {
    let (rung, n) = highest(view).filter(|_| view.named)?;
    let all = Href::at("/cases");
    Some(match gravest(view).next().filter(|_| n == 1) {
        Some(one) => ui::link("Open the case", &all.join(&one.id)),
        None => ui::link("Open the list of them", &all.query("rung", rung.name())),
    })
}

/// ", the first begun ...": when the first of the most urgent cases began.
fn since(view: &Known<'_>) -> String {
    let Some((_, n)) = highest(view) else { return String::new() };
    gravest(view).map(|line| line.first).min().map_or_else(String::new, |first| {
        let begin = if n == 1 { ", begun" } else { ", the first begun" };
        format!("{begin} {}", view.frame.clock.full(first).words())
    })
}

/// " since ...": the last effort of the past, or when the first sensor began to listen.
fn quiet_since(view: &Known<'_>) -> String {
    let enrolled = view.ears.iter().filter(|ear| ear.is_expected()).map(|ear| ear.sensor.enrolled);
    let since = view.last_effort.or_else(|| enrolled.min());
    since.map_or_else(String::new, |since| {
        format!(" since {}", view.frame.clock.full(since).words())
    })
}

fn open(n: u64, one: &str, many: &str) -> String {
    let verb = if n == 1 { "is" } else { "are" };
    format!("{} {verb} open", ui::count(n, one, many))
}

fn expected(view: &Known<'_>) -> usize {
    view.ears.iter().filter(|ear| ear.is_expected()).count()
}

fn heard(view: &Known<'_>) -> usize {
    view.ears.iter().filter(|ear| ear.is_heard()).count()
}

fn all_sensors(view: &Known<'_>) -> String {
    match expected(view) {
        1 => "its one sensor".to_owned(),
        n => format!("all {} sensors", ui::grouped(n as u64)),
    }
}

/// What keeps the state from knowing, in sentences.
fn gaps(view: &Known<'_>) -> Vec<String> {
    let mut gaps = own_gaps(view);
    match view.unseen {
        (0, _) => {}
        (n, all) if n == all => {
            gaps.push("No local election authority has a sensor yet.".to_owned());
        }
        (1, _) => {
            gaps.push(
                "1 local election authority has no sensor and is not seen at all.".to_owned(),
            );
        }
        (n, all) => gaps.push(format!(
            "{n} of {all} local election authorities have no sensor and are not seen at all."
        )),
    }
    if view.office_unseen {
        gaps.push("The state's own office has no sensor.".to_owned());
    }
    gaps
}

/// What keeps an office from knowing about itself.
fn own_gaps(view: &Known<'_>) -> Vec<String> {
    let mut gaps: Vec<String> = silent(view).into_iter().collect();
    let new = |ear: &&Ear| ear.is_expected() && ear.is_new() && !ear.is_silent();
    match view.ears.iter().filter(new).count() {
        0 => {}
        1 => gaps.push("1 sensor was enrolled a moment ago and has sent nothing yet.".to_owned()),
        n => {
            gaps.push(format!("{n} sensors were enrolled a moment ago and have sent nothing yet."));
        }
    }
    gaps.extend(unjudged(view).map(str::to_owned));
    let dropped = view.ears.iter().fold(0_u64, |sum, ear| sum.saturating_add(ear.sensor.dropped));
    if dropped > 0 {
        gaps.push(format!(
            "{} dropped at the sensors because no room was left.",
            ui::count(dropped, "record was", "records were")
        ));
    }
    gaps
}

/// Sensors that should be heard and are not.
fn silent(view: &Known<'_>) -> Option<String> {
    let silent: Vec<_> = view.ears.iter().filter(|ear| ear.is_silent()).collect();
    let one = match silent.as_slice() {
        [] => return None,
        [one] if view.named => one,
        [one] => {
            return Some(format!("{} is silent.", view.frame.place(&one.sensor.jurisdiction)));
        }
        many => return Some(format!("{} sensors are silent.", many.len())),
    };
    let name = match view.frame.is_state() {
        true => format!("{} ({})", one.sensor.name, view.frame.place(&one.sensor.jurisdiction)),
        false => one.sensor.name.clone(),
    };
    let since = view.frame.clock.full(one.sensor.heard);
    Some(if one.is_new() {
        format!("{name} was enrolled {} and was never heard.", since.words())
    } else {
        format!("{name} is silent since {}.", since.words())
    })
}

/// What the judging has not seen, or not kept one by one.
fn unjudged(view: &Known<'_>) -> impl Iterator<Item = &'static str> {
    let late = match (view.health.ready, view.behind) {
        (false, _) => {
            Some("The desk was started a moment ago and reads the records of the last days again.")
        }
        (true, true) => {
            Some("Records come in faster than they are judged: the newest are not in this yet.")
        }
        (true, false) => None,
    };
    let folded = view.folded.then_some(
        "So many addresses knocked that those which did next to nothing are only counted, about, \
         and no longer listed. Whoever runs the desk can give it more memory (memory_mb in \
         ward.toml).",
    );
    late.into_iter().chain(folded)
}

/// The notice with where one reads more, and what cannot be said.
fn more(notice: Notice, link: Option<Markup>, gaps: &[String]) -> Notice {
    if link.is_none() && gaps.is_empty() {
        return notice;
    }
    notice.body(html! {
        @if let Some(link) = link { p { (link) } }
        @if !gaps.is_empty() {
            p { "What cannot be said:" }
            ul { @for gap in gaps { li { (gap) } } }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_verbs_agree() {
        assert_eq!(open(1, "effort", "efforts"), "1 effort is open");
        assert_eq!(open(1_200, "effort", "efforts"), "1,200 efforts are open");
    }
}
