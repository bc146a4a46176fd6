//! What is done over the interface has the same effects as over the pages, and leaves the same rows
//! in the audit.

use serde_json::{Value, json};
use ward_access::Role;
use ward_store::audit;

use crate::House;
use crate::client::{As, Ask};
use crate::filled::{OURS, THEIRS};

/// The acts about an object that are in the audit, oldest first; its chain is checked.
pub(crate) async fn acts(house: &House, object: &str) -> Vec<String> {
    let mut read = house.filled.desk.store.read().await.unwrap();
    assert_eq!(audit::verify(read.link()).await.unwrap().1, None, "the chain is broken");
    let all = audit::in_order(read.link(), 1, 100_000).await.unwrap();
    all.into_iter().filter(|row| row.entry.object == object).map(|row| row.entry.act).collect()
}

#[tokio::test]
async fn looking_at_people_s_data_is_put_down() {
    let house = House::start().await;
    let at = house.at();
    let (_, token) = house.filled.token(Role::Auditor, None).await;
    let auditor = As::Program(token);
    let case = house.filled.case("state").await;
    for more in ["", "/steps", "/evidence"] {
        Ask::get(&format!("/api/v1/cases/{case}{more}")).send(at, &auditor).await.is(200);
    }
    assert_eq!(acts(&house, &case).await, ["case.look"; 3]);
    let admin = house.person(Role::Administrator).await;
    let (person, _) = house.filled.person(Role::LocalClerk, Some(OURS)).await;
    Ask::get(&format!("/api/v1/people/{person}")).send(at, &admin).await.is(200);
    Ask::get("/api/v1/people").send(at, &admin).await.is(200);
    assert_eq!(acts(&house, &person).await, ["person.look"]);
    // Who asks for what is not theirs has seen nothing.
    let (_, bound) = house.filled.token(Role::Analyst, Some(THEIRS)).await;
    Ask::get(&format!("/api/v1/cases/{case}")).send(at, &As::Program(bound)).await.is(404);
    assert_eq!(acts(&house, &case).await.len(), 3);
}

#[tokio::test]
async fn a_case_is_decided_and_noted() {
    let house = House::start().await;
    let (at, lead) = (house.at(), house.person(Role::Lead).await);
    let case = house.filled.case(OURS).await;
    let path = format!("/api/v1/cases/{case}/handling");
    let why = json!({ "key": "key-decide-1", "handling": "closed" });
    let refused = Ask::json(&path, &why).send(at, &lead).await;
    assert_eq!(refused.is(422).json()["detail"], "reason: Say why it is closed.");
    let why = json!({
        "key": "key-decide-2", "handling": "closed", "reason": " That was our own scanner. ",
    });
    let done = Ask::json(&path, &why).send(at, &lead).await.is(200).json();
    assert_eq!(
        (&done["handling"], &done["reason"]),
        (&json!("closed"), &json!("That was our own scanner."))
    );
    let note = json!({ "key": "key-note-1", "note": "The owner was called." });
    let (_, token) = house.filled.token(Role::LocalIt, Some(OURS)).await;
    let path = format!("/api/v1/cases/{case}/notes");
    let entry = Ask::json(&path, &note).send(at, &As::Program(token)).await.is(201).json();
    assert_eq!((&entry["number"], &entry["act"]), (&json!(2), &json!("note")));
    assert_eq!(entry["text"], "The owner was called.");
    // Whoever decides is shown the case.
    assert_eq!(acts(&house, &case).await, ["case.decide", "case.look", "case.note"]);
    let closed = Ask::get("/api/v1/cases?handling=closed").send(at, &lead).await.json();
    assert_eq!(closed["total"], 0, "it was decided in the county's view, not in the state's");
    let (_, clerk) = house.filled.person(Role::LocalClerk, Some(OURS)).await;
    let closed =
        Ask::get("/api/v1/cases?handling=closed").send(at, &As::Person(clerk)).await.json();
    assert_eq!(closed["cases"][0]["id"], json!(case));
}

#[tokio::test]
async fn a_case_is_worked_on() {
    let house = House::start().await;
    let (at, analyst) = (house.at(), house.person(Role::Analyst).await);
    let (case, other) = (house.filled.case("state").await, house.filled.case("state").await);
    let path = format!("/api/v1/cases/{case}/work");
    let (next, analyst) = (std::cell::Cell::new(0), &analyst);
    let work = |sent: Value| {
        next.set(next.get() + 1);
        let mut sent = sent;
        sent["key"] = json!(format!("key-work-{}", next.get()));
        let ask = Ask::json(&path, &sent);
        async move { ask.send(at, analyst).await }
    };
    let taken = work(json!({ "act": "take" })).await.is(201).json();
    assert_eq!(taken["owner_name"], taken["entries"][0]["by"]);
    work(json!({ "act": "take" })).await.is(422);
    work(json!({ "act": "task", "what": "Call the clerk" })).await.is(201);
    work(json!({ "act": "task-done", "task": 9 })).await.is(422);
    let done =
        work(json!({ "act": "task-done", "task": 2, "text": "Called." })).await.is(201).json();
    assert_eq!(done["tasks"], json!([{ "number": 2, "what": "Call the clerk", "stage": "done" }]));
    let lowered = work(json!({ "act": "rung", "rung": "scan", "text": "A mirror." })).await;
    let lowered = lowered.is(201).json();
    assert_eq!((&lowered["rung"], &lowered["judged"]), (&json!("scan"), &json!("attempt")));
    let told = json!({ "act": "told", "whom": "The clerk", "way": "telephone", "text": "All." });
    work(told).await.is(201);
    for bad in [&case, "nothing"] {
        work(json!({ "act": "merge", "into": bad, "text": "x" })).await.is(422);
    }
    let merged = work(json!({ "act": "merge", "into": other, "text": "One list." })).await;
    let merged = merged.is(201).json();
    assert_eq!((&merged["merged_into"], &merged["standing"]), (&json!(other), &json!("merged")));
    let main = Ask::get(&format!("/api/v1/cases/{other}")).send(at, analyst).await.is(200).json();
    assert_eq!(main["parts"], json!([case]));
    let back = work(json!({ "act": "take-out", "text": "Not so." })).await.is(201).json();
    assert_eq!(back["merged_into"], Value::Null);
    let split =
        json!({ "act": "split", "sources": "192.0.2.7", "title": "One of two", "text": "x" });
    let split = work(split).await.is(201).json();
    let id = split["split"][0].as_str().unwrap();
    let new = Ask::get(&format!("/api/v1/cases/{id}")).send(at, analyst).await.is(200).json();
    assert_eq!((&new["split_from"], &new["sources"]), (&json!(case), &json!(["192.0.2.7"])));
    let mine = taken["owner"].as_str().unwrap();
    let list = format!("/api/v1/cases?rung=scan&owner={mine}");
    let list = Ask::get(&list).send(at, analyst).await.is(200).json();
    assert_eq!((&list["total"], &list["cases"][0]["id"]), (&json!(1), &json!(case)));
    // No program works on a case, and no clerk.
    let (_, token) = house.filled.token(Role::Analyst, None).await;
    let take = json!({ "key": "key-program", "act": "take" });
    Ask::json(&path, &take).send(at, &As::Program(token)).await.is(403);
    let (_, clerk) = house.filled.person(Role::LocalClerk, Some(OURS)).await;
    Ask::json(&path, &take).send(at, &As::Person(clerk)).await.is(403);
}

#[tokio::test]
async fn other_views_are_told_and_written_to() {
    let house = House::start().await;
    let (at, lead) = (house.at(), house.person(Role::Lead).await);
    let (state, own) = (house.filled.case("state").await, house.filled.case(OURS).await);
    let theirs = house.filled.case(THEIRS).await;
    let told = Ask::get(&format!("/api/v1/cases/{state}")).send(at, &lead).await.is(200).json();
    let counterpart = |id: Value, scope: &str, taken: bool| {
        json!({
            "id": id, "scope": scope, "rung": "attempt", "standing": "open", "handling": "open",
            "taken": taken,
        })
    };
    let all = told["counterparts"].as_array().unwrap();
    for (id, scope) in [(&own, OURS), (&theirs, THEIRS)] {
        assert!(all.contains(&counterpart(json!(id), scope, false)), "{scope}: {all:?}");
    }
    assert!(all.iter().all(|one| one["scope"] == OURS || one["scope"] == THEIRS));
    let take = json!({ "key": "key-take-1", "act": "take" });
    Ask::json(&format!("/api/v1/cases/{state}/work"), &take).send(at, &lead).await.is(201);
    // Whoever is a county's reads that the state has it, and not as what.
    let (_, clerk) = house.filled.person(Role::LocalClerk, Some(OURS)).await;
    let clerk = As::Person(clerk);
    let told = Ask::get(&format!("/api/v1/cases/{own}")).send(at, &clerk).await;
    let made = told.is(200).json()["counterparts"].as_array().cloned().unwrap();
    assert!(made.contains(&counterpart(Value::Null, "state", true)), "{made:?}");
    assert!(made.iter().all(|one| one["id"].is_null() && one["scope"] == "state"));
    for not_theirs in [&state, &theirs] {
        assert!(!told.text().contains(&format!("\"{not_theirs}\"")));
    }
    let told = Ask::get(&format!("/api/v1/cases/{own}")).send(at, &lead).await.is(200).json();
    let made = told["counterparts"].as_array().unwrap();
    assert!(made.contains(&counterpart(json!(state), "state", true)), "{made:?}");
    for (way, act) in [
        ("notes", json!({ "key": "key-note-1", "note": "We look at it." })),
        (
            "work",
            json!({ "key": "key-rung-1", "act": "rung", "rung": "scan", "text": "A mirror." }),
        ),
        ("handling", json!({ "key": "key-close-1", "handling": "closed", "reason": "A mirror." })),
    ] {
        let mut sent = act;
        sent["also"] = json!(["W-nothing"]);
        let path = format!("/api/v1/cases/{state}/{way}");
        Ask::json(&path, &sent).send(at, &lead).await.is(422);
        sent["also"] = json!([own]);
        let done = Ask::json(&path, &sent).send(at, &lead).await;
        done.is(if way == "handling" { 200 } else { 201 });
    }
    let told = Ask::get(&format!("/api/v1/cases/{own}")).send(at, &clerk).await.is(200).json();
    assert_eq!((&told["rung"], &told["handling"]), (&json!("scan"), &json!("closed")));
    assert_eq!(told["entries"].as_array().map(Vec::len), Some(3));
    let told = Ask::get(&format!("/api/v1/cases/{theirs}")).send(at, &lead).await.is(200).json();
    assert_eq!((&told["rung"], &told["handling"]), (&json!("attempt"), &json!("open")));
    // From a county's view nothing is put down elsewhere.
    let note = json!({ "key": "key-note-2", "note": "Ours.", "also": [state] });
    Ask::json(&format!("/api/v1/cases/{own}/notes"), &note).send(at, &clerk).await.is(422);
}

#[tokio::test]
async fn a_token_is_made_used_and_ended() {
    let house = House::start().await;
    let (at, admin) = (house.at(), house.person(Role::Administrator).await);
    let wanted =
        json!({ "name": "Ticket system", "role": "analyst", "days": 30, "jurisdiction": OURS });
    let made = Ask::json("/api/v1/tokens", &wanted).send(at, &admin).await.is(201).json();
    let program = As::Program(made["secret"].as_str().unwrap().to_owned());
    let cases = Ask::get("/api/v1/cases").send(at, &program).await.is(200).json();
    assert_eq!(
        (cases["total"].as_i64(), &cases["cases"][0]["jurisdictions"]),
        (Some(1), &json!([OURS]))
    );
    assert_eq!(cases["cases"][0]["other_jurisdictions"], 1);
    let id = made["id"].as_str().unwrap();
    let ended = Ask::post(&format!("/api/v1/tokens/{id}/end"), "", "").send(at, &admin).await;
    assert_eq!(ended.is(200).json()["state"], "ended");
    Ask::get("/api/v1/cases").send(at, &program).await.is(401);
    assert_eq!(acts(&house, id).await, ["token.make", "token.end"]);
    let list = Ask::get("/api/v1/tokens").send(at, &admin).await.text();
    assert!(!list.contains(made["secret"].as_str().unwrap()));
}

#[tokio::test]
async fn a_code_is_made_and_withdrawn() {
    let house = House::start().await;
    let at = house.at();
    let (_, clerk) = house.filled.person(Role::LocalClerk, Some(OURS)).await;
    let clerk = As::Person(clerk);
    let wanted = json!({ "jurisdiction": OURS, "name": "Front office firewall" });
    let made = Ask::json("/api/v1/sensors/codes", &wanted).send(at, &clerk).await.is(201).json();
    let code = made["code"].as_str().unwrap();
    assert!(ward_sensor::EnrolmentCode::parse(code).is_ok(), "{code}");
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/sensors/codes/{id}");
    let shown = Ask::get(&path).send(at, &clerk).await;
    assert_eq!(shown.is(200).json()["state"], "open");
    assert!(!shown.text().contains(code));
    let gone = Ask::post(&format!("{path}/withdraw"), "", "").send(at, &clerk).await;
    assert_eq!(gone.is(200).json()["state"], "withdrawn");
    Ask::get(&path).send(at, &clerk).await.is(404);
    let theirs = json!({ "jurisdiction": THEIRS, "name": "Front office firewall" });
    let nowhere = json!({ "jurisdiction": "atlantis", "name": "Front office firewall" });
    let theirs = Ask::json("/api/v1/sensors/codes", &theirs).send(at, &clerk).await;
    let nowhere = Ask::json("/api/v1/sensors/codes", &nowhere).send(at, &clerk).await;
    assert_eq!(theirs.is(422).text(), nowhere.is(422).text(), "both are told alike");
    assert_eq!(acts(&house, id).await, ["sensor.code", "sensor.code.withdraw"]);
}

#[tokio::test]
async fn records_are_taken_in() {
    let house = House::start().await;
    let at = house.at();
    let (_, token) = house.filled.token(Role::LocalIt, Some(OURS)).await;
    let program = As::Program(token);
    let text =
        "Nov  3 14:12:01 web1 sshd[811]: Failed password for root from 192.0.2.7 port 4 ssh2\n";
    let path = format!("/api/v1/records?jurisdiction={OURS}&name=..%2fauth.log");
    let taken = Ask::post(&path, "text/plain; charset=utf-8", text).send(at, &program).await;
    let taken = taken.is(201).json();
    assert_eq!((&taken["name"], &taken["lines"]), (&json!("auth.log"), &json!(1)));
    assert_eq!(taken["read"]["format"], "syslog");
    let sensor = taken["sensor"].as_str().unwrap();
    let shown =
        Ask::get(&format!("/api/v1/sensors/{sensor}")).send(at, &program).await.is(200).json();
    assert_eq!((&shown["hearing"]["is"], &shown["records"]), (&json!("by-hand"), &json!(1)));
    assert_eq!(shown["streams"][0]["name"], "auth.log");
    assert_eq!(acts(&house, sensor).await, ["records.upload"]);
    let other = format!("/api/v1/records?jurisdiction={THEIRS}&name=auth.log");
    Ask::post(&other, "text/plain", text).send(at, &program).await.is(422);
}

#[tokio::test]
async fn a_hunt_finds_and_says_where_it_looked() {
    let house = House::start().await;
    let at = house.at();
    let wanted = json!({
        "indicators": ["192.0.2.7", "hxxps://www.county[.]example/x", "203.0.113.77", "two words"],
        "daily": true, "days": 30,
    });
    let analyst = house.person(Role::Analyst).await;
    let found = Ask::json("/api/v1/hunt", &wanted).send(at, &analyst).await.is(200).json();
    assert_eq!(found["found"][0]["indicator"], "192.0.2.7");
    assert_eq!(
        (&found["found"][0]["records"], &found["found"][0]["days"]),
        (&json!(2468), &json!(2))
    );
    assert_eq!(found["found"][0]["daily"].as_array().unwrap().len(), 2);
    assert_eq!(found["absent"], json!(["www.county.example", "203.0.113.77"]));
    assert_eq!(found["misread"][0]["number"], 3);
    assert_eq!(found["searched"]["sensors"], 2);
    let (_, bound) = house.filled.token(Role::Analyst, Some(OURS)).await;
    let found = Ask::json("/api/v1/hunt", &wanted).send(at, &As::Program(bound)).await;
    assert!(!found.is(200).text().contains(THEIRS));
    assert_eq!(found.json()["found"][0]["records"], 1234);
    let under = json!({ "indicators": ["example"], "under": true });
    let analyst = house.person(Role::Analyst).await;
    let found = Ask::json("/api/v1/hunt", &under).send(at, &analyst).await.is(200).json();
    assert_eq!((&found["found"], &found["absent"]), (&json!([]), &json!(["example"])));
    let under = json!({ "indicators": ["county.example"], "under": true });
    let found = Ask::json("/api/v1/hunt", &under).send(at, &analyst).await.is(200).json();
    assert_eq!(found["found"][0]["keys"][0]["key"], "county.example");
}

#[tokio::test]
async fn people_are_invited_changed_and_kept_out() {
    let house = House::start().await;
    let (at, admin) = (house.at(), house.person(Role::Administrator).await);
    let wanted = json!({
        "name": "Clerk  of Adair", "email": "Clerk@Adair.example", "role": "local-clerk", "jurisdiction": OURS,
    });
    let made = Ask::json("/api/v1/invitations", &wanted).send(at, &admin).await.is(201).json();
    assert_eq!(
        (&made["name"], &made["email"]),
        (&json!("Clerk of Adair"), &json!("clerk@adair.example"))
    );
    let link = made["link"].as_str().unwrap();
    assert!(link.starts_with(&format!("http://{at}/invitation?key=")), "{link}");
    Ask::json("/api/v1/invitations", &wanted).send(at, &admin).await.is(422);
    let open = Ask::get("/api/v1/invitations").send(at, &admin).await;
    assert!(!open.is(200).text().contains("key="));
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/invitations/{id}/withdraw");
    Ask::post(&path, "", "").send(at, &admin).await.is(200);
    Ask::post(&path, "", "").send(at, &admin).await.is(404);

    let (person, cookie) = house.filled.person(Role::Analyst, None).await;
    let analyst = As::Person(cookie);
    Ask::get("/api/v1/cases").send(at, &analyst).await.is(200);
    let path = format!("/api/v1/people/{person}/active");
    let out = Ask::json(&path, &json!({ "active": false })).send(at, &admin).await.is(200).json();
    assert_eq!(out["active"], false);
    Ask::get("/api/v1/cases").send(at, &analyst).await.is(401);
    Ask::json(&path, &json!({ "active": true })).send(at, &admin).await.is(200);
    let path = format!("/api/v1/people/{person}/role");
    let lead = Ask::json(&path, &json!({ "role": "lead" })).send(at, &admin).await.is(200).json();
    assert_eq!(lead["role"], "lead");
    Ask::json(&path, &json!({ "role": "local-clerk" })).send(at, &admin).await.is(422);
    let me = Ask::get("/api/v1/account").send(at, &admin).await.json();
    let path = format!("/api/v1/people/{}/role", me["id"].as_str().unwrap());
    Ask::json(&path, &json!({ "role": "lead" })).send(at, &admin).await.is(404);
    let done = acts(&house, &person).await;
    assert_eq!(done, ["person.deactivate", "person.activate", "person.role"]);
}

#[tokio::test]
async fn the_audit_is_read_page_by_page_and_taken_away() {
    let house = House::start().await;
    let (at, admin) = (house.at(), house.person(Role::Administrator).await);
    for _ in 0..5 {
        Ask::get("/api/v1/people").send(at, &admin).await.is(200);
    }
    let mut path = "/api/v1/audit?limit=2".to_owned();
    let mut numbers = Vec::new();
    loop {
        let page = Ask::get(&path).send(at, &admin).await.is(200).json();
        numbers.extend(
            page["rows"].as_array().unwrap().iter().map(|row| row["number"].as_i64().unwrap()),
        );
        let Some(before) = page["before"].as_i64() else { break };
        path = format!("/api/v1/audit?limit=2&before={before}");
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    let check = Ask::get("/api/v1/audit/check").send(at, &admin).await.is(200).json();
    assert_eq!(check, json!({ "fit": 5, "broken": null }));
    let none = Ask::get("/api/v1/audit?act=hunt").send(at, &admin).await.is(200).json();
    assert_eq!(none["rows"], json!([]));
    let file = Ask::get("/api/v1/audit/export?format=jsonl").send(at, &admin).await;
    assert_eq!((file.media(), file.text().lines().count()), ("application/jsonl", 5));
    let file = Ask::get("/api/v1/audit/export").send(at, &admin).await;
    assert_eq!((file.media(), file.text().lines().count()), ("text/csv", 7));
}

#[tokio::test]
async fn a_session_without_a_fresh_factor_is_asked_for_one() {
    let house = House::start().await;
    let (at, filled) = (house.at(), &house.filled);
    let (id, _) = filled.person(Role::Administrator, None).await;
    let (session, cookie) = filled.session(&id).await;
    let old = crate::filled::now().plus(-ward_access::session::STEP_UP);
    let mut tx = filled.desk.store.begin().await.unwrap();
    ward_store::sessions::confirm(tx.link(), &session, old).await.unwrap();
    tx.commit(ward_store::Audit::Machine).await.unwrap();
    let admin = As::Person(cookie);
    let wanted = json!({ "name": "Ticket system", "role": "analyst", "days": 30 });
    let refused = Ask::json("/api/v1/tokens", &wanted).send(at, &admin).await;
    assert!(refused.is(403).text().contains("/confirm"), "{}", refused.text());
    Ask::get("/api/v1/tokens").send(at, &admin).await.is(200);
}

#[tokio::test]
async fn a_point_is_ticked_and_contacts_are_confirmed() {
    let house = House::start().await;
    let (at, lead) = (house.at(), house.person(Role::Lead).await);
    let path = format!("/api/v1/checklists/{OURS}");
    let of = |list: &serde_json::Value, id: &str| {
        list["points"].as_array().unwrap().iter().find(|one| one["id"] == id).cloned().unwrap()
    };
    let tick = json!({ "key": "key-tick", "act": "tick", "point": "accounts-reviewed" });
    let list = Ask::json(&path, &tick).send(at, &lead).await.is(201).json();
    assert_eq!(of(&list, "accounts-reviewed")["state"], "done");
    Ask::json(&path, &tick).send(at, &lead).await.is(201);
    let all = Ask::get("/api/v1/checklists").send(at, &lead).await.is(200).json();
    let point = of(&all, "accounts-reviewed");
    assert_eq!((&point["settled"], &point["standing"]), (&json!(1), &json!("overdue")));
    assert_eq!(point["missing"].as_array().unwrap().len(), 115);
    let undo = json!({
        "key": "key-undo", "act": "undo", "point": "accounts-reviewed", "text": "Not all.",
    });
    let list = Ask::json(&path, &undo).send(at, &lead).await.is(201).json();
    assert_eq!(of(&list, "accounts-reviewed")["entries"], 2);
    let log = format!("point.election-near.{OURS}.accounts-reviewed");
    assert_eq!(acts(&house, &log).await, ["point.tick", "point.undo"]);
    // A program neither ticks nor sees numbers.
    let (_, token) = house.filled.token(Role::Administrator, None).await;
    let program = As::Program(token);
    Ask::get(&path).send(at, &program).await.is(200);
    Ask::json(&path, &tick).send(at, &program).await.is(403);
    let path = format!("/api/v1/contacts/{OURS}");
    Ask::get(&path).send(at, &program).await.is(403);
    let office = Ask::get(&path).send(at, &lead).await.is(200).json();
    assert_eq!((&office["newest"], &office["state"]), (&json!(1), &json!("confirmed")));
    let old = json!({ "key": "key-old-1", "act": "confirm", "entry": 0 });
    Ask::json(&path, &old).send(at, &lead).await.is(422);
    let confirm = json!({ "key": "key-right", "act": "confirm", "entry": 1 });
    let office = Ask::json(&path, &confirm).send(at, &lead).await.is(201).json();
    assert_eq!(office["contacts"][0]["telephone"], "573-555-0142");
    // What is sent twice is put down once; that they were shown is put down each time.
    Ask::json(&path, &confirm).send(at, &lead).await.is(201);
    assert_eq!(acts(&house, OURS).await, ["contacts.look"; 3]);
    assert_eq!(acts(&house, &format!("contacts-{OURS}")).await, ["contacts.confirm"]);
    // Who names the entry that they read takes nothing back that was changed meanwhile.
    let one = &office["contacts"][0];
    let put = |key: &str, telephone: &str, of: Value| {
        json!({
            "key": key, "act": "put", "contact": one["id"], "title": one["title"],
            "telephone": telephone, "of": of,
        })
    };
    let first = put("key-first", "573-555-0143", one["entry"].clone());
    let office = Ask::json(&path, &first).send(at, &lead).await.is(201).json();
    let late = put("key-late-1", "573-555-0144", one["entry"].clone());
    let detail = Ask::json(&path, &late).send(at, &lead).await.is(422).json()["detail"].clone();
    let said = "the telephone is now 573-555-0143 (you sent 573-555-0144)";
    assert!(detail.as_str().is_some_and(|detail| detail.contains(said)), "{detail}");
    let read = put("key-read-1", "573-555-0144", office["contacts"][0]["entry"].clone());
    Ask::json(&path, &read).send(at, &lead).await.is(201);
    // Without one, whatever stands there is replaced.
    let mut any = put("key-any-1", "573-555-0145", Value::Null);
    any.as_object_mut().unwrap().remove("of");
    Ask::json(&path, &any).send(at, &lead).await.is(201);
}

#[tokio::test]
async fn whoever_begins_at_the_front_finds_the_description() {
    let house = House::start().await;
    for path in ["/api", "/api/", "/api/v1"] {
        let told = Ask::get(path).send(house.at(), &As::Nobody).await.is(200).json();
        assert_eq!(told["openapi"], "/api/v1/openapi.json", "{path}");
        Ask::get("/api/v1/openapi.json").send(house.at(), &As::Nobody).await.is(200);
        let page = Ask::get(path).with("accept", "text/html").send(house.at(), &As::Nobody).await;
        assert!(page.is(200).text().contains("href=\"/api/v1/openapi.json\""), "{path}");
    }
}
