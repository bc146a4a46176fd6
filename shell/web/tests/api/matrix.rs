//! Everybody asks for everything, everywhere: what has to come of it is worked out from the route
//! table and from the table of rights, and never written by hand.

use std::collections::BTreeMap;

use ward_access::{Act, Actor, Extent, Role, Scope, extent, may};
use ward_web::route::{Access, Kind, Route, Verb, all};

use crate::House;
use crate::client::{Answer, As, Ask};
use crate::filled::{OURS, THEIRS, owner};

/// Somebody who asks.
struct Asker {
    who: As,
    id: String,
    /// As the table of rights sees them; nobody is none.
    actor: Option<Actor>,
}

/// What has to come of it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Outcome {
    /// It is done.
    Done,
    /// They may not do it anywhere.
    Forbidden,
    /// It belongs to another, so that it is not there.
    NotThere,
    /// What was sent names a place that is not theirs.
    WrongPlace,
    /// They have to sign in.
    SignIn,
}

/// Where a route looks for what it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Where {
    /// One's own, or a list that is narrowed to it.
    Own,
    /// The state as a whole.
    Whole,
    /// What the path names.
    Path,
    /// A jurisdiction that is sent.
    Sent,
}

/// A role has people of the state's office, or of one county; and tokens for both.
async fn askers(house: &House) -> Vec<Asker> {
    let mut askers = vec![Asker { who: As::Nobody, id: String::new(), actor: None }];
    for role in Role::ALL {
        let place = role.is_local().then_some(OURS);
        let (id, cookie) = house.filled.person(role, place).await;
        askers.push(asker(As::Person(cookie), id, role, place));
        for place in [None, Some(OURS)] {
            let (id, token) = house.filled.token(role, place).await;
            askers.push(asker(As::Program(token), id, role, place));
        }
    }
    askers
}

fn asker(who: As, id: String, role: Role, place: Option<&str>) -> Asker {
    let machine = matches!(who, As::Program(_));
    let actor = Actor {
        id: id.clone(),
        name: String::new(),
        role,
        jurisdiction: place.map(str::to_owned),
        machine,
    };
    Asker { who, id, actor: Some(actor) }
}

fn where_of(house: &House, route: &Route) -> Where {
    let operation = house.operation(route);
    let said = |what: &str| operation.to_string().contains(what);
    if operation["x-ward-whole-state"] == true || is_of_state(route) {
        Where::Whole
    } else if route.path.starts_with("/api/v1/account") {
        Where::Own
    } else if route.path.contains("{id}") {
        Where::Path
    } else if route.verb == Verb::Post && said("\"adair-county\"") || route.name == "api.records" {
        Where::Sent
    } else {
        Where::Own
    }
}

/// Pages about the whole state: the description does not have them.
fn is_of_state(route: &Route) -> bool {
    let of_state = |act: Act| {
        matches!(act, Act::SeeSettings | Act::SeeTokens | Act::SeeAudit | Act::ExportAudit)
    };
    matches!(route.access, Access::Person(act) if route.kind == Kind::Page && of_state(act))
}

fn outcome(route: &Route, place: Where, scope: Scope<'_>, asker: &Asker) -> Outcome {
    let act = match route.access {
        Access::Open => return Outcome::Done,
        Access::SetUp => return Outcome::NotThere,
        Access::Sensor => unreachable!("a sensor's route is neither a page nor of the interface"),
        Access::Stage(_) => None,
        Access::Person(act) | Access::Anyone(act) => Some(act),
    };
    // A token is nothing to a page.
    let actor = asker.actor.as_ref().filter(|actor| route.kind == Kind::Api || !actor.machine);
    let Some(actor) = actor else { return Outcome::SignIn };
    let Some(act) = act else { return Outcome::Done };
    let closed = actor.machine && matches!(route.access, Access::Person(_));
    if closed || extent(actor, act) == Extent::Nothing {
        return Outcome::Forbidden;
    }
    match place {
        Where::Own => Outcome::Done,
        Where::Whole if may(actor, act, Scope::State) => Outcome::Done,
        Where::Whole => Outcome::Forbidden,
        _ if may(actor, act, scope) => Outcome::Done,
        Where::Path => Outcome::NotThere,
        Where::Sent => Outcome::WrongPlace,
    }
}

/// What came of it.
fn came(route: &Route, answer: &Answer) -> Outcome {
    let location = answer.headers.get("location").map_or("", |value| value.to_str().unwrap());
    match answer.status {
        303 if location.starts_with("/sign-in") => Outcome::SignIn,
        200..=299 => Outcome::Done,
        303 if route.kind == Kind::Page => Outcome::Done,
        401 => Outcome::SignIn,
        403 => Outcome::Forbidden,
        404 => Outcome::NotThere,
        422 => Outcome::WrongPlace,
        status => panic!("{}: {status} {}", route.name, answer.text()),
    }
}

/// Makes what a path is about, somewhere; its id, and where it lies.
async fn made<'a>(
    house: &House,
    route: &Route,
    place: &'a str,
    asker: &Asker,
) -> (String, Scope<'a>) {
    let filled = &house.filled;
    let person = (place != "state").then_some(place);
    let path = route.path.trim_start_matches("/api/v1");
    let of_machines = Scope::Jurisdiction(owner(place));
    let of_people = person.map_or(Scope::State, Scope::Jurisdiction);
    if let Some((id, is_local)) = filled.told(path, place).await {
        (id, if is_local { of_people } else { Scope::State })
    } else if path.starts_with("/sensors/codes/") {
        (filled.code(place).await, of_machines)
    } else if path.starts_with("/sensors/") {
        (filled.bare_sensor(place).await, of_machines)
    } else if path.starts_with("/people/") {
        let role = if person.is_some() { Role::LocalClerk } else { Role::Analyst };
        (filled.person(role, person).await.0, of_people)
    } else if path.starts_with("/invitations/") {
        (filled.invitation(person).await, of_people)
    } else if path.starts_with("/tokens/") {
        (filled.token(Role::Analyst, None).await.0, Scope::State)
    } else if path.starts_with("/account/sessions/") {
        // It has to be somebody's: that of a program would be nobody's.
        let is_person = matches!(asker.who, As::Person(_));
        let owner = if is_person { &asker.id } else { "nobody" };
        (if is_person { filled.session(owner).await.0 } else { "none".to_owned() }, Scope::State)
    } else {
        panic!("{}: say here how to make what {} is about", route.name, route.path)
    }
}

/// A request as the description's examples have it, for a place.
async fn asked(house: &House, route: &Route, place: &str, id: &str, who: &As) -> Answer {
    let operation = house.operation(route);
    let path = route.path.replace("{id}", id);
    let fresh = house.filled.name("guest");
    let example = |media: &serde_json::Value| {
        let text =
            media["example"].as_str().map_or_else(|| media["example"].to_string(), str::to_owned);
        let role = if place == "state" { "lead" } else { "local-it" };
        text.replace(OURS, place)
            .replace("clerk@adair.example", &format!("{fresh}@office.example"))
            .replace("local-it", role)
    };
    let content = operation["requestBody"]["content"].as_object();
    let Some((kind, media)) = content.and_then(|content| content.iter().next()) else {
        let ask = if route.verb == Verb::Get { Ask::get(&path) } else { Ask::post(&path, "", "") };
        return ask.send(house.at(), who).await;
    };
    let path = if route.name == "api.records" {
        format!("{path}?jurisdiction={place}&name=auth.log")
    } else {
        path
    };
    Ask::post(&path, kind, example(media)).send(house.at(), who).await
}

#[tokio::test]
async fn everybody_asks_for_everything_everywhere() {
    let house = House::start().await;
    let askers = askers(&house).await;
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    let routes = all().filter(|route| {
        route.kind == Kind::Api || route.kind == Kind::Page && route.verb == Verb::Get
    });
    // Pages that begin something with a secret in the address are asked for without one elsewhere.
    for route in routes.filter(|route| route.kind == Kind::Api || route.access != Access::Open) {
        let place_of = where_of(&house, route);
        let places: &[&str] = match place_of {
            Where::Path => &["state", OURS, THEIRS],
            Where::Sent => &[OURS, THEIRS],
            Where::Own | Where::Whole => &[OURS],
        };
        for asker in &askers {
            for place in places {
                let (id, scope) = if route.path.contains('{') {
                    made(&house, route, place, asker).await
                } else {
                    (String::new(), Scope::Jurisdiction(place))
                };
                let expected = outcome(route, place_of, scope, asker);
                let answer = asked(&house, route, place, &id, &asker.who).await;
                let came = came(route, &answer);
                assert_eq!(
                    came,
                    expected,
                    "{} {} by {:?} {:?}: {}",
                    route.name,
                    place,
                    asker.who,
                    asker.actor,
                    answer.text()
                );
                if route.kind == Kind::Api {
                    house.is_described(route, &answer);
                }
                *counts.entry(came).or_default() += 1;
            }
        }
    }
    // The matrix reaches every outcome, and none of them by accident.
    for (outcome, least) in [
        (Outcome::Done, 500),
        (Outcome::Forbidden, 300),
        (Outcome::NotThere, 100),
        (Outcome::WrongPlace, 5),
        (Outcome::SignIn, 100),
    ] {
        let count = counts.get(&outcome).copied().unwrap_or(0);
        assert!(count >= least, "{outcome:?} came {count} times: {counts:?}");
    }
}

/// Lists hold nothing of another place.
#[tokio::test]
async fn lists_are_narrowed() {
    let house = House::start().await;
    let filled = &house.filled;
    for place in ["state", OURS, THEIRS] {
        filled.code(place).await;
        filled.incident(place).await;
        filled.rumor(place).await;
    }
    filled.person(Role::LocalIt, Some(THEIRS)).await;
    filled.invitation(Some(THEIRS)).await;
    let askers = askers(&house).await;
    let mut lists = 0;
    for route in all().filter(|route| route.kind == Kind::Api && route.verb == Verb::Get) {
        let place = where_of(&house, route);
        if place != Where::Own || route.access == Access::Open {
            continue;
        }
        for asker in &askers {
            let Some(actor) = &asker.actor else { continue };
            let answer = asked(&house, route, OURS, "", &asker.who).await;
            if answer.status != 200 || actor.jurisdiction.is_none() {
                continue;
            }
            lists += 1;
            let text = answer.text();
            for other in [THEIRS, "cass-county", "state-office", "Boone"] {
                assert!(
                    !text.contains(other),
                    "{} tells {:?} of {other}: {text}",
                    route.name,
                    actor
                );
            }
        }
    }
    assert!(lists > 30, "{lists}");
}
