//! What is sent to a route: what its description shows, and every field that any page reads, with
//! somebody else's identifiers in them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;
use ward_web::route::{Kind, Route, Verb};

use crate::client::Body;

/// The names of all fields that a page reads, taken from the program's own text: a field that is
/// added tomorrow is sent as well.
static FIELDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut found = BTreeSet::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 30 && found.contains("person"), "{found:?}");
    found
});

fn read(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for asks in [".text(\"", ".given(\"", ".chosen(\"", ".all(\"", ".every(\""] {
                let names = text.split(asks).skip(1).filter_map(|rest| rest.split('"').next());
                found.extend(names.filter(|name| name.len() < 40).map(str::to_owned));
            }
        }
    }
}

/// What is sent to a route about something.
pub(crate) fn bodies(route: &Route, description: &Value, id: &str) -> Vec<Body> {
    if route.verb == Verb::Get {
        return vec![Body::default()];
    }
    match route.kind {
        Kind::Page => vec![form(id), upload(id)],
        Kind::Api => documents(route, description, id),
        Kind::Machine => vec![Body { kind: "application/json", bytes: b"{}".to_vec() }],
    }
}

fn form(id: &str) -> Body {
    let mut text = String::new();
    for name in &*FIELDS {
        let value = match name.as_str() {
            "jurisdiction" | "place" => "adair-county",
            "role" => "administrator",
            "email" => "somebody@office.example",
            _ => id,
        };
        write!(text, "{name}={value}&").unwrap();
    }
    text.pop();
    Body { kind: "application/x-www-form-urlencoded", bytes: text.into_bytes() }
}

fn upload(id: &str) -> Body {
    let bytes = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"jurisdiction\"\r\n\r\nadair-county\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{id}\"\r\n\r\n{id}\r\n\
         --cut--\r\n"
    );
    Body { kind: "multipart/form-data; boundary=cut", bytes: bytes.into_bytes() }
}

fn documents(route: &Route, description: &Value, id: &str) -> Vec<Body> {
    let content = &description["paths"][route.path]["post"]["requestBody"]["content"];
    let Some((kind, media)) = content.as_object().and_then(|all| all.iter().next()) else {
        return vec![Body::default()];
    };
    if kind != "application/json" {
        let text = media["example"].as_str().unwrap_or(id);
        return vec![Body { kind: "text/plain", bytes: text.as_bytes().to_vec() }];
    }
    let mut changed = media["example"].clone();
    everywhere(&mut changed, id);
    [&media["example"], &changed]
        .map(|value| Body { kind: "application/json", bytes: value.to_string().into_bytes() })
        .to_vec()
}

/// Puts an id in the place of every text that could be one.
fn everywhere(value: &mut Value, id: &str) {
    match value {
        Value::String(text) if !text.contains(' ') => *text = id.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| everywhere(item, id)),
        Value::Object(members) => members.values_mut().for_each(|item| everywhere(item, id)),
        _ => {}
    }
}
