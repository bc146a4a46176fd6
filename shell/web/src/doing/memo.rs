//! Logs that were read lately, and what they stand at, by the seal of their last entry.
//!
//! A seal stands over everything that is in its log, so what was read under one is never out of
//! date: whoever wrote since, and to whichever store, made another seal. Hundreds of open consoles
//! ask for the same logs whenever one of them changes; all others need not be read again.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is kept in mind of whole logs. A seal names the same log everywhere, so that one place is
/// enough.
pub(super) static LOGS: Memo = Memo::new(8 << 20);

/// What is kept in mind of what logs stand at: far more of them, for lists show them all.
pub(super) static STATES: Memo = Memo::new(16 << 20);

/// What was read under seals.
pub(super) struct Memo(Mutex<Halves>);

impl Memo {
    /// `half` is after how many bytes, as they were read, the younger half becomes the older one,
    /// and that is forgotten.
    const fn new(half: usize) -> Self {
        Self(Mutex::new(Halves { half, young: BTreeMap::new(), bytes: 0, old: BTreeMap::new() }))
    }

    /// What was read under a seal, when it is kept in mind and of this kind.
    pub(super) fn recall<T: Any + Send + Sync>(&self, seal: &[u8]) -> Option<Arc<T>> {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.recall(seal)?.downcast().ok()
    }

    /// Keeps what was read under a seal, in so many bytes.
    pub(super) fn keep<T: Any + Send + Sync>(&self, seal: Vec<u8>, read: &Arc<T>, bytes: usize) {
        let read = Arc::<T>::clone(read);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(seal, read, bytes);
    }
}

/// A thing of any kind, and in how many bytes it was read.
type Kept = (Arc<dyn Any + Send + Sync>, usize);

/// Two halves: what is asked for moves to the younger one, so that what nobody asks for is forgotten.
struct Halves {
    half: usize,
    young: BTreeMap<Vec<u8>, Kept>,
    bytes: usize,
    old: BTreeMap<Vec<u8>, Kept>,
}

impl Halves {
    fn recall(&mut self, seal: &[u8]) -> Option<Arc<dyn Any + Send + Sync>> {
        if let Some((seal, (read, bytes))) = self.old.remove_entry(seal) {
            self.keep(seal, read, bytes);
        }
        self.young.get(seal).map(|(read, _)| Arc::clone(read))
    }

    fn keep(&mut self, seal: Vec<u8>, read: Arc<dyn Any + Send + Sync>, bytes: usize) {
        if self.bytes.saturating_add(bytes) > self.half {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        if self.young.insert(seal, (read, bytes)).is_none() {
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(memo: &Memo, seal: u8) -> bool {
        memo.recall::<String>(&[seal]).is_some()
    }

    fn keep(memo: &Memo, seal: u8, bytes: usize) {
        memo.keep(vec![seal], &Arc::new(String::new()), bytes);
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let memo = Memo::new(10);
        for seal in 0..200 {
            keep(&memo, seal, 3);
            assert!(is_kept(&memo, 0) && is_kept(&memo, seal), "{seal}");
            // Two halves of three, and the one that is being put in.
            let halves = memo.0.lock().unwrap();
            assert!(halves.young.len() + halves.old.len() <= 7, "{seal}");
        }
        assert!(!is_kept(&memo, 100));
    }

    #[test]
    fn a_log_is_of_its_kind_alone() {
        let memo = Memo::new(10);
        keep(&memo, 1, 3);
        assert!(memo.recall::<u64>(&[1]).is_none());
        assert!(is_kept(&memo, 1));
    }

    #[test]
    fn one_that_is_larger_than_all_of_it_is_kept_until_the_next() {
        let memo = Memo::new(10);
        keep(&memo, 1, 90);
        assert!(is_kept(&memo, 1));
        keep(&memo, 2, 3);
        keep(&memo, 3, 9);
        assert!(!is_kept(&memo, 1));
    }
}
