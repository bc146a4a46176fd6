//! What people put down in the room over the interface: told as it was put down, once however often
//! it is sent, and to nobody who may not read it.

use serde_json::{Value, json};
use ward_access::Role;

use crate::House;
use crate::client::{As, Ask};
use crate::filled::{OURS, THEIRS};
use crate::flows::acts;

/// Sends a document that has to be taken: what stands there after.
async fn put(house: &House, who: &As, path: &str, sent: &Value) -> Value {
    Ask::json(path, sent).send(house.at(), who).await.is(201).json()
}

/// Sends a document that has to be refused: why.
async fn refused(house: &House, who: &As, path: &str, sent: &Value) -> String {
    let problem = Ask::json(path, sent).send(house.at(), who).await.is(422).json();
    problem["detail"].as_str().unwrap().to_owned()
}

async fn get(house: &House, who: &As, path: &str) -> Value {
    Ask::get(path).send(house.at(), who).await.is(200).json()
}

async fn clerk(house: &House, place: &str) -> As {
    As::Person(house.filled.person(Role::LocalClerk, Some(place)).await.1)
}

/// The path of what has just been made.
fn path_of(list: &str, made: &Value) -> String {
    format!("{list}/{}", made["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_incident_is_one_and_verified_by_another() {
    const LIST: &str = "/api/v1/incidents";
    let house = House::start().await;
    let (clerk, elsewhere) = (clerk(&house, OURS).await, clerk(&house, THEIRS).await);
    let analyst = house.person(Role::Analyst).await;
    let report = json!({
        "key": "key-report-1", "kind": "poll-books", "voting": "stopped", "place": "A gym",
        "what": "An old list.", "call_back": "555-0142",
    });
    let made = put(&house, &clerk, LIST, &report).await;
    assert_eq!(put(&house, &clerk, LIST, &report).await["entries"], made["entries"]);
    assert_eq!((&made["stage"], &made["voting"]), (&json!("new"), &json!("stopped")));
    let path = path_of(LIST, &made);
    let (entries, work) = (format!("{path}/entries"), format!("{path}/work"));
    put(&house, &analyst, &work, &json!({ "key": "key-take-1", "act": "take" })).await;
    let verify = json!({
        "key": "key-verify", "act": "verify", "event": "An old list at a gym", "text": "I called.",
    });
    let verified = put(&house, &analyst, &work, &verify).await;
    assert_eq!((&verified["truth"], &verified["stage"]), (&json!("verified"), &json!("taken")));
    let voting = json!({ "key": "key-voting", "act": "voting", "voting": "slowed" });
    put(&house, &clerk, &entries, &voting).await;
    let correct = json!({ "key": "key-right", "act": "correct", "entry": 1, "text": "A school." });
    let all = put(&house, &clerk, &entries, &correct).await;
    assert_eq!((&all["voting"], &all["call_back"]), (&json!("slowed"), &json!("555-0142")));
    let told = |name: &str| -> Vec<Value> {
        all["entries"].as_array().unwrap().iter().map(|entry| entry[name].clone()).collect()
    };
    assert_eq!(told("number"), [1, 2, 3, 4, 5]);
    assert_eq!(told("act"), ["report", "take", "verify", "voting", "correct"]);
    assert_eq!(told("event")[2], "An old list at a gym");
    assert_eq!(told("voting")[3], "slowed");
    assert_eq!((&told("corrects")[4], &told("text")[4]), (&json!(1), &json!("A school.")));
    let note = json!({ "key": "key-theirs", "act": "note", "text": "Ours as well." });
    Ask::json(&entries, &note).send(house.at(), &elsewhere).await.is(404);
    assert_eq!(get(&house, &elsewhere, LIST).await["total"], 0);
    let id = made["id"].as_str().unwrap();
    let acts = acts(&house, id).await;
    assert_eq!(acts.iter().filter(|act| *act == "incident.look").count(), 6);
    assert_eq!(acts.iter().filter(|act| *act == "incident.report").count(), 1);
}

#[tokio::test]
async fn who_heard_a_rumor_is_told_to_nobody_elsewhere() {
    const LIST: &str = "/api/v1/rumors";
    let house = House::start().await;
    let (ours, theirs) = (clerk(&house, OURS).await, clerk(&house, THEIRS).await);
    let lead = house.person(Role::Lead).await;
    let hear = json!({
        "key": "key-hear-1", "claim": "Polls close at five.", "place": "Our bakery",
        "spread": "few", "link": "https://social.example/1", "jurisdictions": [],
    });
    let made = put(&house, &ours, LIST, &hear).await;
    assert_eq!((&made["whole_state"], &made["stage"]), (&json!(true), &json!("heard")));
    let path = path_of(LIST, &made);
    Ask::get(&path).send(house.at(), &theirs).await.is(404);
    let find = json!({
        "key": "key-find-1", "act": "find", "finding": "false", "text": "They close at seven.",
        "confirmed": "The county clerk",
    });
    put(&house, &lead, &format!("{path}/work"), &find).await;
    let told = get(&house, &theirs, &path).await;
    assert_eq!((&told["finding"], &told["facts"]), (&json!("false"), &find["text"]));
    assert_eq!((&told["place"], &told["link"]), (&Value::Null, &Value::Null));
    let entries = told["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["number"]), (1, &json!(2)));
    assert_eq!((&entries[0]["by"], &entries[0]["text"]), (&Value::Null, &find["text"]));
    for hidden in ["bakery", "social", OURS, "Local clerk"] {
        assert!(!told.to_string().contains(hidden), "{hidden}: {told}");
    }
    // They heard it too: the desk reads where, and those who heard it first do not.
    let again = json!({ "key": "key-again", "place": "Our choir", "spread": "many" });
    put(&house, &theirs, &format!("{path}/again"), &again).await;
    assert_eq!(get(&house, &lead, &path).await["entries"][2]["place"], "Our choir");
    let own = get(&house, &ours, &path).await;
    assert_eq!((&own["times"], &own["spread"]), (&json!(2), &json!("many")));
    assert_eq!(own["entries"].as_array().unwrap().len(), 2);
    assert!(!own.to_string().contains("choir"), "{own}");
}

#[tokio::test]
async fn an_election_is_set_and_called_off() {
    const LIST: &str = "/api/v1/elections";
    let house = House::start().await;
    let lead = house.person(Role::Lead).await;
    let set = |opens: &str| {
        json!({
            "key": "key-set-1", "name": "A primary", "opens": opens,
            "closes": "2099-11-03T19:00:00-06:00", "certifies": "2099-12-08T17:00:00-06:00",
        })
    };
    // A time without its offset is for the office's pages.
    let why = refused(&house, &lead, LIST, &set("2099-11-03T06:00")).await;
    assert!(why.starts_with("opens: Write a moment"), "{why}");
    let set = set("2099-11-03T06:00:00-06:00");
    let made = put(&house, &lead, LIST, &set).await;
    assert_eq!(put(&house, &lead, LIST, &set).await, made, "once");
    assert_eq!(made["opens"], "2099-11-03T12:00:00Z");
    assert_eq!(
        (&made["before"], &made["phase"]),
        (&json!("2099-09-19T05:00:00Z"), &json!("ordinary"))
    );
    let path = path_of(LIST, &made);
    let odd = json!({ "key": "key-off-1", "act": "call-off", "text": "x", "opens": "soon" });
    let why = refused(&house, &lead, &path, &odd).await;
    assert!(why.starts_with("opens: Write a moment"), "{why}");
    let off = json!({ "key": "key-off-1", "act": "call-off", "text": "A court said so." });
    let off = put(&house, &lead, &path, &off).await;
    assert_eq!((&off["takes_place"], &off["name"]), (&json!(false), &json!("A primary")));
    let last = &off["entries"][1];
    assert_eq!((&last["act"], &last["text"]), (&json!("call-off"), &json!("A court said so.")));
    assert_eq!((&last["opens"], &off["entries"][0]["opens"]), (&Value::Null, &made["opens"]));
    let all = get(&house, &lead, LIST).await;
    assert_eq!((&all["phase"], &all["election"]), (&json!("before"), &json!("election-near")));
    let id = made["id"].as_str().unwrap();
    assert_eq!(acts(&house, id).await, ["election.set", "election.call-off"]);
}

#[tokio::test]
async fn a_position_is_handed_over_and_authorities_are_asked() {
    let house = House::start().await;
    let (lead, analyst) = (house.person(Role::Lead).await, house.person(Role::Analyst).await);
    let path = "/api/v1/room/positions/cases";
    assert_eq!(get(&house, &lead, path).await["holder"], Value::Null);
    put(&house, &lead, path, &json!({ "key": "key-begin", "act": "begin" })).await;
    let over = json!({ "key": "key-over-1", "act": "hand-over", "text": "Watch Boone." });
    let over = put(&house, &lead, path, &over).await;
    assert_eq!((&over["notes"], &over["notes_entry"]), (&json!("Watch Boone."), &json!(2)));
    let sign = json!({ "key": "key-sign-1", "act": "sign", "entry": 2 });
    let why = refused(&house, &lead, path, &sign).await;
    assert!(why.contains("Somebody else"), "{why}");
    let held = put(&house, &analyst, path, &sign).await;
    assert_eq!((&held["notes"], &held["shifts"]), (&Value::Null, &json!(2)));
    assert_eq!(
        (&held["entries"][2]["entry"], &held["entries"][2]["by"]),
        (&json!(2), &held["holder"])
    );

    let list = "/api/v1/room/checks";
    let ask = json!({ "key": "key-check-1", "question": "Do you read us?" });
    let made = put(&house, &lead, list, &ask).await;
    assert_eq!((&made["asked"], &made["answered"]), (&json!(116), &json!(0)));
    let path = path_of(list, &made);
    let miss =
        json!({ "key": "key-miss-1", "act": "miss", "jurisdiction": OURS, "way": "telephone" });
    put(&house, &lead, &path, &miss).await;
    let answer = json!({
        "key": "key-answer", "act": "answer", "jurisdiction": THEIRS, "way": "radio", "text": "Yes.",
    });
    let check = put(&house, &lead, &path, &answer).await;
    let of = |id: &str| {
        let all = check["jurisdictions"].as_array().unwrap();
        all.iter().find(|one| one["jurisdiction"] == id).cloned().unwrap()
    };
    assert_eq!((&of(OURS)["misses"], &of(OURS)["answered"]), (&json!(1), &Value::Null));
    assert_eq!((&of(THEIRS)["way"], &of(THEIRS)["text"]), (&json!("radio"), &json!("Yes.")));
    assert_eq!(check["answered"], 1);
}

#[tokio::test]
async fn the_night_is_read_again() {
    let house = House::start().await;
    let lead = house.person(Role::Lead).await;
    let (ours, theirs) = (house.filled.incident(OURS).await, house.filled.incident(THEIRS).await);
    let now = crate::filled::now();
    let all = get(&house, &lead, &format!("/api/v1/after?jurisdiction={OURS}")).await;
    let stood = &all["stood"]["incidents"];
    assert_eq!((&stood[0]["id"], &stood[0]["stage"]), (&json!(ours), &json!("new")));
    assert_eq!((&stood[0]["voting"], stood.as_array().unwrap().len()), (&json!("slowed"), 1));
    assert!(!all.to_string().contains(&theirs), "{all}");
    let event = all["events"].as_array().unwrap().iter().find(|one| one["log"] == ours).unwrap();
    assert_eq!((&event["act"], &event["entry"]), (&json!("report"), &json!(1)));
    // A minute before, nobody had reported anything.
    let earlier = now.plus(-ward_kernel::time::MINUTE);
    let before = get(&house, &lead, &format!("/api/v1/after?at={earlier}")).await;
    assert_eq!(before["stood"]["incidents"], json!([]));
    // Half a span is none.
    for half in ["from", "to"] {
        let path = format!("/api/v1/after?{half}={now}");
        let half = Ask::get(&path).send(house.at(), &lead).await;
        assert!(half.is(422).text().contains("with its end"), "{}", half.text());
    }
}

#[tokio::test]
async fn notices_are_chosen_and_tried() {
    const PATH: &str = "/api/v1/account/notices";
    let house = House::start().await;
    let (at, lead) = (house.at(), house.person(Role::Lead).await);
    let wanted = json!({
        "mail": true, "topics": ["case", "voting"], "least": "access",
        "quiet": { "from": "22:00", "to": "06:00" },
    });
    let chosen = Ask::json(PATH, &wanted).send(at, &lead).await.is(200).json();
    assert_eq!(get(&house, &lead, PATH).await, chosen);
    for name in ["mail", "topics", "least", "quiet"] {
        assert_eq!(chosen[name], wanted[name], "{name}");
    }
    let test = format!("{PATH}/test");
    let sent = Ask::post(&test, "", "").send(at, &lead).await.is(200).json();
    assert_eq!(sent, json!({ "sent": true, "why": "" }));
    let again = Ask::post(&test, "", "").send(at, &lead).await.is(200).json();
    assert_eq!(again["sent"], false);
    assert!(again["why"].as_str().unwrap().contains("a moment ago"), "{again}");
}
