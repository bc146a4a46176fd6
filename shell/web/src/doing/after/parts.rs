//! The parts of what is given away: the record as JSON and CSV, and the list of what it is.

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use ward_desk::communications::Way;
use ward_desk::incident::{Kind, Voting};
use ward_desk::rumor::Finding;

use super::record::{Counted, Line, Record, by_rung};
use crate::doing::audit::csv_row;

/// Jurisdictions that are named one by one.
const LISTED: usize = 10;
/// The columns of the record as CSV.
const HEAD: &str = "number,at,under,kind,log,entry,jurisdiction,by,act,words,text,sha256";
/// The name of the record as JSON.
pub(crate) const JSON: &str = "record.json";
/// The name of the record as CSV.
pub(crate) const CSV: &str = "record.csv";
/// The name of the report.
pub(crate) const REPORT: &str = "report.html";
/// The name of the list.
pub(crate) const MANIFEST: &str = "manifest.json";

/// A part that was made.
pub(crate) struct Part {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) body: Vec<u8>,
}

impl Part {
    /// SHA-256 of it, hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.body))
    }
}

/// The record as JSON, and as CSV.
pub(super) fn records(record: &Record) -> [Part; 2] {
    let json = json!({
        "format": "ward.record/1",
        "redacted": record.redacted,
        "from": record.asked.span.from.to_string(),
        "to": record.asked.span.to.to_string(),
        "jurisdiction": record.asked.jurisdiction,
        "events": record.lines.iter().map(event).collect::<Vec<_>>(),
    });
    // As everything that leaves an exercise: a document by its first member, a table by its first
    // column.
    let (world, json) = (record.world.as_str(), format!("{json:#}\n"));
    let json = json.replacen('{', &format!("{{\"world\":\"{world}\","), 1);
    let (head, mark) = if record.world.is_exercise() { ("world,", "EXERCISE,") } else { ("", "") };
    let mut csv = format!("{head}{HEAD}\r\n");
    for (number, line) in (1_u64..).zip(&record.lines) {
        csv.push_str(mark);
        row(number, line, &mut csv);
    }
    [Part { name: JSON, body: json.into_bytes() }, Part { name: CSV, body: csv.into_bytes() }]
}

fn event(line: &Line) -> Value {
    let texts: Vec<Value> =
        line.texts.iter().map(|(name, text)| json!({ "name": name, "text": text })).collect();
    json!({
        "at": line.at.to_string(),
        "under": line.lane.name(),
        "kind": line.kind,
        "log": line.log,
        "entry": line.number,
        "jurisdiction": line.place,
        "by": line.by,
        "act": line.act,
        "words": line.words,
        "texts": texts,
        "stands_out": line.grave,
        "sha256": line.seal,
    })
}

fn row(number: u64, line: &Line, out: &mut String) {
    let texts: Vec<String> =
        line.texts.iter().map(|(name, text)| format!("{}: {text}", label(name))).collect();
    let texts = [
        &line.at.to_string(),
        line.lane.name(),
        &line.kind,
        &line.log,
        &line.number.to_string(),
        &line.place,
        &line.by,
        &line.act,
        &line.words,
        &texts.join("\n"),
        &line.seal,
    ];
    csv_row(&number.to_string(), &texts, out);
}

/// The name of a value as people read it.
pub(crate) fn label(name: &str) -> String {
    let name = match name {
        "" => "Said",
        "call_back" => "To call back",
        "told_by" => "Told by",
        "of" => "Of entry",
        "entry" => "Entry",
        other => other,
    };
    let mut letters = name.replace(['_', '-'], " ").chars().collect::<Vec<_>>();
    if let Some(first) = letters.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    letters.into_iter().collect()
}

/// A value as people read it: choices by their words, long lists by their length.
pub(crate) fn said(name: &str, text: &str) -> String {
    let choice = match name {
        "kind" => Kind::named(text).map(Kind::label),
        "voting" | "now" => Voting::named(text).map(Voting::label),
        "way" => Way::named(text).map(Way::label),
        "finding" => Finding::named(text).map(Finding::label),
        _ => None,
    };
    let many = text.split(", ").count();
    match choice {
        Some(label) => label.to_owned(),
        None if name == "jurisdictions" && many > LISTED => format!("{many} jurisdictions"),
        None => text.to_owned(),
    }
}

/// The list of what is given: by it whoever reads can see whether all of it is there.
pub(super) fn manifest(record: &Record, parts: &[Part]) -> Part {
    let rules: Vec<Value> = record
        .rules
        .iter()
        .map(|one| {
            json!({
                "rule": one.rule.name(),
                "label": one.rule.label(),
                "removes": one.rule.removes(),
                "why": one.rule.why(),
                "basis": one.basis,
                "passages": one.count,
                "events": one.lines,
            })
        })
        .collect();
    let parts: Vec<Value> = parts
        .iter()
        .map(|part| json!({ "name": part.name, "bytes": part.body.len(), "sha256": part.sha256() }))
        .collect();
    let logs: Vec<Value> = record
        .sealed
        .iter()
        .map(|one| {
            json!({
                "log": one.log, "kind": one.kind, "entries": one.entries,
                "newest_entry": one.last.0, "sha256": one.last.1,
            })
        })
        .collect();
    let body = json!({
        "format": "ward.manifest/1",
        "world": record.world.as_str(),
        "office": record.office,
        "made": record.made.to_string(),
        "span": {
            "from": record.asked.span.from.to_string(),
            "to": record.asked.span.to.to_string(),
        },
        "filters": { "jurisdiction": record.asked.jurisdiction },
        "redacted": record.redacted,
        "rules": rules,
        "events": record.lines.len(),
        "events_with_removals": record.touched,
        "at_the_beginning": counted(&record.counted.0),
        "at_the_end": counted(&record.counted.1),
        "not_included": record.missing,
        "parts": parts,
        "seals": {
            "audit": { "row": record.audit.0, "sha256": record.audit.1 },
            "logs": logs,
        },
    });
    Part { name: MANIFEST, body: format!("{body:#}\n").into_bytes() }
}

fn counted(counted: &Counted) -> Value {
    let rungs: serde_json::Map<String, Value> = by_rung(counted.rungs)
        .map(|(rung, count)| (rung.name().to_owned(), json!(count)))
        .collect();
    json!({
        "open_cases": rungs,
        "open_incidents": counted.incidents,
        "sensors": counted.sensors.0,
        "sensors_not_heard": counted.sensors.1,
    })
}

#[cfg(test)]
mod tests {
    use ward_desk::replay::Lane;
    use ward_kernel::Time;

    use super::*;

    #[test]
    fn rows_are_quoted_and_no_formula() {
        let line = Line {
            at: Time::from_secs(0),
            lane: Lane::Incidents,
            kind: "incident".into(),
            log: "incident-1".into(),
            number: 2,
            place: "Adair County".into(),
            by: "=Person".into(),
            act: "note".into(),
            words: "Wrote \"a\" note".into(),
            texts: vec![("told_by".into(), "x".into()), ("what".into(), "y".into())],
            seal: String::new(),
            grave: false,
        };
        let mut out = String::new();
        row(7, &line, &mut out);
        assert_eq!(
            out,
            "7,\"1970-01-01T00:00:00Z\",\"incidents\",\"incident\",\"incident-1\",\"2\",\
             \"Adair County\",\"'=Person\",\"note\",\"Wrote \"\"a\"\" note\",\"Told by: x\nWhat: \
             y\",\"\"\r\n"
        );
    }
}
