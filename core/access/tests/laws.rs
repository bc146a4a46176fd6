//! Laws of the table of who may do what, whatever the table says.

use proptest::prelude::*;
use ward_access::{
    Act, Actor, Extent, Reach, Role, Scope, extent, may, may_grant, missouri, reach,
};

fn actor(role: Role, jurisdiction: Option<&str>, machine: bool) -> Actor {
    let jurisdiction = jurisdiction.map(Into::into);
    Actor { id: "7".into(), name: "Somebody".into(), role, jurisdiction, machine }
}

fn any_actor() -> impl Strategy<Value = Actor> {
    let place =
        prop_oneof![Just(None), Just(Some("adair-county")), Just(Some("kansas-city-board"))];
    (prop::sample::select(&Role::ALL[..]), place, any::<bool>())
        .prop_map(|(role, place, machine)| actor(role, place, machine))
}

fn any_act() -> impl Strategy<Value = Act> {
    prop::sample::select(&Act::ALL[..])
}

fn is_own_account(act: Act) -> bool {
    matches!(act, Act::SeeOwnAccount | Act::ChangeOwnAccount)
}

/// The state and every jurisdiction.
fn everywhere(ids: &[String]) -> impl Iterator<Item = Scope<'_>> {
    std::iter::once(Scope::State).chain(ids.iter().map(|id| Scope::Jurisdiction(id)))
}

fn ids() -> Vec<String> {
    missouri().into_iter().map(|one| one.id).collect()
}

#[test]
fn an_auditor_changes_nothing_but_the_own_account() {
    for act in Act::ALL.into_iter().filter(|act| act.changes()) {
        let expected = if is_own_account(act) { Reach::OwnAccount } else { Reach::Nothing };
        assert_eq!(reach(Role::Auditor, act), expected, "{act}");
    }
    for act in Act::ALL.into_iter().filter(|act| !act.changes() && !is_own_account(*act)) {
        assert_eq!(reach(Role::Auditor, act), Reach::Everything, "{act}");
    }
}

#[test]
fn an_administrator_reaches_all_and_the_office_is_a_ladder() {
    for act in Act::ALL {
        assert!(reach(Role::Administrator, act) >= reach(Role::Lead, act), "{act}");
        assert!(reach(Role::Lead, act) >= reach(Role::Analyst, act), "{act}");
        assert!(reach(Role::Administrator, act) != Reach::Nothing, "{act}");
    }
}

#[test]
fn a_partner_has_an_account_and_nothing_else() {
    for act in Act::ALL {
        assert_eq!(reach(Role::Partner, act) != Reach::Nothing, is_own_account(act), "{act}");
    }
}

#[test]
fn every_act_has_a_person_who_may_somewhere() {
    for act in Act::ALL {
        let somebody = Role::ALL.into_iter().any(|role| {
            let who = actor(role, role.is_local().then_some("adair-county"), false);
            may(&who, act, Scope::State) || may(&who, act, Scope::Jurisdiction("adair-county"))
        });
        assert!(somebody, "{act}");
    }
}

#[test]
fn nobody_grants_more_than_they_have() {
    for granter in Role::ALL {
        for role in Role::ALL.into_iter().filter(|role| may_grant(granter, *role)) {
            assert_ne!(reach(granter, Act::Invite), Reach::Nothing, "{granter}");
            for act in Act::ALL {
                assert!(reach(granter, act) >= reach(role, act), "{granter} {role} {act}");
            }
        }
        let grants = Role::ALL.into_iter().any(|role| may_grant(granter, role));
        assert_eq!(grants, reach(granter, Act::Invite) != Reach::Nothing, "{granter}");
        assert!(granter == Role::Administrator || !may_grant(granter, Role::Administrator));
    }
}

#[test]
fn who_may_change_an_account_may_see_it() {
    let pairs = [
        (Act::ChangeOwnAccount, Act::SeeOwnAccount),
        (Act::ChangePerson, Act::SeePeople),
        (Act::ResetFactors, Act::SeePeople),
        (Act::Invite, Act::SeePeople),
        (Act::ChangeSettings, Act::SeeSettings),
        (Act::MakeTokens, Act::SeeTokens),
        (Act::ExportAudit, Act::SeeAudit),
        (Act::NoteCase, Act::SeeCase),
        (Act::DecideCase, Act::SeeCase),
        (Act::SeeEvidence, Act::SeeCase),
        (Act::SeeCase, Act::SeeCases),
        (Act::EnrolSensor, Act::SeeSensors),
        (Act::RetireSensor, Act::SeeSensors),
    ];
    for role in Role::ALL {
        for (first, then) in pairs {
            assert!(reach(role, first) <= reach(role, then), "{role}: {first} without {then}");
        }
    }
}

proptest! {
    #[test]
    fn who_is_bound_to_a_jurisdiction_never_leaves_it(who in any_actor(), act in any_act()) {
        prop_assume!(who.jurisdiction.is_some() && !is_own_account(act));
        for scope in everywhere(&ids()) {
            let own = who.jurisdiction.as_deref().map(Scope::Jurisdiction);
            prop_assert!(!may(&who, act, scope) || Some(scope) == own, "{act} {scope:?}");
        }
    }

    #[test]
    fn a_local_role_without_a_jurisdiction_reaches_nothing(
        act in any_act(), machine: bool, it: bool,
    ) {
        prop_assume!(!is_own_account(act));
        let who = actor(if it { Role::LocalIt } else { Role::LocalClerk }, None, machine);
        prop_assert_eq!(extent(&who, act), Extent::Nothing);
    }

    #[test]
    fn a_machine_never_does_what_is_for_people(who in any_actor(), act in any_act()) {
        let for_people = act.is_risky() || is_own_account(act) || matches!(
            act,
            Act::SeePeople | Act::SeeTokens | Act::SeeSettings | Act::DecideCase
        );
        let machine = Actor { machine: true, ..who.clone() };
        let person = Actor { machine: false, ..who };
        for scope in everywhere(&ids()) {
            prop_assert!(!may(&machine, act, scope) || !for_people);
            prop_assert!(!may(&machine, act, scope) || may(&person, act, scope));
        }
    }

    #[test]
    fn the_extent_is_what_may_allows(who in any_actor(), act in any_act()) {
        let ids = ids();
        let allowed = everywhere(&ids).filter(|scope| may(&who, act, *scope)).count();
        prop_assert_eq!(allowed, match extent(&who, act) {
            Extent::Nothing => 0,
            Extent::Jurisdiction(_) => 1,
            Extent::OwnAccount | Extent::Everything => ids.len() + 1,
        });
    }

    #[test]
    fn an_unknown_jurisdiction_is_nobodys(who in any_actor(), act in any_act(), id in "[a-z]{0,9}") {
        prop_assume!(who.jurisdiction.is_some() && !is_own_account(act));
        prop_assert!(!may(&who, act, Scope::Jurisdiction(&id)));
    }
}
