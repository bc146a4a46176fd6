//! The provider as the desk sees it.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use ward_kernel::Time;

use crate::claims::{Asked, Claims, Person};
use crate::discovery::{self, Metadata};
use crate::exchange::{self, Tokens};
use crate::flow::{Answer, Begin, Kept, RANDOM};
use crate::http::{Ask, Client};
use crate::identity::Identity;
use crate::jose::{Fault, KeySet, Token};
use crate::memory::Memory;
use crate::refused::{Kind, Refused};
use crate::settings::Settings;

/// The largest file that holds a secret, in bytes.
const SECRET: u64 = 4096;
/// How long what was learnt stands before it is learnt again.
const REFRESH: Duration = Duration::from_secs(3600);
/// The first and the longest pause after a failure.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(300));

/// One identity provider, with what is known of it.
pub struct Provider {
    settings: Settings,
    secret: Option<String>,
    client: Client,
    memory: Mutex<Memory>,
    /// Held while something is fetched, so that a crowd asks once.
    fetching: tokio::sync::Mutex<()>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

impl Provider {
    /// A provider by its settings. Reads the files that they name, and asks nobody.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the settings or a file, and what to do.
    pub fn new(settings: Settings) -> Result<Self, String> {
        settings.check()?;
        let secret = settings.client_secret_file.as_deref().map(read_secret).transpose()?;
        let client = Client::new(settings.ca_file.as_deref())?;
        let (memory, fetching) = Default::default();
        Ok(Self { settings, secret, client, memory, fetching })
    }

    #[cfg(test)]
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.client = self.client.with_patience(patience);
        self
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the provider's discovery document is known, so that a sign-in can begin at once.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.remembered().metadata.is_some()
    }

    /// Learns what the provider publishes: its discovery document and its keys.
    ///
    /// # Errors
    /// When it cannot be reached, or is not what the settings say. What was known before stays.
    pub async fn discover(&self, now: Time) -> Result<(), Refused> {
        let _one_at_a_time = self.fetching.lock().await;
        let metadata = self.fetch_metadata(now).await?;
        self.fetch_keys(&metadata, now).await.map(drop)
    }

    /// Learns it again every hour, and after a failure in 5 seconds, 10, 20, up to 5 minutes.
    /// Never ends; drop it to stop. Changes between known and unknown are logged.
    pub async fn keep_fresh(&self, clock: impl Fn() -> Time) {
        let mut pause = PAUSES.0;
        let mut failed_before = false;
        loop {
            let done = self.discover(clock()).await;
            self.log_change(failed_before, &done);
            failed_before = done.is_err();
            if done.is_ok() {
                pause = PAUSES.0;
                tokio::time::sleep(REFRESH).await;
            } else {
                tokio::time::sleep(pause).await;
                pause = pause.saturating_mul(2).min(PAUSES.1);
            }
        }
    }

    fn log_change(&self, failed_before: bool, done: &Result<(), Refused>) {
        let issuer = &self.settings.issuer;
        match done {
            Ok(()) if failed_before => tracing::info!(issuer, "identity provider is back"),
            Err(why) if !failed_before => {
                tracing::warn!(issuer, %why, "identity provider cannot be used; trying again");
            }
            Ok(()) | Err(_) => {}
        }
    }

    /// Begins a sign-in: where the browser goes, and what stays here. `redirect_uri` is the desk's
    /// own address that the provider leads back to, as it is registered there. With `max_age` (in
    /// seconds) the provider must have seen the person within that time: a step-up.
    ///
    /// # Errors
    /// When nothing is known of the provider and it cannot be reached now.
    pub async fn begin(
        &self,
        redirect_uri: &str,
        random: &[u8; RANDOM],
        max_age: Option<u32>,
        now: Time,
    ) -> Result<Begin, Refused> {
        let kept = Kept::new(&self.settings.issuer, redirect_uri, random, max_age, now)?;
        let metadata = self.metadata(now).await?;
        Ok(Begin { url: kept.url(&self.settings, &metadata), kept })
    }

    /// Finishes a sign-in with what the browser brought back. A code is good for one attempt,
    /// which is why what was kept is taken away.
    ///
    /// # Errors
    /// Why nobody is signed in.
    pub async fn finish(
        &self,
        kept: Kept,
        answer: &Answer,
        now: Time,
    ) -> Result<Identity, Refused> {
        let metadata = self.metadata(now).await?;
        let code = kept.code(&self.settings.issuer, metadata.names_itself, answer, now)?;
        let (client, secret) = (&self.client, self.secret.as_deref());
        let tokens =
            exchange::tokens(client, &self.settings, secret, &metadata, &kept, code).await?;
        let (claims, mut person) = self.verified(&metadata, &tokens, &kept, now).await?;
        if person.email.is_none()
            && let Some(told) = exchange::person(client, &metadata, &tokens, &claims).await?
        {
            person = told;
        }
        Identity::admit(&self.settings, &claims, &person)
    }

    /// The claims of an ID token that holds in every respect.
    async fn verified(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
        kept: &Kept,
        now: Time,
    ) -> Result<(Claims, Person), Refused> {
        let token = Token::read(&tokens.id_token)
            .map_err(|why| Refused::untrusted(format!("The provider's ID token {why}.")))?;
        let payload = self.signed_payload(metadata, &token, now).await?;
        let claims = Claims::read(&payload)?;
        let asked = Asked {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &kept.nonce,
            begun: kept.begun(),
            max_age: kept.max_age,
        };
        claims.check(&asked, now)?;
        if let Some(hash) = &claims.at_hash {
            let own = BASE64URL_NOPAD.encode(&token.algorithm().half_hash(&tokens.access_token));
            if *hash != own {
                return Err(Refused::untrusted(
                    "The provider's ID token belongs to another access token (at_hash).",
                ));
            }
        }
        Ok((claims, Person::read(&payload)?))
    }

    /// The payload of a token that one of the provider's keys signed. When none did, the keys may
    /// have changed: they are fetched again, at most once a minute.
    async fn signed_payload(
        &self,
        metadata: &Metadata,
        token: &Token<'_>,
        now: Time,
    ) -> Result<Vec<u8>, Refused> {
        let keys = self.keys(metadata, now).await?;
        let fault = match token.payload(&keys) {
            Ok(payload) => return Ok(payload.to_vec()),
            Err(fault) => fault,
        };
        let renewed = self.renewed_keys(metadata, &keys, now).await;
        let fault =
            match renewed.map_or(Err(fault), |keys| token.payload(&keys).map(<[u8]>::to_vec)) {
                Ok(payload) => return Ok(payload),
                Err(fault) => fault,
            };
        Err(Refused::untrusted(match fault {
            Fault::BadSignature => "The signature of the provider's ID token does not hold.",
            Fault::NoKey => {
                "The provider's ID token is signed by a key that it does not publish. Try again \
                 in a minute; when it happens again, tell an administrator."
            }
        }))
    }

    /// What is known of the provider's addresses. When nothing is, it is asked now, though not
    /// for every visitor.
    async fn metadata(&self, now: Time) -> Result<Arc<Metadata>, Refused> {
        if let Some((metadata, _)) = self.remembered().metadata {
            return Ok(metadata);
        }
        let _one_at_a_time = self.fetching.lock().await;
        let memory = self.remembered();
        if let Some((metadata, _)) = memory.metadata {
            return Ok(metadata);
        }
        if !memory.may_ask_metadata(now) {
            return Err(Refused::unreachable(
                "The provider could not be reached a moment ago. Try again in ten seconds, or \
                 sign in with a password.",
            ));
        }
        self.remember(|memory| memory.asked_metadata = Some(now));
        self.fetch_metadata(now).await
    }

    async fn keys(&self, metadata: &Metadata, now: Time) -> Result<Arc<KeySet>, Refused> {
        if let Some((keys, false)) = self.remembered().keys(now) {
            return Ok(keys);
        }
        let _one_at_a_time = self.fetching.lock().await;
        let memory = self.remembered();
        let known = match memory.keys(now) {
            Some((keys, false)) => return Ok(keys),
            known => known,
        };
        if let Some((keys, _)) = &known
            && !memory.may_ask_keys(now)
        {
            return Ok(Arc::clone(keys));
        }
        self.remember(|memory| memory.asked_keys = Some(now));
        match (self.fetch_keys(metadata, now).await, known) {
            (Err(_), Some((keys, _))) => Ok(keys),
            (fetched, _) => fetched,
        }
    }

    /// Other keys than the ones at hand, if they may be asked for and there are any.
    async fn renewed_keys(
        &self,
        metadata: &Metadata,
        at_hand: &Arc<KeySet>,
        now: Time,
    ) -> Option<Arc<KeySet>> {
        let _one_at_a_time = self.fetching.lock().await;
        let memory = self.remembered();
        if let Some((keys, _)) = memory.keys(now)
            && !Arc::ptr_eq(&keys, at_hand)
        {
            return Some(keys);
        }
        if !memory.may_ask_keys(now) {
            return None;
        }
        self.remember(|memory| memory.asked_keys = Some(now));
        self.fetch_keys(metadata, now).await.ok()
    }

    async fn fetch_metadata(&self, now: Time) -> Result<Arc<Metadata>, Refused> {
        let url = discovery::document_of(&self.settings.issuer)?;
        let body = self.fetch(&url, "discovery document").await?;
        let has_secret = self.secret.is_some();
        let metadata = Arc::new(Metadata::read(&body, &self.settings.issuer, has_secret)?);
        self.remember(|memory| memory.metadata = Some((Arc::clone(&metadata), now)));
        Ok(metadata)
    }

    async fn fetch_keys(&self, metadata: &Metadata, now: Time) -> Result<Arc<KeySet>, Refused> {
        let body = self.fetch(&metadata.keys, "key set").await?;
        let keys = KeySet::read(&body)
            .map_err(|why| Refused::unreachable(format!("The provider's key set {why}.")))?;
        let keys = Arc::new(keys);
        self.remember(|memory| memory.keys = Some((Arc::clone(&keys), now)));
        Ok(keys)
    }

    async fn fetch(&self, url: &url::Url, what: &str) -> Result<bytes::Bytes, Refused> {
        let ask = Ask { url, authorization: None, form: None };
        let refused = |why: String| {
            Refused::new(
                Kind::Unreachable,
                format!("The provider at {} {why} (its {what}).", self.settings.issuer),
            )
        };
        let reply = self.client.ask(ask).await.map_err(refused)?;
        if reply.status != 200 {
            return Err(refused(format!("answers with status {}", reply.status)));
        }
        Ok(reply.body)
    }

    fn remembered(&self) -> Memory {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, change: impl FnOnce(&mut Memory)) {
        change(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The secret of a file: one line of visible ASCII, which not everybody on this machine can read.
fn read_secret(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let unread = |err: std::io::Error| format!("client_secret_file {shown} cannot be read: {err}");
    let file = std::fs::metadata(path).map_err(unread)?;
    if !file.is_file() || file.len() > SECRET {
        return Err(format!(
            "client_secret_file {shown} is not a file of at most {SECRET} bytes: write the secret \
             into a file by itself"
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.permissions().mode() & 0o007 != 0 {
            return Err(format!(
                "client_secret_file {shown} is open to everybody on this machine: chmod 0600 it"
            ));
        }
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() || !secret.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err(format!(
            "client_secret_file {shown} is empty, or holds more than one line of visible \
             characters: write the secret into it and nothing else"
        ));
    }
    Ok(secret.to_owned())
}
