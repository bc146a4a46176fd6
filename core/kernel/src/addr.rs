//! Internet addresses as one orderable 128-bit number; IPv4 is held mapped (`::ffff:a.b.c.d`).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// An IPv4 or IPv6 address.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Addr(u128);

const MAPPED: u128 = 0xffff_0000_0000;

impl Addr {
    /// An IPv4 address from its number in host order.
    #[must_use]
    pub const fn v4(number: u32) -> Self {
        Self(MAPPED | number as u128)
    }

    /// An address from the 128-bit number of its IPv6 form.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128-bit number of the (mapped) IPv6 form.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// The IPv4 number, if this is one.
    #[must_use]
    pub const fn as_v4(self) -> Option<u32> {
        if self.0 >> 32 == 0xffff {
            #[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the address")]
            Some(self.0 as u32)
        } else {
            None
        }
    }

    /// Reads an address from the bytes of a log field: dotted IPv4 without a heap or a `str`, any
    /// IPv6 text form otherwise (a zone such as `%eth0` is dropped).
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        parse_v4(text).or_else(|| parse_v6(text))
    }

    /// Multicast, broadcast, unspecified or loopback: never the target of a scan.
    #[must_use]
    pub fn is_special(self) -> bool {
        match self.as_v4() {
            Some(v4) => v4 >> 28 == 0xe || v4 == u32::MAX || v4 == 0 || v4 >> 24 == 127,
            None => self.0 >> 120 == 0xff || self.0 <= 1,
        }
    }

    /// Private use (RFC 1918, RFC 4193), shared (RFC 6598) or link-local: inside somebody's house.
    #[must_use]
    pub fn is_private(self) -> bool {
        match self.as_v4() {
            Some(v4) => {
                v4 >> 24 == 10
                    || v4 >> 20 == 0xac1
                    || v4 >> 16 == 0xc0a8
                    || v4 >> 16 == 0xa9fe
                    || v4 >> 22 == 0x191
            }
            None => self.0 >> 121 == 0x7e || self.0 >> 118 == 0x3fa,
        }
    }

    /// The address with everything after the first `len` bits of its own family cleared.
    #[must_use]
    pub const fn prefix(self, len: u8) -> Self {
        let width = if self.as_v4().is_some() { 32 } else { 128 };
        if len >= width {
            return self;
        }
        match u128::MAX.checked_shl(width as u32 - len as u32) {
            Some(mask) => Self(self.0 & mask),
            None => Self(0),
        }
    }
}

fn parse_v4(text: &[u8]) -> Option<Addr> {
    if text.len() < 7 || text.len() > 15 {
        return None;
    }
    let (mut number, mut part, mut digits, mut dots) = (0_u32, 0_u32, 0, 0);
    for &byte in text {
        match byte {
            b'0'..=b'9' if digits < 3 => {
                part = part * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && part <= 255 && dots < 3 => {
                number = number << 8 | part;
                (part, digits) = (0, 0);
                dots += 1;
            }
            _ => return None,
        }
    }
    (dots == 3 && digits > 0 && part <= 255).then(|| Addr::v4(number << 8 | part))
}

fn parse_v6(text: &[u8]) -> Option<Addr> {
    if !text.contains(&b':') || text.len() > 64 {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let text = text.split_once('%').map_or(text, |(addr, _zone)| addr);
    text.parse::<Ipv6Addr>().ok().map(|v6| Addr(v6.to_bits()))
}

impl From<IpAddr> for Addr {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(v4) => Self::v4(v4.to_bits()),
            IpAddr::V6(v6) => Self(v6.to_bits()),
        }
    }
}

impl From<Addr> for IpAddr {
    fn from(addr: Addr) -> Self {
        match addr.as_v4() {
            Some(v4) => Self::V4(Ipv4Addr::from_bits(v4)),
            None => Self::V6(Ipv6Addr::from_bits(addr.0)),
        }
    }
}

impl FromStr for Addr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text.as_bytes())
            .ok_or_else(|| format!("\"{text}\" is not an IPv4 or IPv6 address"))
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        IpAddr::from(*self).fmt(f)
    }
}

impl Serialize for Addr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kinds() {
        let addr = |text: &str| text.parse::<Addr>().unwrap();
        assert!(addr("ff02::1:3").is_special() && addr("255.255.255.255").is_special());
        assert!(addr("10.1.2.3").is_private() && addr("172.31.0.1").is_private());
        assert!(addr("fd00::1").is_private() && addr("fe80::1").is_private());
        assert!(!addr("172.32.0.1").is_private() && !addr("198.51.100.1").is_private());
        assert_eq!(addr("2001:db8:1:2:3::9").prefix(64), addr("2001:db8:1:2::"));
        assert_eq!(addr("203.0.113.77").prefix(24), addr("203.0.113.0"));
        assert_eq!(Addr::parse(b"fe80::1%eth0"), Some(addr("fe80::1")));
    }

    #[test]
    fn refuses() {
        for bad in ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1..2.3", "0001.2.3.4", "::g", "a"] {
            assert_eq!(Addr::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips(bits in any::<u128>(), v4 in any::<u32>()) {
            for addr in [Addr::from_bits(bits), Addr::v4(v4)] {
                prop_assert_eq!(Addr::parse(addr.to_string().as_bytes()), Some(addr));
            }
        }
    }
}
