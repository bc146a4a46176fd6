//! The desk in a browser and over REST: pages, sessions, tokens; no SQL, no outbound calls.

pub mod acts;
mod api;
mod awaited;
pub mod bell;
pub mod cookie;
pub mod desk;
mod device;
mod doing;
pub mod elsewhere;
mod entry;
mod fields;
mod guard;
mod kept;
pub mod keys;
mod live;
mod lobby;
pub mod notices;
mod pages;
mod passkeys;
mod passwords;
mod probes;
mod proof;
mod refused;
pub mod route;
pub mod sense;
pub mod server;
pub mod silence;
pub mod ui;
pub mod who;
mod words;

pub use doing::standing::mend;
pub use route::router;
