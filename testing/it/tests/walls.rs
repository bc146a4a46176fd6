//! The walls of the house: which crate may lean on which. The table is DESIGN's, as ARCHITECTURE.md
//! gives it; an arrow that is not in it fails here.

#![expect(clippy::expect_used, reason = "a test that cannot go on says so and ends")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Each crate of the workspace and the crates of the workspace that it may use.
const ARROWS: [(&str, &[&str]); 19] = [
    ("ward-kernel", &[]),
    ("ward-records", &["ward-kernel"]),
    ("ward-packets", &["ward-kernel", "ward-records"]),
    ("ward-payload", &["ward-kernel"]),
    ("ward-watch", &["ward-kernel", "ward-records", "ward-payload"]),
    ("ward-access", &["ward-kernel"]),
    ("ward-sensor", &["ward-kernel"]),
    ("ward-desk", &["ward-kernel"]),
    (
        "ward-live",
        &[
            "ward-kernel",
            "ward-records",
            "ward-packets",
            "ward-payload",
            "ward-watch",
            "ward-sensor",
        ],
    ),
    ("ward-wire", &["ward-kernel", "ward-records", "ward-packets", "ward-watch"]),
    ("ward-store", &["ward-kernel", "ward-access", "ward-sensor", "ward-live"]),
    ("ward-history", &["ward-kernel"]),
    ("ward-sense", &["ward-kernel", "ward-records", "ward-packets", "ward-payload", "ward-sensor"]),
    ("ward-oidc", &["ward-kernel"]),
    (
        "ward-web",
        &[
            "ward-kernel",
            "ward-access",
            "ward-sensor",
            "ward-desk",
            "ward-live",
            "ward-store",
            "ward-history",
        ],
    ),
    (
        "ward",
        &[
            "ward-kernel",
            "ward-records",
            "ward-packets",
            "ward-payload",
            "ward-watch",
            "ward-access",
            "ward-sensor",
            "ward-desk",
            "ward-live",
            "ward-wire",
            "ward-store",
            "ward-history",
            "ward-sense",
            "ward-oidc",
            "ward-web",
        ],
    ),
    ("ward-lab", &["ward-kernel"]),
    ("ward-testkit", &[]),
    ("ward-it", &["ward", "ward-access", "ward-kernel"]),
];

/// Outside crates that no core crate may use: runtimes, databases, web, processes.
const BANNED_IN_CORE: [&str; 12] = [
    "tokio",
    "async-std",
    "smol",
    "sqlx",
    "rusqlite",
    "axum",
    "hyper",
    "reqwest",
    "maud",
    "clap",
    "tempfile",
    "rand",
];

fn metadata() -> Value {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("cargo metadata is JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn no_arrow_outside_the_table() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    assert_eq!(packages.len(), ARROWS.len(), "every crate stands in the table");
    for package in packages {
        let name = text(&package["name"]);
        let may = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the table"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let on = text(&dependency["name"]);
            // Development dependencies of tests may point anywhere but into a circle.
            if allowed.contains_key(on) && dependency["kind"] != "dev" {
                assert!(may.contains(&on), "{name} -> {on} is not an arrow of the house");
            }
        }
    }
}

#[test]
fn core_crates_touch_nothing() {
    for package in metadata()["packages"].as_array().expect("packages") {
        if !text(&package["manifest_path"]).contains("/core/") {
            continue;
        }
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let on = text(&dependency["name"]);
            let banned = BANNED_IN_CORE.contains(&on) && dependency["kind"] != "dev";
            assert!(!banned, "{} must not use {on}", text(&package["name"]));
        }
    }
}
