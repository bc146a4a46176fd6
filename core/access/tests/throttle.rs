//! Laws of the throttle under attack.

use proptest::prelude::*;
use ward_access::throttle::{Answer, Key, Pace, Policy, Rate, Throttle, neighbourhood};
use ward_kernel::time::{HOUR, SECOND};
use ward_kernel::{Addr, Net, Time};

const OWNER: u64 = 7;
const START: i64 = 1_793_000_000;

fn net(number: u32) -> Net {
    neighbourhood(Addr::v4(0x0a00_0000 | number << 8 | 9))
}

fn stranger(account: u64, network: u32) -> Key {
    Key { account, network: net(network), device_known: false }
}

fn owner() -> Key {
    Key { account: OWNER, network: net(0), device_known: true }
}

/// Tables so small that any attack overflows them.
fn tight(policy: Policy) -> Policy {
    Policy { entries: 6, ..policy }
}

fn policies() -> impl Strategy<Value = Policy> {
    prop::sample::select(vec![
        Policy::PASSWORD,
        Policy::SECOND_FACTOR,
        tight(Policy::PASSWORD),
        tight(Policy::SECOND_FACTOR),
    ])
}

/// An attack: at each step so many seconds pass, and somebody tries an account from a network.
fn attack(length: usize) -> impl Strategy<Value = Vec<(i64, u64, u32)>> {
    let gap = prop_oneof![Just(0_i64), 0..40_i64, 0..2_000_i64];
    prop::collection::vec((gap, 0..40_u64, 0..40_u32), 1..length)
}

/// The most of these moments (seconds, in order) that fall into one hour.
fn busiest_hour(moments: &[i64]) -> i64 {
    let within =
        |from: i64| moments.iter().map(move |at| i64::from((from..from + 3_600).contains(at)));
    moments.iter().map(|from| within(*from).sum()).max().unwrap_or(0)
}

fn most_an_hour(rate: Rate) -> i64 {
    i64::from(rate.burst) + HOUR / rate.every
}

#[test]
fn an_owner_who_mistypes_waits_a_little() {
    let mut throttle = Throttle::new(Policy::PASSWORD);
    let now = Time::from_secs(START);
    for _ in 0..10 {
        assert_eq!(throttle.ask(owner(), now), Answer::Go);
    }
    assert_eq!(throttle.ask(owner(), now), Answer::Wait { seconds: 60 });
    assert_eq!(throttle.ask(owner(), now.plus(1)), Answer::Wait { seconds: 60 });
    assert_eq!(throttle.ask(owner(), now.plus(59 * SECOND)), Answer::Wait { seconds: 1 });
    assert_eq!(throttle.ask(owner(), now.plus(60 * SECOND - 1)), Answer::Wait { seconds: 1 });
    assert_eq!(throttle.ask(owner(), now.plus(60 * SECOND)), Answer::Go);
    throttle.succeeded(owner());
    assert_eq!(throttle.ask(owner(), now.plus(60 * SECOND)), Answer::Go);
}

#[test]
fn a_thousand_at_once_are_not_let_through() {
    let mut throttle = Throttle::new(Policy::PASSWORD);
    let now = Time::from_secs(START);
    let gone = (0..1_000).filter(|_| throttle.ask(stranger(OWNER, 3), now) == Answer::Go).count();
    assert_eq!(gone, 5);
    let gone =
        (0..1_000).filter(|n| throttle.ask(stranger(OWNER, 100 + n), now) == Answer::Go).count();
    assert_eq!(gone, 15, "twenty from everywhere, five of which are gone");
}

#[test]
fn signing_in_to_ones_own_account_wipes_nothing() {
    let mut throttle = Throttle::new(Policy::PASSWORD);
    let now = Time::from_secs(START);
    let mut guesses = 0;
    for n in 0..1_000 {
        let mine = stranger(99, 1);
        if throttle.ask(mine, now) == Answer::Go {
            throttle.succeeded(mine);
        }
        guesses += usize::from(throttle.ask(stranger(1_000 + n, 1), now) == Answer::Go);
    }
    assert_eq!(guesses, 30);
}

#[test]
fn neighbourhoods() {
    let of = |addr: &str| neighbourhood(addr.parse().unwrap()).to_string();
    assert_eq!(of("203.0.113.77"), "203.0.113.0/24");
    assert_eq!(of("::ffff:203.0.113.77"), "203.0.113.0/24");
    assert_eq!(of("2001:db8:1:2::3"), "2001:db8:1::/48");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_attack_makes_a_known_device_wait(policy in policies(), attack in attack(300)) {
        let mut throttle = Throttle::new(policy);
        let mut at = START;
        for (gap, account, network) in attack {
            at += gap;
            let now = Time::from_secs(at);
            throttle.ask(stranger(account, network), now);
            throttle.ask(stranger(OWNER, network), now);
            prop_assert_eq!(throttle.ask(owner(), now), Answer::Go);
            throttle.succeeded(owner());
        }
    }

    #[test]
    fn guesses_from_one_network_are_bounded(policy in policies(), attack in attack(300)) {
        let mut throttle = Throttle::new(policy);
        let (mut at, mut gone) = (START, Vec::new());
        for (gap, account, network) in attack {
            at += gap;
            let now = Time::from_secs(at);
            // Others crowd the tables, and the attacker has an account of its own.
            throttle.ask(stranger(account + 50, network + 1), now);
            let mine = stranger(1_000, 0);
            if throttle.ask(mine, now) == Answer::Go {
                throttle.succeeded(mine);
            }
            if throttle.ask(stranger(account, 0), now) == Answer::Go {
                gone.push(at);
            }
        }
        prop_assert!(busiest_hour(&gone) <= most_an_hour(policy.network));
    }

    #[test]
    fn guesses_at_one_account_are_bounded(policy in policies(), attack in attack(300)) {
        let mut throttle = Throttle::new(policy);
        let (mut at, mut gone) = (START, Vec::new());
        for (gap, account, network) in attack {
            at += gap;
            let now = Time::from_secs(at);
            throttle.ask(stranger(account + 50, network), now);
            // The owner, on a new device, gets in now and then.
            let elsewhere = stranger(OWNER, 999);
            if throttle.ask(elsewhere, now) == Answer::Go {
                throttle.succeeded(elsewhere);
            }
            if throttle.ask(stranger(OWNER, network), now) == Answer::Go {
                gone.push(at);
            }
        }
        prop_assert!(busiest_hour(&gone) <= most_an_hour(policy.account));
    }

    #[test]
    fn a_full_table_lets_nobody_through_whom_an_endless_one_would_stop(
        attack in prop::collection::vec((prop_oneof![4 => Just(0_i64), 1 => 0..90_i64], 0..9_u64, 0..9_u32), 1..300),
    ) {
        let rate = |burst| Rate { burst, every: 60 * SECOND };
        let small = Policy {
            device: rate(3), pair: rate(2), network: rate(4), account: rate(5), entries: 3,
        };
        let mut throttle = Throttle::new(small);
        let mut endless = Throttle::new(Policy { entries: usize::MAX, ..small });
        let mut at = START;
        for (gap, account, network) in attack {
            at += gap;
            let (key, now) = (stranger(account, network), Time::from_secs(at));
            if throttle.ask(key, now) == Answer::Go {
                prop_assert_eq!(endless.ask(key, now), Answer::Go);
            }
        }
    }

    #[test]
    fn memory_and_waits_are_bounded_whatever_the_clock_does(
        policy in policies(),
        steps in prop::collection::vec((any::<i64>(), 0..99_u64, 0..99_u32, any::<bool>(), any::<bool>()), 1..200),
    ) {
        let mut throttle = Throttle::new(policy);
        let longest = [policy.device, policy.pair, policy.network, policy.account]
            .map(|rate| rate.every / SECOND)
            .into_iter()
            .max()
            .unwrap()
            .unsigned_abs();
        for (micros, account, network, device_known, right) in steps {
            let key = Key { account, network: net(network), device_known };
            match throttle.ask(key, Time::from_micros(micros)) {
                Answer::Go if right => throttle.succeeded(key),
                Answer::Go => {}
                Answer::Wait { seconds } => prop_assert!((1..=longest).contains(&seconds)),
            }
            prop_assert!(throttle.entries() <= policy.entries * 4);
        }
    }
}

#[test]
fn a_pace_is_kept_by_each_for_themselves() {
    let mut pace = Pace::new(Rate { burst: 3, every: 2 * SECOND }, 4);
    let at = |secs: i64| Time::from_secs(START + secs);
    for _ in 0..3 {
        assert_eq!(pace.ask(1, at(0)), Answer::Go);
    }
    assert_eq!(pace.ask(1, at(0)), Answer::Wait { seconds: 2 });
    assert_eq!(pace.ask(2, at(0)), Answer::Go);
    assert_eq!(pace.ask(1, at(1)), Answer::Wait { seconds: 1 });
    assert_eq!(pace.ask(1, at(2)), Answer::Go);
    assert_eq!(pace.ask(1, at(2)), Answer::Wait { seconds: 2 });
    // What nothing came of is not counted.
    pace.take_back(1);
    assert_eq!(pace.ask(1, at(2)), Answer::Go);
    // A clock that is set back makes nobody wait for longer than a whole bucket takes.
    assert_eq!(pace.ask(1, at(-9_999)), Answer::Wait { seconds: 2 });
    // Who is idle is forgotten.
    for who in 10..200 {
        assert_eq!(pace.ask(who, at(600 + who as i64)), Answer::Go);
        assert!(pace.entries() <= 4);
    }
}

#[test]
fn a_full_table_makes_newcomers_wait_and_never_lets_anybody_go_on() {
    let (rate, now) = (Rate { burst: 3, every: 2 * SECOND }, Time::from_secs(START));
    let mut pace = Pace::new(rate, 4);
    let mut asked =
        |who: u64, times: usize| (0..times).filter(|_| pace.ask(who, now) == Answer::Go).count();
    // As long as nobody was forgotten, each for themselves.
    for who in 0..5 {
        assert_eq!(asked(who, 9), 3, "{who}");
    }
    // Then a newcomer owes what whoever was forgotten owed: all of it.
    for who in 5..40 {
        assert_eq!(asked(who, 9), 0, "{who}");
    }
    // Nobody has more by it, neither who was forgotten nor who was not.
    for who in 0..5 {
        assert_eq!(asked(who, 9), 0, "{who}");
    }
}

proptest! {
    /// However they are sent, no more are let through in a minute than the pace says.
    #[test]
    fn no_minute_holds_more_than_the_pace(gaps in prop::collection::vec(0..5_i64, 1..400)) {
        let rate = Rate { burst: 20, every: 2 * SECOND };
        let mut pace = Pace::new(rate, 8);
        let (mut now, mut let_through) = (START, Vec::new());
        for gap in gaps {
            now += gap;
            if pace.ask(7, Time::from_secs(now)) == Answer::Go {
                let_through.push(now);
            }
        }
        for from in &let_through {
            let within = let_through.iter().filter(|at| (*from..from + 60).contains(at)).count();
            prop_assert!(within <= 20 + 30, "{within}");
        }
    }
}
