//! One thing that was put down.

use serde::{Deserialize, Serialize};
use ward_kernel::{Rung, Time};

use crate::case_file::{self, Decision};
use crate::choices::choices;
use crate::log::{Body, By};
use crate::redact::Class;
use crate::{checklist, communications, incident, rumor, shift};

choices! {
    /// Under what an event is drawn and counted.
    Lane {
        /// Incidents that local authorities reported.
        Incidents = "incidents", "Incidents";
        /// Cases, by judgement and by people.
        Cases = "cases", "Cases";
        /// Positions of the room.
        Positions = "positions", "Positions";
        /// Communications checks.
        Checks = "checks", "Communications checks";
        /// Points of checklists.
        Points = "points", "Checklists";
        /// Rumors.
        Rumors = "rumors", "Rumors";
        /// Sensors.
        Sensors = "sensors", "Sensors";
        /// Everything else.
        Other = "other", "Other";
    }
}

/// One thing that was put down.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, as its entry says.
    pub at: Time,
    /// Of which log, case or sensor; its id.
    pub log: String,
    /// Its number there.
    pub number: u64,
    /// Of what kind the log is: `incident`, `position`...
    pub kind: String,
    /// Whose the log is; `None` when it is the state's.
    pub jurisdiction: Option<String>,
    /// By whom; `None` when the desk did it by itself.
    pub by: Option<By>,
    /// What was done, by its name: `report`, `hand-over`.
    pub act: String,
    /// Its words, in their order.
    pub texts: Vec<Text>,
    /// The seal of its entry, hexadecimal, where it has one.
    pub seal: Option<String>,
    /// What it says to the machines.
    pub said: Said,
}

/// A value of an event, with its name and its kind.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Text {
    /// Its name: `what`, `call_back`.
    pub name: String,
    /// What it is.
    pub class: Class,
    /// What it says.
    pub text: String,
}

/// What an event says to the machines.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Something about an incident.
    Incident(Body<incident::Act>),
    /// Something at a position.
    Position(Body<shift::Act>),
    /// Something in a communications check.
    Check(Body<communications::Act>),
    /// Something about a point of a checklist.
    Point(Body<checklist::Act>),
    /// Something about a rumor.
    Rumor(Body<rumor::Act>),
    /// Something in a case's file.
    File(Body<case_file::Act>),
    /// Judgement, or a decision before cases had files.
    Case {
        /// The rung from then on.
        rung: Rung,
        /// What became of it.
        step: Step,
    },
    /// A sensor came, went or fell silent.
    Sensor(Sensor),
    /// Something that only its words tell.
    Other,
}

/// What became of a case by a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// It is there, or there again.
    Opened,
    /// No judgement has it any more, or another case holds it.
    Gone,
    /// Somebody decided.
    Decided(Decision),
    /// Its rung changed, or something was written.
    Went,
}

/// What became of a sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sensor {
    /// It was enrolled.
    Came,
    /// It was retired.
    Went,
    /// The desk noticed that it was not heard for a while; when it came back is not kept.
    Missed,
    /// It was heard last: nothing has come since.
    Silent,
}

impl Event {
    /// Under what it is drawn.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self.said {
            Said::Incident(_) => Lane::Incidents,
            Said::Position(_) => Lane::Positions,
            Said::Check(_) => Lane::Checks,
            Said::Point(_) => Lane::Points,
            Said::Rumor(_) => Lane::Rumors,
            Said::File(_) | Said::Case { .. } => Lane::Cases,
            Said::Sensor(_) => Lane::Sensors,
            Said::Other => Lane::Other,
        }
    }

    /// Whether it stands out: people could not vote, something was made sure of, somebody may have
    /// got in, a sensor fell silent, a position was taken over without notes.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        use incident::{Act, Voting};
        match &self.said {
            Said::Incident(Body::Act(act)) => match act {
                Act::Report(report) => report.voting == Voting::Stopped,
                Act::Voting { now } => *now == Voting::Stopped,
                Act::Verify { .. } => true,
                _ => false,
            },
            Said::Position(Body::Act(act)) => matches!(act, shift::Act::TakeOver { .. }),
            // As one that judgement raised.
            Said::File(Body::Act(case_file::Act::Rung { to, judged, .. })) => {
                *to >= Rung::Access && to > judged
            }
            Said::Case { rung, step } => {
                *rung >= Rung::Access && matches!(step, Step::Opened | Step::Went)
            }
            Said::Sensor(sensor) => matches!(sensor, Sensor::Missed | Sensor::Silent),
            _ => false,
        }
    }

    /// Whom it is about: the jurisdiction whose log it is, or whose answer stands in a log of the
    /// state's. `None` when it is the state's own.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        use communications::Act;
        self.jurisdiction.as_deref().or(match &self.said {
            Said::Check(Body::Act(
                Act::Answer { jurisdiction, .. }
                | Act::Miss { jurisdiction, .. }
                | Act::Withdraw { jurisdiction, .. },
            )) => Some(jurisdiction),
            _ => None,
        })
    }

    /// What its words of a name say; the first of them.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|text| text.name == name).map(|text| text.text.as_str())
    }
}
