//! The doorbell, as a page's script hears it.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::Method;
use tokio::sync::mpsc::Sender;
use tokio::time::sleep;

use crate::browser::Browser;

/// How long the page's script rests after an answer when the bell has rung meanwhile, at least and at
/// most; how many times as long as the answer took (`ask` in ward.js).
const REST: Duration = Duration::from_millis(250);
const MOST: Duration = Duration::from_millis(500);
const TIMES: u32 = 10;

/// How long the page's script rests after an answer that took so long.
#[must_use]
pub fn rest(took: Duration) -> Duration {
    (took * TIMES).clamp(REST, MOST)
}

/// Holds the doorbell's line until nobody listens, and takes another when it ends, after a pause.
/// It rings for the regions; one ring waits at most: those that come together are answered together.
pub async fn listen(
    mut browser: Browser,
    regions: &[&str],
    ring: Sender<()>,
    mut pause: impl FnMut() -> Duration,
) {
    while !ring.is_closed() {
        if let Ok(answer) = browser.send(Method::GET, "/live", None).await {
            // What rang while there was no line was not heard.
            let _ = ring.try_send(());
            let mut body = answer.into_body();
            while let Some(Ok(frame)) = body.frame().await {
                let data = frame.data_ref().map(|data| String::from_utf8_lossy(data).into_owned());
                if data.is_some_and(|data| regions.iter().any(|name| data.contains(name))) {
                    let _ = ring.try_send(());
                }
                if ring.is_closed() {
                    return;
                }
            }
        }
        sleep(pause()).await;
    }
}
