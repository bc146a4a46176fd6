//! One's own notices: which, when, and a test of them; and what was sent lately.

use ward_desk::notices::pace::{Quiet, minute_of_day};
use ward_desk::notices::{Least, Topic, Wishes};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;
use ward_store::notices::{self, Addressed, Line, New};
use ward_store::people::Person;
use ward_store::{Error, Link};

use super::account::own;
use super::{Why, checked, whole};
use crate::desk::Desk;
use crate::fields::Fields;
use crate::notices::WEBHOOK;
use crate::ui::Errors;
use crate::who::Who;

/// How often somebody may try whether notices reach them, in microseconds.
const TESTS: i64 = 2 * MINUTE;
/// Why no test is sent where the sender stands still.
pub(crate) const OVER: &str = "This exercise is over: nothing goes out any more.";
/// Messages that are shown of one's own.
const OWN: i64 = 10;
/// Messages that are shown of all.
const ALL: i64 = 200;

/// What somebody wishes.
///
/// # Errors
/// Those of the store.
pub(crate) async fn wishes(link: Link<'_>, desk: &Desk, person: &Person) -> Result<Wishes, Error> {
    let kept = notices::wishes(link, &person.id).await?;
    let quiet = desk.settings.notices.quiet;
    Ok(crate::notices::wishes(person.role, kept.as_deref(), quiet))
}

/// The name of a box by which a topic is chosen.
pub(crate) fn box_of(topic: Topic) -> String {
    format!("topic-{}", topic.name())
}

/// The wishes as a form sends them.
pub(crate) fn fields_of(wishes: &Wishes) -> Fields {
    let yes = |on: bool| if on { "yes" } else { "" }.to_owned();
    let (from, to) = wishes.quiet.map(Quiet::hours).unwrap_or_default();
    let mut all = vec![
        ("mail".to_owned(), yes(wishes.mail)),
        ("least".to_owned(), wishes.least.name().to_owned()),
        ("quiet".to_owned(), yes(wishes.quiet.is_some())),
        ("from".to_owned(), from),
        ("to".to_owned(), to),
    ];
    let topics = Topic::CHOSEN.map(|one| (box_of(one), yes(wishes.topics.contains(&one))));
    all.extend(topics);
    Fields::new(all)
}

/// Changes what somebody wishes.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(crate) async fn change(desk: &Desk, who: &Who, sent: &Fields) -> Result<(), Why> {
    let person = own(who)?;
    let new = read(sent)?;
    let mut tx = desk.store.begin().await?;
    if wishes(tx.link(), desk, person).await? == new {
        return Ok(());
    }
    let kept = serde_json::to_string(&new).map_err(|err| Error::Damaged(err.to_string()))?;
    notices::set_wishes(tx.link(), &person.id, &kept).await?;
    tx.commit(who.did(desk.now(), "notices.change", &person.id, said(&new))).await?;
    Ok(())
}

/// Wishes in a line, for the audit.
fn said(wishes: &Wishes) -> String {
    if !wishes.mail {
        return "no mail".to_owned();
    }
    let topics: Vec<&str> = wishes.topics.iter().map(|topic| topic.name()).collect();
    let quiet = wishes.quiet.map(Quiet::hours);
    let quiet = quiet.map_or("none".to_owned(), |(from, to)| format!("{from}-{to}"));
    format!("{}; cases from {}; quiet hours {quiet}", topics.join(", "), wishes.least.name())
}

fn read(sent: &Fields) -> Result<Wishes, Why> {
    let mut errors = Errors::new();
    let is_on = |name: &str| sent.text(name) == "yes";
    let least = Least::named(sent.text("least"));
    if least.is_none() {
        errors = errors.add("least", "Choose from which rung on.");
    }
    let mut quiet = None;
    if is_on("quiet") {
        let (from, to) = (minute_of_day(sent.text("from")), minute_of_day(sent.text("to")));
        for (name, read) in [("from", from), ("to", to)] {
            if read.is_none() {
                errors = errors.add(name, "Write a time of the day such as 22:00.");
            }
        }
        quiet = from.zip(to).and_then(|(from, to)| Quiet::new(from, to));
        if from.is_some() && from == to {
            errors = errors.add("to", "Quiet hours end at another time than they begin.");
        }
    }
    checked(errors)?;
    let topics = Topic::CHOSEN.into_iter().filter(|topic| is_on(&box_of(*topic))).collect();
    let least = least.unwrap_or(Least::Attempt);
    Ok(Wishes { mail: is_on("mail"), topics, least, quiet })
}

/// Sends somebody a test, by the way that every notice goes.
///
/// # Errors
/// That the exercise is over, that the desk sends no mail, or that one was sent a moment ago.
pub(crate) async fn test(desk: &Desk, who: &Who) -> Result<(), Why> {
    let person = own(who)?;
    if desk.settings.ended.is_some() {
        return Err(whole(OVER));
    }
    if desk.settings.notices.mail.is_none() {
        let what = "The desk sends no mail: its mail server stands under [notices] in ward.toml.";
        return Err(whole(what));
    }
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let told = notices::tell(tx.link(), &test_of(person, now)).await?;
    let Some(event) = told else {
        return Err(whole("A test was sent to you a moment ago: look for it, and wait a little."));
    };
    let recipient = person.id.clone();
    let new = Addressed { recipient, event, urgent: true, count: 1 };
    notices::address(tx.link(), &new).await?;
    tx.commit(who.did(now, "notices.test", &person.id, "")).await?;
    Ok(())
}

fn test_of(person: &Person, now: Time) -> New {
    let turn = now.micros().div_euclid(TESTS);
    New {
        key: format!("test-{}/{turn}", person.id),
        at: now,
        topic: Topic::Test.name().to_owned(),
        rung: None,
        scope: None,
        object: String::new(),
        actor: person.id.clone(),
        title: "A test of your notices".to_owned(),
        because: "You asked for it on the page of your notices.".to_owned(),
        places: Vec::new(),
    }
}

/// One's own newest messages.
///
/// # Errors
/// Those of the store.
pub(crate) async fn own_lately(link: Link<'_>, person: &Person) -> Result<Vec<Line>, Error> {
    notices::lately(link, Some(&person.id), OWN).await
}

/// The newest messages of all.
///
/// # Errors
/// Those of the store.
pub(crate) async fn all_lately(link: Link<'_>) -> Result<Vec<Line>, Error> {
    notices::lately(link, None, ALL).await
}

/// Whom a message is to, by name.
pub(crate) fn recipient(people: &[Person], id: &str) -> String {
    if let Some(name) = id.strip_prefix(WEBHOOK) {
        return format!("Webhook {name}");
    }
    people.iter().find(|person| person.id == id).map_or(id, |person| &person.name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_what_the_form_says() {
        let mut wishes = Wishes {
            mail: true,
            topics: [Topic::Case, Topic::Check].into(),
            least: Least::Access,
            quiet: Quiet::new(22 * 60, 6 * 60),
        };
        assert!(read(&fields_of(&wishes)).is_ok_and(|read| read == wishes));
        wishes.quiet = None;
        assert!(read(&fields_of(&wishes)).is_ok_and(|read| read == wishes));
        for (name, value) in [("least", "scan"), ("from", "25:00"), ("to", "22:00"), ("to", "")] {
            let fine = [("least", "attempt"), ("quiet", "yes"), ("from", "22:00"), ("to", "06:00")];
            let sent = fine.map(|(one, kept)| (one, if one == name { value } else { kept }));
            assert!(read(&Fields::from(sent)).is_err(), "{name} {value}");
        }
    }
}
