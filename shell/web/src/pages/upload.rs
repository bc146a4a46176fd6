//! Log files that people bring by hand: taken in as a sensor's records are.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use maud::{Markup, html};
use ward_access::Act;
use ward_live::ReadAs;

use super::parts::{Frame, done, wrong};
use crate::desk::Desk;
use crate::doing::cut::UNPACKED_MAX;
use crate::doing::records::{SENT_MAX, Taken, check_place, file_name, in_time, take_in, turn};
use crate::doing::{self, Why, told};
use crate::refused::{Answer, Refused};
use crate::route::{Access, Kind, Route, Verb};
use crate::ui::{
    self, Errors, Facts, Field, Form, Go, Hidden, Href, Html, Notice, Section, Select, cell, mono,
};
use crate::who::Who;
use crate::words::bytes;

/// The pages for log files.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "sensors.upload.ask",
        verb: Verb::Get,
        path: "/sensors/upload",
        access: Access::Person(Act::UploadRecords),
        kind: Kind::Page,
        summary: "Asks for a log file",
        handler: || get(ask),
    },
    Route {
        name: "sensors.upload",
        verb: Verb::Post,
        path: "/sensors/upload",
        access: Access::Person(Act::UploadRecords),
        kind: Kind::Page,
        summary: "Takes a log file in, as the records of the uploads of a jurisdiction",
        handler: || post(take).layer(DefaultBodyLimit::max(SENT_MAX + (64 << 10))),
    },
];

/// A file that was sent.
#[derive(Default)]
struct Sent {
    jurisdiction: String,
    name: String,
    file: Vec<u8>,
}

async fn ask(State(desk): State<Desk>, who: Who, asked: crate::fields::Asked) -> Answer {
    done(asking(&desk, &who, asked.0.text("jurisdiction"), &Errors::new()).await?)
}

async fn asking(desk: &Desk, who: &Who, place: &str, errors: &Errors) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let places = frame.places_for(Act::UploadRecords);
    let mut form = Form::new("upload", Href::at("/sensors/upload"), "Take it in").multipart();
    if let [own] = places.as_slice() {
        form = form
            .field(Hidden::new("jurisdiction", &own.id))
            .prose(html! { p { "From the machines of " strong { (own.name) } "." } });
    } else {
        let mut select =
            Select::new("jurisdiction", "Jurisdiction").hint("Whose machine wrote the log.");
        for one in places {
            select = select.option(&one.id, &one.name);
        }
        if !place.is_empty() {
            select = select.picked(place);
        }
        form = form.field(select);
    }
    let form = form
        .field(Field::file("file", "Log file", None).hint(format!(
            "As it is, or packed by gzip: up to {} as sent, {} unpacked. Longer ones can be cut.",
            bytes(SENT_MAX as u64),
            bytes(UNPACKED_MAX)
        )))
        .errors(errors);
    let page = frame
        .page(&Href::at("/sensors/upload"), "Upload a log file")
        .crumb("Sensors", Href::at("/sensors"))
        .failed(!errors.is_empty())
        .narrow()
        .lead(
            "For a machine that no sensor runs on, or for what was logged before one did. The \
               records are judged like all others, at the time that they bear.",
        );
    Ok(page.render(&html! { (form) }))
}

async fn take(State(desk): State<Desk>, who: Who, form: Multipart) -> Answer {
    let _turn = turn(&desk, &who)?;
    let sent = match in_time(read_form(form)).await? {
        Ok(sent) => sent,
        Err(err) => {
            let errors = Errors::new().add("file", form_words(&err));
            return wrong(asking(&desk, &who, "", &errors).await?);
        }
    };
    let place = sent.jurisdiction.clone();
    match told(check_and_take(&desk, &who, sent).await)? {
        Ok(taken) => done(taken_page(&desk, &who, &taken).await?),
        Err(errors) => wrong(asking(&desk, &who, &place, &errors).await?),
    }
}

async fn check_and_take(desk: &Desk, who: &Who, sent: Sent) -> Result<Taken, Why> {
    check_place(desk, who, Act::UploadRecords, &sent.jurisdiction).await?;
    if sent.file.is_empty() {
        return Err(doing::wrong("file", "Choose a log file that is not empty."));
    }
    take_in(desk, who, &sent.jurisdiction, sent.name, sent.file).await
}

async fn read_form(mut form: Multipart) -> Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("jurisdiction") => sent.jurisdiction = field.text().await?,
            Some("file") => {
                sent.name = file_name(field.file_name().unwrap_or_default());
                sent.file = field.bytes().await?.to_vec();
            }
            _ => {}
        }
    }
    Ok(sent)
}

fn form_words(err: &MultipartError) -> String {
    if err.status() == StatusCode::PAYLOAD_TOO_LARGE {
        format!("The file is longer than {}: cut it, or pack it by gzip.", bytes(SENT_MAX as u64))
    } else {
        "The file did not come through whole: send it again.".to_owned()
    }
}

async fn taken_page(desk: &Desk, who: &Who, taken: &Taken) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let (is, heading) = match taken.before {
        Some(_) => ("is there already", "This file is there already"),
        None => ("is taken in", "The file is taken in"),
    };
    let page = frame
        .page(&Href::at("/sensors/upload"), format!("{} {is}", taken.name))
        .heading(heading)
        .crumb("Sensors", Href::at("/sensors"))
        .narrow();
    let cut = &taken.cut;
    Ok(page.render(&html! {
        @if let Some(before) = &taken.before {
            (Notice::info("Nothing was taken in a second time").body(html! {
                p { "The same bytes came as " (mono(&before.name)) " at "
                    (frame.clock.full(before.newest)) ", and were judged then." }
            }))
        } @else {
            (outcome(&cut.read))
        }
        (facts(&frame, taken))
        @if !cut.read.words.is_empty() {
            (Section::new("words", "Its first lines, as they were read").body(html! {
                ul { @for words in &cut.read.words { li { (words) } } }
            }))
        }
        p {
            (Go::new("See the cases", Href::at("/cases"))) " "
            (Go::new("See all uploads", Href::at("/sensors").join(&taken.sensor)).second()) " "
            (Go::new("Upload another", Href::at("/sensors/upload")).second())
        }
    }))
}

/// "I read it as ..., N records from T1 to T2."
fn facts(frame: &Frame<'_>, taken: &Taken) -> Facts {
    let (cut, clock) = (&taken.cut, &frame.clock);
    let mut facts = Facts::new()
        .row("File", mono(&taken.name))
        .row("Read as", cell(cut.read.label().unwrap_or("a format that Ward does not know")))
        .row("Lines", cell(ui::grouped(cut.records)));
    if cut.read.format.is_some() {
        facts = facts.row(
            "Records",
            html! {
                (ui::count(cut.read.told, "record", "records")) " to judge, "
                (ui::grouped(cut.read.aside)) " with nothing to judge, "
                (ui::grouped(cut.read.misread)) " not understood"
            },
        );
    }
    if let (Some(first), Some(last)) = (cut.read.first, cut.read.last) {
        facts = facts.row("From", cell(clock.full(first))).row("To", cell(clock.full(last)));
    }
    facts
        .row("Unpacked", cell(bytes(cut.length)))
        .row("SHA-256", mono(&data_encoding::HEXLOWER.encode(&cut.sha256)))
}

fn outcome(read: &ReadAs) -> Markup {
    let notice = match read.format {
        Some(_) => Notice::good("It is being judged now").body(html! {
            p { "What it shows stands among the cases within a second or two." }
        }),
        None => Notice::warn("Ward does not know this kind of log").body(html! {
            p { "The file is kept, and nothing in it is judged. Ward reads sign-ins and packet \
                 filters in syslog, web access logs, Zeek and Suricata, Windows security events and \
                 AWS flow logs." }
        }),
    };
    html! { (notice) }
}
