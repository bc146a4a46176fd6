//! A rumor: what somebody heard, what is true of it, and who was told so.
//!
//! Whoever answers a rumor also spreads it. So it is looked into before anybody is told, and one
//! that few have heard may be left to rest; it wakes when it is heard again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::choices::choices;
use crate::log::{By, Concerned, Machine, Refusal, Told};
use crate::text::{Line, Words};

choices! {
    /// How far it seems to go.
    Spread {
        /// One person, one post.
        One = "one", "One person or one post";
        /// Several, who may know each other.
        Few = "few", "A few people or posts";
        /// It goes on by itself.
        Many = "many", "Many: it is passed on";
        /// Whoever follows the news has heard it.
        News = "news", "It is in the news";
    }
}

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
        Open = "open", "Cannot be said yet";
    }
}

/// What was heard.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Heard {
    /// What is told.
    pub claim: Words,
    /// Where: a site, a radio station, a line at a polling place.
    pub place: Line,
    /// How far it seems to go.
    pub spread: Spread,
    /// Where it stands, as text: nothing leads there.
    pub link: Option<Line>,
    /// Ids of the jurisdictions that it is about; none means the whole state.
    pub jurisdictions: BTreeSet<String>,
}

/// What can be done with a rumor.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It was heard: always the first entry.
    Hear(Heard),
    /// It was heard once more.
    Again {
        /// Where.
        place: Line,
        /// How far it seems to go now.
        spread: Spread,
        /// The jurisdiction whose people heard it; `None` when the state's did.
        from: Option<String>,
    },
    /// It is about other jurisdictions than was put down.
    About {
        /// Their ids; none means the whole state.
        jurisdictions: BTreeSet<String>,
    },
    /// Somebody found out.
    Find {
        /// What is true of it.
        finding: Finding,
        /// The facts, and where they stand.
        facts: Words,
        /// Who confirmed them.
        confirmed: Line,
    },
    /// Somebody was told the facts.
    Tell {
        /// Who, or where they were published.
        whom: Line,
        /// What they were told.
        what: Words,
    },
    /// Nobody needs to be told: an answer would only carry it further.
    Rest {
        /// Why.
        why: Words,
    },
}

/// How far the work on it is, the most urgent first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// Nobody knows what is true of it.
    Heard,
    /// It is known, and nobody was told.
    Found,
    /// The facts were told.
    Told,
    /// It is left alone.
    Resting,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Heard, Self::Found, Self::Told, Self::Resting];

    /// The name by which it is asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heard => "heard",
            Self::Found => "found",
            Self::Told => "told",
            Self::Resting => "resting",
        }
    }

    /// What people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Heard => "To be looked into",
            Self::Found => "To be told",
            Self::Told => "Told",
            Self::Resting => "At rest",
        }
    }
}

/// What somebody found out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Found {
    /// What is true of it.
    pub finding: Finding,
    /// The facts, and where they stand.
    pub facts: Words,
    /// Who confirmed them.
    pub confirmed: Line,
}

/// What a rumor stands at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Rumor {
    /// What was heard first; `None` before the first entry.
    pub heard: Option<Heard>,
    /// How often it was heard.
    pub times: u64,
    /// How far it went at most.
    pub spread: Option<Spread>,
    /// Ids of the jurisdictions that it is about, as last said; none means the whole state.
    pub jurisdictions: BTreeSet<String>,
    /// What is true of it.
    pub found: Option<Found>,
    /// How many times the newest finding was told.
    pub told: u64,
    /// Whether it is left alone.
    resting: bool,
}

impl Rumor {
    /// How far the work on it is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match (self.resting, self.is_known(), self.told) {
            (true, ..) => Stage::Resting,
            (false, false, _) => Stage::Heard,
            (false, true, 0) => Stage::Found,
            (false, true, _) => Stage::Told,
        }
    }

    /// Whether somebody found out what is true of it.
    fn is_known(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.finding != Finding::Open)
    }

    /// Whether a local authority reads what was found, whoever heard it: it is known, and it is
    /// about them or about the whole state.
    #[must_use]
    pub fn is_read_by(&self, jurisdiction: &str) -> bool {
        let about = self.jurisdictions.is_empty() || self.jurisdictions.contains(jurisdiction);
        self.is_known() && about
    }
}

impl Machine for Rumor {
    const KIND: &'static str = "rumor";

    type Act = Act;

    /// What was found out is news to whoever reads it before or after: see [`Rumor::is_read_by`].
    fn concerns<'a>(&'a self, act: &'a Act) -> Concerned<'a> {
        let was = self.is_known().then_some(&self.jurisdictions);
        let will = match act {
            Act::Hear(_) | Act::Again { .. } | Act::Rest { .. } => return Concerned::Own,
            Act::Find { finding, .. } => (*finding != Finding::Open).then_some(&self.jurisdictions),
            Act::About { jurisdictions } => was.map(|_| jurisdictions),
            Act::Tell { .. } => was,
        };
        let reads = || was.into_iter().chain(will);
        if reads().any(BTreeSet::is_empty) {
            return Concerned::Everybody;
        }
        let places: BTreeSet<&str> = reads().flatten().map(String::as_str).collect();
        if places.is_empty() { Concerned::Own } else { Concerned::Places(places) }
    }

    fn is_open(&self) -> bool {
        self.stage() <= Stage::Found
    }

    fn settles(&self, act: &Act, _: &By) -> bool {
        match act {
            Act::Find { finding, .. } => self.stage() == Stage::Heard && *finding != Finding::Open,
            Act::Tell { .. } => self.stage() == Stage::Found,
            Act::Rest { .. } => !self.resting,
            Act::Hear(_) | Act::Again { .. } | Act::About { .. } => false,
        }
    }

    fn allows(&self, act: &Act, _: &By) -> Result<(), Refusal> {
        let refusal = match act {
            Act::Hear(_) if self.heard.is_some() => Some("It was put down already."),
            Act::Hear(_) => None,
            _ if self.heard.is_none() => Some("Nothing was heard under this number."),
            Act::About { jurisdictions } if *jurisdictions == self.jurisdictions => {
                Some("That is what it says.")
            }
            Act::Tell { .. } if self.found.is_none() => Some("Find out first what is true of it."),
            Act::Rest { .. } if self.resting => Some("It is at rest already."),
            _ => None,
        };
        refusal.map_or(Ok(()), |why| Err(Refusal(why)))
    }

    fn take(&mut self, act: &Act, _: &Told<'_>) {
        self.resting = match act {
            Act::Rest { .. } => true,
            // Where it belongs does not wake it.
            Act::About { .. } => self.resting,
            _ => false,
        };
        match act {
            Act::Hear(heard) => {
                self.times = 1;
                self.spread = Some(heard.spread);
                self.jurisdictions.clone_from(&heard.jurisdictions);
                self.heard = Some(heard.clone());
            }
            Act::Again { spread, .. } => {
                self.times = self.times.saturating_add(1);
                // Whoever hears of it late may have heard it from one alone.
                self.spread = self.spread.max(Some(*spread));
            }
            Act::About { jurisdictions } => self.jurisdictions.clone_from(jurisdictions),
            Act::Find { finding, facts, confirmed } => {
                let (facts, confirmed) = (facts.clone(), confirmed.clone());
                self.found = Some(Found { finding: *finding, facts, confirmed });
                self.told = 0;
            }
            Act::Tell { .. } => self.told = self.told.saturating_add(1),
            Act::Rest { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;
