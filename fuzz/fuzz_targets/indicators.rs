//! Lists of what is looked for: addresses, names, accounts, hashes and STIX patterns.
#![no_main]

use ward_history::{Indicator, List};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let list = List::parse(bytes);
    for indicator in &list.indicators {
        let text = indicator.to_string();
        assert_eq!(Indicator::parse(&text).as_ref(), Ok(indicator), "{text}");
        let under = indicator.clone().with_names_under();
        assert_eq!(Indicator::parse(&under.to_string()), Ok(under), "{text}");
    }
    let found = list.indicators.len() + list.problems.len();
    assert!(found + list.repeated + list.more_problems <= bytes.len() + 1);
    assert!(list.problems.iter().all(|one| one.line > 0 && one.text.len() < 100));

    // Each line stands for itself: only the first can be one of column names.
    let mut seen = std::collections::HashSet::new();
    let mut alone = Vec::new();
    for (place, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let before: &[u8] = if place == 0 { b"" } else { b"\n" };
        let one = List::parse(&[before, line].concat());
        alone.extend(one.indicators.into_iter().filter(|one| seen.insert(one.clone())));
    }
    assert_eq!(alone, list.indicators);
});
