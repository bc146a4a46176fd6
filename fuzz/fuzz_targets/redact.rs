//! What is given away: nothing that was planted is left, doing it again changes nothing, and what is
//! counted is what is marked.
#![no_main]

use ward_desk::redact::{Class, Known, Redactor};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let person = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let known = Known {
        people: vec![
            person("p-1", "Desk analyst"),
            person("p-2", "Testa Sampleton"),
            person("p-2", "Testa Formername"),
            person("p-3", "Li Ng"),
        ],
        named: vec!["Quilla Tellerson, a poll judge".to_owned(), text.to_string()],
        told: vec!["Sheriff Wardenson".to_owned()],
        places: vec!["Boone County".to_owned()],
        hosts: vec!["adair-fw-1".to_owned(), "fw".to_owned()],
        accounts: vec!["svc-backup".to_owned(), "bob".to_owned(), "all".to_owned()],
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
        ("573·555·0142", "0142"),
        ("573-555-\n0142", "0142"),
        ("10,20,30,43", "20,30,43"),
        ("0x0a.0x14.0x1e.0x2b", "0x1e"),
        ("001a.2b3c.4d5e", "2b3c"),
        ("//FILES/share", "FILES"),
        ("clerk＠adair．example", "adair．example"),
        ("clerk at adair dot example", "dot example"),
        ("Formername", "Formername"),
        ("Tellerson", "Tellerson"),
        ("Wardenson", "Wardenson"),
        ("SECURITY - the key", "the key"),
    ] {
        // Between lines of their own: what a line begins with, and how the one before it ends, say
        // what it is.
        let whole = format!("{text}\n.\n{planted}\n.\n{text}");
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
