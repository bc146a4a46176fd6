//! The parts of what is given away: the record as JSON and CSV, and the list of what it is.

use std::io::{self, Write};

use serde_json::{Value, json};
use ward_desk::case_file::Decision;
use ward_desk::communications::Way;
use ward_desk::incident::{Kind, Voting};
use ward_desk::rumor::{Finding, Spread};

use super::record::{Counted, Line, Record, by_rung};
use super::zip::Part;
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

/// Writes the record as JSON: what it is on the first line, then an event on each.
///
/// # Errors
/// Those of where it is written.
pub(super) fn json(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    // As everything that leaves an exercise: a document by its first member, a table by its first
    // column.
    let rest = json!({
        "format": "ward.record/1",
        "redacted": record.redacted,
        "from": record.asked.span.from.to_string(),
        "to": record.asked.span.to.to_string(),
        "jurisdiction": record.asked.jurisdiction,
    });
    let rest = rest.to_string();
    let rest = rest.trim_matches(['{', '}']);
    write!(out, "{{\"world\":\"{}\",{rest},\"events\":[", record.world_name())?;
    for (number, line) in record.lines.iter().enumerate() {
        write!(out, "{}\n{}", if number == 0 { "" } else { "," }, event(line))?;
    }
    writeln!(out, "\n]}}")
}

/// Writes the record as CSV.
///
/// # Errors
/// Those of where it is written.
pub(super) fn csv(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let (head, mark) = if record.world.is_exercise() { ("world,", "EXERCISE,") } else { ("", "") };
    write!(out, "{head}{HEAD}\r\n")?;
    let mut text = String::new();
    for (number, line) in (1_u64..).zip(&record.lines) {
        text.clear();
        text.push_str(mark);
        row(number, line, &mut text);
        out.write_all(text.as_bytes())?;
    }
    Ok(())
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
    let texts =
        line.texts.iter().map(|(name, text)| format!("{}: {}", label(name), chosen(name, text)));
    let texts: Vec<String> = texts.collect();
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
    let many = text.split(", ").count();
    match name {
        "jurisdictions" if many > LISTED => format!("{many} jurisdictions"),
        _ => chosen(name, text).to_owned(),
    }
}

/// A choice by its words; what is none as it is.
fn chosen<'a>(name: &str, text: &'a str) -> &'a str {
    let choice = match name {
        "kind" => Kind::named(text).map(Kind::label),
        "voting" | "now" => Voting::named(text).map(Voting::label),
        "way" => Way::named(text).map(Way::label),
        "finding" => Finding::named(text).map(Finding::label),
        "spread" => Spread::named(text).map(Spread::label),
        "to" => Decision::named(text).map(Decision::label),
        _ => None,
    };
    choice.unwrap_or(text)
}

/// The list of what is given: by it whoever reads can see whether all of it is there.
pub(super) fn manifest(record: &Record, parts: &[Part]) -> String {
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
        .map(|part| json!({ "name": part.name, "bytes": part.bytes, "sha256": part.sha256 }))
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
        "world": record.world_name(),
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
    format!("{body:#}\n")
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
    fn choices_are_words() {
        for (name, text, want) in [
            ("voting", "stopped", "No, voting has stopped"),
            ("spread", "few", "A few people or posts"),
            ("to", "closed", "Closed"),
            ("to", "attempt", "attempt"),
            ("what", "closed", "closed"),
        ] {
            assert_eq!(said(name, text), want);
        }
        assert_eq!(said("jurisdictions", &["Adair County"; 11].join(", ")), "11 jurisdictions");
    }

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
