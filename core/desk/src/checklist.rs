//! One point of a checklist, for one jurisdiction and one election.

use serde::{Deserialize, Serialize};
use ward_kernel::Time;

use crate::log::{By, Machine, Refusal, Told};
use crate::text::{Line, Words};

/// What can be done with a point.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It is done.
    Tick {
        /// What the point asked for, as it read then: an office can change its plan.
        asked: Line,
        /// What there is to say of it.
        note: Option<Words>,
    },
    /// It is not needed here.
    Skip {
        /// What the point asked for, as it read then.
        asked: Line,
        /// Why.
        why: Words,
    },
    /// It is open after all.
    Undo {
        /// Why.
        why: Words,
    },
}

/// What a point stands at.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Point {
    /// It is to be done.
    #[default]
    Open,
    /// It is done.
    Done {
        /// When it was ticked.
        #[serde(with = "crate::moment")]
        at: Time,
        /// By whom.
        by: By,
        /// What there was to say of it.
        note: Option<Words>,
    },
    /// It is not needed.
    Skipped {
        /// When it was set aside.
        #[serde(with = "crate::moment")]
        at: Time,
        /// By whom.
        by: By,
        /// Why.
        why: Words,
    },
}

impl Machine for Point {
    const KIND: &'static str = "point";

    const ANEW: bool = false;

    type Act = Act;

    fn is_open(&self) -> bool {
        *self == Self::Open
    }

    /// However often it was opened again, it can be done.
    fn settles(&self, act: &Act, _: &By) -> bool {
        !matches!(act, Act::Undo { .. })
    }

    fn allows(&self, act: &Act, _: &By) -> Result<(), Refusal> {
        match (self, act) {
            (Self::Open, Act::Undo { .. }) => Err(Refusal("It is open.")),
            (Self::Open, _) | (_, Act::Undo { .. }) => Ok(()),
            (Self::Done { .. }, _) => Err(Refusal("It is done already.")),
            (Self::Skipped { .. }, _) => Err(Refusal("It is set aside: open it again first.")),
        }
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        *self = match act {
            Act::Tick { note, .. } => {
                Self::Done { at: entry.at, by: entry.by.clone(), note: note.clone() }
            }
            Act::Skip { why, .. } => {
                Self::Skipped { at: entry.at, by: entry.by.clone(), why: why.clone() }
            }
            Act::Undo { .. } => Self::Open,
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{laws, line, sendings, words};

    fn tick() -> Act {
        Act::Tick { asked: line("Seal the equipment"), note: None }
    }

    fn skip() -> Act {
        Act::Skip { asked: line("Seal the equipment"), why: words("No machine here.") }
    }

    fn any_act() -> impl Strategy<Value = Act> {
        prop_oneof![
            Just(tick()),
            Just(skip()),
            Just(Act::Undo { why: words("The seal was broken.") }),
        ]
    }

    #[test]
    fn the_documents_draw_it() {
        let acts = [
            ("tick", "clerk", tick()),
            ("skip", "clerk", skip()),
            ("undo", "clerk", Act::Undo { why: words("The seal was broken.") }),
        ];
        let name = |point: &Point| match point {
            Point::Open => "Open",
            Point::Done { .. } => "Done",
            Point::Skipped { .. } => "Set aside",
        };
        let to = |at: usize| vec![("clerk", acts[at].2.clone())];
        let states = [Vec::new(), to(0), to(1)];
        crate::testing::is_drawn(&crate::testing::table(name, &states, &acts));
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in sendings(any_act())) {
            let log = laws::<Point>(&sent)?;
            // Between two that settle it stands one that opens it again.
            let mut open = true;
            for entry in log.entries() {
                if let crate::Body::Act(act) = &entry.body {
                    let opens = matches!(act, Act::Undo { .. });
                    prop_assert_ne!(open, opens);
                    open = opens;
                }
            }
            prop_assert_eq!(open, *log.state() == Point::Open);
        }
    }
    /// Whoever ticked and opened it again without end keeps nobody from doing it.
    #[test]
    fn it_can_be_done_however_often_it_was_opened_again() {
        let mut log = crate::Log::<Point>::default();
        let mut add = |number: usize, act: Act| {
            let (key, who) = (format!("k{number}"), crate::testing::by("clerk"));
            log.add(&key, Time::default(), &who, crate::Body::Act(act)).is_ok()
        };
        let undo = || Act::Undo { why: words("The seal was broken.") };
        let turns =
            (0..).take_while(|number| add(2 * number, tick()) && add(2 * number + 1, undo()));
        assert_eq!(turns.count(), 250);
        assert_ne!(*log.state(), Point::Open);
    }
}
