//! One entry of the journal as `journalctl --output=json` writes it.
//!
//! Fields are texts, lists of byte values where they hold bytes that are no text, lists of either
//! where a field occurs several times, and null where they are too long (systemd, "Journal JSON
//! Format").

use std::io::Write;

use serde::Deserialize;
use serde_json::Value;
use ward_kernel::Time;
use ward_kernel::time::SECOND;

use crate::sources::escape;

/// The end of the year 9999, in microseconds since 1970.
const LATEST: i64 = 253_402_300_799_999_999;

/// The fields that matter.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    #[serde(rename = "__CURSOR")]
    pub(super) cursor: String,
    #[serde(rename = "__REALTIME_TIMESTAMP", default)]
    received: Value,
    #[serde(rename = "_HOSTNAME", default)]
    host: Value,
    #[serde(rename = "SYSLOG_IDENTIFIER", default)]
    identifier: Value,
    #[serde(rename = "_COMM", default)]
    command: Value,
    #[serde(rename = "_PID", default)]
    pid: Value,
    #[serde(rename = "SYSLOG_PID", default)]
    syslog_pid: Value,
    #[serde(rename = "PRIORITY", default)]
    priority: Value,
    #[serde(rename = "SYSLOG_FACILITY", default)]
    facility: Value,
    #[serde(rename = "MESSAGE", default)]
    message: Value,
}

impl Entry {
    /// When the journal received it, in microseconds since 1970; 0 where it says none that has a
    /// year of four digits, which is all that a line can hold.
    pub(super) fn time(&self) -> i64 {
        let received = self.received.as_str().and_then(|text| text.parse().ok());
        received.filter(|time| (0..=LATEST).contains(time)).unwrap_or(0)
    }

    /// Appends it as a line (RFC 5424).
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let number = |value: &Value, most: u8, other: u8| {
            let number = value.as_str().and_then(|text| text.parse().ok());
            number.filter(|number| *number <= most).unwrap_or(other)
        };
        // Without a facility: "user"; without a priority: "notice".
        let priority = number(&self.facility, 23, 1) * 8 + number(&self.priority, 7, 5);
        let time = Time::from_micros(self.time());
        let whole = time.to_string();
        let stamp = whole.trim_end_matches('Z');
        let micros = time.micros().rem_euclid(SECOND);
        // Writing into memory does not fail.
        let _ = write!(out, "<{priority}>1 {stamp}.{micros:06}Z ");
        header(out, &[&self.host], 255);
        header(out, &[&self.identifier, &self.command], 48);
        header(out, &[&self.pid, &self.syslog_pid], 128);
        out.extend_from_slice(b"- - ");
        escape(&bytes(&self.message), out);
        out.push(b'\n');
    }
}

/// The first of the values that is there, as a header field and a space: printable characters
/// without spaces, or `-`.
fn header(out: &mut Vec<u8>, values: &[&Value], most: usize) {
    let text = values.iter().map(|value| bytes(value)).find(|text| !text.is_empty());
    let text = text.unwrap_or_else(|| b"-".to_vec());
    let shown = text.iter().map(|byte| if byte.is_ascii_graphic() { *byte } else { b'_' });
    out.extend(shown.take(most));
    out.push(b' ');
}

/// The bytes of a field; of several the first.
fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone().into_bytes(),
        Value::Array(list) => match list.first() {
            Some(Value::Number(_)) => {
                let byte = |value: &Value| value.as_u64().and_then(|byte| u8::try_from(byte).ok());
                list.iter().filter_map(byte).collect()
            }
            Some(first @ (Value::String(_) | Value::Array(_))) => bytes(first),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
