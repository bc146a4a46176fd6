//! What is taken out of what the office gives away, and the mark that stands in its place.
//!
//! A value of a known kind (a name, a number to call back) goes by what it is, whatever it says.
//! Free text is read by a small scanner, and held against the names that the desk knows. What is
//! removed leaves a visible mark with its rule; a person keeps one number throughout, so that it
//! stays readable who did what.
//!
//! No scanner knows every name: somebody has to read what is given out before it goes.

mod known;
mod letters;
mod names;
mod plain;
mod scan;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::choices::choices;
pub use known::Known;
use known::{Counted, Here, Words};
use plain::Plain;

choices! {
    /// What is taken out. The name is the rule's number, as marks and lists say it.
    Rule {
        /// Names of people, of the desk and told to it.
        Names = "R1", "Names of people";
        /// Telephone numbers, and every value that says where somebody is called back.
        Telephones = "R2", "Telephone numbers";
        /// Addresses of mail.
        Mail = "R3", "E-mail addresses";
        /// IPv4, IPv6 and hardware addresses.
        Addresses = "R4", "Network addresses";
        /// Addresses of web pages, host names, names of machines that the desk knows.
        Hosts = "R5", "Web addresses and names of machines";
        /// Names by which somebody signs in or writes in public.
        Accounts = "R6", "Account names";
        /// What whoever wrote it marked as security detail.
        Security = "R7", "What was marked as security detail";
    }
}

impl Rule {
    /// What falls under it, in sentences.
    #[must_use]
    pub const fn removes(self) -> &'static str {
        match self {
            Self::Names => {
                "Names of people of the desk, those that they had before too; whoever told \
                 something, was told it or confirmed it; contacts; and the same names in \
                 sentences, in whatever letters, also joined, or the last part first with a comma. \
                 Part of a name is removed where it is a word with a capital letter; one of two \
                 letters that is an ordinary word too (\"Do\", \"An\") only within a sentence. It is \
                 kept before \"County\" or \"City\" (a place), and where it is a month before a day \
                 (\"May 3\"). Each person has one number throughout. There is none where two people \
                 have the name, or where it is not said who it was (\"a voter\")."
            }
            Self::Telephones => {
                "Numbers of seven digits or more, also over the end of a line, and every value to \
                 call back. Days of the calendar, amounts of dollars, and what goes from one hour \
                 or year to another, stay; so does a number behind a word such as \"Section\", \
                 \"Batch\", \"Seal\" or \"Zip\" that has not the shape of a telephone number of \
                 North America."
            }
            Self::Mail => "Every address of mail, also with its signs spelled (\"at\", \"dot\").",
            Self::Addresses => {
                "Every IPv4, IPv6 and hardware address, also with commas or in hexadecimal digits: \
                 a text does not say whether it is the office's own. Short numbers with dots \
                 behind \"Section\", \"version\" and the like stay."
            }
            Self::Hosts => {
                "Every web address, host name and shared folder, and the names of sensors and \
                 machines."
            }
            Self::Accounts => {
                "Names of accounts that a case names, where they stand as a word, also with their \
                 words and numbers apart or joined, and names that begin with @. One that is a \
                 letter, a year, a number of up to three digits or an ordinary word (\"all\", \
                 \"office\") goes only behind a word such as \"account\" or \"user\"; so it is with \
                 machines."
            }
            Self::Security => {
                "What follows the word \"Security\" and a colon, dash, equals sign or similar, to \
                 the end of that line. If that line ends there, the next line. If \"Security\" \
                 stands alone above an empty line, the line after that."
            }
        }
    }

    /// Why it is taken out, in general words. On what law it stands is for the office to say.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Names => "Who did what can be followed without saying who they are.",
            Self::Telephones | Self::Mail => {
                "How people are reached is of use to whoever threatens or deceives them."
            }
            Self::Addresses | Self::Hosts => {
                "It tells where the systems of offices are, and so where to try them."
            }
            Self::Accounts => "The name of an account is half of what it takes to sign in.",
            Self::Security => "Whoever wrote it said that it tells how something is guarded.",
        }
    }

    /// What stands in the place of what was removed.
    #[must_use]
    pub fn mark(self) -> String {
        format!("[removed: rule {}]", self.name())
    }
}

/// Of what kind a value is, before anybody reads it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Sentences: read by the scanner.
    Free,
    /// Somebody's name.
    Person,
    /// Where somebody is reached.
    Contact,
    /// The name of an account.
    Account,
    /// The name of a machine.
    Host,
    /// One of the desk's own words, a number, a moment: never anybody's.
    Fixed,
}

/// Takes out, and counts what it took.
#[derive(Clone, Debug)]
pub struct Redactor {
    words: Words,
    /// The numbers of people, by their key.
    people: BTreeMap<String, usize>,
    counts: BTreeMap<Rule, u64>,
}

impl Redactor {
    /// One that knows these words.
    #[must_use]
    pub fn new(known: &Known) -> Self {
        Self { words: known.words(), people: BTreeMap::new(), counts: BTreeMap::new() }
    }

    /// How often each rule took something out, in the order of the rules.
    #[must_use]
    pub fn counts(&self) -> Vec<(Rule, u64)> {
        Rule::ALL.map(|rule| (rule, self.counts.get(&rule).copied().unwrap_or(0))).to_vec()
    }

    /// Somebody by their identifier: their number, with its mark.
    pub fn person(&mut self, id: &str) -> String {
        self.count(Rule::Names);
        let next = self.people.len().saturating_add(1);
        let number = *self.people.entry(id.to_owned()).or_insert(next);
        format!("Person {number} {}", Rule::Names.mark())
    }

    /// Somebody of whom there is a name alone: who is called so, or else the name's own number. Where
    /// nobody can say who it is, there is none.
    fn named(&mut self, name: &str) -> String {
        match self.words.whose(name) {
            Some(id) => self.person(&id),
            None => self.removed(Rule::Names),
        }
    }

    /// A value of a kind. What is empty, or is a mark already, stays.
    pub fn value(&mut self, class: Class, text: &str) -> String {
        let whole: Vec<char> = text.chars().collect();
        if text.is_empty() || scan::mark(&whole, 0) == Some(whole.len()) {
            return text.to_owned();
        }
        match class {
            Class::Fixed => text.to_owned(),
            Class::Free => self.text(text),
            Class::Person => self.named(text),
            Class::Contact => self.removed(Rule::Telephones),
            Class::Account => self.removed(Rule::Accounts),
            Class::Host => self.removed(Rule::Hosts),
        }
    }

    /// Sentences, without what the rules take out. Doing it again changes nothing.
    pub fn text(&mut self, text: &str) -> String {
        let mut read = self.pass(text);
        // What was taken out can let something stand free beside it: looked at until nothing is.
        for _ in 0..3 {
            let again = self.pass(&read);
            if again == read {
                break;
            }
            read = again;
        }
        read
    }

    fn pass(&mut self, text: &str) -> String {
        let plain = Plain::new(text);
        if plain.chars.is_empty() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut here = Here::BEGIN;
        while let Some(&c) = plain.chars.get(here.at) {
            let Some(found) = self.found(&plain, here) else {
                out.push_str(plain.kept(here.at, here.at.saturating_add(1)));
                here.past(&plain, c);
                continue;
            };
            let end = plain.whole(found.end());
            let passed = plain.chars.get(here.at..end).unwrap_or_default();
            let last = passed.last().copied().unwrap_or(' ');
            let is_account = match &found {
                Found::Keep(_) => {
                    out.push_str(plain.kept(here.at, end));
                    passed.ends_with(&['R', '6', ']'])
                }
                Found::Remove(rule, _) => {
                    out.push_str(&self.removed(*rule));
                    *rule == Rule::Accounts
                }
                Found::After(rule, begin, _) => {
                    out.push_str(plain.kept(here.at, *begin));
                    out.push_str(&self.removed(*rule));
                    false
                }
                Found::Person(id, _) => {
                    out.push_str(&self.person(id));
                    false
                }
            };
            let before = if matches!(found, Found::Keep(_)) { last } else { ']' };
            here.past_found(end, before, is_account);
        }
        out
    }

    /// What stands at a place of a text.
    fn found(&self, plain: &Plain<'_>, here: Here) -> Option<Found> {
        let (chars, at, before) = (&plain.chars, here.at, here.before);
        let is_digit = chars.get(at).is_some_and(char::is_ascii_digit);
        let is_counted = is_digit && here.counted != Counted::No;
        let known = || self.words.at(plain, here);
        let counted = || known().or_else(|| scan::counted(chars, here));
        let found = if is_counted { counted() } else { None };
        let found = found.or_else(|| scan::at(chars, at, before)).or_else(known);
        let found = found.or_else(|| scan::number(chars, at, before));
        found.filter(|found| found.end() > at)
    }

    fn removed(&mut self, rule: Rule) -> String {
        self.count(rule);
        rule.mark()
    }

    fn count(&mut self, rule: Rule) {
        let count = self.counts.entry(rule).or_default();
        *count = count.saturating_add(1);
    }
}

/// What stands at a place of a text, and where it ends.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Found {
    /// It stays as it is, and nothing begins within it.
    Keep(usize),
    /// It goes by this rule.
    Remove(Rule, usize),
    /// It stays as far as the first place; what follows goes.
    After(Rule, usize, usize),
    /// It is the name of this person.
    Person(String, usize),
}

impl Found {
    const fn end(&self) -> usize {
        match self {
            Self::Keep(end)
            | Self::Remove(_, end)
            | Self::After(_, _, end)
            | Self::Person(_, end) => *end,
        }
    }
}

#[cfg(test)]
mod tests;
