//! Addresses that the desk may go to: HTTPS, or plain HTTP to this machine itself.

use url::{Host, Url};

/// The longest address that is read, in bytes.
const LONGEST: usize = 2048;

/// Reads an address. Plain HTTP is only for this machine, and only where `loopback` allows it.
///
/// # Errors
/// What is wrong with it, to follow on its name: "has a part behind #".
pub(crate) fn parse(text: &str, loopback: bool) -> Result<Url, &'static str> {
    if text.len() > LONGEST {
        return Err("is longer than 2048 characters");
    }
    let url = Url::parse(text).map_err(|_| "is no address with https://")?;
    if url.host().is_none() || url.cannot_be_a_base() {
        return Err("names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or password before the host");
    }
    if url.fragment().is_some() {
        return Err("has a part behind #");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback && is_loopback(&url) => Ok(url),
        "http" => {
            Err("is plain http:// (only https:// is taken, or http:// to this machine itself)")
        }
        _ => Err("is no address with https://"),
    }
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(addr)) => addr.is_loopback(),
        Some(Host::Ipv6(addr)) => addr.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in ["http://127.0.0.1:9/", "http://[::1]:9/x", "http://localhost/x"] {
            assert!(parse(good, true).is_ok(), "{good}");
            assert!(parse(good, false).is_err(), "{good}");
        }
        for bad in [
            "http://login.example/",
            "http://localhost.login.example/",
            "http://192.0.2.1/",
            "http://127.0.0.1@login.example/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "login.example",
            "",
        ] {
            assert!(parse(bad, true).is_err(), "{bad}");
        }
        assert!(parse(&format!("https://login.example/{}", "x".repeat(LONGEST)), true).is_err());
    }
}
