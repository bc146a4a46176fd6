//! Words that the desk knows: people's names, machines, accounts.

use std::collections::BTreeMap;

use super::letters::{literal, run};
use super::names::{among, is_plain, names, parts, pieces, place, surnamed};
use super::plain::Plain;
use super::{Found, Rule};

/// The shortest name of one word that is looked for in small letters.
const SHORT: usize = 4;
/// Short words that stand in any sentence: an account or a machine of such a name is known only by
/// the word before it.
pub(super) const ORDINARY: &str = "\
    a all am an and any are as at bad be big box but by can car day did do due end far few for \
    fri get go got had has he her hi him his hot how i if in is it its job key law let lot low \
    man may me men mo mon mr ms my new no nor not now of off oh ok old on one or our out own pc \
    per pm put ran red run sat saw say see set she sit six so sun tax ten the tie to too top tue \
    tv two up us use via vs was way we web wed who why yes yet you zip";
/// Longer ones that stand in the sentences of an office, beside those that are nobody's name, and by
/// which strangers try to sign in: none of them chooses what goes.
const TRIED: &str = "\
    accounting accounts alarm backup ballots billing camera clerks conference copier data database \
    default demo email finance frontdesk guest helpdesk info internet invoice kiosk laptop login \
    mail master monitor open order orders payroll post print printer printers purchase report \
    reports results root sales scan scanner scans server student sync system systems tech temp \
    test tester testing tests training treasurer user users vote voted votes voting warehouse \
    webmaster wifi";
/// Words before the name of an account; the others may stand between.
const CUES: &str = "\
    account accounts as login logins logon owner password sign-in user userid username usernames \
    users";
const BETWEEN_CUES: &str = "and called is name named of or";
/// Words before a number that say that it is no telephone's.
const COUNTED: &str = "\
    ballot batch case form incident invoice item lot precinct seal serial tabulator ticket ward zip";
/// Those before one that can have as many dots as an address.
const DOTTED: &str = "article chapter rsmo section version";
/// The fewest letters of a name that is looked for with its parts joined.
const JOINED: usize = 8;
/// The longest name that is turned, in words.
const LONG: usize = 4;
/// The fewest letters of a name that is one with the s of many also where a sentence begins: "Does".
const MANY: usize = 6;
/// Months that are names as well.
const MONTHS: [&str; 4] = ["april", "august", "june", "may"];

/// What is looked for in sentences, beside what has a shape of its own.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// People: their identifier, and their name. One who was renamed has a pair for each name.
    pub people: Vec<(String, String)>,
    /// What stands in fields for somebody's name.
    pub named: Vec<String>,
    /// What stands in fields that can name an office as well: one word alone is no person there.
    pub told: Vec<String>,
    /// Names of jurisdictions: no names of people by themselves.
    pub places: Vec<String>,
    /// Names of sensors, hosts and machines.
    pub hosts: Vec<String>,
    /// Names of accounts.
    pub accounts: Vec<String>,
}

impl Known {
    pub(super) fn words(&self) -> Words {
        let places = self.places.iter().map(|name| place(name)).collect();
        let mut words = Words { places, ..Words::default() };
        for (id, name) in &self.people {
            words.call(name, id);
            words.person_of(name, id, true);
        }
        let is_some = |text: &&String| text.split_whitespace().count() > 1;
        for text in self.named.iter().chain(self.told.iter().filter(is_some)) {
            // Somebody who is known already, by their whole name in it.
            let all = names(text, &words.places).into_iter().map(|name| name.join(" "));
            let mut all = all.chain(pieces(text).map(str::to_owned));
            let known = all.find_map(|name| words.called.get(&folded(&name)).cloned().flatten());
            let Some(id) = known.or_else(|| words.whose(text)) else { continue };
            words.called.entry(folded(text)).or_insert_with(|| Some(id.clone()));
            words.person_of(text, &id, false);
        }
        for (names, rule) in [(&self.hosts, Rule::Hosts), (&self.accounts, Rule::Accounts)] {
            names.iter().for_each(|name| words.add(name, Meaning::Thing(rule), named(name)));
        }
        for name in &self.accounts {
            words.account(name);
        }
        for list in words.by_first.values_mut() {
            share(list);
            // The longest that fits is meant.
            list.sort_by_key(|word| std::cmp::Reverse(word.small.len()));
        }
        words
    }
}

/// How the name of a machine or an account stands in sentences.
fn named(name: &str) -> How {
    if is_common(name) { How::Told } else { thing(name) }
}

/// The same of a part of it. A word of the office with a number is in no sentence by chance.
fn thing(name: &str) -> How {
    let long = name.chars().count();
    // A year is a number of any sentence too.
    let is_year = |number| long == 4 && (1900..2100).contains(&number);
    let is_number = name.parse::<u32>().is_ok_and(|number| long <= 3 || is_year(number));
    let is_ordinary = long == 1 || among(ORDINARY, &name.to_lowercase());
    if is_number || is_ordinary { How::Told } else { How::Whole }
}

/// Whether a word stands in any sentence of an office.
fn is_common(word: &str) -> bool {
    is_plain(word) || among(TRIED, &word.to_lowercase())
}

/// What several people are called says of none that it is they.
fn share(list: &mut [Word]) {
    let mut all: BTreeMap<Vec<char>, Option<String>> = BTreeMap::new();
    for word in list.iter() {
        if let Meaning::Person(id) = &word.meaning {
            let whose = all.entry(word.small.clone()).or_insert_with(|| id.clone());
            *whose = whose.take().filter(|one| Some(one) == id.as_ref());
        }
    }
    for word in list {
        if let Meaning::Person(id) = &mut word.meaning {
            *id = id.take().filter(|_| all.get(&word.small).is_some_and(Option::is_some));
        }
    }
}

/// A name as it is compared: in small letters, blanks as one each.
fn folded(text: &str) -> String {
    let small: String = Plain::new(text).small.into_iter().collect();
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Clone, Debug)]
enum Meaning {
    /// Somebody by their identifier; `None` when several are called so.
    Person(Option<String>),
    Thing(Rule),
}

/// How a known word has to stand in a sentence to be meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum How {
    /// By itself, in whatever letters.
    Whole,
    /// With its capital, and not as the name of a county or of a month.
    Part,
    /// The same in two letters: only the first is a capital. What is an ordinary word too has to
    /// stand within a sentence, where it would have none.
    Short,
    /// Behind a word that says what it is.
    Told,
}

#[derive(Clone, Debug)]
struct Word {
    small: Vec<char>,
    meaning: Meaning,
    how: How,
}

/// Known words by what they begin with: letters and digits, or one sign.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    by_first: BTreeMap<Vec<char>, Vec<Word>>,
    /// Who is called so; `None` when several of the desk are.
    called: BTreeMap<String, Option<String>>,
    /// Names of places, as they are compared.
    places: Vec<String>,
}

/// What the word before a number says of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Counted {
    /// Nothing.
    No,
    /// That it is no telephone's.
    Number,
    /// That it is neither that nor an address, with as many dots: "Section 4.2.1.3".
    Dotted,
}

/// Where in a text something is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here {
    /// The place.
    pub(super) at: usize,
    /// The letter before it, a bracket after a mark.
    pub(super) before: char,
    /// Whether a sentence begins here.
    pub(super) opens: bool,
    /// Whether what stands here is said to be an account.
    pub(super) cue: bool,
    /// What a number that stands here is said to be.
    pub(super) counted: Counted,
}

impl Here {
    pub(super) const BEGIN: Self =
        Self { at: 0, before: '\n', opens: true, cue: false, counted: Counted::No };

    /// Past one letter that stays.
    pub(super) fn past(&mut self, plain: &Plain<'_>, c: char) {
        let is_start = c.is_alphanumeric() && !self.before.is_alphanumeric();
        if is_start {
            self.counted = counts(plain, self.at, self.counted);
        } else if !c.is_alphanumeric() {
            self.counted = match c {
                '$' => Counted::Number,
                '\u{a7}' => Counted::Dotted,
                ' ' | '.' | '#' | ':' | '-' => self.counted,
                _ => Counted::No,
            };
        }
        if is_start && self.before != '-' {
            self.cue = cue(plain, self.at, self.cue);
        } else if !c.is_alphanumeric() && !" '\",:=()[]-".contains(c) {
            self.cue = false;
        }
        self.opens = match c {
            '.' | '!' | '?' | ':' | ';' | '\n' => true,
            _ => self.opens && !c.is_alphanumeric(),
        };
        (self.at, self.before) = (self.at.saturating_add(1), c);
    }

    /// Past something that was found.
    pub(super) fn past_found(&mut self, end: usize, before: char, is_account: bool) {
        let opens = before == '\n';
        *self = Self { at: end, before, opens, cue: is_account, counted: Counted::No };
    }
}

/// Whether the word that begins here says that an account follows, or stands between.
fn cue(plain: &Plain<'_>, at: usize, before: bool) -> bool {
    let end = run(&plain.small, at, |c| c.is_alphanumeric() || c == '-');
    let word: String = plain.small.get(at..end).unwrap_or_default().iter().take(12).collect();
    among(CUES, &word) || before && among(BETWEEN_CUES, &word)
}

/// What the word that begins here says of the number behind it; the same as the word before it when
/// it stands between.
fn counts(plain: &Plain<'_>, at: usize, before: Counted) -> Counted {
    let end = run(&plain.small, at, char::is_alphabetic);
    let word: String = plain.small.get(at..end).unwrap_or_default().iter().take(12).collect();
    let next = plain.small.get(end).copied().unwrap_or(' ');
    match word.as_str() {
        "no" | "number" => before,
        "sec" | "v" if next == '.' || next.is_ascii_digit() => Counted::Dotted,
        _ if next == '.' => Counted::No,
        // "Seal AB-1234567".
        _ if matches!(word.len(), 1..=3) && (next == '-' || next.is_ascii_digit()) => before,
        word if among(COUNTED, word.trim_end_matches('s')) => Counted::Number,
        word if among(DOTTED, word.trim_end_matches('s')) => Counted::Dotted,
        _ => Counted::No,
    }
}

impl Words {
    /// Says that somebody is called so.
    fn call(&mut self, name: &str, id: &str) {
        let whose = self.called.entry(folded(name)).or_insert_with(|| Some(id.to_owned()));
        *whose = whose.take().filter(|one| one == id);
        let one = name.split_whitespace().count() == 1;
        let is_ordinary = is_plain(name) || name.chars().count() < SHORT;
        let how = if one && is_ordinary { part(name) } else { How::Whole };
        self.one(name, id, how);
    }

    /// Adds a word as that of somebody.
    fn one(&mut self, text: &str, id: &str, how: How) {
        self.add(text, Meaning::Person(Some(id.to_owned())), how);
    }

    /// Adds the names in a text, and their parts, as those of somebody; `is_own` says that the desk
    /// calls them so.
    fn person_of(&mut self, text: &str, id: &str, is_own: bool) {
        let all = names(text, &self.places);
        let mut phrases: Vec<String> = all.iter().map(|name| name.join(" ")).collect();
        let named = pieces(text).filter(|piece| !names(piece, &self.places).is_empty());
        phrases.extend(named.map(|piece| piece.trim().to_owned()));
        for phrase in phrases.iter().filter(|phrase| phrase.contains(' ')) {
            self.called.entry(folded(phrase)).or_insert_with(|| Some(id.to_owned()));
            self.one(phrase, id, How::Whole);
        }
        for piece in pieces(text) {
            let name = surnamed(piece, &self.places, is_own).unwrap_or_default();
            self.surname(&name, id);
        }
        for name in all.iter().filter(|name| (2..=LONG).contains(&name.len())) {
            self.turned(name, id);
        }
        for word in all.iter().flat_map(|name| parts(name)) {
            self.one(word, id, part(word));
        }
    }

    /// Adds what a name ends with that is a plain word elsewhere, by itself and turned.
    fn surname(&mut self, name: &[&str], id: &str) {
        let Some(last) = name.last() else { return };
        let is_ordinary = among(ORDINARY, &last.to_lowercase());
        self.one(last, id, if is_ordinary { How::Short } else { part(last) });
        if name.len() <= LONG {
            self.turned(name, id);
        }
    }

    /// Adds a whole name with its last parts first and a comma behind them, and in one word.
    fn turned(&mut self, name: &[&str], id: &str) {
        for from in 0..name.len() {
            let (first, last) = name.split_at(from);
            let joined = [last, first].concat().concat();
            if joined.chars().count() >= JOINED {
                self.one(&joined, id, How::Whole);
            }
            if from > 0 {
                let text = format!("{},{}", last.join(" "), first.join(" "));
                self.one(&text, id, How::Whole);
            }
        }
    }

    /// Adds the name of an account with its words and numbers apart, and in one word.
    fn account(&mut self, name: &str) {
        let mut apart = String::new();
        let mut before = ' ';
        for c in name.chars() {
            let is_sign = " _-.".contains(c);
            let is_seam = before.is_alphabetic() && c.is_numeric()
                || before.is_numeric() && c.is_alphabetic();
            if is_sign || is_seam {
                apart.push(' ');
            }
            if !is_sign {
                apart.push(c);
            }
            before = c;
        }
        let parts: Vec<&str> = apart.split_whitespace().collect();
        if parts.len() > 1 {
            let told = |fits: fn(&str) -> bool| parts.iter().all(|part| fits(part));
            // "precinct4" is an account, "Precinct 4" a place.
            let is_counted = |word: &str| {
                [COUNTED, DOTTED].into_iter().any(|list| among(list, &word.to_lowercase()))
            };
            let is_number = matches!(parts[..], [word, _] if is_counted(word));
            let is_told = told(|part| thing(part) == How::Told) || told(is_common) || is_number;
            let how = if is_told { How::Told } else { How::Whole };
            self.add(&apart, Meaning::Thing(Rule::Accounts), how);
            let joined = parts.concat();
            self.add(&joined, Meaning::Thing(Rule::Accounts), named(&joined));
        }
    }

    fn add(&mut self, text: &str, meaning: Meaning, how: How) {
        let small: Vec<char> = folded(text).replace(", ", ",").chars().collect();
        let first = small.get(..first(&small, 0)).unwrap_or_default().to_vec();
        if !first.is_empty() {
            self.by_first.entry(first).or_default().push(Word { small, meaning, how });
        }
    }

    /// The identifier of somebody of whom there is a name alone; `None` when several are called so,
    /// or when it is no name: one "voter" is not the next.
    pub(super) fn whose(&self, name: &str) -> Option<String> {
        let small = folded(name);
        let key = || (!names(name, &self.places).is_empty()).then(|| format!("name {small}"));
        self.called.get(&small).cloned().unwrap_or_else(key)
    }

    /// The known word that stands here by itself.
    pub(super) fn at(&self, plain: &Plain<'_>, here: Here) -> Option<Found> {
        if here.before.is_alphanumeric() {
            return None;
        }
        let first = plain.small.get(here.at..first(&plain.small, here.at))?;
        let many = first.strip_suffix(&['s']).and_then(|one| self.by_first.get(one));
        let mut words = self.by_first.get(first).into_iter().chain(many).flatten();
        words.find_map(|word| {
            let end = word.ends(plain, here)?;
            Some(match &word.meaning {
                Meaning::Person(Some(id)) => Found::Person(id.clone(), end),
                Meaning::Person(None) => Found::Remove(Rule::Names, end),
                Meaning::Thing(rule) => Found::Remove(*rule, end),
            })
        })
    }
}

/// Where what a word begins with ends.
fn first(small: &[char], at: usize) -> usize {
    run(small, at, char::is_alphanumeric).max(at.saturating_add(1)).min(small.len())
}

/// How a part of a name has to stand.
fn part(word: &str) -> How {
    if word.chars().count() < 3 { How::Short } else { How::Part }
}

impl Word {
    /// Where it ends when it stands here and is meant.
    fn ends(&self, plain: &Plain<'_>, here: Here) -> Option<usize> {
        let mut at = here.at;
        for want in &self.small {
            let is = *plain.small.get(at)?;
            if matches!(want, ' ' | ',') {
                at = self.gap(plain, at, *want)?;
                continue;
            }
            if is != *want {
                return None;
            }
            at = at.saturating_add(1);
        }
        at = self.many(plain, here, at);
        let stands_alone = !plain.chars.get(at).is_some_and(|c| c.is_alphanumeric());
        (stands_alone && self.is_meant(plain, here, at)).then_some(at)
    }

    /// Where the signs between two parts end: also as they stand in the name of an account or over
    /// the end of a line, and those of a person with a comma.
    fn gap(&self, plain: &Plain<'_>, at: usize, want: char) -> Option<usize> {
        let is_person = matches!(self.meaning, Meaning::Person(_));
        let fits = |c: char| c.is_whitespace() || "._-".contains(c) || c == ',' && is_person;
        let end = run(&plain.small, at, fits);
        let passed = plain.small.get(at..end)?;
        (!passed.is_empty() && (want == ' ' || passed.contains(&','))).then_some(end)
    }

    /// Where the s of many ends that follows a name.
    fn many(&self, plain: &Plain<'_>, here: Here, at: usize) -> usize {
        let is_person = matches!(self.meaning, Meaning::Person(_));
        let is_name = is_person && matches!(self.how, How::Whole | How::Part);
        let fits = is_name && (!here.opens || self.small.len() >= MANY);
        literal(&plain.small, at, "s").filter(|_| fits).unwrap_or(at)
    }

    fn is_meant(&self, plain: &Plain<'_>, here: Here, end: usize) -> bool {
        let is_capital = |at: usize| plain.chars.get(at).is_some_and(|c| c.is_uppercase());
        match self.how {
            // Nobody makes places go by trying to sign in under their names.
            How::Whole => {
                let is_person = matches!(self.meaning, Meaning::Person(_));
                is_person || here.cue || !is_place(plain, end)
            }
            How::Told => here.cue,
            How::Part => is_capital(here.at) && !is_place(plain, end) && !self.is_month(plain, end),
            How::Short => {
                let word: String = self.small.iter().collect();
                let within = !here.opens || !among(ORDINARY, &word);
                let next = here.at.saturating_add(1);
                is_capital(here.at) && (next == end || !is_capital(next)) && within
            }
        }
    }

    /// Whether it is a month with its day: "May 3".
    fn is_month(&self, plain: &Plain<'_>, end: usize) -> bool {
        let word: String = self.small.iter().collect();
        let day = literal(&plain.chars, end, " ").and_then(|at| plain.chars.get(at));
        MONTHS.contains(&word.as_str()) && day.is_some_and(char::is_ascii_digit)
    }
}

/// Whether what follows makes a place of a name: "Cole County".
fn is_place(plain: &Plain<'_>, end: usize) -> bool {
    [" county", " city"].into_iter().any(|word| literal(&plain.small, end, word).is_some())
}
