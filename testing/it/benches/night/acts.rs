//! What people do: by pages as people do it, and by REST as a program does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;
use ward_it::browser::Browser;
use ward_it::people::now;
use ward_kernel::Time;

use crate::cast::{Cast, Person};
use crate::marks::{Kind, Marks, NO_PLACE};
use crate::script::{POINTS, POSTS, Way, What, mark};

/// How long an act waits for the one that it stands on.
const PATIENCE: u32 = 1_000;
const LOOK: Duration = Duration::from_millis(20);

/// What acts know of each other.
pub(crate) struct Stage {
    pub(crate) cast: Arc<Cast>,
    pub(crate) marks: Arc<Marks>,
    /// The desk's ids, by the script's numbers: of incidents and of checks.
    ids: Mutex<BTreeMap<u64, String>>,
    /// What did not go as it should.
    pub(crate) wrong: Mutex<Vec<String>>,
}

impl Stage {
    pub(crate) fn new(cast: Arc<Cast>, marks: Arc<Marks>) -> Self {
        Self { cast, marks, ids: Mutex::default(), wrong: Mutex::default() }
    }

    /// Does it, and notes what went wrong.
    pub(crate) async fn play(&self, what: &What) {
        if let Err(why) = self.does(what).await {
            self.note(format!("{what:?}: {why}"));
        }
    }

    /// Notes what went wrong.
    pub(crate) fn note(&self, wrong: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(wrong);
    }

    async fn does(&self, what: &What) -> Result<(), String> {
        match *what {
            What::Report { incident, place, way, twice } => {
                self.report(incident, place, way, twice).await
            }
            What::Take { incident } => {
                self.work(("analyst", None), incident, &[("act", "take")]).await
            }
            What::Verify { incident, event } => {
                let place = self.place_of(incident).await?;
                let line = format!("Event {}", mark(event));
                self.marks.plant(Kind::Event, &mark(event), Some(place));
                let fields = [("act", "verify"), ("event", &line), ("text", "Called them back.")];
                self.work(("lead", None), incident, &fields).await
            }
            What::Refute { incident } => {
                let fields = [("act", "refute"), ("text", "It was a drill of their own.")];
                self.work(("lead", None), incident, &fields).await
            }
            What::Solve { incident } => {
                let place = self.place_of(incident).await?;
                let who = ("local-clerk", Some(place));
                self.post(who, incident, "add", &[("act", "solve"), ("text", "It runs again.")])
                    .await
            }
            What::Close { incident } => {
                let fields = [("act", "close"), ("text", "Nothing is left to do.")];
                self.work(("analyst", None), incident, &fields).await
            }
            _ => self.room(what).await,
        }
    }

    /// What is done in the room and by its clerks, beside incidents. What the machines log is
    /// written elsewhere.
    async fn room(&self, what: &What) -> Result<(), String> {
        match *what {
            What::Hear { rumor, place } => self.hear(rumor, place).await,
            What::Find { rumor } => self.find(rumor).await,
            What::Election => self.election().await,
            What::Tick { place, point, note } => self.tick(place, point, note).await,
            What::TakeCase { attack } => {
                self.at_case("analyst", attack, "work", &[("act", "take")]).await
            }
            What::CloseCase { attack } => {
                let fields = [("handling", "closed"), ("reason", "Blocked at the firewall.")];
                self.at_case("lead", attack, "decide", &fields).await
            }
            What::Ask { check } => self.ask(check).await,
            What::Answer { check, place } => self.answer(check, place).await,
            What::Begin { post } => self.at_post(post, 0, &[("act", "begin")]).await,
            What::HandOver { post, note } => {
                let notes = handed_over(note);
                self.marks.plant(Kind::Note, &mark(note), Some(NO_PLACE));
                self.at_post(post, 0, &[("act", "hand-over"), ("text", &notes)]).await
            }
            What::Sign { post } => self.sign(post).await,
            _ => Ok(()),
        }
    }

    async fn report(
        &self,
        incident: u64,
        place: usize,
        way: Way,
        twice: bool,
    ) -> Result<(), String> {
        let at = format!("Precinct {}", mark(incident));
        let id = self.cast.places.get(place).ok_or("no such place")?.id.as_str();
        let key = format!("report-{incident}");
        let what = [("kind", "equipment"), ("voting", "slowed"), ("place", at.as_str())];
        let mut fields = what.to_vec();
        fields.extend([("key", key.as_str()), ("what", "A tabulator jams."), ("jurisdiction", id)]);
        self.marks.plant(Kind::Incident, &mark(incident), Some(place));
        let mut made: Vec<String> = Vec::new();
        for _ in 0..=usize::from(twice) {
            made.push(match way {
                Way::Program => self.by_program(place, &fields).await?,
                Way::Page => {
                    let who = self.cast.one("local-clerk", Some(place), incident as usize);
                    led(&mut *who.browser.lock().await, "/incidents/new", &fields).await?
                }
                Way::Telephone => {
                    let who = self.cast.one("analyst", None, incident as usize);
                    led(&mut *who.browser.lock().await, "/incidents/new", &fields).await?
                }
            });
        }
        made.dedup();
        let [id] = made.as_slice() else {
            return Err(format!("sent twice, it is not one: {made:?}"));
        };
        self.name(incident, id);
        Ok(())
    }

    async fn by_program(&self, place: usize, fields: &[(&str, &str)]) -> Result<String, String> {
        let document = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        let document = serde_json::Value::Object(document.collect());
        let program = self.cast.programs.get(&place).ok_or("no program is there")?;
        let mut program = program.lock().await;
        let answer = program.document("/api/v1/incidents", &document).await?;
        let made: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let id = made["id"].as_str().map(str::to_owned);
        id.ok_or_else(|| format!("{}: {}", answer.status, answer.body))
    }

    async fn place_of(&self, incident: u64) -> Result<usize, String> {
        let id = self.id(incident).await?;
        let mut admin = self.cast.admin.window();
        let document = admin.value(&format!("/api/v1/incidents/{id}")).await?;
        let place = document["jurisdiction"].as_str().unwrap_or_default();
        let found = self.cast.places.iter().position(|one| one.id == place);
        found.ok_or_else(|| format!("{id} is nowhere"))
    }

    async fn work(
        &self,
        who: (&str, Option<usize>),
        incident: u64,
        fields: &[(&str, &str)],
    ) -> Result<(), String> {
        self.post(who, incident, "work", fields).await
    }

    async fn post(
        &self,
        (role, place): (&str, Option<usize>),
        incident: u64,
        door: &str,
        fields: &[(&str, &str)],
    ) -> Result<(), String> {
        let id = self.id(incident).await?;
        let key = format!("{}-{incident:08}", fields.first().map_or("", |(_, act)| act));
        let mut fields = fields.to_vec();
        fields.push(("key", &key));
        let who = self.cast.one(role, place, incident as usize);
        let path = format!("/incidents/{id}/{door}");
        led(&mut *who.browser.lock().await, &path, &fields).await.map(|_| ())
    }

    async fn hear(&self, rumor: u64, place: usize) -> Result<(), String> {
        let (claim, key) =
            (format!("Polls close early, {}", mark(rumor)), format!("hear-{rumor:08}"));
        let who = self.cast.one("local-clerk", Some(place), rumor as usize);
        self.marks.plant(Kind::Rumor, &mark(rumor), Some(place));
        let fields = [
            ("key", key.as_str()),
            ("claim", claim.as_str()),
            ("place", "A post on a neighbourhood site"),
            ("spread", "few"),
            ("about", "own"),
        ];
        let id = led(&mut *who.browser.lock().await, "/rumors/new", &fields).await?;
        self.name(rumor, &id);
        Ok(())
    }

    async fn find(&self, rumor: u64) -> Result<(), String> {
        let id = self.id(rumor).await?;
        let key = format!("find-{rumor:08}");
        let who = self.cast.one("analyst", None, rumor as usize);
        let fields = [
            ("key", key.as_str()),
            ("act", "find"),
            ("finding", "false"),
            ("text", "Polls close at seven."),
            ("confirmed", "The county clerk"),
        ];
        let path = format!("/rumors/{id}/work");
        led(&mut *who.browser.lock().await, &path, &fields).await.map(|_| ())
    }

    async fn election(&self) -> Result<(), String> {
        let who = self.cast.one("lead", None, 0);
        // From six or seven in the morning of the office's day, whenever the bench runs.
        let morning = now().secs() / 86_400 * 86_400 + 12 * 3_600;
        let at = |days: i64, hours: i64| {
            Time::from_secs(morning + days * 86_400 + hours * 3_600).to_string()
        };
        let (opens, closes, certifies) = (at(20, 0), at(20, 13), at(40, 0));
        let fields = [
            ("key", "election-of-the-night"),
            ("act", "set"),
            ("name", "Made-up election"),
            ("opens", &opens),
            ("closes", &closes),
            ("certifies", &certifies),
        ];
        led(&mut *who.browser.lock().await, "/elections/new", &fields).await.map(|_| ())
    }

    async fn tick(&self, place: usize, point: usize, note: u64) -> Result<(), String> {
        let id = self.cast.places.get(place).ok_or("no such place")?.id.as_str();
        let point = POINTS.get(point).ok_or("no such point")?;
        let who = self.cast.one("local-clerk", Some(place), place);
        let key = format!("tick-{id}-{point}");
        let key = key.get(..key.len().min(60)).unwrap_or(&key);
        let text = format!("By telephone: {}", mark(note));
        self.marks.plant(Kind::Point, &mark(note), Some(place));
        let fields = [("key", key), ("act", "tick"), ("point", point), ("text", text.as_str())];
        let path = format!("/checklists/{id}");
        led(&mut *who.browser.lock().await, &path, &fields).await.map(|_| ())
    }

    /// Does something with the case of an attack, which the list finds by its mark.
    async fn at_case(
        &self,
        role: &str,
        attack: u64,
        door: &str,
        fields: &[(&str, &str)],
    ) -> Result<(), String> {
        let mut program = self.cast.program.lock().await;
        let path = format!("/api/v1/cases?text={}", mark(attack));
        let document = program.value(&path).await?;
        drop(program);
        let id = document["cases"][0]["id"].as_str();
        let id = id.ok_or_else(|| format!("no case: {document}"))?;
        let key = format!("{door}-{attack:08}");
        let mut fields = fields.to_vec();
        fields.push(("key", &key));
        let who = self.cast.one(role, None, attack as usize);
        let path = format!("/cases/{id}/{door}");
        led(&mut *who.browser.lock().await, &path, &fields).await.map(|_| ())
    }

    async fn ask(&self, check: u64) -> Result<(), String> {
        let question = format!("Do you read us? {}", mark(check));
        let key = format!("ask-{check:08}");
        let who = self.cast.one("lead", None, 0);
        self.marks.plant(Kind::Check, &mark(check), None);
        let fields = [("key", key.as_str()), ("question", question.as_str())];
        let id = led(&mut *who.browser.lock().await, "/room/checks/new", &fields).await?;
        self.name(check, &id);
        Ok(())
    }

    async fn answer(&self, check: u64, place: usize) -> Result<(), String> {
        let id = self.id(check).await?;
        let who = self.cast.one("local-clerk", Some(place), check as usize);
        let key = format!("answer-{id}");
        let path = format!("/room/checks/{id}/answer");
        led(&mut *who.browser.lock().await, &path, &[("key", &key)]).await.map(|_| ())
    }

    async fn at_post(
        &self,
        post: usize,
        shift: usize,
        fields: &[(&str, &str)],
    ) -> Result<(), String> {
        let name = POSTS.get(post).ok_or("no such position")?;
        let key = format!("{}-{name}-shift-{shift}", fields.first().map_or("", |(_, act)| act));
        let mut fields = fields.to_vec();
        fields.push(("key", &key));
        let who = self.holder(post, shift);
        let path = format!("/room/positions/{name}");
        led(&mut *who.browser.lock().await, &path, &fields).await.map(|_| ())
    }

    /// Who has a position in which shift.
    pub(crate) fn holder(&self, post: usize, shift: usize) -> Arc<Person> {
        self.cast.one("analyst", None, post * 2 + shift)
    }

    /// The next reads the notes and signs what stands there.
    async fn sign(&self, post: usize) -> Result<(), String> {
        let name = POSTS.get(post).ok_or("no such position")?;
        let mut admin = self.cast.admin.window();
        let document = admin.value(&format!("/api/v1/room/positions/{name}")).await?;
        let entry = document["notes_entry"].as_u64().ok_or("no notes wait")?.to_string();
        self.at_post(post, 1, &[("act", "sign"), ("entry", &entry)]).await
    }

    fn name(&self, number: u64, id: &str) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert(number, id.to_owned());
    }

    /// The desk's id of what the script numbers.
    pub(crate) fn known(&self, number: u64) -> Option<String> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// The desk's id of what the script numbers, once it is there.
    pub(crate) async fn id(&self, number: u64) -> Result<String, String> {
        for _ in 0..PATIENCE {
            if let Some(id) = self.known(number) {
                return Ok(id);
            }
            sleep(LOOK).await;
        }
        Err(format!("what {number} stands for never came"))
    }
}

/// What whoever has a position writes for the next.
pub(crate) fn handed_over(note: u64) -> String {
    format!("What is open: {}", mark(note))
}

/// Sends a form that leads to a page; the last part of where it leads.
async fn led(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Result<String, String> {
    let answer = match browser.post(path, fields).await {
        Ok(answer) => answer,
        // A kept line may have ended: it is sent again with the same key.
        Err(_) => browser.post(path, fields).await?,
    };
    let to = answer.location().filter(|_| answer.status == 303);
    let to = to.ok_or_else(|| format!("{}: {}", answer.status, told_on(&answer.body)))?;
    Ok(to.rsplit('/').next().unwrap_or_default().to_owned())
}

/// What a page says is wrong, as far as it is found.
fn told_on(page: &str) -> &str {
    let found = page.split_once("role=\"alert\"").map(|(_, rest)| rest);
    found.and_then(|rest| rest.get(..300)).unwrap_or("no words")
}
