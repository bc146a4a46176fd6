//! Which bytes of a stream were read.

/// Gaps that are remembered of a stream; of more, the least is taken for read.
const GAPS: usize = 16;

/// Which bytes of a stream were read: all from the first to the last but for the gaps.
///
/// A block that lies in a gap is read after all. A sensor whose key was stolen for a moment could
/// otherwise be made blind for good by one block that claims to stand far ahead.
#[derive(Debug)]
pub(crate) struct Extent {
    /// The end of what was read.
    next: u64,
    /// Where the last run without a gap begins.
    run: u64,
    /// Where reading stands: a block that begins here goes on with what waits for its rest.
    at: u64,
    gaps: Vec<Gap>,
}

/// What was passed over, as `[from, to)`.
#[derive(Clone, Copy, Debug)]
struct Gap {
    from: u64,
    to: u64,
    /// How many bytes were read in one run up to it. Where much was read, more of it will come:
    /// whoever wants this gap forgotten has to send as much before sixteen others.
    before: u64,
}

/// What a block is to what was read before.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct News {
    /// The parts that are new, as `[from, to)` in the stream, in their order.
    pub(crate) parts: Vec<(u64, u64)>,
    /// How many bytes are missing before the block, when that is found only now.
    pub(crate) missing: u64,
    /// How many bytes of the block are passed over, because they came before.
    pub(crate) known: u64,
}

impl Extent {
    /// Nothing is read yet, and nothing before `base` is waited for: it left the window.
    pub(crate) const fn from(base: u64) -> Self {
        Self { next: base, run: base, at: base, gaps: Vec::new() }
    }

    /// Takes a block of `[base, end)`; says which parts of it are new.
    pub(crate) fn take(&mut self, base: u64, end: u64) -> News {
        let mut news = News::default();
        for gap in std::mem::take(&mut self.gaps) {
            let (begin, stop) = (base.clamp(gap.from, gap.to), end.clamp(gap.from, gap.to));
            if begin >= stop {
                self.gaps.push(gap);
                continue;
            }
            news.parts.push((begin, stop));
            let run = if begin == gap.from { gap.before } else { 0 };
            let before = run.saturating_add(stop - begin);
            let left = [Gap { to: begin, ..gap }, Gap { from: stop, before, ..gap }];
            self.gaps.extend(left.into_iter().filter(|gap| gap.from < gap.to));
        }
        if base > self.next {
            news.missing = base - self.next;
            self.gaps.push(Gap { from: self.next, to: base, before: self.next - self.run });
            (self.next, self.run) = (base, base);
        }
        while self.gaps.len() > GAPS {
            let least =
                (0..self.gaps.len()).min_by_key(|at| self.gaps.get(*at).map(|gap| gap.before));
            self.gaps.swap_remove(least.unwrap_or_default());
        }
        if end > self.next {
            news.parts.push((base.max(self.next), end));
            self.next = end;
        }
        news.parts.sort_unstable();
        let new: u64 = news.parts.iter().map(|(from, to)| to - from).sum();
        news.known = end.saturating_sub(base).saturating_sub(new);
        news
    }

    /// Whether a part that begins here goes on where reading stands; from now on it stands at the
    /// part's end.
    pub(crate) fn follows(&mut self, (from, to): (u64, u64)) -> bool {
        std::mem::replace(&mut self.at, to) == from
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn parts(read: &mut Extent, base: u64, end: u64) -> Vec<(u64, u64)> {
        read.take(base, end).parts
    }

    #[test]
    fn one_lie_blinds_nobody() {
        let far = 1 << 60;
        let mut read = Extent::from(0);
        assert_eq!(parts(&mut read, 0, 100), [(0, 100)]);
        let lie = read.take(far, far + 9);
        assert_eq!((lie.parts.as_slice(), lie.missing), ([(far, far + 9)].as_slice(), far - 100));
        assert!(read.follows((0, 100)) && !read.follows((far, far + 9)));
        let truth = read.take(100, 150);
        assert_eq!((truth.parts.as_slice(), truth.missing), ([(100, 150)].as_slice(), 0));
        assert!(!read.follows((100, 150)));
        assert!(read.follows((150, 200)), "the truth is read on without a seam");
    }

    #[test]
    fn nor_do_many_lies() {
        let mut read = Extent::from(0);
        assert_eq!(parts(&mut read, 0, 100), [(0, 100)]);
        for lie in 0..60 {
            let far = 1 << (3 * lie / 10 + 40);
            assert_eq!(parts(&mut read, far + 50 * lie, far + 50 * lie + 10).len(), 1);
        }
        assert_eq!(parts(&mut read, 100, 5000), [(100, 5000)]);
        assert_eq!(parts(&mut read, 5000, 6000), [(5000, 6000)]);
    }

    #[test]
    fn a_small_lie_takes_no_more_than_its_own_bytes() {
        let mut read = Extent::from(0);
        assert_eq!(parts(&mut read, 0, 100), [(0, 100)]);
        assert_eq!(parts(&mut read, 110, 111), [(110, 111)]);
        let truth = read.take(100, 200);
        assert_eq!(truth, News { parts: vec![(100, 110), (111, 200)], missing: 0, known: 1 });
    }

    #[test]
    fn repeats_are_passed_over() {
        let mut read = Extent::from(50);
        assert_eq!(parts(&mut read, 50, 100), [(50, 100)]);
        assert_eq!(read.take(50, 100), News { known: 50, ..News::default() });
        assert_eq!(read.take(90, 110), News { parts: vec![(100, 110)], missing: 0, known: 10 });
        assert_eq!(read.take(0, 50).known, 50, "what stands before the window");
    }

    proptest! {
        #[test]
        fn each_byte_once(blocks in prop::collection::vec((20..200_u64, 1..40_u64), 1..16)) {
            let mut read = Extent::from(20);
            let (mut came, mut seen) = (BTreeSet::new(), BTreeSet::new());
            for (base, length) in blocks {
                came.extend(base..base + length);
                let news = read.take(base, base + length);
                let new: u64 = news.parts.iter().map(|(from, to)| to - from).sum();
                prop_assert_eq!(new + news.known, length);
                for (from, to) in news.parts {
                    for byte in from..to {
                        prop_assert!(seen.insert(byte), "{} is read twice", byte);
                    }
                }
            }
            prop_assert_eq!(came, seen);
        }
    }
}
