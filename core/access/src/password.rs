//! Whether a password is good enough, and one sentence of advice if not.
//!
//! NIST SP 800-63B-4 section 3.1.1: length counts, mixtures of signs are not asked for, nothing
//! expires, common and expected ones are refused. It asks for 8 characters beside a second factor,
//! which the desk always wants; the desk asks for 12.
//!
//! Guessing is estimated by zxcvbn (Wheeler, USENIX Security 2016), which holds the lists of
//! common passwords. It reads the clock for one thing, the current year, so that recent years count
//! as easy to guess; nothing else of the answer depends on it.

use unicode_normalization::UnicodeNormalization;
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

/// The fewest characters (code points after normalisation) of a password.
pub const MIN_CHARS: usize = 12;
/// The most characters of a password: enough for any phrase, and a bound on the work.
pub const MAX_CHARS: usize = 256;

/// What is thought of a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It will do.
    Good,
    /// It will not.
    Weak {
        /// What is wrong and what would be better. It never repeats the password.
        sentence: &'static str,
    },
}

/// Brings what was typed into the form that is judged and hashed, at sign-in as when it is chosen:
/// Unicode NFKC, so that é is the same from every keyboard (SP 800-63B-4 section 3.1.1.2). None
/// when it is longer than any password may be.
#[must_use]
pub fn prepare(typed: &str) -> Option<String> {
    if typed.len() > MAX_TYPED {
        return None;
    }
    let text: String = typed.nfkc().collect();
    (text.chars().count() <= MAX_CHARS).then_some(text)
}

/// Judges a password as it was typed. `about` is what a guesser knows of the person: name, e-mail
/// address, organisation.
#[must_use]
pub fn judge(typed: &str, about: &[&str]) -> Verdict {
    let Some(password) = prepare(typed) else { return weak(TOO_LONG) };
    if password.chars().count() < MIN_CHARS {
        return weak(TOO_SHORT);
    }
    if password.chars().any(char::is_control) {
        return weak(CONTROL);
    }
    let words = expected_words(about);
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let judged: String = password.chars().take(JUDGED_CHARS).collect();
    if leans_on(&judged, &known) {
        return weak(EXPECTED);
    }
    let estimate = zxcvbn(&judged, &known);
    if estimate.score() >= Score::Three {
        return Verdict::Good;
    }
    weak(estimate.feedback().and_then(|feedback| feedback.warning()).map_or(GUESSABLE, advice))
}

/// Whether little is left of it without the words that are expected of this person. The estimate
/// takes three expected words in a row for strong, since it knows no guesser who begins with them.
fn leans_on(password: &str, known: &[&str]) -> bool {
    let whole = password.to_lowercase();
    let mut rest = whole.clone();
    for word in known.iter().filter(|word| word.chars().count() >= 4) {
        rest = rest.replace(word, " ");
    }
    rest != whole && zxcvbn(rest.trim(), &[]).guesses_log10() < REST_LOG10
}

/// Bytes as typed. A character can come as several code points, which normalisation joins.
const MAX_TYPED: usize = 4 * 1024;
/// How much of a long password the estimate looks at. Its work grows faster than the length: text
/// made for it (all signs that stand for letters) keeps it busy for a tenth of a second.
const JUDGED_CHARS: usize = 48;
/// Guesses, as a power of ten, that what is left besides expected words must take: two unexpected
/// words do, one does not.
const REST_LOG10: f64 = 6.0;
const MAX_WORDS: usize = 24;
const MAX_WORD_CHARS: usize = 32;

/// Words that come to mind at an election office; the longer before those that they hold.
const FIELD: [&str; 12] = [
    "elections",
    "election",
    "ballots",
    "ballot",
    "voters",
    "voting",
    "voter",
    "votes",
    "vote",
    "missouri",
    "county",
    "clerk",
];

const TOO_SHORT: &str =
    "Use at least 12 characters: four or five words that do not belong together are easy to keep.";
const TOO_LONG: &str = "Use at most 256 characters.";
const CONTROL: &str =
    "A password cannot hold line breaks, tabs or other control characters: leave them out.";
const EXPECTED: &str = "It is built on your name, address or office, or on words of elections, which are tried \
     first: choose words that have nothing to do with you or your work.";
const GUESSABLE: &str =
    "It would be guessed soon: add two or three words that do not belong together.";

fn advice(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "Neighbouring keys are tried early: use words that do not belong together instead."
        }
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "Repeating something makes it longer, not harder to guess: use different words."
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => {
            "It is close to a password that many people use: choose words of your own."
        }
        Warning::SequencesLikeAbcAreEasyToGuess => {
            "Sequences such as abcdef or 123456 are tried early: use words that do not belong \
             together instead."
        }
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => {
            "Years and dates are tried early: add two or three words that do not belong together."
        }
        Warning::AWordByItselfIsEasyToGuess
        | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "One word or name is guessed soon: add two or three that do not belong together."
        }
    }
}

const fn weak(sentence: &'static str) -> Verdict {
    Verdict::Weak { sentence }
}

/// What a guesser begins with, in small letters: what is known of the person, whole and in its
/// parts, then the words of the field.
fn expected_words(about: &[&str]) -> Vec<String> {
    let parts = about.iter().flat_map(|text| {
        let whole = text.split('@').next().unwrap_or_default();
        std::iter::once(whole).chain(text.split(|c: char| !c.is_alphanumeric()))
    });
    let words = parts.map(|word| word.nfkc().take(MAX_WORD_CHARS).collect::<String>());
    let words = words.filter(|word| word.chars().count() >= 3).take(MAX_WORDS);
    words.map(|word| word.to_lowercase()).chain(FIELD.map(String::from)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ABOUT: [&str; 3] =
        ["Desk Analyst", "desk.analyst@office.example", "Office of Synthetic Elections"];

    fn sentence(password: &str) -> &'static str {
        match judge(password, &ABOUT) {
            Verdict::Good => "good",
            Verdict::Weak { sentence } => sentence,
        }
    }

    #[test]
    fn phrases_and_random_signs_are_good() {
        for password in [
            "lantern orbit mustard quilt",
            "seven owls knit under the bridge while it rains",
            "x7#Qm2!vTz9&Lp",
            "käsebrot flüstert im nebelhorn",
            "四つの静かな湖と一匹の猫が歌う",
        ] {
            assert_eq!(judge(password, &ABOUT), Verdict::Good, "{password}");
        }
        assert_eq!(judge(&"lantern orbit mustard quilt ".repeat(9), &ABOUT), Verdict::Good);
    }

    #[test]
    fn weak_ones_are_refused_with_their_reason() {
        for (password, expected) in [
            ("Tr0ub4dor&3", TOO_SHORT),
            ("", TOO_SHORT),
            ("lantern orbit\nmustard", CONTROL),
            ("desk.analyst2026", EXPECTED),
            ("passwordpassword", "Repeating something"),
            ("aaaaaaaaaaaaaaaa", "Repeating something"),
            ("qwertyuiop[]asdf", "Neighbouring keys"),
            ("abcdefghijklmnop", "Sequences such as"),
        ] {
            assert!(sentence(password).starts_with(expected), "{password}: {}", sentence(password));
        }
        for password in [
            "election2026",
            "Election2026!",
            "missouriVoter1",
            "countyclerk123",
            "election lantern",
        ] {
            assert_eq!(sentence(password), EXPECTED, "{password}");
        }
        assert_ne!(sentence("P@ssw0rd1234"), "good");
        assert_eq!(sentence("election lantern mustard quilt"), "good");
        assert_eq!(sentence(&"lantern orbit ".repeat(20)), TOO_LONG);
        assert_eq!(sentence(&"é".repeat(1 << 20)), TOO_LONG);
    }

    #[test]
    fn what_is_known_of_the_person_counts() {
        let password = "zorblax quendric";
        assert_eq!(judge(password, &ABOUT), Verdict::Good);
        let known = judge(password, &["Zorblax Quendric", "zorblax@office.example"]);
        assert_eq!(known, weak(EXPECTED));
    }

    #[test]
    fn one_form_from_every_keyboard() {
        assert_eq!(prepare("caf\u{e9}"), prepare("cafe\u{301}"));
        assert_eq!(prepare("ﬁle"), Some("file".into()));
        assert_eq!(prepare(&"\u{fdfa}".repeat(100)), None, "it unfolds to 18 characters each");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_is_judged(
            typed in prop_oneof!["(?s).{0,120}", "[ab1@4]{12,120}", "[0-9/. -]{12,90}", "(ab?c){6,40}"],
            about in prop::collection::vec("(?s).{0,40}", 0..4),
        ) {
            let about: Vec<&str> = about.iter().map(String::as_str).collect();
            let verdict = judge(&typed, &about);
            if verdict == Verdict::Good {
                let text = prepare(&typed).unwrap();
                prop_assert!((MIN_CHARS..=MAX_CHARS).contains(&text.chars().count()));
            }
        }
    }
}
