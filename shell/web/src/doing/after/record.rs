//! What is given away of a span: lines of words, with or without what the rules take out. From here
//! on nobody sees more than what is given.

use std::collections::BTreeMap;

use ward_access::Jurisdiction;
use ward_desk::redact::{Class, Known, Redactor, Rule};
use ward_desk::replay::{Event, Lane, Stand, Text};
use ward_kernel::{Rung, Time, World};

use super::names::{is_contact, known, places};
use super::{Asked, Night};
use crate::acts;

/// One line of what is given.
pub(crate) struct Line {
    /// When it was put down.
    pub(crate) at: Time,
    /// Under what it stands.
    pub(crate) lane: Lane,
    /// Of what kind its log is.
    pub(crate) kind: String,
    /// Its log.
    pub(crate) log: String,
    /// Its number there.
    pub(crate) number: u64,
    /// The jurisdiction's name; empty when it is the state's.
    pub(crate) place: String,
    /// By whom, as it may be told; empty when the desk did it by itself.
    pub(crate) by: String,
    /// What was done, by its name.
    pub(crate) act: String,
    /// What was done, in words.
    pub(crate) words: String,
    /// Its values, by name, as they may be told.
    pub(crate) texts: Vec<(String, String)>,
    /// The seal of its entry, where it has one.
    pub(crate) seal: String,
    /// Whether it stands out.
    pub(crate) grave: bool,
}

impl Line {
    /// A value by its name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(of, _)| of == name).map(|(_, text)| text.as_str())
    }
}

/// A rule, as the list of what was taken out names it.
pub(crate) struct Applied {
    /// The rule.
    pub(crate) rule: Rule,
    /// How often it took something out.
    pub(crate) count: u64,
    /// Lines in which it did.
    pub(crate) lines: u64,
    /// The law that the office names for it; empty when it names none.
    pub(crate) basis: String,
}

/// A communications check at the end of the span.
pub(crate) struct Reached {
    /// When it was asked.
    pub(crate) begun: Time,
    /// The question, as it may be told.
    pub(crate) question: String,
    /// How many answered, and how many were asked.
    pub(crate) count: (usize, usize),
    /// Who did not.
    pub(crate) silent: Vec<String>,
}

/// The newest entry of a log that is in it.
pub(crate) struct Sealed {
    /// The log.
    pub(crate) log: String,
    /// Its kind.
    pub(crate) kind: String,
    /// Entries of it in the span.
    pub(crate) entries: u64,
    /// The number of the newest of them, and its seal.
    pub(crate) last: (u64, String),
}

/// How much stood where at a moment.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    /// Open cases by rung, lowest first.
    pub(crate) rungs: [u64; 4],
    /// Open incidents.
    pub(crate) incidents: u64,
    /// Sensors, and those of which it is known that nothing had been heard.
    pub(crate) sensors: (u64, u64),
}

impl Counted {
    /// Counts how everything stood.
    pub(crate) fn of(stand: &Stand) -> Self {
        let sensors = &stand.sensors;
        let silent = sensors.values().flatten().count() as u64;
        Self {
            rungs: stand.rungs(),
            incidents: stand.open_incidents().count() as u64,
            sensors: (sensors.len() as u64, silent),
        }
    }
}

/// Everything that is given of a span.
pub(crate) struct Record {
    /// The office's name.
    pub(crate) office: String,
    /// The world that it is of.
    pub(crate) world: World,
    /// Whether it is of the demonstration.
    pub(crate) demo: bool,
    /// What was asked for.
    pub(crate) asked: Asked,
    /// The jurisdiction's name, when it is of one alone.
    pub(crate) place: Option<String>,
    /// When it was made.
    pub(crate) made: Time,
    /// Whether the rules were applied.
    pub(crate) redacted: bool,
    /// The lines, in order.
    pub(crate) lines: Vec<Line>,
    /// The rules, with what each took out.
    pub(crate) rules: Vec<Applied>,
    /// Lines of which something was taken out.
    pub(crate) touched: u64,
    /// At the beginning of the span, and at its end.
    pub(crate) counted: (Counted, Counted),
    /// Communications checks that were there.
    pub(crate) checks: Vec<Reached>,
    /// Points of checklists at the end: done, set aside, open again.
    pub(crate) points: (u64, u64, u64),
    /// The seals of its logs.
    pub(crate) sealed: Vec<Sealed>,
    /// The newest row of the audit: its number and its seal.
    pub(crate) audit: (i64, String),
    /// What is not in it, in sentences.
    pub(crate) missing: Vec<String>,
}

impl Record {
    /// Of what it is: `real`, `exercise`, `demonstration`.
    pub(crate) const fn world_name(&self) -> &'static str {
        if self.is_demonstration() { "demonstration" } else { self.world.as_str() }
    }

    /// What stands before its title: nothing, or that nothing in it is real.
    pub(crate) const fn prefix(&self) -> &'static str {
        if self.is_demonstration() { "DEMONSTRATION: " } else { self.world.prefix() }
    }

    const fn is_demonstration(&self) -> bool {
        self.demo && !self.world.is_exercise()
    }
}

/// What a record is made with, beside what was put down.
pub(crate) struct Around<'a> {
    /// The office's name.
    pub(crate) office: String,
    /// The world.
    pub(crate) world: World,
    /// Whether it is the demonstration's.
    pub(crate) demo: bool,
    /// The jurisdictions.
    pub(crate) jurisdictions: &'a [Jurisdiction],
    /// When it is made.
    pub(crate) made: Time,
    /// Whether the rules are applied.
    pub(crate) redacted: bool,
    /// What the rules look for in sentences.
    pub(crate) known: Known,
    /// The law for each rule, by its number.
    pub(crate) basis: &'a BTreeMap<String, String>,
    /// The newest row of the audit.
    pub(crate) audit: (i64, String),
}

impl Around<'_> {
    fn place(&self, id: &str) -> String {
        let found = self.jurisdictions.iter().find(|one| one.id == id);
        found.map_or(id, |one| &one.name).to_owned()
    }
}

/// Takes values as they may be told.
struct Teller {
    redactor: Option<Redactor>,
    lines: BTreeMap<Rule, u64>,
    touched: u64,
}

impl Teller {
    fn new(around: &Around<'_>, events: &[Event]) -> Self {
        let redactor = around.redacted.then(|| Redactor::new(&known(around, events)));
        Self { redactor, lines: BTreeMap::new(), touched: 0 }
    }

    /// A value of an event, as it may be told.
    fn told(&mut self, event: &Event, text: &Text) -> String {
        match &mut self.redactor {
            // Whoever put a contact down chose its id, which can be a name.
            Some(redactor) if is_contact(event, text) => {
                redactor.person(&format!("{} {}", event.log, text.text))
            }
            _ => self.value(text.class, &text.text),
        }
    }

    fn value(&mut self, class: Class, text: &str) -> String {
        match &mut self.redactor {
            Some(redactor) => redactor.value(class, text),
            None => text.to_owned(),
        }
    }

    fn counts(&self) -> Vec<(Rule, u64)> {
        self.redactor.as_ref().map_or_else(Vec::new, Redactor::counts)
    }

    fn line(&mut self, event: &Event, around: &Around<'_>) -> Line {
        let before = self.counts();
        let by = match (&event.by, &mut self.redactor) {
            (None, _) => String::new(),
            (Some(by), Some(redactor)) => redactor.person(&by.id),
            (Some(by), None) => by.name.clone(),
        };
        let texts = event.texts.iter().map(|text| {
            let told = places(event, text, |id| around.place(id));
            (text.name.clone(), told.unwrap_or_else(|| self.told(event, text)))
        });
        let texts = texts.collect();
        let mut any = false;
        for ((rule, after), (_, before)) in self.counts().into_iter().zip(before) {
            if after > before {
                any = true;
                let lines = self.lines.entry(rule).or_default();
                *lines = lines.saturating_add(1);
            }
        }
        self.touched = self.touched.saturating_add(u64::from(any));
        Line {
            at: event.at,
            lane: event.lane(),
            kind: event.kind.clone(),
            log: event.log.clone(),
            number: event.number,
            place: event.place().map(|id| around.place(id)).unwrap_or_default(),
            by,
            act: event.act.clone(),
            words: words(&event.kind, &event.act),
            texts,
            seal: event.seal.clone().unwrap_or_default(),
            grave: event.is_grave(),
        }
    }
}

/// What was done, in words.
pub(crate) fn words(kind: &str, act: &str) -> String {
    let words = match (kind, act) {
        ("judgement", "open") => "A case was opened",
        ("judgement", "raise") => "A case was raised",
        ("judgement", "lower") => "A case was lowered",
        ("judgement", "gone") => "A case was explained",
        ("judgement", _) => "Something was written to a case",
        ("sensor", "enrol") => "A sensor was enrolled",
        ("sensor", "missed") => "A sensor was not heard",
        ("sensor", "silent") => "A sensor was heard last",
        ("sensor", _) => "A sensor was retired",
        // The audit has one row for both files of a case that is taken out of another.
        ("case", "begin") => "Took a case out of another by hand",
        // The audit has the act that found the log before it full.
        ("contacts", "carry") => "Carried an office's contacts over into the log that follows",
        _ => return acts::words(&format!("{kind}.{act}")).to_owned(),
    };
    words.to_owned()
}

/// Makes the record of a span.
pub(crate) fn record(asked: Asked, night: &Night, around: Around<'_>) -> Record {
    let (from, to) = (asked.span.from, asked.span.to);
    let events = night.replay.between(from, to);
    let mut teller = Teller::new(&around, night.replay.events());
    let lines: Vec<Line> = events.iter().map(|event| teller.line(event, &around)).collect();
    let (first, last) = (night.replay.stand(from.plus(-1)), night.replay.stand(to));
    let checks = reached(&last, from, &mut teller, &around);
    let points =
        last.points.values().fold((0_u64, 0_u64, 0_u64), |(done, aside, open), (_, point)| {
            use ward_desk::checklist::Point;
            match point {
                Point::Done { .. } => (done.saturating_add(1), aside, open),
                Point::Skipped { .. } => (done, aside.saturating_add(1), open),
                Point::Open => (done, aside, open.saturating_add(1)),
            }
        });
    let applied = |(rule, count): (Rule, u64)| Applied {
        rule,
        count,
        lines: teller.lines.get(&rule).copied().unwrap_or(0),
        basis: around.basis.get(rule.name()).cloned().unwrap_or_default(),
    };
    let rules = teller.counts().into_iter().map(applied).collect();
    Record {
        place: asked.jurisdiction.as_deref().map(|id| around.place(id)),
        sealed: sealed(events),
        counted: (Counted::of(&first), Counted::of(&last)),
        office: around.office,
        world: around.world,
        demo: around.demo,
        made: around.made,
        redacted: around.redacted,
        touched: teller.touched,
        audit: around.audit,
        missing: night.missing.clone(),
        asked,
        lines,
        rules,
        checks,
        points,
    }
}

fn reached(stand: &Stand, from: Time, teller: &mut Teller, around: &Around<'_>) -> Vec<Reached> {
    let mut checks = Vec::new();
    for (_, check) in stand.checks.values() {
        let Some(question) = &check.question else { continue };
        if check.ended.is_some_and(|ended| ended < from) {
            continue;
        }
        let silent = check.asked.iter().filter(|(_, answer)| answer.is_none());
        let mut silent: Vec<String> = silent.map(|(id, _)| around.place(id)).collect();
        silent.sort();
        checks.push(Reached {
            begun: check.begun,
            question: teller.value(Class::Free, question.as_str()),
            count: check.count(),
            silent,
        });
    }
    checks.sort_by_key(|check| check.begun);
    checks
}

/// The newest seal of each log.
fn sealed(events: &[Event]) -> Vec<Sealed> {
    let mut all: BTreeMap<&str, Sealed> = BTreeMap::new();
    for event in events {
        let Some(seal) = &event.seal else { continue };
        let one = all.entry(&event.log).or_insert_with(|| Sealed {
            log: event.log.clone(),
            kind: event.kind.clone(),
            entries: 0,
            last: (0, String::new()),
        });
        one.entries = one.entries.saturating_add(1);
        if event.number > one.last.0 {
            one.last = (event.number, seal.clone());
        }
    }
    all.into_values().collect()
}

/// The rungs with their counts, highest first.
pub(crate) fn by_rung(counts: [u64; 4]) -> impl Iterator<Item = (Rung, u64)> {
    Rung::ALL.into_iter().zip(counts).rev()
}
