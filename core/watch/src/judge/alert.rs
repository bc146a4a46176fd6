//! The word of intrusion detection systems, weighed.

use ward_kernel::{Addr, Rung};

use super::draft::{Court, Draft, Family, count};
use crate::state::alerts::{Alerts, Rule};

/// Words of rule classes that mean looking, not trying (Suricata's and Snort's
/// classification.config).
const LOOKING: [&str; 9] = [
    "information leak",
    "network scan",
    "attempted-recon",
    "misc activity",
    "bad traffic",
    "not suspicious",
    "policy",
    "privacy violation",
    "protocol command decode",
];

/// Words of rule classes that a machine of ours earns by calling out.
const CALLING: [&str; 4] = ["trojan", "command and control", "malware", "domain observed"];

/// The case of one source's alerts, if they have weight.
#[must_use]
pub(super) fn judge(court: &Court<'_>, addr: Addr, alerts: &Alerts) -> Option<Draft> {
    let weighty: Vec<&Rule> = alerts.rules().filter(|rule| has_weight(rule)).collect();
    let weight: u32 = weighty.iter().map(|rule| rule.count).sum();
    let gravest = weighty.first()?;
    if gravest.severity > 1 && weight < 2 {
        return None;
    }
    let calling = weighty.iter().find(|rule| {
        let class = rule.category.to_ascii_lowercase();
        rule.severity == 1
            && CALLING.iter().any(|word| class.contains(word))
            && court.config.is_own(addr)
            && !court.config.is_own(rule.target)
    });
    let rung = if calling.is_some() { Rung::Access } else { Rung::Attempt };
    let mut draft = Draft::new(Family::Alert, rung, "ids.alert");
    draft.sources.insert(addr);
    for rule in &weighty {
        draft.records += u64::from(rule.count);
        draft.spans(rule.first.0, rule.last.0);
        draft.machines.insert(rule.target);
        draft.aims(court.machine(rule.target), u64::from(rule.count));
        draft.evidence.push((rule.first.0, rule.first.1, "first alert of a rule"));
    }
    draft.evidence.sort_unstable();
    draft.evidence.truncate(4);
    draft.title = gravest.signature.to_string();
    for rule in weighty.iter().take(4) {
        let stopped = if rule.blocked == rule.count { ", all stopped by the sensor" } else { "" };
        draft.because(format!(
            "{} (severity {}, {}): {}{stopped}",
            rule.signature,
            rule.severity,
            if rule.category.is_empty() { "no class" } else { &rule.category },
            count(u64::from(rule.count), "time"),
        ));
    }
    if let Some(rule) = calling {
        draft.because(format!("{addr} is ours and calls out: {}", rule.signature));
    }
    Some(draft)
}

fn has_weight(rule: &Rule) -> bool {
    let class = rule.category.to_ascii_lowercase();
    let scan = rule.signature.contains(" SCAN ");
    rule.severity <= 2 && !scan && !LOOKING.iter().any(|word| class.contains(word))
}
