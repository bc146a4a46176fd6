//! Numbers and lengths of time as people read them, and the characters that mislead whoever reads:
//! the same on a terminal, a page and in a sentence of the engine.

use crate::time::{DAY, HOUR, MINUTE, SECOND};

/// A number with its thousands apart: `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len().saturating_add(digits.len() / 3));
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and its noun: `1 source`, `2,000 sources`.
#[must_use]
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A length of time in its two largest units, rounded in the smaller one: `45 s`, `2 h 37 min`,
/// `3 days 4 h`.
#[must_use]
pub fn length(micros: i64) -> String {
    let secs = micros.max(0) / SECOND;
    if secs < 120 {
        return format!("{secs} s");
    }
    let unit = if secs < DAY / SECOND { MINUTE } else { HOUR } / SECOND;
    let rounded = secs.saturating_add(unit / 2) / unit * (unit * SECOND);
    let (days, hours, minutes) = (rounded / DAY, rounded % DAY / HOUR, rounded % HOUR / MINUTE);
    let day = if days == 1 { "day" } else { "days" };
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} {day}"),
        (days, hours, _) => format!("{days} {day} {hours} h"),
    }
}

/// Whether a character could steer a terminal, reorder a line or hide in it.
///
/// These are the control characters (C0, DEL, C1), bidirectional controls, zero-width characters,
/// line and paragraph separators, tags and other characters without a shape (Unicode Technical
/// Report 36 names the tricks). Logs hold attackers' text: whoever shows it shows these as numbers.
#[must_use]
pub const fn misleads(c: char) -> bool {
    c.is_ascii_control()
        || matches!(c,
            '\u{80}'..='\u{9f}'
            | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character leaves no mark on a page: space, what [`misleads`], the rest of Unicode's
/// `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`), and signs that are drawn as nothing:
/// the blank of Braille, a filler of Khitan, the null head of a note, two blanks of Egyptian.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || misleads(c)
        || matches!(c,
            '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{13441}'
            | '\u{13442}' | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}')
}

/// The first 40 characters of what somebody wrote, without those that mislead: for a sentence that
/// says what is wrong with it.
#[must_use]
pub fn brief(text: &str) -> String {
    text.chars().filter(|c| !misleads(*c)).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_them() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (u64::MAX, "18,446,744,073,709,551,615")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(
            (count(1, "try", "tries"), count(0, "try", "tries")),
            ("1 try".into(), "0 tries".into())
        );
        assert_eq!(length(26 * HOUR + 40 * MINUTE), "1 day 3 h");
        assert_eq!(length(119 * SECOND), "119 s");
        // Nothing overflows, however long.
        assert!(length(i64::MAX).contains("days") && length(i64::MIN) == "0 s");
    }

    #[test]
    fn what_leaves_no_mark_is_known() {
        let blank = " \t\u{a0}\u{3000}\u{2800}\u{3164}\u{115f}\u{ad}\u{180e}\u{200d}\u{e0100}";
        assert!(blank.chars().all(is_blank));
        assert!(!"a.\u{2801}\u{301}\u{1f5f3}日ﾡ".chars().any(is_blank));
    }

    #[test]
    fn what_misleads_is_known_and_plain_text_does_not() {
        assert!(
            "\0\n\t\x1b\x7f\u{9b}\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}".chars().all(misleads)
        );
        assert_eq!(brief("a\u{202e}b\n"), "ab");
        assert_eq!(brief(&"\u{e4}".repeat(50)).chars().count(), 40);
        assert!(!"Doña Ana 日本 e\u{301} – …".chars().any(misleads));
    }
}
