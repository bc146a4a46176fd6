//! Days on which public offices rest: weekends and public holidays.
//!
//! Holidays are those of the federal government (5 U.S.C. 6103), which we take as every state's, and
//! in Missouri its own besides (RSMo 9.010). One that falls on a Sunday is kept on the Monday after it
//! too, and one on a Saturday on the Friday before it.

use jiff::civil::{Date, Weekday};

/// Holidays by their day: month and day.
const FIXED: [(i8, i8); 5] = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)];
/// The same, in Missouri alone: Lincoln's and Truman's birthdays.
const MISSOURI: [(i8, i8); 2] = [(2, 12), (5, 8)];
/// Holidays by their weekday: month, which of the month (the last when negative), and weekday.
const MOVING: [(i8, i8, Weekday); 6] = [
    (1, 3, Weekday::Monday),
    (2, 3, Weekday::Monday),
    (5, -1, Weekday::Monday),
    (9, 1, Weekday::Monday),
    (10, 2, Weekday::Monday),
    (11, 4, Weekday::Thursday),
];

/// Whether offices of a state, by its two letters, rest on a day.
pub(super) fn rests(day: Date, state: &str) -> bool {
    let kept_for = match day.weekday() {
        Weekday::Saturday | Weekday::Sunday => return true,
        Weekday::Monday => day.yesterday().ok(),
        Weekday::Friday => day.tomorrow().ok(),
        _ => None,
    };
    is_moving(day) || is_fixed(day, state) || kept_for.is_some_and(|day| is_fixed(day, state))
}

fn is_fixed(day: Date, state: &str) -> bool {
    let here = (day.month(), day.day());
    FIXED.contains(&here) || (state == "MO" && MISSOURI.contains(&here))
}

fn is_moving(day: Date) -> bool {
    MOVING.into_iter().any(|(month, which, weekday)| {
        day.month() == month && day.nth_weekday_of_month(which, weekday).is_ok_and(|one| one == day)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weekdays of a year on which offices rest.
    fn holidays(year: i16, state: &str) -> Vec<String> {
        let day = Date::new(year, 1, 1).unwrap();
        let days = day.series(jiff::ToSpan::day(1)).take_while(|day| day.year() == year);
        let is_weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        days.filter(|day| rests(*day, state) && !is_weekend(day))
            .map(|day| day.to_string())
            .collect()
    }

    #[test]
    fn the_holidays_of_2026() {
        // The fourth of July is a Saturday.
        let federal = [
            "2026-01-01",
            "2026-01-19",
            "2026-02-16",
            "2026-05-25",
            "2026-06-19",
            "2026-07-03",
            "2026-09-07",
            "2026-10-12",
            "2026-11-11",
            "2026-11-26",
            "2026-12-25",
        ];
        assert_eq!(holidays(2026, "IA"), federal);
        let mut missouri = federal.to_vec();
        missouri.extend(["2026-02-12", "2026-05-08"]);
        missouri.sort_unstable();
        assert_eq!(holidays(2026, "MO"), missouri);
    }

    #[test]
    fn one_on_a_sunday_is_kept_on_the_monday() {
        let in_2027 = holidays(2027, "IA");
        assert!(in_2027.contains(&"2027-07-05".to_owned()), "{in_2027:?}");
        // New Year's Day of 2028 is a Saturday.
        assert!(in_2027.contains(&"2027-12-31".to_owned()), "{in_2027:?}");
    }
}
