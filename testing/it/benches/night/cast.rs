//! The people of the night: 300 of them, each with a browser, as they come in by their invitations.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Mutex;
use ward_access::{Jurisdiction, JurisdictionKind, missouri};
use ward_it::browser::{Browser, Site};
use ward_it::people::{Guest, join, set_up};

use crate::script::{PLACES, PROGRAM_EACH};

/// People of each role of the state's office.
const STATE: [(&str, usize); 3] = [("lead", 8), ("analyst", 20), ("auditor", 2)];
const CLERKS_EACH: usize = 2;
const LOCAL_IT: usize = 30;
const PARTNERS: usize = 7;

/// Somebody.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) role: &'static str,
    /// The place for which they act.
    pub(crate) place: Option<usize>,
    /// What they do, one thing after the other.
    pub(crate) browser: Mutex<Browser>,
    /// For consoles of theirs.
    pub(crate) window: Browser,
}

/// Everybody.
pub(crate) struct Cast {
    pub(crate) people: Vec<Arc<Person>>,
    pub(crate) places: Vec<Jurisdiction>,
    pub(crate) admin: Browser,
    /// A program of the state's: its ticket system.
    pub(crate) program: Mutex<Browser>,
    /// Programs of local authorities, by their places.
    pub(crate) programs: BTreeMap<usize, Mutex<Browser>>,
}

impl Cast {
    /// Sets the desk up and brings everybody in.
    pub(crate) async fn come_in(site: &Site, link: &str) -> Result<Self, String> {
        let mut admin = set_up(site, link).await?;
        let local = |one: &Jurisdiction| one.kind != JurisdictionKind::State;
        let places: Vec<Jurisdiction> = missouri().into_iter().filter(local).collect();
        if places.len() != PLACES {
            return Err(format!("{} local authorities are listed", places.len()));
        }
        let of_state = program(site, &mut admin, ("analyst", "")).await?;
        let mut programs = BTreeMap::new();
        for (number, place) in places.iter().enumerate().step_by(PROGRAM_EACH) {
            let own = program(site, &mut admin, ("local-clerk", &place.id)).await?;
            programs.insert(number, own);
        }
        let mut people = Vec::new();
        for (number, (role, place)) in roles().enumerate() {
            let (name, email) = (format!("Person {number}"), format!("p{number}@office.example"));
            let id = place.and_then(|place| places.get(place)).map_or("", |one| one.id.as_str());
            let guest = Guest { name: &name, email: &email, role, place: id };
            let browser = join(site, &mut admin, guest).await?;
            let window = browser.window();
            let browser = Mutex::new(browser);
            people.push(Arc::new(Person { name, role, place, browser, window }));
        }
        Ok(Self { people, places, admin, program: of_state, programs })
    }

    /// Somebody of a role at a place (or of the state), another one for another number.
    pub(crate) fn one(&self, role: &str, place: Option<usize>, number: usize) -> Arc<Person> {
        let fits = |one: &&Arc<Person>| one.role == role && one.place == place;
        let all: Vec<_> = self.people.iter().filter(fits).collect();
        Arc::clone(all.get(number % all.len().max(1)).expect("there is somebody"))
    }
}

/// A program with a token of its own, of a role and for a place; for the whole state when that is
/// empty.
async fn program(
    site: &Site,
    admin: &mut Browser,
    (role, place): (&str, &str),
) -> Result<Mutex<Browser>, String> {
    let wanted =
        [("name", "Ticket system"), ("role", role), ("jurisdiction", place), ("days", "2")];
    let page = admin.post("/settings/tokens", &wanted).await?.is(200);
    let token = page.block("token-for-ticket-system");
    Ok(Mutex::new(Browser::program(site, &token)))
}

fn roles() -> impl Iterator<Item = (&'static str, Option<usize>)> {
    let state = STATE.into_iter().flat_map(|(role, many)| (0..many).map(move |_| (role, None)));
    let clerks = (0..PLACES * CLERKS_EACH).map(|n| ("local-clerk", Some(n % PLACES)));
    let it = (0..LOCAL_IT).map(|n| ("local-it", Some(n)));
    state.chain(clerks).chain(it).chain((0..PARTNERS).map(|_| ("partner", None)))
}
