//! A communications check: one question to all local authorities, and who has answered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ward_kernel::Time;

use crate::choices::choices;
use crate::log::{By, Concerned, Machine, Refusal, Told};
use crate::notices::{Telling, Topic};
use crate::text::Words;

choices! {
    /// By which way an answer came.
    Way {
        /// They answered on their own page.
        Page = "page", "On their page";
        /// By telephone.
        Telephone = "telephone", "By telephone";
        /// By mail.
        Mail = "mail", "By mail";
        /// By radio.
        Radio = "radio", "By radio";
        /// Somebody went there.
        Person = "person", "In person";
    }
}

/// What can be done with a check.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It begins.
    Ask {
        /// The question.
        question: Words,
        /// The jurisdictions that are asked.
        jurisdictions: BTreeSet<String>,
    },
    /// One has answered.
    Answer {
        /// Which.
        jurisdiction: String,
        /// How.
        way: Way,
        /// What they said, when there was more than a yes.
        text: Option<Words>,
    },
    /// One was tried and did not answer.
    Miss {
        /// Which.
        jurisdiction: String,
        /// How it was tried.
        way: Way,
        /// What there is to say of it.
        text: Option<Words>,
    },
    /// An answer was put down for the wrong one, or is none after all.
    Withdraw {
        /// Whose.
        jurisdiction: String,
        /// Why.
        why: Words,
    },
    /// It ends; whoever has not answered stays as not reached.
    End,
}

/// An answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// When.
    #[serde(with = "crate::moment")]
    pub at: Time,
    /// How.
    pub way: Way,
    /// What they said, when there was more than a yes.
    pub text: Option<Words>,
    /// Who put it down.
    pub by: By,
}

/// How often somebody says otherwise what they have answered: an answer is taken even where a log is
/// full, and nobody fills it by that.
const CHANGES: u64 = 20;

/// What a check stands at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Check {
    /// The question; `None` before the first entry.
    pub question: Option<Words>,
    /// When it began.
    #[serde(with = "crate::moment")]
    pub begun: Time,
    /// Who was asked, with the answer of each: the first, or what they made of it on their page.
    pub asked: BTreeMap<String, Option<Answer>>,
    /// How many entries say how each has answered: answers, and answers that were taken back.
    pub said: BTreeMap<String, u64>,
    /// How often each was tried in vain.
    pub misses: BTreeMap<String, u64>,
    /// When it ended.
    #[serde(with = "crate::moment::maybe")]
    pub ended: Option<Time>,
}

impl Check {
    /// How many have answered, and how many were asked.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.asked.values().flatten().count(), self.asked.len())
    }

    /// How many entries say how one has answered.
    #[must_use]
    pub fn said_by(&self, jurisdiction: &str) -> u64 {
        self.said.get(jurisdiction).copied().unwrap_or(0)
    }

    fn counts(&mut self, jurisdiction: &str) {
        let said = self.said.entry(jurisdiction.to_owned()).or_default();
        *said = said.saturating_add(1);
    }

    /// Whether it goes on.
    #[must_use]
    pub const fn is_going_on(&self) -> bool {
        self.question.is_some() && self.ended.is_none()
    }
}

impl Machine for Check {
    const KIND: &'static str = "check";

    type Act = Act;

    fn concerns<'a>(&'a self, act: &'a Act) -> Concerned<'a> {
        match act {
            Act::Ask { .. } | Act::End => Concerned::Everybody,
            Act::Answer { jurisdiction, .. }
            | Act::Miss { jurisdiction, .. }
            | Act::Withdraw { jurisdiction, .. } => {
                Concerned::Places(BTreeSet::from([jurisdiction.as_str()]))
            }
        }
    }

    fn is_open(&self) -> bool {
        self.is_going_on()
    }

    fn settles(&self, act: &Act, _: &By) -> bool {
        matches!(act, Act::Answer { .. } | Act::End)
    }

    fn allows(&self, act: &Act, _: &By) -> Result<(), Refusal> {
        let refusal = match act {
            Act::Ask { .. } if self.question.is_some() => Some("It was asked already."),
            Act::Ask { jurisdictions, .. } if jurisdictions.is_empty() => {
                Some("Choose who is asked.")
            }
            Act::Ask { .. } => None,
            _ if self.question.is_none() => Some("Nothing was asked under this number."),
            _ if self.ended.is_some() => Some("This check has ended."),
            Act::End => None,
            Act::Withdraw { jurisdiction, .. } => match self.asked.get(jurisdiction) {
                Some(Some(_)) => None,
                Some(None) | None => Some("There is no answer of theirs."),
            },
            Act::Answer { jurisdiction, way, text } => match self.asked.get(jurisdiction) {
                None => Some("This jurisdiction was not asked."),
                // What they said they can say otherwise, on their own page.
                Some(Some(said)) if *way == Way::Page && said.text != *text => {
                    (self.said_by(jurisdiction) > CHANGES)
                        .then_some("You have changed it 20 times: call the state's desk.")
                }
                Some(Some(_)) => Some("They have answered already."),
                Some(None) => None,
            },
            Act::Miss { jurisdiction, .. } => match self.asked.get(jurisdiction) {
                None => Some("This jurisdiction was not asked."),
                Some(Some(_)) => Some("They have answered already."),
                Some(None) => None,
            },
        };
        refusal.map_or(Ok(()), |why| Err(Refusal(why)))
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        match act {
            Act::Ask { question, jurisdictions } => {
                self.question = Some(question.clone());
                self.begun = entry.at;
                self.asked = jurisdictions.iter().map(|id| (id.clone(), None)).collect();
            }
            Act::Answer { jurisdiction, way, text } => {
                let (by, text) = (entry.by.clone(), text.clone());
                let answer = Answer { at: entry.at, way: *way, text, by };
                self.asked.insert(jurisdiction.clone(), Some(answer));
                self.counts(jurisdiction);
            }
            Act::Miss { jurisdiction, .. } => {
                let misses = self.misses.entry(jurisdiction.clone()).or_default();
                *misses = misses.saturating_add(1);
            }
            Act::Withdraw { jurisdiction, .. } => {
                self.asked.insert(jurisdiction.clone(), None);
                self.counts(jurisdiction);
            }
            Act::End => self.ended = Some(entry.at),
        }
    }

    fn tells(&self, act: &Act, _: Time) -> Option<Telling> {
        let Act::Ask { question, jurisdictions } = act else { return None };
        Some(Telling {
            topic: Topic::Check,
            rung: None,
            title: "The state's desk asks who can be reached".to_owned(),
            because: question.to_string(),
            places: jurisdictions.iter().cloned().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{laws, run, sendings, words};

    const PLACES: [&str; 3] = ["adair-county", "boone-county", "cole-county"];

    fn ask() -> Act {
        let jurisdictions = PLACES[..2].iter().map(|id| (*id).to_owned()).collect();
        Act::Ask { question: words("Do you read us?"), jurisdictions }
    }

    fn answer(jurisdiction: &str) -> Act {
        Act::Answer { jurisdiction: jurisdiction.to_owned(), way: Way::Telephone, text: None }
    }

    fn any_act() -> impl Strategy<Value = Act> {
        let place = || prop::sample::select(PLACES.to_vec());
        prop_oneof![
            2 => Just(ask()),
            5 => place().prop_map(answer),
            2 => place().prop_map(|id| {
                Act::Miss { jurisdiction: id.into(), way: Way::Mail, text: None }
            }),
            2 => place().prop_map(|id| {
                Act::Withdraw { jurisdiction: id.into(), why: words("It was another.") }
            }),
            1 => Just(Act::End),
        ]
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in sendings(any_act())) {
            let log = laws::<Check>(&sent)?;
            let (answered, asked) = log.state().count();
            prop_assert!(answered <= asked && asked <= 2);
            prop_assert!(!log.state().asked.contains_key("cole-county"));
        }
    }

    #[test]
    fn the_documents_draw_it() {
        let asked = || vec![("lead", ask()), ("clerk", answer("boone-county"))];
        let ended = || [asked(), vec![("lead", Act::End)]].concat();
        let miss = Act::Miss { jurisdiction: "adair-county".into(), way: Way::Mail, text: None };
        let acts = [
            ("ask", "lead", ask()),
            ("answer", "clerk", answer("adair-county")),
            ("miss", "analyst", miss),
            (
                "withdraw an answer",
                "lead",
                Act::Withdraw { jurisdiction: "boone-county".into(), why: words("Wrong one.") },
            ),
            ("end", "lead", Act::End),
        ];
        let name = |check: &Check| match (&check.question, check.ended) {
            (None, _) => "Nothing asked",
            (Some(_), None) => "Asked",
            (Some(_), Some(_)) => "Ended",
        };
        let states = [Vec::new(), asked(), ended()];
        crate::testing::is_drawn(&crate::testing::table(name, &states, &acts));
    }

    #[test]
    fn who_has_answered() {
        let log = run::<Check>(&[("lead", ask()), ("clerk", answer("adair-county"))]).unwrap();
        assert_eq!(log.state().count(), (1, 2));
        let twice = [("lead", ask()), ("a", answer("adair-county")), ("b", answer("adair-county"))];
        assert!(run::<Check>(&twice).is_err());
        let own = |text: Option<&str>| Act::Answer {
            jurisdiction: "adair-county".to_owned(),
            way: Way::Page,
            text: text.map(words),
        };
        // What they said they can say otherwise, and the log has both.
        let other = [("lead", ask()), ("a", own(None)), ("b", own(Some("The power is out.")))];
        let log = run::<Check>(&other).unwrap();
        let stands = log.state().asked.get("adair-county").cloned().flatten().unwrap();
        assert_eq!(stands.text, Some(words("The power is out.")));
        assert_eq!((log.state().count(), log.entries().len()), ((1, 2), 3));
        // Not without end.
        let turns = (0..50).map(|turn| ("a", own((turn % 2 == 1).then_some("The power is out."))));
        let turns: Vec<_> = std::iter::once(("lead", ask())).chain(turns).collect();
        assert!(run::<Check>(&turns[..22]).is_ok());
        assert!(run::<Check>(&turns[..23]).unwrap_err().0.contains("20 times"));
        let same = [("lead", ask()), ("a", own(None)), ("b", own(None))];
        assert!(run::<Check>(&same).unwrap_err().0.contains("answered already"));
        let stranger = [("lead", ask()), ("a", answer("cole-county"))];
        assert!(run::<Check>(&stranger).unwrap_err().0.contains("not asked"));
    }
}
