//! Words of the command line into values, or a sentence.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::tz::TimeZone;
use ward_records::Format;

use crate::settings::Moment;

/// The formats by their names.
pub(super) fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| {
        Format::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| format!("\"{name}\" is not a format"))
    })
}

/// An IANA time zone.
pub(crate) fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name)
        .map_err(|_| format!("\"{name}\" is not a time zone: write it like America/Chicago or UTC"))
}

/// A day or a moment.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    text.parse()
}

/// A number of threads, 1 to 256.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    number(text, 1, 256)
}

/// A number of columns.
pub(super) fn width(text: &str) -> Result<usize, String> {
    number(text, 40, 140)
}

fn number(text: &str, least: usize, most: usize) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("it has to be a number from {least} to {most}"))
}
