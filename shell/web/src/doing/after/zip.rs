//! A ZIP file of a few parts, each as it is (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and
//! 4.3.16): every system opens it, and nothing is packed, so that nothing has to be unpacked to see
//! what was given.

use flate2::Crc;

/// The version that is needed to read it: 2.0.
const VERSION: u16 = 20;
/// Names are UTF-8 (general purpose flag, bit 11).
const UTF8: u16 = 1 << 11;
/// The first day that the format knows, 1 January 1980: the moments that count stand in the parts.
const DAY: u16 = 0x21;

/// A file with these parts, each by its name. `None` when one is too large for the format: 4 GiB in
/// all, or 65,535 parts.
pub(super) fn pack(parts: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, body) in parts {
        let offset = u32::try_from(file.len()).ok()?;
        let common = common(name, body)?;
        file.extend(0x0403_4b50_u32.to_le_bytes());
        file.extend(&common);
        file.extend(name.as_bytes());
        file.extend(*body);
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&common);
        // No comment, the first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(parts.len()).ok()?;
    let (offset, length) = (u32::try_from(file.len()).ok()?, u32::try_from(directory.len()).ok()?);
    file.extend(directory);
    file.extend(0x0605_4b50_u32.to_le_bytes());
    file.extend([0; 4]);
    file.extend(count.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend(length.to_le_bytes());
    file.extend(offset.to_le_bytes());
    file.extend([0; 2]);
    Some(file)
}

/// What stands in front of a part and in the directory alike.
fn common(name: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut crc = Crc::new();
    crc.update(body);
    let size = u32::try_from(body.len()).ok()?;
    let mut out = Vec::with_capacity(26);
    for number in [VERSION, UTF8, 0, 0, DAY] {
        out.extend(number.to_le_bytes());
    }
    for number in [crc.sum(), size, size] {
        out.extend(number.to_le_bytes());
    }
    out.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
    out.extend([0; 2]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_in_it_as_they_are() {
        let file = pack(&[("a.txt", b"hello"), ("b.json", b"{}")]).unwrap();
        assert_eq!(&file[..4], b"PK\x03\x04");
        // The checksum of "hello" (CRC-32, ISO 3309).
        assert_eq!(u32::from_le_bytes(file[14..18].try_into().unwrap()), 0x3610_a686);
        assert_eq!(&file[30..40], b"a.txthello");
        let end = &file[file.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(u16::from_le_bytes(end[10..12].try_into().unwrap()), 2);
        let at = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert_eq!(&file[at..at + 4], b"PK\x01\x02");
        assert_eq!(
            file.len() - 22 - at,
            u32::from_le_bytes(end[12..16].try_into().unwrap()) as usize
        );
    }
}
