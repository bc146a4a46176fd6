//! How much somebody may have in the works at a time, so that nobody keeps the others waiting.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::who::Who;

/// Who is at work, and on how much.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    /// What one may have in the works.
    each: u32,
    /// What all may together.
    all: u32,
    taken: Arc<Mutex<BTreeMap<String, u32>>>,
}

/// A turn; given back when dropped.
#[derive(Debug)]
pub(crate) struct Turn(Turns, String);

/// Why there is no turn now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Full {
    /// Whoever asks has as much in the works as one may.
    Own,
    /// Others have.
    Others,
}

impl Turns {
    /// So many turns for each, and so many for all together.
    pub(crate) fn new(each: u32, all: u32) -> Self {
        Self { each, all, taken: Arc::default() }
    }

    /// A turn for whoever asks, a person or a program.
    ///
    /// # Errors
    /// [`Full`], with who has them.
    pub(crate) fn take(&self, who: &Who) -> Result<Turn, Full> {
        let mut taken = self.taken();
        let own = taken.get(who.id()).copied().unwrap_or(0);
        if own >= self.each {
            return Err(Full::Own);
        }
        if sum(&taken) >= self.all {
            return Err(Full::Others);
        }
        taken.insert(who.id().to_owned(), own.saturating_add(1));
        Ok(Turn(self.clone(), who.id().to_owned()))
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        // Each change is one insertion or removal: a panic elsewhere leaves nothing half done.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// How many turns are taken by all together, this one among them.
    pub(crate) fn of_all(&self) -> u32 {
        sum(&self.0.taken())
    }
}

fn sum(taken: &BTreeMap<String, u32>) -> u32 {
    taken.values().fold(0, |sum, one| sum.saturating_add(*one))
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.0.taken();
        match taken.get_mut(&self.1) {
            Some(left) if *left > 1 => *left = left.saturating_sub(1),
            _ => drop(taken.remove(&self.1)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use ward_access::{Actor, Role};

    use super::*;

    /// Somebody of this id.
    pub(crate) fn who(id: &str) -> Who {
        let (id, name, role) = (id.to_owned(), "Somebody".to_owned(), Role::Analyst);
        let actor = Actor { id, name, role, jurisdiction: None, machine: false };
        Who { actor: Some(actor), ..Who::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) }
    }

    #[test]
    fn nobody_takes_all_and_what_is_over_is_given_back() {
        let turns = Turns::new(2, 3);
        let (one, two) = (turns.take(&who("a")).unwrap(), turns.take(&who("a")).unwrap());
        assert_eq!(turns.take(&who("a")).unwrap_err(), Full::Own);
        let other = turns.take(&who("b")).unwrap();
        assert_eq!(turns.take(&who("b")).unwrap_err(), Full::Others);
        drop(one);
        let again = turns.take(&who("a")).unwrap();
        assert_eq!(turns.take(&who("a")).unwrap_err(), Full::Own);
        drop((two, again, other));
        assert!(turns.taken().is_empty(), "nobody is kept in mind");
    }
}
