//! One's own notices: which, by e-mail or not, and when they wait.

use axum::extract::State;
use maud::{Markup, html};
use ward_access::Stage;
use ward_desk::notices::{Duty, Least, Topic};
use ward_store::notices::Line;
use ward_store::people::Person;

use super::{HERE, in_an_hour, state, tells, trouble};
use crate::desk::Desk;
use crate::doing::account::own;
use crate::doing::notices::{
    OVER, box_of, change as put_down, fields_of, own_lately, test as try_it, wishes,
};
use crate::doing::told;
use crate::fields::{Asked, Fields, Sent};
use crate::notices::duty;
use crate::pages::parts::{Frame, done, go_to, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Check, Choice, Col, Empty, Errors, Field, Form, Group, Href, Html, Notice,
    Section, Table, Width, cell,
};
use crate::who::Who;

pub(super) async fn show(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    if who.stage() != Some(Stage::Full) {
        return go_to(&Href::at("/account/factors"));
    }
    let person = own(&who)?;
    let mut read = desk.store.read().await?;
    let fields = fields_of(&wishes(read.link(), &desk, person).await?);
    drop(read);
    done(page(&desk, &who, (&fields, &Errors::new()), &[], asked.text("now")).await?)
}

pub(super) async fn change(State(desk): State<Desk>, who: Who, Sent(fields): Sent) -> Answer {
    match told(put_down(&desk, &who, &fields).await)? {
        Ok(()) => go_to(&Href::at(HERE).query("now", "saved")),
        Err(errors) => wrong(page(&desk, &who, (&fields, &errors), &[], "").await?),
    }
}

pub(super) async fn test(State(desk): State<Desk>, who: Who) -> Answer {
    match told(try_it(&desk, &who).await)? {
        Ok(()) => go_to(&Href::at(HERE).query("now", "test")),
        Err(errors) => {
            let person = own(&who)?;
            let mut read = desk.store.read().await?;
            let fields = fields_of(&wishes(read.link(), &desk, person).await?);
            drop(read);
            let (why, _) = errors.apart();
            wrong(page(&desk, &who, (&fields, &Errors::new()), &why, "").await?)
        }
    }
}

/// The page, with what was typed, what is wrong with it, and why a test was not sent.
async fn page(
    desk: &Desk,
    who: &Who,
    (fields, errors): (&Fields, &Errors),
    untested: &[String],
    now: &str,
) -> Result<Html, Refused> {
    let person = own(who)?;
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let lately = own_lately(read.link(), person).await?;
    drop(read);
    let page = frame
        .page(&Href::at(HERE), "Your notices")
        .crumb("Your account", Href::at("/account"))
        .failed(!errors.is_empty() || !untested.is_empty())
        .lead(
            "What the desk tells you by e-mail when you are not looking. Nobody is ever told of a \
             scan.",
        );
    let page = match now {
        "saved" => page.notice(Notice::good("Your choice was saved")),
        "test" => page.notice(Notice::good("A test is on its way to you")),
        _ => page,
    };
    if duty(person.role) == Duty::Outsider {
        let why = "What is shared with partners will be told by its own way.";
        return Ok(page.render(&html! { (Empty::new("You are told nothing by the desk", why)) }));
    }
    Ok(page.render(&html! {
        @if desk.settings.notices.mail.is_none() { (no_mail()) }
        (form(desk, person, fields, errors))
        (test_section(desk, untested))
        (lately_section(&frame, &lately))
    }))
}

fn no_mail() -> Notice {
    Notice::info("The desk sends no mail yet").body(html! {
        p { "An administrator names a mail server under [notices] in ward.toml. What you choose \
             here holds from then on." }
    })
}

fn form(desk: &Desk, person: &Person, fields: &Fields, errors: &Errors) -> Markup {
    let is_on = |name: &str| fields.text(name) == "yes";
    let mut topics = Group::new("What you are told of");
    for topic in Topic::CHOSEN.into_iter().filter(|topic| is_for(*topic, person)) {
        let name = box_of(topic);
        let on = is_on(&name);
        topics = topics.field(Check::new(name, topic.label()).on(on).hint(about(topic, person)));
    }
    let least = Choice::one("least", "Cases from which rung on").picked(fields.text("least"));
    let least =
        Least::ALL.into_iter().fold(least, |list, one| list.option(one.name(), one.label()));
    let hours = |name: &str| match fields.text(name) {
        "" if name == "from" => "22:00".to_owned(),
        "" => "06:00".to_owned(),
        typed => typed.to_owned(),
    };
    let time = |name: &'static str, label: &str| {
        Field::text(name, label).value(hours(name)).auto("off").max(5).width(Width::Short)
    };
    let clock = desk.settings.notices.zone.as_deref();
    let clock = clock.map_or("by the office's clock".to_owned(), |zone| format!("in {zone}"));
    let quiet = Group::new("Quiet hours")
        .hint(format!(
            "Times are {clock}. An access, an effect, and that people cannot vote are told at any \
             hour; the rest waits for the end of the quiet hours and comes in one message."
        ))
        .field(Check::new("quiet", "Hold what can wait").on(is_on("quiet")))
        .field(time("from", "From"))
        .field(time("to", "Until"));
    let form = Form::new("notices", Href::at(HERE), "Save this")
        .field(
            Check::new("mail", format!("Write to {}", person.email))
                .on(is_on("mail"))
                .hint("Your address is changed by an administrator of the desk."),
        )
        .field(topics)
        .field(least)
        .field(quiet)
        .errors(errors);
    html! { (form) }
}

/// Whether somebody is ever told of such a thing.
fn is_for(topic: Topic, person: &Person) -> bool {
    topic != Topic::Check || person.jurisdiction.is_some()
}

/// What a topic means for somebody.
const fn about(topic: Topic, person: &Person) -> &'static str {
    let local = person.jurisdiction.is_some();
    match topic {
        Topic::Case if local => "A real effort against your office, or more.",
        Topic::Case => "A case of the state's own view that opens or rises.",
        Topic::Voting => "Somebody reports that voting has stopped at a place.",
        Topic::Incident => "Anything else that a local authority reports, or that is keyed in.",
        Topic::Check => "The state's desk asks whether you can be reached.",
        Topic::Silence => "A sensor was not heard for ten minutes.",
        Topic::Test => "",
    }
}

fn test_section(desk: &Desk, untested: &[String]) -> Markup {
    let notices = &desk.settings.notices;
    let over = desk.settings.ended.is_some();
    let button = Button::new("test", Href::at("/account/notices/test"), "Send me a test");
    html! {
        (Section::new("try", "Try it").body(html! {
            div.stack {
                @for why in untested { (Notice::bad(why.as_str())) }
                p {
                    "A test comes by the way that every notice comes. In an hour you get "
                    (in_an_hour(notices.per_hour)) ". What is too much is in a later one, which \
                     says what and from when."
                }
                @if over && untested.is_empty() { p { (OVER) } }
                @if !over && notices.mail.is_some() { (button) }
            }
        }))
    }
}

fn lately_section(frame: &Frame<'_>, lately: &[Line]) -> Markup {
    let cols = [
        Col::when("Put together"),
        Col::head("Tells of"),
        Col::text("State"),
        Col::text("Last trouble"),
    ];
    let mut table = Table::new("Messages to you", cols).quiet().none(Empty::new(
        "Nothing was sent to you yet",
        "Your last messages stand here: when they were put together, and whether they were taken.",
    ));
    for line in lately {
        table = table.row([
            cell(frame.clock.full(line.message.made)),
            tells(line),
            state(line),
            trouble(frame, line),
        ]);
    }
    html! { (Section::new("lately", "Sent to you lately").body(html! { (table) })) }
}
