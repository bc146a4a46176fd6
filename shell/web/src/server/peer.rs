//! Who is at the other end of the line.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{Extensions, HeaderMap};

/// The address of whoever asks; in the extensions of every request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// The connection's own address; behind a proxy on this machine, the one that the proxy saw.
    ///
    /// The proxy appends to `X-Forwarded-For`, so the last address of the last field is its word;
    /// what stands before it is the client's.
    pub(super) fn find(from: IpAddr, proxied: bool, headers: &HeaderMap) -> Self {
        let from = from.to_canonical();
        if !proxied {
            return Self(from);
        }
        let last = headers.get_all("x-forwarded-for").iter().next_back();
        let seen = last.and_then(|value| value.to_str().ok()).and_then(|list| {
            let last = list.rsplit(',').next()?.trim();
            last.trim_matches(['[', ']']).parse::<IpAddr>().ok()
        });
        Self(seen.map_or(from, |seen| seen.to_canonical()))
    }
}

/// The address of whoever asks; `0.0.0.0` where no server put it, as in a test.
#[must_use]
pub fn peer_of(extensions: &Extensions) -> IpAddr {
    extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_the_proxy_and_nobody_else() {
        let from = "::ffff:127.0.0.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "203.0.113.9".parse().unwrap());
        headers.append("x-forwarded-for", "192.0.2.1, 198.51.100.7".parse().unwrap());
        let find = |proxied, headers: &HeaderMap| Peer::find(from, proxied, headers).0.to_string();
        assert_eq!(find(true, &headers), "198.51.100.7");
        assert_eq!(find(false, &headers), "127.0.0.1");
        headers.append("x-forwarded-for", "nobody".parse().unwrap());
        assert_eq!(find(true, &headers), "127.0.0.1");
        assert_eq!(find(true, &HeaderMap::new()), "127.0.0.1");
        assert_eq!(peer_of(&Extensions::new()).to_string(), "0.0.0.0");
    }
}
