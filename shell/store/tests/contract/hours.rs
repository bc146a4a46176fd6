//! Hours are written as often as one likes and count once; cases are counted for all scopes as for
//! each.

use ward_kernel::Rung;
use ward_kernel::time::HOUR;
use ward_store::hours::{self, Count, Hour, hour_of, start_of};
use ward_store::{Store, cases};

use crate::desk::laws;
use crate::samples::{self, at, done};

laws!(
    an_hour_counts_once,
    the_same_hour_of_many_days_is_found,
    old_hours_go,
    places_are_counted_as_the_list_has_them,
    steps_since_a_moment,
);

pub(crate) fn hour(scope: &str, hour: i64, probes: u64) -> Hour {
    let count = Count { records: 10 * probes + 1, probes, ..Count::default() };
    Hour { scope: scope.to_owned(), hour, count }
}

async fn put(store: &Store, hours: &[Hour]) {
    let mut tx = store.begin().await.unwrap();
    for one in hours {
        hours::put(tx.link(), one).await.unwrap();
    }
    done(tx).await;
}

async fn all(store: &Store) -> Vec<Hour> {
    let mut read = store.read().await.unwrap();
    hours::between(read.link(), i64::MIN, i64::MAX).await.unwrap()
}

async fn an_hour_counts_once(store: Store) {
    let first = hour("state", 498_000, 7);
    put(&store, &[first.clone(), first.clone()]).await;
    assert_eq!(all(&store).await, std::slice::from_ref(&first));
    // Each number by itself: what was thrown away since lowers nothing.
    let less = Count { records: 3, probes: 9, failed_logins: 4, exploits: 2, alerts: 1 };
    put(&store, &[Hour { count: less, ..first.clone() }]).await;
    let both = first.count.greatest(less);
    assert_eq!((both.records, both.probes, both.alerts), (71, 9, 1));
    assert_eq!(all(&store).await, [Hour { count: both, ..first.clone() }]);
    // In whatever order they come.
    let other = hour("adair-county", 498_000, 1);
    let orders = [[&less, &other.count, &first.count], [&first.count, &less, &other.count]];
    for (at, order) in orders.into_iter().enumerate() {
        let number = 498_001 + i64::try_from(at).unwrap();
        for count in order {
            put(&store, &[Hour { scope: "state".into(), hour: number, count: *count }]).await;
        }
    }
    let found = all(&store).await;
    assert_eq!(found[1].count, found[2].count);
    let most = Count { records: u64::MAX, probes: u64::MAX, ..Count::default() };
    put(&store, &[Hour { scope: "state".into(), hour: 1, count: most }]).await;
    assert_eq!(all(&store).await[0].count.records, i64::MAX.unsigned_abs());
}

async fn the_same_hour_of_many_days_is_found(store: Store) {
    let rows: Vec<Hour> = (0..72)
        .flat_map(|at| [hour("adair-county", 498_000 + at, 1), hour("state", 498_000 + at, 2)])
        .collect();
    put(&store, &rows).await;
    let mut read = store.read().await.unwrap();
    let found = hours::alike(read.link(), 498_005, 498_053).await.unwrap();
    let seen: Vec<(i64, &str)> = found.iter().map(|one| (one.hour, one.scope.as_str())).collect();
    let want: Vec<(i64, &str)> = [498_005, 498_029, 498_053]
        .into_iter()
        .flat_map(|hour| [(hour, "adair-county"), (hour, "state")])
        .collect();
    assert_eq!(seen, want);
    let found = hours::between(read.link(), 498_010, 498_011).await.unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!(start_of(hour_of(at(0))).plus(HOUR), start_of(hour_of(at(3600))));
}

async fn old_hours_go(store: Store) {
    put(&store, &[hour("state", 9, 1), hour("state", 10, 1), hour("state", 11, 1)]).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(hours::expire(tx.link(), 11).await.unwrap(), 2);
    done(tx).await;
    assert_eq!(all(&store).await, [hour("state", 11, 1)]);
}

async fn places_are_counted_as_the_list_has_them(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    for (id, scope, rung, places) in [
        ("w-1", "state", Rung::Attempt, &["adair-county"][..]),
        ("w-2", "state", Rung::Attempt, &["adair-county", "boone-county"]),
        ("w-3", "state", Rung::Access, &["boone-county"]),
        ("w-4", "state", Rung::Attempt, &[]),
        ("w-5", "state", Rung::Access, &["adair-county"]),
        ("w-6", "state", Rung::Effect, &["adair-county"]),
        ("w-7", "adair-county", Rung::Access, &["adair-county"]),
    ] {
        let mut case = samples::case(id, scope, rung);
        case.jurisdictions = places.iter().map(|&place| place.to_owned()).collect();
        case.authorised = (id == "w-6").then(|| "A test".to_owned());
        cases::upsert(tx.link(), &case).await.unwrap();
    }
    cases::set_handling(tx.link(), "w-5", cases::Handling::Closed, "So.").await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let opened = samples::case("w", "state", Rung::Attempt).opened;
    let standing = hours::standing(read.link(), None, opened).await.unwrap();
    let open = |place: &str| standing[place].open.rungs;
    assert_eq!(standing["state"].open, cases::counts(read.link(), "state").await.unwrap());
    assert_eq!(open("state"), [0, 3, 1, 0]);
    // What was closed, and what only the county's own engine sees, stands in no list of the state's.
    assert_eq!(open("adair-county"), [0, 2, 0, 0]);
    assert_eq!(open("boone-county"), [0, 1, 1, 0]);
    assert_eq!((standing.len(), standing["boone-county"].new), (3, standing["boone-county"].open));
    // A local authority's own are those of its own engine.
    let own = hours::standing(read.link(), Some("adair-county"), opened.plus(1)).await.unwrap();
    let counts = cases::counts(read.link(), "adair-county").await.unwrap();
    assert_eq!((own.len(), own["adair-county"].open.rungs), (1, [0, 0, 1, 0]));
    assert_eq!((own["adair-county"].open, own["adair-county"].new), (counts, Default::default()));
}

async fn steps_since_a_moment(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    for (id, scope, rung) in [
        ("w-1", "state", Rung::Access),
        ("w-2", "state", Rung::Scan),
        ("w-3", "adair-county", Rung::Attempt),
    ] {
        cases::upsert(tx.link(), &samples::case(id, scope, rung)).await.unwrap();
        cases::step(tx.link(), id, at(10), rung.min(Rung::Attempt), "opened").await.unwrap();
        cases::step(tx.link(), id, at(20), rung, "raised").await.unwrap();
    }
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let mut told = async |scope: &str, after: i64, limit: i64| -> Vec<(String, String)> {
        let found = hours::steps_after(read.link(), scope, at(after), limit).await.unwrap();
        found.into_iter().map(|step| (step.case, step.what)).collect()
    };
    let one = |id: &str, what: &str| (id.to_owned(), what.to_owned());
    // Scans are not told of, and the newest comes first.
    assert_eq!(told("state", 0, 9).await, [one("w-1", "raised"), one("w-1", "opened")]);
    assert_eq!(told("state", 0, 1).await, [one("w-1", "raised")]);
    assert_eq!(told("adair-county", 10, 9).await, [one("w-3", "raised")]);
    assert!(told("adair-county", 20, 9).await.is_empty());
}
