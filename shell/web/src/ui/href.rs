//! Addresses that cannot leave the site.

use std::fmt;

use maud::Render;

/// A local address: a path with an optional query and fragment, or a place on the same page.
///
/// Whatever it is made of, a browser resolves it to this site: open redirects and `javascript:`
/// links cannot be written with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Href(String);

impl Href {
    /// An address written in the source, such as `/cases`.
    ///
    /// Leading slashes and backslashes become one slash, characters that do not belong in a path
    /// are percent-encoded.
    #[must_use]
    pub fn at(path: &'static str) -> Self {
        let mut out = String::from("/");
        encode(path.trim_start_matches(['/', '\\']), is_path, &mut out);
        Self(out)
    }

    /// A place on the same page.
    #[must_use]
    pub fn on_page(id: &str) -> Self {
        let mut out = String::from("#");
        encode(id, is_unreserved, &mut out);
        Self(out)
    }

    /// Reads an address that came from outside, such as where to go after the sign-in.
    ///
    /// `None` unless it is a path of this site: it begins with one slash, holds visible ASCII only
    /// and no backslash, which browsers read as a slash (URL Standard, 4.4).
    #[must_use]
    pub fn parse(untrusted: &str) -> Option<Self> {
        let rest = untrusted.strip_prefix('/')?;
        let fine = !rest.starts_with('/')
            && untrusted.len() <= 2_000
            && untrusted.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        fine.then(|| Self(untrusted.to_owned()))
    }

    /// One segment more, encoded whole: a slash in it does not start another.
    #[must_use]
    pub fn join(mut self, segment: &str) -> Self {
        if !self.0.ends_with('/') {
            self.0.push('/');
        }
        // A segment of dots would be resolved away by the browser; it names nothing of ours.
        if segment.is_empty() || segment.chars().all(|c| c == '.') {
            self.0.push('-');
        } else {
            encode(segment, is_unreserved, &mut self.0);
        }
        self
    }

    /// One parameter more.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        encode(name, is_unreserved, &mut self.0);
        self.0.push('=');
        encode(value, is_unreserved, &mut self.0);
        self
    }

    /// The place `id` on that page. Comes last.
    #[must_use]
    pub fn hash(mut self, id: &str) -> Self {
        self.0.push('#');
        encode(id, is_unreserved, &mut self.0);
        self
    }

    /// As it is written in an attribute or a `Location` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path alone.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or("/")
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Render for Href {
    fn render_to(&self, buffer: &mut String) {
        self.0.as_str().render_to(buffer);
    }
}

/// Percent-encodes what `keep` does not name (RFC 3986, 2.1).
fn encode(text: &str, keep: fn(u8) -> bool, out: &mut String) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.extend(HEX.get(usize::from(digit)));
            }
        }
    }
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

const fn is_path(byte: u8) -> bool {
    is_unreserved(byte) || matches!(byte, b'/' | b'?' | b'=' | b'&' | b'#' | b'%' | b':' | b'@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_on_the_site_whatever_it_is_made_of() {
        assert_eq!(Href::at("/cases").as_str(), "/cases");
        assert_eq!(Href::at("//evil.example/x").as_str(), "/evil.example/x");
        assert_eq!(Href::at("\\\\evil.example").as_str(), "/evil.example");
        assert_eq!(Href::at("javascript:alert(1)").as_str(), "/javascript:alert%281%29");
        assert_eq!(Href::at("/cases").join("../../x").as_str(), "/cases/..%2F..%2Fx");
        assert_eq!(Href::at("/cases").join("..").as_str(), "/cases/-");
        assert_eq!(Href::at("/").join("a b").as_str(), "/a%20b");
    }

    #[test]
    fn queries_and_fragments_are_encoded() {
        let href = Href::at("/hunt").query("q", "a&b=c d").query("days", "30").hash("rows");
        assert_eq!(href.as_str(), "/hunt?q=a%26b%3Dc%20d&days=30#rows");
        assert_eq!(href.path(), "/hunt");
        assert_eq!(Href::on_page("a\"b").as_str(), "#a%22b");
    }

    #[test]
    fn refuses_addresses_that_lead_away() {
        for fine in ["/", "/cases/W-1?x=1#y", "/a//b"] {
            assert!(Href::parse(fine).is_some(), "{fine}");
        }
        for bad in [
            "",
            "cases",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
            "/\t/evil",
            "/ä",
            "\u{9}//evil.example",
        ] {
            assert!(Href::parse(bad).is_none(), "{bad}");
        }
    }
}
