//! Logs that were read lately, by the seal of their last entry.
//!
//! A seal stands over everything that is in its log, so what was read under one is never out of
//! date: whoever wrote since, and to whichever store, made another seal. Hundreds of open consoles
//! ask for the same logs whenever one of them changes; all others need not be read again.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ward_desk::{Log, Machine};

/// Bytes of entries after which the younger half becomes the older one, and that is forgotten.
const HALF: usize = 8 << 20;

/// What is kept in mind. A seal names the same log everywhere, so that one place is enough.
static MEMO: Mutex<Memo> = Mutex::new(Memo::new(HALF));

/// The log under a seal, when it is kept in mind.
pub(super) fn recall<M: Machine>(seal: &[u8]) -> Option<Arc<Log<M>>> {
    MEMO.lock().unwrap_or_else(PoisonError::into_inner).recall(seal)
}

/// Keeps the log under a seal in mind; its entries came in so many bytes.
pub(super) fn keep<M: Machine>(seal: Vec<u8>, log: &Arc<Log<M>>, bytes: usize) {
    let log = Arc::<Log<M>>::clone(log);
    MEMO.lock().unwrap_or_else(PoisonError::into_inner).keep(seal, log, bytes);
}

/// A log of any kind, and how many bytes its entries were.
type Kept = (Arc<dyn Any + Send + Sync>, usize);

/// Two halves: what is asked for moves to the younger one, so that what nobody asks for is forgotten.
struct Memo {
    half: usize,
    young: BTreeMap<Vec<u8>, Kept>,
    bytes: usize,
    old: BTreeMap<Vec<u8>, Kept>,
}

impl Memo {
    const fn new(half: usize) -> Self {
        Self { half, young: BTreeMap::new(), bytes: 0, old: BTreeMap::new() }
    }

    fn recall<M: Machine>(&mut self, seal: &[u8]) -> Option<Arc<Log<M>>> {
        if let Some((seal, (log, bytes))) = self.old.remove_entry(seal) {
            self.keep(seal, log, bytes);
        }
        let (log, _) = self.young.get(seal)?;
        Arc::clone(log).downcast().ok()
    }

    fn keep(&mut self, seal: Vec<u8>, log: Arc<dyn Any + Send + Sync>, bytes: usize) {
        if self.bytes.saturating_add(bytes) > self.half {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        if self.young.insert(seal, (log, bytes)).is_none() {
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use ward_desk::communications::Check;
    use ward_desk::incident::Incident;

    use super::*;

    fn is_kept(memo: &mut Memo, seal: u8) -> bool {
        memo.recall::<Incident>(&[seal]).is_some()
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut memo = Memo::new(10);
        for seal in 0..200 {
            memo.keep(vec![seal], Arc::new(Log::<Incident>::default()), 3);
            assert!(is_kept(&mut memo, 0) && is_kept(&mut memo, seal), "{seal}");
            // Two halves of three, and the one that is being put in.
            assert!(memo.young.len() + memo.old.len() <= 7, "{seal}");
        }
        assert!(!is_kept(&mut memo, 100));
    }

    #[test]
    fn a_log_is_of_its_kind_alone() {
        let mut memo = Memo::new(10);
        memo.keep(vec![1], Arc::new(Log::<Incident>::default()), 3);
        assert!(memo.recall::<Check>(&[1]).is_none());
        assert!(is_kept(&mut memo, 1));
    }

    #[test]
    fn one_that_is_larger_than_all_of_it_is_kept_until_the_next() {
        let mut memo = Memo::new(10);
        memo.keep(vec![1], Arc::new(Log::<Incident>::default()), 90);
        assert!(is_kept(&mut memo, 1));
        memo.keep(vec![2], Arc::new(Log::<Incident>::default()), 3);
        memo.keep(vec![3], Arc::new(Log::<Incident>::default()), 9);
        assert!(!is_kept(&mut memo, 1));
    }
}
