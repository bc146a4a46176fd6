//! Everybody of the exercise asks for everything, everywhere, by the real world's names; and
//! whoever comes from the real world brings everything that lets them in there.

use serde_json::Value;
use ward_access::Role;
use ward_kernel::World;
use ward_web::route::{Kind, Route, all};

use crate::bodies::bodies;
use crate::client::{Answer, Body, Brings, ask, cookie, send, token};
use crate::filled::OURS;
use crate::worlds::{PRACTISED, REAL, Side, Worlds};

/// The prefix of the cookies of a world, without TLS.
fn prefix(world: World) -> &'static str {
    if world.is_exercise() { "ward-exercise-" } else { "ward-" }
}

/// Everything by which somebody comes in at a desk, under the names of both.
fn of_another_world(from: &Side) -> Vec<Brings> {
    let planted = &from.planted;
    let mut all = vec![token(&planted.bearer())];
    for world in [World::Real, World::Exercise] {
        for (name, value) in [
            ("session", planted.cookie()),
            ("device", planted.cookie()),
            ("invitation", data_encoding::BASE64URL_NOPAD.encode(&planted.invitation)),
            ("set-up", planted.cookie()),
            ("elsewhere", planted.cookie()),
        ] {
            all.push(cookie(&format!("{}{name}", prefix(world)), &value));
        }
    }
    all
}

/// Somebody who asks.
enum Asker {
    /// A person, with a session that is new each time: some acts end it.
    Person(String),
    Program(String),
    Nobody,
}

async fn askers(side: &Side) -> Vec<Asker> {
    let mut askers = vec![Asker::Nobody];
    for role in Role::ALL {
        let place = role.is_local().then_some(OURS);
        askers.push(Asker::Person(side.filled.person(role, place).await.0));
        askers.push(Asker::Program(side.filled.token(role, place).await.1));
    }
    askers
}

async fn brings(side: &Side, asker: &Asker, route: &Route) -> Brings {
    match asker {
        Asker::Nobody => Vec::new(),
        Asker::Program(secret) => token(secret),
        Asker::Person(_) if route.kind == Kind::Machine && route.path != "/live" => Vec::new(),
        Asker::Person(id) => {
            let (_, value) = side.filled.session(id).await;
            cookie("ward-exercise-session", &value)
        }
    }
}

async fn description(side: &Side) -> Value {
    let none = Vec::new();
    let path = "/api/v1/openapi.json";
    let told = send(side.filled.address, hyper::Method::GET, path, &none, &Body::default()).await;
    serde_json::from_slice(&told.body).unwrap()
}

/// Where a route leads with these ids in it.
fn paths(route: &Route, ids: &[&str]) -> Vec<String> {
    if !route.path.contains('{') {
        return vec![route.path.to_owned()];
    }
    let with = |id: &&str| {
        let parts = route.path.split('/');
        let parts = parts.map(|part| if part.starts_with('{') { *id } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    ids.iter().map(with).collect()
}

/// What an exercise says is its own.
#[track_caller]
fn is_its_own(route: &Route, path: &str, answer: &Answer) {
    let says = answer.says();
    assert!(!says.contains(REAL), "{} {path} told of the real world: {says}", route.name);
    assert_eq!(answer.header("ward-world"), "exercise", "{} {path}", route.name);
    assert!(answer.status < 500 || route.path == "/readyz", "{} {path}: {says}", route.name);
    let location = answer.header("location");
    assert!(location.is_empty() || location.starts_with('/'), "{} leads to {location}", route.name);
}

#[tokio::test]
async fn nobody_in_the_exercise_reaches_the_real_world() {
    let Worlds { real, exercise } = Worlds::start().await;
    let (content, files) = (real.content().await, real.files());
    let (at, description) = (exercise.filled.address, description(&exercise).await);
    let askers = askers(&exercise).await;
    let mut asked = 0;
    for route in all() {
        let ids = real.planted.ids_for(route.path);
        for asker in &askers {
            for path in paths(route, &ids) {
                for body in bodies(route, &description, ids.first().copied().unwrap_or("r")) {
                    let brings = brings(&exercise, asker, route).await;
                    let answer = ask(at, route, &path, &brings, &body).await;
                    is_its_own(route, &path, &answer);
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 3_000, "{asked}");
    assert_eq!(real.content().await, content, "the real world was changed");
    assert_eq!(real.files(), files, "the real world's folder was changed");
    // The exercise has its own, so that the walk was not one past locked doors.
    let administrator = exercise.filled.person(Role::Administrator, None).await.0;
    let (_, value) = exercise.filled.session(&administrator).await;
    let brings = cookie("ward-exercise-session", &value);
    let own = send(at, hyper::Method::GET, "/cases/W-x", &brings, &Body::default()).await;
    assert!(own.status == 200 && own.text().contains(PRACTISED), "{}", own.text());
}

/// Who tries a password again and again is made to wait: one refusal for another.
fn refusal(status: u16) -> u16 {
    if status == 429 { 422 } else { status }
}

/// What lets somebody in at the one desk is nothing to the other: the answer is what a stranger
/// gets.
async fn is_a_stranger(own: &Side, from: &Side) -> usize {
    let (at, description) = (own.filled.address, description(own).await);
    let mut asked = 0;
    for route in all() {
        let ids = own.planted.ids_for(route.path);
        let id = ids.first().copied().unwrap_or("none");
        let body = bodies(route, &description, id).swap_remove(0);
        for path in paths(route, &ids) {
            let nobody = ask(at, route, &path, &Vec::new(), &body).await;
            // Whoever brings a token is told that it is not known.
            let made_up = token(&format!("ward_{}", "A".repeat(43)));
            let unknown = ask(at, route, &path, &made_up, &body).await;
            for brings in of_another_world(from) {
                let is_token = brings.iter().any(|(name, _)| name == "authorization");
                let nobody = if is_token { &unknown } else { &nobody };
                let answer = ask(at, route, &path, &brings, &body).await;
                let what = format!("{} {path} with {brings:?}: {}", route.name, answer.says());
                assert_eq!(refusal(answer.status), refusal(nobody.status), "{what}");
                assert_eq!(answer.header("location"), nobody.header("location"), "{what}");
                asked += 1;
            }
        }
    }
    asked
}

#[tokio::test]
async fn the_real_worlds_secrets_open_nothing_in_the_exercise() {
    let Worlds { real, exercise } = Worlds::start().await;
    let content = real.content().await;
    assert!(is_a_stranger(&exercise, &real).await > 1_000);
    assert_eq!(real.content().await, content);
}

#[tokio::test]
async fn the_exercises_secrets_open_nothing_in_the_real_world() {
    let Worlds { real, exercise } = Worlds::start().await;
    let content = real.content().await;
    assert!(is_a_stranger(&real, &exercise).await > 1_000);
    // What a stranger tries in vain is put down, and nothing else is.
    for (before, after) in content.iter().zip(real.content().await) {
        let own = ["audit", "meta"].contains(&before.table.as_str());
        assert!(own || *before == after, "{} was changed", before.table);
    }
}
