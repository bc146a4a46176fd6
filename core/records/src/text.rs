//! Small cuts through bytes that the line formats share.

/// A text without the byte order mark that Windows tools put before the first line of a file; in
/// files that were joined it stands before others too.
pub(crate) fn unmarked(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The lines of a block with their offsets in the file, without `\n` or `\r\n` and without byte
/// order marks. Empty lines are left out: they are no records.
pub(crate) fn lines(block: &[u8], base: u64) -> impl Iterator<Item = (u64, &[u8])> {
    let mut rest = block;
    let mut at = base;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (line, after) = cut(rest, b'\n');
            let start = at;
            at = at.saturating_add((rest.len() - after.len()) as u64);
            rest = after;
            let line = unmarked(line.strip_suffix(b"\r").unwrap_or(line));
            if !line.is_empty() {
                return Some((start, line));
            }
        }
        None
    })
}

/// The first lines of a file's beginning, for recognition: at most `most`, and the last one only
/// if it is whole or the only one.
pub(crate) fn first_lines(head: &[u8], most: usize) -> impl Iterator<Item = &[u8]> {
    let whole = memchr::memrchr(b'\n', head).map_or(head.len(), |end| end + 1);
    lines(head.get(..whole).unwrap_or(head), 0).map(|(_, line)| line).take(most)
}

/// What stands before the first `byte`, and what stands after it; all and nothing without one.
pub(crate) fn cut(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(byte, text) {
        Some(at) => (text.get(..at).unwrap_or(text), text.get(at + 1..).unwrap_or(b"")),
        None => (text, b""),
    }
}

/// What stands before and after the first `needle`.
pub(crate) fn around<'a>(text: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    split(text, memchr::memmem::find(text, needle)?, needle.len())
}

/// What stands before and after the last `needle`.
pub(crate) fn around_last<'a>(text: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    split(text, memchr::memmem::rfind(text, needle)?, needle.len())
}

fn split(text: &[u8], at: usize, len: usize) -> Option<(&[u8], &[u8])> {
    Some((text.get(..at)?, text.get(at.checked_add(len)?..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_places() {
        let got: Vec<_> = lines(b"a\r\n\n\r\nbc\nd", 100).collect();
        assert_eq!(got, [(100, &b"a"[..]), (106, b"bc"), (109, b"d")]);
        assert_eq!(first_lines(b"a\nb\nc", 9).count(), 2);
        assert_eq!(first_lines(b"abc", 9).collect::<Vec<_>>(), [b"abc"]);
        assert_eq!(
            lines(b"\xef\xbb\xbfa\n\xef\xbb\xbf\r\nb", 7).collect::<Vec<_>>(),
            [(7, &b"a"[..]), (17, b"b")]
        );
        assert_eq!(lines(b"", 0).count() + first_lines(b"", 1).count(), 0);
    }

    #[test]
    fn cuts() {
        assert_eq!(cut(b"a b c", b' '), (&b"a"[..], &b"b c"[..]));
        assert_eq!(cut(b"abc", b' '), (&b"abc"[..], &b""[..]));
        assert_eq!(around_last(b"a--b--c", b"--"), Some((&b"a--b"[..], &b"c"[..])));
        assert_eq!(around(b"a--b--c", b"--"), Some((&b"a"[..], &b"b--c"[..])));
        assert_eq!(around(b"abc", b"--"), None);
    }
}
