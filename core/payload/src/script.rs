//! Script in a value that a page would show: cross-site scripting.

use memchr::memmem::find;

use crate::gate::Classes;
use crate::needles::Needles;

/// The sign of script in one decoded value, if it has one.
pub(crate) fn judge(text: &[u8], classes: Classes) -> Option<&'static str> {
    if classes.any(Classes::ANGLE)
        && let Some(sign) = tag(text)
    {
        return Some(sign);
    }
    if classes.any(Classes::COLON) && scheme(text) {
        return Some("script-scheme");
    }
    if let Some(sign) = call(text) {
        return Some(sign);
    }
    (classes.any(Classes::OTHER) && handler(text)).then_some("event-handler")
}

/// Elements whose opening in a value is markup: `<script`, `<img `, `<p>`.
const ELEMENTS: [&[u8]; 48] = [
    b"script",
    b"img",
    b"svg",
    b"iframe",
    b"object",
    b"embed",
    b"body",
    b"html",
    b"head",
    b"meta",
    b"link",
    b"style",
    b"base",
    b"form",
    b"input",
    b"button",
    b"textarea",
    b"select",
    b"option",
    b"video",
    b"audio",
    b"source",
    b"marquee",
    b"table",
    b"td",
    b"tr",
    b"div",
    b"span",
    b"p",
    b"br",
    b"a",
    b"frameset",
    b"frame",
    b"applet",
    b"isindex",
    b"math",
    b"details",
    b"title",
    b"h1",
    b"h2",
    b"bgsound",
    b"layer",
    b"keygen",
    b"xml",
    b"animate",
    b"image",
    b"ilayer",
    b"template",
];

fn tag(text: &[u8]) -> Option<&'static str> {
    for at in memchr::memchr_iter(b'<', text).take(256) {
        let rest = text.get(at.saturating_add(1)..).unwrap_or_default();
        let rest = rest.strip_prefix(b"/").unwrap_or(rest);
        let len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (name, after) = rest.split_at(len.min(rest.len()));
        let ends = after.first().is_none_or(|byte| {
            matches!(byte, b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r' | 0 | 0xc)
        });
        if ends && ELEMENTS.contains(&name) {
            return Some(if name == b"script" { "script-tag" } else { "markup" });
        }
    }
    None
}

/// `javascript:` with whatever white space and control bytes browsers overlook.
fn scheme(text: &[u8]) -> bool {
    const SCHEMES: [&[u8]; 3] = [b"javascript:", b"vbscript:", b"data:text/html"];
    if SCHEMES.iter().any(|scheme| find(text, scheme).is_some()) {
        return true;
    }
    let mut wanted = b"javascript:".iter();
    let dense = text.iter().filter(|byte| **byte > b' ');
    dense.take(11).all(|byte| wanted.next() == Some(byte)) && wanted.next().is_none()
}

static CALLS: Needles<9> = Needles::new([
    ("fromcharcode(", "script-call"),
    ("document.write", "script-call"),
    ("document.cookie", "script-call"),
    ("document.domain", "script-call"),
    ("window.open(", "script-call"),
    ("settimeout(", "script-call"),
    ("alert(", "dialog"),
    ("prompt(", "dialog"),
    ("confirm(", "dialog"),
]);

fn call(text: &[u8]) -> Option<&'static str> {
    let (end, sign) = CALLS.find(text)?;
    let rest = text.get(end..).unwrap_or_default();
    // "Receive alert(s) by mail" is no call.
    (sign != "dialog" || !rest.starts_with(b"s)")).then_some("script-call")
}

/// ` onerror=`: an attribute that runs script.
fn handler(text: &[u8]) -> bool {
    const EVENTS: [&[u8]; 26] = [
        b"error",
        b"load",
        b"click",
        b"mouseover",
        b"mouseenter",
        b"mousemove",
        b"mouseout",
        b"focus",
        b"blur",
        b"toggle",
        b"begin",
        b"start",
        b"pageshow",
        b"resize",
        b"input",
        b"change",
        b"submit",
        b"keydown",
        b"keyup",
        b"keypress",
        b"animationstart",
        b"animationend",
        b"pointerenter",
        b"pointerover",
        b"wheel",
        b"afterscriptexecute",
    ];
    memchr::memmem::find_iter(text, b"on").take(64).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let rest = text.get(at.saturating_add(2)..).unwrap_or_default();
        let event = EVENTS.iter().find_map(|event| rest.strip_prefix(*event));
        before.is_some_and(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'/' | b'\t' | b'\n' | b';'))
            && event.is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b'='))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Option<&'static str> {
        judge(text.as_bytes(), Classes::of(text.as_bytes()))
    }

    #[test]
    fn script() {
        for text in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "\" onmouseover=\"x",
            "';alert(1)//",
            "</script",
            "<iframe src=//example.org>",
            "prompt(1)",
            "document.cookie",
            "<p",
            "<body onload =x>",
        ] {
            assert!(judged(text).is_some(), "{text}");
        }
    }

    #[test]
    fn language() {
        for text in [
            "a < b",
            "i <3 voting",
            "x<y and y>z",
            "receive alert(s)",
            "based on load = 5",
            "5 > 3",
            "<none>",
            "contact <clerk@example.org>",
            "script: draft",
            "re: data",
            "come on!",
            "on error = stop",
        ] {
            assert_eq!(judged(text), None, "{text}");
        }
    }
}
