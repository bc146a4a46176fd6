//! Tables that read well in a terminal and are Markdown at the same time.

use super::{Row, Score, percent, share};
use crate::truth::Rule;

/// A table; the first column is left-aligned, the others are right-aligned unless their heading
/// ends with a space.
#[must_use]
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        let head = head.get(column).map_or(0, |name| name.trim_end().chars().count());
        cells.chain([head, 3]).max().unwrap_or(3)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let left = |column: usize| column == 0 || head.get(column).is_some_and(|h| h.ends_with(' '));
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::from("|");
        for (column, (cell, width)) in cells.zip(&widths).enumerate() {
            let cell = cell.trim_end();
            text += &match left(column) {
                true => format!(" {cell:<width$} |"),
                false => format!(" {cell:>width$} |"),
            };
        }
        text + "\n"
    };
    let mut text = line(&mut head.iter().copied());
    text.push('|');
    for (column, width) in widths.iter().enumerate() {
        let dashes = "-".repeat(width + 1);
        text += &if left(column) { format!("{dashes}-|") } else { format!("{dashes}:|") };
    }
    text.push('\n');
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

/// A score as a table with its bounds below.
#[must_use]
pub fn of_score(score: &Score) -> String {
    let head = ["class", "planted", "found", "share", "family", "kind", "above", "kept ", "bound "];
    let rows: Vec<Vec<String>> = score.classes.iter().map(cells).collect();
    let mut text = format!("{} {} lines, seed {}\n\n", score.kind, score.lines, score.seed);
    text += &table(&head, &rows);
    text.push('\n');
    for check in &score.checks {
        let verdict = if check.kept() { "kept" } else { "MISSED" };
        text += &format!("{verdict}: {} {}\n", check.count, check.what);
    }
    text += if score.passed { "PASSED\n" } else { "MISSED\n" };
    text
}

fn cells(row: &Row) -> Vec<String> {
    let quiet = matches!(row.rule, Rule::Never | Rule::Rarely | Rule::Calm);
    let unless_quiet = |text: String| if quiet { "-".to_owned() } else { text };
    vec![
        row.class.clone(),
        row.planted.to_string(),
        row.found.to_string(),
        percent(share(row.found, row.planted)),
        unless_quiet(row.family.to_string()),
        unless_quiet(row.exact.to_string()),
        row.above.to_string(),
        row.kept.map_or("-", |kept| if kept { "yes" } else { "MISSED" }).to_owned(),
        row.remark.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned() {
        let text = table(&["name", "n"], &[vec!["a".into(), "12".into()]]);
        assert_eq!(text, "| name |   n |\n|------|----:|\n| a    |  12 |\n");
    }
}
