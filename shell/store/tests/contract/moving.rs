//! A store as one stream, from either engine to either.

use ward_access::{Role, Stage};
use ward_kernel::Rung;
use ward_store::evidence::{self, Seal};
use ward_store::inbox::{Inbox, Parcel};
use ward_store::invitations::{self, Invitation};
use ward_store::sessions::{self, Session};
use ward_store::tokens::{self, Token};
use ward_store::{
    Audit, Error, Store, Tx, batch, cases, check, elsewhere, factors, logbook, meta, moves,
    notices, people,
};
use ward_testkit::Postgres;

use crate::desk::{self, laws};
use crate::elsewhere::{ISSUER, binding};
use crate::samples::{self, at, case, done, entry, hash, person};

laws!(
    an_export_comes_back,
    only_an_empty_store_takes_one,
    a_changed_export_is_refused,
    it_is_one_moment,
);

/// Puts at least one row into every table, with texts and bytes that are hard to carry.
pub(crate) async fn furnish(store: &Store) {
    samples::office(store).await;
    let sensor = samples::sensor(store, "n-1", "adair-county").await;
    let mut tx = store.begin().await.unwrap();
    let line = b"raw \xff\0 bytes".to_vec();
    people_and_doors(&mut tx).await;
    meta::set(tx.link(), "office.name", "Office").await.unwrap();
    for id in ["c-2", "c-1", "C-1", "c-\u{e9}"] {
        cases::upsert(tx.link(), &case(id, "state", Rung::Access)).await.unwrap();
        cases::step(tx.link(), id, at(1), Rung::Access, "opened").await.unwrap();
    }
    let log = logbook::Log {
        id: "i-1".to_owned(),
        kind: "incident".to_owned(),
        jurisdiction: Some("adair-county".to_owned()),
        begun: at(0),
        updated: at(0),
        open: true,
    };
    logbook::begin(tx.link(), &log).await.unwrap();
    let new = logbook::New {
        number: 1,
        key: "k".to_owned(),
        at: at(1),
        actor: "p-1".to_owned(),
        actor_name: "Desk analyst".to_owned(),
        body: "{\"x\":\"\u{2028}\\n\"}".to_owned(),
    };
    logbook::add(tx.link(), "i-1", &new, true).await.unwrap();
    ward_store::hours::put(tx.link(), &crate::hours::hour("state", 498_000, 7)).await.unwrap();
    notices::tell(tx.link(), &crate::notices::new("a")).await.unwrap();
    let addressed =
        notices::Addressed { recipient: "p-1".to_owned(), event: 1, urgent: true, count: 2 };
    notices::address(tx.link(), &addressed).await.unwrap();
    notices::make(tx.link(), &crate::notices::message("m-1", "p-1"), &[1]).await.unwrap();
    notices::set_wishes(tx.link(), "p-1", "{}").await.unwrap();
    tx.commit(Audit::Entry(entry("furnish", ""))).await.unwrap();
    let (inbox, _) = Inbox::start(store.clone()).await.unwrap();
    let batches = (1..=40).map(|number| samples::batch("n-1", number, "auth.log")).collect();
    let told = batch::Told::default();
    inbox.take(Parcel { sensor: sensor.id, batches, told, received: at(2) }).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let sha256 = <sha2::Sha256 as sha2::Digest>::digest(&line).into();
    let seal = Seal { stream: 1, place: 0, at: at(1), shows: "success".to_owned(), line, sha256 };
    evidence::seal(tx.link(), "c-1", &seal).await.unwrap();
    tx.commit(Audit::Entry(entry("furnish", "again"))).await.unwrap();
}

async fn people_and_doors(tx: &mut Tx) {
    let mut odd = person("p-3", Role::Auditor, None);
    odd.name = "\u{feff}\"Quoted\\\n\tname\u{7f}\u{2028}\u{1f5f3}\"".to_owned();
    people::add(tx.link(), &odd).await.unwrap();
    people::set_password(tx.link(), "p-1", "$argon2id$v=19$x").await.unwrap();
    let key = factors::Passkey {
        id: "k-1".to_owned(),
        person: "p-1".to_owned(),
        label: String::new(),
        credential: "{}".to_owned(),
        created: at(-2_000_000_000),
        used: None,
    };
    factors::add_passkey(tx.link(), &key).await.unwrap();
    factors::set_totp(tx.link(), "p-1", &[0, 255, 10, 13]).await.unwrap();
    factors::set_codes(tx.link(), "p-1", &[hash("a"), hash("b")]).await.unwrap();
    let account = binding(ISSUER, "\u{e9}|00-1", "p-1");
    elsewhere::bind(tx.link(), &account).await.unwrap();
    let invitation = Invitation {
        id: "i-1".to_owned(),
        hash: hash("i-1").to_vec(),
        name: "New".to_owned(),
        email: "new@office.example".to_owned(),
        role: Role::Lead,
        organisation: "office".to_owned(),
        jurisdiction: None,
        invited_by: String::new(),
        created: at(0),
        expires: at(9),
        used: Some(at(1)),
    };
    invitations::add(tx.link(), &invitation).await.unwrap();
    let session = Session {
        id: "s-1".to_owned(),
        hash: hash("s-1").to_vec(),
        person: "p-1".to_owned(),
        stage: Stage::Full,
        csrf: vec![0; 32],
        created: at(0),
        seen: at(0),
        expires: at(9),
        confirmed: None,
        address: "192.0.2.1".to_owned(),
        agent: String::new(),
    };
    sessions::begin(tx.link(), &session).await.unwrap();
    let token = Token {
        id: "t-1".to_owned(),
        hash: hash("t-1").to_vec(),
        name: "Export".to_owned(),
        role: Role::Auditor,
        jurisdiction: Some("adair-county".to_owned()),
        made_by: "p-1".to_owned(),
        created: at(0),
        expires: at(9),
        used: None,
        ended: None,
    };
    tokens::add(tx.link(), &token).await.unwrap();
}

async fn exported(store: &Store) -> Vec<u8> {
    let mut out = Vec::new();
    moves::export(store, &mut out).await.unwrap();
    out
}

/// Another empty store on the same engine.
async fn another(store: &Store) -> (Store, Option<tempfile::TempDir>) {
    let (other, folder) = if store.file().is_some() {
        let folder = desk::folder();
        (Store::open_folder(folder.path()).await.unwrap(), Some(folder))
    } else {
        let url = Postgres::shared().unwrap().database().unwrap();
        (Store::open_postgres(&url).await.unwrap(), None)
    };
    other.migrate().await.unwrap();
    (other, folder)
}

async fn an_export_comes_back(store: Store) {
    furnish(&store).await;
    let sums = moves::content(&store).await.unwrap();
    assert!(sums.iter().all(|sum| sum.rows > 0), "every table has rows: {sums:?}");
    let out = exported(&store).await;
    let (other, _folder) = another(&store).await;
    assert_ne!(moves::content(&other).await.unwrap(), sums);
    assert_eq!(moves::import(&other, &out[..]).await.unwrap(), sums);
    assert_eq!(moves::content(&other).await.unwrap(), sums);
    assert!(check::check(&other, check::Depth::Records).await.unwrap().is_empty());
    assert_eq!(exported(&other).await, out, "the same store gives the same bytes");
    // It is a store like any other: writes go on where they were.
    let tx = other.begin().await.unwrap();
    tx.commit(Audit::Entry(entry("store.import", ""))).await.unwrap();
    assert!(check::check(&other, check::Depth::Usual).await.unwrap().is_empty());
    other.close().await;
}

async fn only_an_empty_store_takes_one(store: Store) {
    furnish(&store).await;
    let out = exported(&store).await;
    let refused = moves::import(&store, &out[..]).await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(why) if why.contains("not empty")), "{refused}");
    let (other, _folder) = another(&store).await;
    let mut tx = other.begin().await.unwrap();
    meta::set(tx.link(), "office.name", "Another").await.unwrap();
    done(tx).await;
    assert!(matches!(moves::import(&other, &out[..]).await, Err(Error::Refused(_))));
    other.close().await;
}

async fn a_changed_export_is_refused(store: Store) {
    use std::io::{Read as _, Write as _};
    furnish(&store).await;
    let out = exported(&store).await;
    let (other, _folder) = another(&store).await;
    let before = moves::content(&other).await.unwrap();
    let mut plain = String::new();
    flate2::read::GzDecoder::new(&out[..]).read_to_string(&mut plain).unwrap();
    let lines: Vec<_> = plain.lines().collect();
    let row = lines.iter().position(|line| line.contains("Desk analyst")).unwrap();
    let without = |gone: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != gone);
        kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    let end = plain.rfind("{\"complete\"").unwrap();
    for (what, changed) in [
        ("another name", plain.replacen("Desk analyst", "Desk Analyst", 1)),
        ("a row less", without(row)),
        ("no end", plain[..end].to_owned()),
        ("cut off", plain[..plain.len() / 2].to_owned()),
        ("another schema", plain.replacen("\"schema\":8", "\"schema\":1", 1)),
        ("another format", plain.replacen("ward.store/1", "ward.store/9", 1)),
        ("another table", plain.replacen("\"table\":\"person\"", "\"table\":\"persons\"", 1)),
        ("a number for a text", plain.replacen("[\"p-1\",", "[1,", 1)),
        ("nothing", String::new()),
    ] {
        assert_ne!(changed, plain, "{what}");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(changed.as_bytes()).unwrap();
        let refused = moves::import(&other, &packed.finish().unwrap()[..]).await;
        assert!(matches!(refused, Err(Error::Damaged(_) | Error::Schema { .. })), "{what}");
        assert_eq!(moves::content(&other).await.unwrap(), before, "{what}: nothing was written");
    }
    for cut in [0, 1, 9, out.len() / 3, out.len() - 1] {
        assert!(moves::import(&other, &out[..cut]).await.is_err());
    }
    assert!(moves::import(&other, &b"a letter"[..]).await.is_err());
    moves::import(&other, &out[..]).await.unwrap();
    other.close().await;
}

/// While a store is exported others write; what is exported is whole.
async fn it_is_one_moment(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let (inbox, _) = Inbox::start(store.clone()).await.unwrap();
    let writer = tokio::spawn(async move {
        for number in 1..=60 {
            let batches = vec![samples::batch("n-1", number, "auth.log")];
            let told = batch::Told::default();
            let sensor = "n-1".to_owned();
            inbox.take(Parcel { sensor, batches, told, received: at(2) }).await.unwrap();
        }
    });
    let mut outs = vec![exported(&store).await];
    while !writer.is_finished() {
        outs.push(exported(&store).await);
    }
    writer.await.unwrap();
    // The first, the last, and some between.
    let step = (outs.len() / 3).max(1);
    for out in outs.iter().step_by(step) {
        let (other, _folder) = another(&store).await;
        moves::import(&other, &out[..]).await.unwrap();
        let wrong = check::check(&other, check::Depth::Records).await.unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
        other.close().await;
    }
}

/// The law of the move: SQLite into PostgreSQL and back gives equal stores.
async fn from_sqlite_to_postgres_and_back(store: Store) {
    let Some(server) = Postgres::shared() else { return };
    furnish(&store).await;
    let sums = moves::content(&store).await.unwrap();
    let out = exported(&store).await;
    let there = Store::open(&server.database().unwrap()).await.unwrap();
    there.migrate().await.unwrap();
    moves::import(&there, &out[..]).await.unwrap();
    assert_eq!(
        (there.engine(), moves::content(&there).await.unwrap()),
        ("PostgreSQL", sums.clone())
    );
    let back = exported(&there).await;
    assert_eq!(back, out);
    let (home, _folder) = another(&store).await;
    moves::import(&home, &back[..]).await.unwrap();
    assert_eq!(moves::content(&home).await.unwrap(), sums);
    there.close().await;
    home.close().await;
}

#[test]
fn a_move_gives_equal_stores() {
    desk::on_sqlite(from_sqlite_to_postgres_and_back);
}
