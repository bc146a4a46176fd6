//! A desk on its first day: every page says what to do.

use ward_access::Role;

use crate::check;
use crate::house::House;
use crate::sample::OURS;

#[tokio::test]
async fn an_empty_desk_says_what_to_do() {
    let house = House::start().await;
    let mut admin = house.person("Desk administrator", Role::Administrator, None).await;
    for (path, words) in [
        ("/", "Nothing can be said yet: no sensor sends records."),
        ("/", "No local election authority has a sensor yet."),
        ("/", "Begin here No sensor sends records"),
        ("/", "No election is in the calendar"),
        ("/", "No clerk of a local authority has an account"),
        ("/cases", "No effort to get access"),
        ("/sensors", "Enrol the first sensor"),
        ("/sensors", "Not seen at all"),
        ("/sensors/new", "It takes five minutes"),
        ("/hunt", "Was any of these ever seen"),
        ("/settings", "Office of Example State"),
        ("/settings/tokens", "No token yet"),
        ("/hunt?q=192.0.2.1", "There is no history of these days"),
    ] {
        let page = admin.get(path).await;
        page.is(200).says(words);
        check::page(&page.body).unwrap_or_else(|faults| panic!("{path}:\n{faults}"));
    }
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let home = clerk.get("/").await;
    home.says("Nothing can be said about your office yet").says("555-0100");
    home.says("Adair County");
    let home = admin.get("/").await;
    assert!(!home.text().contains("has an account"), "{}", home.text());
    let mut person = admin.clone();
    person.get("/audit?from=nonsense").await.is(422).says("This is no day");
    person.get("/audit?act=nothing-of-the-kind").await.is(200).says("Nothing fits");
}
