//! Many senders, one writer.

use ward_store::batch::{self, Held, Told};
use ward_store::inbox::{Inbox, Parcel, Refused};
use ward_store::{Audit, Link, Store, check, sensors};

use crate::desk::laws;
use crate::samples::{self, at};

laws!(
    many_senders_at_once,
    what_was_answered_is_there,
    it_ends_when_the_last_door_closes,
    one_bad_parcel_keeps_nobody_out,
    a_full_disk_loses_nothing,
);

fn parcel(sensor: &str, sequences: std::ops::RangeInclusive<u64>) -> Parcel {
    Parcel {
        sensor: sensor.to_owned(),
        batches: sequences.map(|number| samples::batch(sensor, number, "auth.log")).collect(),
        told: Told::default(),
        received: at(0),
    }
}

async fn many_senders_at_once(store: Store) {
    const SENDERS: u64 = 12;
    const PARCELS: u64 = 8;
    samples::office(&store).await;
    for number in 0..SENDERS {
        samples::sensor(&store, &format!("n-{number}"), "adair-county").await;
    }
    let (inbox, writer) = Inbox::start(store.clone()).await.unwrap();
    let senders: Vec<_> = (0..SENDERS)
        .map(|number| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                let name = format!("n-{number}");
                for one in 0..PARCELS {
                    // Each parcel is sent twice at once, as after a lost answer.
                    let sequences = one * 2 + 1..=one * 2 + 2;
                    let (first, again) = tokio::join!(
                        inbox.take(parcel(&name, sequences.clone())),
                        inbox.take(parcel(&name, sequences.clone())),
                    );
                    let held = Held::Through(one * 2 + 2);
                    assert_eq!((first.unwrap(), again.unwrap()), (held, held));
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    let last = *inbox.position().borrow();
    assert_eq!(last, i64::try_from(SENDERS * PARCELS * 2).unwrap());
    drop(inbox);
    writer.await.unwrap();
    let mut read = store.read().await.unwrap();
    let kept = batch::after(read.link(), 0, 10_000).await.unwrap();
    let positions: Vec<_> = kept.iter().map(|kept| kept.position).collect();
    assert_eq!(positions, (1..=last).collect::<Vec<_>>());
    for sensor in sensors::list(read.link(), None).await.unwrap() {
        assert_eq!((sensor.sequence, sensor.records), (PARCELS * 2, PARCELS * 6));
    }
}

async fn what_was_answered_is_there(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let (inbox, _writer) = Inbox::start(store.clone()).await.unwrap();
    let mut bell = inbox.position();
    assert_eq!(inbox.take(parcel("n-1", 1..=3)).await.unwrap(), Held::Through(3));
    bell.changed().await.unwrap();
    assert_eq!(*bell.borrow(), 3);
    assert_eq!(inbox.take(parcel("n-1", 5..=6)).await.unwrap(), Held::Gap(3));
    assert_eq!(inbox.take(parcel("n-2", 1..=1)).await.unwrap(), Held::Unknown);
    let mut read = store.read().await.unwrap();
    assert_eq!(batch::last_position(read.link()).await.unwrap(), 3);
    drop(read);
    // A door that opens later goes on from there.
    let (later, _writer) = Inbox::start(store.clone()).await.unwrap();
    assert_eq!(*later.position().borrow(), 3);
}

async fn it_ends_when_the_last_door_closes(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let (inbox, writer) = Inbox::start(store.clone()).await.unwrap();
    let other = inbox.clone();
    drop(inbox);
    assert_eq!(other.take(parcel("n-1", 1..=1)).await.unwrap(), Held::Through(1));
    store.close().await;
    assert!(matches!(other.take(parcel("n-1", 2..=2)).await, Err(Refused::Store(_))));
    drop(other);
    writer.await.unwrap();
}

/// The engine refuses what one sensor sends; the others' records, which wait with them, come in.
async fn one_bad_parcel_keeps_nobody_out(store: Store) {
    const LITE: &str = "CREATE TRIGGER bad BEFORE INSERT ON batch WHEN new.sensor = 'n-3' \
                        BEGIN SELECT RAISE(ABORT, 'bad'); END";
    const PG: &str = "ALTER TABLE batch ADD CONSTRAINT bad CHECK (sensor <> 'n-3')";
    samples::office(&store).await;
    for number in 0..8 {
        samples::sensor(&store, &format!("n-{number}"), "adair-county").await;
    }
    let mut tx = store.begin().await.unwrap();
    match tx.link() {
        Link::Lite(conn) => drop(sqlx::raw_sql(LITE).execute(conn).await.unwrap()),
        Link::Pg(conn) => drop(sqlx::raw_sql(PG).execute(conn).await.unwrap()),
    }
    tx.commit(Audit::Machine).await.unwrap();
    let (inbox, _writer) = Inbox::start(store.clone()).await.unwrap();
    // While this write is under way all of them gather before the door.
    let wait = store.begin().await.unwrap();
    let senders: Vec<_> = (0..8)
        .map(|number| {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.take(parcel(&format!("n-{number}"), 1..=2)).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    drop(wait);
    for (number, sender) in senders.into_iter().enumerate() {
        let answer = sender.await.unwrap();
        if number == 3 {
            assert!(matches!(answer, Err(Refused::Store(_))), "{answer:?}");
        } else {
            assert_eq!(answer.unwrap(), Held::Through(2));
        }
    }
    let mut read = store.read().await.unwrap();
    let kept = batch::after(read.link(), 0, 100).await.unwrap();
    let positions: Vec<_> = kept.iter().map(|kept| kept.position).collect();
    assert_eq!(positions, (1..=14).collect::<Vec<_>>());
}

/// SQLite may not grow: what comes is refused; it may again: it goes on where it was.
async fn a_full_disk_loses_nothing(store: Store) {
    if store.file().is_none() {
        return;
    }
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let (inbox, _writer) = Inbox::start(store.clone()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    if let Link::Lite(conn) = tx.link() {
        // Of the one connection that writes, until it is opened anew.
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(conn).await.unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
    let mut held = 0;
    for number in 1..2000 {
        match inbox.take(parcel("n-1", number..=number)).await {
            Ok(Held::Through(through)) => held = through,
            Ok(other) => panic!("{other:?}"),
            Err(refused) => {
                assert!(format!("{refused:?}").contains("full"), "{refused:?}");
                break;
            }
        }
    }
    assert!((1..1998).contains(&held), "it became full: {held}");
    for next in held + 1..held + 9 {
        assert_eq!(inbox.take(parcel("n-1", next..=next)).await.unwrap(), Held::Through(next));
    }
    let mut read = store.read().await.unwrap();
    let last = batch::last_position(read.link()).await.unwrap();
    assert_eq!(last, i64::try_from(held + 8).unwrap());
    let wrong = check::check(&store, check::Depth::Records).await.unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
}
