//! What must stand at the end by the script, and what stands.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use ward_it::browser::Browser;

use crate::acts::{Stage, handed_over};
use crate::script::{MACHINES, POINTS, POSTS, Script, What, mark};

/// An incident as it must stand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Incident {
    place: String,
    stage: String,
    truth: String,
    event: Option<String>,
    /// Names of its acts, in order.
    acts: Vec<String>,
}

/// Everything that is not as the script says.
pub(crate) async fn compare(script: &Script, stage: &Stage) -> Vec<String> {
    let mut admin = stage.cast.admin.window();
    let parts = [
        incidents(script, stage, &mut admin).await,
        checks(script, stage, &mut admin).await,
        positions(script, stage, &mut admin).await,
        cases(script, stage, &mut admin).await,
        rumors(script, stage, &mut admin).await,
        points(script, stage, &mut admin).await,
        programs(script, stage).await,
    ];
    // What cannot be read does not stand either.
    parts.into_iter().flat_map(|part| part.unwrap_or_else(|why| vec![why])).collect()
}

/// All of a list, part by part.
async fn all(browser: &mut Browser, path: &str, name: &str) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    loop {
        let sign = if path.contains('?') { '&' } else { '?' };
        let part = format!("{path}{sign}limit=100&offset={}", found.len());
        let part = browser.value(&part).await?;
        let lines = part[name].as_array().cloned().ok_or_else(|| format!("{path}: {part}"))?;
        if lines.is_empty() {
            return Ok(found);
        }
        found.extend(lines);
    }
}

fn expected(script: &Script, stage: &Stage) -> BTreeMap<u64, Incident> {
    let mut all: BTreeMap<u64, Incident> = BTreeMap::new();
    for step in &script.steps {
        let (incident, act) = match &step.what {
            What::Report { incident, place, .. } => {
                let place = stage.cast.places.get(*place).map(|one| one.id.clone());
                let one = all.entry(*incident).or_default();
                one.place = place.unwrap_or_default();
                (one.stage, one.truth) = ("new".to_owned(), "unverified".to_owned());
                (incident, "report")
            }
            What::Take { incident } => (incident, "take"),
            What::Verify { incident, event } => {
                all.entry(*incident).or_default().event = Some(format!("Event {}", mark(*event)));
                (incident, "verify")
            }
            What::Refute { incident } => (incident, "refute"),
            What::Solve { incident } => (incident, "solve"),
            What::Close { incident } => (incident, "close"),
            _ => continue,
        };
        let one = all.entry(*incident).or_default();
        one.acts.push(act.to_owned());
        let (stands, is) = match act {
            "take" => (&mut one.stage, "taken"),
            "solve" => (&mut one.stage, "solved"),
            "close" => (&mut one.stage, "closed"),
            "verify" => (&mut one.truth, "verified"),
            "refute" => (&mut one.truth, "refuted"),
            _ => continue,
        };
        is.clone_into(stands);
    }
    all
}

async fn incidents(
    script: &Script,
    stage: &Stage,
    admin: &mut Browser,
) -> Result<Vec<String>, String> {
    let expected = expected(script, stage);
    let mut wrong = Vec::new();
    let mut stand: BTreeSet<String> = BTreeSet::new();
    for line in all(admin, "/api/v1/incidents", "incidents").await? {
        stand.extend(line["id"].as_str().map(str::to_owned));
    }
    if stand.len() != expected.len() {
        wrong.push(format!("{} incidents stand, the script has {}", stand.len(), expected.len()));
    }
    for (number, must) in &expected {
        let Some(id) = stage.known(*number) else {
            wrong.push(format!("incident {number} was never reported"));
            continue;
        };
        if !stand.contains(&id) {
            wrong.push(format!("incident {number} ({id}) is not in the list"));
        }
        let found = admin.value(&format!("/api/v1/incidents/{id}")).await?;
        let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
        let acts = found["entries"].as_array().into_iter().flatten();
        let is = Incident {
            place: text("jurisdiction"),
            stage: text("stage"),
            truth: text("truth"),
            event: found["event"].as_str().map(str::to_owned),
            acts: acts.filter_map(|entry| entry["act"].as_str().map(str::to_owned)).collect(),
        };
        if is != *must {
            wrong.push(format!("incident {number} stands as {is:?}, the script says {must:?}"));
        }
    }
    Ok(wrong)
}

async fn checks(
    script: &Script,
    stage: &Stage,
    admin: &mut Browser,
) -> Result<Vec<String>, String> {
    let mut expected: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    for step in &script.steps {
        if let What::Answer { check, place } = &step.what {
            let place = stage.cast.places.get(*place).map(|one| one.id.as_str());
            expected.entry(*check).or_default().extend(place);
        }
    }
    let mut wrong = Vec::new();
    let stand = all(admin, "/api/v1/room/checks", "checks").await?.len();
    if stand != expected.len() {
        wrong.push(format!("{stand} checks stand, the script has {}", expected.len()));
    }
    for (check, must) in &expected {
        let Some(id) = stage.known(*check) else {
            wrong.push(format!("check {check} was never asked"));
            continue;
        };
        let found = admin.value(&format!("/api/v1/room/checks/{id}")).await?;
        let answered = found["jurisdictions"].as_array().into_iter().flatten();
        let answered = answered.filter(|one| !one["answered"].is_null());
        let is: BTreeSet<&str> = answered.filter_map(|one| one["jurisdiction"].as_str()).collect();
        if is != *must {
            wrong.push(format!("check {check}: {} answered, not {}", is.len(), must.len()));
        }
    }
    Ok(wrong)
}

/// Each position was taken, handed over with its notes and signed by the next who read them; nothing
/// else stands in its log.
async fn positions(
    script: &Script,
    stage: &Stage,
    admin: &mut Browser,
) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for (number, post) in POSTS.into_iter().enumerate() {
        let notes = script.steps.iter().find_map(|step| match step.what {
            What::HandOver { post, note } if post == number => Some(handed_over(note)),
            _ => None,
        });
        let (first, next) = (&stage.holder(number, 0).name, &stage.holder(number, 1).name);
        let must = json!([
            ["begin", first, null, null],
            ["hand-over", first, notes, null],
            ["sign", next, null, 2],
        ]);
        let found = admin.value(&format!("/api/v1/room/positions/{post}")).await?;
        let entries = found["entries"].as_array().into_iter().flatten();
        let is: Value =
            entries.map(|one| json!([one["act"], one["by"], one["text"], one["entry"]])).collect();
        let holds = found["shifts"] == 2 && found["notes"].is_null() && found["holder"] == **next;
        if is != must || !holds {
            wrong.push(format!("position {post}: {found}, the script says {must}"));
        }
    }
    Ok(wrong)
}

/// Each local program reads the incidents of its own place, all of them, and none of another.
async fn programs(script: &Script, stage: &Stage) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    let reports: Vec<(usize, Option<String>)> = script
        .steps
        .iter()
        .filter_map(|step| match step.what {
            What::Report { incident, place, .. } => Some((place, stage.known(incident))),
            _ => None,
        })
        .collect();
    for (place, program) in &stage.cast.programs {
        let mut program = program.lock().await;
        let found = all(&mut program, "/api/v1/incidents", "incidents").await?;
        let is: BTreeSet<&str> = found.iter().filter_map(|one| one["id"].as_str()).collect();
        let own = reports.iter().filter(|(at, _)| at == place);
        let must: BTreeSet<&str> = own.filter_map(|(_, id)| id.as_deref()).collect();
        if is != must {
            wrong.push(format!("the program of place {place} reads {is:?}, not {must:?}"));
        }
        let other = reports.iter().find(|(at, _)| at != place);
        let Some((_, Some(other))) = other else { continue };
        let answer = program.get(&format!("/api/v1/incidents/{other}")).await?;
        if answer.status != 404 {
            wrong
                .push(format!("the program of place {place} asked for {other}: {}", answer.status));
        }
    }
    Ok(wrong)
}

async fn rumors(
    script: &Script,
    stage: &Stage,
    admin: &mut Browser,
) -> Result<Vec<String>, String> {
    let mut expected: BTreeMap<u64, bool> = BTreeMap::new();
    for step in &script.steps {
        match step.what {
            What::Hear { rumor, .. } => {
                expected.entry(rumor).or_default();
            }
            What::Find { rumor } => {
                expected.insert(rumor, true);
            }
            _ => {}
        }
    }
    let stand = all(admin, "/api/v1/rumors", "rumors").await?;
    let mut wrong = Vec::new();
    if stand.len() != expected.len() {
        wrong.push(format!("{} rumors stand, the script has {}", stand.len(), expected.len()));
    }
    for (number, is_found) in expected {
        let id = stage.known(number).unwrap_or_default();
        let one = stand.iter().find(|one| one["id"].as_str() == Some(&id));
        if one.map(|one| one["finding"] == "false") != Some(is_found) {
            wrong.push(format!("rumor {number} stands as {one:?}"));
        }
    }
    Ok(wrong)
}

async fn points(
    script: &Script,
    stage: &Stage,
    admin: &mut Browser,
) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for (place, one) in stage.cast.places.iter().enumerate() {
        let ticked = script.steps.iter().filter_map(|step| match step.what {
            What::Tick { place: at, point, .. } if at == place => POINTS.get(point).copied(),
            _ => None,
        });
        let must: BTreeSet<&str> = ticked.collect();
        let found = admin.value(&format!("/api/v1/checklists/{}", one.id)).await?;
        let points = found["points"].as_array().into_iter().flatten();
        let done = points.filter(|point| point["state"] == "done");
        let is: BTreeSet<&str> = done.filter_map(|point| point["id"].as_str()).collect();
        if is != must {
            wrong.push(format!("the checklist of {} has {is:?}, not {must:?}", one.id));
        }
    }
    Ok(wrong)
}

/// Each attack is in exactly one case of the state, at its place and at its rung; and no other case
/// from attempt on is there: not of the crowd, not of visitors.
async fn cases(script: &Script, stage: &Stage, admin: &mut Browser) -> Result<Vec<String>, String> {
    let mut expected: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    let mut handled: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for step in &script.steps {
        match step.what {
            What::Attempt { attack, machine } => {
                expected.insert(mark(attack), (machine, "attempt"));
            }
            What::BreakIn { attack, machine } => {
                expected.insert(mark(attack), (machine, "access"));
            }
            What::Flood { attack } => {
                expected.insert(mark(attack), (crate::script::FLOODED, "attempt"));
            }
            What::TakeCase { attack } => handled.entry(mark(attack)).or_default().0 = true,
            What::CloseCase { attack } => handled.entry(mark(attack)).or_default().1 = true,
            _ => {}
        }
    }
    let mut wrong = Vec::new();
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for rung in ["attempt", "access", "effect"] {
        for case in all(admin, &format!("/api/v1/cases?rung={rung}"), "cases").await? {
            // A list from a rung on holds the higher ones as well.
            if case["rung"] != rung {
                continue;
            }
            let title = case["title"].as_str().unwrap_or_default();
            match expected.keys().find(|mark| title.contains(mark.as_str())) {
                Some(mark) => found.entry(mark.clone()).or_default().push(case),
                None => wrong.push(format!("a case that nobody planted: {case}")),
            }
        }
    }
    for (mark, (machine, rung)) in &expected {
        let place = stage.cast.places.get(*machine % MACHINES).map(|one| one.id.as_str());
        match found.get(mark).map(Vec::as_slice) {
            Some([case]) => {
                let places = case["jurisdictions"].as_array().map(Vec::as_slice);
                let is_there = matches!(places, Some([one]) if one.as_str() == place);
                let (taken, closed) = handled.get(mark).copied().unwrap_or_default();
                let is_handled =
                    case["owner"].is_null() != taken && (case["handling"] == "closed") == closed;
                if case["rung"] != *rung || !is_there || !is_handled {
                    wrong.push(format!("{mark} ({rung} at {place:?}) stands as {case}"));
                }
            }
            found => {
                wrong.push(format!("{mark} ({rung}) has {} cases", found.map_or(0, <[_]>::len)))
            }
        }
    }
    Ok(wrong)
}
