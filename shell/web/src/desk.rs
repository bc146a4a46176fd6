//! What every page needs: the store, the door for records, the keys, the clock.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tokio::sync::watch;
use ward_access::Jurisdiction;
use ward_kernel::{Time, World};
use ward_store::inbox::Inbox;
use ward_store::{Error, Link, Store, office};

pub use crate::bell::{Bell, Region, Whose};
use crate::doing::normals::Kept;
use crate::elsewhere::ElsewhereSignIn;
use crate::keys::Keys;
use crate::lobby::Lobby;
use crate::notices::Notices;
use crate::sense::Turns;

/// The running desk, as the web sees it: cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Whole>);

/// What the desk was given, and what it keeps in mind by itself.
struct Whole {
    inner: Inner,
    lobby: Lobby,
    turns: Turns,
    normals: Kept,
    jurisdictions: OnceLock<Arc<[Jurisdiction]>>,
}

/// Its parts.
pub struct Inner {
    /// What is kept.
    pub store: Store,
    /// Where records come in.
    pub inbox: Inbox,
    /// Thirteen months of sightings.
    pub history: ward_history::Reader,
    /// The desk's own secrets.
    pub keys: Keys,
    /// How the judging is.
    pub health: watch::Receiver<Health>,
    /// Rings when a region of the pages has news.
    pub bell: Bell,
    /// The office's identity providers, in the order of their buttons.
    pub elsewhere: Vec<Arc<dyn ElsewhereSignIn>>,
    /// What was decided at the start.
    pub settings: Settings,
    /// The clock.
    pub clock: fn() -> Time,
}

/// What was decided at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The origin that browsers use, `https://desk.example`: without a closing slash.
    pub origin: String,
    /// The names that a request may call the desk by (`Host`), with and without its port: whatever
    /// else somebody makes a browser call it by is no page of the desk.
    pub hosts: Vec<String>,
    /// SHA-256 of the own certificate authority, colon hex; what sensors pin. Empty when
    /// certificates were given that are publicly trusted.
    pub fingerprint: String,
    /// Whether the set-up secret is this (its SHA-256); `None` when set-up is done.
    pub set_up: Option<[u8; 32]>,
    /// Whether this is the demonstration: pages say so.
    pub demo: bool,
    /// The world: every page of an exercise says so, and nothing of it leaves the desk as real.
    pub world: World,
    /// When the exercise ended: since then people look, and nothing is changed.
    pub ended: Option<Time>,
    /// Whether browsers come by TLS (by ours, or a proxy's in front).
    pub secure: bool,
    /// What elections ask for: the shipped plan, or the office's own.
    pub plan: ward_desk::plan::Plan,
    /// How people are told what happens.
    pub notices: Notices,
    /// The law on which a rule of what is given away stands, as the office names it, by the rule's
    /// number: `R1`.
    pub redaction: BTreeMap<String, String>,
    /// Entries that one person or program puts down in a minute, in the long run; at least one.
    pub entries_a_minute: u32,
    /// Lines of `ward.toml` in force, for the settings page: key, value, where it comes from.
    pub shown: Vec<(String, String, String)>,
}

/// How the judging is: what readiness and the home page say.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Whether the window has been read again after the start.
    pub ready: bool,
    /// How much of the window is read, in percent, while it is read again.
    pub reading: Option<u8>,
    /// The position judged.
    pub judged: i64,
    /// Records judged since the start.
    pub records: u64,
    /// When the newest of them was taken in.
    pub newest: Time,
    /// The scopes whose memory did not hold every source ([`ward_live::Live::folded`]).
    pub folded: Vec<String>,
    /// What is wrong, in sentences.
    pub trouble: Vec<String>,
    /// The newest trouble with what a sensor sent, by its id: bytes that are missing or came twice,
    /// a format that is not read.
    pub sensors: BTreeMap<String, String>,
    /// How long the last look at what changed took, in microseconds.
    pub quick_micros: u64,
    /// How long the last look at everything took, in microseconds.
    pub full_micros: u64,
}

impl Desk {
    /// A desk of these parts.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        let lobby = Lobby::new(&inner.settings);
        Self(Arc::new(Whole {
            inner,
            lobby,
            turns: Turns::default(),
            normals: Kept::default(),
            jurisdictions: OnceLock::new(),
        }))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Time {
        (self.clock)()
    }

    /// Batches that are taken in and not judged.
    pub(crate) fn behind(&self) -> u64 {
        let behind = self.inbox.position().borrow().saturating_sub(self.health.borrow().judged);
        u64::try_from(behind).unwrap_or(0)
    }

    /// Whether set-up is done: before it, nobody can sign in; after it, nobody sets up again.
    #[must_use]
    pub fn is_set_up(&self) -> bool {
        self.0.lobby.is_set_up()
    }

    /// The jurisdictions, by name. Set-up writes them, and nothing after it: every page names some,
    /// so they are read once.
    pub(crate) async fn jurisdictions(&self, link: Link<'_>) -> Result<Arc<[Jurisdiction]>, Error> {
        if let Some(all) = self.0.jurisdictions.get() {
            return Ok(Arc::clone(all));
        }
        let all: Arc<[Jurisdiction]> = office::jurisdictions(link).await?.into();
        if !self.is_set_up() {
            return Ok(all);
        }
        Ok(Arc::clone(self.0.jurisdictions.get_or_init(|| all)))
    }

    /// What is kept in mind about people on their way in.
    pub(crate) fn lobby(&self) -> &Lobby {
        &self.0.lobby
    }

    /// What is normal at this hour.
    pub(crate) fn normals(&self) -> &Kept {
        &self.0.normals
    }

    /// Which sensors have a parcel in hand.
    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }
}

impl std::ops::Deref for Desk {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0.inner
    }
}
