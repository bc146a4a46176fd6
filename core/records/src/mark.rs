//! Fingerprints of scanning tools that one logged packet can show ([`crate::Flow::mark`]).
//!
//! A mark says "made by this kind of tool", never "hostile" by itself. Its absence says nothing:
//! newer releases of these tools draw the same fields at random.

/// Nothing to be seen.
pub const NONE: u32 = 0;

/// IP identification 54321: the fixed value of `ZMap` up to version 3 (Durumeric and others, "`ZMap`:
/// Fast Internet-wide Scanning", USENIX Security 2013; "Ten Years of `ZMap`", IMC 2024).
pub const ZMAP_IP_ID: u32 = 1;

/// A TCP SYN with window 1024 and, as far as the record shows, no options: the raw SYN of nmap
/// (`-sS`) and of masscan. No stack that is in use opens with a window that small.
pub const RAW_SYN: u32 = 2;

/// The mark of a packet: `id` is the IP identification, `window` the TCP window of a SYN without
/// options; `None` where the record shows none.
#[must_use]
pub const fn of(id: Option<u16>, window: Option<u16>) -> u32 {
    match (id, window) {
        (Some(54_321), _) => ZMAP_IP_ID,
        (_, Some(1024)) => RAW_SYN,
        _ => NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        assert_eq!(of(Some(54_321), Some(65_535)), ZMAP_IP_ID);
        assert_eq!(of(Some(1), Some(1024)), RAW_SYN);
        assert_eq!(of(Some(1), Some(64_240)), NONE);
        assert_eq!(of(None, None), NONE);
    }
}
