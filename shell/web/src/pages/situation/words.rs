//! How a jurisdiction is, in words and in what is drawn of it. The map, the list and the wall say
//! the same.

use maud::{Markup, html};
use ward_desk::calendar::Phase;
use ward_desk::incident::Voting;
use ward_desk::normal::{ENOUGH, Level, Normal};
use ward_kernel::Rung;

use crate::doing::situation::{Counted, Coverage, Incidents, Reached, Row};
use crate::pages::parts::Frame;
use crate::ui::map::{Heard, Look, Rise, Trouble};
use crate::ui::{Empty, RungBadge, Tag, count, grouped, none, soft};

/// The highest rung from attempt on that an open case of a jurisdiction stands on, and how many do.
pub(super) fn highest(row: &Row) -> Option<(Rung, u64)> {
    let rungs = Rung::ALL.into_iter().skip(1).rev();
    rungs.map(|rung| (rung, row.open.of(rung))).find(|(_, n)| *n > 0)
}

/// What is drawn of a jurisdiction.
pub(super) fn look(row: &Row) -> Look {
    Look {
        rung: highest(row).map(|(rung, _)| rung),
        heard: match &row.coverage {
            Coverage { silent, .. } if !silent.is_empty() => Heard::Silent,
            Coverage { expected: 0, by_hand: 0, .. } => Heard::Unseen,
            _ => Heard::All,
        },
        rise: match row.level {
            Level::Far => Rise::Far,
            Level::Above => Rise::Above,
            Level::Usual | Level::Unknown => Rise::None,
        },
        trouble: match (row.incidents.open, row.incidents.voting) {
            (0, _) => Trouble::None,
            (_, Some(Voting::Stopped)) => Trouble::Stopped,
            (_, Some(Voting::Slowed)) => Trouble::Slowed,
            (_, Some(Voting::Unaffected | Voting::NotVoting) | None) => Trouble::Open,
        },
    }
}

/// Whether somebody has to look there. That no sensor stands there is said beside the map: it is
/// known, and would bury what is new.
pub(super) fn needs_a_look(row: &Row) -> bool {
    let look = look(row);
    look.rung.is_some()
        || look.heard == Heard::Silent
        || look.rise != Rise::None
        || look.trouble != Trouble::None
        || row.coverage.wanting > 0
}

/// What stands where nobody has to look anywhere.
pub(super) fn none_needs() -> Empty {
    Empty::new(
        "Nothing needs a look",
        "A jurisdiction stands here when somebody tries to get in, a sensor falls silent, an \
         incident is open, or more comes than usual.",
    )
}

/// How a jurisdiction is, as the end of a sentence that begins with its name.
pub(super) fn words(row: &Row) -> String {
    let mut said = vec![match highest(row) {
        Some((rung, n)) => format!("{}, {}", rung.name(), count(n, "open case", "open cases")),
        None => "no effort open".to_owned(),
    }];
    if let Some(voting) = voting_words(&row.incidents) {
        said.push(voting);
    }
    if row.level >= Level::Above {
        said.push(row.level.label().to_lowercase());
    }
    said.push(coverage_words(&row.coverage));
    said.join("; ")
}

fn voting_words(incidents: &Incidents) -> Option<String> {
    let open = count(incidents.open as u64, "open incident", "open incidents");
    match incidents.voting.filter(|_| incidents.open > 0) {
        None if incidents.open > 0 => Some(open),
        None => None,
        Some(Voting::Stopped) => Some(format!("voting has stopped, {open}")),
        Some(Voting::Slowed) => Some(format!("voting is slowed, {open}")),
        Some(Voting::Unaffected | Voting::NotVoting) => Some(open),
    }
}

/// Which sensors are heard.
fn coverage_words(coverage: &Coverage) -> String {
    match (coverage.expected, coverage.silent.len()) {
        (0, _) if coverage.by_hand > 0 => "files by hand alone".to_owned(),
        (0, _) => "no sensor".to_owned(),
        (1, 0) => "its sensor is heard".to_owned(),
        (1, _) => "its sensor is silent".to_owned(),
        (n, 0) => format!("all {} sensors heard", grouped(n as u64)),
        (n, silent) => format!("{silent} of {n} sensors silent"),
    }
}

/// The rung as a badge with how many cases stand on it.
pub(super) fn rung_cell(row: &Row) -> Markup {
    match highest(row) {
        Some((rung, n)) => html! { (RungBadge(rung)) " " (grouped(n)) },
        None => none(),
    }
}

/// Which sensors are heard, as a tag.
pub(super) fn coverage_tag(coverage: &Coverage) -> Tag {
    match (coverage.expected, coverage.silent.len(), coverage.wanting) {
        (0, ..) if coverage.by_hand > 0 => Tag::plain("By hand"),
        (0, ..) => Tag::silent("No sensor"),
        // Enrolled a moment ago, and nothing has come yet.
        (n, 0, 0) if coverage.heard < n => Tag::plain(format!("{} of {n} heard", coverage.heard)),
        (n, 0, 0) => Tag::good(format!("{n} of {n} heard")),
        (_, 0, wanting) => Tag::warn(format!("{wanting} late or off time")),
        (n, silent, _) => Tag::silent(format!("{silent} of {n} silent")),
    }
}

/// Open incidents, as a tag.
pub(super) fn incidents_cell(incidents: &Incidents) -> Markup {
    let open = incidents.open;
    let tag = match incidents.voting.filter(|_| open > 0) {
        None if open == 0 => return none(),
        Some(Voting::Stopped) => Tag::bad(format!("Voting stopped ({open} open)")),
        Some(Voting::Slowed) => Tag::warn(format!("Voting slowed ({open} open)")),
        Some(Voting::Unaffected | Voting::NotVoting) | None => Tag::plain(format!("{open} open")),
    };
    html! { (tag) }
}

/// How a level is told.
pub(super) fn level_tag(level: Level) -> Tag {
    match level {
        Level::Unknown => Tag::plain("Not known yet"),
        Level::Usual => Tag::good("As usual"),
        Level::Above => Tag::warn("Above usual"),
        Level::Far => Tag::bad("Far above usual"),
    }
}

/// How a level is told in a long list: what is not known is no news there.
pub(super) fn level_cell(level: Level) -> Markup {
    match level {
        Level::Unknown => none(),
        Level::Usual | Level::Above | Level::Far => html! { (level_tag(level)) },
    }
}

/// A count of this hour with what is normal for it, in a line.
pub(in crate::pages) fn against(counted: &Counted) -> String {
    let so_far = count(counted.so_far, "record", "records");
    match counted.normal {
        Normal::Known(range) if range.low == range.high => {
            format!("{so_far} this hour, usually {}", grouped(range.high))
        }
        Normal::Known(range) => {
            format!("{so_far} this hour, usually {} to {}", grouped(range.low), grouped(range.high))
        }
        Normal::TooLittle { .. } => format!("{so_far} this hour"),
    }
}

/// From what the normal is known, or why not, in a sentence.
pub(super) fn footing(counted: &Counted) -> String {
    let range = match counted.normal {
        Normal::Known(range) => range,
        Normal::TooLittle { hours } => {
            let known = count(hours as u64, "such hour is", "such hours are");
            return format!(
                "What is usual is not known yet: {known} known, and {ENOUGH} are needed."
            );
        }
    };
    let when = match range.of {
        Phase::Ordinary => "in ordinary time",
        Phase::Before => "in the weeks before an election",
        Phase::Canvass => "during a canvass",
        Phase::Night => "of election nights",
        Phase::Day => "of election days",
    };
    let hours = count(range.hours as u64, "such hour", "such hours");
    format!("What is usual is known from {hours} {when}.")
}

/// Where the hour lies in the election calendar.
pub(super) fn phase_words(phase: Phase) -> String {
    phase.label().to_lowercase()
}

/// What came of the newest communications check.
pub(super) fn reached_cell(frame: &Frame<'_>, reached: Option<&Reached>) -> Markup {
    match reached {
        None => none(),
        Some(Reached::Answered { at, way }) => html! {
            (Tag::good("Answered")) " "
            (soft(&format!("{} ({})", frame.clock.short(*at).words(), way.label().to_lowercase())))
        },
        Some(Reached::Waiting { misses: 0, .. }) => html! { (Tag::warn("Waiting")) },
        Some(Reached::Waiting { misses, .. }) => {
            let tried = count(*misses, "time", "times");
            html! { (Tag::bad(format!("Not reached, tried {tried}"))) }
        }
    }
}

/// Where a jurisdiction stands in the order of answers: those not reached first.
pub(super) fn reached_rank(reached: Option<&Reached>) -> u8 {
    match reached {
        Some(Reached::Waiting { misses, .. }) if *misses > 0 => 0,
        Some(Reached::Waiting { .. }) => 1,
        Some(Reached::Answered { .. }) => 2,
        None => 3,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use ward_access::JurisdictionKind;
    use ward_desk::normal::Range;
    use ward_kernel::Time;
    use ward_store::cases::Counts;

    use super::*;
    use crate::doing::situation::Silent;

    /// A count of which nothing more is known.
    fn counted(so_far: u64, normal: Normal) -> Counted {
        Counted { so_far, before: 0, normal, level: Level::Unknown }
    }

    /// A jurisdiction where nothing is.
    pub(in crate::pages::situation) fn quiet(id: &str) -> Row {
        let nothing = counted(0, Normal::TooLittle { hours: 0 });
        Row {
            id: id.to_owned(),
            name: format!("Name of {id}"),
            kind: JurisdictionKind::Clerk,
            counties: vec![format!("County of {id}")],
            open: Counts::default(),
            new: Counts::default(),
            scans: nothing,
            attempts: nothing,
            level: Level::Unknown,
            coverage: Coverage::default(),
            incidents: Incidents::default(),
            reached: None,
        }
    }

    #[test]
    fn what_is_said_of_a_jurisdiction() {
        let mut row = quiet("a");
        assert_eq!(words(&row), "no effort open; no sensor");
        assert!(!needs_a_look(&row), "that nobody looks there is said once, not 113 times");
        assert_eq!(look(&row).heard, Heard::Unseen);
        row.coverage = Coverage { expected: 2, heard: 1, ..Coverage::default() };
        let silent = Silent {
            id: "s".into(),
            name: "fw".into(),
            jurisdiction: "a".into(),
            since: Time::from_secs(1),
        };
        row.coverage.silent.push(silent);
        row.open.rungs = [9, 2, 1, 0];
        row.level = Level::Far;
        row.incidents =
            Incidents { open: 2, voting: Some(Voting::Stopped), ..Incidents::default() };
        assert_eq!(
            words(&row),
            "access, 1 open case; voting has stopped, 2 open incidents; far above usual; 1 of 2 \
             sensors silent"
        );
        assert!(needs_a_look(&row));
        let look = look(&row);
        assert_eq!((look.rung, look.heard), (Some(Rung::Access), Heard::Silent));
        assert_eq!((look.rise, look.trouble), (Rise::Far, Trouble::Stopped));
    }

    #[test]
    fn scans_alone_ask_for_no_look() {
        let mut row = quiet("a");
        row.coverage = Coverage { expected: 1, heard: 1, ..Coverage::default() };
        row.open.rungs = [8_204, 0, 0, 0];
        assert!(!needs_a_look(&row));
        assert_eq!(words(&row), "no effort open; its sensor is heard");
    }

    #[test]
    fn a_count_against_its_normal() {
        let known = Normal::Known(Range {
            low: 900,
            typical: 1_100,
            high: 1_400,
            hours: 21,
            of: Phase::Day,
        });
        let known = counted(12_000, known);
        assert_eq!(against(&known), "12,000 records this hour, usually 900 to 1,400");
        assert_eq!(footing(&known), "What is usual is known from 21 such hours of election days.");
        let unknown = counted(3, Normal::TooLittle { hours: 1 });
        assert_eq!(against(&unknown), "3 records this hour");
        assert!(footing(&unknown).contains("1 such hour is known, and 10 are needed"));
    }
}
