//! The situation and the wall: who sees them, what stands on them, and what never does.

use ward_access::{Jurisdiction, JurisdictionKind, Role};
use ward_kernel::Rung;
use ward_kernel::time::{HOUR, MINUTE};
use ward_store::{Audit, cases, office, sessions};

use crate::check;
use crate::house::{House, now};
use crate::sample::{self, OURS, THEIRS, kept, mark};

/// The names of the links of the map.
fn titles(page: &str) -> Vec<&str> {
    let map = page.split("<svg class=\"map").nth(1).unwrap().split("</svg>").next().unwrap();
    map.split("<title>").skip(1).map(|rest| rest.split("</title>").next().unwrap()).collect()
}

/// The ids of the rows of the list, in their order.
fn rows(page: &str) -> Vec<&str> {
    page.split("id=\"row-").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_state_sees_it_and_nobody_else() {
    let house = House::start().await;
    sample::fill(&house).await;
    for role in [Role::Administrator, Role::Lead, Role::Analyst, Role::Auditor] {
        let mut browser = house.person("Somebody of the state", role, None).await;
        for path in ["/situation", "/situation/boone-county", "/wall"] {
            let page = browser.get(path).await;
            page.is(200);
            check::page(&page.body).unwrap_or_else(|faults| panic!("{role} {path}:\n{faults}"));
        }
        browser.get("/situation/nowhere").await.is(404);
        browser.get("/").await.says("Situation");
    }
    for (role, place) in
        [(Role::LocalClerk, Some(OURS)), (Role::LocalIt, Some(OURS)), (Role::Partner, None)]
    {
        let mut browser = house.person("Somebody else", role, place).await;
        for path in ["/situation", "/situation/adair-county", "/wall"] {
            browser.get(path).await.is(403);
        }
        assert!(!browser.get("/").await.body.contains("href=\"/situation\""), "{role}");
    }
}

#[tokio::test]
async fn every_authority_stands_on_the_map_and_in_the_list() {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get("/situation").await;
    let (titles, rows) = (titles(&page.body), rows(&page.body));
    assert_eq!(titles.len(), 116);
    // The state's own office is in the list, and no place on a map.
    assert_eq!(rows.len(), 117);
    let boone = titles.iter().find(|title| title.starts_with("Boone County")).unwrap();
    assert!(boone.contains("attempt, 1 open case"), "{boone}");
    assert!(boone.contains("voting is slowed, 1 open incident"), "{boone}");
    let audrain = titles.iter().find(|title| title.starts_with("Audrain County")).unwrap();
    assert_eq!(*audrain, "Audrain County: no effort open; no sensor");
    page.says("What needs a look").says("114 without a sensor").says("Poll books");
    page.says("since you signed in");
    assert!(page.body.len() < 200_000, "{} bytes", page.body.len());
    lead.get("/situation").await.is(200).says("since you signed in");
    let one = lead.get("/situation/boone-county").await;
    one.is(200).says("Boone County").says(&mark(THEIRS)).says("The last two days");
    let shared = lead.get("/situation/kansas-city-board").await;
    shared.says("Beside it").says("Jackson County Board of Election Commissioners");
}

#[tokio::test]
async fn the_list_is_sorted_by_its_address() {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let by_name = lead.get("/situation").await;
    assert_eq!(&rows(&by_name.body)[..2], ["adair-county", "andrew-county"]);
    let reversed = lead.get("/situation?sort=name&order=reversed").await;
    let (mut back, names) = (rows(&reversed.body), rows(&by_name.body));
    back.reverse();
    assert_eq!(back, names);
    let by_rung = lead.get("/situation?sort=rung").await;
    assert_eq!(&rows(&by_rung.body)[..3], ["adair-county", "boone-county", "andrew-county"]);
    assert!(by_rung.body.contains("aria-sort=\"descending\""));
    let look = lead.get("/situation?show=look&sort=incidents").await;
    assert_eq!(rows(&look.body), ["adair-county", "boone-county"]);
    assert!(look.body.contains("href=\"/situation?show=look&amp;sort=rung#all\""));
    lead.get("/situation?sort=%27&order=x&show=y").await.is(200);
}

#[tokio::test]
async fn the_sentence_says_where_it_is_who_has_it_and_leads_there() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let put = async |id: &str, places: &[&str]| {
        let mut tx = house.desk.store.begin().await.unwrap();
        let mut one = kept(id, "state", Rung::Access, "a guess that succeeded");
        one.jurisdictions = places.iter().map(|place| (*place).to_owned()).collect();
        cases::upsert(tx.link(), &one).await.unwrap();
        tx.commit(Audit::Machine).await.unwrap();
    };
    put("W-one", &[THEIRS]).await;
    let page = lead.get("/situation").await;
    page.says("Somebody got in at Boone County: 1 case of access is open, begun");
    page.says("; nobody has it.").says("What cannot be said:");
    assert!(page.body.contains("<a href=\"/cases/W-one\">Open the case</a>"), "{}", page.body);
    let take = [("act", "take"), ("key", "key-take-1")];
    lead.post("/cases/W-one/work", &take).await.leads_to("/cases/W-one");
    lead.get("/situation").await.says("; A lead has it.");
    lead.get("/").await.says("Somebody got in at Boone County").says("; A lead has it.");
    // Whoever passes by reads that somebody has it.
    lead.get("/wall").await.says("; somebody has it.");
    put("W-two", &[OURS, THEIRS]).await;
    put("W-three", &["cass-county"]).await;
    let page = lead.get("/situation").await;
    page.says("Somebody got in at Boone County and 2 other places: 3 cases of access are open");
    page.says("; nobody has 2 of them.");
    let list = "<a href=\"/cases?rung=access\">Open the list of them</a>";
    assert!(page.body.contains(list), "{}", page.body);
    lead.post("/cases/W-two/work", &take).await.leads_to("/cases/W-two");
    lead.post("/cases/W-three/work", &take).await.leads_to("/cases/W-three");
    lead.get("/situation").await.says("; A lead has them.");
    lead.get("/wall").await.says("; each is in somebody's hands.");
}

/// What people wrote or are called, on a desk full of it: none of it hangs on a wall.
#[tokio::test]
async fn a_wall_names_nobody() {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut tx = house.desk.store.begin().await.unwrap();
    sample::bare_sensor(&mut tx, "mute", THEIRS, now().plus(-3 * HOUR)).await;
    sample::bare_sensor(&mut tx, "mute-too", "cass-county", now().plus(-2 * HOUR)).await;
    let hot = kept("W-hot", "state", Rung::Access, "Planted Title");
    cases::upsert(tx.link(), &hot).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let mut lead = house.person("Planted Person", Role::Lead, None).await;
    let begin = [("act", "begin"), ("key", "key-begin")];
    lead.post("/room/positions/cases", &begin).await.leads_to("/room/positions/cases");
    let note = [("act", "note"), ("key", "key-note"), ("text", "Planted Note")];
    lead.post("/room/positions/cases", &note).await.leads_to("/room/positions/cases");
    let planted = [
        "Planted Person",
        "Planted Note",
        "Planted Title",
        "Front office",
        "555-0142",
        "192.0.2.7",
        "Reporter of",
        "Do you read us?",
    ];
    let marks = ["state", OURS, THEIRS].map(mark);
    // They stand elsewhere: otherwise this would show nothing.
    let mut elsewhere = String::new();
    for path in [
        "/situation",
        "/cases",
        "/cases/W-state",
        "/room/positions/cases",
        "/room/checks/check-state",
        "/incidents/incident-adair-county",
        "/incidents/incident-boone-county",
    ] {
        elsewhere.push_str(&lead.get(path).await.is(200).body);
    }
    for name in planted.iter().copied().chain(marks.iter().map(String::as_str)) {
        assert!(elsewhere.contains(name), "{name} stands nowhere");
    }
    let wall = lead.get("/wall").await;
    wall.is(200);
    for name in planted.iter().copied().chain(marks.iter().map(String::as_str)) {
        assert!(!wall.body.contains(name), "{name} hangs on the wall");
    }
    // What it does say.
    wall.says("Somebody got in at Adair County and 1 other place: 1 case of access is open");
    wall.says("; nobody has it.")
        .says("Boone County")
        .says("State office : no effort open; no sensor");
    wall.says("Poll books").says("Voting slowed").says("1 silent").says("Cass County");
    wall.says("Desk lead: nobody").says("Not taken").says("Overdue");
    wall.says("0 of 2 have answered the last check");
    assert!(wall.body.contains("<body class=\"wall\""));
    // Nothing can be pressed but the link past the head, which stands in no picture.
    for control in ["<button", "<form", "<input", "<summary", "<nav"] {
        assert!(!wall.body.contains(control), "{control}");
    }
    assert_eq!(wall.body.matches("<a ").count(), 1);
}

/// Whoever answers an older question makes it no newer.
#[tokio::test]
async fn the_last_check_is_the_one_that_was_asked_last() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let begun = now().plus(-HOUR);
    let store = &house.desk.store;
    crate::office::check(store, "check-1", begun, &[OURS, THEIRS]).await;
    crate::office::check(store, "check-2", begun.plus(MINUTE), &[OURS, THEIRS, "cass-county"])
        .await;
    let answer = [("key", "key-answer-1")];
    clerk.post("/room/checks/check-1/answer", &answer).await.leads_to("/");
    lead.get("/wall").await.says("0 of 3 have answered the last check");
    // One that is open comes before one that ended, however new that is.
    let end = [("act", "end"), ("key", "key-end-1")];
    lead.post("/room/checks/check-2", &end).await.leads_to("/room/checks/check-2");
    lead.get("/wall").await.says("1 of 2 have answered the last check");
}

#[tokio::test]
async fn an_empty_desk_says_what_will_stand_here() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get("/situation").await;
    page.is(200).says("Nothing can be said yet: no sensor sends records.");
    page.says("Nothing needs a look").says("No incident is open").says("Nobody");
    page.says("116 without a sensor").says("Ordinary time: no election is near.");
    let wall = lead.get("/wall").await;
    wall.is(200).says("Nothing can be said yet").says("No incident is open.");
    wall.says("116 of 116 local authorities have no sensor");
    lead.get("/situation?show=look").await.is(200).says("Nothing needs a look");
    let one = lead.get("/situation/adair-county").await;
    one.is(200).says("Nobody looks here").says("No effort touches this place");
}

#[tokio::test]
async fn another_state_has_its_grid() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    let own = |at: usize| Jurisdiction {
        id: format!("parish-{at}"),
        name: format!("Parish {at}"),
        kind: JurisdictionKind::Clerk,
        counties: vec![format!("Parish {at}")],
    };
    // Two have organisations already and stay in the list.
    let mut list: Vec<Jurisdiction> = (0..62).map(own).collect();
    list.extend(
        ward_access::missouri().into_iter().filter(|one| [OURS, THEIRS].contains(&&*one.id)),
    );
    office::set_jurisdictions(tx.link(), &list).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get("/situation").await;
    page.is(200).says("One square for each jurisdiction");
    assert_eq!(titles(&page.body).len(), 64);
    assert!(page.body.contains("<svg class=\"map grid\""));
    lead.get("/wall").await.is(200);
}

#[tokio::test]
async fn what_is_new_is_counted_from_the_last_look() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.get("/situation").await.says("since you signed in");
    // The browser's last look ended two hours ago.
    let ago = now().plus(-2 * HOUR).micros().to_le_bytes();
    let cookie = data_encoding::BASE64URL_NOPAD.encode(&[ago, ago].concat());
    lead.cookies.insert("ward-look".to_owned(), cookie);
    lead.get("/situation").await.says("Nothing is new.");
    sample::fill(&house).await;
    let page = lead.get("/situation").await;
    page.says("became an attempt").says("reported");
    // The look goes on: what is new stays new.
    lead.get("/situation").await.says("became an attempt");
}

/// Nobody touches a wall. An auditor's session lives on there, who can change nothing; others' end.
#[tokio::test]
async fn a_wall_keeps_an_auditor_s_session_alone() {
    for (role, lives) in [(Role::Auditor, true), (Role::Lead, false)] {
        let house = House::start().await;
        let person = house.person("Somebody", role, None).await;
        let (seen, secret) = (now().plus(-20 * MINUTE), [7; 32]);
        let session = crate::office::session("s-old", &format!("p-{role}-state"), &secret, seen);
        let mut tx = house.desk.store.begin().await.unwrap();
        sessions::begin(tx.link(), &session).await.unwrap();
        tx.commit(Audit::Machine).await.unwrap();
        let mut browser = person.with_session(&data_encoding::BASE64URL_NOPAD.encode(&secret));
        let by_itself = [("sec-fetch-site", "same-origin"), ("ward-news", "1")];
        for path in ["/situation", "/wall"] {
            let answer = browser.send(hyper::Method::GET, path, &by_itself, None).await;
            answer.is(200);
            let mut read = house.desk.store.read().await.unwrap();
            let hash = ward_web::keys::hashed(&secret);
            let (session, _) = sessions::by_hash(read.link(), &hash).await.unwrap().unwrap();
            let touched = session.seen > seen;
            assert_eq!(touched, lives && path == "/wall", "{role} {path}");
        }
    }
}
