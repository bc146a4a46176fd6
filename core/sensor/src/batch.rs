//! A batch: whole records of one stream, in the order they were written.

use std::fmt;

use ward_kernel::Time;

/// Longest body of a batch, in bytes, as the records were logged.
pub const BODY_MAX: usize = 8 << 20;
/// Longest name of a stream, in bytes.
pub const STREAM_MAX: usize = 1024;
/// Longest identifier of a sensor, in bytes.
pub const SENSOR_MAX: usize = 64;
/// Longest name of a format, in bytes.
pub const FORMAT_MAX: usize = 32;

/// One stream of records of a sensor: a file from its creation to its rotation, a peer that
/// sends syslog, a journal.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StreamName {
    /// What it is called in settings and on pages, such as `/var/log/auth.log`.
    pub name: String,
    /// Counts files of one name: offsets and headers begin anew with each generation.
    pub generation: u64,
}

/// Whole records of one stream, as they were logged.
#[derive(Clone, Eq, PartialEq)]
pub struct Batch {
    /// The sensor's identifier, given at enrolment.
    pub sensor: String,
    /// Number of the batch within the sensor, from 1, without gaps.
    pub sequence: u64,
    /// The stream that the records belong to.
    pub stream: StreamName,
    /// The format that the settings force (`ward_records::Format::name`, or
    /// [`NETFLOW`](crate::NETFLOW)); `None` when the stream's beginning shall tell.
    pub format: Option<String>,
    /// Offset of the body in the stream, in bytes.
    pub base: u64,
    /// How many records (lines or datagrams) the sensor counts in the body.
    pub records: u32,
    /// When the batch was cut, by the sensor's clock.
    pub cut_at: Time,
    /// The records, plain.
    pub body: Vec<u8>,
}

impl Batch {
    /// Whether every part is within its bounds.
    ///
    /// # Errors
    /// Says which part is not.
    pub fn check(&self) -> Result<(), &'static str> {
        let end = self.base.checked_add(self.body.len() as u64);
        let stored = |number: u64| i64::try_from(number).is_ok();
        if !is_sensor(&self.sensor) {
            Err("the sensor's identifier is empty, too long or holds odd characters")
        } else if self.sequence == 0 || !stored(self.sequence) {
            Err("the sequence must be from 1 to 2^63-1")
        } else if !is_stream(&self.stream.name) || !stored(self.stream.generation) {
            Err("the stream's name is empty, too long or holds control characters")
        } else if !self.format.as_deref().is_none_or(is_format) {
            Err("the format's name is empty, too long or holds odd characters")
        } else if !end.is_some_and(stored) {
            Err("the stream is longer than 2^63-1 bytes")
        } else if self.body.is_empty() || self.body.len() > BODY_MAX {
            Err("the body is empty or longer than 8 MiB")
        } else if self.records as usize > self.body.len() {
            Err("more records than bytes")
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Batch {
    /// Without the records: they hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("sensor", &self.sensor)
            .field("sequence", &self.sequence)
            .field("stream", &self.stream)
            .field("format", &self.format)
            .field("base", &self.base)
            .field("records", &self.records)
            .field("cut_at", &self.cut_at)
            .field("bytes", &self.body.len())
            .finish()
    }
}

/// Whether this can be a sensor's identifier: letters, digits, `-`, `_` and `.`.
#[must_use]
pub fn is_sensor(id: &str) -> bool {
    (1..=SENSOR_MAX).contains(&id.len()) && id.bytes().all(is_plain)
}

/// Whether this can name a stream: any text without control characters.
#[must_use]
pub fn is_stream(name: &str) -> bool {
    (1..=STREAM_MAX).contains(&name.len()) && !name.chars().any(char::is_control)
}

fn is_format(name: &str) -> bool {
    (1..=FORMAT_MAX).contains(&name.len()) && name.bytes().all(is_plain)
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn batch(sequence: u64, body: &[u8]) -> Batch {
        Batch {
            sensor: "adair-1".into(),
            sequence,
            stream: StreamName { name: "/var/log/auth.log".into(), generation: 3 },
            format: None,
            base: 100,
            records: 1,
            cut_at: Time::from_secs(1_793_736_000),
            body: body.to_vec(),
        }
    }

    #[test]
    fn bounds() {
        let good = batch(1, b"a line\n");
        assert_eq!(good.check(), Ok(()));
        let refused = |change: fn(&mut Batch)| {
            let mut bad = good.clone();
            change(&mut bad);
            assert!(bad.check().is_err(), "{bad:?}");
        };
        refused(|batch| batch.sequence = 0);
        refused(|batch| batch.sequence = u64::MAX);
        refused(|batch| batch.sensor.clear());
        refused(|batch| batch.sensor = "a b".into());
        refused(|batch| batch.stream.name = "a\nb".into());
        refused(|batch| batch.stream.name = "x".repeat(STREAM_MAX + 1));
        refused(|batch| batch.stream.generation = u64::MAX);
        refused(|batch| batch.format = Some("<b>".into()));
        refused(|batch| batch.base = u64::MAX - 3);
        refused(|batch| batch.base = i64::MAX as u64);
        refused(|batch| batch.body.clear());
        refused(|batch| batch.body = vec![b'x'; BODY_MAX + 1]);
        refused(|batch| batch.records = 100);
    }

    #[test]
    fn shows_no_records() {
        assert!(!format!("{:?}", batch(1, b"jane\n")).contains("106"));
    }
}
