//! What is masked at the door: lengths and lines stay, each line stands for itself,
//! JSON stays JSON, and of a request the secret goes and nothing else.
#![no_main]

use ward_sensor::Door;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (first, bytes) = bytes.split_first().unwrap_or((&0, bytes));
    let door = match first % 2 {
        0 => Door::default(),
        _ => Door::new(&["Voter_Id".to_owned()], &["/Lookup/".to_owned()]),
    };
    let mut once = bytes.to_vec();
    let count = ward_live::mask(&door, &mut once);
    assert_eq!(once.len(), bytes.len());
    for (before, after) in bytes.iter().zip(&once) {
        assert!(before == after || matches!(after, b'x' | b'1'), "only masks are written");
        assert_eq!(before == &b'\n', after == &b'\n', "no line moves");
    }
    assert!(count > 0 || once == bytes);

    let mut by_line = Vec::new();
    let mut sum = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let mut line = line.to_vec();
        sum += ward_live::mask(&door, &mut line);
        by_line.extend(line);
    }
    assert!(by_line == once && sum == count, "each line is masked by itself");

    let is_object = |line: &[u8]| {
        serde_json::from_slice::<serde_json::Value>(line).is_ok_and(|value| value.is_object())
    };
    let lines = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (before, after): (Vec<_>, Vec<_>) = (lines(bytes), lines(&once));
    for (before, after) in before.iter().zip(&after) {
        assert!(!is_object(before) || is_object(after), "JSON stays JSON");
    }
    request(&door, bytes);
});

/// Of a request that is well written the secret goes and nothing else, however often.
fn request(door: &Door, bytes: &[u8]) {
    let fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%/:;@!$'()*+,=?".contains(byte);
    let value: String =
        bytes.iter().filter(|byte| fit(byte)).take(200).map(|byte| char::from(*byte)).collect();
    let line = |value: &str| {
        format!(
            "192.0.2.7 - - [03/Nov/2026:14:12:01 +0000] \"GET /in?user=ann&password={value}&next=1 \
             HTTP/1.1\" 200 5 \"-\" \"x\"\n"
        )
    };
    let mut masked = line(&value).into_bytes();
    for _ in 0..2 {
        door.clean(&mut masked, |_| false);
        let want = line(&"x".repeat(value.len()));
        assert_eq!(String::from_utf8_lossy(&masked), want, "{value}");
    }
}
