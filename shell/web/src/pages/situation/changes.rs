//! What changed since whoever looks looked last.
//!
//! A look goes on as long as the page is asked for again within ten minutes; what is new is counted
//! from the end of the look before it. Both moments stand in a cookie of the browser: the desk
//! keeps nobody's looks.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;

use super::View;
use crate::cookie;
use crate::desk::Desk;
use crate::doing::news::{About, Line, News, Since as When};
use crate::pages::incidents::HERE as INCIDENTS;
use crate::ui::{Href, Html, RungBadge, Section, Tag, count, link, soft};
use crate::who::Who;

/// How long the page may be left alone before the next look is a new one.
const LOOK: i64 = 10 * MINUTE;
/// Changes that are named.
const SHOWN: usize = 8;
/// How long a browser keeps the moments, in seconds: longer than an election's days.
const KEPT: u64 = 30 * 24 * 60 * 60;

/// Since when things are new.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Since {
    /// The end of the look before; `None` at the first.
    at: Option<Time>,
    now: Time,
}

impl Since {
    /// Since when somebody is told: since the moment that they name, or their last look.
    pub(super) fn told(self, who: &Who, named: Option<Time>) -> When {
        When::of(who, named.or(self.at), self.now)
    }

    /// What the browser brought.
    pub(super) fn read(desk: &Desk, headers: &HeaderMap, now: Time) -> Self {
        let name = cookie::look_name(&desk.settings);
        Self::of(cookie::secret(headers, &name).as_deref(), now)
    }

    /// From the two moments that were kept: since when things were new, and the last asking.
    fn of(kept: Option<&[u8]>, now: Time) -> Self {
        let moment = |bytes: &[u8]| {
            let micros = i64::from_le_bytes(bytes.try_into().ok()?);
            // Neither ahead of the clock nor before there were clocks: a cookie is the browser's.
            (0..=now.micros()).contains(&micros).then(|| Time::from_micros(micros))
        };
        let moments = kept.and_then(|kept| {
            let (since, last) = kept.split_at_checked(8)?;
            Some((moment(since)?, moment(last)?))
        });
        let at = moments.and_then(|(since, last)| {
            let at = if now.since(last) > LOOK { last } else { since };
            // The first look of all has nothing before it.
            (at.micros() > 0).then_some(at)
        });
        Self { at, now }
    }

    fn bytes(self) -> Vec<u8> {
        let since = self.at.map_or(0, Time::micros);
        [since.to_le_bytes(), self.now.micros().to_le_bytes()].concat()
    }

    /// The page, with the moments for the next look.
    pub(super) fn kept(self, desk: &Desk, page: Html) -> Response {
        let mut response = page.into_response();
        let name = cookie::look_name(&desk.settings);
        let value: HeaderValue = cookie::give(desk, &name, &self.bytes(), Some(KEPT));
        response.headers_mut().append(header::SET_COOKIE, value);
        response
    }
}

/// What changed.
pub(super) fn section(view: &View<'_>, news: &News) -> Markup {
    let at = view.frame.clock.short(news.since.moment());
    let since = match news.since {
        When::SignedIn(_) => format!("since you signed in, {}", at.words()),
        When::Asked(_) | When::Lately(_) => format!("since {}", at.words()),
    };
    let rest = news.lines.len().saturating_sub(SHOWN) as u64;
    let and = if news.cut { "And more than " } else { "And " };
    let section = Section::new("changes", "New since your last look").tally(since).body(html! {
        @if news.lines.is_empty() {
            p { "Nothing is new." }
        } @else {
            ul.changes {
                @for line in news.lines.iter().take(SHOWN) { (one(view, line)) }
            }
        }
        @if rest > 0 { p { (and) (count(rest, "change more", "changes more")) "." } }
    });
    html! { (section) }
}

fn one(view: &View<'_>, line: &Line) -> Markup {
    let (mark, href) = match &line.about {
        About::Case(id, rung) => (html! { (RungBadge(*rung)) }, Href::at("/cases").join(id)),
        About::Incident(id) => (html! { (Tag::plain("Incident")) }, Href::at(INCIDENTS).join(id)),
        About::Sensor(id) => (html! { (Tag::silent("Sensor")) }, Href::at("/sensors").join(id)),
        About::Position(post) => {
            let href = Href::at("/room").join("positions").join(post.name());
            (html! { (Tag::plain("Position")) }, href)
        }
    };
    html! {
        li {
            span.moment { (view.frame.clock.short(line.at)) }
            span.what {
                (mark) " " (link(&line.to, &href))
                @if let Some(place) = &line.jurisdiction { ", " (view.frame.place(place)) }
                ": " (line.what)
                @if let Some(by) = &line.by { " " (soft(&format!("({by})"))) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ward_kernel::time::HOUR;

    use super::*;

    const NOW: Time = Time::from_secs(1_793_756_280);

    #[test]
    fn a_look_is_new_after_ten_minutes() {
        let first = Since::of(None, NOW);
        assert_eq!(first.at, None);
        // The page refreshes itself: still the first look.
        let again = Since::of(Some(&first.bytes()), NOW.plus(MINUTE));
        assert_eq!(again.at, None);
        // An hour later the last asking was the end of the look before.
        let later = Since::of(Some(&again.bytes()), NOW.plus(HOUR));
        assert_eq!(later.at, Some(NOW.plus(MINUTE)));
        let still = Since::of(Some(&later.bytes()), NOW.plus(HOUR + 9 * MINUTE));
        assert_eq!(still.at, later.at);
    }

    #[test]
    fn what_a_browser_made_up_is_no_look() {
        let ahead = [1_i64.to_le_bytes(), i64::MAX.to_le_bytes()].concat();
        let negative = [i64::MIN.to_le_bytes(), 1_i64.to_le_bytes()].concat();
        for kept in [b"".as_slice(), b"1234567", &[0; 15], &[255; 16], &[1; 40], &ahead, &negative]
        {
            assert_eq!(Since::of(Some(kept), NOW).at, None, "{kept:?}");
        }
    }
}
