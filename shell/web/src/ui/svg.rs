//! The signs that stand beside words. They hold shapes only: the word says it, the sign is found
//! faster. Colour comes from the text around them.

use maud::{Markup, html};
use ward_kernel::Rung;

/// A ladder of four rungs, filled as far as the threat has climbed.
pub(super) fn rung(rung: Rung) -> Markup {
    let reached = match rung {
        Rung::Scan => 1,
        Rung::Attempt => 2,
        Rung::Access => 3,
        Rung::Effect => 4,
    };
    html! {
        svg.sign viewBox="0 0 16 16" aria-hidden="true" focusable="false" {
            @for (step, y) in [(1, 13), (2, 9), (3, 5), (4, 1)] {
                @if step <= reached {
                    rect x="1" y=(y) width="14" height="2.8" {}
                } @else {
                    rect.open x="1" y={ (y) ".9" } width="14" height="1" {}
                }
            }
        }
    }
}

/// A tick.
pub(super) fn good() -> Markup {
    sign("M2.5 8.5l3.6 3.6 7.4-8.2")
}

/// An exclamation mark in a triangle.
pub(super) fn warn() -> Markup {
    sign("M8 1.8L15 14H1zM8 6.2v4M8 11.6v.9")
}

/// A cross in an octagon.
pub(super) fn bad() -> Markup {
    sign("M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2zM5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2")
}

/// A broken line: nothing is heard.
pub(super) fn silent() -> Markup {
    sign("M1 8h3M6.5 8h3M12 8h3")
}

/// A letter in a circle.
pub(super) fn info() -> Markup {
    sign("M8 1.2a6.8 6.8 0 1 0 .01 0M8 7v4.6M8 4.2v1")
}

fn sign(path: &'static str) -> Markup {
    html! {
        svg.sign viewBox="0 0 16 16" aria-hidden="true" focusable="false" {
            path d=(path) {}
        }
    }
}
