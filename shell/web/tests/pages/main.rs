//! What people look at: every page of a desk with sample data, seen by every role.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

#[expect(dead_code, reason = "the browser of the other tests can do more than is needed here")]
#[path = "../it/browser.rs"]
mod browser;
#[path = "../../src/ui/check.rs"]
mod check;

mod after;
mod case_files;
mod checklists;
mod contacts;
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
mod own;
mod pretty;
mod preview;
mod queue;
mod raw;
mod room;
mod rumors;
mod sample;
mod sights;
mod situation;
mod uploads;
