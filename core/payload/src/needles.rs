//! Looks for many short texts in one pass.
//!
//! Each text is anchored at its first byte that is no letter, digit or space. Such bytes are rare
//! in values, so nearly every position costs one look at a table.

/// A list of texts (lower case, each with a byte that is neither letter, digit nor space) with the
/// sign that each stands for.
pub(crate) struct Needles<const N: usize> {
    list: [(&'static str, &'static str); N],
    anchors: [usize; N],
    /// For each byte, the texts that are anchored at it, one bit each.
    at: [u128; 256],
}

impl<const N: usize> Needles<N> {
    /// Builds the table; at most 128 texts.
    pub(crate) const fn new(list: [(&'static str, &'static str); N]) -> Self {
        let (mut anchors, mut at) = ([0; N], [0; 256]);
        let mut which = 0;
        while which < N {
            let text = list[which].0.as_bytes();
            let mut anchor = 0;
            while text[anchor].is_ascii_alphanumeric() || text[anchor] == b' ' {
                anchor += 1;
            }
            anchors[which] = anchor;
            at[text[anchor] as usize] |= 1_u128 << which;
            which += 1;
        }
        Self { list, anchors, at }
    }

    /// The first text found, with the position behind it and its sign.
    pub(crate) fn find(&self, text: &[u8]) -> Option<(usize, &'static str)> {
        text.iter().enumerate().find_map(|(at, byte)| {
            let mut which = self.at[usize::from(*byte)];
            while which != 0 {
                let next = which.trailing_zeros() as usize;
                which &= which - 1;
                let (needle, sign) = self.list.get(next)?;
                let start = self.anchors.get(next).and_then(|anchor| at.checked_sub(*anchor));
                let rest = start.and_then(|start| text.get(start..)).unwrap_or_default();
                if rest.starts_with(needle.as_bytes()) {
                    return Some((start.unwrap_or(0).saturating_add(needle.len()), *sign));
                }
            }
            None
        })
    }

    /// The sign of the first text found.
    pub(crate) fn sign(&self, text: &[u8]) -> Option<&'static str> {
        self.find(text).map(|(_, sign)| sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_at_any_place() {
        const SOME: Needles<3> = Needles::new([("eval(", "a"), ("php://", "b"), (".php", "c")]);
        assert_eq!(SOME.find(b"xeval(1"), Some((6, "a")));
        assert_eq!(SOME.sign(b"php://x"), Some("b"));
        assert_eq!(SOME.sign(b"x.php"), Some("c"));
        assert_eq!((SOME.sign(b"val("), SOME.sign(b"php:/"), SOME.sign(b"")), (None, None, None));
    }
}
