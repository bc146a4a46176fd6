//! The office and its people, with their second factors.

use ward_access::{Jurisdiction, OrganisationKind, Role};
use ward_store::office::{self, Organisation};
use ward_store::{Error, Store, factors, meta, people};

use crate::desk::laws;
use crate::samples::{self, at, done, hash, person};

laws!(
    settings_are_kept,
    jurisdictions_are_set_as_a_whole,
    people_are_found_however_their_address_is_written,
    people_change,
    a_nul_in_a_text_is_kept_out,
    passkeys_are_kept_with_their_counter,
    no_step_is_used_twice,
    a_recovery_code_is_good_once,
    a_decision_is_made_once_by_many_at_once,
);

async fn settings_are_kept(store: Store) {
    let mut tx = store.begin().await.unwrap();
    assert!(!office::is_set_up(tx.link()).await.unwrap());
    meta::set(tx.link(), office::STATE, "MO").await.unwrap();
    meta::set(tx.link(), office::STATE, "KS").await.unwrap();
    meta::set(tx.link(), office::SETUP_DONE, "1").await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    assert_eq!(meta::get(read.link(), office::STATE).await.unwrap().as_deref(), Some("KS"));
    assert_eq!(meta::get(read.link(), office::ZONE).await.unwrap(), None);
    assert!(office::is_set_up(read.link()).await.unwrap());
}

async fn jurisdictions_are_set_as_a_whole(store: Store) {
    samples::office(&store).await;
    // The state office's own machines need a place, too.
    let with_own = |list: &[Jurisdiction]| [list, &[Jurisdiction::state_office()]].concat();
    let mut list = samples::jurisdictions();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(office::jurisdictions(tx.link()).await.unwrap(), with_own(&list));
    list[0].name = "Adair County Clerk".to_owned();
    list.remove(1);
    office::set_jurisdictions(tx.link(), &list).await.unwrap();
    assert_eq!(office::jurisdictions(tx.link()).await.unwrap(), with_own(&list));
    assert_eq!(office::jurisdiction(tx.link(), "boone-county").await.unwrap(), None);
    let one = office::jurisdiction(tx.link(), "adair-county").await.unwrap();
    assert_eq!(one.as_ref(), list.first());
    // A clerk belongs to it.
    let refused = office::set_jurisdictions(tx.link(), &[]).await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(why) if why.contains("Adair County Clerk")));
    // Refused without breaking what is under way.
    let partner = Organisation {
        id: "partner".to_owned(),
        kind: OrganisationKind::Partner,
        name: "Analysis centre".to_owned(),
        jurisdiction: None,
    };
    office::add_organisation(tx.link(), &partner).await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    assert_eq!(office::organisations(read.link()).await.unwrap().len(), 2);
    let found = office::organisation(read.link(), "partner").await.unwrap();
    assert_eq!(found, Some(partner));
}

async fn people_are_found_however_their_address_is_written(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    let mut new = person("p-3", Role::Lead, None);
    new.email = " Lead@Office.Example ".to_owned();
    people::add(tx.link(), &new).await.unwrap();
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let found = people::by_email(read.link(), "LEAD@office.example").await.unwrap().unwrap();
    assert_eq!((found.id.as_str(), found.email.as_str()), ("p-3", "lead@office.example"));
    assert_eq!(people::by_email(read.link(), "none@office.example").await.unwrap(), None);
    drop(read);
    let mut tx = store.begin().await.unwrap();
    new.id = "p-4".to_owned();
    assert!(people::add(tx.link(), &new).await.unwrap_err().is_duplicate());
}

async fn people_change(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(people::password_of(tx.link(), "p-1").await.unwrap(), None);
    assert!(people::set_password(tx.link(), "p-1", "$argon2id$x").await.unwrap());
    assert!(!people::set_password(tx.link(), "nobody", "$argon2id$x").await.unwrap());
    assert!(people::set_active(tx.link(), "p-1", false).await.unwrap());
    let boone = Some("boone-county");
    assert!(people::set_role(tx.link(), "p-1", Role::LocalIt, boone).await.unwrap());
    people::signed_in(tx.link(), "p-1", at(9)).await.unwrap();
    let (name, email) = ("Clerk of Boone County", " Clerk@Boone.Example");
    assert!(people::set_details(tx.link(), "p-1", name, email).await.unwrap());
    assert!(!people::set_details(tx.link(), "nobody", name, "nobody@b.example").await.unwrap());
    done(tx).await;
    let mut read = store.read().await.unwrap();
    let password = people::password_of(read.link(), "p-1").await.unwrap();
    assert_eq!(password.as_deref(), Some("$argon2id$x"));
    let changed = people::by_id(read.link(), "p-1").await.unwrap().unwrap();
    assert!(!changed.active && changed.role == Role::LocalIt);
    assert_eq!(changed.last_sign_in, Some(at(9)));
    assert_eq!((changed.name.as_str(), changed.email.as_str()), (name, "clerk@boone.example"));
    assert_eq!(people::list(read.link(), None).await.unwrap().len(), 2);
    assert_eq!(people::list(read.link(), boone).await.unwrap(), [changed]);
    assert_eq!(people::active_in_role(read.link(), Role::LocalIt).await.unwrap(), 0);
    assert_eq!(people::active_in_role(read.link(), Role::LocalClerk).await.unwrap(), 1);
    drop(read);
    let mut tx = store.begin().await.unwrap();
    let taken = people::set_details(tx.link(), "p-2", "Other", "CLERK@boone.example").await;
    assert!(taken.unwrap_err().is_duplicate());
}

async fn a_nul_in_a_text_is_kept_out(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    let mut new = person("p-3", Role::Analyst, None);
    new.name = "Desk\0analyst".to_owned();
    people::add(tx.link(), &new).await.unwrap();
    let found = people::by_id(tx.link(), "p-3").await.unwrap().unwrap();
    assert_eq!(found.name, "Desk\u{fffd}analyst");
    assert_eq!(people::by_id(tx.link(), "p\0").await.unwrap(), None);
    assert_eq!(people::by_email(tx.link(), "\0").await.unwrap(), None);
}

async fn passkeys_are_kept_with_their_counter(store: Store) {
    samples::office(&store).await;
    let key = |id: &str, secs| factors::Passkey {
        id: id.to_owned(),
        person: "p-1".to_owned(),
        label: "Key on my ring".to_owned(),
        credential: "{\"counter\":1}".to_owned(),
        created: at(secs),
        used: None,
    };
    let mut tx = store.begin().await.unwrap();
    factors::add_passkey(tx.link(), &key("k-2", 2)).await.unwrap();
    factors::add_passkey(tx.link(), &key("k-1", 1)).await.unwrap();
    assert!(factors::passkey_used(tx.link(), "k-1", "{\"counter\":2}", at(5)).await.unwrap());
    done(tx).await;
    let mut tx = store.begin().await.unwrap();
    let keys = factors::passkeys(tx.link(), "p-1").await.unwrap();
    assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["k-1", "k-2"]);
    assert_eq!((keys[0].credential.as_str(), keys[0].used), ("{\"counter\":2}", Some(at(5))));
    assert!(!factors::delete_passkey(tx.link(), "p-2", "k-1").await.unwrap());
    assert!(factors::delete_passkey(tx.link(), "p-1", "k-1").await.unwrap());
    assert_eq!(factors::passkeys(tx.link(), "p-1").await.unwrap().len(), 1);
}

async fn no_step_is_used_twice(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    let link = &mut tx;
    assert_eq!(factors::totp_of(link.link(), "p-1").await.unwrap(), None);
    assert!(!factors::advance_step(link.link(), "p-1", 5).await.unwrap());
    factors::set_totp(link.link(), "p-1", b"sealed").await.unwrap();
    assert!(factors::advance_step(link.link(), "p-1", 5).await.unwrap());
    for (step, good) in [(5, false), (4, false), (6, true), (6, false), (u64::MAX, true)] {
        let took = factors::advance_step(link.link(), "p-1", step).await.unwrap();
        assert_eq!(took, good, "step {step}");
    }
    assert!(!factors::totp_of(link.link(), "p-1").await.unwrap().unwrap().confirmed);
    assert!(factors::confirm_totp(link.link(), "p-1").await.unwrap());
    assert!(factors::totp_of(link.link(), "p-1").await.unwrap().unwrap().confirmed);
    factors::set_totp(link.link(), "p-1", b"another").await.unwrap();
    let anew = factors::totp_of(link.link(), "p-1").await.unwrap().unwrap();
    assert_eq!(
        (anew.sealed.as_slice(), anew.confirmed, anew.last_step),
        (&b"another"[..], false, 0)
    );
    assert!(!format!("{anew:?}").contains("97"), "a sealed secret is not shown");
    assert!(factors::remove_totp(link.link(), "p-1").await.unwrap());
    assert!(!factors::remove_totp(link.link(), "p-1").await.unwrap());
}

async fn a_recovery_code_is_good_once(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    let codes = [hash("one"), hash("two"), hash("three")];
    factors::set_codes(tx.link(), "p-1", &codes).await.unwrap();
    assert!(factors::use_code(tx.link(), "p-1", &hash("two"), at(1)).await.unwrap());
    assert!(!factors::use_code(tx.link(), "p-1", &hash("two"), at(2)).await.unwrap());
    assert!(!factors::use_code(tx.link(), "p-2", &hash("one"), at(2)).await.unwrap());
    assert!(!factors::use_code(tx.link(), "p-1", &hash("four"), at(2)).await.unwrap());
    assert_eq!(factors::codes_left(tx.link(), "p-1").await.unwrap(), 2);
    factors::set_codes(tx.link(), "p-1", &codes[..1]).await.unwrap();
    assert!(!factors::use_code(tx.link(), "p-1", &hash("three"), at(3)).await.unwrap());
    assert_eq!(factors::codes_left(tx.link(), "p-1").await.unwrap(), 1);
}

/// Ten at once use the same step and the same code: one of them may.
async fn a_decision_is_made_once_by_many_at_once(store: Store) {
    samples::office(&store).await;
    let mut tx = store.begin().await.unwrap();
    factors::set_totp(tx.link(), "p-1", b"sealed").await.unwrap();
    factors::set_codes(tx.link(), "p-1", &[hash("one")]).await.unwrap();
    done(tx).await;
    let tries: Vec<_> = (0..10)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let step = factors::advance_step(tx.link(), "p-1", 7).await.unwrap();
                let code = factors::use_code(tx.link(), "p-1", &hash("one"), at(1)).await.unwrap();
                done(tx).await;
                (usize::from(step), usize::from(code))
            })
        })
        .collect();
    let (mut steps, mut codes) = (0, 0);
    for one in tries {
        let (step, code) = one.await.unwrap();
        (steps, codes) = (steps + step, codes + code);
    }
    assert_eq!((steps, codes), (1, 1));
}
