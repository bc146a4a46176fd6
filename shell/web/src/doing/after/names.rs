//! The names that stand in what was put down: of people, so that they go, and of places, so that they
//! are read.

use ward_desk::redact::{Class, Known};
use ward_desk::replay::{Event, Said, Text};
use ward_desk::{Body, By, case_file};

use super::record::Around;

/// The names that the desk knows, with those that stand in what was put down: of whoever wrote, under
/// each name that they had, and of whoever told something, was told it or confirmed it.
pub(super) fn known(around: &Around<'_>, events: &[Event]) -> Known {
    let mut known = around.known.clone();
    let pair = |by: &By| (by.id.clone(), by.name.clone());
    known.people.extend(events.iter().filter_map(|event| event.by.as_ref()).map(pair));
    known.people.extend(events.iter().filter_map(|event| match &event.said {
        Said::File(Body::Act(case_file::Act::Give { to })) => Some(pair(to)),
        _ => None,
    }));
    for event in events {
        let people = event.texts.iter().filter(|text| text.class == Class::Person);
        for text in people.filter(|text| !is_contact(event, text)) {
            let is_told = matches!(text.name.as_str(), "whom" | "confirmed");
            let all = if is_told { &mut known.told } else { &mut known.named };
            all.push(text.text.clone());
        }
    }
    known.places.extend(around.jurisdictions.iter().map(|one| one.name.clone()));
    known.people.sort();
    known.people.dedup();
    for all in [&mut known.told, &mut known.named] {
        all.sort();
        all.dedup();
    }
    known
}

/// Whether a value is the id of a contact.
pub(super) fn is_contact(event: &Event, text: &Text) -> bool {
    event.kind == "contacts" && text.name == "id"
}

/// A value that names jurisdictions by their ids, with their names; `None` of any other.
pub(crate) fn places(event: &Event, text: &Text, place: impl Fn(&str) -> String) -> Option<String> {
    let is_place = matches!(text.name.as_str(), "jurisdiction" | "jurisdictions")
        || event.kind == "rumor" && text.name == "from";
    is_place.then(|| text.text.split(", ").map(place).collect::<Vec<_>>().join(", "))
}
