//! The map of a state's jurisdictions: small inline SVG whose every shape is a link that says in
//! words what it shows.
//!
//! What matters never stands on colour alone: each rung has a pattern and a sign of its own, and
//! what is not heard is hatched. Where the outlines of the counties are shipped ([`outlines`]) and
//! fit the office's list, they are drawn; otherwise one square for each jurisdiction, by the same
//! rules. The twin of the map is a list, which whoever draws it puts beside it.

mod apart;
mod marks;
mod outlines;
mod plan;

use maud::{Markup, Render, html};
use ward_kernel::Rung;

use super::Href;
use plan::{Drawn, Plan};

pub use apart::Apart;
pub use marks::Legend;

/// Whether a jurisdiction's sensors are heard.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Heard {
    /// All of them.
    #[default]
    All,
    /// There is none: nobody sees this jurisdiction.
    Unseen,
    /// At least one that should be heard is not.
    Silent,
}

/// How the counts of this hour stand to what is normal.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Rise {
    /// As usual, or not known.
    #[default]
    None,
    /// Above usual.
    Above,
    /// Far above usual.
    Far,
}

/// The worst of a jurisdiction's open incidents.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Trouble {
    /// None is open.
    #[default]
    None,
    /// Some is open, and people can vote as usual.
    Open,
    /// Voting is slowed.
    Slowed,
    /// People cannot vote.
    Stopped,
}

/// What is drawn of a jurisdiction.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Look {
    /// The highest rung of an open case, from attempt on; scans are everywhere and drawn nowhere.
    pub rung: Option<Rung>,
    /// Whether its sensors are heard.
    pub heard: Heard,
    /// How the hour stands to what is normal.
    pub rise: Rise,
    /// The worst open incident.
    pub trouble: Trouble,
}

impl Look {
    /// What matters more comes later in the order: effect, people who cannot vote, access, voting
    /// that is slowed, an attempt, far more than usual, silence, more than usual, any incident.
    #[must_use]
    pub fn urgency(&self) -> impl Ord + Copy + std::fmt::Debug + use<> {
        let rung = self.rung.unwrap_or(Rung::Scan);
        [
            rung >= Rung::Effect,
            self.trouble >= Trouble::Stopped,
            rung >= Rung::Access,
            self.trouble >= Trouble::Slowed,
            rung >= Rung::Attempt,
            self.rise >= Rise::Far,
            self.heard >= Heard::Silent,
            self.rise >= Rise::Above,
            self.trouble >= Trouble::Open,
        ]
    }

    /// Whether it is hatched for what is not heard. Over the pattern of a rung nobody could read it:
    /// there a sign says it.
    fn is_veiled(&self) -> bool {
        self.heard != Heard::All && self.fill() == "calm"
    }

    /// The name of its fill.
    fn fill(&self) -> &'static str {
        match self.rung {
            Some(Rung::Effect) => "effect",
            Some(Rung::Access) => "access",
            Some(Rung::Attempt) => "attempt",
            Some(Rung::Scan) | None => "calm",
        }
    }
}

/// A jurisdiction on the map.
#[derive(Clone, Debug)]
pub struct Spot {
    name: String,
    counties: Vec<String>,
    href: Href,
    words: String,
    look: Look,
}

impl Spot {
    /// A jurisdiction by its name, the counties that it serves, its page, how it is in words, and
    /// what is drawn of that.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        counties: Vec<String>,
        href: Href,
        words: impl Into<String>,
        look: Look,
    ) -> Self {
        Self { name: name.into(), counties, href, words: words.into(), look }
    }
}

/// A map of all jurisdictions.
#[derive(Clone, Debug)]
pub struct Map {
    label: String,
    spots: Vec<Spot>,
    still: bool,
}

impl Map {
    /// What the map shows, and the jurisdictions.
    #[must_use]
    pub fn new(label: impl Into<String>, spots: Vec<Spot>) -> Self {
        Self { label: label.into(), spots, still: false }
    }

    /// A picture without links, for a wall: its label has to say what matters of it.
    #[must_use]
    pub fn still(mut self) -> Self {
        self.still = true;
        self
    }

    /// Whether it is drawn by squares, because no outlines fit the jurisdictions.
    #[must_use]
    pub fn is_grid(&self) -> bool {
        outlines::fitting(&self.spots).is_none()
    }

    fn spot(&self, drawn: &Drawn<'_>) -> Markup {
        let shapes = html! {
            @for at in &drawn.shapes {
                (marks::shape(at, drawn.spot.look.fill()))
                @if drawn.spot.look.is_veiled() {
                    (marks::veil(at, drawn.spot.look.heard))
                }
            }
        };
        if self.still {
            return html! { g class=(drawn.spot.look.fill()) { (shapes) } };
        }
        html! {
            a href=(drawn.spot.href) class=(drawn.spot.look.fill()) {
                title { (drawn.spot.name) ": " (drawn.spot.words) (drawn.shares()) }
                (shapes)
                @if let Some(text) = &drawn.text { (text) }
            }
        }
    }
}

impl Render for Map {
    fn render(&self) -> Markup {
        let plan = Plan::of(&self.spots);
        let role = if self.still { "img" } else { "group" };
        html! {
            svg.map .grid[plan.is_grid] viewBox={ "0 0 " (plan.width) " " (plan.height) }
                role=(role) aria-label=(self.label) {
                defs {
                    (marks::patterns())
                    (marks::symbols())
                    (plan.shapes)
                }
                @for drawn in &plan.drawn { (self.spot(drawn)) }
                g.marks aria-hidden="true" {
                    @for drawn in &plan.drawn { (marks::of(&drawn.spot.look, drawn.marks)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missouri(look: impl Fn(&str) -> Look) -> Map {
        let spot = |one: ward_access::Jurisdiction| {
            let look = look(&one.id);
            let words = if look == Look::default() { "nothing open" } else { "look here" };
            Spot::new(one.name, one.counties, Href::at("/situation").join(&one.id), words, look)
        };
        Map::new("Missouri", ward_access::missouri().into_iter().map(spot).collect())
    }

    /// The names of all links, in their order.
    fn names(page: &str) -> Vec<&str> {
        let titles = page.split("<title>").skip(1);
        titles.map(|rest| rest.split("</title>").next().unwrap()).collect()
    }

    #[test]
    fn every_authority_is_a_link_and_an_outline_stands_once() {
        let page = missouri(|_| Look::default()).render().into_string();
        assert_eq!(names(&page).len(), 116);
        assert_eq!(page.matches("<path id=\"map-").count(), 115);
        assert_eq!(page.matches("href=\"/situation/").count(), 116);
        assert!(page.len() < 60_000, "{} bytes", page.len());
        // The worst case: all of it hatched and marked.
        let worst = Look {
            rung: Some(Rung::Effect),
            heard: Heard::Silent,
            rise: Rise::Far,
            trouble: Trouble::Stopped,
        };
        let page = missouri(|_| worst).render().into_string();
        assert!(page.len() < 75_000, "{} bytes", page.len());
    }

    #[test]
    fn a_shared_county_shows_the_more_urgent_and_names_both() {
        let attempt = Look { rung: Some(Rung::Attempt), ..Look::default() };
        for urgent in ["kansas-city-board", "jackson-county-board"] {
            let look = |id: &str| if id == urgent { attempt } else { Look::default() };
            let map = missouri(look);
            let page = map.render().into_string();
            let names = names(&page);
            let shared: Vec<_> = names.iter().filter(|name| name.contains("shares")).collect();
            assert_eq!(shared.len(), 2, "{shared:?}");
            let of = |name: &str| shared.iter().find(|words| words.starts_with(name)).unwrap();
            let (kansas, jackson) = (of("Kansas City Board"), of("Jackson County Board"));
            assert!(kansas.contains("shares Jackson County with Jackson County Board"), "{kansas}");
            assert!(jackson.contains("with Kansas City Board"), "{jackson}");
            // Whose the shape is, is what is urgent there; the other has a square within it.
            let at = outlines::fitting(&map.spots).unwrap().all.iter();
            let at = at.map(|one| one.name).position(|name| name == "Jackson County").unwrap();
            let id = format!("#map-{at}\"");
            let shape = page.split("<a ").find(|link| link.contains(&id)).unwrap();
            assert!(shape.contains(urgent) && shape.contains("attempt"), "{shape}");
            assert_eq!(page.matches("\"#map-tile\"").count(), 1);
        }
    }

    #[test]
    fn another_state_is_drawn_by_squares() {
        let spots = |n: usize| -> Vec<Spot> {
            (0..n)
                .map(|at| {
                    let county = format!("Parish {at}");
                    let href = Href::at("/situation").join(&format!("p-{at}"));
                    Spot::new(&county, vec![county.clone()], href, "nothing open", Look::default())
                })
                .collect()
        };
        for n in [0, 1, 5, 64, 1_900] {
            let map = Map::new("Another state", spots(n));
            assert!(map.is_grid());
            let page = map.render().into_string();
            assert_eq!((names(&page).len(), page.matches("<a ").count()), (n, n));
            assert_eq!(page.matches("href=\"#map-tile\"").count(), n);
        }
        // Half of Missouri is not Missouri: what has no authority would look calm.
        let half = ward_access::missouri().into_iter().take(58);
        let half = half.map(|one| {
            Spot::new(one.name, one.counties, Href::at("/situation"), "", Look::default())
        });
        assert!(Map::new("Half", half.collect()).is_grid());
        assert!(!missouri(|_| Look::default()).is_grid());
    }

    #[test]
    fn no_state_is_a_colour_alone() {
        let one = |look: Look| {
            let spot = Spot::new("One", vec!["One".into()], Href::at("/"), "words", look);
            let page = Map::new("One", vec![spot]).render().into_string();
            page.split_once("</defs>").unwrap().1.to_owned()
        };
        let calm = one(Look::default());
        let looks = [
            Look { rung: Some(Rung::Attempt), ..Look::default() },
            Look { rung: Some(Rung::Access), ..Look::default() },
            Look { rung: Some(Rung::Effect), ..Look::default() },
            Look { heard: Heard::Silent, ..Look::default() },
            Look { heard: Heard::Unseen, ..Look::default() },
            Look { rise: Rise::Above, ..Look::default() },
            Look { rise: Rise::Far, ..Look::default() },
            Look { trouble: Trouble::Open, ..Look::default() },
            Look { trouble: Trouble::Slowed, ..Look::default() },
            Look { trouble: Trouble::Stopped, ..Look::default() },
        ];
        let drawn: std::collections::BTreeSet<String> = looks.into_iter().map(one).collect();
        assert_eq!(drawn.len(), 10);
        // Each has an element or a pattern more than calm has, not merely another class.
        assert!(drawn.iter().all(|page| page.len() > calm.len() + 20), "{drawn:?}");
    }

    #[test]
    fn hostile_names_stay_text() {
        let name = "<script>alert(1)</script>\"'&";
        let spot = Spot::new(name, vec![name.into()], Href::at("/"), name, Look::default());
        let page = Map::new(name, vec![spot]).render().into_string();
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    }

    #[test]
    fn a_still_map_has_no_link() {
        let page = missouri(|_| Look::default()).still().render().into_string();
        assert!(!page.contains("<a ") && !page.contains("<title>"));
        assert!(page.contains("role=\"img\" aria-label=\"Missouri\""));
    }
}
