//! Who may see and do what: people, roles, jurisdictions, second factors, throttles.
//!
//! Nothing here has a clock, draws a random number or keeps a secret: times and random bytes are
//! arguments, and what is worth keeping is given back to the caller.

pub mod act;
pub mod codes;
pub mod jurisdictions;
pub mod may;
pub mod password;
pub mod role;
pub mod session;
pub mod throttle;
pub mod totp;

pub use act::Act;
pub use jurisdictions::{Jurisdiction, JurisdictionKind, STATE_OFFICE, missouri, parse_list};
pub use may::{Actor, Extent, Reach, Scope, extent, matrix, may, may_grant, reach};
pub use password::Verdict;
pub use role::{OrganisationKind, Role};
pub use session::{Session, Stage, Standing};
pub use throttle::{Answer, Throttle};
