//! A position of the room and the shifts in it: somebody has it, hands it over with notes, and the
//! next signs the notes that they read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ward_kernel::Time;

use crate::choices::choices;
use crate::log::{By, Machine, Refusal, Told};
use crate::text::Words;

choices! {
    /// The positions of the room.
    Post {
        /// Answers for the room.
        Lead = "lead", "Desk lead";
        /// Works on cases.
        Cases = "cases", "Cases";
        /// Talks with local authorities and takes their incidents.
        Local = "local", "Local authorities";
        /// Talks with federal and state partners.
        Partners = "partners", "Partners";
        /// Answers the public and the press.
        Public = "public", "Public information";
    }
}

/// What can be done with a position.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Somebody begins where nobody is.
    Begin,
    /// Something that happened at this position: its log.
    Note {
        /// What.
        text: Words,
    },
    /// Whoever has it writes what the next has to know. Written again, it takes the place of what
    /// was written before.
    HandOver {
        /// What the next has to know.
        notes: Words,
    },
    /// The next signs the notes and has the position from then on.
    Sign {
        /// The number of the entry that was read and is signed.
        entry: u64,
    },
    /// Somebody takes it over without notes, because whoever has it left or cannot be reached.
    TakeOver {
        /// Why.
        why: Words,
    },
    /// Whoever has it ends it, and nobody follows.
    End,
}

/// What a position stands at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Position {
    /// Who has it, and since when.
    #[serde(with = "crate::moment::held")]
    pub held: Option<(By, Time)>,
    /// The notes that wait for the next to sign them: the entry's number, and what they say.
    pub notes: Option<(u64, Words)>,
    /// Shifts so far.
    pub shifts: u64,
    /// Who took it over since anything else was put down, by their ids.
    #[serde(default)]
    took: BTreeSet<String>,
}

impl Position {
    fn is_held_by(&self, by: &By) -> bool {
        self.held.as_ref().is_some_and(|(holder, _)| holder.id == by.id)
    }

    fn begin(&mut self, entry: &Told<'_>) {
        self.held = Some((entry.by.clone(), entry.at));
        self.notes = None;
        self.shifts = self.shifts.saturating_add(1);
    }
}

impl Machine for Position {
    const KIND: &'static str = "position";

    type Act = Act;

    fn is_open(&self) -> bool {
        self.held.is_some()
    }

    /// The next can always have it and end it, so that another log begins: whoever has it may be gone.
    /// Two do not take it from each other without end: of each person it is taken once.
    fn settles(&self, act: &Act, by: &By) -> bool {
        match act {
            Act::End | Act::Sign { .. } => true,
            Act::TakeOver { .. } => !self.took.contains(&by.id),
            Act::Begin | Act::Note { .. } | Act::HandOver { .. } => false,
        }
    }

    fn corrects(&self, of: u64, by: &By) -> Result<(), Refusal> {
        if !self.is_held_by(by) {
            return Err(Refusal("Only whoever has this position writes here."));
        }
        if self.notes.as_ref().is_some_and(|(number, _)| *number == of) {
            return Err(Refusal("These notes wait to be signed: write them again instead."));
        }
        Ok(())
    }

    fn allows(&self, act: &Act, by: &By) -> Result<(), Refusal> {
        let has = self.is_held_by(by);
        let refusal = match act {
            Act::Begin if has => Some("You have this position already."),
            Act::Begin if self.held.is_some() => {
                Some("Somebody has this position: they hand it over, and you sign.")
            }
            Act::Note { .. } | Act::HandOver { .. } | Act::End if !has => {
                Some("Only whoever has this position writes here.")
            }
            Act::TakeOver { .. } if has => Some("You have this position already."),
            Act::TakeOver { .. } if self.held.is_none() => Some("Nobody has it: take it."),
            Act::TakeOver { .. } if self.notes.is_some() => {
                Some("Notes wait here: read and sign them.")
            }
            Act::Sign { .. } if has => Some("Somebody else has to sign your notes."),
            Act::Sign { entry } => match &self.notes {
                None => Some("No hand-over waits here."),
                Some((number, _)) if number != entry => {
                    Some("The notes were written again meanwhile: read them, then sign.")
                }
                Some(_) => None,
            },
            _ => None,
        };
        refusal.map_or(Ok(()), |why| Err(Refusal(why)))
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        match act {
            Act::TakeOver { .. } => {
                self.took.insert(entry.by.id.clone());
            }
            _ => self.took.clear(),
        }
        match act {
            Act::Begin | Act::Sign { .. } | Act::TakeOver { .. } => self.begin(entry),
            Act::Note { .. } => {}
            Act::HandOver { notes } => self.notes = Some((entry.number, notes.clone())),
            Act::End => {
                self.held = None;
                self.notes = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::{Body, Log};
    use crate::testing::{beyond, by, laws, run, sendings, words};

    fn hand_over(text: &str) -> Act {
        Act::HandOver { notes: words(text) }
    }

    fn any_act() -> impl Strategy<Value = Act> {
        prop_oneof![
            2 => Just(Act::Begin),
            2 => Just(Act::Note { text: words("Boone County called.") }),
            3 => Just(hand_over("Watch Boone County.")),
            3 => (1_u64..20).prop_map(|entry| Act::Sign { entry }),
            1 => Just(Act::TakeOver { why: words("Nobody answers.") }),
            1 => Just(Act::End),
        ]
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in sendings(any_act())) {
            let log = laws::<Position>(&sent)?;
            // Whoever signed is not who wrote the notes, and signed the newest.
            let mut notes = None;
            for entry in log.entries() {
                match &entry.body {
                    Body::Act(Act::HandOver { .. }) => notes = Some((entry.number, &entry.by)),
                    Body::Act(Act::Sign { entry: signed }) => {
                        let Some((number, writer)) = notes.take() else {
                            return Err(TestCaseError::fail("signed nothing"));
                        };
                        prop_assert_eq!(number, *signed);
                        prop_assert_ne!(&writer.id, &entry.by.id);
                    }
                    Body::Act(Act::Begin | Act::TakeOver { .. } | Act::End) => notes = None,
                    _ => {}
                }
            }
            let has_notes = log.state().notes.is_some();
            prop_assert!(!has_notes || log.state().held.is_some());
        }
    }

    #[test]
    fn the_documents_draw_it() {
        let begun = || vec![("analyst", Act::Begin)];
        let handed = || [begun(), vec![("analyst", hand_over("Watch."))]].concat();
        let acts = [
            ("begin", "lead", Act::Begin),
            ("note, by whoever has it", "analyst", Act::Note { text: words("So.") }),
            ("hand over, by whoever has it", "analyst", hand_over("Watch on.")),
            ("sign, by another", "lead", Act::Sign { entry: 2 }),
            ("take over, by another", "lead", Act::TakeOver { why: words("Left.") }),
            ("end, by whoever has it", "analyst", Act::End),
        ];
        let name = |position: &Position| match (&position.held, &position.notes) {
            (None, _) => "Free",
            (Some(_), None) => "Held",
            (Some(_), Some(_)) => "Held, notes wait",
        };
        let states = [Vec::new(), begun(), handed()];
        crate::testing::is_drawn(&crate::testing::table(name, &states, &acts));
    }

    /// Four people write until nothing more is taken; whoever has it last leaves.
    fn filled(notes: bool) -> Log<Position> {
        let mut log = Log::default();
        let mut add = |who: &str, number: &mut u64, act: Act| {
            *number += 1;
            log.add(&format!("k{number}"), Time::default(), &by(who), Body::Act(act))
        };
        let (mut number, left) = (0, || Act::TakeOver { why: words("They left.") });
        for who in ["a", "b", "c", "d"] {
            add(who, &mut number, if who == "a" { Act::Begin } else { left() }).unwrap();
            if notes && who == "d" {
                add(who, &mut number, hand_over("Watch Boone County.")).unwrap();
            }
            while add(who, &mut number, Act::Note { text: words("So.") }).is_ok() {}
        }
        log
    }

    #[test]
    fn a_full_log_is_ended_by_whoever_comes() {
        for notes in [false, true] {
            let mut log = filled(notes);
            assert_eq!(log.entries().len(), 2_000);
            let waits = log.state().notes.as_ref().map(|(entry, _)| *entry);
            let mut add =
                |key: &str, act: Act| log.add(key, Time::default(), &by("e"), Body::Act(act));
            assert!(add("end", Act::End).is_err());
            let act = match waits {
                Some(entry) => Act::Sign { entry },
                None => Act::TakeOver { why: words("They left.") },
            };
            add("have", act).unwrap();
            add("end-it", Act::End).unwrap();
            assert!(!log.state().is_open());
        }
    }

    #[test]
    fn nobody_takes_it_from_each_other_without_end() {
        let note = Act::Note { text: words("So.") };
        let begin = [Act::Begin, hand_over("Watch Boone County.")];
        let acts = [
            Act::TakeOver { why: words("They left.") },
            Act::Sign { entry: 2 },
            note.clone(),
            hand_over("Watch on."),
        ];
        // Each of three takes it once; where notes wait, somebody signs them before.
        assert_eq!(beyond::<Position>(&begin[..1], &note, &acts).0, 3);
        assert_eq!(beyond::<Position>(&begin, &note, &acts).0, 4);
        let acts = [acts.as_slice(), &[Act::End]].concat();
        let (taken, _) = beyond::<Position>(&begin, &note, &acts);
        assert!(taken <= 5, "{taken}");
    }

    #[test]
    fn what_was_kept_before_it_was_noted_is_read() {
        let kept = serde_json::to_value(Position { shifts: 3, ..Position::default() });
        let mut kept = kept.unwrap();
        assert!(kept.as_object_mut().unwrap().remove("took").is_some());
        assert_eq!(serde_json::from_value::<Position>(kept).unwrap().shifts, 3);
    }

    #[test]
    fn the_next_signs_what_they_read() {
        let told = |last| {
            run::<Position>(&[
                ("analyst", Act::Begin),
                ("analyst", hand_over("Watch Boone County.")),
                ("analyst", hand_over("Watch Boone County and Cole County.")),
                ("lead", Act::Sign { entry: last }),
            ])
        };
        assert!(told(2).unwrap_err().0.contains("written again"));
        let log = told(3).unwrap();
        assert_eq!(log.state().held.as_ref().map(|(by, _)| by.id.as_str()), Some("lead"));
        assert_eq!((log.state().shifts, log.state().notes.is_none()), (2, true));
    }
}
