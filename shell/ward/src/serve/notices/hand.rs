//! Messages are handed over: mail to the office's server, documents to programs.
//!
//! Each way out has a task of its own, so that one that hangs holds up no other.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{Notify, watch};
use ward_desk::notices::pace::again;
use ward_kernel::Time;
use ward_store::notices::{self, Message, State};
use ward_store::people::{self, Person};
use ward_store::{Audit, meta, office};
use ward_web::desk::Desk;
use ward_web::notices::WEBHOOK;
use ward_wire::smtp::{self, Failure, Session};
use ward_wire::webhook::{self, Webhook};

use super::words::Ground;
use super::{LOOK, Mail, Troubles, clock_of, host_of};

/// How long a server that is away is let rest, from the first time on.
const RESTS: [u64; 5] = [3, 5, 15, 30, 60];
/// Messages that are handed over before it is looked again which are due.
const TOGETHER: usize = 50;

/// What a way out needs.
#[derive(Clone)]
pub(super) struct Out {
    pub(super) desk: Desk,
    pub(super) troubles: watch::Sender<Troubles>,
    /// Tells that a message was put together.
    pub(super) made: Arc<Notify>,
    pub(super) stopped: watch::Receiver<bool>,
    pub(super) zone: Option<TimeZone>,
}

/// What became of handing a message over.
enum Became {
    /// It was taken.
    Sent,
    /// It is tried again.
    Later(String),
    /// It is given up.
    Never(String),
}

/// What came of looking whether something is due.
enum Pass {
    /// Nothing was.
    Idle,
    /// The server answered.
    Taken,
    /// Something is wrong with the server.
    Trouble(String),
}

/// Says what is wrong with a way out, or that nothing is any more.
pub(super) fn say(troubles: &watch::Sender<Troubles>, way: &str, what: Option<String>) {
    troubles.send_if_modified(|all| {
        if all.get(way) == what.as_ref() {
            return false;
        }
        match what {
            Some(what) => all.insert(way.to_owned(), what),
            None => all.remove(way),
        };
        true
    });
}

/// Hands mail over, until it is told to stop.
pub(super) async fn mail(mut out: Out, mail: Mail) {
    let mut failed = 0_usize;
    while !*out.stopped.borrow() {
        let done = mail_once(&out, &mail).await;
        match done.unwrap_or_else(|err| Pass::Trouble(format!("it waits for the store: {err:#}"))) {
            Pass::Trouble(why) => {
                let rest = RESTS.get(failed.min(RESTS.len().saturating_sub(1))).copied();
                failed = failed.saturating_add(1);
                tracing::warn!(why, "mail cannot be sent");
                say(&out.troubles, "mail", Some(format!("mail cannot be sent: {why}")));
                rest_for(&mut out, Duration::from_secs(rest.unwrap_or(60))).await;
                continue;
            }
            Pass::Taken => {
                failed = 0;
                say(&out.troubles, "mail", None);
            }
            // What was wrong stays on the page until a message was taken.
            Pass::Idle => {}
        }
        news(&mut out).await;
    }
}

/// Hands the mail over that is due.
async fn mail_once(out: &Out, mail: &Mail) -> anyhow::Result<Pass> {
    let due = due(out, |recipient| !recipient.starts_with(WEBHOOK)).await?;
    if due.is_empty() {
        return Ok(Pass::Idle);
    }
    let mailer = match mail {
        Mail::Server(mailer) => mailer,
        Mail::Pretended | Mail::None => {
            for message in &due {
                end(out, message, State::Sent, "").await?;
            }
            return Ok(Pass::Taken);
        }
    };
    let mut session: Option<Session> = None;
    for message in &due {
        let Some(person) = reader(out, message).await? else {
            let why = "whom it is to has no account any more";
            end(out, message, State::Failed, why).await?;
            continue;
        };
        let open = match session.take().filter(|session| !session.is_over()) {
            Some(open) => Ok(open),
            None => mailer.connect().await,
        };
        let (open, sent) = match open {
            Ok(mut open) => {
                let sent = open.send(&written(out, message, &person).await?).await;
                (Some(open), sent)
            }
            Err(failure) => (None, Err(failure)),
        };
        let (became, trouble) = match sent {
            Ok(()) => (Became::Sent, None),
            Err(Failure::Server(what)) => (Became::Later(what.clone()), Some(what)),
            Err(Failure::Later(what)) => (Became::Later(what), None),
            Err(Failure::Never(what)) => (Became::Never(what), None),
        };
        settle(out, message, became).await?;
        if let Some(why) = trouble {
            return Ok(Pass::Trouble(why));
        }
        session = open;
    }
    if let Some(session) = session.filter(|session| !session.is_over()) {
        session.end().await;
    }
    Ok(Pass::Taken)
}

/// Hands documents to a program, until it is told to stop.
pub(super) async fn webhook(mut out: Out, name: String, webhook: Webhook) {
    let id = format!("{WEBHOOK}{name}");
    while !*out.stopped.borrow() {
        let why = match webhook_once(&out, &id, &webhook).await {
            Ok(why) => why,
            Err(err) => Some(format!("waits for the store: {err:#}")),
        };
        if let Some(why) = &why {
            tracing::warn!(webhook = name, why, "a webhook could not be told");
        }
        // What was wrong stays on the page while a message waits.
        match why {
            Some(why) => say(&out.troubles, &id, Some(format!("the webhook {name} {why}"))),
            None if open_of(&out, &id).await == Some(0) => say(&out.troubles, &id, None),
            None => {}
        }
        news(&mut out).await;
    }
}

async fn webhook_once(out: &Out, id: &str, webhook: &Webhook) -> anyhow::Result<Option<String>> {
    for message in &due(out, |recipient| recipient == id).await? {
        let mut read = out.desk.store.read().await?;
        let told = notices::told_by(read.link(), &message.id).await?;
        drop(read);
        let body = ground(out).await?.document(message, &told);
        // Its own clock and not the desk's: the receiver compares it with its own.
        let sent = webhook.post(&message.id, &body, crate::serve::machine_time()).await;
        let became = match sent {
            Ok(()) => Became::Sent,
            Err(webhook::Failure::Later(what)) => Became::Later(what),
            Err(webhook::Failure::Never(what)) => Became::Never(what),
        };
        let why = match &became {
            Became::Sent => None,
            Became::Later(what) | Became::Never(what) => Some(what.clone()),
        };
        settle(out, message, became).await?;
        if why.is_some() {
            return Ok(why);
        }
    }
    Ok(None)
}

/// The open messages that are due, of the recipients of a way.
async fn due(out: &Out, ours: impl Fn(&str) -> bool) -> anyhow::Result<Vec<Message>> {
    let now = out.desk.now();
    let mut read = out.desk.store.read().await?;
    let open = notices::open(read.link()).await?;
    let is_due = |message: &Message| message.due <= now && ours(&message.recipient);
    Ok(open.into_iter().filter(is_due).take(TOGETHER).collect())
}

/// How many messages of a recipient are open; `None` while the store does not say.
async fn open_of(out: &Out, recipient: &str) -> Option<usize> {
    let mut read = out.desk.store.read().await.ok()?;
    let open = notices::open(read.link()).await.ok()?;
    Some(open.iter().filter(|message| message.recipient == recipient).count())
}

/// Whom a message is to, while they may sign in.
async fn reader(out: &Out, message: &Message) -> anyhow::Result<Option<Person>> {
    let mut read = out.desk.store.read().await?;
    let person = people::by_id(read.link(), &message.recipient).await?;
    Ok(person.filter(|person| person.active))
}

async fn written(out: &Out, message: &Message, to: &Person) -> anyhow::Result<smtp::Message> {
    let mut read = out.desk.store.read().await?;
    let told = notices::told_by(read.link(), &message.id).await?;
    drop(read);
    let ground = ground(out).await?;
    Ok(smtp::Message {
        id: message.id.clone(),
        host: host_of(&ground.origin).to_owned(),
        to: to.email.clone(),
        subject: ground.subject(&told),
        text: ground.text(&told),
        made: message.made,
    })
}

/// What the words of a message need.
async fn ground(out: &Out) -> anyhow::Result<Ground> {
    let mut read = out.desk.store.read().await?;
    let office = meta::get(read.link(), office::NAME).await?.unwrap_or_default();
    let clock = clock_of(out.zone.as_ref(), read.link()).await?;
    let places = office::jurisdictions(read.link()).await?;
    Ok(Ground {
        office,
        origin: out.desk.settings.origin.clone(),
        world: out.desk.settings.world,
        clock,
        places: places.into_iter().map(|one| (one.id, one.name)).collect(),
    })
}

/// Puts down what became of a message.
async fn settle(out: &Out, message: &Message, became: Became) -> anyhow::Result<()> {
    let now = out.desk.now();
    match became {
        Became::Sent => end(out, message, State::Sent, "").await,
        Became::Never(what) => end(out, message, State::Failed, &what).await,
        Became::Later(what) => match again(message.tries.saturating_add(1), message.made, now) {
            Some(due) => later(out, message, due, &what).await,
            None => end(out, message, State::Failed, &what).await,
        },
    }
}

async fn end(out: &Out, message: &Message, state: State, what: &str) -> anyhow::Result<()> {
    if state == State::Failed {
        // Neither whom it was to nor what it said.
        tracing::warn!(message = message.id, why = what, "a notice was given up");
    }
    let mut tx = out.desk.store.begin().await?;
    notices::done(tx.link(), &message.id, state, out.desk.now(), what).await?;
    tx.commit(Audit::Machine).await?;
    Ok(())
}

async fn later(out: &Out, message: &Message, due: Time, what: &str) -> anyhow::Result<()> {
    let mut tx = out.desk.store.begin().await?;
    notices::again(tx.link(), &message.id, due, what).await?;
    tx.commit(Audit::Machine).await?;
    Ok(())
}

/// Waits until a message was put together, a while is over, or it is told to stop.
async fn news(out: &mut Out) {
    tokio::select! {
        _ = out.stopped.changed() => {}
        () = out.made.notified() => {}
        () = tokio::time::sleep(LOOK) => {}
    }
}

/// Waits for a while, or until it is told to stop.
async fn rest_for(out: &mut Out, rest: Duration) {
    tokio::select! {
        _ = out.stopped.changed() => {}
        () = tokio::time::sleep(rest) => {}
    }
}
