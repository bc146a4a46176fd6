//! The contrast of every pair of colours that meet, computed from the stylesheet: 4.5 for text, 3
//! for what is drawn (WCAG 2.2, 1.4.3 and 1.4.11), in light, in dark and on paper.

use std::collections::{BTreeMap, BTreeSet};

const CSS: &str = include_str!("../../assets/ward.css");

/// Words: the colour, and the surfaces on which it stands.
const TEXT: [(&str, &[&str]); 11] = [
    (
        "ink",
        &[
            "paper",
            "fill",
            "raised",
            "good-fill",
            "warn-fill",
            "bad-fill",
            "info-fill",
            "silent-fill",
        ],
    ),
    ("soft", &["paper", "fill", "raised"]),
    ("link", &["paper", "fill", "raised", "good-fill", "warn-fill", "bad-fill", "info-fill"]),
    ("accent", &["paper", "fill", "bad-fill"]),
    ("good", &["paper", "good-fill"]),
    ("warn", &["paper", "warn-fill"]),
    ("bad", &["paper", "fill", "bad-fill"]),
    ("silent", &["paper", "silent-fill"]),
    ("info", &["paper", "info-fill"]),
    ("on-action", &["action", "action-hover", "bad", "accent"]),
    ("action", &[]),
];

/// What is drawn, and on what.
const DRAWN: [(&str, &[&str]); 9] = [
    ("edge", &["paper", "fill", "raised"]),
    ("bar", &["paper"]),
    ("focus", &["paper", "fill", "raised", "good-fill", "warn-fill", "bad-fill", "info-fill"]),
    ("accent", &["paper", "fill"]),
    ("bad", &["paper", "raised"]),
    ("good", &["paper"]),
    ("action", &["paper", "raised"]),
    ("ink", &["paper"]),
    ("soft", &["line"]),
];

type Tokens = BTreeMap<String, [f64; 3]>;

/// The colours of the `:root` that follows a place in the stylesheet.
fn tokens(after: &str) -> Tokens {
    let block = CSS.split_once(after).unwrap().1.split_once(":root {").unwrap().1;
    let block = block.split_once('}').unwrap().0;
    let declared = block.split(';').filter_map(|line| line.trim().strip_prefix("--"));
    declared
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), colour(value.trim())?))
        })
        .collect()
}

fn colour(text: &str) -> Option<[f64; 3]> {
    let digits = text.strip_prefix('#')?;
    let wide = match digits.len() {
        3 => digits.chars().flat_map(|c| [c, c]).collect(),
        6 => digits.to_owned(),
        _ => return None,
    };
    let part = |at: usize| u8::from_str_radix(&wide[at..at + 2], 16).map(f64::from);
    Some([part(0).ok()?, part(2).ok()?, part(4).ok()?])
}

/// Relative luminance (WCAG 2.2, definition).
fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Light; dark and print with what they do not say taken from it.
fn schemes() -> [(&'static str, Tokens); 3] {
    let light = tokens("@layer tokens {");
    let over = |after: &str| {
        let mut all = light.clone();
        all.extend(tokens(after));
        all
    };
    let (dark, print) = (over("prefers-color-scheme: dark"), over("@media print"));
    [("light", light), ("dark", dark), ("print", print)]
}

fn check(pairs: &[(&str, &[&str])], least: f64, faults: &mut Vec<String>) {
    for (scheme, tokens) in schemes() {
        for (above, surfaces) in pairs {
            for surface in *surfaces {
                let found = contrast(tokens[*above], tokens[*surface]);
                if found < least {
                    faults.push(format!("{scheme}: {above} on {surface} has {found:.2}"));
                }
            }
        }
    }
}

#[test]
fn every_pair_can_be_read() {
    let mut faults = Vec::new();
    check(&TEXT, 4.5, &mut faults);
    check(&DRAWN, 3.0, &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A token that is used for words or below them stands in the tables above.
#[test]
fn no_colour_is_forgotten() {
    let known: BTreeSet<&str> = TEXT.iter().map(|(name, _)| *name).collect();
    let surfaces: BTreeSet<&str> = TEXT.iter().flat_map(|(_, on)| on.iter().copied()).collect();
    let drawn: BTreeSet<&str> = DRAWN.iter().map(|(name, _)| *name).collect();
    let used = |property: &str| -> BTreeSet<&str> {
        let parts = CSS.split(property).skip(1);
        parts.filter_map(|rest| rest.split([')', ';']).next()).collect()
    };
    let all = |found: BTreeSet<&str>, known: &BTreeSet<&str>| {
        let missing: Vec<_> = found.difference(known).copied().collect();
        assert!(missing.is_empty(), "not in the tables: {missing:?}");
    };
    all(used(" color: var(--"), &known);
    all(used(" background: var(--"), &surfaces);
    all(used(" outline: 3px solid var(--"), &drawn);
    // The only drawn colour that need not be seen is the line between rows, and what meters lack.
    let fills = used(" fill: var(--");
    all(fills, &drawn.iter().copied().chain(["line"]).collect());
    // No colour is written outside of the tokens, but the shade behind an open menu and on paper.
    let rules = CSS.split_once("@layer base {").unwrap().1.split("@media print").next().unwrap();
    let literal = rules.matches('#').count();
    assert_eq!(literal, 0, "a colour outside of the tokens");
}

#[test]
fn computes_as_the_standard_does() {
    let of = |a: &str, b: &str| contrast(colour(a).unwrap(), colour(b).unwrap());
    assert!((of("#000", "#fff") - 21.0).abs() < 1e-9);
    assert!((of("#777777", "#ffffff") - 4.48).abs() < 0.01);
}
