//! Who hears of what happened, and when: the core's rules over what the store holds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use jiff::tz::TimeZone;
use ward_desk::notices::pace::{Next, Pace, next};
use ward_desk::notices::{self as rules, Event, SILENT_FOR, Topic, Wishes, one_line};
use ward_kernel::Time;
use ward_kernel::time::{HOUR, MINUTE};
use ward_store::notices::{self, Addressed, Message, New, State};
use ward_store::people::{self, Person};
use ward_store::sensors::{self, Sensor};
use ward_store::{Audit, Link};
use ward_web::desk::Desk;
use ward_web::notices::{WEBHOOK, listener, wishes};

use super::{Mail, Ways, clock_of, wall};
use crate::settings::notices::Hook;

/// Events that are spread in one transaction.
const TOGETHER: i64 = 200;
/// What waits for one recipient by name; what comes beyond is counted.
const NAMED: usize = 60;
/// How often sensors are looked at.
const SENSORS: Duration = Duration::from_secs(20);

/// Spreads what happened, and puts messages together.
pub(super) struct Spreader {
    mail: bool,
    hooks: Vec<Hook>,
    pace: Pace,
    zone: Option<TimeZone>,
    begun: Time,
    looked: Option<Instant>,
    /// Silences that were told: the store knows them as well, and need not be asked again.
    silent: BTreeSet<String>,
}

impl Spreader {
    /// One of these ways out, from now on.
    pub(super) fn new(ways: &Ways, now: Time) -> Self {
        let settings = &ways.settings;
        Self {
            mail: !matches!(ways.mail, Mail::None),
            hooks: ways.hooks.iter().map(|(hook, _)| hook.clone()).collect(),
            pace: Pace { per_hour: settings.per_hour, quiet: settings.quiet().ok().flatten() },
            zone: ways.zone(),
            begun: now,
            looked: None,
            silent: BTreeSet::new(),
        }
    }

    /// Whatever is to be done now; whether a message was put together.
    ///
    /// # Errors
    /// Those of the store: what was not done is done the next time.
    pub(super) async fn turn(&mut self, desk: &Desk) -> anyhow::Result<bool> {
        if self.looked.is_none_or(|last| last.elapsed() >= SENSORS) {
            self.look(desk).await?;
            self.looked = Some(Instant::now());
        }
        while self.spread(desk).await? {
            tokio::task::yield_now().await;
        }
        self.make(desk).await
    }

    /// Tells of sensors that fell silent, each silence once. A desk that was away itself waits until
    /// they had time to come back.
    async fn look(&mut self, desk: &Desk) -> anyhow::Result<()> {
        let now = desk.now();
        if now.since(self.begun) < SILENT_FOR {
            return Ok(());
        }
        let mut read = desk.store.read().await?;
        let all = sensors::list(read.link(), None).await?;
        drop(read);
        let silent: Vec<New> =
            all.iter().filter(|one| is_silent(one, now)).map(|one| silence_of(one, now)).collect();
        let keys: BTreeSet<String> = silent.iter().map(|new| new.key.clone()).collect();
        if silent.iter().any(|new| !self.silent.contains(&new.key)) {
            let mut tx = desk.store.begin().await?;
            for new in &silent {
                notices::tell(tx.link(), new).await?;
            }
            tx.commit(Audit::Machine).await?;
        }
        self.silent = keys;
        Ok(())
    }

    /// Addresses some of what happened to whom it concerns; whether there may be more.
    async fn spread(&self, desk: &Desk) -> anyhow::Result<bool> {
        let mut read = desk.store.read().await?;
        if notices::unspread(read.link(), 1).await?.is_empty() {
            return Ok(false);
        }
        drop(read);
        let mut tx = desk.store.begin().await?;
        let events = notices::unspread(tx.link(), TOGETHER).await?;
        let Some(last) = events.last().map(|event| event.number) else { return Ok(false) };
        let all = self.recipients(tx.link(), desk).await?;
        let waits = count_by(&notices::waiting(tx.link()).await?);
        for recipient in &all {
            let waits = waits.get(&recipient.id).copied().unwrap_or(0);
            for (place, new) in addressed(recipient, &events, waits).iter().enumerate() {
                let full = waits.saturating_add(place) >= NAMED;
                if !(full && notices::more(tx.link(), new).await?) {
                    notices::address(tx.link(), new).await?;
                }
            }
        }
        notices::spread(tx.link(), last).await?;
        tx.commit(Audit::Machine).await?;
        Ok(events.len() as i64 >= TOGETHER)
    }

    /// Everybody who may be told anything.
    async fn recipients(
        &self,
        mut link: Link<'_>,
        desk: &Desk,
    ) -> Result<Vec<Recipient>, ward_store::Error> {
        let mut all: Vec<Recipient> = self.hooks.iter().map(Recipient::of_hook).collect();
        if !self.mail {
            return Ok(all);
        }
        let kept: BTreeMap<String, String> =
            notices::all_wishes(link.again()).await?.into_iter().collect();
        let quiet = desk.settings.notices.quiet;
        for person in people::list(link, None).await? {
            if person.active {
                let wishes = wishes(person.role, kept.get(&person.id).map(String::as_str), quiet);
                all.push(Recipient::of_person(person, wishes));
            }
        }
        Ok(all)
    }

    /// Puts messages together of what waits and may go now; whether there was one.
    async fn make(&self, desk: &Desk) -> anyhow::Result<bool> {
        let mut read = desk.store.read().await?;
        let waiting = notices::waiting(read.link()).await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let now = desk.now();
        let open = notices::open(read.link()).await?;
        let sent = notices::sent_since(read.link(), now.plus(-HOUR)).await?;
        let all = self.recipients(read.link(), desk).await?;
        let clock = clock_of(self.zone.as_ref(), read.link()).await?;
        drop(read);
        let wall = wall(&clock);
        let mut made = false;
        for (recipient, all_of) in by_recipient(&waiting) {
            let Some(known) = all.iter().find(|one| one.id == recipient) else {
                forget(desk, recipient).await?;
                continue;
            };
            let urgent: Vec<bool> = all_of.iter().map(|one| one.urgent).collect();
            if let Some(before) = open.iter().find(|message| message.recipient == recipient) {
                // One message at a time: what comes meanwhile is in the next.
                made |= hurry(desk, before, &urgent, now).await?;
                continue;
            }
            let before: Vec<Time> =
                sent.iter().filter(|(to, _)| to == recipient).map(|(_, at)| *at).collect();
            if let Next::Send(which) = next(&urgent, &before, known.pace(self.pace), now, &wall) {
                let events: Vec<i64> =
                    which.iter().filter_map(|at| all_of.get(*at)).map(|one| one.event).collect();
                put_down(desk, recipient, &events, now).await?;
                made = true;
            }
        }
        Ok(made)
    }
}

/// Somebody who may be told, or a program.
struct Recipient {
    id: String,
    /// A person; a program hears as if it acted for the state.
    person: Option<Person>,
    wishes: Wishes,
    /// The most messages an hour to a program.
    per_hour: Option<u32>,
}

impl Recipient {
    fn of_hook(hook: &Hook) -> Self {
        Self {
            id: format!("{WEBHOOK}{}", hook.name),
            person: None,
            wishes: Wishes {
                mail: true,
                topics: hook.topics.clone(),
                least: hook.least,
                quiet: None,
            },
            per_hour: Some(hook.per_hour),
        }
    }

    fn of_person(person: Person, wishes: Wishes) -> Self {
        Self { id: person.id.clone(), person: Some(person), wishes, per_hour: None }
    }

    fn concerns(&self, event: &Event) -> bool {
        let program = rules::Listener { id: &self.id, duty: rules::Duty::Lead, place: None };
        let who = self.person.as_ref().map_or(program, listener);
        rules::concerns(event, &who, &self.wishes)
    }

    fn pace(&self, usual: Pace) -> Pace {
        Pace { per_hour: self.per_hour.unwrap_or(usual.per_hour), quiet: self.wishes.quiet }
    }
}

/// What of these events is addressed to a recipient for whom so many things wait already. What comes
/// beyond the number that is named is counted with another, the urgent apart.
fn addressed(recipient: &Recipient, events: &[notices::Event], waits: usize) -> Vec<Addressed> {
    let mut all: Vec<Addressed> = Vec::new();
    for event in events {
        let Some(known) = event_of(event) else { continue };
        if !recipient.concerns(&known) {
            continue;
        }
        let urgent = known.is_urgent();
        let full = waits.saturating_add(all.len()) >= NAMED;
        let like = all.iter_mut().rev().find(|one| one.urgent == urgent);
        match like {
            Some(like) if full => like.count = like.count.saturating_add(1),
            _ => all.push(Addressed {
                recipient: recipient.id.clone(),
                event: event.number,
                urgent,
                count: 1,
            }),
        }
    }
    all
}

/// An event as the core knows it; `None` for what another version told.
pub(super) fn event_of(event: &notices::Event) -> Option<Event> {
    let new = &event.new;
    Some(Event {
        topic: Topic::named(&new.topic)?,
        rung: new.rung,
        scope: new.scope.clone(),
        places: new.places.clone(),
        actor: new.actor.clone(),
    })
}

fn count_by(waiting: &[Addressed]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for one in waiting {
        let count: &mut usize = all.entry(one.recipient.clone()).or_default();
        *count = count.saturating_add(1);
    }
    all
}

fn by_recipient(waiting: &[Addressed]) -> BTreeMap<&str, Vec<&Addressed>> {
    let mut all: BTreeMap<&str, Vec<&Addressed>> = BTreeMap::new();
    for one in waiting {
        all.entry(&one.recipient).or_default().push(one);
    }
    all
}

/// Whether a sensor was heard once and is not any more. One that nothing is expected of (the place
/// of uploads, the desk itself) is not.
fn is_silent(sensor: &Sensor, now: Time) -> bool {
    let expected = sensor.retired.is_none()
        && !sensor.public_key.is_empty()
        && sensor.id != sensors::OWN
        && (sensor.sequence > 0 || !sensor.report.is_empty());
    expected && now.since(sensor.heard) >= SILENT_FOR
}

fn silence_of(sensor: &Sensor, now: Time) -> New {
    New {
        key: format!("silence-{}/{}", sensor.id, sensor.heard.micros()),
        at: now,
        topic: Topic::Silence.name().to_owned(),
        rung: None,
        scope: None,
        object: sensor.id.clone(),
        actor: String::new(),
        title: one_line(&sensor.name),
        because: format!("not heard for {}", ward_kernel::words::length(now.since(sensor.heard))),
        places: vec![sensor.jurisdiction.clone()],
    }
}

/// What waits for somebody who is not there any more is told to nobody.
async fn forget(desk: &Desk, recipient: &str) -> anyhow::Result<()> {
    let mut tx = desk.store.begin().await?;
    notices::forget(tx.link(), recipient).await?;
    tx.commit(Audit::Machine).await?;
    Ok(())
}

/// Lets an open message be tried within a minute while something urgent waits behind it.
async fn hurry(desk: &Desk, open: &Message, urgent: &[bool], now: Time) -> anyhow::Result<bool> {
    let soon = now.plus(MINUTE);
    if !urgent.contains(&true) || open.due <= soon {
        return Ok(false);
    }
    let mut tx = desk.store.begin().await?;
    notices::hurry(tx.link(), &open.recipient, soon).await?;
    tx.commit(Audit::Machine).await?;
    Ok(true)
}

async fn put_down(desk: &Desk, recipient: &str, events: &[i64], now: Time) -> anyhow::Result<()> {
    let message = Message {
        id: HEXLOWER.encode(&desk.keys.random::<12>()?),
        recipient: recipient.to_owned(),
        made: now,
        state: State::Open,
        due: now,
        tries: 0,
        done: None,
        failure: String::new(),
    };
    let mut tx = desk.store.begin().await?;
    notices::make(tx.link(), &message, events).await?;
    tx.commit(Audit::Machine).await?;
    Ok(())
}
