//! One-time codes by the clock (TOTP, RFC 6238): HMAC-SHA-1, steps of 30 seconds, six digits,
//! which is what every authenticator app can do.

use data_encoding::BASE32_NOPAD;
use totp_rs::{Builder, Totp};
use ward_kernel::Time;

/// Length of a secret in bytes: that of the hash, as RFC 4226 section 4 recommends.
pub const SECRET_BYTES: usize = 20;
/// Length of a step in seconds.
pub const STEP_SECONDS: i64 = 30;

/// Checks a code that somebody typed, and gives the step that it was made for: the caller stores
/// it as the new `last_step` in the same transaction that lets the person in.
///
/// Codes of this step, the one before and the one after are taken, so that a clock may be off by
/// half a minute; but only of steps later than `last_step` (-1 when there was none): a code that
/// somebody saw being typed is of no use. Blanks and hyphens within the code do not matter. The
/// comparison takes the same time whether the code is right or wrong.
#[must_use]
pub fn verify(secret: &[u8], code: &str, now: Time, last_step: i64) -> Option<i64> {
    let code = digits(code)?;
    let totp = engine(secret)?;
    let this = now.secs().div_euclid(STEP_SECONDS);
    let mut found = None;
    for step in [this.saturating_sub(1), this, this.saturating_add(1)] {
        let Ok(at) = u64::try_from(step.saturating_mul(STEP_SECONDS)) else { continue };
        let right = totp.check(&code, at).is_some();
        if right && step > last_step {
            found = Some(step);
        }
    }
    found
}

/// The address that an authenticator app reads from a QR code (`otpauth://totp/...`). `issuer` is
/// what the app calls the desk, `account` what it calls the person. None when the secret is too
/// short or there is no account. It holds the secret: never log it.
#[must_use]
pub fn uri(secret: &[u8], issuer: &str, account: &str) -> Option<String> {
    // The colon separates the two in the address, and apps cut at the first.
    let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
    let builder = start(secret).with_account_name(account);
    let builder = if issuer.is_empty() { builder } else { builder.with_issuer(Some(issuer)) };
    builder.build().ok()?.to_url().ok()
}

/// The secret as people type it into an app that has no camera: Base32 (RFC 4648) in groups of
/// four.
#[must_use]
pub fn typed(secret: &[u8]) -> String {
    let mut text = String::new();
    for (place, sign) in BASE32_NOPAD.encode(secret).chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push(' ');
        }
        text.push(sign);
    }
    text
}

/// The code of a moment: what the person's app shows. For tests, and for the demonstration.
#[must_use]
pub fn code(secret: &[u8], now: Time) -> Option<String> {
    let at = u64::try_from(now.secs()).ok()?;
    engine(secret).map(|totp| totp.generate(at).to_string())
}

fn start(secret: &[u8]) -> Builder {
    Builder::new().with_secret(secret.to_vec()).with_skew(0)
}

/// None when the secret has less than 128 bits (RFC 4226 section 4).
fn engine(secret: &[u8]) -> Option<Totp> {
    start(secret).build().ok()
}

fn digits(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6238 appendix B: the secret of its SHA-1 rows, and the last six of its eight digits.
    const SECRET: &[u8] = b"12345678901234567890";
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn rfc_6238_appendix_b() {
        for (at, expected) in VECTORS {
            let now = Time::from_secs(at);
            assert_eq!(code(SECRET, now).as_deref(), Some(expected));
            assert_eq!(verify(SECRET, expected, now, -1), Some(at / 30));
        }
    }

    #[test]
    fn a_step_either_way_and_no_further() {
        let code = code(SECRET, Time::from_secs(1_200)).unwrap();
        for (at, expected) in
            [(1_169, None), (1_170, Some(40)), (1_200, Some(40)), (1_259, Some(40)), (1_260, None)]
        {
            assert_eq!(verify(SECRET, &code, Time::from_secs(at), -1), expected, "{at}");
        }
    }

    #[test]
    fn typed_as_apps_show_it() {
        let now = Time::from_secs(59);
        for typed in ["287 082", " 287082\n", "287-082"] {
            assert_eq!(verify(SECRET, typed, now, -1), Some(1), "{typed:?}");
        }
        for typed in ["", "28708", "2870820", "+87082", "２８７０８２", "28708a"] {
            assert_eq!(verify(SECRET, typed, now, -1), None, "{typed:?}");
        }
    }

    #[test]
    fn hostile_moments_and_short_secrets_are_refused() {
        for at in [i64::MIN, -1_000, i64::MAX] {
            let _ = verify(SECRET, "000000", Time::from_micros(at), -1);
        }
        assert_eq!(verify(b"short", "287082", Time::from_secs(59), -1), None);
        assert_eq!(verify(SECRET, "287082", Time::from_secs(-59), -1), None);
        assert_eq!(uri(b"short", "Ward", "desk@office.example"), None);
        assert_eq!(uri(SECRET, "Ward", ""), None);
    }

    #[test]
    fn the_address_for_apps() {
        assert_eq!(
            uri(SECRET, "Ward: desk", "clerk@adair.example").unwrap(),
            "otpauth://totp/Ward%20%20desk:clerk%40adair.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ward%20%20desk"
        );
        assert_eq!(typed(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    proptest! {
        #[test]
        fn no_step_is_taken_twice(start in 0_i64..4_000_000_000, gaps in prop::collection::vec(0_i64..70, 1..40)) {
            let (mut at, mut last, mut taken) = (start, -1, Vec::new());
            for gap in gaps {
                at += gap;
                let now = Time::from_secs(at);
                // Everything the window could accept is tried.
                for off in [-30, 0, 30] {
                    let Some(code) = code(SECRET, now.plus(off * 1_000_000)) else { continue };
                    if let Some(step) = verify(SECRET, &code, now, last) {
                        prop_assert!(step > last && (step - at / 30).abs() <= 1);
                        last = step;
                        taken.push(step);
                    }
                }
            }
            prop_assert!(taken.is_sorted_by(|a, b| a < b));
        }
    }
}
