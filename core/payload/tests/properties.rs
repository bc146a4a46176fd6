//! Laws: arbitrary bytes never panic, the same request has the same judgement whatever was judged
//! before, and the work is bounded.

mod common;

use proptest::prelude::*;
use ward_payload::{Input, LIMIT, Scratch, judge};

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

/// Of each part only [`LIMIT`] bytes are read, whatever stands there: the worst texts known, at a
/// size that quadratic work would not finish.
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
            for _ in 0..3 {
                let _ = judge(&input, &mut scratch);
            }
        }
    }
    let late = format!("/x?q={}'+or+1=1--", "a".repeat(LIMIT));
    assert_eq!(common::get(&late), None);
}
