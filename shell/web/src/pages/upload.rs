//! Log files that people bring by hand: taken in as a sensor's records are.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use maud::{Markup, html};
use tokio::sync::{Mutex, Semaphore};
use ward_access::{Act, Scope};
use ward_live::{Hints, ReadAs};
use ward_store::batch::{Held, Told};
use ward_store::inbox::{Parcel, Refused as Full};
use ward_store::sensors::{self, Enrolment};
use ward_store::{Audit, Error};

use super::cut::{self, Cut, UNPACKED_MAX};
use super::parts::{Answer, Frame, Refused, bytes, done, wrong};
use crate::desk::{Desk, Region as Bell};
use crate::route::{Access, Kind, Route, Verb};
use crate::server::errors::Problem;
use crate::ui::{
    self, Errors, Facts, Field, Form, Go, Hidden, Href, Html, Notice, Section, Select, cell, mono,
};
use crate::who::Who;

/// The longest file as it is sent, in bytes.
const SENT_MAX: usize = 32 << 20;

/// How many files are read at a time: each can take a few times its size in memory.
static ROOM: Semaphore = Semaphore::const_new(2);
/// Numbers of batches are given one after the other.
static ORDER: Mutex<()> = Mutex::const_new(());

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

/// What became of a file.
struct Taken {
    sensor: String,
    name: String,
    cut: Cut,
    read: ReadAs,
}

async fn ask(State(desk): State<Desk>, who: Who, asked: super::parts::Asked) -> Answer {
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
    let Ok(_room) = ROOM.try_acquire() else {
        let what = "Try again in a minute.";
        let title = "Other files are being taken in at the moment";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, what).into());
    };
    let (sent, errors) = match read_form(form).await {
        Ok(sent) => {
            let errors = check(&desk, &who, &sent).await?;
            (sent, errors)
        }
        Err(err) => (Sent::default(), Errors::new().add("file", form_words(&err))),
    };
    if !errors.is_empty() {
        return wrong(asking(&desk, &who, &sent.jurisdiction, &errors).await?);
    }
    match take_in(&desk, &who, sent).await? {
        Ok(taken) => {
            // Nobody may be looking.
            let _ = desk.bell.send(Bell::Sensors);
            done(taken_page(&desk, &who, &taken).await?)
        }
        Err((place, why)) => {
            let errors = Errors::new().add("file", why);
            wrong(asking(&desk, &who, &place, &errors).await?)
        }
    }
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

/// The last part of a path, of which browsers send as much as they like, without what cannot be
/// printed.
fn file_name(path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(100).collect();
    if name.trim().is_empty() { "a file without a name".to_owned() } else { name }
}

async fn check(desk: &Desk, who: &Who, sent: &Sent) -> Result<Errors, Refused> {
    let mut read = desk.store.read().await?;
    let known = ward_store::office::jurisdiction(read.link(), &sent.jurisdiction).await?.is_some();
    let mut errors = Errors::new();
    if !known || !who.may(Act::UploadRecords, Scope::Jurisdiction(&sent.jurisdiction)) {
        errors = errors.add("jurisdiction", "Choose the jurisdiction whose machine wrote the log.");
    }
    if sent.file.is_empty() {
        errors = errors.add("file", "Choose a log file that is not empty.");
    }
    Ok(errors)
}

/// Takes a file in; or says what is wrong with it, with the jurisdiction that was chosen.
async fn take_in(
    desk: &Desk,
    who: &Who,
    sent: Sent,
) -> Result<Result<Taken, (String, String)>, Refused> {
    let Sent { jurisdiction, name, file } = sent;
    let size = file.len() as u64;
    // Unpacking and hashing is work for a processor: pages must not wait for it.
    let cut = tokio::task::spawn_blocking(move || cut::cut(&file)).await;
    let mut cut = match cut {
        Ok(Ok(cut)) => cut,
        Ok(Err(why)) => return Ok(Err((jurisdiction, why))),
        Err(_) => return Ok(Err((jurisdiction, "The file could not be read.".to_owned()))),
    };
    let _order = ORDER.lock().await;
    let received = desk.now();
    let place = jurisdiction.as_str();
    let sensor = sensor_of(desk, who, place, &format!("{name}, {}", bytes(size))).await?;
    let mut sequence = sensor.sequence;
    for batch in &mut cut.batches {
        sequence = sequence.saturating_add(1);
        batch.sequence = sequence;
        batch.stream.clone_from(&name);
        batch.generation = u64::try_from(received.micros()).unwrap_or(0);
    }
    let batches = std::mem::take(&mut cut.batches);
    let parcel = Parcel { sensor: sensor.id.clone(), batches, told: Told::default(), received };
    match desk.inbox.take(parcel).await {
        Ok(Held::Through(held)) if held == sequence => {
            let hints = Hints { newest: received, ..Hints::default() };
            let read = ward_live::read_as(&cut.head, &hints);
            Ok(Ok(Taken { sensor: sensor.id, name, cut, read }))
        }
        Ok(_) => Ok(Err((jurisdiction, "Uploads of this jurisdiction were retired.".to_owned()))),
        Err(full) => Err(full_problem(&full).into()),
    }
}

fn full_problem(full: &Full) -> Problem {
    let title = match full {
        Full::Full => "Much is coming in at the moment",
        Full::Store(_) => "The desk cannot write at the moment",
        Full::Stopping => "The desk is stopping",
    };
    let what = "Nothing of the file was taken in. Send it again in a minute.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, what)
}

/// The place of a jurisdiction's uploads among the sensors, made when it is first needed; puts
/// down who uploads what. It has no key: nothing can be sent as it but by people who are signed
/// in.
async fn sensor_of(
    desk: &Desk,
    who: &Who,
    jurisdiction: &str,
    what: &str,
) -> Result<sensors::Sensor, Refused> {
    let id = format!("upload-{jurisdiction}");
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let sensor = match sensors::by_id(tx.link(), &id).await? {
        Some(sensor) => sensor,
        None => {
            let place = ward_store::office::jurisdiction(tx.link(), jurisdiction).await?;
            let name = place.map_or_else(|| jurisdiction.to_owned(), |place| place.name);
            let hash: [u8; 32] = desk.keys.random()?;
            let code = Enrolment {
                id: id.clone(),
                hash: hash.to_vec(),
                name: format!("Uploads of {name}"),
                jurisdiction: jurisdiction.to_owned(),
                made_by: who.id().to_owned(),
                created: now,
                expires: now.plus(1),
                used: None,
                sensor: None,
            };
            sensors::add_code(tx.link(), &code).await?;
            let made = sensors::enrol(tx.link(), &hash, &id, &[], now).await?;
            made.ok_or_else(|| Error::Refused("the place for uploads could not be made".into()))?
        }
    };
    let audit: Audit = who.did(now, "records.upload", &id, what);
    tx.commit(audit).await?;
    Ok(sensor)
}

async fn taken_page(desk: &Desk, who: &Who, taken: &Taken) -> Result<Html, Refused> {
    let mut read = desk.store.read().await?;
    let frame = Frame::load(desk, who, read.link()).await?;
    drop(read);
    let page = frame
        .page(&Href::at("/sensors/upload"), format!("{} is taken in", taken.name))
        .heading("The file is taken in")
        .crumb("Sensors", Href::at("/sensors"))
        .narrow();
    let facts = Facts::new()
        .row("File", mono(&taken.name))
        .row("Lines", cell(ui::grouped(taken.cut.records)))
        .row("Unpacked", cell(bytes(taken.cut.length)))
        .row("SHA-256", mono(&data_encoding::HEXLOWER.encode(&taken.cut.sha256)))
        .row("Read as", cell(taken.read.label().unwrap_or("a format that Ward does not know")));
    Ok(page.render(&html! {
        (outcome(&taken.read))
        (facts)
        @if !taken.read.words.is_empty() {
            (Section::new("words", "Its first lines, as they were read").body(html! {
                ul { @for words in &taken.read.words { li { (words) } } }
            }))
        }
        p {
            (Go::new("See the cases", Href::at("/cases"))) " "
            (Go::new("See all uploads", Href::at("/sensors").join(&taken.sensor)).second()) " "
            (Go::new("Upload another", Href::at("/sensors/upload")).second())
        }
    }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        assert_eq!(file_name("C:\\logs\\auth.log"), "auth.log");
        assert_eq!(file_name("../../etc/pass\u{0}wd"), "passwd");
        assert_eq!(file_name(""), "a file without a name");
        assert_eq!(file_name(&"x".repeat(500)).len(), 100);
    }
}
