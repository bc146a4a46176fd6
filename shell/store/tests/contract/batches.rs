//! Each batch once, in its order, whatever is sent how often.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ward_store::batch::{self, Held, Told};
use ward_store::{Store, sensors, stream};

use crate::desk::{self, laws};
use crate::samples::{self, at, done};

laws!(
    resends_and_gaps,
    a_dropped_write_leaves_nothing,
    a_place_is_found,
    what_was_judged_stays,
    streams_are_bounded,
    the_old_goes_first,
    what_came_is_counted,
    a_long_queue_goes_in_steps,
);

async fn send(store: &Store, sensor: &str, sequences: &[u64], received: i64) -> Held {
    send_telling(store, sensor, sequences, received, Told::default()).await
}

async fn send_telling(
    store: &Store,
    sensor: &str,
    sequences: &[u64],
    received: i64,
    told: Told,
) -> Held {
    let batches: Vec<_> =
        sequences.iter().map(|sequence| samples::batch(sensor, *sequence, "auth.log")).collect();
    let mut tx = store.begin().await.unwrap();
    let mut position = batch::last_position(tx.link()).await.unwrap();
    let held = batch::accept(&mut tx, sensor, &batches, &told, at(received), &mut position).await;
    done(tx).await;
    held.unwrap()
}

async fn positions(store: &Store) -> Vec<i64> {
    let mut read = store.read().await.unwrap();
    let kept = batch::after(read.link(), 0, 10_000).await.unwrap();
    kept.into_iter().map(|kept| kept.position).collect()
}

async fn resends_and_gaps(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    assert_eq!(send(&store, "n-9", &[1], 0).await, Held::Unknown);
    assert_eq!(send(&store, "n-1", &[2], 0).await, Held::Gap(0));
    assert_eq!(send(&store, "n-1", &[1, 2], 0).await, Held::Through(2));
    assert_eq!(send(&store, "n-1", &[1, 2], 0).await, Held::Through(2));
    assert_eq!(send(&store, "n-1", &[2, 3, 5, 6], 0).await, Held::Gap(3));
    assert_eq!(send(&store, "n-1", &[], 0).await, Held::Through(3));
    assert_eq!(positions(&store).await, [1, 2, 3]);
    // A sensor that has nothing older any more is not turned away for ever.
    let first = |first| Told { first: Some(first), ..Told::default() };
    assert_eq!(send_telling(&store, "n-2", &[7, 8], 0, first(7)).await, Held::Unknown);
    samples::sensor(&store, "n-2", "adair-county").await;
    assert_eq!(send_telling(&store, "n-2", &[7, 8], 0, first(3)).await, Held::Gap(0));
    assert_eq!(send_telling(&store, "n-2", &[7, 8], 0, first(7)).await, Held::Through(8));
    assert_eq!(send_telling(&store, "n-2", &[7, 8, 9], 0, first(7)).await, Held::Through(9));
    // But not so far that all it will ever send would be taken for held.
    let far = 3_000_000;
    assert_eq!(send_telling(&store, "n-2", &[far], 0, first(far)).await, Held::Gap(9));
}

async fn a_dropped_write_leaves_nothing(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let mut tx = store.begin().await.unwrap();
    let (mut position, sent) = (0, [samples::batch("n-1", 1, "auth.log")]);
    let told = Told::default();
    batch::accept(&mut tx, "n-1", &sent, &told, at(0), &mut position).await.unwrap();
    drop(tx);
    assert!(positions(&store).await.is_empty());
    let mut read = store.read().await.unwrap();
    assert!(stream::list(read.link(), None, 10).await.unwrap().is_empty());
    assert_eq!(sensors::by_id(read.link(), "n-1").await.unwrap().unwrap().sequence, 0);
}

async fn a_place_is_found(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    send(&store, "n-1", &[1, 2, 3], 0).await;
    let mut read = store.read().await.unwrap();
    for (place, base) in [(0, 0), (30, 0), (1000, 1000), (2040, 2000)] {
        let position = batch::position_of(read.link(), 1, place).await.unwrap().unwrap();
        let found = batch::at(read.link(), position).await.unwrap().unwrap();
        assert_eq!(found.base, base);
    }
    assert!(batch::position_of(read.link(), 1, 999).await.unwrap().is_none());
    assert!(batch::position_of(read.link(), 1, u64::MAX).await.unwrap().is_none());
    assert!(batch::position_of(read.link(), 2, 0).await.unwrap().is_none());
    assert!(batch::at(read.link(), 99).await.unwrap().is_none());
}

/// A batch that overlaps another does not take its place.
async fn what_was_judged_stays(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let mut later = samples::batch("n-1", 2, "auth.log");
    later.base = 1;
    let sent = [samples::batch("n-1", 1, "auth.log"), later];
    let mut tx = store.begin().await.unwrap();
    let (mut position, told) = (0, Told::default());
    batch::accept(&mut tx, "n-1", &sent, &told, at(0), &mut position).await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let place = sent[0].base + 5;
    assert_eq!(batch::position_of(read.link(), 1, place).await.unwrap(), Some(1));
}

/// A sensor that names a stream with every batch is stopped; with the days it may go on.
async fn streams_are_bounded(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let most = stream::PER_DAY.unsigned_abs();
    let named = |sequence: u64| samples::batch("n-1", sequence, &format!("{sequence}.log"));
    let all: Vec<_> = (1..=most + 1).map(named).collect();
    let (mut position, told) = (0, Told::default());
    let mut tx = store.begin().await.unwrap();
    let held = batch::accept(&mut tx, "n-1", &all, &told, at(0), &mut position).await.unwrap();
    assert_eq!(held, Held::Crowded(most));
    let rest = &all[all.len() - 1..];
    let later = at(0).plus(ward_kernel::time::DAY + 1);
    let held = batch::accept(&mut tx, "n-1", rest, &told, later, &mut position).await.unwrap();
    assert_eq!(held, Held::Through(most + 1));
    done(tx).await;
}

async fn the_old_goes_first(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    // The third came, by the desk's clock, before the second.
    for (sequence, received) in [(1, 10), (2, 30), (3, 20), (4, 40)] {
        send(&store, "n-1", &[sequence], received).await;
    }
    let mut tx = store.begin().await.unwrap();
    for (time, expected) in [(5, 0), (10, 0), (11, 1), (25, 1), (31, 3), (40, 3), (99, 4)] {
        let found = batch::position_before(tx.link(), at(time)).await.unwrap();
        assert_eq!(found, expected, "at {time}");
    }
    assert_eq!(batch::expire(tx.link(), at(5)).await.unwrap(), 0);
    assert_eq!(batch::expire(tx.link(), at(25)).await.unwrap(), 1);
    done(tx).await;
    assert_eq!(positions(&store).await, [2, 3, 4], "no gap arises");
    let mut tx = store.begin().await.unwrap();
    assert_eq!(batch::expire(tx.link(), at(99)).await.unwrap(), 2);
    assert_eq!(batch::expire(tx.link(), at(99)).await.unwrap(), 0);
    assert_eq!(batch::last_position(tx.link()).await.unwrap(), 4, "the queue knows its place");
    done(tx).await;
    assert_eq!(send(&store, "n-1", &[4, 5], 50).await, Held::Through(5));
    assert_eq!(positions(&store).await, [4, 5]);
}

async fn what_came_is_counted(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    samples::sensor(&store, "n-2", "boone-county").await;
    send(&store, "n-1", &[1, 2], 10).await;
    send(&store, "n-2", &[1], 20).await;
    let mut read = store.read().await.unwrap();
    let boone = Some("boone-county");
    for (time, id, expected) in
        [(10, None, 9), (11, None, 3), (21, None, 0), (0, boone, 3), (0, Some("-"), 0)]
    {
        let found = batch::taken_since(read.link(), at(time), id).await.unwrap();
        assert_eq!(found, expected, "{time} {id:?}");
    }
}

/// More than go at once.
async fn a_long_queue_goes_in_steps(store: Store) {
    samples::office(&store).await;
    samples::sensor(&store, "n-1", "adair-county").await;
    let all: Vec<_> = (1..=2500).collect();
    assert_eq!(send(&store, "n-1", &all, 10).await, Held::Through(2500));
    assert_eq!(send(&store, "n-1", &[2501], 20).await, Held::Through(2501));
    let mut tx = store.begin().await.unwrap();
    let mut steps = Vec::new();
    while steps.last() != Some(&0) {
        steps.push(batch::expire(tx.link(), at(15)).await.unwrap());
    }
    assert_eq!(steps, [999, 999, 502, 0]);
    done(tx).await;
    assert_eq!(positions(&store).await, [2501]);
}

/// What two sensors send: which of them, from where, how many, and which one it leaves out.
fn sendings() -> impl Strategy<Value = Vec<(usize, u64, u64, Option<u64>)>> {
    proptest::collection::vec(
        (0..2_usize, 1..8_u64, 0..5_u64, proptest::option::of(1..12_u64)),
        0..12,
    )
}

/// The law: after any sendings, each sensor's batches are held from 1 up to what it was told,
/// each once, and the positions have no gap.
async fn each_once(store: Store) {
    samples::office(&store).await;
    let mut runner =
        TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let mut base = 0_usize;
    // Each case has two sensors of its own in the same store.
    let handle = tokio::runtime::Handle::current();
    let law = |sent: Vec<(usize, u64, u64, Option<u64>)>| {
        base += 2;
        let names = [format!("n-{base}"), format!("n-{}", base + 1)];
        tokio::task::block_in_place(|| handle.block_on(one_case(&store, &names, sent)));
        Ok(())
    };
    // The runner wants a function that can be called by reference.
    let law = std::cell::RefCell::new(law);
    runner.run(&sendings(), |sent| (law.borrow_mut())(sent)).unwrap();
}

async fn one_case(store: &Store, names: &[String; 2], sent: Vec<(usize, u64, u64, Option<u64>)>) {
    let mut held = [0_u64; 2];
    for name in names {
        samples::sensor(store, name, "adair-county").await;
    }
    for (who, from, count, without) in sent {
        let sequences: Vec<u64> =
            (from..from + count).filter(|sequence| Some(*sequence) != without).collect();
        let mut expected = held[who];
        let gap = sequences.iter().any(|sequence| {
            expected = expected.max(if *sequence == expected + 1 { *sequence } else { expected });
            *sequence > expected
        });
        let answer = send(store, &names[who], &sequences, 0).await;
        assert_eq!(answer, if gap { Held::Gap(expected) } else { Held::Through(expected) });
        held[who] = expected;
    }
    let mut read = store.read().await.unwrap();
    for (name, held) in names.iter().zip(held) {
        let streams = stream::list(read.link(), Some(name), 10).await.unwrap();
        let records: u64 = streams.iter().map(|stream| stream.records).sum();
        assert_eq!(records, held * 3, "each batch once");
        let sensor = sensors::by_id(read.link(), name).await.unwrap().unwrap();
        assert_eq!((sensor.sequence, sensor.records), (held, held * 3));
    }
    drop(read);
    let all = positions(store).await;
    assert!(all.iter().enumerate().all(|(at, position)| at as i64 + 1 == *position), "{all:?}");
}

#[test]
fn each_once_on_sqlite() {
    desk::on_sqlite(each_once);
}

#[test]
fn each_once_on_postgres() {
    desk::on_postgres(each_once);
}
