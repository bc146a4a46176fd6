//! Notices: one's own, and what was sent lately to all: whom and when, never what.

use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::Act;
use ward_desk::notices::pace::Quiet;
use ward_desk::notices::{Least, Topic, Wishes};
use ward_store::notices::{Line, State as Stands};
use ward_store::people;

use super::doc::Doc;
use super::read::{Asked, InBody, Nothing, Sent};
use super::schema::{
    Field, Schema, at_most, choice, count, flag, has, line, list, maybe, moment, named, text,
};
use super::tell::{self, Answer, of_state, told};
use crate::desk::Desk;
use crate::doing;
use crate::doing::account::own;
use crate::doing::notices::{
    all_lately, box_of, change as put_down, own_lately, recipient, wishes,
};
use crate::fields::Fields;
use crate::route::{Access, Kind, Route, Verb};
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "api.account.notices",
        verb: Verb::Get,
        path: "/api/v1/account/notices",
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Api,
        summary: "Which notices one gets, and one's last messages",
        handler: || get(show),
    },
    Route {
        name: "api.account.notices.change",
        verb: Verb::Post,
        path: "/api/v1/account/notices",
        access: Access::Person(Act::ChangeOwnAccount),
        kind: Kind::Api,
        summary: "Chooses which notices one gets, and when",
        handler: || post(change),
    },
    // A test is sent to oneself, and a few an hour at most: it asks for no second factor again.
    Route {
        name: "api.account.notices.test",
        verb: Verb::Post,
        path: "/api/v1/account/notices/test",
        access: Access::Person(Act::SeeOwnAccount),
        kind: Kind::Api,
        summary: "Sends oneself a test",
        handler: || post(test),
    },
    Route {
        name: "api.notices",
        verb: Verb::Get,
        path: "/api/v1/notices",
        access: Access::Anyone(Act::SeeSettings),
        kind: Kind::Api,
        summary: "How notices are sent, and which were sent lately to whom",
        handler: || get(all),
    },
];

/// Their descriptions.
pub(crate) const DOCS: &[Doc] = &[
    Doc::plain("api.account.notices", own_schema),
    Doc::plain("api.account.notices.change", own_schema)
        .takes(
            Wanted::schema,
            r#"{"mail": true, "topics": ["case", "voting"], "least": "attempt", "quiet": {"from": "22:00", "to": "06:00"}}"#,
        )
        .refuses(&[422])
        .about("An access, an effect, and that people cannot vote are told in quiet hours, too."),
    Doc::plain("api.account.notices.test", test_schema)
        .about("One in two minutes: where another was asked for, it says so."),
    Doc::plain("api.notices", all_schema)
        .whole_state()
        .about("The newest 200 messages: to whom, when, and what was wrong; never what they say."),
];

fn quiet_schema() -> Schema {
    named(
        "QuietHours",
        [
            has("from", line(5, 5), "When they begin by the clock on the wall, such as 22:00."),
            has("to", line(5, 5), "When they end."),
        ],
    )
}

fn topic_schema() -> Schema {
    choice(Topic::CHOSEN, Topic::name)
}

fn message_fields() -> Vec<Field> {
    vec![
        has("id", text(), "Its identifier, which stands in its Message-ID."),
        has("made", moment(), "When it was put together."),
        has("count", count(), "Of how many things it tells."),
        has("urgent", flag(), "Whether one of them waits for no morning."),
        has("state", choice(STATES, Stands::as_str), "What became of it."),
        has("due", moment(), "When it is tried next, while it is open."),
        has("done", maybe(moment()), "When it was taken or given up."),
        has("tries", count(), "How often it was tried."),
        has("failure", text(), "What was wrong the last time; may be empty."),
    ]
}

const STATES: [Stands; 3] = [Stands::Open, Stands::Sent, Stands::Failed];

fn own_schema() -> Schema {
    let message = named("OwnMessage", message_fields());
    named(
        "OwnNotices",
        [
            has("mail", flag(), "Whether you are written to."),
            has("address", text(), "Where."),
            has("sends", flag(), "Whether the desk sends mail at all."),
            has("topics", list(topic_schema()), "Of what you are told."),
            has("least", choice(Least::ALL, Least::name), "Cases from which rung on."),
            has("quiet", maybe(quiet_schema()), "When what can wait does."),
            has("lately", list(message), "Your last messages."),
        ],
    )
}

async fn show(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    own_of(&desk, &who).await
}

async fn own_of(desk: &Desk, who: &Who) -> Answer {
    let person = own(who)?;
    let mut read = desk.store.read().await?;
    let wishes = wishes(read.link(), desk, person).await?;
    let lately = own_lately(read.link(), person).await?;
    drop(read);
    let Wishes { mail, topics, least, quiet } = wishes;
    let quiet = quiet.map(Quiet::hours).map(|(from, to)| json!({ "from": from, "to": to }));
    told(&json!({
        "mail": mail,
        "address": person.email,
        "sends": desk.settings.notices.mail.is_some(),
        "topics": topics.iter().map(|one| one.name()).collect::<Vec<_>>(),
        "least": least.name(),
        "quiet": quiet,
        "lately": lately.iter().map(value_of).collect::<Vec<_>>(),
    }))
}

fn value_of(line: &Line) -> Value {
    let message = &line.message;
    json!({
        "id": message.id,
        "made": tell::moment(message.made),
        "count": line.count,
        "urgent": line.urgent,
        "state": message.state.as_str(),
        "due": tell::moment(message.due),
        "done": tell::moment_or_null(message.done),
        "tries": message.tries,
        "failure": message.failure,
    })
}

#[derive(Deserialize)]
struct Wanted {
    mail: bool,
    topics: Vec<String>,
    least: String,
    quiet: Option<Hours>,
}

#[derive(Deserialize)]
struct Hours {
    from: String,
    to: String,
}

impl InBody for Wanted {
    fn schema() -> Schema {
        named(
            "NoticesWanted",
            [
                has("mail", flag(), "Whether you are written to."),
                has("topics", at_most(Topic::CHOSEN.len(), topic_schema()), "Of what."),
                has("least", choice(Least::ALL, Least::name), "Cases from which rung on."),
                has("quiet", maybe(quiet_schema()), "When what can wait does; null is never."),
            ],
        )
    }
}

async fn change(
    State(desk): State<Desk>,
    who: Who,
    _: Asked<Nothing>,
    Sent(sent): Sent<Wanted>,
) -> Answer {
    let yes = |on: bool| if on { "yes" } else { "" }.to_owned();
    let mut fields = vec![
        ("mail".to_owned(), yes(sent.mail)),
        ("least".to_owned(), sent.least),
        ("quiet".to_owned(), yes(sent.quiet.is_some())),
    ];
    if let Some(hours) = sent.quiet {
        fields.extend([("from".to_owned(), hours.from), ("to".to_owned(), hours.to)]);
    }
    for topic in sent.topics.iter().filter_map(|name| Topic::named(name)) {
        fields.push((box_of(topic), yes(true)));
    }
    put_down(&desk, &who, &Fields::new(fields)).await?;
    own_of(&desk, &who).await
}

fn test_schema() -> Schema {
    named(
        "NoticeTest",
        [
            has("sent", flag(), "Whether it is on its way."),
            has("why", text(), "Why not; empty when it is."),
        ],
    )
}

async fn test(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    let done = doing::told(doing::notices::test(&desk, &who).await)?;
    let why = done.err().map(|errors| errors.sentences()).unwrap_or_default();
    told(&json!({ "sent": why.is_empty(), "why": why }))
}

fn all_schema() -> Schema {
    let mut message = message_fields();
    message.push(has("to", text(), "A person's name, or a webhook's."));
    let message = named("NoticeMessage", message);
    named(
        "Notices",
        [
            has("mail", maybe(text()), "The mail server; null when the desk sends no mail."),
            has("webhooks", list(text()), "The names of the webhooks."),
            has("per_hour", count(), "The most messages in an hour to one person."),
            has("messages", list(message), "The newest first."),
        ],
    )
}

async fn all(State(desk): State<Desk>, who: Who, _: Asked<Nothing>) -> Answer {
    of_state(&who, Act::SeeSettings)?;
    let mut read = desk.store.read().await?;
    let lately = all_lately(read.link()).await?;
    let people = people::list(read.link(), None).await?;
    drop(read);
    let notices = &desk.settings.notices;
    let one = |line: &Line| {
        let to = recipient(&people, &line.message.recipient);
        tell::with(value_of(line), [("to", json!(to))])
    };
    told(&json!({
        "mail": notices.mail,
        "webhooks": notices.webhooks,
        "per_hour": notices.per_hour,
        "messages": lately.iter().map(one).collect::<Vec<_>>(),
    }))
}
