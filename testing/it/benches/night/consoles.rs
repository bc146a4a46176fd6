//! Consoles that are open: each holds the doorbell's line and asks for its page again when that
//! rings, as the page's script does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::time::sleep;
use ward_it::bell::{Bell, rest};
use ward_it::browser::Browser;
use ward_it::figures::Figures;

use crate::marks::Marks;
use crate::seats::Page;

/// How often somebody for whom no bell rings loads their page anew.
const ANEW: Duration = Duration::from_secs(5);

/// An open console.
pub(crate) struct Console {
    pub(crate) number: usize,
    pub(crate) browser: Browser,
    pub(crate) page: Page,
    /// The page's address for this reader.
    pub(crate) path: String,
}

/// How it went.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// How long the page took when it was asked for again, in milliseconds.
    pub(crate) took: Figures,
    /// Answers that said nothing has changed.
    pub(crate) same: u64,
    pub(crate) wrong: Vec<String>,
}

impl Console {
    /// Runs until the night is over.
    pub(crate) async fn watch(self, marks: Arc<Marks>, over: watch::Receiver<bool>) -> Looked {
        let (ring, rung) = mpsc::channel(1);
        let bell = Bell::hang(self.browser.window(), self.page.regions, ring);
        let mut looked = self.look(rung, &marks, over).await;
        looked.wrong.extend(bell.take_down());
        looked
    }

    async fn look(
        mut self,
        mut rung: mpsc::Receiver<()>,
        marks: &Marks,
        mut over: watch::Receiver<bool>,
    ) -> Looked {
        let (mut looked, mut tag) = (Looked::default(), String::new());
        while !*over.borrow() {
            let asked = Instant::now();
            match self.browser.news(&self.path, &tag).await {
                Ok(answer) if answer.status == 200 => {
                    marks.shown(self.number, &answer.body, Instant::now());
                    let new = answer.headers.get("etag").and_then(|tag| tag.to_str().ok());
                    tag = new.unwrap_or_default().to_owned();
                }
                Ok(answer) if answer.status == 304 => looked.same += 1,
                Ok(answer) => looked.wrong.push(format!("{}: {}", self.path, answer.status)),
                Err(why) => looked.wrong.push(format!("{}: {why}", self.path)),
            }
            let took = asked.elapsed();
            looked.took.add(took.as_secs_f64() * 1_000.0);
            // What rang while it asked waits until it has rested; what rings later is answered at
            // once.
            if !rung.is_empty() {
                sleep(rest(took)).await;
            }
            tokio::select! {
                rings = rung.recv() => if rings.is_none() { return looked },
                _ = over.changed() => {}
                () = sleep(ANEW), if self.page.regions.is_empty() => {}
            }
        }
        looked
    }
}
