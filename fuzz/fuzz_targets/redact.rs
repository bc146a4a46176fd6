//! What is given away: nothing that was planted is left, doing it again changes nothing, and what is
//! counted is what is marked.
#![no_main]

use ward_desk::redact::{Class, Known, Redactor};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let person = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let known = Known {
        people: vec![person("p-1", "Desk analyst"), person("p-2", "Testa Sampleton")],
        hosts: vec!["adair-fw-1".to_owned()],
        accounts: vec!["svc-backup".to_owned()],
    };
    let mut redactor = Redactor::new(&known);
    let once = redactor.text(&text);
    let marks = |text: &str| text.matches("[removed: rule R").count() as u64;
    let total: u64 = redactor.counts().iter().map(|(_, count)| count).sum();
    // A pass over what stood beside something that was taken out can take more.
    assert!(marks(&once) <= marks(&text).saturating_add(total));
    assert_eq!(Redactor::new(&known).text(&once), once, "doing it again changes nothing");

    for (planted, rest) in [
        ("573-555-0142", "0142"),
        ("clerk@adair.example", "adair.example"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8"),
        ("https://desk.example/x?y=1", "desk.example"),
        ("Testa Sampleton", "Sampleton"),
        ("adair-fw-1", "adair-fw-1"),
        ("svc-backup", "svc-backup"),
    ] {
        // On lines of its own: what a line begins with says what it is.
        let whole = format!("{text}\n{planted}\n{text}");
        let read = Redactor::new(&known).text(&whole);
        let left = read.matches(rest).count();
        let own = once.matches(rest).count();
        assert!(left <= own.saturating_mul(2), "{planted} is left in {read}");
    }
    for class in [Class::Person, Class::Contact, Class::Account, Class::Host] {
        let told = Redactor::new(&known).value(class, &text);
        assert!(text.is_empty() || told.contains("[removed: rule R"), "{told}");
    }
});
