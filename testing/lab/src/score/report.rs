//! The part of a `ward.watch/1` report that scoring needs.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use ward_kernel::{Addr, Net, Rung};

/// What a report says, ready to be asked about sources.
#[derive(Debug)]
pub struct Report {
    /// Its cases.
    pub cases: Vec<Case>,
    by_source: HashMap<Addr, Vec<usize>>,
    networks: Vec<(Net, usize)>,
}

/// One case.
#[derive(Debug)]
pub struct Case {
    /// The rung it reached.
    pub rung: Rung,
    /// Its kind.
    pub kind: String,
    /// The sources it lists.
    pub sources: Vec<Addr>,
    /// How many sources it has; more than it lists when the list is cut.
    pub source_count: u64,
}

#[derive(Deserialize)]
struct RawReport {
    schema: String,
    cases: Vec<RawCase>,
}

#[derive(Deserialize)]
struct RawCase {
    rung: String,
    kind: String,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    source_count: u64,
    #[serde(default)]
    networks: Vec<String>,
}

impl Report {
    /// Reads a report.
    ///
    /// # Errors
    /// When it is no `ward.watch/1` report, or names a rung or an address that is none.
    pub fn read(json: &[u8]) -> Result<Self> {
        let raw: RawReport =
            serde_json::from_slice(json).context("this is not a ward.watch/1 report")?;
        ensure!(raw.schema == "ward.watch/1", "the report's schema is \"{}\"", raw.schema);
        let (mut cases, mut networks) = (Vec::new(), Vec::new());
        let mut by_source: HashMap<Addr, Vec<usize>> = HashMap::new();
        for (place, raw) in raw.cases.into_iter().enumerate() {
            let case = Case::read(&raw)?;
            for source in &case.sources {
                by_source.entry(*source).or_default().push(place);
            }
            for net in &raw.networks {
                networks.push((net.parse().map_err(anyhow::Error::msg)?, place));
            }
            cases.push(case);
        }
        Ok(Self { cases, by_source, networks })
    }

    /// The cases that hold a source: they list it or, for IPv6, name a network that holds it.
    /// (An IPv4 network in a case says where its sources lie, not that all its addresses are in.)
    #[must_use]
    pub fn holding(&self, source: Addr) -> Vec<usize> {
        let mut places = self.by_source.get(&source).cloned().unwrap_or_default();
        if source.as_v4().is_none() {
            let nets = self.networks.iter().filter(|(net, _)| net.contains(source));
            places.extend(nets.map(|(_, place)| *place));
            places.sort_unstable();
            places.dedup();
        }
        places
    }
}

impl Case {
    fn read(raw: &RawCase) -> Result<Self> {
        let rung = rung(&raw.rung).with_context(|| format!("\"{}\" is not a rung", raw.rung))?;
        let sources: Result<Vec<Addr>, String> =
            raw.sources.iter().map(|source| source.parse()).collect();
        let sources = sources.map_err(anyhow::Error::msg)?;
        let source_count = raw.source_count.max(sources.len() as u64);
        Ok(Self { rung, kind: raw.kind.clone(), sources, source_count })
    }
}

/// The rung of this name.
#[must_use]
pub fn rung(name: &str) -> Option<Rung> {
    Rung::ALL.into_iter().find(|rung| rung.name() == name)
}
