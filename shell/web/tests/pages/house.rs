//! A desk on a loopback address whose people are signed in without a word: how they sign in is
//! tested elsewhere.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use tempfile::TempDir;
use tokio::sync::{broadcast, oneshot, watch};
use ward_access::{OrganisationKind, Role, Stage};
use ward_history::History;
use ward_kernel::Time;
use ward_kernel::time::HOUR;
use ward_store::inbox::Inbox;
use ward_store::office::{self, Organisation};
use ward_store::people::{self, Person};
use ward_store::sessions::{self, Session};
use ward_store::{Audit, Store, audit, meta};
use ward_web::desk::{Desk, Health, Inner, Region, Settings};
use ward_web::keys::{Keys, hashed};

use crate::browser::Browser;

/// The desk's clock.
pub(crate) fn now() -> Time {
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    Time::from_micros(i64::try_from(real).unwrap())
}

/// A desk.
pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) address: SocketAddr,
    pub(crate) health: watch::Sender<Health>,
    pub(crate) bell: broadcast::Sender<Region>,
    pub(crate) history: Mutex<History>,
    origin: String,
    _stop: oneshot::Sender<()>,
    _folder: TempDir,
}

impl House {
    /// A desk of an office that is set up, with Missouri's jurisdictions and nothing else.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_folder(folder.path()).await.unwrap();
        store.migrate().await.unwrap();
        let (inbox, _writer) = Inbox::start(store.clone()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ready =
            Health { ready: true, quick_micros: 840, full_micros: 12_300, ..Health::default() };
        let (health, seen) = watch::channel(ready);
        let history = History::open(&folder.path().join("history")).unwrap();
        let bell = broadcast::channel(8).0;
        let origin = format!("http://127.0.0.1:{}", address.port());
        let desk = Desk::new(Inner {
            inbox,
            history: history.reader(),
            keys: Keys::new(&[9; 32]).unwrap(),
            health: seen,
            bell: bell.clone(),
            settings: Settings {
                origin: origin.clone(),
                hosts: vec![format!("127.0.0.1:{}", address.port())],
                fingerprint: String::new(),
                set_up: None,
                demo: false,
                secure: false,
                shown: vec![
                    ("desk.listen".into(), "127.0.0.1:8443".into(), "as it comes".into()),
                    ("desk.window_days".into(), "2".into(), "ward.toml".into()),
                    ("desk.keep_records_days".into(), "30".into(), "as it comes".into()),
                    ("desk.keep_history_days".into(), "396".into(), "as it comes".into()),
                ],
            },
            clock: now,
            store,
        });
        found(&desk.store).await;
        let (_stop, stopped) = oneshot::channel::<()>();
        let router = ward_web::router(&desk);
        tokio::spawn(ward_web::server::serve(listener, None, router, async move {
            let _ = stopped.await;
        }));
        let history = Mutex::new(history);
        Self { desk, address, health, bell, history, origin, _stop, _folder: folder }
    }

    /// Somebody of a role, signed in with both factors a moment ago.
    pub(crate) async fn person(&self, name: &str, role: Role, place: Option<&str>) -> Browser {
        let now = now();
        let id = format!("p-{}-{}", role, place.unwrap_or("state"));
        let person = Person {
            id: id.clone(),
            name: name.to_owned(),
            email: format!("{id}@example.org"),
            role,
            organisation: organisation(role, place),
            jurisdiction: place.map(str::to_owned),
            active: true,
            created: now,
            last_sign_in: Some(now),
        };
        let secret = format!("{id:.<32}").into_bytes();
        let session = Session {
            id: format!("s-{id}"),
            hash: hashed(&secret).to_vec(),
            person: id,
            stage: Stage::Full,
            csrf: Vec::new(),
            created: now,
            seen: now,
            expires: now.plus(8 * HOUR),
            confirmed: Some(now),
            address: "192.0.2.10".into(),
            agent: "a browser".into(),
        };
        let mut tx = self.desk.store.begin().await.unwrap();
        if office::organisation(tx.link(), &person.organisation).await.unwrap().is_none() {
            let one = Organisation {
                id: person.organisation.clone(),
                kind: OrganisationKind::LocalAuthority,
                name: format!("Office of {}", place.unwrap_or("-")),
                jurisdiction: place.map(str::to_owned),
            };
            office::add_organisation(tx.link(), &one).await.unwrap();
        }
        people::add(tx.link(), &person).await.unwrap();
        sessions::begin(tx.link(), &session).await.unwrap();
        tx.commit(Audit::Machine).await.unwrap();
        let browser = Browser::new(self.address, &self.origin);
        browser.with_session(&BASE64URL_NOPAD.encode(&secret))
    }

    /// The rows of the audit, oldest first; its chain is checked.
    pub(crate) async fn audited(&self) -> Vec<audit::Row> {
        let mut read = self.desk.store.read().await.unwrap();
        assert_eq!(audit::verify(read.link()).await.unwrap().1, None, "the chain is broken");
        audit::in_order(read.link(), 1, 100_000).await.unwrap()
    }

    /// How many rows of an act about an object there are.
    pub(crate) async fn acts(&self, act: &str, object: &str) -> usize {
        let fits = |row: &&audit::Row| row.entry.act == act && row.entry.object == object;
        self.audited().await.iter().filter(fits).count()
    }
}

fn organisation(role: Role, place: Option<&str>) -> String {
    match (place, role) {
        (Some(place), _) => format!("o-{place}"),
        (None, Role::Partner) => "o-partner".into(),
        (None, _) => "o-state".into(),
    }
}

async fn found(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for (key, value) in [
        (office::NAME, "Office of Example State"),
        (office::STATE, "MO"),
        (office::ZONE, "America/Chicago"),
        (office::SETUP_DONE, "1"),
        ("office.phone", "555-0100"),
        ("office.mail", "desk@sos.example"),
    ] {
        meta::set(tx.link(), key, value).await.unwrap();
    }
    office::set_jurisdictions(tx.link(), &ward_access::missouri()).await.unwrap();
    for (id, kind, name) in [
        ("o-state", OrganisationKind::StateOffice, "Office of Example State"),
        ("o-partner", OrganisationKind::Partner, "Neighbouring office"),
    ] {
        let one = Organisation { id: id.into(), kind, name: name.into(), jurisdiction: None };
        office::add_organisation(tx.link(), &one).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
}
