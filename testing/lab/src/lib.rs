//! The lab: labelled days of any size ([`make`]), a scorer that holds a report against what was
//! planted ([`score`]) and whole-process benches ([`mod@bench`]).
//!
//! A day is one log file of one kind together with a [`truth::Truth`]: every source that does
//! something worth naming, the class it belongs to and what a good report says of that class.
//! The same order (kind, lines, seed, hours, end) gives the same bytes on every machine.

pub mod bench;
pub mod day;
pub mod make;
pub mod outlines;
pub mod recording;
pub mod rng;
pub mod score;
pub mod text;
pub mod trial;
pub mod truth;
