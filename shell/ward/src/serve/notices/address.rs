//! What is addressed to whom: by name while little waits for them, and counted beyond that.
//!
//! What comes beyond is counted with something of its own kind, so that a message can say of what
//! there is more and from when; and a place that sends without end is counted before another is.

use ward_desk::notices::pace::{Pace, Sent, Waits};
use ward_desk::notices::{self as rules, Event, Topic, Weight, Wishes};
use ward_kernel::Rung;
use ward_store::notices::{self, Addressed, Had};
use ward_store::people::Person;
use ward_store::{Error, Link};
use ward_web::notices::{WEBHOOK, listener};

use crate::settings::notices::Hook;

/// Things of one kind that wait for one recipient by name.
const NAMED: usize = 60;
/// Of these, things of one place.
const OWN: usize = 20;
/// What is read of all that waits for one recipient: more than can wait by name.
pub(super) const MOST: i64 = 1_000;

/// Somebody who may be told, or a program.
pub(super) struct Recipient {
    pub(super) id: String,
    /// A person; a program hears as if it acted for the state.
    person: Option<Person>,
    wishes: Wishes,
    /// The most messages an hour to a program.
    per_hour: Option<u32>,
}

impl Recipient {
    /// A program.
    pub(super) fn of_hook(hook: &Hook) -> Self {
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

    /// A person, with what they wish.
    pub(super) fn of_person(person: Person, wishes: Wishes) -> Self {
        Self { id: person.id.clone(), person: Some(person), wishes, per_hour: None }
    }

    /// Whether they are told of something.
    pub(super) fn concerns(&self, event: &Event) -> bool {
        let program = rules::Listener { id: &self.id, duty: rules::Duty::Lead, place: None };
        let who = self.person.as_ref().map_or(program, listener);
        rules::concerns(event, &who, &self.wishes)
    }

    /// How fast they are told, where a person gets so many messages an hour.
    pub(super) fn pace(&self, usual: u32) -> Pace {
        Pace {
            per_hour: self.per_hour.unwrap_or(usual),
            quiet: self.wishes.quiet,
            // Whoever acts for one place hears of that alone.
            shared: self.person.as_ref().is_none_or(|person| person.jurisdiction.is_none()),
        }
    }
}

/// Something that waits for a recipient, or is to.
struct Row<'a> {
    event: i64,
    /// What is counted together: a topic, of a case with its rung. An effect that is counted as one
    /// more access would be named nowhere.
    kind: (&'a str, Option<Rung>),
    weight: Weight,
    place: Option<&'a str>,
    /// How many come to it now.
    more: u64,
    is_new: bool,
}

impl<'a> Row<'a> {
    fn new(event: &'a notices::Event, (more, is_new): (u64, bool)) -> Self {
        let Waits { weight, place } = waits_of(event);
        let kind = (event.new.topic.as_str(), event.new.rung);
        Self { event: event.number, kind, weight, place, more, is_new }
    }
}

/// Addresses these events to a recipient, as far as they concern them.
///
/// # Errors
/// Those of the store.
pub(super) async fn address(
    mut link: Link<'_>,
    recipient: &Recipient,
    events: &[notices::Event],
) -> Result<(), Error> {
    let concern =
        |event: &&notices::Event| event_of(event).is_some_and(|known| recipient.concerns(&known));
    let events: Vec<&notices::Event> = events.iter().filter(concern).collect();
    if events.is_empty() {
        return Ok(());
    }
    let waiting = notices::waiting_for(link.again(), &recipient.id, MOST).await?;
    for row in rows(&waiting, &events) {
        if row.is_new {
            let new = Addressed {
                recipient: recipient.id.clone(),
                event: row.event,
                urgent: row.weight >= Weight::Urgent,
                count: row.more,
            };
            notices::address(link.again(), &new).await?;
        } else if row.more > 0 {
            notices::more(link.again(), &recipient.id, row.event, row.more).await?;
        }
    }
    Ok(())
}

/// What waits, with what comes to it. What would be too much of its kind, or of its place, is counted
/// with the newest that is like it.
fn rows<'a>(waiting: &'a [(notices::Event, u64)], events: &[&'a notices::Event]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> =
        waiting.iter().map(|(event, _)| Row::new(event, (0, false))).collect();
    for event in events {
        let new = Row::new(event, (1, true));
        let of_kind = rows.iter_mut().filter(|row| row.kind == new.kind);
        let (own, others): (Vec<&mut Row<'a>>, Vec<_>) =
            of_kind.partition(|row| row.place == new.place);
        let too_many = new.place.is_some() && own.len() >= OWN;
        let full = own.len().saturating_add(others.len()) >= NAMED;
        let like = others.into_iter().chain(own).next_back().filter(|_| full || too_many);
        match like {
            Some(like) => like.more = like.more.saturating_add(1),
            None => rows.push(new),
        }
    }
    rows
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

/// Something that waits, as the core counts it. What another version told can wait.
pub(super) fn waits_of(event: &notices::Event) -> Waits<'_> {
    waits(&event.new.topic, event.new.rung, &event.new.places)
}

fn waits<'a>(topic: &str, rung: Option<Rung>, places: &'a [String]) -> Waits<'a> {
    let weight = Topic::named(topic).map_or(Weight::Ordinary, |topic| topic.weight(rung));
    Waits { weight, place: rules::one_place(places) }
}

/// The messages that somebody had.
pub(super) fn sent_of(had: &[Had]) -> Vec<Sent> {
    let messages = had.chunk_by(|one, next| one.message == next.message);
    let sent = messages.filter_map(|told| {
        let kinds: Vec<Waits<'_>> =
            told.iter().map(|one| waits(&one.topic, one.rung, &one.places)).collect();
        Some(Sent::new(told.first()?.at, &kinds))
    });
    sent.collect()
}

#[cfg(test)]
mod tests {
    use ward_kernel::Time;
    use ward_store::notices::New;

    use super::*;

    fn event(number: i64, topic: Topic, rung: Option<Rung>, place: &str) -> notices::Event {
        let new = New {
            key: format!("k-{number}"),
            at: Time::from_secs(number),
            topic: topic.name().to_owned(),
            rung,
            scope: None,
            object: format!("x-{number}"),
            actor: String::new(),
            title: String::new(),
            because: String::new(),
            places: vec![place.to_owned()],
        };
        notices::Event { number, new }
    }

    /// What becomes of events that come to one for whom nothing waits: number and count of each row.
    fn counted(events: &[notices::Event]) -> Vec<(i64, u64)> {
        let all: Vec<&notices::Event> = events.iter().collect();
        rows(&[], &all).iter().map(|row| (row.event, row.more)).collect()
    }

    #[test]
    fn a_place_that_sends_without_end_takes_nobodys_name() {
        let voting = |number, place| event(number, Topic::Voting, None, place);
        let mut events: Vec<_> = (1..=500).map(|number| voting(number, "boone-county")).collect();
        events.push(voting(501, "cole-county"));
        events.push(event(502, Topic::Case, Some(Rung::Access), "boone-county"));
        let rows = counted(&events);
        assert_eq!(rows.len(), OWN + 2);
        assert_eq!(rows[OWN - 1..], [(20, 481), (501, 1), (502, 1)]);
        assert_eq!(rows.iter().map(|(_, count)| count).sum::<u64>(), 502);
    }

    #[test]
    fn an_effect_is_named_behind_any_number_of_accesses() {
        let case = |number, rung| event(number, Topic::Case, Some(rung), "boone-county");
        let mut events: Vec<_> = (1..=20).map(|number| case(number, Rung::Access)).collect();
        events.push(case(21, Rung::Effect));
        events.push(case(22, Rung::Access));
        let rows = counted(&events);
        assert_eq!((rows.len(), &rows[OWN - 1..]), (OWN + 1, &[(20, 2), (21, 1)][..]));
    }

    #[test]
    fn what_is_too_much_is_counted_with_its_kind() {
        let place = |number: i64| format!("place-{}", number % 90);
        let mut events: Vec<_> =
            (1..=200).map(|at| event(at, Topic::Incident, None, &place(at))).collect();
        events.push(event(201, Topic::Silence, None, "place-1"));
        let rows = counted(&events);
        // Nobody's place has a name more: those that have one keep it, and the rest is counted.
        assert_eq!((rows.len(), rows.last()), (NAMED + 1, Some(&(201, 1))));
        assert_eq!(rows.iter().map(|(_, count)| count).sum::<u64>(), 201);
        // What waits already is counted on.
        let waiting: Vec<_> = events.iter().take(NAMED).map(|event| (event.clone(), 1)).collect();
        let next = event(300, Topic::Incident, None, "place-7");
        let more: Vec<_> =
            super::rows(&waiting, &[&next]).into_iter().filter(|row| row.more > 0).collect();
        assert_eq!(
            more.iter().map(|row| (row.event, row.is_new)).collect::<Vec<_>>(),
            [(7, false)]
        );
    }
}
