//! A text as it is compared: one form of every letter, digit and sign, however it was typed, and
//! for each the place in the text as it stands, which is what is cut.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use ward_kernel::words::misleads;

/// The dot in the middle of the line, in place of all that look like it.
pub(super) const MIDDLE: char = '\u{b7}';
/// A dash, in place of all that are longer than a hyphen.
pub(super) const DASH: char = '\u{2013}';

/// A text with its plain form: compatible forms taken apart (NFKD) without accents, blanks as one
/// kind, lines that end by LF, and without what nobody sees.
pub(super) struct Plain<'a> {
    text: &'a str,
    /// The plain form.
    pub(super) chars: Vec<char>,
    /// The same in small letters, as far as each is one letter.
    pub(super) small: Vec<char>,
    /// Where in the text the sign begins of which each is a part, in bytes.
    starts: Vec<usize>,
}

impl<'a> Plain<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let room = || Vec::with_capacity(text.len());
        let mut plain = Self { text, chars: room(), small: room(), starts: Vec::new() };
        for (start, c) in text.char_indices() {
            if c.is_ascii() {
                plain.push(start, c);
            } else if !is_unseen(c) {
                let parts = std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c));
                parts.for_each(|part| plain.push(start, part));
            }
        }
        if let Some(first) = plain.starts.first_mut() {
            *first = 0;
        }
        plain
    }

    fn push(&mut self, start: usize, c: char) {
        if is_unseen(c) {
            return;
        }
        let c = one_form(c);
        self.chars.push(c);
        self.small.push(small(c));
        self.starts.push(start);
    }

    /// The text as it stands, from one place of the plain form to another. Of a sign that is cut in
    /// two nothing stands there.
    pub(super) fn kept(&self, from: usize, to: usize) -> &'a str {
        let byte = |at: usize| self.starts.get(at).copied().unwrap_or(self.text.len());
        self.text.get(byte(from)..byte(to)).unwrap_or_default()
    }

    /// A place of the plain form, moved on to where a sign of the text begins.
    pub(super) fn whole(&self, mut at: usize) -> usize {
        while let Some(start) = self.starts.get(at)
            && at.checked_sub(1).and_then(|before| self.starts.get(before)) == Some(start)
        {
            at = at.saturating_add(1);
        }
        at
    }
}

/// What stands in a text and is not seen. Blanks and the ends of lines are.
const fn is_unseen(c: char) -> bool {
    misleads(c) && !matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// One for all signs that look alike and that normalisation holds apart.
fn one_form(c: char) -> char {
    match c {
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        _ if c.is_whitespace() => ' ',
        '\u{2010}'..='\u{2012}' | '\u{2212}' | '\u{2043}' => '-',
        '\u{2013}'..='\u{2015}' => DASH,
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '`' => '\'',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{2236}' | '\u{a789}' | '\u{2d0}' => ':',
        '\u{3002}' | '\u{2024}' => '.',
        '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' | '\u{25cf}' => MIDDLE,
        _ if !c.is_ascii() => digit(c).unwrap_or(c),
        _ => c,
    }
}

/// The noughts of all scripts whose digits have no compatible form here (Unicode, category Nd).
const NOUGHTS: [u32; 66] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
    0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0,
    0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950,
];

/// A decimal digit of another script as ours.
fn digit(c: char) -> Option<char> {
    let past = |zero: &u32| u32::from(c).checked_sub(*zero);
    NOUGHTS.iter().filter_map(past).find_map(|value| char::from_digit(value, 10))
}

/// A letter in its small form, as far as that is one letter.
pub(super) fn small(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_alike_is_one() {
        for (text, plain) in [
            ("５７３・555‑0101", "573\u{b7}555-0101"),
            ("a＠b．c", "a@b.c"),
            ("José O’Brien", "Jose O'Brien"),
            ("Jose\u{301}", "Jose"),
            ("a\u{a0}b\tc\u{2028}d", "a b c\nd"),
            ("Security：x", "Security:x"),
            ("\u{feff}a\u{200b}b\u{2060}", "ab"),
            ("٥٧٣", "573"),
            ("५७३ ๕๗๓ 𑁫𑁭𑁩", "573 573 573"),
        ] {
            assert_eq!(Plain::new(text).chars.iter().collect::<String>(), plain, "{text}");
        }
    }

    proptest! {
        /// Whatever is kept in pieces is the text, letter for letter.
        #[test]
        fn nothing_is_lost(text in "(\\PC|[\u{301}\u{200b}\n\r…ﬁ½]){0,40}", cut in any::<prop::sample::Index>()) {
            let plain = Plain::new(&text);
            let many = plain.chars.len();
            let cut = cut.index(many + 1);
            if many > 0 {
                prop_assert_eq!(format!("{}{}", plain.kept(0, cut), plain.kept(cut, many)), text.as_str());
            }
            let whole = plain.whole(cut);
            prop_assert!(whole >= cut && whole <= many);
        }
    }
}
