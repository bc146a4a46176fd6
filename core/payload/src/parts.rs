//! Takes a request apart and has each piece judged; keeps the heaviest finding.

use crate::agent::{self, Agent};
use crate::base64;
use crate::gate::{self, Classes};
use crate::{
    Finding, LIMIT, Part, Scratch, Shape, decode, injection, path, probe, protocol, script, sqli,
    traversal,
};

/// One request's judgement on its way.
pub(crate) struct Judge<'a> {
    scratch: &'a mut Scratch,
    best: Option<Finding>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(scratch: &'a mut Scratch) -> Self {
        Self { scratch, best: None }
    }

    pub(crate) fn finding(self) -> Option<Finding> {
        self.best
    }

    fn found(&mut self, shape: Shape, sign: Option<&'static str>, part: Part) {
        let Some(sign) = sign else { return };
        if self.best.is_none_or(|best| shape > best.shape) {
            self.best = Some(Finding { shape, sign, part });
        }
    }

    /// Whether nothing heavier can come.
    fn is_done(&self) -> bool {
        self.best.is_some_and(|best| best.shape == Shape::Sqli)
    }

    /// A request line that was no HTTP, or HTTP/0.9: a method and a target without a version, which
    /// servers still answer.
    pub(crate) fn line(&mut self, line: &[u8]) {
        let (head, tail) = ends(line);
        self.found(Shape::Probe, protocol::not_http(head), Part::Method);
        for end in [head, tail] {
            if memchr::memchr2(b'$', b'/', end).is_some() {
                self.text(end, false, Part::Method, &[Shape::Injection]);
            }
        }
        if let Some((method, target)) = protocol::without_version(line) {
            self.target(method, target);
        }
    }

    /// Method, path and query.
    pub(crate) fn target(&mut self, method: &[u8], target: &[u8]) {
        self.found(Shape::Probe, protocol::method(method, target), Part::Method);
        let (path, path_tail) = ends(path::path(target));
        let (query, query_tail) = ends(path::query(target));
        let odd_query = gate::is_odd(query);
        if odd_query || gate::is_odd(ends(target).0) || gate::has_dots(path) {
            self.odd_path(path);
        } else {
            self.probe(path, query);
        }
        if gate::is_odd(path_tail) || gate::has_dots(path_tail) {
            self.odd_path(path_tail);
        }
        self.query(query, odd_query);
        self.query(query_tail, gate::is_odd(query_tail));
    }

    fn query(&mut self, query: &[u8], odd: bool) {
        let wrapped = || query.len() > 12 && is_wrapped(query);
        if odd || gate::is_telling(query) || wrapped() {
            self.parameters(query, Part::Query);
        }
    }

    fn probe(&mut self, path: &[u8], query: &[u8]) {
        if let Some((shape, sign)) = probe::judge(path, query) {
            self.found(shape, Some(sign), Part::Path);
        }
    }

    fn odd_path(&mut self, raw: &[u8]) {
        let mut text = std::mem::take(&mut self.scratch.item);
        decode::decode(raw, false, &mut text, &mut self.scratch.spare);
        self.probe(&text, b"");
        self.found(Shape::Traversal, traversal::in_path(&text, raw), Part::Path);
        let classes = Classes::of(&text);
        self.found(Shape::Injection, injection::judge(&text, classes, false), Part::Path);
        self.found(Shape::Script, script::judge(&text, classes), Part::Path);
        if classes
            .any(Classes::QUOTE | Classes::PAREN | Classes::SPACE | Classes::OTHER | Classes::SHELL)
        {
            for segment in text.split(|byte| *byte == b'/').take(64) {
                self.sql(segment, Part::Path);
            }
            // Comments in place of spaces hold slashes: the path from the first such segment on.
            if let Some(at) = memchr::memmem::find(&text, b"/*") {
                let head = text.get(..at).unwrap_or_default();
                let from = memchr::memrchr(b'/', head).map_or(0, |slash| slash.saturating_add(1));
                self.sql(text.get(from..).unwrap_or_default(), Part::Path);
            }
        }
        self.scratch.item = text;
    }

    /// Parameters of a query or a form.
    fn parameters(&mut self, mut rest: &[u8], part: Part) {
        while !rest.is_empty() && !self.is_done() {
            let (parameter, tail) = next_parameter(rest);
            rest = tail;
            match memchr::memchr(b'=', parameter) {
                Some(equals) => {
                    let (name, value) = parameter.split_at(equals);
                    if gate::is_odd(name) || name.len() > 16 {
                        let all = &[Shape::Injection, Shape::Traversal, Shape::Sqli, Shape::Script];
                        self.text(name, true, part, all);
                        // A name that holds the beginning of a payload: `?1 or 1=1`.
                        self.text(parameter, true, part, &[Shape::Sqli, Shape::Injection]);
                    }
                    self.value(value.get(1..).unwrap_or_default(), part);
                }
                None => self.value(parameter, part),
            }
        }
    }

    /// A value, and the pieces of it that stand behind `;name=`.
    fn value(&mut self, value: &[u8], part: Part) {
        self.text(value, true, part, ALL);
        if base64::is_text(value) {
            let mut item = std::mem::take(&mut self.scratch.item);
            base64::decode(value, &mut item);
            self.text(&item, false, part, &[Shape::Sqli, Shape::Injection]);
            self.scratch.item = item;
        }
        if memchr::memchr(b';', value).is_some() {
            for piece in value.split(|byte| *byte == b';').skip(1).take(64) {
                if let Some(equals) = memchr::memchr(b'=', piece) {
                    self.text(
                        piece.get(equals.saturating_add(1)..).unwrap_or_default(),
                        true,
                        part,
                        ALL,
                    );
                }
            }
        }
    }

    /// Judges one raw text by the detectors of the given shapes.
    fn text(&mut self, raw: &[u8], plus: bool, part: Part, shapes: &[Shape]) {
        if raw.is_empty() || self.is_done() {
            return;
        }
        let mut text = std::mem::take(&mut self.scratch.text);
        decode::decode(raw, plus, &mut text, &mut self.scratch.spare);
        self.decoded(&text, part, shapes);
        self.scratch.text = text;
    }

    fn decoded(&mut self, text: &[u8], part: Part, shapes: &[Shape]) {
        let classes = Classes::of(text);
        for shape in shapes {
            let sign = match shape {
                Shape::Injection => injection::judge(text, classes, part == Part::Body),
                Shape::Traversal if classes.any(Classes::SLASH | Classes::COLON) => {
                    traversal::in_value(text, &mut self.scratch.spare)
                }
                Shape::Script => script::judge(text, classes),
                Shape::Sqli => {
                    self.sql(text, part);
                    None
                }
                _ => None,
            };
            self.found(*shape, sign, part);
        }
    }

    /// A text as SQL; text that is JSON by its strings.
    fn sql(&mut self, text: &[u8], part: Part) {
        const TELLING: u16 = Classes::QUOTE
            | Classes::PAREN
            | Classes::SPACE
            | Classes::OTHER
            | Classes::SHELL
            | Classes::SCORE
            | Classes::BREAK;
        if text.len() < 3 || self.is_done() || !Classes::of(text).any(TELLING) {
            return;
        }
        if is_json(text) {
            let (tokens, spare) = (&mut self.scratch.tokens, &mut self.scratch.spare);
            let sign = json_strings(text).find_map(|string| sqli::judge(string, tokens, spare));
            self.found(Shape::Sqli, sign, part);
            return;
        }
        let sign = sqli::judge(text, &mut self.scratch.tokens, &mut self.scratch.spare);
        self.found(Shape::Sqli, sign, part);
    }

    /// A body: JSON, a form of several parts, XML, or a form.
    pub(crate) fn body(&mut self, body: &[u8]) {
        let (head, tail) = ends(body.trim_ascii_start());
        self.body_like(head, head);
        if !tail.is_empty() {
            self.body_like(head, tail);
            if matches!(head.first(), Some(b'{' | b'[')) {
                // The cut may lie inside of a string: then every quote means the opposite.
                let (inside, outside) = json_string(tail);
                self.json_text(inside);
                self.json_texts(outside);
            }
        }
    }

    /// A piece of a body that begins as `head` does.
    fn body_like(&mut self, head: &[u8], piece: &[u8]) {
        match head.first() {
            None => {}
            Some(b'{' | b'[') => {
                self.text(piece, false, Part::Body, &[Shape::Injection]);
                self.json_texts(piece);
            }
            Some(b'<') => self.text(piece, false, Part::Body, &[Shape::Injection]),
            Some(b'-') if head.starts_with(b"--") => self.multipart(piece),
            // Decoding costs nothing that matters for plain forms: the gate is theirs as well.
            Some(_) if gate::is_odd(piece) || gate::is_telling(piece) => {
                self.parameters(piece, Part::Body);
            }
            Some(_) => {}
        }
    }

    fn json_texts(&mut self, json: &[u8]) {
        for string in json_strings(json) {
            self.json_text(string);
        }
    }

    fn json_text(&mut self, string: &[u8]) {
        let mut item = std::mem::take(&mut self.scratch.item);
        item.clear();
        unescape_json(string, &mut item);
        self.text(&item, false, Part::Body, ALL);
        self.scratch.item = item;
    }

    fn multipart(&mut self, body: &[u8]) {
        for line in body.split(|byte| *byte == b'\n') {
            let line = line.trim_ascii();
            let head = line.get(..8).is_some_and(|head| head.eq_ignore_ascii_case(b"content-"));
            if !head && !line.starts_with(b"--") {
                self.text(line, false, Part::Body, ALL);
            } else if head && line.windows(3).any(|three| three == b"../" || three == b"..\\") {
                self.found(Shape::Traversal, Some("dot-dot"), Part::Body);
            }
        }
    }

    /// A header that holds an address: its query as a query, and what is no address as a value.
    pub(crate) fn header(&mut self, header: &[u8], part: Part) {
        if header.len() < 4 || !gate::is_odd_header(header) {
            return;
        }
        let http = header.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"http"));
        let (query, query_tail) = if http { ends(path::query(header)) } else { (&[][..], &[][..]) };
        self.parameters(query, part);
        self.parameters(query_tail, part);
        let shapes: &[Shape] = if http { &[Shape::Injection] } else { ALL };
        let (text, tail) = ends(if http { path::path(header) } else { header });
        self.text(text, false, part, shapes);
        self.text(tail, false, part, shapes);
    }

    /// The User-Agent. The same few hundred make nearly all requests: those that were found honest
    /// are remembered.
    pub(crate) fn agent(&mut self, agent: &[u8]) {
        let (agent, tail) = ends(agent);
        let shapes = &[Shape::Injection, Shape::Script, Shape::Sqli];
        self.text(tail, false, Part::Agent, shapes);
        if agent.len() < 3 || self.scratch.honest.holds(agent) {
            return;
        }
        let said = agent::judge(agent);
        if let Agent::Tool(sign) = said {
            self.found(Shape::Tool, Some(sign), Part::Agent);
        } else if said == Agent::Plain && !gate::is_odd_header(agent) {
            return self.scratch.honest.remember(agent);
        }
        self.text(agent, false, Part::Agent, shapes);
    }
}

/// What of a text is read: its first [`LIMIT`] bytes and, when it is longer, its last ones. They
/// overlap where it is not twice as long, so that nothing is lost where they meet.
fn ends(text: &[u8]) -> (&[u8], &[u8]) {
    match text.len().checked_sub(LIMIT) {
        None | Some(0) => (text, &[]),
        Some(over) => (text.get(..LIMIT).unwrap_or_default(), text.get(over..).unwrap_or_default()),
    }
}

const ALL: &[Shape] = &[Shape::Sqli, Shape::Injection, Shape::Traversal, Shape::Script];

/// Whether a plain query holds a value that is text, or a Java object, in base64.
fn is_wrapped(query: &[u8]) -> bool {
    query.split(|byte| *byte == b'&').any(|parameter| {
        let equals = memchr::memchr(b'=', parameter).map_or(0, |at| at.saturating_add(1));
        let value = parameter.get(equals..).unwrap_or_default();
        value.starts_with(b"rO0AB") || base64::is_text(value)
    })
}

/// Splits at the next `&` that does not begin a character reference (`&#x27;`, `&apos;`).
fn next_parameter(rest: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr_iter(b'&', rest).find(|at| {
        let after = rest.get(at.saturating_add(1)..).unwrap_or_default();
        decode::reference(after.get(..16).unwrap_or(after)).is_none()
    });
    match end {
        Some(at) => (
            rest.get(..at).unwrap_or_default(),
            rest.get(at.saturating_add(1)..).unwrap_or_default(),
        ),
        None => (rest, &[]),
    }
}

fn is_json(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    matches!((text.first(), text.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
}

/// The insides of the double-quoted strings of a JSON text, still escaped.
fn json_strings(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let open = memchr::memchr(b'"', rest)?;
        let (inside, after) = json_string(rest.get(open.saturating_add(1)..)?);
        rest = after;
        Some(inside)
    })
}

/// Splits what follows an opening quote: the inside of the string, and what follows its end.
fn json_string(text: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0_usize;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at = at.saturating_add(found);
        if text.get(at) == Some(&b'"') {
            let after = text.get(at.saturating_add(1)..).unwrap_or_default();
            return (text.get(..at).unwrap_or_default(), after);
        }
        at = at.saturating_add(2);
    }
    (text, &[])
}

/// Undoes the escapes of one letter; `\u0027` is left to the decoder of values.
fn unescape_json(string: &[u8], out: &mut Vec<u8>) {
    let mut rest = string;
    while let Some((&byte, tail)) = rest.split_first() {
        let plain = match (byte, tail.first()) {
            (b'\\', Some(b'n')) => Some(b'\n'),
            (b'\\', Some(b'r')) => Some(b'\r'),
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(next @ (b'"' | b'/' | b'\\'))) => Some(*next),
            _ => None,
        };
        out.push(plain.unwrap_or(byte));
        rest = if plain.is_some() { tail.get(1..).unwrap_or_default() } else { tail };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_split_at_ampersands_only() {
        assert_eq!(next_parameter(b"a=1&b=2"), (&b"a=1"[..], &b"b=2"[..]));
        assert_eq!(next_parameter(b"a=&#x27; or&b=2"), (&b"a=&#x27; or"[..], &b"b=2"[..]));
        assert_eq!(next_parameter(b"a=R&D"), (&b"a=R"[..], &b"D"[..]));
    }

    #[test]
    fn strings_of_json() {
        let strings: Vec<_> = json_strings(br#"{"a":"b\"c","d":["e",1,"#).collect();
        assert_eq!(strings, [&b"a"[..], br#"b\"c"#, b"d", b"e"]);
        assert_eq!(json_strings(br#"{"a\"#).count(), 1);
        let mut out = Vec::new();
        unescape_json(br#"a\"b\\c\/d\ne\u0027"#, &mut out);
        assert_eq!(out, b"a\"b\\c/d\ne\\u0027");
    }
}
