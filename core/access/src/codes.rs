//! Secrets that people copy by hand: recovery codes, invitations, enrolment codes.
//!
//! Crockford's Base32: digits and capitals without I, L, O and U, so that nothing can be mistaken
//! for another sign; what people type instead is read as meant. Groups of four, joined by hyphens.

use std::fmt;

/// How many recovery codes somebody gets at a time.
pub const RECOVERY_CODES: usize = 10;

/// Length of a recovery code in bytes; typed, 24 signs in six groups.
///
/// 120 bits, because NIST SP 800-63B (look-up secrets) lets codes of 112 bits or more be stored
/// under one plain hash. Shorter ones must each be hashed slowly with a salt of its own, and then
/// every attempt would cost ten slow hashes, which is a way to keep the desk busy. They are typed
/// once in years, so that eight signs more matter little.
pub const RECOVERY_BYTES: usize = 15;

/// Length in bytes of what invites a person, enrols a sensor or sets up a desk: 160 bits, since
/// the one code is open to all the world while it lasts. Typed, 32 signs in eight groups.
pub const INVITATION_BYTES: usize = 20;

/// Writes random bytes as a code. Five bytes give eight signs, so `N` is a multiple of five.
#[must_use]
pub fn write<const N: usize>(bytes: &[u8; N]) -> String {
    const { assert!(N.is_multiple_of(5), "five bytes are eight signs") };
    let mut text = String::with_capacity(N * 2);
    for five in bytes.chunks(5) {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for place in 0..8_u32 {
            if place % 4 == 0 && !text.is_empty() {
                text.push('-');
            }
            let five_bits = usize::try_from(bits >> (35 - 5 * place) & 31).unwrap_or(0);
            text.push(char::from(SIGNS.get(five_bits).copied().unwrap_or(b'0')));
        }
    }
    text
}

/// Reads a code as somebody typed it: small letters, blanks, hyphens and dashes anywhere, and O, I
/// and L for the digits that they look like.
///
/// # Errors
/// Says what is wrong with its form, without repeating it: it may be almost right.
pub fn read<const N: usize>(typed: &str) -> Result<[u8; N], Misread> {
    const { assert!(N.is_multiple_of(5), "five bytes are eight signs") };
    let expected = N / 5 * 8;
    let mut bytes = [0; N];
    let mut signs = 0_usize;
    let mut bits = 0_u64;
    let mut fives = bytes.chunks_exact_mut(5);
    for sign in typed.chars().filter(|sign| !is_between(*sign)) {
        signs = signs.saturating_add(1);
        if signs > expected {
            break;
        }
        bits = bits << 5 | value(sign).ok_or(Misread::Sign { place: signs })?;
        if signs.is_multiple_of(8)
            && let Some(five) = fives.next()
        {
            let [_, _, _, eight @ ..] = bits.to_be_bytes();
            five.copy_from_slice(&eight);
            bits = 0;
        }
    }
    if signs == expected { Ok(bytes) } else { Err(Misread::Length { expected }) }
}

/// Why a typed code cannot be one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Misread {
    /// It has too few or too many signs.
    Length {
        /// How many it should have.
        expected: usize,
    },
    /// A sign that no code has.
    Sign {
        /// The how many-th, counted from 1 without hyphens and blanks.
        place: usize,
    },
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected } => {
                write!(f, "the code has {expected} letters and digits: check that all are there")
            }
            Self::Sign { place } => {
                write!(f, "sign {place} of the code is none that codes are made of: check it")
            }
        }
    }
}

impl std::error::Error for Misread {}

const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn value(sign: char) -> Option<u64> {
    let sign = match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = SIGNS.iter().position(|of| char::from(*of) == sign)?;
    u64::try_from(place).ok()
}

/// What word processors and mail make of blanks and hyphens.
fn is_between(sign: char) -> bool {
    sign.is_whitespace() || matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_codes() {
        assert_eq!(write(&[0; 5]), "0000-0000");
        assert_eq!(write(&[0xff; 10]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(write(&[0x00, 0x44, 0x32, 0x14, 0xc7]), "0123-4567");
        assert_eq!(write(&[0; RECOVERY_BYTES]).len(), 24 + 5);
        assert_eq!(write(&[0; INVITATION_BYTES]).len(), 32 + 7);
    }

    #[test]
    fn reads_what_people_type() {
        let bytes = [0x00, 0x44, 0x32, 0x14, 0xc7];
        for typed in ["0123-4567", " o i 2 3 — 4567\n", "OL23 4567", "0l234567"] {
            assert_eq!(read(typed), Ok(bytes), "{typed}");
        }
    }

    #[test]
    fn says_what_is_wrong_without_repeating_it() {
        assert_eq!(read::<5>("0123-456"), Err(Misread::Length { expected: 8 }));
        assert_eq!(read::<5>("0123-45678"), Err(Misread::Length { expected: 8 }));
        assert_eq!(read::<5>(""), Err(Misread::Length { expected: 8 }));
        assert_eq!(read::<5>("0123-U567"), Err(Misread::Sign { place: 5 }));
        assert!(Misread::Sign { place: 5 }.to_string().starts_with("sign 5"));
        assert_eq!(read::<5>(&"7".repeat(1 << 20)), Err(Misread::Length { expected: 8 }));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(bytes: [u8; RECOVERY_BYTES]) {
            let code = write(&bytes);
            prop_assert_eq!(read(&code), Ok(bytes));
            prop_assert_eq!(read(&code.to_lowercase().replace('0', "o").replace('1', "l")), Ok(bytes));
            prop_assert!(code.bytes().all(|b| b == b'-' || SIGNS.contains(&b)));
        }

        #[test]
        fn any_text_is_read_or_refused(typed in "(?s).{0,60}") {
            if let Ok(bytes) = read::<INVITATION_BYTES>(&typed) {
                prop_assert_eq!(read(&write(&bytes)), Ok(bytes));
            }
        }
    }
}
