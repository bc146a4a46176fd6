#![no_main]

use ward_payload::{Input, Scratch};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let (target, agent, body) = (next(), next(), next());
    let input = Input { method: b"GET", target, body, referrer: b"", agent };
    let mut scratch = Scratch::default();
    let first = ward_payload::judge(&input, &mut scratch);
    assert_eq!(ward_payload::judge(&input, &mut scratch), first, "the scratch keeps nothing");
});
