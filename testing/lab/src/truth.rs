//! What was planted, and what a good report says of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ward_kernel::{Addr, Rung};

/// The truth about one labelled day (or recording).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Truth {
    /// The kind of log: `conn`, `sshd`, `nginx`, `fw`.
    pub kind: String,
    /// Lines of the day, header lines not counted.
    pub lines: u64,
    /// The seed it was made with.
    pub seed: u64,
    /// When the day begins: seconds since 1970-01-01T00:00:00Z.
    pub t0: i64,
    /// When it ends.
    pub t1: i64,
    /// Its classes by name.
    pub classes: BTreeMap<String, Class>,
    /// Sources of the classes under [`Rule::Rarely`].
    pub benign_sources: u64,
}

/// Sources of one behaviour.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Class {
    /// What a good report says.
    pub expect: Expect,
    /// Which way the class is judged.
    pub rule: Rule,
    /// The least share that must be found; `None` shows the share without judging it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<f64>,
    /// Single sources: address and what it did (flows, guesses, requests, packets).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, u64>,
    /// Sources that worked together, group by group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Vec<String>>,
}

/// What a good report says of a class; both `None` for a class that should not be spoken of.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Expect {
    /// The rung, by name.
    pub rung: Option<String>,
    /// The kind of case.
    pub kind: Option<String>,
}

/// How a class is judged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// At least `floor` of the sources are each in a case of the expected rung or higher; a group
    /// counts as one and is found when one such case holds half of it.
    #[default]
    Find,
    /// Each group is exactly one case: it holds nine tenths of the group, nine tenths of it are
    /// the group, and no other case holds any member.
    Campaign,
    /// Each group is held, by half at least, in a case of exactly the expected kind.
    Named,
    /// No source is in any case.
    Never,
    /// At most one source in 10,000 is in any case (one in a smaller day).
    Rarely,
    /// No source is in a case above scan.
    Calm,
}

/// A class as its generator declares it.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    rule: Rule,
    rung: Option<Rung>,
    kind: Option<&'static str>,
    floor: Option<f64>,
}

impl Spec {
    /// Sources to be found, each.
    #[must_use]
    pub const fn find(name: &'static str, rung: Rung, kind: &'static str, floor: f64) -> Self {
        let (rung, kind, floor) = (Some(rung), Some(kind), Some(floor));
        Self { name, rule: Rule::Find, rung, kind, floor }
    }

    /// Sources whose finding is shown and not judged.
    #[must_use]
    pub const fn show(name: &'static str, rung: Rung, kind: &'static str) -> Self {
        Self { name, rule: Rule::Find, rung: Some(rung), kind: Some(kind), floor: None }
    }

    /// Groups to be found, one case each ([`Rule::Campaign`]) or by their kind ([`Rule::Named`]).
    #[must_use]
    pub const fn groups(
        name: &'static str,
        rule: Rule,
        rung: Option<Rung>,
        kind: &'static str,
    ) -> Self {
        Self { name, rule, rung, kind: Some(kind), floor: Some(1.0) }
    }

    /// Sources to be left in peace, as far as `rule` says.
    #[must_use]
    pub const fn quiet(name: &'static str, rule: Rule) -> Self {
        Self { name, rule, rung: None, kind: None, floor: None }
    }

    /// The empty class that it declares.
    #[must_use]
    pub fn class(&self) -> Class {
        Class {
            expect: Expect {
                rung: self.rung.map(|rung| rung.name().to_owned()),
                kind: self.kind.map(str::to_owned),
            },
            rule: self.rule,
            floor: self.floor,
            ..Class::default()
        }
    }
}

impl Truth {
    /// A truth with these classes, all empty.
    #[must_use]
    pub fn of(specs: &[Spec]) -> Self {
        let classes = specs.iter().map(|spec| (spec.name.to_owned(), spec.class())).collect();
        Self { classes, ..Self::default() }
    }

    /// Adds `count` acts of a source to a class.
    pub fn note(&mut self, class: &str, source: Addr, count: u64) {
        if let Some(class) = self.classes.get_mut(class) {
            let seen = class.sources.entry(source.to_string()).or_default();
            *seen = seen.saturating_add(count);
        }
    }

    /// Adds a group to a class.
    pub fn group(&mut self, class: &str, members: &[Addr]) {
        if let Some(class) = self.classes.get_mut(class) {
            class.groups.push(members.iter().map(Addr::to_string).collect());
        }
    }

    /// Counts the benign sources; to be called when all are in.
    pub fn close(&mut self) {
        let benign = self.classes.values().filter(|class| class.rule == Rule::Rarely);
        self.benign_sources = benign.map(|class| class.sources.len() as u64).sum();
    }
}
