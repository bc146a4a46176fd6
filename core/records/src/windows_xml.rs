//! Windows security events as XML (the schema of `winmeta.xml`), as the Event Viewer, `wevtutil`
//! and forwarders write them: one or many, on a line or over several, with or without a root.

use jiff::tz::TimeZone;
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event as Xml};

use crate::outcome::tell;
use crate::reader::{Hints, ReadFormat, Sink};
use crate::windows::{Logon, SLOTS, judge, slot};

const END: &[u8] = b"</Event>";

/// No event is longer than this many bytes.
const LONGEST: usize = 1 << 20;

/// Reads Windows security events as XML.
#[derive(Clone, Debug)]
pub(crate) struct WindowsXml {
    zone: TimeZone,
    scratch: Vec<u8>,
}

impl ReadFormat for WindowsXml {
    fn recognise(head: &[u8], hints: &Hints) -> Option<Self> {
        let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
        let event = start(head, 0).filter(|_| text.first() == Some(&b'<'))?;
        let event = head.get(event..)?;
        let telling: [&[u8]; 2] = [b"<System", b"schemas.microsoft.com/win/2004/08/events"];
        telling.iter().any(|mark| memmem::find(event, mark).is_some()).then(|| Self::forced(hints))
    }

    fn forced(hints: &Hints) -> Self {
        Self { zone: hints.zone.clone(), scratch: Vec::new() }
    }

    fn cut(&self, block: &[u8]) -> usize {
        match memmem::rfind(block, END) {
            Some(at) => at + END.len(),
            // More than any event may hold: give it up, so that reading goes on.
            None if block.len() > 2 * LONGEST => block.len(),
            None => 0,
        }
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        let mut pos = 0;
        while let Some(rest) = block.get(pos..).filter(|rest| !rest.is_empty()) {
            let at = base.saturating_add(pos as u64);
            let len = match piece(rest) {
                Piece::Between(len) => {
                    between(rest.get(..len).unwrap_or(rest), at, sink);
                    len
                }
                Piece::Event(len) => {
                    self.event(rest.get(..len).unwrap_or(rest), at, sink);
                    len
                }
                Piece::Torn(len) => {
                    sink.problem(at, rest.get(..len).unwrap_or(rest), "an event without its end");
                    len
                }
            };
            pos += len.max(1);
        }
    }
}

impl WindowsXml {
    fn event<S: Sink>(&mut self, event: &[u8], at: u64, sink: &mut S) {
        if event.len() > LONGEST {
            sink.problem(at, event, "an event of more than 1 MiB");
            return;
        }
        // Bytes that are no UTF-8 are replaced: nobody hides by sending one.
        let text = String::from_utf8_lossy(event);
        match texts(&text, &mut self.scratch) {
            Some(logon) => tell(judge(&logon, &self.zone), at, event, sink),
            None => sink.problem(at, event, "not well-formed XML"),
        }
    }
}

/// What a block goes on with, and how long that is.
enum Piece {
    Event(usize),
    /// An event in which another begins, or the block ends.
    Torn(usize),
    /// What stands before the next event.
    Between(usize),
}

fn piece(rest: &[u8]) -> Piece {
    let end = memmem::find(rest, END).map(|at| at + END.len());
    match (start(rest, 0), end) {
        (Some(0), end) => match (start(rest, 1), end) {
            (Some(next), end) if end.is_none_or(|end| next < end) => Piece::Torn(next),
            (_, Some(end)) => Piece::Event(end),
            (_, None) => Piece::Torn(rest.len()),
        },
        (Some(next), None) => Piece::Between(next),
        (Some(next), Some(end)) => Piece::Between(next.min(end)),
        (None, Some(end)) => Piece::Between(end),
        (None, None) => Piece::Between(rest.len()),
    }
}

/// Where the next event begins; not `<Events>`, `<EventID>` or `<EventData>`.
fn start(block: &[u8], from: usize) -> Option<usize> {
    const START: &[u8] = b"<Event";
    let rest = block.get(from..)?;
    memmem::find_iter(rest, START)
        .find(|at| matches!(rest.get(at + START.len()), Some(b'>' | b' ' | b'\t' | b'\r' | b'\n')))
        .map(|at| from + at)
}

/// Between events may stand white space, the root's tags and the declaration.
fn between<S: Sink>(text: &[u8], at: u64, sink: &mut S) {
    let trimmed = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text).trim_ascii();
    let tags = trimmed.starts_with(b"<") && trimmed.ends_with(b">") && !trimmed.ends_with(END);
    if !trimmed.is_empty() && !tags {
        sink.problem(at, text, "text between events");
    }
}

/// The texts of one event; `None` when it is not well-formed.
fn texts<'r>(event: &str, scratch: &'r mut Vec<u8>) -> Option<Logon<'r>> {
    scratch.clear();
    let (mut time, mut spans) = ((0, 0), [(0, 0); SLOTS]);
    let mut open: Option<usize> = None;
    let mut reader = Reader::from_str(event);
    loop {
        match reader.read_event().ok()? {
            Xml::Start(tag) => {
                time = system_time(&tag, scratch).unwrap_or(time);
                open = slot_of(&tag);
                if let Some(span) = open.and_then(|slot| spans.get_mut(slot)) {
                    *span = (scratch.len(), scratch.len());
                }
            }
            Xml::Empty(tag) => time = system_time(&tag, scratch).unwrap_or(time),
            Xml::End(_) => open = None,
            Xml::Text(text) if open.is_some() => scratch.extend_from_slice(text.as_bytes()),
            Xml::CData(text) if open.is_some() => scratch.extend_from_slice(text.as_bytes()),
            Xml::GeneralRef(name) if open.is_some() => {
                let mut utf8 = [0; 4];
                let meaning = match name.resolve_char_ref().ok()? {
                    Some(character) => &*character.encode_utf8(&mut utf8),
                    None => resolve_predefined_entity(&name)?,
                };
                scratch.extend_from_slice(meaning.as_bytes());
            }
            Xml::Eof => break,
            _ => {}
        }
        if let Some(span) = open.and_then(|slot| spans.get_mut(slot)) {
            span.1 = scratch.len();
        }
    }
    let scratch: &'r [u8] = scratch;
    let text = |(from, to): (usize, usize)| scratch.get(from..to).unwrap_or_default().trim_ascii();
    Some(Logon { time: text(time), texts: spans.map(text) })
}

/// Which of the texts an element holds: by its own name, or by the name that it gives its data.
fn slot_of(tag: &BytesStart<'_>) -> Option<usize> {
    match tag.local_name().as_ref() {
        "Data" => slot(&tag.try_get_attribute("Name").ok()??.value),
        name @ ("EventID" | "Computer") => slot(name),
        _ => None,
    }
}

/// Keeps the stamp of `<TimeCreated SystemTime='...'/>`, and says where.
fn system_time(tag: &BytesStart<'_>, scratch: &mut Vec<u8>) -> Option<(usize, usize)> {
    if tag.local_name().as_ref() != "TimeCreated" {
        return None;
    }
    let stamp = tag.try_get_attribute("SystemTime").ok()??;
    let start = scratch.len();
    scratch.extend_from_slice(stamp.value.as_bytes());
    Some((start, scratch.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ward_kernel::{Addr, Time};

    use super::*;
    use crate::testing::{Kept, events, in_blocks, recognised, whole};
    use crate::{LoginResult, What};

    const EVENT: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\
        <System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{0}'/>\
        <EventID>4625</EventID><Version>0</Version>\
        <TimeCreated SystemTime='2026-11-03T19:00:00.1234567Z'/><EventRecordID>7</EventRecordID>\
        <Channel>Security</Channel><Computer>dc1.example.gov</Computer><Security/></System>\
        <EventData><Data Name='SubjectUserName'>-</Data>\
        <Data Name='TargetUserName'>o&apos;clerk &lt;7&gt; &#233;</Data>\
        <Data Name='Status'>0xc000006d</Data><Data Name='SubStatus'>0xc0000064</Data>\
        <Data Name='LogonType'>10</Data><Data Name='IpAddress'>203.0.113.9</Data>\
        <Data Name='IpPort'>51000</Data></EventData></Event>";

    #[test]
    fn an_event() {
        let seen = events::<WindowsXml, _>(EVENT.as_bytes(), |event| {
            let What::Login(login) = event.what else { panic!("{event:?}") };
            assert_eq!(event.time, Time::parse("2026-11-03T19:00:00.123457Z").unwrap());
            assert_eq!(event.source, "203.0.113.9".parse::<Addr>().unwrap());
            assert_eq!(login.account, "o'clerk <7> \u{e9}".as_bytes());
            assert_eq!((login.server, login.service), (&b"dc1.example.gov"[..], "rdp"));
            assert_eq!((login.result, login.source_port), (LoginResult::NoSuchAccount, 51_000));
        });
        assert_eq!(seen.len(), 1);
    }

    #[test]
    fn many_events_in_any_arrangement() {
        let spread = EVENT.replace("><", ">\r\n  <").replace("4625", " 4624 ");
        let named = EVENT.replace('\'', "\"").replace("4625", "4634");
        let cdata = EVENT.replace("o&apos;clerk &lt;7&gt; &#233;", "<![CDATA[a<b]]>");
        for file in [
            format!("{EVENT}\n{spread}\n{named}\n{cdata}\n"),
            format!("{EVENT}{spread}{named}{cdata}"),
            format!(
                "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>\
                 {EVENT}{spread}{named}{cdata}</Events>\r\n"
            ),
        ] {
            let kept = recognised::<WindowsXml>(file.as_bytes());
            assert_eq!((kept.events.len(), kept.asides.len()), (3, 1), "{file}");
            assert!(kept.problems.is_empty(), "{:?}", kept.problems);
            for (at, _) in kept.events {
                let event = file.as_bytes().get(usize::try_from(at).unwrap()..).unwrap();
                assert!(event.starts_with(b"<Event "));
            }
        }
    }

    #[test]
    fn damage_stays_where_it_is() {
        let torn = EVENT.get(..300).unwrap();
        let file = [
            torn,
            EVENT,
            "noise",
            EVENT,
            &EVENT.replace("<Version>", "<Version"),
            &EVENT.replace("&lt;", "&what;"),
            &EVENT.replace("SystemTime", "When"),
            EVENT,
            torn,
        ]
        .join("\n");
        let kept = recognised::<WindowsXml>(file.as_bytes());
        let why: Vec<_> = kept.problems.iter().map(|(_, _, why)| *why).collect();
        assert_eq!(
            why,
            [
                "an event without its end",
                "text between events",
                "not well-formed XML",
                "not well-formed XML",
                "no time",
                "an event without its end"
            ]
        );
        assert_eq!(kept.events.len(), 3);
        let (before, after) = EVENT.split_once("&lt;").unwrap();
        let bytes = [before.as_bytes(), b"\xff", after.as_bytes()].concat();
        assert_eq!(recognised::<WindowsXml>(&bytes).events.len(), 1);
        let reader = WindowsXml::forced(&Hints::default());
        assert_eq!(reader.cut(&vec![b'<'; LONGEST]), 0);
        assert_eq!(reader.cut(&vec![b'<'; 2 * LONGEST + 1]), 2 * LONGEST + 1);
    }

    #[test]
    fn other_files_are_not_windows() {
        for text in ["", "<html><Event></html>", "<Events>", "Nov 3 <Event><System>", "<EventID>"] {
            assert!(WindowsXml::recognise(text.as_bytes(), &Hints::default()).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(
            pieces in proptest::collection::vec(0..9_usize, 0..12),
            size in 1..1500_usize,
        ) {
            let piece = |at: &usize| {
                [EVENT, "\n", "<Events>", "noise", EVENT, "</Event>", "<Event ", EVENT, "</Events>"][*at]
            };
            let file: String = pieces.iter().map(piece).collect();
            let reader = WindowsXml::forced(&Hints::default());
            let whole: Kept = whole(&mut reader.clone(), file.as_bytes());
            prop_assert_eq!(in_blocks(reader, file.as_bytes(), size), whole);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..900_usize) {
            let mut file = EVENT.as_bytes().to_vec();
            file.splice(at.min(file.len()).., bytes);
            let _ = WindowsXml::recognise(&file, &Hints::default());
            let _ = in_blocks(WindowsXml::forced(&Hints::default()), &file, 50);
        }

        #[test]
        fn never_panics_on_likely_text(text in "[<>/&;#'\"=a-eE ]{0,120}") {
            let file = EVENT.replace("<Version>", &text);
            let _ = in_blocks(WindowsXml::forced(&Hints::default()), file.as_bytes(), 500);
        }
    }
}
