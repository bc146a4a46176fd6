//! How a sensor shows who it is: a signature over each request.
//!
//! `Authorization: Ward-Sensor id=adair-1, time=1793736000000000, body=<SHA-256>, signature=<...>`
//!
//! The signature is over method, path, identifier, time and the body's hash, so it can be checked
//! before a byte of the body is read. The time is the desk's clock as the sensor last heard it:
//! a sensor whose own clock is wrong can still speak, and a request that is caught cannot be sent
//! again an hour later.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;

use crate::answer::Reason;
use crate::batch::is_sensor;
use crate::frame::SIGNATURE;

/// How far a request's time may be from the desk's clock, in microseconds.
pub const TOLERANCE: i64 = 5 * MINUTE;
const SCHEME: &str = "Ward-Sensor ";

/// What the header of a request claims.
#[derive(Clone, Eq, PartialEq)]
pub struct Credential {
    sensor: String,
    time: Time,
    body: [u8; 32],
    signature: [u8; SIGNATURE],
}

impl Credential {
    /// Signs a request. `path` is the request's path without query.
    pub fn sign(
        sensor: &str,
        time: Time,
        method: &str,
        path: &str,
        body: &[u8],
        sign: impl FnOnce(&[u8]) -> [u8; SIGNATURE],
    ) -> Self {
        let body: [u8; 32] = Sha256::digest(body).into();
        let signature = sign(&to_sign(sensor, time, method, path, &body));
        Self { sensor: sensor.to_owned(), time, body, signature }
    }

    /// Reads the value of an `Authorization` header.
    ///
    /// # Errors
    /// Says what such a value looks like.
    pub fn parse(value: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "the Authorization header of a sensor is \
                             \"Ward-Sensor id=..., time=..., body=..., signature=...\"";
        let mut parts = value.strip_prefix(SCHEME).ok_or(SHAPE)?.split(", ");
        let mut part = |name: &str| {
            let (key, value) = parts.next().and_then(|part| part.split_once('=')).ok_or(SHAPE)?;
            if key == name { Ok(value) } else { Err(SHAPE) }
        };
        let sensor = part("id")?.to_owned();
        let time = part("time")?.parse().map(Time::from_micros).map_err(|_| SHAPE)?;
        let body = HEXLOWER.decode(part("body")?.as_bytes()).map_err(|_| SHAPE)?;
        let signature = BASE64URL_NOPAD.decode(part("signature")?.as_bytes()).map_err(|_| SHAPE)?;
        if !is_sensor(&sensor) || parts.next().is_some() {
            return Err(SHAPE);
        }
        let body = body.try_into().map_err(|_| SHAPE)?;
        let signature = signature.try_into().map_err(|_| SHAPE)?;
        Ok(Self { sensor, time, body, signature })
    }

    /// The sensor that the request claims to be from: look its key up by this.
    #[must_use]
    pub fn sensor(&self) -> &str {
        &self.sensor
    }

    /// Whether the sensor's key signed this request, and lately. `now` is the desk's clock;
    /// `verify` is given the signed bytes and the signature.
    ///
    /// # Errors
    /// [`Reason::UnknownSensor`] when the signature is wrong, [`Reason::Stale`] when it is old.
    pub fn check(
        &self,
        method: &str,
        path: &str,
        now: Time,
        verify: impl Fn(&[u8], &[u8]) -> bool,
    ) -> Result<(), Reason> {
        let signed = to_sign(&self.sensor, self.time, method, path, &self.body);
        if !verify(&signed, &self.signature) {
            return Err(Reason::UnknownSensor);
        }
        if now.since(self.time).saturating_abs() > TOLERANCE {
            return Err(Reason::Stale);
        }
        Ok(())
    }

    /// Whether this is the body that was signed.
    #[must_use]
    pub fn covers(&self, body: &[u8]) -> bool {
        <[u8; 32]>::from(Sha256::digest(body)) == self.body
    }
}

impl fmt::Display for Credential {
    /// The value of the `Authorization` header.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (body, signature) =
            (HEXLOWER.encode(&self.body), BASE64URL_NOPAD.encode(&self.signature));
        let time = self.time.micros();
        write!(f, "{SCHEME}id={}, time={time}, body={body}, signature={signature}", self.sensor)
    }
}

impl fmt::Debug for Credential {
    /// Without the signature, with which the request could be sent again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Credential");
        shown.field("sensor", &self.sensor).field("time", &self.time).finish_non_exhaustive()
    }
}

/// Each part on a line of its own; none can hold a line's end.
fn to_sign(sensor: &str, time: Time, method: &str, path: &str, body: &[u8; 32]) -> Vec<u8> {
    let (time, body) = (time.micros(), HEXLOWER.encode(body));
    format!("ward-sensor request 1\n{method}\n{path}\n{sensor}\n{time}\n{body}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::tests::{sign, verify};

    const NOW: Time = Time::from_secs(1_793_736_000);

    #[test]
    fn holds_for_one_request() {
        let made = Credential::sign("adair-1", NOW, "POST", "/sense/v1/parcels", b"body", sign);
        let read = Credential::parse(&made.to_string()).unwrap();
        assert_eq!(read, made);
        assert_eq!(read.sensor(), "adair-1");
        let check = |method, path, now| read.check(method, path, now, verify);
        assert_eq!(check("POST", "/sense/v1/parcels", NOW), Ok(()));
        assert_eq!(check("GET", "/sense/v1/parcels", NOW), Err(Reason::UnknownSensor));
        assert_eq!(check("POST", "/sense/v1/held", NOW), Err(Reason::UnknownSensor));
        for late in [TOLERANCE + 1, -TOLERANCE - 1, i64::MIN] {
            assert_eq!(check("POST", "/sense/v1/parcels", NOW.plus(late)), Err(Reason::Stale));
        }
        assert!(read.covers(b"body") && !read.covers(b"bodz"));
    }

    #[test]
    fn a_changed_part_does_not_hold() {
        let made = Credential::sign("adair-1", NOW, "GET", "/x", b"", sign).to_string();
        for (from, to) in [("id=adair-1", "id=adair-2"), ("time=1", "time=2"), ("body=e", "body=f")]
        {
            let changed = made.replace(from, to);
            assert_ne!(changed, made);
            let read = Credential::parse(&changed).unwrap();
            assert_eq!(read.check("GET", "/x", NOW, verify), Err(Reason::UnknownSensor));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            let _ = Credential::parse(&text);
            let _ = Credential::parse(&format!("{SCHEME}{text}"));
        }
    }
}
