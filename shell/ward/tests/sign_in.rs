//! `ward serve` with a real identity provider: panva's certified `oidc-provider`, run by node on
//! loopback as the tests of the relying party run it. A browser goes by the button to the provider,
//! signs in there, and comes back to a session of the desk.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

#[path = "../../oidc/tests/real/browser.rs"]
mod browser;
#[path = "sign_in/desk.rs"]
mod desk;
#[path = "../../oidc/tests/real/node.rs"]
mod node;

use std::path::Path;

use browser::Browser;
use desk::{Answer, Desk, Visitor};
use node::{Issuers, Node};
use ward_access::{OrganisationKind, Role, codes, missouri};
use ward_kernel::Time;
use ward_store::office::{self, Organisation};
use ward_store::people::{self, Person};
use ward_store::{Audit, Store, audit, factors, meta};
use ward_web::keys::hashed;

/// Behind which the desk's proxy would stand; the provider knows the desk by it.
const ORIGIN: &str = "https://desk.example";
const REDIRECT: &str = "https://desk.example/sign-in/back";
/// The one recovery code of the account that has no other second factor.
const CODE: [u8; codes::RECOVERY_BYTES] = [5; codes::RECOVERY_BYTES];

#[tokio::test]
async fn through_a_real_provider_to_a_session() {
    let Some(node) = Node::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    office(folder.path()).await;
    settings(folder.path(), &node.issuers);
    let desk = Desk::start(folder.path(), ORIGIN);

    let mut secrets = two_factors_there(&desk).await;
    secrets.extend(one_factor_there(&desk).await);
    secrets.extend(nobody_of_the_desk(&desk).await);
    whoever_turns_back(&desk).await;
    let log = desk.stop();
    for secret in secrets.iter().map(String::as_str).chain(["@desk.example", "a secret: of"]) {
        assert!(!log.contains(secret), "{secret} stands in the log: {log}");
    }
    put_down(folder.path(), &node.issuers, &secrets).await;
}

/// Three providers, each with another way to show that it is the desk.
fn settings(folder: &Path, issuers: &Issuers) {
    let secret = folder.join("sign-in.secret");
    std::fs::write(&secret, "a secret: of+the/desk%\n").unwrap();
    for (path, mode) in [(secret.as_path(), 0o600), (folder, 0o700)] {
        let private = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(path, private).unwrap();
    }
    let text = format!(
        "[[sign_in]]\nissuer = \"{}\"\nclient_id = \"RS256-basic\"\nlabel = \"State account\"\n\
         client_secret_file = \"sign-in.secret\"\nallowed_domains = [\"desk.example\"]\n\
         second_factor = \"provider\"\n\
         [[sign_in]]\nissuer = \"{}\"\nclient_id = \"ES256-public\"\nlabel = \"County account\"\n\
         [[sign_in]]\nissuer = \"{}\"\nclient_id = \"PS256-post\"\nlabel = \"Partner account\"\n\
         client_secret_file = \"sign-in.secret\"\n",
        issuers.in_token, issuers.userinfo, issuers.post
    );
    std::fs::write(folder.join("ward.toml"), text).unwrap();
}

/// An office with two analysts, of whom one has recovery codes alone.
async fn office(folder: &Path) {
    let store = Store::open_folder(folder).await.unwrap();
    store.migrate().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    office::set_jurisdictions(tx.link(), &missouri()).await.unwrap();
    let organisation = Organisation {
        id: "state".to_owned(),
        kind: OrganisationKind::StateOffice,
        name: "Office of Example State".to_owned(),
        jurisdiction: None,
    };
    office::add_organisation(tx.link(), &organisation).await.unwrap();
    for name in ["two", "analyst"] {
        let person = Person {
            id: format!("p-{name}"),
            name: format!("Desk person {name}"),
            email: format!("{name}@desk.example"),
            role: Role::Analyst,
            organisation: "state".to_owned(),
            jurisdiction: None,
            active: true,
            created: Time::from_secs(0),
            last_sign_in: None,
        };
        people::add(tx.link(), &person).await.unwrap();
        // They have come in by their invitation: only then does an address bind.
        people::set_password(tx.link(), &person.id, "a hash").await.unwrap();
    }
    factors::set_codes(tx.link(), "p-analyst", &[hashed(&CODE)]).await.unwrap();
    meta::set(tx.link(), office::SETUP_DONE, "1").await.unwrap();
    tx.commit(Audit::Machine).await.unwrap();
    store.close().await;
}

/// There by the button, through the provider as an account, and back; what came back of secrets.
async fn sign_in(visitor: &mut Visitor, number: usize, account: &str) -> (Answer, Vec<String>) {
    let page = visitor.get("/sign-in");
    let way = format!("/sign-in/elsewhere/{number}");
    assert!(page.body.contains(&format!("href=\"{way}\"")), "{}", page.body);
    let to = visitor.get(&way).leads_to();
    let brought = Browser::default().sign_in(&to, account, REDIRECT).await;
    let (code, state) = (brought.code.unwrap(), brought.state.unwrap());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &state)
        .append_pair("iss", &brought.iss.unwrap())
        .finish();
    let answer = visitor.led(&format!("/sign-in/back?{query}"));
    (answer, vec![code, state])
}

async fn two_factors_there(desk: &Desk) -> Vec<String> {
    let mut visitor = desk.visitor();
    let (home, secrets) = sign_in(&mut visitor, 0, "two").await;
    assert_eq!(home.status, 200, "{}", home.body);
    assert!(home.body.contains("Desk person two") && home.body.contains("Home"), "{}", home.body);
    assert!(visitor.cookies.contains_key("__Host-ward-session"), "{:?}", visitor.cookies);
    assert!(!visitor.cookies.contains_key("__Host-ward-elsewhere"));
    // The same account again, in another browser: bound, and not bound again.
    let mut other = desk.visitor();
    let (home, more) = sign_in(&mut other, 0, "two").await;
    assert!(home.body.contains("Desk person two"), "{}", home.body);
    [secrets, more].concat()
}

async fn one_factor_there(desk: &Desk) -> Vec<String> {
    let mut visitor = desk.visitor();
    let mut all = Vec::new();
    for number in [0, 1, 2] {
        let (page, secrets) = sign_in(&mut visitor, number, "analyst").await;
        assert!(page.body.contains("Second factor"), "{}", page.body);
        assert_eq!(visitor.get("/people").leads_to(), "/second-factor?then=L3Blb3BsZQ");
        all.extend(secrets);
        visitor.cookies.clear();
    }
    let (_, secrets) = sign_in(&mut visitor, 1, "analyst").await;
    let form = format!("how=recovery&code={}", codes::write(&CODE));
    let to = visitor.post("/second-factor", &form).leads_to();
    assert_eq!(to, "/account/factors?now=recovery");
    assert!(visitor.get("/").body.contains("Desk person analyst"));
    all.extend(secrets);
    all
}

async fn nobody_of_the_desk(desk: &Desk) -> Vec<String> {
    let mut all = Vec::new();
    for (account, says) in
        [("stranger", "no account with the e-mail address"), ("new", "has not verified")]
    {
        let mut visitor = desk.visitor();
        let (page, secrets) = sign_in(&mut visitor, 0, account).await;
        assert_eq!(page.status, 403, "{}", page.body);
        assert!(page.body.contains(says), "{}", page.body);
        assert!(visitor.cookies.is_empty(), "{:?}", visitor.cookies);
        all.extend(secrets);
    }
    all
}

async fn whoever_turns_back(desk: &Desk) {
    let mut visitor = desk.visitor();
    let to = visitor.get("/sign-in/elsewhere/0").leads_to();
    let brought = Browser::default().cancel(&to, REDIRECT).await;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", &brought.error.unwrap())
        .append_pair("state", &brought.state.unwrap())
        .append_pair("iss", &brought.iss.unwrap())
        .finish();
    let page = visitor.led(&format!("/sign-in/back?{query}"));
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(page.body.contains("You did not sign in with State account"), "{}", page.body);
}

/// What was done stands in the audit, and nothing secret does.
async fn put_down(folder: &Path, issuers: &Issuers, secrets: &[String]) {
    let store = Store::open_folder(folder).await.unwrap();
    let mut read = store.read().await.unwrap();
    let rows = audit::in_order(read.link(), 1, 1000).await.unwrap();
    let of = |act: &str| {
        let those = rows.iter().filter(|row| row.entry.act == act);
        those.map(|row| (row.entry.actor.as_str(), row.entry.detail.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(
        of("elsewhere.bind"),
        [
            ("p-two", issuers.in_token.as_str()),
            ("p-analyst", &issuers.in_token),
            ("p-analyst", &issuers.userinfo),
            ("p-analyst", &issuers.post)
        ]
    );
    let there = ("p-two", "at State account");
    assert_eq!(of("session.begin"), [there, there, ("p-analyst", "by a recovery code")]);
    assert_eq!(of("session.elsewhere").len(), 4);
    let refused: Vec<_> = of("session.refused").into_iter().map(|(_, detail)| detail).collect();
    assert_eq!(
        refused,
        [
            "at State account: no such account",
            "at State account: not allowed in by the settings",
            "at State account: declined"
        ]
    );
    let all = format!("{rows:?}");
    assert!(secrets.iter().all(|secret| !all.contains(secret)), "{all}");
    drop(read);
    store.close().await;
}
