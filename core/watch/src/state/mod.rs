//! What the engine remembers, and the engine.

pub mod alerts;
pub mod calls;
pub mod contacts;
pub mod faint;
pub mod hours;
pub mod logins;
pub mod names;
pub mod place;
pub mod sensor;
pub mod source;
pub mod touched;
pub mod web;
pub mod witness;

mod engine;
mod feed;
mod notice;
mod room;

pub use engine::{Account, Engine, Pair, Tables};
pub use feed::Feed;
pub use place::{Place, secs32};
pub use witness::{Origin, Witness};
