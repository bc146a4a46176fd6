//! What has news, and whose it is: so that a console asks again for what its reader can see, and
//! four hundred of them rest while one county's clerk writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;
use ward_access::Act;

/// A part of the pages that can have news.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Region {
    /// Cases.
    Cases,
    /// The situation room.
    Room,
    /// Sensors.
    Sensors,
}

impl Region {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cases, Self::Room, Self::Sensors];

    /// What somebody must be allowed to hear of its news.
    #[must_use]
    pub const fn act(self) -> Act {
        match self {
            Self::Cases => Act::SeeCases,
            Self::Room => Act::SeeIncidents,
            Self::Sensors => Act::SeeSensors,
        }
    }

    /// Its name in `data-region` and in the stream of events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Room => "room",
            Self::Sensors => "sensors",
        }
    }
}

/// Whose news it is. Whoever sees the whole state hears all of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Whose {
    /// Everybody's who may see the region.
    Everybody,
    /// The state's alone.
    State,
    /// That of these jurisdictions, by their ids.
    Places(Arc<[Arc<str>]>),
}

impl From<&str> for Whose {
    fn from(place: &str) -> Self {
        Self::from_iter([place])
    }
}

impl<'a> FromIterator<&'a str> for Whose {
    fn from_iter<I: IntoIterator<Item = &'a str>>(places: I) -> Self {
        // Each once: how often it rang for a place is counted.
        let places: BTreeSet<&str> = places.into_iter().collect();
        Self::Places(places.into_iter().map(Arc::from).collect())
    }
}

/// That a part of the pages has news.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct News {
    /// Which part.
    pub region: Region,
    /// Whose.
    pub whose: Whose,
}

impl From<Region> for News {
    fn from(region: Region) -> Self {
        Self { region, whose: Whose::Everybody }
    }
}

impl<W: Into<Whose>> From<(Region, W)> for News {
    fn from((region, whose): (Region, W)) -> Self {
        Self { region, whose: whose.into() }
    }
}

/// What the line of a page says: how often the bell had rung when it was made ([`Bell::rung`]).
pub(crate) const RUNG: &str = "rung";

/// The bell: cheap to clone.
#[derive(Clone, Debug)]
pub struct Bell {
    rings: broadcast::Sender<News>,
    rung: Arc<Mutex<Rung>>,
}

/// How often it rang, by whose news it was.
#[derive(Debug, Default)]
struct Rung {
    all: u64,
    everybody: u64,
    places: BTreeMap<Arc<str>, u64>,
}

impl Bell {
    /// A bell that keeps so many rings for whoever is slow to hear; whoever is slower hears that
    /// anything may have news.
    #[must_use]
    pub fn new(rings: usize) -> Self {
        Self { rings: broadcast::channel(rings.max(1)).0, rung: Arc::default() }
    }

    /// Rings; whether anybody hears it: nobody may be looking.
    pub fn send(&self, news: impl Into<News>) -> bool {
        let news = news.into();
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        rung.all = rung.all.saturating_add(1);
        match &news.whose {
            Whose::Everybody => rung.everybody = rung.everybody.saturating_add(1),
            Whose::State => {}
            Whose::Places(places) => {
                for place in places.iter() {
                    let own = rung.places.entry(Arc::clone(place)).or_default();
                    *own = own.saturating_add(1);
                }
            }
        }
        drop(rung);
        self.rings.send(news).is_ok()
    }

    /// How often it rang since the desk started for whoever hears a place, or all: who knew another
    /// number has missed something. Of others' news the number says nothing.
    pub(crate) fn rung(&self, hears: &Hears) -> u64 {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        match hears {
            Hears::All => rung.all,
            Hears::Nothing => rung.everybody,
            Hears::Place(place) => {
                let own = rung.places.get(place.as_str()).copied().unwrap_or_default();
                rung.everybody.saturating_add(own)
            }
        }
    }

    /// Hears what rings from now on.
    #[must_use]
    pub fn hear(&self) -> broadcast::Receiver<News> {
        self.rings.subscribe()
    }
}

/// What somebody may hear of a region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Hears {
    /// Nothing.
    Nothing,
    /// What is everybody's, and what is this jurisdiction's.
    Place(String),
    /// All.
    All,
}

impl Hears {
    /// Whether they hear this.
    pub(crate) fn hears(&self, whose: &Whose) -> bool {
        match (self, whose) {
            (Self::Nothing, _) | (Self::Place(_), Whose::State) => false,
            (Self::All, _) | (Self::Place(_), Whose::Everybody) => true,
            (Self::Place(own), Whose::Places(places)) => {
                places.iter().any(|place| **own == **place)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hears_ones_own() {
        let own = Hears::Place("adair-county".to_owned());
        for (whose, here) in [
            (Whose::Everybody, true),
            (Whose::State, false),
            ("adair-county".into(), true),
            ("boone-county".into(), false),
            (Whose::from_iter(["boone-county", "adair-county"]), true),
            (Whose::from_iter(["boone-county", "cole-county"]), false),
        ] {
            assert_eq!(own.hears(&whose), here, "{whose:?}");
            assert!(Hears::All.hears(&whose));
            assert!(!Hears::Nothing.hears(&whose));
        }
    }
}
