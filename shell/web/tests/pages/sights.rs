//! Who sees what: every page of the table for every role, byte for byte.

use ward_access::Role;
use ward_web::route::{self, Kind, Verb};

use crate::browser::Browser;
use crate::check;
use crate::house::House;
use crate::sample::{self, HOSTILE, OURS, THEIRS, mark};

/// Every address that can be asked for, with the identifiers of every place and with none.
fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    for route in route::all().filter(|route| route.verb == Verb::Get && route.path != "/live") {
        if !route.path.contains('{') {
            paths.push(route.path.to_owned());
            continue;
        }
        let ids = ["state", OURS, THEIRS].into_iter().flat_map(sample::ids);
        let more = [
            "lead",
            "check-state",
            "election-state",
            "accounts-reviewed",
            "state-office",
            OURS,
            THEIRS,
            "p-local-clerk-adair-county",
            "p-local-clerk-boone-county",
            "token-state",
            "rumor-adair-county",
            "rumor-boone-county",
        ];
        for id in ids.chain(more.map(str::to_owned)).chain(["nothing".to_owned()]) {
            paths.push(route.path.replace("{id}", &id));
        }
    }
    // With what people can add to an address.
    for query in [
        "/cases?rung=scan&past=yes",
        "/cases?jurisdiction=boone-county",
        "/cases?q=marker",
        "/sensors?jurisdiction=boone-county",
        "/sensors/new?jurisdiction=boone-county",
        "/sensors/upload?jurisdiction=boone-county",
        "/audit?check=yes",
        "/audit?object=token-state",
        "/audit/export?format=jsonl",
        "/hunt?q=192.0.2.7",
        "/hunt?q=198.51.100.9&days=7",
        "/people?jurisdiction=boone-county",
        "/situation/boone-county",
        "/situation/adair-county",
        "/situation?show=look&sort=rung",
        "/contacts?q=marker",
        "/contacts/print?check=check-state",
        "/contacts/print?point=accounts-reviewed",
        "/checklists?election=election-state",
    ] {
        paths.push(query.to_owned());
    }
    paths
}

async fn all_of(browser: &mut Browser) -> Vec<(String, u16, String)> {
    let mut seen = Vec::new();
    for path in paths() {
        let answer = browser.get(&path).await;
        seen.push((path, answer.status.as_u16(), answer.body));
    }
    seen
}

/// The pages on which a place's words stand.
fn with(seen: &[(String, u16, String)], place: &str) -> Vec<String> {
    let word = mark(place);
    let holds = |(_, _, body): &&(String, u16, String)| body.to_lowercase().contains(&word);
    seen.iter().filter(holds).map(|(path, ..)| path.clone()).collect()
}

#[tokio::test]
async fn a_clerk_reads_nothing_of_another_county() {
    let house = House::start().await;
    sample::fill(&house).await;
    for role in [Role::LocalClerk, Role::LocalIt] {
        let mut browser = house.person("Somebody local", role, Some(OURS)).await;
        // The same in the other county, whose people are in the list of people.
        let _theirs = house.person(&mark(THEIRS), role, Some(THEIRS)).await;
        let seen = all_of(&mut browser).await;
        assert_eq!(with(&seen, THEIRS), [""; 0], "{role}");
        assert_eq!(with(&seen, "state"), [""; 0], "{role}");
        let own = with(&seen, OURS);
        for path in [
            "/",
            "/cases",
            "/cases/W-adair-county",
            "/incidents",
            "/incidents/incident-adair-county",
            "/rumors",
            "/rumors/rumor-adair-county",
            "/checklists/adair-county",
            "/contacts/adair-county",
            "/contacts/print",
            "/sensors",
            "/sensors/sensor-adair-county",
        ] {
            assert!(own.iter().any(|at| at == path), "{role} does not see {path}: {own:?}");
        }
        // Neither the names nor the numbers of other counties.
        for (path, _, body) in &seen {
            assert!(!body.contains("Boone County"), "{path}");
            assert!(!body.contains("Cass County"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_thing_of_another_scope_is_like_one_that_is_not_there() {
    let house = House::start().await;
    sample::fill(&house).await;
    let mut clerk = house.person("Somebody local", Role::LocalClerk, Some(OURS)).await;
    let nothing = clerk.get("/cases/nothing").await;
    nothing.is(404);
    for path in [
        "/cases/W-boone-county",
        "/cases/W-state",
        "/incidents/incident-boone-county",
        "/rumors/rumor-boone-county",
        "/checklists/boone-county",
        "/checklists/state-office",
        "/contacts/boone-county",
        "/contacts/print?check=check-state",
        "/contacts/print?point=accounts-reviewed",
        "/sensors/sensor-boone-county",
        "/sensors/codes/code-boone-county",
    ] {
        let answer = clerk.get(path).await;
        assert_eq!((answer.status, &answer.body), (nothing.status, &nothing.body), "{path}");
    }
    assert_eq!(house.acts("case.look", "W-boone-county").await, 0);
}

#[tokio::test]
async fn state_roles_see_the_state_and_a_partner_nothing() {
    let house = House::start().await;
    sample::fill(&house).await;
    for role in [Role::Administrator, Role::Lead, Role::Analyst, Role::Auditor] {
        let mut browser = house.person("Somebody of the state", role, None).await;
        let seen = all_of(&mut browser).await;
        let state = with(&seen, "state");
        for path in ["/", "/cases", "/cases/W-state"] {
            assert!(state.iter().any(|at| at == path), "{role} does not see {path}: {state:?}");
        }
        let theirs = with(&seen, THEIRS);
        for path in
            ["/sensors", "/sensors/sensor-boone-county", "/cases/W-boone-county", "/contacts"]
        {
            assert!(theirs.iter().any(|at| at == path), "{role} does not see {path}: {theirs:?}");
        }
        assert!(seen.iter().all(|(path, status, _)| *status < 500 || path == "/readyz"), "{role}");
    }
    let mut partner = house.person("Somebody else", Role::Partner, None).await;
    let seen = all_of(&mut partner).await;
    for place in ["state", OURS, THEIRS] {
        assert_eq!(with(&seen, place), [""; 0], "{place}");
    }
    let home = partner.get("/").await;
    home.is(200).says("Nothing is shared with you here").says("555-0100");
}

/// Pages by their routes: which are pages.
fn is_page(path: &str) -> bool {
    let bare = path.split('?').next().unwrap_or_default();
    let fits = |pattern: &str| {
        let (pattern, bare) = (pattern.split('/'), bare.split('/'));
        pattern.clone().count() == bare.clone().count()
            && pattern.zip(bare).all(|(of, at)| of == at || of.starts_with('{'))
    };
    route::all().any(|route| route.kind == Kind::Page && fits(route.path))
}

#[tokio::test]
async fn every_page_is_sound_and_obeys_no_log() {
    let house = House::start().await;
    sample::fill(&house).await;
    for (role, place) in [
        (Role::Administrator, None),
        (Role::Auditor, None),
        (Role::LocalClerk, Some(OURS)),
        (Role::Partner, None),
    ] {
        let mut browser = house.person(&format!("Somebody {HOSTILE}"), role, place).await;
        let mut pages = 0;
        for (path, status, body) in all_of(&mut browser).await {
            // Files and documents are no pages: browsers neither guess nor run them.
            if !body.starts_with("<!DOCTYPE html>") {
                assert!(!is_page(&path) || status != 200 || path.contains("export"), "{path}");
                continue;
            }
            assert!(!body.contains("<script>alert"), "{role} {path}");
            assert!(!body.contains("<img src=x"), "{role} {path}");
            assert!(!body.contains('\u{202e}'), "{role} {path}");
            if is_page(&path) && (status == 200 || status == 404) {
                check::page(&body)
                    .unwrap_or_else(|faults| panic!("{role} {path}:\n{faults}\n{body}"));
                pages += 1;
            }
        }
        assert!(pages > 7, "{role}: {pages}");
    }
}
