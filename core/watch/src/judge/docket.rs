//! The sources that a judgement looks at, sorted by what they did: all of them, or those that were
//! touched since the last look. The judges do not know which.

use ward_kernel::Addr;

use crate::state::alerts::Alerts;
use crate::state::contacts::Flows;
use crate::state::logins::Logins;
use crate::state::source::Source;
use crate::state::web::Web;

/// The sources that a judgement looks at.
#[derive(Debug, Default)]
pub(super) struct Docket<'a> {
    /// Sources whose contacts failed, in no order: address, contacts, how many failed, and how
    /// many more are only known by number.
    pub probed: Vec<Probed<'a>>,
    /// Sources that made an effort to sign in, by address.
    pub logins: Vec<(Addr, &'a Logins)>,
    /// Sources that asked for pages, by address.
    pub web: Vec<(Addr, &'a Source, &'a Web)>,
    /// Sources that set off alerts, by address.
    pub alerts: Vec<(Addr, &'a Alerts)>,
    /// Research scanners known by name, in no order, and their records.
    pub known: Vec<(Addr, u32)>,
}

/// A source whose contacts failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probed<'a> {
    /// Its address.
    pub addr: Addr,
    /// What it did on the network.
    pub flows: &'a Flows,
    /// Failed contacts, repeats included; never 0.
    pub failed: u32,
    /// Failed contacts that are only known by number.
    pub folded: u8,
}

impl<'a> Docket<'a> {
    /// Sorts sources by what they did.
    #[must_use]
    pub(super) fn of(sources: impl Iterator<Item = (&'a Addr, &'a Source)>) -> Self {
        let mut docket = Self::default();
        // Most sources of a busy day did nothing but probe.
        docket.probed.reserve(sources.size_hint().0);
        for (addr, source) in sources {
            docket.add(*addr, source);
        }
        docket.logins.sort_unstable_by_key(|(addr, _)| *addr);
        docket.web.sort_unstable_by_key(|(addr, ..)| *addr);
        docket.alerts.sort_unstable_by_key(|(addr, _)| *addr);
        docket
    }

    fn add(&mut self, addr: Addr, source: &'a Source) {
        if let Some(flows) = source.flows.as_deref() {
            let failed = flows.failed();
            if failed > 0 {
                self.probed.push(Probed { addr, flows, failed, folded: source.folded });
            }
        }
        if let Some(logins) = source.logins.as_deref() {
            self.logins.push((addr, logins));
        }
        if let Some(web) = source.web() {
            self.web.push((addr, source, web));
        }
        if let Some(alerts) = source.alerts.as_deref() {
            self.alerts.push((addr, alerts));
        }
        if source.known {
            self.known.push((addr, source.records));
        }
    }
}
