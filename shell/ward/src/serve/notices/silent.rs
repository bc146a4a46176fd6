//! Sensors that fall silent: each silence is told once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use ward_desk::notices::{SILENT_FOR, Topic, one_line};
use ward_kernel::Time;
use ward_store::Audit;
use ward_store::notices::{self, New};
use ward_store::sensors::{self, Sensor};
use ward_web::desk::Desk;

/// How often sensors are looked at.
const SENSORS: Duration = Duration::from_secs(20);

/// Looks which sensors are not heard any more.
pub(super) struct Silences {
    begun: Time,
    looked: Option<Instant>,
    /// Those that were told: the store knows them as well, and need not be asked again.
    told: BTreeSet<String>,
}

impl Silences {
    /// A look from now on.
    pub(super) const fn new(now: Time) -> Self {
        Self { begun: now, looked: None, told: BTreeSet::new() }
    }

    /// Tells of sensors that fell silent, when it is time to look. A desk that was away itself waits
    /// until they had time to come back.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn look(&mut self, desk: &Desk) -> Result<(), ward_store::Error> {
        let now = desk.now();
        let rests = self.looked.is_some_and(|last| last.elapsed() < SENSORS);
        if rests || now.since(self.begun) < SILENT_FOR {
            return Ok(());
        }
        let mut read = desk.store.read().await?;
        let all = sensors::list(read.link(), None).await?;
        drop(read);
        let silent: Vec<New> =
            all.iter().filter(|one| is_silent(one, now)).map(|one| silence_of(one, now)).collect();
        let keys: BTreeSet<String> = silent.iter().map(|new| new.key.clone()).collect();
        if silent.iter().any(|new| !self.told.contains(&new.key)) {
            let mut tx = desk.store.begin().await?;
            for new in &silent {
                notices::tell(tx.link(), new).await?;
            }
            tx.commit(Audit::Machine).await?;
        }
        (self.told, self.looked) = (keys, Some(Instant::now()));
        Ok(())
    }
}

/// Whether a sensor was heard once and is not any more. One that nothing is expected of (the place
/// of uploads, the desk itself) is not.
fn is_silent(sensor: &Sensor, now: Time) -> bool {
    let expected = sensor.retired.is_none()
        && !sensor.public_key.is_empty()
        && sensor.id != sensors::OWN
        && (sensor.sequence > 0 || !sensor.report.is_empty());
    expected && now.since(sensor.heard) >= SILENT_FOR
}

fn silence_of(sensor: &Sensor, now: Time) -> New {
    New {
        key: format!("silence-{}/{}", sensor.id, sensor.heard.micros()),
        at: now,
        topic: Topic::Silence.name().to_owned(),
        rung: None,
        scope: None,
        object: sensor.id.clone(),
        actor: String::new(),
        title: one_line(&sensor.name),
        because: format!("not heard for {}", ward_kernel::words::length(now.since(sensor.heard))),
        places: vec![sensor.jurisdiction.clone()],
    }
}
