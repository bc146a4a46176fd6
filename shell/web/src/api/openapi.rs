//! The description of the interface, made from the one table: OpenAPI 3.1.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use maud::html;
use serde_json::{Map, Value, json};
use ward_access::{Reach, Role, reach};

use super::doc::{Body, Doc, Gives, of};
use super::read::{Asked, Nothing};
use super::schema::{Schema, has, named, number, text};
use super::tell::{Answer, told};
use crate::cookie::session_name;
use crate::desk::{Desk, Settings};
use crate::route::{Access, Kind, Route, Verb, all};
use crate::server::Marked;
use crate::ui::{Href, Page, link};

/// Where the description is.
const HERE: &str = "/api/v1/openapi.json";

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.openapi",
        verb: Verb::Get,
        path: HERE,
        access: Access::Open,
        kind: Kind::Api,
        summary: "This description",
        handler: || get(show),
    },
    pointing("interface", "/api"),
    pointing("interface.slash", "/api/"),
    pointing("interface.version", "/api/v1"),
];

/// A place where somebody looks for the description first.
const fn pointing(name: &'static str, path: &'static str) -> Route {
    let summary = "Says where the description of the interface is";
    let (verb, access, kind) = (Verb::Get, Access::Open, Kind::Machine);
    Route { name, verb, path, access, kind, summary, handler: || get(begin) }
}

/// Their descriptions; also that of the counts for Prometheus, which stand outside.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.openapi", || Schema::Anything),
    Doc {
        route: "probe.metrics",
        about: "The text format of Prometheus, version 0.0.4.",
        query: Vec::new,
        body: Body::None,
        gives: Gives::File(&["text/plain"]),
        refusals: &[],
        whole_state: true,
    },
];

const ABOUT: &str = "Everything that the desk's pages do, for programs. A program sends a token \
    (`Authorization: Bearer ward_...`), which an administrator makes for it; it can do what its \
    role can, but nothing about people, tokens or settings, and decides nothing. A browser's \
    session can be used from the desk's own pages, with the second factor where the pages ask for \
    it.\n\nWhoever is bound to a jurisdiction finds nothing outside it: what belongs to another is \
    not there (404), and lists are narrowed. Every look at personal data and every change is in \
    the audit, with who did it.\n\nRefusals are problem documents (RFC 9457). Beside those that \
    each operation names, any request can be answered by 405 (asked in a way that there is not; \
    Allow names those that there are), 408 (what was sent came too slowly), 421 (the desk is not \
    called by this name), 429 (whoever asks has as much in the works, or puts down or looks at as \
    much, as one may: Retry-After says when to come back) and 503 (the desk cannot reach its store, or is busy: \
    try again).\n\n\
    Moments are RFC 3339 in UTC. What is not described is refused: names of values that there are \
    not, values twice, values out of their bounds (400); what only the desk can know to be wrong \
    is told with 422.";

const EXERCISE: &str = "This desk is an exercise: nothing in it is real. Every answer has the head \
    field `Ward-World: exercise`, every document begins with the member `world`, every line of a \
    table with EXERCISE.\n\n";

async fn show(State(desk): State<Desk>, _: Asked<Nothing>) -> Answer {
    let mut answer = told(&document(&desk.settings))?;
    // It says the world by the title and by a member that the format leaves to us.
    answer.extensions_mut().insert(Marked);
    Ok(answer)
}

/// Says where the description is: to a program, and to whoever looks with a browser.
async fn begin(State(desk): State<Desk>, headers: HeaderMap) -> Answer {
    let reads = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !reads.is_some_and(|reads| reads.contains("text/html")) {
        return told(&json!({ "openapi": HERE }));
    }
    let page = Page::new("The interface for programs").world(desk.settings.world).narrow().lead(
        "Everything that the desk's pages do, for programs. What there is, who may ask for it and \
         what comes back stands in one description (OpenAPI 3.1).",
    );
    let page = page.render(&html! { p { (link(HERE, &Href::at(HERE))) } });
    Ok(page.into_response())
}

/// The document for a desk with these settings.
fn document(settings: &Settings) -> Value {
    let mut names = Map::new();
    let problem = problem_schema().write(&mut names);
    let mut paths: Map<String, Value> = Map::new();
    for route in all().filter(|route| route.kind == Kind::Api) {
        let Some(doc) = of(route.name) else { continue };
        let written = operation(route, doc, &problem, &mut names);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            path.insert(verb(route.verb).to_owned(), written);
        }
    }
    let world = settings.world;
    if world.is_exercise() {
        name_the_world(&paths, &mut names);
    }
    json!({
        "openapi": "3.1.0",
        "x-ward-world": world.as_str(),
        "info": {
            "title": format!("{}Ward desk", world.prefix()),
            "version": "1",
            "description": format!("{}{ABOUT}", if world.is_exercise() { EXERCISE } else { "" }),
        },
        "servers": [{ "url": settings.origin }],
        "paths": paths,
        "components": {
            "schemas": names,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that an administrator made for a program.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": session_name(settings),
                    "description": "A person's session, from the desk's own pages.",
                },
            },
        },
    })
}

/// The schemas of whole documents, with the member that stands first in each of an exercise's.
fn name_the_world(paths: &Map<String, Value>, names: &mut Map<String, Value>) {
    const BEFORE: &str = "#/components/schemas/";
    let operations = paths.values().filter_map(Value::as_object).flat_map(|path| path.values());
    let answers = operations.filter_map(|one| one["responses"].as_object());
    let contents =
        answers.flat_map(|all| all.values()).filter_map(|one| one["content"].as_object());
    let schemas = contents.flat_map(|content| content.values()).map(|media| &media["schema"]);
    let whole = schemas.filter_map(|schema| schema["$ref"].as_str()?.strip_prefix(BEFORE));
    for name in whole {
        if let Some(Value::Object(members)) =
            names.get_mut(name).and_then(|one| one.get_mut("properties"))
        {
            members.insert("world".to_owned(), json!({ "const": "exercise" }));
        }
    }
}

const fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
    }
}

fn problem_schema() -> Schema {
    named(
        "Problem",
        [
            has("title", text(), "What it is."),
            has("status", number(400, 599), "The status of the answer."),
            has("detail", text(), "What to do about it."),
        ],
    )
}

fn operation(route: &Route, doc: &Doc, problem: &Value, names: &mut Map<String, Value>) -> Value {
    let mut written = Map::new();
    let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
    put("operationId", json!(route.name));
    put("summary", json!(route.summary));
    put("description", json!(about(route, doc)));
    put("tags", json!([tag(route.path)]));
    put("security", security(route.access));
    put("responses", responses(route, doc, problem, names));
    let parameters = parameters(route, doc, names);
    if !parameters.is_empty() {
        put("parameters", json!(parameters));
    }
    match doc.body {
        Body::None => {}
        Body::Json(schema, example) => {
            let example: Value = serde_json::from_str(example).unwrap_or_default();
            let schema = schema().write(names);
            put(
                "requestBody",
                json!({
                    "required": true,
                    "content": { "application/json": { "schema": schema, "example": example } },
                }),
            );
        }
        Body::Bytes(types, most, example) => {
            let each =
                |media: &&str| ((*media).to_owned(), json!({ "schema": {} , "example": example }));
            let content: Map<String, Value> = types.iter().map(each).collect();
            put(
                "requestBody",
                json!({
                    "required": true,
                    "description": format!("At most {most} bytes."),
                    "content": content,
                }),
            );
        }
    }
    if doc.whole_state {
        put("x-ward-whole-state", json!(true));
    }
    Value::Object(written)
}

/// The part of the path that says what it is about: `cases`.
fn tag(path: &str) -> &str {
    path.trim_start_matches("/api/v1").split('/').find(|part| !part.is_empty()).unwrap_or("desk")
}

/// What it is about, and who may do it, by the one table.
fn about(route: &Route, doc: &Doc) -> String {
    let mut text = doc.about.to_owned();
    let (Access::Anyone(act) | Access::Person(act)) = route.access else { return text };
    let roles = |wanted: Reach| {
        let fits = |role: &Role| reach(*role, act) == wanted;
        Role::ALL.into_iter().filter(fits).map(Role::label).collect::<Vec<_>>().join(", ")
    };
    for (how, who) in [
        ("For the whole state: ", roles(Reach::Everything)),
        ("For their own jurisdiction: ", roles(Reach::OwnJurisdiction)),
        ("For their own account: ", roles(Reach::OwnAccount)),
    ] {
        if !who.is_empty() {
            paragraph(&mut text, &format!("{how}{who}."));
        }
    }
    if !machines(route.access) {
        paragraph(&mut text, "Not for programs.");
    }
    if act.is_risky() {
        paragraph(&mut text, "Asks for a second factor that was shown within ten minutes (403).");
    }
    if doc.whole_state {
        paragraph(
            &mut text,
            "It is about the state as a whole: a token for one jurisdiction is refused.",
        );
    }
    text
}

fn paragraph(text: &mut String, sentence: &str) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(sentence);
}

/// Whether a program with a token may ever ask.
const fn machines(access: Access) -> bool {
    matches!(access, Access::Anyone(act) if act.open_to_machines())
}

fn security(access: Access) -> Value {
    match access {
        Access::Open | Access::SetUp | Access::Sensor => json!([]),
        Access::Anyone(_) if machines(access) => json!([{ "token": [] }, { "session": [] }]),
        Access::Anyone(_) | Access::Person(_) | Access::Stage(_) => json!([{ "session": [] }]),
    }
}

fn parameters(route: &Route, doc: &Doc, names: &mut Map<String, Value>) -> Vec<Value> {
    let mut all = Vec::new();
    if route.path.contains("{id}") {
        all.push(json!({
            "name": "id",
            "in": "path",
            "required": true,
            "description": "Its identifier.",
            "schema": { "type": "string", "minLength": 1 },
        }));
    }
    for field in (doc.query)() {
        all.push(json!({
            "name": field.name,
            "in": "query",
            "required": field.required,
            "description": field.about,
            "schema": field.schema.write(names),
        }));
    }
    all
}

fn responses(route: &Route, doc: &Doc, problem: &Value, names: &mut Map<String, Value>) -> Value {
    let mut all = Map::new();
    match doc.gives {
        Gives::Json(status, schema) => {
            let schema = schema().write(names);
            all.insert(status.to_string(), json!({
                "description": if status == 201 { "It was made." } else { "What was asked for." },
                "content": { "application/json": { "schema": schema } },
            }));
        }
        Gives::File(types) => {
            let each = |media: &&str| ((*media).to_owned(), json!({}));
            let content: Map<String, Value> = types.iter().map(each).collect();
            let file = json!({ "description": "What was asked for.", "content": content });
            all.insert("200".to_owned(), file);
        }
    }
    for status in refusals(route, doc) {
        all.insert(
            status.to_string(),
            json!({
                "description": why(status),
                "content": { "application/problem+json": { "schema": problem } },
            }),
        );
    }
    Value::Object(all)
}

/// The refusals of a route: those that follow from the table and from what is sent, and its own.
fn refusals(route: &Route, doc: &Doc) -> Vec<u16> {
    let mut all = Vec::new();
    // The counts for Prometheus stand outside: their query is not read.
    if route.path.starts_with("/api/") {
        all.push(400);
    }
    if route.access != Access::Open {
        all.extend([401, 403]);
    }
    if route.path.contains('{') {
        all.push(404);
    }
    if !matches!(doc.body, Body::None) {
        all.extend([413, 415]);
    }
    all.extend(doc.refusals);
    all.sort_unstable();
    all
}

const fn why(status: u16) -> &'static str {
    match status {
        400 => "What was sent cannot be read, or is not as it is described.",
        401 => "Nobody is signed in, or the token is not good.",
        403 => "Whoever asks may not do this, or has to confirm it with a second factor first.",
        404 => "There is no such thing, or not for whoever asks.",
        409 => "The desk cannot do this as it is now.",
        413 => "What was sent is too large.",
        415 => "What was sent is of another kind.",
        422 => "This cannot be done as it was sent: the detail says why, by the names of values.",
        _ => "It was refused.",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ward_kernel::World;

    use super::*;

    fn settings(world: World) -> Settings {
        Settings {
            origin: "https://desk.example".to_owned(),
            hosts: Vec::new(),
            fingerprint: String::new(),
            set_up: None,
            demo: false,
            world,
            ended: None,
            secure: true,
            plan: ward_desk::plan::Plan::shipped(),
            notices: crate::notices::Notices::default(),
            redaction: Default::default(),
            entries_a_minute: 30,
            shown: Vec::new(),
        }
    }

    #[test]
    fn an_exercise_is_described_as_one() {
        let document = document(&settings(World::Exercise));
        assert_eq!(document["info"]["title"], "EXERCISE: Ward desk");
        assert_eq!(document["x-ward-world"], "exercise");
        let schemas = document["components"]["schemas"].as_object().unwrap();
        assert_eq!(schemas["Problem"]["properties"]["world"]["const"], "exercise");
        assert_eq!(schemas["Office"]["properties"]["world"]["const"], "exercise");
        let name = &document["components"]["securitySchemes"]["session"]["name"];
        assert_eq!(name, "__Host-ward-exercise-session");
    }

    /// Every `$ref` in a value.
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_description_is_whole() {
        let document = document(&settings(World::Real));
        let paths = document["paths"].as_object().unwrap();
        let operations: Vec<&Value> =
            paths.values().flat_map(|path| path.as_object().unwrap().values()).collect();
        assert_eq!(operations.len(), all().filter(|route| route.kind == Kind::Api).count());
        let ids: BTreeSet<_> =
            operations.iter().map(|one| one["operationId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), operations.len());
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let known = schemas.keys().map(|name| format!("#/components/schemas/{name}")).collect();
        assert_eq!(found, known, "every schema is named and used");
    }

    #[test]
    fn only_what_is_open_to_machines_takes_a_token() {
        let document = document(&settings(World::Real));
        for route in all().filter(|route| route.kind == Kind::Api) {
            let written = &document["paths"][route.path][verb(route.verb)];
            let token = written["security"].to_string().contains("token");
            let may = matches!(route.access, Access::Anyone(act) if act.open_to_machines());
            assert_eq!(token, may, "{}", route.name);
            assert_eq!(written["security"] == json!([]), route.access == Access::Open);
        }
    }

    #[test]
    fn a_name_stands_for_one_schema() {
        // The same name written twice with other contents would hide the second.
        let mut seen: std::collections::BTreeMap<&str, String> = std::collections::BTreeMap::new();
        fn visit(schema: &Schema, seen: &mut std::collections::BTreeMap<&'static str, String>) {
            match schema {
                Schema::Named(name, of) => {
                    let text = format!("{of:?}");
                    let before = seen.entry(name).or_insert_with(|| text.clone());
                    assert_eq!(*before, text, "two schemas are called {name}");
                    visit(of, seen);
                }
                Schema::Object(fields) => fields.iter().for_each(|one| visit(&one.schema, seen)),
                Schema::List(of, _) | Schema::Maybe(of) => visit(of, seen),
                _ => {}
            }
        }
        for doc in super::super::doc::ALL.iter().flat_map(|docs| docs.iter()) {
            if let Gives::Json(_, schema) = doc.gives {
                visit(&schema(), &mut seen);
            }
            if let Body::Json(schema, _) = doc.body {
                visit(&schema(), &mut seen);
            }
        }
        assert!(seen.len() > 20);
    }
}
