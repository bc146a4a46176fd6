//! What the header lines decide: separator, marks for unset and empty, and which column is what.

use memchr::memmem;

use crate::text;
use crate::zeek::{Field, Kind, Row, unescape};

/// The header in force, as far as it was met.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// How a header line begins: the meta prefix (`#`), or, when the file has one plain line of
    /// names (`LogAscii::tsv`), that line's first name with the separator.
    mark: Vec<u8>,
    plain: bool,
    separator: Vec<u8>,
    set_separator: u8,
    unset: Vec<u8>,
    empty: Vec<u8>,
    path: Vec<u8>,
    /// For each column the field that it holds, if it matters; empty before any `#fields`.
    columns: Vec<Option<Field>>,
    kind: Kind,
}

impl Header {
    /// Nothing but the prefix of header lines is known yet.
    pub(super) fn prefixed(prefix: &[u8]) -> Self {
        Self {
            mark: prefix.to_vec(),
            plain: false,
            separator: b"\t".to_vec(),
            set_separator: b',',
            unset: b"-".to_vec(),
            empty: b"(empty)".to_vec(),
            path: Vec::new(),
            columns: Vec::new(),
            kind: Kind::Other,
        }
    }

    /// Header lines are plain lines of names, of which this is the first name.
    pub(super) fn plain(first: &[u8], separator: u8) -> Self {
        let mark = [first, &[separator]].concat();
        Self { plain: true, separator: vec![separator], ..Self::prefixed(&mark) }
    }

    /// Which log the lines belong to.
    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    /// What stands between the elements of a set.
    pub(super) const fn set_separator(&self) -> u8 {
        self.set_separator
    }

    /// If this is a header line, the part of it that [`Header::learn`] takes.
    pub(super) fn meta<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let line = text::unmarked(line);
        if line.starts_with(&self.mark) {
            return if self.plain { Some(line) } else { line.strip_prefix(self.mark.as_slice()) };
        }
        // Some files have a tab before their first header.
        if line.first() == Some(&b'\t') && !self.plain {
            let meta = line.get(1..)?.strip_prefix(self.mark.as_slice())?;
            return meta.starts_with(b"separator ").then_some(meta);
        }
        None
    }

    /// Learns one header line, its prefix removed.
    pub(super) fn learn(&mut self, meta: &[u8]) {
        if self.plain {
            self.learn_names(meta);
            return;
        }
        if let Some(separator) = meta.strip_prefix(b"separator ") {
            *self = Self::prefixed(&self.mark);
            let mut separator = unescaped(separator);
            separator.truncate(16);
            if !separator.is_empty() {
                self.separator = separator;
            }
            return;
        }
        let Some(at) = memmem::find(meta, &self.separator) else { return };
        let (key, value) = meta.split_at(at);
        let value = value.get(self.separator.len()..).unwrap_or_default();
        match key {
            b"set_separator" => {
                self.set_separator = unescaped(value).first().copied().unwrap_or(b',');
            }
            b"unset_field" => self.unset = value.to_vec(),
            b"empty_field" => self.empty = value.to_vec(),
            b"path" => self.path = unescaped(value),
            b"fields" => self.learn_names(value),
            _ => {}
        }
    }

    /// Learns all header lines of a block and reads nothing else.
    pub(super) fn learn_all(&mut self, block: &[u8]) {
        let line_at = |at: usize| {
            let rest = block.get(at..).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            super::trim_end(rest.get(..end).unwrap_or_default())
        };
        // The marks do not change within a file, so the places can be found before learning.
        let mark = [b"\n", self.mark.as_slice()].concat();
        let tabbed = [b"\n\t", self.mark.as_slice(), b"separator "].concat();
        let joined = [b"\n\xef\xbb\xbf", self.mark.as_slice()].concat();
        let mut places: Vec<usize> = vec![0];
        places.extend(memmem::find_iter(block, &mark).map(|at| at + 1));
        places.extend(memmem::find_iter(block, &joined).map(|at| at + 1));
        if !self.plain {
            places.extend(memmem::find_iter(block, &tabbed).map(|at| at + 1));
        }
        places.sort_unstable();
        for at in places {
            let line = line_at(at);
            if let Some(meta) = self.meta(line) {
                self.learn(meta);
            }
        }
    }

    /// Puts the columns of a line into the row.
    pub(super) fn fill<'a>(&self, line: &'a [u8], row: &mut Row<'a>) -> Result<(), &'static str> {
        if self.columns.is_empty() {
            return Err("data before any #fields header");
        }
        let whole = match self.separator.as_slice() {
            [byte] => self.place(memchr::memchr_iter(*byte, line), 1, line, row),
            text => self.place(memmem::find_iter(line, text), text.len(), line, row),
        };
        if whole { Ok(()) } else { Err("not as many columns as its header names") }
    }

    fn place<'a>(
        &self,
        separators: impl Iterator<Item = usize>,
        width: usize,
        line: &'a [u8],
        row: &mut Row<'a>,
    ) -> bool {
        let Some((last, columns)) = self.columns.split_last() else { return false };
        let (mut columns, mut start) = (columns.iter(), 0);
        for end in separators {
            match columns.next() {
                Some(Some(field)) => row.set(*field, self.value(line, start, end)),
                Some(None) => {}
                None => return false,
            }
            start = end + width;
        }
        if let Some(field) = last {
            row.set(*field, self.value(line, start, line.len()));
        }
        columns.next().is_none()
    }

    fn value<'a>(&self, line: &'a [u8], start: usize, end: usize) -> &'a [u8] {
        match line.get(start..end) {
            Some(text) if text != self.unset && text != self.empty => text,
            _ => &[],
        }
    }

    fn learn_names(&mut self, names: &[u8]) {
        let mut columns = Vec::new();
        let mut start = 0;
        for end in memmem::find_iter(names, &self.separator) {
            columns.push(Field::named(names.get(start..end).unwrap_or_default()));
            start = end + self.separator.len();
        }
        columns.push(Field::named(names.get(start..).unwrap_or_default()));
        self.kind = Kind::of(&self.path, |field| columns.contains(&Some(field)));
        self.columns = columns;
    }
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    unescape(text, &mut out);
    out
}
