//! Invitations, sessions, tokens.

use ward_access::{Role, Stage};
use ward_store::invitations::{self, Invitation};
use ward_store::sessions::{self, Rise, Session};
use ward_store::tokens::{self, Token};
use ward_store::{Store, people};

use crate::desk::laws;
use crate::samples::{self, at, done, hash};

laws!(
    an_invitation_is_good_once_and_for_its_time,
    an_invitation_is_withdrawn,
    a_session_rises_with_a_new_secret,
    sessions_are_listed_and_ended,
    a_session_shows_no_secret,
    tokens_end,
);

fn invitation(id: &str) -> Invitation {
    Invitation {
        id: id.to_owned(),
        hash: hash(id).to_vec(),
        name: "County clerk".to_owned(),
        email: "Clerk@Adair.Example".to_owned(),
        role: Role::LocalClerk,
        organisation: "office".to_owned(),
        jurisdiction: Some("adair-county".to_owned()),
        invited_by: "p-1".to_owned(),
        created: at(0),
        expires: at(100),
        used: None,
    }
}

async fn an_invitation_is_good_once_and_for_its_time(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    for id in ["i-1", "i-2"] {
        invitations::add(tx.link(), &invitation(id)).await.unwrap();
    }
    let found = invitations::by_hash(tx.link(), &hash("i-1")).await.unwrap().unwrap();
    assert_eq!(found.email, "clerk@adair.example");
    assert_eq!(invitations::by_hash(tx.link(), &hash("i-3")).await.unwrap(), None);
    assert!(invitations::use_up(tx.link(), "i-1", at(99)).await.unwrap());
    assert!(!invitations::use_up(tx.link(), "i-1", at(99)).await.unwrap());
    assert!(!invitations::use_up(tx.link(), "i-2", at(100)).await.unwrap());
    let open = invitations::open_ones(tx.link(), at(99)).await.unwrap();
    assert_eq!(open.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["i-2"]);
    assert!(invitations::open_ones(tx.link(), at(100)).await.unwrap().is_empty());
}

async fn an_invitation_is_withdrawn(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    invitations::add(tx.link(), &invitation("i-1")).await.unwrap();
    invitations::add(tx.link(), &invitation("i-2")).await.unwrap();
    assert!(invitations::use_up(tx.link(), "i-2", at(1)).await.unwrap());
    assert!(invitations::withdraw(tx.link(), "i-1").await.unwrap());
    assert!(!invitations::withdraw(tx.link(), "i-2").await.unwrap(), "used ones are history");
    assert!(!invitations::use_up(tx.link(), "i-1", at(1)).await.unwrap());
}

fn session(id: &str, person: &str, seen: i64) -> Session {
    Session {
        id: id.to_owned(),
        hash: hash(id).to_vec(),
        person: person.to_owned(),
        stage: Stage::Password,
        csrf: b"form secret".to_vec(),
        created: at(0),
        seen: at(seen),
        expires: at(600),
        confirmed: None,
        address: "2001:db8::7".to_owned(),
        agent: "A browser".to_owned(),
    }
}

async fn a_session_rises_with_a_new_secret(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    sessions::begin(tx.link(), &session("s-1", "p-1", 0)).await.unwrap();
    let rise = Rise {
        stage: Stage::Full,
        hash: hash("risen"),
        csrf: b"another",
        at: at(5),
        expires: at(43_000),
        confirmed: true,
    };
    assert!(sessions::promote(tx.link(), "s-1", &rise).await.unwrap());
    assert!(!sessions::promote(tx.link(), "s-9", &rise).await.unwrap());
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let old = sessions::by_hash(read.link(), &hash("s-1")).await.unwrap();
    assert_eq!(old, None, "the secret from before the rise opens nothing");
    let (risen, owner) = sessions::by_hash(read.link(), &hash("risen")).await.unwrap().unwrap();
    assert_eq!((risen.stage, owner.id.as_str()), (Stage::Full, "p-1"));
    assert_eq!((risen.created, risen.seen, risen.expires), (at(5), at(5), at(43_000)));
    assert_eq!((risen.confirmed, risen.csrf.as_slice()), (Some(at(5)), &b"another"[..]));
    assert_eq!(risen.times().stage, Stage::Full);
}

async fn sessions_are_listed_and_ended(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    for (id, person, seen) in [("s-1", "p-1", 1), ("s-2", "p-1", 2), ("s-3", "p-2", 3)] {
        sessions::begin(tx.link(), &session(id, person, seen)).await.unwrap();
    }
    sessions::touch(tx.link(), "s-1", at(9)).await.unwrap();
    sessions::touch(tx.link(), "s-1", at(8)).await.unwrap();
    assert!(sessions::confirm(tx.link(), "s-1", at(4)).await.unwrap());
    let mine = sessions::of(tx.link(), "p-1").await.unwrap();
    assert_eq!(mine.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["s-1", "s-2"]);
    assert_eq!((mine[0].seen, mine[0].confirmed), (at(9), Some(at(4))));
    assert_eq!(sessions::end_all_of(tx.link(), "p-1", Some("s-2")).await.unwrap(), 1);
    assert!(!sessions::end(tx.link(), "s-1").await.unwrap());
    assert!(sessions::end(tx.link(), "s-2").await.unwrap());
    assert_eq!(sessions::expire(tx.link(), at(599)).await.unwrap(), 0);
    assert_eq!(sessions::expire(tx.link(), at(600)).await.unwrap(), 1);
    // A person who may not sign in any more is told apart by whoever asks.
    sessions::begin(tx.link(), &session("s-4", "p-1", 1)).await.unwrap();
    people::set_active(tx.link(), "p-1", false).await.unwrap();
    let (_, owner) = sessions::by_hash(tx.link(), &hash("s-4")).await.unwrap().unwrap();
    assert!(!owner.active);
}

async fn a_session_shows_no_secret(_: Store) {
    let shown = format!("{:?}", session("s-1", "p-1", 0));
    assert_eq!(shown, "Session { id: \"s-1\", person: \"p-1\", stage: Password, .. }");
}

async fn tokens_end(store: Store) {
    samples::office(&store).await;
    let token = Token {
        id: "t-1".to_owned(),
        hash: hash("t-1").to_vec(),
        name: "Dashboard".to_owned(),
        role: Role::Auditor,
        jurisdiction: None,
        made_by: "p-1".to_owned(),
        created: at(0),
        expires: at(1000),
        used: None,
        ended: None,
    };
    let mut tx = store.begin().await.unwrap();
    tokens::add(tx.link(), &token).await.unwrap();
    tokens::touch(tx.link(), "t-1", at(7)).await.unwrap();
    tokens::touch(tx.link(), "t-1", at(6)).await.unwrap();
    let found = tokens::by_hash(tx.link(), &hash("t-1")).await.unwrap().unwrap();
    assert_eq!(found, Token { used: Some(at(7)), ..token });
    assert!(tokens::end(tx.link(), "t-1", at(8)).await.unwrap());
    assert!(!tokens::end(tx.link(), "t-1", at(9)).await.unwrap());
    assert_eq!(tokens::list(tx.link()).await.unwrap()[0].ended, Some(at(8)));
    assert_eq!(tokens::by_hash(tx.link(), &hash("t-2")).await.unwrap(), None);
}
