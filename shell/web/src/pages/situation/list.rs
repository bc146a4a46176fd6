//! The twin of the map: every jurisdiction in a list that is sorted by its address, so that a
//! refresh moves nothing.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::words::{
    coverage_tag, highest, incidents_cell, level_cell, look, needs_a_look, none_needs,
    reached_cell, reached_rank, rung_cell,
};
use super::{HERE, View};
use crate::doing::situation::Row;
use crate::fields::Fields;
use crate::ui::{Col, Href, Order, Section, Table, Tabs, cell, count, grouped, link};

/// What a list can be sorted by: the name in the address, and the column.
const SORTS: [(&str, &str); 7] = [
    ("name", "Jurisdiction"),
    ("rung", "Highest rung"),
    ("hour", "This hour"),
    ("attempts", "Attempts"),
    ("sensors", "Sensors"),
    ("incidents", "Incidents"),
    ("answer", "Last check"),
];

/// How a list is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Wanted {
    sort: &'static str,
    /// What is most urgent, or first in the alphabet, stands at the end.
    reversed: bool,
    /// Only what needs a look.
    look: bool,
}

impl Wanted {
    /// What an address asks for; what cannot be read is as if it were not there.
    pub(super) fn read(asked: &Fields) -> Self {
        let sort = SORTS.iter().map(|(name, _)| *name).find(|name| *name == asked.text("sort"));
        Self {
            sort: sort.unwrap_or("name"),
            reversed: asked.text("order") == "reversed",
            look: asked.text("show") == "look",
        }
    }

    /// The address of the page that shows this.
    pub(super) fn here(self) -> Href {
        let mut href = Href::at(HERE);
        if self.look {
            href = href.query("show", "look");
        }
        if self.sort != "name" || self.reversed {
            href = href.query("sort", self.sort);
        }
        if self.reversed {
            href = href.query("order", "reversed");
        }
        href
    }

    fn column(self, column: Col, name: &'static str) -> Col {
        let is = self.sort == name;
        let next = Self { sort: name, reversed: is && !self.reversed, ..self };
        // The alphabet rises; of what is urgent, most stands at the top.
        let order = match (is, (name == "name") == self.reversed) {
            (false, _) => Order::None,
            (true, false) => Order::Rising,
            (true, true) => Order::Falling,
        };
        column.sort(next.here().hash("all"), order)
    }
}

/// The rows in the order that is wanted; those alike by their names.
fn sorted(rows: &[Row], wanted: Wanted) -> Vec<&Row> {
    let mut rows: Vec<&Row> = rows.iter().filter(|row| !wanted.look || needs_a_look(row)).collect();
    let by = |a: &Row, b: &Row| match wanted.sort {
        "rung" => highest(b).cmp(&highest(a)),
        "hour" => (b.level, b.scans.so_far).cmp(&(a.level, a.scans.so_far)),
        "attempts" => b.attempts.so_far.cmp(&a.attempts.so_far),
        "sensors" => sensors(a).cmp(&sensors(b)),
        "incidents" => {
            let of = |row: &Row| (look(row).trouble, row.incidents.open);
            of(b).cmp(&of(a))
        }
        "answer" => reached_rank(a.reached.as_ref()).cmp(&reached_rank(b.reached.as_ref())),
        _ => Ordering::Equal,
    };
    rows.sort_by(|a, b| {
        let order = by(a, b).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id));
        if wanted.reversed { order.reverse() } else { order }
    });
    rows
}

/// Silent before late, late before not seen at all, those that are heard last.
fn sensors(row: &Row) -> (u8, usize) {
    let coverage = &row.coverage;
    let rank = match (coverage.silent.is_empty(), coverage.wanting, coverage.expected) {
        (false, ..) => 0,
        (true, 1.., _) => 1,
        (true, 0, 0) => 2,
        (true, 0, _) => 3,
    };
    (rank, usize::MAX.saturating_sub(coverage.silent.len()))
}

/// The list.
pub(super) fn section(view: &View<'_>, wanted: Wanted) -> Markup {
    let rows = sorted(&view.situation.rows, wanted);
    let all = view.situation.rows.len() as u64;
    let needing = view.situation.rows.iter().filter(|row| needs_a_look(row)).count() as u64;
    let tabs = Tabs::new("Jurisdictions")
        .tab(
            format!("All ({})", grouped(all)),
            Wanted { look: false, ..wanted }.here().hash("all"),
            !wanted.look,
        )
        .tab(
            format!("Needs a look ({})", grouped(needing)),
            Wanted { look: true, ..wanted }.here().hash("all"),
            wanted.look,
        );
    let section = Section::new("all", "Every jurisdiction")
        .tally(count(rows.len() as u64, "jurisdiction", "jurisdictions"))
        .body(html! {
            (tabs)
            (table(view, &rows, wanted))
        });
    html! { (section) }
}

fn table(view: &View<'_>, rows: &[&Row], wanted: Wanted) -> Markup {
    let [name, rung, hour, attempts, sensors, incidents, answer] = SORTS;
    let mut table = Table::new(
        "Jurisdictions and how they stand",
        [
            wanted.column(Col::head(name.1), name.0),
            wanted.column(Col::text(rung.1), rung.0),
            wanted.column(Col::text(hour.1), hour.0),
            wanted.column(Col::number(attempts.1), attempts.0),
            wanted.column(Col::text(sensors.1), sensors.0),
            wanted.column(Col::text(incidents.1), incidents.0),
            wanted.column(Col::text(answer.1), answer.0),
        ],
    )
    .quiet()
    .none(none_needs());
    for row in rows {
        let cells = [
            link(&row.name, &Href::at(HERE).join(&row.id)),
            rung_cell(row),
            level_cell(row.level),
            cell(grouped(row.attempts.so_far)),
            html! { (coverage_tag(&row.coverage)) },
            incidents_cell(&row.incidents),
            reached_cell(&view.frame, row.reached.as_ref()),
        ];
        let rung = highest(row).map(|(rung, _)| rung);
        table = table.keyed(format!("row-{}", row.id), rung, cells);
    }
    html! { (table) }
}

#[cfg(test)]
mod tests {
    use ward_desk::normal::Level;
    use ward_store::cases::Counts;

    use super::*;
    use crate::doing::situation::{Coverage, Incidents};
    use crate::pages::situation::words::tests::quiet;

    fn wanted(pairs: [(&str, &str); 3]) -> Wanted {
        Wanted::read(&Fields::from(pairs))
    }

    fn rows() -> Vec<Row> {
        let with = |id: &str, change: fn(&mut Row)| {
            let mut row = quiet(id);
            change(&mut row);
            row
        };
        vec![
            with("c", |row| row.open = Counts { rungs: [1, 2, 0, 0] }),
            with("a", |row| row.level = Level::Above),
            with("d", |row| row.incidents = Incidents { open: 1, ..Incidents::default() }),
            with("b", |row| {
                row.open = Counts { rungs: [0, 0, 1, 0] };
                row.coverage = Coverage { expected: 1, heard: 1, ..Coverage::default() };
                row.attempts.so_far = 7;
            }),
            quiet("e"),
        ]
    }

    fn ids(sort: &str, order: &str, show: &str) -> String {
        let wanted = wanted([("sort", sort), ("order", order), ("show", show)]);
        sorted(&rows(), wanted).iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn sorts_by_what_the_address_says() {
        assert_eq!(ids("", "", ""), "abcde");
        assert_eq!(ids("name", "reversed", ""), "edcba");
        assert_eq!(ids("rung", "", ""), "bcade");
        assert_eq!(ids("hour", "", ""), "abcde");
        assert_eq!(ids("attempts", "", ""), "bacde");
        assert_eq!(ids("sensors", "", ""), "acdeb");
        assert_eq!(ids("incidents", "", ""), "dabce");
        assert_eq!(ids("'; DROP", "sideways", "everything"), "abcde");
        assert_eq!(ids("", "", "look"), "abcd");
        assert_eq!(ids("rung", "reversed", "look"), "dacb");
    }

    #[test]
    fn a_column_leads_to_its_own_order_and_back() {
        let by_name = wanted([("sort", ""), ("order", ""), ("show", "look")]);
        assert_eq!(by_name.here().as_str(), "/situation?show=look");
        let reversed = Wanted { reversed: true, ..by_name };
        assert_eq!(reversed.here().as_str(), "/situation?show=look&sort=name&order=reversed");
        let query = reversed.here();
        let query = query.as_str().split_once('?').unwrap().1;
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(Wanted::read(&Fields::new(pairs)), reversed);
    }
}
