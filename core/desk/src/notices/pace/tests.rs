use proptest::prelude::*;

use super::*;
use Weight::{Grave, Ordinary, Urgent};

/// A wall clock six hours behind, that goes back by an hour at one moment and ahead at another.
fn wall(back: i64, ahead: i64) -> impl Fn(Time) -> u16 {
    move |at: Time| {
        let minute = at.minute();
        let shift = -360 - 60 * i64::from(minute >= back) + 60 * i64::from(minute >= ahead);
        u16::try_from((minute + shift).rem_euclid(i64::from(MINUTES))).unwrap()
    }
}

fn at(hour: i64, minute: i64) -> Time {
    Time::from_secs((hour * 60 + minute) * 60)
}

#[test]
fn hours_are_read_and_hold() {
    let night = Quiet::parse("22:00-06:30").unwrap();
    for (minute, quiet) in
        [(22 * 60, true), (23 * 60 + 59, true), (0, true), (389, true), (390, false), (720, false)]
    {
        assert_eq!(night.holds(minute), quiet, "{minute}");
    }
    assert_eq!(night.hours(), ("22:00".to_owned(), "06:30".to_owned()));
    let noon = Quiet::parse("12:00 - 13:00").unwrap();
    assert!(noon.holds(720) && !noon.holds(780) && !noon.holds(719));
    for wrong in ["", "22-6", "24:00-06:00", "22:00-22:00", "2:00-06:00", "+2:00-06:00"] {
        assert!(Quiet::parse(wrong).is_err(), "{wrong}");
    }
    assert!(serde_json::from_str::<Quiet>("[1, 5000]").is_err());
}

#[test]
fn the_clock_on_the_wall_ends_the_night() {
    let night = Quiet::parse("22:00-06:00").unwrap();
    // 23:10 on the wall is 5:10 UTC here; 6:00 is noon UTC.
    let never = wall(i64::MAX, i64::MAX);
    assert_eq!(night.ends(at(5, 10), &never), Some(at(12, 0)));
    assert_eq!(night.ends(at(12, 0), &never), None);
    // In between the clock goes back: the night has an hour more.
    let autumn = wall(8 * 60, i64::MAX);
    assert_eq!(night.ends(at(5, 10), &autumn), Some(at(13, 0)));
    let spring = wall(i64::MAX, 8 * 60);
    assert_eq!(night.ends(at(5, 10), &spring), Some(at(11, 0)));
    // The very end is jumped over.
    let short = Quiet::parse("01:30-02:30").unwrap();
    assert_eq!(short.ends(at(7, 40), &spring), Some(at(8, 0)));
}

const DAY_CLOCK: fn(Time) -> u16 = |_| 720;

fn pace(per_hour: u32) -> Pace {
    Pace { per_hour, quiet: None, shared: true }
}

/// Things of these weights, of no place.
fn all(weights: &[Weight]) -> Vec<Waits<'static>> {
    weights.iter().map(|weight| Waits { weight: *weight, place: None }).collect()
}

fn sent(moments: &[Time]) -> Vec<Sent> {
    moments.iter().map(|at| Sent::new(*at, &[])).collect()
}

#[test]
fn a_part_is_kept_for_what_cannot_wait_and_another_for_access_and_effect() {
    let two = sent(&[at(1, 0), at(1, 10)]);
    let three = sent(&[at(1, 0), at(1, 10), at(1, 20)]);
    let next = |weights: &[Weight], sent: &[Sent], now| {
        super::next(&all(weights), sent, pace(4), now, &DAY_CLOCK)
    };
    assert_eq!(next(&[Ordinary], &two, at(1, 20)), Next::Wait(at(2, 0)));
    assert_eq!(next(&[Ordinary, Urgent], &two, at(1, 20)), Next::Send(vec![0, 1]));
    assert_eq!(next(&[Urgent], &three, at(1, 30)), Next::Wait(at(2, 0)));
    assert_eq!(next(&[Urgent, Grave], &three, at(1, 30)), Next::Send(vec![0, 1]));
    let four = sent(&[at(1, 0), at(1, 10), at(1, 20), at(1, 30)]);
    assert_eq!(next(&[Grave], &four, at(1, 40)), Next::Wait(at(2, 0)));
    assert_eq!(next(&[Ordinary], &three, at(2, 0)), Next::Wait(at(2, 10)));
    // What comes right behind another is told with the next, but for what cannot wait.
    assert_eq!(next(&[Ordinary], &two[..1], at(1, 0)), Next::Wait(at(1, 1)));
    assert_eq!(next(&[Urgent], &two[..1], at(1, 0)), Next::Send(vec![0]));
    assert_eq!(next(&[], &two, at(1, 0)), Next::Nothing);
    // The clock was set back by a day: what was sent "tomorrow" holds nothing up.
    let ahead = sent(&[at(25, 0), at(25, 10), at(25, 20)]);
    assert_eq!(next(&[Urgent], &ahead, at(1, 30)), Next::Send(vec![0]));
}

#[test]
fn as_the_table_says() {
    let most = |per_hour, weight| pace(per_hour).most(weight);
    for (per_hour, ordinary, urgent, kept, share, of_ordinary) in [
        (1, 1, 1, 0, 1, 1),
        (2, 1, 1, 1, 1, 1),
        (3, 1, 2, 1, 1, 1),
        (6, 3, 4, 2, 2, 1),
        (60, 30, 40, 20, 20, 10),
    ] {
        assert_eq!((most(per_hour, Ordinary), most(per_hour, Urgent)), (ordinary, urgent));
        assert_eq!((super::kept(per_hour), most(per_hour, Grave)), (kept, per_hour));
        let shares = [Urgent, Ordinary].map(|weight| pace(per_hour).share(weight));
        assert_eq!(shares, [share, of_ordinary], "{per_hour}");
    }
}

#[test]
fn one_place_has_its_share_and_rides_along_beyond_it() {
    let of = |place| Waits { weight: Urgent, place: Some(place) };
    let (here, there) = (of("boone-county"), of("cole-county"));
    let told = [Sent::new(at(1, 0), &[here]), Sent::new(at(1, 10), &[here])];
    let next = |waits: &[Waits<'_>], shared| {
        super::next(waits, &told, Pace { shared, ..pace(6) }, at(1, 20), &DAY_CLOCK)
    };
    assert_eq!(next(&[here], true), Next::Wait(at(2, 0)));
    assert_eq!(next(&[here, there], true), Next::Send(vec![0, 1]));
    assert_eq!(next(&[Waits { weight: Grave, ..here }], true), Next::Send(vec![0]));
    // Whoever hears of their own place alone has nobody to share with.
    assert_eq!(next(&[here], false), Next::Send(vec![0]));
    // An access counts to nobody's share, and what only rode along to nobody's either.
    let ordinary = Waits { weight: Ordinary, ..there };
    assert!(Sent::new(at(1, 0), &[here, Waits { weight: Grave, ..there }]).places.is_empty());
    assert_eq!(Sent::new(at(1, 0), &[here, ordinary]).places, ["boone-county".to_owned()].into());
}

#[test]
fn what_can_wait_holds_up_nothing_that_cannot() {
    let here = |weight| Waits { weight, place: Some("boone-county") };
    let told = [Sent::new(at(10, 0), &[here(Ordinary)]), Sent::new(at(10, 10), &[here(Ordinary)])];
    let next = |weight, per_hour| {
        super::next(&[here(weight)], &told, pace(per_hour), at(10, 20), &DAY_CLOCK)
    };
    assert_eq!(next(Urgent, 6), Next::Send(vec![0]));
    assert_eq!(next(Ordinary, 6), Next::Wait(at(11, 10)));
    // Of so few messages one place has one.
    assert_eq!(next(Urgent, 4), Next::Wait(at(11, 10)));
}

#[test]
fn tries_end() {
    let begun = at(0, 0);
    let (mut now, mut tries) = (begun, 0);
    loop {
        tries += 1;
        let Some(at) = again(tries, begun, now) else { break };
        assert!(at > now);
        now = at;
    }
    assert!((40..70).contains(&tries), "{tries}");
    assert!(now.since(begun) <= END && now.since(begun) > END - 2 * HOUR);
}

/// Something that comes: in which minute, how much it presses, and of which place it is.
type Comes = (i64, Weight, Option<&'static str>);

#[derive(Clone, Debug)]
struct Night {
    comes: Vec<Comes>,
    pace: Pace,
    back: i64,
    ahead: i64,
}

fn nights() -> impl Strategy<Value = Night> {
    let minutes = || 0_i64..3_000;
    let weight = prop_oneof![7 => Just(Ordinary), 2 => Just(Urgent), 1 => Just(Grave)];
    let place = prop::sample::select(vec![None, Some("boone"), Some("boone"), Some("cole")]);
    // Half of the nights have what comes in two hours.
    let comes = prop_oneof![
        prop::collection::vec((minutes(), weight.clone(), place.clone()), 0..60),
        prop::collection::vec((600_i64..720, weight, place), 0..60),
    ];
    let quiet = (0_u16..1_440, 0_u16..1_440).prop_map(|(from, to)| Quiet::new(from, to));
    let pace = (1_u32..9, quiet, any::<bool>()).prop_map(|(per_hour, quiet, shared)| Pace {
        per_hour,
        quiet,
        shared,
    });
    (comes, pace, minutes(), minutes()).prop_map(|(mut comes, pace, back, ahead)| {
        comes.sort_unstable();
        Night { comes, pace, back, ahead }
    })
}

impl Night {
    fn waits(&self, number: usize) -> Waits<'static> {
        let (_, weight, place) = self.comes[number];
        Waits { weight, place }
    }

    fn came(&self, number: usize) -> Time {
        at(0, self.comes[number].0)
    }
}

/// A message: when it went, and the numbers of what it held.
type Went = (Time, Vec<usize>);

/// Lets time go by until nothing waits any more.
fn lived(night: &Night) -> Vec<Went> {
    let wall = wall(night.back, night.ahead);
    let mut sent: Vec<Went> = Vec::new();
    let (mut waiting, mut come) = (Vec::<usize>::new(), 0);
    let mut now = at(0, 0);
    for _ in 0..10_000 {
        while come < night.comes.len() && night.came(come) <= now {
            waiting.push(come);
            come += 1;
        }
        let waits = |all: &[usize]| all.iter().map(|one| night.waits(*one)).collect::<Vec<_>>();
        let before: Vec<Sent> = sent.iter().map(|(at, all)| Sent::new(*at, &waits(all))).collect();
        let coming = (come < night.comes.len()).then(|| night.came(come));
        let until = match next(&waits(&waiting), &before, night.pace, now, &wall) {
            Next::Send(going) => {
                sent.push((now, going.iter().map(|place| waiting[*place]).collect()));
                let stays = |place: &usize| !going.contains(place);
                waiting = (0..waiting.len()).filter(stays).map(|at| waiting[at]).collect();
                continue;
            }
            Next::Wait(until) => Some(until),
            Next::Nothing => None,
        };
        match until.into_iter().chain(coming).min() {
            Some(then) => {
                assert!(then > now, "time stands still");
                now = then;
            }
            None => return sent,
        }
    }
    panic!("it never ends");
}

/// How many of these messages went in the hour before a moment.
fn in_hour_before<'a>(sent: impl IntoIterator<Item = &'a Went>, before: Time) -> u32 {
    let near = |(at, _): &&Went| *at < before && before.since(*at) < HOUR;
    u32::try_from(sent.into_iter().filter(near).count()).unwrap()
}

proptest! {
    #[test]
    fn nothing_is_lost_nor_doubled_and_never_too_much(night in nights()) {
        let sent = lived(&night);
        let mut told: Vec<usize> = sent.iter().flat_map(|(_, all)| all.clone()).collect();
        told.sort_unstable();
        prop_assert_eq!(told, (0..night.comes.len()).collect::<Vec<_>>());
        for (number, (begin, _)) in sent.iter().enumerate() {
            let within = sent[number..].iter().filter(|(at, _)| at.since(*begin) < HOUR);
            prop_assert!(within.count() <= usize::try_from(night.pace.per_hour).unwrap());
        }
    }

    #[test]
    fn what_can_wait_is_not_told_in_the_night_and_what_cannot_is(night in nights()) {
        let wall = wall(night.back, night.ahead);
        let sent = lived(&night);
        for (at, all) in &sent {
            let quiet = night.pace.quiet.is_some_and(|quiet| quiet.holds(wall(*at)));
            let urgent = all.iter().all(|one| night.waits(*one).weight >= Urgent);
            prop_assert!(!quiet || urgent);
        }
        for number in 0..night.comes.len() {
            let (came, waits) = (night.came(number), night.waits(number));
            let told = sent.iter().find(|(_, all)| all.contains(&number)).unwrap().0;
            // It is told when it comes, unless the hour is full, or its place had its share of it.
            let full = in_hour_before(&sent, came) >= night.pace.most(waits.weight);
            let before = sent.iter().rev().filter(|(at, _)| *at < came && came.since(*at) < HOUR);
            let before = before.map(|(at, all)| {
                let told: Vec<Waits<'_>> = all.iter().map(|one| night.waits(*one)).collect();
                Sent::new(*at, &told)
            });
            let before: Vec<Sent> = before.collect();
            let own = before.iter().filter(|sent| waits.place.is_some_and(|p| sent.places.contains(p)));
            let own = night.pace.counted(own, waits.weight).len();
            let own = u32::try_from(own).unwrap();
            let shares = night.pace.shared && waits.weight < Grave;
            let full = full || (shares && own >= night.pace.share(waits.weight));
            prop_assert!(waits.weight == Ordinary || told == came || full, "{came:?} {told:?}");
        }
    }

    /// Whatever else comes, and however much of it.
    #[test]
    fn access_is_told_at_once_until_as_many_were_as_are_kept(night in nights()) {
        let sent = lived(&night);
        let is_grave = |one: &usize| night.waits(*one).weight == Grave;
        for number in (0..night.comes.len()).filter(is_grave) {
            let came = night.came(number);
            let told = sent.iter().find(|(_, all)| all.contains(&number)).unwrap().0;
            let grave = sent.iter().filter(|(_, all)| all.iter().any(is_grave));
            let before = in_hour_before(grave, came);
            prop_assert!(told == came || before >= super::kept(night.pace.per_hour), "{came:?} {told:?}");
        }
    }

    /// Whatever one place sends, and however much of it.
    #[test]
    fn no_place_holds_up_what_is_urgent_at_another(mut night in nights(), minute in 590_i64..730) {
        night.pace = Pace { per_hour: night.pace.per_hour.max(3), shared: true, ..night.pace };
        for (_, weight, place) in &mut night.comes {
            (*weight, *place) = ((*weight).min(Urgent), Some("boone"));
        }
        night.comes.push((minute, Urgent, Some("cole")));
        night.comes.sort_unstable();
        let sent = lived(&night);
        let is_other = |one: &usize| night.waits(*one).place == Some("cole");
        let told = sent.iter().find(|(_, all)| all.iter().any(is_other)).unwrap().0;
        prop_assert_eq!(told, at(0, minute));
    }

    /// The same of what can wait: it waits for nothing but the time between two messages.
    #[test]
    fn no_place_holds_up_what_can_wait_at_another(mut night in nights(), minute in 590_i64..730) {
        night.pace = Pace { per_hour: night.pace.per_hour.max(6), quiet: None, shared: true };
        for (_, weight, place) in &mut night.comes {
            (*weight, *place) = ((*weight).min(Urgent), Some("boone"));
        }
        night.comes.push((minute, Ordinary, Some("cole")));
        night.comes.sort_unstable();
        let sent = lived(&night);
        let is_other = |one: &usize| night.waits(*one).place == Some("cole");
        let told = sent.iter().find(|(_, all)| all.iter().any(is_other)).unwrap().0;
        prop_assert!(told.since(at(0, minute)) <= GAP, "{told:?}");
    }

    /// Whatever else it has to say that can wait, and however much of it.
    #[test]
    fn no_place_holds_up_that_it_cannot_vote(mut night in nights(), minute in 590_i64..730) {
        night.pace = Pace { per_hour: night.pace.per_hour.max(5), shared: true, ..night.pace };
        for (_, weight, place) in &mut night.comes {
            (*weight, *place) = (Ordinary, Some("boone"));
        }
        night.comes.push((minute, Urgent, Some("boone")));
        night.comes.sort_unstable();
        let sent = lived(&night);
        let is_urgent = |one: &usize| night.waits(*one).weight == Urgent;
        let told = sent.iter().find(|(_, all)| all.iter().any(is_urgent)).unwrap().0;
        prop_assert_eq!(told, at(0, minute));
    }
}
