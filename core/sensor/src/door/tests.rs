use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(door: &Door, line: &str, want: &str) {
    let mut bytes = line.as_bytes().to_vec();
    door.clean(&mut bytes, |_| false);
    assert_eq!(String::from_utf8_lossy(&bytes), want);
}

#[test]
fn web_requests() {
    let door = Door::default();
    let access = |target: &str| {
        format!(
            "192.0.2.7 - - [03/Nov/2026:19:00:00 -0600] \"GET {target} HTTP/1.1\" 200 5 \"-\" \"x\"\n"
        )
    };
    for (from, to) in [
        ("/in?user=ann&password=hunter2", "/in?user=ann&password=xxxxxxx"),
        ("/in?password=hunter2&user=ann", "/in?password=xxxxxxx&user=ann"),
        ("/in?pwd=a;b'c,d&x=1#pwd=z", "/in?pwd=xxxxxxx&x=1#pwd=x"),
        ("/in?user%5Bpassword%5D=hunter2", "/in?user%5Bpassword%5D=xxxxxxx"),
        ("/in?pass=a b c", "/in?pass=xxxxx"),
        ("/in?pass=a\\\"b", "/in?pass=xxxx"),
        ("/in?pass=", "/in?pass="),
        ("/in?passenger=ann&q=password", "/in?passenger=ann&q=password"),
        ("http://a:bc@desk.example/", "http://a:xx@desk.example/"),
        ("/in?password=//a:b@c&next=//a:b@c", "/in?password=xxxxxxx&next=//a:x@c"),
    ] {
        check(&door, &access(from), &access(to));
    }
    let referrer = "\"GET / HTTP/1.1\" 200 5 \"https://desk.example/in?token=abc\" \"x\"";
    check(&door, referrer, &referrer.replace("abc", "xxx"));
}

#[test]
fn json_and_text() {
    let door = Door::default();
    for (from, to) in [
        (r#"{"password":"a\"b","user":"ann"}"#, r#"{"password":"xxxx","user":"ann"}"#),
        (r#"{"ssn": 123456789, "n": 1}"#, r#"{"ssn": 111111111, "n": 1}"#),
        (r#"{"password":null,"token":["a"]}"#, r#"{"password":null,"token":["a"]}"#),
        (r#"{"url":"\/in?pwd=ab\u0026q=1"}"#, r#"{"url":"\/in?pwd=xx\u0026q=1"}"#),
        (r#"{"url":"\/in?a=b\u0026pwd=ab"}"#, r#"{"url":"\/in?a=b\u0026pwd=xx"}"#),
        (r#"{"url":"https:\/\/u:pw@h\/"}"#, r#"{"url":"https:\/\/u:xx@h\/"}"#),
        (r#"{"m":"{\"password\":\"ab\"}","b":1}"#, r#"{"m":"{\"password\":\"xx\"}","b":1}"#),
        (r#"{"password=":"a","q":"b"}"#, r#"{"password=":"a","q":"b"}"#),
        (r#"{"q":["a pwd="],"m":"pwd='a b'"}"#, r#"{"q":["a pwd="],"m":"pwd='xxx'"}"#),
        ("{1} password=\"a b\" ok", "{1} password=\"xxx\" ok"),
        ("app: login user=ann password=hunter2 ok", "app: login user=ann password=xxxxxxx ok"),
        ("app: password=\"a b\" ok", "app: password=\"xxx\" ok"),
        ("app: (pwd:abc), next", "app: (pwd:xxx), next"),
        ("auth: pam_unix(sshd:auth): x", "auth: pam_unix(sshd:auth): x"),
        ("sshd[1]: Failed password for ann", "sshd[1]: Failed password for ann"),
        ("SESSION=abc\r", "SESSION=xxx\r"),
        ("SESSION=\r", "SESSION=\r"),
    ] {
        check(&door, from, to);
    }
}

#[test]
fn names_and_paths_of_the_office() {
    let door = Door::new(&["voter_id".into()], &["/Voter/Lookup/".into(), "find".into()]);
    for (from, to) in [
        ("GET /voter/lookup?first=Ann&last=Doe HTTP", "GET /voter/lookup?first=xxx&last=xxx HTTP"),
        ("GET /voter/lookup/2?q=a?b HTTP", "GET /voter/lookup/2?q=xxx HTTP"),
        ("GET /voter/lookups?q=ab HTTP", "GET /voter/lookups?q=ab HTTP"),
        ("GET /find?://<?Ann HTTP", "GET /find?xxx<?xxx HTTP"),
        ("GET /Voter/%4cookup?Ann+Doe HTTP", "GET /Voter/%4cookup?xxxxxxx HTTP"),
        ("\"https://desk.example/find?q=ab&&r=\"", "\"https://desk.example/find?q=xx&&r=\""),
        (r#""url":"\/find?q=ab\u0026r=cd""#, r#""url":"\/find?q=xx\u0026r=xx""#),
        ("GET /other?VoterId=12 HTTP", "GET /other?VoterId=xx HTTP"),
    ] {
        check(&door, from, to);
    }
}

#[test]
fn attacks_stay() {
    let door = Door::new(&[], &["/find".into()]);
    let text = b"GET /in?password='+OR+1=1--&x=1 HTTP\nGET /find?q=1&r='+OR+1=1 HTTP\n\
                 GET /in?password=' HTTP\npassword='+OR+1=1\n";
    let mut cleaned = text.to_vec();
    let mut asked = Vec::new();
    let masked = door.clean(&mut cleaned, |target| {
        asked.push(String::from_utf8_lossy(target).into_owned());
        memchr::memmem::find(target, b"OR+1=1").is_some()
    });
    assert_eq!(masked, 1);
    let want = String::from_utf8_lossy(text).replace("=' HTTP", "=x HTTP");
    assert_eq!(String::from_utf8_lossy(&cleaned), want);
    assert_eq!(
        asked,
        ["/in?password='+OR+1=1--&x=1", "/find?q=1&r='+OR+1=1", "/in?password='", "'+OR+1=1"]
    );
}

/// Lines made to be slow; each takes milliseconds when the cost is linear, minutes when not.
#[test]
fn cost_is_linear() {
    let door = Door::new(&[], &["/find".into()]);
    for piece in [
        "pwd=",
        "?",
        "/find?a",
        "?pwd=a&",
        "pwd='",
        "a://",
        "\"pwd\":\\\"",
        "pwd=a ",
        "=",
        "%5Bpwd=",
    ] {
        let mut line = piece.repeat((1 << 20) / piece.len()).into_bytes();
        door.clean(&mut line, |_| false);
    }
}

/// Text that an attacker might choose, with what the door looks for in it.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("password"),
        Just("="),
        Just(":"),
        Just("\""),
        Just("'"),
        Just("\\"),
        Just("\\\""),
        Just("?"),
        Just("&"),
        Just(" "),
        Just("://"),
        Just("@"),
        Just("\\u0026"),
        Just("/find"),
        Just("a"),
        Just("token"),
        Just("1"),
        Just(" HTTP/1.1"),
        Just(","),
        Just("{"),
        Just("%3d"),
        Just("\u{e9}"),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Same length, same lines, whatever comes; a second time changes nothing.
    #[test]
    fn nothing_moves(text in prop_oneof![hostile(), ".{0,80}"], split in 0_usize..80) {
        let door = Door::new(&[], &["/find".into()]);
        let mut before = text.into_bytes();
        before.insert(split.min(before.len()), b'\n');
        let mut after = before.clone();
        door.clean(&mut after, |_| false);
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(*before == b'\n', *after == b'\n');
            prop_assert!(before == after || matches!(after, b'x' | b'1'));
        }
        let mut kept = before.clone();
        prop_assert_eq!(door.clean(&mut kept, |_| true), 0);
        prop_assert_eq!(kept, before);
    }

    /// Who chooses an account's name cannot hide where he came from.
    #[test]
    fn sign_ins_keep_their_address(account in hostile()) {
        let door = Door::new(&[], &["/find".into()]);
        for end in [" from 203.0.113.9 port 4022 ssh2", " 203.0.113.9 port 4022 [preauth]"] {
            let front = "Nov  3 19:00:00 web1 sshd[12]: Failed password for invalid user ";
            let mut line = format!("{front}{account}{end}").into_bytes();
            door.clean(&mut line, |_| false);
            prop_assert!(line.starts_with(front.as_bytes()));
            prop_assert!(line.ends_with(end.as_bytes()), "{}", String::from_utf8_lossy(&line));
        }
    }

    /// Who chooses request, referrer and agent cannot hide the answer or the address.
    #[test]
    fn requests_keep_their_answer(target in hostile(), referrer in hostile(), agent in hostile()) {
        let door = Door::new(&[], &["/find".into()]);
        let escape = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let front = "203.0.113.9 - - [03/Nov/2026:19:00:00 -0600] \"GET /";
        let (target, referrer, agent) = (escape(&target), escape(&referrer), escape(&agent));
        let line = format!("{front}{target} HTTP/1.1\" 500 17 \"{referrer}\" \"{agent}\"");
        let mut cleaned = line.clone().into_bytes();
        door.clean(&mut cleaned, |_| false);
        prop_assert!(cleaned.starts_with(front.as_bytes()));
        let status = front.len() + target.len();
        let want = b" HTTP/1.1\" 500 17 \"";
        let got = &cleaned[status..status + want.len()];
        prop_assert!(got == want, "{}", String::from_utf8_lossy(&cleaned));
    }
}
