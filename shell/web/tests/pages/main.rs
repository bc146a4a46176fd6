//! What people look at: every page of a desk with sample data, seen by every role.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

#[path = "../it/browser.rs"]
mod browser;
#[path = "../../src/ui/check.rs"]
mod check;

mod after;
mod case_files;
mod checklists;
mod contacts;
mod counterparts;
mod doings;
mod elections;
mod empty;
mod house;
mod incidents;
mod kept;
mod look;
mod notices;
#[path = "../common/office.rs"]
mod office;
#[path = "../common/open.rs"]
mod open;
mod opened;
mod own;
mod paced;
mod pretty;
mod preview;
mod queue;
mod raw;
mod room;
mod rumors;
mod sample;
mod sights;
mod situation;
mod standing;
mod turns;
mod uploads;
