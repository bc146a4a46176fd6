//! Who hears of what happened, and when: the core's rules over what the store holds.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use jiff::tz::TimeZone;
use ward_desk::notices::Weight;
use ward_desk::notices::pace::{Next, Waits, next};
use ward_kernel::Time;
use ward_kernel::time::{HOUR, MINUTE, SECOND};
use ward_store::notices::{self, Message, State};
use ward_store::{Audit, Link, people};
use ward_web::desk::Desk;
use ward_web::notices::{WEBHOOK, wishes};

use super::address::{MOST, Recipient, address, sent_of, waits_of};
use super::silent::Silences;
use super::{Mail, Ways, clock_of, wall};
use crate::page::when::Clock;
use crate::settings::notices::Hook;

/// Events that are spread in one transaction.
const TOGETHER: i64 = 200;
/// How long somebody is not looked at again for whom nothing new waits, in microseconds: what they
/// wish may have changed. So a night in which much waits for many is not read at every turn.
const REST: i64 = 15 * SECOND;

/// Spreads what happened, and puts messages together.
pub(super) struct Spreader {
    mail: bool,
    hooks: Vec<Hook>,
    per_hour: u32,
    zone: Option<TimeZone>,
    /// How long what waits for a way out that is not set is kept, in microseconds.
    kept: i64,
    silences: Silences,
    rests: BTreeMap<String, Rest>,
}

/// Somebody was looked at, and nothing goes to them before then unless something changes.
struct Rest {
    until: Time,
    /// The newest of what waits for them.
    newest: i64,
    /// Whether a message to them is being handed over.
    open: bool,
}

impl Spreader {
    /// One of these ways out, from now on.
    pub(super) fn new(ways: &Ways, now: Time) -> Self {
        Self {
            mail: !matches!(ways.mail, Mail::None),
            hooks: ways.hooks.iter().map(|(hook, _)| hook.clone()).collect(),
            per_hour: ways.settings.per_hour,
            zone: ways.zone(),
            kept: ways.kept(),
            silences: Silences::new(now, ways.kept()),
            rests: BTreeMap::new(),
        }
    }

    /// Whatever is to be done now; whether a message was put together.
    ///
    /// # Errors
    /// Those of the store: what was not done is done the next time.
    pub(super) async fn turn(&mut self, desk: &Desk) -> anyhow::Result<bool> {
        self.silences.look(&desk.store, desk.now()).await?;
        while self.spread(desk).await? {
            tokio::task::yield_now().await;
        }
        self.make(desk).await
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
        for recipient in &self.recipients(tx.link(), desk).await? {
            address(tx.link(), recipient, &events).await?;
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
    async fn make(&mut self, desk: &Desk) -> anyhow::Result<bool> {
        let now = desk.now();
        let mut read = desk.store.read().await?;
        let waiting: BTreeMap<String, i64> =
            notices::waiting(read.link()).await?.into_iter().collect();
        if waiting.is_empty() {
            self.rests.clear();
            return Ok(false);
        }
        let open = notices::open(read.link()).await?;
        let open_to = |id: &str| open.iter().find(|message| message.recipient == id);
        self.rests.retain(|id, rest| {
            let same = waiting.get(id) == Some(&rest.newest) && open_to(id).is_some() == rest.open;
            same && now < rest.until && rest.until.since(now) <= REST
        });
        let awake: Vec<_> =
            waiting.into_iter().filter(|(id, _)| !self.rests.contains_key(id)).collect();
        if awake.is_empty() {
            return Ok(false);
        }
        let all = self.recipients(read.link(), desk).await?;
        let clock = clock_of(self.zone.as_ref(), read.link()).await?;
        drop(read);
        let mut made = false;
        for (id, newest) in awake {
            let open = open_to(&id);
            let known = all.iter().find(|one| one.id == id);
            let until = match known {
                Some(known) => self.tell(desk, known, open, (now, &clock)).await?,
                None => Some(self.miss(desk, &id, now).await?),
            };
            match until {
                None => made = true,
                Some(until) => {
                    let until = until.min(now.plus(REST));
                    self.rests.insert(id, Rest { until, newest, open: open.is_some() });
                }
            }
        }
        Ok(made)
    }

    /// What waits for somebody who is not there any more is told to nobody. A way out that is not set
    /// may be set again at the next start, and what waits for it is kept as long as other notices are.
    /// Until when it rests.
    async fn miss(&self, desk: &Desk, id: &str, now: Time) -> anyhow::Result<Time> {
        let may_come_back = !self.mail || id.starts_with(WEBHOOK);
        if !(may_come_back && self.is_lately(desk, id, now).await?) {
            forget(desk, id).await?;
        }
        Ok(now.plus(REST))
    }

    /// Whether something that waits for somebody is not older than what is kept.
    async fn is_lately(&self, desk: &Desk, id: &str, now: Time) -> anyhow::Result<bool> {
        let mut read = desk.store.read().await?;
        let waiting = notices::waiting_for(read.link(), id, MOST).await?;
        Ok(waiting.iter().any(|(event, _)| now.since(event.new.at) <= self.kept))
    }

    /// Does what may be done now for somebody for whom something waits; until when nothing may,
    /// unless something was.
    async fn tell(
        &self,
        desk: &Desk,
        known: &Recipient,
        open: Option<&Message>,
        (now, clock): (Time, &Clock),
    ) -> anyhow::Result<Option<Time>> {
        let mut read = desk.store.read().await?;
        let waiting = notices::waiting_for(read.link(), &known.id, MOST).await?;
        let had = notices::had(read.link(), &known.id, now.plus(-HOUR)).await?;
        drop(read);
        let waits: Vec<Waits<'_>> = waiting.iter().map(|(event, _)| waits_of(event)).collect();
        if let Some(open) = open {
            // One message at a time: what comes meanwhile is in the next.
            let presses = waits.iter().any(|one| one.weight >= Weight::Urgent);
            return Ok((!(presses && hurry(desk, open, now).await?)).then(|| now.plus(REST)));
        }
        match next(&waits, &sent_of(&had), known.pace(self.per_hour), now, &wall(clock)) {
            Next::Nothing => Ok(Some(now.plus(REST))),
            Next::Wait(until) => Ok(Some(until)),
            Next::Send(which) => {
                let which = which.iter().filter_map(|at| waiting.get(*at));
                let events: Vec<i64> = which.map(|(event, _)| event.number).collect();
                put_down(desk, &known.id, &events, now).await?;
                Ok(None)
            }
        }
    }
}

async fn forget(desk: &Desk, recipient: &str) -> anyhow::Result<()> {
    let mut tx = desk.store.begin().await?;
    notices::forget(tx.link(), recipient).await?;
    tx.commit(Audit::Machine).await?;
    Ok(())
}

/// Lets an open message be tried within a minute, as something urgent waits behind it; whether it
/// was not going to be.
async fn hurry(desk: &Desk, open: &Message, now: Time) -> anyhow::Result<bool> {
    let soon = now.plus(MINUTE);
    if open.due <= soon {
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
