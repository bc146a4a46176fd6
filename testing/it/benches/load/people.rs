//! The people of the desk: it is set up and they come in as people do, by its pages.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use ward_access::totp;
use ward_kernel::Time;

use crate::browser::{Answer, Browser, Site};
use crate::options::PLACES;

/// Nobody's password: it opens a desk that lives for half an hour.
const PASSWORD: &str = "lantern orbit mustard quilt";

/// Whoever looks on.
pub(crate) struct Person {
    pub(crate) role: &'static str,
    pub(crate) browser: Browser,
}

/// Sets the desk up by its link; everybody who looks on, the administrator first.
pub(crate) async fn all(site: &Site, link: &str) -> Result<Vec<Person>, String> {
    let mut admin = set_up(site, link).await?;
    let mut people = Vec::new();
    for (role, place) in
        [("lead", ""), ("analyst", ""), ("local-clerk", PLACES[0]), ("auditor", "")]
    {
        let browser = join(site, &mut admin, role, place).await?;
        people.push(Person { role, browser });
    }
    people.insert(0, Person { role: "administrator", browser: admin });
    Ok(people)
}

async fn set_up(site: &Site, link: &str) -> Result<Browser, String> {
    let mut browser = Browser::new(site);
    let path = link.strip_prefix(&site.origin).ok_or("the link is the desk's")?;
    browser.get(path).await?.is(200);
    let office = [
        ("state", "MO"),
        ("name", "Office of Example State"),
        ("zone", "America/Chicago"),
        ("list", "missouri"),
    ];
    browser.post("/set-up/office", &office).await?.leads_to("/set-up");
    let first = [
        ("name", "Desk administrator"),
        ("email", "administrator@office.example"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    browser.post("/set-up/administrator", &first).await?.leads_to("/set-up");
    let page = browser.get("/set-up").await?.is(200);
    enrol(&mut browser, "/set-up/factor", &page).await?;
    Ok(browser)
}

async fn join(
    site: &Site,
    admin: &mut Browser,
    role: &str,
    place: &str,
) -> Result<Browser, String> {
    let (name, email) = (format!("Desk {role}"), format!("{role}@office.example"));
    let fields = [
        ("name", name.as_str()),
        ("email", email.as_str()),
        ("role", role),
        ("jurisdiction", place),
        ("organisation", ""),
    ];
    let link = admin.post("/people/invite", &fields).await?.is(200).block("one-time-link");
    let mut browser = Browser::new(site);
    browser.get(link.strip_prefix(&site.origin).ok_or("the link is the desk's")?).await?.is(200);
    let chosen = [("password", PASSWORD), ("again", PASSWORD)];
    browser.post("/invitation", &chosen).await?.leads_to("/account/factors");
    let page = browser.get("/account/factors/add").await?.is(200);
    enrol(&mut browser, "/account/factors/add", &page).await?;
    Ok(browser)
}

/// Adds an authenticator app, as a page shows it.
async fn enrol(browser: &mut Browser, path: &str, page: &Answer) -> Result<(), String> {
    let typed = page.block("secret-to-type-by-hand").replace(' ', "");
    let secret = BASE32_NOPAD.decode(typed.as_bytes()).map_err(|e| e.to_string())?;
    let sealed = page.between("type=\"hidden\" name=\"secret\" value=\"", "\"");
    let code = totp::code(&secret, now()).ok_or("no code")?;
    let fields = [("how", "app"), ("secret", sealed.as_str()), ("code", code.as_str())];
    browser.post(path, &fields).await?.is(200);
    Ok(())
}

/// The machine's clock.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
    Time::from_micros(i64::try_from(since.as_micros()).expect("this century"))
}
