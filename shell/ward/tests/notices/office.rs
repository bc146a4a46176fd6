//! An office whose desk sends notices, and a program that reports what happens.

use std::fs::{self, File, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use ward_access::{OrganisationKind, Role, missouri};
use ward_kernel::Time;
use ward_store::notices::Line;
use ward_store::office::{self, Organisation};
use ward_store::people::{self, Person};
use ward_store::tokens::{self, Token};
use ward_store::{Audit, Store, meta, notices};
use ward_web::keys::hashed;

const SECRET: [u8; 16] = [7; 16];

/// A file that is its owner's alone.
pub(crate) fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// Somebody of the office. Ids are what they do.
fn person(id: &str, role: Role, place: Option<&str>) -> Person {
    Person {
        id: id.to_owned(),
        name: format!("Desk {id}"),
        email: format!("{id}@office.example"),
        role,
        organisation: "state".to_owned(),
        jurisdiction: place.map(str::to_owned),
        active: id != "gone",
        created: Time::from_secs(0),
        last_sign_in: None,
    }
}

/// An office of a lead, a clerk of Boone County, a partner and somebody who is kept out.
pub(crate) async fn found(folder: &Path, settings: &str) {
    fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
    private(&folder.join("ward.toml"), settings);
    let store = Store::open_folder(folder).await.unwrap();
    store.migrate().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    office::set_jurisdictions(tx.link(), &missouri()).await.unwrap();
    let organisation = Organisation {
        id: "state".to_owned(),
        kind: OrganisationKind::StateOffice,
        name: "Office of Example State".to_owned(),
        jurisdiction: None,
    };
    office::add_organisation(tx.link(), &organisation).await.unwrap();
    for one in [
        person("lead", Role::Lead, None),
        person("clerk", Role::LocalClerk, Some("boone-county")),
        person("partner", Role::Partner, None),
        person("gone", Role::Lead, None),
    ] {
        people::add(tx.link(), &one).await.unwrap();
    }
    let token = Token {
        id: "t-1".to_owned(),
        hash: hashed(&SECRET).to_vec(),
        name: "Ticket system".to_owned(),
        role: Role::Analyst,
        jurisdiction: None,
        made_by: "lead".to_owned(),
        created: Time::from_secs(0),
        expires: Time::from_secs(9_999_999_999),
        used: None,
        ended: None,
    };
    tokens::add(tx.link(), &token).await.unwrap();
    for (key, value) in [
        (office::NAME, "Office of Example State"),
        (office::ZONE, "UTC"),
        (office::SETUP_DONE, "1"),
    ] {
        meta::set(tx.link(), key, value).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
    store.close().await;
}

/// The messages as the store has them.
pub(crate) async fn kept(folder: &Path) -> Vec<Line> {
    let store = Store::open_folder(folder).await.unwrap();
    let mut read = store.read().await.unwrap();
    let all = notices::lately(read.link(), None, 100).await.unwrap();
    drop(read);
    store.close().await;
    all
}

/// Waits until the store's messages fit.
pub(crate) async fn kept_when(folder: &Path, fits: impl Fn(&[Line]) -> bool) -> Vec<Line> {
    let until = Instant::now() + Duration::from_secs(25);
    loop {
        let all = kept(folder).await;
        if fits(&all) {
            return all;
        }
        assert!(Instant::now() < until, "{all:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Something that has waited for somebody since 1970.
pub(crate) async fn left_behind(folder: &Path, recipient: &str) {
    let new = notices::New {
        key: "old".to_owned(),
        at: Time::from_secs(0),
        topic: "incident".to_owned(),
        rung: None,
        scope: None,
        object: "i-1".to_owned(),
        actor: String::new(),
        title: String::new(),
        because: String::new(),
        places: Vec::new(),
    };
    let store = Store::open_folder(folder).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let event = notices::tell(tx.link(), &new).await.unwrap().unwrap();
    let recipient = recipient.to_owned();
    let waits = notices::Addressed { recipient, event, urgent: false, count: 1 };
    notices::address(tx.link(), &waits).await.unwrap();
    notices::spread(tx.link(), event).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    store.close().await;
}

/// Waits until what waits for whom fits: the newest of it, by its number.
pub(crate) async fn waits_when(
    folder: &Path,
    fits: impl Fn(&[(String, i64)]) -> bool,
) -> Vec<(String, i64)> {
    let until = Instant::now() + Duration::from_secs(25);
    loop {
        let store = Store::open_folder(folder).await.unwrap();
        let mut read = store.read().await.unwrap();
        let all = notices::waiting(read.link()).await.unwrap();
        drop(read);
        store.close().await;
        if fits(&all) {
            return all;
        }
        assert!(Instant::now() < until, "{all:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// `ward serve`; killed when dropped.
pub(crate) struct Desk {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        // This process alone, by its id.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Desk {
    /// Starts it and waits until it judges.
    pub(crate) fn start(folder: &Path) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = folder.join("log.txt");
        let child = Command::new(env!("CARGO_BIN_EXE_ward"))
            .args(["serve", "--plain", "--origin", "https://desk.example"])
            .args(["--listen", &address.to_string(), "--data"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(&log).unwrap())
            .spawn()
            .unwrap();
        let mut desk = Self { child, address, log };
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(address).is_err() || desk.ask("GET", "/readyz", "").0 != 200 {
            let runs = desk.child.try_wait().unwrap().is_none();
            assert!(runs && Instant::now() < until, "{}", desk.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        desk
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it as a cut of the power would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn ask(&self, verb: &str, path: &str, body: &str) -> (u16, String) {
        let Ok(mut stream) = TcpStream::connect(self.address) else { return (0, String::new()) };
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let kind =
            if path.starts_with("/api/v1/records") { "text/plain" } else { "application/json" };
        let request = format!(
            "{verb} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer ward_{}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            BASE64URL_NOPAD.encode(&SECRET),
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or(0), answer)
    }

    /// Reports an incident in Boone County.
    #[track_caller]
    pub(crate) fn report(&self, key: &str, voting: &str) {
        let body = serde_json::json!({
            "key": key, "jurisdiction": "boone-county", "kind": "poll-books", "voting": voting,
            "place": "Precinct 4, school gym", "what": "A voter named in confidence cannot vote.",
        });
        let (status, answer) = self.ask("POST", "/api/v1/incidents", &body.to_string());
        assert_eq!(status, 201, "{answer}");
    }

    /// Hands in a log of Boone County.
    #[track_caller]
    pub(crate) fn upload(&self, log: &str) {
        let path = "/api/v1/records?jurisdiction=boone-county&name=auth.log";
        let (status, answer) = self.ask("POST", path, log);
        assert!((200..300).contains(&status), "{answer}");
    }
}
