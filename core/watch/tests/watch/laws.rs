//! Laws of the engine: what must hold for any records.

use std::sync::Arc;

use crate::common::{Act, Did, T0, addr, bare, files, judge, take};
use proptest::prelude::*;
use ward_records::{LoginResult, Touch};
use ward_watch::{Config, Engine};

fn source() -> impl Strategy<Value = ward_kernel::Addr> {
    prop_oneof![
        (1_u8..9).prop_map(|n| addr(&format!("203.0.113.{n}"))),
        (1_u8..4).prop_map(|n| addr(&format!("2001:db8:bad::{n}"))),
        Just(addr("10.20.0.7")),
    ]
}

fn did() -> impl Strategy<Value = Did> {
    let touches = prop_oneof![
        4 => Just(Touch::Failed), 2 => Just(Touch::Answered),
        1 => Just(Touch::Opened), 1 => Just(Touch::Aside),
    ];
    let results = prop_oneof![
        4 => Just(LoginResult::Failed), 1 => Just(LoginResult::NoSuchAccount),
        1 => Just(LoginResult::Succeeded),
    ];
    let targets = prop_oneof![
        Just("/results".to_owned()),
        (0_u32..9).prop_map(|n| format!("/voter/lookup?id={n}")),
        Just("/voter/lookup?id=1%27%20UNION%20SELECT%20NULL,table_name%20FROM%20t--".to_owned()),
        (0_u32..20).prop_map(|n| format!("/missing{n}.php")),
        Just("/static/app.css".to_owned()),
    ];
    prop_oneof![
        (0_u8..40, 20_u16..30, touches).prop_map(|(host, port, touch)| Did::Flow {
            to: addr(&format!("198.51.100.{host}")),
            port,
            touch
        }),
        ("clerk[0-9]", results, 1024_u16..1030).prop_map(|(account, result, port)| Did::Login {
            account,
            result,
            port
        }),
        (targets, prop_oneof![Just(200_u16), Just(404), Just(503)], any::<bool>())
            .prop_map(|(target, status, referrer)| Did::Get { target, status, referrer }),
        prop_oneof![Just(401_u16), Just(303)].prop_map(|status| Did::SignIn { status }),
    ]
}

pub(crate) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act =
        (0_u32..90_000, source(), did()).prop_map(|(at, by, did)| Act { at: T0 + at, by, did });
    proptest::collection::vec(act, 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_does_not_matter(acts in acts(), seed in any::<u64>()) {
        let mut shuffled = acts.clone();
        shuffled.sort_by_cached_key(|act| {
            ward_kernel::hash::mix(seed ^ u64::from(act.at) ^ ward_kernel::hash::bytes(format!("{act:?}").as_bytes()))
        });
        prop_assert_eq!(bare(judge(&shuffled)), bare(judge(&acts)));
    }

    #[test]
    fn threads_and_files_do_not_matter(acts in acts(), parts in 1_usize..5, seed in any::<u64>()) {
        let mut engines: Vec<Engine> =
            (0..parts).map(|_| Engine::new(Arc::new(Config::default()), 1)).collect();
        for (at, act) in acts.iter().enumerate() {
            let part = usize::try_from(ward_kernel::hash::mix(seed ^ at as u64) % parts as u64).unwrap();
            take(&mut engines[part], u32::try_from(part).unwrap(), at as u64, act);
        }
        let mut whole = engines.remove(0);
        engines.into_iter().for_each(|engine| whole.merge(engine));
        prop_assert_eq!(bare(whole.judge(&files(parts))), bare(judge(&acts)));
    }

    #[test]
    fn judging_on_the_way_changes_nothing(acts in acts()) {
        let mut engine = Engine::new(Arc::new(Config::default()), 1);
        for (at, act) in acts.iter().enumerate() {
            take(&mut engine, 0, at as u64 * 100, act);
            if at % 97 == 0 { engine.judge(&files(1)); }
            if at % 13 == 0 { engine.judge_touched(&files(1)); }
        }
        prop_assert_eq!(engine.judge(&files(1)), judge(&acts));
    }

    #[test]
    fn the_seed_of_the_tables_changes_nothing(acts in acts(), table_seed in any::<u64>()) {
        let config = Config { table_seed, ..Config::default() };
        prop_assert_eq!(crate::common::judge_with(config, &acts), judge(&acts));
    }

    /// More hostile records never lower a rung: adding exploits and guesses of one source keeps
    /// that source at least where it stood.
    #[test]
    fn evidence_is_monotone(acts in acts(), more in proptest::collection::vec(0_u32..90_000, 1..60)) {
        let rung = |report: &ward_watch::Report, by| {
            report.cases.iter().filter(|c| c.sources.contains(&by)).map(|c| c.rung).max()
        };
        let before = judge(&acts);
        let mut grown = acts.clone();
        let by = addr("203.0.113.1");
        grown.extend(more.iter().enumerate().map(|(n, at)| {
            let did = match n % 3 {
                0 => Did::Flow { to: addr(&format!("198.51.100.{}", 100 + n)), port: 22, touch: Touch::Failed },
                1 => Did::Get { target: "/?id=1%27%20OR%20%271%27=%271".into(), status: 403, referrer: false },
                _ => Did::Login { account: format!("nobody{n}"), result: LoginResult::Failed, port: 1 },
            };
            Act { at: T0 + at, by, did }
        }));
        let after = judge(&grown);
        prop_assert!(rung(&after, by) >= rung(&before, by));
        prop_assert!(after.highest >= before.highest);
    }
}
