//! An incident: something that a local authority reports, and what became of it.

use serde::{Deserialize, Serialize};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;

use crate::choices::choices;
use crate::log::{By, Machine, Refusal, Told};
use crate::notices::{Telling, Topic};
use crate::text::{Line, Words};

/// How long people who were told that voting stopped at a place are not told so again, in
/// microseconds: it comes and goes, and the page shows each time.
const AGAIN: i64 = 30 * MINUTE;

choices! {
    /// What an incident is about, in a clerk's words.
    Kind {
        /// Tabulators, ballot markers, printers.
        Equipment = "equipment", "Voting equipment";
        /// Poll books, on paper or on a screen.
        PollBooks = "poll-books", "Poll books";
        /// Computers, mail, the office's network, a web page.
        Computers = "computers", "Computers or network";
        /// Too few ballots, the wrong ones, missing material.
        Supplies = "supplies", "Ballots or supplies";
        /// Somebody threatens, follows or films workers or voters.
        Threat = "threat", "Threat or harassment";
        /// Fire, flood, a locked door, an evacuation.
        Building = "building", "Building or weather";
        /// Power, telephones.
        Utilities = "utilities", "Power or telephones";
        /// Somebody spreads what is not so.
        Rumor = "rumor", "False information";
        /// Too few workers, a line that grows.
        People = "people", "Staff or lines";
        /// Anything else.
        Other = "other", "Something else";
    }
}

choices! {
    /// Whether people can vote there: the first question of everybody above.
    Voting {
        /// Nobody can.
        Stopped = "stopped", "No, voting has stopped";
        /// They can, and have to wait or do without something.
        Slowed = "slowed", "Yes, but slower than it should be";
        /// They can as ever.
        Unaffected = "unaffected", "Yes, as usual";
        /// Nobody votes at that place or at that time.
        NotVoting = "not-voting", "Nobody is voting there now";
    }
}

impl Voting {
    /// How it is at a place, in a sentence.
    fn sentence(self, place: &Line) -> String {
        match self {
            Self::Stopped => format!("Voting has stopped at {place}."),
            Self::Slowed => format!("Voting is slower than it should be at {place}."),
            Self::Unaffected => format!("People vote as usual at {place}."),
            Self::NotVoting => format!("Nobody is voting now at {place}."),
        }
    }
}

/// What was reported.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Report {
    /// What it is about.
    pub kind: Kind,
    /// Whether people can vote there.
    pub voting: Voting,
    /// Where: a polling place, an office.
    pub place: Line,
    /// What happened.
    pub what: Words,
    /// Where whoever reports can be called back.
    pub call_back: Option<Line>,
    /// Who told it, when it was keyed in for somebody on the telephone.
    pub told_by: Option<Line>,
}

/// What can be done with an incident.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It is reported: always the first entry.
    Report(Report),
    /// Somebody takes it over, and says by that that it was seen.
    Take,
    /// Something was learned.
    Note {
        /// What.
        text: Words,
    },
    /// Whether people can vote there is otherwise now.
    Voting {
        /// How it is.
        now: Voting,
    },
    /// Somebody made sure of it, and it is an event that the whole room works by.
    Verify {
        /// The event in one line.
        event: Line,
        /// How it was made sure of.
        how: Words,
    },
    /// Somebody looked into it, and it is not so.
    Refute {
        /// How that is known.
        how: Words,
    },
    /// It is over at the place.
    Solve {
        /// How.
        how: Words,
    },
    /// Nothing is left to do.
    Close {
        /// Why.
        why: Words,
    },
    /// There is something left after all.
    Reopen {
        /// Why.
        why: Words,
    },
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Stage {
    /// Reported; nobody has it.
    #[default]
    New,
    /// Somebody has it.
    Taken,
    /// Over at the place; not yet looked through.
    Solved,
    /// Done.
    Closed,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::New, Self::Taken, Self::Solved, Self::Closed];

    /// What people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Taken => "Taken",
            Self::Solved => "Solved",
            Self::Closed => "Closed",
        }
    }
}

/// Whether anybody made sure of it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Truth {
    /// Nobody yet.
    #[default]
    Unverified,
    /// Somebody did, and it is so.
    Verified,
    /// Somebody did, and it is not so.
    Refuted,
}

/// What an incident stands at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Incident {
    /// What was reported; `None` before the first entry.
    pub report: Option<Report>,
    /// Who reported it, or keyed it in.
    reporter: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// Whether anybody made sure of it.
    pub truth: Truth,
    /// Who has it.
    pub owner: Option<By>,
    /// Whether people can vote there, as last said.
    pub voting: Option<Voting>,
    /// How it was there when it was solved, where that hindered people: it comes back with it.
    #[serde(default)]
    hindered: Option<Voting>,
    /// The event in one line, when it is one.
    pub event: Option<Line>,
    /// When people were last told that voting stopped there.
    #[serde(with = "crate::moment::maybe")]
    told: Option<Time>,
}

impl Incident {
    /// Whether people are told that voting stopped there, when it does at this moment. Whoever was
    /// told a while ago has heard nothing since that it went on.
    fn is_news(&self, at: Time) -> bool {
        self.told.is_none_or(|told| at.since(told).saturating_abs() >= AGAIN)
    }

    /// Puts down how it is there now.
    fn go_on(&mut self, now: Voting, at: Time) {
        self.voting = Some(now);
        self.hindered = None;
        if now == Voting::Stopped && self.is_news(at) {
            self.told = Some(at);
        }
    }
}

impl Machine for Incident {
    const KIND: &'static str = "incident";

    type Act = Act;

    fn is_open(&self) -> bool {
        self.stage != Stage::Closed
    }

    fn settles(&self, act: &Act, _: &By) -> bool {
        matches!(act, Act::Solve { .. } | Act::Close { .. })
    }

    fn allows(&self, act: &Act, by: &By) -> Result<(), Refusal> {
        let reported = self.report.is_some();
        let refusal = match act {
            Act::Report(_) if reported => Some("It was reported already: write a note to it."),
            Act::Report(_) => None,
            _ if !reported => Some("Nothing was reported under this number."),
            Act::Note { .. } => None,
            Act::Reopen { .. } if self.stage < Stage::Solved => Some("It is open."),
            Act::Reopen { .. } => None,
            _ if self.stage == Stage::Closed => Some("It is closed: open it again first."),
            Act::Take if self.owner.as_ref().is_some_and(|owner| owner.id == by.id) => {
                Some("You have it already.")
            }
            Act::Voting { now } if self.voting == Some(*now) => Some("That is what it says."),
            Act::Verify { .. } if self.truth == Truth::Verified => Some("It is verified already."),
            Act::Verify { .. } if self.reporter.as_deref() == Some(by.id.as_str()) => {
                Some("Somebody other than who put it down has to make sure of it.")
            }
            Act::Refute { .. } if self.truth == Truth::Refuted => Some("It is refuted already."),
            Act::Solve { .. } if self.stage == Stage::Solved => Some("It is solved already."),
            _ => None,
        };
        refusal.map_or(Ok(()), |why| Err(Refusal(why)))
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        match act {
            Act::Report(report) => {
                self.voting = Some(report.voting);
                self.told = (report.voting == Voting::Stopped).then_some(entry.at);
                self.report = Some(report.clone());
                self.reporter = Some(entry.by.id.clone());
            }
            Act::Take => {
                self.owner = Some(entry.by.clone());
                self.stage = self.stage.max(Stage::Taken);
            }
            Act::Note { .. } => {}
            Act::Voting { now } => self.go_on(*now, entry.at),
            Act::Verify { event, .. } => {
                self.truth = Truth::Verified;
                self.event = Some(event.clone());
            }
            Act::Refute { .. } => {
                self.truth = Truth::Refuted;
                self.event = None;
            }
            Act::Solve { .. } => {
                self.stage = Stage::Solved;
                // What is over at the place keeps nobody there from voting.
                if matches!(self.voting, Some(Voting::Stopped | Voting::Slowed)) {
                    self.hindered = self.voting.replace(Voting::Unaffected);
                }
            }
            Act::Close { .. } => self.stage = Stage::Closed,
            Act::Reopen { .. } => {
                self.stage = if self.owner.is_some() { Stage::Taken } else { Stage::New };
                if let Some(was) = self.hindered {
                    self.go_on(was, entry.at);
                }
            }
        }
    }

    fn tells(&self, act: &Act, at: Time) -> Option<Telling> {
        let (report, voting) = match act {
            Act::Report(report) => (report, report.voting),
            Act::Voting { now: Voting::Stopped } if self.is_news(at) => {
                (self.report.as_ref()?, Voting::Stopped)
            }
            Act::Reopen { .. } if self.hindered == Some(Voting::Stopped) && self.is_news(at) => {
                (self.report.as_ref()?, Voting::Stopped)
            }
            _ => return None,
        };
        let stopped = voting == Voting::Stopped;
        Some(Telling {
            topic: if stopped { Topic::Voting } else { Topic::Incident },
            rung: None,
            title: report.kind.label().to_owned(),
            // Where it is, and not what somebody wrote or whom to call: that stays at the desk.
            because: voting.sentence(&report.place),
            places: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests;
