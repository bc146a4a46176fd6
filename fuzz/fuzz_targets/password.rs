//! Passwords as people type them: brought into one form, judged without being repeated.
#![no_main]

use ward_access::password;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (about, text) = text.split_once('\n').unwrap_or(("", &text));
    let verdict = password::judge(text, &[about]);
    if let Some(ready) = password::prepare(text) {
        assert_eq!(password::prepare(&ready).as_ref(), Some(&ready), "preparing twice is once");
        assert!(ready == text || password::judge(&ready, &[about]) == verdict);
    }
    if let password::Verdict::Weak { sentence } = verdict {
        assert!(text.len() < 20 || !sentence.contains(text), "it is not repeated");
    }
});
