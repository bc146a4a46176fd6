//! Tables: with a caption, with scopes, with as many cells as columns.

use maud::{Markup, Render, html};
use ward_kernel::Rung;

use super::text::slug;
use super::{Empty, Href};

/// The order of the rows by a column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// Not by this column.
    None,
    /// Smallest or first at the top.
    Rising,
    /// Largest or last at the top.
    Falling,
}

/// A column: its name and what stands in it.
#[derive(Clone, Debug)]
pub struct Col {
    name: String,
    kind: &'static str,
    sort: Option<(Href, Order)>,
}

impl Col {
    fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self { name: name.into(), kind, sort: None }
    }

    /// What a row is about; the first column of most tables.
    #[must_use]
    pub fn head(name: impl Into<String>) -> Self {
        Self::new("head", name)
    }

    /// Words.
    #[must_use]
    pub fn text(name: impl Into<String>) -> Self {
        Self::new("text", name)
    }

    /// Numbers, digits below digits.
    #[must_use]
    pub fn number(name: impl Into<String>) -> Self {
        Self::new("number", name)
    }

    /// Moments, which do not break.
    #[must_use]
    pub fn when(name: impl Into<String>) -> Self {
        Self::new("when", name)
    }

    /// Text of machines, which breaks anywhere.
    #[must_use]
    pub fn raw(name: impl Into<String>) -> Self {
        Self::new("raw", name)
    }

    /// Buttons and links; the name is heard, not seen.
    #[must_use]
    pub fn acts(name: impl Into<String>) -> Self {
        Self::new("acts", name)
    }

    /// Where the table is ordered by this column, and how it is ordered now.
    #[must_use]
    pub fn sort(mut self, href: Href, order: Order) -> Self {
        self.sort = Some((href, order));
        self
    }

    fn draw(&self) -> Markup {
        let sorted = self.sort.as_ref().and_then(|(_, order)| match order {
            Order::None => None,
            Order::Rising => Some("ascending"),
            Order::Falling => Some("descending"),
        });
        html! {
            th scope="col" role="columnheader" class=(self.kind) aria-sort=[sorted] {
                @if let Some((href, order)) = &self.sort {
                    a href=(href) {
                        (self.name)
                        @match order {
                            Order::None => {}
                            Order::Rising => span.order aria-hidden="true" { "▲" },
                            Order::Falling => span.order aria-hidden="true" { "▼" },
                        }
                    }
                } @else if self.kind == "acts" {
                    span.unseen { (self.name) }
                } @else {
                    (self.name)
                }
            }
        }
    }
}

/// A row, with what it reached and its name on the page.
#[derive(Clone, Debug)]
struct Row<const N: usize> {
    id: Option<String>,
    rung: Option<Rung>,
    cells: [Markup; N],
}

/// A table of `N` columns. On a narrow screen each row becomes a card, unless the table is
/// [`Table::wide`]; its roles are written out, so that it stays a table for whoever hears it.
#[derive(Clone, Debug)]
pub struct Table<const N: usize> {
    caption: String,
    cols: [Col; N],
    rows: Vec<Row<N>>,
    none: Option<Empty>,
    note: Option<String>,
    quiet: bool,
    wide: bool,
}

impl<const N: usize> Table<N> {
    /// A table: its caption, which differs from others on the page, and its columns.
    #[must_use]
    pub fn new(caption: impl Into<String>, cols: [Col; N]) -> Self {
        let caption = caption.into();
        Self { caption, cols, rows: Vec::new(), none: None, note: None, quiet: false, wide: false }
    }

    /// A row, with a cell for each column.
    #[must_use]
    pub fn row(mut self, cells: [Markup; N]) -> Self {
        self.rows.push(Row { id: None, rung: None, cells });
        self
    }

    /// A row about something that reached a rung.
    #[must_use]
    pub fn marked(mut self, rung: Rung, cells: [Markup; N]) -> Self {
        self.rows.push(Row { id: None, rung: Some(rung), cells });
        self
    }

    /// A row by a name of its own (its `id` on the page): a refresh finds it again wherever it is.
    #[must_use]
    pub fn keyed(mut self, id: impl Into<String>, rung: Option<Rung>, cells: [Markup; N]) -> Self {
        self.rows.push(Row { id: Some(id.into()), rung, cells });
        self
    }

    /// What stands there when there are no rows.
    #[must_use]
    pub fn none(mut self, empty: Empty) -> Self {
        self.none = Some(empty);
        self
    }

    /// A line below the table, such as what it leaves out.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    /// The caption is heard but not seen: a heading above says the same.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// It is compared across rows and columns: on a narrow screen it scrolls within itself.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Whether it has no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn body(&self) -> Markup {
        html! {
            @for row in &self.rows {
                tr id=[&row.id] role="row" class=[row.rung.map(Rung::name)] {
                    @for (col, content) in self.cols.iter().zip(&row.cells) {
                        @if col.kind == "head" {
                            th scope="row" role="rowheader" class="head" { (content) }
                        } @else {
                            td role="cell" class=(col.kind) data-label=(col.name) { (content) }
                        }
                    }
                }
            }
        }
    }
}

impl<const N: usize> Render for Table<N> {
    fn render(&self) -> Markup {
        let id = format!("table-{}", slug(&self.caption));
        if let (Some(empty), true) = (&self.none, self.rows.is_empty()) {
            return empty.render();
        }
        html! {
            div.scroll tabindex="0" role="group" aria-labelledby=(id) {
                table.cards[!self.wide] role="table" aria-labelledby=(id) {
                    caption id=(id) .unseen[self.quiet] { (self.caption) }
                    thead role="rowgroup" {
                        tr role="row" { @for col in &self.cols { (col.draw()) } }
                    }
                    tbody role="rowgroup" { (self.body()) }
                }
            }
            @if let Some(note) = &self.note { p.note { (note) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::cell;

    #[test]
    fn says_what_it_is_and_what_is_missing() {
        let cols = || [Col::head("Sensor"), Col::number("Records")];
        let table = Table::new("Sensors", cols()).none(Empty::new("None", "Enrol one."));
        assert!(table.is_empty() && !table.render().into_string().contains("<table"));
        let page = table.row([cell("a"), cell("1")]).render().into_string();
        assert!(page.contains("id=\"table-sensors\">Sensors</caption>"));
        assert!(page.contains("<th scope=\"row\" role=\"rowheader\" class=\"head\">a</th>"));
        assert!(page.contains("<td role=\"cell\" class=\"number\" data-label=\"Records\">1</td>"));
    }
}
