//! Cookies: the session's and the device's, read and written.

mod read;

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;

use crate::desk::{Desk, Settings};

/// The session's cookie, by name. Over TLS the prefix makes the browser refuse it from anywhere
/// but this very host (RFC 6265bis, section 4.1.3.2).
///
/// Browsers send the cookies of a host to all of its ports (RFC 6265, section 8.5): an exercise
/// beside the real desk has names of its own.
#[must_use]
pub fn session_name(settings: &Settings) -> String {
    name(settings, "session")
}

/// The device's cookie: by it somebody who signed in here before is not made to wait when others
/// guess at the account.
#[must_use]
pub fn device_name(settings: &Settings) -> String {
    name(settings, "device")
}

/// The cookie of whoever opened the set-up link.
#[must_use]
pub fn set_up_name(settings: &Settings) -> String {
    name(settings, "set-up")
}

/// The cookie of whoever opened an invitation.
#[must_use]
pub fn invitation_name(settings: &Settings) -> String {
    name(settings, "invitation")
}

/// The cookie of whoever has gone to a provider and is awaited back.
#[must_use]
pub fn elsewhere_name(settings: &Settings) -> String {
    name(settings, "elsewhere")
}

/// The cookie that holds when whoever looks at the situation looked before.
#[must_use]
pub fn look_name(settings: &Settings) -> String {
    name(settings, "look")
}

fn name(settings: &Settings, of: &str) -> String {
    let host = if settings.secure { "__Host-" } else { "" };
    let world = if settings.world.is_exercise() { "exercise-" } else { "" };
    format!("{host}ward-{world}{of}")
}

/// The secret in a cookie; `None` when there is none of that name, or two that differ.
#[must_use]
pub fn secret(headers: &HeaderMap, name: &str) -> Option<Vec<u8>> {
    let lines = headers.get_all(header::COOKIE).iter();
    let lines: Result<Vec<&str>, _> = lines.map(HeaderValue::to_str).collect();
    read::secret(&lines.ok()?, name)
}

/// The header that gives a browser a cookie for as long as it is open, or for some seconds.
#[must_use]
pub fn give(desk: &Desk, name: &str, secret: &[u8], seconds: Option<u64>) -> HeaderValue {
    let value = BASE64URL_NOPAD.encode(secret);
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    line(desk, &format!("{name}={value}"), &age)
}

/// The header that takes a cookie away.
#[must_use]
pub fn take(desk: &Desk, name: &str) -> HeaderValue {
    line(desk, &format!("{name}="), "; Max-Age=0")
}

fn line(desk: &Desk, pair: &str, age: &str) -> HeaderValue {
    let secure = if desk.settings.secure { "; Secure" } else { "" };
    let text = format!("{pair}; Path=/; HttpOnly; SameSite=Strict{age}{secure}");
    // Names are constants and values base64: this cannot fail.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    #[test]
    fn one_cookie_or_none() {
        let secret = |lines: &[&str]| secret(&headers(lines), "__Host-ward-session");
        assert_eq!(secret(&["a=b; __Host-ward-session=AQID"]), Some(vec![1, 2, 3]));
        assert_eq!(
            secret(&["__Host-ward-session=AQID; __Host-ward-session=AQID"]),
            Some(vec![1, 2, 3])
        );
        // A second one that differs was planted by somebody.
        assert_eq!(secret(&["__Host-ward-session=AQID", "__Host-ward-session=AQIE"]), None);
        assert_eq!(secret(&["ward-session=AQID"]), None);
        assert_eq!(secret(&["__Host-ward-session=%%%"]), None);
        assert_eq!(secret(&[]), None);
    }
}
