//! The report as JSON: the schema `ward.watch/1`, for scripts.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use ward_kernel::words::misleads;

/// Writes the report (or a part of one), indented, one newline at the end.
///
/// Characters that could steer a terminal are written by their numbers, as JSON escapes them: to a
/// parser the text is unchanged, and a reader who prints the file is safe.
///
/// # Errors
/// Those of the writer.
pub fn write(report: &impl Serialize, out: &mut impl io::Write) -> io::Result<()> {
    let safe = Safe { pretty: PrettyFormatter::new() };
    report
        .serialize(&mut serde_json::Serializer::with_formatter(&mut *out, safe))
        .map_err(io::Error::from)?;
    out.write_all(b"\n")
}

struct Safe {
    pretty: PrettyFormatter<'static>,
}

impl Formatter for Safe {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| misleads(*c)) {
            out.write_all(fragment.get(plain..at).unwrap_or_default().as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at.saturating_add(c.len_utf8());
        }
        out.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_array(out)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array(out)
    }

    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_array_value(out, first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(out)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object(out)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object(out)
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_object_key(out, first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(out)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    #[test]
    fn parses_and_holds_no_control() {
        let report = fixture::rich();
        let mut bytes = Vec::new();
        write(&report, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.chars().any(|c| c != '\n' && misleads(c)));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["schema"], "ward.watch/1");
        assert_eq!(value["cases"].as_array().unwrap().len(), report.cases.len());
        let account = value["cases"][3]["accounts"][0].as_str().unwrap();
        assert_eq!(account, report.cases[3].accounts[0], "the text itself is unchanged");
        assert_eq!(value, serde_json::to_value(&report).unwrap());
    }
}
