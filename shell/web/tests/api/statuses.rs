//! Every status that the description names for a route occurs, and is told as described.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use ward_access::Role;
use ward_web::route::{Access, Kind, Route, Verb, all};

use crate::House;
use crate::client::{Answer, As, Ask};
use crate::filled::OURS;

/// What has to be sent for a refusal that only the desk can give: by the route's name.
fn cannot_be_done(name: &str) -> Option<serde_json::Value> {
    Some(match name {
        "api.cases.decide" => json!({ "key": "key-decide", "handling": "closed" }),
        "api.cases.note" => json!({ "key": "key-note", "note": "  " }),
        "api.cases.work" => json!({ "key": "key-work", "act": "merge", "into": "nothing" }),
        "api.sensors.name" => json!({ "name": " " }),
        "api.codes.make" => json!({ "jurisdiction": "atlantis", "name": "A" }),
        "api.hunt" => json!({ "indicators": ["", "two words"] }),
        "api.people.details" => json!({ "name": "  ", "email": "a@b" }),
        "api.people.role" => json!({ "role": "partner" }),
        "api.invitations.make" => json!({ "name": "Clerk", "email": "a@b", "role": "local-it" }),
        "api.account.notices.change" => json!({
            "mail": true, "topics": [], "least": "attempt",
            "quiet": { "from": "22:00", "to": "22:00" },
        }),
        "api.settings.change" => json!({ "zone": "Mars/Olympus" }),
        "api.incidents.report" => json!({
            "key": "key-report", "kind": "other", "voting": "stopped", "place": "A gym",
            "what": "Something.", "jurisdiction": "atlantis",
        }),
        "api.incidents.add" => json!({ "key": "key-note", "act": "note" }),
        "api.incidents.work" => json!({ "key": "key-verify", "act": "verify", "text": "So." }),
        "api.checklists.put" => json!({
            "key": "key-skip", "act": "skip", "point": "accounts-reviewed", "text": " ",
        }),
        "api.contacts.put" => json!({ "key": "key-put-1", "act": "put", "title": "Clerk" }),
        "api.rumors.hear" => json!({
            "key": "key-hear", "claim": "A", "place": "A", "spread": "few",
            "jurisdictions": ["atlantis"],
        }),
        "api.rumors.again" => json!({ "key": "key-again", "place": " ", "spread": "few" }),
        "api.rumors.work" => json!({ "key": "key-find", "act": "find", "finding": "false" }),
        "api.room.position.put" => json!({ "key": "key-sign", "act": "sign", "entry": 1 }),
        "api.room.check.ask" => json!({ "key": "key-check", "question": " " }),
        "api.room.check.put" => json!({ "key": "key-answer", "act": "answer" }),
        "api.elections.set" => json!({
            "key": "key-election", "name": "A primary", "opens": "2026-11-03T06:00:00-06:00",
            "closes": "2026-11-03T05:00:00-06:00", "certifies": "2026-12-08T17:00:00-06:00",
        }),
        "api.elections.change" => json!({ "key": "key-call-off", "act": "call-off" }),
        "api.tokens.make" => json!({ "name": "A", "role": "local-it", "days": 1 }),
        _ => return None,
    })
}

struct Desk {
    house: House,
    admin: As,
    program: As,
    outsider: As,
}

impl Desk {
    async fn start() -> Self {
        let house = House::start().await;
        let admin = house.person(Role::Administrator).await;
        let (_, token) = house.filled.token(Role::Administrator, None).await;
        let outsider = house.person(Role::Partner).await;
        Self { house, admin, program: As::Program(token), outsider }
    }

    /// The path of a route, with something that is there.
    async fn path(&self, route: &Route) -> String {
        let filled = &self.house.filled;
        let kind = route.path.trim_start_matches("/api/v1/").split("/{").next().unwrap_or_default();
        if !route.path.contains('{') {
            return match route.name {
                "api.records" => format!("{}?jurisdiction={OURS}&name=a", route.path),
                _ => route.path.to_owned(),
            };
        }
        let id = match kind {
            "cases" => filled.case("state").await,
            "incidents" => filled.incident(OURS).await,
            "rumors" => filled.rumor(OURS).await,
            "room/positions" => filled.position().await,
            "checklists" => filled.checklist(OURS).await,
            "contacts" => OURS.to_owned(),
            "room/checks" => filled.check().await,
            "elections" => filled.election().await,
            "sensors/codes" => filled.code(OURS).await,
            "sensors" => filled.bare_sensor(OURS).await,
            "people" => filled.person(Role::Analyst, None).await.0,
            "invitations" => filled.invitation(None).await,
            "tokens" => filled.token(Role::Analyst, None).await.0,
            "account/sessions" => "none".to_owned(),
            other => panic!("{other}"),
        };
        route.path.replace("{id}", &id)
    }

    fn example(&self, route: &Route) -> (String, String) {
        let content = &self.house.operation(route)["requestBody"]["content"];
        let Some((kind, media)) = content.as_object().and_then(|all| all.iter().next()) else {
            return Default::default();
        };
        let example = &media["example"];
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        let guest = format!("{}@office.example", self.house.filled.name("guest"));
        (kind.clone(), text.replace("local-it", "lead").replace("clerk@adair.example", &guest))
    }

    async fn ask(&self, route: &Route, path: &str, body: (&str, &str), who: &As) -> Answer {
        let ask = match route.verb {
            Verb::Get => Ask::get(path),
            Verb::Post => Ask::post(path, body.0, body.1.to_owned()),
        };
        let answer = ask.send(self.house.at(), who).await;
        self.house.is_described(route, &answer);
        answer
    }

    /// All refusals that can be had of a route.
    async fn provoke(&self, route: &Route) -> BTreeSet<u16> {
        let mut seen = BTreeSet::new();
        let path = self.path(route).await;
        let (kind, body) = self.example(route);
        let (kind, body) = (kind.as_str(), body.as_str());
        let admin = &self.admin;
        let with =
            |more: &str| format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' });
        for (path, body, who) in [
            (path.clone(), (kind, body), admin),
            (with("nonsense=1"), (kind, body), admin),
            (path.clone(), (kind, body), &As::Nobody),
            (path.clone(), (kind, body), &self.outsider),
            (path.clone(), (kind, body), &self.program),
            (route.path.replace("{id}", "nothing"), (kind, body), admin),
        ] {
            seen.insert(self.ask(route, &path, body, who).await.status);
        }
        if !kind.is_empty() {
            seen.insert(self.ask(route, &path, ("text/html", body), admin).await.status);
            let most = if kind == "application/json" { 3 << 20 } else { 33 << 20 };
            let large = " ".repeat(most);
            seen.insert(self.ask(route, &path, (kind, &large), admin).await.status);
        }
        if let Some(wrong) = cannot_be_done(route.name) {
            seen.insert(self.ask(route, &path, (kind, &wrong.to_string()), admin).await.status);
        }
        seen
    }

    /// Refusals that take more than one request to provoke.
    async fn special(&self) -> BTreeMap<&'static str, u16> {
        let filled = &self.house.filled;
        let mut seen = BTreeMap::new();
        let at = self.house.at();
        for name in ["api.after", "api.after.export", "api.audit", "api.audit.export"] {
            let path = format!(
                "/api/v1/{}?from=yesterday",
                name.trim_start_matches("api.").replace('.', "/")
            );
            seen.insert(name, Ask::get(&path).send(at, &self.admin).await.status);
        }
        let list = format!("checklists/{OURS}");
        for (name, path) in [("api.checklists", "checklists"), ("api.checklists.show", &list)] {
            let path = format!("/api/v1/{path}?election=unknown");
            let answer = Ask::get(&path).send(at, &self.admin).await;
            assert!(answer.text().contains("no election of this id"), "{}", answer.text());
            seen.insert(name, answer.status);
        }
        let path = "/api/v1/situation?since=yesterday";
        seen.insert("api.situation", Ask::get(path).send(at, &self.admin).await.status);
        let path = "/api/v1/records?jurisdiction=atlantis&name=a";
        let answer = Ask::post(path, "text/plain", "x").send(at, &self.admin).await;
        seen.insert("api.records", answer.status);
        // Whoever is kept out cannot be given a link to come back by.
        let (id, _) = filled.person(Role::Analyst, None).await;
        let path = format!("/api/v1/people/{id}/active");
        Ask::json(&path, &json!({ "active": false })).send(at, &self.admin).await.is(200);
        let path = format!("/api/v1/people/{id}/reset");
        let answer = Ask::post(&path, "", "").send(at, &self.admin).await;
        seen.insert("api.people.reset", answer.status);
        seen
    }
}

/// The one that takes two administrators who keep each other out in the same moment.
const RACE: (&str, u16) = ("api.people.active", 422);

#[tokio::test]
async fn every_status_that_is_described_occurs() {
    let desk = Desk::start().await;
    let special = desk.special().await;
    for route in all().filter(|route| route.kind == Kind::Api) {
        let mut seen = desk.provoke(route).await;
        seen.extend(special.get(route.name));
        if route.name == "api.account.sessions.end" {
            let As::Person(cookie) = desk.house.person(Role::Analyst).await else { continue };
            let mine = As::Person(cookie);
            let answer = Ask::get("/api/v1/account").send(desk.house.at(), &mine).await.json();
            let (id, _) = desk.house.filled.session(answer["id"].as_str().unwrap()).await;
            let path = route.path.replace("{id}", &id);
            seen.insert(desk.ask(route, &path, ("", ""), &mine).await.status);
        }
        if route.name == "api.codes.make" {
            seen.insert(unreachable_desk(route).await);
        }
        let said: BTreeSet<u16> = desk.house.operation(route)["responses"]
            .as_object()
            .unwrap()
            .keys()
            .map(|status| status.parse().unwrap())
            .filter(|status| (route.name, *status) != RACE)
            .collect();
        let missing: Vec<_> = said.difference(&seen).collect();
        assert!(missing.is_empty(), "{}: {missing:?} never came; {seen:?} did", route.name);
        if route.access == Access::Open {
            assert_eq!(said, BTreeSet::from([200, 400]));
        }
    }
}

/// A desk that sensors could not reach by a code gives none.
async fn unreachable_desk(route: &Route) -> u16 {
    let house = House::start_as(Some("http://desk.example")).await;
    let admin = house.person(Role::Administrator).await;
    let body = json!({ "jurisdiction": OURS, "name": "Front office firewall" });
    let answer = Ask::json(route.path, &body).send(house.at(), &admin).await;
    house.is_described(route, &answer);
    answer.status
}
