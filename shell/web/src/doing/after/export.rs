//! A span given away: the report, the record and the list of what they are, in one file.

use std::collections::BTreeSet;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use tokio::sync::Semaphore;
use ward_access::{Act as Right, Jurisdiction};
use ward_desk::redact::Known;
use ward_desk::replay::Lane;
use ward_kernel::Time;
use ward_sensor::Status;
use ward_store::{Error, Link, audit, cases, meta, office, people, sensors};

use super::parts::{self, Part};
use super::record::{Around, Record, record};
use super::{Asked, Night, zip};
use crate::desk::Desk;
use crate::doing::cases::Body;
use crate::doing::room;
use crate::refused::Refused;
use crate::server::Marked;
use crate::server::errors::Problem;
use crate::ui::Clock;
use crate::who::Who;

/// How many are made at a time: each holds a whole span in memory.
static ROOM: Semaphore = Semaphore::const_new(1);

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
}

/// Gives a span away, and puts down that somebody took it, with the hash of the list.
///
/// # Errors
/// That it is not theirs to take, and those of the store.
pub(crate) async fn give(
    desk: &Desk,
    who: &Who,
    asked: Asked,
    (redacted, form): (bool, Form),
) -> Result<Response, Refused> {
    room::of_state(who, if redacted { Right::SeeAfter } else { Right::ExportAfter })?;
    let _room = ROOM.acquire().await;
    let gathered = gather(desk, who, asked).await?;
    let own = desk.clone();
    // Every word of a span is read: pages must not wait for that.
    let made = tokio::task::spawn_blocking(move || gathered.made(&own, redacted)).await;
    let Ok((record, mut all)) = made else {
        return Err(Problem::of(StatusCode::INTERNAL_SERVER_ERROR).into());
    };
    let manifest = parts::manifest(&record, &all);
    let detail = format!(
        "{}, {} events, {} to {}, {}, list {}",
        if redacted { "redacted" } else { "not redacted" },
        record.lines.len(),
        record.asked.span.from,
        record.asked.span.to,
        form.name(),
        manifest.sha256()
    );
    let object = record.asked.jurisdiction.clone().unwrap_or_default();
    let tx = desk.store.begin().await?;
    tx.commit(who.did(desk.now(), "after.export", &object, detail)).await?;
    all.push(manifest);
    file(&record, &all, form)
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
}

async fn gather(desk: &Desk, who: &Who, asked: Asked) -> Result<Gathered, Refused> {
    let now = desk.now();
    let mut read = desk.store.read().await?;
    let night = super::night(read.link(), who, &asked, now).await?;
    Ok(Gathered {
        office: meta::get(read.link(), office::NAME).await?.unwrap_or_default(),
        zone: meta::get(read.link(), office::ZONE).await?.unwrap_or_default(),
        jurisdictions: office::jurisdictions(read.link()).await?,
        known: known(read.link(), &night).await?,
        newest: audit::last(read.link()).await?.unwrap_or_default(),
        asked,
        night,
        now,
    })
}

impl Gathered {
    /// The span as it may be given: the record and the report.
    fn made(self, desk: &Desk, redacted: bool) -> (Record, Vec<Part>) {
        let around = Around {
            office: self.office,
            world: desk.settings.world,
            jurisdictions: &self.jurisdictions,
            made: self.now,
            redacted,
            known: self.known,
            basis: &desk.settings.redaction,
            audit: (self.newest.0, HEXLOWER.encode(&self.newest.1)),
        };
        let record = record(self.asked, &self.night, around);
        let mut all: Vec<Part> = parts::records(&record).into();
        let utc = || Clock::new(jiff::tz::TimeZone::UTC);
        let clock = Clock::named(&self.zone).unwrap_or_else(utc);
        let report = crate::pages::after::report::page(&record, &all, &clock);
        all.push(Part { name: parts::REPORT, body: report.into_bytes() });
        (record, all)
    }
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
        known.accounts.extend(filed.into_iter().flat_map(|filed| Body::of(&filed.case).accounts));
    }
    known.hosts.sort();
    known.hosts.dedup();
    known.accounts.sort();
    known.accounts.dedup();
    Ok(known)
}

fn file(record: &Record, all: &[Part], form: Form) -> Result<Response, Refused> {
    let part = |name: &str| {
        let found = all.iter().find(|part| part.name == name);
        found.map(|part| part.body.clone()).unwrap_or_default()
    };
    let body = match form {
        Form::Report => part(parts::REPORT),
        Form::Json => part(parts::JSON),
        Form::Csv => part(parts::CSV),
        Form::Zip => {
            let named: Vec<(&str, &[u8])> =
                all.iter().map(|part| (part.name, part.body.as_slice())).collect();
            let too_large = || Error::Refused("this span is too large for one file".to_owned());
            zip::pack(&named).ok_or_else(too_large)?
        }
    };
    let name = name(record, form);
    let named = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let named = named.unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static(form.media());
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)];
    let mut response = (headers, body).into_response();
    // Each part names its world, and is given as it was hashed.
    response.extensions_mut().insert(Marked);
    Ok(response)
}

/// A name that says of what it is, and whether anything was taken out.
fn name(record: &Record, form: Form) -> String {
    let how = if record.redacted { "redacted" } else { "not-redacted" };
    let from = record.asked.span.from.to_string();
    let day = from.split('T').next().unwrap_or_default();
    format!("after-{day}-{how}.{}", form.name())
}
