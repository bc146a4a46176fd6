//! Notices go out: who hears of what is worked out, put into messages, and handed over until they
//! are taken.
//!
//! What happened stands in the store with what it is about, so nothing is missed. A message is
//! marked as sent behind the server's word that it has it: a desk that dies in between sends it
//! again under the same Message-ID. So everybody is told at least once, and no message is another.

mod address;
mod cases;
mod hand;
mod silent;
mod spread;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use jiff::tz::TimeZone;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use ward_kernel::Time;
use ward_kernel::time::DAY;
use ward_store::{Audit, Link, meta, notices, office};
use ward_web::desk::Desk;
use ward_web::notices::Notices;
use ward_wire::smtp::Mailer;
use ward_wire::webhook::Webhook;

use crate::page::when::Clock;
use crate::settings::notices::{Hook, NoticeSettings};

pub(super) use cases::event as case_event;

/// How often it is looked whether something happened, where no bell rings.
const LOOK: Duration = Duration::from_secs(1);
/// The shortest time between two looks.
const REST: Duration = Duration::from_millis(150);
/// How often what is old is thrown away.
const SWEEP: Duration = Duration::from_secs(3600);

/// What is wrong with a way out, by its name: for the pages.
pub(super) type Troubles = BTreeMap<String, String>;

/// How people are reached.
#[derive(Clone)]
pub(super) enum Mail {
    /// Not at all.
    None,
    /// By the office's server.
    Server(Box<Mailer>),
    /// As if: the demonstration writes to nobody.
    Pretended,
}

/// The ways out.
pub(super) struct Ways {
    settings: NoticeSettings,
    mail: Mail,
    hooks: Vec<(Hook, Webhook)>,
}

impl Ways {
    /// The ways out of these settings. Reads the files that they name, and goes nowhere yet.
    ///
    /// # Errors
    /// A sentence that says which way, what is wrong and what to do.
    pub(super) fn new(settings: &NoticeSettings, origin: &str, demo: bool) -> anyhow::Result<Self> {
        let settings = settings.clone();
        if demo {
            let (mail, hooks) = (Mail::Pretended, Vec::new());
            return Ok(Self { settings, mail, hooks });
        }
        let mail = match &settings.mail {
            None => Mail::None,
            Some(mail) => {
                let made = Mailer::new(mail.clone(), host_of(origin));
                Mail::Server(Box::new(made.map_err(|what| anyhow!("[notices.mail] {what}"))?))
            }
        };
        let mut hooks = Vec::new();
        for hook in &settings.webhook {
            let made = Webhook::new(&hook.wire()).map_err(|what| anyhow!(hook.named(&what)))?;
            hooks.push((hook.clone(), made));
        }
        Ok(Self { settings, mail, hooks })
    }

    /// What the pages say of them.
    pub(super) fn shown(&self) -> Notices {
        let zone = self.settings.zone.as_ref().and_then(|zone| zone.0.iana_name());
        Notices {
            mail: match &self.mail {
                Mail::None => None,
                Mail::Server(mailer) => Some(mailer.server().to_owned()),
                Mail::Pretended => Some("none: this demonstration writes to nobody".to_owned()),
            },
            webhooks: match self.mail {
                Mail::Pretended => vec!["chat".to_owned()],
                _ => self.hooks.iter().map(|(hook, _)| hook.name.clone()).collect(),
            },
            per_hour: self.settings.per_hour,
            quiet: self.settings.quiet().ok().flatten(),
            zone: zone.map(str::to_owned),
        }
    }

    /// How long notices are kept, in microseconds.
    fn kept(&self) -> i64 {
        DAY.saturating_mul(i64::from(self.settings.keep_days))
    }

    fn zone(&self) -> Option<TimeZone> {
        self.settings.zone.as_ref().map(|zone| zone.0.clone())
    }
}

/// The host of an origin, without its port: behind the `@` of a Message-ID, and what the desk calls
/// itself.
fn host_of(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// Starts to send, until it is told to stop. An exercise that has ended tells nobody.
pub(super) fn begin(
    runtime: &Runtime,
    desk: &Desk,
    ways: Ways,
    troubles: watch::Sender<Troubles>,
    stopped: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    if desk.settings.ended.is_some() {
        return Vec::new();
    }
    let out = hand::Out {
        desk: desk.clone(),
        troubles,
        made: Arc::new(Notify::new()),
        stopped: stopped.clone(),
        zone: ways.zone(),
    };
    let mut tasks = Vec::new();
    if !matches!(ways.mail, Mail::None) {
        tasks.push(runtime.spawn(hand::mail(out.clone(), ways.mail.clone())));
    }
    for (hook, webhook) in &ways.hooks {
        let (name, webhook) = (hook.name.clone(), webhook.clone());
        tasks.push(runtime.spawn(hand::webhook(out.clone(), name, webhook)));
    }
    tasks.push(runtime.spawn(put_together(out, ways)));
    tasks
}

/// Works out who hears of what, and puts messages together.
async fn put_together(out: hand::Out, ways: Ways) {
    let hand::Out { desk, troubles, made, mut stopped, .. } = out;
    let mut bell = desk.bell.hear();
    let mut spreader = spread::Spreader::new(&ways, desk.now());
    let mut swept: Option<std::time::Instant> = None;
    while !*stopped.borrow() {
        look(&desk, &mut spreader, &troubles, &made).await;
        if swept.is_none_or(|last| last.elapsed() >= SWEEP) {
            swept = Some(std::time::Instant::now());
            sweep(&desk, ways.kept()).await;
        }
        tokio::time::sleep(REST).await;
        tokio::select! {
            _ = stopped.changed() => {}
            // What was missed while it worked is looked at as well.
            _ = bell.recv() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Looks once; whoever hands over hears of what was put together.
async fn look(
    desk: &Desk,
    spreader: &mut spread::Spreader,
    troubles: &watch::Sender<Troubles>,
    made: &Notify,
) {
    match spreader.turn(desk).await {
        Ok(any) => {
            if any {
                made.notify_waiters();
            }
            hand::say(troubles, "store", None);
        }
        Err(err) => {
            let why = format!("notices wait for the store: {err:#}");
            // What stays so is not written into the log with every look.
            if troubles.borrow().get("store") != Some(&why) {
                tracing::warn!(error = format!("{err:#}"), "notices wait for the store");
            }
            hand::say(troubles, "store", Some(why));
        }
    }
}

/// Throws away what was sent long ago; what cannot be is tried again in an hour.
async fn sweep(desk: &Desk, kept: i64) {
    match expire(desk, desk.now().plus(kept.saturating_neg())).await {
        Ok(0) => {}
        Ok(messages) => tracing::info!(messages, "notices past their time were thrown away"),
        Err(err) => tracing::warn!(error = %err, "old notices stay for another hour"),
    }
}

async fn expire(desk: &Desk, before: Time) -> Result<u64, ward_store::Error> {
    let mut tx = desk.store.begin().await?;
    let gone = notices::expire(tx.link(), before).await?;
    tx.commit(Audit::Machine).await?;
    Ok(gone)
}

/// The clock by which quiet hours go and moments are written: of the settings, or the office's own.
async fn clock_of(set: Option<&TimeZone>, link: Link<'_>) -> Result<Clock, ward_store::Error> {
    if let Some(zone) = set {
        return Ok(Clock::new(zone.clone()));
    }
    let name = meta::get(link, office::ZONE).await?.unwrap_or_default();
    Ok(Clock::new(TimeZone::get(&name).unwrap_or(TimeZone::UTC)))
}

/// The minute of the day that a clock on the wall shows at a moment.
fn wall(clock: &Clock) -> impl Fn(Time) -> u16 + '_ {
    move |at| {
        let Some(local) = clock.zoned(at) else { return 0 };
        let minute =
            i32::from(local.hour()).saturating_mul(60).saturating_add(local.minute().into());
        u16::try_from(minute).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desks_host() {
        for (origin, host) in [
            ("https://desk.example", "desk.example"),
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("https://[2001:db8::1]:8443", "2001:db8::1"),
        ] {
            assert_eq!(host_of(origin), host);
        }
    }

    #[test]
    fn the_wall_follows_the_zone() {
        let clock = Clock::new(TimeZone::get("America/Chicago").unwrap());
        let at = |text: &str| wall(&clock)(Time::parse(text).unwrap());
        assert_eq!(at("2026-10-31T12:30:00Z"), 7 * 60 + 30);
        assert_eq!(at("2026-11-02T12:30:00Z"), 6 * 60 + 30);
    }
}
