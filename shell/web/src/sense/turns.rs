//! One parcel of a sensor at a time.
//!
//! A parcel in hand is eight megabytes, and more while it is unpacked. A sensor sends one after
//! the other, so nothing honest is lost by holding no second one of it: a new request overtakes
//! one whose body is still on the line (that line was cut), and waits for one that is being
//! written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Parcels that are unpacked at once.
const UNPACKED: usize = 4;

/// Who has a parcel in hand.
#[derive(Clone)]
pub(crate) struct Turns {
    sensors: Arc<Mutex<Sensors>>,
    unpacking: Arc<Semaphore>,
}

#[derive(Default)]
struct Sensors {
    number: u64,
    at_work: HashMap<String, Stage>,
}

/// How far a sensor's parcel is, and the turn's number.
enum Stage {
    /// Its body is on the line, or it waits to be unpacked; whoever drops this overtakes it.
    Coming { number: u64, _overtake: oneshot::Sender<()> },
    /// It is unpacked and written.
    Taken { number: u64 },
}

/// A sensor's turn; it ends when it is dropped.
pub(crate) struct Turn {
    turns: Turns,
    sensor: String,
    number: u64,
    overtaken: oneshot::Receiver<()>,
}

/// Another parcel of this sensor is in hand.
#[derive(Debug)]
pub(crate) struct Another;

impl Default for Turns {
    fn default() -> Self {
        Self { sensors: Arc::default(), unpacking: Arc::new(Semaphore::new(UNPACKED)) }
    }
}

impl Turns {
    /// Begins a turn, overtaking one that has only begun.
    ///
    /// # Errors
    /// [`Another`] while one is being written.
    pub(crate) fn begin(&self, sensor: &str) -> Result<Turn, Another> {
        let mut sensors = self.sensors();
        if let Some(Stage::Taken { .. }) = sensors.at_work.get(sensor) {
            return Err(Another);
        }
        let number = sensors.number.wrapping_add(1);
        sensors.number = number;
        let (overtake, overtaken) = oneshot::channel();
        let coming = Stage::Coming { number, _overtake: overtake };
        sensors.at_work.insert(sensor.to_owned(), coming);
        drop(sensors);
        Ok(Turn { turns: self.clone(), sensor: sensor.to_owned(), number, overtaken })
    }

    fn sensors(&self) -> MutexGuard<'_, Sensors> {
        // Each change is one insertion or removal: a panic elsewhere leaves nothing half done.
        self.sensors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Does what may be overtaken, such as waiting for a body.
    ///
    /// # Errors
    /// [`Another`] when it was.
    pub(crate) async fn unless_overtaken<T>(
        &mut self,
        work: impl Future<Output = T>,
    ) -> Result<T, Another> {
        tokio::select! {
            biased;
            _ = &mut self.overtaken => Err(Another),
            done = work => Ok(done),
        }
    }

    /// Waits until there is room to unpack; from here on the turn is not overtaken.
    ///
    /// # Errors
    /// [`Another`] when it was overtaken before.
    pub(crate) async fn unpack(&mut self) -> Result<OwnedSemaphorePermit, Another> {
        let room = Arc::clone(&self.turns.unpacking).acquire_owned();
        let room = self.unless_overtaken(room).await?.map_err(|_| Another)?;
        let mut sensors = self.turns.sensors();
        match sensors.at_work.get_mut(&self.sensor) {
            Some(stage) if stage.number() == self.number => {
                *stage = Stage::Taken { number: self.number };
            }
            _ => return Err(Another),
        }
        drop(sensors);
        Ok(room)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut sensors = self.turns.sensors();
        if sensors.at_work.get(&self.sensor).is_some_and(|stage| stage.number() == self.number) {
            sensors.at_work.remove(&self.sensor);
        }
    }
}

impl Stage {
    const fn number(&self) -> u64 {
        match self {
            Self::Coming { number, .. } | Self::Taken { number } => *number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_on_a_dead_line_is_overtaken() {
        let turns = Turns::default();
        let mut first = turns.begin("s-1").unwrap();
        let mut second = turns.begin("s-1").unwrap();
        assert!(first.unless_overtaken(std::future::pending::<()>()).await.is_err());
        drop(first);
        assert!(second.unless_overtaken(async { 7 }).await.is_ok(), "an ended turn ends no other");
        let _room = second.unpack().await.unwrap();
        assert!(turns.begin("s-1").is_err(), "what is being written is waited for");
        assert!(turns.begin("s-2").is_ok());
        drop(second);
        assert!(turns.begin("s-1").is_ok());
    }

    #[tokio::test]
    async fn few_are_unpacked_at_once() {
        let turns = Turns::default();
        let mut held = Vec::new();
        for number in 0..UNPACKED {
            let mut turn = turns.begin(&number.to_string()).unwrap();
            held.push((turn.unpack().await.unwrap(), turn));
        }
        let mut late = turns.begin("late").unwrap();
        let wait = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(wait, late.unpack()).await.is_err());
        held.pop();
        assert!(late.unpack().await.is_ok());
    }
}
