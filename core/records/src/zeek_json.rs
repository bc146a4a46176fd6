//! Zeek's JSON writer: one flat object a line, names with a dot in them (`id.orig_h`), unset
//! fields absent or null. `_path` names the log when streaming added it; else its fields tell.
//!
//! Bytes that JSON cannot hold are written as `\xHH` inside the string, which cannot be told from
//! the same four characters sent as such: both are read as the byte.

use crate::json;
use crate::outcome::tell;
use crate::reader::{Hints, ReadFormat, Sink};
use crate::scratch::settle;
use crate::zeek::{self, Field, Kind, Row, judge};

/// Reads a Zeek log in its JSON form.
#[derive(Clone, Debug)]
pub(crate) struct ZeekJson {
    scratch: Vec<u8>,
}

impl ReadFormat for ZeekJson {
    fn recognise(head: &[u8], hints: &Hints) -> Option<Self> {
        json::first(head, is_zeek).then(|| Self::forced(hints))
    }

    fn forced(_hints: &Hints) -> Self {
        Self { scratch: Vec::new() }
    }

    fn cut(&self, block: &[u8]) -> usize {
        json::cut(block)
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        json::read(block, base, sink, |object, at, sink| {
            let Some(mut row) = row(object) else { return false };
            let kind = Kind::of(row.get(Field::Path), |field| !row.get(field).is_empty());
            if kind == Kind::Http {
                row.narrow_proxied(b'"');
            }
            if memchr::memchr(b'\\', object).is_some() {
                let row = Row(settle(row.0, &mut self.scratch, unescape));
                tell(judge(kind, &row), at, object, sink);
            } else {
                tell(judge(kind, &row), at, object, sink);
            }
            true
        });
    }
}

fn row(object: &[u8]) -> Option<Row<'_>> {
    let mut row = Row::EMPTY;
    json::members(object, |name, raw| {
        if let Some(field) = Field::named(name.as_bytes()) {
            row.set(field, json::text(raw));
        }
    })
    .then_some(row)
}

/// Undoes JSON's escapes, then Zeek's `\xHH` inside of them.
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    json::unescape(text, out);
    if memchr::memmem::find(out.get(start..).unwrap_or_default(), b"\\x").is_some() {
        let half = out.split_off(start);
        zeek::unescape_bytes(&half, out);
    }
}

/// `_path` and a time, or a time and what only Zeek's logs are identified by.
fn is_zeek(object: &[u8]) -> bool {
    let (mut path, mut time, mut telling) = (false, false, false);
    let mut script = false;
    json::members(object, |name, raw| match name {
        "_path" => path = true,
        "ts" => time = true,
        "uid"
        | "id.orig_h"
        | "id_orig_h"
        | "fuid"
        | "uids"
        | "peer"
        | "peer_descr"
        | "filter"
        | "certificate.version" => telling = true,
        // `loaded_scripts` has nothing else.
        "name" => script = raw.ends_with(b".zeek\"") || raw.ends_with(b".bro\""),
        _ => {}
    });
    time && (path || telling) || path && telling || script
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ward_kernel::Time;

    use super::*;
    use crate::testing::{Kept, events, in_blocks, recognised, whole};
    use crate::zeek_tsv::ZeekTsv;
    use crate::{Touch, What};

    const CONN: &str = r#"{"ts":1793700000.255387,"uid":"Cabc","id.orig_h":"203.0.113.9","id.orig_p":40000,"id.resp_h":"198.51.100.7","id.resp_p":22,"proto":"tcp","duration":2.86102294921875e-6,"conn_state":"REJ","local_orig":false,"local_resp":true,"missed_bytes":0,"history":"Sr","orig_pkts":1}"#;

    #[test]
    fn both_writers_say_the_same() {
        let tsv = "#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\t\
            id.resp_p\tproto\tduration\torig_bytes\tconn_state\tlocal_orig\thistory\n\
            1793700000.255387\tCabc\t203.0.113.9\t40000\t198.51.100.7\t22\ttcp\t0.000003\t-\tREJ\tF\tSr\n";
        let tsv = events::<ZeekTsv, _>(tsv.as_bytes(), |event| format!("{event:?}"));
        let json = events::<ZeekJson, _>(CONN.as_bytes(), |event| format!("{event:?}"));
        assert_eq!(tsv, json);
        let tsv = "#separator \\x09\n#path\thttp\n#fields\tts\tid.orig_h\tid.resp_h\tmethod\turi\t\
            user_agent\tstatus_code\tproxied\n1.5\t203.0.113.9\t198.51.100.7\tGET\t/a\\x07\\\\b\\x22\t\
            \u{1f600}\t200\tVIA -> x,X-FORWARDED-FOR -> 192.0.2.1\\x2c 192.0.2.2\n";
        let json = r#"{"ts":1.5,"id.orig_h":"203.0.113.9","id.resp_h":"198.51.100.7","method":"GET","uri":"/a\\x07\\b\"","user_agent":"\ud83d\ude00","status_code":200,"password":"hunter2","proxied":["VIA -> x","X-FORWARDED-FOR -> 192.0.2.1, 192.0.2.2"]}"#;
        let tsv = events::<ZeekTsv, _>(tsv.as_bytes(), |event| format!("{event:?}"));
        let json = events::<ZeekJson, _>(json.as_bytes(), |event| format!("{event:?}"));
        assert_eq!(tsv, json);
        assert!(!json.concat().contains("hunter2"));
    }

    #[test]
    fn an_unset_history_is_not_a_missing_one() {
        let touch = |record: &str| {
            events::<ZeekJson, _>(record.as_bytes(), |event| match event.what {
                What::Flow(flow) => flow.touch,
                _ => panic!("{event:?}"),
            })
        };
        let null = CONN.replace("REJ", "OTH").replace("\"history\":\"Sr\",", "");
        let null = null.replace("\"orig_pkts\":1", "\"orig_pkts\":1,\"resp_pkts\":0");
        assert_eq!(touch(&null), [Touch::Failed]);
        assert_eq!(touch(&null.replace("\"missed_bytes\":0,", "")), [Touch::Aside]);
        assert_eq!(touch(&null.replace(",\"resp_pkts\":0", "")), [Touch::Aside]);
    }

    #[test]
    fn times_and_nulls() {
        let time = |ts: &str| {
            let record = CONN.replace("1793700000.255387", ts);
            events::<ZeekJson, _>(record.as_bytes(), |event| event.time)
        };
        let at = Time::from_micros(1_793_700_000_255_387);
        assert_eq!(time("1793700000.255387"), [at]);
        assert_eq!(
            time("\"2026-11-03T18:00:00.255387Z\""),
            [Time::from_micros(1_793_728_800_255_387)]
        );
        assert_eq!(time("1793700000255"), [Time::from_micros(1_793_700_000_255_000)]);
        assert_eq!(time("-315619200.0"), [Time::from_secs(-315_619_200)]);
        let null = CONN.replace("\"REJ\"", "null").replace("2.86102294921875e-6", "null");
        events::<ZeekJson, _>(null.as_bytes(), |event| {
            let What::Flow(flow) = event.what else { panic!("{event:?}") };
            assert_eq!((flow.touch, flow.seconds), (Touch::Unknown, None));
        });
        let kept = recognised::<ZeekJson>(
            format!("{CONN}\n{}", CONN.replace("1793700000.255387", "null")).as_bytes(),
        );
        assert_eq!((kept.events.len(), kept.problems.len()), (1, 1));
    }

    #[test]
    fn logs_are_told_apart() {
        let path = r#"{"_path":"dns","_write_ts":"2026-11-03T18:00:00Z","ts":1.5,"uid":"C","id.orig_h":"203.0.113.9","id.resp_h":"198.51.100.7","query":"vote.example.gov","rcode":3,"rcode_name":"NXDOMAIN"}"#;
        let pathless = path.replace("\"_path\":\"dns\",", "").replace("NXDOMAIN", "NOERROR");
        let pathless = pathless.replace(":3,", ":0,");
        let loss = r#"{"ts":2.5,"ts_delta":60.0,"peer":"zeek","gaps":254,"acks":181765}"#;
        let other = r#"{"_path":"dhcp","ts":3.5,"uids":["C"],"msg_types":["DISCOVER"]}"#;
        let file = format!("{path}\n{pathless}\n{loss}\n{other}\n");
        let told = events::<ZeekJson, _>(file.as_bytes(), |event| match event.what {
            What::Query(query) => u64::from(query.missing),
            What::Loss(loss) => loss.lost,
            _ => panic!("{event:?}"),
        });
        assert_eq!(told, [1, 0, 254]);
        assert_eq!(recognised::<ZeekJson>(file.as_bytes()).asides.len(), 1);
        for other in [
            "{\"timestamp\":\"x\",\"event_type\":\"alert\"}\n",
            "{\"ts\":1.5,\"level\":\"info\",\"msg\":\"started\"}\n",
            "#separator \\x09\n",
            "",
        ] {
            assert!(ZeekJson::recognise(other.as_bytes(), &Hints::default()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(
            kinds in proptest::collection::vec(0..6_usize, 0..12),
            size in 1..700_usize,
        ) {
            let kinds = kinds.iter().map(|kind| match kind {
                0 => CONN.get(..100).unwrap_or_default().to_owned(),
                1 => CONN.replace("Sr", "\\\\x53\\u0072"),
                2 => format!("{CONN}{CONN}"),
                _ => CONN.to_owned(),
            });
            let file: String = kinds.map(|record| format!("{record}\n")).collect();
            let reader = ZeekJson::forced(&Hints::default());
            let whole: Kept = whole(&mut reader.clone(), file.as_bytes());
            prop_assert_eq!(in_blocks(reader, file.as_bytes(), size), whole);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..400_usize) {
            let mut file = CONN.as_bytes().to_vec();
            file.splice(at.min(file.len()).., bytes);
            let _ = ZeekJson::recognise(&file, &Hints::default());
            let _ = in_blocks(ZeekJson::forced(&Hints::default()), &file, 50);
        }
    }
}
