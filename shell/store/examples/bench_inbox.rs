//! How fast records come in: batches of 500 records from 8 senders, each of which waits for its
//! answer before it sends the next, into SQLite and into PostgreSQL, both waiting for the disk.
//!
//! ```text
//! cargo run --release -p ward-store --example bench_inbox -- [seconds] [folder]
//! ```

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot go on ends")]

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use ward_access::{Jurisdiction, JurisdictionKind};
use ward_kernel::Time;
use ward_store::batch::{Held, Incoming, Told};
use ward_store::inbox::{Inbox, Parcel};
use ward_store::sensors::{self, Enrolment};
use ward_store::{Audit, Store, office};
use ward_testkit::Postgres;

const SENDERS: u8 = 8;
const RECORDS: u64 = 500;

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let seconds = args.next().map_or(10, |text| text.parse().expect("seconds are a number"));
    let place = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(place).unwrap();
    let lite = Store::open_folder(folder.path()).await.unwrap();
    measure(&lite, Duration::from_secs(seconds)).await;
    match Postgres::start_durable() {
        Ok(server) => {
            let store = Store::open_postgres(&server.database().unwrap()).await.unwrap();
            measure(&store, Duration::from_secs(seconds)).await;
        }
        Err(why) => println!("PostgreSQL: not measured, {why}"),
    }
}

async fn measure(store: &Store, long: Duration) {
    store.migrate().await.unwrap();
    enrol(store).await;
    let (inbox, writer) = Inbox::start(store.clone()).await.unwrap();
    let begin = Instant::now();
    let senders: Vec<_> = (0..SENDERS)
        .map(|number| tokio::spawn(send(inbox.clone(), number, begin + long)))
        .collect();
    let mut waits = Vec::new();
    for sender in senders {
        waits.extend(sender.await.unwrap());
    }
    let took = begin.elapsed().as_secs_f64();
    drop(inbox);
    writer.await.unwrap();
    store.close().await;
    waits.sort_unstable();
    let batches = u32::try_from(waits.len()).unwrap();
    let at = |share: usize| waits.get(waits.len() * share / 100).copied().unwrap_or_default();
    println!(
        "{:<10} {:>7.0} batches/s {:>9.0} records/s   answer: median {:.1?}, 99 % within {:.1?}",
        store.engine(),
        f64::from(batches) / took,
        f64::from(batches) * 500.0 / took,
        at(50),
        at(99),
    );
}

async fn send(inbox: Inbox, number: u8, end: Instant) -> Vec<Duration> {
    let sensor = format!("n-{number}");
    let mut batch = batch(number);
    let mut waits = Vec::new();
    while Instant::now() < end {
        let (told, batches) = (Told::default(), vec![batch.clone()]);
        let received = Time::from_secs(1_793_736_000);
        let parcel = Parcel { sensor: sensor.clone(), batches, told, received };
        let asked = Instant::now();
        let held = inbox.take(parcel).await.unwrap();
        waits.push(asked.elapsed());
        assert_eq!(held, Held::Through(batch.sequence));
        batch.sequence += 1;
        batch.base += batch.length;
        batch.head.clear();
    }
    waits
}

fn batch(number: u8) -> Incoming {
    let plain: String = (0..RECORDS)
        .map(|record| {
            let (minute, second) = (record / 60, record % 60);
            let port = 1024 + (record * 7919 + u64::from(number) * 104_729) % 60_000;
            format!(
                "Nov  3 19:{minute:02}:{second:02} web1 sshd[{port}]: Failed password for invalid \
                 user admin{record} from 203.0.113.{number} port {port} ssh2\n"
            )
        })
        .collect();
    let mut body = GzEncoder::new(Vec::new(), Compression::fast());
    body.write_all(plain.as_bytes()).unwrap();
    Incoming {
        sequence: 1,
        stream: "/var/log/auth.log".to_owned(),
        generation: 1,
        format: String::new(),
        base: 0,
        length: plain.len() as u64,
        records: RECORDS,
        sha256: Sha256::digest(&plain).into(),
        body: body.finish().unwrap(),
        head: plain.into_bytes(),
    }
}

async fn enrol(store: &Store) {
    let county = Jurisdiction {
        id: "adair-county".to_owned(),
        name: "Adair County".to_owned(),
        kind: JurisdictionKind::Clerk,
        counties: vec!["Adair County".to_owned()],
    };
    let mut tx = store.begin().await.unwrap();
    office::set_jurisdictions(tx.link(), &[county]).await.unwrap();
    for number in 0..SENDERS {
        let hash = [number; 32];
        let code = Enrolment {
            id: format!("e-{number}"),
            hash: hash.to_vec(),
            name: format!("Sensor {number}"),
            jurisdiction: "adair-county".to_owned(),
            made_by: "bench".to_owned(),
            created: Time::from_secs(0),
            expires: Time::from_secs(10),
            used: None,
            sensor: None,
        };
        sensors::add_code(tx.link(), &code).await.unwrap();
        let at = Time::from_secs(1);
        sensors::enrol(tx.link(), &hash, &format!("n-{number}"), &[0; 32], at).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
}
