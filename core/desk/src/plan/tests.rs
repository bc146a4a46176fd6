//! Plans are read or refused, and their points lie where the office's clock says.

use proptest::prelude::*;
use ward_kernel::time::{DAY, MINUTE};

use super::*;
use crate::calendar::Days;
use crate::testing::line;

/// An election on 2026-11-03 by the clocks of Missouri.
fn election() -> Election {
    let at = |text| Time::parse(text).unwrap();
    Election {
        id: "election-1".into(),
        name: line("General election"),
        opens: at("2026-11-03T06:00:00-06:00"),
        closes: at("2026-11-03T19:00:00-06:00"),
        certifies: at("2026-12-08T17:00:00-06:00"),
        days: Days {
            before: at("2026-09-19T00:00:00-05:00"),
            midnight: at("2026-11-03T00:00:00-06:00"),
            noon: at("2026-11-04T12:00:00-06:00"),
        },
    }
}

/// The clocks of Missouri in the year 2026, which are turned back on 1 November at two: how far
/// they stand from UTC.
fn offset(at: Time) -> i64 {
    let turned = Time::parse("2026-11-01T07:00:00Z").unwrap();
    if at < turned { -5 * HOUR } else { -6 * HOUR }
}

/// So many days later by those clocks.
fn days(at: Time, many: i64) -> Time {
    let by_the_clock = at.plus(offset(at)).plus(many.saturating_mul(DAY));
    let near = by_the_clock.plus(-offset(at));
    by_the_clock.plus(-offset(near))
}

#[test]
fn a_point_keeps_its_time_where_the_clocks_are_turned() {
    let (plan, election) = (Plan::shipped(), election());
    let moments = |id: &str| {
        let one = dated(plan.point(id).unwrap(), &election, election.opens, &days);
        (one.from.to_string(), one.until.to_string())
    };
    // Six in the morning, as the polls open, before the clocks are turned back and after it.
    let accounts = ("2026-09-19T11:00:00Z".to_owned(), "2026-09-29T11:00:00Z".to_owned());
    assert_eq!(moments("accounts-reviewed"), accounts, "opens-35d, from 10d before");
    let backup = ("2026-10-29T11:00:00Z".to_owned(), "2026-11-01T12:00:00Z".to_owned());
    assert_eq!(moments("poll-books-on-paper"), backup, "opens-2d, from 3d before");
    // Hours are hours.
    let open = ("2026-11-03T12:00:00Z".to_owned(), "2026-11-03T13:00:00Z".to_owned());
    assert_eq!(moments("places-open"), open, "opens+1h, from 1h before");
}

#[test]
fn the_shipped_plan_is_read_and_lies_within_the_election_s_time() {
    let plan = Plan::parse(SHIPPED).unwrap();
    assert_eq!(plan, Plan::shipped());
    let local = plan.points().iter().filter(|point| point.whose.is_local()).count();
    assert_eq!((local, plan.points().len()), (37, 67));
    for whose in Whose::ALL {
        assert!(plan.points().iter().any(|point| point.whose == whose), "{whose:?}");
    }
    let election = election();
    for one in due(&plan, &election, election.opens, &days) {
        assert!(one.from >= election.days.before, "{}", one.point.id);
        assert!(one.from < one.until && one.until <= election.certifies, "{}", one.point.id);
        // Sentences that people read: each says why.
        assert!(one.point.why.as_str().ends_with('.'), "{}", one.point.id);
        assert!(!one.point.text.as_str().ends_with('.'), "{}", one.point.id);
    }
}

#[test]
fn a_point_comes_up_and_becomes_overdue() {
    let (plan, election) = (Plan::shipped(), election());
    let point = plan.point("results-compared").unwrap();
    let standing = |at: Time| dated(point, &election, at, &days).standing;
    assert_eq!(standing(election.opens), Standing::ToCome);
    assert_eq!(standing(election.closes), Standing::Due);
    assert_eq!(standing(election.closes.plus(8 * HOUR)), Standing::Due);
    assert_eq!(standing(election.closes.plus(8 * HOUR + 1)), Standing::Overdue);
}

#[test]
fn another_plan_is_refused_with_sentences() {
    let csv = format!(
        "{HEADER}\r\n\
         # A remark.\r\n\
         a-b,clerk,opens-1d,1d,\"Do this, and that\",It helps.\r\n\
         A b,clerk,opens-1d,1d,Do,Why.\r\n\
         a-b,clerk,opens-1d,1d,Do,Why.\r\n\
         c,sheriff,opens-1d,1d,Do,Why.\r\n\
         d,it,yesterday,1d,Do,Why.\r\n\
         e,it,opens-46d,1d,Do,Why.\r\n\
         f,it,closes+1w,1d,Do,Why.\r\n\
         g,it,closes,soon,Do,Why.\r\n\
         h,it,closes,1d,,Why.\r\n\
         i,it,closes,1d,Do\r\n\
         j,it,closes,1d,\"Do,Why.\r\n\
         k,it,closes+121d,1d,Do,Why.\r\n\
         l,it,closes-46d,1d,Do,Why.\r\n"
    );
    let problems = Plan::parse(&csv).unwrap_err();
    let lines: Vec<usize> = problems.iter().map(|one| one.line).collect();
    assert_eq!(lines, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for (at, words) in [
        (0, "line 4: \"A b\" is not an id"),
        (1, "already on line 3"),
        (2, "write one of clerk, it, lead"),
        (3, "such as opens-7d"),
        (4, "begins 45 days before"),
        (6, "such as 7d or 12h"),
        (7, "the text: Write something here."),
        (8, "it has 5 fields"),
        (11, "begins 45 days before"),
    ] {
        assert!(told[at].contains(words), "{}", told[at]);
    }
    let plan = Plan::parse(&csv.lines().take(3).collect::<Vec<_>>().join("\n")).unwrap();
    assert_eq!(plan.points()[0].text.as_str(), "Do this, and that");
    assert_eq!((plan.points()[0].offset, plan.points()[0].ahead), (Span::Days(-1), Span::Days(1)));
    assert!(Plan::parse(HEADER).unwrap_err()[0].what.contains("names no point"));
    assert!(Plan::parse("").unwrap_err()[0].what.contains("begins with"));
    assert!(Plan::parse(&" ".repeat(MAX_BYTES + 1)).is_err());
    let many: String = (0..=MAX_POINTS).map(|n| format!("p{n},it,closes,1d,Do,Why.\n")).collect();
    assert!(Plan::parse(&format!("{HEADER}\n{many}")).unwrap_err()[0].what.contains("200"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(rest in "(?s).{0,300}") {
        for csv in [rest.clone(), format!("{HEADER}\n{rest}")] {
            match Plan::parse(&csv) {
                Ok(plan) => prop_assert!(!plan.points().is_empty()),
                Err(problems) => prop_assert!(!problems.is_empty()),
            }
        }
    }

    /// As time goes on nothing that was overdue is to come again, and the list keeps its order.
    #[test]
    fn time_goes_one_way(minutes in -100_000_i64..100_000, more in 0_i64..50_000) {
        let (plan, election) = (Plan::shipped(), election());
        let at = election.opens.plus(minutes * MINUTE);
        let (now, later) =
            (due(&plan, &election, at, &days), due(&plan, &election, at.plus(more * MINUTE), &days));
        prop_assert_eq!(now.len(), plan.points().len());
        prop_assert!(now.is_sorted_by_key(|one| one.until));
        for (now, later) in now.iter().zip(&later) {
            prop_assert_eq!(now.point, later.point);
            prop_assert!(now.standing <= later.standing);
            prop_assert!(now.from <= now.until);
        }
    }

    /// Whatever a file asks for, its moments do not overflow and follow one another.
    #[test]
    fn moments_hold(
        offset in any::<i64>(),
        ahead in 0..i64::MAX,
        opens in any::<i64>(),
        in_days in any::<bool>(),
    ) {
        let unit = if in_days { Span::Days } else { Span::Hours };
        let mut point = Plan::shipped().points()[0].clone();
        (point.offset, point.ahead) = (unit(offset), unit(ahead));
        let mut election = election();
        election.opens = Time::from_micros(opens);
        let one = dated(&point, &election, Time::from_micros(opens), &days);
        prop_assert!(one.from <= one.until);
    }
}
