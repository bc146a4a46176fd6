//! Undoing escapes without allocating per line: values stay where they are unless they hold a
//! backslash; those few are rewritten into one buffer that is used again for the next line.

/// Appends the meaning of an escaped text to the buffer.
pub(crate) type Unescape = fn(&[u8], &mut Vec<u8>);

/// Replaces each value that holds a backslash by its meaning, kept in `scratch`.
pub(crate) fn settle<'r, const N: usize>(
    mut values: [&'r [u8]; N],
    scratch: &'r mut Vec<u8>,
    unescape: Unescape,
) -> [&'r [u8]; N] {
    scratch.clear();
    let mut ends = [None; N];
    for (value, end) in values.iter().zip(&mut ends) {
        if memchr::memchr(b'\\', value).is_some() {
            unescape(value, scratch);
            *end = Some(scratch.len());
        }
    }
    let scratch: &'r [u8] = scratch;
    let mut start = 0;
    for (value, end) in values.iter_mut().zip(ends) {
        if let Some(end) = end {
            *value = scratch.get(start..end).unwrap_or_default();
            start = end;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_escaped_values_move() {
        let mut scratch = b"left over".to_vec();
        let upper = |text: &[u8], out: &mut Vec<u8>| out.extend(text.to_ascii_uppercase());
        let values = settle([b"a", b"\\b", b"", b"c\\d"], &mut scratch, upper);
        assert_eq!(values, [b"a".as_slice(), b"\\B", b"", b"C\\D"]);
    }
}
