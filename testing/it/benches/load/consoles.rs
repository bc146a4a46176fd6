//! People who look at every page, and how long each took.

use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;
use ward_lab::rng::Rng;

use crate::people::Person;
use crate::watcher::cases_on;
use ward_it::figures::Seen;

/// The pages that a role has.
fn pages(role: &str) -> &'static [&'static str] {
    match role {
        "local-clerk" => &["/", "/cases", CASE, "/sensors", SENSOR, "/people", "/account"],
        "analyst" => &["/", "/cases", "/cases?rung=scan", CASE, "/sensors", SENSOR, HUNT],
        "lead" => &["/", "/cases", CASE, "/sensors", "/people", HUNT],
        _ => &[
            "/",
            "/cases",
            "/cases?rung=scan",
            CASE,
            "/sensors",
            SENSOR,
            "/people",
            "/audit",
            "/settings",
            "/settings/tokens",
            HUNT,
        ],
    }
}

/// Pages whose address is found on the way.
const CASE: &str = "/cases/{id}";
const SENSOR: &str = "/sensors/{id}";
const HUNT: &str = "/hunt?q=";

/// Looks at a page after the other, so many a second, until it is over.
pub(crate) async fn stroll(
    mut person: Person,
    each: Duration,
    over: watch::Receiver<bool>,
) -> Seen {
    let (mut seen, mut rng) = (Seen::default(), Rng::new(person.role.len() as u64));
    let (mut cases, mut sensors): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    while !*over.borrow() {
        // Nobody looks in time with somebody else.
        sleep(each.mul_f64(rng.between(0.5, 1.5))).await;
        let of = pages(person.role);
        let page = of.get(rng.count(0, of.len())).copied().unwrap_or("/");
        let path = match page {
            CASE => one_of(&cases, &mut rng).map(|id| format!("/cases/{id}")),
            SENSOR => one_of(&sensors, &mut rng).map(|id| format!("/sensors/{id}")),
            HUNT => Some(format!("/hunt?q=240.0.0.{}", rng.below(250))),
            _ => Some(page.to_owned()),
        };
        let Some(path) = path else { continue };
        let asked = Instant::now();
        let answer = person.browser.get(&path).await;
        let took = asked.elapsed().as_secs_f64() * 1_000.0;
        seen.pages.entry(page.to_owned()).or_default().add(took);
        match answer {
            Ok(answer) if answer.status == 200 => {
                if page.starts_with("/cases") && page != CASE {
                    cases = cases_on(&answer.body).map(str::to_owned).collect();
                } else if page == "/sensors" {
                    sensors = sensors_on(&answer.body);
                }
            }
            Ok(answer) => seen.wrong.push(format!("{} {path}: {}", person.role, answer.status)),
            Err(why) => seen.wrong.push(format!("{} {path}: {why}", person.role)),
        }
    }
    seen
}

fn one_of<'a>(all: &'a [String], rng: &mut Rng) -> Option<&'a String> {
    all.get(rng.count(0, all.len()))
}

fn sensors_on(page: &str) -> Vec<String> {
    let links = page.split("href=\"/sensors/").skip(1);
    let ids = links.filter_map(|rest| rest.split_once('"').map(|(id, _)| id.to_owned()));
    ids.filter(|id| !["new", "upload"].contains(&id.as_str()) && !id.contains('/')).collect()
}
