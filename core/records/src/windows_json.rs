//! Windows security events as JSON, in the shapes of those who export them: Winlogbeat
//! (`winlog.event_data`), NXLog (flat), and dumpers of event log files (`Event.System`,
//! `Event.EventData`), a line each or in one array.

use jiff::tz::TimeZone;

use crate::json;
use crate::outcome::tell;
use crate::reader::{Hints, ReadFormat, Sink};
use crate::scratch::settle;
use crate::windows::{Logon, judge, slot};

/// Objects within objects are entered no deeper than this.
const DEEPEST: usize = 6;

/// Reads Windows security events as JSON.
#[derive(Clone, Debug)]
pub(crate) struct WindowsJson {
    zone: TimeZone,
    scratch: Vec<u8>,
}

impl ReadFormat for WindowsJson {
    fn recognise(head: &[u8], hints: &Hints) -> Option<Self> {
        let is_windows = |object: &[u8]| {
            let mut found = Found::default();
            found.enter(object, 0);
            found.windows
                && slot("EventID")
                    .and_then(|id| found.logon.texts.get(id))
                    .is_some_and(|id| id.iter().all(u8::is_ascii_digit) && !id.is_empty())
        };
        json::first(head, is_windows).then(|| Self::forced(hints))
    }

    fn forced(hints: &Hints) -> Self {
        Self { zone: hints.zone.clone(), scratch: Vec::new() }
    }

    fn cut(&self, block: &[u8]) -> usize {
        json::cut(block)
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        json::read(block, base, sink, |object, at, sink| {
            let mut found = Found::default();
            if !found.enter(object, 0) {
                return false;
            }
            let Logon { time, texts } = found.logon;
            let texts = settle(texts, &mut self.scratch, json::unescape);
            tell(judge(&Logon { time, texts }, &self.zone), at, object, sink);
            true
        });
    }
}

/// What was found so far in an event.
#[derive(Default)]
struct Found<'a> {
    logon: Logon<'a>,
    /// How good the time is: an event may have several.
    rank: u8,
    /// Whether a member was met that only such events have.
    windows: bool,
}

impl<'a> Found<'a> {
    /// Takes what matters from an object and from those within it. `false` when it is broken.
    fn enter(&mut self, object: &'a [u8], depth: usize) -> bool {
        json::members(object, |name, raw| self.member(name, raw, depth))
    }

    fn member(&mut self, name: &str, raw: &'a [u8], depth: usize) {
        // Some exports flatten: `winlog.event_data.TargetUserName`.
        let last = name.rsplit('.').next().unwrap_or(name);
        let is_object = raw.first() == Some(&b'{');
        if let Some(rank) = rank(last).filter(|_| !is_object) {
            if rank > self.rank {
                (self.rank, self.logon.time) = (rank, json::text(raw));
            }
            return;
        }
        match last {
            "winlog"
            | "event_data"
            | "EventData"
            | "Event"
            | "System"
            | "TimeCreated"
            | "TimeCreated_attributes"
            | "#attributes"
                if is_object && depth < DEEPEST =>
            {
                self.windows |= matches!(last, "winlog" | "event_data" | "EventData");
                self.enter(raw, depth + 1);
            }
            "EventID" | "event_id" if is_object => {
                let [text, value] = json::pick(raw, ["#text", "Value"]);
                self.set("EventID", if text.is_empty() { value } else { text });
            }
            "Data" if raw.first() == Some(&b'[') => {
                json::elements(raw, |data| {
                    let [name, other, text, value] =
                        json::pick(data, ["@Name", "Name", "#text", "Value"]);
                    let name = std::str::from_utf8(if name.is_empty() { other } else { name });
                    self.set(name.unwrap_or_default(), if text.is_empty() { value } else { text });
                });
            }
            _ => {
                self.windows |= matches!(last, "EventID" | "TargetUserName");
                self.set(last, json::text(raw));
            }
        }
    }

    fn set(&mut self, name: &str, text: &'a [u8]) {
        if let Some(kept) = slot(name).and_then(|slot| self.logon.texts.get_mut(slot)) {
            *kept = text;
        }
    }
}

/// How far a stamp of this name can be trusted to be when it happened: Windows' own first, then
/// what a collector calls the event's, then when it arrived.
fn rank(name: &str) -> Option<u8> {
    Some(match name {
        "SystemTime" | "@SystemTime" | "TimeCreated" => 4,
        "EventTime" => 3,
        "@timestamp" => 2,
        "EventReceivedTime" => 1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ward_kernel::{Addr, Time};

    use super::*;
    use crate::testing::{Kept, events, in_blocks, recognised, whole};
    use crate::{LoginResult, What};

    const WINLOGBEAT: &str = r#"{"@timestamp":"2026-11-03T19:00:00.123Z","event":{"code":"4625","outcome":"failure"},"winlog":{"event_id":4625,"computer_name":"dc1.example.gov","event_data":{"TargetUserName":"cl\u0065rk07","IpAddress":"203.0.113.9","IpPort":"51000","LogonType":"3","Status":"0xc000006d","SubStatus":"0xc0000064"}}}"#;
    const NXLOG: &str = r#"{"EventReceivedTime":"2026-11-03 19:05:00","EventTime":"2026-11-03 13:00:00.123","Hostname":"dc1.example.gov","EventID":4625,"Channel":"Security","TargetUserName":"clerk07","IpAddress":"203.0.113.9","IpPort":"51000","LogonType":"3","Status":"0xc000006d","SubStatus":"0xc0000064"}"#;
    const DUMPED: &str = r##"{"Event":{"#attributes":{"xmlns":"x"},"System":{"EventID":4625,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-03T19:00:00.123000Z"}},"Computer":"dc1.example.gov"},"EventData":{"TargetUserName":"clerk07","IpAddress":"203.0.113.9","IpPort":"51000","LogonType":3,"Status":"0xc000006d","SubStatus":"0xc0000064"}}}"##;
    const PAIRS: &str = r##"{"Event":{"System":{"EventID":{"@Qualifiers":"","#text":"4625"},"TimeCreated":{"@SystemTime":"2026-11-03T19:00:00.123000Z"},"Computer":"dc1.example.gov"},"EventData":{"Data":[{"@Name":"TargetUserName","#text":"clerk07"},{"@Name":"IpAddress","#text":"203.0.113.9"},{"@Name":"IpPort","#text":"51000"},{"@Name":"LogonType","#text":"3"},{"@Name":"SubStatus","#text":"0xc0000064"},{"@Name":"X"}]}}}"##;
    const FLATTENED: &str = r#"{"@timestamp":"2026-11-03T19:00:00.123Z","winlog.event_id":"4625","winlog.computer_name":"dc1.example.gov","winlog.event_data.TargetUserName":"clerk07","winlog.event_data.IpAddress":"203.0.113.9","winlog.event_data.IpPort":"51000","winlog.event_data.SubStatus":"0xC0000064"}"#;

    #[test]
    fn one_event_in_all_shapes() {
        let chicago = Hints { zone: TimeZone::get("America/Chicago").unwrap(), ..Hints::default() };
        for shape in [WINLOGBEAT, NXLOG, DUMPED, PAIRS, FLATTENED] {
            let file = format!("{shape}\n");
            let mut seen = 0;
            let mut reader = WindowsJson::recognise(file.as_bytes(), &chicago).expect(shape);
            let mut sink = crate::testing::Each(|event: &crate::Event<'_>| {
                seen += 1;
                let What::Login(login) = event.what else { panic!("{event:?}") };
                assert_eq!(event.time, Time::parse("2026-11-03T19:00:00.123Z").unwrap(), "{shape}");
                assert_eq!(event.source, "203.0.113.9".parse::<Addr>().unwrap());
                assert_eq!(login.result, LoginResult::NoSuchAccount);
                assert_eq!(
                    (login.account, login.server),
                    (&b"clerk07"[..], &b"dc1.example.gov"[..])
                );
                assert_eq!((login.service, login.source_port), ("windows", 51_000));
            });
            reader.read(file.as_bytes(), 0, &mut sink);
            assert_eq!(seen, 1, "{shape}");
        }
    }

    #[test]
    fn arrays_and_the_rest() {
        let locked =
            r#"{"EventID":4740,"EventTime":"2026-11-03 19:00:00","TargetUserName":"clerk07"}"#;
        let other = r#"{"EventID":4688,"EventTime":"2026-11-03 19:00:00","Status":"0x0"}"#;
        let file = format!("[\n{DUMPED},\n{locked},\n{other},\n{{\"a\":1}}\n]\n");
        let kept = recognised::<WindowsJson>(file.as_bytes());
        assert_eq!((kept.events.len(), kept.asides.len(), kept.problems.len()), (2, 1, 1));
        let sources = events::<WindowsJson, _>(file.as_bytes(), |event| event.source);
        assert_eq!(sources.get(1), Some(&Addr::default()));
        for other in [
            "{\"ts\":1.5,\"uid\":\"C\"}\n",
            "{\"timestamp\":\"x\",\"event_type\":\"alert\"}\n",
            "{\"EventID\":\"x\"}\n",
            "",
        ] {
            assert!(WindowsJson::recognise(other.as_bytes(), &Hints::default()).is_none());
        }
        // Objects within objects without end are not followed.
        let deep = format!("{}{}\n", "{\"winlog\":".repeat(90), "}".repeat(90));
        let _ = recognised::<WindowsJson>(format!("{NXLOG}\n{deep}").as_bytes());
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(
            shapes in proptest::collection::vec(0..6_usize, 0..8),
            size in 1..900_usize,
        ) {
            let shape = |at: &usize| [WINLOGBEAT, NXLOG, DUMPED, PAIRS, FLATTENED, "{\"torn"][*at];
            let file: String = shapes.iter().map(|at| format!("{}\n", shape(at))).collect();
            let reader = WindowsJson::forced(&Hints::default());
            let whole: Kept = whole(&mut reader.clone(), file.as_bytes());
            prop_assert_eq!(in_blocks(reader, file.as_bytes(), size), whole);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..500_usize) {
            let mut file = PAIRS.as_bytes().to_vec();
            file.splice(at.min(file.len()).., bytes);
            let _ = WindowsJson::recognise(&file, &Hints::default());
            let _ = in_blocks(WindowsJson::forced(&Hints::default()), &file, 50);
        }
    }
}
