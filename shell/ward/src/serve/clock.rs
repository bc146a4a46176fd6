//! The desk's clock: the machine's, but in the demonstration, where it is the recording's.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use ward_kernel::Time;

/// How far the desk's clock is behind the machine's, in microseconds.
static BEHIND: AtomicI64 = AtomicI64::new(0);

/// The time by the desk's clock.
pub(super) fn now() -> Time {
    Time::from_micros(machine().saturating_sub(BEHIND.load(Ordering::Relaxed)))
}

/// Makes it this time now; the clock goes on from here.
pub(super) fn set(time: Time) {
    BEHIND.store(machine().saturating_sub(time.micros()), Ordering::Relaxed);
}

/// The machine's own time, in microseconds since 1970 UTC.
pub(super) fn machine() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
