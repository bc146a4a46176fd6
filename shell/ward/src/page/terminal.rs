//! The one page, in a terminal.
//!
//! The order is the order of a reader's questions: what happened, how much of everything, who got
//! in, who tried, who looked, and how much of the day was seen at all.

pub(crate) mod canvas;
mod cases;
pub(crate) mod coverage;
mod hours;
mod ladder;
mod scans;
mod table;
mod tail;

use ward_watch::report::Report;

pub use canvas::{Canvas, Style};

use super::View;
use super::when::Clock;

/// How the terminal wants its page.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns; the page uses 40 to 140 of them.
    pub width: usize,
    /// Whether to paint with ANSI colours.
    pub colour: bool,
    /// Whether the terminal shows more than ASCII.
    pub unicode: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 80, colour: false, unicode: true }
    }
}

/// Writes the page. No line is wider than the look allows and none holds a control character
/// other than the colours' own.
#[must_use]
pub fn render(report: &Report, view: &View, look: Look) -> String {
    let sorted = super::model::sort(report);
    let clock = Clock::new(view.zone.clone());
    let mut canvas = Canvas::new(look);
    ladder::masthead(&mut canvas, report, view, &clock);
    ladder::rungs(&mut canvas, report);
    hours::strips(&mut canvas, report, &clock);
    cases::access(&mut canvas, &sorted.access, &clock);
    cases::attempts(&mut canvas, &sorted.attempts, &clock);
    scans::campaigns(&mut canvas, &sorted, &clock);
    scans::aside(&mut canvas, report, &sorted, &clock);
    coverage::table(&mut canvas, report, &clock);
    coverage::details(&mut canvas, report, &clock);
    tail::notes(&mut canvas, report);
    tail::definitions(&mut canvas, report, view);
    canvas.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{fixture, text};

    fn page(width: usize, colour: bool, unicode: bool) -> String {
        render(&fixture::rich(), &fixture::view(), Look { width, colour, unicode })
    }

    #[test]
    fn at_80_columns() {
        insta::assert_snapshot!(page(80, false, true));
    }

    #[test]
    fn at_140_columns() {
        insta::assert_snapshot!(page(140, false, true));
    }

    #[test]
    fn in_ascii_at_60() {
        let page = page(60, false, false);
        assert!(page.is_ascii());
        insta::assert_snapshot!(page);
    }

    #[test]
    fn in_colour_at_100() {
        insta::assert_snapshot!(page(100, true, true));
    }

    #[test]
    fn of_nothing() {
        insta::assert_snapshot!(render(&fixture::empty(), &View::default(), Look::default()));
    }

    #[test]
    fn no_line_is_too_wide() {
        for width in [40, 60, 72, 80, 100, 120, 140] {
            for unicode in [true, false] {
                for line in page(width, false, unicode).lines() {
                    assert!(text::columns(line) <= width, "{width}: {line}");
                    assert_eq!(line.trim_end(), line, "no blanks at the end");
                }
            }
        }
    }

    #[test]
    fn hostile_text_stays_text() {
        let plain = page(100, false, true);
        assert!(!plain.chars().any(|c| c != '\n' && ward_kernel::words::misleads(c)));
        assert!(plain.lines().all(|line| !line.starts_with("FAKE")));
        // With colour the only controls are complete SGR sequences of digits.
        for part in page(100, true, true).split('\x1b').skip(1) {
            let rest = part.strip_prefix('[').unwrap();
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap();
            assert_eq!(rest.as_bytes()[end], b'm');
        }
    }
}
