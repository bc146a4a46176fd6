//! Where records come from.

mod escape;
pub(crate) mod files;
pub(crate) mod follow;
pub(crate) mod journal;
pub(crate) mod kernel;
pub(crate) mod netflow;
pub(crate) mod peers;
pub(crate) mod syslog;

pub(crate) use escape::escape;

/// Turns true when the sensor stops.
pub(crate) type Stop = tokio::sync::watch::Receiver<bool>;

/// Waits until the sensor stops.
pub(crate) async fn stopped(stop: &mut Stop) {
    // An error says that the sensor is gone: it stopped.
    let _ = stop.wait_for(|stops| *stops).await;
}
