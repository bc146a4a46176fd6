//! What people do on the pages: what is taken, what is refused, and what the audit says of it.

use ward_access::Role;
use ward_kernel::Rung;
use ward_kernel::time::HOUR;
use ward_store::cases::{self, Handling};
use ward_store::{Audit, batch, sensors};

use crate::check;
use crate::house::{House, now};
use crate::raw;
use crate::sample::{self, OURS, THEIRS, kept, mark};

async fn filled() -> House {
    let house = House::start().await;
    sample::fill(&house).await;
    house
}

#[tokio::test]
async fn looking_at_a_case_leaves_a_row_each_time() {
    let house = filled().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    analyst.get("/cases").await.is(200);
    assert_eq!(house.acts("case.look", "W-state").await, 0);
    let page = analyst.get("/cases/W-state").await;
    page.is(200).says("412 failures for 3 accounts").says("Failed password for");
    page.says("became an attempt").says("4,711").says("12,345");
    assert!(!page.body.contains("does not fit its seal"));
    analyst.get("/cases/W-state").await.is(200);
    assert_eq!(house.acts("case.look", "W-state").await, 2);
    let last = house.audited().await.pop().unwrap().entry;
    assert_eq!((last.actor_name.as_str(), last.address.as_str()), ("An analyst", "192.0.2.10"));
    // The page does not refresh itself: each time would be a look.
    assert!(!page.body.contains("data-live"));
}

#[tokio::test]
async fn cases_are_filtered_and_paged() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    for number in 0..120 {
        let rung = if number < 5 { Rung::Scan } else { Rung::Attempt };
        let one = kept(&format!("W-{number:03}"), "state", rung, &format!("effort {number:03}"));
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    cases::set_handling(tx.link(), "W-007", Handling::Watched, "").await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    // What does not fit on a page is folded by what it has in common, and opens into all of it.
    let first = analyst.get("/cases").await;
    first.says("114 cases in 1 line").says("114 cases: Password guessing");
    first.says("5 campaigns of scans are counted");
    let each = "/cases?rung=attempt&alone=yes&each=yes&kind=login.guess&place=several&owner=nobody";
    let link = format!("href=\"{}\"", each.replace('&', "&amp;"));
    assert!(first.body.contains(&link), "{}", first.body);
    let opened = analyst.get(each).await;
    opened.says("1 to 40 of 114 cases");
    assert!(opened.body.contains("rel=\"next\"") && !opened.body.contains("rel=\"prev\""));
    let last = analyst.get(&format!("{each}&page=3")).await;
    last.says("81 to 114 of 114 cases");
    assert!(last.body.contains("rel=\"prev\"") && !last.body.contains("rel=\"next\""));
    analyst.get("/cases?each=yes&page=9999").await.is(200).says("there are 114 cases");
    analyst.get("/cases?each=yes&page=-1").await.is(200).says("1 to 40");
    analyst.get("/cases?rung=scan").await.says("119 cases in 6 lines");
    analyst.get("/cases?rung=access").await.says("No case fits");
    analyst.get("/cases?q=EFFORT+017").await.says("Effort 017").says("1 case");
    analyst.get("/cases?standing=watched").await.says("Effort 007").says("1 case");
    analyst.get("/cases?standing=all").await.says("115 cases in 1 line");
    analyst.get("/cases?standing=mine").await.says("You have no case");
    analyst.get("/cases?standing=nobody").await.says("114 cases");
    analyst.get("/cases?kind=login.guess").await.says("114 cases");
    analyst.get("/cases?kind=login.guess&q=effort+017").await.says("1 case");
    analyst.get("/cases?kind=web.sqli&q=effort").await.says("No case fits");
    analyst.get("/cases?kind=any&standing=any&jurisdiction=any").await.says("114 cases");
    analyst.get("/cases?jurisdiction=adair-county").await.says("114 cases");
    analyst.get("/cases?jurisdiction=cole-county").await.says("No case fits");
    // Nonsense in an address breaks nothing.
    for odd in ["?page=x&rung=%ff&q=%00", "?q=1&q=2&&=", "?rung=%3Cscript%3E", "?q=%25%5F'\""] {
        let odd = odd.replace('"', "%22");
        let page = analyst.get(&format!("/cases{odd}")).await;
        assert!(page.status.as_u16() < 500, "{odd}");
    }
}

#[tokio::test]
async fn a_sensor_is_named_and_retired() {
    let house = filled().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let own = "/sensors/sensor-adair-county";
    clerk.post(&format!("{own}/name"), &[("name", "Copier room")]).await.leads_to(own);
    clerk.get(own).await.says("Copier room");
    clerk
        .post(&format!("{own}/name"), &[("name", "")])
        .await
        .is(422)
        .says("Give the sensor a name");
    clerk.post("/sensors/sensor-boone-county/name", &[("name", "Mine")]).await.is(404);
    clerk.post(&format!("{own}/retire"), &[("confirm", "Copier room")]).await.is(403);
    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.get(&format!("{own}/retire")).await.is(200).says("Type Copier room to go on");
    lead.post(&format!("{own}/retire"), &[("confirm", "copier")]).await.is(422);
    lead.post(&format!("{own}/retire"), &[("confirm", "Copier room")]).await.leads_to(own);
    lead.get(own).await.says("Retired");
    assert_eq!(house.acts("sensor.rename", "sensor-adair-county").await, 1);
    assert_eq!(house.acts("sensor.retire", "sensor-adair-county").await, 1);
}

#[tokio::test]
async fn a_sensor_is_enrolled_by_a_line_that_is_shown_once() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let form = |place: &'static str| [("jurisdiction", place), ("name", "Front office")];
    clerk.post("/sensors/new", &form(THEIRS)).await.is(422).says("Choose the jurisdiction");
    clerk.post("/sensors/new", &form("nowhere")).await.is(422);
    let made = clerk.post("/sensors/new", &form(OURS)).await;
    made.is(200).says("This line is shown once");
    check::page(&made.body).unwrap();
    let line = made.block("paste-this-at-the-machine");
    let code = line.strip_prefix("ward sense enrol ").unwrap();
    let code = ward_sensor::EnrolmentCode::parse(code).unwrap();
    let mut read = house.desk.store.read().await.unwrap();
    let open = sensors::open_codes(read.link(), Some(OURS), crate::house::now()).await.unwrap();
    drop(read);
    assert_eq!(open[0].hash, code.secret_hash());
    let path = format!("/sensors/codes/{}", open[0].id);
    let waiting = clerk.get(&path).await;
    waiting.says("Nothing heard yet");
    assert!(!waiting.body.contains(line.split('_').next_back().unwrap()), "shown twice");
    let mut tx = house.desk.store.begin().await.unwrap();
    let now = crate::house::now();
    sensors::enrol(tx.link(), &code.secret_hash(), "s-1", &[3; 32], now).await.unwrap().unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    clerk.get(&path).await.says("It is enrolled and has sent no record yet");
    let body =
        b"Nov  3 14:12:01 web1 sshd[811]: Failed password for root from 192.0.2.7 port 4 ssh2\n";
    let parcel = ward_store::inbox::Parcel {
        sensor: "s-1".into(),
        batches: vec![sample::batch("/var/log/auth.log", 1, &body.repeat(120))],
        told: batch::Told::default(),
        received: now,
    };
    house.desk.inbox.take(parcel).await.unwrap();
    let arrived = clerk.get(&path).await;
    arrived.says("Front office heard").says("120 lines of /var/log/auth.log read as system log");
    check::page(&arrived.body).unwrap();
    assert_eq!(house.acts("sensor.code", &open[0].id).await, 1);
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    analyst.get("/sensors/new").await.is(403);
}

#[tokio::test]
async fn a_code_is_withdrawn_by_its_own_office() {
    let house = filled().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    clerk.get("/sensors/new").await.says("Codes that wait").says(&mark(OURS));
    clerk.post("/sensors/codes/code-boone-county/withdraw", &[]).await.is(404);
    clerk.post("/sensors/codes/code-adair-county/withdraw", &[]).await.leads_to("/sensors/new");
    clerk.get("/sensors/codes/code-adair-county").await.is(404);
    assert_eq!(house.acts("sensor.code.withdraw", "code-adair-county").await, 1);
}

#[tokio::test]
async fn a_line_is_read_and_forgotten() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let line = "Nov  3 14:12:01 web1 sshd[811]: Failed password for <i>root</i> from 192.0.2.7 port 4 ssh2";
    let page = clerk.post("/sensors/read", &[("line", line)]).await;
    page.is(200).says("Read as system log (syslog)").says("a failed sign-in by ssh");
    check::page(&page.body).unwrap();
    clerk.post("/sensors/read", &[("line", "hello")]).await.is(200).says("does not know this kind");
    let page = clerk.post("/sensors/read", &[("line", "")]).await;
    page.is(422).says("Paste one line, or a few");
    assert!(page.body.contains("href=\"#try-line\""), "it is told where it belongs");
    check::page(&page.body).unwrap();
    assert!(house.audited().await.is_empty());
}

#[tokio::test]
async fn a_log_file_is_taken_in_once_and_whole() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let line =
        "Nov  3 14:12:01 web1 sshd[811]: Failed password for root from 192.0.2.7 port 4 ssh2\n";
    let taken =
        raw::upload(&house, &clerk, OURS, "C:\\\\logs\\\\auth<b>.log", line.repeat(300).as_bytes())
            .await;
    taken.is(200).says("The file is taken in").says("300").says("system log (syslog)");
    check::page(&taken.body).unwrap();
    raw::upload(&house, &clerk, OURS, "auth.log", line.as_bytes()).await.is(200);
    raw::upload(&house, &clerk, THEIRS, "auth.log", line.as_bytes())
        .await
        .is(422)
        .says("Choose the jurisdiction");
    raw::upload(&house, &clerk, OURS, "auth.log", b"").await.is(422).says("not empty");
    assert_eq!(house.acts("records.upload", "upload-adair-county").await, 2);
    let mut read = house.desk.store.read().await.unwrap();
    let place = sensors::by_id(read.link(), "upload-adair-county").await.unwrap().unwrap();
    assert_eq!((place.sequence, place.records, place.public_key.len()), (2, 301, 0));
    let kept = batch::after(read.link(), 0, 10).await.unwrap();
    assert_eq!(kept.iter().map(|one| one.records).collect::<Vec<_>>(), [300, 1]);
    drop(read);
    // It is no sensor: nobody waits for it.
    clerk.get("/sensors").await.says("Uploads of Adair County").says("By hand");
    clerk.get("/").await.says("no sensor sends its records");
    clerk.get("/sensors/upload-adair-county").await.is(200).says("upload by hand");
}

#[tokio::test]
async fn a_hunt_finds_and_says_where_it_looked() {
    let house = filled().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let page = analyst.get("/hunt?q=192.0.2.7").await;
    page.is(200).says("Found. Searched").says("of 2 sensors over 30 days").says("Adair County");
    page.says("Boone County");
    let list = "192.0.2.7\nhxxp://county[.]example/x\nroot\nnot an indicator at all !\n";
    let page = analyst.post("/hunt", &[("list", list), ("days", "30")]).await;
    page.is(200).says("2 of 3 found").says("Not looked for").says("county.example");
    check::page(&page.body).unwrap();
    analyst.post("/hunt", &[("list", "198.51.100.9")]).await.says("Not found. Searched");
    analyst.post("/hunt", &[("list", "")]).await.is(422);
    let rows = house.audited().await;
    let hunts: Vec<_> = rows.iter().filter(|row| row.entry.act == "hunt").collect();
    assert_eq!(hunts.len(), 2, "two searches for one address within ten minutes are one row");
    assert_eq!(hunts[1].entry.detail, "1 address, 1 account, 1 domain");
    assert!(hunts.iter().all(|row| !row.entry.detail.contains("root")));
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    clerk.get("/hunt?q=192.0.2.7").await.is(403);
}

#[tokio::test]
async fn the_audit_is_searched_checked_and_exported() {
    let house = filled().await;
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    auditor.get("/cases/W-state").await.is(200);
    let page = auditor.get("/audit").await;
    page.is(200).says("fit their seals").says("Looked at a case");
    check::page(&page.body).unwrap();
    auditor.get("/audit?actor=p-auditor-state&act=case.look").await.says("W-state");
    auditor.get("/audit?object=W-state").await.says("Looked at a case");
    auditor.get("/audit?actor=nobody").await.says("Nothing fits");
    auditor.get("/audit?from=2020-01-01&to=2020-12-31").await.says("Nothing fits");
    let csv = auditor.get("/audit/export?format=csv").await;
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("audit.csv"));
    assert_eq!(csv.body.lines().count(), 1 + 2, "{}", csv.body);
    let lines = auditor.get("/audit/export?format=jsonl&act=case.look").await;
    let row: serde_json::Value = serde_json::from_str(lines.body.trim()).unwrap();
    assert_eq!(row["object"], "W-state");
    assert_eq!(house.acts("audit.export", "").await, 2);
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    analyst.get("/audit").await.is(403);
    analyst.get("/audit/export").await.is(403);
}

#[tokio::test]
async fn settings_are_changed_by_an_administrator_alone() {
    let house = House::start().await;
    let mut admin = house.person("An administrator", Role::Administrator, None).await;
    let fields = |zone: &'static str| {
        [("name", "Office <i>"), ("zone", zone), ("phone", "555-0199"), ("mail", "a@b.example")]
    };
    admin.post("/settings", &fields("Mars/Olympus")).await.is(422).says("no time zone");
    admin.post("/settings", &fields("America/Denver")).await.leads_to("/settings");
    let page = admin.get("/settings").await;
    page.says("Office <i>").says("keep_history_days").says("SQLite");
    check::page(&page.body).unwrap();
    let row = house.audited().await.pop().unwrap().entry;
    assert_eq!(row.act, "settings.change");
    assert!(
        row.detail.contains("zone: \"America/Chicago\" to \"America/Denver\""),
        "{}",
        row.detail
    );
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    let page = auditor.get("/settings").await;
    page.is(200).says("America/Denver");
    assert!(!page.body.contains("Save the office"));
    auditor.post("/settings", &fields("UTC")).await.is(403);
}

#[tokio::test]
async fn a_token_is_shown_once_and_ends() {
    let house = House::start().await;
    let mut admin = house.person("An administrator", Role::Administrator, None).await;
    let form = |role: &'static str, place: &'static str| {
        [("name", "Ticket system"), ("role", role), ("jurisdiction", place), ("days", "30")]
    };
    admin.post("/settings/tokens", &form("partner", "")).await.is(422);
    admin.post("/settings/tokens", &form("local-it", "")).await.is(422).says("one jurisdiction");
    admin.post("/settings/tokens", &form("analyst", "nowhere")).await.is(422);
    let made = admin.post("/settings/tokens", &form("analyst", OURS)).await;
    made.is(200).says("shown once");
    check::page(&made.body).unwrap();
    let secret = made.block("token-for-ticket-system");
    assert!(secret.starts_with("ward_") && secret.len() > 40);
    let list = admin.get("/settings/tokens").await;
    list.says("Ticket system").says("Adair County");
    assert!(!list.body.contains(&secret));
    let row = house.audited().await.pop().unwrap().entry;
    assert_eq!(row.act, "token.make");
    let end = format!("/settings/tokens/{}/end", row.object);
    admin.post(&end, &[]).await.leads_to("/settings/tokens");
    admin.get("/settings/tokens").await.says("Ended");
    admin.post("/settings/tokens/nothing/end", &[]).await.is(404);
    assert_eq!(house.acts("token.end", &row.object).await, 1);
}

#[tokio::test]
async fn the_bell_rings_for_regions_and_says_no_more() {
    use http_body_util::BodyExt as _;
    use ward_web::desk::Region;

    let house = filled().await;
    let nobody = raw::get(&house, None, "/live").await;
    assert_eq!(nobody.status().as_u16(), 401);
    let clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let line = raw::get(&house, Some(&clerk), "/live").await;
    assert_eq!(line.headers()["content-type"], "text/event-stream");
    while !house.desk.bell.send(Region::Cases) {
        tokio::task::yield_now().await;
    }
    let mut body = line.into_body();
    // First how long a browser waits when the line breaks.
    for says in ["retry: 3000\n\n", "data: cases\n\n"] {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(frame.as_ref(), says.as_bytes());
    }
    // A person has so many lines and no more, by however many sessions.
    let second = house.second_session(&clerk).await;
    let mut lines = Vec::new();
    for number in 1..16 {
        let by = if number % 2 == 0 { &clerk } else { &second };
        lines.push(raw::get(&house, Some(by), "/live").await);
        assert_eq!(lines.last().unwrap().status().as_u16(), 200, "{number}");
    }
    for by in [&clerk, &second] {
        assert_eq!(raw::get(&house, Some(by), "/live").await.status().as_u16(), 429);
    }
    let other = house.person("Another", Role::LocalClerk, Some(THEIRS)).await;
    assert_eq!(raw::get(&house, Some(&other), "/live").await.status().as_u16(), 200);
}

#[tokio::test]
async fn what_rings_while_a_page_is_on_its_way_is_told() {
    use http_body_util::BodyExt as _;
    use std::time::Duration;
    use tokio::time::timeout;
    use ward_web::desk::Region;

    let house = filled().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let line_of = |page: &str| -> String {
        let (_, rest) = page.split_once("data-live=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let line = line_of(&clerk.get("/").await.body);
    house.desk.bell.send(Region::Cases);
    let mut body = raw::get(&house, Some(&clerk), &line).await.into_body();
    for says in ["retry: 3000\n\n", "data: cases room sensors\n\n"] {
        let told = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(told.as_ref(), says.as_bytes());
    }
    // A page that has all of it is told nothing, and nothing of what is others' news.
    let line = line_of(&clerk.get("/").await.body);
    house.desk.bell.send((Region::Cases, THEIRS));
    assert_eq!(line_of(&clerk.get("/").await.body), line);
    let mut body = raw::get(&house, Some(&clerk), &line).await.into_body();
    let told = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(told.as_ref(), b"retry: 3000\n\n");
    assert!(timeout(Duration::from_millis(200), body.frame()).await.is_err());
}

#[tokio::test]
async fn what_cannot_be_said_is_said() {
    let house = filled().await;
    house.health.send_modify(|health| health.ready = false);
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let page = analyst.get("/").await;
    page.says(
        "Somebody is trying to get in at Adair County and 1 other place: 1 effort is open, begun",
    );
    page.says("reads the records of the last days again")
        .says("local election authorities have no sensor and are not seen at all");
    page.says("8 records were dropped");
    house.health.send_modify(|health| health.trouble = vec!["judging waits for the store".into()]);
    analyst.get("/").await.says("judging waits for the store");
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get("/").await;
    page.says("Somebody is trying to get into your office").says("Your sensor reports");
    // Each is told of the memory that was short for what they see.
    let mut other = house.person("Another clerk", Role::LocalClerk, Some(THEIRS)).await;
    house.health.send_modify(|health| health.folded = vec![OURS.to_owned()]);
    for browser in [&mut analyst, &mut clerk] {
        browser.get("/").await.says("are only counted, about, and no longer listed");
    }
    assert!(!other.get("/").await.text().contains("no longer listed"));
}

#[tokio::test]
async fn a_sensor_that_never_came_is_not_said_to_be_silent_since() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    sample::bare_sensor(&mut tx, "s-1", OURS, now().plus(-HOUR)).await;
    tx.commit(Audit::Machine).await.unwrap();
    for place in [None, Some(OURS)] {
        let role = if place.is_none() { Role::Analyst } else { Role::LocalClerk };
        let page = house.person("Somebody", role, place).await.get("/").await;
        page.says("was never heard").says("Never heard");
        assert!(!page.text().contains("silent since"), "{}", page.text());
    }
}

/// What the sentence says to the state and to an office, by how far somebody got.
fn said(quiet: &str) -> [(Rung, &str, &str); 4] {
    [
        (Rung::Scan, quiet, "Nobody tried to get in"),
        (
            Rung::Attempt,
            "Somebody is trying to get in at Adair County and 1 other place: 1 effort is open",
            "1 effort is open",
        ),
        (
            Rung::Access,
            "Somebody got in at Adair County and 1 other place: 1 case of access is open",
            "Call the state's desk now: 555-0100",
        ),
        (
            Rung::Effect,
            "Something was changed, taken or stopped at Adair County and 1 other place: 1 case",
            "Something was changed",
        ),
    ]
}

#[tokio::test]
async fn the_sentence_says_how_far_it_got_and_no_more() {
    let house = House::start().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    // Every jurisdiction is heard, and nothing happens.
    let mut read = house.desk.store.read().await.unwrap();
    let all = ward_store::office::jurisdictions(read.link()).await.unwrap();
    drop(read);
    let mut tx = house.desk.store.begin().await.unwrap();
    for place in &all {
        sample::plain_sensor(&mut tx, &format!("s-{}", place.id), &place.id).await;
    }
    tx.commit(Audit::Machine).await.unwrap();
    let quiet = format!("Nobody is trying to get in, as far as all {} sensors show.", all.len());
    analyst.get("/").await.says(&quiet);
    clerk
        .get("/")
        .await
        .says("Nobody tried to get in at your office since")
        .says("Your sensor reports.");
    // A desk that reads the last days again cannot say so.
    house.health.send_modify(|health| health.ready = false);
    analyst.get("/").await.says("this is no proof that there is none");
    clerk.get("/").await.says("as far as is known by now");
    house.health.send_modify(|health| health.ready = true);
    for (rung, state, local) in said(&quiet) {
        let mut tx = house.desk.store.begin().await.unwrap();
        for scope in ["state", OURS] {
            let one = kept(&format!("W-{}-{scope}", rung.name()), scope, rung, "an effort");
            cases::upsert(tx.link(), &one).await.unwrap();
        }
        tx.commit(Audit::Machine).await.unwrap();
        analyst.get("/").await.says(state);
        let home = clerk.get("/").await;
        home.says(local);
        // What is red says whom to call, and one press calls.
        let calls = home.body.contains("now: <a class=\"call\" href=\"tel:5550100\">");
        assert_eq!(calls, rung >= Rung::Access);
    }
    // What somebody closed is not told again; a registered test never is.
    let mut tx = house.desk.store.begin().await.unwrap();
    for rung in ["effect", "access"] {
        cases::set_handling(tx.link(), &format!("W-{rung}-state"), Handling::Closed, "x")
            .await
            .unwrap();
    }
    let mut test = kept("W-test", "state", Rung::Effect, "a test");
    test.authorised = Some("the lab".into());
    cases::upsert(tx.link(), &test).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    analyst.get("/").await.says("1 effort is open").says("; nobody has it. Nobody got in");
    analyst.get("/cases/W-test").await.says("a test that the lab registered");
}

/// The count beside the room's name and that of the list are the same, or the list says why not.
#[tokio::test]
async fn counts_of_cases_say_the_same() {
    let house = House::start().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    for id in ["W-1", "W-2", "W-watched", "W-test"] {
        let mut one = kept(id, "state", Rung::Attempt, id);
        one.authorised = (id == "W-test").then(|| "the lab".into());
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    cases::set_handling(tx.link(), "W-watched", Handling::Watched, "").await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let list = analyst.get("/cases").await;
    // Two are open, one is watched; the test is in the list alone.
    assert!(list.between(">Cases", "</a>").contains('3'), "{}", list.body);
    list.is(200).says("3 cases, one of them a registered test; 1 more is watched");
    analyst.get("/cases?standing=watched").await.says("1 case");
    analyst.get("/cases?q=W-test").await.says("1 case, a registered test");
}
