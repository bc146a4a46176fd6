//! Where everything of a map is drawn: by outlines, or by squares in rows.

use std::cmp::Reverse;
use std::ptr;

use maud::{Markup, html};

use super::Spot;
use super::marks::Row;
use super::outlines::{Outline, Outlines, fitting};

/// The side of a square of a grid, and from one to the next, in units.
const TILE: i32 = 100;
const STEP: i32 = 112;
/// The side of the square of an authority that shares its county with one that is more urgent.
const INSET: i32 = 64;
/// Jurisdictions from which on the squares of a grid hold no letters: nobody could read them.
const UNREADABLE: usize = 300;
/// Letters in a square.
const LETTERS: usize = 5;
/// The size of a mark on an outline, and in a square.
const MARK: i32 = 60;
const SMALL: i32 = 44;

/// A shape that is drawn: the id of its definition, and where it is moved to.
pub(super) struct At {
    pub(super) id: String,
    pub(super) moved: Option<(i32, i32)>,
}

/// A jurisdiction with its place.
pub(super) struct Drawn<'a> {
    pub(super) spot: &'a Spot,
    /// Its shapes; at least one.
    pub(super) shapes: Vec<At>,
    /// Where its marks stand.
    pub(super) marks: Row,
    /// Letters in its square.
    pub(super) text: Option<Markup>,
    /// Counties that it shares, each with the others there.
    shared: Vec<(&'a str, Vec<&'a str>)>,
}

impl Drawn<'_> {
    /// With whom it shares a county, as the end of its words.
    pub(super) fn shares(&self) -> String {
        let shared = self.shared.iter();
        shared
            .map(|(county, others)| format!("; shares {county} with {}", others.join(" and ")))
            .collect()
    }
}

/// The whole drawing.
pub(super) struct Plan<'a> {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) is_grid: bool,
    /// The shapes' definitions.
    pub(super) shapes: Markup,
    /// The jurisdictions, in the order in which they are drawn and reached by the keyboard.
    pub(super) drawn: Vec<Drawn<'a>>,
}

impl<'a> Plan<'a> {
    pub(super) fn of(spots: &'a [Spot]) -> Self {
        match fitting(spots) {
            Some(outlines) => by_outlines(spots, outlines),
            None => by_squares(spots),
        }
    }
}

/// The authorities of a county, the most urgent first.
fn owners<'a>(spots: &'a [Spot], outline: &Outline) -> Vec<&'a Spot> {
    let serves = |spot: &&Spot| spot.counties.iter().any(|county| county == outline.name);
    let mut own: Vec<&Spot> = spots.iter().filter(serves).collect();
    own.sort_by_key(|spot| Reverse(spot.look.urgency()));
    own
}

/// A jurisdiction in the outlines of its counties, whose authorities are `owners`.
fn outlined<'a>(
    spot: &'a Spot,
    outlines: &'static Outlines,
    owners: &[Vec<&'a Spot>],
) -> Drawn<'a> {
    let (mut shapes, mut marks, mut shared) = (Vec::new(), None, Vec::new());
    let mut inset = None;
    for (number, (outline, own)) in outlines.all.iter().zip(owners).enumerate() {
        let Some(turn) = own.iter().position(|one| ptr::eq(*one, spot)) else { continue };
        let others = own.iter().filter(|one| !ptr::eq(**one, spot));
        let others: Vec<&str> = others.map(|one| one.name.as_str()).collect();
        let (x, y) = outline.middle;
        if turn == 0 {
            shapes.push(At { id: format!("map-{number}"), moved: None });
            let left = if others.is_empty() { 0 } else { INSET / 2 };
            marks = marks.or(Some(Row::at(x - left, y, MARK)));
        } else {
            let turn = i32::try_from(turn).unwrap_or(1);
            inset = inset.or(Some((x + 6 + (turn - 1) * 12, y - INSET / 2)));
        }
        if !others.is_empty() {
            shared.push((outline.name, others));
        }
    }
    // Wherever another is more urgent, it has a small square within the shape.
    if let (true, Some((x, y))) = (shapes.is_empty(), inset) {
        shapes.push(At { id: "map-tile".to_owned(), moved: Some((x, y)) });
        marks = Some(Row::at(x + INSET / 2, y + INSET / 2, SMALL));
    }
    let marks = marks.unwrap_or(Row::at(0, 0, MARK));
    Drawn { spot, shapes, marks, text: None, shared }
}

fn by_outlines<'a>(spots: &'a [Spot], outlines: &'static Outlines) -> Plan<'a> {
    let owners: Vec<_> = outlines.all.iter().map(|outline| owners(spots, outline)).collect();
    let drawn = spots.iter().map(|spot| outlined(spot, outlines, &owners));
    // What lies within another shape is drawn after it.
    let (mut drawn, insets): (Vec<_>, Vec<_>) =
        drawn.partition(|one| one.shapes.iter().all(|at| at.moved.is_none()));
    drawn.extend(insets);
    let (width, height) = outlines.size;
    let shapes = html! {
        @for (number, outline) in outlines.all.iter().enumerate() {
            path id={ "map-" (number) } d=(outline.path) {}
        }
        rect #map-tile width=(INSET) height=(INSET) rx="8" {}
    };
    Plan { width, height, is_grid: false, shapes, drawn }
}

fn by_squares(spots: &[Spot]) -> Plan<'_> {
    let n = i32::try_from(spots.len()).unwrap_or(i32::MAX);
    // A little wider than high, as the page is.
    let columns =
        (1..=64).find(|columns| columns * columns * 3 >= n.saturating_mul(4)).unwrap_or(64);
    let rows = n.saturating_add(columns - 1) / columns;
    let letters = spots.len() < UNREADABLE;
    let drawn = (0..).zip(spots).map(|(at, spot)| {
        let (x, y) = ((at % columns) * STEP + 6, (at / columns) * STEP + 6);
        let text = letters.then(|| {
            html! { text x=(x + TILE / 2) y=(y + 32) { (short(&spot.name)) } }
        });
        let low = if letters { 20 } else { 0 };
        Drawn {
            spot,
            shapes: vec![At { id: "map-tile".to_owned(), moved: Some((x, y)) }],
            marks: Row::at(x + TILE / 2, y + TILE / 2 + low, SMALL),
            text,
            shared: Vec::new(),
        }
    });
    let drawn = drawn.collect();
    Plan {
        width: columns * STEP,
        height: rows.max(1) * STEP,
        is_grid: true,
        shapes: html! { rect #map-tile width=(TILE) height=(TILE) rx="8" {} },
        drawn,
    }
}

/// The first letters of a name: what tells neighbours of an alphabetical order apart at a glance.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).take(LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_a_name() {
        assert_eq!(short("St. Louis County"), "St.Lo");
        assert_eq!(short("日本"), "日本");
    }
}
