//! Finding files by a path whose last part may hold `*` and `?`.

use std::fs;
use std::path::{Path, PathBuf};

/// Most files that one path stands for.
pub(crate) const MOST: usize = 4096;

/// Whether the path stands for several files.
pub(crate) fn is_pattern(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains(['*', '?']))
}

/// The files that the path stands for, by name: of a pattern those that are there, of a plain path
/// that one, there or not.
pub(crate) fn find(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !is_pattern(path) {
        return Ok(vec![path.to_owned()]);
    }
    let pattern = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let pattern: Vec<char> = pattern.unwrap_or_default().chars().collect();
    let mut found = Vec::new();
    for entry in fs::read_dir(path.parent().unwrap_or(Path::new("/")))? {
        let entry = entry?;
        let name: Vec<char> = entry.file_name().to_string_lossy().chars().collect();
        if matches(&pattern, &name) {
            found.push(entry.path());
        }
    }
    found.sort();
    found.truncate(MOST);
    Ok(found)
}

/// Whether a name is what the pattern says. A name that begins with a dot is matched only by a
/// pattern that does.
fn matches(pattern: &[char], name: &[char]) -> bool {
    if name.first() == Some(&'.') && pattern.first() != Some(&'.') {
        return false;
    }
    // The last star can always take one more: going back to it alone is enough.
    let (mut p, mut n, mut star) = (0, 0, None);
    while let Some(&next) = name.get(n) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, n));
                p += 1;
            }
            Some(&want) if want == '?' || want == next => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    (p, n) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, want) in [
            ("*.log", "a.log", true),
            ("*.log", ".log", false),
            ("*.log", "a.log.1", false),
            ("*.log*", "a.log.1", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*b*", "xaxxbx", true),
            ("*a*b", "xaxxbx", false),
            ("**", "x", true),
            ("x", "x", true),
            ("", "", true),
        ] {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(matches(&chars(pattern), &chars(name)), want, "{pattern} {name}");
        }
    }

    #[test]
    fn finds() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.log", "a.log", "c.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = find(&folder.path().join("*.log")).unwrap();
        assert_eq!(found, [folder.path().join("a.log"), folder.path().join("b.log")]);
        let plain = folder.path().join("none.log");
        assert_eq!(find(&plain).unwrap(), [plain]);
    }
}
