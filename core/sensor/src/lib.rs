//! What a sensor and the desk say to each other: batches, sequences, enrolment, silence.
//!
//! A sensor cuts what it reads into [`Batch`]es of whole records, numbers them without gaps and
//! seals each into a [`Frame`]: compressed, hashed, signed. The same bytes lie in its spool, go
//! over the wire and can be checked at the desk. A [`Parcel`] carries several frames and the
//! sensor's [`Status`]; the desk says with an [`Answer`] what it holds for good. By the pair
//! (sensor, sequence) every batch counts once, whatever is cut, killed or sent twice.
//!
//! [`Door`] masks what nobody needs before it leaves the machine it was logged on. [`hearing`]
//! judges whether a sensor or a stream is still heard.
//!
//! Keys stay outside: signing and verifying are closures. Time is an argument.

pub mod answer;
pub mod batch;
pub mod credential;
pub mod datagram;
pub mod door;
pub mod enrolment;
pub mod frame;
pub mod hearing;
pub mod parcel;
pub mod status;

pub use answer::{Answer, Reason, Refusal};
pub use batch::{Batch, StreamName};
pub use credential::Credential;
pub use door::Door;
pub use enrolment::{EnrolAnswer, EnrolRequest, EnrolmentCode};
pub use frame::{Frame, FrameError};
pub use hearing::{Hearing, Rhythm};
pub use parcel::Parcel;
pub use status::{Dropped, SourceStatus, Status};

/// Where a sensor posts its parcels.
pub const PARCEL_PATH: &str = "/sense/v1/parcels";
/// Where a sensor asks what the desk holds of it.
pub const HELD_PATH: &str = "/sense/v1/held";
/// Where a sensor enrols.
pub const ENROL_PATH: &str = "/sense/v1/enrol";

/// The format name of batches that hold flow exports, framed as in [`datagram`].
pub const NETFLOW: &str = "netflow";
