//! What is made of a small night, letter by letter.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Write};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ward_access::{Jurisdiction, JurisdictionKind};
use ward_desk::Machine;
use ward_desk::calendar::Planned;
use ward_desk::case_file::CaseFile;
use ward_desk::checklist::Point;
use ward_desk::communications::Check;
use ward_desk::directory::Directory;
use ward_desk::incident::Incident;
use ward_desk::redact::Known;
use ward_desk::replay::Replay;
use ward_desk::rumor::Rumor;
use ward_desk::shift::Position;
use ward_kernel::{Rung, Time, World};
use ward_store::after::{CaseStep, Span, Told};
use ward_store::logbook::{Kept, New};

use super::record::{Around, Record, record};
use super::zip::{Part, Zip};
use super::{Asked, Night, parts, read};
use crate::ui::Clock;

mod forms;

/// The close of the polls on a made-up election day.
fn at(minutes: i64) -> Time {
    Time::parse("2026-11-04T01:00:00Z").unwrap().plus(minutes * ward_kernel::time::MINUTE)
}

fn told(kind: &str, log: &str, number: u64, minutes: i64, (by, act): (&str, Value)) -> Told {
    let entry = New {
        number,
        key: format!("key-{number}"),
        at: at(minutes),
        actor: format!("p-{by}"),
        actor_name: by.to_owned(),
        body: json!({ "act": act }).to_string(),
    };
    let place = (kind == "incident").then(|| "adair-county".to_owned());
    let hash = vec![u8::try_from(minutes).unwrap(); 32];
    Told {
        kind: kind.to_owned(),
        jurisdiction: place,
        kept: Kept { log: log.to_owned(), entry, hash },
    }
}

fn night() -> Night {
    let report = json!({ "report": {
        "kind": "poll-books", "voting": "stopped", "place": "School gym", "call_back": "573-555-0142",
        "what": "Two poll books at 192.0.2.7 show an old list.", "told_by": "A neighbour",
    }});
    let verify = json!({ "verify": {
        "event": "Old list at one place", "how": "Desk analyst called the judge there.",
    }});
    let asked = ["adair-county", "boone-county"];
    let ask = json!({ "ask": { "question": "Do you read us?", "jurisdictions": asked } });
    let answer =
        json!({ "answer": { "jurisdiction": "adair-county", "way": "radio", "text": null } });
    let notes =
        json!({ "hand-over": { "notes": "Watch Adair County.\nSecurity: the code is 1234." } });
    let close = json!({ "close": { "why": "The right list was loaded." } });
    let mut events: Vec<_> = [
        told("position", "position-cases-1", 1, 1, ("Desk analyst", json!("begin"))),
        told("incident", "incident-1", 1, 5, ("Clerk of Adair County", report)),
        told("incident", "incident-1", 2, 9, ("Desk lead", verify)),
        told("check", "check-1", 1, 20, ("Desk lead", ask)),
        told("check", "check-1", 2, 25, ("Desk analyst", answer)),
        told("incident", "incident-1", 3, 40, ("Desk lead", close)),
        told("position", "position-cases-1", 2, 50, ("Desk analyst", notes)),
    ]
    .into_iter()
    .map(|told| read::event_of(told).unwrap())
    .collect();
    for (number, minutes, rung, what) in
        [(1, 12, Rung::Scan, "opened as scan"), (2, 14, Rung::Access, "raised from scan to access")]
    {
        let step = CaseStep {
            case: "W-1".into(),
            number,
            at: at(minutes),
            rung,
            what: what.into(),
            title: "Guesses at svc-backup of desk.adair.example".into(),
            jurisdictions: vec!["adair-county".into()],
        };
        events.push(read::step_of(step, None));
    }
    Night { replay: Replay::new(events), names: BTreeMap::new(), missing: Vec::new() }
}

fn made(redacted: bool, world: World) -> Record {
    let known = Known {
        people: vec![("p-Desk analyst".into(), "Desk analyst".into())],
        accounts: vec!["svc-backup".into()],
        ..Known::default()
    };
    around(redacted, world, known, &night())
}

fn around(redacted: bool, world: World, known: Known, night: &Night) -> Record {
    let place = |id: &str, name: &str| Jurisdiction {
        id: id.into(),
        name: name.into(),
        kind: JurisdictionKind::Clerk,
        counties: Vec::new(),
    };
    let jurisdictions =
        [place("adair-county", "Adair County"), place("boone-county", "Boone County")];
    let asked = Asked { span: Span { from: at(0), to: at(60) }, jurisdiction: None, at: at(60) };
    let basis = BTreeMap::from([("R1".to_owned(), "Example law 1".to_owned())]);
    let around = Around {
        office: "Office of Example State".into(),
        world,
        demo: false,
        jurisdictions: &jurisdictions,
        made: at(120),
        redacted,
        known,
        basis: &basis,
        audit: (41, "ab".repeat(32)),
    };
    record(asked, night, around)
}

fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The record as JSON, and as CSV.
fn records(record: &Record) -> [String; 2] {
    [written(|out| parts::json(record, out)), written(|out| parts::csv(record, out))]
}

/// The parts that a report names.
fn before(record: &Record) -> Vec<Part> {
    let mut zip = Zip::new(Cursor::new(Vec::new()));
    zip.part(parts::JSON, |out| parts::json(record, out)).unwrap();
    zip.part(parts::CSV, |out| parts::csv(record, out)).unwrap();
    zip.parts().to_vec()
}

fn report(record: &Record) -> String {
    let clock = Clock::named("America/Chicago").unwrap();
    written(|out| crate::pages::after::report::write((record, &before(record), &clock), out))
}

#[test]
fn a_small_report() {
    let page = report(&made(true, World::Real));
    let body = page.split_once("</style>").unwrap().1;
    // A line for each element, so that a change is seen where it is.
    insta::assert_snapshot!(body.replace("><", ">\n<"));
}

#[test]
fn nothing_is_left_and_it_says_so() {
    let gone = ["573-555", "192.0.2.7", "neighbour", "Desk analyst", "svc-backup", "1234"];
    let page = report(&made(true, World::Real));
    gone.iter().for_each(|word| assert!(!page.contains(word), "{word}"));
    assert!(page.contains("Redacted by the rules") && page.contains("Example law 1"));
    let page = report(&made(false, World::Exercise));
    gone.iter().for_each(|word| assert!(page.contains(word), "{word}"));
    assert!(page.contains("EXERCISE: nothing in it is real. NOT REDACTED"));
    assert!(page.contains("<title>EXERCISE: After-action report"));
    for outside in ["<script", "src=", "http:", "https:", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn each_part_of_an_exercise_says_so() {
    let texts = |world| records(&made(true, world));
    let [json, csv] = texts(World::Exercise);
    assert!(json.starts_with("{\"world\":\"exercise\","), "{json}");
    assert!(csv.starts_with("world,number,") && csv.contains("\r\nEXERCISE,9,"), "{csv}");
    let [json, csv] = texts(World::Real);
    assert!(json.starts_with("{\"world\":\"real\","), "{json}");
    let read: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (read["world"].as_str(), read["events"].as_array().unwrap().len()),
        (Some("real"), 9)
    );
    assert!(csv.starts_with("number,at,") && !csv.contains("EXERCISE"), "{csv}");
}

#[test]
fn each_part_of_the_demonstration_says_so() {
    let record = Record { demo: true, ..made(true, World::Real) };
    let [json, _] = records(&record);
    assert!(json.starts_with("{\"world\":\"demonstration\","), "{json}");
    let list: Value = serde_json::from_str(&parts::manifest(&record, &[])).unwrap();
    assert_eq!(list["world"], "demonstration");
    assert!(report(&record).contains("<title>DEMONSTRATION: After-action report"));
    assert!(report(&record).contains("DEMONSTRATION: nothing in it is real."));
    // Both at once is an exercise: that word is looked for everywhere.
    let both = Record { demo: true, ..made(true, World::Exercise) };
    assert!(records(&both)[0].starts_with("{\"world\":\"exercise\","));
}

#[test]
fn what_was_done_has_words() {
    for (kind, act) in [("case", "begin"), ("case", "task-done"), ("position", "sign")] {
        let words = super::record::words(kind, act);
        assert!(words.contains(' ') && !words.contains('.'), "{words}");
    }
}

/// The names of a machine's acts, as serde gives them where it knows none.
fn acts<M: Machine<Act: DeserializeOwned>>() -> Vec<(&'static str, String)> {
    let unknown = json!("no act of any machine");
    let err = serde_json::from_value::<M::Act>(unknown).map(drop).unwrap_err().to_string();
    let (_, names) = err.split_once("expected ").unwrap();
    names.split('`').skip(1).step_by(2).map(|name| (M::KIND, name.to_owned())).collect()
}

#[test]
fn every_act_of_every_machine_has_words() {
    let all = [
        acts::<CaseFile>(),
        acts::<Check>(),
        acts::<Directory>(),
        acts::<Incident>(),
        acts::<Planned>(),
        acts::<Point>(),
        acts::<Position>(),
        acts::<Rumor>(),
    ];
    for (kind, act) in all.concat() {
        let words = super::record::words(kind, &act);
        assert!(words.contains(' ') && !words.contains('.'), "{kind}.{act}: {words}");
    }
}

#[test]
fn the_list_counts_what_was_removed() {
    let record = made(true, World::Real);
    let list: Value = serde_json::from_str(&parts::manifest(&record, &before(&record))).unwrap();
    let of = |rule: &str| {
        let all = list["rules"].as_array().unwrap();
        all.iter().find(|one| one["rule"] == rule).unwrap().clone()
    };
    assert_eq!(of("R2")["passages"], 1);
    assert_eq!(of("R4")["passages"], 1);
    assert_eq!(of("R7")["events"], 1);
    assert_eq!(of("R1")["basis"], "Example law 1");
    // Seven were put down by somebody; one names somebody in its words, one who told it.
    assert_eq!(of("R1")["passages"], 9);
    assert_eq!(of("R1")["events"], 7);
    assert_eq!(list["events_with_removals"], 9);
    assert_eq!(list["at_the_end"]["open_cases"]["access"], 1);
    assert_eq!(list["at_the_end"]["open_incidents"], 0);
    let logs = list["seals"]["logs"].as_array().unwrap();
    assert_eq!(logs.len(), 3);
    assert_eq!(logs[1]["newest_entry"], 3);
}
