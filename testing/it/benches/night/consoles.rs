//! Consoles that are open: each holds the doorbell's line and asks for its page again when that
//! rings, as the page's script does.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, watch};
use tokio::time::sleep;
use ward_it::bell::{listen, rest};
use ward_it::browser::Browser;
use ward_it::figures::Figures;

use crate::marks::{Kind, Marks};

/// A page that a console shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) path: &'static str,
    /// The regions whose news it asks for.
    regions: &'static [&'static str],
    pub(crate) kinds: &'static [Kind],
}

/// The pages of the state's consoles.
pub(crate) const STATE: [Page; 8] = [
    Page { path: "/incidents", regions: &["room"], kinds: &[Kind::Incident] },
    Page { path: "/cases?rung=attempt&limit=200", regions: &["cases"], kinds: &[Kind::Attack] },
    Page { path: "/incidents/events", regions: &["room"], kinds: &[Kind::Event] },
    Page { path: "/room", regions: &["room"], kinds: &[Kind::Check] },
    Page { path: "/sensors", regions: &["sensors"], kinds: &[Kind::Silence] },
    Page { path: "/rumors", regions: &["room"], kinds: &[Kind::Rumor] },
    Page { path: "/situation", regions: &["cases", "room", "sensors"], kinds: &[] },
    Page { path: "/", regions: &["cases", "room", "sensors"], kinds: &[] },
];

/// The pages of a local authority's consoles.
pub(crate) const LOCAL: [Page; 3] = [
    Page {
        path: "/",
        regions: &["cases", "room", "sensors"],
        kinds: &[Kind::Incident, Kind::Attack, Kind::Check],
    },
    Page { path: "/incidents", regions: &["room"], kinds: &[Kind::Incident] },
    Page { path: "/rumors", regions: &["room"], kinds: &[Kind::Rumor] },
];

/// What whoever sees nothing of the room sees.
pub(crate) const PARTNER: Page = Page { path: "/", regions: &["cases"], kinds: &[] };

/// An open console.
pub(crate) struct Console {
    pub(crate) number: usize,
    pub(crate) browser: Browser,
    pub(crate) page: Page,
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
        let bell = tokio::spawn(listen(self.browser.window(), self.page.regions, ring));
        let looked = self.look(rung, &marks, over).await;
        bell.abort();
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
            match self.browser.news(self.page.path, &tag).await {
                Ok(answer) if answer.status == 200 => {
                    marks.shown(self.number, &answer.body, Instant::now());
                    let new = answer.headers.get("etag").and_then(|tag| tag.to_str().ok());
                    tag = new.unwrap_or_default().to_owned();
                }
                Ok(answer) if answer.status == 304 => looked.same += 1,
                Ok(answer) => looked.wrong.push(format!("{}: {}", self.page.path, answer.status)),
                Err(why) => looked.wrong.push(format!("{}: {why}", self.page.path)),
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
            }
        }
        looked
    }
}
