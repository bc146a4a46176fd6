//! What people write in place of what the rules name, in every shape that was thought of, and what
//! looks like it and is ordinary: the one goes wherever it stands, the other stays.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::*;

const ACCOUNTS: [&str; 20] = [
    "clerk07",
    "pc-3",
    "bob",
    "amy",
    "all",
    "x",
    "2026",
    "svc-backup",
    "1042",
    "512",
    "clerk",
    "office",
    "support",
    "security",
    "test",
    "Guest",
    "votes",
    "front_desk",
    "cole",
    "precinct4",
];

fn known() -> Known {
    let person = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let all = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Known {
        people: vec![
            person("p-1", "Testa Sampleton"),
            person("p-1", "Testa Formername"),
            person("p-2", "Li Ng"),
            person("p-3", "An Do"),
            person("p-4", "May Sample-Field"),
            person("p-5", "Clerk of Boone County"),
            person("p-6", "José O’Sample"),
            person("p-7", "Rebecca Hall"),
            person("p-8", "Scott Miller"),
        ],
        named: all(&[
            "Quilla Tellerson, poll judge",
            "fennimore",
            "A neighbour",
            "Boone",
            "Republican judge at precinct 4",
            "dorrit exampleton, Republican challenger of Boone County",
            "Edna Church, who saw smoke",
        ]),
        told: all(&[
            "Sheriff Wardenson of Cole County",
            "Reuters",
            "MS-ISAC",
            "Clerk of Cape Girardeau County",
            "Deputy clerk, St. Louis",
        ]),
        places: all(&[
            "Boone County",
            "Cape Girardeau County",
            "Cole County",
            "Kansas City Board of Election Commissioners",
            "Miller County",
            "Scott County",
            "St. Louis City Board of Election Commissioners",
        ]),
        hosts: all(&["adair-fw-1", "fw"]),
        accounts: all(&ACCOUNTS),
    }
}

fn clean(text: &str) -> String {
    Redactor::new(&known()).text(text)
}

/// Everything that goes, with the rule by which it does.
const GOES: &[(&str, &str)] = &[
    ("R1", "Testa Sampleton"),
    ("R1", "testa sampleton"),
    ("R1", "TESTA  SAMPLETON"),
    ("R1", "Testa\nSampleton"),
    ("R1", "testa_sampleton"),
    ("R1", "Ｓａｍｐｌｅｔｏｎ"),
    ("R1", "Sampleton’s"),
    ("R1", "Formername"),
    ("R1", "Li"),
    ("R1", "Ng"),
    ("R1", "li ng"),
    ("R1", "An Do"),
    ("R1", "Sample-Field"),
    ("R1", "Jose O'Sample"),
    ("R1", "José"),
    ("R1", "Quilla Tellerson"),
    ("R1", "Tellerson"),
    ("R1", "Fennimore"),
    ("R1", "Wardenson"),
    ("R1", "tellerson,quilla"),
    ("R1", "Tellerson, Quilla"),
    ("R1", "quilla,tellerson"),
    ("R1", "QuillaTellerson"),
    ("R1", "tellersonquilla"),
    ("R1", "Tellersons"),
    ("R1", "Scott Miller"),
    ("R1", "scott miller"),
    ("R1", "Miller"),
    ("R1", "Rebecca Hall"),
    ("R1", "Ms. Hall"),
    ("R1", "Hall, Rebecca"),
    ("R1", "rebeccahall"),
    ("R1", "Edna Church"),
    ("R1", "Church"),
    ("R1", "dorrit exampleton"),
    ("R1", "Exampleton"),
    ("R2", "573-555-0101"),
    ("R2", "573·555·0101"),
    ("R2", "573,555,0142"),
    ("R2", "573:555:0142"),
    ("R2", "573~555~0142"),
    ("R2", "573*555*0142"),
    ("R2", "573 | 555 | 0142"),
    ("R2", "(573) 555 [0142]"),
    ("R2", "+1 (573) 555 [0142]"),
    ("R2", "573      555       0142"),
    ("R2", "573\u{a0}\u{a0}\u{a0}\u{a0}555\u{a0}\u{a0}\u{a0}\u{a0}0142"),
    ("R2", "५७३-५५५-०१४२"),
    ("R2", "๕๗๓ ๕๕๕ ๐๑๔๒"),
    ("R2", "573•555•0101"),
    ("R2", "573_555_0101"),
    ("R2", "573‑555‑0101"),
    ("R2", "573–555–0101"),
    ("R2", "(573) 555-0101"),
    ("R2", "+1 573 555 0101"),
    ("R2", "５７３-５５５-０１０１"),
    ("R2", "٥٧٣٥٥٥٠١٠١"),
    ("R2", "573\u{200b}-555-0101"),
    ("R2", "573-555-\n0101"),
    ("R2", "573-\n555-0101"),
    ("R2", "573-555\n0101"),
    ("R2", "573-555-01\n01"),
    ("R2", "(573)\n  555-0101"),
    ("R2", "555-\n0101"),
    ("R2", "+44 20 7946\n0958"),
    ("R3", "clerk@adair.example"),
    ("R3", "clerk＠adair.example"),
    ("R3", "clerk@adair．example"),
    ("R3", "clerk (at) adair (dot) example"),
    ("R3", "clerk at adair dot example"),
    ("R3", "clerk AT adair DOT example DOT org"),
    ("R3", "clerk @ adair.example"),
    ("R3", "clerk@adair dot example"),
    ("R4", "192.0.2.43"),
    ("R4", "１９２．０．２．４３"),
    ("R4", "192。0。2。43"),
    ("R4", "192·0·2·43"),
    ("R4", "192 dot 0 dot 2 dot 43"),
    ("R4", "192 . 0 . 2 . 43"),
    ("R4", "10,20,30,43"),
    ("R4", "192,0,2,43"),
    ("R4", "0x0a.0x14.0x1e.0x2b"),
    ("R4", "0x0a.0x141e2b"),
    ("R4", "0xC0.0.2.43"),
    ("R4", "001a.2b3c.4d5e"),
    ("R4", "001a2b3c4d5e"),
    ("R4", "00-1A-2B-3C-4D-5E"),
    ("R4", "00_1a_2b_3c_4d_5e"),
    ("R4", "00 1a 2b 3c 4d 5e"),
    ("R4", "2001:db8::7"),
    ("R4", "２００１：ｄｂ８：：７"),
    ("R5", "//HOST/share"),
    ("R5", "\\\\HOST\\share"),
    ("R5", "＼＼ＨＯＳＴ＼share"),
    ("R5", "hxxps[:]//desk.example/x"),
    ("R5", "desk．adair．example"),
    ("R5", "www dot adair dot example"),
    ("R5", "boone .gov"),
    ("R5", "etc.and.gov"),
    ("R5", "ADAIR-FW-1"),
    ("R5", "fw"),
    ("R5", "testa.sampleton"),
    ("R6", "bob"),
    ("R6", "clerk_07"),
    ("R6", "Clerk 07"),
    ("R6", "svc backup"),
    ("R6", "svcbackup"),
    ("R6", "Amy"),
    ("R6", "svc-backup"),
    ("R6", "＠county_clerk"),
    ("R6", "1042"),
    ("R6", "precinct4"),
];

/// What is left of something: its longest run of letters or digits, which is nothing of a mark.
fn core(text: &str) -> &str {
    let runs = text.split(|c: char| !c.is_alphanumeric());
    runs.max_by_key(|run| run.chars().count()).unwrap_or(text)
}

/// Whether that is left as a word.
fn is_left(read: &str, what: &str) -> bool {
    read.split(|c: char| !c.is_alphanumeric()).any(|word| word == core(what))
}

#[test]
fn every_shape_goes_by_its_rule() {
    for (rule, text) in GOES {
        for around in [("", ""), ("we told ", " then"), ("(", ")"), ("see: ", "."), ("\"", "\",")] {
            let read = clean(&format!("{}{text}{}", around.0, around.1));
            assert!(read.contains(&format!("[removed: rule {rule}]")), "{text:?}: {read}");
            assert!(!is_left(&read, text), "{text:?} is left in {read}");
            assert_eq!(clean(&read), read, "again");
        }
    }
}

#[test]
fn what_is_ordinary_stays() {
    for text in [
        "On 2026-11-03 at 19:00 CST, 10,000 cases; attempt 3 of 10.",
        "(2026-11-03) and (11/3/2026)",
        "On 11/3/2026, 11-03-2026 and 3.11.2026; see 2026/11/03.",
        "412 2026-11-03 and 412 ballots",
        "Open 0800-1700 and 0600 – 1900, in the years 2024-2026.",
        "1,204,000 of 2,300,000 voted; 1,000,000,000 is a billion.",
        "Jefferson City, MO 65101. Precincts 3,7,9,12 and 1, 2, 3, 4.",
        "Counts:\n412\n1204\n987",
        "4120\n3310\n2870",
        "At 7 p.m.\n10 of 116 had answered.",
        "Do not wait. An hour more, he said: do it. DO NOT WAIT.",
        "On May 3 they came; the li and the ng of it.",
        "Boone County and Cole County wait, Boone does not.",
        "All are new, and all of it is so; x marks it in 2026.",
        "Reuters and MS-ISAC were told by a neighbour; the sheriff came.",
        "Meet me at desk; we look at the dot there. 3 @ 5.00 each.",
        "The polka dot dress, and 20 dot 5 percent.",
        "and/or, 24/7, w/o // a remark",
        "Security was there, security-related work and (security) people too.",
        "They asked the security. Then: nothing.",
        "W-0ba64c8d46, entry 12, be added, a faded decade",
        "¼ of it, 10² and № 5…then more",
        "Sign in again; the account is closed.",
        "573\n412 ballots",
        "RSMo 115.430.2, Section 4.2.1.3 and § 115.430.2; Sec. 4.2.1.3, article 115.430.2.",
        "version 4.2.1.3, v. 4.2.1.3, v.4.2.1.3 and v4.2.1.3; chapter 115.430.2",
        "Zip 65201-1234. Batch 2026-11-03-01 was late.",
        "Ballot serial 1234567, seal no. 00412345, Serial number: 123456789, seal AB-1234567.",
        "Precinct 1234567, ward #1234567, Case No. 2026-0001234, incident 12345678.",
        "Invoice 1234567-1 and Tickets 7654321; tabulator 1234567, form 12345678, item 1234567.",
        "$1234567 and $1,234,567 and $1,200,100,250.",
        "From 10 a.m.to noon, 7 p.m.then, seals etc.and more; node.js too.",
        "Use a .gov address; the .us domain too.",
        "Counts: 412, 530, 1204 and 412 530 2026-11-03.",
        "Do pc 3 and a clerk know? We called security\n\nThen it was over.",
        "They called security; nothing came.",
        "Republican and Democratic judges came; a Republican challenger saw smoke.",
        "Scott County, Miller County and Cape Girardeau; St. Louis and Kansas City too.",
        "The hall and the church are open, 512 people wait there.",
        "Cole County and Precinct 4 wait; PRECINCT 4 too.",
        "The clerk's office has support; security is at the front desk. Test votes, guest.",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn a_word_before_it_hides_nothing() {
    for (text, want) in [
        ("Case 573-555-0142", "Case [removed: rule R2]"),
        ("Ticket no. 5735550142", "Ticket no. [removed: rule R2]"),
        ("Invoice #1-573-555-0142", "Invoice #[removed: rule R2]"),
        ("Item 12-573-555-0142", "Item [removed: rule R2]"),
        ("Serial +1 573 555 0142", "Serial [removed: rule R2]"),
        ("Ward 3: 573 555 0142", "Ward 3: [removed: rule R2]"),
        ("Form 573,555,0142", "Form [removed: rule R2]"),
        ("Lot 555-0142", "Lot [removed: rule R2]"),
        ("Batch 15735550142", "Batch [removed: rule R2]"),
        ("Seal 573-555-\n0142", "Seal [removed: rule R2]"),
        ("Zip 65201-1234 573.555.0142", "Zip 65201-1234 [removed: rule R2]"),
        ("$573-555-0142", "$[removed: rule R2]"),
        ("That closes the case. 5550142", "That closes the case. [removed: rule R2]"),
        ("Section 192.0.2.43", "Section [removed: rule R4]"),
        ("Tabulator 10.0.0.5 answers", "Tabulator [removed: rule R4] answers"),
        ("Incident: 10.1.2.3", "Incident: [removed: rule R4]"),
        ("Ticket no. 10.1.2.3-4", "Ticket no. [removed: rule R4]-4"),
        ("$10.1.2.3", "$[removed: rule R4]"),
        ("Ticket 4123@adair.example", "Ticket [removed: rule R3]"),
        ("Item 1234.boone.gov", "Item [removed: rule R5]"),
    ] {
        assert_eq!(clean(text), want);
        assert_eq!(clean(want), want, "again");
    }
}

#[test]
fn numbers_below_each_other_are_two() {
    let gone = "[removed: rule R2]";
    for text in ["573-555-0101\n573-555-0102", "555-0101)\n200-0000", "573 555 0101\n555-0102"] {
        let read = clean(text);
        assert_eq!(read.matches(gone).count(), 2, "{text:?}: {read}");
        assert!(!read.contains("01") && !read.contains("00"), "{text:?}: {read}");
    }
    assert_eq!(clean("555-0101\n412 ballots"), format!("{gone}\n412 ballots"));
}

#[test]
fn what_is_marked_as_security_goes_as_far_as_its_line() {
    let gone = "[removed: rule R7]";
    for (text, want) in [
        ("Security: the code is x", format!("Security: {gone}")),
        ("Done. Security: the code is x\nTwo.", format!("Done. Security: {gone}\nTwo.")),
        ("so security: the code", format!("so security: {gone}")),
        ("SECURITY - the code", format!("SECURITY - {gone}")),
        ("SECURITY – the code", format!("SECURITY – {gone}")),
        ("Security—the code", format!("Security—{gone}")),
        ("Security：the code", format!("Security：{gone}")),
        ("Ｓｅｃｕｒｉｔｙ: the code", format!("Ｓｅｃｕｒｉｔｙ: {gone}")),
        ("[security] the code", format!("[security] {gone}")),
        ("**Security**: the code", format!("**Security**: {gone}")),
        ("Security = the code", format!("Security = {gone}")),
        ("security note: the code", format!("security note: {gone}")),
        ("Security:\n  the code\nTwo.", format!("Security:\n  {gone}\nTwo.")),
        ("Security;4711", format!("Security;{gone}")),
        ("One.\nSecurity\n\nthe code\nTwo.", format!("One.\nSecurity\n\n{gone}\nTwo.")),
        ("## Security notes\r\n \r\nthe code", format!("## Security notes\r\n \r\n{gone}")),
        ("Security:", "Security:".to_owned()),
    ] {
        assert_eq!(clean(text), want);
        assert_eq!(clean(&want), want, "again");
    }
}

#[test]
fn an_ordinary_word_is_an_account_behind_its_word_alone() {
    let gone = "[removed: rule R6]";
    for (text, want) in [
        ("guessed its way in as all, bob", format!("guessed its way in as {gone}, {gone}")),
        ("perhaps the owner of x: ask", format!("perhaps the owner of {gone}: ask")),
        ("user \"2026\" and user=x", format!("user \"{gone}\" and user={gone}")),
        ("the account named all", format!("the account named {gone}")),
        ("user office, user \"front desk\"", format!("user {gone}, user \"{gone}\"")),
        ("owner of security", format!("owner of {gone}")),
    ] {
        assert_eq!(clean(text), want);
        assert_eq!(clean(&want), want, "again");
    }
}

#[test]
fn whoever_was_renamed_keeps_one_number() {
    let mut redactor = Redactor::new(&known());
    let told = redactor.text("Formername called, then Sampleton and quilla tellerson");
    assert_eq!(told.matches("Person 1 ").count(), 2, "{told}");
    assert_eq!(
        redactor.value(Class::Person, "Quilla Tellerson, poll judge"),
        "Person 2 [removed: rule R1]"
    );
    assert_eq!(redactor.value(Class::Person, "Testa Formername"), "Person 1 [removed: rule R1]");
}

#[test]
fn what_two_are_called_says_of_neither_that_it_is_they() {
    let known = Known {
        people: vec![
            ("p-1".to_owned(), "Ann Smithson".to_owned()),
            ("p-2".to_owned(), "Quilla Sampleton".to_owned()),
            ("p-3".to_owned(), "Quilla Sampleton".to_owned()),
        ],
        named: vec!["John Smithson, voter".to_owned(), "Quilla Sampleton".to_owned()],
        ..Known::default()
    };
    let mut redactor = Redactor::new(&known);
    for (text, want) in [
        ("Smithson opened the door.", "[removed: rule R1] opened the door."),
        ("Ann Smithson opened it.", "Person 1 [removed: rule R1] opened it."),
        ("smithson, john came", "Person 2 [removed: rule R1] came"),
        ("Quilla Sampleton came.", "[removed: rule R1] came."),
        ("Ann and John", "Person 1 [removed: rule R1] and Person 2 [removed: rule R1]"),
    ] {
        assert_eq!(redactor.text(text), want);
    }
    let mut value = |text: &str| redactor.value(Class::Person, text);
    assert_eq!(value("John Smithson, voter"), "Person 2 [removed: rule R1]");
    assert_eq!(value("Quilla Sampleton"), "[removed: rule R1]");
    assert_eq!(value("Dorrit Exampleton"), "Person 3 [removed: rule R1]");
    // One voter is not the next.
    for nobody in ["a voter", "A voter", "Election judge", "", "12"] {
        let want = if nobody.is_empty() { "" } else { "[removed: rule R1]" };
        assert_eq!(value(nobody), want);
    }
}

/// Ordinary words of a sentence.
fn ordinary() -> impl Strategy<Value = String> {
    let words = select(vec![
        "the",
        "ballots",
        "are",
        "late",
        "at",
        "School",
        "10,000 cases",
        "on 2026-11-03",
        "goes",
        "at 19:00 CST",
        "attempt 3 of 10 by",
        "Voting",
        "at 7 p.m.",
        "10% of",
        "County",
        "–",
        "and",
    ]);
    prop::collection::vec(words, 0..6).prop_map(|words| words.join(" "))
}

/// What can stand between: never what could be a part of either.
fn between() -> impl Strategy<Value = &'static str> {
    select(vec![", ", "; ", " | ", "! ", " \"", "\" ", " and then ", ",\n\n"])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn among_ordinary_words_it_goes_and_they_stay(
        parts in prop::collection::vec((ordinary(), between(), select(GOES), between()), 1..4),
        last in ordinary(),
    ) {
        let text: String = parts
            .iter()
            .map(|(words, a, (_, what), b)| format!("{words}{a}{what}{b}"))
            .chain([last.clone()])
            .collect();
        let read = clean(&text);
        for (words, _, (rule, what), _) in &parts {
            let mark = format!("[removed: rule {rule}]");
            prop_assert!(read.contains(&mark), "{what:?} in {text:?}: {read:?}");
            prop_assert!(!is_left(&read, what), "{what:?} in {text:?}: {read:?}");
            prop_assert!(read.contains(words.as_str()), "{words:?} of {text:?}: {read:?}");
        }
        prop_assert!(read.ends_with(&last), "{last:?} of {text:?}: {read:?}");
        prop_assert_eq!(clean(&read), read.clone(), "again: {:?}", text);
    }

    #[test]
    fn any_telephone_goes_in_any_shape(
        (area, office, line) in (200_u32..1000, 200_u32..1000, 0_u32..10_000),
        signs in prop::collection::vec(select(vec!["-", ".", " ", "·", "_", ") ", "-\n", "‑", " - "]), 2),
        wide in any::<bool>(),
        words in ordinary(),
    ) {
        let mut number = format!("{area}{}{office}{}{line:04}", signs[0], signs[1]);
        if wide {
            let wide = |c: char| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c };
            number = number.chars().map(wide).collect();
        }
        // One end of a line: more is a list.
        prop_assume!(number.matches('\n').count() < 2);
        let read = clean(&format!("{words}, call {number}, {words}"));
        let digits = |text: &str| text.chars().filter(|c| c.is_numeric()).count();
        prop_assert_eq!(digits(&read), digits(&words) * 2 + 1, "{:?}: {:?}", number, read);
    }
}

/// What could be read again and again from every one of its letters is read in the time of any other
/// text. There is no clock here: with the square of its length this takes minutes instead of seconds.
#[test]
fn long_texts_are_read_in_time() {
    let many = Known {
        people: (0..3_000).map(|n| (format!("p-{n}"), format!("Testa Sample{n}ton"))).collect(),
        accounts: (0..3_000).map(|n| format!("svc-{n}")).collect(),
        ..known()
    };
    let mut redactor = Redactor::new(&many);
    for piece in [
        "a",
        "a.",
        "1 ",
        "1.",
        ":",
        "a@",
        "+",
        "(",
        "\\",
        "/",
        "-.",
        "a dot ",
        "Security ",
        "\n",
        "f:",
        "Person 1 ",
    ] {
        redactor.text(&piece.repeat(50_000 / piece.len()));
    }
    let sentence = "Testa called from the gym at 19:00 about 412 ballots of svc-12, see W-1.\n";
    let read = redactor.text(&sentence.repeat(3_000));
    assert!(!read.contains("svc-12"));
}
