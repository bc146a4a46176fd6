//! Events to summaries, summaries to cases, cases to one report.

pub mod report;
