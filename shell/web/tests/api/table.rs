//! There is no way in but by the table.

use std::collections::BTreeSet;
use std::path::Path;

use ward_web::route::{Access, Kind, Verb, all};

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            // Tests may make routers of their own.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            found.push((name.display().to_string(), text));
        }
    }
}

/// A router is made from the table, and from the list of assets that anybody may have; nowhere
/// else in the program.
#[test]
fn routes_are_made_from_the_table_alone() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 50);
    for what in [
        "Router::new()",
        ".route(",
        ".route_service(",
        ".nest(",
        ".fallback(",
        ".fallback_service(",
    ] {
        for (name, _) in found.iter().filter(|(_, text)| text.contains(what)) {
            let allowed = ["src/route.rs", "src/ui/assets.rs"];
            assert!(allowed.contains(&name.as_str()), "{name} has {what}");
        }
    }
}

#[test]
fn names_and_ways_are_there_once() {
    let (mut names, mut ways) = (BTreeSet::new(), BTreeSet::new());
    for route in all() {
        assert!(names.insert(route.name), "{} is there twice", route.name);
        let verb = if route.verb == Verb::Get { "GET" } else { "POST" };
        assert!(ways.insert((verb, route.path)), "{verb} {} is there twice", route.path);
        assert!(!route.summary.is_empty() && !route.summary.ends_with('.'), "{}", route.name);
    }
    assert!(names.len() > 100, "{}", names.len());
}

/// What changes something names an act that changes something, and the other way round, except
/// where looking takes a body.
#[test]
fn what_is_asked_by_post_changes_something() {
    let looks = ["look.up", "hunt.list", "sensors.read", "api.hunt", "api.sensors.read"];
    for route in all() {
        let (Access::Person(act) | Access::Anyone(act)) = route.access else { continue };
        let own = [
            "api.account.sessions.end",
            "api.account.sessions.end-others",
            "api.account.notices.test",
        ];
        if route.verb == Verb::Post && !looks.contains(&route.name) && !own.contains(&route.name) {
            assert!(act.changes(), "{} by {act}", route.name);
        }
    }
}

/// The interface is in its own place, and nothing else is.
#[test]
fn the_interface_is_in_its_place() {
    for route in all() {
        let in_place = route.path.starts_with("/api/v1/");
        let outside = route.name == "probe.metrics";
        assert_eq!(in_place, route.kind == Kind::Api && !outside, "{}", route.name);
        assert_eq!(in_place, route.name.starts_with("api."), "{}", route.name);
    }
}
