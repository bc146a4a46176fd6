//! The contrast of every pair of colours that meet, computed from the stylesheet: 4.5 for text, 3
//! for what is drawn (WCAG 2.2, 1.4.3 and 1.4.11), in light, in dark and on paper.

use std::collections::{BTreeMap, BTreeSet};

const CSS: &str = include_str!("../../assets/ward.css");

/// Everything that has a ground of its own.
const SURFACES: [&str; 8] =
    ["paper", "fill", "raised", "good-fill", "warn-fill", "bad-fill", "info-fill", "silent-fill"];

/// Words: the colour, and the surfaces on which it stands.
const TEXT: [(&str, &[&str]); 10] = [
    ("ink", &SURFACES),
    ("soft", &["paper", "fill", "raised"]),
    ("link", &["paper", "fill", "raised", "good-fill", "warn-fill", "bad-fill", "info-fill"]),
    ("accent", &["paper", "fill", "bad-fill"]),
    ("good", &["paper", "good-fill"]),
    ("warn", &["paper", "warn-fill"]),
    // A button that throws away stands in notices of every kind.
    ("bad", &["paper", "fill", "good-fill", "warn-fill", "bad-fill", "info-fill"]),
    ("silent", &["paper", "silent-fill"]),
    ("info", &["paper", "info-fill"]),
    ("on-action", &["action", "action-hover", "bad", "accent"]),
];

/// The band of an exercise, which is there alone.
const BAND: [(&str, &[&str]); 1] = [("on-world", &["world", "stripe"])];

/// What is drawn, and on what.
const DRAWN: [(&str, &[&str]); 12] = [
    ("edge", &["paper", "fill", "raised", "good-fill", "warn-fill", "bad-fill", "info-fill"]),
    ("bar", &["paper", "fill"]),
    ("focus", &SURFACES),
    ("accent", &["paper", "fill", "bad-fill"]),
    ("silent", &["paper", "silent-fill"]),
    ("warn", &["paper"]),
    ("bad", &["paper", "raised"]),
    ("good", &["paper"]),
    ("action", &["paper", "raised"]),
    ("info", &["paper"]),
    ("ink", &["paper", "bar"]),
    ("soft", &["line"]),
];

type Tokens = BTreeMap<String, [f64; 3]>;

/// The colours of the `:root` that follows a place in the stylesheet.
fn tokens(after: &str) -> Tokens {
    declared(after, ":root {")
}

/// The same of another selector.
fn declared(after: &str, selector: &str) -> Tokens {
    let block = CSS.split_once(after).unwrap().1.split_once(selector).unwrap().1;
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

/// The same of an exercise. Its light tokens hold in the dark, too, where the dark ones do not say
/// otherwise; on paper the last word is the paper's.
fn of_exercise() -> [(&'static str, Tokens); 3] {
    let own = |after| declared(after, ":root[data-world=\"exercise\"] {");
    let light = own("@layer tokens {");
    let (dark, print) = (own("/* The same, dark"), own("/* An exercise */"));
    let [(_, on_light), (_, on_dark), _] = schemes();
    let over = |mut all: Tokens, more: &[&Tokens]| {
        for one in more {
            all.extend(one.iter().map(|(name, value)| (name.clone(), *value)));
        }
        all
    };
    let paper = tokens("@media print");
    [
        ("exercise, light", over(on_light.clone(), &[&light])),
        ("exercise, dark", over(on_dark, &[&light, &dark])),
        ("exercise, print", over(on_light, &[&light, &paper, &print])),
    ]
}

fn check(
    schemes: impl IntoIterator<Item = (&'static str, Tokens)>,
    pairs: &[(&str, &[&str])],
    least: f64,
    faults: &mut Vec<String>,
) {
    for (scheme, tokens) in schemes {
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
    let all = || schemes().into_iter().chain(of_exercise());
    check(all(), &TEXT, 4.5, &mut faults);
    check(all(), &DRAWN, 3.0, &mut faults);
    check(of_exercise(), &BAND, 4.5, &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A token that is used for words or below them stands in the tables above.
#[test]
fn no_colour_is_forgotten() {
    let words = || TEXT.iter().chain(&BAND);
    let known: BTreeSet<&str> = words().map(|(name, _)| *name).collect();
    let surfaces: BTreeSet<&str> = words().flat_map(|(_, on)| on.iter().copied()).collect();
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
    // The only drawn colours that need not be seen are the line between rows, what meters lack, and the
    // ground of a map.
    let ground = surfaces.iter().copied();
    let seen = drawn.iter().copied().chain(["line"]).chain(ground).collect();
    all(used(" fill: var(--"), &seen);
    all(used(" stroke: var(--"), &seen);
}

/// No colour is written outside of the tokens, but the shade behind an open menu and on paper.
#[test]
fn every_colour_is_a_token() {
    let mut rules = CSS.split_once("@layer base {").unwrap().1.split("@media print {");
    let mut outside = rules.next().unwrap().to_owned();
    for part in rules {
        // What is for paper ends where its brace closes.
        let mut open = 1_i32;
        outside.extend(part.chars().skip_while(|c| {
            open += i32::from(*c == '{') - i32::from(*c == '}');
            open > 0
        }));
    }
    assert!(outside.contains("/* After: ") && !outside.contains("4pt double"));
    let literal = outside.split('#').skip(1).filter(|rest| {
        let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
        matches!(digits, 3 | 4 | 6 | 8)
    });
    assert_eq!(literal.count(), 0, "a colour outside of the tokens");
}

#[test]
fn a_wall_is_as_the_dark() {
    let dark = tokens("prefers-color-scheme: dark");
    assert!(dark.len() > 20);
    assert_eq!(declared("A wall is dark", "body.wall {"), dark);
    let dark = declared("/* The same, dark", ":root[data-world=\"exercise\"] {");
    let wall = declared("A wall is dark", ":root[data-world=\"exercise\"] body.wall {");
    assert!(wall.len() > 5);
    assert!(wall.iter().all(|(name, colour)| dark.get(name) == Some(colour)), "{wall:?}");
}

#[test]
fn computes_as_the_standard_does() {
    let of = |a: &str, b: &str| contrast(colour(a).unwrap(), colour(b).unwrap());
    assert!((of("#000", "#fff") - 21.0).abs() < 1e-9);
    assert!((of("#777777", "#ffffff") - 4.48).abs() < 0.01);
}
