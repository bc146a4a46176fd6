//! Accounts at identity providers, and the schema that brought them.

use ward_access::Role;
use ward_kernel::Rung;
use ward_store::elsewhere::{self, Binding};
use ward_store::people;
use ward_store::{Audit, Error, Link, SCHEMA, Store, cases, check, meta, moves};

use crate::desk::laws;
use crate::samples::{self, at, case, done, person};

laws!(
    an_account_is_one_persons,
    a_person_has_one_account_at_an_issuer,
    what_is_unbound_is_gone,
    a_store_of_the_first_schema_is_raised,
);

pub(crate) const ISSUER: &str = "https://login.example";
const OTHER: &str = "https://other.example";

pub(crate) fn binding(issuer: &str, subject: &str, person: &str) -> Binding {
    Binding {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        person: person.to_owned(),
        bound: at(1),
        used: at(1),
    }
}

async fn whose(store: &Store, issuer: &str, subject: &str) -> Option<String> {
    let mut read = store.read().await.unwrap();
    elsewhere::person_of(read.link(), issuer, subject).await.unwrap().map(|person| person.id)
}

async fn bound(store: &Store, new: &Binding) -> Result<(), Error> {
    let mut tx = store.begin().await.unwrap();
    elsewhere::bind(tx.link(), new).await?;
    done(tx).await;
    Ok(())
}

async fn an_account_is_one_persons(store: Store) {
    samples::office(&store).await;
    bound(&store, &binding(ISSUER, "Sub-1", "p-1")).await.unwrap();
    assert_eq!(whose(&store, ISSUER, "Sub-1").await.as_deref(), Some("p-1"));
    // A subject is compared letter by letter, and belongs to its issuer (Core 1.0, 2).
    for (issuer, subject) in [(ISSUER, "sub-1"), (ISSUER, "Sub-1 "), (OTHER, "Sub-1"), ("", "")] {
        assert_eq!(whose(&store, issuer, subject).await, None, "{issuer} {subject}");
    }
    let taken = bound(&store, &binding(ISSUER, "Sub-1", "p-2")).await.unwrap_err();
    assert!(taken.is_duplicate(), "{taken}");
    bound(&store, &binding(OTHER, "Sub-1", "p-2")).await.unwrap();
    assert_eq!(whose(&store, OTHER, "Sub-1").await.as_deref(), Some("p-2"));
    // Somebody who is kept out is told with it: the caller asks.
    let mut tx = store.begin().await.unwrap();
    people::set_active(tx.link(), "p-1", false).await.unwrap();
    let found = elsewhere::person_of(tx.link(), ISSUER, "Sub-1").await.unwrap().unwrap();
    assert!(!found.active);
    let stranger = binding(ISSUER, "Sub-9", "p-nobody");
    assert!(elsewhere::bind(tx.link(), &stranger).await.is_err(), "nobody's account");
}

async fn a_person_has_one_account_at_an_issuer(store: Store) {
    samples::office(&store).await;
    bound(&store, &binding(ISSUER, "one", "p-1")).await.unwrap();
    let second = bound(&store, &binding(ISSUER, "two", "p-1")).await.unwrap_err();
    assert!(second.is_duplicate(), "{second}");
    bound(&store, &binding(OTHER, "two", "p-1")).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(elsewhere::used(tx.link(), ISSUER, "one", at(60)).await.unwrap());
    assert!(!elsewhere::used(tx.link(), ISSUER, "two", at(60)).await.unwrap());
    let all = elsewhere::of(tx.link(), "p-1").await.unwrap();
    let told: Vec<_> = all.iter().map(|one| (one.issuer.as_str(), one.bound, one.used)).collect();
    assert_eq!(told, [(ISSUER, at(1), at(60)), (OTHER, at(1), at(1))]);
    assert!(!format!("{all:?}").contains("two"), "{all:?}");
    done(tx).await;
}

async fn what_is_unbound_is_gone(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    people::add(tx.link(), &person("p-3", Role::Lead, None)).await.unwrap();
    for (issuer, subject, person) in
        [(ISSUER, "one", "p-1"), (OTHER, "one", "p-1"), (ISSUER, "two", "p-3")]
    {
        elsewhere::bind(tx.link(), &binding(issuer, subject, person)).await.unwrap();
    }
    assert!(elsewhere::unbind(tx.link(), "p-1", ISSUER).await.unwrap());
    assert!(!elsewhere::unbind(tx.link(), "p-1", ISSUER).await.unwrap());
    assert!(!elsewhere::used(tx.link(), ISSUER, "one", at(9)).await.unwrap());
    // The account is free again, and so is the person.
    elsewhere::bind(tx.link(), &binding(ISSUER, "three", "p-1")).await.unwrap();
    assert_eq!(elsewhere::unbind_all(tx.link(), "p-1").await.unwrap(), 2);
    assert_eq!(elsewhere::unbind_all(tx.link(), "p-1").await.unwrap(), 0);
    assert_eq!(elsewhere::of(tx.link(), "p-3").await.unwrap().len(), 1);
    done(tx).await;
}

/// What the second schema and those after it brought, taken away again.
const BACK: &str = "\
    DROP TABLE notice; DROP TABLE notice_message; DROP TABLE notice_event; \
    DROP TABLE notice_wish; DROP TABLE hour_count; DROP INDEX case_step_at; \
    DROP INDEX case_queue; DROP INDEX case_scope; DROP INDEX case_merged; DROP INDEX case_alike; \
    ALTER TABLE incident_case DROP COLUMN owner; \
    ALTER TABLE incident_case DROP COLUMN desk_rung; \
    ALTER TABLE incident_case DROP COLUMN desk_judged; \
    ALTER TABLE incident_case DROP COLUMN desk_into; \
    ALTER TABLE incident_case DROP COLUMN desk_into_judged; \
    ALTER TABLE incident_case DROP COLUMN seen; \
    ALTER TABLE incident_case DROP COLUMN merged_into; \
    ALTER TABLE incident_case DROP COLUMN split_from; \
    ALTER TABLE incident_case DROP COLUMN place; \
    CREATE INDEX case_scope ON incident_case (scope, rung, updated); \
    DROP TABLE room_entry; DROP TABLE room_log; DROP TABLE sign_in_elsewhere; \
    DROP INDEX batch_place; CREATE INDEX batch_stream ON batch (stream, base)";

/// A store that the first Ward made is refused, raised without loss, and is then like a new one.
async fn a_store_of_the_first_schema_is_raised(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    for (id, places) in [("c-0", 0), ("c-1", 1), ("c-2", 2)] {
        let mut one = case(id, "state", Rung::Access);
        one.jurisdictions =
            ["adair-county", "boone-county"].iter().take(places).map(ToString::to_string).collect();
        cases::upsert(tx.link(), &one).await.unwrap();
    }
    done(tx).await;
    let before = moves::content(&store).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    match tx.link() {
        Link::Lite(conn) => std::mem::drop(sqlx::raw_sql(BACK).execute(conn).await.unwrap()),
        Link::Pg(conn) => std::mem::drop(sqlx::raw_sql(BACK).execute(conn).await.unwrap()),
    }
    meta::set(tx.link(), "schema", "1").await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    let newest = i64::try_from(SCHEMA.len()).unwrap();
    let refused = store.check_schema().await.unwrap_err();
    assert!(matches!(refused, Error::Schema { found: 1, known } if known == newest), "{refused}");
    assert!(refused.to_string().contains("ward db migrate"), "{refused}");
    assert_eq!(store.migrate().await.unwrap(), (1, newest));
    // What counts of each case is worked out of what was kept.
    assert_eq!(moves::content(&store).await.unwrap(), before);
    assert!(check::check(&store, check::Depth::Usual).await.unwrap().is_empty());
    bound(&store, &binding(ISSUER, "one", "p-1")).await.unwrap();
}
