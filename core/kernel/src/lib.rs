//! The words that every room of Ward shares: [`Time`], [`Addr`], [`Net`], [`World`], the [`Rung`]s
//! of the ladder, the [`list`]s that offices give and the fixed [`hash`] that samples are drawn by.
//!
//! Nothing here touches the world; nothing here fails except parsing, which says why.

pub mod addr;
pub mod hash;
pub mod ladder;
pub mod list;
pub mod net;
pub mod sighting;
pub mod time;
pub mod words;
pub mod world;

pub use addr::Addr;
pub use ladder::Rung;
pub use net::Net;
pub use sighting::{KeyKind, Sighting};
pub use time::Time;
pub use world::World;
