//! Figures: percentiles, and how fast something grows.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Measured values, in any unit.
#[derive(Clone, Debug, Default)]
pub struct Figures(Vec<f64>);

impl Figures {
    /// Adds one.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Adds those of another.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The value that a share of all does not exceed; 0 of nothing.
    pub fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len() as f64 * share).ceil() as usize;
        sorted.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
    }

    /// `p50`, `p95`, `p99` and the most, for people.
    pub fn words(&self) -> String {
        let [p50, p95, p99, most] = self.four();
        format!("{p50:>8.1} {p95:>8.1} {p99:>8.1} {most:>8.1} {:>8}", self.count())
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let [p50, p95, p99, most] = self.four();
        json!({ "count": self.count(), "p50": p50, "p95": p95, "p99": p99, "max": most })
    }

    fn four(&self) -> [f64; 4] {
        [self.at(0.5), self.at(0.95), self.at(0.99), self.at(1.0)]
    }
}

/// What people who look around have seen: by page, milliseconds; and what did not answer as it should.
#[derive(Debug, Default)]
pub struct Seen {
    /// How long each page took.
    pub pages: BTreeMap<String, Figures>,
    /// Answers that were none.
    pub wrong: Vec<String>,
}

impl Seen {
    /// Adds what another has seen.
    pub fn join(&mut self, other: Self) {
        for (page, figures) in other.pages {
            self.pages.entry(page).or_default().join(&figures);
        }
        self.wrong.extend(other.wrong);
    }

    /// All pages together.
    pub fn all(&self) -> Figures {
        let mut all = Figures::default();
        self.pages.values().for_each(|figures| all.join(figures));
        all
    }

    /// The pages, for programs.
    pub fn json(&self) -> Value {
        self.pages.iter().map(|(page, figures)| (page.clone(), figures.json())).collect()
    }
}

/// The slope of the straight line nearest to the points; 0 of fewer than three.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    if points.len() < 3 {
        return 0.0;
    }
    let many = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (x, y) = (x / many, y / many);
    let over: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let under: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    if under > 0.0 { over / under } else { 0.0 }
}
