//! Notices: what happened that people are told of, what waits for whom, and which messages were
//! made of it. What concerns whom, and when, is for the core to say.
//!
//! Three steps, each in one transaction: an event is told together with what it is about
//! ([`tell`]); it is addressed to those whom it concerns ([`address`], [`spread`]); what waits for a
//! recipient goes into a message ([`make`]), which is handed over until it is taken ([`done`]).

use ward_kernel::{Rung, Time};

use crate::batch::{signed, unsigned};
use crate::cases::{rung_of, split};
use crate::query::{execute, plain, plain_opt, row, rows, value};
use crate::{Error, Link};

pub use crate::messages::{
    Had, Line, Message, State, again, done, had, hurry, lately, make, open, told_by,
};

/// Something that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct New {
    /// By which it is told once, however often: `case-17/3`.
    pub key: String,
    /// When.
    pub at: Time,
    /// What it is: a topic's name.
    pub topic: String,
    /// The rung, of a case.
    pub rung: Option<Rung>,
    /// Whose view it is; `None` is the state's.
    pub scope: Option<String>,
    /// What it is about: the id of a case, a log, a sensor.
    pub object: String,
    /// Who did it: a person's id, or empty.
    pub actor: String,
    /// One line.
    pub title: String,
    /// Why, in a few lines.
    pub because: String,
    /// The jurisdictions that it is about.
    pub places: Vec<String>,
}

/// Something that happened, as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    /// Its number, from 1 in the order in which they were told.
    pub number: i64,
    /// What it is.
    pub new: New,
}

/// An event that is addressed to somebody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Addressed {
    /// A person's id, or `webhook:` and its name.
    pub recipient: String,
    /// The event's number.
    pub event: i64,
    /// Whether it waits for no morning.
    pub urgent: bool,
    /// How many it stands for: itself, and others that are not named.
    pub count: u64,
}

/// The columns of an event.
type EventColumns =
    (i64, String, i64, String, Option<i64>, Option<String>, String, String, String, String, String);
/// Those with how many it stands for.
pub(crate) type Counted = (
    i64,
    i64,
    String,
    i64,
    String,
    Option<i64>,
    Option<String>,
    String,
    String,
    String,
    String,
    String,
);

/// Tells an event, unless one of this key was told; its number when it is new.
///
/// # Errors
/// Those of the engine.
pub async fn tell(mut link: Link<'_>, new: &New) -> Result<Option<i64>, Error> {
    const NUMBER: &str = "SELECT coalesce(max(number), 0) + 1 FROM notice_event";
    const ADD: &str = "INSERT INTO notice_event (number, key, at, topic, rung, scope, object, \
        actor, spread, title, because, places) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11) ON CONFLICT (key) DO NOTHING";
    let number: i64 = value!(link.again(), NUMBER);
    let places = new.places.join(",");
    let added = execute!(
        link,
        ADD,
        number,
        plain(&new.key),
        new.at.micros(),
        plain(&new.topic),
        new.rung.map(|rung| rung as i64),
        plain_opt(new.scope.as_deref()),
        plain(&new.object),
        plain(&new.actor),
        plain(&new.title),
        plain(&new.because),
        plain(&places),
    );
    Ok((added == 1).then_some(number))
}

/// The events that are not spread yet, the first first, at most `limit`.
///
/// # Errors
/// Those of the engine.
pub async fn unspread(link: Link<'_>, limit: i64) -> Result<Vec<Event>, Error> {
    const READ: &str = "SELECT number, key, at, topic, rung, scope, object, actor, title, because, \
        places FROM notice_event WHERE spread = 0 ORDER BY number LIMIT $1";
    let found: Vec<EventColumns> = rows!(link, READ, limit);
    found.into_iter().map(event_of).collect()
}

/// Addresses an event to somebody; it waits from now on.
///
/// # Errors
/// Those of the engine.
pub async fn address(link: Link<'_>, new: &Addressed) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO notice (recipient, event, urgent, count, message) \
                       VALUES ($1, $2, $3, $4, '') ON CONFLICT (recipient, event) DO NOTHING";
    let urgent = i64::from(new.urgent);
    execute!(link, ADD, plain(&new.recipient), new.event, urgent, signed(new.count));
    Ok(())
}

/// Counts so many more to an event that waits for a recipient.
///
/// # Errors
/// Those of the engine.
pub async fn more(link: Link<'_>, recipient: &str, event: i64, count: u64) -> Result<(), Error> {
    const SET: &str = "UPDATE notice SET count = count + $3 \
                       WHERE recipient = $1 AND event = $2 AND message = ''";
    execute!(link, SET, plain(recipient), event, signed(count));
    Ok(())
}

/// Puts down that all events up to this number were addressed.
///
/// # Errors
/// Those of the engine.
pub async fn spread(link: Link<'_>, up_to: i64) -> Result<(), Error> {
    const SET: &str = "UPDATE notice_event SET spread = 1 WHERE spread = 0 AND number <= $1";
    execute!(link, SET, up_to);
    Ok(())
}

/// For whom anything waits, with the number of the newest of it.
///
/// # Errors
/// Those of the engine.
pub async fn waiting(link: Link<'_>) -> Result<Vec<(String, i64)>, Error> {
    const READ: &str = "SELECT recipient, max(event) FROM notice WHERE message = '' \
                        GROUP BY recipient ORDER BY recipient";
    Ok(rows!(link, READ))
}

/// What waits for a recipient, with how many each stands for: what waits for no morning first, then
/// as it was told; at most `limit`.
///
/// # Errors
/// Those of the engine.
pub async fn waiting_for(
    link: Link<'_>,
    recipient: &str,
    limit: i64,
) -> Result<Vec<(Event, u64)>, Error> {
    const READ: &str = "SELECT n.count, e.number, e.key, e.at, e.topic, e.rung, e.scope, e.object, \
        e.actor, e.title, e.because, e.places FROM notice AS n \
        JOIN notice_event AS e ON e.number = n.event WHERE n.message = '' AND n.recipient = $1 \
        ORDER BY n.urgent DESC, e.number LIMIT $2";
    let found: Vec<Counted> = rows!(link, READ, plain(recipient), limit);
    found.into_iter().map(counted).collect()
}

/// Forgets what waits for a recipient whom there is not any more; how many there were.
///
/// # Errors
/// Those of the engine.
pub async fn forget(link: Link<'_>, recipient: &str) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM notice WHERE message = '' AND recipient = $1";
    Ok(execute!(link, DELETE, plain(recipient)))
}

/// What somebody wishes, as it was kept; `None` when they never said.
///
/// # Errors
/// Those of the engine.
pub async fn wishes(link: Link<'_>, person: &str) -> Result<Option<String>, Error> {
    const READ: &str = "SELECT wishes FROM notice_wish WHERE person = $1";
    let found: Option<(String,)> = row!(link, READ, plain(person));
    Ok(found.map(|(wishes,)| wishes))
}

/// What everybody wishes who ever said, by person.
///
/// # Errors
/// Those of the engine.
pub async fn all_wishes(link: Link<'_>) -> Result<Vec<(String, String)>, Error> {
    const READ: &str = "SELECT person, wishes FROM notice_wish ORDER BY person";
    Ok(rows!(link, READ))
}

/// Puts down what somebody wishes.
///
/// # Errors
/// Those of the engine.
pub async fn set_wishes(link: Link<'_>, person: &str, wishes: &str) -> Result<(), Error> {
    const SET: &str = "INSERT INTO notice_wish (person, wishes) VALUES ($1, $2) \
                       ON CONFLICT (person) DO UPDATE SET wishes = excluded.wishes";
    execute!(link, SET, plain(person), plain(wishes));
    Ok(())
}

/// Deletes messages that came to their end before a time, with what they told; how many. The newest
/// event stays, so that numbers go on behind it.
///
/// # Errors
/// Those of the engine.
pub async fn expire(mut link: Link<'_>, before: Time) -> Result<u64, Error> {
    const NOTICES: &str = "DELETE FROM notice WHERE message IN (SELECT id FROM notice_message \
                           WHERE state <> 'open' AND done < $1)";
    const MESSAGES: &str = "DELETE FROM notice_message WHERE state <> 'open' AND done < $1";
    const EVENTS: &str = "DELETE FROM notice_event WHERE spread = 1 AND at < $1 \
        AND number < (SELECT max(number) FROM notice_event) \
        AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.event = notice_event.number)";
    execute!(link.again(), NOTICES, before.micros());
    let messages = execute!(link.again(), MESSAGES, before.micros());
    execute!(link, EVENTS, before.micros());
    Ok(messages)
}

fn event_of(columns: EventColumns) -> Result<Event, Error> {
    let (number, key, at, topic, rung, scope, object, actor, title, because, places) = columns;
    let (rung, places) = (rung.map(rung_of).transpose()?, split(&places));
    let at = Time::from_micros(at);
    let new = New { key, at, topic, rung, scope, object, actor, title, because, places };
    Ok(Event { number, new })
}

pub(crate) fn counted(columns: Counted) -> Result<(Event, u64), Error> {
    let (count, number, key, at, topic, rung, scope, object, actor, title, because, places) =
        columns;
    let of = (number, key, at, topic, rung, scope, object, actor, title, because, places);
    Ok((event_of(of)?, unsigned(count)))
}
