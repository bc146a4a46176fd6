//! The plan of an election: what has to be done for its security and continuity, by whom, and until
//! when, hung on the election's own moments.
//!
//! The shipped plan (`data/plan.csv`) is Ward's own reading of what offices do; no law stands behind
//! a line of it. An office replaces it by a file of its own, for it knows what its law asks.

use serde::{Deserialize, Serialize};
use ward_kernel::Time;
use ward_kernel::list::{self, Problem};
use ward_kernel::time::{DAY, HOUR};
use ward_kernel::words::brief;

use crate::calendar::{BEFORE, Election};
use crate::choices::choices;
use crate::text::Line;

choices! {
    /// Who does a point: somebody of a local authority, or a position of the state's room.
    Whose {
        /// The clerk's office.
        Clerk = "clerk", "Clerk's office";
        /// Whoever runs the local authority's machines.
        It = "it", "Whoever runs the machines";
        /// The desk lead.
        Lead = "lead", "Desk lead";
        /// The position for cases.
        Cases = "cases", "Cases";
        /// The position for local authorities.
        Local = "local", "Local authorities";
        /// The position for partners.
        Partners = "partners", "Partners";
        /// The position for the public.
        Public = "public", "Public information";
    }
}

choices! {
    /// The moment of an election on which a point hangs.
    Anchor {
        /// The polls open.
        Opens = "opens", "polls open";
        /// The polls close.
        Closes = "closes", "polls close";
        /// The result is certified, at the latest.
        Certifies = "certifies", "certification";
    }
}

choices! {
    /// Where a point stands that nobody has done.
    Standing {
        /// Its time has not come.
        ToCome = "to-come", "To come";
        /// It is to be done now.
        Due = "due", "Due";
        /// It should be done by now.
        Overdue = "overdue", "Overdue";
    }
}

/// One point of the plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Point {
    /// Short name: small letters, digits and single hyphens, at most [`MAX_ID`].
    pub id: String,
    /// Who does it.
    pub whose: Whose,
    /// On what it hangs.
    pub anchor: Anchor,
    /// Microseconds from there until it should be done; before it when negative.
    pub offset: i64,
    /// Microseconds before that moment from which it is to be done.
    pub ahead: i64,
    /// What is to be done.
    pub text: Line,
    /// Why, in one sentence.
    pub why: Line,
}

/// The points, in the order of the file. Never empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan(Vec<Point>);

/// A point with its moments in an election.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dated<'a> {
    /// The point.
    pub point: &'a Point,
    /// From when on it is to be done.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// Where it stands, as long as nobody has done it.
    pub standing: Standing,
}

/// The longest id, in characters.
pub const MAX_ID: usize = 32;
/// The most points.
const MAX_POINTS: usize = 200;
/// The most problems that are told of one file.
pub const MAX_PROBLEMS: usize = 20;
/// The longest file, in bytes.
const MAX_BYTES: usize = 256 << 10;
/// How far from its anchor a point can lie, in days.
const FAR: i64 = 120;
const HEADER: &str = "id,who,due,ahead,text,why";
const LIST: list::Kind = list::Kind {
    name: "plan",
    one: "point",
    header: HEADER,
    max_bytes: MAX_BYTES,
    max_problems: MAX_PROBLEMS,
    remarks: true,
};
const SHIPPED: &str = include_str!("../data/plan.csv");

impl Whose {
    /// Whether every local authority does it, and not the state office once.
    #[must_use]
    pub const fn is_local(self) -> bool {
        matches!(self, Self::Clerk | Self::It)
    }
}

impl Plan {
    /// The plan that comes with Ward.
    #[must_use]
    pub fn shipped() -> Self {
        // A test sees that it can be read.
        Self::parse(SHIPPED).unwrap_or_else(|_| Self(Vec::new()))
    }

    /// Reads a plan: CSV with the header `id,who,due,ahead,text,why`; a field with a comma stands in
    /// double quotes (RFC 4180), a line that begins with `#` is a remark. `due` is such as
    /// `opens-45d`, `closes+6h` or `certifies`; `ahead` such as `7d` or `12h`.
    ///
    /// # Errors
    /// The lines that cannot be used, at most [`MAX_PROBLEMS`]; a plan with any is not used at all.
    pub fn parse(csv: &str) -> Result<Self, Vec<Problem>> {
        let points = LIST.read(csv, read_line, |point| &point.id)?;
        if points.len() > MAX_POINTS {
            let what = format!("it has more than {MAX_POINTS} points");
            return Err(vec![Problem { line: 1, what }]);
        }
        Ok(Self(points))
    }

    /// The points, in the order of the file.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// The point of an id.
    #[must_use]
    pub fn point(&self, id: &str) -> Option<&Point> {
        self.0.iter().find(|point| point.id == id)
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self::shipped()
    }
}

/// What an election asks for at a moment: every point with its own moments, the one that is due
/// first first.
#[must_use]
pub fn due<'a>(plan: &'a Plan, election: &Election, now: Time) -> Vec<Dated<'a>> {
    let mut all: Vec<Dated<'a>> =
        plan.points().iter().map(|point| dated(point, election, now)).collect();
    all.sort_by_key(|one| (one.until, one.from));
    all
}

/// A point with its moments in an election.
#[must_use]
pub fn dated<'a>(point: &'a Point, election: &Election, now: Time) -> Dated<'a> {
    let anchor = match point.anchor {
        Anchor::Opens => election.opens,
        Anchor::Closes => election.closes,
        Anchor::Certifies => election.certifies,
    };
    let until = anchor.plus(point.offset);
    // Nobody is asked for anything before the election's own time begins.
    let from = until.plus(point.ahead.saturating_neg()).max(election.days.before).min(until);
    let standing = match now {
        now if now > until => Standing::Overdue,
        now if now >= from => Standing::Due,
        _ => Standing::ToCome,
    };
    Dated { point, from, until, standing }
}

fn read_line(text: &str) -> Result<Point, String> {
    let [id, who, due, ahead, text, why] = list::fields(text)?;
    let (anchor, offset) = read_due(due.trim())?;
    Ok(Point {
        id: list::id(id.trim(), MAX_ID, "phone-tree-printed")?,
        whose: Whose::named(who.trim()).ok_or_else(|| {
            let names = Whose::ALL.map(Whose::name).join(", ");
            format!("\"{}\" does nothing here: write one of {names}", brief(&who))
        })?,
        anchor,
        offset,
        ahead: read_span(ahead.trim())?,
        text: Line::new(&text).map_err(|why| format!("the text: {why}"))?,
        why: Line::new(&why).map_err(|why| format!("the why: {why}"))?,
    })
}

/// Reads `opens-45d`.
fn read_due(text: &str) -> Result<(Anchor, i64), String> {
    let no = || {
        format!(
            "\"{}\" is no moment: write opens, closes or certifies and how far from it, such as \
             opens-7d or closes+6h, at most {FAR} days",
            brief(text)
        )
    };
    let cut = text.find(['-', '+']).unwrap_or(text.len());
    let (name, rest) = text.split_at(cut);
    let anchor = Anchor::named(name).ok_or_else(no)?;
    let offset = match (rest.strip_prefix('-'), rest.strip_prefix('+')) {
        (Some(span), _) => read_span(span).map_err(|_| no())?.saturating_neg(),
        (None, Some(span)) => read_span(span).map_err(|_| no())?,
        (None, None) => 0,
    };
    // The polls close on the day on which they open.
    if anchor != Anchor::Certifies && offset < BEFORE.saturating_mul(DAY).saturating_neg() {
        return Err(format!(
            "\"{}\" lies before the election's time: it begins {BEFORE} days before the day",
            brief(text)
        ));
    }
    Ok((anchor, offset))
}

/// Reads `7d` or `12h`.
fn read_span(text: &str) -> Result<i64, String> {
    let unit = match text.chars().last() {
        Some('d') => Some(DAY),
        Some('h') => Some(HOUR),
        _ => None,
    };
    let digits = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let fits =
        !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let span = digits.parse::<i64>().ok().zip(unit).filter(|_| fits);
    let span = span.map(|(many, unit)| many.saturating_mul(unit));
    span.filter(|span| *span <= FAR.saturating_mul(DAY)).ok_or_else(|| {
        format!("\"{}\" is no length: write days or hours, such as 7d or 12h", brief(text))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ward_kernel::time::MINUTE;

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
        for one in due(&plan, &election, election.opens) {
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
        let standing = |at: Time| dated(point, &election, at).standing;
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
        assert_eq!((plan.points()[0].offset, plan.points()[0].ahead), (-DAY, DAY));
        assert!(Plan::parse(HEADER).unwrap_err()[0].what.contains("names no point"));
        assert!(Plan::parse("").unwrap_err()[0].what.contains("begins with"));
        assert!(Plan::parse(&" ".repeat(MAX_BYTES + 1)).is_err());
        let many: String =
            (0..=MAX_POINTS).map(|n| format!("p{n},it,closes,1d,Do,Why.\n")).collect();
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
                (due(&plan, &election, at), due(&plan, &election, at.plus(more * MINUTE)));
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
        fn moments_hold(offset in any::<i64>(), ahead in 0..i64::MAX, opens in any::<i64>()) {
            let mut point = Plan::shipped().points()[0].clone();
            (point.offset, point.ahead) = (offset, ahead);
            let mut election = election();
            election.opens = Time::from_micros(opens);
            let one = dated(&point, &election, Time::from_micros(opens));
            prop_assert!(one.from <= one.until);
        }
    }
}
