//! Memory is bounded whatever comes, and what is folded is told.

use std::sync::Arc;

use ward_kernel::Addr;
use ward_records::Touch;
use ward_watch::{Config, Engine};

use crate::common::{Act, Did, T0, addr, files, take};

fn small() -> Arc<Config> {
    Arc::new(Config { memory: 8 << 20, ..Config::default() })
}

fn probe(at: u32, by: Addr, host: u32) -> Act {
    let to = Addr::v4(0xc633_6400 | (host % 250));
    Act { at: T0 + at, by, did: Did::Flow { to, port: 23, touch: Touch::Failed } }
}

#[test]
fn a_million_sources_fit_and_the_page_says_so() {
    let mut engine = Engine::new(small(), 1);
    for n in 0..1_000_000_u32 {
        take(&mut engine, 0, u64::from(n), &probe(n / 12, Addr::v4(0x0b00_0000 + n), n));
    }
    assert!(engine.weight() < 8 << 20, "{} bytes", engine.weight());
    let report = engine.judge(&files(1));
    assert!(report.remarks.iter().any(|remark| remark.contains("Memory limit (8 MB)")));
    let error = report.counts.sources.abs_diff(1_000_000);
    assert!(error < 80_000, "{} sources", report.counts.sources);
    assert_eq!(report.counts.by_rung["scan"].records, 1_000_000);
}

#[test]
fn a_slow_scan_does_not_hide_in_the_crowd() {
    let mut engine = Engine::new(small(), 1);
    let slow = addr("203.0.113.77");
    for n in 0..600_000_u32 {
        take(&mut engine, 0, u64::from(n), &probe(n / 8, Addr::v4(0x0b00_0000 + n), n));
        if n % 10_000 == 0 {
            take(&mut engine, 0, u64::from(n), &probe(n / 8, slow, n / 10_000));
        }
    }
    let report = engine.judge(&files(1));
    assert!(report.cases.iter().any(|case| case.sources.contains(&slow)));
}

#[test]
fn a_flood_of_guessing_sources_fits_too() {
    let mut engine = Engine::new(small(), 1);
    for n in 0..300_000_u32 {
        let did = Did::Login {
            account: format!("user{}", n % 50_000),
            result: ward_records::LoginResult::Failed,
            port: 1,
        };
        let by = Addr::from_bits(0x2001_0db8_u128 << 96 | u128::from(n) << 64);
        take(&mut engine, 0, u64::from(n), &Act { at: T0 + n / 4, by, did });
    }
    assert!(engine.weight() < 8 << 20, "{} bytes", engine.weight());
}

#[test]
fn an_engine_keeps_to_a_smaller_share() {
    let mut engine = Engine::new(Arc::new(Config::default()), 1);
    let give = |engine: &mut Engine, from: u32, to: u32| {
        for n in from..to {
            take(engine, 0, u64::from(n), &probe(n / 12, Addr::v4(0x0b00_0000 + n), n));
        }
    };
    give(&mut engine, 0, 100_000);
    assert!(engine.weight() > 8 << 20 && !engine.folded());
    engine.allow(8 << 20);
    give(&mut engine, 100_000, 100_001);
    assert!(engine.weight() < 8 << 20 && engine.folded(), "{} bytes", engine.weight());
    give(&mut engine, 100_001, 200_000);
    assert!(engine.weight() < 8 << 20, "{} bytes", engine.weight());
}

/// Calls to the outside are no sources: folding sources does not make them lighter.
#[test]
fn outward_calls_fit_and_cost_no_sources() {
    let own = "192.0.2.0/24".parse().unwrap();
    let config = Config { memory: 8 << 20, own: vec![own], ..Config::default() };
    let mut engine = Engine::new(Arc::new(config), 1);
    let scanner = addr("203.0.113.77");
    for n in 0..30 {
        take(&mut engine, 0, 0, &probe(n, scanner, n));
    }
    for n in 0..600_000_u32 {
        let to = Addr::v4(0x0b00_0000 + n % 2000);
        let by = Addr::v4(0xc000_0200 + n % 200);
        let did = Did::Flow { to, port: 443, touch: Touch::Answered };
        take(&mut engine, 0, u64::from(n), &Act { at: T0 + n, by, did });
    }
    assert!(engine.weight() < 2 << 20, "{} bytes", engine.weight());
    assert!(!engine.folded(), "no source had to go for them");
}
