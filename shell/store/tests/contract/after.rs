//! What was put down is read again page by page, whole and in order.

use ward_kernel::Rung;
use ward_live::{Kept, Standing};
use ward_store::after::{self, PAGE, Span};
use ward_store::logbook::{self, Log, New};
use ward_store::{Store, case_files, cases, notices};

use crate::desk::laws;
use crate::samples::{self, at, case, done};

laws!(
    pages_join_to_the_whole,
    a_span_holds_what_was_there,
    the_size_is_that_of_what_is_read,
    files_are_there_while_judgement_has_their_cases,
    steps_come_with_their_cases,
    silences_are_found,
);

fn span(from: i64, to: i64) -> Span {
    Span { from: at(from), to: at(to) }
}

async fn log(store: &Store, id: &str, (begun, updated): (i64, i64), count: u64, open: bool) {
    let mut tx = store.begin().await.unwrap();
    let place = Log {
        id: id.to_owned(),
        kind: if id.starts_with("case-") { "case" } else { "incident" }.to_owned(),
        jurisdiction: Some("adair-county".to_owned()),
        begun: at(begun),
        updated: at(begun),
        open: true,
    };
    logbook::begin(tx.link(), &place).await.unwrap();
    for number in 1..=count {
        let new = New {
            number,
            key: format!("key-{number}"),
            at: at(if number == count { updated } else { begun }),
            actor: "p-1".to_owned(),
            actor_name: "Person p-1".to_owned(),
            body: format!("{{\"note\":{number}}}"),
        };
        logbook::add(tx.link(), id, &new, open).await.unwrap();
    }
    done(tx).await;
}

async fn pages_join_to_the_whole(store: Store) {
    samples::office(&store).await;
    for (id, count) in [("i-1", 3), ("i-2", 700), ("i-3", 499), ("i-4", 1)] {
        log(&store, id, (0, 9), count, true).await;
    }
    let mut read = store.read().await.unwrap();
    let (mut all, mut last) = (Vec::new(), None);
    loop {
        let after = last.as_ref().map(|(id, number): &(String, u64)| (id.as_str(), *number));
        let page = after::entries(read.link(), (span(0, 10), None), after).await.unwrap();
        let Some(end) = page.last() else { break };
        assert!(page.len() <= usize::try_from(PAGE).unwrap());
        last = Some((end.kept.log.clone(), end.kept.entry.number));
        all.extend(page);
    }
    let mut want = Vec::new();
    for id in ["i-1", "i-2", "i-3", "i-4"] {
        want.extend(logbook::entries(read.link(), id).await.unwrap());
    }
    assert_eq!(all.len(), 1203);
    assert!(all.iter().map(|told| &told.kept).eq(&want));
    assert!(all.iter().all(|told| told.kind == "incident"));
    assert_eq!(all[0].jurisdiction.as_deref(), Some("adair-county"));
}

async fn a_span_holds_what_was_there(store: Store) {
    samples::office(&store).await;
    log(&store, "over", (0, 10), 2, false).await;
    log(&store, "open", (0, 10), 2, true).await;
    log(&store, "within", (20, 25), 2, false).await;
    log(&store, "later", (40, 41), 2, true).await;
    let mut read = store.read().await.unwrap();
    let mut logs = Vec::new();
    for told in after::entries(read.link(), (span(20, 30), None), None).await.unwrap() {
        logs.push(told.kept.log);
    }
    logs.dedup();
    assert_eq!(logs, ["open", "within"]);
}

/// What is counted is what is read: for any span, of all or of one jurisdiction.
async fn the_size_is_that_of_what_is_read(store: Store) {
    samples::office(&store).await;
    log(&store, "one", (0, 10), 7, true).await;
    log(&store, "two", (20, 25), 300, false).await;
    let mut tx = store.begin().await.unwrap();
    cases::upsert(tx.link(), &case("c-1", "state", Rung::Scan)).await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    for (span, own) in [
        (span(0, 5), None),
        (span(0, 90), None),
        (span(21, 22), Some("adair-county")),
        (span(0, 90), Some("boone-county")),
    ] {
        let all = after::entries(read.link(), (span, own), None).await.unwrap();
        assert_eq!(all.is_empty(), own == Some("boone-county"));
        let entries = all.iter().map(|told| told.kept.entry.body.len());
        let steps = after::steps(read.link(), span, Rung::Scan, None).await.unwrap();
        let lengths: Vec<usize> = entries.chain(steps.iter().map(|step| step.what.len())).collect();
        let size = after::size(read.link(), span, own).await.unwrap();
        let (bytes, rows) = (lengths.iter().sum::<usize>() as u64, lengths.len() as u64);
        assert_eq!(size, after::Size { bytes, rows }, "{span:?} {own:?}");
    }
}

/// A case that was closed before the span is closed in it, and only its file says so.
async fn files_are_there_while_judgement_has_their_cases(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    cases::upsert(tx.link(), &case("c-1", "state", Rung::Scan)).await.unwrap();
    let gone = Kept { standing: Standing::Gone, ..case("c-2", "state", Rung::Scan) };
    cases::upsert(tx.link(), &gone).await.unwrap();
    done(tx).await;
    for id in ["case-c-1", "case-c-2", "case-c-9"] {
        log(&store, id, (10, 12), 1, false).await;
    }
    let mut read = store.read().await.unwrap();
    let found = after::entries(read.link(), (span(50, 90), None), None).await.unwrap();
    let logs: Vec<_> = found.iter().map(|told| told.kept.log.as_str()).collect();
    assert_eq!(logs, ["case-c-1"]);
    // It was not begun yet.
    assert!(after::entries(read.link(), (span(0, 9), None), None).await.unwrap().is_empty());
}

async fn steps_come_with_their_cases(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for (id, scope, rung) in [
        ("c-1", "state", Rung::Scan),
        ("c-2", "state", Rung::Access),
        ("c-3", "adair-county", Rung::Access),
    ] {
        cases::upsert(tx.link(), &case(id, scope, rung)).await.unwrap();
        for what in ["opened", "raised"] {
            cases::step(tx.link(), id, at(10), rung, what).await.unwrap();
        }
    }
    let mut gone = case("c-4", "state", Rung::Scan);
    gone.standing = Standing::Gone;
    cases::upsert(tx.link(), &gone).await.unwrap();
    cases::step(tx.link(), "c-4", at(10), Rung::Scan, "opened").await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let all = after::steps(read.link(), span(0, 90), Rung::Scan, None).await.unwrap();
    let ids: Vec<_> = all.iter().map(|step| (step.case.as_str(), step.number)).collect();
    assert_eq!(ids, [("c-1", 1), ("c-1", 2), ("c-2", 1), ("c-2", 2), ("c-4", 1)]);
    assert_eq!(all[0].jurisdictions, ["adair-county"]);
    assert_eq!(all[0].title, "Guesses at accounts, case c-1");
    let more = after::steps(read.link(), span(0, 90), Rung::Scan, Some(("c-1", 1))).await.unwrap();
    assert_eq!(more, all[1..]);
    let grave = after::steps(read.link(), span(0, 90), Rung::Attempt, None).await.unwrap();
    assert!(grave.iter().all(|step| step.case == "c-2") && grave.len() == 2);
    // Judgement has no more of the last, and nothing of it changed since.
    let late = after::steps(read.link(), span(50, 90), Rung::Scan, None).await.unwrap();
    assert_eq!(late.len(), 4);
    assert!(after::steps(read.link(), span(0, 9), Rung::Scan, None).await.unwrap().is_empty());
    assert_eq!(after::cases(read.link(), span(0, 90)).await.unwrap(), [2, 0, 1, 0]);
    drop(read);
    // The rung that counts is the desk's: what it raised is not left out with the scans.
    let mut tx = store.begin().await.unwrap();
    let raised = Some((Rung::Access, Rung::Scan));
    assert!(case_files::set_rung(tx.link(), "c-1", raised).await.unwrap());
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let grave = after::steps(read.link(), span(0, 90), Rung::Attempt, None).await.unwrap();
    assert_eq!(grave, all[..4]);
    assert_eq!(after::cases(read.link(), span(0, 90)).await.unwrap(), [1, 0, 2, 0]);
}

async fn silences_are_found(store: Store) {
    let mut tx = store.begin().await.unwrap();
    for (number, topic, moment) in [(1, "silence", 10), (2, "test", 11), (3, "silence", 90)] {
        let new = notices::New {
            key: format!("{topic}-{number}"),
            at: at(moment),
            topic: topic.to_owned(),
            rung: None,
            scope: None,
            object: "n-1".to_owned(),
            actor: String::new(),
            title: "Front office".to_owned(),
            because: "not heard for 10 min".to_owned(),
            places: Vec::new(),
        };
        assert!(notices::tell(tx.link(), &new).await.unwrap().is_some());
    }
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let found = after::silences(read.link(), span(0, 20)).await.unwrap();
    assert_eq!(found, [(at(10), "n-1".to_owned(), "not heard for 10 min".to_owned())]);
}
