//! What is known of the provider for now, and when it was last asked.

use std::sync::Arc;

use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, MINUTE, SECOND};

use crate::discovery::Metadata;
use crate::jose::KeySet;

/// What was learnt, and when. Copies are cheap: sign-ins work on one while another is fetched.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    pub(crate) metadata: Option<(Arc<Metadata>, Time)>,
    pub(crate) keys: Option<(Arc<KeySet>, Time)>,
    /// When a visitor's step last made the desk ask for the discovery document.
    pub(crate) asked_metadata: Option<Time>,
    /// When a sign-in last made the desk ask for the keys.
    pub(crate) asked_keys: Option<Time>,
}

/// A provider that is down is asked again on a visitor's behalf after this long.
const METADATA_PAUSE: i64 = 10 * SECOND;
/// Unknown keys make the desk fetch the set again after this long.
const KEYS_PAUSE: i64 = MINUTE;
/// Keys are fetched again when they are this old, so that one that was withdrawn goes.
const KEYS_FRESH: i64 = HOUR;
/// Keys that cannot be fetched again are still good until they are this old.
const KEYS_LAST: i64 = DAY;

impl Memory {
    pub(crate) fn may_ask_metadata(&self, now: Time) -> bool {
        over(self.asked_metadata, METADATA_PAUSE, now)
    }

    pub(crate) fn may_ask_keys(&self, now: Time) -> bool {
        over(self.asked_keys, KEYS_PAUSE, now)
    }

    /// The keys, and whether they should be fetched again before they are used.
    pub(crate) fn keys(&self, now: Time) -> Option<(Arc<KeySet>, bool)> {
        let (keys, at) = self.keys.as_ref()?;
        let good = !over(Some(*at), KEYS_LAST, now);
        good.then(|| (Arc::clone(keys), over(Some(*at), KEYS_FRESH, now)))
    }
}

/// Whether so long has passed. A clock that was set back counts as passed: else nothing would be
/// asked until it has caught up.
fn over(at: Option<Time>, long: i64, now: Time) -> bool {
    at.is_none_or(|at| !(0..long).contains(&now.since(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_blocks_nothing() {
        let at = Time::from_secs(1_000);
        assert!(!over(Some(at), MINUTE, at));
        assert!(!over(Some(at), MINUTE, at.plus(MINUTE - 1)));
        assert!(over(Some(at), MINUTE, at.plus(MINUTE)));
        assert!(over(Some(at), MINUTE, at.plus(-1)));
        assert!(over(None, MINUTE, at));
    }
}
