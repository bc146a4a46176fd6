//! A log that only grows, and the machine that says what may come next.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ward_kernel::Time;

use crate::notices::Telling;
use crate::text::Words;

/// Who put an entry down, as they were called then.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct By {
    /// The person's id.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// What an entry says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body<A> {
    /// Something was done.
    Act(A),
    /// What an earlier entry says was wrong in its words. Both stay; where it stands at does not
    /// change by it.
    Correction {
        /// The entry's number.
        of: u64,
        /// How it should read.
        text: Words,
    },
}

/// One entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry<A> {
    /// Its number in its log, from 1 without gaps.
    pub number: u64,
    /// What whoever sent it drew for it: sent again with the same key, it is the same entry.
    pub key: String,
    /// When it was put down.
    pub at: Time,
    /// By whom.
    pub by: By,
    /// What it says.
    pub body: Body<A>,
}

/// What a kind of thing stands at, and which acts may follow. It is kept beside its log as well, for
/// lists that do not read the entries.
pub trait Machine: Clone + Default + DeserializeOwned + Send + Serialize + Sync + 'static {
    /// The name of the kind, by which logs are kept.
    const KIND: &'static str;

    /// Whether another log can begin where one is full: of what has one for good nothing can.
    const ANEW: bool = true;

    /// What can be done.
    type Act: Clone + PartialEq + Send + Sync + 'static;

    /// Whether the act may follow.
    ///
    /// # Errors
    /// A sentence for whoever wanted it.
    fn allows(&self, act: &Self::Act, by: &By) -> Result<(), Refusal>;

    /// Whether there is something left to do.
    fn is_open(&self) -> bool;

    /// Whether the act of somebody brings it to its end, or near it: taken even where a log is full.
    /// So few of them may follow each other that nobody goes on for ever.
    fn settles(&self, _: &Self::Act, _: &By) -> bool {
        false
    }

    /// Whether somebody may correct an entry.
    ///
    /// # Errors
    /// A sentence for whoever wanted it.
    fn corrects(&self, _of: u64, _by: &By) -> Result<(), Refusal> {
        Ok(())
    }

    /// Who has news by an act that may follow.
    fn concerns<'a>(&'a self, _: &'a Self::Act) -> Concerned<'a> {
        Concerned::Own
    }

    /// Goes on by an act that was allowed.
    fn take(&mut self, act: &Self::Act, entry: &Told<'_>);

    /// What people are told when the act follows at this moment; `None` when it is for those who
    /// look.
    fn tells(&self, _: &Self::Act, _: Time) -> Option<Telling> {
        None
    }
}

/// Who has news by an act.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Concerned<'a> {
    /// The state's office, and the jurisdiction whose log it is.
    Own,
    /// These, by their ids, and those of [`Concerned::Own`].
    Places(BTreeSet<&'a str>),
    /// Everybody.
    Everybody,
}

/// An entry, as far as a machine needs it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Its number.
    pub number: u64,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: &'a By,
}

/// Entries that a log takes: all of them are read to know what it stands at.
const MOST: usize = 2_000;
/// Entries of one person that it takes: nobody fills it for everybody else.
const EACH: usize = 500;

/// Why something cannot follow: a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal(pub &'static str);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refusal {}

/// What becomes of something that somebody sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is put down under this number.
    Next(u64),
    /// It was sent again: it stands under this number already.
    Already(u64),
}

/// All entries of one thing, and what it stands at.
#[derive(Clone, Debug)]
pub struct Log<M: Machine> {
    entries: Vec<Entry<M::Act>>,
    state: M,
}

impl<M: Machine> Default for Log<M> {
    fn default() -> Self {
        Self { entries: Vec::new(), state: M::default() }
    }
}

impl<M: Machine> Log<M> {
    /// Reads entries again, in their order. They are taken as they are: they were allowed when they
    /// were put down, and a newer Ward may not forget them.
    pub fn read(entries: impl IntoIterator<Item = Entry<M::Act>>) -> Self {
        let mut log = Self::default();
        entries.into_iter().for_each(|entry| log.push(entry));
        log
    }

    /// What it stands at.
    pub const fn state(&self) -> &M {
        &self.state
    }

    /// All entries, the first first.
    pub fn entries(&self) -> &[Entry<M::Act>] {
        &self.entries
    }

    /// The corrections of an entry, the first first.
    pub fn corrections(&self, number: u64) -> impl Iterator<Item = (&Entry<M::Act>, &Words)> {
        self.entries.iter().filter_map(move |entry| match &entry.body {
            Body::Correction { of, text } if *of == number => Some((entry, text)),
            _ => None,
        })
    }

    /// What becomes of something that somebody sends. The same words under the same key are the same
    /// thing sent again, by a person who pressed a button twice or a telephone that found its
    /// network back; other words under it are refused, so that they are not lost unseen.
    ///
    /// # Errors
    /// Why it cannot follow.
    pub fn judge(&self, key: &str, body: &Body<M::Act>, by: &By) -> Result<Verdict, Refusal> {
        let known = |entry: &&Entry<M::Act>| entry.key == key && entry.by.id == by.id;
        match self.entries.iter().find(known) {
            Some(entry) if entry.body == *body => return Ok(Verdict::Already(entry.number)),
            Some(_) => {
                return Err(Refusal(
                    "Something else was sent from this page before: open it again, and send this \
                     once more.",
                ));
            }
            None => {}
        }
        if !self.settles(body, by) {
            self.has_room(by)?;
        }
        match body {
            Body::Act(act) => self.state.allows(act, by)?,
            Body::Correction { of, .. } => {
                self.is_act(*of)?;
                self.state.corrects(*of, by)?;
            }
        }
        Ok(Verdict::Next(self.next()))
    }

    /// Whether it takes this of somebody however full it is: see [`Machine::settles`].
    pub fn settles(&self, body: &Body<M::Act>, by: &By) -> bool {
        matches!(body, Body::Act(act) if self.state.settles(act, by))
    }

    /// Whether it takes one more entry of somebody.
    ///
    /// # Errors
    /// Why not.
    pub fn has_room(&self, by: &By) -> Result<(), Refusal> {
        if self.entries.len() >= MOST {
            return Err(Refusal(if M::ANEW {
                "2,000 entries stand here: bring this to its end and begin anew."
            } else {
                "2,000 entries stand here: no more can be written here."
            }));
        }
        let own = || self.entries.iter().filter(|entry| entry.by.id == by.id).count();
        if self.entries.len() >= EACH && own() >= EACH {
            return Err(Refusal("500 entries of yours stand here: somebody else has to go on."));
        }
        Ok(())
    }

    /// The number of the next entry.
    fn next(&self) -> u64 {
        self.entries.last().map_or(1, |entry| entry.number.saturating_add(1))
    }

    fn is_act(&self, of: u64) -> Result<(), Refusal> {
        let entry = self.entries.iter().find(|entry| entry.number == of);
        match entry.map(|entry| &entry.body) {
            Some(Body::Act(_)) => Ok(()),
            Some(Body::Correction { .. }) => {
                Err(Refusal("A correction is not corrected: correct the entry itself once more."))
            }
            None => Err(Refusal("There is no such entry to correct.")),
        }
    }

    /// Puts something down that was judged to be next.
    ///
    /// # Errors
    /// Why it cannot follow.
    pub fn add(
        &mut self,
        key: &str,
        at: Time,
        by: &By,
        body: Body<M::Act>,
    ) -> Result<Verdict, Refusal> {
        let verdict = self.judge(key, &body, by)?;
        if let Verdict::Next(number) = verdict {
            self.push(Entry { number, key: key.to_owned(), at, by: by.clone(), body });
        }
        Ok(verdict)
    }

    fn push(&mut self, entry: Entry<M::Act>) {
        if let Body::Act(act) = &entry.body {
            let told = Told { number: entry.number, at: entry.at, by: &entry.by };
            self.state.take(act, &told);
        }
        self.entries.push(entry);
    }
}
