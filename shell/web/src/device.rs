//! The device's cookie: proof that somebody has signed in from this browser before, so that they
//! are not made to wait while strangers guess at their account (OWASP, "Slow Down Online Guessing
//! Attacks with Device Cookies").

use axum::http::{HeaderMap, HeaderValue};

use crate::cookie;
use crate::desk::Desk;
use crate::keys::NoRandomness;

/// Random bytes, then their keyed hash with the person's id.
const RANDOM: usize = 16;
const PROOF: usize = RANDOM + 32;

/// People who share a machine, as many as it remembers.
const PEOPLE: usize = 4;

/// A year in seconds.
const YEAR: u64 = 365 * 24 * 60 * 60;

/// Whether this browser brings proof that the person has signed in from it.
pub(crate) fn is_known(desk: &Desk, headers: &HeaderMap, person: &str) -> bool {
    proofs(desk, headers).chunks_exact(PROOF).any(|proof| is_of(desk, proof, person))
}

/// The cookie that proves from now on that the person has signed in from this browser.
pub(crate) fn remember(
    desk: &Desk,
    headers: &HeaderMap,
    person: &str,
) -> Result<HeaderValue, NoRandomness> {
    let random: [u8; RANDOM] = desk.keys.random()?;
    let mut all = [random.as_slice(), &desk.keys.mac(&said(&random, person))].concat();
    let before = proofs(desk, headers);
    let others = before.chunks_exact(PROOF).filter(|proof| !is_of(desk, proof, person));
    for proof in others.take(PEOPLE - 1) {
        all.extend_from_slice(proof);
    }
    let name = cookie::device_name(&desk.settings);
    Ok(cookie::give(desk, &name, &all, Some(YEAR)))
}

fn proofs(desk: &Desk, headers: &HeaderMap) -> Vec<u8> {
    let name = cookie::device_name(&desk.settings);
    let mut proofs = cookie::secret(headers, &name).unwrap_or_default();
    proofs.truncate(PEOPLE * PROOF);
    proofs
}

fn is_of(desk: &Desk, proof: &[u8], person: &str) -> bool {
    let (random, tag) = proof.split_at(RANDOM.min(proof.len()));
    desk.keys.is_mac(&said(random, person), tag)
}

fn said(random: &[u8], person: &str) -> Vec<u8> {
    [b"device\0", random, person.as_bytes()].concat()
}
