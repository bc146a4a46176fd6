//! Words with a state, and the small parts.

use maud::{Markup, html};
use ward_kernel::Rung;

use super::{before, moment};
use crate::ui::{
    Clock, CodeBlock, Empty, Href, Notice, Qr, RungBadge, Section, State, Tabs, Tag, Timeline,
};

pub(super) fn sections(clock: &Clock) -> Markup {
    html! {
        (Section::new("states", "States").body(html! {
            p.row {
                @for rung in Rung::ALL { (RungBadge(rung)) " " }
            }
            p.row {
                (Tag::plain("firewall")) " " (Tag::good("Running")) " " (Tag::warn("Late by 4 min"))
                " " (Tag::bad("Refused")) " " (Tag::silent("Silent"))
            }
            (Notice::info("Set-up is not finished.").body(html! { p { "Two steps are left." } })
                .action("Go on", Href::at("/set-up")))
            (Notice::good("The sensor is enrolled."))
            (Notice::warn("Two sensors are silent.").action("See which", Href::at("/sensors")))
            (Notice::bad("The disk is full.").body(html! {
                p { "Nothing is lost: sensors keep what they cannot send. Make room on the disk." }
            }))
            (Empty::new("No cases", "114 sensors were heard, and nobody tried to get in."))
        }))
        (Section::new("time", "What happened").body(html! {
            (Timeline::new("The case's history")
                .at(clock.full(before(90)), "First record")
                .what(html! { p { "Sensor " code { "adair-fw-1" } ", record 12,042." } })
                .at(clock.full(before(28)), "Reached access").state(State::Bad)
                .what(html! { p { "A guess succeeded after 4,120 tries." } })
                .at(clock.full(before(12)), "Acknowledged by the desk").state(State::Good)
                .at(clock.full(moment()), "Nothing heard of the source").state(State::Silent))
        }))
        (Section::new("copying", "For machines").body(html! {
            (Tabs::new("Ways to enrol")
                .tab("Linux", Href::at("/sensors/new"), true)
                .tab("Windows", Href::at("/sensors/new").query("on", "windows"), false)
                .tab("Syslog", Href::at("/sensors/new").query("on", "syslog"), false))
            (CodeBlock::new("On the machine", "ward sense --desk https://desk.state.example --code WARD-7QK2-M4ZP-X9RT"))
            (CodeBlock::new("Fingerprint of the desk's authority",
                "4A:1C:0E:5D:77:AA:01:CD:02:0B:A6:4C:8D:46:5F:19:85:A7:DF:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD"))
            (Qr::new("Code for the app", "otpauth://totp/Ward:desk%20analyst?secret=JBSWY3DPEHPK3PXP&issuer=Ward"))
        }))
    }
}
