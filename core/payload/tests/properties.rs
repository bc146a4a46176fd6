//! Laws: arbitrary bytes never panic, the same request has the same judgement whatever was judged
//! before, and the work is bounded.

mod common;

use proptest::prelude::*;
use ward_payload::{Input, LIMIT, Scratch, Shape, judge};

/// Bytes of the kind that detectors look at, so that chance finds its way into them.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![
            "'",
            "\"",
            "`",
            "(",
            ")",
            "/*",
            "*/",
            "/*!",
            "--",
            "#",
            ";",
            "=",
            " or ",
            " and ",
            "union",
            "select ",
            "1",
            "0x",
            "1e",
            "%",
            "%2",
            "%u00",
            "&#",
            "&#x",
            "\\u",
            "../",
            "..;",
            "${",
            "{{",
            "}}",
            "<",
            "<script",
            "|",
            "&",
            "{",
            "[\"",
            "$(",
            "\r\n",
            "sleep(",
            "case when ",
            " then ",
            " between ",
            "@@",
            "like ",
            "()",
            "{ :",
            "\u{ff07}",
            "php://",
            "\\",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn never_panics_and_forgets(
        method in prop_oneof![Just(b"GET".to_vec()), bytes()],
        target in bytes(),
        body in bytes(),
        referrer in bytes(),
        agent in bytes(),
    ) {
        let input = Input { method: &method, target: &target, body: &body, referrer: &referrer, agent: &agent };
        let mut scratch = Scratch::default();
        let first = judge(&input, &mut scratch);
        let _ = judge(&Input { method: b"GET", target: b"/x?q=1'+or+1=1--", ..Input::default() }, &mut scratch);
        prop_assert_eq!(judge(&input, &mut scratch), first);
        let _ = ward_payload::path(&target);
        let _ = ward_payload::query(&target);
        let _ = ward_payload::is_asset(&target);
        let _ = ward_payload::is_sign_in(&method, &target);
        let _ = ward_payload::scanners::known_agent(&agent);
    }

    #[test]
    fn an_added_parameter_takes_nothing_away(value in "[a-zA-Z0-9 '=();-]{0,30}", other in "[a-z]{0,9}") {
        let value = common::encode(&value);
        let alone = common::get(&format!("/x?a={value}"));
        let beside = common::get(&format!("/x?b={other}&a={value}"));
        prop_assert!(beside >= alone, "{:?} {:?}", alone, beside);
        let posted = common::post(&format!("a={value}"));
        prop_assert_eq!(posted.map(|found| found.shape), alone.map(|found| found.shape));
    }
}

/// Of each part only [`LIMIT`] bytes are read at either end, whatever stands there: the worst texts
/// known, at a size that quadratic work would not finish.
#[test]
fn huge_values_are_bounded() {
    let mut scratch = Scratch::default();
    for piece in [
        "(",
        "1 or (",
        "'",
        "''",
        "/*",
        "/*!",
        "%25",
        "&#x27;",
        "${",
        "{{",
        "`",
        ";id",
        "case when ",
        "../",
        "<a",
        "a=1&",
        "(select ",
        "union select ",
        "on",
        "1,",
        " and x between ",
        "\"",
        "\\u0027",
        "{\"a\":",
        "..;/",
        "[",
        "or 1 ",
        "f(",
        "1=",
        "() {",
        "\r\n",
        " 1.e",
        "|",
        "$(",
        "--\n",
        "a'b",
    ] {
        let value = piece.repeat(4 * 1024 * 1024 / piece.len());
        let target = format!("/x?q={value}");
        for (target, body) in [(target.as_bytes(), &b""[..]), (b"/x", value.as_bytes())] {
            let input = Input {
                method: b"POST",
                target,
                body,
                referrer: value.as_bytes(),
                agent: value.as_bytes(),
            };
            for _ in 0..2 {
                let _ = judge(&input, &mut scratch);
            }
        }
    }
}

/// Padding hides nothing before or after it; only what lies between two paddings is not read.
#[test]
fn both_ends_are_read() {
    let pad = "a".repeat(LIMIT + 500);
    let shape = |found: Option<ward_payload::Finding>| found.map(|found| found.shape);
    for (before, after) in [("", &pad[..]), (&pad, "")] {
        for payload in ["'+or+1=1--", "'+union+select+1,ssn,3+from+voters--"] {
            let target = format!("/x?q={before}{payload}{after}");
            assert_eq!(shape(common::get(&target)), Some(Shape::Sqli), "{payload}");
            let posted = format!("q={before}{payload}{after}");
            assert_eq!(shape(common::post(&posted)), Some(Shape::Sqli), "{payload}");
            let other = format!("/x?pad={before}&q=1{payload}&pad={after}");
            assert_eq!(shape(common::get(&other)), Some(Shape::Sqli), "{payload}");
        }
        let path = format!("/{before}/../../../etc/passwd/{after}");
        assert_eq!(shape(common::get(&path)), Some(Shape::Traversal));
        for json in [
            format!("{{\"a\":\"{before}\",\"b\":\"1' or 1=1--\",\"c\":\"{after}\"}}"),
            format!("{{\"a\":\"{before}' or 1=1--{after}\"}}"),
            format!("[{}\"1' or 1=1--\"]", "1,".repeat(before.len())),
        ] {
            assert_eq!(shape(common::post(&json)), Some(Shape::Sqli), "{}", json.len());
        }
        let agent = format!("{before} ${{jndi:ldap://example.org/a}} {after}");
        let input =
            Input { method: b"GET", target: b"/", agent: agent.as_bytes(), ..Input::default() };
        assert_eq!(shape(judge(&input, &mut Scratch::default())), Some(Shape::Injection));
        let input =
            Input { method: b"GET", target: b"/", referrer: agent.as_bytes(), ..Input::default() };
        assert_eq!(shape(judge(&input, &mut Scratch::default())), Some(Shape::Injection));
    }
    assert_eq!(common::get(&format!("/x?q={pad}'+or+1=1--{pad}")), None);
}

/// Long and honest texts, cut wherever the end of what is read happens to fall.
#[test]
fn long_honest_texts_stay_honest() {
    let record = |number: usize| {
        format!(
            "{{\"id\":{number},\"name\":\"Pat O'Brien\",\"note\":\"moved; see file (2), 5 = five\"}}"
        )
    };
    let json: Vec<_> = (0..600).map(record).collect();
    let (json, pad) = (format!("[{}]", json.join(",")), "lorem+ipsum,+dolor".repeat(3000));
    for cut in 0..120 {
        let body = format!("{}{json}", " ".repeat(cut % 3));
        let body = &body[..body.len() - cut];
        assert_eq!(common::post(body), None, "{cut}");
        assert_eq!(common::get(&format!("/x?a={}&b=1", &pad[cut..])), None, "{cut}");
    }
}
