//! What is looked for: addresses, networks, accounts, domains and hashes, as people and feeds write
//! them.

mod defang;
mod list;
mod stix;

use std::fmt;

use ward_kernel::{Addr, KeyKind, Net};

pub use list::{List, ListProblem, MAX_INDICATORS};

use crate::MAX_TEXT;
use defang::refang;

/// Something that a history can be searched for.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Indicator {
    /// One address.
    Address(Addr),
    /// All addresses of a network.
    Network(Net),
    /// An account, exactly as it was tried.
    Account(String),
    /// One domain or host name, in lower case.
    Domain(String),
    /// A domain and all names under it, in lower case.
    Under(String),
    /// The hash of a file, hexadecimal in lower case.
    Hash(String),
}

impl Indicator {
    /// Reads an indicator as people and feeds write it.
    ///
    /// - An address, with or without a port; a network such as `198.51.100.0/24`.
    /// - A domain; `*.county.example` or `.county.example` is the domain and all names under it.
    /// - A URL, which is looked for by its host.
    /// - A hash of 32 (MD5), 40 (SHA-1), 64 (SHA-256) or 128 (SHA-512) hexadecimal digits.
    /// - Anything else without a space is an account, as is everything with `@` or `\`.
    /// - `address:`, `account:`, `domain:`, `under:` or `hash:` before it settles what it is: a name
    ///   such as `j.clerk` is a domain by its looks and `account:j.clerk` is not.
    ///
    /// "Defanged" forms are read too: `hxxp://`, `county[.]example`, `192.0.2[.]1`, `user[@]example`.
    ///
    /// # Errors
    /// Says what is wrong and how to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = unquoted(text.trim()).trim();
        if text.is_empty() {
            return Err("there is nothing to look for".to_owned());
        }
        check_text(text)?;
        match text.split_once(':') {
            Some((kind, rest)) if !rest.starts_with("//") => {
                named(&kind.to_ascii_lowercase(), rest.trim()).unwrap_or_else(|| guessed(text))
            }
            _ => guessed(text),
        }
    }

    /// The kind of the keys that it stands for.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        match self {
            Self::Address(_) | Self::Network(_) => KeyKind::Address,
            Self::Account(_) => KeyKind::Account,
            Self::Domain(_) | Self::Under(_) => KeyKind::Domain,
            Self::Hash(_) => KeyKind::Hash,
        }
    }

    /// The same, but with all names under it if it is a domain.
    #[must_use]
    pub fn with_names_under(self) -> Self {
        match self {
            Self::Domain(name) => Self::Under(name),
            other => other,
        }
    }
}

impl fmt::Display for Indicator {
    /// As [`Indicator::parse`] reads it again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(addr) => addr.fmt(f),
            Self::Network(net) => net.fmt(f),
            Self::Account(name) if Self::parse(name).as_ref() == Ok(self) => f.write_str(name),
            Self::Account(name) => write!(f, "account:{name}"),
            Self::Domain(name) if Self::parse(name).as_ref() == Ok(self) => f.write_str(name),
            Self::Domain(name) => write!(f, "domain:{name}"),
            Self::Under(name) if name.contains('.') => write!(f, "*.{name}"),
            Self::Under(name) => write!(f, "under:{name}"),
            Self::Hash(hex) => f.write_str(hex),
        }
    }
}

/// Whether a key can be such a text.
fn check_text(text: &str) -> Result<(), String> {
    if text.len() > MAX_TEXT {
        return Err(format!("it is longer than {MAX_TEXT} bytes, and nothing so long is kept"));
    }
    if text.chars().any(|char| char.is_control() || char == char::REPLACEMENT_CHARACTER) {
        return Err("it holds control characters, or is not UTF-8".to_owned());
    }
    Ok(())
}

/// Without the marks that a text stands between.
fn unquoted(text: &str) -> &str {
    let pairs = [('"', '"'), ('\'', '\''), ('`', '`'), ('<', '>')];
    let inside =
        |(open, close)| text.strip_prefix(open).and_then(|text: &str| text.strip_suffix(close));
    pairs.into_iter().find_map(inside).unwrap_or(text)
}

/// Reads what is said to be of a kind; none if there is no such kind.
fn named(kind: &str, rest: &str) -> Option<Result<Indicator, String>> {
    let indicator = match kind {
        "address" | "addr" | "ip" | "ipv4" | "ipv6" | "network" | "net" | "cidr" => {
            let text = refang(rest);
            address(&text)
                .unwrap_or_else(|| Err(format!("\"{text}\" is not an address or a network")))
        }
        "account" | "user" | "username" if rest.is_empty() => {
            Err("the account has no name".to_owned())
        }
        "account" | "user" | "username" => Ok(Indicator::Account(rest.to_owned())),
        "domain" | "host" | "hostname" | "fqdn" => {
            domain_name(&refang(rest)).map(Indicator::Domain)
        }
        "under" => domain_name(&refang(rest)).map(Indicator::Under),
        "hash" | "md5" | "sha1" | "sha-1" | "sha256" | "sha-256" | "sha512" | "sha-512" => {
            let wrong = "a hash has 32, 40, 64 or 128 hexadecimal digits";
            hash(rest).ok_or_else(|| wrong.to_owned())
        }
        "url" => return Some(host_of_url(&refang(rest))),
        _ => return None,
    };
    Some(indicator)
}

/// Reads what is not said to be of any kind.
fn guessed(original: &str) -> Result<Indicator, String> {
    let text = refang(original);
    if text.contains("://") {
        return host_of_url(&text);
    }
    if let Some(address) = address(&text) {
        return address;
    }
    if let Some(hash) = hash(&text) {
        return Ok(hash);
    }
    if text.contains(char::is_whitespace) {
        return Err("it holds a space: if it is an account, write account: before it".to_owned());
    }
    if text.contains(['@', '\\']) {
        return Ok(Indicator::Account(text));
    }
    let host = text.split_once('/').map_or(text.as_str(), |(host, _path)| host);
    if let Some(address) = address(host) {
        return address;
    }
    if host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && host.contains('.') {
        return Err(format!(
            "\"{text}\" is not an address: an IPv4 address has four numbers up to 255"
        ));
    }
    if host.contains('.') {
        let (under, host) = match host.strip_prefix("*.").or_else(|| host.strip_prefix('.')) {
            Some(host) => (true, host),
            None => (false, host),
        };
        let host =
            host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(host, _)| host);
        let name = domain_name(host)?;
        return Ok(if under { Indicator::Under(name) } else { Indicator::Domain(name) });
    }
    if text.contains([':', '/']) {
        return Err(format!(
            "\"{text}\" is no address, domain or hash: if it is an account, write account: before it"
        ));
    }
    Ok(Indicator::Account(text))
}

/// Reads an address, with or without a port, or a network; none if it does not look like one.
fn address(text: &str) -> Option<Result<Indicator, String>> {
    if let Some(addr) = Addr::parse(text.as_bytes()) {
        return Some(Ok(Indicator::Address(addr)));
    }
    if let Some((inside, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let addr = Addr::parse(inside.as_bytes())?;
        let port = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
        return port.then_some(Ok(Indicator::Address(addr)));
    }
    if let Some((base, len)) = text.split_once('/') {
        let addr = Addr::parse(base.as_bytes())?;
        if len.is_empty() || !len.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let width = if addr.as_v4().is_some() { 32 } else { 128 };
        return Some(text.parse().map(|net: Net| {
            if net.bits() == width { Indicator::Address(addr) } else { Indicator::Network(net) }
        }));
    }
    let (addr, port) = text.rsplit_once(':')?;
    let addr = Addr::parse(addr.as_bytes()).filter(|addr| addr.as_v4().is_some())?;
    is_port(port).then_some(Ok(Indicator::Address(addr)))
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

fn hash(text: &str) -> Option<Indicator> {
    let long = matches!(text.len(), 32 | 40 | 64 | 128);
    (long && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| Indicator::Hash(text.to_ascii_lowercase()))
}

fn host_of_url(text: &str) -> Result<Indicator, String> {
    let rest = text.split_once("://").map_or(text, |(_scheme, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_user, host)| host);
    if let Some(address) = address(host) {
        return address;
    }
    let host = host.split_once(':').map_or(host, |(host, _port)| host);
    domain_name(host).map(Indicator::Domain)
}

/// A domain in the form of the history's keys (RFC 1035: at most 253 bytes, labels of 1 to 63;
/// underscores, which services and hosts bear, are let through).
fn domain_name(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if !name.is_ascii() {
        return Err(format!(
            "\"{text}\" has letters beyond ASCII: write it as names are sent, beginning with xn--"
        ));
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if name.len() > 253 || !name.split('.').all(label) {
        return Err(format!(
            "\"{text}\" is not a domain: it has labels of letters, digits and hyphens between dots. \
             If it is an account, write account: before it"
        ));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Indicator {
        Indicator::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    fn shown(text: &str) -> String {
        format!("{:?} {}", read(text).kind(), read(text))
    }

    #[test]
    fn addresses() {
        for text in [
            "192.0.2.1",
            " 192.0.2[.]1 ",
            "192[.]0[.]2[.]1",
            "192.0.2(.)1",
            "192[dot]0[dot]2[dot]1",
            "hxxp://192.0.2[.]1/gate.php",
            "hxxps[:]//192.0.2.1:8443/x?y=z",
            "192.0.2.1:443",
            "192.0.2.1/32",
            "192.0.2.1/index.html",
            "\"192.0.2.1\"",
            "::ffff:192.0.2.1",
            "ip:192.0.2[.]1",
        ] {
            assert_eq!(shown(text), "Address 192.0.2.1", "{text}");
        }
        for text in
            ["2001:DB8:0:0::1", "[2001:db8::1]:443", "2001[:]db8[:][:]1", "http://[2001:db8::1]/a"]
        {
            assert_eq!(shown(text), "Address 2001:db8::1", "{text}");
        }
        assert_eq!(
            read("198.51.100[.]0/24"),
            Indicator::Network("198.51.100.0/24".parse().unwrap())
        );
        assert_eq!(read("net:2001:db8::/32"), Indicator::Network("2001:db8::/32".parse().unwrap()));
    }

    #[test]
    fn domains() {
        for text in [
            "Results.County.Example.",
            "results[.]county[.]example",
            "hxxps://user:pw@results[.]county.example:8443/login?next=/",
            "results.county.example/login",
            "results.county.example:443",
            "results{.}county(dot)example",
            "domain:results.county.example",
            "ftp://results.county.example",
        ] {
            assert_eq!(shown(text), "Domain results.county.example", "{text}");
        }
        assert_eq!(read("*.county.example"), Indicator::Under("county.example".into()));
        assert_eq!(read(".county[.]example"), Indicator::Under("county.example".into()));
        assert_eq!(read("county.example").with_names_under(), read("*.county.example"));
        assert_eq!(shown("domain:fileserver"), "Domain domain:fileserver");
        assert_eq!(shown("_ldap._tcp.county.example"), "Domain _ldap._tcp.county.example");
    }

    #[test]
    fn accounts_and_hashes() {
        assert_eq!(read("jclerk"), Indicator::Account("jclerk".into()));
        assert_eq!(
            read("J.Clerk@county[.]example"),
            Indicator::Account("J.Clerk@county.example".into())
        );
        assert_eq!(read(r"COUNTY\jclerk"), Indicator::Account(r"COUNTY\jclerk".into()));
        assert_eq!(read("account:j.clerk"), Indicator::Account("j.clerk".into()));
        assert_eq!(read("user:front desk"), Indicator::Account("front desk".into()));
        for digits in [32, 40, 64, 128] {
            let hash = "Ab".repeat(digits / 2);
            assert_eq!(read(&hash), Indicator::Hash(hash.to_ascii_lowercase()));
            assert_eq!(read(&format!("sha256:{hash}")), read(&hash));
        }
    }

    #[test]
    fn refuses_with_a_sentence() {
        for (text, expected) in [
            ("", "nothing to look for"),
            ("192.0.2.256", "not an address"),
            ("192.0.2.1/24", "did you mean 192.0.2.0/24"),
            ("the front desk", "write account: before it"),
            ("b\u{fc}ro.example", "xn--"),
            ("a..example", "not a domain"),
            ("hash:abc", "hexadecimal digits"),
            ("http://", "not a domain"),
            ("a\u{0}b", "control characters"),
            ("mutex:xyz", "no address, domain or hash"),
            ("account:", "no name"),
        ] {
            let why = Indicator::parse(text).unwrap_err();
            assert!(why.contains(expected), "{text}: {why}");
        }
        assert!(Indicator::parse(&"a".repeat(MAX_TEXT + 1)).is_err());
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(text in ".{0,80}") {
            if let Ok(indicator) = Indicator::parse(&text) {
                prop_assert_eq!(Indicator::parse(&indicator.to_string()), Ok(indicator));
            }
        }

        #[test]
        fn looks_are_kept(text in r"(account:|domain:|under:|hxxp://|\*)?[a-c1.:/@\[\]\\]{0,12}") {
            if let Ok(indicator) = Indicator::parse(&text) {
                prop_assert_eq!(Indicator::parse(&indicator.to_string()), Ok(indicator));
            }
        }
    }
}
