use proptest::prelude::*;
use ward_kernel::{Addr, Time};

use super::*;
use crate::testing::{Each, in_blocks, whole};

/// What a line says; the reason when nothing.
fn said<T>(line: &[u8], see: impl Fn(Time, Addr, &Request<'_>) -> T) -> Result<T, &'static str> {
    let mut seen = None;
    let mut reader = Access::default();
    reader.read(
        line,
        0,
        &mut Each(|event: &Event<'_>| {
            if let What::Request(request) = &event.what {
                seen = Some(see(event.time, event.source, request));
            }
        }),
    );
    seen.ok_or_else(|| whole(&mut Access::default(), line).problems[0].2)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const FRONT: &str = "192.0.2.1 - - [03/Nov/2026:19:00:00 -0600]";

#[test]
fn combined() {
    let line = "192.0.2.1 - jo [03/Nov/2026:19:00:00 -0600] \"GET /a?b=%20c HTTP/1.1\" 404 162 \
        \"https://sos.example/\" \"curl/8.0\" \"203.0.113.5, 10.0.0.1\"";
    said(line.as_bytes(), |time, client, request| {
        assert_eq!(time, Time::parse("2026-11-04T01:00:00Z").unwrap());
        assert_eq!(client, "192.0.2.1".parse().unwrap());
        let want = Request {
            method: b"GET",
            target: b"/a?b=%20c",
            status: 404,
            bytes: 162,
            referrer: b"https://sos.example/",
            agent: b"curl/8.0",
            forwarded: b"203.0.113.5, 10.0.0.1",
            account: b"jo",
            ..Request::default()
        };
        assert_eq!(*request, want);
    })
    .unwrap();
}

#[test]
fn common_and_hyphens() {
    let line = format!("{FRONT} \"GET / HTTP/1.0\" 304 -");
    said(line.as_bytes(), |_, _, request| {
        let want = Request { method: b"GET", target: b"/", status: 304, ..Request::default() };
        assert_eq!(*request, want);
    })
    .unwrap();
    let line = format!("{FRONT} \"GET / HTTP/1.0\" 304 - \"-\" \"-\" \"-\"");
    assert_eq!(said(line.as_bytes(), |_, _, r| (r.agent.len(), r.forwarded.len())), Ok((0, 0)));
}

#[test]
fn requests_of_every_kind() {
    for (request, method, target) in [
        ("GET /a HTTP/1.1", "GET", "/a"),
        ("GET /a b c HTTP/1.1", "GET", "/a b c"),
        ("PRI * HTTP/2.0", "PRI", "*"),
        ("M-SEARCH * HTTP/1.1", "M-SEARCH", "*"),
        ("GET  HTTP/1.1", "GET", ""),
        ("-", "", ""),
        ("", "", ""),
        ("HELP", "", "HELP"),
        ("GET /a", "", "GET /a"),
        ("GET /a HTTX/1.1", "", "GET /a HTTX/1.1"),
        ("G\"T /a HTTP/1.1", "", "G\"T /a HTTP/1.1"),
        ("/a HTTP/1.1", "", "/a HTTP/1.1"),
        ("lv|'|'|TUFSSw==|'|'|user|'|'|[endof]", "", "lv|'|'|TUFSSw==|'|'|user|'|'|[endof]"),
        (r"\x16\x03\x01\x00", "", "\u{16}\u{3}\u{1}\0"),
        (r"Gh0st\x5C\x22", "", "Gh0st\\\""),
        (r#"GET /\"a\\ HTTP/1.1"#, "GET", "/\"a\\"),
    ] {
        let line = format!("{FRONT} \"{request}\" 400 157 \"-\" \"-\"");
        let got = said(line.as_bytes(), |_, _, r| (text(r.method), text(r.target)));
        assert_eq!(got, Ok((method.to_owned(), target.to_owned())), "{request}");
    }
}

#[test]
fn statuses() {
    for status in [0, 400, 408, 444, 499] {
        let line = format!("{FRONT} \"-\" {status:03} 0 \"-\" \"-\"");
        assert_eq!(said(line.as_bytes(), |_, _, r| r.status), Ok(status));
    }
}

#[test]
fn sites_clients_and_users() {
    let date = "[03/Nov/2026:19:00:00 -0600]";
    for (front, site, client, user) in [
        ("192.0.2.1 - -", "", "192.0.2.1", ""),
        ("2001:db8::1 - jo", "", "2001:db8::1", "jo"),
        ("192.0.2.1 - jo from accounts", "", "192.0.2.1", "jo from accounts"),
        ("192.0.2.1 - \"\"", "", "192.0.2.1", ""),
        ("sos.example:80 192.0.2.1 - -", "sos.example", "192.0.2.1", ""),
        ("sos.example 192.0.2.1 - jo x", "sos.example", "192.0.2.1", "jo x"),
        ("198.51.100.1:443 192.0.2.1 - -", "198.51.100.1", "192.0.2.1", ""),
        ("[2001:db8::9]:443 2001:db8::1 - -", "[2001:db8::9]", "2001:db8::1", ""),
        ("192.0.2.1 - 203.0.113.9", "", "192.0.2.1", "203.0.113.9"),
        (
            r#"192.0.2.1 - a\"b [03/Nov/2026:19:00:00 -0600] \"GET"#,
            "",
            "192.0.2.1",
            "a\"b [03/Nov/2026:19:00:00 -0600] \"GET",
        ),
    ] {
        let line = format!("{front} {date} \"GET / HTTP/1.1\" 200 5");
        let got = said(line.as_bytes(), |_, c, r| (text(r.site), c.to_string(), text(r.account)));
        assert_eq!(got, Ok((site.to_owned(), client.to_owned(), user.to_owned())), "{front}");
    }
    let line = format!("host.example - - {date} \"GET / HTTP/1.1\" 200 5");
    assert_eq!(said(line.as_bytes(), |_, _, _| ()), Err("client is a name, not an address"));
}

#[test]
fn quotes_inside() {
    for (fields, referrer, agent) in [
        (r#""-" "a \"b\" c""#, "", r#"a "b" c"#),
        (r#""-" "a \x22b\x22""#, "", r#"a "b""#),
        (r#""-" "a "b"c d""#, "", r#"a "b"c d"#),
        (r#""http://x/?q="y"z" "w""#, r#"http://x/?q="y"z"#, "w"),
        (r#""-" "ends with \\""#, "", r"ends with \"),
        (r#""-" "cut off"#, "", "cut off"),
        (r#""cut"#, "cut", ""),
    ] {
        let line = format!("{FRONT} \"GET / HTTP/1.1\" 200 5 {fields}");
        let got = said(line.as_bytes(), |_, _, r| (text(r.referrer), text(r.agent)));
        assert_eq!(got, Ok((referrer.to_owned(), agent.to_owned())), "{fields}");
    }
    let line = format!("{FRONT} \"GET /?q=\"x\" HTTP/1.1\" 200 5");
    assert_eq!(said(line.as_bytes(), |_, _, r| text(r.target)), Ok("/?q=\"x\"".to_owned()));
}

#[test]
fn cut_lines() {
    let line = format!("{FRONT} \"GET / HTTP/1.1\" 200 512 \"-\" \"agent\"");
    for end in 0..line.len() {
        let got = said(&line.as_bytes()[..end.max(1)], |_, _, r| r.status);
        // Up to here: date, request with its quote, and three digits.
        let whole = FRONT.len() + " \"GET / HTTP/1.1\" 200".len();
        assert_eq!(got.is_ok(), end >= whole, "{}", &line[..end]);
    }
}

#[test]
fn not_this_format() {
    for line in [
        "[Thu Sep 30 13:27:06.009964 2021] [:error] [client 192.0.2.1:37752] ModSecurity: \"x\"",
        "2026/11/03 19:00:00 [error] 1#1: *2 x, client: 192.0.2.1, request: \"GET / HTTP/1.1\"",
        "192.0.2.1 - - [03/Nov/2026 19:00:00 -0600] \"GET / HTTP/1.1\" 200 5",
        "192.0.2.1 - - [31/Feb/2026:19:00:00 -0600] \"GET / HTTP/1.1\" 200 5",
        "192.0.2.1 - - [03/Nov/2026:19:00:00 -0600]\"GET / HTTP/1.1\" 200 5",
        "x",
    ] {
        assert!(said(line.as_bytes(), |_, _, _| ()).is_err(), "{line}");
        assert!(Access::recognise(line.as_bytes(), &Hints::default()).is_none(), "{line}");
    }
}

#[test]
fn recognition() {
    let date = "[03/Nov/2026:19:00:00 -0600] \"GET / HTTP/1.1\" 200 5";
    for (front, known) in [
        ("192.0.2.1 - -", true),
        ("sos.example:80 192.0.2.1 - -", true),
        ("client.example - -", true),
        ("sos.example client.example - -", true),
        ("Nov  3 19:00:00 web1 nginx[7]: 192.0.2.1 - -", false),
    ] {
        let line = format!("{front} {date}\n");
        let reader = Access::recognise(line.as_bytes(), &Hints::default());
        assert_eq!(reader.is_some(), known, "{front}");
    }
}

proptest! {
    #[test]
    fn any_bytes(file in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Access::recognise(&file, &Hints::default());
        let _ = whole(&mut Access::default(), &file);
    }

    #[test]
    fn likely_bytes_in_any_split(
        file in "(192\\.0\\.2\\.1 - - |\\[03/Nov/2026:19:0[01]:00 -0600\\] |\"|\\\\|x22|GET / HTTP/1\\.1| 200 | 5|-|\r?\n){0,40}",
        size in 1_usize..60,
    ) {
        let all = whole(&mut Access::default(), file.as_bytes());
        prop_assert_eq!(in_blocks(Access::default(), file.as_bytes(), size), all);
    }

    /// Whatever a client calls itself and asks for, escaped as servers do: it stays itself.
    #[test]
    fn a_name_cannot_change_the_client(
        user in "([a-z ]|192\\.0\\.2\\.9 - - |\\[03/Nov/2026:19:00:00 -0600\\] |\"GET / HTTP/1\\.1\" 200 5 |\\\\){0,6}",
        apache in any::<bool>(),
    ) {
        let escaped = if apache {
            user.replace('\\', r"\\").replace('"', r#"\""#)
        } else {
            user.replace('\\', r"\x5C").replace('"', r"\x22")
        };
        let line = format!(
            "198.51.100.7 - {escaped} [03/Nov/2026:18:00:00 -0600] \"{escaped}\" 444 0 \"{escaped}\" \"-\""
        );
        let (client, status, account, target) = said(line.as_bytes(), |_, client, r| {
            let target = if r.method.is_empty() { text(r.target) } else { String::new() };
            (client, r.status, text(r.account), target)
        }).unwrap();
        prop_assert_eq!(client, "198.51.100.7".parse().unwrap());
        prop_assert_eq!(status, 444);
        prop_assert_eq!(account.trim(), user.trim());
        prop_assert_eq!(target, user);
    }
}
