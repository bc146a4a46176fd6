//! People who look at one page after the other, and how long each took.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;
use ward_it::figures::Seen;
use ward_lab::rng::Rng;

use crate::cast::{Cast, Person};
use crate::links::{kind_of, led, links_in};

/// Between two pages of one person.
const EACH: Duration = Duration::from_secs(2);
/// Who looks around: role, and whether they are of the state.
const WHO: [(&str, bool); 6] = [
    ("lead", true),
    ("analyst", true),
    ("analyst", true),
    ("auditor", true),
    ("local-clerk", false),
    ("local-clerk", false),
];

/// Everybody who looks around, each on a task of their own.
pub(crate) fn all(cast: &Cast, over: &watch::Receiver<bool>) -> Vec<tokio::task::JoinHandle<Seen>> {
    let people = WHO
        .into_iter()
        .enumerate()
        .map(|(number, (role, of_state))| cast.one(role, (!of_state).then_some(number), number));
    people.map(|person| tokio::spawn(stroll(person, over.clone()))).collect()
}

/// Follows the links of the pages, as a person does: from the home page on, within the desk.
async fn stroll(person: Arc<Person>, over: watch::Receiver<bool>) -> Seen {
    let (mut seen, mut browser) = (Seen::default(), person.window.window());
    let mut rng = Rng::new(person.role.len() as u64);
    let (mut links, mut wrong) = (vec!["/".to_owned()], 0);
    while !*over.borrow() {
        // Nobody looks in time with somebody else.
        sleep(EACH.mul_f64(rng.between(0.5, 1.5))).await;
        let path = links.get(rng.count(0, links.len())).cloned().unwrap_or_else(|| "/".to_owned());
        let asked = Instant::now();
        let answer = browser.get(&path).await;
        let took = asked.elapsed().as_secs_f64() * 1_000.0;
        match answer {
            Ok(answer) if answer.status == 200 => {
                seen.pages.entry(kind_of(&path)).or_default().add(took);
                let found: Vec<String> = links_in(&answer.body).collect();
                if !found.is_empty() {
                    links = found;
                }
            }
            Ok(answer) if answer.status == 303 => match led(answer.location()) {
                Some(to) => links = vec![to],
                None => {
                    let to = answer.location().unwrap_or("nowhere");
                    seen.wrong.push(format!("{} {path}: leads to {to}", person.role));
                }
            },
            Ok(answer) => seen.wrong.push(format!("{} {path}: {}", person.role, answer.status)),
            Err(why) => seen.wrong.push(format!("{} {path}: {why}", person.role)),
        }
        if seen.wrong.len() > wrong {
            // Nobody goes on from where nothing is.
            (links, wrong) = (vec!["/".to_owned()], seen.wrong.len());
        }
    }
    seen
}
