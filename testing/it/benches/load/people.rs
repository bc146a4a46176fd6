//! Whoever looks on.

use ward_it::browser::{Browser, Site};
use ward_it::people::{Guest, join, set_up};

use crate::options::PLACES;

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
        let (name, email) = (format!("Desk {role}"), format!("{role}@office.example"));
        let guest = Guest { name: &name, email: &email, role, place };
        people.push(Person { role, browser: join(site, &mut admin, guest).await? });
    }
    people.insert(0, Person { role: "administrator", browser: admin });
    Ok(people)
}
