//! Where somebody goes on to after a step on the way in: a page of the desk's own, and no other.

use data_encoding::BASE64URL_NOPAD;

use crate::route::{Access, Kind, Route, Verb};
use crate::ui::Href;

/// The address with the page to go on to, unless that is the first page.
pub(crate) fn with_then(href: Href, path: &str) -> Href {
    if path == "/" || !is_page(path) {
        return href;
    }
    href.query("then", &BASE64URL_NOPAD.encode(path.as_bytes()))
}

/// The page that an act's address belongs to: itself, or what is left when its last parts go.
pub(super) fn nearest_page(mut path: &str) -> &str {
    while !is_page(path) {
        match path.rfind('/') {
            None | Some(0) => return "/",
            Some(end) => path = path.get(..end).unwrap_or("/"),
        }
    }
    path
}

/// The page to go on to after the sign-in: only one of the desk's own that can be looked at.
#[must_use]
pub(crate) fn then(encoded: Option<&str>) -> String {
    let path = encoded
        .and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|path| is_page(path));
    path.unwrap_or_else(|| "/".to_owned())
}

/// Whether the table has a page at this path that somebody signed in could ask for.
fn is_page(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&Route| {
        let pattern: Vec<&str> = route.path.split('/').collect();
        route.verb == Verb::Get
            && route.kind == Kind::Page
            && matches!(route.access, Access::Person(_) | Access::Anyone(_))
            && pattern.len() == parts.len()
            && pattern.iter().zip(&parts).all(|(pattern, part)| {
                pattern == part || (pattern.starts_with('{') && is_plain(part))
            })
    };
    crate::route::all().any(|route| fits(&route))
}

fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && part != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(path: &str) -> String {
        BASE64URL_NOPAD.encode(path.as_bytes())
    }

    #[test]
    fn goes_on_to_pages_of_the_desk_alone() {
        for page in ["/account", "/people", "/people/invite", "/people/p-1"] {
            assert_eq!(then(Some(&encoded(page))), page);
        }
        for other in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/people/../sign-out",
            "/people/",
            "/people/a/b",
            "/sign-out",
            "/account?x=1",
            "/account#x",
            "",
            "account",
            "/people/a%2fb",
            "/people/\r\nSet-Cookie: a=b",
            "/sign-in",
            "/set-up",
        ] {
            assert_eq!(then(Some(&encoded(other))), "/", "{other}");
        }
        for garbage in ["", "%%%", "/people", "_____w", &"A".repeat(10_000)] {
            assert_eq!(then(Some(garbage)), "/", "{garbage}");
        }
        assert_eq!(then(None), "/");
    }

    #[test]
    fn an_act_leads_back_to_its_page() {
        assert_eq!(nearest_page("/people/p-1/role"), "/people/p-1");
        assert_eq!(nearest_page("/people/invite"), "/people/invite");
        assert_eq!(nearest_page("/no/such/place"), "/");
        assert_eq!(nearest_page(""), "/");
    }
}
