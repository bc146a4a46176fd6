//! A desk on a loopback address whose people are signed in without a word: how they sign in is
//! tested elsewhere.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};
use ward_access::{OrganisationKind, Role};
use ward_history::History;
use ward_kernel::Time;
use ward_store::office::Organisation;
use ward_store::{Audit, audit, office, people, sessions};
use ward_web::desk::{Desk, Health, Settings};

use crate::browser::Browser;
use crate::office::{found, person, session};
use crate::open::{Opened, open, settings};

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
    pub(crate) history: Mutex<History>,
    _stop: oneshot::Sender<()>,
    _folder: TempDir,
}

impl House {
    /// A desk of an office that is set up, with Missouri's jurisdictions and nothing else.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready =
            Health { ready: true, quick_micros: 840, full_micros: 12_300, ..Health::default() };
        let opened = open(Vec::new(), (folder.path(), 0), now, ready, |address| Settings {
            shown: vec![
                ("desk.listen".into(), "127.0.0.1:8443".into(), "as it comes".into()),
                ("desk.window_days".into(), "2".into(), "ward.toml".into()),
                ("desk.keep_records_days".into(), "30".into(), "as it comes".into()),
                ("desk.keep_history_days".into(), "396".into(), "as it comes".into()),
            ],
            ..settings(format!("http://{address}"), vec![address.to_string()])
        });
        let Opened { desk, address, history, health, stop: _stop } = opened.await;
        found(&desk.store).await;
        let history = Mutex::new(history);
        Self { desk, address, health, history, _stop, _folder: folder }
    }

    /// Somebody of a role, signed in with both factors a moment ago.
    pub(crate) async fn person(&self, name: &str, role: Role, place: Option<&str>) -> Browser {
        let now = now();
        let id = format!("p-{}-{}", role, place.unwrap_or("state"));
        let person = person(&id, name, role, place, now);
        let secret = format!("{id:.<32}").into_bytes();
        let session = session(&format!("s-{id}"), &id, &secret, now);
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
        let browser = Browser::new(self.address, &self.desk.settings.origin);
        browser.with_session(&BASE64URL_NOPAD.encode(&secret))
    }

    /// The same person, signed in once more.
    pub(crate) async fn second_session(&self, browser: &Browser) -> Browser {
        let first = BASE64URL_NOPAD.decode(browser.session().unwrap().as_bytes()).unwrap();
        let id = String::from_utf8(first).unwrap().trim_end_matches('.').to_owned();
        let secret = format!("{id:_<32}").into_bytes();
        let mut tx = self.desk.store.begin().await.unwrap();
        let session = session(&format!("s-2-{id}"), &id, &secret, now());
        sessions::begin(tx.link(), &session).await.unwrap();
        tx.commit(Audit::Machine).await.unwrap();
        let browser = Browser::new(self.address, &self.desk.settings.origin);
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
