//! A small table: columns as wide as they need, one of them giving way when the page is narrow.

use super::canvas::{Canvas, Style};
use crate::page::text;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) head: &'static str,
    pub(crate) right: bool,
    /// The widest it may be, in columns.
    pub(crate) most: usize,
    /// The narrowest it may be squeezed to when the page is too narrow; equal to `most` if never.
    pub(crate) least: usize,
    pub(crate) style: Style,
}

impl Column {
    pub(crate) const fn text(head: &'static str, least: usize, most: usize) -> Self {
        Self { head, right: false, most, least, style: Style::Plain }
    }

    pub(crate) const fn number(head: &'static str) -> Self {
        Self { head, right: true, most: 16, least: 16, style: Style::Plain }
    }

    pub(crate) const fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// Draws the table, indented by two.
pub(crate) fn draw(canvas: &mut Canvas, columns: &[Column], rows: &[Vec<String>]) {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| canvas.readable(cell)).collect()).collect();
    let widths = widths(canvas.width().saturating_sub(2), columns, &rows);
    let heads: Vec<String> = columns.iter().map(|column| column.head.to_owned()).collect();
    row(canvas, columns, &widths, &heads, true);
    for cells in &rows {
        row(canvas, columns, &widths, cells, false);
    }
}

fn row(canvas: &mut Canvas, columns: &[Column], widths: &[usize], cells: &[String], head: bool) {
    let mark = canvas.glyphs().ellipsis;
    let cells: Vec<(Style, String)> = columns
        .iter()
        .zip(widths)
        .zip(cells)
        .enumerate()
        .map(|(i, ((column, width), cell))| {
            let cell = text::cut(cell, *width, mark);
            let pad = " ".repeat(width.saturating_sub(text::columns(&cell)));
            let gap = if i == 0 { "" } else { "  " };
            let style = if head { Style::Dim } else { column.style };
            if column.right {
                (style, format!("{gap}{pad}{cell}"))
            } else {
                (style, format!("{gap}{cell}{pad}"))
            }
        })
        .collect();
    let mut spans = vec![(Style::Plain, "  ")];
    spans.extend(cells.iter().map(|(style, cell)| (*style, cell.as_str())));
    canvas.line(&spans);
}

/// Widths that fit: what each column needs, then the columns that may give way give way, the
/// widest first.
fn widths(room: usize, columns: &[Column], rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let cells = rows.iter().filter_map(|row| row.get(i)).map(|cell| text::columns(cell));
            cells.max().unwrap_or(0).min(column.most).max(text::columns(column.head))
        })
        .collect();
    let gaps = columns.len().saturating_sub(1).saturating_mul(2);
    while widths.iter().sum::<usize>().saturating_add(gaps) > room {
        let widest = widths
            .iter_mut()
            .zip(columns)
            .filter(|(width, column)| **width > column.least && column.least < column.most)
            .max_by_key(|(width, _)| **width);
        let Some((width, _)) = widest else { break };
        *width = width.saturating_sub(1);
    }
    widths
}
