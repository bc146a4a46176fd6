//! What was seen of each key on each day, counted before it is written down.

/// Counts of keys by day and sensor.
#[derive(Debug, Default)]
pub struct Sightings {}
