//! Sessions: begun, raised and ended, always with a new secret, so that nobody can plant one
//! before a sign-in and own it after.

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE32_NOPAD;
use ward_access::Stage;
use ward_access::throttle::{Key, neighbourhood};
use ward_kernel::Addr;
use ward_store::people::{self, Person};
use ward_store::sessions::{self, Rise, Session};
use ward_store::{Error, Link};

use crate::cookie;
use crate::desk::Desk;
use crate::keys::{Keys, NoRandomness};
use crate::refused::Refused;
use crate::who::Who;

/// The longest name of a browser that is kept, in characters.
const AGENT: usize = 200;

/// A new id for a row: the kind's letter and 80 random bits.
///
/// # Errors
/// When the machine gives no randomness.
pub(crate) fn new_id(keys: &Keys, kind: &str) -> Result<String, NoRandomness> {
    let bytes: [u8; 10] = keys.random()?;
    Ok(format!("{kind}-{}", BASE32_NOPAD.encode(&bytes).to_lowercase()))
}

/// Begins a session of a person at a stage; the cookie for its browser.
///
/// # Errors
/// Those of the store, and of missing randomness.
pub(crate) async fn begin(
    desk: &Desk,
    mut link: Link<'_>,
    who: &Who,
    person: &Person,
    stage: Stage,
    headers: &HeaderMap,
) -> Result<(Session, HeaderValue), Refused> {
    let now = desk.now();
    let secret: [u8; 32] = desk.keys.random()?;
    if let Some(before) = &who.session {
        sessions::end(link.again(), &before.id).await?;
    }
    let session = Session {
        id: new_id(&desk.keys, "s")?,
        hash: desk.keys.kept(&secret).to_vec(),
        person: person.id.clone(),
        stage,
        csrf: Vec::new(),
        created: now,
        seen: now,
        expires: now.plus(stage.lasts()),
        confirmed: (stage == Stage::Full).then_some(now),
        address: who.address.to_string(),
        agent: agent(headers),
    };
    sessions::begin(link.again(), &session).await?;
    if stage == Stage::Full {
        people::signed_in(link, &person.id, now).await?;
    }
    Ok((session, session_cookie(desk, &secret)))
}

/// Raises a session to full; the cookie with its new secret. The secret before is worth nothing
/// from the commit on.
///
/// # Errors
/// Those of the store, and of missing randomness; and when the session has ended meanwhile.
pub(crate) async fn rise(
    desk: &Desk,
    mut link: Link<'_>,
    session: &Session,
) -> Result<HeaderValue, Refused> {
    let now = desk.now();
    let secret: [u8; 32] = desk.keys.random()?;
    let stage = Stage::Full;
    let rise = Rise {
        stage,
        hash: desk.keys.kept(&secret),
        csrf: &[],
        at: now,
        expires: now.plus(stage.lasts()),
        confirmed: true,
    };
    if !sessions::promote(link.again(), &session.id, &rise).await? {
        return Err(Error::Refused("the session has ended meanwhile".to_owned()).into());
    }
    people::signed_in(link, &session.person, now).await?;
    Ok(session_cookie(desk, &secret))
}

fn session_cookie(desk: &Desk, secret: &[u8]) -> HeaderValue {
    cookie::give(desk, &cookie::session_name(&desk.settings), secret, None)
}

/// The cookie that takes the session away.
pub(crate) fn no_session(desk: &Desk) -> HeaderValue {
    cookie::take(desk, &cookie::session_name(&desk.settings))
}

/// What the browser calls itself, as far as it is kept.
fn agent(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    let said = String::from_utf8_lossy(said);
    said.chars().filter(|c| !c.is_control()).take(AGENT).collect()
}

/// The browser and the system that an agent's name speaks of, in words: "Firefox on Windows".
pub(crate) fn agent_words(agent: &str) -> String {
    // The order matters: most browsers also claim to be those after them.
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Windows", "Windows"),
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Mac OS X", "a Mac"),
        ("CrOS", "a Chromebook"),
        ("Linux", "Linux"),
    ];
    let named = |table: &[(&str, &'static str)]| {
        table.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(only), None) => only.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "A browser that does not say which".to_owned(),
    }
}

/// Who tries to get into what, for the throttle: the account by a keyed hash of its name.
pub(crate) fn attempt(desk: &Desk, who: &Who, account: &str, device_known: bool) -> Key {
    let tag = desk.keys.mac(&[b"account\0", account.as_bytes()].concat());
    let account = tag.first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight));
    Key { account, network: neighbourhood(Addr::from(who.address)), device_known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
              Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
              (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on an iPhone",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
                "Firefox on Linux",
            ),
            ("curl/8.0", "A browser that does not say which"),
        ] {
            assert_eq!(agent_words(agent), words);
        }
    }
}
