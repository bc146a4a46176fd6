//! Sensors that fall silent: each silence is told once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use ward_desk::notices::{SILENT_FOR, Topic, one_line};
use ward_kernel::Time;
use ward_store::notices::{self, New};
use ward_store::sensors::{self, Sensor};
use ward_store::{Audit, Store};

/// How often sensors are looked at.
const SENSORS: Duration = Duration::from_secs(20);

/// Looks which sensors are not heard any more.
pub(super) struct Silences {
    begun: Time,
    /// How long it is kept that a silence was told, in microseconds. One that is older was told, and
    /// is not told again because nobody remembers.
    kept: i64,
    looked: Option<Instant>,
    /// Those that were told: the store knows them as well, and need not be asked again.
    told: BTreeSet<String>,
}

impl Silences {
    /// A look from now on; what was told is kept for so long.
    pub(super) const fn new(now: Time, kept: i64) -> Self {
        Self { begun: now, kept, looked: None, told: BTreeSet::new() }
    }

    /// Tells of sensors that fell silent, when it is time to look. A desk that was away itself waits
    /// until they had time to come back.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn look(&mut self, store: &Store, now: Time) -> Result<(), ward_store::Error> {
        let rests = self.looked.is_some_and(|last| last.elapsed() < SENSORS);
        if rests || now.since(self.begun) < SILENT_FOR {
            return Ok(());
        }
        let mut read = store.read().await?;
        let all = sensors::list(read.link(), None).await?;
        drop(read);
        let silent: Vec<New> = all
            .iter()
            .filter(|one| is_silent(one, now, self.kept))
            .map(|one| silence_of(one, now))
            .collect();
        let news: Vec<&New> = silent.iter().filter(|new| !self.told.contains(&new.key)).collect();
        if !news.is_empty() {
            let mut tx = store.begin().await?;
            for new in news {
                notices::tell(tx.link(), new).await?;
            }
            tx.commit(Audit::Machine).await?;
        }
        self.told = silent.into_iter().map(|new| new.key).collect();
        self.looked = Some(Instant::now());
        Ok(())
    }
}

/// Whether a sensor was heard once and is not any more, and that is news still. One that nothing is
/// expected of (the place of uploads, the desk itself) is not.
fn is_silent(sensor: &Sensor, now: Time, kept: i64) -> bool {
    let expected = sensor.retired.is_none()
        && !sensor.public_key.is_empty()
        && sensor.id != sensors::OWN
        && (sensor.sequence > 0 || !sensor.report.is_empty());
    expected && (SILENT_FOR..=kept).contains(&now.since(sensor.heard))
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

#[cfg(test)]
mod tests {
    use ward_kernel::time::DAY;
    use ward_store::batch::{self, Told};
    use ward_store::office;

    use super::*;

    const KEPT: i64 = 90 * DAY;

    fn sensor(heard: Time) -> Sensor {
        Sensor {
            id: "s-1".to_owned(),
            name: "bastion".to_owned(),
            jurisdiction: "boone-county".to_owned(),
            public_key: vec![7; 32],
            enrolled: Time::from_secs(0),
            retired: None,
            sequence: 9,
            heard,
            newest: None,
            drift: 0,
            waiting: 0,
            dropped: 0,
            records: 9,
            bytes: 9,
            report: String::new(),
        }
    }

    #[test]
    fn only_silence_that_is_news_is_told() {
        let now = Time::from_secs(1_793_736_000);
        for (silent_for, told) in [
            (0, false),
            (SILENT_FOR - 1, false),
            (SILENT_FOR, true),
            (KEPT, true),
            (KEPT + 1, false),
        ] {
            let sensor = sensor(now.plus(-silent_for));
            assert_eq!(is_silent(&sensor, now, KEPT), told, "{silent_for}");
        }
        let long = now.plus(-DAY);
        for sensor in [
            Sensor { retired: Some(now), ..sensor(long) },
            Sensor { public_key: Vec::new(), ..sensor(long) },
            Sensor { id: sensors::OWN.to_owned(), ..sensor(long) },
            Sensor { sequence: 0, ..sensor(long) },
        ] {
            assert!(!is_silent(&sensor, now, KEPT), "{sensor:#?}");
        }
    }

    /// A store that heard a sensor once.
    async fn store_of(folder: &std::path::Path, heard: Time) -> Store {
        let store = Store::open_folder(folder).await.unwrap();
        store.migrate().await.unwrap();
        let (one, hash) = (sensor(heard), [7; 32]);
        let code = sensors::Enrolment {
            id: "code".to_owned(),
            hash: hash.to_vec(),
            name: one.name,
            jurisdiction: one.jurisdiction.clone(),
            made_by: "nobody".to_owned(),
            created: heard,
            expires: heard.plus(DAY),
            used: None,
            sensor: None,
        };
        let mut tx = store.begin().await.unwrap();
        office::set_jurisdictions(tx.link(), &ward_access::missouri()).await.unwrap();
        sensors::add_code(tx.link(), &code).await.unwrap();
        sensors::enrol(tx.link(), &hash, &one.id, &one.public_key, heard).await.unwrap().unwrap();
        let said = Told { report: Some("{}".to_owned()), ..Told::default() };
        batch::accept(&mut tx, &one.id, &[], &said, heard, &mut 0).await.unwrap();
        tx.commit(Audit::Machine).await.unwrap();
        store
    }

    /// Looks at a moment, and throws away what is old; what was told.
    async fn look(silences: &mut Silences, store: &Store, now: Time) -> Vec<String> {
        silences.looked = None;
        silences.look(store, now).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let new = notices::unspread(tx.link(), 10).await.unwrap();
        // The newest event stays: so something else happens as well.
        let more = New { key: format!("else-{now}"), ..silence_of(&sensor(now), now) };
        let last = notices::tell(tx.link(), &more).await.unwrap().unwrap();
        notices::spread(tx.link(), last).await.unwrap();
        notices::expire(tx.link(), now.plus(-KEPT)).await.unwrap();
        tx.commit(Audit::Machine).await.unwrap();
        new.into_iter().map(|event| event.new.because).collect()
    }

    #[tokio::test]
    async fn a_dead_sensor_is_told_of_once_and_never_again() {
        let (folder, heard) = (tempfile::tempdir().unwrap(), Time::from_secs(1_793_736_000));
        let store = store_of(folder.path(), heard).await;
        let (mut told, mut silences) = (Vec::new(), Silences::new(heard, KEPT));
        for day in (1..200).step_by(7) {
            if day % 3 == 0 {
                // Started again: the store alone knows what was told.
                silences = Silences::new(heard, KEPT);
            }
            told.extend(look(&mut silences, &store, heard.plus(day * DAY)).await);
        }
        assert_eq!(told, ["not heard for 1 day"]);
    }
}
