//! Notices: who is told of what, by which rung and in which role.
//!
//! When they are told is in [`pace`]. All of it is pure: what happened, who somebody is and what
//! they wish come in, and whether it concerns them goes out. Nobody is ever told of a scan.

pub mod pace;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ward_kernel::Rung;
use ward_kernel::time::MINUTE;

use crate::choices::choices;
use crate::text::Line;
use pace::Quiet;

/// How long a sensor is not heard before anybody is told, in microseconds: a machine that is started
/// again is no news.
pub const SILENT_FOR: i64 = 10 * MINUTE;

choices! {
    /// What a notice is of.
    Topic {
        /// A case that opened or rose, from attempt on.
        Case = "case", "Cases";
        /// People cannot vote somewhere.
        Voting = "voting", "People cannot vote";
        /// An incident that was reported.
        Incident = "incident", "Incidents that are reported";
        /// The state's desk asks who can be reached.
        Check = "check", "Communications checks";
        /// A sensor that is not heard any more.
        Silence = "silence", "Sensors that fall silent";
        /// Somebody tries whether notices reach them.
        Test = "test", "A test";
    }
}

impl Topic {
    /// Those that people choose among.
    pub const CHOSEN: [Self; 5] =
        [Self::Case, Self::Voting, Self::Incident, Self::Check, Self::Silence];

    /// How much such a thing presses, a case on its rung.
    #[must_use]
    pub fn weight(self, rung: Option<Rung>) -> Weight {
        match self {
            Self::Case if rung >= Some(Rung::Access) => Weight::Grave,
            Self::Voting | Self::Test => Weight::Urgent,
            Self::Case | Self::Incident | Self::Check | Self::Silence => Weight::Ordinary,
        }
    }
}

/// The one of the places that something is about; `None` when there are several, or none.
#[must_use]
pub fn one_place(places: &[String]) -> Option<&str> {
    match places {
        [place] => Some(place),
        _ => None,
    }
}

choices! {
    /// The lowest rung of a case that somebody is told of. There is none for scans.
    Least {
        /// From attempt on.
        Attempt = "attempt", "Attempt and above";
        /// From access on.
        Access = "access", "Access and effect";
        /// Effect alone.
        Effect = "effect", "Effect only";
    }
}

impl Least {
    /// The rung.
    #[must_use]
    pub const fn rung(self) -> Rung {
        match self {
            Self::Attempt => Rung::Attempt,
            Self::Access => Rung::Access,
            Self::Effect => Rung::Effect,
        }
    }
}

/// What somebody is to the desk, as far as notices go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Duty {
    /// Looks after the desk itself.
    Administrator,
    /// Leads the state's desk.
    Lead,
    /// Works at the state's desk.
    Analyst,
    /// A clerk of a local authority.
    Clerk,
    /// Looks after the machines of a local authority.
    Technician,
    /// Looks on.
    Auditor,
    /// Of another house: sees nothing, and is told nothing.
    Outsider,
}

/// How much something presses, the least first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Weight {
    /// It can wait for the morning, and for others like it.
    Ordinary,
    /// It waits for no morning: people cannot vote somewhere, or somebody asked for a test.
    Urgent,
    /// Somebody got in, or did something there: messages are kept for it.
    Grave,
}

/// Something that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    /// What it is.
    pub topic: Topic,
    /// The rung, of a case.
    pub rung: Option<Rung>,
    /// Whose view it is, of a case: a jurisdiction's, or the state's.
    pub scope: Option<String>,
    /// The jurisdictions that it is about.
    pub places: Vec<String>,
    /// Who did it: they know.
    pub actor: String,
}

impl Event {
    /// Whether it waits for no morning: an access, an effect, or that people cannot vote. A test is
    /// asked for by whoever waits for it.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.topic.weight(self.rung) >= Weight::Urgent
    }

    /// Whether anybody is ever told: not of a scan, and not of a case without a rung.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.topic != Topic::Case || self.rung >= Some(Rung::Attempt)
    }

    /// Whether it is about somebody's own, or about the state for those who act for it. A case has
    /// a view of its own for the state and for each jurisdiction, and everybody is told of theirs.
    fn is_of(&self, place: Option<&str>) -> bool {
        let here = |own: &str| self.places.iter().any(|place| place == own);
        match (self.topic, place) {
            (Topic::Case, place) => self.scope.as_deref() == place,
            (Topic::Check | Topic::Test, None) => false,
            (Topic::Voting | Topic::Incident | Topic::Silence, None) => true,
            (_, Some(own)) => here(own),
        }
    }
}

/// What a machine of the room has to say, beyond where it happened and who did it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Telling {
    /// What it is.
    pub topic: Topic,
    /// The rung, of a case.
    pub rung: Option<Rung>,
    /// One line.
    pub title: String,
    /// Why, or more of it; may be empty. Of what people wrote it holds the place of an incident and
    /// the question of a check, and nothing else: names stand in it.
    pub because: String,
    /// The jurisdictions that it is about, where the log's own is not enough.
    pub places: Vec<String>,
}

/// Who may be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Listener<'a> {
    /// Their id.
    pub id: &'a str,
    /// What they are.
    pub duty: Duty,
    /// The jurisdiction that they act for; `None` acts for the state.
    pub place: Option<&'a str>,
}

/// What somebody wishes to be told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Wishes {
    /// Whether they are written to at all.
    pub mail: bool,
    /// Of which things.
    pub topics: BTreeSet<Topic>,
    /// The lowest rung of a case.
    pub least: Least,
    /// When what can wait does.
    pub quiet: Option<Quiet>,
}

impl Wishes {
    /// What somebody is told who never said anything, by what they are:
    ///
    /// | | cases | cannot vote | incidents | checks | silent sensors |
    /// |---|---|---|---|---|---|
    /// | administrator | access | yes | | | yes |
    /// | lead | attempt | yes | yes | | yes |
    /// | analyst | attempt | yes | yes | | |
    /// | clerk | attempt | yes | | yes | |
    /// | local IT | attempt | yes | | | yes |
    /// | auditor, partner | nothing | | | | |
    #[must_use]
    pub fn usual(duty: Duty, quiet: Option<Quiet>) -> Self {
        use Topic::{Case, Check, Incident, Silence, Voting};
        let (topics, least): (&[Topic], _) = match duty {
            Duty::Administrator => (&[Case, Voting, Silence], Least::Access),
            Duty::Lead => (&[Case, Voting, Incident, Silence], Least::Attempt),
            Duty::Analyst => (&[Case, Voting, Incident], Least::Attempt),
            Duty::Clerk => (&[Case, Voting, Check], Least::Attempt),
            Duty::Technician => (&[Case, Voting, Silence], Least::Attempt),
            Duty::Auditor | Duty::Outsider => (&[], Least::Attempt),
        };
        Self { mail: !topics.is_empty(), topics: topics.iter().copied().collect(), least, quiet }
    }

    /// Whether they wish to hear of something of this kind.
    fn hear(&self, event: &Event) -> bool {
        let grave = event.topic != Topic::Case || event.rung >= Some(self.least.rung());
        self.mail && self.topics.contains(&event.topic) && grave && event.is_told()
    }
}

/// Whether somebody is told of something. A test concerns nobody by this: whoever asks for one is
/// told without being asked for their wishes.
#[must_use]
pub fn concerns(event: &Event, listener: &Listener<'_>, wishes: &Wishes) -> bool {
    listener.duty != Duty::Outsider
        && listener.id != event.actor
        && event.topic != Topic::Test
        && event.is_of(listener.place)
        && wishes.hear(event)
}

/// A text as one line of a notice: of bounded length, and without what misleads or begins another
/// header.
#[must_use]
pub fn one_line(text: &str) -> String {
    let plain = |c: char| if ward_kernel::words::misleads(c) { ' ' } else { c };
    let words: String = text.chars().take(4 * Line::MAX).map(plain).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= Line::MAX {
        return words;
    }
    let cut: String = words.chars().take(Line::MAX - 3).collect();
    format!("{}...", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Duty; 7] = [
        Duty::Administrator,
        Duty::Lead,
        Duty::Analyst,
        Duty::Clerk,
        Duty::Technician,
        Duty::Auditor,
        Duty::Outsider,
    ];

    fn event(topic: Topic, rung: Option<Rung>, scope: Option<&str>, places: &[&str]) -> Event {
        Event {
            topic,
            rung,
            scope: scope.map(str::to_owned),
            places: places.iter().map(|place| (*place).to_owned()).collect(),
            actor: "somebody".to_owned(),
        }
    }

    fn told(event: &Event, duty: Duty, place: Option<&str>) -> bool {
        let listener = Listener { id: "p-1", duty, place };
        concerns(event, &listener, &Wishes::usual(duty, None))
    }

    #[test]
    fn a_scan_is_told_to_nobody_whatever_they_wish() {
        let all =
            Wishes { mail: true, topics: Topic::ALL.into(), least: Least::Attempt, quiet: None };
        for rung in [Some(Rung::Scan), None] {
            let scan = event(Topic::Case, rung, None, &["boone-county"]);
            for duty in ALL {
                let listener = Listener { id: "p-1", duty, place: None };
                assert!(!concerns(&scan, &listener, &all), "{duty:?}");
            }
            assert!(!scan.is_urgent());
        }
    }

    #[test]
    fn everybody_hears_of_their_own_and_of_nothing_else() {
        let (here, there) = (Some("boone-county"), Some("cole-county"));
        let case = event(Topic::Case, Some(Rung::Access), None, &["boone-county"]);
        assert!(told(&case, Duty::Lead, None) && told(&case, Duty::Administrator, None));
        assert!(!told(&case, Duty::Clerk, here), "theirs is the view of their own scope");
        let own = Event { scope: here.map(str::to_owned), ..case };
        assert!(told(&own, Duty::Clerk, here) && !told(&own, Duty::Clerk, there));
        assert!(!told(&own, Duty::Lead, None), "the state has its own view of it");
        let voting = event(Topic::Voting, None, None, &["boone-county"]);
        assert!(told(&voting, Duty::Clerk, here) && told(&voting, Duty::Analyst, None));
        assert!(!told(&voting, Duty::Clerk, there));
        let check = event(Topic::Check, None, None, &["boone-county"]);
        assert!(told(&check, Duty::Clerk, here) && !told(&check, Duty::Clerk, there));
        assert!(!told(&check, Duty::Lead, None));
        for event in [&own, &voting, &check] {
            for duty in [Duty::Auditor, Duty::Outsider] {
                assert!(!told(event, duty, None) && !told(event, duty, here));
            }
        }
    }

    #[test]
    fn wishes_narrow_and_whoever_did_it_knows() {
        let attempt = event(Topic::Case, Some(Rung::Attempt), None, &[]);
        assert!(told(&attempt, Duty::Lead, None) && !told(&attempt, Duty::Administrator, None));
        let lead = Listener { id: "p-1", duty: Duty::Lead, place: None };
        let usual = Wishes::usual(Duty::Lead, None);
        assert!(!concerns(&attempt, &lead, &Wishes { mail: false, ..usual.clone() }));
        assert!(!concerns(&attempt, &lead, &Wishes { least: Least::Access, ..usual.clone() }));
        let own = Event { actor: "p-1".to_owned(), ..event(Topic::Voting, None, None, &[]) };
        assert!(!concerns(&own, &lead, &usual));
        let outsider = Listener { duty: Duty::Outsider, ..lead };
        assert!(!concerns(&attempt, &outsider, &usual));
    }

    #[test]
    fn what_waits_for_no_morning() {
        for (topic, rung, weight) in [
            (Topic::Case, Some(Rung::Attempt), Weight::Ordinary),
            (Topic::Case, Some(Rung::Access), Weight::Grave),
            (Topic::Case, Some(Rung::Effect), Weight::Grave),
            (Topic::Voting, None, Weight::Urgent),
            (Topic::Incident, None, Weight::Ordinary),
            (Topic::Check, None, Weight::Ordinary),
            (Topic::Silence, None, Weight::Ordinary),
        ] {
            assert_eq!(topic.weight(rung), weight, "{topic:?} {rung:?}");
            let event = event(topic, rung, None, &[]);
            assert_eq!(event.is_urgent(), weight > Weight::Ordinary, "{topic:?} {rung:?}");
        }
    }

    #[test]
    fn lines_begin_no_other_line() {
        assert_eq!(one_line("a\r\nBcc: x@y.example\u{202e}\0"), "a Bcc: x@y.example");
        assert_eq!(one_line("  "), "");
        let long = one_line(&"\u{e4}".repeat(300));
        assert!(long.chars().count() <= Line::MAX && long.ends_with("..."));
    }

    #[test]
    fn wishes_are_kept_as_text() {
        let wishes = Wishes::usual(Duty::Clerk, Quiet::new(22 * 60, 6 * 60));
        let text = serde_json::to_string(&wishes).unwrap();
        assert_eq!(serde_json::from_str::<Wishes>(&text).unwrap(), wishes);
    }
}
