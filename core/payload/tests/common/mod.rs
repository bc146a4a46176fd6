//! What the tests share: values into requests.

use ward_payload::{Finding, Input, Scratch, judge};

/// Percent-encodes as browsers and tools do for a query.
pub(crate) fn encode(value: &str) -> String {
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// A request for `target`.
pub(crate) fn get(target: &str) -> Option<Finding> {
    let input = Input { method: b"GET", target: target.as_bytes(), ..Input::default() };
    judge(&input, &mut Scratch::default())
}

/// A form posted.
pub(crate) fn post(body: &str) -> Option<Finding> {
    let (method, target) = (&b"POST"[..], &b"/register"[..]);
    judge(
        &Input { method, target, body: body.as_bytes(), ..Input::default() },
        &mut Scratch::default(),
    )
}
