//! Two small charts as inline SVG. They hold shapes only: every word stands in the page around
//! them, where it can be read at any width, and every value in a table beside them.

use maud::{Markup, html};
use ward_watch::report::{Sensor, Span};

/// Columns of values from left to right, stretched to the width of the page.
///
/// `id` is unique on the page; `title` and `description` are what a reader who does not see the
/// chart is told.
#[must_use]
pub fn columns(id: &str, class: &str, title: &str, description: &str, values: &[u64]) -> Markup {
    let peak = values.iter().copied().max().unwrap_or(0).max(1);
    let many = values.len().max(1);
    let step = 1000.0 / many as f64;
    // Narrow columns keep a hair of space between them, wide ones a tenth.
    let wide = step * if many > 200 { 1.0 } else { 0.86 };
    html! {
        svg id=(id) class={ "columns " (class) } viewBox="0 0 1000 100" preserveAspectRatio="none"
            role="img" aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { (title) }
            desc id={ (id) "-d" } { (description) }
            @for (i, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
                @let height = (*value as f64 / peak as f64 * 100.0).max(2.0);
                rect x=(number(i as f64 * step)) y=(number(100.0 - height))
                    width=(number(wide)) height=(number(height)) {}
            }
        }
    }
}

/// When a sensor was seen: a bar over the span with its gaps left open.
#[must_use]
pub fn coverage(id: &str, title: &str, sensor: &Sensor, span: Span) -> Markup {
    let whole = span.last.since(span.first).max(1) as f64;
    let place = |time: ward_kernel::Time| {
        (time.since(span.first) as f64 / whole * 1000.0).clamp(0.0, 1000.0)
    };
    html! {
        svg id=(id) class="strip" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img"
            aria-labelledby={ (id) "-t" } {
            title id={ (id) "-t" } { (title) }
            rect class="seen" x="0" y="0" width="1000" height="10" {}
            @for gap in &sensor.gaps {
                @let (from, to) = (place(gap.from), place(gap.to));
                // A short gap in a long span is drawn wide enough to be seen.
                @let wide = (to - from).max(2.0);
                rect class="hole" x=(number(from)) y="0" width=(number(wide)) height="10" {}
                rect class="gap" x=(number(from)) y="7" width=(number(wide)) height="3" {}
            }
        }
    }
}

/// A coordinate with at most two decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_invisible() {
        let chart = columns("a", "x", "T", "D", &[0, 1, 1_000_000]).into_string();
        assert_eq!(chart.matches("<rect").count(), 2);
        assert!(chart.contains("height=\"2\""), "{chart}");
        assert!(chart.contains("<title id=\"a-t\">T</title>"));
        assert!(columns("b", "x", "T", "D", &[]).into_string().contains("</svg>"));
    }
}
