//! What a new desk still wants, for whoever can give it.

use maud::{Markup, html};
use ward_access::{Act, Reach, Role};
use ward_store::{Link, people};

use crate::doing::elections;
use crate::doing::hearing::Ear;
use crate::refused::Refused;
use crate::ui::{Go, Href, Section};
use crate::who::Who;

/// Something that a desk wants before it is of use.
pub(super) struct Want {
    what: &'static str,
    why: &'static str,
    label: &'static str,
    path: &'static str,
}

const SENSOR: Want = Want {
    what: "No sensor sends records",
    why: "What no sensor sends nobody sees. Enrolling one takes five minutes.",
    label: "Enrol a sensor",
    path: "/sensors/new",
};
const ELECTION: Want = Want {
    what: "No election is in the calendar",
    why: "Checklists hang on its days, and so does what is usual at an hour.",
    label: "Set an election",
    path: "/elections/new",
};
const CLERK: Want = Want {
    what: "No clerk of a local authority has an account",
    why: "They report what happens, answer communications checks and see their own cases.",
    label: "Invite somebody",
    path: "/people/invite",
};

/// What is wanted still of those who look, as far as they see the whole state and may do it.
///
/// # Errors
/// Those of the store.
pub(super) async fn wants(
    mut link: Link<'_>,
    who: &Who,
    ears: &[Ear],
) -> Result<Vec<Want>, Refused> {
    let mut wants = Vec::new();
    if who.narrowed(Act::SeeCases).is_some() {
        return Ok(wants);
    }
    let may = |act| who.reach(act) != Reach::Nothing;
    if may(Act::EnrolSensor) && !ears.iter().any(Ear::is_expected) {
        wants.push(SENSOR);
    }
    if may(Act::SetElections) && elections::all(link.again()).await?.is_empty() {
        wants.push(ELECTION);
    }
    if may(Act::Invite) && people::active_in_role(link, Role::LocalClerk).await? == 0 {
        wants.push(CLERK);
    }
    Ok(wants)
}

/// The list, as long as something stands on it.
pub(super) fn show(wants: &[Want]) -> Markup {
    let section = Section::new("begin", "Begin here").body(html! {
        ul.due {
            @for want in wants {
                li {
                    strong { (want.what) }
                    p.hint { (want.why) }
                    div.buttons { (Go::new(want.label, Href::at(want.path)).second()) }
                }
            }
        }
    });
    html! { @if !wants.is_empty() { (section) } }
}
