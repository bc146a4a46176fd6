//! Makes the map of the situation page: county outlines projected, simplified and written as small
//! SVG paths.
//!
//! Neighbours share their edges exactly. Every border between two counties is one arc between two
//! points where at least three areas (or two and the outside) meet; it is simplified once, in one
//! direction, and both counties take what is left of it. So no gap shows, whatever was left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;

/// `ward-lab outlines`.
#[derive(Args, Debug)]
pub struct Outlines {
    /// County outlines in degrees, as the Census Bureau gives them (GeoJSON)
    #[arg(default_value = "testing/lab/data/missouri-counties.geojson")]
    pub from: PathBuf,
    /// The file to write
    #[arg(default_value = "shell/web/data/missouri.outlines")]
    pub to: PathBuf,
}

/// The width of the drawing, in its own units: half a pixel of a wall 3840 pixels wide.
const WIDTH: f64 = 2_000.0;
/// The space around the drawing, for the lines that are drawn on its border.
const MARGIN: f64 = 10.0;
/// By how much a border may move when points are left out, in units.
const TOLERANCE: f64 = 1.0;
/// The standard parallels: a sixth of the way in from Missouri's southern and northern border, so
/// that shapes are true to less than a thousandth (36.0 to 40.6 degrees north).
const PARALLELS: [f64; 2] = [36.8, 39.8];
/// Counties' FIPS codes are odd and below this; above stand cities that belong to no county.
const CITIES: u32 = 500;

/// A point of the drawing, in its units, from the upper left.
type Point = (i32, i32);

/// One outline in degrees.
struct Area {
    name: String,
    ring: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    id: String,
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Properties {
    name: String,
}

#[derive(Deserialize)]
struct Geometry {
    coordinates: Vec<Vec<Vec<(f64, f64)>>>,
}

/// Makes the file again.
///
/// # Errors
/// That a file cannot be read or written, or holds something else than one ring for each county.
pub fn run(outlines: &Outlines) -> Result<bool> {
    let text = made(&outlines.from)?;
    std::fs::write(&outlines.to, text)
        .with_context(|| format!("cannot write {}", outlines.to.display()))?;
    Ok(true)
}

/// The text of the file, made from county outlines in degrees.
///
/// # Errors
/// As [`run`].
pub fn made(from: &Path) -> Result<String> {
    let text =
        std::fs::read_to_string(from).with_context(|| format!("cannot read {}", from.display()))?;
    let areas = read(&text)?;
    let (rings, height) = drawn(&areas);
    let rings = simplified(&rings);
    let mut out = format!(
        "# Missouri's counties and the City of St. Louis: cartographic boundaries of the US Census\n\
         # Bureau (public domain), Albers' equal-area projection. Made by: ward-lab outlines\n\
         # The size of the drawing; then name, where marks stand, and path, with tabs between.\n\
         {WIDTH} {height}\n"
    );
    for (area, ring) in areas.iter().zip(&rings) {
        let (x, y) = middle(ring);
        let _ = writeln!(out, "{}\t{x} {y}\t{}", area.name, path(ring));
    }
    Ok(out)
}

fn read(text: &str) -> Result<Vec<Area>> {
    let all: Collection =
        serde_json::from_str(text).context("this is no collection of outlines")?;
    let mut areas = Vec::new();
    for feature in all.features {
        let name = &feature.properties.name;
        let rings: Vec<_> = feature.geometry.coordinates.into_iter().flatten().collect();
        ensure!(rings.len() == 1, "{name} has {} rings, and one is read", rings.len());
        let ring = rings.into_iter().next().unwrap_or_default();
        let county: u32 = feature.id.get(2..).unwrap_or_default().parse()?;
        let name =
            if county < CITIES { format!("{name} County") } else { format!("City of {name}") };
        areas.push(Area { name, ring });
    }
    areas.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(areas)
}

/// All outlines in the units of the drawing, without their closing points, and its height.
fn drawn(areas: &[Area]) -> (Vec<Vec<Point>>, i32) {
    let all = || areas.iter().flat_map(|area| &area.ring);
    let (west, east) = all().fold((180.0_f64, -180.0_f64), |(w, e), p| (w.min(p.0), e.max(p.0)));
    let middle = f64::midpoint(west, east);
    let flat: Vec<Vec<(f64, f64)>> = areas
        .iter()
        .map(|area| area.ring.iter().map(|point| albers(*point, middle)).collect())
        .collect();
    let all = || flat.iter().flatten();
    let least = all().fold((f64::MAX, f64::MAX), |least, p| (least.0.min(p.0), least.1.min(p.1)));
    let most = all().fold((f64::MIN, f64::MIN), |most, p| (most.0.max(p.0), most.1.max(p.1)));
    let scale = (WIDTH - 2.0 * MARGIN) / (most.0 - least.0);
    let unit = |value: f64, least: f64| whole((value - least) * scale + MARGIN);
    let rings = flat.iter().map(|ring| {
        let mut points: Vec<Point> =
            ring.iter().map(|(x, y)| (unit(*x, least.0), unit(*y, least.1))).collect();
        points.dedup();
        if points.first() == points.last() {
            points.pop();
        }
        points
    });
    (rings.collect(), unit(most.1, least.1).saturating_add(whole(MARGIN)))
}

/// Albers' equal-area conic projection on a sphere of radius 1, y to the south (J. P. Snyder, Map
/// Projections: A Working Manual, USGS Professional Paper 1395, 1987, pages 100 and 101).
fn albers((longitude, latitude): (f64, f64), middle: f64) -> (f64, f64) {
    let [south, north] = PARALLELS.map(f64::to_radians);
    let n = f64::midpoint(south.sin(), north.sin());
    let c = south.cos().powi(2) + 2.0 * n * south.sin();
    let rho = |latitude: f64| (c - 2.0 * n * latitude.sin()).max(0.0).sqrt() / n;
    let theta = n * (longitude - middle).to_radians();
    let rho = rho(latitude.to_radians());
    (rho * theta.sin(), rho * theta.cos())
}

#[expect(clippy::cast_possible_truncation, reason = "the drawing is a few thousand units wide")]
fn whole(value: f64) -> i32 {
    value.round() as i32
}

/// The rings with points left out, each border once for both of its sides.
fn simplified(rings: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let nodes = nodes(rings);
    rings
        .iter()
        .map(|ring| {
            let cuts: Vec<usize> =
                (0..ring.len()).filter(|at| nodes.contains(&ring[*at])).collect();
            let Some(first) = cuts.first() else { return ring.clone() };
            let ends = cuts.iter().skip(1).copied().chain([first + ring.len()]);
            let mut out = Vec::new();
            for (from, to) in cuts.iter().zip(ends) {
                let arc: Vec<Point> = (*from..=to).map(|at| ring[at % ring.len()]).collect();
                // The last point begins the next arc.
                out.extend(arc_of(&arc).iter().rev().skip(1).rev());
            }
            out
        })
        .collect()
}

/// An arc with points left out: the same ones from whichever end it is walked.
fn arc_of(arc: &[Point]) -> Vec<Point> {
    let back: Vec<Point> = arc.iter().rev().copied().collect();
    if back.as_slice() < arc {
        let mut kept = thinned(&back);
        kept.reverse();
        return kept;
    }
    thinned(arc)
}

/// Points where more than two borders meet. A ring without any keeps all of its points.
fn nodes(rings: &[Vec<Point>]) -> BTreeSet<Point> {
    let mut around: BTreeMap<Point, BTreeSet<Point>> = BTreeMap::new();
    for ring in rings {
        for (a, b) in edges(ring) {
            around.entry(a).or_default().insert(b);
            around.entry(b).or_default().insert(a);
        }
    }
    around.into_iter().filter(|(_, others)| others.len() > 2).map(|(point, _)| point).collect()
}

/// The edges of a ring, the closing one among them.
fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Leaves out what lies within the tolerance of a straight line (Douglas and Peucker, The Canadian
/// Cartographer 10 (1973), 112-122).
fn thinned(arc: &[Point]) -> Vec<Point> {
    let (Some(first), Some(last)) = (arc.first(), arc.last()) else { return Vec::new() };
    let inner = arc.iter().enumerate().skip(1).take(arc.len().saturating_sub(2));
    let far = inner.map(|(at, point)| (apart(*point, *first, *last), at));
    match far.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((distance, at)) if distance > TOLERANCE => {
            let mut kept = thinned(&arc[..=at]);
            kept.pop();
            kept.extend(thinned(&arc[at..]));
            kept
        }
        _ => vec![*first, *last],
    }
}

/// How far a point lies from the line between two others.
fn apart(point: Point, from: Point, to: Point) -> f64 {
    let [p, a, b] = [point, from, to].map(|(x, y)| (f64::from(x), f64::from(y)));
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.mul_add(dx, dy * dy);
    let along =
        if length == 0.0 { 0.0 } else { (p.0 - a.0).mul_add(dx, (p.1 - a.1) * dy) / length };
    let along = along.clamp(0.0, 1.0);
    (p.0 - along.mul_add(dx, a.0)).hypot(p.1 - along.mul_add(dy, a.1))
}

/// The point within an outline that is farthest from its border, on a grid: where marks stand.
fn middle(ring: &[Point]) -> Point {
    const STEPS: i32 = 48;
    let spread = |of: fn(&Point) -> i32| {
        let values = || ring.iter().map(of);
        (values().min().unwrap_or(0), values().max().unwrap_or(0))
    };
    let ((west, east), (north, south)) = (spread(|p| p.0), spread(|p| p.1));
    let mut best = (f64::MIN, (west, north));
    for step in 0..STEPS * STEPS {
        let x = west + (east - west) * (step % STEPS) / STEPS;
        let y = north + (south - north) * (step / STEPS) / STEPS;
        if !holds(ring, (x, y)) {
            continue;
        }
        let near = edges(ring).map(|(a, b)| apart((x, y), a, b)).fold(f64::MAX, f64::min);
        if near > best.0 {
            best = (near, (x, y));
        }
    }
    best.1
}

/// Whether a point lies within an outline, by the borders to its east.
fn holds(ring: &[Point], (x, y): Point) -> bool {
    let crossed = edges(ring).filter(|((ax, ay), (bx, by))| {
        let spans = (*ay > y) != (*by > y);
        spans && {
            let at = f64::from(bx - ax) * f64::from(y - ay) / f64::from(by - ay) + f64::from(*ax);
            at > f64::from(x)
        }
    });
    crossed.count() % 2 == 1
}

/// A ring as an SVG path of relative lines.
fn path(ring: &[Point]) -> String {
    let mut out = String::new();
    let mut before: Option<Point> = None;
    for (x, y) in ring {
        match before {
            None => {
                let _ = write!(out, "M{x} {y}l");
            }
            Some(from) => {
                let (dx, dy) = (x - from.0, y - from.1);
                if !out.ends_with('l') && dx >= 0 {
                    out.push(' ');
                }
                let between = if dy >= 0 { " " } else { "" };
                let _ = write!(out, "{dx}{between}{dy}");
            }
        }
        before = Some((*x, *y));
    }
    out.push('z');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_house(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
    }

    fn source() -> PathBuf {
        in_house("testing/lab/data/missouri-counties.geojson")
    }

    fn rings() -> (Vec<Area>, Vec<Vec<Point>>) {
        let areas = read(&std::fs::read_to_string(source()).unwrap()).unwrap();
        let rings = simplified(&drawn(&areas).0);
        (areas, rings)
    }

    #[test]
    fn the_kept_file_is_what_is_made() {
        let kept = std::fs::read_to_string(in_house("shell/web/data/missouri.outlines")).unwrap();
        assert_eq!(made(&source()).unwrap(), kept, "run: cargo run -p ward-lab -- outlines");
        assert!(kept.len() < 16_000, "{} bytes", kept.len());
    }

    /// Each border is walked once by either neighbour; what one county alone walks is the state's
    /// border, which is one line without a hole.
    #[test]
    fn no_gap_shows() {
        let (areas, rings) = rings();
        assert_eq!(areas.len(), 115);
        let mut walked: BTreeMap<(Point, Point), u32> = BTreeMap::new();
        for edge in rings.iter().flat_map(|ring| edges(ring)) {
            *walked.entry(edge).or_default() += 1;
        }
        assert!(walked.values().all(|times| *times == 1), "two counties lie over each other");
        let outer: BTreeMap<Point, Point> =
            walked.keys().filter(|(a, b)| !walked.contains_key(&(*b, *a))).copied().collect();
        let begin = *outer.keys().next().unwrap();
        let (mut at, mut steps) = (outer[&begin], 1);
        while at != begin {
            (at, steps) = (outer[&at], steps + 1);
        }
        assert_eq!(steps, outer.len(), "a border within the state is open");
    }

    #[test]
    fn the_middle_lies_within() {
        let (areas, rings) = rings();
        for (area, ring) in areas.iter().zip(&rings) {
            assert!(ring.len() >= 4, "{}", area.name);
            assert!(holds(ring, middle(ring)), "{}", area.name);
        }
    }

    #[test]
    fn keeps_corners_and_leaves_out_what_is_straight() {
        assert_eq!(
            thinned(&[(0, 0), (5, 0), (10, 1), (20, 0), (20, 9)]),
            [(0, 0), (20, 0), (20, 9)]
        );
        let arc = [(0, 0), (3, 2), (9, -2), (14, 3), (20, 0)];
        let mut back = arc;
        back.reverse();
        let mut other = arc_of(&back);
        other.reverse();
        assert_eq!(arc_of(&arc), other);
        assert_eq!(path(&[(3, 4), (5, 2), (1, 2)]), "M3 4l2-2-4 0z");
    }
}
