//! Everything that anybody can do at the desk.

use std::fmt;
use std::str::FromStr;

use ward_kernel::words::brief;

/// Declares the acts once: the variant, its stored name, and what people read.
macro_rules! acts {
    ($($(#[$doc:meta])+ $act:ident = $name:literal, $label:literal;)+) => {
        /// One thing that can be done at the desk. Every route of the service names one.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Act { $($(#[$doc])+ $act,)+ }

        /// What an act does to what the desk holds.
enum Effect {
    Looks,
    /// Adds to the room's logs.
    PutsDown,
    Alters,
}

impl Act {
            /// All acts, in the order of the table's rows.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$act),+];

            /// The name by which the act is stored in the audit: `see-cases`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$act => $name,)+ }
            }

            /// What people read: "See the list of cases".
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$act => $label,)+ }
            }
        }
    };
}

acts! {
    /// The list of cases: title, rung, times, standing.
    SeeCases = "see-cases", "See the list of cases";
    /// One case with its because and its steps.
    SeeCase = "see-case", "See one case";
    /// The raw records that a case stands on. They can hold personal data: every look is audited.
    SeeEvidence = "see-evidence", "See the records a case stands on";
    /// Writes a note to a case ("that was our own scanner").
    NoteCase = "note-case", "Write a note to a case";
    /// Decides a case: closes it, opens it again, says that it was authorised.
    DecideCase = "decide-case", "Close or reopen a case";
    /// Works on a case: takes it or gives it to somebody, sees it on another rung, merges, splits,
    /// puts down tasks and whom the office told.
    WorkCase = "work-case", "Take, merge and split a case";
    /// Incidents that local authorities reported, and the events that were verified.
    SeeIncidents = "see-incidents", "See incidents";
    /// Reports an incident, or keys one in for somebody on the telephone.
    ReportIncident = "report-incident", "Report an incident";
    /// Adds to an incident: a note, how voting goes, that it is over, a correction.
    NoteIncident = "note-incident", "Add to an incident";
    /// Works on an incident: takes it, makes sure of it, closes it, opens it again.
    WorkIncident = "work-incident", "Take, verify and close an incident";
    /// The room: who has which position, communications checks.
    SeeRoom = "see-room", "See the room";
    /// Works in the room: has a position, hands it over, asks local authorities and puts their
    /// answers down.
    WorkRoom = "work-room", "Work in the room";
    /// Answers a communications check for a local authority.
    AnswerCheck = "answer-check", "Answer a communications check";
    /// Checklists: what an election asks for, and what is done of it.
    SeeChecklists = "see-checklists", "See checklists";
    /// Ticks a point of a checklist, sets it aside, opens it again.
    TickPoint = "tick-point", "Tick a point of a checklist";
    /// Who is reachable how. It holds people's numbers: every look is audited.
    SeeContacts = "see-contacts", "See who is reachable how";
    /// Puts contacts down, removes them, confirms that they are right.
    ChangeContacts = "change-contacts", "Change contacts and confirm them";
    /// Rumors that one's own people heard, and what was found out about one's own jurisdiction.
    SeeRumors = "see-rumors", "See rumors";
    /// Puts down a rumor that was heard, or that one was heard again.
    HearRumor = "hear-rumor", "Put a rumor down";
    /// Works on a rumor: says whom it is about, finds out, tells, lets it rest.
    WorkRumor = "work-rumor", "Find out about a rumor, and tell";
    /// The election calendar.
    SeeElections = "see-elections", "See the election calendar";
    /// Sets, moves and calls off elections: what everything in the room is measured by.
    SetElections = "set-elections", "Set an election's dates";
    /// The night again: what was put down, and how everything stood at any moment. People's names
    /// and words stand in it: every look is audited.
    SeeAfter = "see-after", "See the night again, and take it away redacted";
    /// A span of what was put down as a file, with nothing taken out of it.
    ExportAfter = "export-after", "Take the night away with nothing taken out";
    /// Sensors, how they fare, and what is missing.
    SeeSensors = "see-sensors", "See sensors";
    /// Makes an enrolment code for a new sensor.
    EnrolSensor = "enrol-sensor", "Enrol a sensor";
    /// Ends a sensor: nothing that it sends is accepted any more.
    RetireSensor = "retire-sensor", "Retire a sensor";
    /// Gives the desk records by hand, as a file or pasted.
    UploadRecords = "upload-records", "Upload records";
    /// Gives the desk records by a program with a token. (Sensors need none: they sign.)
    SendRecords = "send-records", "Send records by a program";
    /// Looks up addresses, accounts, domains or hashes in the history.
    Hunt = "hunt", "Search the history";
    /// People, their roles and organisations, when they last signed in.
    SeePeople = "see-people", "See people";
    /// Invites somebody. Which roles, says [`may_grant`](crate::may_grant).
    Invite = "invite", "Invite somebody";
    /// Changes another person: role, organisation, disabled or not; ends their sessions.
    ChangePerson = "change-person", "Change or disable a person";
    /// Takes away another person's second factors, so that they enrol again.
    ResetFactors = "reset-factors", "Reset somebody's second factors";
    /// One's own account, second factors, sessions.
    SeeOwnAccount = "see-own-account", "See one's own account";
    /// Changes one's own password and second factors; ends one's own sessions.
    ChangeOwnAccount = "change-own-account", "Change one's own account";
    /// The audit: who did and saw what.
    SeeAudit = "see-audit", "See the audit";
    /// The audit as a file.
    ExportAudit = "export-audit", "Export the audit";
    /// The desk's settings. Secrets among them are never shown to anybody.
    SeeSettings = "see-settings", "See settings";
    /// Changes the desk's settings.
    ChangeSettings = "change-settings", "Change settings";
    /// Tokens of programs: name, role, use. Never the token itself.
    SeeTokens = "see-tokens", "See tokens";
    /// Makes and ends tokens of programs.
    MakeTokens = "make-tokens", "Make and end tokens";
    /// The service's own counters.
    SeeMetrics = "see-metrics", "See metrics";
    /// Makes a copy of everything the desk holds.
    TakeBackup = "take-backup", "Take a backup";
}

impl Act {
    /// Whether it makes, alters or ends something. The audit row that each look at personal data
    /// leaves does not count. A backup does: it makes a file that holds everything.
    #[must_use]
    pub const fn changes(self) -> bool {
        !matches!(self.effect(), Effect::Looks)
    }

    /// Whether it puts words of people into the room's logs, which only grow and are read by all:
    /// nobody does it faster than a room of people can.
    #[must_use]
    pub const fn is_put_down(self) -> bool {
        matches!(self.effect(), Effect::PutsDown)
    }

    const fn effect(self) -> Effect {
        match self {
            Self::NoteCase
            | Self::DecideCase
            | Self::WorkCase
            | Self::ReportIncident
            | Self::NoteIncident
            | Self::WorkIncident
            | Self::WorkRoom
            | Self::AnswerCheck
            | Self::TickPoint
            | Self::ChangeContacts
            | Self::HearRumor
            | Self::WorkRumor
            | Self::SetElections => Effect::PutsDown,
            Self::EnrolSensor
            | Self::RetireSensor
            | Self::UploadRecords
            | Self::SendRecords
            | Self::Invite
            | Self::ChangePerson
            | Self::ResetFactors
            | Self::ChangeOwnAccount
            | Self::ChangeSettings
            | Self::MakeTokens
            | Self::TakeBackup => Effect::Alters,
            Self::SeeCases
            | Self::SeeCase
            | Self::SeeEvidence
            | Self::SeeIncidents
            | Self::SeeRoom
            | Self::SeeChecklists
            | Self::SeeContacts
            | Self::SeeRumors
            | Self::SeeElections
            | Self::SeeAfter
            | Self::ExportAfter
            | Self::SeeSensors
            | Self::Hunt
            | Self::SeePeople
            | Self::SeeOwnAccount
            | Self::SeeAudit
            | Self::ExportAudit
            | Self::SeeSettings
            | Self::SeeTokens
            | Self::SeeMetrics => Effect::Looks,
        }
    }

    /// Whether the person must have shown a second factor in the last minutes
    /// ([`session::STEP_UP`](crate::session::STEP_UP)): what a stolen session must not do.
    #[must_use]
    pub const fn is_risky(self) -> bool {
        matches!(
            self,
            Self::RetireSensor
                | Self::Invite
                | Self::ChangePerson
                | Self::ResetFactors
                | Self::ChangeOwnAccount
                | Self::ChangeSettings
                | Self::MakeTokens
                | Self::TakeBackup
        )
    }

    /// Whether a program with a token can ever do it.
    ///
    /// Nothing risky, since a program cannot step up; no decision, since that is a person's; and
    /// nothing about people, tokens or settings, so that a token found in a script is of no use
    /// for taking over the desk.
    #[must_use]
    pub const fn open_to_machines(self) -> bool {
        matches!(
            self,
            Self::SeeCases
                | Self::SeeCase
                | Self::SeeEvidence
                | Self::NoteCase
                | Self::SeeIncidents
                | Self::ReportIncident
                | Self::NoteIncident
                | Self::SeeChecklists
                | Self::SeeRumors
                | Self::HearRumor
                | Self::SeeElections
                | Self::SeeSensors
                | Self::EnrolSensor
                | Self::UploadRecords
                | Self::SendRecords
                | Self::Hunt
                | Self::SeeAudit
                | Self::ExportAudit
                | Self::SeeMetrics
        )
    }
}

impl FromStr for Act {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|act| act.as_str() == text)
            .ok_or_else(|| format!("\"{}\" is not an act of the desk", brief(text)))
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_distinct_and_read_back() {
        let names: BTreeSet<_> = Act::ALL.map(Act::as_str).into();
        let labels: BTreeSet<_> = Act::ALL.map(Act::label).into();
        assert_eq!((names.len(), labels.len()), (Act::ALL.len(), Act::ALL.len()));
        for act in Act::ALL {
            assert_eq!(act.as_str().parse(), Ok(act));
        }
        assert!("see everything".parse::<Act>().is_err());
    }

    #[test]
    fn risky_acts_change_something_and_are_closed_to_machines() {
        for act in Act::ALL {
            assert!(!act.is_risky() || act.changes(), "{act}");
            assert!(!act.is_risky() || !act.open_to_machines(), "{act}");
            assert!(!act.as_str().starts_with("see-") || !act.changes(), "{act}");
        }
    }
}
