//! Passwords: hashed slowly on purpose, a few at a time, so that a flood cannot eat the machine.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::http::StatusCode;
use tokio::sync::Semaphore;
use ward_access::password::prepare;

use crate::desk::Desk;
use crate::server::errors::Problem;

/// Argon2id with 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's second
/// choice of equal strength, with the least memory that it gives for two passes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of these very parameters that no password has: what is checked when there is no such
/// account, so that the answer takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The queue of passwords that wait to be hashed.
#[derive(Debug)]
pub(crate) struct Hashing {
    /// Two at a time, for whoever comes.
    turns: Arc<Semaphore>,
    /// One at a time more, for those who signed in from their device before: strangers who fill
    /// the queue do not stand before them.
    known: Arc<Semaphore>,
    /// How many may wait: whoever comes then is told to come again.
    places: Semaphore,
}

impl Default for Hashing {
    fn default() -> Self {
        let turns = |many| Arc::new(Semaphore::new(many));
        Self { turns: turns(2), known: turns(1), places: Semaphore::new(64) }
    }
}

/// What became of a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Checked {
    /// It is not the one, or there is none.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and was hashed with older parameters: hash it again.
    RightButOld,
}

/// Hashes a password that was found good, for keeping: PHC text.
///
/// # Errors
/// When too many wait, or the machine fails.
pub(crate) async fn hash(desk: &Desk, typed: &str) -> Result<String, Problem> {
    let salt: [u8; 16] = desk.keys.random().map_err(|_| broken())?;
    let password = prepare(typed).ok_or_else(broken)?;
    turn(desk, false, move || {
        let salt = SaltString::encode_b64(&salt).map_err(|_| broken())?;
        let hash = engine()?.hash_password(password.as_bytes(), &salt).map_err(|_| broken())?;
        Ok(hash.to_string())
    })
    .await
}

/// Checks a password against what is kept. Without anything kept it takes as long and is wrong.
/// `known` says that it comes from a device of the account's owner.
///
/// # Errors
/// When too many wait, or the machine fails.
pub(crate) async fn check(
    desk: &Desk,
    kept: Option<String>,
    typed: &str,
    known: bool,
) -> Result<Checked, Problem> {
    // What is too long is nobody's password.
    let (kept, password) = match (kept.filter(|kept| !kept.is_empty()), prepare(typed)) {
        (Some(kept), Some(password)) => (kept, password),
        _ => (NOBODYS.to_owned(), String::new()),
    };
    turn(desk, known, move || {
        let kept = PasswordHash::new(&kept).map_err(|_| broken())?;
        let engine = engine()?;
        if engine.verify_password(password.as_bytes(), &kept).is_err() {
            return Ok(Checked::Wrong);
        }
        Ok(if is_current(&kept) { Checked::Right } else { Checked::RightButOld })
    })
    .await
}

fn engine() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| broken())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn is_current(kept: &PasswordHash<'_>) -> bool {
    let params = Params::try_from(kept);
    params.is_ok_and(|p| (p.m_cost(), p.t_cost(), p.p_cost()) == (MEMORY_KIB, PASSES, LANES))
}

/// Runs slow work when it is its turn, off the threads that answer.
async fn turn<T: Send + 'static>(
    desk: &Desk,
    known: bool,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let hashing = &desk.lobby().hashing;
    let turn = if known {
        Arc::clone(&hashing.known).acquire_owned().await.map_err(|_| busy())?
    } else {
        let _place = hashing.places.try_acquire().map_err(|_| busy())?;
        Arc::clone(&hashing.turns).acquire_owned().await.map_err(|_| busy())?
    };
    let work = move || {
        // The turn lasts as long as the work, also when whoever asked has gone away.
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| broken())?
}

fn busy() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Too many people are signing in at this moment",
        "Wait a few seconds, then try again.",
    )
}

fn broken() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The password could not be checked",
        "Try again; if it stays so, tell whoever runs the desk's machine.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_hash_takes_as_long_as_anybodys() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        assert!(is_current(&nobodys));
        assert!(engine().unwrap().verify_password(b"", &nobodys).is_err());
        let salt = SaltString::encode_b64(&[1; 16]).unwrap();
        let real = engine().unwrap().hash_password(b"lantern", &salt).unwrap();
        assert_eq!(nobodys.hash.unwrap().len(), real.hash.unwrap().len());
        assert_eq!(nobodys.salt.unwrap().as_str().len(), real.salt.unwrap().as_str().len());
    }

    #[test]
    fn older_parameters_are_noticed() {
        let params = Params::new(8 * 1024, 1, 1, None).unwrap();
        let engine = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = SaltString::encode_b64(&[1; 16]).unwrap();
        assert!(!is_current(&engine.hash_password(b"lantern", &salt).unwrap()));
    }
}
