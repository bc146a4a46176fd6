//! Whom to block, and whom not although it was hostile: a reviewed list, never an automatic one.

use std::collections::BTreeMap;

use ward_kernel::{Addr, Rung, Time};

use super::draft::{count, number};
use crate::config::within;
use crate::report::{Case, Report};
use crate::state::Engine;
use crate::state::source::Source;

/// Requests that read like a person's (with a referrer or for a style sheet) from which an
/// address is taken for one that honest people share.
const HONEST_REQUESTS: u32 = 20;

/// Whom to block and whom not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advice {
    /// Hostile, and nobody honest is known behind it.
    pub block: Vec<Block>,
    /// Hostile, and yet not to be blocked: the address and why.
    pub left_out: Vec<(Addr, String)>,
}

/// An address to block.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The address.
    pub addr: Addr,
    /// Its weightiest case: kind and title.
    pub reason: String,
    /// The highest rung that it reached.
    pub rung: Rung,
    /// Its last hostile record.
    pub last: Time,
}

impl Engine {
    /// Advice on the sources of a report that this engine gave.
    #[must_use]
    pub fn advise(&self, report: &Report) -> Advice {
        let mut heaviest: BTreeMap<Addr, &Case> = BTreeMap::new();
        for case in report.cases.iter().filter(|case| case.authorised.is_none()) {
            for addr in &case.sources {
                let held = heaviest.entry(*addr).or_insert(case);
                if case.rung > held.rung {
                    *held = case;
                }
            }
        }
        let mut advice = Advice::default();
        for (addr, case) in heaviest {
            match self.shelter(addr, case) {
                Some(why) => advice.left_out.push((addr, why)),
                None => advice.block.push(Block {
                    addr,
                    reason: reason(case),
                    rung: case.rung,
                    last: case.last,
                }),
            }
        }
        advice
    }

    /// Why an address must not be blocked, if it must not.
    fn shelter(&self, addr: Addr, case: &Case) -> Option<String> {
        let config = &self.config;
        if config.is_own(addr) {
            return Some("one of our own: clean it, do not block it".to_owned());
        }
        if within(&config.carrier_nat, addr) {
            return Some("many honest people share it (carrier NAT)".to_owned());
        }
        let registered = config.authorised.iter().find(|test| within(&test.networks, addr));
        if let Some(test) = registered {
            return Some(format!("registered for a test of {}: ask the owner", test.owner));
        }
        let source = self.tables.sources.get(&addr)?;
        honest_logins(source, case).or_else(|| honest_pages(source))
    }
}

/// The case in a few words. Packets that nobody answered can carry anybody's address.
fn reason(case: &Case) -> String {
    let forged = if case.rung == Rung::Scan { " (unanswered packets: may be forged)" } else { "" };
    format!("{}: {}{forged}", case.kind, case.title)
}

/// Sign-ins that no case explains away.
fn honest_logins(source: &Source, case: &Case) -> Option<String> {
    let wins = source.logins.as_ref().map_or(0, |logins| logins.successes);
    let stolen = case.kind == "login.guess_then_success";
    let honest = case.because.iter().any(|why| why.contains("look honest"));
    (wins > 0 && (!stolen || honest))
        .then(|| format!("{} from this address look honest", count(wins, "successful sign-in")))
}

fn honest_pages(source: &Source) -> Option<String> {
    let web = source.web()?;
    let pages = web.assets.max(web.referred);
    (pages >= HONEST_REQUESTS)
        .then(|| format!("{} requests from it read like a person's", number(u64::from(pages))))
}
