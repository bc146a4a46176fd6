//! Who is reachable how: the contacts of one office, as a log.
//!
//! A number that was right in spring is a guess in November. So whoever knows says from time to time
//! that all of it is still right, and what was not confirmed for an election stands out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ward_kernel::Time;

use crate::calendar::Election;
use crate::log::{By, Machine, Refusal, Told};
use crate::text::Line;

/// The most contacts of one office: a list that is called in haste is short.
pub const MOST: usize = 20;
/// The longest id of a contact.
const MAX_ID: usize = 48;

/// Somebody who can be reached.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Contact {
    /// What they are: `County clerk`, `Duty telephone`.
    pub title: Line,
    /// What they are called.
    pub name: Option<Line>,
    /// Their telephone number, as it is dialled.
    pub telephone: Option<Line>,
    /// A second way: another number, a radio call sign, whoever can go there.
    pub second: Option<Line>,
    /// Their address for mail.
    pub mail: Option<Line>,
    /// When they can be reached.
    pub hours: Option<Line>,
    /// What else one has to know.
    pub note: Option<Line>,
    /// Whether they are called before others.
    pub first: bool,
}

/// What can be done with contacts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// A contact is put down, or put down anew under its id.
    Put {
        /// Its id: small letters, digits and hyphens.
        id: String,
        /// All of it.
        contact: Contact,
    },
    /// A contact is none any more.
    Remove {
        /// Which.
        id: String,
    },
    /// All that stands here is still right.
    Confirm {
        /// The number of the newest entry that changed anything, as whoever confirms has read it.
        entry: u64,
    },
}

/// A contact as it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// All of it.
    pub contact: Contact,
    /// The entry that put it down first.
    pub place: u64,
    /// When somebody last said that it is right: by putting it down, or by confirming.
    pub confirmed: Time,
    /// Who said so.
    pub by: By,
}

/// What the contacts of an office stand at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Directory {
    contacts: BTreeMap<String, Listed>,
    newest: u64,
}

impl Directory {
    /// The contacts with their ids, in the order in which they are called: those that are called
    /// before others, then the one that was put down first.
    #[must_use]
    pub fn in_order(&self) -> Vec<(&str, &Listed)> {
        let mut all: Vec<(&str, &Listed)> =
            self.contacts.iter().map(|(id, one)| (id.as_str(), one)).collect();
        all.sort_by_key(|(_, one)| (!one.contact.first, one.place));
        all
    }

    /// A contact by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Listed> {
        self.contacts.get(id)
    }

    /// The number of the newest entry that changed anything; 0 before the first.
    #[must_use]
    pub const fn newest(&self) -> u64 {
        self.newest
    }

    /// Since when all of it is known to be right; `None` when there is nothing.
    #[must_use]
    pub fn confirmed(&self) -> Option<Time> {
        self.contacts.values().map(|one| one.confirmed).min()
    }

    /// How fresh it is at a moment of the calendar.
    #[must_use]
    pub fn freshness(&self, elections: &[Election], now: Time) -> Freshness {
        match (self.confirmed(), wanted_since(elections, now)) {
            (None, _) => Freshness::Nobody,
            (Some(confirmed), Some(since)) if confirmed < since => Freshness::Old,
            (Some(_), _) => Freshness::Fresh,
        }
    }
}

/// How far contacts can be relied on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Freshness {
    /// Nobody is named.
    Nobody,
    /// An election is near, and somebody has to say again that it is right.
    Old,
    /// It was confirmed since then, or no election is near.
    Fresh,
}

/// Since when contacts have to be confirmed: since the time before the election began that is near.
/// `None` when none is.
#[must_use]
pub fn wanted_since(elections: &[Election], now: Time) -> Option<Time> {
    let near = |one: &&Election| now >= one.days.before && now < one.certifies;
    elections.iter().filter(near).map(|one| one.days.before).max()
}

/// Whether a text can be dialled: digits, at least three, and what people write between them.
#[must_use]
pub fn is_telephone(text: &str) -> bool {
    let between = |c: char| " +-().,/*#x".contains(c) || "ext".contains(c);
    text.chars().all(|c| c.is_ascii_digit() || between(c))
        && text.chars().filter(char::is_ascii_digit).count() >= 3
}

impl Contact {
    /// Whether it can be kept.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn check(&self) -> Result<(), Refusal> {
        let line = |line: Option<&Line>, fits: fn(&str) -> bool| {
            line.is_none_or(|line| fits(line.as_str()))
        };
        if self.telephone.is_none() && self.second.is_none() && self.mail.is_none() {
            return Err(Refusal("Give at least one way by which they are reached."));
        }
        if !line(self.telephone.as_ref(), is_telephone) {
            return Err(Refusal(
                "Write the telephone number as it is dialled; other ways have a field of their own.",
            ));
        }
        if !line(self.mail.as_ref(), |mail| mail.contains('@') && !mail.contains(' ')) {
            return Err(Refusal("Write the e-mail address as name@office.example."));
        }
        Ok(())
    }
}

impl Machine for Directory {
    const KIND: &'static str = "contacts";

    type Act = Act;

    /// As long as nobody can be called.
    fn is_open(&self) -> bool {
        self.contacts.values().all(|one| one.contact.telephone.is_none())
    }

    fn allows(&self, act: &Act, _: &By) -> Result<(), Refusal> {
        match act {
            Act::Put { id, .. } if !is_id(id) => Err(Refusal("This is no name of a contact.")),
            Act::Put { id, contact } => match self.contacts.get(id) {
                Some(listed) if listed.contact == *contact => {
                    Err(Refusal("That is what stands here: confirm it instead."))
                }
                None if self.contacts.len() >= MOST => {
                    Err(Refusal("20 contacts stand here: remove one first."))
                }
                _ => contact.check(),
            },
            Act::Remove { id } if !self.contacts.contains_key(id) => {
                Err(Refusal("There is no such contact here."))
            }
            Act::Remove { .. } => Ok(()),
            Act::Confirm { .. } if self.contacts.is_empty() => {
                Err(Refusal("Nobody is named here yet."))
            }
            Act::Confirm { entry } if *entry != self.newest => {
                Err(Refusal("Somebody has changed this meanwhile: read it again first."))
            }
            Act::Confirm { .. } => Ok(()),
        }
    }

    fn corrects(&self, _: u64, _: &By) -> Result<(), Refusal> {
        Err(Refusal(
            "Put the contact down again as it is right: what stood there stays in the log.",
        ))
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        match act {
            Act::Put { id, contact } => {
                let place = self.contacts.get(id).map_or(entry.number, |listed| listed.place);
                let (contact, confirmed, by) = (contact.clone(), entry.at, entry.by.clone());
                self.contacts.insert(id.clone(), Listed { contact, place, confirmed, by });
                self.newest = entry.number;
            }
            Act::Remove { id } => {
                self.contacts.remove(id);
                self.newest = entry.number;
            }
            Act::Confirm { .. } => {
                for listed in self.contacts.values_mut() {
                    (listed.confirmed, listed.by) = (entry.at, entry.by.clone());
                }
            }
        }
    }
}

fn is_id(id: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ward_kernel::time::DAY;

    use super::*;
    use crate::Body;
    use crate::calendar::Days;
    use crate::testing::{laws, line, run, sendings};

    fn contact(title: &str, telephone: &str) -> Contact {
        Contact {
            title: line(title),
            name: None,
            telephone: Some(line(telephone)),
            second: None,
            mail: None,
            hours: None,
            note: None,
            first: false,
        }
    }

    fn put(id: &str, telephone: &str) -> Act {
        Act::Put { id: id.to_owned(), contact: contact("County clerk", telephone) }
    }

    fn remove(id: &str) -> Act {
        Act::Remove { id: id.to_owned() }
    }

    fn any_act() -> impl Strategy<Value = Act> {
        let id = || prop::sample::select(vec!["a", "b", "c", "No id"]);
        let number = prop::sample::select(vec!["555-0101", "555-0102", "call me"]);
        prop_oneof![
            5 => (id(), number).prop_map(|(id, number)| put(id, number)),
            2 => id().prop_map(remove),
            4 => (0_u64..8).prop_map(|entry| Act::Confirm { entry }),
        ]
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in sendings(any_act())) {
            let log = laws::<Directory>(&sent)?;
            let state = log.state();
            for (id, listed) in state.in_order() {
                prop_assert!(is_id(id));
                prop_assert!(listed.contact.check().is_ok());
                // What nobody has said to be right since it was changed is not called confirmed.
                let said = log.entries().iter().rev().find(|entry| match &entry.body {
                    Body::Act(Act::Put { id: of, .. }) => of == id,
                    Body::Act(Act::Confirm { .. }) => true,
                    _ => false,
                });
                let said = said.map(|entry| (entry.at, &entry.by));
                prop_assert_eq!(said, Some((listed.confirmed, &listed.by)));
            }
            // Whoever confirmed had read what stood there.
            let mut newest = 0;
            for entry in log.entries() {
                match &entry.body {
                    Body::Act(Act::Confirm { entry }) => prop_assert_eq!(*entry, newest),
                    Body::Act(_) => newest = entry.number,
                    Body::Correction { .. } => prop_assert!(false, "contacts take no correction"),
                }
            }
            prop_assert_eq!(state.confirmed().is_none(), state.in_order().is_empty());
        }
    }

    #[test]
    fn the_documents_draw_it() {
        let some = || vec![("clerk", put("a", "555-0101"))];
        let acts = [
            ("put a contact", "clerk", put("b", "555-0102")),
            ("remove the only one", "clerk", remove("a")),
            ("confirm what was read", "clerk", Act::Confirm { entry: 1 }),
            ("confirm what is older", "lead", Act::Confirm { entry: 0 }),
        ];
        let name = |state: &Directory| match state.confirmed() {
            None => "Nobody named",
            Some(_) => "Somebody named",
        };
        crate::testing::is_drawn(&crate::testing::table(name, &[Vec::new(), some()], &acts));
    }

    #[test]
    fn what_was_read_is_confirmed_and_nothing_else() {
        let acts = [("clerk", put("a", "555-0101")), ("lead", put("b", "555-0102"))];
        let log = run::<Directory>(&acts).unwrap();
        assert_eq!(log.state().confirmed(), Some(Time::from_secs(0)));
        let stale = [&acts[..], &[("clerk", Act::Confirm { entry: 1 })]].concat();
        assert!(run::<Directory>(&stale).unwrap_err().0.contains("read it again"));
        let read = [&acts[..], &[("clerk", Act::Confirm { entry: 2 })]].concat();
        let log = run::<Directory>(&read).unwrap();
        assert_eq!(log.state().confirmed(), Some(Time::from_secs(2)));
        assert_eq!((log.state().newest(), log.state().is_open()), (2, false));
        // Whoever is called first stands first, however late they came.
        let mut first = contact("Duty telephone", "555-0103");
        first.first = true;
        let more = [&read[..], &[("clerk", Act::Put { id: "c".into(), contact: first })]].concat();
        let log = run::<Directory>(&more).unwrap();
        let order: Vec<&str> = log.state().in_order().into_iter().map(|(id, _)| id).collect();
        assert_eq!(order, ["c", "a", "b"]);
    }

    #[test]
    fn ways_are_held_against_what_they_are_for() {
        for (number, fits) in [
            ("573-555-0142", true),
            ("+1 (573) 555-0142 ext. 7", true),
            ("911", true),
            ("the sheriff", false),
            ("12", false),
            ("555-0142\"><b>", false),
        ] {
            assert_eq!(is_telephone(number), fits, "{number}");
        }
        let mut nothing = contact("County clerk", "555-0101");
        nothing.telephone = None;
        assert!(nothing.check().unwrap_err().0.contains("at least one way"));
        nothing.mail = Some(line("clerk at adair"));
        assert!(nothing.check().unwrap_err().0.contains("name@office.example"));
        nothing.mail = Some(line("clerk@adair.example"));
        assert_eq!(nothing.check(), Ok(()));
        let twice = [("a", put("a", "555-0101")), ("b", put("a", "555-0101"))];
        assert!(run::<Directory>(&twice).unwrap_err().0.contains("confirm it instead"));
        let many: Vec<_> = (0..=MOST).map(|n| ("a", put(&format!("c{n}"), "555-0101"))).collect();
        assert!(run::<Directory>(&many).unwrap_err().0.contains("20 contacts"));
    }

    #[test]
    fn what_is_older_than_the_time_before_an_election_stands_out() {
        let day = |day: i64| Time::from_micros(day * DAY);
        let election = Election {
            id: "e".into(),
            name: line("General election"),
            opens: day(100),
            closes: day(100).plus(DAY / 2),
            certifies: day(130),
            days: Days { before: day(55), midnight: day(100), noon: day(101) },
        };
        let with = |confirmed: i64| {
            let mut state = Directory::default();
            let by = crate::testing::by("clerk");
            let told = Told { number: 1, at: day(confirmed), by: &by };
            state.take(&put("a", "555-0101"), &told);
            state
        };
        let all = [election];
        assert_eq!(Directory::default().freshness(&all, day(60)), Freshness::Nobody);
        assert_eq!(with(50).freshness(&all, day(60)), Freshness::Old);
        assert_eq!(with(56).freshness(&all, day(60)), Freshness::Fresh);
        // In ordinary time nobody is chased.
        assert_eq!(with(1).freshness(&all, day(54)), Freshness::Fresh);
        assert_eq!(with(50).freshness(&all, day(130)), Freshness::Fresh);
    }
}
