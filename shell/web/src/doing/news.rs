//! What changed since somebody last looked.
//!
//! The desk keeps nothing about looks: a page or a program names the moment (`?since=`; a page may
//! have it of the browser's cookie), and whoever names none is told what happened since they signed
//! in. So a look leaves nothing behind, a page that refreshes itself does not forget what was not
//! read yet, and what one reads can be asked for again by the same address.

use std::collections::BTreeMap;

use ward_access::{Act, Scope};
use ward_desk::incident::{self, Incident};
use ward_desk::shift::{self, Position, Post};
use ward_desk::{Body, Entry};
use ward_kernel::time::{DAY, HOUR};
use ward_kernel::{Rung, Time};
use ward_store::Link;
use ward_store::hours::{self, CaseStep};
use ward_store::logbook::Filter;

use super::logs::Filed;
use super::room;
use super::situation::{Silent, Situation};
use super::standing::{self, Stands};
use crate::refused::Refused;
use crate::who::Who;

/// How far back one can ask.
const BACK: i64 = 7 * DAY;
/// How far back it goes for whoever names no moment, at most: a shift.
const SHIFT: i64 = 12 * HOUR;
/// How far back it goes for programs that name none.
const PROGRAM: i64 = HOUR;
/// Lines that are told at most.
const LINES: usize = 200;
/// Steps of cases and entries of incidents that are read: one more, to know whether there are more
/// lines than are told.
const READ: i64 = 201;

/// Since when changes are told, and why since then.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Since {
    /// Somebody named the moment.
    Asked(Time),
    /// They signed in then.
    SignedIn(Time),
    /// They named none, and it is this long ago that they signed in; or it is a program.
    Lately(Time),
}

/// What changed.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// Since when.
    pub(crate) since: Since,
    /// The changes, the newest first: at most 200.
    pub(crate) lines: Vec<Line>,
    /// Whether there were more.
    pub(crate) cut: bool,
}

/// One change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    /// When.
    pub(crate) at: Time,
    /// What it is about.
    pub(crate) about: About,
    /// What happened, in a few words: "raised from attempt to access".
    pub(crate) what: String,
    /// What it happened to, in one line.
    pub(crate) to: String,
    /// Where, when it is one jurisdiction: its id.
    pub(crate) jurisdiction: Option<String>,
    /// Who did it, when it was somebody.
    pub(crate) by: Option<String>,
}

/// What a change is about.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum About {
    /// A case: its id and the rung from then on.
    Case(String, Rung),
    /// An incident: its id.
    Incident(String),
    /// A sensor: its id.
    Sensor(String),
    /// A position of the room.
    Position(Post),
}

/// What changes are told from.
#[derive(Default)]
pub(crate) struct Facts<'a> {
    /// Steps of cases, from attempts on.
    pub(crate) steps: Vec<CaseStep>,
    /// Incidents, open and closed.
    pub(crate) incidents: Vec<Stands<Incident>>,
    /// What was put down about them, each with the incident's id.
    pub(crate) entries: Vec<(String, Entry<incident::Act>)>,
    /// Positions.
    pub(crate) positions: Vec<(Post, Filed<Position>)>,
    /// Sensors that are silent now.
    pub(crate) silent: &'a [Silent],
}

impl Since {
    /// The moment.
    pub(crate) const fn moment(self) -> Time {
        match self {
            Self::Asked(at) | Self::SignedIn(at) | Self::Lately(at) => at,
        }
    }

    /// Since when somebody is told: the moment that they name, if it lies within the last week;
    /// since they signed in; or since a while ago.
    pub(crate) fn of(who: &Who, asked: Option<Time>, now: Time) -> Self {
        if let Some(asked) = asked {
            return Self::Asked(asked.clamp(now.plus(-BACK), now));
        }
        match who.session.as_ref().map(|session| session.created) {
            Some(begun) if now.since(begun) <= SHIFT => Self::SignedIn(begun.min(now)),
            Some(_) => Self::Lately(now.plus(-SHIFT)),
            None => Self::Lately(now.plus(-PROGRAM)),
        }
    }
}

/// What changed for somebody since a moment, before a situation that was loaded for them.
///
/// # Errors
/// Those of the store.
pub(crate) async fn load(
    mut link: Link<'_>,
    who: &Who,
    situation: &Situation,
    since: Since,
) -> Result<News, Refused> {
    let after = since.moment();
    let steps = hours::steps_after(link.again(), who.case_scope(), after, READ).await?;
    let own = who.narrowed(Act::SeeIncidents);
    let entries = standing::after::<Incident>(link.again(), own, after, READ).await?;
    // The newest entries lie in the logs that were written last.
    let all = Filter { jurisdiction: own, open: None };
    let incidents = standing::list::<Incident>(link.again(), all, READ).await?;
    let positions = if who.may(Act::SeeRoom, Scope::State) {
        let all = room::positions(link).await?;
        all.into_iter().filter_map(|(post, held)| Some((post, held?))).collect()
    } else {
        Vec::new()
    };
    let silent = situation.whole.coverage.silent.as_slice();
    Ok(changes(&Facts { steps, incidents, entries, positions, silent }, since))
}

/// What changed after a moment.
pub(crate) fn changes(facts: &Facts<'_>, since: Since) -> News {
    let after = since.moment();
    let mut lines: Vec<Line> = facts.steps.iter().map(step).collect();
    lines.extend(facts.silent.iter().map(silent));
    let incidents: BTreeMap<&str, &Stands<Incident>> =
        facts.incidents.iter().map(|one| (one.place.id.as_str(), one)).collect();
    lines.extend(facts.entries.iter().filter_map(|(id, entry)| {
        let one = incidents.get(id.as_str())?;
        incident(one, entry)
    }));
    for (post, held) in &facts.positions {
        lines.extend(held.log.entries().iter().filter_map(|entry| position(*post, entry)));
    }
    lines.retain(|line| line.at > after);
    lines.sort_by(|a, b| (b.at, &a.about, &a.what).cmp(&(a.at, &b.about, &b.what)));
    let cut = lines.len() > LINES;
    lines.truncate(LINES);
    News { since, lines, cut }
}

fn step(step: &CaseStep) -> Line {
    Line {
        at: step.at,
        about: About::Case(step.case.clone(), step.rung),
        what: step.what.clone(),
        to: step.title.clone(),
        jurisdiction: None,
        by: None,
    }
}

fn silent(sensor: &Silent) -> Line {
    Line {
        at: sensor.since,
        about: About::Sensor(sensor.id.clone()),
        what: "silent since then".to_owned(),
        to: sensor.name.clone(),
        jurisdiction: Some(sensor.jurisdiction.clone()),
        by: None,
    }
}

fn incident(one: &Stands<Incident>, entry: &Entry<incident::Act>) -> Option<Line> {
    use incident::Act;
    let report = one.state.report.as_ref()?;
    let what = match &entry.body {
        Body::Act(Act::Report(report)) => format!("reported: {}", report.voting.label()),
        Body::Act(Act::Voting { now }) => format!("can people vote there? {}", now.label()),
        Body::Act(Act::Verify { event, .. }) => format!("verified: {event}"),
        Body::Act(Act::Take) => "taken over".to_owned(),
        Body::Act(Act::Note { .. }) => "a note".to_owned(),
        Body::Act(Act::Refute { .. }) => "found not to be so".to_owned(),
        Body::Act(Act::Solve { .. }) => "over at the place".to_owned(),
        Body::Act(Act::Close { .. }) => "closed".to_owned(),
        Body::Act(Act::Reopen { .. }) => "opened again".to_owned(),
        Body::Correction { of, .. } => format!("entry {of} was corrected"),
    };
    Some(Line {
        at: entry.at,
        about: About::Incident(one.place.id.clone()),
        what,
        to: format!("{}: {}", report.kind.label(), report.place),
        jurisdiction: one.place.jurisdiction.clone(),
        by: Some(entry.by.name.clone()),
    })
}

fn position(post: Post, entry: &Entry<shift::Act>) -> Option<Line> {
    use shift::Act;
    let what = match &entry.body {
        Body::Act(Act::Begin) => "taken",
        Body::Act(Act::Sign { .. }) => "handed over and signed",
        Body::Act(Act::TakeOver { .. }) => "taken over without notes",
        Body::Act(Act::HandOver { .. }) => "notes wait to be signed",
        Body::Act(Act::End) => "free",
        Body::Act(Act::Note { .. }) | Body::Correction { .. } => return None,
    };
    Some(Line {
        at: entry.at,
        about: About::Position(post),
        what: what.to_owned(),
        to: post.label().to_owned(),
        jurisdiction: None,
        by: Some(entry.by.name.clone()),
    })
}

#[cfg(test)]
mod tests {
    use ward_desk::incident::{Act, Kind, Report, Voting};
    use ward_desk::{By, Log, Words};
    use ward_store::logbook;

    use super::*;

    fn at(secs: i64) -> Time {
        Time::from_secs(1_793_736_000 + secs)
    }

    fn reported() -> Filed<Incident> {
        let by = By { id: "clerk".into(), name: "Clerk".into() };
        let report = Act::Report(Report {
            kind: Kind::PollBooks,
            voting: Voting::Slowed,
            place: ward_desk::Line::new("Precinct 4").unwrap(),
            what: Words::new("Old list.").unwrap(),
            call_back: None,
            told_by: None,
        });
        let mut log = Log::<Incident>::default();
        log.add("key-one-1", at(10), &by, Body::Act(report)).unwrap();
        log.add("key-two-2", at(30), &by, Body::Act(Act::Voting { now: Voting::Stopped })).unwrap();
        let place = logbook::Log {
            id: "incident-1".into(),
            kind: "incident".into(),
            jurisdiction: Some("adair-county".into()),
            begun: at(10),
            updated: at(30),
            open: true,
        };
        Filed { place, log: std::sync::Arc::new(log) }
    }

    fn facts(silent: &[Silent]) -> Facts<'_> {
        let step = |secs: i64, what: &str| CaseStep {
            case: "w-1".into(),
            title: "Password guessing".into(),
            at: at(secs),
            rung: Rung::Attempt,
            what: what.into(),
        };
        let one = reported();
        let entries = one.log.entries().iter().map(|entry| (one.place.id.clone(), entry.clone()));
        Facts {
            steps: vec![step(5, "opened as attempt"), step(25, "raised")],
            entries: entries.collect(),
            incidents: vec![one.stands()],
            positions: Vec::new(),
            silent,
        }
    }

    #[test]
    fn only_what_came_after_the_newest_first() {
        let silent = [Silent {
            id: "s-1".into(),
            name: "Firewall".into(),
            jurisdiction: "boone-county".into(),
            since: at(20),
        }];
        let told = |since: i64| -> Vec<(i64, String)> {
            let news = changes(&facts(&silent), Since::Asked(at(since)));
            news.lines
                .into_iter()
                .map(|line| (line.at.since(at(0)) / 1_000_000, line.what))
                .collect()
        };
        let words: Vec<_> = told(0).into_iter().map(|(at, _)| at).collect();
        assert_eq!(words, [30, 25, 20, 10, 5]);
        assert_eq!(
            told(20),
            [
                (30, "can people vote there? No, voting has stopped".to_owned()),
                (25, "raised".to_owned()),
            ]
        );
        assert!(told(30).is_empty());
        // What is told since a moment is what is told since one before, as far as it goes.
        for since in 0..31 {
            let all = told(0);
            let later: Vec<_> = all.into_iter().filter(|(at, _)| *at > since).collect();
            assert_eq!(told(since), later);
        }
    }

    #[test]
    fn a_storm_is_cut_and_said_to_be() {
        let one = facts(&[]).steps.remove(0);
        let steps = vec![one; LINES + 1];
        let news = changes(&Facts { steps, ..Facts::default() }, Since::Asked(at(0)));
        assert_eq!((news.lines.len(), news.cut), (LINES, true));
    }

    #[test]
    fn since_when() {
        let (who, now) = (Who::default(), at(0));
        assert_eq!(Since::of(&who, None, now), Since::Lately(now.plus(-HOUR)));
        assert_eq!(Since::of(&who, Some(at(-60)), now), Since::Asked(at(-60)));
        assert_eq!(Since::of(&who, Some(at(60)), now).moment(), now);
        let far = Time::from_micros(i64::MIN);
        assert_eq!(Since::of(&who, Some(far), now).moment(), now.plus(-7 * DAY));
    }
}
