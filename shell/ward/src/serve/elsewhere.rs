//! The office's identity providers: between the pages, which call nobody, and the room that does.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::anyhow;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use ward_kernel::Time;
use ward_oidc::{Answer as Brought, Kept, Kind, Provider, Refused, Settings};
use ward_web::elsewhere::{Answer, Begun, ElsewhereSignIn, NotSignedIn, Somebody, Why};

use super::clock;
use crate::settings::sign_in;

type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, NotSignedIn>> + Send + 'a>>;

/// The providers of the settings. Reads the files that they name, and asks nobody yet.
///
/// # Errors
/// A sentence that says which provider, what is wrong and what to do.
pub(super) fn providers(settings: &[Settings]) -> anyhow::Result<Vec<Arc<Provider>>> {
    let made = settings.iter().map(|one| {
        let named = |what: String| anyhow!(sign_in::named(one, &what));
        Provider::new(one.clone()).map(Arc::new).map_err(named)
    });
    made.collect()
}

/// The same, as the pages want them.
pub(super) fn seams(providers: &[Arc<Provider>]) -> Vec<Arc<dyn ElsewhereSignIn>> {
    let seam = |one: &Arc<Provider>| Arc::new(Seam(Arc::clone(one))) as Arc<dyn ElsewhereSignIn>;
    providers.iter().map(seam).collect()
}

/// Learns what the providers publish, again and again, until it is told to stop.
pub(super) fn learn(
    runtime: &Runtime,
    providers: &[Arc<Provider>],
    stopped: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let learn = |provider: &Arc<Provider>| {
        let (provider, mut stopped) = (Arc::clone(provider), stopped.clone());
        runtime.spawn(async move {
            tokio::select! {
                () = provider.keep_fresh(clock::now) => {}
                _ = stopped.changed() => {}
            }
        })
    };
    providers.iter().map(learn).collect()
}

struct Seam(Arc<Provider>);

impl ElsewhereSignIn for Seam {
    fn label(&self) -> &str {
        self.0.settings().label.trim()
    }

    fn issuer(&self) -> &str {
        &self.0.settings().issuer
    }

    fn begin<'a>(
        &'a self,
        redirect_uri: &'a str,
        random: &'a [u8; ward_oidc::RANDOM],
        max_age: Option<u32>,
        now: Time,
    ) -> Later<'a, Begun> {
        Box::pin(async move {
            let begin = self.0.begin(redirect_uri, random, max_age, now).await;
            let begin = begin.map_err(|why| told(&self.0, &why))?;
            Ok(Begun { url: begin.url, kept: begin.kept.to_bytes() })
        })
    }

    fn finish<'a>(&'a self, kept: &'a [u8], answer: Answer, now: Time) -> Later<'a, Somebody> {
        Box::pin(async move {
            let Some(kept) = Kept::from_bytes(kept) else {
                let sentence = "What the desk kept of this sign-in cannot be read: begin again.";
                return Err(NotSignedIn { why: Why::Stale, sentence: sentence.to_owned() });
            };
            let Answer { code, state, iss, error } = answer;
            let brought = Brought { code, state, iss, error };
            let identity = self.0.finish(kept, &brought, now).await;
            let identity = identity.map_err(|why| told(&self.0, &why))?;
            Ok(Somebody {
                issuer: identity.issuer,
                subject: identity.subject,
                email: identity.email,
                name: identity.name,
                mfa: identity.mfa,
                auth_time: identity.auth_time,
            })
        })
    }
}

/// A refusal for the page. Those that an administrator has to act on, and those that may be an
/// attack, stand in the log as well: they hold no secret and nobody's name.
fn told(provider: &Provider, refused: &Refused) -> NotSignedIn {
    let why = match refused.kind() {
        Kind::Declined => Why::Declined,
        Kind::NotAllowed => Why::NotAllowed,
        Kind::Settings => Why::Settings,
        Kind::Stale => Why::Stale,
        Kind::Unreachable => Why::Unreachable,
        // What this version does not know yet is not believed.
        _ => Why::Untrusted,
    };
    if matches!(why, Why::Settings | Why::Untrusted) {
        let issuer = &provider.settings().issuer;
        tracing::warn!(issuer, why = %refused, "a sign-in by an identity provider was refused");
    }
    NotSignedIn { why, sentence: refused.to_string() }
}
