//! A desk for a test: its store prepared, its codes made, its fingerprint read.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use ward_access::missouri;
use ward_kernel::{Time, World};
use ward_sensor::EnrolmentCode;
use ward_store::sensors::{self, Enrolment};
use ward_store::{Audit, Store, meta, office};

/// Runs something on the store.
pub(crate) fn on_store<T>(place: &str, act: impl AsyncFnOnce(&Store) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let store = Store::open(place).await.expect("the store opens");
        let done = act(&store).await;
        store.close().await;
        done
    })
}

/// Sets an office up, with one enrolment code for each sensor; `fingerprint` is the desk's.
pub(crate) fn set_up(place: &str) {
    on_store(place, async |store| {
        store.migrate().await.expect("the tables are made");
        let mut tx = store.begin().await.expect("a transaction");
        office::set_jurisdictions(tx.link(), &missouri()).await.expect("jurisdictions");
        meta::set(tx.link(), office::SETUP_DONE, "1").await.expect("set up");
        tx.commit(Audit::Machine).await.expect("committed");
    });
}

/// Makes a code that enrols one sensor.
pub(crate) fn code(place: &str, url: &str, fingerprint: [u8; 32], name: &str) -> String {
    let mut secret = [7; 16];
    name.bytes().zip(&mut secret).for_each(|(byte, slot)| *slot = byte);
    let code = EnrolmentCode {
        world: World::Real,
        url: url.to_owned(),
        fingerprint: Some(fingerprint),
        secret,
    };
    on_store(place, async |store| {
        let mut tx = store.begin().await.expect("a transaction");
        let new = Enrolment {
            id: format!("code-{name}"),
            hash: code.secret_hash().to_vec(),
            name: name.to_owned(),
            jurisdiction: "boone-county".to_owned(),
            made_by: String::new(),
            created: Time::from_secs(0),
            expires: Time::from_secs(i64::from(u32::MAX)),
            used: None,
            sensor: None,
        };
        sensors::add_code(tx.link(), &new).await.expect("a code");
        tx.commit(Audit::Machine).await.expect("committed");
    });
    code.to_text()
}

/// The fingerprint that the desk printed at its start.
pub(crate) fn fingerprint(log: &Path) -> [u8; 32] {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let lines = File::open(log).map(|file| BufReader::new(file).lines());
        let said = lines.ok().into_iter().flatten().map_while(Result::ok);
        let mut found = said.filter_map(|line| {
            let (_, hex) = line.split_once("SHA-256 is ")?;
            let bytes: Option<Vec<u8>> =
                hex.trim().split(':').map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
            bytes?.try_into().ok()
        });
        if let Some(found) = found.next() {
            return found;
        }
        assert!(Instant::now() < until, "the desk says its fingerprint: {}", log.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}
