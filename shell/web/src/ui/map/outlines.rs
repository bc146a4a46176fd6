//! The outlines that are shipped: Missouri's. `ward-lab outlines` makes the file again.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::Spot;

const MISSOURI: &str = include_str!("../../../data/missouri.outlines");

static SHIPPED: LazyLock<Outlines> = LazyLock::new(|| parse(MISSOURI).unwrap_or_default());

/// The outlines of a state's counties.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    /// The size of the drawing, in its own units.
    pub(super) size: (i32, i32),
    /// One for each county.
    pub(super) all: Vec<Outline>,
}

/// The outline of a county.
#[derive(Debug)]
pub(super) struct Outline {
    /// The county's name, as jurisdictions name it.
    pub(super) name: &'static str,
    /// Where its marks stand.
    pub(super) middle: (i32, i32),
    /// The SVG path.
    pub(super) path: &'static str,
}

/// The outlines that fit the jurisdictions: they have one of each county that is named, and no
/// county that nobody names. A county without an authority would look calm.
pub(super) fn fitting(spots: &[Spot]) -> Option<&'static Outlines> {
    let named: BTreeSet<&str> =
        spots.iter().flat_map(|spot| &spot.counties).map(String::as_str).collect();
    let drawn: BTreeSet<&str> = SHIPPED.all.iter().map(|one| one.name).collect();
    let placed = spots.iter().all(|spot| !spot.counties.is_empty());
    (placed && !drawn.is_empty() && named == drawn).then_some(&SHIPPED)
}

/// Reads the file: the size, then a county a line.
fn parse(text: &'static str) -> Option<Outlines> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let size = pair(lines.next()?)?;
    let all: Option<Vec<Outline>> = lines
        .map(|line| {
            let (name, rest) = line.split_once('\t')?;
            let (middle, path) = rest.split_once('\t')?;
            Some(Outline { name, middle: pair(middle)?, path })
        })
        .collect();
    Some(Outlines { size, all: all? })
}

fn pair(text: &str) -> Option<(i32, i32)> {
    let (x, y) = text.split_once(' ')?;
    Some((x.parse().ok()?, y.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_county_of_missouri_has_its_outline() {
        assert_eq!(SHIPPED.all.len(), 115);
        let served: BTreeSet<String> =
            ward_access::missouri().into_iter().flat_map(|one| one.counties).collect();
        assert!(SHIPPED.all.iter().all(|one| served.contains(one.name)));
        let (width, height) = SHIPPED.size;
        for one in &SHIPPED.all {
            assert!((0..width).contains(&one.middle.0), "{}", one.name);
            assert!((0..height).contains(&one.middle.1), "{}", one.name);
            assert!(one.path.starts_with('M') && one.path.ends_with('z'), "{}", one.name);
        }
        assert!(SHIPPED.all.is_sorted_by_key(|one| one.name));
    }

    #[test]
    fn what_is_no_outline_is_none() {
        for broken in ["", "1000", "1 2\nAdair County", "1 2\nAdair County\t1\tM", "a b\n"] {
            assert!(parse(broken).is_none(), "{broken}");
        }
    }
}
