//! What the desk keeps in mind about people on their way in, and about what they have in the works.
//! None of it outlives a restart, and none of it has to: whoever was half-way in begins again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ward_access::Throttle;
use ward_access::throttle::{Pace, Policy};

use crate::awaited::{self, Awaited};
use crate::desk::Settings;
use crate::doing::after::export::Exports;
use crate::doing::hunt::LOOKS;
use crate::doing::records::COMING;
use crate::doing::turns::Turns;
use crate::guard::pace;
use crate::live;
use crate::pages::set_up::Draft;
use crate::passkeys::Passkeys;
use crate::passwords::Hashing;

/// What is kept in mind.
pub(crate) struct Lobby {
    done: AtomicBool,
    draft: Mutex<Option<Draft>>,
    passwords: Mutex<Throttle>,
    codes: Mutex<Throttle>,
    journeys: Mutex<Throttle>,
    writing: Mutex<Pace>,
    looking: Mutex<Pace>,
    awaited: Mutex<Awaited>,
    /// The queue of passwords that wait to be hashed.
    pub(crate) hashing: Hashing,
    /// Whose files are on their way in: one each, so that nobody shuts the others out.
    pub(crate) senders: Turns,
    /// Who looks things up over a long time.
    pub(crate) looks: Turns,
    /// Open lines of the doorbell.
    pub(crate) lines: Turns,
    /// Files that are made of a span.
    pub(crate) exports: Exports,
    /// The ceremonies of passkeys; `None` where browsers allow none.
    pub(crate) passkeys: Option<Passkeys>,
}

impl Lobby {
    /// An empty lobby.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            done: AtomicBool::new(settings.set_up.is_none()),
            draft: Mutex::new(None),
            passwords: Mutex::new(Throttle::new(Policy::PASSWORD)),
            codes: Mutex::new(Throttle::new(Policy::SECOND_FACTOR)),
            journeys: Mutex::new(Throttle::new(awaited::POLICY)),
            writing: Mutex::new(Pace::new(pace::rate(settings), pace::PEOPLE)),
            looking: Mutex::new(Pace::new(pace::looking(settings), pace::PEOPLE)),
            awaited: Mutex::default(),
            hashing: Hashing::default(),
            senders: Turns::new(1, COMING),
            looks: Turns::new(LOOKS, u32::MAX),
            lines: Turns::new(live::EACH_PERSON, live::ALL),
            exports: Exports::default(),
            passkeys: Passkeys::new(&settings.origin, settings.world),
        }
    }

    /// Whether set-up is done.
    pub(crate) fn is_set_up(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    /// Says that set-up is done, after the store has it.
    pub(crate) fn set_up_is_done(&self) {
        self.done.store(true, Ordering::Release);
        *self.draft() = None;
    }

    /// What set-up has gathered so far.
    pub(crate) fn draft(&self) -> MutexGuard<'_, Option<Draft>> {
        held(&self.draft)
    }

    /// Who has to wait before the next password.
    pub(crate) fn passwords(&self) -> MutexGuard<'_, Throttle> {
        held(&self.passwords)
    }

    /// Who has to wait before the next code of an authenticator app.
    pub(crate) fn codes(&self) -> MutexGuard<'_, Throttle> {
        held(&self.codes)
    }

    /// Who has to wait before they go to a provider again.
    pub(crate) fn journeys(&self) -> MutexGuard<'_, Throttle> {
        held(&self.journeys)
    }

    /// Who has to wait before they put something down again.
    pub(crate) fn writing(&self) -> MutexGuard<'_, Pace> {
        held(&self.writing)
    }

    /// Who has to wait before they look again at what leaves a row in the audit each time.
    pub(crate) fn looking(&self) -> MutexGuard<'_, Pace> {
        held(&self.looking)
    }

    /// Who has gone to a provider and is awaited back.
    pub(crate) fn awaited(&self) -> MutexGuard<'_, Awaited> {
        held(&self.awaited)
    }
}

/// The value, whatever became of whoever held it last: each is whole after every step.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
