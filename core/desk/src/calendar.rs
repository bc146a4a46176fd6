//! The election calendar: what the room's days are measured by.
//!
//! An election is a log as everything else here: its dates are set, set again when a court moves
//! them, or called off with a reason. The core knows no zones: whoever sets an election gives the
//! moments at which the office's own days begin ([`Days`]), so that a night on which the clocks are
//! turned back is as long as it was.

use serde::{Deserialize, Deserializer, Serialize, de};
use ward_kernel::Time;
use ward_kernel::time::{DAY, HOUR, SECOND};

use crate::choices::choices;
use crate::log::{By, Concerned, Machine, Refusal, Told};
use crate::text::{Line, Words};

/// How many of the office's days before an election day the time before it begins.
pub const BEFORE: i64 = 45;

/// The longest from the end of the night until certification.
const LONGEST_CANVASS: i64 = 120 * DAY;

choices! {
    /// Where a moment lies in the election calendar, from the quietest to what matters most.
    Phase {
        /// No election is near.
        Ordinary = "ordinary", "Ordinary time";
        /// From 45 days before the day: absentee ballots go out (52 U.S.C. 20302(a)(8)(A)).
        Before = "before", "Before the election";
        /// From the close of the night until the result is certified.
        Canvass = "canvass", "Canvass";
        /// From the close of the polls until noon of the next day.
        Night = "night", "Election night";
        /// From midnight until the polls close.
        Day = "day", "Election day";
    }
}

/// The moments at which the office's own days begin and end around an election.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Days {
    /// Midnight at the beginning of the day [`BEFORE`] days before.
    #[serde(deserialize_with = "moment")]
    pub before: Time,
    /// Midnight at the beginning of the day.
    #[serde(deserialize_with = "moment")]
    pub midnight: Time,
    /// Noon of the day after it.
    #[serde(deserialize_with = "moment")]
    pub noon: Time,
}

/// What is set of an election. Moments are whole seconds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Dates {
    /// What people call it: `General election 2026`.
    pub name: Line,
    /// When the polls open.
    #[serde(deserialize_with = "moment")]
    pub opens: Time,
    /// When they close.
    #[serde(deserialize_with = "moment")]
    pub closes: Time,
    /// When its result is certified, at the latest.
    #[serde(deserialize_with = "moment")]
    pub certifies: Time,
    /// The office's days around it.
    pub days: Days,
}

/// An election that stands in the calendar.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Election {
    /// The id of its log.
    pub id: String,
    /// What people call it.
    pub name: Line,
    /// When the polls open, on election day.
    pub opens: Time,
    /// When they close.
    pub closes: Time,
    /// When its result is certified, at the latest.
    pub certifies: Time,
    /// The office's days around it.
    pub days: Days,
}

impl Election {
    /// Where a moment lies for this election alone.
    #[must_use]
    pub fn phase(&self, at: Time) -> Phase {
        match at {
            at if at < self.days.before => Phase::Ordinary,
            at if at < self.days.midnight => Phase::Before,
            at if at < self.closes => Phase::Day,
            at if at < self.days.noon => Phase::Night,
            at if at < self.certifies => Phase::Canvass,
            _ => Phase::Ordinary,
        }
    }
}

/// Where a moment lies in the calendar, and by which election: where two reach over each other, by
/// the one for which it matters most ([`Phase`]'s order), and of two alike by the one whose polls
/// close first. `None` in ordinary time.
#[must_use]
pub fn phase(elections: &[Election], at: Time) -> (Phase, Option<&Election>) {
    let near = elections.iter().map(|one| (one.phase(at), one));
    let near = near.filter(|(phase, _)| *phase != Phase::Ordinary);
    let most = near.min_by_key(|(phase, one)| (std::cmp::Reverse(*phase), one.closes, &one.id));
    most.map_or((Phase::Ordinary, None), |(phase, one)| (phase, Some(one)))
}

/// What can be done with an election.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It is put in the calendar, or its dates are moved.
    Set(Dates),
    /// It does not take place.
    CallOff {
        /// Why.
        why: Words,
    },
}

/// What an election stands at.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Planned {
    /// What was set last; `None` before the first entry.
    pub dates: Option<Dates>,
    /// Why it does not take place.
    pub off: Option<Words>,
}

impl Planned {
    /// The election of this log; `None` when it does not take place.
    #[must_use]
    pub fn election(&self, id: &str) -> Option<Election> {
        let dates = self.dates.as_ref().filter(|_| self.off.is_none())?;
        let Dates { name, opens, closes, certifies, days } = dates.clone();
        Some(Election { id: id.to_owned(), name, opens, closes, certifies, days })
    }
}

impl Machine for Planned {
    const KIND: &'static str = "election";

    type Act = Act;

    fn concerns<'a>(&'a self, _: &'a Act) -> Concerned<'a> {
        Concerned::Everybody
    }

    fn is_open(&self) -> bool {
        self.dates.is_some() && self.off.is_none()
    }

    fn settles(&self, act: &Act, _: &By) -> bool {
        matches!(act, Act::CallOff { .. })
    }

    fn allows(&self, act: &Act, _: &By) -> Result<(), Refusal> {
        match act {
            Act::Set(dates) if self.off.is_none() && self.dates.as_ref() == Some(dates) => {
                Err(Refusal("That is what the calendar says."))
            }
            Act::Set(dates) => check(dates),
            Act::CallOff { .. } if self.dates.is_none() => {
                Err(Refusal("No election was set under this number."))
            }
            Act::CallOff { .. } if self.off.is_some() => Err(Refusal("It is called off already.")),
            Act::CallOff { .. } => Ok(()),
        }
    }

    fn take(&mut self, act: &Act, _: &Told<'_>) {
        match act {
            Act::Set(dates) => {
                self.dates = Some(dates.clone());
                self.off = None;
            }
            Act::CallOff { why } => self.off = Some(why.clone()),
        }
    }
}

/// Whether dates follow one another, on days as they are on Earth.
fn check(dates: &Dates) -> Result<(), Refusal> {
    let Dates { opens, closes, certifies, days, .. } = dates;
    let all = [days.before, days.midnight, *opens, *closes, days.noon, *certifies];
    // A day on which the clocks are turned has 23 or 25 hours.
    let is_day = (0..=25 * HOUR).contains(&closes.since(days.midnight));
    let until_noon = days.noon.since(days.midnight);
    let before = days.midnight.since(days.before);
    let refusal = if all.iter().any(|at| at.micros().rem_euclid(SECOND) != 0) {
        "Give each time to the minute."
    } else if opens >= closes {
        "The polls close before they open."
    } else if *opens < days.midnight || !is_day {
        "The polls open and close on one day."
    } else if before.saturating_sub(BEFORE * DAY).saturating_abs() > 2 * HOUR
        || until_noon.saturating_sub(36 * HOUR).saturating_abs() > 2 * HOUR
    {
        "The days around the election are not the office's."
    } else if *certifies < days.noon {
        "The result is certified at noon of the day after at the earliest."
    } else if certifies.since(days.noon) > LONGEST_CANVASS {
        "The result is certified within 120 days."
    } else {
        return Ok(());
    };
    Err(Refusal(refusal))
}

/// A moment as `2026-11-04T01:00:00Z`, as it is written: entries are read by people too.
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    Time::parse(&String::deserialize(from)?).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{by, is_drawn, laws, line, run, sendings, table, words};

    /// Dates of an election whose office is so many hours behind UTC, on a day of so many hours.
    fn dates(midnight: i64, day_hours: i64, open: i64, shut: i64, canvass: i64) -> Dates {
        let midnight = Time::from_secs(midnight);
        let noon = midnight.plus((day_hours + 12) * HOUR);
        Dates {
            name: line("General election"),
            opens: midnight.plus(open * HOUR),
            closes: midnight.plus(shut * HOUR),
            certifies: noon.plus(canvass * HOUR),
            days: Days {
                before: midnight.plus(-BEFORE * DAY - (24 - day_hours) * HOUR),
                midnight,
                noon,
            },
        }
    }

    fn any_dates() -> impl Strategy<Value = Dates> {
        let midnight = 1_790_000_000_i64..1_800_000_000;
        (midnight, 23_i64..=25, 0_i64..12, 13_i64..=24, 0_i64..2_880).prop_map(
            |(midnight, day, open, shut, canvass)| {
                dates(midnight, day, open, shut.min(day), canvass)
            },
        )
    }

    fn election(id: &str, dates: &Dates) -> Election {
        let planned = Planned { dates: Some(dates.clone()), off: None };
        planned.election(id).unwrap()
    }

    fn usual() -> Dates {
        dates(1_793_685_600, 24, 6, 19, 500)
    }

    fn any_act() -> impl Strategy<Value = Act> {
        prop_oneof![
            3 => Just(Act::Set(usual())),
            2 => any_dates().prop_map(Act::Set),
            1 => Just(Act::Set(Dates { closes: Time::default(), ..usual() })),
            2 => Just(Act::CallOff { why: words("A court said so.") }),
        ]
    }

    proptest! {
        #[test]
        fn keeps_the_laws(sent in sendings(any_act())) {
            let log = laws::<Planned>(&sent)?;
            let state = log.state();
            prop_assert_eq!(state.is_open(), state.election("e").is_some());
            // Whatever stands in the calendar has dates that follow one another.
            prop_assert!(state.dates.as_ref().is_none_or(|dates| check(dates).is_ok()));
        }

        /// Each phase is one stretch of time, and they follow one another in their order.
        #[test]
        fn phases_are_contiguous_and_ordered(dates in any_dates()) {
            prop_assert_eq!(check(&dates), Ok(()));
            let one = election("e", &dates);
            let days = dates.days;
            let edges = [days.before, days.midnight, dates.closes, days.noon, dates.certifies];
            let order = [
                Phase::Ordinary, Phase::Before, Phase::Day, Phase::Night, Phase::Canvass,
                Phase::Ordinary,
            ];
            for (at, edge) in edges.iter().enumerate() {
                // Certified at the very noon, there is no canvass.
                let empty = edges.get(at + 1) == Some(edge);
                let is_first = at > 0 && edges[at - 1] == *edge;
                if !is_first {
                    prop_assert_eq!(one.phase(edge.plus(-1)), order[at]);
                }
                if !empty {
                    prop_assert_eq!(one.phase(*edge), order[at + 1]);
                }
            }
            let mut seen = Vec::new();
            let mut at = days.before.plus(-DAY);
            while at < dates.certifies.plus(2 * DAY) {
                seen.push(one.phase(at));
                at = at.plus(HOUR / 2);
            }
            seen.dedup();
            let expected: Vec<Phase> = if days.noon == dates.certifies {
                order.into_iter().filter(|phase| *phase != Phase::Canvass).collect()
            } else {
                order.to_vec()
            };
            prop_assert_eq!(seen, expected);
        }

        /// Of several elections the one counts for which it matters most, in whatever order they
        /// are listed.
        #[test]
        fn what_matters_most_counts(all in prop::collection::vec(any_dates(), 0..5), at in 0_i64..300) {
            let mut all: Vec<Election> =
                all.iter().enumerate().map(|(n, dates)| election(&n.to_string(), dates)).collect();
            let at = Time::from_secs(1_786_000_000 + at * 50_000);
            let (most, by) = phase(&all, at);
            prop_assert_eq!(Some(most), all.iter().map(|one| one.phase(at)).max().or(Some(most)));
            prop_assert_eq!(by.is_none(), most == Phase::Ordinary);
            prop_assert!(by.is_none_or(|by| by.phase(at) == most));
            let by = by.map(|by| by.id.clone());
            all.reverse();
            prop_assert_eq!(phase(&all, at).1.map(|by| by.id.clone()), by);
        }

        #[test]
        fn what_is_kept_is_read_again(dates in any_dates()) {
            let body = crate::Body::Act(Act::Set(dates));
            let kept = serde_json::to_string(&body).unwrap();
            prop_assert_eq!(serde_json::from_str::<crate::Body<Act>>(&kept).unwrap(), body);
        }
    }

    #[test]
    fn the_documents_draw_it() {
        let set = Act::Set(usual());
        let off = Act::CallOff { why: words("A court said so.") };
        let moved = Act::Set(dates(1_793_685_600, 24, 6, 20, 500));
        let acts = [("set", "lead", moved), ("call off", "lead", off.clone())];
        let name = |planned: &Planned| match (&planned.dates, &planned.off) {
            (None, _) => "Nothing set",
            (Some(_), None) => "Set",
            (Some(_), Some(_)) => "Called off",
        };
        let states = [Vec::new(), vec![("lead", set.clone())], vec![("lead", set), ("lead", off)]];
        is_drawn(&table(name, &states, &acts));
    }

    #[test]
    fn dates_that_do_not_follow_are_refused_with_a_sentence() {
        let refused = |dates: Dates| {
            let said = Planned::default().allows(&Act::Set(dates), &by("lead"));
            said.unwrap_err().0
        };
        let late = usual().closes;
        for (dates, expected) in [
            (Dates { opens: late, ..usual() }, "close before"),
            (Dates { opens: usual().opens.plus(-DAY), ..usual() }, "on one day"),
            (Dates { closes: late.plus(DAY), ..usual() }, "on one day"),
            (Dates { certifies: late, ..usual() }, "noon of the day after"),
            (Dates { certifies: late.plus(200 * DAY), ..usual() }, "120 days"),
            (Dates { closes: late.plus(1), ..usual() }, "to the minute"),
            (Dates { days: Days { before: Time::default(), ..usual().days }, ..usual() }, "office"),
        ] {
            assert!(refused(dates.clone()).contains(expected), "{dates:?}");
        }
        let twice = run::<Planned>(&[("lead", Act::Set(usual())), ("lead", Act::Set(usual()))]);
        assert!(twice.unwrap_err().0.contains("what the calendar says"));
        let mut hostile = usual();
        hostile.days.before = Time::from_micros(i64::MIN);
        hostile.certifies = Time::from_micros(i64::MAX);
        assert!(check(&hostile).is_err());
    }

    #[test]
    fn an_election_that_is_called_off_can_be_set_again() {
        let off = Act::CallOff { why: words("A flood.") };
        let log = run::<Planned>(&[("lead", Act::Set(usual())), ("lead", off)]).unwrap();
        assert!(log.state().election("e").is_none() && !log.state().is_open());
        let mut state = log.state().clone();
        state.allows(&Act::Set(usual()), &by("lead")).unwrap();
        let told = Told { number: 3, at: Time::default(), by: &by("lead") };
        state.take(&Act::Set(usual()), &told);
        assert_eq!(state.election("e").map(|one| one.closes), Some(usual().closes));
    }
}
