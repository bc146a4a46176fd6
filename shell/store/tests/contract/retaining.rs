//! Each source's records have their own number of days.

use ward_kernel::time::{DAY, HOUR};
use ward_kernel::{Rung, Time};
use ward_store::check::{Depth, check};
use ward_store::evidence::{self, Seal};
use ward_store::inbox::{Inbox, Parcel};
use ward_store::retention::{Sweeper, Swept};
use ward_store::{Audit, Link, Store, audit, batch, cases};

use crate::desk::laws;
use crate::samples::{self, at, case, done, entry};

laws!(each_source_has_its_days, what_a_case_stands_on_stays, a_loss_is_told_from_a_setting);

fn later(days: i64) -> Time {
    at(2).plus(DAY * days + HOUR)
}

/// Two sensors of two jurisdictions, three streams: eleven batches of a busy one, then one of each
/// other. Then, so many days later, one more batch of each.
async fn filled(store: &Store, again: i64) {
    samples::office(store).await;
    samples::sensor(store, "n-1", "adair-county").await;
    samples::sensor(store, "n-2", "boone-county").await;
    let (inbox, _) = Inbox::start(store.clone()).await.unwrap();
    let take = async |sensor: &str, numbers: std::ops::RangeInclusive<u64>, stream, received| {
        let batches = numbers.map(|number| samples::batch(sensor, number, stream)).collect();
        let (sensor, told) = (sensor.to_owned(), batch::Told::default());
        inbox.take(Parcel { sensor, batches, told, received }).await.unwrap();
    };
    take("n-1", 1..=11, "/var/log/conn.log", at(2)).await;
    take("n-1", 12..=12, "/var/log/auth.log", at(2)).await;
    take("n-2", 1..=1, "/var/log/auth.log", at(2)).await;
    take("n-1", 13..=13, "/var/log/conn.log", later(again)).await;
    take("n-2", 2..=2, "/var/log/auth.log", later(again)).await;
}

/// Three days of connections, ninety of what Boone County sends, thirty of all else.
fn sweeper() -> Sweeper {
    Sweeper::new([3, 30, 90], |source| {
        assert!(source.sensor_name.starts_with("Sensor n-"), "{source:?}");
        match (source.stream.contains("conn"), source.jurisdiction.as_str()) {
            (true, _) => 3,
            (false, "boone-county") => 90,
            (false, _) => 30,
        }
    })
}

/// Positions of the batches that are kept, and of those whose bytes are.
async fn held(store: &Store) -> (Vec<i64>, Vec<i64>) {
    let mut read = store.read().await.unwrap();
    let kept = batch::after(read.link(), 0, 1000).await.unwrap();
    let whole = kept.iter().filter(|kept| !kept.body.is_empty()).map(|kept| kept.position);
    (kept.iter().map(|kept| kept.position).collect(), whole.collect())
}

async fn each_source_has_its_days(store: Store) {
    filled(&store, 3).await;
    let mut sweeper = sweeper();
    assert_eq!(sweeper.sweep(&store, later(2)).await.unwrap(), Swept::default());
    let swept = sweeper.sweep(&store, later(3)).await.unwrap();
    assert_eq!((swept.emptied, swept.batches), (11, 0));
    assert_eq!(held(&store).await, ((1..=15).collect(), (12..=15).collect()));
    assert_eq!(check(&store, Depth::Records).await.unwrap(), Vec::<String>::new());
    // It looks once an hour; the new batch of the busy stream goes when its own days are over.
    let soon = later(6).plus(HOUR);
    assert_eq!(sweeper.sweep(&store, soon).await.unwrap().emptied, 1);
    let minute = soon.plus(HOUR / 60);
    assert_eq!(sweeper.sweep(&store, minute).await.unwrap(), Swept::default());
    assert_eq!(sweeper.sweep(&store, later(31)).await.unwrap().emptied, 1);
    assert_eq!(held(&store).await.1, [13, 15]);
    // Lines go from the old end, when the longest days are over; the newest stays.
    let swept = sweeper.sweep(&store, later(91)).await.unwrap();
    assert_eq!((swept.emptied, swept.batches), (0, 13));
    assert_eq!(held(&store).await, (vec![14, 15], vec![15]));
    assert_eq!(check(&store, Depth::Records).await.unwrap(), Vec::<String>::new());
    // A desk that starts anew finds nothing left to do.
    assert_eq!(crate::retaining::sweeper().sweep(&store, later(91)).await.unwrap().emptied, 0);
    let mut read = store.read().await.unwrap();
    let rows = audit::in_order(read.link(), 0, 100).await.unwrap();
    let rows = rows.iter().filter(|row| row.entry.act == "records.expire");
    let said: Vec<&str> = rows.map(|row| row.entry.detail.as_str()).collect();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said.iter().any(|said| said.starts_with("records in 11 batches past")), "{said:?}");
}

async fn what_a_case_stands_on_stays(store: Store) {
    filled(&store, 3).await;
    let line = b"conn 203.0.113.7".to_vec();
    let sha256 = samples::hash("conn 203.0.113.7");
    let seal = Seal { stream: 1, place: 0, at: at(1), shows: "success".to_owned(), line, sha256 };
    let mut tx = store.begin().await.unwrap();
    cases::upsert(tx.link(), &case("c-1", "state", Rung::Access)).await.unwrap();
    evidence::seal(tx.link(), "c-1", &seal).await.unwrap();
    tx.commit(Audit::Entry(entry("seal", "c-1"))).await.unwrap();
    for days in [3, 31, 91, 4000] {
        crate::retaining::sweeper().sweep(&store, later(days)).await.unwrap();
        let mut read = store.read().await.unwrap();
        let sealed = evidence::of(read.link(), "c-1", None).await.unwrap();
        assert_eq!((&sealed[0].line, sealed[0].sha256.as_slice()), (&seal.line, &sha256[..]));
        assert_eq!(sealed[0].stream_name, "/var/log/conn.log");
        drop(read);
        assert_eq!(check(&store, Depth::Records).await.unwrap(), Vec::<String>::new());
    }
    // Of its stream nothing else is left.
    assert_eq!(held(&store).await, (vec![15], vec![15]));
}

async fn a_loss_is_told_from_a_setting(store: Store) {
    filled(&store, 0).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(batch::empty(tx.link(), 1, at(3)).await.unwrap(), 11);
    assert_eq!(batch::empty(tx.link(), 1, at(3)).await.unwrap(), 0);
    done(tx).await;
    // They came an hour ago: no setting throws records away so soon.
    let found = check(&store, Depth::Records).await.unwrap();
    assert!(found[0].contains("position 1 is not the one that came"), "{found:?}");
    let mut tx = store.begin().await.unwrap();
    let text = "DELETE FROM batch WHERE position = 5";
    match tx.link() {
        Link::Lite(conn) => drop(sqlx::raw_sql(text).execute(conn).await.unwrap()),
        Link::Pg(conn) => drop(sqlx::raw_sql(text).execute(conn).await.unwrap()),
    }
    done(tx).await;
    let found = check(&store, Depth::Usual).await.unwrap();
    assert!(found[0].contains("1 are missing"), "{found:?}");
}
