use proptest::prelude::*;

use super::*;

mod shapes;

fn known() -> Known {
    let person = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    Known {
        people: vec![
            person("p-1", "Desk analyst"),
            person("p-2", "Clerk of Boone County"),
            person("p-3", "Testa Sampleton"),
            person("p-4", "Example Cole"),
        ],
        hosts: vec!["adair-fw-1".to_owned(), "fw".to_owned(), "pc".to_owned()],
        accounts: vec!["svc-backup".to_owned()],
        ..Known::default()
    }
}

fn clean(text: &str) -> String {
    Redactor::new(&known()).text(text)
}

#[test]
fn what_is_removed_leaves_its_mark() {
    for (text, want) in [
        ("Call (573) 555-0142 now.", "Call [removed: rule R2] now."),
        ("573.555.0142, 5735550143", "[removed: rule R2], [removed: rule R2]"),
        ("+1 573 555 0142 or 555-0142", "[removed: rule R2] or [removed: rule R2]"),
        ("Mail a.b+c@clerk.adair.example.", "Mail [removed: rule R3]."),
        ("b (at) clerk.example, c [at] x[.]example", "[removed: rule R3], [removed: rule R3]"),
        ("from 192.0.2.7:22, 198.51.100.0/24.", "from [removed: rule R4], [removed: rule R4]."),
        ("192[.]0[.]2[.]7 and 2001:db8::7/48.", "[removed: rule R4] and [removed: rule R4]."),
        ("from:2001:db8::7, 00:1a:2b:3c:4d:5e", "from:[removed: rule R4], [removed: rule R4]"),
        ("See https://x.example/a?b=1, then go.", "See [removed: rule R5], then go."),
        ("hxxps://login[.]example", "[removed: rule R5]"),
        ("http://a,[removed: rule R2] b", "[removed: rule R5],[removed: rule R2] b"),
        ("web1.county.local:8080/x broke", "[removed: rule R5] broke"),
        ("Server.County.Local and \\\\files\\x", "[removed: rule R5] and [removed: rule R5]"),
        ("ADAIR-FW-1 is down, the pc is not", "[removed: rule R5] is down, the pc is not"),
        ("the fw too", "the [removed: rule R5] too"),
        ("svc-backup and @county_clerk", "[removed: rule R6] and [removed: rule R6]"),
        ("One.\n Security: the code is x\nTwo.", "One.\n Security: [removed: rule R7]\nTwo."),
        ("security detail:   back door", "security detail:   [removed: rule R7]"),
    ] {
        assert_eq!(clean(text), want, "{text}");
        assert_eq!(clean(want), want, "again: {want}");
    }
}

#[test]
fn what_is_nobodys_stays() {
    for text in [
        "On 2026-11-03 at 19:00:00, 412 of 1,204,000 voted; see 11/3/2026.",
        "Cole County waits. The line is 10 min long, 3.5 km away.",
        "The gym.The hall, St.Louis, e.g. at 7 p.m. or W-0ba64c8d46.",
        "Note:: the desk's analysts; 12 of 116 have answered.",
        "Security was there.",
        "",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn a_person_keeps_one_number() {
    let mut redactor = Redactor::new(&known());
    assert_eq!(redactor.person("p-9"), "Person 1 [removed: rule R1]");
    let told = redactor.text("Sampleton called; desk  ANALYST wrote to Testa Sampleton.");
    assert_eq!(
        told,
        "Person 2 [removed: rule R1] called; Person 3 [removed: rule R1] wrote to Person 2 \
         [removed: rule R1]."
    );
    assert_eq!(redactor.value(Class::Person, "testa sampleton"), "Person 2 [removed: rule R1]");
    // Nor is one neighbour the next.
    assert_eq!(redactor.value(Class::Person, "A neighbour"), "[removed: rule R1]");
    assert_eq!(redactor.value(Class::Person, "Quilla Tell"), "Person 4 [removed: rule R1]");
    assert_eq!(redactor.value(Class::Person, " quilla  tell"), "Person 4 [removed: rule R1]");
    // A place keeps its name; the person of that name does not.
    assert_eq!(redactor.text("Cole of Cole County"), "Person 5 [removed: rule R1] of Cole County");
    assert_eq!(redactor.value(Class::Contact, "the back door"), "[removed: rule R2]");
    assert_eq!(redactor.value(Class::Account, "root"), "[removed: rule R6]");
    assert_eq!(redactor.value(Class::Fixed, "192.0.2.7"), "192.0.2.7");
    let counted: u64 = redactor.counts().iter().map(|(_, count)| count).sum();
    assert_eq!(counted, 11);
}

#[test]
fn every_rule_says_what_and_why() {
    for rule in Rule::ALL {
        assert!(rule.removes().ends_with('.') && rule.why().ends_with('.'));
        let mark: Vec<char> = rule.mark().chars().collect();
        assert_eq!(scan::mark(&mark, 0), Some(mark.len()));
    }
}

/// What is planted: with the part of it that must not be left.
fn planted() -> impl Strategy<Value = (String, String)> {
    let both = |text: String| (text.clone(), text);
    let phone = (200_u32..1000, 200_u32..1000, 0_u32..10_000, 0_usize..6).prop_map(
        |(area, office, line, form)| {
            let all = [
                format!("({area}) {office}-{line:04}"),
                format!("{area}-{office}-{line:04}"),
                format!("{area}.{office}.{line:04}"),
                format!("{area}{office}{line:04}"),
                format!("+1 {area} {office} {line:04}"),
                format!("{office}-{line:04}"),
            ];
            let text = all[form].clone();
            (text.clone(), format!("{line:04}"))
        },
    );
    let mail = "[a-z]{1,8}([._+-][a-z0-9]{1,5})?@[a-z]{1,8}(\\.[a-z]{2,6}){1,2}".prop_map(both);
    let v4 = any::<[u8; 4]>().prop_map(move |b| both(std::net::Ipv4Addr::from(b).to_string()));
    let v6 = any::<u128>().prop_map(move |b| both(std::net::Ipv6Addr::from(b).to_string()));
    let host = "[a-z]{2,8}(-[a-z0-9]{1,4})?\\.[a-z]{2,8}\\.(example|gov|local|us)".prop_map(both);
    let url = "(https?|ftp|hxxp)://[a-z]{1,9}(/[a-zA-Z0-9._~-]{1,8})?".prop_map(both);
    let name =
        prop::sample::select(vec!["Testa Sampleton", "SAMPLETON, TESTA SAMPLETON", "desk analyst"])
            .prop_map(|name| {
                (name.to_owned(), name.rsplit(", ").next().unwrap_or(name).to_owned())
            });
    prop_oneof![3 => phone, 2 => mail, 2 => v4, 2 => v6, 2 => host, 2 => url, 2 => name]
}

/// What stands around it.
fn around() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[ a-zA-Z,;!?'\"-]{0,30}[ ,;!(\"]".prop_map(|text| text),
        1 => "\\PC{0,20} ".prop_map(|text| text),
        1 => Just("\n".to_owned()),
        1 => Just("[removed: rule R2] ".to_owned()),
        1 => Just(" 2026-11-03 ".to_owned()),
    ]
}

/// Whether there are digits in a text, beside those of marks and of numbered people.
fn has_digits(text: &str) -> bool {
    let mut text = text.to_owned();
    for rule in Rule::ALL {
        text = text.replace(&rule.mark(), "~");
    }
    for number in 1..=4 {
        text = text.replace(&format!("Person {number} ~"), "");
    }
    text.contains(|c: char| c.is_ascii_digit())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_that_was_planted_is_left(
        parts in prop::collection::vec((around(), planted(), "[ ,;!?)]{1,2}"), 1..5)
    ) {
        let text: String = parts.iter().map(|(a, (p, _), b)| format!("{a}{p}{b}")).collect();
        let read = clean(&text);
        for (_, (whole, part), _) in &parts {
            prop_assert!(!read.contains(whole.as_str()), "{whole} in {read}");
            // Not even a part of it, unless it stood around it as well.
            let holds = |text: &str| text.to_lowercase().contains(&part.to_lowercase());
            let around = parts.iter().any(|(before, _, after)| holds(before) || holds(after));
            prop_assert!(around || !holds(&read), "{part} in {read}");
        }
        // Nor the end of a number, where no other stood around it.
        let around = parts.iter().any(|(before, ..)| has_digits(before));
        prop_assert!(around || !has_digits(&read), "{text} is left as {read}");
        prop_assert_eq!(clean(&read), read.clone(), "not the same again: {}", text);
    }

    #[test]
    fn twice_is_once_on_anything(text in "\\PC{0,120}") {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once);
    }

    #[test]
    fn twice_is_once_on_what_looks_like_it(
        text in "([0-9]{1,4}|[a-f]{1,3}|[.:@/() -]|x\\.org|\\[|\\]|\\(at\\)|Person |\\[removed: rule R1\\]|Security:|\n|Cole|case |no\\. |[$,~*|;v]|\\+){0,30}"
    ) {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once);
    }
}
