//! Every part in every state on one page, for pictures and for tests.

mod data;
mod forms;
mod words;

use maud::html;
use ward_kernel::Time;
use ward_kernel::time::MINUTE;

use super::{Clock, Go, Href, Html, Nav, Notice, Page, Who};

/// The page of all parts. Everything on it is synthetic.
#[must_use]
pub fn gallery() -> Html {
    let here = Href::at("/gallery");
    let nav = Nav::new(&Href::at("/cases"))
        .item("Home", Href::at("/"))
        .counted("Cases", Href::at("/cases"), 16)
        .item("Sensors", Href::at("/sensors"))
        .item("Hunt", Href::at("/hunt"))
        .item("People", Href::at("/people"))
        .item("Audit", Href::at("/audit"))
        .item("Settings", Href::at("/settings"));
    let who = Who::new("Desk analyst", "analyst", Href::at("/account"), Href::at("/sign-out"));
    let clock = clock();
    Page::new("Every part of the house")
        .heading("Sixteen cases wait, and three of them got in.")
        .lead("Each part stands here in each of its states. Nothing on this page happened.")
        .office("Office of Example State")
        .banner("This is a demonstration. Its records are synthetic.")
        .nav(nav)
        .who(who.place("State office"))
        .crumb("Home", Href::at("/"))
        .crumb("Cases", Href::at("/cases"))
        .as_of(clock.full(moment()), here.clone())
        .actions(html! { (Go::new("Enrol a sensor", Href::at("/sensors").join("new"))) })
        .notice(Notice::good("The office was saved."))
        .live(Href::at("/live"))
        .render(&html! {
            (data::numbers(&clock))
            (data::cases(&clock))
            (data::tables(&clock))
            (data::more_tables(&clock))
            (data::pictures(&clock))
            (forms::sections(&here))
            (words::sections(&clock))
        })
}

/// The zone of the examples; UTC where the zone database lacks it.
fn clock() -> Clock {
    Clock::named("America/Chicago").unwrap_or_else(|| Clock::new(jiff::tz::TimeZone::UTC))
}

/// The moment at which all examples happen: 3 November 2026, 19:38 in Missouri.
fn moment() -> Time {
    Time::from_secs(1_793_756_280)
}

/// So many minutes before that.
fn before(minutes: i64) -> Time {
    moment().plus(minutes.saturating_mul(MINUTE).saturating_neg())
}

#[cfg(test)]
mod tests {
    use crate::ui::check;

    #[test]
    fn every_part_is_sound() {
        check::page(super::gallery().as_str()).unwrap();
    }

    #[test]
    fn the_examples_happen_when_they_say() {
        assert_eq!(super::clock().full(super::moment()).words(), "3 Nov 2026 19:38 CST");
    }
}
