//! Days as numbers and as the text of folder names.

use ward_kernel::Time;
use ward_kernel::time::DAY;

/// 9999-12-30, the last day that [`Time`] has a text for.
const LAST: i32 = 2_932_895;

/// The day, in days since 1970-01-01 UTC, that a moment lies in. Saturates far outside any
/// calendar.
#[must_use]
pub fn day_of(at: Time) -> i32 {
    let day = at.micros().div_euclid(DAY);
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
}

/// Whether a day has a text, and so can have a folder.
pub(crate) fn has_text(day: i32) -> bool {
    (0..=LAST).contains(&day)
}

/// A day as `2026-11-03`; none before 1970 and after 9999.
#[must_use]
pub fn day_text(day: i32) -> Option<String> {
    if !has_text(day) {
        return None;
    }
    let at = Time::from_micros(i64::from(day).saturating_mul(DAY)).to_string();
    at.get(..10).map(str::to_owned)
}

/// Reads a day such as `2026-11-03`.
#[must_use]
pub fn parse_day(text: &str) -> Option<i32> {
    let at = Time::parse(&format!("{text}T00:00:00Z")).ok()?;
    let day = day_of(at);
    // Other spellings of the same day, such as a year with a sign, are not folder names.
    (day_text(day).as_deref() == Some(text)).then_some(day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_days() {
        assert_eq!(day_text(0).as_deref(), Some("1970-01-01"));
        assert_eq!(day_text(20_760).as_deref(), Some("2026-11-03"));
        assert_eq!(day_text(LAST).as_deref(), Some("9999-12-30"));
        assert_eq!(day_text(LAST + 1), None);
        assert_eq!(day_text(-1), None);
        assert_eq!(day_of(Time::from_micros(-1)), -1);
        assert_eq!(day_of(Time::from_micros(i64::MIN)), -106_751_992);
        for bad in ["", "2026-11-3", "2026-02-30", "+002026-11-03", "../..", "1969-12-31"] {
            assert_eq!(parse_day(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips(day in 0..=LAST) {
            prop_assert_eq!(day_text(day).and_then(|text| parse_day(&text)), Some(day));
        }
    }
}
