//! The machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use ward_kernel::Time;

/// Now, by the machine's clock; the epoch should it stand before it.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// A generation for streams that begin now: seconds since 1970.
pub(crate) fn generation() -> u64 {
    u64::try_from(now().secs()).unwrap_or(0)
}
