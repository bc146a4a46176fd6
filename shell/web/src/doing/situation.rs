//! The situation: how every jurisdiction stands at one moment, in numbers. The page, the wall and
//! the REST interface show the same ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use ward_access::{Act, Jurisdiction, JurisdictionKind, Reach, Scope};
use ward_desk::calendar::{self, Election, Phase};
use ward_desk::communications::{Check, Way};
use ward_desk::incident::{Incident, Stage, Truth, Voting};
use ward_desk::normal::{Level, Normal, level};
use ward_kernel::Time;
use ward_store::cases::Counts;
use ward_store::hours::{self, Cases, Count, Hour, hour_of, start_of};
use ward_store::logbook::Filter;
use ward_store::sensors::Sensor;
use ward_store::{Error, Link};

use super::elections;
use super::hearing::{Ear, ears};
use super::normals::{Normals, attempts};
use super::standing::{self, Stands};
use crate::desk::Desk;
use crate::refused::{Refused, not_found};
use crate::who::Who;

/// Open incidents that are read.
const MOST: i64 = 10_000;
/// Communications checks among which the newest is looked for, those that were written to last.
const CHECKS: i64 = 20;

/// How everything stands that somebody may see: for the state's roles all jurisdictions, for a
/// local authority its own one alone.
#[derive(Clone, Debug)]
pub(crate) struct Situation {
    /// The moment that it speaks for.
    pub(crate) at: Time,
    /// When the hour began that is running now: whole hours by the clock (UTC).
    pub(crate) hour: Time,
    /// The place in the election calendar.
    pub(crate) phase: Phase,
    /// The election by which that is; `None` in ordinary time.
    pub(crate) election: Option<Election>,
    /// One row for each jurisdiction, by name; the state office's own machines are one of them.
    pub(crate) rows: Vec<Row>,
    /// The same for all that somebody sees together: the state's own counts, not the sum of the
    /// rows (one campaign that touches ten counties is one case of the state).
    pub(crate) whole: Whole,
}

/// How one jurisdiction stands.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// Who answers for it.
    pub(crate) kind: JurisdictionKind,
    /// The counties in which it conducts elections.
    pub(crate) counties: Vec<String>,
    /// Its open cases by rung, registered tests and what people closed left out.
    pub(crate) open: Counts,
    /// Those of them that were opened in the hour that is running.
    pub(crate) new: Counts,
    /// Scans of this hour: failed first contacts and other probes, in records.
    pub(crate) scans: Counted,
    /// Attempts of this hour: failed sign-ins and requests shaped as exploits, in records. Some of
    /// them are people who forgot a password: that is what the normal is for.
    pub(crate) attempts: Counted,
    /// The worse of the two levels.
    pub(crate) level: Level,
    /// Which of its sensors are heard.
    pub(crate) coverage: Coverage,
    /// Its open incidents.
    pub(crate) incidents: Incidents,
    /// What it said to the newest communications check; `None` when it was not asked, or whoever
    /// looks does not see the room.
    pub(crate) reached: Option<Reached>,
}

/// A count of this hour against what is normal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Counted {
    /// In the hour that is running, so far.
    pub(crate) so_far: u64,
    /// In the whole hour before it.
    pub(crate) before: u64,
    /// What is normal in the hour that is running, when it is over.
    pub(crate) normal: Normal,
    /// How it stands: the worse of the running hour against its normal (so far, so that it is never
    /// raised before there is a reason) and the hour before against its own.
    pub(crate) level: Level,
}

/// Which sensors are heard.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Coverage {
    /// Sensors in service that should be heard; see [`Coverage::is_unseen`].
    pub(crate) expected: usize,
    /// Those of them that are. One that was enrolled moments ago is neither heard nor silent.
    pub(crate) heard: usize,
    /// Those that are silent or were never heard, the longest silent first.
    pub(crate) silent: Vec<Silent>,
    /// Those that are heard, and late or with a clock that drifts.
    pub(crate) wanting: usize,
    /// Places for files that people upload; nothing is expected of them.
    pub(crate) by_hand: usize,
}

/// A sensor that is not heard.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Silent {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// Whose machines it reads; the jurisdiction's id.
    pub(crate) jurisdiction: String,
    /// Since when; its enrolment when it was never heard.
    pub(crate) since: Time,
}

/// Open incidents.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Incidents {
    /// How many.
    pub(crate) open: usize,
    /// Those of them that nobody has taken.
    pub(crate) new: usize,
    /// Those of them that were verified.
    pub(crate) verified: usize,
    /// Those of them in which voting has stopped.
    pub(crate) stopped: usize,
    /// Those of them in which voting is slowed.
    pub(crate) slowed: usize,
    /// Whether people can vote there, by the worst of them; `None` without an open one.
    pub(crate) voting: Option<Voting>,
}

/// What came of a communications check.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reached {
    /// They answered.
    Answered {
        /// When.
        at: Time,
        /// By which way.
        way: Way,
    },
    /// They were asked and have not answered.
    Waiting {
        /// Since when.
        since: Time,
        /// How often they were tried in vain.
        misses: u64,
    },
}

/// All that somebody sees together.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    /// Open cases by rung, in the scope of whoever looks.
    pub(crate) open: Counts,
    /// Those of them that were opened in the hour that is running.
    pub(crate) new: Counts,
    /// Scans of this hour, in that scope.
    pub(crate) scans: Counted,
    /// Attempts of this hour, in that scope.
    pub(crate) attempts: Counted,
    /// Sensors of all rows together; `silent` lists them all, the longest silent first.
    pub(crate) coverage: Coverage,
    /// Local authorities that no sensor in service sees.
    pub(crate) unseen: usize,
    /// Local authorities among the rows.
    pub(crate) local: usize,
    /// Rows above usual, those far above among them.
    pub(crate) above: usize,
    /// Rows far above usual.
    pub(crate) far: usize,
    /// Rows of which too little is known to say what is normal.
    pub(crate) unknown: usize,
    /// Open incidents of all rows.
    pub(crate) incidents: Incidents,
    /// The newest communications check: its id, how many have answered, how many were asked.
    pub(crate) check: Option<(String, usize, usize)>,
}

/// How it stands now.
///
/// # Errors
/// Not found for whoever sees no cases at all; those of the store.
pub(crate) async fn load(
    mut link: Link<'_>,
    desk: &Desk,
    who: &Who,
    now: Time,
) -> Result<Situation, Refused> {
    if who.reach(Act::SeeCases) == Reach::Nothing {
        return Err(not_found());
    }
    let elections = elections::all(link.again()).await?;
    let zone = elections::zone(link.again()).await?;
    let hour = hour_of(now);
    let last = hour.saturating_sub(1);
    let numbers = Numbers {
        cases: hours::standing(link.again(), who.narrowed(Act::SeeCases), start_of(hour)).await?,
        this: by_scope(hours::between(link.again(), hour, hour).await?),
        before: by_scope(hours::between(link.again(), last, last).await?),
        normal: desk.normals().of(link.again(), hour, &elections, &zone).await?,
        normal_before: desk.normals().of(link.again(), last, &elections, &zone).await?,
    };
    let ears = ears(link.again(), who.narrowed(Act::SeeSensors), now).await?;
    let open = Filter { jurisdiction: who.narrowed(Act::SeeIncidents), open: Some(true) };
    let incidents = standing::list::<Incident>(link.again(), open, MOST).await?;
    let check = newest_check(link.again()).await?;
    let places = desk.jurisdictions(link).await?;
    let sees = |one: &&Jurisdiction| who.may(Act::SeeCases, Scope::Jurisdiction(&one.id));
    let rows: Vec<Row> = places
        .iter()
        .filter(sees)
        .map(|one| row(one.clone(), &numbers, who, (&ears, &incidents, check.as_ref())))
        .collect();
    let (phase, election) = calendar::phase(&elections, now);
    let check = check.filter(|_| who.may(Act::SeeRoom, Scope::State));
    let whole = whole(&rows, &numbers, who.case_scope(), check.as_ref());
    Ok(Situation { at: now, hour: start_of(hour), phase, election: election.cloned(), rows, whole })
}

/// The newest communications check; one that is open before those that ended. Which was written to
/// last says nothing: an older one can still be answered.
async fn newest_check(link: Link<'_>) -> Result<Option<Stands<Check>>, Error> {
    let all = standing::list::<Check>(link, Filter::default(), CHECKS).await?;
    Ok(all.into_iter().max_by_key(|one| (one.place.open, one.place.begun)))
}

/// What was counted, by scope.
struct Numbers {
    cases: BTreeMap<String, Cases>,
    this: BTreeMap<String, Count>,
    before: BTreeMap<String, Count>,
    normal: Arc<Normals>,
    normal_before: Arc<Normals>,
}

impl Numbers {
    fn cases(&self, scope: &str) -> Cases {
        self.cases.get(scope).copied().unwrap_or_default()
    }

    /// Scans and attempts of a scope.
    fn counted(&self, scope: &str) -> (Counted, Counted) {
        let of = |counts: &BTreeMap<String, Count>| counts.get(scope).copied().unwrap_or_default();
        let (this, before) = (of(&self.this), of(&self.before));
        let (now, then) = (self.normal.of(scope), self.normal_before.of(scope));
        let scans = counted((this.probes, now.scans), (before.probes, then.scans));
        let tries = (attempts(&this), now.attempts);
        (scans, counted(tries, (attempts(&before), then.attempts)))
    }
}

fn by_scope(hours: Vec<Hour>) -> BTreeMap<String, Count> {
    hours.into_iter().map(|one| (one.scope, one.count)).collect()
}

fn counted((so_far, normal): (u64, Normal), (before, then): (u64, Normal)) -> Counted {
    let now = level(so_far, &normal);
    // That an hour not yet over is as usual says less than that the one before was not.
    Counted { so_far, before, normal, level: now.max(level(before, &then)) }
}

fn row(
    place: Jurisdiction,
    numbers: &Numbers,
    who: &Who,
    (ears, incidents, check): (&[Ear], &[Stands<Incident>], Option<&Stands<Check>>),
) -> Row {
    let Jurisdiction { id, name, kind, counties } = place;
    let here = Scope::Jurisdiction(&id);
    let asks = who.may(Act::SeeRoom, Scope::State) || who.may(Act::AnswerCheck, here);
    let reached = check.filter(|_| asks).and_then(|check| reached(check, &id));
    let mut coverage = Coverage::default();
    ears.iter().filter(|ear| ear.sensor.jurisdiction == id).for_each(|ear| coverage.hear(ear));
    coverage.sort();
    let mut open = Incidents::default();
    let its = incidents.iter().filter(|one| one.place.jurisdiction.as_deref() == Some(&*id));
    its.for_each(|one| open.add(&one.state));
    let (scans, attempts) = numbers.counted(&id);
    let cases = numbers.cases(&id);
    Row {
        name,
        kind,
        counties,
        open: cases.open,
        new: cases.new,
        scans,
        attempts,
        level: scans.level.max(attempts.level),
        coverage,
        incidents: open,
        reached,
        id,
    }
}

fn whole(rows: &[Row], numbers: &Numbers, scope: &str, check: Option<&Stands<Check>>) -> Whole {
    let (scans, attempts) = numbers.counted(scope);
    let (mut coverage, mut incidents) = (Coverage::default(), Incidents::default());
    for row in rows {
        coverage.join(&row.coverage);
        incidents.join(&row.incidents);
    }
    coverage.sort();
    let of = |fits: &dyn Fn(&&Row) -> bool| rows.iter().filter(fits).count();
    let is_local = |row: &&Row| row.kind != JurisdictionKind::State;
    let cases = numbers.cases(scope);
    Whole {
        open: cases.open,
        new: cases.new,
        scans,
        attempts,
        unseen: of(&|row| is_local(row) && row.coverage.is_unseen()),
        local: of(&is_local),
        above: of(&|row| row.level >= Level::Above),
        far: of(&|row| row.level == Level::Far),
        unknown: of(&|row| row.level == Level::Unknown),
        coverage,
        incidents,
        check: check.map(|check| {
            let (answered, asked) = check.state.count();
            (check.place.id.clone(), answered, asked)
        }),
    }
}

fn reached(check: &Stands<Check>, id: &str) -> Option<Reached> {
    let state = &check.state;
    Some(match state.asked.get(id)? {
        Some(answer) => Reached::Answered { at: answer.at, way: answer.way },
        None => Reached::Waiting {
            since: state.begun,
            misses: state.misses.get(id).copied().unwrap_or(0),
        },
    })
}

impl Coverage {
    /// Whether no sensor in service sees this jurisdiction.
    pub(crate) const fn is_unseen(&self) -> bool {
        self.expected == 0 && self.by_hand == 0
    }

    fn hear(&mut self, ear: &Ear) {
        if ear.hearing.is_none() && ear.sensor.retired.is_none() {
            self.by_hand = self.by_hand.saturating_add(1);
        }
        if !ear.is_expected() {
            return;
        }
        self.expected = self.expected.saturating_add(1);
        if ear.is_heard() {
            self.heard = self.heard.saturating_add(1);
            self.wanting = self.wanting.saturating_add(usize::from(ear.is_wanting()));
        } else if ear.is_silent() {
            let Sensor { id, name, heard, jurisdiction, .. } = &ear.sensor;
            self.silent.push(Silent {
                id: id.clone(),
                name: name.clone(),
                jurisdiction: jurisdiction.clone(),
                since: *heard,
            });
        }
    }

    fn join(&mut self, other: &Self) {
        let Self { expected, heard, silent, wanting, by_hand } = other;
        self.expected = self.expected.saturating_add(*expected);
        self.heard = self.heard.saturating_add(*heard);
        self.silent.extend_from_slice(silent);
        self.wanting = self.wanting.saturating_add(*wanting);
        self.by_hand = self.by_hand.saturating_add(*by_hand);
    }

    fn sort(&mut self) {
        self.silent.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    }
}

impl Incidents {
    fn add(&mut self, incident: &Incident) {
        let voting = incident.voting;
        let is = |fits: bool| usize::from(fits);
        self.join(&Self {
            open: 1,
            new: is(incident.stage == Stage::New),
            verified: is(incident.truth == Truth::Verified),
            stopped: is(voting == Some(Voting::Stopped)),
            slowed: is(voting == Some(Voting::Slowed)),
            voting,
        });
    }

    fn join(&mut self, other: &Self) {
        let Self { open, new, verified, stopped, slowed, voting } = other;
        self.open = self.open.saturating_add(*open);
        self.new = self.new.saturating_add(*new);
        self.verified = self.verified.saturating_add(*verified);
        self.stopped = self.stopped.saturating_add(*stopped);
        self.slowed = self.slowed.saturating_add(*slowed);
        // The choices stand with the worst first.
        self.voting = match (self.voting, *voting) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
    }
}

#[cfg(test)]
mod tests {
    use ward_desk::log::Told;
    use ward_desk::normal::Range;
    use ward_desk::{By, Machine as _, incident};

    use super::*;

    #[test]
    fn the_hour_before_counts_until_this_one_is_worse() {
        let range = Range { low: 0, typical: 1, high: 3, hours: 41, of: Phase::Before };
        let (known, unknown) = (Normal::Known(range), Normal::TooLittle { hours: 2 });
        for ((so_far, normal), (before, then), expected) in [
            ((0, known), (2, known), Level::Usual),
            ((0, known), (90, known), Level::Far),
            ((20, known), (0, known), Level::Above),
            ((0, unknown), (2, known), Level::Usual),
            ((900, unknown), (900, unknown), Level::Unknown),
        ] {
            assert_eq!(counted((so_far, normal), (before, then)).level, expected);
        }
    }

    #[test]
    fn the_worst_of_several_incidents_counts() {
        let mut all = Incidents::default();
        let by = By { id: "clerk".into(), name: "Clerk".into() };
        let told = Told { number: 1, at: Time::default(), by: &by };
        for now in [Voting::Unaffected, Voting::Stopped, Voting::Slowed] {
            let mut one = Incident::default();
            one.take(&incident::Act::Voting { now }, &told);
            all.add(&one);
        }
        assert_eq!((all.open, all.new, all.stopped, all.slowed), (3, 3, 1, 1));
        assert_eq!(all.voting, Some(Voting::Stopped));
    }
}
