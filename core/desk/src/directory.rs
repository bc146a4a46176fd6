//! Who is reachable how: the contacts of one office, as a log.
//!
//! A number that was right in spring is a guess in November. So whoever knows says from time to time
//! that all of it is still right, and what was not confirmed for an election stands out.
//!
//! Whoever changes something names what they read ([`Listed::entry`]), so that a page which was opened
//! in the morning does not undo what was put down at noon. A log that is full is followed by another
//! ([`Act::Carry`]): entries are counted on through all of them, and no number of an entry that
//! changed anything comes twice.

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
        /// The entry that it takes the place of, as whoever changes it has read it; `None` for a new
        /// one, and from programs that ask for no check.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
    },
    /// A contact is none any more.
    Remove {
        /// Which.
        id: String,
        /// The entry that put it down, as whoever removes it has read it; `None` as above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
    },
    /// All that stands here is still right.
    Confirm {
        /// The number of the newest entry that changed anything, as whoever confirms has read it.
        entry: u64,
    },
    /// What stood in the log before, which is full: the first entry of the one that follows it.
    Carry(Directory),
}

/// A contact as it stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listed {
    /// All of it.
    pub contact: Contact,
    /// The entry that put it down first.
    pub place: u64,
    /// The entry that put it down as it stands.
    pub entry: u64,
    /// When somebody last said that it is right: by putting it down, or by confirming.
    #[serde(with = "crate::moment")]
    pub confirmed: Time,
    /// Who said so.
    pub by: By,
}

/// What the contacts of an office stand at.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Directory {
    contacts: BTreeMap<String, Listed>,
    newest: u64,
    /// How many entries are counted before the first of this log.
    before: u64,
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

    /// The number by which an entry of this log is counted through all logs of the office.
    #[must_use]
    pub const fn counted(&self, entry: u64) -> u64 {
        self.before.saturating_add(entry)
    }

    /// What the log that follows this one begins with.
    #[must_use]
    pub fn carried(&self) -> Act {
        Act::Carry(self.clone())
    }

    /// Whether what somebody has read of a contact is what stands here.
    ///
    /// # Errors
    /// A sentence for whoever read something older.
    fn is_read(&self, id: &str, of: Option<u64>) -> Result<(), Refusal> {
        match (of, self.contacts.get(id)) {
            (None, _) => Ok(()),
            (Some(of), Some(listed)) if listed.entry == of => Ok(()),
            (Some(_), Some(_)) => Err(Refusal(
                "Somebody has changed this contact meanwhile: look at it and send this again.",
            )),
            (Some(_), None) => Err(Refusal(
                "Somebody has removed this contact meanwhile: add it anew if it is right.",
            )),
        }
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
            Act::Put { id, contact, of } => match self.contacts.get(id) {
                Some(listed) if listed.contact == *contact => {
                    Err(Refusal("That is what stands here: confirm it instead."))
                }
                None if of.is_none() && self.contacts.len() >= MOST => {
                    Err(Refusal("20 contacts stand here: remove one first."))
                }
                _ => self.is_read(id, *of).and_then(|()| contact.check()),
            },
            Act::Remove { id, .. } if !self.contacts.contains_key(id) => {
                Err(Refusal("There is no such contact here."))
            }
            Act::Remove { id, of } => self.is_read(id, *of),
            Act::Confirm { .. } if self.contacts.is_empty() => {
                Err(Refusal("Nobody is named here yet."))
            }
            Act::Confirm { entry } if *entry != self.newest => {
                Err(Refusal("Somebody has changed this meanwhile: read it again first."))
            }
            Act::Confirm { .. } => Ok(()),
            Act::Carry(_) if *self == Self::default() => Ok(()),
            Act::Carry(_) => Err(Refusal("This log has begun already.")),
        }
    }

    fn corrects(&self, _: u64, _: &By) -> Result<(), Refusal> {
        Err(Refusal(
            "Put the contact down again as it is right: what stood there stays in the log.",
        ))
    }

    fn take(&mut self, act: &Act, entry: &Told<'_>) {
        let number = self.counted(entry.number);
        match act {
            Act::Put { id, contact, .. } => {
                let place = self.contacts.get(id).map_or(number, |listed| listed.place);
                let (contact, confirmed, by) = (contact.clone(), entry.at, entry.by.clone());
                let listed = Listed { contact, place, entry: number, confirmed, by };
                self.contacts.insert(id.clone(), listed);
                self.newest = number;
            }
            Act::Remove { id, .. } => {
                self.contacts.remove(id);
                self.newest = number;
            }
            Act::Carry(stood) => *self = Self { before: stood.newest, ..stood.clone() },
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
mod tests;
