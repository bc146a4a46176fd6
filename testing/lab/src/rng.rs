//! Repeatable randomness: SplitMix64 (Steele, Lea and Flood 2014) over the kernel's fixed hash.

use ward_kernel::hash::mix;

/// A stream of numbers that its seed alone decides.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A stream; different seeds give unrelated streams.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// The next 64 bits.
    pub const fn word(&mut self) -> u64 {
        let out = mix(self.0);
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        out
    }

    /// A number from 0 to `n - 1`; 0 when `n` is 0 (Lemire 2019, without the rejection step: the
    /// bias is below 2^-40 for every `n` used here).
    pub const fn below(&mut self, n: u64) -> u64 {
        ((self.word() as u128 * n as u128) >> 64) as u64
    }

    /// A number from `low` to `high - 1`.
    pub const fn int(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low))
    }

    /// The same, for counting things in memory.
    pub fn count(&mut self, low: usize, high: usize) -> usize {
        usize::try_from(self.int(low as u64, high as u64)).unwrap_or(low)
    }

    /// An unprivileged port.
    pub fn port(&mut self) -> u16 {
        u16::try_from(self.int(1024, 65535)).unwrap_or(1024)
    }

    /// A number in [0, 1).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit the mantissa")]
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True once in `1 / share` times.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of these; the type's default when there is none.
    pub fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let at = self.count(0, from.len());
        from.get(at).copied().unwrap_or_default()
    }

    /// Puts the items in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.count(0, at + 1));
        }
    }

    /// A Pareto number of scale 1: heavy tails, as of guesses per guesser.
    pub fn pareto(&mut self, alpha: f64) -> f64 {
        (1.0 - self.unit()).powf(-1.0 / alpha)
    }

    /// An exponential number of mean 1.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }

    /// A nearly normal number of mean 0 and deviation 1 (the sum of twelve uniform ones, less 6).
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// The whole number nearest below; 0 for anything that is not a number.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "float casts saturate, and days are small")]
pub const fn whole(number: f64) -> i64 {
    number.floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_in_bounds_and_repeats() {
        let (mut one, mut two) = (Rng::new(7), Rng::new(7));
        for _ in 0..10_000 {
            let n = one.int(3, 9);
            assert!((3..9).contains(&n));
            assert_eq!(n, two.int(3, 9));
        }
        assert_eq!(one.below(0), 0);
        assert_eq!(one.pick::<u8>(&[]), 0);
        assert_ne!(Rng::new(1).word(), Rng::new(2).word());
    }

    #[test]
    fn shapes_have_their_means() {
        let mut rng = Rng::new(1);
        let mean = |draw: &mut dyn FnMut() -> f64| (0..100_000).map(|_| draw()).sum::<f64>() / 1e5;
        assert!((mean(&mut || rng.unit()) - 0.5).abs() < 0.01);
        assert!((mean(&mut || rng.exponential()) - 1.0).abs() < 0.02);
        assert!(mean(&mut || rng.normal()).abs() < 0.02);
        assert!((mean(&mut || rng.pareto(3.0)) - 1.5).abs() < 0.03);
    }

    #[test]
    fn shuffles_without_loss() {
        let mut items: Vec<u32> = (0..100).collect();
        Rng::new(3).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
