//! Networks in CIDR notation.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::Addr;

/// A network: all addresses that share the first `len` bits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Net {
    base: Addr,
    len: u8,
}

impl Net {
    /// The network of `len` bits (at most 32 or 128) that holds `addr`.
    #[must_use]
    pub const fn of(addr: Addr, len: u8) -> Self {
        Self { base: addr.prefix(len), len }
    }

    /// Whether the network holds this address.
    #[must_use]
    pub fn contains(self, addr: Addr) -> bool {
        addr.as_v4().is_some() == self.base.as_v4().is_some() && addr.prefix(self.len) == self.base
    }

    /// Number of leading bits that all its addresses share.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.len
    }
}

impl FromStr for Net {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (addr, len) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
        let addr: Addr = addr.parse()?;
        let width = if addr.as_v4().is_some() { 32 } else { 128 };
        let len = match len {
            None => width,
            Some(len) => len.parse().ok().filter(|len| *len <= width).ok_or_else(|| {
                format!(
                    "\"{text}\" is not a network: the part after / is a number from 0 to {width}"
                )
            })?,
        };
        let net = Self::of(addr, len);
        if net.base == addr {
            Ok(net)
        } else {
            Err(format!("\"{text}\" has bits set after /{len}: did you mean {net}?"))
        }
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.len)
    }
}

impl Serialize for Net {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_holds() {
        let net: Net = "198.51.100.0/24".parse().unwrap();
        assert!(net.contains("198.51.100.9".parse().unwrap()));
        assert!(!net.contains("198.51.101.9".parse().unwrap()));
        let all6: Net = "::/0".parse().unwrap();
        assert!(!all6.contains("198.51.100.9".parse().unwrap()));
    }

    #[test]
    fn refuses_with_a_sentence() {
        let why = "198.51.100.7/24".parse::<Net>().unwrap_err();
        assert!(why.contains("did you mean 198.51.100.0/24"), "{why}");
        assert!("198.51.100.0/33".parse::<Net>().is_err());
    }
}
