//! A history answers as its sightings in plain memory would.

use proptest::prelude::*;

use super::model::{DAY, Model, compare, flush, indicators, sightings};
use crate::History;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn answers_as_the_model(
        flushes in prop::collection::vec(sightings(160), 1..6),
        compact in prop::collection::vec(any::<bool>(), 3),
        expired in 0..3_i32,
    ) {
        let root = tempfile::tempdir().unwrap();
        let mut history = History::open(root.path()).unwrap();
        let mut model = Model::default();
        for (position, sightings) in (1..).zip(&flushes) {
            let flushed = flush(&mut history, sightings, position, position);
            prop_assert_eq!((flushed.refused, flushed.expired), (0, 0));
            model.add(sightings);
        }
        let asked = indicators(&model);
        let reader = history.reader();
        let all = DAY..=DAY + 2;
        compare(&reader, &model, &asked, all.clone(), None);
        compare(&reader, &model, &asked, all.clone(), Some(&["boone".to_owned()]));

        for (day, _) in (DAY..).zip(compact).filter(|(_, compact)| *compact) {
            let compacted = history.compact(day).unwrap();
            prop_assert_eq!(compacted.problems, []);
            prop_assert!(compacted.after <= 1);
        }
        compare(&reader, &model, &asked, all.clone(), None);
        compare(&reader, &model, &asked, DAY + 1..=DAY + 1, None);

        history.expire(DAY + expired).unwrap();
        model.expire(DAY + expired);
        compare(&reader, &model, &asked, all.clone(), None);
        drop(history);
        let history = History::open(root.path()).unwrap();
        prop_assert_eq!(history.position(), flushes.len() as u64);
        prop_assert_eq!(history.check().unwrap(), []);
        compare(&reader, &model, &asked, all, None);
    }

    /// However the same sightings are cut into flushes, one compacted file is the same bytes.
    #[test]
    fn compaction_forgets_the_cuts(sightings in sightings(200), cut in 0..200_usize) {
        let file = |cuts: &[&[ward_kernel::Sighting]]| {
            let root = tempfile::tempdir().unwrap();
            let mut history = History::open(root.path()).unwrap();
            let step = 10 / cuts.len() as u64;
            for (number, sightings) in (0..).zip(cuts) {
                flush(&mut history, sightings, number * step + 1, (number + 1) * step);
            }
            history.compact(DAY).unwrap();
            history.manifest.days.get(&DAY).cloned()
        };
        let cut = cut.min(sightings.len());
        let (left, right) = sightings.split_at(cut);
        let both = [left, right].iter().all(|half| half.iter().any(|sighting| sighting.day == DAY));
        prop_assume!(both);
        prop_assert_eq!(file(&[left, right]), file(&[&sightings]));
    }
}
