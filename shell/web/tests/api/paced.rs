//! A program writes no faster than a room of people.

use serde_json::json;
use ward_access::Role;

use crate::House;
use crate::client::{As, Ask};
use crate::filled::OURS;

#[tokio::test]
async fn a_program_waits_and_is_told_how_long() {
    let house = House::start().await;
    let (_, token) = house.filled.token(Role::Analyst, None).await;
    let (program, person) = (As::Program(token), house.person(Role::Analyst).await);
    let path = "/api/v1/incidents";
    let report = json!({
        "key": "key-report", "jurisdiction": OURS, "kind": "other", "voting": "slowed",
        "place": "A gym", "what": "Something.",
    });
    let wrong = json!({ "key": "key-report", "kind": "other", "voting": "slowed", "place": "A" });
    // What is refused is not counted.
    for _ in 0..40 {
        Ask::json(path, &wrong).send(house.at(), &program).await.is(400);
    }
    let mut taken = 0;
    let refused = loop {
        let answer = Ask::json(path, &report).send(house.at(), &program).await;
        if answer.status == 429 || taken == 200 {
            break answer;
        }
        answer.is(201);
        taken += 1;
    };
    assert!((120..170).contains(&taken), "{taken}");
    refused.is(429);
    assert_eq!(refused.media(), "application/problem+json");
    assert!(refused.text().contains("Send it again in"), "{}", refused.text());
    let seconds: u32 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
    Ask::get(path).send(house.at(), &program).await.is(200);
    Ask::json(path, &report).send(house.at(), &person).await.is(201);
}
