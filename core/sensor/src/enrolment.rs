//! How a sensor joins: one line that a person pastes, one request, one answer.
//!
//! `ward1_https://desk.sos.example:8443_MFRGGZDF...`
//!
//! After the desk's address come, in base 32 (RFC 4648), the SHA-256 of the certificate that the
//! desk's chain must hold (its own authority, so that the line is safe from its first byte), the
//! secret that works once, and a checksum over everything, so that a typing error is told at once.
//! A code of an exercise begins with `exercise1_` and is otherwise the same.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ward_kernel::World;

/// Length of the secret, in bytes.
pub const SECRET: usize = 16;
const TAG: &str = "ward1_";
const EXERCISE_TAG: &str = "exercise1_";
const CHECKSUM: usize = 4;
const URL_MAX: usize = 255;

/// What the pasted line says.
#[derive(Clone, Eq, PartialEq)]
pub struct EnrolmentCode {
    /// The world of the desk that made it.
    pub world: World,
    /// The desk's address: `https://host[:port]`, or `http://` on loopback.
    pub url: String,
    /// SHA-256 of a certificate that the desk's chain must hold; `None` for `http://`.
    pub fingerprint: Option<[u8; 32]>,
    /// What works once.
    pub secret: [u8; SECRET],
}

impl EnrolmentCode {
    /// The line that people paste.
    #[must_use]
    pub fn to_text(&self) -> String {
        let fingerprint = self.fingerprint.unwrap_or_default();
        let tag = tag(self.world);
        let sum = checksum(tag, &self.url, &fingerprint, &self.secret);
        let tail = [&fingerprint[..], &self.secret, &sum].concat();
        format!("{tag}{}_{}", self.url, BASE32_NOPAD.encode(&tail))
    }

    /// Reads the line. White space is left out wherever mail programs put it, and capitals do not
    /// matter.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do. It never repeats the code.
    pub fn parse(text: &str) -> Result<Self, String> {
        const AGAIN: &str = "copy the whole line again from the desk's page for new sensors";
        let text: String = text.split_whitespace().collect();
        let (world, rest) = tagged(&text).ok_or_else(|| {
            format!("this is no enrolment code: it does not begin with \"{TAG}\"; {AGAIN}")
        })?;
        let (url, tail) = rest
            .rsplit_once('_')
            .ok_or_else(|| format!("the enrolment code ends after the desk's address; {AGAIN}"))?;
        let url = url.to_ascii_lowercase();
        let tail = tail.to_ascii_uppercase();
        let bytes = BASE32_NOPAD.decode(tail.as_bytes()).map_err(|_| {
            format!(
                "the last part of the enrolment code is incomplete or holds a character that \
                     no code has; {AGAIN}"
            )
        })?;
        let (fingerprint, bytes) = bytes.split_first_chunk::<32>().ok_or_else(|| cut(AGAIN))?;
        let (secret, sum) = bytes.split_first_chunk::<SECRET>().ok_or_else(|| cut(AGAIN))?;
        if sum.len() != CHECKSUM {
            return Err(cut(AGAIN));
        }
        if sum != checksum(tag(world), &url, fingerprint, secret) {
            return Err(format!(
                "a character of the enrolment code is wrong (its checksum does not fit); {AGAIN}"
            ));
        }
        let fingerprint = (*fingerprint != [0; 32]).then_some(*fingerprint);
        check_url(&url, fingerprint.is_some())?;
        Ok(Self { world, url, fingerprint, secret: *secret })
    }

    /// What the desk keeps of the secret and looks it up by: its SHA-256.
    #[must_use]
    pub fn secret_hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret).into()
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("EnrolmentCode");
        shown.field("world", &self.world).field("url", &self.url).finish_non_exhaustive()
    }
}

/// What a sensor asks when it enrols, as JSON. A sensor that heard no answer asks again with the
/// same key: the desk then gives the same answer.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrolRequest {
    /// The secret of the code, in lower-case hexadecimal.
    pub secret: String,
    /// The sensor's Ed25519 public key, in lower-case hexadecimal.
    pub public_key: String,
    /// What the machine calls itself.
    pub host: String,
    /// The name that the person at the machine gave, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The sensor program's version.
    pub version: String,
    /// The world of the code.
    #[serde(default, skip_serializing_if = "is_real")]
    pub world: World,
}

impl EnrolRequest {
    /// A request with the secret of a code.
    #[must_use]
    pub fn new(code: &EnrolmentCode, public_key: &[u8; 32], host: &str, version: &str) -> Self {
        Self {
            secret: HEXLOWER.encode(&code.secret),
            public_key: HEXLOWER.encode(public_key),
            host: host.to_owned(),
            name: None,
            version: version.to_owned(),
            world: code.world,
        }
    }

    /// The SHA-256 of the secret, and the key.
    ///
    /// # Errors
    /// Says which of them cannot be read.
    pub fn parts(&self) -> Result<([u8; 32], [u8; 32]), &'static str> {
        let decode = |text: &str| HEXLOWER.decode(text.as_bytes()).ok();
        let secret = decode(&self.secret).filter(|secret| secret.len() == SECRET);
        let secret = secret.ok_or("the secret is not 32 hexadecimal digits")?;
        let key = decode(&self.public_key).and_then(|key| key.try_into().ok());
        let key = key.ok_or("the public key is not 64 hexadecimal digits")?;
        if self.host.len() > 255 || self.version.len() > 64 {
            return Err("the host name or the version is too long");
        }
        if self.name.as_ref().is_some_and(|name| name.len() > 100) {
            return Err("the name is longer than 100 bytes");
        }
        Ok((Sha256::digest(secret).into(), key))
    }
}

impl fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("EnrolRequest");
        shown.field("host", &self.host).field("version", &self.version).finish_non_exhaustive()
    }
}

/// What the desk answers to a sensor that enrols, as JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrolAnswer {
    /// The sensor's identifier from now on.
    pub sensor: String,
    /// What the sensor is called on the desk's pages.
    pub name: String,
    /// The jurisdiction that it belongs to.
    pub jurisdiction: String,
    /// The desk's clock, in microseconds since 1970 UTC.
    pub time: i64,
}

/// As a real desk and its sensors have always spoken.
fn is_real(world: &World) -> bool {
    !world.is_exercise()
}

/// How a code of a world begins.
const fn tag(world: World) -> &'static str {
    match world {
        World::Real => TAG,
        World::Exercise => EXERCISE_TAG,
    }
}

/// The world that a code is of, and the rest of it.
fn tagged(text: &str) -> Option<(World, &str)> {
    [World::Real, World::Exercise].into_iter().find_map(|world| {
        let tag = tag(world);
        let begins = text.get(..tag.len())?.eq_ignore_ascii_case(tag);
        begins.then(|| text.get(tag.len()..).map(|rest| (world, rest)))?
    })
}

fn cut(again: &str) -> String {
    format!("the enrolment code is incomplete or has characters too many; {again}")
}

fn checksum(tag: &str, url: &str, fingerprint: &[u8; 32], secret: &[u8; SECRET]) -> [u8; CHECKSUM] {
    let hash = Sha256::new()
        .chain_update(tag)
        .chain_update(url)
        .chain_update([0])
        .chain_update(fingerprint)
        .chain_update(secret)
        .finalize();
    let mut sum = [0; CHECKSUM];
    for (slot, byte) in sum.iter_mut().zip(hash.iter()) {
        *slot = *byte;
    }
    sum
}

/// Whether a desk may be at this address: `https://` with a pinned certificate, or `http://` on
/// loopback, where nobody listens on the line.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn check_url(url: &str, pinned: bool) -> Result<(), String> {
    let shown: String = url.chars().take(80).collect();
    let (scheme, authority) = url
        .split_once("://")
        .ok_or_else(|| format!("\"{shown}\" is no address: write https://host:port"))?;
    let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    if authority.is_empty() || url.len() > URL_MAX || authority.contains(odd) {
        return Err(format!(
            "\"{shown}\" is no desk's address: write https://host:port and no more"
        ));
    }
    match scheme {
        "https" if pinned => Ok(()),
        "https" => Err("the desk's certificate has no fingerprint: enrol anew".into()),
        "http" if is_loopback(authority) => Ok(()),
        "http" => {
            Err(format!("\"{shown}\" would send records unprotected over the network: use https"))
        }
        _ => Err(format!("\"{shown}\" is neither https nor http")),
    }
}

fn is_loopback(authority: &str) -> bool {
    let port = |rest: &str| rest.is_empty() || rest.starts_with(':');
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|host| authority.strip_prefix(host).is_some_and(port))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code() -> EnrolmentCode {
        EnrolmentCode {
            world: World::Real,
            url: "https://desk.sos.example:8443".into(),
            fingerprint: Some([7; 32]),
            secret: [9; SECRET],
        }
    }

    #[test]
    fn pasted_as_mail_breaks_it() {
        let text = code().to_text();
        assert_eq!(EnrolmentCode::parse(&text), Ok(code()));
        let (front, back) = text.split_at(60);
        assert_eq!(EnrolmentCode::parse(&format!(" {front}\r\n  {back}\n")), Ok(code()));
        assert_eq!(EnrolmentCode::parse(&text.to_lowercase()), Ok(code()));
    }

    #[test]
    fn says_what_is_wrong() {
        let text = code().to_text();
        for (wrong, why) in [
            ("hello", "does not begin"),
            ("ward1_https://desk.sos.example", "ends after"),
            (&text.replace("8443", "8444"), "checksum"),
            (&text[..text.len() - 8], "incomplete"),
            (&format!("{text}AAAAAAAA"), "too many"),
            (&format!("{text}1"), "no code has"),
        ] {
            let error = EnrolmentCode::parse(wrong).unwrap_err();
            assert!(error.contains(why), "{error}");
            assert!(error.contains("copy the whole line again"), "{error}");
        }
    }

    #[test]
    fn only_safe_addresses() {
        for (url, pinned) in [
            ("https://desk.example", true),
            ("https://[2001:db8::1]:8443", true),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("http://localhost", false),
        ] {
            assert_eq!(check_url(url, pinned), Ok(()), "{url}");
        }
        for (url, pinned) in [
            ("https://desk.example", false),
            ("http://desk.example", true),
            ("http://127.0.0.1.desk.example", false),
            ("http://localhostile", false),
            ("https://desk.example/path", true),
            ("https://user@desk.example", true),
            ("https://", true),
            ("ftp://desk.example", true),
            ("desk.example", true),
        ] {
            assert!(check_url(url, pinned).is_err(), "{url}");
        }
    }

    #[test]
    fn a_code_says_of_which_world_it_is() {
        let exercise = EnrolmentCode { world: World::Exercise, ..code() };
        let text = exercise.to_text();
        assert!(text.starts_with("exercise1_https://"), "{text}");
        assert_eq!(EnrolmentCode::parse(&text), Ok(exercise.clone()));
        // With the other world's beginning its checksum does not fit any more.
        let changed = text.replacen("exercise1_", "ward1_", 1);
        assert!(EnrolmentCode::parse(&changed).unwrap_err().contains("checksum"));
        let asked = EnrolRequest::new(&exercise, &[1; 32], "web1", "0.1.0");
        let sent = serde_json::to_string(&asked).unwrap();
        assert_eq!(serde_json::from_str::<EnrolRequest>(&sent).unwrap().world, World::Exercise);
        let sent = serde_json::to_string(&EnrolRequest { world: World::Real, ..asked }).unwrap();
        assert!(!sent.contains("world"), "{sent}");
    }

    #[test]
    fn shows_no_secret() {
        let request = EnrolRequest::new(&code(), &[1; 32], "web1", "0.1.0");
        assert!(!format!("{:?}{request:?}", code()).contains("09"));
        assert_eq!(request.parts(), Ok((code().secret_hash(), [1; 32])));
        assert!(EnrolRequest { secret: "00".into(), ..request.clone() }.parts().is_err());
        assert!(EnrolRequest { public_key: "zz".into(), ..request }.parts().is_err());
    }

    proptest! {
        #[test]
        fn round_trip(port in 1_u16.., fingerprint in any::<[u8; 32]>(), secret in any::<[u8; 16]>()) {
            let url = format!("https://desk-1.example:{port}");
            for world in [World::Real, World::Exercise] {
                let url = url.clone();
                let code = EnrolmentCode { world, url, fingerprint: Some(fingerprint), secret };
                prop_assert_eq!(EnrolmentCode::parse(&code.to_text()), Ok(code));
            }
        }

        /// One wrong character, or two that changed places, are always told.
        #[test]
        fn typing_errors(at in 0_usize..110, other in "[A-Za-z0-9:/._-]") {
            let text = code().to_text();
            let mut wrong: Vec<char> = text.chars().collect();
            let at = at % wrong.len();
            wrong[at] = other.chars().next().unwrap();
            let wrong: String = wrong.into_iter().collect();
            prop_assume!(!wrong.eq_ignore_ascii_case(&text));
            prop_assert!(EnrolmentCode::parse(&wrong).is_err());
            let mut swapped: Vec<char> = text.chars().collect();
            swapped.swap(at, (at + 1) % text.len());
            let swapped: String = swapped.into_iter().collect();
            if swapped != text {
                prop_assert!(EnrolmentCode::parse(&swapped).is_err());
            }
        }

        #[test]
        fn any_text_is_read(text in ".{0,100}") {
            let _ = EnrolmentCode::parse(&text);
            let _ = EnrolmentCode::parse(&format!("{TAG}{text}"));
        }
    }
}
