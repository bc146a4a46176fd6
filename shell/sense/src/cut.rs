//! Where whole records end: the knife of a stream.

use ward_records::{Format, Hints, Reader};

use crate::settings::by_name;

/// How much of a stream's beginning is looked at to recognise its format, in bytes.
pub(crate) const HEAD: usize = 64 << 10;
/// A record longer than this is cut where it can be.
const LONGEST: usize = 2 << 20;

/// Cuts one stream where a record ends: by its format where that is known, by lines where not.
#[derive(Debug)]
pub(crate) struct Knife {
    forced: bool,
    reader: Option<Reader>,
    decided: bool,
}

impl Knife {
    /// A knife for a stream whose format the settings may name.
    pub(crate) fn new(format: Option<&str>) -> Self {
        let format = format.and_then(by_name);
        let reader = format.map(|format| Reader::forced(format, &Hints::default()));
        Self { forced: reader.is_some(), decided: reader.is_some(), reader }
    }

    /// The name of the format, if it is known.
    pub(crate) fn format(&self) -> Option<&'static str> {
        self.reader.as_ref().map(|reader| reader.format().name())
    }

    /// Whether the stream's beginning should be shown to [`Knife::recognise`].
    pub(crate) const fn is_open(&self) -> bool {
        !self.decided
    }

    /// Looks at the stream's beginning. `last` says that no more of it can be had now: then lines
    /// of an unknown format are cut by lines. A beginning that could be the first part of a record
    /// over several lines is waited for.
    pub(crate) fn recognise(&mut self, head: &[u8], last: bool) {
        if self.decided {
            return;
        }
        let head = head.get(..HEAD).unwrap_or(head);
        if memchr::memchr(b'\n', head).is_some() || last {
            self.reader = Reader::recognise(head, &Hints::default());
        }
        let unmarked = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let long = matches!(unmarked.first(), Some(b'{' | b'[' | b'<') | None);
        self.decided = self.reader.is_some() || last || head.len() >= HEAD || !long;
    }

    /// How many bytes of the block are whole records. 0 while the format is not decided, and
    /// while the first record is not whole.
    pub(crate) fn cut(&self, block: &[u8]) -> usize {
        if !self.decided {
            return 0;
        }
        let newline = || memchr::memrchr(b'\n', block).map_or(0, |end| end + 1);
        let cut = self.reader.as_ref().map_or_else(newline, |reader| reader.cut(block));
        if cut > 0 || block.len() < LONGEST {
            return cut.min(block.len());
        }
        match newline() {
            0 => block.len(),
            cut => cut,
        }
    }

    /// The format that batches name: only what the settings force.
    pub(crate) fn forced(&self) -> Option<String> {
        self.format().filter(|_| self.forced).map(str::to_owned)
    }
}

/// Whether records of what begins like this mean nothing without the lines at its beginning.
pub(crate) fn needs_header(head: &[u8]) -> bool {
    let reader = Reader::recognise(head, &Hints::default());
    reader.is_some_and(|reader| matches!(reader.format(), Format::ZeekTsv | Format::VpcFlow))
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<Events>\n<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n\
                       <System><EventID>4625</EventID></System>\n</Event>\n<Event>\n<Sys";

    #[test]
    fn by_lines_and_by_records() {
        let mut lines = Knife::new(None);
        assert_eq!(lines.cut(b"a\nb"), 0);
        lines.recognise(b"a\nb", false);
        assert_eq!((lines.cut(b"a\nb"), lines.cut(b"ab"), lines.format()), (2, 0, None));
        let mut records = Knife::new(None);
        records.recognise(b"<Events>\n", false);
        assert!(records.is_open());
        records.recognise(XML.as_bytes(), false);
        assert_eq!((records.format(), records.forced()), (Some("windows-xml"), None));
        assert_eq!(records.cut(XML.as_bytes()), XML.find("</Event>").unwrap() + 8);
        let forced = Knife::new(Some("syslog"));
        assert_eq!((forced.forced().as_deref(), forced.cut(b"a\nb")), (Some("syslog"), 2));
        let mut odd = Knife::new(None);
        odd.recognise(b"{\n", true);
        assert_eq!(odd.cut(b"{\n"), 2);
    }

    #[test]
    fn a_line_without_end_is_bounded() {
        let mut knife = Knife::new(None);
        knife.recognise(b"a\n", false);
        let long = vec![b'a'; LONGEST];
        assert_eq!(knife.cut(&long[1..]), 0);
        assert_eq!(knife.cut(&long), LONGEST);
    }
}
