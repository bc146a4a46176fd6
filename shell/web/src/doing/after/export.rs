//! A span given away: the report, the record and the list of what they are, in one file.

use std::collections::BTreeSet;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use serde_json::Value;
use ward_access::Act as Right;
use ward_desk::redact::Known;
use ward_desk::replay::Lane;
use ward_sensor::Status;
use ward_store::{Error, Link, audit, cases, meta, office, people, sensors};

use super::parts::{self, Part};
use super::record::{Around, Record, record};
use super::{Asked, Night, zip};
use crate::desk::Desk;
use crate::doing::room;
use crate::refused::Refused;
use crate::ui::Clock;
use crate::who::Who;

/// Cases whose accounts are looked for in sentences.
const CASES: usize = 1_000;

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
    let record = make(desk, who, asked, redacted).await?;
    let mut all: Vec<Part> = parts::records(&record).into();
    let zone = {
        let mut read = desk.store.read().await?;
        meta::get(read.link(), office::ZONE).await?.unwrap_or_default()
    };
    let clock = Clock::named(&zone).unwrap_or_else(|| Clock::new(jiff::tz::TimeZone::UTC));
    let report = crate::pages::after::report::page(&record, &all, &clock);
    all.push(Part { name: parts::REPORT, body: report.into_bytes() });
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

/// What a span holds, as it may be given.
async fn make(desk: &Desk, who: &Who, asked: Asked, redacted: bool) -> Result<Record, Refused> {
    let now = desk.now();
    let mut read = desk.store.read().await?;
    let night = super::night(read.link(), who, &asked, now).await?;
    let jurisdictions = office::jurisdictions(read.link()).await?;
    let newest = audit::last(read.link()).await?.unwrap_or_default();
    let around = Around {
        office: meta::get(read.link(), office::NAME).await?.unwrap_or_default(),
        world: desk.settings.world,
        jurisdictions: &jurisdictions,
        made: now,
        redacted,
        known: known(read.link(), &night).await?,
        basis: &desk.settings.redaction,
        audit: (newest.0, HEXLOWER.encode(&newest.1)),
    };
    drop(read);
    Ok(record(asked, &night, around))
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
    for id in ids.into_iter().take(CASES) {
        let Some(filed) = cases::by_id(link.again(), id).await? else { continue };
        let accounts = filed.case.body.get("accounts").and_then(Value::as_array);
        let names = accounts.into_iter().flatten().filter_map(Value::as_str);
        known.accounts.extend(names.map(str::to_owned));
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
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], body).into_response())
}

/// A name that says of what it is, and whether anything was taken out.
fn name(record: &Record, form: Form) -> String {
    let world = if record.world.is_exercise() { "exercise-" } else { "" };
    let how = if record.redacted { "redacted" } else { "not-redacted" };
    let from = record.asked.span.from.to_string();
    let day = from.split('T').next().unwrap_or_default();
    format!("{world}after-{day}-{how}.{}", form.name())
}
