//! The console that is measured: it listens to the doorbell, asks for the list of cases again when
//! that rings, as the page's script does, and opens each case that it did not know.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::planted::Planted;
use ward_it::bell::{Bell, rest};
use ward_it::browser::Browser;
use ward_it::figures::Figures;

/// Runs the console until the sender of `over` is gone; how long the list took, in milliseconds, and
/// what was wrong with the doorbell.
pub(crate) async fn watch(
    browser: &Browser,
    planted: Arc<Planted>,
    over: watch::Receiver<bool>,
) -> (Figures, Vec<String>) {
    let (ring, rung) = mpsc::channel(1);
    let bell = Bell::hang(browser.window(), &["cases"], ring);
    let (found, cases) = mpsc::unbounded_channel();
    let opening = tokio::spawn(open(browser.window(), cases, planted));
    let figures = look(browser.window(), rung, found, over).await;
    let wrong = bell.take_down();
    let _ = timeout(Duration::from_secs(30), opening).await;
    (figures, wrong)
}

/// Asks for the list when the bell rings; hands on cases that were not known.
async fn look(
    mut browser: Browser,
    mut rung: mpsc::Receiver<()>,
    found: mpsc::UnboundedSender<(String, Instant)>,
    mut over: watch::Receiver<bool>,
) -> Figures {
    let (mut known, mut figures) = (BTreeSet::new(), Figures::default());
    loop {
        tokio::select! {
            rings = rung.recv() => if rings.is_none() { return figures },
            _ = over.changed() => return figures,
        }
        loop {
            let asked = Instant::now();
            let Ok(page) = browser.get("/cases").await else { break };
            let shown = Instant::now();
            figures.add(asked.elapsed().as_secs_f64() * 1_000.0);
            for id in cases_on(&page.body) {
                if known.insert(id.to_owned()) {
                    let _ = found.send((id.to_owned(), shown));
                }
            }
            if rung.try_recv().is_err() {
                break;
            }
            sleep(rest(shown - asked)).await;
        }
    }
}

/// The cases that a list names.
pub(crate) fn cases_on(page: &str) -> impl Iterator<Item = &str> {
    let links = page.split("href=\"/cases/").skip(1);
    links.filter_map(|rest| rest.split_once('"').map(|(id, _)| id)).filter(|id| !id.contains('?'))
}

/// Opens cases, to learn whose they are.
async fn open(
    mut browser: Browser,
    mut cases: mpsc::UnboundedReceiver<(String, Instant)>,
    planted: Arc<Planted>,
) {
    while let Some((id, shown)) = cases.recv().await {
        let path = format!("/api/v1/cases/{id}");
        let Ok(case) = browser.value(&path).await else { continue };
        let sources = case["sources"].as_array().into_iter().flatten();
        for source in sources.filter_map(serde_json::Value::as_str) {
            planted.shown(source, shown);
        }
    }
}
