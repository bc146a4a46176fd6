//! The queue on a busy night: it folds, and nothing new is overlooked in a fold.

use ward_access::Role;
use ward_kernel::Rung;
use ward_kernel::time::{HOUR, MINUTE};
use ward_store::{Audit, case_files, cases};

use crate::house::{House, now};
use crate::sample::{OURS, kept};

const NEW: &str = "New, and nobody has them";

/// A case at one place, opened so many microseconds ago.
async fn put(house: &House, id: &str, (rung, ago): (Rung, i64), title: &str) {
    let mut tx = house.desk.store.begin().await.unwrap();
    let mut case = kept(id, "state", rung, title);
    (case.opened, case.jurisdictions) = (now().plus(-ago), vec![OURS.to_owned()]);
    cases::upsert(tx.link(), &case).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
}

/// What stands above the list.
fn above(body: &str) -> &str {
    let from = body.find(NEW).unwrap();
    let to = body.find("Attempts and above").unwrap();
    body.get(from..to).unwrap()
}

#[tokio::test]
async fn what_is_new_and_nobody_s_stands_beside_the_fold_that_holds_it() {
    let house = House::start().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    for n in 0..40 {
        put(&house, &format!("W-old-{n:02}"), (Rung::Attempt, HOUR), "an old effort").await;
    }
    // Where nothing is folded nothing is told twice.
    put(&house, "W-old-00", (Rung::Attempt, MINUTE), "the new effort").await;
    let page = analyst.get("/cases").await;
    page.is(200).says("The new effort");
    assert!(!page.body.contains(NEW) && !page.body.contains("In one line"));
    // One more, and the attempts are folded; what got in stands by itself anyway.
    put(&house, "W-old-40", (Rung::Attempt, 16 * MINUTE), "an effort of before").await;
    put(&house, "W-access", (Rung::Access, MINUTE), "somebody got in").await;
    let page = analyst.get("/cases").await;
    page.is(200).says("41 cases: ").says("42 cases in 2 lines").says("Nobody");
    assert_eq!(above(&page.body).matches("<tr").count(), 2, "its head, and the new one");
    assert!(above(&page.body).contains("/cases/W-old-00"));
    assert!(above(&page.body).contains("1 case"));
    // The fold opens into as many as it says, the new one among them.
    let fold = "/cases?rung=attempt&alone=yes&each=yes&kind=login.guess&place=adair-county\
                &owner=nobody";
    assert!(page.body.contains(&fold.replace('&', "&amp;")), "{}", page.body);
    analyst.get(fold).await.says("1 to 40 of 41 cases").says("An old effort");
    analyst.get(&format!("{fold}&page=2")).await.says("The new effort");
    // Who asks for a place keeps it.
    let there = analyst.get("/cases?place=adair-county&past=yes").await;
    let fold = "/cases?past=yes&amp;rung=attempt&amp;alone=yes&amp;each=yes&amp;kind=login.guess\
                &amp;place=adair-county&amp;owner=nobody";
    assert!(there.body.contains(fold), "{}", there.body);
    // It stands nowhere else: not among what is watched, not among somebody's own.
    for path in ["/cases?standing=all", "/cases?standing=mine", "/cases?rung=scan&alone=yes"] {
        assert!(!analyst.get(path).await.body.contains(NEW), "{path}");
    }
    // Somebody takes it: nobody has to look for it any more.
    let mut tx = house.desk.store.begin().await.unwrap();
    assert!(case_files::set_owner(tx.link(), "W-old-00", Some("p-9")).await.unwrap());
    tx.commit(Audit::Machine).await.unwrap();
    assert!(!analyst.get("/cases").await.body.contains(NEW));
}

#[tokio::test]
async fn a_storm_of_new_ones_has_an_end() {
    let house = House::start().await;
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    for n in 0..60 {
        let id = format!("W-new-{n:02}");
        put(&house, &id, (Rung::Attempt, n * MINUTE / 6), "an effort").await;
    }
    let page = analyst.get("/cases").await;
    let told = above(&page.body);
    assert!(told.contains("the newest 8"));
    for n in 0..60 {
        assert_eq!(told.contains(&format!("/cases/W-new-{n:02}\"")), n < 8, "{n}");
    }
}
