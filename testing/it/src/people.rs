//! The people of a desk: it is set up and they come in as people do, by its pages.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use ward_access::totp;
use ward_kernel::Time;

use crate::browser::{Answer, Browser, Site};

/// Nobody's password: it opens a desk that lives as long as a bench.
const PASSWORD: &str = "lantern orbit mustard quilt";

/// Whom a person is invited as.
#[derive(Clone, Copy, Debug)]
pub struct Guest<'a> {
    /// How they are called.
    pub name: &'a str,
    /// By what they sign in.
    pub email: &'a str,
    /// Their role's name: `local-clerk`.
    pub role: &'a str,
    /// The id of their jurisdiction; empty for the state's people.
    pub place: &'a str,
}

/// Sets the desk up by its link; its administrator.
pub async fn set_up(site: &Site, link: &str) -> Result<Browser, String> {
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

/// Invites somebody, who comes in by the link, chooses a password and adds an authenticator app.
pub async fn join(site: &Site, admin: &mut Browser, guest: Guest<'_>) -> Result<Browser, String> {
    let fields = [
        ("name", guest.name),
        ("email", guest.email),
        ("role", guest.role),
        ("jurisdiction", guest.place),
        ("organisation", if guest.role == "partner" { "Example partners" } else { "" }),
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
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
    Time::from_micros(i64::try_from(since.as_micros()).expect("this century"))
}
