//! The recording, block by block, against one reading of it.

use std::sync::Arc;

use ward_kernel::Time;
use ward_live::{Book, Hints, Live, STATE};
use ward_packets::Capture;
use ward_records::Reader;
use ward_watch::{Config, Engine, Feed, FileInfo, Origin, Witness};

use crate::common::{Bare, Block, Log, bare, blocks, live, open, open_cases, received, recording};

/// The cases of one engine that reads whole files, as `ward watch` does.
fn at_once(logs: &[&Log]) -> Vec<Bare> {
    let mut engine = Engine::new(Arc::new(Config::default()), 1);
    let hints = Hints { newest: received(), ..Hints::default() };
    let mut files = Vec::new();
    for (file, log) in (0..).zip(logs) {
        let head = log.bytes.get(..log.bytes.len().min(64 << 10)).unwrap();
        let capture = Capture::recognise(head);
        let reader = Reader::recognise(head, &hints);
        // The recording's capture holds what an exporter sent.
        let format = reader.as_ref().map_or("netflow", |reader| reader.format().name());
        let origin = Origin { file, witness: Witness::of(format) };
        let mut feed = Feed { engine: &mut engine, origin };
        if let Some(mut capture) = capture {
            capture.push(&log.bytes, &mut feed);
            capture.finish(&mut feed);
        } else if let Some(mut reader) = reader {
            reader.read(&log.bytes, 0, &mut feed);
        }
        let (name, sensor) = (log.name.clone(), log.jurisdiction.to_owned());
        files.push(FileInfo { name, sensor, jurisdiction: None, format });
    }
    let mut cases: Vec<Bare> = engine.judge(&files).cases.iter().map(bare).collect();
    cases.sort();
    cases
}

fn give(live: &mut Live, logs: &[Log], block: Block) {
    let Block { stream, from, to } = block;
    let bytes = &logs[usize::try_from(stream).unwrap()].bytes[from..to];
    let taken = live.take(stream, from as u64, received(), bytes);
    assert_eq!(taken.problems, []);
}

fn opened(logs: &[Log]) -> Live {
    let mut live = live();
    for (id, log) in (0..).zip(logs) {
        open(&mut live, id, log);
    }
    live
}

fn close(live: &mut Live, logs: &[Log]) {
    for id in 0..u32::try_from(logs.len()).unwrap() {
        live.close(id, received());
    }
}

fn judge(live: &mut Live, book: &mut Book, now: Time) {
    for judged in live.judge_full() {
        book.reconcile(&judged, now);
    }
    book.rest(now);
}

/// Feeds all blocks, looking quickly after each and wholly now and then.
fn feed(live: &mut Live, book: &mut Book, logs: &[Log], blocks: &[Block], whole_every: usize) {
    for (at, block) in blocks.iter().enumerate() {
        give(live, logs, *block);
        let now = received().plus(i64::try_from(at).unwrap() * 100_000);
        for judged in live.judge_quick() {
            assert!(!judged.complete);
            book.reconcile(&judged, now);
        }
        if (at + 1).is_multiple_of(whole_every) {
            judge(live, book, now);
        }
    }
}

fn expected(logs: &[Log]) -> Vec<(&'static str, Vec<Bare>)> {
    let mut expected = vec![(STATE, at_once(&logs.iter().collect::<Vec<_>>()))];
    for scope in ["adair", "clark", "state-office"] {
        let own: Vec<&Log> = logs.iter().filter(|log| log.jurisdiction == scope).collect();
        expected.push((scope, at_once(&own)));
    }
    expected
}

/// Whatever the blocks and their order are, the final cases are those of one reading: for the
/// state and for each jurisdiction.
#[test]
fn live_ends_where_one_reading_ends() {
    let logs = recording();
    let expected = expected(&logs);
    assert!(expected[0].1.len() >= 10, "{}", expected[0].1.len());
    for (size, seed) in [(400_000, 1), (60_000, 2)] {
        let (mut live, mut book) = (opened(&logs), Book::default());
        feed(&mut live, &mut book, &logs, &blocks(&logs, size, seed), 20);
        close(&mut live, &logs);
        judge(&mut live, &mut book, received());
        for (scope, cases) in &expected {
            assert_eq!(&open_cases(book.cases(), scope), cases, "{scope}");
        }
    }
}

/// A restart in the middle changes nothing: the window is read again, the book restored.
#[test]
fn a_restart_changes_nothing() {
    let logs = recording();
    let blocks = blocks(&logs, 300_000, 3);
    let half = blocks.len() / 2;
    let (mut live, mut book) = (opened(&logs), Book::default());
    feed(&mut live, &mut book, &logs, &blocks[..half], 9);
    let before: Vec<_> = book.cases().cloned().collect();
    // What the store holds.
    let text = serde_json::to_string(&before).unwrap();
    let mut book = Book::restore(serde_json::from_str(&text).unwrap());
    assert_eq!(book.cases().cloned().collect::<Vec<_>>(), before);
    let mut live = opened(&logs);
    for block in &blocks[..half] {
        give(&mut live, &logs, *block);
    }
    feed(&mut live, &mut book, &logs, &blocks[half..], 9);
    close(&mut live, &logs);
    judge(&mut live, &mut book, received());
    for (scope, cases) in &expected(&logs) {
        assert_eq!(&open_cases(book.cases(), scope), cases, "{scope}");
    }
    // Every case of before is still known by its id.
    for kept in &before {
        assert!(book.get(&kept.id).is_some());
    }
}

/// Each attempt of one source is opened by a quick look, long before the whole judgement.
#[test]
fn attempts_do_not_wait_for_the_whole_judgement() {
    let logs = recording();
    let (mut live, mut book) = (opened(&logs), Book::default());
    feed(&mut live, &mut book, &logs, &blocks(&logs, 100_000, 5), usize::MAX);
    let quick = open_cases(book.cases(), STATE);
    let alone = |case: &&Bare| {
        let aggregate = ["login.distributed", "web.flood", "scan.distributed"];
        case.0 >= ward_kernel::Rung::Attempt && case.3.len() == 1 && !aggregate.contains(&&*case.1)
    };
    let whole = at_once(&logs.iter().collect::<Vec<_>>());
    let whole: Vec<&Bare> = whole.iter().filter(alone).collect();
    assert!(whole.len() >= 5, "{}", whole.len());
    for case in whole {
        let family = |kind: &str| kind.split('.').next().unwrap().to_owned();
        let same = |other: &&Bare| other.3 == case.3 && family(&other.1) == family(&case.1);
        let told = quick.iter().find(same).map(|other| other.0);
        assert!(told >= Some(case.0), "{case:?}: {told:?}");
    }
}

/// The evidence of a case leads back to the bytes of its stream.
#[test]
fn evidence_leads_back_to_its_record() {
    let logs = recording();
    let (mut live, mut book) = (opened(&logs), Book::default());
    for block in blocks(&logs, 500_000, 9) {
        give(&mut live, &logs, block);
    }
    judge(&mut live, &mut book, received());
    let mut seen = 0;
    let ids: Vec<String> = book.cases().map(|kept| kept.id.clone()).collect();
    for id in ids {
        for wanted in book.evidence_wanted(&id) {
            let log = &logs[usize::try_from(wanted.stream).unwrap()];
            let at = usize::try_from(wanted.offset).unwrap();
            if log.name.ends_with(".log") {
                assert!(at == 0 || log.bytes[at - 1] == b'\n', "{} {at}", log.name);
                seen += 1;
            }
            book.evidence_sealed(&id, wanted.stream, wanted.offset);
        }
        assert_eq!(book.evidence_wanted(&id), []);
    }
    assert!(seen > 50, "{seen}");
}
