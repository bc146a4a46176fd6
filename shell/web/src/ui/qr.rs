//! A code that a phone reads, drawn as one path.

use std::fmt::Write as _;

use maud::{Markup, Render, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// A QR code (ISO/IEC 18004). What it says should also stand beside it as text.
#[derive(Clone, Debug)]
pub struct Qr {
    label: String,
    path: Option<(String, i32)>,
}

impl Qr {
    /// What it is for, and what it says. Text that is too long for a code (about 2 KiB) is not
    /// drawn; then a sentence stands in its place.
    #[must_use]
    pub fn new(label: impl Into<String>, text: &str) -> Self {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok();
        Self { label: label.into(), path: code.map(|code| draw(&code)) }
    }
}

impl Render for Qr {
    fn render(&self) -> Markup {
        html! {
            @if let Some((path, size)) = &self.path {
                svg.qr viewBox={ "-4 -4 " (size.saturating_add(8)) " " (size.saturating_add(8)) }
                    role="img" aria-label=(self.label) shape-rendering="crispEdges" {
                    rect x="-4" y="-4" width="100%" height="100%" fill="#fff" {}
                    path fill="#000" d=(path) {}
                }
            } @else {
                p.soft { "This is too long for a code to be photographed." }
            }
        }
    }
}

/// The dark modules, each run of a row as one piece of the path; and the number of modules a side.
fn draw(code: &QrCode) -> (String, i32) {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let wide = x - start;
                let _ = write!(path, "M{start} {y}h{wide}v1h-{wide}z");
            }
            x += 1;
        }
    }
    (path, code.size())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_or_says_why_not() {
        let qr = Qr::new("For the app", "otpauth://totp/Ward:clerk?secret=AAAA").render();
        let page = qr.into_string();
        assert!(page.contains("role=\"img\" aria-label=\"For the app\""));
        // The finder in the corner: seven dark modules.
        assert!(page.contains("d=\"M0 0h7v1h-7z"), "{page}");
        assert!(Qr::new("x", &"a".repeat(5_000)).render().into_string().contains("too long"));
    }
}
