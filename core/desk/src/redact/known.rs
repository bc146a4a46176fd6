//! Words that the desk knows: people's names, machines, accounts.

use std::collections::BTreeMap;

use super::{Found, Rule};

/// The shortest name of a machine or an account that is looked for in sentences: "pc" is a word.
const SHORTEST: usize = 4;
/// The shortest part of somebody's name that is looked for by itself.
const PART: usize = 3;
/// Words of offices that stand in names as well: none of them is a family.
const OFFICES: [&str; 18] = [
    "board",
    "city",
    "clerk",
    "commissioner",
    "county",
    "demonstration",
    "deputy",
    "desk",
    "director",
    "election",
    "elections",
    "lead",
    "office",
    "officer",
    "secretary",
    "sensor",
    "somebody",
    "state",
];

/// What is looked for in sentences, beside what has a shape of its own.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// People: their identifier, and their name.
    pub people: Vec<(String, String)>,
    /// Names of sensors, hosts and machines.
    pub hosts: Vec<String>,
    /// Names of accounts.
    pub accounts: Vec<String>,
}

impl Known {
    pub(super) fn words(&self) -> Words {
        let mut words = Words::default();
        for (id, name) in &self.people {
            words.add(name, Meaning::Person(id.clone()), false);
            for part in parts(name) {
                words.add(part, Meaning::Person(id.clone()), true);
            }
        }
        for (names, rule) in [(&self.hosts, Rule::Hosts), (&self.accounts, Rule::Accounts)] {
            for name in names.iter().filter(|name| name.chars().count() >= SHORTEST) {
                words.add(name, Meaning::Thing(rule), false);
            }
        }
        for list in words.by_first.values_mut() {
            // The longest that fits is meant.
            list.sort_by_key(|word| std::cmp::Reverse(word.chars.len()));
        }
        words
    }
}

/// The parts of a name that stand for whoever has it: of a name that is made of nothing but words
/// that begin with capitals, and of no word of an office.
fn parts(name: &str) -> Vec<&str> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_name = |word: &&str| {
        word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '\u{2019}'))
            && !OFFICES.contains(&word.to_lowercase().as_str())
    };
    if words.len() < 2 || !words.iter().all(is_name) {
        return Vec::new();
    }
    words.into_iter().filter(|word| word.chars().count() >= PART && !word.ends_with('.')).collect()
}

#[derive(Clone, Debug)]
enum Meaning {
    Person(String),
    Thing(Rule),
}

#[derive(Clone, Debug)]
struct Word {
    /// In small letters unless it is a part; blanks as one each.
    chars: Vec<char>,
    meaning: Meaning,
    /// A part of a name: written as names are, and not the name of a county.
    part: bool,
}

/// Known words by their first letter.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    by_first: BTreeMap<char, Vec<Word>>,
    people: BTreeMap<String, String>,
}

impl Words {
    fn add(&mut self, text: &str, meaning: Meaning, part: bool) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let chars: Vec<char> =
            if part { text.chars().collect() } else { text.chars().map(small).collect() };
        let Some(first) = chars.first().copied().map(small) else { return };
        if let (Meaning::Person(id), false) = (&meaning, part) {
            self.people.entry(chars.iter().collect()).or_insert_with(|| id.clone());
        }
        self.by_first.entry(first).or_default().push(Word { chars, meaning, part });
    }

    /// The identifier of whoever is called so.
    pub(super) fn person(&self, name: &str) -> Option<String> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        self.people.get(&name.chars().map(small).collect::<String>()).cloned()
    }

    /// The known word that stands here by itself.
    pub(super) fn at(&self, chars: &[char], at: usize, before: char) -> Option<Found> {
        let first = small(*chars.get(at)?);
        if before.is_alphanumeric() {
            return None;
        }
        self.by_first.get(&first)?.iter().find_map(|word| {
            let end = word.ends(chars, at)?;
            Some(match &word.meaning {
                Meaning::Person(id) => Found::Person(id.clone(), end),
                Meaning::Thing(rule) => Found::Remove(*rule, end),
            })
        })
    }
}

impl Word {
    /// Where it ends when it stands here.
    fn ends(&self, chars: &[char], from: usize) -> Option<usize> {
        let mut at = from;
        for want in &self.chars {
            let is = *chars.get(at)?;
            if *want == ' ' {
                if !is.is_whitespace() {
                    return None;
                }
                while chars.get(at).is_some_and(|c| c.is_whitespace()) {
                    at = at.saturating_add(1);
                }
                continue;
            }
            let fits = if self.part { is == *want } else { small(is) == *want };
            if !fits {
                return None;
            }
            at = at.saturating_add(1);
        }
        let stands_alone = !chars.get(at).is_some_and(|c| c.is_alphanumeric());
        (stands_alone && !(self.part && is_place(chars, at))).then_some(at)
    }
}

/// Whether what follows makes a place of a name: "Cole County".
fn is_place(chars: &[char], at: usize) -> bool {
    let rest: String = chars.iter().skip(at).take(8).collect::<String>().to_lowercase();
    rest.starts_with(" county") || rest.starts_with(" city")
}

/// A letter in its small form, as far as that is one letter.
fn small(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}
