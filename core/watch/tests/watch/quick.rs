//! The quick judgement beside the whole one: what it may say, and what it must not miss.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use ward_kernel::{Addr, Rung};
use ward_records::{LoginResult, Touch};
use ward_watch::report::Case;
use ward_watch::{Config, Engine};

use crate::common::{Act, Did, T0, addr, files, get, judge, login, take, touch};
use crate::laws::acts;

fn engine() -> Engine {
    Engine::new(Arc::new(Config::default()), 1)
}

fn give(engine: &mut Engine, acts: &[Act]) -> Vec<Case> {
    for (at, act) in acts.iter().enumerate() {
        take(engine, 0, at as u64 * 100, act);
    }
    engine.judge_touched(&files(1))
}

fn kinds(cases: &[Case]) -> Vec<(&'static str, Rung)> {
    cases.iter().map(|case| (case.kind, case.rung)).collect()
}

#[test]
fn a_guesser_is_told_once_and_again_when_it_gets_in() {
    let mut engine = engine();
    let guesses: Vec<Act> = (0..8).map(|n| login(n, "203.0.113.5", "clerk07", false)).collect();
    assert_eq!(give(&mut engine, &guesses[..3]), []);
    assert_eq!(kinds(&give(&mut engine, &guesses[3..6])), [("login.guess", Rung::Attempt)]);
    // More of the same waits for the whole judgement.
    assert!(!engine.is_touched());
    assert_eq!(give(&mut engine, &guesses[6..]), []);
    let hit = login(9, "203.0.113.5", "clerk07", true);
    let cases = give(&mut engine, &[hit]);
    assert_eq!(kinds(&cases), [("login.guess_then_success", Rung::Access)]);
    assert_eq!(cases[0].id, engine.judge(&files(1)).cases[0].id);
}

#[test]
fn an_exploit_is_told_at_once() {
    let mut engine = engine();
    let honest = get(0, "203.0.113.5", "/results", 200);
    assert_eq!(give(&mut engine, &[honest]), []);
    assert!(!engine.is_touched());
    let exploit = get(1, "203.0.113.5", "/?id=1%27%20UNION%20SELECT%20a,b%20FROM%20t--", 403);
    assert_eq!(kinds(&give(&mut engine, &[exploit])), [("web.sqli", Rung::Attempt)]);
}

#[test]
fn a_search_and_stuffing_are_told_at_the_bar() {
    let mut engine = engine();
    let search: Vec<Act> =
        (0..30).map(|n| get(n, "203.0.113.5", &format!("/old{n}.php"), 404)).collect();
    let told = (0..30).find(|at| !give(&mut engine, &search[*at..=*at]).is_empty());
    let whole = (1..=30_usize).find(|n| !judge(&search[..*n]).cases.is_empty());
    assert_eq!(told.map(|at| at + 1), whole);
    let mut engine = self::engine();
    let form = |n| Act { at: T0 + n, by: addr("203.0.113.6"), did: Did::SignIn { status: 200 } };
    let told = (0..40).find(|n| !give(&mut engine, &[form(*n)]).is_empty());
    assert_eq!(told, Some(19));
}

/// The call out comes from a machine of ours; it is the attacker's case that rises.
#[test]
fn a_call_out_after_an_exploit_raises_the_attackers_case() {
    let mut engine = engine();
    let exploit = get(1, "203.0.113.5", "/?id=1%27%20UNION%20SELECT%20a,b%20FROM%20t--", 200);
    assert_eq!(kinds(&give(&mut engine, &[exploit])), [("web.sqli", Rung::Attempt)]);
    let call = touch(4, "10.20.0.7", "203.0.113.5", 4444, Touch::Answered);
    assert_eq!(kinds(&give(&mut engine, &[call])), [("web.sqli", Rung::Access)]);
}

#[test]
fn a_clock_is_heard() {
    let mut engine = engine();
    let calls: Vec<Act> =
        (0..20).map(|n| touch(n * 60, "10.20.0.7", "203.0.113.9", 443, Touch::Answered)).collect();
    assert_eq!(give(&mut engine, &calls[..19]), []);
    assert_eq!(kinds(&give(&mut engine, &calls[19..])), [("beacon", Rung::Access)]);
}

#[test]
fn a_scan_storm_is_looked_at_in_parts_and_efforts_go_first() {
    let mut engine = engine();
    for n in 0..6_000_u32 {
        for host in 0..9 {
            let to = Addr::v4(0xc633_6400 | host);
            let did = Did::Flow { to, port: 23, touch: Touch::Failed };
            let act = Act { at: T0 + n / 100 + host, by: Addr::v4(0x0b00_0000 + n), did };
            take(&mut engine, 0, u64::from(n), &act);
        }
    }
    let guesses: Vec<Act> = (0..8).map(|n| login(n, "203.0.113.5", "clerk07", false)).collect();
    let first = give(&mut engine, &guesses);
    assert_eq!(first[0].kind, "login.guess");
    assert!((1..=2_049).contains(&first.len()), "{}", first.len());
    let mut all = first.len();
    while engine.is_touched() {
        all += engine.judge_touched(&files(1)).len();
    }
    assert_eq!(all, 6_001);
}

/// What one source alone makes a case.
fn stands_alone(case: &Case) -> bool {
    let aggregate = ["web.flood", "login.distributed", "scan.distributed"].contains(&case.kind);
    case.sources.len() == 1 && case.sources[0].as_v4().is_some() && !aggregate
}

/// Without the word that an account does not exist, which can come by way of other sources.
fn plain(acts: Vec<Act>) -> Vec<Act> {
    let plain = |mut act: Act| {
        if let Did::Login { result, .. } = &mut act.did
            && *result == LoginResult::NoSuchAccount
        {
            *result = LoginResult::Failed;
        }
        act
    };
    acts.into_iter().map(plain).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a quick judgement names, the whole one of the same moment names as well: the same
    /// case by id, or one that holds all its sources. Only what leans on an earlier scan may be
    /// missing: who has scanned is as of the whole judgement before, and is said in the case.
    #[test]
    fn it_says_nothing_that_the_whole_one_does_not(acts in acts(), step in 1_usize..60) {
        let mut engine = engine();
        for part in acts.chunks(step) {
            let quick = give(&mut engine, part);
            let whole = engine.judge(&files(1)).cases;
            for case in quick {
                let same = whole.iter().find(|other| other.id == case.id);
                let holds = |other: &&Case| {
                    other.rung >= case.rung && case.sources.iter().all(|s| other.sources.contains(s))
                };
                let found = same.or_else(|| whole.iter().find(holds));
                let leans = case.because.iter().any(|why| why.contains("had scanned before"));
                let stands = found.is_some_and(|other| holds(&other));
                prop_assert!(stands || leans, "{case:#?}\n{whole:#?}");
            }
        }
    }

    /// What one source alone makes an attempt is told by a quick judgement when it happens, and
    /// the whole one at the end finds nothing that was not told.
    #[test]
    fn it_misses_no_attempt_of_one_source(acts in acts(), step in 1_usize..60, whole in 0_usize..9) {
        let mut engine = engine();
        let mut told: BTreeMap<(Addr, &str), Rung> = BTreeMap::new();
        let family = |kind: &'static str| kind.split('.').next().unwrap();
        for (at, part) in plain(acts).chunks(step).enumerate() {
            let mut cases = give(&mut engine, part);
            if at == whole {
                cases.extend(engine.judge(&files(1)).cases);
            }
            for case in cases {
                for by in &case.sources {
                    let rung = told.entry((*by, family(case.kind))).or_insert(case.rung);
                    *rung = (*rung).max(case.rung);
                }
            }
        }
        for case in engine.judge(&files(1)).cases {
            if case.rung >= Rung::Attempt && stands_alone(&case) {
                let rung = told.get(&(case.sources[0], family(case.kind)));
                prop_assert!(rung >= Some(&Rung::Attempt), "{case:#?}");
            }
        }
    }

    /// A quick judgement says the same of the same touches, whatever the seed of the tables is.
    #[test]
    fn it_does_not_depend_on_the_seed(acts in acts(), table_seed in any::<u64>()) {
        let config = Config { table_seed, ..Config::default() };
        let mut seeded = Engine::new(Arc::new(config), 1);
        prop_assert_eq!(give(&mut seeded, &acts), give(&mut engine(), &acts));
    }
}
