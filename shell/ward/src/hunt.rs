//! `ward hunt`: looks indicators up in the history.

use std::io::{self, Read as _, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow, bail};
use serde_json::{Value, json};
use ward_history::{Answer, Found, Indicator, Limits, List, Query, Reader, day_text};
use ward_kernel::World;

use crate::cli::Hunt;
use crate::exercise::place;
use crate::exit::Exit;
use crate::page::text::{clean, count, grouped};

/// Runs the command.
///
/// # Errors
/// What is wrong with the command line or the history, in a sentence.
pub fn run(options: &Hunt) -> anyhow::Result<Exit> {
    let (indicators, problems) = indicators(options)?;
    for problem in &problems {
        let _ = writeln!(io::stderr(), "ward: {}", clean(problem));
    }
    if indicators.is_empty() {
        bail!("there is nothing to look for: no line of the list was understood");
    }
    let desk = options.data.as_deref().unwrap_or(Path::new("ward-data"));
    let world = place::of_folder(desk)?;
    let folder = desk.join("history");
    if options.data.is_none() && !folder.is_dir() {
        bail!("no desk is in ./ward-data: name its folder with --data");
    }
    let reader = Reader::new(&folder);
    let limits = Limits { daily: options.daily, ..Limits::default() };
    let today = today();
    let first = options.days.map_or(i32::MIN, |days| {
        today.saturating_sub(i32::try_from(days).unwrap_or(i32::MAX)).saturating_add(1)
    });
    let days = first..=i32::MAX;
    let query = Query { indicators: &indicators, days, jurisdictions: None, limits };
    let answer = reader.hunt(&query)?;
    let mut out = io::stdout().lock();
    if options.json {
        serde_json::to_writer_pretty(&mut out, &in_world(document(&answer), world))?;
        writeln!(out)?;
    } else {
        if world.is_exercise() {
            writeln!(out, "EXERCISE: this is the history of an exercise, nothing in it is real.")?;
        }
        table(&mut out, &answer)?;
    }
    out.flush()?;
    Ok(match (answer.found.is_empty(), answer.problems.is_empty()) {
        (false, _) => Exit::Attempt,
        (true, false) => Exit::Trouble,
        (true, true) => Exit::Quiet,
    })
}

/// What to look for, and what could not be understood.
fn indicators(options: &Hunt) -> anyhow::Result<(Vec<Indicator>, Vec<String>)> {
    let mut all = Vec::new();
    for text in &options.indicators {
        all.push(Indicator::parse(text).map_err(|what| anyhow!(what))?);
    }
    let mut problems = Vec::new();
    for path in &options.list {
        let mut bytes = Vec::new();
        if path.as_os_str() == "-" {
            io::stdin().lock().read_to_end(&mut bytes)?;
        } else {
            bytes = std::fs::read(path)
                .with_context(|| format!("the list {} cannot be read", path.display()))?;
        }
        let list = List::parse(&bytes);
        let name = path.display();
        problems.extend(list.problems.iter().map(|problem| {
            format!("{name}, line {}: \"{}\": {}", problem.line, problem.text, problem.why)
        }));
        if list.more_problems > 0 {
            problems.push(format!("{name}: and {} more lines", grouped(list.more_problems as u64)));
        }
        all.extend(list.indicators);
    }
    if options.under {
        all = all.into_iter().map(Indicator::with_names_under).collect();
    }
    Ok((all, problems))
}

fn today() -> i32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i32::try_from(since.as_secs() / 86_400).unwrap_or(i32::MAX)
}

fn table(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    for found in &answer.found {
        entry(out, found)?;
    }
    match answer.absent.as_slice() {
        [] => {}
        [one] => writeln!(out, "{}: {}, not found", clean(&one.to_string()), answer.searched)?,
        many => {
            writeln!(out, "Not found ({}):", count(many.len() as u64, "indicator", "indicators"))?;
            for one in many {
                writeln!(out, "  {}", clean(&one.to_string()))?;
            }
        }
    }
    if answer.absent.len() != 1 {
        let searched = answer.searched.to_string();
        let mut letters = searched.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase()).into_iter();
        writeln!(out, "{}.", first.chain(letters).collect::<String>())?;
    }
    for problem in &answer.problems {
        writeln!(out, "Not searched: {}", clean(&problem.to_string()))?;
    }
    answer.stopped.iter().try_for_each(|stopped| writeln!(out, "{stopped}."))
}

fn entry(out: &mut impl Write, found: &Found) -> io::Result<()> {
    let seen = &found.seen;
    let rung = seen.rung.map_or("in no case", ward_kernel::Rung::name);
    writeln!(out, "{}", clean(&found.indicator.to_string()))?;
    writeln!(
        out,
        "  seen in {} on {}, {} to {}; highest rung: {rung}",
        count(seen.count, "record", "records"),
        count(u64::from(seen.days), "day", "days"),
        seen.first,
        seen.last
    )?;
    for place in &seen.places {
        writeln!(
            out,
            "  {:>12}  {} ({})",
            grouped(place.count),
            clean(&place.sensor),
            clean(&place.jurisdiction)
        )?;
    }
    if seen.elsewhere > 0 {
        writeln!(out, "  {:>12}  other sensors", grouped(seen.elsewhere))?;
    }
    for key in &seen.keys {
        writeln!(out, "  {:>12}  {}", grouped(key.count), clean(&key.key))?;
    }
    for day in &seen.daily {
        writeln!(
            out,
            "  {:>12}  on {}",
            grouped(day.count),
            day_text(day.day).unwrap_or_default()
        )?;
    }
    writeln!(out)
}

/// A document, with the world in it where that is none of the real.
fn in_world(mut document: Value, world: World) -> Value {
    if let (World::Exercise, Value::Object(members)) = (world, &mut document) {
        members.insert("world".to_owned(), json!(world));
    }
    document
}

/// The answer as a document, schema `ward.hunt/1`.
fn document(answer: &Answer) -> Value {
    let searched = &answer.searched;
    json!({
        "schema": "ward.hunt/1",
        "found": answer.found.iter().map(found).collect::<Vec<_>>(),
        "absent": answer.absent.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "searched": {
            "records": searched.records,
            "sightings": searched.sightings,
            "sensors": searched.sensors,
            "days": searched.days,
            "first": searched.span.and_then(|(first, _)| day_text(first)),
            "last": searched.span.and_then(|(_, last)| day_text(last)),
        },
        "problems": answer.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "complete": answer.stopped.is_none() && answer.problems.is_empty(),
    })
}

fn found(found: &Found) -> Value {
    let seen = &found.seen;
    json!({
        "indicator": found.indicator.to_string(),
        "first": seen.first,
        "last": seen.last,
        "days": seen.days,
        "records": seen.count,
        "rung": seen.rung,
        "places": seen.places.iter().map(|place| json!({
            "sensor": place.sensor,
            "jurisdiction": place.jurisdiction,
            "records": place.count,
            "first": place.first,
            "last": place.last,
            "rung": place.rung,
        })).collect::<Vec<_>>(),
        "keys": seen.keys.iter().map(|key| json!({
            "key": key.key,
            "records": key.count,
            "rung": key.rung,
        })).collect::<Vec<_>>(),
        "daily": seen.daily.iter().map(|day| json!({
            "day": day_text(day.day),
            "records": day.count,
            "rung": day.rung,
        })).collect::<Vec<_>>(),
    })
}
