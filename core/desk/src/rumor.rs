//! A rumor: what somebody heard, what is true of it, and who was told so.

use serde::{Deserialize, Serialize};

use crate::choices::choices;
use crate::log::{By, Machine, Refusal, Told};
use crate::text::{Line, Words};

choices! {
    /// What is true of it.
    Finding {
        /// It is not so.
        False = "false", "Not so";
        /// It is partly so, and what is told misleads.
        Misleading = "misleading", "Misleading";
        /// It is so.
        True = "true", "So";
        /// Nobody can say yet.
        Open = "open", "Not known yet";
    }
}

/// What can be done with a rumor.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It was heard.
    Hear {
        /// What is told.
        claim: Words,
        /// Where: a site, a radio station, a line at a polling place.
        place: Line,
    },
    /// It was heard once more.
    Again {
        /// Where.
        place: Line,
    },
    /// Somebody found out.
    Find {
        /// What is true of it.
        finding: Finding,
        /// The facts, and where they stand.
        facts: Words,
    },
    /// Somebody was told the facts.
    Tell {
        /// Who, or where they were published.
        whom: Line,
    },
}

/// What a rumor stands at.
#[derive(Clone, Debug, Default)]
pub struct Rumor {
    /// What is told; `None` before the first entry.
    pub claim: Option<Words>,
    /// How often it was heard.
    pub heard: u64,
    /// What is true of it, and the facts.
    pub finding: Option<(Finding, Words)>,
    /// How many were told since the newest finding.
    pub told: u64,
}

impl Machine for Rumor {
    const KIND: &'static str = "rumor";

    type Act = Act;

    fn is_open(&self) -> bool {
        self.finding.as_ref().is_none_or(|(finding, _)| *finding == Finding::Open)
    }

    fn allows(&self, act: &Act, _: &By) -> Result<(), Refusal> {
        let refusal = match act {
            Act::Hear { .. } if self.claim.is_some() => Some("It was put down already."),
            Act::Hear { .. } => None,
            _ if self.claim.is_none() => Some("Nothing was heard under this number."),
            Act::Tell { .. } if self.finding.is_none() => {
                Some("Find out first what is true of it.")
            }
            _ => None,
        };
        refusal.map_or(Ok(()), |why| Err(Refusal(why)))
    }

    fn take(&mut self, act: &Act, _: &Told<'_>) {
        match act {
            Act::Hear { claim, .. } => {
                self.claim = Some(claim.clone());
                self.heard = 1;
            }
            Act::Again { .. } => self.heard = self.heard.saturating_add(1),
            Act::Find { finding, facts } => {
                self.finding = Some((*finding, facts.clone()));
                self.told = 0;
            }
            Act::Tell { .. } => self.told = self.told.saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{laws, line, run, sendings, words};

    fn hear() -> Act {
        Act::Hear { claim: words("Polls close at five."), place: line("A post") }
    }

    fn tell() -> Act {
        Act::Tell { whom: line("All clerks") }
    }

    fn any_act() -> impl Strategy<Value = Act> {
        let find = |finding| Act::Find { finding, facts: words("They close at seven.") };
        prop_oneof![
            Just(hear()),
            Just(Act::Again { place: line("The radio") }),
            prop::sample::select(Finding::ALL.to_vec()).prop_map(find),
            Just(tell()),
        ]
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in sendings(any_act())) {
            let log = laws::<Rumor>(&sent)?;
            prop_assert!(log.state().told == 0 || log.state().finding.is_some());
            prop_assert_eq!(log.state().heard > 0, log.state().claim.is_some());
        }
    }

    #[test]
    fn the_documents_draw_it() {
        let find = |finding| Act::Find { finding, facts: words("They close at seven.") };
        let heard = || vec![("analyst", hear())];
        let found = || [heard(), vec![("analyst", find(Finding::False))]].concat();
        let acts = [
            ("hear", "analyst", hear()),
            ("heard again", "analyst", Act::Again { place: line("The radio") }),
            ("find", "analyst", find(Finding::True)),
            ("tell", "lead", tell()),
        ];
        let name = |rumor: &Rumor| match (&rumor.claim, &rumor.finding) {
            (None, _) => "Nothing heard",
            (Some(_), None) => "Heard",
            (Some(_), Some(_)) => "Found",
        };
        let states = [Vec::new(), heard(), found()];
        crate::testing::is_drawn(&crate::testing::table(name, &states, &acts));
    }

    #[test]
    fn nobody_is_told_what_is_not_known() {
        let early = run::<Rumor>(&[("analyst", hear()), ("analyst", tell())]);
        assert!(early.unwrap_err().0.contains("Find out"));
    }
}
