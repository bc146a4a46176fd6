//! Takes a request apart and has each piece judged; keeps the heaviest finding.

use crate::agent::{self, Agent};
use crate::base64;
use crate::gate::{self, Classes};
use crate::{
    Finding, Part, Scratch, Shape, decode, injection, path, probe, protocol, script, sqli,
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

    /// A request line that was no HTTP.
    pub(crate) fn line(&mut self, line: &[u8]) {
        self.found(Shape::Probe, protocol::not_http(line), Part::Method);
        if memchr::memchr2(b'$', b'/', line).is_some() {
            self.text(line, false, Part::Method, &[Shape::Injection]);
        }
    }

    /// Method, path and query.
    pub(crate) fn target(&mut self, method: &[u8], target: &[u8]) {
        self.found(Shape::Probe, protocol::method(method, target), Part::Method);
        let (path, query) = (path::path(target), path::query(target));
        let odd = gate::is_odd(target);
        if odd || gate::has_dots(path) {
            self.odd_path(path);
        } else {
            self.probe(path, query);
        }
        let wrapped = || query.len() > 12 && is_wrapped(query);
        if odd && gate::is_odd(query) || gate::is_telling(query) || wrapped() {
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
        let trimmed = body.trim_ascii_start();
        match trimmed.first() {
            None => {}
            Some(b'{' | b'[') => self.json(trimmed),
            Some(b'<') => self.text(trimmed, false, Part::Body, &[Shape::Injection]),
            Some(b'-') if trimmed.starts_with(b"--") => self.multipart(trimmed),
            // Decoding costs nothing that matters for plain forms: the gate is theirs as well.
            Some(_) if gate::is_odd(trimmed) || gate::is_telling(trimmed) => {
                self.parameters(trimmed, Part::Body);
            }
            Some(_) => {}
        }
    }

    fn json(&mut self, body: &[u8]) {
        self.text(body, false, Part::Body, &[Shape::Injection]);
        let mut item = std::mem::take(&mut self.scratch.item);
        for string in json_strings(body) {
            item.clear();
            unescape_json(string, &mut item);
            self.text(&item, false, Part::Body, ALL);
        }
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
        let query = path::query(header);
        let http = header.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"http"));
        if http && !query.is_empty() {
            self.parameters(query, part);
        }
        let shapes: &[Shape] = if http { &[Shape::Injection] } else { ALL };
        let text = if http { path::path(header) } else { header };
        self.text(text, false, part, shapes);
    }

    /// The User-Agent. The same few hundred make nearly all requests: those that were found honest
    /// are remembered.
    pub(crate) fn agent(&mut self, agent: &[u8]) {
        if agent.len() < 3 || self.scratch.honest.holds(agent) {
            return;
        }
        let said = agent::judge(agent);
        if let Agent::Tool(sign) = said {
            self.found(Shape::Tool, Some(sign), Part::Agent);
        } else if said == Agent::Plain && !gate::is_odd_header(agent) {
            return self.scratch.honest.remember(agent);
        }
        self.text(agent, false, Part::Agent, &[Shape::Injection, Shape::Script, Shape::Sqli]);
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
        let inside = rest.get(open.saturating_add(1)..)?;
        let mut at = 0_usize;
        loop {
            match memchr::memchr2(b'"', b'\\', inside.get(at..)?) {
                None => {
                    rest = &[];
                    return Some(inside);
                }
                Some(found) => {
                    at = at.saturating_add(found);
                    if inside.get(at) == Some(&b'"') {
                        rest = inside.get(at.saturating_add(1)..).unwrap_or_default();
                        return inside.get(..at);
                    }
                    at = at.saturating_add(2);
                    if at > inside.len() {
                        rest = &[];
                        return Some(inside);
                    }
                }
            }
        }
    })
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
