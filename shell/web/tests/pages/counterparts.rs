//! One thing in the views of others: what is put down at the state's view reaches those that were
//! ticked and hides nothing, and each reads of the other what it should.

use ward_access::Role;
use ward_kernel::Rung;
use ward_store::cases::{self, Handling};
use ward_store::{Audit, audit};
use ward_web::bell::{Region, Whose};

use crate::check;
use crate::house::House;
use crate::sample::{self, OURS, THEIRS, kept};

const STATE: &str = "/cases/W-state";
const ADAIR: &str = "/cases/W-adair-county";
const BOONE: &str = "/cases/W-boone-county";

type Form = Vec<(&'static str, &'static str)>;

/// A form with a key of its own, and the views that are ticked.
fn form(
    key: &'static str,
    act: &'static str,
    more: &[(&'static str, &'static str)],
    also: &[&'static str],
) -> Form {
    let also: Form = also.iter().map(|id| ("also", *id)).collect();
    [&[("key", key), ("act", act)], more, &also].concat()
}

fn close(key: &'static str, also: &[&'static str]) -> Form {
    form(key, "decide", &[("handling", "closed"), ("reason", "Our own scanner.")], also)
}

fn rung(key: &'static str, to: &'static str, also: &[&'static str]) -> Form {
    form(key, "rung", &[("rung", to), ("text", "The vendor says so.")], also)
}

fn note(key: &'static str, text: &'static str, also: &[&'static str]) -> Form {
    form(key, "note", &[("note", text)], also)
}

async fn filled() -> House {
    let house = House::start().await;
    sample::fill(&house).await;
    house
}

async fn judged(house: &House, scope: &str, rung: Rung) {
    let mut tx = house.desk.store.begin().await.unwrap();
    let mut case = kept(&format!("W-{scope}"), scope, rung, "password guessing");
    case.kind = "login.guess".to_owned();
    cases::upsert(tx.link(), &case).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
}

async fn stands(house: &House, id: &str) -> cases::Filed {
    let mut read = house.desk.store.read().await.unwrap();
    cases::by_id(read.link(), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn one_act_is_put_down_in_each_file_that_was_ticked() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get(STATE).await;
    page.says("As local authorities see it").says("2 views").says("Adair County: Marker-adair");
    check::page(&page.body).unwrap();
    for (form, ticked) in [("decide", true), ("rung", true), ("note", false)] {
        let id = format!("id=\"{form}-also\" name=\"also\" value=\"W-adair-county\"");
        assert_eq!(page.body.contains(&format!("{id} checked")), ticked, "{form}");
        assert!(page.body.contains(&id), "{form}");
    }
    for _ in 0..2 {
        // An impatient finger: it is one entry in each file.
        let closed = close("key-close-1", &["W-adair-county"]);
        lead.post(&format!("{STATE}/decide"), &closed).await.leads_to(STATE);
    }
    for (id, handling, rows) in [
        ("W-state", Handling::Closed, 1),
        ("W-adair-county", Handling::Closed, 1),
        ("W-boone-county", Handling::Open, 0),
    ] {
        assert_eq!(stands(&house, id).await.handling, handling, "{id}");
        assert_eq!(house.acts("case.decide", id).await, rows, "{id}");
    }
    let page = lead.get(STATE).await;
    page.says("Also in the file of Adair County");
    // Where it stands, what happened, and the list of entries to correct: each once.
    assert_eq!(page.body.matches("Our own scanner.").count(), 3);
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get(ADAIR).await;
    page.says("Our own scanner.").says("Entry 1, A lead");
    page.says("The state's desk closed its own view.");
    check::page(&page.body).unwrap();
    // What was closed comes back with its rung, as any other.
    judged(&house, OURS, Rung::Access).await;
    assert_eq!(stands(&house, "W-adair-county").await.handling, Handling::Open);
    // Decided as it is already, for one more.
    let more = close("key-close-2", &["W-boone-county"]);
    lead.post(&format!("{STATE}/decide"), &more).await.leads_to(STATE);
    assert_eq!(stands(&house, "W-boone-county").await.handling, Handling::Closed);
}

#[tokio::test]
async fn what_judgement_has_higher_is_not_hidden() {
    let house = filled().await;
    judged(&house, THEIRS, Rung::Access).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let page = lead.get(STATE).await;
    page.says("Boone County's own view stands on access: look at it by itself.");
    assert!(!page.body.contains("id=\"decide-also-2\""), "it is not offered");
    let both = ["W-adair-county", "W-boone-county"];
    for (path, sent) in
        [("decide", close("key-close-1", &both)), ("work", rung("key-rung-1", "scan", &both))]
    {
        let page = lead.post(&format!("{STATE}/{path}"), &sent).await;
        page.is(422).says("Boone County's own view stands on access");
        check::page(&page.body).unwrap();
    }
    // Nothing of it was put down, in no file.
    for id in ["W-state", both[0], both[1]] {
        let filed = stands(&house, id).await;
        assert_eq!((filed.handling, filed.seen), (Handling::Open, filed.case.rung), "{id}");
    }
    let raised = rung("key-rung-2", "effect", &both);
    lead.post(&format!("{STATE}/work"), &raised).await.leads_to(STATE);
    let boone = stands(&house, "W-boone-county").await;
    assert_eq!((boone.seen, boone.desk), (Rung::Effect, Some((Rung::Effect, Rung::Access))));
}

/// What people raised at a local authority's view is not hidden either.
#[tokio::test]
async fn what_people_have_higher_is_not_hidden() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let raised = rung("key-rung-1", "effect", &[]);
    lead.post(&format!("{BOONE}/work"), &raised).await.leads_to(BOONE);
    let page = lead.get(STATE).await;
    page.says("Boone County's own view stands on effect: look at it by itself.");
    let closed = close("key-close-1", &["W-boone-county"]);
    lead.post(&format!("{STATE}/decide"), &closed).await.is(422).says("stands on effect");
    let boone = stands(&house, "W-boone-county").await;
    assert_eq!((boone.seen, boone.handling), (Rung::Effect, Handling::Open));
}

/// Sent once more with another view ticked, it stands in that file too, and in each once.
#[tokio::test]
async fn what_is_ticked_later_is_put_down_there() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    for also in [&[][..], &["W-adair-county"], &["W-adair-county"]] {
        let sent = note("key-note-1", "The vendor was called.", also);
        lead.post(&format!("{STATE}/note"), &sent).await.leads_to(STATE);
        let sent = close("key-close-1", also);
        lead.post(&format!("{STATE}/decide"), &sent).await.leads_to(STATE);
    }
    for id in ["W-state", "W-adair-county"] {
        assert_eq!(stands(&house, id).await.handling, Handling::Closed, "{id}");
    }
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get(ADAIR).await;
    page.says("The vendor was called.").says("2 acts by people");
}

/// A correction stands wherever the entry stands, whoever corrects it.
#[tokio::test]
async fn what_is_corrected_is_corrected_in_each_file() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let sent = note("key-note-1", "Ask for the first clerk.", &["W-adair-county"]);
    lead.post(&format!("{STATE}/note"), &sent).await.leads_to(STATE);
    let correct = |key, text| form(key, "correct", &[("entry", "1"), ("text", text)], &[]);
    for _ in 0..2 {
        let sent = correct("key-correct-1", "Ask for the second clerk.");
        lead.post(&format!("{STATE}/note"), &sent).await.leads_to(STATE);
    }
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get(ADAIR).await;
    assert_eq!(page.text().matches("Ask for the second clerk.").count(), 1, "{}", page.text());
    check::page(&page.body).unwrap();
    assert!(!lead.get(BOONE).await.text().contains("second clerk"));
    // What the office says of it the state reads.
    let sent = correct("key-correct-2", "It is the third.");
    clerk.post(&format!("{ADAIR}/note"), &sent).await.leads_to(ADAIR);
    lead.get(STATE).await.says("It is the third.");
}

/// Nor does it matter what became of the cases meanwhile: the wrong words stand in the file.
#[tokio::test]
async fn what_is_a_view_no_more_is_corrected_too() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let sent = note("key-note-1", "Ask for the first clerk.", &["W-adair-county"]);
    lead.post(&format!("{STATE}/note"), &sent).await.leads_to(STATE);
    let mut tx = house.desk.store.begin().await.unwrap();
    let mut case = kept("W-adair-county", OURS, Rung::Attempt, "password guessing");
    case.sources = vec!["198.51.100.9".parse().unwrap()];
    cases::upsert(tx.link(), &case).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let mut bell = house.desk.bell.hear();
    let correction = [("entry", "1"), ("text", "Ask for the second clerk.")];
    let sent = form("key-correct-1", "correct", &correction, &[]);
    lead.post(&format!("{STATE}/note"), &sent).await.leads_to(STATE);
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    clerk.get(ADAIR).await.says("Ask for the second clerk.");
    assert_eq!(house.acts("case.correct", "W-adair-county").await, 1);
    assert_eq!(bell.recv().await.unwrap().whose, Whose::State);
    assert_eq!(bell.recv().await.unwrap().whose, Whose::from(OURS));
    assert!(!lead.get(BOONE).await.text().contains("second clerk"));
}

/// What got in elsewhere is more as the state sees it, and is the same effort.
#[tokio::test]
async fn a_guess_is_a_view_of_a_guess_that_succeeded() {
    let house = filled().await;
    let mut tx = house.desk.store.begin().await.unwrap();
    let mut case = kept("W-state", "state", Rung::Access, "password guessing");
    case.kind = "login.guess_then_success".to_owned();
    cases::upsert(tx.link(), &case).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get(ADAIR).await;
    page.says("The state's desk sees it. Nobody there has taken it yet.");
    // It may have got in at another authority: the state's people alone read so.
    let how_far = "How far it got, as they see it";
    assert!(!page.text().contains(how_far));
    let mut lead = house.person("A lead", Role::Lead, None).await;
    lead.get(ADAIR).await.says(how_far);
    lead.get(STATE).await.says("2 views");
}

/// In a storm many cases end nearer to it than its own counterpart does.
#[tokio::test]
async fn a_view_among_many_is_found_or_said_not_to_be_known() {
    let house = filled().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let fill = async |numbers: std::ops::Range<u32>| {
        let mut tx = house.desk.store.begin().await.unwrap();
        for number in numbers {
            let mut case = kept(&format!("W-n{number:04}"), "state", Rung::Attempt, "a spray");
            case.kind = "login.spray".to_owned();
            case.last = case.last.plus(i64::from(number % 2) * 7);
            case.sources = vec![ward_kernel::Addr::v4(0xc633_6400 + number)];
            cases::upsert(tx.link(), &case).await.unwrap();
        }
        for (id, scope, sources) in [
            ("W-several", OURS, &["198.18.0.1", "198.18.0.2"][..]),
            ("W-single", OURS, &["198.18.0.3"]),
            ("W-found", "state", &["198.18.0.3", "198.18.0.4"]),
        ] {
            let mut case = kept(id, scope, Rung::Attempt, "password guessing");
            case.source_count = sources.len() as u64;
            case.sources = sources.iter().map(|source| source.parse().unwrap()).collect();
            if scope == "state" {
                case.last = case.first;
            }
            cases::upsert(tx.link(), &case).await.unwrap();
        }
        tx.commit(Audit::Machine).await.unwrap();
    };
    fill(0..300).await;
    let (there, none, unknown) =
        ("The state's desk sees it.", "has no case of its own", "is not known: too many");
    clerk.get("/cases/W-single").await.says(there);
    clerk.get("/cases/W-several").await.says(none);
    clerk.get(ADAIR).await.says(there);
    fill(300..2_100).await;
    clerk.get("/cases/W-single").await.says(there);
    let page = clerk.get("/cases/W-several").await;
    page.says(unknown);
    assert!(!page.text().contains(none));
    check::page(&page.body).unwrap();
    clerk.get("/").await.says(unknown);
}

/// Nothing that is put down at the state's view hides a local authority's that judgement has higher.
#[tokio::test]
async fn no_act_hides_what_is_judged_higher() {
    let house = House::start().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let acts = [("handling", "closed"), ("handling", "watched")].into_iter();
    let acts = acts.chain(Rung::ALL.map(|to| ("rung", to.name())));
    let mut number = 0;
    for (what, to) in acts {
        for here in Rung::ALL {
            for there in Rung::ALL {
                number += 1;
                let (state, local) = (format!("W-s{number}"), format!("W-l{number}"));
                let mut tx = house.desk.store.begin().await.unwrap();
                for (id, scope, rung) in [(&state, "state", here), (&local, OURS, there)] {
                    let mut case = kept(id, scope, rung, "guessing");
                    case.kind = "login.guess".to_owned();
                    case.sources = vec![format!("198.51.100.{number}").parse().unwrap()];
                    cases::upsert(tx.link(), &case).await.unwrap();
                }
                tx.commit(Audit::Machine).await.unwrap();
                let way = if what == "rung" { "work" } else { "decide" };
                let sent = [
                    ("key", "key-law-1"),
                    ("act", what),
                    (what, to),
                    ("reason", "Known."),
                    ("text", "Known."),
                    ("also", local.as_str()),
                ];
                let answer = lead.post(&format!("/cases/{state}/{way}"), &sent).await;
                let filed = stands(&house, &local).await;
                let done = answer.status.as_u16() < 400;
                if there > here {
                    let case = format!("{what} {to}, {here} and {there}");
                    assert!(filed.seen >= there && filed.handling == Handling::Open, "{case}");
                } else if what == "handling" {
                    assert!(done && filed.handling.as_str() == to);
                } else if done && filed.desk.is_some() {
                    assert_eq!(filed.seen.name(), to);
                }
            }
        }
    }
}

#[tokio::test]
async fn the_state_reads_what_a_county_writes() {
    let house = filled().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut bell = house.desk.bell.hear();
    let words = "That was the copier <b>.";
    clerk.post(&format!("{ADAIR}/note"), &note("key-note-1", words, &[])).await.leads_to(ADAIR);
    // It rings for whoever sees the whole state, and for the county; nobody else has news by it.
    let news = bell.recv().await.unwrap();
    assert_eq!((news.region, news.whose), (Region::Cases, Whose::from(OURS)));
    let mut analyst = house.person("An analyst", Role::Analyst, None).await;
    let page = analyst.get(STATE).await;
    page.says("Adair County: Note").says(words).says("Entry 1, A clerk");
    assert!(!page.body.contains("An entry is wrong"), "it is corrected where it was written");
    check::page(&page.body).unwrap();
    // What the state notes stays with the state, unless somebody ticks a county.
    let own = note("key-note-2", "Boone has the same.", &[]);
    analyst.post(&format!("{STATE}/note"), &own).await.leads_to(STATE);
    let told = note("key-note-3", "We look at it.", &["W-adair-county"]);
    analyst.post(&format!("{STATE}/note"), &told).await.leads_to(STATE);
    let page = clerk.get(ADAIR).await;
    page.says("We look at it.").says("A note for your office and the state's desk");
    assert!(!page.body.contains("Boone"), "the state's own words stay its own");
    analyst.get(BOONE).await.says("A note for Boone County and the state's desk");
    assert_eq!(house.acts("case.note", "W-adair-county").await, 2);
    let rows = house.audited().await;
    let row = |row: &&audit::Row| row.entry.detail.ends_with("; as for W-state");
    assert_eq!(rows.iter().filter(row).count(), 1);
}

#[tokio::test]
async fn a_county_reads_what_the_state_makes_of_it_and_no_more() {
    let house = filled().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let nobody = "The state's desk sees it. Nobody there has taken it yet.";
    clerk.get(ADAIR).await.says("What the state's desk makes of it").says(nobody);
    clerk.get("/").await.says(nobody);
    let mut bell = house.desk.bell.hear();
    lead.post(&format!("{STATE}/work"), &form("key-take-1", "take", &[], &[]))
        .await
        .leads_to(STATE);
    assert_eq!(bell.recv().await.unwrap().whose, Whose::State);
    assert_eq!(bell.recv().await.unwrap().whose, Whose::from_iter([OURS, THEIRS]));
    let own = note("key-note-1", "Secret words about Boone County.", &[]);
    lead.post(&format!("{STATE}/note"), &own).await.leads_to(STATE);
    let page = clerk.get(ADAIR).await;
    page.says("The state's desk has it.").says("A lead");
    clerk.get("/").await.says("The state's desk has it.");
    for theirs in ["W-state", "W-boone", "Boone", "marker-state", "Secret words", "Judgement"] {
        assert!(!page.body.contains(theirs), "{theirs}");
    }
    assert!(!page.body.contains("login.guess"), "the machine's own words are for the state");
    check::page(&page.body).unwrap();
    lead.post(&format!("{STATE}/decide"), &close("key-close-1", &[])).await.leads_to(STATE);
    clerk.get(ADAIR).await.says("The state's desk closed its own view.");
    clerk.get("/").await.says("The state's desk closed its own view.");
    lead.get(ADAIR).await.says("The state's view");
    // A case that the state has not is said to be one.
    let mut tx = house.desk.store.begin().await.unwrap();
    let mut case = kept("W-alone", OURS, Rung::Attempt, "another effort");
    case.sources = vec!["198.51.100.9".parse().unwrap()];
    cases::upsert(tx.link(), &case).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    clerk.get("/cases/W-alone").await.says("The state's desk has no case of its own");
    let home = clerk.get("/").await;
    home.says("The state's desk has no case of its own for it: tell them if you are not sure.");
    assert!(!home.text().contains("sees it too"));
}

#[tokio::test]
async fn a_part_is_looked_at_with_the_whole() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let mut tx = house.desk.store.begin().await.unwrap();
    let mut whole = kept("W-whole", "state", Rung::Attempt, "a larger effort");
    whole.sources = vec!["198.51.100.9".parse().unwrap()];
    whole.jurisdictions = vec![THEIRS.to_owned()];
    cases::upsert(tx.link(), &whole).await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let merge = [("into", "W-whole"), ("text", "One effort.")];
    lead.post(&format!("{STATE}/work"), &form("key-merge-1", "merge", &merge, &[])).await;
    let mut bell = house.desk.bell.hear();
    lead.post("/cases/W-whole/work", &form("key-take-1", "take", &[], &[])).await;
    assert_eq!(bell.recv().await.unwrap().whose, Whose::State);
    let both = Whose::from_iter([OURS, THEIRS]);
    assert_eq!(bell.recv().await.unwrap().whose, both, "the part's page says so as well");
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = clerk.get(ADAIR).await;
    page.says("The state's desk has it.").says("Part of another");
    assert!(!page.body.contains("larger effort"));
    let closed = close("key-close-1", &["W-adair-county"]);
    lead.post("/cases/W-whole/decide", &closed).await.leads_to("/cases/W-whole");
    assert_eq!(stands(&house, "W-adair-county").await.handling, Handling::Closed);
    clerk.get(ADAIR).await.says("The state's desk closed its own view.");
}

#[tokio::test]
async fn nothing_is_put_down_in_files_that_are_no_view_of_it() {
    let house = filled().await;
    let mut lead = house.person("A lead", Role::Lead, None).await;
    let decide = format!("{STATE}/decide");
    for bad in ["W-nothing", "W-state", ""] {
        let also = ["W-adair-county", bad];
        let answer = lead.post(&decide, &close("key-close-1", &also)).await;
        if bad.is_empty() {
            answer.leads_to(STATE);
        } else {
            answer.is(422).says("none of this case any more").says("Our own scanner.");
        }
    }
    // From a local view nothing goes elsewhere, and nobody learns there what else there is.
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    for also in ["W-state", "W-boone-county", "W-nothing"] {
        let answer = clerk.post(&format!("{ADAIR}/note"), &note("key-note-1", "x", &[also])).await;
        answer.is(422).says("From the state's view alone");
    }
    let local = close("key-close-2", &["W-boone-county"]);
    lead.post(&format!("{ADAIR}/decide"), &local).await.is(422);
    assert_eq!(stands(&house, "W-boone-county").await.handling, Handling::Open);
}
