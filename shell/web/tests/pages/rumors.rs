//! Rumors on the pages: put down in a minute, looked into, told; who heard it is told to nobody
//! elsewhere.

use ward_access::Role;

use crate::check;
use crate::house::House;
use crate::sample::{OURS, THEIRS};

const KEY: &str = "a-key-drawn-by-the-desk";

fn heard(key: &'static str, about: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("key", key),
        ("claim", "Polls close\nat <b>five</b>."),
        ("place", "The group of the choir"),
        ("spread", "few"),
        ("link", "https://social.example/post/1"),
        ("about", about),
    ]
}

fn found(key: &'static str) -> [(&'static str, &'static str); 5] {
    [
        ("act", "find"),
        ("key", key),
        ("finding", "false"),
        ("text", "They close at seven."),
        ("confirmed", "The county clerk"),
    ]
}

#[tokio::test]
async fn from_what_a_clerk_heard_to_who_was_told() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.get("/rumors").await.is(200).says("No rumor stands here");
    let form = clerk.get("/rumors/new").await;
    form.is(200).says("What is told?").says("Our jurisdiction");
    assert!(!form.body.contains("name=\"jurisdictions\""));
    check::page(&form.body).unwrap();
    clerk.post("/rumors/new", &[("key", KEY)]).await.is(422).says("Say how far it seems to go");
    let path = clerk.post("/rumors/new", &heard(KEY, "own")).await.location().to_owned();
    assert_eq!(clerk.post("/rumors/new", &heard(KEY, "own")).await.location(), path, "once");
    let page = clerk.get(&path).await;
    page.says("Nobody has found out yet").says("at <b>five</b>.").says("Adair County");
    page.says("hxxps://social[.]example/post/1");
    assert!(!page.body.contains("href=\"https://social"), "nobody gets there by a click");
    check::page(&page.body).unwrap();
    let id = path.rsplit('/').next().unwrap_or_default();
    assert_eq!((house.acts("rumor.hear", id).await, house.acts("rumor.look", id).await), (1, 1));

    let work = format!("{path}/work");
    let tell = [("act", "tell"), ("key", "key-tell"), ("whom", "All clerks"), ("text", "Seven.")];
    clerk.post(&work, &tell).await.is(403);
    lead.post(&work, &tell).await.is(422).says("Find out first");
    lead.post(&work, &[("act", "find"), ("key", "key-find")]).await.is(422).says("Choose what is");
    lead.post(&work, &found("key-find")).await.leads_to(&path);
    lead.get("/rumors?stage=found").await.says("To be told").says("Not so");
    lead.post(&work, &tell).await.leads_to(&path);
    let again = [("key", "key-again"), ("place", "The radio"), ("spread", "news")];
    lead.post(&format!("{path}/again"), &again).await.leads_to(&path);
    let wrong = [("act", "correct"), ("key", "key-corr"), ("entry", "2"), ("text", "At eight.")];
    lead.post(&work, &wrong).await.leads_to(&path);
    let page = lead.get(&path).await;
    page.says("This is not so").says("Confirmed by The county clerk").says("5 entries");
    page.says("heard 2 times").says("Corrected: ").says("Put down by");
    check::page(&page.body).unwrap();
    let list = lead.get("/rumors").await;
    list.says("0 waiting").says("It is in the news");
    check::page(&list.body).unwrap();
}

#[tokio::test]
async fn a_finding_rings_for_those_whose_news_it_is() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut other = house.person("Another clerk", Role::LocalClerk, Some(THEIRS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let path = clerk.post("/rumors/new", &heard(KEY, "own")).await.location().to_owned();
    // What the line of a page says tells whether anything rang for whoever reads it.
    let line = |page: &str| page.split("data-live=\"").nth(1).unwrap()[..40].to_owned();
    let before = [&mut clerk, &mut other];
    let mut lines = Vec::new();
    for browser in before {
        lines.push(line(&browser.get("/rumors").await.body));
    }
    lead.post(&format!("{path}/work"), &found("key-find")).await.leads_to(&path);
    assert_ne!(line(&clerk.get("/rumors").await.body), lines[0]);
    assert_eq!(line(&other.get("/rumors").await.body), lines[1], "it is no news to them");
}

#[tokio::test]
async fn what_waits_stands_first_and_rests_until_it_is_heard_again() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let mut paths = Vec::new();
    for (key, claim, spread) in
        [("key-one-1", "Told by one", "one"), ("key-two-2", "Goes far", "many")]
    {
        let sent = [
            ("key", key),
            ("claim", claim),
            ("place", "Somewhere"),
            ("spread", spread),
            ("jurisdictions", "boone, ADAIR"),
        ];
        paths.push(lead.post("/rumors/new", &sent).await.location().to_owned());
    }
    let page = lead.get("/rumors").await.body;
    assert!(page.find("Goes far") < page.find("Told by one"), "what goes far comes first");
    assert!(page.contains("Adair County, Boone County"));
    lead.get("/rumors?spread=many").await.says("Goes far");
    assert!(!lead.get("/rumors?spread=many").await.body.contains("Told by one"));
    assert!(!lead.get("/rumors?jurisdiction=cole-county").await.body.contains("Goes far"));
    let work = format!("{}/work", paths[1]);
    let rest = [("act", "rest"), ("key", "key-rest"), ("text", "One told it.")];
    lead.post(&work, &rest).await.leads_to(&paths[1]);
    lead.get("/rumors").await.says("1 waiting").says("At rest");
    let again = [("key", "key-again"), ("place", "The radio"), ("spread", "few")];
    lead.post(&format!("{}/again", paths[1]), &again).await.leads_to(&paths[1]);
    lead.get("/rumors").await.says("2 waiting");
    for (typed, why) in [("atlantis", "is no jurisdiction here"), ("St", "write more of it")] {
        let sent = [
            ("key", "key-other"),
            ("claim", "A"),
            ("place", "A"),
            ("spread", "one"),
            ("jurisdictions", typed),
        ];
        lead.post("/rumors/new", &sent).await.is(422).says(why);
    }
    let about = [("act", "about"), ("key", "key-about"), ("jurisdictions", "")];
    lead.post(&work, &about).await.leads_to(&paths[1]);
    lead.get(&paths[1]).await.says("The whole state");
}

#[tokio::test]
async fn who_heard_it_is_told_to_nobody_elsewhere() {
    let house = House::start().await;
    let mut ours = house.person("Our own clerk", Role::LocalClerk, Some(OURS)).await;
    let mut theirs = house.person("Clerk of another", Role::LocalClerk, Some(THEIRS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let path = ours.post("/rumors/new", &heard(KEY, "state")).await.location().to_owned();
    // Nobody elsewhere knows of it before it is looked into.
    theirs.get(&path).await.is(404);
    let again = [("key", "key-again"), ("place", "Our bakery"), ("spread", "many")];
    theirs.post(&format!("{path}/again"), &again).await.is(404);
    assert!(!theirs.get("/rumors").await.body.contains("Polls close"));
    let open = [
        ("act", "find"),
        ("key", "key-open"),
        ("finding", "open"),
        ("text", "Nobody answers."),
        ("confirmed", "The desk"),
    ];
    let work = format!("{path}/work");
    lead.post(&work, &open).await.leads_to(&path);
    theirs.get(&path).await.is(404);
    lead.post(&work, &found("key-find")).await.leads_to(&path);
    let page = theirs.get(&path).await;
    page.is(200).says("They close at seven.").says("This is not so");
    for hidden in ["Our own clerk", "choir", "social", "Adair", "Entry 1"] {
        assert!(!page.body.contains(hidden), "{hidden}");
    }
    check::page(&page.body).unwrap();
    theirs.get("/rumors").await.says("Polls close");
    // Nor does the list tell by what it leaves out.
    theirs.get("/rumors?jurisdiction=adair-county").await.says("Polls close");
    theirs.get("/rumors?jurisdiction=cole-county").await.says("Polls close");
    // They heard it too: the desk counts it, and the first to hear it do not read where.
    theirs.post(&format!("{path}/again"), &again).await.leads_to(&path);
    lead.get(&path).await.says("Our bakery").says("Boone County");
    let page = ours.get(&path).await;
    page.says("heard 2 times").says("choir");
    for hidden in ["bakery", "Clerk of another", "Boone"] {
        assert!(!page.body.contains(hidden), "{hidden}");
    }
    // Nor does the look-up tell.
    let looked = ours.post("/look", &[("q", "bakery")]).await;
    assert!(!looked.body.contains("Polls close"));
    ours.post("/look", &[("q", "choir")]).await.says("Polls close");
    theirs.post("/look", &[("q", "seven")]).await.says("Polls close");
    assert!(!theirs.post("/look", &[("q", "choir")]).await.body.contains("Polls close"));
    // What is about another jurisdiction alone is theirs.
    let about = [("act", "about"), ("key", "key-about"), ("jurisdictions", "Cole")];
    lead.post(&work, &about).await.leads_to(&path);
    theirs.get(&path).await.is(404);
    ours.get(&path).await.is(200).says("Another jurisdiction");
    let mut partner = house.person("A partner", Role::Partner, None).await;
    partner.get("/rumors").await.is(403);
    let mut auditor = house.person("An auditor", Role::Auditor, None).await;
    auditor.get(&path).await.is(200).says("Our bakery");
    auditor.get("/rumors/new").await.is(403);
}
