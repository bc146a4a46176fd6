//! What a local authority is asked by a communications check: the question with its buttons, and
//! its answer once it is there.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act as Right, Scope};
use ward_desk::Words;
use ward_desk::communications::{Answer as Said, Check, Way};
use ward_store::Link;
use ward_store::meta;
use ward_store::office::PHONE;

use super::HERE;
use crate::desk::Desk;
use crate::doing::standing::Stands;
use crate::doing::{room, told};
use crate::fields::{Fields, Sent};
use crate::pages::failed::Failed;
use crate::pages::parts::{Frame, go_to, prose, wrong};
use crate::refused::{Answer, Refused, not_found};
use crate::ui::{Act as Button, Call, Disclosure, Field, Form, Go, Hidden, Href, Html, Notice};
use crate::who::Who;

/// A check that goes on, as one of those sees it who are asked.
pub(crate) struct Asked {
    check: Stands<Check>,
    /// The jurisdiction that is asked.
    own: String,
}

/// What somebody's local authority is asked, whether it has answered or not.
///
/// # Errors
/// Those of the store.
pub(crate) async fn asked_of(who: &Who, link: Link<'_>) -> Result<Vec<Asked>, Refused> {
    let Some(own) = own(who) else { return Ok(Vec::new()) };
    let open = room::checks(link, Some(true)).await?;
    let asked = open.into_iter().filter(|one| one.state.asked.contains_key(own));
    Ok(asked.map(|check| Asked { check, own: own.to_owned() }).collect())
}

/// The jurisdiction for which somebody answers.
fn own(who: &Who) -> Option<&str> {
    let own = who.actor.as_ref().and_then(|actor| actor.jurisdiction.as_deref());
    own.filter(|own| who.may(Right::AnswerCheck, Scope::Jurisdiction(own)))
}

impl Asked {
    /// Whether they have not answered.
    pub(crate) fn waits(&self) -> bool {
        self.said().is_none()
    }

    fn said(&self) -> Option<&Said> {
        self.check.state.asked.get(&self.own)?.as_ref()
    }

    fn id(&self) -> &str {
        &self.check.place.id
    }

    /// What whoever sends something has read.
    fn read(&self) -> String {
        self.check.state.said_by(&self.own).to_string()
    }

    /// A key for what they say next: however often it is pressed it is one answer, and the page stays
    /// the same when it is asked for again. An answer after an answer is another, and so is one after
    /// an answer that was taken back.
    fn key(&self, kind: &str) -> String {
        format!("{kind}-{}-{}", self.id(), self.read())
    }

    fn to(&self) -> Href {
        Href::at(HERE).join("checks").join(self.id()).join("answer")
    }

    /// The question with its buttons; when it is answered, what was put down. `phone` is that of the
    /// state's desk and may be empty.
    pub(crate) fn notice(&self, frame: &Frame<'_>, phone: &str) -> Markup {
        let Some(question) = &self.check.state.question else { return html! {} };
        let nothing = Failed::default();
        let Some(said) = self.said() else {
            let report = Go::new("Report an incident", Href::at("/incidents/new")).second();
            return html! {
                div.asked {
                    (Notice::warn("The state's desk asks").body(html! {
                        (prose(question))
                        div.buttons { (self.well("We are here: all well")) (report) }
                        (Disclosure::new("We are here, and not all is well", html! {
                            (self.otherwise(&nothing)) (danger(phone))
                        }))
                    }))
                }
            };
        };
        let at = frame.clock.at(said.at, frame.now);
        let thanks =
            format!("Thank you. Your answer was put down {}; you can change it below.", at.words());
        html! {
            (Notice::good(thanks).body(html! {
                @if said.way != Way::Page {
                    p { "It came otherwise (" (said.way.label().to_lowercase()) "), and "
                        (said.by.name) " put it down for you." }
                }
                p { "You said: " @match &said.text {
                    Some(text) => q { (text) },
                    None => "all well."
                } }
                (Disclosure::new("Change your answer", html! {
                    div.stack {
                        @if said.text.is_some() {
                            div.buttons { (self.well("All is well now")) }
                        }
                        (self.otherwise(&nothing))
                        (danger(phone))
                    }
                }))
            }))
        }
    }

    /// One press.
    fn well(&self, label: &str) -> Button {
        let key = self.key("answer");
        Button::new(key.as_str(), self.to(), label).with("key", &key).with("read", self.read())
    }

    /// With words.
    fn otherwise(&self, failed: &Failed) -> Form {
        let key = self.key("say");
        let form = Form::new(key.as_str(), self.to(), "Send this answer")
            .field(Hidden::new("key", &key))
            .field(Hidden::new("act", "say"))
            .field(Hidden::new("read", self.read()))
            .field(
                Field::area("text", "What is not well, and what do you need?", 2)
                    .value(failed.typed("say", "text"))
                    .max(Words::MAX),
            );
        failed.marked(form, failed.is("say"))
    }
}

/// When an answer is too slow.
fn danger(phone: &str) -> Markup {
    html! {
        p {
            "If voting is stopped or somebody is in danger, call "
            @if phone.is_empty() { "the state's desk" } @else { (Call::new(phone)) }
            " now."
        }
    }
}

pub(super) async fn answer(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    match told(room::answer(&desk, &who, &id, &fields).await)? {
        Ok(()) => go_to(&Href::at("/")),
        // Whoever presses the first button a second time is not told off: the first answer stands.
        // Who would change an answer is told why it was not taken.
        Err(_) if is_first_press(&fields) => go_to(&Href::at("/")),
        Err(errors) => wrong(again(&desk, &who, &id, &Failed::new(fields, errors)).await?),
    }
}

/// Whether it came from the one button of a question that nobody had answered.
fn is_first_press(fields: &Fields) -> bool {
    fields.text("act") != "say" && matches!(fields.text("read"), "" | "0")
}

/// The question by itself, with the words that could not be taken.
async fn again(desk: &Desk, who: &Who, id: &str, failed: &Failed) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let all = asked_of(who, read.link()).await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let phone = meta::get(read.link(), PHONE).await?.unwrap_or_default();
    drop(read);
    let asked = all.into_iter().find(|one| one.id() == id).ok_or_else(not_found)?;
    let question = asked.check.state.question.as_ref();
    let form = asked.otherwise(failed).cancel("Answer nothing now", Href::at("/"));
    Ok(frame
        .page(&asked.to(), "The state's desk asks")
        .crumb("Home", Href::at("/"))
        .lead(question.map_or_else(String::new, ToString::to_string))
        .narrow()
        .failed(true)
        .render(&html! { (failed.notice(true)) (form) (danger(&phone)) }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ward_desk::communications::Act;
    use ward_desk::{Body, By, Log};
    use ward_kernel::Time;
    use ward_store::logbook;

    use super::*;

    /// The keys with which two jurisdictions answer next.
    fn keys(log: &Log<Check>) -> [String; 2] {
        ["adair-county", "boone-county"].map(|own| {
            let place = logbook::Log {
                id: "check-1".to_owned(),
                kind: "check".to_owned(),
                jurisdiction: None,
                begun: Time::default(),
                updated: Time::default(),
                open: true,
            };
            let state = Arc::new(log.state().clone());
            Asked { check: Stands { place, state }, own: own.to_owned() }.key("answer")
        })
    }

    #[test]
    fn who_was_taken_back_answers_again() {
        let ours = "adair-county";
        let (lead, clerk) = (by("lead"), by("clerk"));
        let words = |text: &str| Words::new(text).unwrap();
        let mut log = Log::<Check>::default();
        let mut put = |key: &str, by: &By, act: Act| {
            log.add(key, Time::from_secs(1), by, Body::Act(act)).unwrap();
            keys(&log)
        };
        let jurisdictions = [ours, "boone-county"].map(str::to_owned).into();
        let [first, other] =
            put("ask", &lead, Act::Ask { question: words("Do you read us?"), jurisdictions });
        let answer = |text: Option<&str>| Act::Answer {
            jurisdiction: ours.to_owned(),
            way: Way::Page,
            text: text.map(words),
        };
        // Pressed twice on one page it is one entry; what is said after it is another.
        let [second, same] = put(&first, &clerk, answer(None));
        assert_eq!(put(&first, &clerk, answer(None)), [second.clone(), same.clone()]);
        assert_eq!(same, other);
        assert_ne!(second, first);
        let [third, _] = put(&second, &clerk, answer(Some("The power is out.")));
        let back = Act::Withdraw { jurisdiction: ours.to_owned(), why: words("It was another.") };
        let [fourth, same] = put("back", &lead, back);
        assert_eq!(same, other);
        assert!(fourth != third && third != second);
        put(&fourth, &clerk, answer(None));
        assert_eq!(log.state().count(), (1, 2));
    }

    fn by(id: &str) -> By {
        By { id: id.to_owned(), name: id.to_owned() }
    }
}
