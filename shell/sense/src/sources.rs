//! Where records come from.

pub(crate) mod files;
pub(crate) mod follow;
pub(crate) mod journal;
pub(crate) mod netflow;
pub(crate) mod syslog;
