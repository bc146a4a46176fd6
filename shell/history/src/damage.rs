//! What is said of a file that does not hold what was written.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::errors::{ParquetError, Result};

/// An error about what a file holds, as the Parquet library has them.
pub(crate) fn wrong(why: impl Into<String>) -> ParquetError {
    ParquetError::General(why.into())
}

/// Runs `read`, which reads what a file holds. The Parquet library means to return an error for
/// every damage; should it panic, that is an error too.
pub(crate) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(wrong("it is damaged")))
}
