//! Is it alive, is it ready, how does it fare: for machines that supervise.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use ward_access::{Act, Scope};
use ward_kernel::{Rung, Time};
use ward_sensor::hearing::{self, Hearing};
use ward_store::cases;
use ward_store::sensors::{self, Sensor};

use crate::desk::Desk;
use crate::doing::hearing::heard_of;
use crate::route::{Access, Kind, Route, Verb};
use crate::server::errors::Problem;
use crate::who::Who;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "probe.alive",
        verb: Verb::Get,
        path: "/healthz",
        access: Access::Open,
        kind: Kind::Machine,
        summary: "Says that the desk answers",
        handler: || get(|| async { "alive\n" }),
    },
    Route {
        name: "probe.ready",
        verb: Verb::Get,
        path: "/readyz",
        access: Access::Open,
        kind: Kind::Machine,
        summary: "Says whether the desk takes records in, judges them and can be read",
        handler: || get(ready),
    },
    Route {
        name: "probe.metrics",
        verb: Verb::Get,
        path: "/metrics",
        access: Access::Anyone(Act::SeeMetrics),
        kind: Kind::Api,
        summary: "Counts for Prometheus",
        handler: || get(metrics),
    },
];

/// Ready is: the store answers, and what came before the start has been judged again. What is
/// wrong in particular is for those who may sign in, not for whoever can reach the port.
async fn ready(State(desk): State<Desk>) -> Response {
    let answers = match desk.store.read().await {
        Ok(mut read) => ward_store::meta::get(read.link(), "schema").await.is_ok(),
        Err(_) => false,
    };
    let health = desk.health.borrow().clone();
    if !answers {
        (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
    } else if !health.ready {
        let how_far = health.reading.map(|share| format!(": {share} %")).unwrap_or_default();
        let text = format!("records are read again after the start{how_far}\n");
        (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
    } else {
        "ready\n".into_response()
    }
}

/// The text format of Prometheus, version 0.0.4: names and numbers alone, no labels that could
/// hold anybody's data.
async fn metrics(State(desk): State<Desk>, who: Who) -> Response {
    // The counts are those of the whole state: a token for one county gets none of them.
    if !who.may(Act::SeeMetrics, Scope::State) {
        return Problem::of(StatusCode::FORBIDDEN).document();
    }
    let text = match lines(&desk).await {
        Ok(text) => text,
        Err(err) => {
            tracing::error!(error = %err, "the metrics cannot be read from the store");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn lines(desk: &Desk) -> Result<String, ward_store::Error> {
    let mut read = desk.store.read().await?;
    let open = cases::counts(read.link(), "state").await?;
    let all = sensors::list(read.link(), None).await?;
    drop(read);
    let mut text = String::new();
    judging(desk, &mut text);
    for rung in Rung::ALL {
        let name = format!("cases_open_{}", rung.name());
        put(&mut text, &name, "gauge", "Open cases on this rung", open.of(rung));
    }
    heard(&all, desk.now(), &mut text);
    Ok(text)
}

fn put(text: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    // Writing into a string cannot fail.
    let _ =
        write!(text, "# HELP ward_{name} {help}\n# TYPE ward_{name} {kind}\nward_{name} {value}\n");
}

fn judging(desk: &Desk, text: &mut String) {
    let health = desk.health.borrow().clone();
    let ready = u64::from(health.ready);
    let waiting = desk.inbox.waiting() as u64;
    let help = "1 when what came before the start has been judged again";
    put(text, "ready", "gauge", help, ready);
    let help = "Records judged since the start";
    put(text, "records_judged_total", "counter", help, health.records);
    put(text, "parcels_waiting", "gauge", "Parcels that wait to be written", waiting);
    put(text, "batches_behind", "gauge", "Batches that are written and not judged", desk.behind());
    let help = "How long the last look at what changed took";
    put(text, "judge_quick_microseconds", "gauge", help, health.quick_micros);
    let help = "How long the last look at everything took";
    put(text, "judge_full_microseconds", "gauge", help, health.full_micros);
}

fn heard(all: &[Sensor], now: Time, text: &mut String) {
    let hearing = all.iter().map(|sensor| hearing::sensor(&heard_of(sensor), now));
    let (mut expected, mut silent) = (0_u64, 0_u64);
    for hearing in hearing.filter(|hearing| *hearing != Hearing::Retired) {
        expected = expected.saturating_add(1);
        let is_silent = matches!(hearing, Hearing::Silent { .. });
        silent = silent.saturating_add(u64::from(is_silent));
    }
    let sum = |of: fn(&Sensor) -> u64| all.iter().map(of).fold(0, u64::saturating_add);
    put(text, "sensors", "gauge", "Sensors that are expected to be heard", expected);
    put(text, "sensors_silent", "gauge", "Sensors that are silent", silent);
    let records = sum(|sensor| sensor.records);
    put(text, "records_received_total", "counter", "Records that sensors sent", records);
    let bytes = sum(|sensor| sensor.bytes);
    put(text, "bytes_received_total", "counter", "Bytes of records that sensors sent", bytes);
}
