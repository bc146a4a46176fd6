//! What happened is told once, addressed once, and in one message.

use ward_access::Role;
use ward_kernel::Rung;
use ward_store::notices::{self, Addressed, Message, New, State};
use ward_store::{Store, Tx, people};

use crate::desk::laws;
use crate::samples::{self, at, done, person};

laws!(
    an_event_is_told_once,
    what_is_told_with_a_thing_goes_with_it,
    what_waits_is_in_one_message,
    what_waits_is_read_by_recipient,
    what_was_had_is_told_by_kind,
    what_is_too_much_is_counted,
    a_message_ends_once,
    what_is_old_goes_and_numbers_go_on,
    wishes_are_kept,
);

pub(crate) fn new(key: &str) -> New {
    New {
        key: key.to_owned(),
        at: at(5),
        topic: "case".to_owned(),
        rung: Some(Rung::Access),
        scope: Some("adair-county".to_owned()),
        object: "c-1".to_owned(),
        actor: String::new(),
        title: "Guesses, then a \u{1f5f3}\0 success".to_owned(),
        because: "one\ntwo".to_owned(),
        places: vec!["adair-county".to_owned(), "boone-county".to_owned()],
    }
}

pub(crate) fn message(id: &str, recipient: &str) -> Message {
    Message {
        id: id.to_owned(),
        recipient: recipient.to_owned(),
        made: at(10),
        state: State::Open,
        due: at(10),
        tries: 0,
        done: None,
        failure: String::new(),
    }
}

fn to(recipient: &str, event: i64, urgent: bool) -> Addressed {
    Addressed { recipient: recipient.to_owned(), event, urgent, count: 1 }
}

async fn tell(store: &Store, keys: &[&str]) -> Vec<Option<i64>> {
    let mut tx = store.begin().await.unwrap();
    let mut numbers = Vec::new();
    for key in keys {
        numbers.push(notices::tell(tx.link(), &new(key)).await.unwrap());
    }
    done(tx).await;
    numbers
}

/// What waits for whom, by the numbers of the events.
async fn waiting(tx: &mut Tx) -> Vec<(String, Vec<i64>)> {
    let mut all = Vec::new();
    for (recipient, _) in notices::waiting(tx.link()).await.unwrap() {
        let of = notices::waiting_for(tx.link(), &recipient, 99).await.unwrap();
        all.push((recipient, of.iter().map(|(event, _)| event.number).collect()));
    }
    all
}

fn named((recipient, events): (&str, Vec<i64>)) -> (String, Vec<i64>) {
    (recipient.to_owned(), events)
}

async fn an_event_is_told_once(store: Store) {
    assert_eq!(tell(&store, &["a", "b", "a"]).await, [Some(1), Some(2), None]);
    assert_eq!(tell(&store, &["b", "c"]).await, [None, Some(3)]);
    let mut tx = store.begin().await.unwrap();
    let events = notices::unspread(tx.link(), 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.number).collect::<Vec<_>>(), [1, 2, 3]);
    let kept = New { title: "Guesses, then a \u{1f5f3}\u{fffd} success".to_owned(), ..new("a") };
    assert_eq!(events[0].new, kept);
    assert_eq!(notices::unspread(tx.link(), 2).await.unwrap().len(), 2);
    notices::spread(tx.link(), 2).await.unwrap();
    let left = notices::unspread(tx.link(), 10).await.unwrap();
    assert_eq!(left.iter().map(|event| event.number).collect::<Vec<_>>(), [3]);
}

async fn what_is_told_with_a_thing_goes_with_it(store: Store) {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(notices::tell(tx.link(), &new("a")).await.unwrap(), Some(1));
    drop(tx);
    assert_eq!(tell(&store, &["b"]).await, [Some(1)], "what was not committed was not told");
}

async fn what_waits_is_in_one_message(store: Store) {
    samples::office(&store).await;
    tell(&store, &["a", "b", "c"]).await;
    let mut tx = store.begin().await.unwrap();
    for new in [to("p-1", 1, false), to("p-1", 2, true), to("p-1", 2, true), to("p-2", 2, true)] {
        notices::address(tx.link(), &new).await.unwrap();
    }
    assert_eq!(waiting(&mut tx).await, [("p-1", vec![2, 1]), ("p-2", vec![2])].map(named));
    notices::make(tx.link(), &message("m-1", "p-1"), &[2]).await.unwrap();
    assert_eq!(waiting(&mut tx).await, [("p-1", vec![1]), ("p-2", vec![2])].map(named));
    // What is in a message is in no other.
    notices::make(tx.link(), &message("m-2", "p-1"), &[1, 2]).await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    for (id, events) in [("m-1", vec![2]), ("m-2", vec![1])] {
        let told = notices::told_by(read.link(), id).await.unwrap();
        assert_eq!(told.iter().map(|(event, _)| event.number).collect::<Vec<_>>(), events, "{id}");
    }
    let open = notices::open(read.link()).await.unwrap();
    assert_eq!(open, [message("m-1", "p-1"), message("m-2", "p-1")]);
    drop(read);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(notices::forget(tx.link(), "p-2").await.unwrap(), 1);
    assert!(notices::waiting(tx.link()).await.unwrap().is_empty());
}

async fn what_waits_is_read_by_recipient(store: Store) {
    tell(&store, &["a", "b", "c", "d"]).await;
    let mut tx = store.begin().await.unwrap();
    for event in 1..=4 {
        notices::address(tx.link(), &to("p-1", event, event == 3)).await.unwrap();
    }
    notices::address(tx.link(), &to("p-2", 2, false)).await.unwrap();
    let newest = notices::waiting(tx.link()).await.unwrap();
    assert_eq!(newest, [("p-1".to_owned(), 4), ("p-2".to_owned(), 2)]);
    // Of more than are read, what waits for no morning is read first, and the rest stays.
    let some = notices::waiting_for(tx.link(), "p-1", 2).await.unwrap();
    assert_eq!(some.iter().map(|(event, _)| event.number).collect::<Vec<_>>(), [3, 1]);
    assert_eq!((some[0].0.new.object.as_str(), some[0].1), ("c-1", 1));
    notices::make(tx.link(), &message("m-1", "p-1"), &[3, 1]).await.unwrap();
    assert_eq!(waiting(&mut tx).await, [("p-1", vec![2, 4]), ("p-2", vec![2])].map(named));
    assert!(notices::waiting_for(tx.link(), "p-3", 9).await.unwrap().is_empty());
}

async fn what_was_had_is_told_by_kind(store: Store) {
    tell(&store, &["a", "b"]).await;
    let mut tx = store.begin().await.unwrap();
    let voting = New { topic: "voting".to_owned(), rung: None, places: Vec::new(), ..new("c") };
    notices::tell(tx.link(), &voting).await.unwrap();
    for event in 1..=3 {
        notices::address(tx.link(), &to("p-1", event, true)).await.unwrap();
    }
    for (id, events) in [("m-1", &[1, 2, 3][..]), ("m-2", &[]), ("m-3", &[])] {
        notices::make(tx.link(), &message(id, "p-1"), events).await.unwrap();
    }
    notices::done(tx.link(), "m-1", State::Sent, at(60), "").await.unwrap();
    notices::done(tx.link(), "m-2", State::Sent, at(61), "").await.unwrap();
    let had = notices::had(tx.link(), "p-1", at(59)).await.unwrap();
    let seen: Vec<_> = had
        .iter()
        .map(|had| (had.message.as_str(), had.at, had.topic.as_str(), had.rung, had.places.len()))
        .collect();
    let case = ("m-1", at(60), "case", Some(Rung::Access), 2);
    assert_eq!(seen, [case, ("m-1", at(60), "voting", None, 0), ("m-2", at(61), "", None, 0)]);
    assert_eq!(notices::had(tx.link(), "p-1", at(60)).await.unwrap().len(), 1);
    assert!(notices::had(tx.link(), "p-2", at(0)).await.unwrap().is_empty());
}

async fn what_is_too_much_is_counted(store: Store) {
    tell(&store, &["a", "b", "c"]).await;
    let mut tx = store.begin().await.unwrap();
    notices::address(tx.link(), &to("p-1", 1, false)).await.unwrap();
    notices::address(tx.link(), &to("p-1", 2, true)).await.unwrap();
    notices::more(tx.link(), "p-1", 1, 4).await.unwrap();
    notices::more(tx.link(), "p-2", 1, 4).await.unwrap();
    let waiting = notices::waiting_for(tx.link(), "p-1", 10).await.unwrap();
    let counts: Vec<_> = waiting.iter().map(|(event, count)| (event.number, *count)).collect();
    assert_eq!(counts, [(2, 1), (1, 5)]);
    notices::make(tx.link(), &message("m-1", "p-1"), &[1, 2]).await.unwrap();
    // What is in a message says no more than it did.
    notices::more(tx.link(), "p-1", 1, 4).await.unwrap();
    let lately = notices::lately(tx.link(), None, 10).await.unwrap();
    assert_eq!((lately.len(), lately[0].count, lately[0].urgent), (1, 6, true));
}

async fn a_message_ends_once(store: Store) {
    tell(&store, &["a"]).await;
    let mut tx = store.begin().await.unwrap();
    for id in ["m-1", "m-2", "m-3"] {
        notices::make(tx.link(), &message(id, "p-1"), &[]).await.unwrap();
    }
    notices::again(tx.link(), "m-1", at(100), "not now").await.unwrap();
    let open = notices::open(tx.link()).await.unwrap();
    assert_eq!(open.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["m-2", "m-3", "m-1"]);
    assert_eq!((open[2].tries, open[2].failure.as_str()), (1, "not now"));
    notices::hurry(tx.link(), "p-1", at(50)).await.unwrap();
    assert_eq!(notices::open(tx.link()).await.unwrap()[2].due, at(50));
    notices::done(tx.link(), "m-1", State::Sent, at(60), "").await.unwrap();
    notices::done(tx.link(), "m-1", State::Failed, at(70), "late").await.unwrap();
    notices::again(tx.link(), "m-1", at(80), "late").await.unwrap();
    notices::done(tx.link(), "m-2", State::Failed, at(61), "no such mailbox").await.unwrap();
    let had = notices::had(tx.link(), "p-1", at(59)).await.unwrap();
    assert_eq!(had.iter().map(|had| had.message.as_str()).collect::<Vec<_>>(), ["m-1"]);
    let all = notices::lately(tx.link(), Some("p-1"), 10).await.unwrap();
    let seen: Vec<_> = all
        .iter()
        .map(|line| (line.message.id.as_str(), line.message.state, line.message.tries))
        .collect();
    let want = [("m-1", State::Sent, 2), ("m-2", State::Failed, 1), ("m-3", State::Open, 0)];
    assert_eq!(seen, want);
    assert_eq!((all[0].message.done, all[2].message.done), (Some(at(60)), None));
    assert!(notices::lately(tx.link(), Some("p-2"), 10).await.unwrap().is_empty());
}

async fn what_is_old_goes_and_numbers_go_on(store: Store) {
    tell(&store, &["a", "b", "c", "d"]).await;
    let mut tx = store.begin().await.unwrap();
    notices::address(tx.link(), &to("p-1", 1, false)).await.unwrap();
    notices::address(tx.link(), &to("p-1", 2, false)).await.unwrap();
    notices::make(tx.link(), &message("m-1", "p-1"), &[1]).await.unwrap();
    notices::done(tx.link(), "m-1", State::Sent, at(20), "").await.unwrap();
    notices::spread(tx.link(), 3).await.unwrap();
    assert_eq!(notices::expire(tx.link(), at(20)).await.unwrap(), 0);
    assert_eq!(notices::expire(tx.link(), at(21)).await.unwrap(), 1);
    // One waits, one is not spread.
    assert_eq!(waiting(&mut tx).await, [named(("p-1", vec![2]))]);
    notices::spread(tx.link(), 4).await.unwrap();
    notices::forget(tx.link(), "p-1").await.unwrap();
    notices::expire(tx.link(), at(21)).await.unwrap();
    done(tx).await;
    assert_eq!(tell(&store, &["d", "e"]).await, [None, Some(5)], "the newest stays");
}

async fn wishes_are_kept(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    people::add(tx.link(), &person("p-3", Role::Lead, None)).await.unwrap();
    assert_eq!(notices::wishes(tx.link(), "p-1").await.unwrap(), None);
    for (person, wishes) in [("p-3", "{}"), ("p-1", "{\"mail\":false}"), ("p-3", "[]")] {
        notices::set_wishes(tx.link(), person, wishes).await.unwrap();
    }
    assert_eq!(notices::wishes(tx.link(), "p-3").await.unwrap().as_deref(), Some("[]"));
    let all = notices::all_wishes(tx.link()).await.unwrap();
    assert_eq!(all.iter().map(|(person, _)| person.as_str()).collect::<Vec<_>>(), ["p-1", "p-3"]);
    assert!(notices::set_wishes(tx.link(), "nobody", "{}").await.is_err());
}
