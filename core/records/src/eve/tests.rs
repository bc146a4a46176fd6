use proptest::prelude::*;
use ward_kernel::{Addr, Time};

use super::*;
use crate::testing::{Kept, events, in_blocks, recognised, whole};
use crate::{Alert, Touch, What};

const ENDS: &str = r#""src_ip":"203.0.113.9","src_port":40000,"dest_ip":"198.51.100.7","dest_port":80,"proto":"TCP""#;

fn record(kind: &str, rest: &str) -> String {
    format!(
        "{{\"timestamp\":\"2026-11-03T19:00:00.457984-0600\",\"flow_id\":1,\
         \"event_type\":\"{kind}\",{ENDS},{rest}}}\n"
    )
}

fn addr(text: &str) -> Addr {
    text.parse().unwrap()
}

#[test]
fn flows_begin_when_they_began() {
    let flow = record(
        "flow",
        r#""flow":{"pkts_toserver":1,"pkts_toclient":1,"bytes_toserver":60,"bytes_toclient":54,"start":"2026-11-03T17:34:31.000001-0600","end":"2026-11-03T17:34:31.500001-0600","state":"closed","metadata":{"x":[1]}},"tcp":{"tcp_flags":"16","tcp_flags_ts":"02","tcp_flags_tc":"14"}"#,
    );
    events::<Eve, _>(flow.as_bytes(), |event| {
        let What::Flow(flow) = event.what else { panic!("{event:?}") };
        assert_eq!(event.time, Time::parse("2026-11-03T23:34:31.000001Z").unwrap());
        assert_eq!((flow.touch, flow.port, flow.protocol), (Touch::Failed, 80, 6));
        assert_eq!((flow.sent, flow.seconds), (Some(60), Some(0.5)));
    });
    let ping = record("flow", r#""icmp_type":8,"icmp_code":0,"flow":{"pkts_toclient":1}"#);
    events::<Eve, _>(ping.replace("TCP", "ICMP").as_bytes(), |event| {
        let What::Flow(flow) = event.what else { panic!("{event:?}") };
        assert_eq!((flow.touch, flow.port, flow.protocol), (Touch::Answered, 0x0800, 1));
        assert_eq!(event.time, Time::parse("2026-11-04T01:00:00.457984Z").unwrap());
    });
}

#[test]
fn alerts_know_who_acted() {
    let told = |rest: &str| {
        let alert = format!(
            r#""alert":{{"action":"blocked","gid":1,"signature_id":2001219,"rev":19,"signature":"EXAMPLE \"SSH\" Scan","category":"Attempted Information Leak","severity":2}}{rest}"#
        );
        let file = record("alert", &alert);
        events::<Eve, _>(file.as_bytes(), |event| {
            let What::Alert(alert) = event.what else { panic!("{event:?}") };
            let Alert { rule, signature, category, severity, blocked, .. } = alert;
            assert_eq!((rule, severity, blocked), (2_001_219, 2, true));
            assert_eq!(signature, b"EXAMPLE \"SSH\" Scan");
            assert_eq!(category, b"Attempted Information Leak");
            (event.source, alert.target, alert.port)
        })
        .remove(0)
    };
    let (client, server) = (addr("203.0.113.9"), addr("198.51.100.7"));
    assert_eq!(told(""), (client, server, 80));
    assert_eq!(told(r#","direction":"to_server""#), (client, server, 80));
    assert_eq!(told(r#","direction":"to_client""#), (server, client, 40_000));
    let named = record(
        "alert",
        r#""alert":{"signature":"x","severity":9,"source":{"ip":"198.51.100.7","port":80},"target":{"ip":"203.0.113.9","port":40000}}"#,
    );
    events::<Eve, _>(named.as_bytes(), |event| {
        let What::Alert(alert) = event.what else { panic!("{event:?}") };
        assert_eq!((event.source, alert.target, alert.port), (server, client, 40_000));
        assert_eq!((alert.severity, alert.blocked), (4, false));
    });
}

#[test]
fn requests() {
    let file = record(
        "http",
        r#""tx_id":0,"http":{"hostname":"vote.example.gov","url":"\/status?id=1%27","http_user_agent":"probe\t\u00e9","http_refer":"http://example.org/","xff":"192.0.2.1","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":512,"http_request_body_printable":"a=b"}"#,
    );
    events::<Eve, _>(file.as_bytes(), |event| {
        let What::Request(request) = event.what else { panic!("{event:?}") };
        assert_eq!((request.site, request.method), (&b"vote.example.gov"[..], &b"GET"[..]));
        assert_eq!(request.target, b"/status?id=1%27");
        assert_eq!(request.agent, "probe\t\u{e9}".as_bytes());
        assert_eq!((request.status, request.bytes, request.body), (200, 512, &b"a=b"[..]));
        assert_eq!(request.forwarded, b"192.0.2.1");
        assert_eq!(request.server, Some(addr("198.51.100.7")));
    });
}

#[test]
fn three_shapes_of_dns() {
    let told = |dns: &str| {
        let file = record("dns", dns);
        let mut kept = events::<Eve, _>(file.as_bytes(), |event| match event.what {
            What::Query(query) => {
                (String::from_utf8_lossy(query.name).into_owned(), query.missing, event.source)
            }
            _ => panic!("{event:?}"),
        });
        kept.sort();
        kept
    };
    let (client, name) = (addr("203.0.113.9"), "vote.example.gov".to_owned());
    let asked = vec![(name.clone(), false, client)];
    let missing = vec![(name.clone(), true, client)];
    // Version 1.
    assert_eq!(
        told(r#""dns":{"type":"query","id":1,"rrname":"vote.example.gov","rrtype":"A"}"#),
        asked
    );
    assert_eq!(
        told(r#""dns":{"type":"answer","id":1,"rrname":"vote.example.gov","rcode":"NXDOMAIN"}"#),
        missing
    );
    assert!(
        told(r#""dns":{"type":"answer","rrname":"vote.example.gov","rdata":"192.0.2.1"}"#)
            .is_empty()
    );
    // Version 2.
    assert_eq!(
        told(
            r#""dns":{"version":2,"type":"answer","rcode":"NXDOMAIN","rrname":"vote.example.gov","authorities":[{"rrname":"example.gov"}]}"#
        ),
        missing
    );
    // Version 3.
    assert_eq!(
        told(
            r#""dns":{"version":3,"type":"request","queries":[{"rrname":"vote.example.gov","rrtype":"A"},{"rrname":"x.example.gov"}]}"#
        ),
        [asked, vec![("x.example.gov".to_owned(), false, client)]].concat()
    );
    assert_eq!(
        told(
            r#""dns":{"version":3,"type":"response","rcode":"NXDOMAIN","queries":[{"rrname":"vote.example.gov"}]}"#
        ),
        missing
    );
    // An answer whose ends are those of its packet.
    let turned = record("dns", r#""dns":{"type":"answer","rrname":"a","rcode":"NXDOMAIN"}"#);
    let turned = turned.replace("40000", "53");
    let sources = events::<Eve, _>(turned.as_bytes(), |event| event.source);
    assert_eq!(sources, [addr("198.51.100.7")]);
    assert_eq!(recognised::<Eve>(record("dns", r#""dns":{}"#).as_bytes()).asides.len(), 1);
}

#[test]
fn losses_and_asides() {
    let stats = "{\"timestamp\":\"2026-11-03T19:00:00Z\",\"event_type\":\"stats\",\"stats\":\
        {\"uptime\":8,\"capture\":{\"kernel_packets\":1000,\"kernel_drops\":7}}}\n";
    events::<Eve, _>(stats.as_bytes(), |event| {
        let What::Loss(loss) = event.what else { panic!("{event:?}") };
        assert_eq!((loss.by, loss.lost, loss.of), ("kernel_drops", 7, Some(1000)));
    });
    let none = stats.replace(":7}", ":0}");
    assert_eq!(recognised::<Eve>(none.as_bytes()).asides.len(), 1);
    for kind in ["ssh", "tls", "fileinfo", "netflow", "anomaly"] {
        let kept = recognised::<Eve>(record(kind, "\"x\":{}").as_bytes());
        assert_eq!((kept.asides.len(), kept.problems.len()), (1, 0));
    }
}

#[test]
fn stamps_without_a_zone_are_local() {
    let file = record("ssh", "\"x\":1").replace("-0600", "");
    let chicago = Hints { zone: TimeZone::get("America/Chicago").unwrap(), ..Hints::default() };
    let mut reader = Eve::recognise(file.as_bytes(), &chicago).unwrap();
    let kept = whole(&mut reader, file.as_bytes());
    assert_eq!(kept.asides[0].1, Some(Time::parse("2026-11-04T01:00:00.457984Z").unwrap()));
}

#[test]
fn troubled_records() {
    let good = record("ssh", "\"x\":1");
    let file = [
        good.clone(),
        good.replace("2026-11-03T", "yesterday "),
        good.replace("event_type", "event_kind"),
        record("flow", "\"flow\":{}").replace("203.0.113.9", "nobody"),
        record("flow", "\"flow\":7"),
        record("alert", "\"alert\":null"),
        record("http", "\"http\":[]"),
        good.replace('}', ""),
        // A member met twice, and one of another type.
        good.replace("\"flow_id\":1", "\"flow_id\":1,\"src_ip\":\"192.0.2.1\",\"proto\":6"),
    ]
    .concat();
    let kept = recognised::<Eve>(file.as_bytes());
    let why: Vec<_> = kept.problems.iter().map(|(_, _, why)| *why).collect();
    assert_eq!(
        why,
        [
            "no time in timestamp",
            "no event_type",
            "no address in src_ip",
            "a JSON object that is not closed"
        ]
    );
    assert_eq!((kept.events.len(), kept.asides.len()), (3, 2));
    for other in ["{\"timestamp\":1}\n", "{\"ts\":1.5,\"uid\":\"C\"}\n", "[1]\n", ""] {
        assert!(Eve::recognise(other.as_bytes(), &Hints::default()).is_none(), "{other}");
    }
}

fn pretty() -> String {
    record("ssh", "\"ssh\":{\"client\":{}}").replace(",\"", ",\n    \"").replace("}}}\n", "}}\n  }")
}

#[test]
fn one_array_over_many_lines() {
    let file = format!("[\n  {},\n  {}\n]\n", pretty(), pretty());
    let kept = recognised::<Eve>(file.as_bytes());
    assert_eq!((kept.asides.len(), kept.problems.len()), (2, 0), "{kept:?}");
}

proptest! {
    #[test]
    fn any_split_gives_the_same(
        records in proptest::collection::vec(0..5_usize, 0..12),
        spread in any::<bool>(),
        size in 1..600_usize,
    ) {
        let kinds = [
            record("flow", "\"flow\":{\"state\":\"new\"}"),
            record("dns", r#""dns":{"type":"request","queries":[{"rrname":"a"},{"rrname":"b\"}"}]}"#),
            "{\"torn\":\"\n".to_owned(),
            "noise\n".to_owned(),
            record("http", "\"http\":{\"url\":\"\\u002f\"}"),
        ];
        let mut file: String = records.iter().map(|kind| kinds[*kind].as_str()).collect();
        if spread {
            file = file.replace(",\"", ",\n    \"");
        }
        let reader = Eve::forced(&Hints::default());
        let whole: Kept = whole(&mut reader.clone(), file.as_bytes());
        prop_assert_eq!(in_blocks(reader, file.as_bytes(), size), whole);
    }

    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0..400_usize) {
        let mut file = record("alert", "\"alert\":{}").into_bytes();
        file.splice(at.min(file.len()).., bytes);
        let _ = Eve::recognise(&file, &Hints::default());
        let _ = in_blocks(Eve::forced(&Hints::default()), &file, 50);
    }
}
