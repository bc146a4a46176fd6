//! The stylesheet, the script, the sign: and nothing else that a path could name.

use ward_kernel::World;
use ward_web::ui;

use crate::support::{Running, field, status};

#[tokio::test]
async fn what_pages_name_is_there() {
    let server = Running::plain().await;
    for path in [ui::assets::stylesheet(), ui::assets::script(), ui::assets::favicon(World::Real)] {
        assert!(ui::gallery().as_str().contains(path));
    }
    for (path, kind) in [
        (ui::assets::stylesheet(), "text/css; charset=utf-8"),
        (ui::assets::script(), "text/javascript; charset=utf-8"),
        (ui::assets::favicon(World::Real), "image/svg+xml"),
        (ui::assets::passkey_script(), "text/javascript; charset=utf-8"),
        (ui::assets::device_script(), "text/javascript; charset=utf-8"),
    ] {
        let plain = server.get(path, "").await;
        assert_eq!((status(&plain), field(&plain, "content-type")), (200, Some(kind)));
        assert_eq!(field(&plain, "content-encoding"), None);
        let small = server.get(path, "Accept-Encoding: gzip\r\n").await;
        assert_eq!(field(&small, "content-encoding"), Some("gzip"));
        assert_eq!(field(&small, "vary"), Some("accept-encoding"));
    }
}

#[tokio::test]
async fn the_worker_is_asked_for_again_each_time() {
    let server = Running::plain().await;
    let worker = server.get("/device-worker.js", "").await;
    assert_eq!(status(&worker), 200);
    assert_eq!(field(&worker, "content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(field(&worker, "cache-control"), Some("no-store"));
    assert_eq!(field(&worker, "service-worker-allowed"), None, "no wider than its own folder");
}

#[tokio::test]
async fn no_path_leads_to_a_file() {
    let server = Running::plain().await;
    let old = ui::assets::stylesheet().replace(".css", "0.css");
    for path in [
        "/assets/",
        "/assets/ward.css",
        old.as_str(),
        "/assets/../Cargo.toml",
        "/assets/..%2fCargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/assets/..%5c..%5cetc%5cpasswd",
        "/assets/%00",
        "/assets/%ff",
        "/assets//etc/passwd",
        "//etc/passwd",
        "/../../etc/passwd",
    ] {
        let answer = server.get(path, "").await;
        assert!(matches!(status(&answer), 400 | 404), "{path}: {answer}");
        assert!(!answer.contains("root:") && !answer.contains("[package]"), "{path}");
    }
}
