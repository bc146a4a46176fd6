//! Silence rings no bell by itself: once a second the desk listens to its sensors, and rings when
//! one of them is heard otherwise than before.

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use ward_sensor::hearing::Hearing;
use ward_store::Error;

use crate::bell::Region;
use crate::desk::Desk;
use crate::doing::hearing::heard;

/// How often it listens.
const EVERY: Duration = Duration::from_secs(1);

/// How each sensor is heard, without by how much; and whether it has sent anything at all.
type How = BTreeMap<String, (Option<Discriminant<Hearing>>, bool)>;

/// Listens until the desk stops.
pub async fn listen(desk: Desk, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before: Option<How> = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        match look(&desk, before.as_ref()).await {
            Ok(now) => before = Some(now),
            // The store is down: the pages say so themselves.
            Err(err) => tracing::debug!("sensors could not be listened to: {err}"),
        }
    }
}

/// How they are heard now; rings for each that differs.
async fn look(desk: &Desk, before: Option<&How>) -> Result<How, Error> {
    let sensors = {
        let mut read = desk.store.read().await?;
        ward_store::sensors::list(read.link(), None).await?
    };
    let (now, mut all) = (desk.now(), How::new());
    for sensor in sensors {
        let how = (heard(&sensor, now).as_ref().map(discriminant), sensor.sequence > 0);
        let known = before.map(|before| before.get(&sensor.id));
        if known.is_some_and(|known| known != Some(&how)) {
            desk.bell.send((Region::Sensors, sensor.jurisdiction.as_str()));
        }
        all.insert(sensor.id, how);
    }
    Ok(all)
}
