//! A fixed, unkeyed hash: the same bytes give the same number on every machine and in every run.
//!
//! Samples ("keep the 256 entries with the smallest hash") are drawn by it, so that two workers
//! who saw different halves of a day keep entries that agree when they meet. Hash *tables* use a
//! seeded hasher instead.

/// Scrambles one word (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
#[must_use]
pub const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Hashes bytes of any length, eight at a time.
#[must_use]
pub fn bytes(bytes: &[u8]) -> u64 {
    let mut hash = mix(bytes.len() as u64);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        hash = mix(hash ^ u64::from_le_bytes(eight));
    }
    let mut rest = [0; 8];
    let tail = words.remainder();
    rest[..tail.len()].copy_from_slice(tail);
    mix(hash ^ u64::from_le_bytes(rest))
}

/// Joins two hashes into one that depends on their order.
#[must_use]
pub const fn join(left: u64, right: u64) -> u64 {
    mix(left.rotate_left(17) ^ mix(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_vector() {
        // The published first outputs of SplitMix64 seeded with 0.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn length_and_order_matter() {
        assert_ne!(bytes(b"ab"), bytes(b"ab\0"));
        assert_ne!(join(1, 2), join(2, 1));
    }
}
