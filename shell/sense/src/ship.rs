//! Sending: frames out of the spool, answers into it.

mod enrol;
mod https;
mod pinned;
mod shipper;

use std::fmt;
use std::future::Future;

use ward_sensor::{Answer, Refusal, Status};

pub use self::enrol::enrol;
pub(crate) use self::enrol::host;
pub(crate) use self::https::Https;
pub(crate) use self::shipper::Shipper;

/// The way to a desk. Over the network it is HTTPS; a desk's own sources have one of its own.
pub trait Deliver: Send + Sync + 'static {
    /// Hands over sealed frames with sequences that follow on each other, and perhaps the
    /// sensor's status. The answer says what the desk holds for good. Handing the same frames
    /// over twice must be harmless.
    fn deliver(
        &self,
        status: Option<&Status>,
        frames: &[Vec<u8>],
    ) -> impl Future<Output = Result<Answer, Undelivered>> + Send;

    /// Asks what the desk holds of this sensor.
    fn held(&self) -> impl Future<Output = Result<Answer, Undelivered>> + Send;
}

/// Why something was not delivered, or whether it was is not known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Undelivered {
    /// The desk said no.
    Refused(Refusal),
    /// No desk was reached, or no answer came; a sentence for the log.
    Failed(String),
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => {
                // Another machine's words: without control characters and not too long.
                let shown: String =
                    refusal.error.chars().filter(|c| !c.is_control()).take(300).collect();
                write!(f, "the desk refuses: {shown}")
            }
            Self::Failed(why) => f.write_str(why),
        }
    }
}
