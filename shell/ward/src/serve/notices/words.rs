//! What a notice says: rung, place and number in its subject; why, and what to do, in its text. Of
//! what people wrote, only where an incident is and what a check asks goes out; a case's title and
//! reasons name accounts and addresses. The account of what happened, and whom to call, stay at the
//! desk.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use ward_access::STATE_OFFICE;
use ward_desk::notices::{Topic, Weight};
use ward_kernel::{Rung, Time, World};
use ward_store::notices::{Event, Message};

use super::address::waits_of;
use crate::page::when::Clock;

/// Things that are named in one message; the rest is counted.
const NAMED: usize = 20;

/// What every message's words need.
pub(super) struct Ground {
    /// The office's name.
    pub(super) office: String,
    /// The desk's address, without a closing slash.
    pub(super) origin: String,
    pub(super) world: World,
    pub(super) clock: Clock,
    /// The jurisdictions' names by their ids.
    pub(super) places: BTreeMap<String, String>,
}

/// What a message tells of, with how many each stands for.
pub(super) type Told = [(Event, u64)];

/// What a message is to a reader: the gravest of it first. Of what weighs the same, the first thing
/// of each place stands before the second of any, so that no place buries another; then as they were
/// told.
fn in_order(told: &Told) -> Vec<&(Event, u64)> {
    let mut seen: BTreeMap<(Weight, Option<Rung>, &[String]), usize> = BTreeMap::new();
    let placed = told.iter().map(|one| {
        let (new, weight) = (&one.0.new, waits_of(&one.0).weight);
        let nth = seen.entry((weight, new.rung, &new.places)).or_default();
        *nth = nth.saturating_add(1);
        ((Reverse(weight), Reverse(new.rung), *nth), one)
    });
    let mut all: Vec<_> = placed.collect();
    all.sort_by_key(|(order, _)| *order);
    all.into_iter().map(|(_, one)| one).collect()
}

/// What a message counts and does not name: of which topic, how many, and since when.
fn unnamed<'a>(all: &[&'a (Event, u64)]) -> BTreeMap<&'a str, (u64, Time)> {
    let mut rest: BTreeMap<&str, (u64, Time)> = BTreeMap::new();
    for (at, (event, count)) in all.iter().enumerate() {
        let more = count.saturating_sub(u64::from(at < NAMED));
        if more > 0 {
            let (sum, since) = rest.entry(&event.new.topic).or_insert((0, event.new.at));
            (*sum, *since) = (sum.saturating_add(more), (*since).min(event.new.at));
        }
    }
    rest
}

fn total(told: &Told) -> u64 {
    told.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

impl Ground {
    /// The subject.
    pub(super) fn subject(&self, told: &Told) -> String {
        let more = total(told).saturating_sub(1);
        let first = in_order(told).first().map(|(event, _)| self.headline(event));
        let first = first.unwrap_or_else(|| "news".to_owned());
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        format!("{}Ward: {first}{more}", self.world.prefix())
    }

    /// An event in half a line: what, where, and its number.
    fn headline(&self, event: &Event) -> String {
        let (new, place) = (&event.new, self.place(event));
        match Topic::named(&new.topic) {
            Some(Topic::Case) => {
                let rung = new.rung.map_or("case", Rung::name);
                format!("{rung}, {place}, case {}", new.object)
            }
            Some(Topic::Voting) => format!("people cannot vote, {place}, {}", new.object),
            Some(Topic::Incident) => format!("incident reported, {place}, {}", new.object),
            Some(Topic::Check) => "can you be reached? The state's desk asks".to_owned(),
            Some(Topic::Silence) => format!("sensor silent, {place}, {}", new.title),
            Some(Topic::Test) => "a test of your notices".to_owned(),
            None => format!("news, {place}"),
        }
    }

    /// Where it is: two places by name, the rest by number.
    fn place(&self, event: &Event) -> String {
        let name = |id: &String| match self.places.get(id) {
            Some(name) => name.clone(),
            None if id == STATE_OFFICE => "State office".to_owned(),
            None => id.clone(),
        };
        let names: Vec<String> = event.new.places.iter().take(2).map(name).collect();
        match event.new.places.len().saturating_sub(names.len()) {
            0 if names.is_empty() => "the state".to_owned(),
            0 => names.join(" and "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }

    /// Where more of it stands.
    fn link(&self, event: &Event) -> String {
        let path = match Topic::named(&event.new.topic) {
            Some(Topic::Case) => "/cases/",
            Some(Topic::Voting | Topic::Incident) => "/incidents/",
            Some(Topic::Silence) => "/sensors/",
            Some(Topic::Test) => return format!("{}/account/notices", self.origin),
            Some(Topic::Check) | None => return format!("{}/", self.origin),
        };
        format!("{}{path}{}", self.origin, event.new.object)
    }

    /// The text of a message for a person.
    pub(super) fn text(&self, told: &Told) -> String {
        let (mut text, all, total) = (String::new(), in_order(told), total(told));
        if self.world.is_exercise() {
            text.push_str("This is an exercise: nothing in it is real.\n\n");
        }
        if total > 1 {
            let _ = writeln!(text, "{total} things, the gravest first.\n");
        }
        for (event, _) in all.iter().take(NAMED) {
            self.item(&mut text, event);
        }
        self.rest(&mut text, &all);
        let _ = write!(
            text,
            "-- \nSent by the desk of {}. Nobody reads answers to this address.\n\
             Which notices you get, and when: {}/account/notices\n",
            if self.office.is_empty() { "your office" } else { &self.office },
            self.origin
        );
        text
    }

    /// What is not named, by its topic.
    fn rest(&self, text: &mut String, all: &[&(Event, u64)]) {
        let rest = unnamed(all);
        if rest.is_empty() {
            return;
        }
        let total = rest.values().fold(0_u64, |sum, (count, _)| sum.saturating_add(*count));
        let _ = writeln!(text, "And {total} more: {}/", self.origin);
        for (topic, (count, since)) in rest {
            let label = Topic::named(topic).map_or("Other news", Topic::label);
            let _ = writeln!(text, "  {label}: {count}, from {} on", self.clock.full(since));
        }
        text.push('\n');
    }

    fn item(&self, text: &mut String, event: &Event) {
        let new = &event.new;
        let headline = self.headline(event);
        let mut letters = headline.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
        let _ = writeln!(text, "{first}{}", letters.as_str());
        if !matches!(Topic::named(&new.topic), Some(Topic::Silence | Topic::Test)) {
            let _ = writeln!(text, "  {}", new.title);
        }
        for line in new.because.lines() {
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(text, "  {}", self.clock.full(new.at));
        let _ = writeln!(text, "  {}", self.link(event));
        if let Some(what) = what_to_do(event) {
            let _ = writeln!(text, "  What to do: {what}");
        }
        text.push('\n');
    }

    /// The document for a program.
    pub(super) fn document(&self, message: &Message, told: &Told) -> String {
        let all = in_order(told);
        let events: Vec<Value> =
            all.iter().take(NAMED).map(|(event, _)| self.value(event)).collect();
        let (count, named) = (total(told), u64::try_from(events.len()).unwrap_or(0));
        let unnamed: Vec<Value> = unnamed(&all)
            .into_iter()
            .map(|(topic, (count, since))| {
                json!({ "topic": topic, "count": count, "since": since.to_string() })
            })
            .collect();
        json!({
            "format": "ward.notice/1",
            "id": message.id,
            "world": self.world.as_str(),
            "made": message.made.to_string(),
            "subject": self.subject(told),
            "urgent": told.iter().any(|(event, _)| waits_of(event).weight >= Weight::Urgent),
            "count": count,
            "more": count.saturating_sub(named),
            "events": events,
            "unnamed": unnamed,
        })
        .to_string()
    }

    fn value(&self, event: &Event) -> Value {
        let new = &event.new;
        let place = |id: &String| json!({ "id": id, "name": self.places.get(id) });
        json!({
            "number": event.number,
            "at": new.at.to_string(),
            "topic": new.topic,
            "rung": new.rung.map(Rung::name),
            "about": new.object,
            "headline": self.headline(event),
            "title": new.title,
            "because": new.because,
            "places": new.places.iter().map(place).collect::<Vec<_>>(),
            "link": self.link(event),
            "do": what_to_do(event),
        })
    }
}

/// What whoever reads it does first.
fn what_to_do(event: &Event) -> Option<&'static str> {
    let local = event.new.scope.is_some();
    Some(match (Topic::named(&event.new.topic)?, event.new.rung) {
        (Topic::Case, Some(Rung::Access | Rung::Effect)) if local => {
            "call the state's desk now. Change nothing on the machine before."
        }
        (Topic::Case, Some(Rung::Access | Rung::Effect)) => {
            "open the case, call the office that it touches, and keep what the machine holds."
        }
        (Topic::Case, _) if local => {
            "open the case, and write there whether you know the machine or the account."
        }
        (Topic::Case, _) => "open the case and see whether it goes on.",
        (Topic::Voting, _) => "open the incident; the state's desk takes it and calls back.",
        (Topic::Incident, _) => "open the incident and see who has it.",
        (Topic::Check, _) => "open the desk and press the button on the first page.",
        (Topic::Silence, _) => "see whether the machine runs and reaches the desk.",
        (Topic::Test, _) => return None,
    })
}

#[cfg(test)]
mod tests {
    use ward_store::notices::{New, State};

    use super::*;

    fn ground(world: World) -> Ground {
        Ground {
            office: "Office of Example State".to_owned(),
            origin: "https://desk.example".to_owned(),
            world,
            clock: Clock::new(jiff::tz::TimeZone::get("America/Chicago").unwrap()),
            places: [("boone-county", "Boone County"), ("cole-county", "Cole County")]
                .map(|(id, name)| (id.to_owned(), name.to_owned()))
                .into(),
        }
    }

    fn event(number: i64, topic: Topic, rung: Option<Rung>) -> (Event, u64) {
        let new = New {
            key: format!("k-{number}"),
            at: Time::parse("2026-11-03T20:14:00Z").unwrap(),
            topic: topic.name().to_owned(),
            rung,
            scope: None,
            object: format!("x-{number}"),
            actor: String::new(),
            title: "Guesses at an account, then a success".to_owned(),
            because: "46 sign-ins as one account failed\nthen one succeeded".to_owned(),
            places: vec!["boone-county".to_owned(), "cole-county".to_owned()],
        };
        (Event { number, new }, 1)
    }

    #[test]
    fn one_thing_is_told_whole() {
        let told = [event(7, Topic::Case, Some(Rung::Access))];
        let ground = ground(World::Real);
        assert_eq!(ground.subject(&told), "Ward: access, Boone County and Cole County, case x-7");
        let text = ground.text(&told);
        for part in [
            "Access, Boone County and Cole County, case x-7\n",
            "  46 sign-ins as one account failed\n  then one succeeded\n",
            "  3 Nov 2026 14:14 CST\n",
            "  https://desk.example/cases/x-7\n",
            "  What to do: open the case, call the office",
            "https://desk.example/account/notices",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn a_digest_says_how_many_and_begins_with_the_gravest() {
        let mut told: Vec<(Event, u64)> =
            (1..=30).map(|number| event(number, Topic::Case, Some(Rung::Attempt))).collect();
        told.push((event(31, Topic::Voting, None).0, 1));
        told.push((event(32, Topic::Incident, None).0, 70));
        let ground = ground(World::Exercise);
        let subject = ground.subject(&told);
        assert!(subject.starts_with("EXERCISE: Ward: people cannot vote, Boone"), "{subject}");
        assert!(subject.ends_with("(and 100 more)"), "{subject}");
        let text = ground.text(&told);
        assert!(text.starts_with("This is an exercise"), "{text}");
        assert!(text.contains("101 things, the gravest first."), "{text}");
        assert!(text.contains("And 81 more: https://desk.example/"), "{text}");
        assert!(text.contains("  Cases: 11, from 3 Nov 2026 14:14 CST on\n"), "{text}");
        assert!(text.contains("  Incidents that are reported: 70, from 3 Nov"), "{text}");
    }

    #[test]
    fn no_place_buries_another_nor_what_is_graver() {
        let of = |number, place: &str| {
            let (mut event, count) = event(number, Topic::Voting, None);
            event.new.places = vec![place.to_owned()];
            (event, count)
        };
        let mut told: Vec<(Event, u64)> =
            (1..=30).map(|number| of(number, "boone-county")).collect();
        told.push(of(31, "cole-county"));
        told.push(event(32, Topic::Case, Some(Rung::Access)));
        told.push(event(33, Topic::Case, Some(Rung::Effect)));
        let ground = ground(World::Real);
        let subject = ground.subject(&told);
        assert!(subject.starts_with("Ward: effect, Boone County and Cole County"), "{subject}");
        let order = in_order(&told);
        let first: Vec<i64> = order.iter().take(5).map(|(event, _)| event.number).collect();
        assert_eq!(first, [33, 32, 1, 31, 2]);
        let text = ground.text(&told);
        assert!(text.contains("People cannot vote, Cole County, x-31\n"), "{text}");
        assert!(
            text.contains("  People cannot vote: 13, from 3 Nov 2026 14:14 CST on\n"),
            "{text}"
        );
    }

    #[test]
    fn a_program_is_told_the_same() {
        let message = Message {
            id: "m-1".to_owned(),
            recipient: "webhook:chat".to_owned(),
            made: Time::from_secs(1_793_736_000),
            state: State::Open,
            due: Time::from_secs(1_793_736_000),
            tries: 0,
            done: None,
            failure: String::new(),
        };
        let told = [event(7, Topic::Case, Some(Rung::Effect)), event(8, Topic::Silence, None)];
        let text = ground(World::Exercise).document(&message, &told);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&value["world"], &value["id"]), (&json!("exercise"), &json!("m-1")));
        assert_eq!((&value["count"], &value["urgent"]), (&json!(2), &json!(true)));
        assert_eq!(value["events"][0]["rung"], "effect");
        assert_eq!(value["events"][1]["link"], "https://desk.example/sensors/x-8");
        assert_eq!(value["events"][0]["places"][0]["name"], "Boone County");
        let headline = &value["events"][0]["headline"];
        assert_eq!(headline, "effect, Boone County and Cole County, case x-7");
        let what = value["events"][0]["do"].as_str().unwrap();
        assert!(what.starts_with("open the case, call the office"), "{what}");
        assert_eq!(value["unnamed"], json!([]));
    }
}
