//! Text for people: hostile characters made visible, numbers grouped, words counted and wrapped.

use std::borrow::Cow;
use std::fmt::Write as _;

use ward_kernel::words::misleads;
pub use ward_kernel::words::{count, grouped};

/// Makes every character visible that [`misleads`], as `\xNN` or `\u{N}`. Applying it twice changes
/// nothing.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(misleads) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_add(16));
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if misleads(c) && u32::from(c) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if misleads(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Columns that the text takes in a terminal.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

/// Columns of one character: 2 for the wide scripts of East Asia and pictographs, 0 for marks
/// that combine with what stands before them, else 1 (after Unicode Annex 11, in its large blocks).
const fn char_columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}'
        | '\u{483}'..='\u{489}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' => 0,
        '\u{1100}'..='\u{115e}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// The text cut to at most `width` columns, the cut marked by `mark` (one column).
#[must_use]
pub fn cut(text: &str, width: usize, mark: char) -> Cow<'_, str> {
    if columns(text) <= width {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut room = width.saturating_sub(1);
    for c in text.chars() {
        let Some(left) = room.checked_sub(char_columns(c)) else { break };
        room = left;
        out.push(c);
    }
    if width > 0 {
        out.push(mark);
    }
    Cow::Owned(out)
}

/// Breaks text into lines of at most `width` columns at spaces; a word that is longer than a line
/// is broken where the line ends.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0_usize);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide = columns(word);
        if used > 0 && used.saturating_add(1).saturating_add(wide) > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used = used.saturating_add(1);
        }
        for c in word.chars() {
            if used.saturating_add(char_columns(c)) > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used = used.saturating_add(char_columns(c));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A share (0 to 1) in percent with one decimal, rounded towards zero: what is not whole never
/// shows as 100 %.
#[must_use]
pub fn percent(share: f64) -> String {
    if share.is_nan() {
        return "unknown".to_owned();
    }
    let permille = (share.clamp(0.0, 1.0) * 1000.0 + 1e-9).floor() / 10.0;
    format!("{permille:.1} %")
}

/// The text with its first letter large, as a heading begins.
#[must_use]
pub fn heading(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Items joined by `separator`, at most `limit` of them, the rest told by number.
#[must_use]
pub fn list<T: AsRef<str>>(items: &[T], limit: usize, total: u64, separator: &str) -> String {
    let shown: Vec<&str> = items.iter().take(limit).map(AsRef::as_ref).collect();
    let rest = total.max(items.len() as u64).saturating_sub(shown.len() as u64);
    let mut out = shown.join(separator);
    if rest > 0 {
        let _ =
            write!(out, "{}{} more", if shown.is_empty() { "" } else { " and " }, grouped(rest));
    }
    out
}

/// Only ASCII: typographic marks by their plain twins, everything else by `?`.
#[must_use]
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => out.push(c),
            '\u{2010}'..='\u{2015}' | '\u{2500}' | '\u{2212}' => out.push('-'),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}' | '\u{201d}' => out.push('"'),
            '\u{2026}' => out.push_str("..."),
            '\u{2022}' | '\u{b7}' => out.push('*'),
            '\u{a0}' | '\u{202f}' => out.push(' '),
            '\u{2264}' => out.push_str("<="),
            '\u{2265}' => out.push_str(">="),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_shown_not_obeyed() {
        let hostile = "a\x1b[2Jb\r\n\u{9b}31m\u{202e}gpj\u{2066}\u{200b}\u{feff}\u{e0041}\x7f";
        let shown = clean(hostile);
        assert_eq!(
            shown,
            "a\\x1b[2Jb\\r\\n\\x9b31m\\u{202e}gpj\\u{2066}\\u{200b}\\u{feff}\\u{e0041}\\x7f"
        );
        assert!(!shown.chars().any(misleads));
        assert_eq!(clean(&shown), shown);
        assert!(matches!(clean("Doña Ana 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn wraps_and_cuts_by_columns() {
        assert_eq!(wrap("one two  three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(columns("日本e\u{301}"), 5);
        assert_eq!(cut("日本語です", 5, '…'), "日本…");
        assert_eq!(cut("plain", 5, '…'), "plain");
        assert!(wrap("", 20).is_empty());
    }

    #[test]
    fn numbers() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(percent(0.9999), "99.9 %");
        assert_eq!(percent(1.0), "100.0 %");
        assert_eq!(percent(f64::NAN), "unknown");
        assert_eq!(list(&["a", "b", "c"], 2, 9, ", "), "a, b and 7 more");
        assert_eq!(heading("état of things"), "État of things");
        assert_eq!(heading(""), "");
        assert_eq!(ascii("a – b … é"), "a - b ... ?");
    }
}
