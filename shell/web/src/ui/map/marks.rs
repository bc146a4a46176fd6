//! What a map is drawn with: patterns, signs, and the words that explain them.

use maud::{Markup, Render, html};
use ward_kernel::Rung;

use super::plan::At;
use super::{Heard, Look, Rise, Trouble};

/// Where the marks of a jurisdiction stand: around a middle, and how large.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    middle: (i32, i32),
    size: i32,
}

impl Row {
    pub(super) const fn at(x: i32, y: i32, size: i32) -> Self {
        Self { middle: (x, y), size }
    }
}

/// A shape in its fill. What is calm has none of its own.
pub(super) fn shape(at: &At, fill: &'static str) -> Markup {
    let (x, y) = moved(at);
    let fill = (fill != "calm").then(|| format!("url(#map-{fill})"));
    html! { use href={ "#" (at.id) } x=[x] y=[y] fill=[fill] {} }
}

/// The hatching over a shape of which nothing is heard.
pub(super) fn veil(at: &At, heard: Heard) -> Markup {
    let (x, y) = moved(at);
    html! { use href={ "#" (at.id) } x=[x] y=[y] fill=(veil_of(heard)) {} }
}

/// What that hatching is drawn with.
pub(super) const fn veil_of(heard: Heard) -> &'static str {
    match heard {
        Heard::Silent => "url(#map-silent)",
        Heard::All | Heard::Unseen => "url(#map-unseen)",
    }
}

fn moved(at: &At) -> (Option<i32>, Option<i32>) {
    (at.moved.map(|(x, _)| x), at.moved.map(|(_, y)| y))
}

/// The marks of a jurisdiction, side by side, two in a row.
pub(super) fn of(look: &Look, row: Row) -> Markup {
    let marks = named(look);
    let size = row.size;
    html! {
        @for (at, mark) in (0_i32..).zip(&marks) {
            @let (x, y) = place(at, marks.len(), size);
            use href={ "#map-" (mark) } x=(row.middle.0 + x) y=(row.middle.1 + y)
                width=(size) height=(size) {}
        }
    }
}

/// Where a mark stands from the middle: by its number among all.
fn place(at: i32, all: usize, size: i32) -> (i32, i32) {
    let all = i32::try_from(all).unwrap_or(4);
    let rows = (all + 1) / 2;
    let in_row = if at / 2 == rows - 1 && all % 2 == 1 { 1 } else { 2 };
    ((at % 2) * size - in_row * size / 2, (at / 2) * size - rows * size / 2)
}

/// The names of the signs for what there is to say.
fn named(look: &Look) -> Vec<&'static str> {
    let rung = match look.rung {
        Some(Rung::Effect) => Some("at-effect"),
        Some(Rung::Access) => Some("at-access"),
        Some(Rung::Attempt) => Some("at-attempt"),
        Some(Rung::Scan) | None => None,
    };
    let trouble = match look.trouble {
        Trouble::None => None,
        Trouble::Open => Some("open"),
        Trouble::Slowed => Some("slowed"),
        Trouble::Stopped => Some("stopped"),
    };
    let heard = (look.heard == Heard::Silent && !look.is_veiled()).then_some("mute");
    let rise = match look.rise {
        Rise::None => None,
        Rise::Above => Some("above"),
        Rise::Far => Some("far"),
    };
    [rung, trouble, heard, rise].into_iter().flatten().collect()
}

/// The fills: lines that lean one way for an attempt, crossed for access, a full field with light
/// lines for an effect, broken lines for silence, thin level ones where nobody looks.
pub(super) fn patterns() -> Markup {
    let lines = [
        ("attempt", 24, "M-6 6 6-6M-6 30 30-6M18 30 30 18"),
        ("access", 24, "M-6 6 6-6M-6 30 30-6M18 30 30 18M-6 18 6 30M-6-6 30 30M18-6 30 6"),
        ("effect", 40, "M0 20H40"),
        ("silent", 26, "M-2 7H14M11 20H28"),
        ("unseen", 22, "M0 11H22"),
    ];
    html! {
        @for (name, side, path) in lines {
            pattern id={ "map-" (name) } class={ "pattern " (name) } width=(side) height=(side)
                patternUnits="userSpaceOnUse" {
                @if name != "unseen" { rect width=(side) height=(side) {} }
                path d=(path) {}
            }
        }
    }
}

/// The signs, each on a plate of its own so that it is read on any fill.
pub(super) fn symbols() -> Markup {
    html! {
        @for (rung, reached) in [("attempt", 2), ("access", 3), ("effect", 4)] {
            (symbol(&format!("at-{rung}"), "at-rung", &html! {
                @for (step, y) in [(1, 15), (2, 11), (3, 7), (4, 3)] {
                    @if step <= reached {
                        rect x="4" y=(y) width="12" height="2.6" {}
                    } @else {
                        rect x="4" y={ (y) ".9" } width="12" height=".8" {}
                    }
                }
            }))
        }
        (symbol("stopped", "stopped", &html! {
            path.full d="M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7z" {}
            path d="M5.5 10h9" {}
        }))
        (symbol("slowed", "slowed", &html! { path d="M10 3.4 17 16H3zM10 8v4M10 13.6v.9" {} }))
        (symbol("open", "at-open", &html! { path d="M10 4l6 6-6 6-6-6z" {} }))
        (symbol("mute", "mute", &html! { path d="M3 10h3M8.5 10h3M14 10h3" {} }))
        (symbol("above", "rise", &html! { path d="M10 16V5M5.5 9.5 10 5l4.5 4.5" {} }))
        (symbol("far", "rise", &html! {
            path d="M10 17V9M5.5 13 10 8.5l4.5 4.5M5.5 8 10 3.5 14.5 8" {}
        }))
    }
}

fn symbol(name: &str, class: &str, drawing: &Markup) -> Markup {
    html! {
        symbol id={ "map-" (name) } class={ "map-sign " (class) } viewBox="0 0 20 20" {
            rect.map-plate x="1" y="1" width="18" height="18" rx="3" {}
            (drawing)
        }
    }
}

/// What the fills and signs of a map mean. It stands on the page of a [`super::Map`], whose
/// patterns it uses.
#[derive(Clone, Copy, Debug)]
pub struct Legend;

impl Render for Legend {
    fn render(&self) -> Markup {
        let fills = [
            ("calm", "No effort open"),
            ("attempt", "Attempt"),
            ("access", "Access"),
            ("effect", "Effect"),
            ("silent", "A sensor is silent"),
            ("unseen", "No sensor: not seen"),
        ];
        let signs = [
            ("stopped", "Voting stopped"),
            ("slowed", "Voting slowed"),
            ("open", "Other incident"),
            ("mute", "Also silent"),
            ("above", "Above usual"),
            ("far", "Far above usual"),
        ];
        html! {
            ul.map-legend {
                @for (name, words) in fills {
                    @let fill = (name != "calm").then(|| format!("url(#map-{name})"));
                    li {
                        svg.map viewBox="0 0 60 40" aria-hidden="true" focusable="false" {
                            rect.swatch x="2" y="2" width="56" height="36" fill=[fill] {}
                        }
                        (words)
                    }
                }
                @for (name, words) in signs {
                    li {
                        svg.map viewBox="0 0 60 40" aria-hidden="true" focusable="false" {
                            use href={ "#map-" (name) } x="10" width="40" height="40" {}
                        }
                        (words)
                    }
                }
            }
        }
    }
}
