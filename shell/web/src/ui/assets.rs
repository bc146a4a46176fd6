//! The stylesheet, the scripts and the sign in the tab: in the binary, each under an address that
//! holds the hash of its content, so that a browser may keep it for ever.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use ward_kernel::World;

/// Marks a page that lets a worker keep its form for when the network is away ([`worker`]).
#[derive(Clone, Copy, Debug)]
pub struct Worker;

/// Marks an answer that a browser may keep for ever; every other answer is `no-store`.
#[derive(Clone, Copy, Debug)]
pub struct Immutable;

/// The routes of the assets: `/assets/{name}`, and the worker. Open to everybody, for the sign-in
/// needs them.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(answer)).route(WORKER, get(worker))
}

/// The address of the stylesheet.
#[must_use]
pub fn stylesheet() -> &'static str {
    &ASSETS[0].path
}

/// The address of the script.
#[must_use]
pub fn script() -> &'static str {
    &ASSETS[1].path
}

/// The address of the sign in the tab: another one in an exercise.
#[must_use]
pub fn favicon(world: World) -> &'static str {
    match world {
        World::Real => &ASSETS[2].path,
        World::Exercise => &EXERCISE_SIGN.path,
    }
}

/// The address of the script that asks a browser for a passkey: on pages that need one.
#[must_use]
pub fn passkey_script() -> &'static str {
    &ASSETS[3].path
}

/// The address of the script that keeps words on the reader's device while the network is away.
#[must_use]
pub fn device_script() -> &'static str {
    &ASSETS[4].path
}

/// The address of the script that moves the slider of a night.
#[must_use]
pub fn replay_script() -> &'static str {
    &ASSETS[5].path
}

/// The address of the script of a wall: its clock, and that all of it is in sight.
#[must_use]
pub fn wall_script() -> &'static str {
    &ASSETS[6].path
}

/// The address of the worker that keeps an empty form: one for good, for the browser asks there
/// whether it has changed.
const WORKER: &str = "/device-worker.js";

struct Asset {
    /// `/assets/ward.0123456789abcdef.css`
    path: String,
    kind: &'static str,
    plain: &'static [u8],
    gzip: Vec<u8>,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

static ASSETS: LazyLock<[Asset; 7]> = LazyLock::new(|| {
    [
        asset("ward", "css", CSS, include_bytes!("../../assets/ward.css")),
        asset("ward", "js", JS, include_bytes!("../../assets/ward.js")),
        asset("favicon", "svg", "image/svg+xml", include_bytes!("../../assets/favicon.svg")),
        asset("passkey", "js", JS, include_bytes!("../../assets/passkey.js")),
        asset("device", "js", JS, include_bytes!("../../assets/device.js")),
        asset("replay", "js", JS, include_bytes!("../../assets/replay.js")),
        asset("wall", "js", JS, include_bytes!("../../assets/wall.js")),
    ]
});

static EXERCISE_SIGN: LazyLock<Asset> = LazyLock::new(|| {
    let sign = include_bytes!("../../assets/favicon-exercise.svg");
    asset("favicon-exercise", "svg", "image/svg+xml", sign)
});

fn asset(name: &str, ending: &str, kind: &'static str, plain: &'static [u8]) -> Asset {
    let hash = Sha256::digest(plain);
    let hash = data_encoding::HEXLOWER.encode(hash.get(..8).unwrap_or_default());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail; were it to, the plain bytes would be served.
    let gzip = gzip.write_all(plain).and_then(|()| gzip.finish()).unwrap_or_default();
    Asset { path: format!("/assets/{name}.{hash}.{ending}"), kind, plain, gzip }
}

/// Gives the worker. It is never kept: a browser compares it with the one that it has.
async fn worker() -> Response {
    let kind = HeaderValue::from_static(JS);
    ([(header::CONTENT_TYPE, kind)], include_str!("../../assets/device-worker.js")).into_response()
}

/// Answers for an exact name, and for nothing else: there is no file system behind it.
async fn answer(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let mut all = ASSETS.iter().chain([&*EXERCISE_SIGN]);
    let found = all.find(|asset| asset.path.strip_prefix("/assets/") == Some(&name));
    let Some(asset) = found else { return StatusCode::NOT_FOUND.into_response() };
    let small = !asset.gzip.is_empty() && takes_gzip(&headers);
    let body: &'static [u8] = if small { &asset.gzip } else { asset.plain };
    let mut response = body.into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if small {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response.extensions_mut().insert(Immutable);
    response
}

/// Whether the client lists gzip without weighing it to nothing (RFC 9110, 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    accepted.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).any(|item| {
        let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
        let zero =
            weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        coding.trim().eq_ignore_ascii_case("gzip") && !zero
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_the_hash() {
        let all = [
            (stylesheet(), ".css"),
            (script(), ".js"),
            (favicon(World::Real), ".svg"),
            (favicon(World::Exercise), ".svg"),
            (passkey_script(), ".js"),
            (device_script(), ".js"),
            (replay_script(), ".js"),
            (wall_script(), ".js"),
        ];
        for (path, ending) in all {
            assert!(path.starts_with("/assets/") && path.ends_with(ending), "{path}");
            assert_eq!(path.split('.').nth(1).unwrap().len(), 16, "{path}");
        }
    }

    #[test]
    fn reads_what_the_client_takes() {
        for (value, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.8", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000", false),
            ("gzip;q=0.001", true),
            ("br", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            assert_eq!(takes_gzip(&headers), takes, "{value}");
        }
    }

    #[test]
    fn the_scripts_stay_small_and_harmless() {
        let (script, passkey) =
            (include_str!("../../assets/ward.js"), include_str!("../../assets/passkey.js"));
        let device = include_str!("../../assets/device.js");
        let worker = include_str!("../../assets/device-worker.js");
        let replay = include_str!("../../assets/replay.js");
        let wall = include_str!("../../assets/wall.js");
        for (script, most) in [(script, 180), (device, 400), (worker, 60), (replay, 80), (wall, 40)]
        {
            assert!(script.lines().count() <= most, "{} lines", script.lines().count());
        }
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
            "document.write",
            "http:",
            "https:",
            "setTimeout(\"",
        ] {
            for script in [script, passkey, device, worker, replay, wall] {
                assert!(!script.contains(forbidden), "{forbidden}");
            }
        }
        // One script keeps something on the device, and one rule lets one worker be named.
        for keeps in ["localStorage", "sessionStorage", "caches", "createPolicy"] {
            for script in [script, passkey, replay, wall] {
                assert!(!script.contains(keeps), "{keeps}");
            }
        }
        assert_eq!(device.matches("createPolicy").count(), 1);
        assert!(device.contains(&format!("\"{WORKER}\"")));
    }

    #[test]
    fn the_stylesheet_loads_nothing() {
        let css = include_str!("../../assets/ward.css");
        for forbidden in ["@import", "url(", "http:", "https:", "expression("] {
            assert!(!css.contains(forbidden), "{forbidden}");
        }
        assert!(css.contains("@layer tokens, base, components, pages"));
    }
}
