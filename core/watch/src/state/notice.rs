//! Which records are worth a quick look: those that could make a case or raise one.
//!
//! The numbers here only save work. Each is at or under what the judge asks for, so that no source
//! is passed over that a judge would name.

use ward_kernel::Addr;
use ward_payload::Shape;
use ward_records::LoginResult;

use super::engine::Engine;
use super::source::Source;
use super::touched::{Told, Weight};
use super::web::Seen;

/// Failed contacts under which no walk names a scanner.
const CONTACTS: u32 = 5;
/// Failed sign-ins under which nothing is a guess.
const GUESSES: u64 = 2;
/// Missing pages and forms under which nothing is a search or stuffing. (Different pages are
/// estimated, and the estimate may lie a little above what was seen.)
const MISSING: u32 = 8;
const FORMS: u32 = 20;
/// Calls in which a clock can be heard, and how many more are worth another look.
const CALLS: usize = 20;
const MORE_CALLS: usize = 16;
/// Severities of alerts that have weight, and the one that can mean access.
const WEIGHTY: u8 = 2;
const GRAVE: u8 = 1;

impl Engine {
    pub(super) fn touched_by_flow(&mut self, addr: Addr) {
        let could = |source: &Source| {
            let failed = source.flows.as_ref().map_or(0, |flows| flows.failed());
            failed.saturating_add(u32::from(source.folded)) >= CONTACTS
                && !source.standing.is_told(Told::Scan)
        };
        self.touch(addr, Weight::Look, could);
    }

    /// A call out: the first of its pair may be what an exploit led to; the twentieth and some
    /// after it may be a clock.
    pub(super) fn touched_by_call(&mut self, from: Addr, to: Addr, new: bool, kept: usize) {
        if new {
            for attacker in self.touched.concerned(from, to) {
                self.touch(attacker, Weight::Effort, |_| true);
            }
        }
        if kept >= CALLS && (kept - CALLS).is_multiple_of(MORE_CALLS) {
            self.touched.call(to);
        }
    }

    pub(super) fn touched_by_login(&mut self, addr: Addr, account: u64, result: LoginResult) {
        if result == LoginResult::Succeeded {
            self.lore.home(account, addr);
        }
        let could = |source: &Source| {
            let efforts = source.logins.as_ref().map_or(0, |logins| logins.efforts());
            match result {
                // A success after failures may be a guess that hit, whatever was told before.
                LoginResult::Succeeded => efforts >= GUESSES,
                _ => efforts >= GUESSES && !source.standing.is_told(Told::Login),
            }
        };
        self.touch(addr, Weight::Effort, could);
    }

    pub(super) fn touched_by_request(&mut self, addr: Addr, seen: &Seen) {
        let welcome = (200..300).contains(&seen.status);
        let worked =
            seen.finding.is_some_and(|finding| welcome && finding.shape >= Shape::Traversal);
        if worked {
            self.touched.worked(addr, seen.server);
        }
        let could = |source: &Source| {
            let (logged, wire) = (source.web_logged.as_deref(), source.web_seen.as_deref());
            let any = |test: fn(&super::web::Web) -> bool| {
                logged.is_some_and(test) || wire.is_some_and(test)
            };
            let probed = seen.finding.is_some()
                || (matches!(seen.status, 400..=410) && any(|web| web.missing >= MISSING));
            worked
                || (probed && !source.standing.is_told(Told::Web))
                || (seen.sign_in
                    && any(|web| web.sign_ins >= FORMS)
                    && !source.standing.is_told(Told::Login))
        };
        self.touch(addr, Weight::Effort, could);
    }

    pub(super) fn touched_by_alert(&mut self, addr: Addr, severity: u8) {
        let could = |source: &Source| {
            severity <= GRAVE || (severity <= WEIGHTY && !source.standing.is_told(Told::Alert))
        };
        self.touch(addr, Weight::Effort, could);
    }

    fn touch(&mut self, addr: Addr, weight: Weight, could: impl FnOnce(&Source) -> bool) {
        if let Some(source) = self.tables.sources.get_mut(&addr)
            && could(source)
            && source.standing.wait(weight)
            && !self.touched.add(addr, weight)
        {
            // No room: it may try again.
            source.standing.seen();
        }
    }
}
