//! A desk on a loopback address with a store of its own, and people in it.
//!
//! ```ignore
//! let mut house = House::start().await;          // nothing is set up: house.key opens it
//! let mut admin = house.set_up().await;          // an administrator, signed in
//! let mut clerk = house.joined(&mut admin.browser, CLERK, "local-clerk", "adair-county").await;
//! later(31 * MINUTE);                            // the desk's clock goes forward
//! house.audited().await;                         // acts in the audit, its chain checked
//! ```

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};
use ward_access::totp;
use ward_kernel::Time;
use ward_kernel::time::SECOND;
use ward_store::audit;
use ward_web::desk::{Desk, Health, Settings};
use ward_web::elsewhere::ElsewhereSignIn;
use ward_web::keys::hashed;

use crate::browser::{Answer, Browser};
use crate::open::{Opened, open, settings};

/// A password that is good enough.
pub(crate) const PASSWORD: &str = "lantern orbit mustard quilt";

/// The administrator who sets the desk up.
pub(crate) const ADMIN: &str = "administrator@office.example";

thread_local! {
    // A test runs on one thread, and so does the desk that it starts: its clock is the test's own.
    static LATER: Cell<i64> = const { Cell::new(0) };
}

/// The desk's clock goes forward by so many microseconds.
pub(crate) fn later(micros: i64) {
    LATER.with(|later| later.set(later.get() + micros));
}

/// The desk's clock.
pub(crate) fn now() -> Time {
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    Time::from_micros(i64::try_from(real).unwrap()).plus(LATER.with(Cell::get))
}

/// A desk.
pub(crate) struct House {
    pub(crate) desk: Desk,
    /// Its origin; the host is a name, so that passkeys can be used.
    pub(crate) origin: String,
    /// The key of its set-up link.
    pub(crate) key: String,
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
    _health: watch::Sender<Health>,
    _folder: TempDir,
}

/// Somebody signed in: their browser, and the secret of their authenticator app.
pub(crate) struct Person {
    pub(crate) browser: Browser,
    pub(crate) app: Vec<u8>,
    pub(crate) codes: Vec<String>,
}

impl House {
    /// Starts a desk in which nothing is set up.
    pub(crate) async fn start() -> Self {
        Self::start_at("localhost").await
    }

    /// The same with another name for the host.
    pub(crate) async fn start_at(host: &str) -> Self {
        Self::start_with(host, Vec::new()).await
    }

    /// The same with identity providers of the office.
    pub(crate) async fn start_with(host: &str, elsewhere: Vec<Arc<dyn ElsewhereSignIn>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = [7; 24];
        let ready = Health { ready: true, ..Health::default() };
        let opened = open(elsewhere, (folder.path(), 0), now, ready, |address| {
            let name = format!("{host}:{}", address.port());
            let hosts = vec![name.clone(), host.to_owned()];
            Settings { set_up: Some(hashed(&secret)), ..settings(format!("http://{name}"), hosts) }
        });
        let Opened { desk, address, history, health: _health, stop: _stop } = opened.await;
        // Nothing is ever put into it here.
        drop(history);
        let origin = desk.settings.origin.clone();
        let key = BASE64URL_NOPAD.encode(&secret);
        Self { desk, origin, key, address, _stop, _health, _folder: folder }
    }

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.address, &self.origin)
    }

    /// Sets the desk up; the administrator, signed in.
    pub(crate) async fn set_up(&self) -> Person {
        let mut browser = self.browser();
        browser.get(&format!("/set-up?key={}", self.key)).await.is(200);
        let office = [
            ("state", "MO"),
            ("name", "Office of Example State"),
            ("zone", "America/Chicago"),
            ("list", "missouri"),
        ];
        browser.post("/set-up/office", &office).await.leads_to("/set-up");
        let first = [
            ("name", "Desk administrator"),
            ("email", ADMIN),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        browser.post("/set-up/administrator", &first).await.leads_to("/set-up");
        let page = browser.get("/set-up").await;
        self.enrol(browser, "/set-up/factor", &page).await
    }

    /// Adds an app as the page shows it; the person who is in by that.
    pub(crate) async fn enrol(&self, mut browser: Browser, path: &str, page: &Answer) -> Person {
        let app = app_on(page);
        let code = code(&app);
        let sealed = page.hidden("secret");
        let fields = [("how", "app"), ("secret", sealed.as_str()), ("code", code.as_str())];
        let done = browser.post(path, &fields).await;
        done.is(200).says("Recovery codes");
        let codes = done.block("recovery-codes").lines().map(str::to_owned).collect();
        next_step();
        Person { browser, app, codes }
    }

    /// Somebody who was invited, came in and is signed in.
    pub(crate) async fn joined(
        &self,
        admin: &mut Browser,
        email: &str,
        role: &str,
        jurisdiction: &str,
    ) -> Person {
        let link = self.invited(admin, email, role, jurisdiction).await;
        let mut browser = self.browser();
        browser.get(&link).await.is(200);
        let fields = [("password", PASSWORD), ("again", PASSWORD)];
        browser.post("/invitation", &fields).await.leads_to("/account/factors");
        let page = browser.get("/account/factors/add").await;
        self.enrol(browser, "/account/factors/add", &page).await
    }

    /// Invites somebody; the path of the link.
    pub(crate) async fn invited(
        &self,
        admin: &mut Browser,
        email: &str,
        role: &str,
        jurisdiction: &str,
    ) -> String {
        let fields = [
            ("name", "Somebody invited"),
            ("email", email),
            ("role", role),
            ("jurisdiction", jurisdiction),
            ("organisation", if role == "partner" { "Neighbouring office" } else { "" }),
        ];
        let page = admin.post("/people/invite", &fields).await;
        page.is(200).says("It opens once");
        page.block("one-time-link").strip_prefix(&self.origin).unwrap().to_owned()
    }

    /// The id of a person, found by the list.
    pub(crate) async fn id_of(&self, email: &str) -> String {
        let mut read = self.desk.store.read().await.unwrap();
        ward_store::people::by_email(read.link(), email).await.unwrap().unwrap().id
    }

    /// The acts in the audit, oldest first; its chain is checked.
    pub(crate) async fn audited(&self) -> Vec<audit::Row> {
        let mut read = self.desk.store.read().await.unwrap();
        let checked = audit::verify(read.link()).await.unwrap();
        assert!(format!("{checked:?}").contains("None"), "the chain is broken: {checked:?}");
        audit::in_order(read.link(), 1, 10_000).await.unwrap()
    }

    /// How many rows of an act there are.
    pub(crate) async fn acts(&self, act: &str) -> usize {
        self.audited().await.iter().filter(|row| row.entry.act == act).count()
    }
}

impl Person {
    /// The code that the app shows now.
    pub(crate) fn code(&self) -> String {
        code(&self.app)
    }

    /// Signs in anew, in this browser.
    pub(crate) async fn sign_in(&mut self, email: &str) {
        let fields = [("email", email), ("password", PASSWORD), ("then", "")];
        self.browser.post("/sign-in", &fields).await.leads_to("/second-factor");
        next_step();
        let code = self.code();
        let fields = [("how", "code"), ("code", code.as_str())];
        self.browser.post("/second-factor", &fields).await.leads_to("/");
    }
}

/// The secret that a page shows for an app.
pub(crate) fn app_on(page: &Answer) -> Vec<u8> {
    let typed = page.block("secret-to-type-by-hand").replace(' ', "");
    BASE32_NOPAD.decode(typed.as_bytes()).unwrap()
}

/// The code that an app shows now.
pub(crate) fn code(app: &[u8]) -> String {
    totp::code(app, now()).unwrap()
}

/// The app shows its next code.
pub(crate) fn next_step() {
    later(30 * SECOND);
}
