//! Where a record stands, in eight bytes.

/// A file's number and a byte offset in its decompressed form: 2^20 files of 2^44 bytes (16 TiB).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place(u64);

const OFFSET_BITS: u32 = 44;
const MAX_OFFSET: u64 = (1 << OFFSET_BITS) - 1;

impl Place {
    /// A place; numbers that do not fit are clamped to the largest that do.
    #[must_use]
    pub fn new(file: u32, offset: u64) -> Self {
        let file = u64::from(file.min((1 << 20) - 1));
        Self(file << OFFSET_BITS | offset.min(MAX_OFFSET))
    }

    /// The file's number.
    #[must_use]
    pub fn file(self) -> usize {
        usize::try_from(self.0 >> OFFSET_BITS).unwrap_or(0)
    }

    /// The byte offset.
    #[must_use]
    pub const fn offset(self) -> u64 {
        self.0 & MAX_OFFSET
    }
}

/// Seconds since the epoch as 32 bits, for dense tables: clamped to 1970 and 2106.
#[must_use]
pub fn secs32(time: ward_kernel::Time) -> u32 {
    u32::try_from(time.secs().max(0)).unwrap_or(u32::MAX)
}
