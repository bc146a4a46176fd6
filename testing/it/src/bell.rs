//! The doorbell, as a page's script hears it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::BodyExt as _;
use hyper::Method;
use hyper::body::Incoming;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;
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
/// How long the page's script waits when the desk had no line to give (`source.onerror` in ward.js).
const REFUSED: Duration = Duration::from_secs(30);
/// How long a line lasts at least: the desk ends it after 90 to 120 seconds. Each new one rings, so
/// that with lines that end at once a console shows everything and yet hears nothing.
const LASTS: Duration = Duration::from_secs(90);

/// A doorbell that a console listens to.
pub struct Bell {
    listening: JoinHandle<()>,
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Bell {
    /// Holds the doorbell's line until nobody waits for its rings. It rings for the regions; one ring
    /// waits at most: those that come together are answered together.
    #[must_use]
    pub fn hang(browser: Browser, regions: &'static [&'static str], ring: Sender<()>) -> Self {
        let wrong = Arc::new(Mutex::default());
        let noted = Arc::clone(&wrong);
        let listening = tokio::spawn(async move { listen(browser, regions, ring, &noted).await });
        Self { listening, wrong }
    }

    /// Takes it down; what was wrong with its lines.
    #[must_use]
    pub fn take_down(self) -> Vec<String> {
        self.listening.abort();
        std::mem::take(&mut *self.wrong.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Takes a line, and another when it ends, as soon as the desk lets it.
async fn listen(
    mut browser: Browser,
    regions: &[&str],
    ring: Sender<()>,
    wrong: &Mutex<Vec<String>>,
) {
    let mut pause = PAUSE;
    while !ring.is_closed() {
        let begun = Instant::now();
        let answered = match browser.send(Method::GET, "/live", None).await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                if status == 200 {
                    hear(answer.into_body(), regions, &ring, &mut pause).await;
                }
                Ok(status)
            }
            Err(why) => Err(why),
        };
        if ring.is_closed() {
            return;
        }
        let (why, wait) = after(answered, begun.elapsed(), pause);
        wrong.lock().unwrap_or_else(PoisonError::into_inner).extend(why);
        sleep(wait).await;
    }
}

/// Hears a line to its end.
async fn hear(mut body: Incoming, regions: &[&str], ring: &Sender<()>, pause: &mut Duration) {
    // What rang while there was no line was not heard.
    let _ = ring.try_send(());
    while let Some(Ok(frame)) = body.frame().await {
        let Some(data) = frame.data_ref().map(|data| String::from_utf8_lossy(data)) else {
            continue;
        };
        *pause = data.lines().find_map(retry).unwrap_or(*pause);
        if regions.iter().any(|name| data.contains(name)) {
            let _ = ring.try_send(());
        }
        if ring.is_closed() {
            return;
        }
    }
}

/// What was wrong with a line, and how long nobody opens another: as the browser does after one that
/// ended or broke, as the script does after one that was refused.
fn after(
    answered: Result<u16, String>,
    lasted: Duration,
    pause: Duration,
) -> (Option<String>, Duration) {
    match answered {
        Ok(200) if lasted >= LASTS => (None, pause),
        Ok(200) => (Some(format!("/live: it ended after {} ms", lasted.as_millis())), pause),
        Ok(status) => (Some(format!("/live: {status}")), REFUSED),
        Err(why) => (Some(format!("/live: {why}")), pause),
    }
}

/// How long a line of the stream says to wait before another is opened.
fn retry(line: &str) -> Option<Duration> {
    line.strip_prefix("retry:")?.trim().parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_none_is_told_and_not_asked_for_at_once() {
        let (soon, whole) = (Duration::from_millis(100), Duration::from_secs(90));
        for (answered, lasted, told, wait) in [
            (Ok(200), whole, None, soon),
            (Ok(200), Duration::from_millis(40), Some("/live: it ended after 40 ms"), soon),
            (Ok(429), soon, Some("/live: 429"), REFUSED),
            (Ok(404), soon, Some("/live: 404"), REFUSED),
            // Signed out.
            (Ok(303), whole, Some("/live: 303"), REFUSED),
            (Err("no answer".to_owned()), soon, Some("/live: no answer"), soon),
        ] {
            let (why, waits) = after(answered, lasted, soon);
            assert_eq!((why.as_deref(), waits), (told, wait));
        }
    }
}
