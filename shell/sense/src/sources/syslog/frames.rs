//! Messages of a connection (RFC 6587): counted (`83 <34>1 ...`), or ended by a newline or a zero
//! byte. Which of them is told by how each message begins: a count begins with a digit, a message
//! with `<`.

/// Longest message, in bytes; of longer ones the beginning is kept.
pub(crate) const MESSAGE_MAX: usize = 64 << 10;

/// Takes messages off a stream of bytes.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
    /// Where the next message begins in the buffer.
    at: usize,
    /// Bytes of a counted message that was too long, still to be left out.
    skip: u64,
    /// The rest of a line that was too long is left out.
    skip_line: bool,
}

impl Frames {
    /// The next bytes of the connection.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.at.min(self.buffer.len()));
        self.at = 0;
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        self.skip -= skipped as u64;
        self.buffer.extend_from_slice(bytes.get(skipped..).unwrap_or_default());
    }

    /// The next whole message.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if self.skip_line {
                let end = self.rest().iter().position(|byte| is_end(*byte));
                self.at += end.unwrap_or(self.rest().len());
                end?;
                self.skip_line = false;
            }
            // Ends between messages belong to none.
            self.at += self.rest().iter().take_while(|byte| is_end(**byte)).count();
            let Some((count, start)) = count(self.rest()) else { return self.line() };
            let length = usize::try_from(count).unwrap_or(usize::MAX).min(MESSAGE_MAX);
            let message = self.rest().get(start..start + length)?.to_vec();
            let whole = usize::try_from(count).unwrap_or(usize::MAX).saturating_add(start);
            let there = whole.min(self.rest().len());
            self.at += there;
            self.skip = whole.saturating_sub(there) as u64;
            if !message.is_empty() {
                return Some(message);
            }
        }
    }

    /// What is left when the connection ends.
    pub(crate) fn last(&mut self) -> Option<Vec<u8>> {
        let rest = self.rest();
        let start = count(rest).map_or(0, |(_, start)| start);
        let rest = rest.get(start..).unwrap_or_default().to_vec();
        self.at = self.buffer.len();
        (!rest.is_empty() && !self.skip_line).then_some(rest)
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    fn line(&mut self) -> Option<Vec<u8>> {
        let rest = self.rest();
        // A count that is not whole yet is no line.
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == rest.len() && digits <= 10 {
            return None;
        }
        let end = rest.iter().take(MESSAGE_MAX).position(|byte| is_end(*byte));
        if end.is_none() && rest.len() < MESSAGE_MAX {
            return None;
        }
        let message = rest.get(..end.unwrap_or(MESSAGE_MAX)).unwrap_or_default().to_vec();
        self.at += message.len() + usize::from(end.is_some());
        self.skip_line = end.is_none();
        Some(message)
    }
}

/// The count that the bytes begin with, and where its message starts.
fn count(bytes: &[u8]) -> Option<(u64, usize)> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // RFC 6587: a count does not begin with a zero. A year does not end in ` <`.
    if !(1..=10).contains(&digits) || bytes.first() == Some(&b'0') {
        return None;
    }
    if !matches!(bytes.get(digits..), Some([b' '] | [b' ', b'<', ..])) {
        return None;
    }
    let text = std::str::from_utf8(bytes.get(..digits)?).ok()?;
    Some((text.parse().ok()?, digits + 1))
}

const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut frames = Frames::default();
        let mut got = Vec::new();
        for piece in pieces {
            frames.push(piece);
            got.extend(std::iter::from_fn(|| frames.next()));
        }
        got.extend(frames.last());
        got.into_iter().map(|message| String::from_utf8(message).unwrap()).collect()
    }

    #[test]
    fn both_framings() {
        assert_eq!(
            read(&[b"5 <1>ab5 <1>cd<2>x\n<3>y\0\n\n<4>z"]),
            ["<1>ab", "<1>cd", "<2>x", "<3>y", "<4>z"]
        );
        assert_eq!(read(&[b"6 <1>a\nb<2>x\n"]), ["<1>a\nb", "<2>x"]);
        assert_eq!(read(&[b"1", b"0 <1>", b"2345678", b"8 <1>abcde"]), ["<1>2345678", "<1>abcde"]);
        // No priority, and a year in front: a line.
        assert_eq!(
            read(&[b"2026-11-03T19:00:00Z web1 x: y\n12 a\n"]),
            ["2026-11-03T19:00:00Z web1 x: y", "12 a"]
        );
    }

    #[test]
    fn too_long() {
        let long = format!("<1>{}", "x".repeat(MESSAGE_MAX * 2));
        let counted = format!("{} {long}4 <2>y", long.len());
        for message in [format!("{long}\n<2>y\n"), counted] {
            for size in [1000, 1 << 20] {
                let pieces: Vec<_> = message.as_bytes().chunks(size).collect();
                let got = read(&pieces);
                assert_eq!(got.iter().map(String::len).collect::<Vec<_>>(), [MESSAGE_MAX, 4]);
            }
        }
    }

    proptest! {
        /// However the bytes are cut on the way, the same messages come.
        #[test]
        fn cut_anywhere(messages in prop::collection::vec(("<[0-9]{1,3}>[ -~]{0,20}", any::<bool>()), 0..8), cuts in prop::collection::vec(0_usize..300, 0..6)) {
            let mut bytes = Vec::new();
            for (message, counted) in &messages {
                if *counted {
                    bytes.extend(format!("{} {message}", message.len()).bytes());
                } else {
                    bytes.extend(format!("{message}\n").bytes());
                }
            }
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<_> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            let want: Vec<_> = messages.into_iter().map(|(message, _)| message).collect();
            prop_assert_eq!(read(&pieces), want);
        }

        #[test]
        fn any_bytes_are_bounded(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20)) {
            let mut frames = Frames::default();
            for piece in pieces {
                frames.push(&piece);
                while let Some(message) = frames.next() {
                    prop_assert!(!message.is_empty() && message.len() <= MESSAGE_MAX);
                }
            }
            let _ = frames.last();
        }
    }
}
