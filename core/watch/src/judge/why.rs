//! Why, or why not: everything known of one address or account.

use serde::Serialize;
use ward_kernel::{Addr, Rung, Time, hash};

use super::draft::{count, number};
use super::theft::RUN;
use crate::report::Report;
use crate::state::Engine;
use crate::state::source::Source;

/// Everything known of one address or account.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Why {
    /// What was asked for.
    pub subject: String,
    /// Whether it was seen at all.
    pub seen: bool,
    /// Records of it.
    pub records: u64,
    /// First and last record.
    pub span: Option<(Time, Time)>,
    /// What it did, in sentences with numbers.
    pub did: Vec<String>,
    /// The highest rung that it reached.
    pub highest: Option<Rung>,
    /// The cases that it stands in: id, kind, and each because.
    pub cases: Vec<WhyCase>,
    /// What would have raised it further.
    pub would_raise: Vec<String>,
    /// What was searched: records and sensors.
    pub searched: String,
}

/// A case that the subject stands in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct WhyCase {
    /// The case's id.
    pub id: String,
    /// Its rung.
    pub rung: Rung,
    /// Its kind.
    pub kind: &'static str,
    /// Its line.
    pub title: String,
    /// Why it stands on its rung.
    pub because: Vec<String>,
}

impl Engine {
    /// Explains an address or an account against the report that this engine gave.
    #[must_use]
    pub fn why(&self, subject: &str, report: &Report) -> Why {
        let mut why = Why {
            subject: subject.to_owned(),
            seen: false,
            records: 0,
            span: None,
            did: Vec::new(),
            highest: None,
            cases: Vec::new(),
            would_raise: Vec::new(),
            searched: format!(
                "{} of {}",
                count(report.counts.records, "record"),
                count(report.coverage.len() as u64, "sensor"),
            ),
        };
        match Addr::parse(subject.as_bytes()) {
            Some(addr) => self.why_address(addr, &mut why),
            None => self.why_account(subject, &mut why),
        }
        let addr = Addr::parse(subject.as_bytes());
        for case in &report.cases {
            let named = addr.is_some_and(|addr| case.sources.contains(&addr))
                || case.accounts.iter().any(|account| account == subject);
            if named {
                why.highest = why.highest.max(Some(case.rung));
                why.cases.push(WhyCase {
                    id: case.id.clone(),
                    rung: case.rung,
                    kind: case.kind,
                    title: case.title.clone(),
                    because: case.because.clone(),
                });
            }
        }
        // What lies at or under the rung that was reached would raise nothing.
        why.would_raise.retain(|step| match why.highest {
            Some(Rung::Access | Rung::Effect) => false,
            Some(Rung::Attempt) => step.starts_with("access"),
            Some(Rung::Scan) => !step.starts_with("scan"),
            None => true,
        });
        why
    }

    fn why_address(&self, addr: Addr, why: &mut Why) {
        let Some(source) = self.tables.sources.get(&addr) else {
            if self.tables.faint.contacts(addr) > 0 {
                why.did.push(
                    "may be among the sources that were folded when memory was short: raise \
                     --memory to list it"
                        .to_owned(),
                );
            }
            return;
        };
        why.seen = true;
        why.records = u64::from(source.records);
        let time = |secs: u32| Time::from_secs(i64::from(secs));
        why.span = Some((time(source.first), time(source.last)));
        if let Some(name) = self.config.known_scanner(addr) {
            why.did.push(format!("belongs to the research scanner {name}"));
        }
        describe(source, why);
        raise(source, why);
    }

    fn why_account(&self, name: &str, why: &mut Why) {
        let key = hash::bytes(name.as_bytes());
        let Some(account) = self.tables.accounts.get(&key) else { return };
        why.seen = true;
        why.records = account.failed + account.succeeded;
        why.did.push(format!(
            "{} and {} on this account",
            count(account.failed, "failed sign-in"),
            count(account.succeeded, "successful sign-in"),
        ));
        if account.missing {
            why.did.push("a machine said that the account does not exist".to_owned());
        }
        why.would_raise.push(format!(
            "access: {RUN} failures or more from one address followed by a success within a day"
        ));
    }
}

fn describe(source: &Source, why: &mut Why) {
    if let Some(flows) = &source.flows {
        let distinct = flows.distinct();
        if flows.failed() > 0 {
            why.highest = Some(Rung::Scan);
        }
        why.did.push(format!(
            "{} failed, {} answered, {} no evidence either way; {} of {}",
            count(u64::from(flows.failed()), "contact"),
            number(u64::from(flows.answered)),
            number(u64::from(flows.aside)),
            count(distinct.services, "port"),
            count(distinct.hosts, "host"),
        ));
    }
    if let Some(logins) = &source.logins {
        why.did.push(format!(
            "{}, {}",
            count(logins.efforts(), "failed sign-in"),
            count(logins.successes, "successful sign-in"),
        ));
    }
    if let Some(web) = source.web() {
        let exploits: u64 = web.exploits().map(|exploit| u64::from(exploit.count)).sum();
        why.did.push(format!(
            "{}, {} of them for pages that are not there, {} shaped as exploits",
            count(u64::from(web.requests), "web request"),
            number(u64::from(web.missing)),
            number(exploits),
        ));
    }
    if let Some(alerts) = &source.alerts {
        why.did.push(count(alerts.count, "alert"));
    }
}

fn raise(source: &Source, why: &mut Why) {
    if source.flows.is_some() {
        why.would_raise.push(
            "scan case: about nine more distinct contacts that fail than are answered".to_owned(),
        );
    }
    if let Some(logins) = &source.logins {
        why.would_raise.push(format!(
            "attempt: 5 failed sign-ins in ten minutes, or 8 in all, on accounts that it does not \
             own (it has {})",
            number(logins.efforts()),
        ));
        why.would_raise
            .push(format!("access: {RUN} failures in a row on one account and then a success"));
    }
    if source.web().is_some() {
        why.would_raise.push(
            "attempt: one request shaped as an injection or traversal, or three probes for known \
             weaknesses"
                .to_owned(),
        );
    }
}
