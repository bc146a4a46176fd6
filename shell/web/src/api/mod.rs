//! The REST interface: for programs, everything that the pages do for people.
//!
//! Each route is a line of the one table, described by a [`doc::Doc`] beside it. The description
//! that programs read (`/api/v1/openapi.json`) is made from both, and what is sent is held against
//! the same schemas that it shows, so that neither can say something else than the desk does.

pub(crate) mod account;
pub(crate) mod after;
pub(crate) mod audit;
mod case_file;
pub(crate) mod cases;
pub(crate) mod checklists;
pub(crate) mod codes;
pub(crate) mod contacts;
pub(crate) mod deciding;
mod doc;
pub(crate) mod elections;
pub(crate) mod elsewhere;
mod entries;
pub(crate) mod hunt;
pub(crate) mod incidents;
pub(crate) mod invitations;
pub(crate) mod notices;
pub(crate) mod office;
pub(crate) mod openapi;
pub(crate) mod people;
mod read;
pub(crate) mod records;
pub(crate) mod room;
pub(crate) mod rumors;
mod schema;
pub(crate) mod sensors;
pub(crate) mod settings;
pub(crate) mod situation;
mod tell;
pub(crate) mod tokens;
