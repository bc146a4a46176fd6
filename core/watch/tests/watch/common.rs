//! Events that own what they say, and days made of them.

use std::sync::Arc;

use ward_kernel::{Addr, Time};
use ward_records::{Event, Flow, Login, LoginResult, Request, Touch, Trace, What};
use ward_watch::{Config, Engine, FileInfo, Origin, Report, Witness};

/// An event that owns what it says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Did {
    Flow { to: Addr, port: u16, touch: Touch },
    Login { account: String, result: LoginResult, port: u16 },
    Get { target: String, status: u16, referrer: bool },
    SignIn { status: u16 },
    Key { account: String },
}

/// Who did it, and when (seconds).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Act {
    pub(crate) at: u32,
    pub(crate) by: Addr,
    pub(crate) did: Did,
}

pub(crate) fn addr(text: &str) -> Addr {
    text.parse().unwrap()
}

pub(crate) const T0: u32 = 1_793_664_000; // 2026-11-03T00:00:00Z

pub(crate) fn take(engine: &mut Engine, file: u32, offset: u64, act: &Act) {
    let what = match &act.did {
        Did::Flow { to, port, touch } => What::Flow(Flow {
            target: *to,
            port: *port,
            source_port: 40_000,
            protocol: 6,
            touch: *touch,
            sent: Some(480),
            ..Flow::default()
        }),
        Did::Login { account, result, port } => What::Login(Login {
            service: "ssh",
            server: b"sos-bastion",
            account: account.as_bytes(),
            result: *result,
            trace: Trace::Verdict,
            count: 1,
            source_port: *port,
            by_key: false,
        }),
        Did::Key { account } => What::Login(Login {
            service: "ssh",
            server: b"sos-bastion",
            account: account.as_bytes(),
            result: LoginResult::Succeeded,
            trace: Trace::Verdict,
            count: 1,
            source_port: 0,
            by_key: true,
        }),
        Did::Get { target, status, referrer } => What::Request(Request {
            method: b"GET",
            target: target.as_bytes(),
            status: *status,
            bytes: 900,
            referrer: if *referrer { b"https://sos.example/" } else { b"" },
            agent: b"Mozilla/5.0",
            ..Request::default()
        }),
        Did::SignIn { status } => What::Request(Request {
            method: b"POST",
            target: b"/login",
            status: *status,
            bytes: 310,
            agent: b"Mozilla/5.0",
            ..Request::default()
        }),
    };
    let time = Time::from_secs(i64::from(act.at));
    let origin = Origin { file, witness: Witness::Log };
    engine.take(origin, offset, &Event { time, source: act.by, what });
}

pub(crate) fn files(n: usize) -> Vec<FileInfo> {
    let file = |at| FileInfo {
        name: format!("part-{at}"),
        sensor: "all".to_owned(),
        jurisdiction: None,
        format: "syslog",
    };
    (0..n).map(file).collect()
}

/// Judges acts in the order given, with a configuration.
pub(crate) fn judge_with(config: Config, acts: &[Act]) -> Report {
    let mut engine = Engine::new(Arc::new(config), 1);
    for (at, act) in acts.iter().enumerate() {
        take(&mut engine, 0, at as u64 * 100, act);
    }
    engine.judge(&files(1))
}

/// Judges acts in the order given.
pub(crate) fn judge(acts: &[Act]) -> Report {
    judge_with(Config::default(), acts)
}

/// The report without places, which depend on the split into files by their nature.
pub(crate) fn bare(mut report: Report) -> Report {
    report.cases.iter_mut().for_each(|case| case.evidence.clear());
    report
}

/// Kinds and rungs of the cases that name this source.
pub(crate) fn cases_of(report: &Report, by: &str) -> Vec<(&'static str, ward_kernel::Rung)> {
    let by = addr(by);
    let named = report.cases.iter().filter(|case| case.sources.contains(&by));
    named.map(|case| (case.kind, case.rung)).collect()
}

pub(crate) fn login(at: u32, by: &str, account: &str, ok: bool) -> Act {
    let result = if ok { LoginResult::Succeeded } else { LoginResult::Failed };
    let port = u16::try_from(at % 30_000).unwrap() + 1024;
    Act { at: T0 + at, by: addr(by), did: Did::Login { account: account.into(), result, port } }
}

pub(crate) fn touch(at: u32, by: &str, to: &str, port: u16, touch: Touch) -> Act {
    Act { at: T0 + at, by: addr(by), did: Did::Flow { to: addr(to), port, touch } }
}

pub(crate) fn get(at: u32, by: &str, target: &str, status: u16) -> Act {
    let did = Did::Get { target: target.into(), status, referrer: false };
    Act { at: T0 + at, by: addr(by), did }
}
