//! What a request's target says by itself: its path, its query, whether it is an asset or a sign-in.

/// The path of a target: what comes before `?` or `#`, without scheme and authority.
#[must_use]
pub fn path(target: &[u8]) -> &[u8] {
    let target = without_authority(target);
    let end = memchr::memchr2(b'?', b'#', target).unwrap_or(target.len());
    target.get(..end).unwrap_or_default()
}

/// The query of a target: what comes after the first `?`, without a fragment; empty when none.
#[must_use]
pub fn query(target: &[u8]) -> &[u8] {
    let Some(mark) = memchr::memchr(b'?', target) else { return &[] };
    target.get(mark.saturating_add(1)..).unwrap_or_default()
}

/// `http://host/path` as proxies are asked for: from the path on.
fn without_authority(target: &[u8]) -> &[u8] {
    let head = target.get(..8).unwrap_or(target);
    if !head.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"http")) {
        return target;
    }
    let Some(scheme) = memchr::memmem::find(head, b"://") else { return target };
    let rest = target.get(scheme.saturating_add(3)..).unwrap_or_default();
    let slash = memchr::memchr2(b'/', b'?', rest).unwrap_or(rest.len());
    rest.get(slash..).unwrap_or_default()
}

/// Whether a path is a page's furniture (styles, scripts, pictures, fonts), which browsers fetch by
/// the dozen: by its extension.
#[must_use]
pub fn is_asset(path: &[u8]) -> bool {
    const ASSETS: [&[u8]; 25] = [
        b"css",
        b"js",
        b"mjs",
        b"map",
        b"png",
        b"jpg",
        b"jpeg",
        b"gif",
        b"svg",
        b"webp",
        b"avif",
        b"ico",
        b"bmp",
        b"woff",
        b"woff2",
        b"ttf",
        b"otf",
        b"eot",
        b"mp4",
        b"webm",
        b"mp3",
        b"wasm",
        b"webmanifest",
        b"cur",
        b"less",
    ];
    extension(path).is_some_and(|ext| ASSETS.iter().any(|asset| ext.eq_ignore_ascii_case(asset)))
}

/// What follows the last dot of the last segment.
pub(crate) fn extension(path: &[u8]) -> Option<&[u8]> {
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    let dot = memchr::memrchr(b'.', name)?;
    name.get(dot.saturating_add(1)..)
}

/// Whether a request is an effort to sign in: a POST to a path that names such a place in one of
/// its segments (`/login`, `/account/sign-in.aspx`, `/oauth/token`, `/wp-login.php`).
#[must_use]
pub fn is_sign_in(method: &[u8], path: &[u8]) -> bool {
    if !method.eq_ignore_ascii_case(b"POST") {
        return false;
    }
    let mut before: &[u8] = &[];
    self::path(path).split(|byte| *byte == b'/').any(|segment| {
        let stem = segment.split(|byte| matches!(byte, b'.' | b';')).next().unwrap_or_default();
        let token = stem.eq_ignore_ascii_case(b"token") && is_oauth(before);
        before = stem;
        token || is_place(stem)
    })
}

fn is_oauth(segment: &[u8]) -> bool {
    [&b"oauth"[..], b"oauth2", b"openid-connect", b"connect"]
        .iter()
        .any(|name| segment.eq_ignore_ascii_case(name))
}

fn is_place(stem: &[u8]) -> bool {
    const PLACES: [&[u8]; 25] = [
        b"login",
        b"log-in",
        b"log_in",
        b"logon",
        b"signin",
        b"sign-in",
        b"sign_in",
        b"signon",
        b"auth",
        b"authenticate",
        b"authentication",
        b"session",
        b"sessions",
        b"wp-login",
        b"userlogin",
        b"user_session",
        b"user_sessions",
        b"adminlogin",
        b"dologin",
        b"j_security_check",
        b"sso",
        b"checklogin",
        b"logincheck",
        b"login_check",
        b"j_spring_security_check",
    ];
    stem.len() > 2 && PLACES.iter().any(|place| stem.eq_ignore_ascii_case(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits() {
        assert_eq!((path(b"/a/b?c=d?e"), query(b"/a/b?c=d?e")), (&b"/a/b"[..], &b"c=d?e"[..]));
        assert_eq!((path(b"/a"), query(b"/a")), (&b"/a"[..], &b""[..]));
        assert_eq!(path(b"http://example.org/x?y"), b"/x");
        assert_eq!(path(b"http://example.org"), b"");
        assert_eq!(path(b"/a#b?c"), b"/a");
    }

    #[test]
    fn assets() {
        for path in ["/a/site.CSS", "/x.min.js", "/f.woff2", "/favicon.ico"] {
            assert!(is_asset(path.as_bytes()), "{path}");
        }
        for path in ["/css", "/a.php", "/js/", "/report.pdf", "/"] {
            assert!(!is_asset(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn sign_ins() {
        for path in [
            "/login",
            "/account/Login",
            "/users/sign_in",
            "/SignIn.aspx",
            "/oauth/token",
            "/wp-login.php",
            "/api/v1/auth",
            "/sessions",
            "/connect/token",
            "/j_security_check;x=1",
            "/login?next=/",
        ] {
            assert!(is_sign_in(b"POST", path.as_bytes()), "{path}");
            assert!(!is_sign_in(b"GET", path.as_bytes()), "{path}");
        }
        for path in
            ["/", "/author", "/blog/login-tips", "/api/token", "/authors/list", "/obsession"]
        {
            assert!(!is_sign_in(b"POST", path.as_bytes()), "{path}");
        }
    }
}
