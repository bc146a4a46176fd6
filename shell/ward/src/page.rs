//! The pages: one [`Report`](ward_watch::report::Report) shown to people (terminal, HTML) and to
//! machines (JSON, block lists).
//!
//! Nothing here judges: a page only arranges what the report says. All text that may come from a
//! log passes [`text::clean`] on its way out.

pub mod blocklist;
pub mod html;
pub mod json;
pub mod model;
pub mod svg;
pub mod terminal;
pub mod text;
pub mod when;

#[cfg(test)]
pub(crate) mod fixture;

/// What a page needs to know besides the report.
#[derive(Clone, Debug)]
pub struct View {
    /// The office that the page is for, as it names itself.
    pub office: Option<String>,
    /// The zone in which moments are written.
    pub zone: jiff::tz::TimeZone,
    /// The version of the program, for the foot of the page.
    pub version: &'static str,
}

impl Default for View {
    fn default() -> Self {
        Self {
            office: None,
            zone: jiff::tz::TimeZone::UTC,
            version: concat!("Ward ", env!("CARGO_PKG_VERSION")),
        }
    }
}
