//! Lists that an office gives the desk as a file: CSV under a known header, one thing to a line,
//! each with an id of its own. A field with a comma is put in double quotes (RFC 4180).

use std::collections::BTreeMap;
use std::fmt;

use crate::words::brief;

/// Why a line of a list cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// Line of the file, counted from 1.
    pub line: usize,
    /// What is wrong with it and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// What a list is, and how much of it is read.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What it is called: `plan`.
    pub name: &'static str,
    /// What stands on a line of it: `point`.
    pub one: &'static str,
    /// Its first line.
    pub header: &'static str,
    /// The longest file, in bytes.
    pub max_bytes: usize,
    /// How many problems are told before reading stops.
    pub max_problems: usize,
    /// Whether a line that begins with `#` is a remark.
    pub remarks: bool,
}

impl Kind {
    /// Reads a list, each line by `read`; never empty.
    ///
    /// # Errors
    /// The lines that cannot be used; a list with any is not used at all.
    pub fn read<T>(
        &self,
        csv: &str,
        read: fn(&str) -> Result<T, String>,
        id: fn(&T) -> &str,
    ) -> Result<Vec<T>, Vec<Problem>> {
        let Self { name, one, header, max_bytes, .. } = self;
        let whole = |line, what: String| Err(vec![Problem { line, what }]);
        if csv.len() > *max_bytes {
            let what =
                format!("the {name} has more than {max_bytes} bytes: is this the right file?");
            return whole(1, what);
        }
        let mut lines = (1..).zip(csv.trim_start_matches('\u{feff}').lines());
        if lines.next().map_or("", |(_, first)| first.trim_end()) != *header {
            return whole(1, format!("the {name} begins with the line \"{header}\""));
        }
        let (mut list, mut problems, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (line, text) in lines.filter(|(_, text)| self.says(text)) {
            let read = read(text).and_then(|thing| match seen.get(id(&thing)) {
                Some(before) => Err(format!("\"{}\" is already on line {before}", id(&thing))),
                None => Ok(thing),
            });
            match read {
                Ok(thing) => {
                    seen.insert(id(&thing).to_owned(), line);
                    list.push(thing);
                }
                Err(what) => problems.push(Problem { line, what }),
            }
            if problems.len() == self.max_problems {
                break;
            }
        }
        match (list.is_empty(), problems.is_empty()) {
            (_, false) => Err(problems),
            (true, true) => whole(2, format!("the {name} names no {one}")),
            (false, true) => Ok(list),
        }
    }

    fn says(&self, text: &str) -> bool {
        !(text.trim().is_empty() || self.remarks && text.starts_with('#'))
    }
}

/// Cuts a line into the fields of its header.
///
/// # Errors
/// That it has another number of them, or that one is not closed.
pub fn fields<const N: usize>(text: &str) -> Result<[String; N], String> {
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            // One more than there should be is enough to know.
            ',' if !quoted && fields.len() == N => break,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            _ => field.push(c),
        }
    }
    if quoted {
        return Err("a field opens with \" and does not close".to_owned());
    }
    fields.push(field);
    let (many, more) = (fields.len(), if fields.len() > N { " or more" } else { "" });
    let wrong = |_| format!("it has {many} fields{more}, not the {N} of the header");
    fields.try_into().map_err(wrong)
}

/// An id of a list: small letters, digits and single hyphens, of at most so many characters.
///
/// # Errors
/// A sentence that says so, with an example.
pub fn id(text: &str, most: usize, such_as: &str) -> Result<String, String> {
    let shape = text.split('-').all(|part| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    });
    if shape && text.len() <= most {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{}\" is not an id: write small letters, digits and single hyphens, at most {most}, such \
         as {such_as}",
        brief(text)
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIND: Kind = Kind {
        name: "list",
        one: "thing",
        header: "id,what",
        max_bytes: 64,
        max_problems: 2,
        remarks: true,
    };

    fn read(csv: &str) -> Result<Vec<[String; 2]>, Vec<String>> {
        let read = |line: &str| {
            let [name, what] = fields(line)?;
            Ok([id(&name, 3, "a-1")?, what])
        };
        let problems = |all: Vec<Problem>| all.iter().map(ToString::to_string).collect();
        KIND.read(csv, read, |one| &one[0]).map_err(problems)
    }

    #[test]
    fn lists_are_read_or_refused_with_sentences() {
        let good = "\u{feff}id,what\r\n# A remark.\r\n\r\na,\"x, \"\"y\"\"\"\r\nb-1,\r\n";
        let owned = |id: &str, what: &str| [id.to_owned(), what.to_owned()];
        assert_eq!(read(good), Ok(vec![owned("a", "x, \"y\""), owned("b-1", "")]));
        for (csv, told) in [
            ("", "line 1: the list begins with the line \"id,what\""),
            ("id,what\n#", "line 2: the list names no thing"),
            ("id,what\na,b\n\na,c", "line 4: \"a\" is already on line 2"),
            ("id,what\na", "line 2: it has 1 fields, not the 2 of the header"),
            ("id,what\na,b,c,d,e", "line 2: it has 3 fields or more, not the 2 of the header"),
            ("id,what\na,\"b", "line 2: a field opens with \" and does not close"),
            ("id,what\nlong,b", "line 2: \"long\" is not an id: write small letters, digits and"),
        ] {
            let problems = read(csv).unwrap_err();
            assert!(problems.len() == 1 && problems[0].starts_with(told), "{problems:?}");
        }
        assert_eq!(read("id,what\nA,b\n-,b\n_,b").unwrap_err().len(), 2, "reading stops");
        assert!(read(&" ".repeat(65)).unwrap_err()[0].contains("more than 64 bytes"));
    }

    proptest! {
        /// Whatever is quoted stands there as it was.
        #[test]
        fn what_is_written_is_read(all in prop::collection::vec("[^\r\n]{0,20}", 3)) {
            let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
            let line = all.iter().map(quoted).collect::<Vec<_>>().join(",");
            prop_assert_eq!(fields::<3>(&line).map(Vec::from), Ok(all));
        }
    }
}
