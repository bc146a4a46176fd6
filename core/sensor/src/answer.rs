//! What the desk answers a sensor.

use serde::{Deserialize, Serialize};
use ward_kernel::Time;

/// The answer to a parcel and to the question what is held. As JSON:
/// `{"held": 41, "time": 1793736000000000, "wait_ms": 0}`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// The highest sequence up to which the desk holds every batch for good; 0 when none.
    pub held: u64,
    /// The desk's clock, in microseconds since 1970 UTC.
    pub time: i64,
    /// How long the sensor should wait before it sends again, in milliseconds.
    #[serde(default)]
    pub wait_ms: u64,
}

impl Answer {
    /// The desk's clock.
    #[must_use]
    pub const fn time(&self) -> Time {
        Time::from_micros(self.time)
    }
}

/// Why the desk did not take what it was sent. As JSON in the body of the answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Refusal {
    /// The kind, which the sensor acts on.
    pub reason: Reason,
    /// A sentence for the sensor's log.
    pub error: String,
    /// What the desk holds of this sensor, where it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<u64>,
    /// The desk's clock, in microseconds since 1970 UTC; 0 where it does not say.
    #[serde(default)]
    pub time: i64,
    /// How long the sensor should wait before it sends again, in milliseconds.
    #[serde(default)]
    pub wait_ms: u64,
}

/// The kinds of refusals.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No sensor of this name, or its signature is wrong.
    UnknownSensor,
    /// The sensor was retired: it keeps its spool and asks again every five minutes.
    Retired,
    /// The request's time is too far from the desk's clock: sign again by [`Refusal::time`].
    Stale,
    /// The parcel does not follow on what is held: send again from [`Refusal::held`] + 1.
    Gap,
    /// The parcel or a frame in it is longer than allowed.
    TooLarge,
    /// The parcel cannot be read.
    Malformed,
    /// The enrolment code was used, has expired, or never was.
    BadCode,
    /// The desk cannot take anything now: wait.
    Busy,
    /// A kind that this version does not know.
    #[serde(other)]
    Other,
}

impl Reason {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::UnknownSensor | Self::Retired | Self::Stale => 401,
            Self::BadCode => 403,
            Self::Gap => 409,
            Self::TooLarge => 413,
            Self::Malformed | Self::Other => 400,
            Self::Busy => 503,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let answer = Answer { held: 41, time: 5, wait_ms: 0 };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(text, r#"{"held":41,"time":5,"wait_ms":0}"#);
        assert_eq!(serde_json::from_str::<Answer>(r#"{"held":41,"time":5}"#).unwrap(), answer);
        let refusal: Refusal =
            serde_json::from_str(r#"{"reason":"gap","error":"x","held":7}"#).unwrap();
        assert_eq!((refusal.reason, refusal.held), (Reason::Gap, Some(7)));
        assert_eq!(refusal.reason.status(), 409);
        let odd: Refusal = serde_json::from_str(r#"{"reason":"new","error":""}"#).unwrap();
        assert_eq!(odd.reason, Reason::Other);
    }
}
