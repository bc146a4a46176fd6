//! A new sensor in five minutes: a name, one line to paste, and then it is heard.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::Act;
use ward_live::{Hints, ReadAs};
use ward_sensor::enrolment::EnrolmentCode;
use ward_store::sensors::{self, Enrolment};
use ward_store::{meta, stream};

use super::parts::{BELL, Frame, done, go_to, wrong};
use crate::desk::Desk;
use crate::doing::hearing::Ear;
use crate::doing::sensors::{NAME_MAX, code, line, make_code, withdraw_code};
use crate::doing::streams::{read_words, streams_of};
use crate::fields::{Asked, Fields, Sent};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Act as Button, CodeBlock, Col, Empty, Errors, Field, Form, Go, Href, Html, Notice,
    Region, Section, Select, Steps, Table, cell,
};
use crate::who::Who;
use ward_store::office::PHONE;

/// Streams that are told when a sensor has come.
const STREAMS: i64 = 20;
/// The longest text that is read as a try, in bytes.
const TRY_MAX: usize = 64 << 10;

/// The pages for a new sensor.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "sensors.new",
        verb: Verb::Get,
        path: "/sensors/new",
        access: Access::Person(Act::EnrolSensor),
        kind: Kind::Page,
        summary: "Asks for the name of a new sensor, and reads a line of a log as a try",
        handler: || get(ask),
    },
    Route {
        name: "sensors.enrol",
        verb: Verb::Post,
        path: "/sensors/new",
        access: Access::Person(Act::EnrolSensor),
        kind: Kind::Page,
        summary: "Makes a code that enrols one sensor, and shows it once",
        handler: || post(make),
    },
    Route {
        name: "sensors.code",
        verb: Verb::Get,
        path: "/sensors/codes/{id}",
        access: Access::Person(Act::EnrolSensor),
        kind: Kind::Page,
        summary: "Says whether the sensor of a code has come",
        handler: || get(arrival),
    },
    Route {
        name: "sensors.code.withdraw",
        verb: Verb::Post,
        path: "/sensors/codes/{id}/withdraw",
        access: Access::Person(Act::EnrolSensor),
        kind: Kind::Page,
        summary: "Withdraws a code that nobody has used",
        handler: || post(withdraw),
    },
    Route {
        name: "sensors.read",
        verb: Verb::Post,
        path: "/sensors/read",
        access: Access::Person(Act::EnrolSensor),
        kind: Kind::Page,
        summary: "Says what a line of a log is read as; keeps nothing",
        handler: || post(read_a_line),
    },
];

async fn ask(State(desk): State<Desk>, who: Who, Asked(asked): Asked) -> Answer {
    let page = asking(&desk, &who, &asked, &Errors::new(), None).await?;
    done(page)
}

/// A line that somebody pasted, and what it is read as, or why it is not read.
type Tried<'a> = (&'a str, Result<&'a ReadAs, &'static str>);

/// The page before a code is made.
async fn asking(
    desk: &Desk,
    who: &Who,
    sent: &Fields,
    errors: &Errors,
    tried: Option<Tried<'_>>,
) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    let narrowed = who.narrowed(Act::EnrolSensor);
    let open = sensors::open_codes(read.link(), narrowed, frame.now).await?;
    let phone = meta::get(read.link(), PHONE).await?.unwrap_or_default();
    drop(read);
    let here = Href::at("/sensors/new");
    let page = frame
        .page(&here, "Enrol a sensor")
        .crumb("Sensors", Href::at("/sensors"))
        .failed(!errors.is_empty() || matches!(tried, Some((_, Err(_)))))
        .narrow()
        .lead(
            "It takes five minutes: a name, one line to paste at the machine, and then you see \
               here that it is heard.",
        );
    Ok(page.render(&html! {
        (steps(1))
        (form(&frame, sent, errors))
        @if !open.is_empty() { (open_codes(&frame, &open)) }
        (which_machine(&frame, &phone))
        (try_section(tried))
    }))
}

fn steps(current: usize) -> Steps {
    Steps::new("A new sensor", current)
        .step("Name it")
        .step("Paste one line")
        .step("It is heard")
        .step("Records arrive")
}

/// For an office that has nobody for its machines.
fn which_machine(frame: &Frame<'_>, phone: &str) -> Markup {
    let section = Section::new("machine", "Which machine, and who does it").body(html! {
        div.stack {
            p {
                "Begin with the machine whose log says most: the server that people sign in to, the \
                 web server, or the one that collects what the firewall writes. It needs Linux and \
                 the program " code { "ward" } ", which is one file. Whoever looks after your \
                 machines puts it there and pastes the line."
            }
            @if !frame.is_state() {
                p {
                    "Nobody looks after your machines? The state's desk helps you with it"
                    @if !phone.is_empty() { ": " strong { (phone) } }
                    "."
                }
            }
            @if frame.sees(Act::UploadRecords) {
                p {
                    "Where no program can run, "
                    (ui::link("upload a log file", &Href::at("/sensors/upload"))) " instead."
                }
            }
        }
    });
    html! { (section) }
}

fn form(frame: &Frame<'_>, sent: &Fields, errors: &Errors) -> Markup {
    let places = frame.places_for(Act::EnrolSensor);
    let mut form = Form::new("enrol", Href::at("/sensors/new"), "Make the code");
    if let [own] = places.as_slice() {
        form = form
            .field(ui::Hidden::new("jurisdiction", &own.id))
            .prose(html! { p { "For " strong { (own.name) } "." } });
    } else {
        let mut select =
            Select::new("jurisdiction", "Jurisdiction").hint("Whose machines it will listen to.");
        for one in places {
            select = select.option(&one.id, &one.name);
        }
        if let Some(id) = sent.given("jurisdiction") {
            select = select.picked(id);
        }
        form = form.field(select);
    }
    let form = form
        .field(
            Field::text("name", "Name of the sensor")
                .hint("What people will call it, such as \"Front office firewall\".")
                .value(sent.text("name"))
                .max(NAME_MAX)
                .auto("off"),
        )
        .errors(errors);
    html! { (form) }
}

/// Codes that were made and not used.
fn open_codes(frame: &Frame<'_>, open: &[Enrolment]) -> Markup {
    let mut table = Table::new(
        "Codes that wait for their sensor",
        [
            Col::head("Sensor"),
            Col::text("Jurisdiction"),
            Col::when("Made"),
            Col::when("Good until"),
            Col::acts("Withdraw"),
        ],
    )
    .quiet();
    for code in open {
        let withdraw = Button::new(
            format!("withdraw-{}", code.id),
            Href::at("/sensors/codes").join(&code.id).join("withdraw"),
            "Withdraw",
        )
        .about(format!("the code for {}", code.name));
        table = table.row([
            ui::link(&code.name, &Href::at("/sensors/codes").join(&code.id)),
            cell(frame.place(&code.jurisdiction)),
            cell(frame.clock.ago(code.created, frame.now)),
            cell(frame.clock.full(code.expires)),
            cell(withdraw),
        ]);
    }
    let section = Section::new("codes", "Codes that wait for their sensor")
        .tally(ui::count(open.len() as u64, "code", "codes"))
        .body(html! { (table) });
    html! { (section) }
}

/// "Paste one line of your log: I read it as ...".
fn try_section(tried: Option<Tried<'_>>) -> Markup {
    let (text, read) = tried.map_or(("", None), |(text, read)| (text, Some(read)));
    let errors = match read {
        Some(Err(why)) => Errors::new().add("line", why),
        _ => Errors::new(),
    };
    let form = Form::new("try", Href::at("/sensors/read"), "Read it")
        .field(
            Field::area("line", "A line of your log, or a few", 4)
                .hint("It is read and forgotten: nothing is kept.")
                .value(text)
                .mono(),
        )
        .errors(&errors);
    let section = Section::new("reads", "Will Ward understand your log?").body(html! {
        p { "Paste one line of it, and see what Ward reads." }
        @if let Some(Ok(read)) = read { (told(read)) }
        (form)
    });
    html! { (section) }
}

fn told(read: &ReadAs) -> Markup {
    let Some(label) = read.label() else {
        let notice = Notice::warn("Ward does not know this kind of line").body(html! {
            p { "It reads sign-ins and packet filters in syslog, web access logs, Zeek and Suricata, \
                 Windows security events, AWS flow logs, NetFlow and IPFIX. A log with a heading \
                 (Zeek, AWS) has to be pasted with it. Sending this log does no harm: what is not \
                 understood is counted and not judged." }
        });
        return html! { (notice) };
    };
    let mut notice = if read.told > 0 {
        Notice::good(format!("Read as {label}"))
    } else {
        Notice::info(format!("Read as {label}; nothing in it to judge"))
    };
    notice = notice.body(html! {
        ul { @for words in &read.words { li { (words) } } }
        @if read.misread > 0 {
            p {
                (ui::count(read.misread, "line was", "lines were")) " not understood: "
                (read.why.join("; "))
            }
        }
    });
    html! { (notice) }
}

async fn read_a_line(State(desk): State<Desk>, who: Who, Sent(sent): Sent) -> Answer {
    let text = sent.text("line");
    if text.is_empty() || text.len() > TRY_MAX {
        let tried = ("", Err("Paste one line, or a few: up to 64 kB."));
        let (sent, errors) = (Fields::default(), Errors::new());
        return wrong(asking(&desk, &who, &sent, &errors, Some(tried)).await?);
    }
    let hints = Hints { newest: desk.now(), ..Hints::default() };
    let read = ward_live::read_as(text.as_bytes(), &hints);
    done(asking(&desk, &who, &Fields::default(), &Errors::new(), Some((text, Ok(&read)))).await?)
}

async fn make(State(desk): State<Desk>, who: Who, Sent(sent): Sent) -> Answer {
    let (place, name) = (sent.text("jurisdiction"), sent.text("name"));
    match crate::doing::told(make_code(&desk, &who, place, name).await)? {
        Ok((kept, code)) => made(&desk, &who, &kept, &code).await,
        Err(errors) => wrong(asking(&desk, &who, &sent, &errors, None).await?),
    }
}

/// The page that shows a code, once.
async fn made(desk: &Desk, who: &Who, kept: &Enrolment, code: &EnrolmentCode) -> Answer {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let watch = Href::at("/sensors/codes").join(&kept.id);
    let page = frame
        .page(&Href::at("/sensors/new"), format!("Enrol {}", kept.name))
        .crumb("Sensors", Href::at("/sensors"))
        .narrow();
    done(page.render(&html! {
        (steps(2))
        (Notice::warn("This line is shown once").body(html! {
            p { "It enrols one sensor, works once, and until " (frame.clock.full(kept.expires))
                ". Whoever has it can send records as " (frame.place(&kept.jurisdiction))
                ": treat it like a key." }
        }))
        (CodeBlock::new("Paste this at the machine", line(code)))
        (Section::new("next", "What happens next").body(html! {
            ol {
                li { "The machine makes a key of its own, which never leaves it, and tells the desk \
                      its public half. From then on it signs everything that it sends." }
                li { "Which logs it reads stands in " code { "/etc/ward/sense.toml" } "; "
                     code { "ward sense check" } " says whether they can be read." }
                li { "Start it for good with " code { "systemctl enable --now ward-sense" }
                     ", or for a try with " code { "ward sense" } "." }
                li { "Within ten seconds it is heard, and its first records are read." }
            }
        }))
        (Go::new("I have pasted it: watch it arrive", watch))
    }))
}

async fn arrival(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let mut read = desk.store.read().await?;
    let code = code(read.link(), &who, &id).await?;
    let frame = Frame::load(&desk, &who, read.link()).await?;
    let mut ear = None;
    if let Some(sensor) = &code.sensor {
        let found = sensors::by_id(read.link(), sensor).await?;
        ear = found.map(|sensor| Ear::new(sensor, frame.now));
    }
    let streams = match &ear {
        Some(ear) => streams_of(read.link(), &ear.sensor.id, STREAMS).await?,
        None => Vec::new(),
    };
    drop(read);
    let here = Href::at("/sensors/codes").join(&id);
    let page = frame
        .page(&here, format!("New sensor: {}", code.name))
        .crumb("Sensors", Href::at("/sensors"))
        .live(Href::at(BELL))
        .as_of(frame.clock.exact(frame.now), here)
        .narrow();
    done(page.render(&html! {
        (Region::new("sensors", html! {
            (arriving(&frame, &code, ear.as_ref(), &streams))
        }))
    }))
}

fn arriving(
    frame: &Frame<'_>,
    code: &Enrolment,
    ear: Option<&Ear>,
    streams: &[stream::Stream],
) -> Markup {
    let Some(ear) = ear else {
        return html! { (steps(2)) (not_yet(frame, code)) };
    };
    let heard = frame.now.since(ear.sensor.heard).max(0);
    let words = format!("{} heard {} ago", code.name, ui::length(heard));
    let own = Go::new("Open the sensor's page", ear.href());
    if streams.is_empty() {
        let notice = Notice::good(words).body(html! {
            p { "It is enrolled and has sent no record yet. Does the log that it follows grow? \
                 Sign in to the machine once, and a line should come." }
        });
        return html! { (steps(if ear.is_new() { 3 } else { 4 })) (notice) (own) };
    }
    let notice = Notice::good(words).body(html! {
        ul {
            @for stream in streams.iter().take(20) {
                li {
                    (ui::count(stream.records, "line", "lines")) " of " code { (stream.name) }
                    " read as " (read_words(stream, frame.now))
                }
            }
        }
    });
    html! { (steps(5)) (notice) (own) }
}

fn not_yet(frame: &Frame<'_>, code: &Enrolment) -> Markup {
    if code.expires <= frame.now {
        let empty = Empty::new("The code has expired", "Nobody used it in time. Make a new one.");
        return html! { (empty.action("Make a new code", Href::at("/sensors/new"))) };
    }
    let withdraw = Button::new(
        "withdraw",
        Href::at("/sensors/codes").join(&code.id).join("withdraw"),
        "Withdraw the code",
    )
    .about(format!("for {}", code.name));
    html! {
        (Notice::info("Nothing heard yet").body(html! {
            p { "Paste the line at the machine. This page says so as soon as it is heard. The code \
                 is good until " (frame.clock.full(code.expires)) "." }
        }))
        (Section::new("trouble", "If nothing comes").body(html! {
            ul {
                li { "The program says at the machine what is wrong: a character that was not \
                      copied, a line that is blocked." }
                li { "The machine must reach this desk at the address in the line. It needs no way \
                      in from outside." }
                li { "The line cannot be shown again: withdraw the code and make another." }
            }
        }))
        (withdraw)
    }
}

async fn withdraw(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    withdraw_code(&desk, &who, &id).await?;
    go_to(&Href::at("/sensors/new"))
}
