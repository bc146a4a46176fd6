//! Lists of indicators, as feeds and colleagues send them.

use std::collections::HashSet;

use super::{Indicator, stix};

/// Indicators that are taken from one list at most.
pub const MAX_INDICATORS: usize = 100_000;
/// Problems that are listed at most; the rest are counted.
const MAX_PROBLEMS: usize = 100;
/// Bytes of a line that a problem shows.
const SHOWN: usize = 80;

/// What was read from a list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct List {
    /// The indicators, each once, in their order.
    pub indicators: Vec<Indicator>,
    /// Lines that were not understood; the first hundred.
    pub problems: Vec<ListProblem>,
    /// Lines that were not understood and are not listed.
    pub more_problems: usize,
    /// Indicators that came again.
    pub repeated: usize,
}

/// A line that was not understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListProblem {
    /// The line, counted from 1.
    pub line: usize,
    /// What stood there, shortened.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

impl List {
    /// Reads a list: one indicator a line, or CSV with the indicator in the first column (also
    /// separated by semicolons or tabs, with or without a line of column names), or STIX patterns
    /// such as `[ipv4-addr:value = '192.0.2.1']`. Empty lines and what follows a `#` are passed over.
    ///
    /// Never fails: what is not understood is a problem with its line.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut list = Self::default();
        let mut seen = HashSet::new();
        for (line, text) in (1..).zip(text.lines()) {
            if list.indicators.len() >= MAX_INDICATORS {
                let why = format!("a list has at most {MAX_INDICATORS} indicators: split it");
                list.problem(line, text, why);
                break;
            }
            list.line(line, text, &mut seen);
        }
        list
    }

    fn line(&mut self, line: usize, text: &str, seen: &mut HashSet<Indicator>) {
        let text = without_comment(text).trim();
        if text.is_empty() {
            return;
        }
        if stix::is_pattern(text) {
            for indicator in stix::indicators(text) {
                self.add(line, text, indicator, seen);
            }
            return;
        }
        let (cell, alone) = first_cell(text);
        if line == 1 && !alone && is_column_name(&cell) || line == 1 && is_column_name(text) {
            return;
        }
        self.add(line, text, Indicator::parse(&cell), seen);
    }

    fn add(
        &mut self,
        line: usize,
        text: &str,
        indicator: Result<Indicator, String>,
        seen: &mut HashSet<Indicator>,
    ) {
        match indicator {
            Ok(indicator) if seen.contains(&indicator) => {
                self.repeated = self.repeated.saturating_add(1);
            }
            Ok(indicator) => {
                seen.insert(indicator.clone());
                self.indicators.push(indicator);
            }
            Err(why) => self.problem(line, text, why),
        }
    }

    fn problem(&mut self, line: usize, text: &str, why: String) {
        if self.problems.len() >= MAX_PROBLEMS {
            self.more_problems = self.more_problems.saturating_add(1);
            return;
        }
        let end = (0..=SHOWN.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
        let mut text_shown = text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned();
        if text_shown.len() < text.len() {
            text_shown.push('\u{2026}');
        }
        self.problems.push(ListProblem { line, text: text_shown, why });
    }
}

/// A `#` begins a comment at the line's start and behind a space; within a URL it does not.
fn without_comment(text: &str) -> &str {
    if text.trim_start().starts_with('#') {
        return "";
    }
    let at = text.find(" #").or_else(|| text.find("\t#"));
    at.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// The first cell of a line, and whether it is the only one.
fn first_cell(text: &str) -> (String, bool) {
    if let Some(quoted) = text.strip_prefix('"') {
        // A quotation mark inside is written twice (RFC 4180).
        let mut cell = String::new();
        let mut chars = quoted.chars().peekable();
        while let Some(char) = chars.next() {
            if char == '"' && chars.next_if_eq(&'"').is_none() {
                return (cell, chars.next().is_none());
            }
            cell.push(char);
        }
        return (text.to_owned(), true);
    }
    match text.split_once([',', ';', '\t']) {
        Some((cell, _rest)) => (cell.to_owned(), false),
        None => (text.to_owned(), true),
    }
}

/// Whether a cell of the first line names a column rather than an account.
fn is_column_name(cell: &str) -> bool {
    const NAMES: [&str; 18] = [
        "indicator",
        "indicators",
        "indicator_value",
        "value",
        "ioc",
        "iocs",
        "observable",
        "ip",
        "ip_address",
        "ipaddress",
        "address",
        "domain",
        "host",
        "hostname",
        "url",
        "hash",
        "account",
        "username",
    ];
    let cell = cell.trim().trim_matches('"');
    NAMES.iter().any(|name| cell.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(list: &List) -> Vec<String> {
        list.indicators.iter().map(Indicator::to_string).collect()
    }

    #[test]
    fn one_a_line() {
        let list = List::parse(
            b"\xef\xbb\xbf# seen by a partner\r\n192.0.2[.]1\r\n\r\n  203.0.113.0/24  # scanner\r\n\
              hxxp://bad[.]example/a#b\njclerk\n192.0.2.1\n192.0.2.999\n",
        );
        assert_eq!(shown(&list), ["192.0.2.1", "203.0.113.0/24", "bad.example", "jclerk"]);
        assert_eq!((list.repeated, list.problems.len()), (1, 1));
        assert_eq!((list.problems[0].line, list.problems[0].text.as_str()), (8, "192.0.2.999"));
    }

    #[test]
    fn first_column() {
        let list = List::parse(
            b"Indicator,Type,Note\n192.0.2.1,ip,\"a, b\"\n\"bad.example\";domain\n\"a \"\"b\"\"\",x\n\
              198.51.100.7\tip\n",
        );
        assert_eq!(shown(&list), ["192.0.2.1", "bad.example", "198.51.100.7"]);
        assert_eq!(list.problems[0].line, 4);
        // On any other line, and in a list of accounts, such a word is a name.
        assert_eq!(shown(&List::parse(b"jclerk\nhost\n")), ["jclerk", "host"]);
    }

    #[test]
    fn patterns() {
        let list = List::parse(
            b"[ipv4-addr:value = '192.0.2.1' OR domain-name:value = 'bad.example']\n\
            [mutex:name = 'x']\n",
        );
        assert_eq!(shown(&list), ["192.0.2.1", "bad.example"]);
        assert_eq!(list.problems[0].line, 2);
    }

    #[test]
    fn is_bounded() {
        let bad = "a b\n".repeat(250) + &"\u{20ac} ".repeat(100);
        let list = List::parse(bad.as_bytes());
        assert_eq!((list.problems.len(), list.more_problems), (100, 151));
        let long = List::parse(("\u{20ac} ".repeat(100)).as_bytes());
        assert!(long.problems[0].text.len() < 90);
        let many: String = (0..=MAX_INDICATORS).map(|number| format!("a{number}\n")).collect();
        let list = List::parse(many.as_bytes());
        assert_eq!(list.indicators.len(), MAX_INDICATORS);
        assert_eq!(list.problems[0].line, MAX_INDICATORS + 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let list = List::parse(&bytes);
            prop_assert!(list.indicators.len() + list.problems.len() <= bytes.len() + 1);
        }
    }
}
