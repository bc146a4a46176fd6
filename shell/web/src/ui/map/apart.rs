//! What stands on no map, as the state's own office: drawn beside it, by the same fills and signs.

use maud::{Markup, Render, html};

use super::{Spot, marks};

/// A jurisdiction without a place on the map. It stands on the page of a [`super::Map`], whose
/// patterns it uses.
#[derive(Clone, Debug)]
pub struct Apart {
    spot: Spot,
    still: bool,
}

impl Apart {
    /// A jurisdiction.
    #[must_use]
    pub const fn new(spot: Spot) -> Self {
        Self { spot, still: false }
    }

    /// Without a link, for a wall.
    #[must_use]
    pub const fn still(mut self) -> Self {
        self.still = true;
        self
    }

    fn square(&self) -> Markup {
        let look = &self.spot.look;
        let fill = look.fill();
        let fill = (fill != "calm").then(|| format!("url(#map-{fill})"));
        let veil = look.is_veiled().then(|| marks::veil_of(look.heard));
        html! {
            svg.map viewBox="0 0 100 100" aria-hidden="true" focusable="false" {
                rect.swatch x="3" y="3" width="94" height="94" rx="8" fill=[fill] {}
                @if let Some(veil) = veil {
                    rect.swatch x="3" y="3" width="94" height="94" rx="8" fill=(veil) {}
                }
                g.marks { (marks::of(look, marks::Row::at(50, 50, 44))) }
            }
        }
    }
}

impl Render for Apart {
    fn render(&self) -> Markup {
        html! {
            p.map-apart {
                (self.square())
                span {
                    @if self.still { strong { (self.spot.name) } } @else {
                        a href=(self.spot.href) { (self.spot.name) }
                    }
                    ": " (self.spot.words)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ward_kernel::Rung;

    use super::super::{Heard, Look};
    use super::*;
    use crate::ui::Href;

    #[test]
    fn it_is_drawn_as_on_the_map() {
        let drawn = |look: Look| {
            let spot = Spot::new("State office", Vec::new(), Href::at("/x"), "words", look);
            Apart::new(spot).render().into_string()
        };
        let calm = drawn(Look::default());
        assert!(calm.contains("<a href=\"/x\">State office</a>: words"), "{calm}");
        let access = drawn(Look { rung: Some(Rung::Access), ..Look::default() });
        assert!(access.contains("url(#map-access)") && access.contains("#map-at-access"));
        let silent = drawn(Look { heard: Heard::Silent, ..Look::default() });
        assert!(silent.contains("url(#map-silent)"), "{silent}");
        let spot = Spot::new("State office", Vec::new(), Href::at("/x"), "words", Look::default());
        let still = Apart::new(spot).still().render().into_string();
        assert!(!still.contains("<a ") && still.contains("<strong>State office</strong>: words"));
    }
}
