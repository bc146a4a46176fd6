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

type EventColumns =
    (i64, String, i64, String, Option<i64>, Option<String>, String, String, String, String, String);
type Columns = (String, String, i64, String, i64, i64, i64, String);

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

/// Counts an event, with those that it stands for, to the newest that waits for its recipient and is
/// as urgent; false when none does.
///
/// # Errors
/// Those of the engine.
pub async fn more(link: Link<'_>, new: &Addressed) -> Result<bool, Error> {
    const SET: &str = "UPDATE notice SET count = count + $3 WHERE recipient = $1 AND event = \
        (SELECT max(event) FROM notice WHERE message = '' AND recipient = $1 AND urgent = $2)";
    let (urgent, count) = (i64::from(new.urgent), signed(new.count));
    Ok(execute!(link, SET, plain(&new.recipient), urgent, count) == 1)
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

/// All that waits, by recipient and in the order in which it was told.
///
/// # Errors
/// Those of the engine.
pub async fn waiting(link: Link<'_>) -> Result<Vec<Addressed>, Error> {
    const READ: &str = "SELECT recipient, event, urgent, count FROM notice WHERE message = '' \
                        ORDER BY recipient, event";
    let found: Vec<(String, i64, i64, i64)> = rows!(link, READ);
    let one = |(recipient, event, urgent, count)| Addressed {
        recipient,
        event,
        urgent: urgent == 1,
        count: unsigned(count),
    };
    Ok(found.into_iter().map(one).collect())
}

/// Forgets what waits for a recipient whom there is not any more; how many there were.
///
/// # Errors
/// Those of the engine.
pub async fn forget(link: Link<'_>, recipient: &str) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM notice WHERE message = '' AND recipient = $1";
    Ok(execute!(link, DELETE, plain(recipient)))
}

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
    type Counted = (
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
    const READ: &str = "SELECT n.count, e.number, e.key, e.at, e.topic, e.rung, e.scope, e.object, \
        e.actor, e.title, e.because, e.places FROM notice AS n \
        JOIN notice_event AS e ON e.number = n.event WHERE n.message = $1 ORDER BY e.number";
    let found: Vec<Counted> = rows!(link, READ, plain(message));
    let one =
        |(count, number, key, at, topic, rung, scope, object, actor, title, because, places)| {
            let event = event_of((
                number, key, at, topic, rung, scope, object, actor, title, because, places,
            ))?;
            Ok((event, unsigned(count)))
        };
    found.into_iter().map(one).collect()
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

/// The moments since a time at which messages were sent, by recipient.
///
/// # Errors
/// Those of the engine.
pub async fn sent_since(link: Link<'_>, since: Time) -> Result<Vec<(String, Time)>, Error> {
    const READ: &str = "SELECT recipient, done FROM notice_message \
                        WHERE state = 'sent' AND done > $1 ORDER BY recipient, done, id";
    let found: Vec<(String, i64)> = rows!(link, READ, since.micros());
    Ok(found.into_iter().map(|(recipient, at)| (recipient, Time::from_micros(at))).collect())
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
