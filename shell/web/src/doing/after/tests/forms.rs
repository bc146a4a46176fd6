//! Names, numbers and addresses wherever they were put down: nothing of them is left in any form in
//! which a span is given away, and what is nobody's stays.

use proptest::prelude::*;

use super::*;

/// An entry of a log of the state's or of a place's.
fn put(kind: &str, log: &str, number: u64, by: (&str, &str), act: Value) -> Told {
    let told = told(kind, log, number, i64::try_from(number).unwrap(), (by.1, act));
    let mut told =
        Told { jurisdiction: (kind == "contacts").then(|| "boone-county".into()), ..told };
    told.kept.entry.actor = by.0.to_owned();
    told
}

const CLERK: (&str, &str) = ("p-clerk", "Quilla Formername");
const LEAD: (&str, &str) = ("p-lead", "Testa Sampleton");

/// Entries of one log, each by somebody.
fn log(kind: &str, id: &str, all: Vec<((&str, &str), Value)>) -> Vec<Told> {
    (1..).zip(all).map(|(number, (by, act))| put(kind, id, number, by, act)).collect()
}

/// What the clerk's own office put down, and asked of it.
fn local() -> Vec<Told> {
    let contact = json!({ "title": "County clerk", "name": "Wanda Dialwell", "telephone": "555 0101",
        "second": null, "mail": null, "hours": null, "note": null, "first": true });
    let put = json!({ "put": { "id": "dialwell-desk", "contact": contact } });
    let remove = json!({ "remove": { "id": "dialwell-desk" } });
    let mut all = log("contacts", "contacts-boone-county", vec![(CLERK, put), (CLERK, remove)]);
    let question = "Does Sampleton hear you?";
    let ask = json!({ "ask": { "question": question, "jurisdictions": ["boone-county"] } });
    let yes = "Yes, said Formername.";
    let answer =
        json!({ "answer": { "jurisdiction": "boone-county", "way": "page", "text": yes } });
    all.extend(log("check", "check-1", vec![(LEAD, ask), (CLERK, answer)]));
    all
}

fn rumor() -> Vec<Told> {
    let hear = json!({ "hear": { "claim": "Wardenson is said to count alone.", "place": "A site",
        "spread": "few", "link": null, "jurisdictions": ["boone-county"] } });
    let find = json!({ "find": { "finding": "false", "facts": "All count. Tellerson saw it.",
        "confirmed": "Sheriff Wardenson" } });
    let tell =
        json!({ "tell": { "whom": "Edna Newsworthy", "what": "Formername counts with Li." } });
    log("rumor", "rumor-1", vec![(LEAD, hear), (LEAD, find), (LEAD, tell)])
}

/// A night in which people are named in every field that there is, and somebody was renamed.
fn named() -> Vec<Told> {
    let report = json!({ "report": { "kind": "people", "voting": "slowed", "place": "School gym",
        "what": "Dialwell waits for Ng.", "call_back": null, "told_by": "Otto Tellerson, a judge" } });
    let text = "Newsworthy called; bob tried to sign in. SECURITY - the key lies there";
    let note = json!({ "note": { "text": text } });
    let give = json!({ "give": { "to": { "id": "p-ng", "name": "Li Ng" } } });
    let incident = log("incident", "incident-1", vec![(LEAD, report), (LEAD, note)]);
    [local(), rumor(), incident, log("case", "case-W-1", vec![(LEAD, give)])].concat()
}

fn of(events: Vec<Told>, redacted: bool) -> Record {
    let events = events.into_iter().map(|told| read::event_of(told).unwrap()).collect();
    let night = Night { replay: Replay::new(events), names: BTreeMap::new(), missing: Vec::new() };
    let known = Known {
        people: vec![("p-clerk".into(), "Quilla Newname".into())],
        accounts: vec!["bob".into()],
        ..Known::default()
    };
    around(redacted, World::Real, known, &night)
}

/// Every form in which it is given.
fn forms(record: &Record) -> Vec<String> {
    let mut forms = records(record).to_vec();
    forms.extend([report(record), parts::manifest(record, &before(record))]);
    forms
}

#[test]
fn nobody_who_is_named_anywhere_is_left() {
    let gone = [
        "Formername",
        "Quilla",
        "Sampleton",
        "Testa",
        "Dialwell",
        "dialwell",
        "Wanda",
        "Tellerson",
        "Otto",
        "Wardenson",
        "Newsworthy",
        "Edna",
        "Li",
        "Ng",
        "bob",
        "key lies",
    ];
    let is_left = |form: &str, name: &str| {
        form.match_indices(name).any(|(at, _)| {
            let ends = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
            ends(form[..at].chars().next_back()) && ends(form[at + name.len()..].chars().next())
        })
    };
    let whole = of(named(), false);
    for name in gone {
        assert!(forms(&whole)[..3].iter().all(|form| is_left(form, name)), "{name} was there");
    }
    let record = of(named(), true);
    for form in forms(&record) {
        gone.iter().for_each(|name| assert!(!is_left(&form, name), "{name} is left in {form}"));
    }
    // The clerk wrote under a name that they have no more, and is one person under both.
    let answer = record.lines.iter().find(|line| line.act == "answer").unwrap();
    let yes = answer.text("text").unwrap();
    assert!(yes.contains(&answer.by), "{yes} by {}", answer.by);
    // A contact keeps one number for its id.
    let ids: Vec<_> = record.lines.iter().filter_map(|line| line.text("id")).collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
}

#[test]
fn a_place_is_told_by_its_name() {
    let record = of(named(), false);
    let answer = record.lines.iter().find(|line| line.act == "answer").unwrap();
    assert_eq!(answer.place, "Boone County");
    assert_eq!(answer.text("jurisdiction"), Some("Boone County"));
    let heard = record.lines.iter().find(|line| line.act == "hear").unwrap();
    assert_eq!(heard.text("jurisdictions"), Some("Boone County"));
    let asked = record.lines.iter().find(|line| line.act == "ask").unwrap();
    assert_eq!((asked.place.as_str(), asked.text("jurisdictions")), ("", Some("Boone County")));
    let [_, csv] = records(&record);
    assert!(csv.contains("Spread: A few people or posts"), "{csv}");
    assert!(csv.contains("Way: On their page"), "{csv}");
}

/// What is looked for in each form, and what of it must not be left.
const PLANTED: &[(&str, &str)] = &[
    ("Quilla Newname", "Newname"),
    ("quilla  formername", "formername"),
    ("573·555·0199", "0199"),
    ("573-555-\n0199", "0199"),
    ("５７３-５５５-０１９９", "０１９９"),
    ("clerk at adair dot example", "adair"),
    ("clerk＠adair.example", "adair"),
    ("10,20,30,43", "20,30"),
    ("0x0a.0x14.0x1e.0x2b", "0x14"),
    ("001a.2b3c.4d5e", "2b3c"),
    ("//FILES/share", "FILES"),
    ("Bob", "Bob"),
];

/// A form without the fingerprints of files: their digits are anybody's by chance.
fn unsealed(form: &str) -> String {
    let pieces = form.split(|c: char| !c.is_ascii_alphanumeric());
    let is_seal = |piece: &&str| piece.len() == 64 && piece.chars().all(|c| c.is_ascii_hexdigit());
    pieces.filter(is_seal).fold(form.to_owned(), |form, seal| form.replace(seal, ""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_that_is_put_down_is_left_in_any_form(
        planted in prop::collection::vec((prop::sample::select(PLANTED), "[a-z]{1,9}( [a-z]{1,9}){0,4}"), 1..5),
    ) {
        let mut all = named();
        for (number, ((what, _), words)) in (3_u64..).zip(&planted) {
            let text = format!("{words}, 10,000 cases on 2026-11-03: {what}, {words}; attempt 3 of 10");
            let note = json!({ "note": { "text": text } });
            all.push(put("incident", "incident-1", number, LEAD, note));
        }
        let record = of(all, true);
        for form in forms(&record).iter().map(|form| unsealed(form)) {
            for ((what, rest), _) in &planted {
                prop_assert!(!form.contains(rest), "{what:?} is left in {form}");
            }
        }
        for form in &forms(&record)[..3] {
            let stays = form.matches("10,000 cases on 2026-11-03: ").count();
            prop_assert!(stays >= planted.len() && form.contains("; attempt 3 of 10"), "{form}");
        }
    }
}
