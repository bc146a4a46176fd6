//! Who may do what, and where: one table.

use std::fmt::Write as _;

use crate::act::Act;
use crate::role::Role;

/// Who acts: a person, or a program with a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Actor {
    /// Identifier of the person or the token.
    pub id: String,
    /// What the audit and the pages call them.
    pub name: String,
    /// What they are to the desk.
    pub role: Role,
    /// The local authority they are bound to. Whoever has one reaches nothing outside it,
    /// whatever the role: so a token of an analyst can be made for one county.
    pub jurisdiction: Option<String>,
    /// Whether this is a program with a token.
    pub machine: bool,
}

/// Where the thing lies that is acted on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope<'a> {
    /// Of the whole state: the state's view of the cases, settings, people of the office.
    State,
    /// Of one local authority, by its identifier.
    Jurisdiction(&'a str),
}

/// How far a role reaches by an act.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Reach {
    /// Nowhere.
    Nothing,
    /// One's own account alone; the scope says nothing more.
    OwnAccount,
    /// What belongs to one's own jurisdiction.
    OwnJurisdiction,
    /// The state and every jurisdiction.
    Everything,
}

/// What somebody may reach by an act, worked out: pages filter their lists by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent<'a> {
    /// Nothing.
    Nothing,
    /// One's own account.
    OwnAccount,
    /// What belongs to this jurisdiction.
    Jurisdiction(&'a str),
    /// Everything.
    Everything,
}

/// How far a role reaches by an act. A machine reaches less: ask [`extent`] or [`may`].
#[must_use]
pub fn reach(role: Role, act: Act) -> Reach {
    let row = TABLE.iter().find(|(of, _)| *of == act);
    let column = Role::ALL.iter().position(|of| *of == role);
    row.zip(column).and_then(|((_, row), column)| row.get(column)).copied().unwrap_or(Nothing)
}

/// What this actor may reach by this act.
#[must_use]
pub fn extent(actor: &Actor, act: Act) -> Extent<'_> {
    if actor.machine && !act.open_to_machines() {
        return Extent::Nothing;
    }
    match (reach(actor.role, act), actor.jurisdiction.as_deref()) {
        (Nothing, _) | (OwnJurisdiction, None) => Extent::Nothing,
        (OwnAccount, _) => Extent::OwnAccount,
        (OwnJurisdiction | Everything, Some(own)) => Extent::Jurisdiction(own),
        (Everything, None) => Extent::Everything,
    }
}

/// Whether this actor may do this there.
///
/// For acts on one's own account the scope is not looked at; that it is one's own is for the
/// caller to see to, who takes the account from the session and never from the request.
#[must_use]
pub fn may(actor: &Actor, act: Act, scope: Scope<'_>) -> bool {
    match extent(actor, act) {
        Extent::Nothing => false,
        Extent::OwnAccount | Extent::Everything => true,
        Extent::Jurisdiction(own) => scope == Scope::Jurisdiction(own),
    }
}

/// Whether somebody with the one role may give the other: in an invitation, to a person, to a
/// token; and may change those who have it. Nobody gives more than they have.
///
/// A lead invites people of local authorities. Analysts see records of the whole state, so that
/// inviting one is for an administrator.
#[must_use]
pub const fn may_grant(granter: Role, role: Role) -> bool {
    match granter {
        Role::Administrator => true,
        Role::Lead => role.is_local(),
        Role::Analyst | Role::LocalClerk | Role::LocalIt | Role::Partner | Role::Auditor => false,
    }
}

/// The table as Markdown, for the documents.
#[must_use]
pub fn matrix() -> String {
    let mut text = String::from("| Act |");
    for role in Role::ALL {
        let _ = write!(text, " {} |", role.label());
    }
    text.push_str(" Program | Step-up |\n|---|");
    text.push_str(&"---|".repeat(Role::ALL.len() + 2));
    text.push('\n');
    for act in Act::ALL {
        let _ = write!(text, "| {} |", act.label());
        for role in Role::ALL {
            text.push_str(match reach(role, act) {
                Nothing => " |",
                OwnAccount => " own account |",
                OwnJurisdiction => " own |",
                Everything => " all |",
            });
        }
        text.push_str(if act.open_to_machines() { " yes |" } else { " |" });
        text.push_str(if act.is_risky() { " yes |\n" } else { " |\n" });
    }
    text
}

use Reach::{Everything, Nothing, OwnAccount, OwnJurisdiction};

/// Short names, so that the table below can be read as one.
const ALL: Reach = Everything;
const OWN: Reach = OwnJurisdiction;
const ACC: Reach = OwnAccount;
const NON: Reach = Nothing;

/// The one place that says who may do what. Columns are in the order of [`Role::ALL`], rows in
/// that of [`Act::ALL`]; what is missing here nobody may do.
///
/// - A clerk has no IT staff in most counties, so a clerk enrols sensors and uploads records.
/// - Nobody local retires a sensor: who has taken over a county must not silence it as well.
/// - A partner sees its own account. What is shared with partners reaches them by the marking of
///   what is shared, not by this table.
/// - An auditor sees what is to be seen and changes its own account alone.
#[rustfmt::skip]
const TABLE: [(Act, [Reach; 7]); Act::ALL.len()] = [
    //                       admin lead analyst clerk  it partner auditor
    (Act::SeeCases,         [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::SeeCase,          [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::SeeEvidence,      [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::NoteCase,         [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  NON]),
    (Act::DecideCase,       [ALL,  ALL,  NON,   NON,  NON,  NON,  NON]),
    (Act::WorkCase,         [ALL,  ALL,  ALL,   NON,  NON,  NON,  NON]),
    (Act::SeeIncidents,     [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::ReportIncident,   [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  NON]),
    (Act::NoteIncident,     [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  NON]),
    (Act::WorkIncident,     [ALL,  ALL,  ALL,   NON,  NON,  NON,  NON]),
    (Act::SeeRoom,          [ALL,  ALL,  ALL,   NON,  NON,  NON,  ALL]),
    (Act::WorkRoom,         [ALL,  ALL,  ALL,   NON,  NON,  NON,  NON]),
    (Act::AnswerCheck,      [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  NON]),
    (Act::SeeChecklists,    [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::TickPoint,        [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  NON]),
    (Act::SeeContacts,      [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::ChangeContacts,   [ALL,  ALL,  ALL,   OWN,  NON,  NON,  NON]),
    (Act::SeeRumors,        [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::HearRumor,        [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  NON]),
    (Act::WorkRumor,        [ALL,  ALL,  ALL,   NON,  NON,  NON,  NON]),
    (Act::SeeElections,     [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::SetElections,     [ALL,  ALL,  NON,   NON,  NON,  NON,  NON]),
    (Act::SeeAfter,         [ALL,  ALL,  ALL,   NON,  NON,  NON,  ALL]),
    (Act::ExportAfter,      [ALL,  ALL,  NON,   NON,  NON,  NON,  ALL]),
    (Act::SeeSensors,       [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  ALL]),
    (Act::EnrolSensor,      [ALL,  ALL,  NON,   OWN,  OWN,  NON,  NON]),
    (Act::RetireSensor,     [ALL,  ALL,  NON,   NON,  NON,  NON,  NON]),
    (Act::UploadRecords,    [ALL,  ALL,  ALL,   OWN,  OWN,  NON,  NON]),
    (Act::SendRecords,      [ALL,  ALL,  ALL,   NON,  OWN,  NON,  NON]),
    (Act::Hunt,             [ALL,  ALL,  ALL,   NON,  NON,  NON,  ALL]),
    (Act::SeePeople,        [ALL,  ALL,  NON,   OWN,  NON,  NON,  ALL]),
    (Act::Invite,           [ALL,  ALL,  NON,   NON,  NON,  NON,  NON]),
    (Act::ChangePerson,     [ALL,  NON,  NON,   NON,  NON,  NON,  NON]),
    (Act::ResetFactors,     [ALL,  NON,  NON,   NON,  NON,  NON,  NON]),
    (Act::SeeOwnAccount,    [ACC,  ACC,  ACC,   ACC,  ACC,  ACC,  ACC]),
    (Act::ChangeOwnAccount, [ACC,  ACC,  ACC,   ACC,  ACC,  ACC,  ACC]),
    (Act::SeeAudit,         [ALL,  NON,  NON,   NON,  NON,  NON,  ALL]),
    (Act::ExportAudit,      [ALL,  NON,  NON,   NON,  NON,  NON,  ALL]),
    (Act::SeeSettings,      [ALL,  NON,  NON,   NON,  NON,  NON,  ALL]),
    (Act::ChangeSettings,   [ALL,  NON,  NON,   NON,  NON,  NON,  NON]),
    (Act::SeeTokens,        [ALL,  NON,  NON,   NON,  NON,  NON,  ALL]),
    (Act::MakeTokens,       [ALL,  NON,  NON,   NON,  NON,  NON,  NON]),
    (Act::SeeMetrics,       [ALL,  ALL,  ALL,   NON,  NON,  NON,  ALL]),
    (Act::TakeBackup,       [ALL,  NON,  NON,   NON,  NON,  NON,  NON]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_act_once_in_order() {
        assert_eq!(TABLE.map(|(act, _)| act), Act::ALL);
    }

    #[test]
    fn the_printed_matrix_is_the_one_in_the_documents() {
        assert_eq!(matrix(), include_str!("../data/matrix.md"));
    }
}
