//! The plan of an election: what has to be done for its security and continuity, by whom, and until
//! when, hung on the election's own moments.
//!
//! The shipped plan (`data/plan.csv`) is Ward's own reading of what offices do; no law stands behind
//! a line of it. An office replaces it by a file of its own, for it knows what its law asks.

use serde::{Deserialize, Serialize};
use ward_kernel::Time;
use ward_kernel::list::{self, Problem};
use ward_kernel::time::HOUR;
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

/// A length as people mean it; before a moment when negative.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Span {
    /// So many of the office's days: the same time by its clock, also where the clocks are turned
    /// in between.
    Days(i64),
    /// So many hours that pass.
    Hours(i64),
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
    /// From there until it should be done; before it when negative.
    pub offset: Span,
    /// From when on it is to be done, before that moment.
    pub ahead: Span,
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
/// Hours of a day, as plans are written.
const DAY_HOURS: i64 = 24;
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

impl Span {
    /// A moment that lies so far from another; `days` counts the office's days, as in [`due`].
    fn from(self, at: Time, days: &impl Fn(Time, i64) -> Time) -> Time {
        match self {
            Self::Days(many) => days(at, many),
            Self::Hours(many) => at.plus(many.saturating_mul(HOUR)),
        }
    }

    /// As far to the other side.
    const fn back(self) -> Self {
        match self {
            Self::Days(many) => Self::Days(many.saturating_neg()),
            Self::Hours(many) => Self::Hours(many.saturating_neg()),
        }
    }

    /// In hours, as if each day had [`DAY_HOURS`].
    const fn hours(self) -> i64 {
        match self {
            Self::Days(many) => many.saturating_mul(DAY_HOURS),
            Self::Hours(many) => many,
        }
    }
}

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
/// first first. `days` gives the moment that lies so many of the office's days after another, at the
/// same time by its clock: the core knows no zones.
#[must_use]
pub fn due<'a>(
    plan: &'a Plan,
    election: &Election,
    now: Time,
    days: &impl Fn(Time, i64) -> Time,
) -> Vec<Dated<'a>> {
    let mut all: Vec<Dated<'a>> =
        plan.points().iter().map(|point| dated(point, election, now, days)).collect();
    all.sort_by_key(|one| (one.until, one.from));
    all
}

/// A point with its moments in an election; `days` as in [`due`].
#[must_use]
pub fn dated<'a>(
    point: &'a Point,
    election: &Election,
    now: Time,
    days: &impl Fn(Time, i64) -> Time,
) -> Dated<'a> {
    let anchor = match point.anchor {
        Anchor::Opens => election.opens,
        Anchor::Closes => election.closes,
        Anchor::Certifies => election.certifies,
    };
    let until = point.offset.from(anchor, days);
    // Nobody is asked for anything before the election's own time begins.
    let from = point.ahead.back().from(until, days).max(election.days.before).min(until);
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
fn read_due(text: &str) -> Result<(Anchor, Span), String> {
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
        (Some(span), _) => read_span(span).map_err(|_| no())?.back(),
        (None, Some(span)) => read_span(span).map_err(|_| no())?,
        (None, None) => Span::Hours(0),
    };
    // The polls close on the day on which they open.
    if anchor != Anchor::Certifies && offset.hours() < Span::Days(BEFORE).back().hours() {
        return Err(format!(
            "\"{}\" lies before the election's time: it begins {BEFORE} days before the day",
            brief(text)
        ));
    }
    Ok((anchor, offset))
}

/// Reads `7d` or `12h`.
fn read_span(text: &str) -> Result<Span, String> {
    let unit: Option<fn(i64) -> Span> = match text.chars().last() {
        Some('d') => Some(Span::Days),
        Some('h') => Some(Span::Hours),
        _ => None,
    };
    let digits = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let fits =
        !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let span = digits.parse::<i64>().ok().zip(unit).filter(|_| fits);
    let span = span.map(|(many, unit)| unit(many));
    span.filter(|span| span.hours() <= Span::Days(FAR).hours()).ok_or_else(|| {
        format!("\"{}\" is no length: write days or hours, such as 7d or 12h", brief(text))
    })
}

#[cfg(test)]
mod tests;
