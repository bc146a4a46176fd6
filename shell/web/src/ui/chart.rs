//! Small charts as inline SVG. They hold shapes only: every word stands in the page around them,
//! where it can be read at any width, and every value in a table beside them.

use maud::{Markup, Render, html};

use super::text::{grouped, slug};
use super::{Col, Table, cell};

/// A row of columns without an axis, for a cell or a tile. Its caption tells what matters of it.
#[derive(Clone, Debug)]
pub struct Spark {
    caption: String,
    values: Vec<u64>,
}

impl Spark {
    /// What a reader is told who does not see it ("Records an hour: 12 at first, 840 now"), and
    /// the values from left to right.
    #[must_use]
    pub fn new(caption: impl Into<String>, values: Vec<u64>) -> Self {
        Self { caption: caption.into(), values }
    }
}

impl Render for Spark {
    fn render(&self) -> Markup {
        html! {
            svg.spark viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"
                aria-label=(self.caption) { (columns(&self.values)) }
        }
    }
}

/// Values over the hours, with an axis, and the same as a table that opens.
#[derive(Clone, Debug)]
pub struct HourStrip {
    title: String,
    description: String,
    unit: String,
    bars: Vec<(String, u64)>,
    accent: bool,
}

impl HourStrip {
    /// What is counted (a title that differs from others on the page), what matters of it in a
    /// sentence, and the name of the numbers ("Records").
    #[must_use]
    pub fn new(
        title: impl Into<String>,
        description: impl Into<String>,
        unit: impl Into<String>,
    ) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            unit: unit.into(),
            bars: Vec::new(),
            accent: false,
        }
    }

    /// An hour by its name (`3 Nov 02:00`) and its value.
    #[must_use]
    pub fn hour(mut self, name: impl Into<String>, value: u64) -> Self {
        self.bars.push((name.into(), value));
        self
    }

    /// What is counted got in, or tried to.
    #[must_use]
    pub fn accent(mut self) -> Self {
        self.accent = true;
        self
    }
}

impl Render for HourStrip {
    fn render(&self) -> Markup {
        let id = format!("chart-{}", slug(&self.title));
        let (first, last) = (self.bars.first(), self.bars.last());
        let values: Vec<u64> = self.bars.iter().map(|(_, value)| *value).collect();
        let peak = values.iter().copied().max().unwrap_or(0);
        let mut table = Table::new(
            format!("{}, hour by hour", self.title),
            [Col::head("Hour"), Col::number(self.unit.as_str())],
        );
        for (name, value) in &self.bars {
            table = table.row([cell(name), cell(grouped(*value))]);
        }
        html! {
            figure.chart {
                figcaption { (self.title) span { "at most " (grouped(peak)) " an hour" } }
                svg.columns .accent[self.accent] viewBox="0 0 1000 100" preserveAspectRatio="none"
                    role="img" aria-labelledby={ (id) "-t " (id) "-d" } {
                    title id={ (id) "-t" } { (self.title) }
                    desc id={ (id) "-d" } { (self.description) }
                    (columns(&values))
                }
                @if let (Some((first, _)), Some((last, _))) = (first, last) {
                    p.axis aria-hidden="true" { span { (first) } span { (last) } }
                }
                p.says { (self.description) }
                details { summary { "The same as a table" } (table) }
            }
        }
    }
}

fn columns(values: &[u64]) -> Markup {
    let peak = values.iter().copied().max().unwrap_or(0).max(1);
    let step = 1000.0 / values.len().max(1) as f64;
    // Narrow columns keep a hair of space between them, wide ones a tenth.
    let wide = step * if values.len() > 200 { 1.0 } else { 0.86 };
    html! {
        @for (i, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
            @let height = (*value as f64 / peak as f64 * 100.0).max(2.0);
            rect x=(number(i as f64 * step)) y=(number(100.0 - height))
                width=(number(wide)) height=(number(height)) {}
        }
    }
}

/// A coordinate with at most two decimals.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_invisible() {
        let chart = Spark::new("Few, then many", vec![0, 1, 1_000_000]).render().into_string();
        assert_eq!(chart.matches("<rect").count(), 2);
        assert!(chart.contains("height=\"2\""), "{chart}");
        assert!(Spark::new("Nothing", vec![]).render().into_string().contains("</svg>"));
    }

    #[test]
    fn a_chart_has_its_table() {
        let chart = HourStrip::new("Records in", "Even.", "Records").hour("02:00", 1_200);
        let page = chart.hour("03:00", 0).render().into_string();
        assert!(page.contains("1,200") && page.contains("<caption"));
    }
}
