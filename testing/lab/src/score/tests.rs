//! Small reports by hand.

use super::*;
use crate::truth::Spec;

const CLASSES: &[Spec] = &[
    Spec::find("horizontal", Rung::Scan, "scan.horizontal", 0.99),
    Spec::groups("distributed", Rule::Campaign, Some(Rung::Scan), "scan.distributed"),
    Spec::find("guess_then_success", Rung::Access, "login.guess_then_success", 1.0),
    Spec::groups("flood", Rule::Named, None, "web.flood"),
    Spec::quiet("staff", Rule::Calm),
    Spec::quiet("backscatter", Rule::Never),
    Spec::quiet("client", Rule::Rarely),
];

fn addr(number: u32) -> Addr {
    Addr::v4(0xf000_0000 + number)
}

fn truth() -> Truth {
    let mut truth = Truth::of(CLASSES);
    for (class, sources) in [
        ("horizontal", 1..3),
        ("guess_then_success", 10..11),
        ("staff", 20..22),
        ("backscatter", 30..32),
        ("client", 1000..1100),
    ] {
        sources.for_each(|number| truth.note(class, addr(number), 1));
    }
    let group: Vec<Addr> = (100..120).map(addr).collect();
    truth.group("distributed", &group);
    truth.group("flood", &(200..210).map(addr).collect::<Vec<_>>());
    truth.close();
    truth
}

type Said = (&'static str, &'static str, Vec<u32>);

fn good() -> Vec<Said> {
    vec![
        ("scan", "scan.horizontal", vec![1]),
        ("scan", "scan.block", vec![2]),
        ("scan", "scan.distributed", (100..120).collect()),
        ("access", "login.guess_then_success", vec![10]),
        ("effect", "web.flood", (200..210).collect()),
        ("scan", "scan.horizontal", vec![20]),
    ]
}

fn scored(said: &[Said]) -> Score {
    let cases: Vec<serde_json::Value> = said
        .iter()
        .map(|(rung, kind, sources)| {
            let sources: Vec<String> = sources.iter().map(|n| addr(*n).to_string()).collect();
            serde_json::json!({"rung": rung, "kind": kind, "sources": sources})
        })
        .collect();
    let json = serde_json::json!({"schema": "ward.watch/1", "sentence": "", "cases": cases});
    score(&Report::read(json.to_string().as_bytes()).unwrap(), &truth()).unwrap()
}

fn row(score: &Score, class: &str) -> Row {
    score.classes.iter().find(|row| row.class == class).unwrap().clone()
}

fn fails(change: impl Fn(&mut Vec<Said>), class: &str) -> String {
    let mut said = good();
    change(&mut said);
    let score = scored(&said);
    assert!(!score.passed);
    let row = row(&score, class);
    assert_eq!(row.kept, Some(false), "{row:?}");
    let others = score.classes.iter().filter(|row| row.class != class);
    assert!(others.clone().all(|row| row.kept != Some(false)), "{:?}", others.collect::<Vec<_>>());
    row.remark
}

#[test]
fn a_good_report_passes() {
    let score = scored(&good());
    assert!(score.passed, "{score:?}");
    let scans = row(&score, "horizontal");
    assert_eq!((scans.planted, scans.found, scans.family, scans.exact), (2, 2, 2, 1));
    let staff = row(&score, "staff");
    assert_eq!((staff.found, staff.above), (1, 0));
}

#[test]
fn an_empty_report_misses_everything_and_harms_nobody() {
    let score = scored(&[]);
    assert!(!score.passed);
    for row in &score.classes {
        let wanted = matches!(row.rule, Rule::Find | Rule::Campaign | Rule::Named);
        assert_eq!(row.kept == Some(false), wanted, "{row:?}");
    }
}

#[test]
fn each_bound_can_fail() {
    fails(|said| said[1].2.clear(), "horizontal");
    fails(|said| said[3].0 = "attempt", "guess_then_success");
    fails(|said| said[4].1 = "web.probe", "flood");
    assert!(fails(|said| said[5].0 = "attempt", "staff").contains("seen: scan.horizontal"));
    fails(|said| said[5].2.push(30), "backscatter");
}

#[test]
fn a_campaign_is_exactly_one_case() {
    let remark = fails(
        |said| {
            let rest = said[2].2.split_off(12);
            said.push(("scan", "scan.distributed", rest));
        },
        "distributed",
    );
    assert!(remark.contains("in 2 cases, 60 % in the largest"), "{remark}");
    let remark = fails(|said| said[2].2.extend(300..310), "distributed");
    assert!(remark.contains("only 66.6 % of its case"), "{remark}");
    let remark = fails(|said| said[2].2.truncate(10), "distributed");
    assert!(remark.contains("held to 50 %"), "{remark}");
    assert!(fails(|said| said[2].2.clear(), "distributed").contains("in no case"));
}

#[test]
fn benign_and_access_are_counted_over_all_classes() {
    let mut said = good();
    said[0].2.push(1001);
    assert!(scored(&said).passed, "one in a small day is allowed");
    said[0].2.push(1002);
    let score = scored(&said);
    assert!(!score.passed && score.checks[1].count == 2);
    let mut said = good();
    said[3].2.push(1);
    let score = scored(&said);
    assert!(!score.passed && score.checks[0].count == 1);
}

#[test]
fn an_ipv6_group_is_held_by_its_network() {
    let mut truth = Truth::of(&[Spec::find("hopping6", Rung::Scan, "scan.horizontal", 1.0)]);
    let hops: Vec<Addr> = (1..50).map(|n| Addr::from_bits(0x3fff_u128 << 112 | n)).collect();
    truth.group("hopping6", &hops);
    let case = |networks: &[&str]| {
        let json = serde_json::json!({"schema": "ward.watch/1", "cases": [
            {"rung": "scan", "kind": "scan.horizontal", "sources": [], "networks": networks}]});
        score(&Report::read(json.to_string().as_bytes()).unwrap(), &truth).unwrap().passed
    };
    assert!(case(&["3fff::/64"]));
    assert!(!case(&["3fff:0:0:1::/64"]) && !case(&[]));
}

#[test]
fn what_is_no_report_is_refused() {
    for bad in ["", "{}", r#"{"schema":"x","cases":[]}"#] {
        assert!(Report::read(bad.as_bytes()).is_err(), "{bad}");
    }
    let rung = r#"{"schema":"ward.watch/1","cases":[{"rung":"high","kind":"x"}]}"#;
    assert!(Report::read(rung.as_bytes()).unwrap_err().to_string().contains("not a rung"));
}

/// The report that says of every planted unit exactly what its class expects, and no more.
fn perfect(truth: &Truth) -> serde_json::Value {
    let mut cases = Vec::new();
    for class in truth.classes.values() {
        let Some(kind) = &class.expect.kind else { continue };
        let rung = class.expect.rung.as_deref().unwrap_or("attempt");
        let alone = class.sources.keys().map(|source| vec![source.clone()]);
        for mut sources in alone.chain(class.groups.iter().cloned()) {
            let source_count = sources.len();
            sources.truncate(10_000);
            cases.push(serde_json::json!(
                {"rung": rung, "kind": kind, "sources": sources, "source_count": source_count}
            ));
        }
    }
    serde_json::json!({"schema": "ward.watch/1", "cases": cases})
}

#[test]
fn a_perfect_report_of_a_made_day_passes_and_an_empty_one_does_not() {
    use crate::day::{Kind, MIN_LINES, Order};
    for kind in Kind::ALL {
        let order = Order::new(kind, MIN_LINES, 1).unwrap();
        let truth = crate::make::make(&order, &mut Vec::new()).unwrap();
        let text = serde_json::to_string(&truth).unwrap();
        let truth: Truth = serde_json::from_str(&text).unwrap();
        let read = |report: serde_json::Value| Report::read(report.to_string().as_bytes()).unwrap();
        let score_of = |report| score(&read(report), &truth).unwrap();
        let good = score_of(perfect(&truth));
        assert!(good.passed, "{}", table::of_score(&good));
        assert!(good.classes.iter().all(|row| row.above == 0 && row.exact == row.family));
        let empty = serde_json::json!({"schema": "ward.watch/1", "cases": []});
        assert!(!score_of(empty).passed, "{kind}");
    }
}

#[test]
fn a_list_that_was_cut_is_believed_as_far_as_it_goes() {
    let mut truth = Truth::of(&[Spec::groups(
        "distributed",
        Rule::Campaign,
        Some(Rung::Attempt),
        "login.distributed",
    )]);
    let group: Vec<Addr> = (0..1000).map(addr).collect();
    truth.group("distributed", &group);
    let case = |listed: std::ops::Range<u32>, count: u64| {
        let sources: Vec<String> = listed.map(|n| addr(n).to_string()).collect();
        let json = serde_json::json!({"schema": "ward.watch/1", "cases": [
            {"rung": "attempt", "kind": "login.distributed", "sources": sources, "source_count": count}]});
        score(&Report::read(json.to_string().as_bytes()).unwrap(), &truth).unwrap().passed
    };
    assert!(case(0..100, 1000));
    assert!(!case(0..100, 100) && !case(0..100, 500) && !case(950..1050, 1000));
}
