//! How everything stood at a moment.

use std::collections::BTreeMap;

use ward_kernel::{Rung, Time};

use super::event::{Event, Said, Sensor, Step};
use crate::case_file::{CaseFile, Decision, part_of, seen};
use crate::checklist::Point;
use crate::communications::Check;
use crate::incident::Incident;
use crate::log::{Body, Machine, Told};
use crate::shift::Position;

/// A state, with the jurisdiction whose it is.
pub type Placed<M> = (Option<String>, M);

/// How everything stood at a moment, each thing by its id.
#[derive(Clone, Debug, Default)]
pub struct Stand {
    /// The moment.
    pub at: Time,
    /// Incidents.
    pub incidents: BTreeMap<String, Placed<Incident>>,
    /// Positions; one id for each run of shifts.
    pub positions: BTreeMap<String, Placed<Position>>,
    /// Communications checks.
    pub checks: BTreeMap<String, Placed<Check>>,
    /// Points of checklists that somebody touched.
    pub points: BTreeMap<String, Placed<Point>>,
    /// Cases.
    pub cases: BTreeMap<String, Case>,
    /// Sensors that were enrolled and not retired: since when nothing was heard, where that is
    /// known.
    pub sensors: BTreeMap<String, Option<Time>>,
    /// Events that had come to stand.
    pub events: u64,
}

/// How a case stood.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// Where judgement had it; `None` before its first step.
    pub judged: Option<Rung>,
    /// Whether judgement did not have it any more.
    pub gone: bool,
    /// What was decided last.
    pub decided: Option<Decision>,
    /// What people made of it.
    pub file: CaseFile,
}

impl Case {
    /// The rung that counted.
    #[must_use]
    pub fn rung(&self) -> Option<Rung> {
        self.judged.map(|judged| seen(judged, self.file.placed))
    }

    /// Whether it stood for itself and was not closed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let judged = self.judged.unwrap_or(Rung::Scan);
        self.judged.is_some()
            && !self.gone
            && self.decided != Some(Decision::Closed)
            && part_of(judged, self.file.merged.as_ref()).is_none()
    }

    fn step(&mut self, rung: Rung, step: Step) {
        // A closed case whose rung rises is open again.
        if self.judged.is_some_and(|before| rung > before) && self.decided == Some(Decision::Closed)
        {
            self.decided = Some(Decision::Open);
        }
        self.judged = Some(rung);
        match step {
            Step::Opened => self.gone = false,
            Step::Gone => self.gone = true,
            Step::Decided(decision) => self.decided = Some(decision),
            Step::Went => {}
        }
    }
}

impl Stand {
    pub(super) fn at(at: Time) -> Self {
        Self { at, ..Self::default() }
    }

    pub(super) fn take(&mut self, event: &Event) {
        self.events = self.events.saturating_add(1);
        match &event.said {
            Said::Incident(body) => fold(&mut self.incidents, event, body),
            Said::Position(body) => fold(&mut self.positions, event, body),
            Said::Check(body) => fold(&mut self.checks, event, body),
            Said::Point(body) => fold(&mut self.points, event, body),
            Said::File(body) => self.file(event, body),
            Said::Case { rung, step } => {
                self.cases.entry(event.log.clone()).or_default().step(*rung, *step);
            }
            Said::Sensor(sensor) => self.sensor(event, *sensor),
            Said::Rumor(_) | Said::Other => {}
        }
    }

    fn file(&mut self, event: &Event, body: &Body<crate::case_file::Act>) {
        let id = event.log.strip_prefix("case-").unwrap_or(&event.log);
        let case = self.cases.entry(id.to_owned()).or_default();
        go_on(&mut case.file, event, body);
        if let Body::Act(crate::case_file::Act::Decide { to, .. }) = body {
            case.decided = Some(*to);
        }
    }

    fn sensor(&mut self, event: &Event, sensor: Sensor) {
        let id = &event.log;
        match sensor {
            Sensor::Came => drop(self.sensors.insert(id.clone(), None)),
            Sensor::Went => drop(self.sensors.remove(id)),
            Sensor::Silent => drop(self.sensors.insert(id.clone(), Some(event.at))),
            // It is an event of its own; how long it lasted nobody put down.
            Sensor::Missed => {}
        }
    }

    /// Open cases on each rung, lowest first.
    #[must_use]
    pub fn rungs(&self) -> [u64; 4] {
        Rung::ALL.map(|rung| {
            let on = |case: &&Case| case.is_open() && case.rung() == Some(rung);
            self.cases.values().filter(on).count() as u64
        })
    }

    /// Incidents that were not closed.
    pub fn open_incidents(&self) -> impl Iterator<Item = (&str, &Placed<Incident>)> {
        let open = |(_, (_, incident)): &(&String, &Placed<Incident>)| {
            incident.is_open() && incident.report.is_some()
        };
        self.incidents.iter().filter(open).map(|(id, placed)| (id.as_str(), placed))
    }
}

fn fold<M: Machine>(all: &mut BTreeMap<String, Placed<M>>, event: &Event, body: &Body<M::Act>) {
    let of = || (event.jurisdiction.clone(), M::default());
    let (_, state) = all.entry(event.log.clone()).or_insert_with(of);
    go_on(state, event, body);
}

/// Goes on by an act. A correction changes nothing, as in the log itself.
fn go_on<M: Machine>(state: &mut M, event: &Event, body: &Body<M::Act>) {
    if let (Body::Act(act), Some(by)) = (body, &event.by) {
        state.take(act, &Told { number: event.number, at: event.at, by });
    }
}
