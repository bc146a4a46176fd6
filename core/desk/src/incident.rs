//! An incident: something that a local authority reports, and what became of it.

use serde::{Deserialize, Serialize};

use crate::choices::choices;
use crate::log::{By, Machine, Refusal, Told};
use crate::notices::{Telling, Topic};
use crate::text::{Line, Words};

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
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
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
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
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
#[derive(Clone, Debug, Default)]
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
    /// The event in one line, when it is one.
    pub event: Option<Line>,
}

impl Machine for Incident {
    const KIND: &'static str = "incident";

    type Act = Act;

    fn is_open(&self) -> bool {
        self.stage != Stage::Closed
    }

    fn settles(act: &Act) -> bool {
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
                self.report = Some(report.clone());
                self.reporter = Some(entry.by.id.clone());
            }
            Act::Take => {
                self.owner = Some(entry.by.clone());
                self.stage = self.stage.max(Stage::Taken);
            }
            Act::Note { .. } => {}
            Act::Voting { now } => self.voting = Some(*now),
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
                let hinders = matches!(self.voting, Some(Voting::Stopped | Voting::Slowed));
                self.voting = if hinders { Some(Voting::Unaffected) } else { self.voting };
            }
            Act::Close { .. } => self.stage = Stage::Closed,
            Act::Reopen { .. } => {
                self.stage = if self.owner.is_some() { Stage::Taken } else { Stage::New };
            }
        }
    }

    fn tells(&self, act: &Act) -> Option<Telling> {
        let (report, voting) = match act {
            Act::Report(report) => (report, report.voting),
            Act::Voting { now: Voting::Stopped } => (self.report.as_ref()?, Voting::Stopped),
            _ => return None,
        };
        let stopped = voting == Voting::Stopped;
        Some(Telling {
            topic: if stopped { Topic::Voting } else { Topic::Incident },
            rung: None,
            title: report.kind.label().to_owned(),
            // Where it is, and not what somebody wrote or whom to call: that stays at the desk.
            because: format!("Can people vote there? {}. At {}", voting.label(), report.place),
            places: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{by, laws, line, run, words};

    pub(super) fn report() -> Act {
        Act::Report(Report {
            kind: Kind::PollBooks,
            voting: Voting::Slowed,
            place: line("Precinct 4, school gym"),
            what: words("The poll books show yesterday's list."),
            call_back: None,
            told_by: None,
        })
    }

    fn verify() -> Act {
        Act::Verify { event: line("Old list at one place"), how: words("Called the judge there.") }
    }

    fn any_act() -> impl Strategy<Value = Act> {
        prop_oneof![
            Just(report()),
            Just(Act::Take),
            Just(Act::Note { text: words("More.") }),
            prop::sample::select(Voting::ALL.to_vec()).prop_map(|now| Act::Voting { now }),
            Just(verify()),
            Just(Act::Refute { how: words("It was a drill.") }),
            Just(Act::Solve { how: words("The right list was loaded.") }),
            Just(Act::Close { why: words("Done.") }),
            Just(Act::Reopen { why: words("Again.") }),
        ]
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in crate::testing::sendings(any_act())) {
            let log = laws::<Incident>(&sent)?;
            let state = log.state();
            // What is verified is an event, and nothing else is.
            prop_assert_eq!(state.truth == Truth::Verified, state.event.is_some());
            prop_assert_eq!(state.report.is_some(), !log.entries().is_empty());
            prop_assert!(state.stage != Stage::Taken || state.owner.is_some());
            if let (Truth::Verified, Some(first)) = (state.truth, log.entries().first()) {
                let verified = log.entries().iter().rev().find(|entry| {
                    matches!(entry.body, crate::Body::Act(Act::Verify { .. }))
                });
                prop_assert!(verified.is_some_and(|entry| entry.by.id != first.by.id));
            }
        }
    }

    #[test]
    fn a_night() {
        let log = run::<Incident>(&[
            ("clerk", report()),
            ("analyst", Act::Take),
            ("lead", verify()),
            ("analyst", Act::Solve { how: words("The right list was loaded.") }),
            ("lead", Act::Close { why: words("Nothing is left.") }),
        ])
        .unwrap();
        let state = log.state();
        assert_eq!((state.stage, state.truth), (Stage::Closed, Truth::Verified));
        assert_eq!(state.owner.as_ref().map(|owner| owner.id.as_str()), Some("analyst"));
    }

    #[test]
    fn the_documents_draw_it() {
        let to = |acts: &[Act]| {
            let mut all = vec![("clerk", report())];
            all.extend(acts.iter().map(|act| ("analyst", act.clone())));
            all
        };
        let (how, why) = (words("So."), words("Done."));
        let solve = Act::Solve { how: how.clone() };
        let close = Act::Close { why: why.clone() };
        let states = [
            to(&[]),
            to(&[Act::Take]),
            to(&[Act::Take, solve.clone()]),
            to(&[Act::Take, close.clone()]),
        ];
        let acts = [
            ("take", "lead", Act::Take),
            ("note", "lead", Act::Note { text: words("More.") }),
            ("verify", "lead", verify()),
            ("refute", "lead", Act::Refute { how }),
            ("solve", "lead", solve),
            ("close", "lead", close),
            ("reopen", "lead", Act::Reopen { why }),
        ];
        let name = |incident: &Incident| incident.stage.label();
        crate::testing::is_drawn(&crate::testing::table(name, &states, &acts));
    }

    #[test]
    fn nobody_fills_a_log_for_everybody_else() {
        let mut log = run::<Incident>(&[("clerk", report())]).unwrap();
        let note = || crate::Body::Act(Act::Note { text: words("Again.") });
        let mut put = |number: usize, who: &str, body| {
            let at = ward_kernel::Time::from_secs(number as i64);
            log.add(&format!("key-{number}-{who}"), at, &by(who), body)
        };
        for number in 1..500 {
            put(number, "clerk", note()).unwrap();
        }
        assert!(put(500, "clerk", note()).unwrap_err().0.contains("500 entries of yours"));
        put(501, "analyst", note()).unwrap();
        // It can always be brought to its end.
        let solve = Act::Solve { how: words("The right list was loaded.") };
        put(502, "clerk", crate::Body::Act(solve)).unwrap();
        // What is over at the place keeps nobody there from voting.
        assert_eq!(log.state().voting, Some(Voting::Unaffected));
        // For all of them together there is an end as well.
        let refused = (1_000_i64..).find_map(|number| {
            let (by, at) =
                (by(&format!("p{}", number / 400)), ward_kernel::Time::from_secs(number));
            log.add(&format!("key-{number}"), at, &by, note()).err()
        });
        assert!(refused.unwrap().0.contains("2,000"));
        assert_eq!(log.entries().len(), 2_000);
    }

    #[test]
    fn nobody_verifies_their_own() {
        let refused = run::<Incident>(&[("clerk", report()), ("clerk", verify())]).unwrap_err();
        assert!(refused.0.contains("other than"), "{refused}");
        let closed = [("clerk", report()), ("lead", Act::Close { why: words("Done.") })];
        let mut log = run::<Incident>(&closed).unwrap();
        let late = log.judge("k", &crate::Body::Act(Act::Take), &by("analyst"));
        assert!(late.unwrap_err().0.contains("closed"));
        // A note is never refused.
        let note = crate::Body::Act(Act::Note { text: words("Seen again.") });
        log.add("n", ward_kernel::Time::from_secs(9), &by("clerk"), note).unwrap();
    }

    #[test]
    fn choices_are_kept_by_their_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
            let kept = serde_json::to_string(&kind).unwrap();
            assert_eq!(kept, format!("\"{}\"", kind.name()));
        }
        assert_eq!(Kind::named("Equipment"), None);
    }

    #[test]
    fn what_people_are_told() {
        let told = |acts: &[(&str, Act)], act: &Act| {
            run::<Incident>(acts).unwrap().state().tells(act).map(|told| told.topic)
        };
        let stopped = Act::Voting { now: Voting::Stopped };
        assert_eq!(told(&[], &report()), Some(Topic::Incident));
        assert_eq!(told(&[("clerk", report())], &stopped), Some(Topic::Voting));
        assert_eq!(told(&[("clerk", report())], &Act::Voting { now: Voting::Unaffected }), None);
        assert_eq!(told(&[("clerk", report())], &Act::Take), None);
        let telling = Incident::default().tells(&report()).unwrap();
        assert!(telling.because.contains("Precinct 4") && !telling.because.contains("list"));
    }
}
