use proptest::prelude::*;

use super::*;
use crate::testing::Kept;

/// Reads a file and keeps, in place of events, its well-formed objects.
fn objects(block: &[u8], base: u64, kept: &mut Kept) {
    read(block, base, kept, |object, at, kept: &mut Kept| {
        let good = members(object, |_, _| {});
        if good {
            kept.events.push((at, String::from_utf8_lossy(object).into_owned()));
        }
        good
    });
}

fn told(file: &str) -> (Vec<String>, Vec<&'static str>) {
    let mut kept = Kept::default();
    objects(file.as_bytes(), 0, &mut kept);
    let events = kept.events.into_iter().map(|(_, text)| text).collect();
    (events, kept.problems.into_iter().map(|(_, _, why)| why).collect())
}

#[test]
fn hands_out_members() {
    let mut seen = Vec::new();
    let json = br#" {"a":1,"b.c":"x\"y","d":{"e":[1,{"f":"}"}]},"a":null,"\u0067":true} "#;
    assert!(members(json, |name, raw| seen.push((name.to_owned(), raw.to_vec()))));
    let seen: Vec<_> =
        seen.iter().map(|(name, raw)| (name.as_str(), str::from_utf8(raw).unwrap())).collect();
    assert_eq!(
        seen,
        [
            ("a", "1"),
            ("b.c", r#""x\"y""#),
            ("d", r#"{"e":[1,{"f":"}"}]}"#),
            ("a", "null"),
            ("g", "true")
        ]
    );
    assert!(!members(b"[1]", |_, _| {}) && !members(b"{\"a\":1} x", |_, _| {}));
    let mut sum = 0;
    assert!(elements(b"[1, 2,3]", |raw| sum += field::uint(raw).unwrap()));
    assert_eq!(sum, 6);
}

#[test]
fn texts() {
    assert_eq!(text(b"\"a\""), b"a");
    assert_eq!(text(b"null"), b"");
    assert_eq!(text(b"-1.5"), b"-1.5");
    let mut out = Vec::new();
    unescape(br#"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83d!\udb8"#, &mut out);
    assert_eq!(
        String::from_utf8_lossy(&out),
        "\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}\u{fffd}!\u{fffd}db8"
    );
}

#[test]
fn all_the_shapes() {
    let three = [r#"{"a":1}"#, r#"{"b":{"c":"}"}}"#, r#"{"d":[{"e":2}]}"#];
    for file in [
        format!("{}\n{}\n{}\n", three[0], three[1], three[2]),
        format!("{}\r\n{}\r\n\r\n{}", three[0], three[1], three[2]),
        format!("[{},{},{}]\n", three[0], three[1], three[2]),
        format!("[\n{},\n{},\n{}\n]\n", three[0], three[1], three[2]),
        format!("{} {}{}\n", three[0], three[1], three[2]),
        format!("\u{feff}[\n  {},\n  {},\n  {}\n]", three[0], three[1], three[2]),
    ] {
        let (objects, problems) = told(&file);
        assert_eq!(objects, three, "{file}");
        assert!(problems.is_empty(), "{file}: {problems:?}");
    }
    let spread = "[\n  {\n    \"a\": {\n      \"b\": \"}\"\n    },\n    \"c\": [\n      {\n      }\n    \
        ]\n  },\n  {\n    \"d\": 1\n  }\n]\n";
    let (objects, problems) = told(spread);
    assert_eq!((objects.len(), problems.len()), (2, 0));
    assert_eq!(told("{\n\"a\": 1\n}\n{\n\"b\": 2\n}\n").0.len(), 2);
    assert_eq!(told("[{\n\"a\": 1\n}, {\n\"b\": 2\n}]\n").0.len(), 2);
}

#[test]
fn damage_stays_where_it_is() {
    let (objects, problems) =
        told("{\"a\":1}\n{\"b\":\"tor\n{\"c\":1}\nnoise\n{\"d\":x}\n{\"e\":1}");
    assert_eq!(objects, ["{\"a\":1}", "{\"c\":1}", "{\"e\":1}"]);
    assert_eq!(
        problems,
        ["a JSON object that is not closed", "no JSON object", "not well-formed JSON"]
    );
    let (objects, problems) = told("{\"a\":{\"b\":1}\n{\"c\":1}\n");
    assert_eq!((objects.len(), problems.len()), (1, 1));
    let torn = "[\n  {\n    \"a\": {\n      \"b\": 1\n[\n  {\n    \"c\": 1\n  }\n]\n";
    let (objects, problems) = told(torn);
    assert_eq!((objects.len(), problems), (1, vec!["a JSON object that is not closed"]));
}

#[test]
fn bad_utf8_is_read() {
    let mut kept = Kept::default();
    objects(b"{\"a\":\"\xff\"}\n", 0, &mut kept);
    assert_eq!(kept.events, [(0, "{\"a\":\"\u{fffd}\"}".to_owned())]);
}

#[test]
fn what_is_too_long_is_given_up() {
    let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1 << 20));
    let (objects, problems) = told(&format!("{long}{{\"b\":1}}\n"));
    assert_eq!((objects.len(), problems), (1, vec!["a JSON object of more than 1 MiB"]));
    assert_eq!(cut(&long.as_bytes()[..1 << 20]), 0);
    let endless = vec![b'{'; (2 << 20) + 1];
    assert_eq!(cut(&endless), endless.len());
    let spread = format!("{{\n{}}}\n{{\"b\":1}}\n", "\"a\":1,\n".repeat(200_000));
    assert!(cut(&spread.as_bytes()[..1_200_000]) > 1 << 20);
    assert_eq!(told(&spread).0, ["{\"b\":1}"]);
    // An array of many objects may be one line of any length.
    let line = format!("[{}]\n", ["{\"a\":1}"; 200_000].join(","));
    assert_eq!(told(&line).0.len(), 200_000);
    assert!(cut(&line.as_bytes()[..1_200_000]) > 0);
}

#[test]
fn first_objects() {
    let has = |head: &str, name: &str| {
        first(head.as_bytes(), |object| {
            let mut found = false;
            members(object, |member, _| found |= member == name);
            found
        })
    };
    assert!(has("{\"a\":1}\n{\"b\":1}\n", "b"));
    assert!(has("[\n  {\n    \"a\": 1,\n    \"b\": \"cut sho", "a"));
    assert!(!has("Nov  3 {\"a\":1}\n", "a"));
    assert!(!has("", "a"));
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        5 => Just("{\"a\":1}\n"),
        2 => Just("{\"a\":{\"b\":\"}\\\"{\"}},\n"),
        2 => Just("  {\n    \"a\": {\n    }\n  },\n"),
        1 => Just("{\"a\":1}{\"b\":2}\n"),
        1 => Just("{\"a\":1} {\"b\":{}\n"),
        1 => Just("{\"a\":\n"),
        1 => Just("  {\n"),
        1 => Just("{\"a\":\"x\n"),
        1 => Just("[\n"),
        1 => Just("]\n"),
        1 => Just("\n"),
        1 => Just("}\n"),
        1 => Just("{\"a\":1"),
        1 => Just("noise\n"),
        1 => Just("\""),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn unescape_is_what_serde_means(string in ".{0,40}") {
        let json = serde_json::to_string(&string).unwrap();
        let mut out = Vec::new();
        unescape(text(json.as_bytes()), &mut out);
        prop_assert_eq!(out, string.into_bytes());
    }

    #[test]
    fn parts_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        unescape(&bytes, &mut Vec::new());
        let _ = (members(&bytes, |_, _| {}), elements(&bytes, |_| {}));
    }

    #[test]
    fn any_split_gives_the_same(file in pieces(), size in 1..60_usize) {
        let mut whole = Kept::default();
        objects(file.as_bytes(), 0, &mut whole);
        let mut kept = Kept::default();
        let (mut start, mut want) = (0, size);
        while start < file.len() {
            let rest = &file.as_bytes()[start..];
            let end = if want >= rest.len() { rest.len() } else { cut(&rest[..want]) };
            if end == 0 {
                want += size;
                continue;
            }
            objects(&rest[..end], start as u64, &mut kept);
            start += end;
            want = size;
        }
        prop_assert_eq!(kept, whole);
    }

    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        objects(&bytes, 0, &mut Kept::default());
        let _ = first(&bytes, |_| false);
        prop_assert!(cut(&bytes) <= bytes.len());
    }

    #[test]
    fn never_panics_on_likely_text(text in "[]{}\\[\\]\",:a\\\\\n ]{0,80}") {
        objects(text.as_bytes(), 0, &mut Kept::default());
        prop_assert!(cut(text.as_bytes()) <= text.len());
    }
}
