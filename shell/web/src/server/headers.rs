//! What every answer says to the browser about what it may do.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::ui::assets::{Immutable, Worker};

/// The fields of every answer, byte for byte.
///
/// Nothing is loaded but the desk's own style and script, nothing runs in a page, no page can stand
/// in another's frame or keep a handle on it, no address leaks by a referrer, no sensor of the
/// machine is asked for but a passkey. Strings cannot become markup or script in the browser
/// (`require-trusted-types-for`), and no policy can be made that would let them (`'none'`).
///
/// No page has a worker but those of a form that is there without a network ([`WITH_WORKER`]).
///
/// `form-action 'self'` also holds for where a form is led on to (Content Security Policy Level 3,
/// 6.4.1): a sign-in at another site begins with a link, not with a form.
pub const ALWAYS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; worker-src 'none'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), autoplay=(), \
         browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
         gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), \
         idle-detection=(), interest-cohort=(), local-fonts=(), magnetometer=(), microphone=(), \
         midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), \
         storage-access=(), usb=(), window-management=(), \
         xr-spatial-tracking=(), publickey-credentials-create=(self), \
         publickey-credentials-get=(self)",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-permitted-cross-domain-policies", "none"),
];

/// The policy of a page whose form is there without a network: it may name the desk's own worker.
/// The address of a worker is script to a browser (Service Workers, 3.4.3), so that the page's
/// script has one rule by which that one address can be named, and no other.
pub const WITH_WORKER: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types ward-worker";

/// What is not to be kept: everything that is not named by the hash of its content.
pub const NO_STORE: &str = "no-store";

/// What may be kept for ever.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Where browsers come by our TLS: two years, for this name alone.
pub const HSTS: &str = "max-age=63072000";

/// Whether browsers come by our TLS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hsts(pub(super) bool);

/// Sets the fields on an answer, in the place of whatever it said.
pub(super) async fn set(State(Hsts(tls)): State<Hsts>, request: Request, next: Next) -> Response {
    let hsts = tls && !is_localhost(request.headers());
    let mut response = next.run(request).await;
    let keep = response.extensions().get::<Immutable>().is_some() && response.status().is_success();
    let works = response.extensions().get::<Worker>().is_some();
    let fields = response.headers_mut();
    for (name, value) in ALWAYS {
        fields.insert(name, HeaderValue::from_static(value));
    }
    if works {
        let policy = HeaderValue::from_static(WITH_WORKER);
        fields.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let cache = if keep { IMMUTABLE } else { NO_STORE };
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if hsts {
        fields.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    response
}

/// A browser keeps the promise for a name on all its ports: for `localhost` it would reach
/// programs that have nothing to do with the desk.
fn is_localhost(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    let name = host.split(|byte| *byte == b':').next().unwrap_or_default();
    name.eq_ignore_ascii_case(b"localhost")
}
