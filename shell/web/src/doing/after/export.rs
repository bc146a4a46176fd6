//! A span given away: the report, the record and the list of what they are, in one file.
//!
//! A span can hold as many words as the desk has room for, so nothing of it is whole in memory but
//! its lines: the parts are written one after the other into a file that has no name, and go from
//! there to whoever asked.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use ward_access::{Act as Right, Jurisdiction};
use ward_desk::redact::Known;
use ward_desk::replay::Lane;
use ward_kernel::Time;
use ward_sensor::Status;
use ward_store::after::Span;
use ward_store::{Error, Link, audit, cases, meta, office, people, sensors};

use super::parts;
use super::record::{Around, record};
use super::sent::{LASTS, sent};
use super::zip::{Part, Zip};
use super::{Asked, Night};
use crate::desk::Desk;
use crate::doing::cases::Body as CaseBody;
use crate::doing::turns::{Turn, Turns};
use crate::doing::{Why, contacts, room};
use crate::pages::after::report;
use crate::refused::Refused;
use crate::server::Marked;
use crate::server::errors::Problem;
use crate::ui::Clock;
use crate::who::Who;

/// Files that are asked for and not made yet: one is made at a time, the others wait.
const WAITING: usize = 5;
/// Bytes of the name that a file has for a moment.
const NAME: usize = 16;

/// Files that are in the works.
pub(crate) struct Exports {
    /// Whose they are: one each, until it is taken away.
    turns: Turns,
    /// Those that are not made yet: who takes theirs away slowly keeps nobody else from one.
    waiting: Arc<Semaphore>,
    /// One is made at a time.
    room: Arc<Semaphore>,
}

impl Default for Exports {
    fn default() -> Self {
        let [waiting, room] = [WAITING, 1].map(|many| Arc::new(Semaphore::new(many)));
        Self { turns: Turns::new(1, u32::MAX), waiting, room }
    }
}

impl Exports {
    /// The turn of whoever asks, and a place among those that wait.
    fn turn(&self, who: &Who) -> Result<(Turn, OwnedSemaphorePermit), Problem> {
        let turn = self.turns.take(who).map_err(|_| {
            let what = "One file at a time is made for each: wait until you have it, then ask for \
                        the next.";
            let title = "Your file is being made already";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, title, what).again_in(30)
        })?;
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| {
            let what = "Files of others are made one after the other. Try again in a minute.";
            let title = "Others wait for their files at the moment";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, what).again_in(60)
        })?;
        Ok((turn, place))
    }
}

/// In which form it is given.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Form {
    /// Everything in one file.
    Zip,
    /// The report alone, to be read and printed.
    Report,
    /// The record as JSON.
    Json,
    /// The record as CSV.
    Csv,
}

impl Form {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Zip, Self::Report, Self::Json, Self::Csv];

    /// Its name in addresses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Report => "html",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// One by its name; everything in one file unless another is named.
    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|form| form.name() == name).unwrap_or(Self::Zip)
    }

    const fn media(self) -> &'static str {
        match self {
            Self::Zip => "application/zip",
            Self::Report => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The part that it is; `None` of all of them.
    const fn part(self) -> Option<&'static str> {
        match self {
            Self::Zip => None,
            Self::Report => Some(parts::REPORT),
            Self::Json => Some(parts::JSON),
            Self::Csv => Some(parts::CSV),
        }
    }
}

/// Gives a span away, and puts down that somebody took it, with the hash of the list.
///
/// # Errors
/// That it is not theirs to take, that it is too long, that a file of theirs or many of others are
/// in the works, and those of the store.
pub(crate) async fn give(
    desk: &Desk,
    who: &Who,
    asked: Asked,
    (redacted, form): (bool, Form),
) -> Result<Response, Why> {
    room::of_state(who, if redacted { Right::SeeAfter } else { Right::ExportAfter })?;
    let exports = &desk.lobby().exports;
    let (turn, place) = exports.turn(who)?;
    let size = super::fits(desk, &asked).await?;
    let room = exports.room.clone().acquire_owned().await.ok();
    let space = super::space(size).await;
    let night = super::read(desk, &asked).await?;
    let gathered = gather(desk, (asked, night), redacted).await?;
    let own = desk.clone();
    // Every word of a span is read: pages must not wait for that. Whoever asks may go away: all that
    // it takes is taken until it is over.
    let made = tokio::task::spawn_blocking(move || {
        let made = gathered.made(&own, redacted);
        drop((space, room, place));
        (made, turn)
    });
    let (made, turn) = made.await.map_err(|err| failed(&err.to_string()))?;
    let made = made.map_err(|err| failed(&err.to_string()))?;
    let list = made.parts.last().map(|part| part.sha256.as_str()).unwrap_or_default();
    let detail = format!(
        "{}, {} events, {} to {}, {}, list {list}",
        if redacted { "redacted" } else { "not redacted" },
        made.events,
        made.asked.span.from,
        made.asked.span.to,
        form.name(),
    );
    let object = made.asked.jurisdiction.clone().unwrap_or_default();
    let tx = desk.store.begin().await?;
    tx.commit(who.did(desk.now(), "after.export", &object, detail)).await?;
    Ok(file(made, (redacted, form), turn)?)
}

/// The file cannot be made or read: whose fault it is stands in the desk's log.
fn failed(why: &str) -> Problem {
    tracing::error!(error = why, "the file of a span cannot be made");
    let title = "The file cannot be made now";
    let what = "Most often the machine that the desk runs on has no room for it. Whoever runs the \
                desk finds the reason in its log.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, title, what)
}

/// What is kept of a span, and what has to be known to give it away.
struct Gathered {
    asked: Asked,
    night: Night,
    now: Time,
    office: String,
    zone: String,
    jurisdictions: Vec<Jurisdiction>,
    known: Known,
    /// The newest row of the audit.
    newest: (i64, Vec<u8>),
    /// For the name of the file.
    random: [u8; NAME],
}

/// A file that was made.
struct Made {
    asked: Asked,
    /// Its days, as the file is named by them.
    days: String,
    events: usize,
    file: File,
    bytes: u64,
    parts: Vec<Part>,
}

async fn gather(
    desk: &Desk,
    (asked, night): (Asked, Night),
    redacted: bool,
) -> Result<Gathered, Refused> {
    let mut read = desk.store.read().await?;
    // Nobody is looked for where nothing is taken out.
    let known = if redacted { known(read.link(), &night).await? } else { Known::default() };
    Ok(Gathered {
        office: meta::get(read.link(), office::NAME).await?.unwrap_or_default(),
        zone: meta::get(read.link(), office::ZONE).await?.unwrap_or_default(),
        jurisdictions: office::jurisdictions(read.link()).await?,
        known,
        newest: audit::last(read.link()).await?.unwrap_or_default(),
        random: desk.keys.random()?,
        now: desk.now(),
        asked,
        night,
    })
}

impl Gathered {
    /// The span as it may be given: the record, the report and the list of what they are.
    fn made(self, desk: &Desk, redacted: bool) -> io::Result<Made> {
        let around = Around {
            office: self.office,
            world: desk.settings.world,
            demo: desk.settings.demo,
            jurisdictions: &self.jurisdictions,
            made: self.now,
            redacted,
            known: self.known,
            basis: &desk.settings.redaction,
            audit: (self.newest.0, HEXLOWER.encode(&self.newest.1)),
        };
        let record = record(self.asked, &self.night, around);
        drop(self.night);
        let utc = || Clock::new(jiff::tz::TimeZone::UTC);
        let clock = Clock::named(&self.zone).unwrap_or_else(utc);
        let mut zip = Zip::new(BufWriter::new(nameless(&self.random)?));
        zip.part(parts::JSON, |out| parts::json(&record, out))?;
        zip.part(parts::CSV, |out| parts::csv(&record, out))?;
        let before = zip.parts().to_vec();
        zip.part(parts::REPORT, |out| report::write((&record, &before, &clock), out))?;
        let list = parts::manifest(&record, zip.parts());
        zip.part(parts::MANIFEST, |out| out.write_all(list.as_bytes()))?;
        let (file, bytes, parts) = zip.finish()?;
        let (events, asked) = (record.lines.len(), record.asked);
        let days = days(asked.span, &clock);
        Ok(Made { asked, days, events, file: file.into_inner()?, bytes, parts })
    }
}

/// A file that nobody else opens, and that is gone when it is closed.
fn nameless(random: &[u8]) -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("ward-export-{}", HEXLOWER.encode(random)));
    let file =
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

/// The names that the desk knows: its people, its sensors and their machines, the accounts of cases.
async fn known(mut link: Link<'_>, night: &Night) -> Result<Known, Error> {
    let mut known = Known::default();
    for person in people::list(link.again(), None).await? {
        known.people.push((person.id, person.name));
    }
    for sensor in sensors::list(link.again(), None).await? {
        let status: Status = serde_json::from_str(&sensor.report).unwrap_or_default();
        known.hosts.extend([sensor.name, status.host]);
    }
    let of_cases = night.replay.events().iter().filter(|event| event.lane() == Lane::Cases);
    let ids: BTreeSet<&str> =
        of_cases.map(|event| event.log.strip_prefix("case-").unwrap_or(&event.log)).collect();
    for id in ids {
        let filed = cases::by_id(link.again(), id).await?;
        let accounts = filed.into_iter().flat_map(|filed| CaseBody::of(&filed.case).accounts);
        known.accounts.extend(accounts);
    }
    known.named.extend(contacts::names(link).await?);
    known.hosts.sort();
    known.hosts.dedup();
    known.accounts.sort();
    known.accounts.dedup();
    Ok(known)
}

/// The answer. Whoever asked has their turn until they have the file, leave it, or take too long.
fn file(made: Made, (redacted, form): (bool, Form), turn: Turn) -> Result<Response, Refused> {
    let named = name(&made, redacted, form);
    let named = HeaderValue::try_from(format!("attachment; filename=\"{named}\""));
    let named = named.unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let of = |name| made.parts.iter().find(|part| part.name == name);
    let (at, bytes) =
        form.part().and_then(of).map_or((0, made.bytes), |part| (part.at, part.bytes));
    let mut file = made.file;
    file.seek(SeekFrom::Start(at)).map_err(|err| failed(&err.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(form.media())),
        (header::CONTENT_DISPOSITION, named),
        (header::CONTENT_LENGTH, HeaderValue::from(bytes)),
    ];
    let mut response = (headers, sent((file, bytes), turn, Instant::now() + LASTS)).into_response();
    // Each part names its world, and is given as it was hashed.
    response.extensions_mut().insert(Marked);
    Ok(response)
}

/// A name that says of which of the office's days it is, and whether anything was taken out.
fn name(made: &Made, redacted: bool, form: Form) -> String {
    let how = if redacted { "redacted" } else { "not-redacted" };
    format!("after-{}-{how}.{}", made.days, form.name())
}

/// The first day of a span and its last: `2026-11-03-to-2026-11-04`.
fn days(span: Span, clock: &Clock) -> String {
    let day = |at: Time| clock.iso(at).split('T').next().unwrap_or_default().to_owned();
    // A span that ends at midnight ends with the day before.
    let (first, last) = (day(span.from), day(span.to.plus(-1).max(span.from)));
    if first == last { first } else { format!("{first}-to-{last}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doing::turns::tests::who;

    #[test]
    fn a_file_that_is_made_takes_nobody_s_place() {
        let exports = Exports::default();
        let taken: Vec<_> =
            (0..WAITING).map(|one| exports.turn(&who(&one.to_string())).unwrap()).collect();
        let refused = |id| exports.turn(&who(id)).unwrap_err().status().as_u16();
        assert_eq!((refused("0"), refused("other")), (429, 503));
        // All of them are made, and taken away slowly.
        let slow: Vec<Turn> = taken.into_iter().map(|(turn, _place)| turn).collect();
        assert_eq!(refused("0"), 429);
        let other = exports.turn(&who("other")).unwrap();
        drop((slow, other));
        assert!(exports.turn(&who("0")).is_ok());
    }

    #[test]
    fn a_file_is_named_by_the_office_s_days() {
        let clock = Clock::named("America/Chicago").unwrap();
        let span = |from: &str, to: &str| {
            let at = |text: &str| Time::parse(text).unwrap();
            days(Span { from: at(from), to: at(to) }, &clock)
        };
        // The polls close at seven on the third, which is the fourth by UTC.
        let night = span("2026-11-04T01:00:00Z", "2026-11-04T18:00:00Z");
        assert_eq!(night, "2026-11-03-to-2026-11-04");
        assert_eq!(span("2026-11-03T06:00:00Z", "2026-11-04T06:00:00Z"), "2026-11-03");
    }
}
