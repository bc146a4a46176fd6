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

/// How long a browser waits before it takes another line, unless the desk says it.
const PAUSE: Duration = Duration::from_secs(3);

/// Holds the doorbell's line until nobody listens, and takes another when it ends, as soon as the desk
/// lets it. It rings for the regions; one ring waits at most: those that come together are answered
/// together.
pub async fn listen(mut browser: Browser, regions: &[&str], ring: Sender<()>) {
    let mut pause = PAUSE;
    while !ring.is_closed() {
        if let Ok(answer) = browser.send(Method::GET, "/live", None).await {
            // What rang while there was no line was not heard.
            let _ = ring.try_send(());
            let mut body = answer.into_body();
            while let Some(Ok(frame)) = body.frame().await {
                let Some(data) = frame.data_ref().map(|data| String::from_utf8_lossy(data)) else {
                    continue;
                };
                pause = data.lines().find_map(retry).unwrap_or(pause);
                if regions.iter().any(|name| data.contains(name)) {
                    let _ = ring.try_send(());
                }
                if ring.is_closed() {
                    return;
                }
            }
        }
        sleep(pause).await;
    }
}

/// How long a line of the stream says to wait before another is opened.
fn retry(line: &str) -> Option<Duration> {
    line.strip_prefix("retry:")?.trim().parse().ok().map(Duration::from_millis)
}
