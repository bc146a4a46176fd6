//! The binary's inside: command line, settings and pages around the engine.
//!
//! [`cli`] holds every word of the command line, [`settings`] reads `ward.toml`, [`page`] shows a
//! report, [`evidence`] writes the lines behind it, [`why`] answers for one address or account,
//! [`progress`] tells on long work how far it is, [`watch`] runs it all. [`serve`] is the desk,
//! [`exercise`] makes it a world to practise in.

pub mod cli;
pub mod db;
pub mod evidence;
pub mod exercise;
pub mod exit;
pub mod hunt;
pub mod look;
pub mod page;
pub mod progress;
pub mod sense;
mod sense_found;
pub mod serve;
pub mod settings;
pub mod watch;
pub mod why;
