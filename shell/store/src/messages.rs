//! Messages: what was put together for one recipient, and what became of it.

use ward_kernel::{Rung, Time};

use crate::batch::unsigned;
use crate::cases::{rung_of, split};
use crate::notices::{Counted, Event, counted};
use crate::query::{execute, plain, rows};
use crate::{Error, Link};

/// How a message is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It is to be handed over.
    Open,
    /// It was taken.
    Sent,
    /// It was given up.
    Failed,
}

impl State {
    /// The name by which it is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    fn named(name: &str) -> Result<Self, Error> {
        let all = [Self::Open, Self::Sent, Self::Failed];
        let found = all.into_iter().find(|one| one.as_str() == name);
        found.ok_or_else(|| Error::Damaged(format!("\"{name}\" is no state of a message")))
    }
}

/// A message to one recipient.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its id, which stands in its Message-ID.
    pub id: String,
    /// A person's id, or `webhook:` and its name.
    pub recipient: String,
    /// When it was put together.
    pub made: Time,
    /// How it is.
    pub state: State,
    /// When it is tried next.
    pub due: Time,
    /// How often it was tried.
    pub tries: u32,
    /// When it came to its end.
    pub done: Option<Time>,
    /// What was wrong the last time; empty when nothing was.
    pub failure: String,
}

/// A message on the list of the last ones.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// The message.
    pub message: Message,
    /// Of how many things it tells.
    pub count: u64,
    /// Whether one of them is urgent.
    pub urgent: bool,
}

/// What a message told that was sent: each kind of thing in it, once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Had {
    /// The message.
    pub message: String,
    /// When it was taken.
    pub at: Time,
    /// What it is: a topic's name.
    pub topic: String,
    /// The rung, of a case.
    pub rung: Option<Rung>,
    /// The jurisdictions that it is about.
    pub places: Vec<String>,
}

type Columns = (String, String, i64, String, i64, i64, i64, String);

/// Makes a message of what waits for a recipient: these events.
///
/// # Errors
/// Those of the engine.
pub async fn make(mut link: Link<'_>, new: &Message, events: &[i64]) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO notice_message (id, recipient, made, state, due, tries, done, \
                       failure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    const TAKE: &str =
        "UPDATE notice SET message = $3 WHERE recipient = $1 AND event = $2 AND message = ''";
    execute!(
        link.again(),
        ADD,
        plain(&new.id),
        plain(&new.recipient),
        new.made.micros(),
        new.state.as_str(),
        new.due.micros(),
        i64::from(new.tries),
        new.done.map_or(0, Time::micros),
        plain(&new.failure),
    );
    for event in events {
        execute!(link.again(), TAKE, plain(&new.recipient), *event, plain(&new.id));
    }
    Ok(())
}

/// The messages that are to be handed over and not yet were, those that are due first.
///
/// # Errors
/// Those of the engine.
pub async fn open(link: Link<'_>) -> Result<Vec<Message>, Error> {
    const READ: &str = "SELECT id, recipient, made, state, due, tries, done, failure \
                        FROM notice_message WHERE state = 'open' ORDER BY due, id";
    let found: Vec<Columns> = rows!(link, READ);
    found.into_iter().map(message_of).collect()
}

/// What a message tells of: the events with how many each stands for, the first first.
///
/// # Errors
/// Those of the engine.
pub async fn told_by(link: Link<'_>, message: &str) -> Result<Vec<(Event, u64)>, Error> {
    const READ: &str = "SELECT n.count, e.number, e.key, e.at, e.topic, e.rung, e.scope, e.object, \
        e.actor, e.title, e.because, e.places FROM notice AS n \
        JOIN notice_event AS e ON e.number = n.event WHERE n.message = $1 ORDER BY e.number";
    let found: Vec<Counted> = rows!(link, READ, plain(message));
    found.into_iter().map(counted).collect()
}

/// Puts down that a message came to its end: it was taken, or given up.
///
/// # Errors
/// Those of the engine.
pub async fn done(
    link: Link<'_>,
    id: &str,
    state: State,
    at: Time,
    failure: &str,
) -> Result<(), Error> {
    const SET: &str = "UPDATE notice_message SET state = $2, done = $3, tries = tries + 1, \
                       failure = $4 WHERE id = $1 AND state = 'open'";
    execute!(link, SET, plain(id), state.as_str(), at.micros(), plain(failure));
    Ok(())
}

/// Puts down that a message could not be handed over, and when it is tried again.
///
/// # Errors
/// Those of the engine.
pub async fn again(link: Link<'_>, id: &str, due: Time, failure: &str) -> Result<(), Error> {
    const SET: &str = "UPDATE notice_message SET due = $2, tries = tries + 1, failure = $3 \
                       WHERE id = $1 AND state = 'open'";
    execute!(link, SET, plain(id), due.micros(), plain(failure));
    Ok(())
}

/// Lets the open message of a recipient be tried now: something waits behind it that cannot.
///
/// # Errors
/// Those of the engine.
pub async fn hurry(link: Link<'_>, recipient: &str, now: Time) -> Result<(), Error> {
    const SET: &str = "UPDATE notice_message SET due = $2 \
                       WHERE recipient = $1 AND state = 'open' AND due > $2";
    execute!(link, SET, plain(recipient), now.micros());
    Ok(())
}

/// What a recipient was told by messages that were sent since a time, the first first.
///
/// # Errors
/// Those of the engine.
pub async fn had(link: Link<'_>, recipient: &str, since: Time) -> Result<Vec<Had>, Error> {
    const READ: &str = "SELECT m.id, m.done, coalesce(e.topic, ''), e.rung, coalesce(e.places, '') \
        FROM notice_message AS m LEFT JOIN notice AS n ON n.message = m.id \
        LEFT JOIN notice_event AS e ON e.number = n.event \
        WHERE m.recipient = $1 AND m.state = 'sent' AND m.done > $2 \
        GROUP BY m.id, m.done, e.topic, e.rung, e.places \
        ORDER BY m.done, m.id, coalesce(min(n.event), 0)";
    type Columns = (String, i64, String, Option<i64>, String);
    let found: Vec<Columns> = rows!(link, READ, plain(recipient), since.micros());
    let one = |(message, at, topic, rung, places): Columns| {
        let (rung, places) = (rung.map(rung_of).transpose()?, split(&places));
        Ok(Had { message, at: Time::from_micros(at), topic, rung, places })
    };
    found.into_iter().map(one).collect()
}

/// The newest messages, of one recipient or of all, the newest first.
///
/// # Errors
/// Those of the engine.
pub async fn lately(
    link: Link<'_>,
    recipient: Option<&str>,
    limit: i64,
) -> Result<Vec<Line>, Error> {
    type Counted = (i64, i64, String, String, i64, String, i64, i64, i64, String);
    // Only the messages that are shown are counted.
    const READ: &str = "SELECT CAST(coalesce(sum(n.count), 0) AS BIGINT), \
        coalesce(max(n.urgent), 0), m.id, m.recipient, m.made, m.state, m.due, m.tries, m.done, \
        m.failure FROM (SELECT * FROM notice_message WHERE $1 = '' OR recipient = $1 \
        ORDER BY made DESC, id LIMIT $2) AS m LEFT JOIN notice AS n ON n.message = m.id \
        GROUP BY m.id, m.recipient, m.made, m.state, m.due, m.tries, m.done, m.failure \
        ORDER BY m.made DESC, m.id";
    let found: Vec<Counted> = rows!(link, READ, plain(recipient.unwrap_or_default()), limit);
    let one = |(count, urgent, id, recipient, made, state, due, tries, done, failure)| {
        let message = message_of((id, recipient, made, state, due, tries, done, failure))?;
        Ok(Line { message, count: unsigned(count), urgent: urgent == 1 })
    };
    found.into_iter().map(one).collect()
}

fn message_of(columns: Columns) -> Result<Message, Error> {
    let (id, recipient, made, state, due, tries, done, failure) = columns;
    let state = State::named(&state)?;
    Ok(Message {
        id,
        recipient,
        made: Time::from_micros(made),
        state,
        due: Time::from_micros(due),
        tries: u32::try_from(tries).unwrap_or(u32::MAX),
        done: (state != State::Open).then(|| Time::from_micros(done)),
        failure,
    })
}
