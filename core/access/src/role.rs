//! Roles, and the kinds of organisation that people with them belong to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ward_kernel::words::brief;

/// What a person, or a token of a program, is to the desk. What each may do is the table in
/// [`may`](mod@crate::may).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the desk: people, settings, tokens, backups.
    Administrator,
    /// Leads the analysts: closes cases, enrols and retires sensors, invites local people.
    Lead,
    /// Works on the cases of the whole state.
    Analyst,
    /// A county clerk, a member of a board, or one of their staff.
    LocalClerk,
    /// Runs the machines of a local authority.
    LocalIt,
    /// Belongs to another organisation, with whom findings are shared.
    Partner,
    /// Sees everything but secrets and changes nothing.
    Auditor,
}

impl Role {
    /// All roles, in the order of the table's columns.
    pub const ALL: [Self; 7] = [
        Self::Administrator,
        Self::Lead,
        Self::Analyst,
        Self::LocalClerk,
        Self::LocalIt,
        Self::Partner,
        Self::Auditor,
    ];

    /// The name by which the role is stored and sent: `local-clerk`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Lead => "lead",
            Self::Analyst => "analyst",
            Self::LocalClerk => "local-clerk",
            Self::LocalIt => "local-it",
            Self::Partner => "partner",
            Self::Auditor => "auditor",
        }
    }

    /// The name by which people read it: "Local clerk".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Lead => "Lead",
            Self::Analyst => "Analyst",
            Self::LocalClerk => "Local clerk",
            Self::LocalIt => "Local IT",
            Self::Partner => "Partner",
            Self::Auditor => "Auditor",
        }
    }

    /// Whether people with this role belong to a local authority, and so have a jurisdiction.
    #[must_use]
    pub const fn is_local(self) -> bool {
        matches!(self, Self::LocalClerk | Self::LocalIt)
    }

    /// Whether somebody of an organisation of this kind can have this role.
    ///
    /// An auditor may come from the office or from outside: independent audits are made by others.
    #[must_use]
    pub const fn belongs_to(self, kind: OrganisationKind) -> bool {
        match kind {
            OrganisationKind::StateOffice => {
                matches!(self, Self::Administrator | Self::Lead | Self::Analyst | Self::Auditor)
            }
            OrganisationKind::LocalAuthority => self.is_local(),
            OrganisationKind::Partner => matches!(self, Self::Partner | Self::Auditor),
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("\"{}\" is not a role: roles are {names}", brief(text))
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an organisation is to the office that runs the desk.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// The state's chief election office, which runs the desk.
    StateOffice,
    /// A local election authority: a clerk's office or a board.
    LocalAuthority,
    /// Anybody else with whom the office works.
    Partner,
}

impl OrganisationKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::StateOffice, Self::LocalAuthority, Self::Partner];

    /// The name by which the kind is stored and sent: `local-authority`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StateOffice => "state-office",
            Self::LocalAuthority => "local-authority",
            Self::Partner => "partner",
        }
    }

    /// The name by which people read it: "Local authority".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::StateOffice => "State office",
            Self::LocalAuthority => "Local authority",
            Self::Partner => "Partner",
        }
    }
}

impl FromStr for OrganisationKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("\"{}\" is not a kind of organisation: kinds are {names}", brief(text))
        })
    }
}

impl fmt::Display for OrganisationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
        }
        for kind in OrganisationKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
    }

    #[test]
    fn refuses_with_a_short_sentence() {
        let why = "root\n".repeat(1000).parse::<Role>().unwrap_err();
        assert!(why.contains("is not a role: roles are administrator, lead"), "{why}");
        assert!(why.len() < 200 && !why.contains('\n'));
        assert!("Administrator".parse::<Role>().is_err());
        assert!("".parse::<OrganisationKind>().is_err());
    }

    #[test]
    fn every_role_has_a_home_and_local_ones_only_at_local_authorities() {
        for role in Role::ALL {
            assert!(OrganisationKind::ALL.into_iter().any(|kind| role.belongs_to(kind)));
            assert_eq!(role.is_local(), role.belongs_to(OrganisationKind::LocalAuthority));
        }
    }
}
