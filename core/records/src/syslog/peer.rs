//! Finding who spoke in a message that also holds text of their choosing.
//!
//! Account names, banners and certificate names are the client's own bytes and may look like any
//! part of any line. What sshd itself wrote stands at a known end of the message, so each address
//! is taken from that end and from nowhere else.

use ward_kernel::Addr;

use crate::{field, text};

/// What stands before the peer's address; the address; its port, or 0.
pub(super) type Peer<'a> = (&'a [u8], Addr, u16);

/// At the end: `... ADDRESS port N`.
pub(super) fn at_end(message: &[u8]) -> Option<Peer<'_>> {
    // Looks at the last two words and no further: of a long hostile line this is asked often.
    let (front, digits) = last_word(message);
    let (before, addr) = last_word(front.strip_suffix(b" port")?);
    let port = field::u16(digits)?;
    Some((before, Addr::parse(addr)?, port))
}

/// At the end: `ACCOUNT from ADDRESS port N`, or without the port as sshd wrote before 7.2.
pub(super) fn from_at_end(message: &[u8]) -> Option<Peer<'_>> {
    let (before, addr, port) = at_end(message).or_else(|| {
        let (before, addr) = last_word(message);
        Some((before, Addr::parse(addr)?, 0))
    })?;
    let before = before.strip_suffix(b"from")?;
    if before.is_empty() {
        return Some((before, addr, port));
    }
    Some((before.strip_suffix(b" ")?, addr, port))
}

/// `ADDRESS port N` or `ADDRESS` at the beginning, where no text of the client stands before it.
pub(super) fn at_start(message: &[u8]) -> Option<(Addr, u16)> {
    let (word, rest) = text::cut(message, b' ');
    let word = word.strip_suffix(b":").unwrap_or(word);
    let addr = Addr::parse(word)?;
    let digits = rest.strip_prefix(b"port ").unwrap_or_default();
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let port = digits.get(..len).and_then(field::u16).unwrap_or(0);
    Some((addr, port))
}

/// Why [`before_reason`] and [`verdict`] can refuse.
pub(super) const TWO_PEERS: &str = "two addresses, and no telling which of them the client wrote";
/// Why an address was not found.
pub(super) const NO_PEER: &str = "no address where sshd writes it";

/// `ACCOUNT ADDRESS port N: REASON`, where the reason may quote the client: all readings
/// must agree.
pub(super) fn before_reason(message: &[u8]) -> Result<Peer<'_>, &'static str> {
    let reading = |at: usize| message.get(..at).and_then(at_end);
    let mut ends = memchr::memmem::find_iter(message, b": ");
    let first = ends.find_map(reading).ok_or(NO_PEER)?;
    let other = |peer: Peer<'_>| (peer.1, peer.2) != (first.1, first.2);
    if ends.filter_map(reading).any(other) { Err(TWO_PEERS) } else { Ok(first) }
}

/// `ACCOUNT from ADDRESS port N ssh2`, perhaps followed by `: KEY`. Of several readings the last
/// is sshd's own, because the account stands before it; unless the key's description quotes the
/// client as well (the name in a certificate, the user of a trusted host).
pub(super) fn verdict(message: &[u8]) -> Result<Peer<'_>, &'static str> {
    if let Some(plain) = without_version(message) {
        return from_at_end(plain).ok_or(NO_PEER);
    }
    let reading = |at: usize| message.get(..at).and_then(from_at_end);
    let mut ends = memchr::memmem::rfind_iter(message, b" ssh2: ");
    let Some(last) = ends.find_map(reading) else {
        return from_at_end(message).ok_or(NO_PEER);
    };
    let other = |peer: Peer<'_>| (peer.1, peer.2) != (last.1, last.2);
    let quotes = |words: &[u8]| memchr::memmem::find(message, words).is_some();
    let doubtful =
        ends.filter_map(reading).any(other) && (quotes(b"-CERT ") || quotes(b"client user"));
    if doubtful { Err(TWO_PEERS) } else { Ok(last) }
}

fn without_version(message: &[u8]) -> Option<&[u8]> {
    message.strip_suffix(b" ssh2").or_else(|| message.strip_suffix(b" ssh1"))
}

/// The text before the last word (without the space), and the last word.
fn last_word(message: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b' ', message) {
        Some(at) => {
            (message.get(..at).unwrap_or_default(), message.get(at + 1..).unwrap_or_default())
        }
        None => (b"", message),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn addr(text: &str) -> Addr {
        text.parse().unwrap()
    }

    #[test]
    fn ends() {
        let peer = addr("192.0.2.1");
        assert_eq!(at_end(b"root 192.0.2.1 port 7"), Some((&b"root"[..], peer, 7)));
        assert_eq!(at_end(b" 192.0.2.1 port 7"), Some((&b""[..], peer, 7)));
        assert_eq!(at_end(b"192.0.2.1 port 7"), Some((&b""[..], peer, 7)));
        for bad in ["", " port ", "1.2.3.4 port x", "1.2.3.4 port 65536", "UNKNOWN port 65535"] {
            assert_eq!(at_end(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(from_at_end(b"a b from 192.0.2.1"), Some((&b"a b"[..], peer, 0)));
        assert_eq!(from_at_end(b"from 192.0.2.1 port 7"), Some((&b""[..], peer, 7)));
        assert_eq!(from_at_end(b" from 192.0.2.1 port 7"), Some((&b""[..], peer, 7)));
        assert_eq!(from_at_end(b"xfrom 192.0.2.1 port 7"), None);
        assert_eq!(at_start(b"2001:db8::1 port 9: why"), Some((addr("2001:db8::1"), 9)));
        assert_eq!(at_start(b"192.0.2.1: 11: Bye"), Some((peer, 0)));
        assert_eq!(at_start(b"UNKNOWN port 65535"), None);
    }

    #[test]
    fn two_readings() {
        let fake = "x 192.0.2.9 port 1: y 192.0.2.1 port 7: Change of (z 192.0.2.8 port 2: q)";
        assert_eq!(before_reason(fake.as_bytes()), Err(TWO_PEERS));
        assert!(before_reason(b"x 192.0.2.1 port 7: Change of (a: b) -> (c: d)").is_ok());
        assert_eq!(before_reason(b"nothing"), Err(NO_PEER));
        let cert = "x from 192.0.2.1 port 7 ssh2: RSA-CERT SHA256:a ID \
            k from 192.0.2.9 port 1 ssh2: z (serial 0) CA RSA SHA256:b";
        assert_eq!(verdict(cert.as_bytes()), Err(TWO_PEERS));
        let key = "x from 192.0.2.9 port 1 ssh2: RSA SHA256:a \
            from 192.0.2.1 port 7 ssh2: RSA SHA256:b";
        assert_eq!(verdict(key.as_bytes()).unwrap().1, addr("192.0.2.1"));
    }

    proptest! {
        #[test]
        fn a_name_cannot_change_the_address(
            name in "([a-z ]{0,3}|from |192\\.0\\.2\\.9|port 22| ssh2|: |\\[preauth\\]|invalid user |RSA ){0,12}",
            port in any::<u16>(),
        ) {
            let peer = addr("198.51.100.7");
            let line = format!("{name} from 198.51.100.7 port {port} ssh2");
            prop_assert_eq!(verdict(line.as_bytes()), Ok((name.as_bytes(), peer, port)));
            let line = format!("{name} from 198.51.100.7 port {port} ssh2: ED25519 SHA256:abc");
            prop_assert_eq!(verdict(line.as_bytes()), Ok((name.as_bytes(), peer, port)));
            let line = format!("{name} 198.51.100.7 port {port}");
            prop_assert_eq!(at_end(line.as_bytes()), Some((name.as_bytes(), peer, port)));
            let line = format!("{name} 198.51.100.7 port {port}: Change of ({name},a) -> (b,c)");
            if let Ok((_, found, _)) = before_reason(line.as_bytes()) {
                prop_assert_eq!(found, peer);
            }
        }
    }
}
