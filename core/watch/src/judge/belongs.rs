//! Which records stand behind a case.

use ward_records::{Event, Touch, What};

use crate::report::Case;
use crate::state::Engine;

impl Engine {
    /// Whether a record is one that the case stands on: its source, its family, its time and,
    /// where the case names accounts, one of them.
    #[must_use]
    pub fn belongs(&self, case: &Case, event: &Event<'_>) -> bool {
        let second = ward_kernel::Time::from_secs(event.time.secs());
        if second < case.first || second > case.last {
            return false;
        }
        // The sources of a case are in order.
        if case.sources.binary_search(&self.source_of(event)).is_err() {
            return false;
        }
        let family = case.kind.split_once('.').map_or(case.kind, |(family, _)| family);
        match (&event.what, family) {
            (What::Flow(flow), "scan" | "probe") => flow.touch == Touch::Failed,
            (What::Flow(flow), "beacon") => {
                let target = format!("{} port {}", flow.target, flow.port);
                case.targets.contains(&target)
            }
            (What::Flow(_), "web") => false,
            (What::Login(login), "login") => {
                let name = String::from_utf8_lossy(login.account);
                case.accounts.is_empty() || case.accounts.iter().any(|account| *account == name)
            }
            (What::Request(_), "web") => true,
            (What::Request(request), "login") => request.method == b"POST",
            (What::Alert(_), "ids" | "web" | "login") => true,
            _ => false,
        }
    }
}
