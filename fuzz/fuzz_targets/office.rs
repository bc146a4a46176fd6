//! What people of an office give: a list of authorities, and codes that they type.
#![no_main]

use ward_access::{codes, jurisdictions, totp};
use ward_kernel::Time;

/// A list that is read can be written and reads the same.
fn list(text: &str) {
    let Ok(list) = jurisdictions::parse_list(text) else { return };
    assert!(!list.is_empty());
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut again = "id,name,kind,counties\n".to_owned();
    for one in &list {
        let fields = [&one.id, &one.name, one.kind.as_str(), &one.counties.join(";")];
        again += &(fields.map(|field| quoted(field)).join(",") + "\n");
    }
    assert_eq!(jurisdictions::parse_list(&again).as_ref(), Ok(&list), "{again}");
}

fn code(text: &str) {
    if let Ok(bytes) = codes::read::<{ codes::RECOVERY_BYTES }>(text) {
        let written = codes::write(&bytes);
        assert_eq!(codes::read(&written), Ok(bytes));
        assert_eq!(codes::read(&written.to_lowercase().replace('-', " ")), Ok(bytes));
    }
    if let Ok(bytes) = codes::read::<{ codes::INVITATION_BYTES }>(text) {
        assert_eq!(codes::read(&codes::write(&bytes)), Ok(bytes));
    }
    let secret = b"12345678901234567890";
    for now in [Time::from_secs(59), Time::from_micros(i64::MIN), Time::from_micros(i64::MAX)] {
        if let Some(step) = totp::verify(secret, text, now, -1) {
            assert_eq!(totp::verify(secret, text, now, step), None, "no code counts twice");
        }
    }
    let _ = totp::uri(secret, text, text);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match first % 3 {
        0 => list(&text),
        1 => list(&format!("id,name,kind,counties\n{text}")),
        _ => code(&text),
    }
});
