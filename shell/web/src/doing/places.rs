//! Jurisdictions by what people call them.

use ward_access::{Jurisdiction, JurisdictionKind};

/// Names that a sentence gives when several fit.
const NAMED: usize = 4;

/// Why a text names no jurisdiction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum NotOne {
    /// None is called so.
    Unknown,
    /// Several are; the first few by name.
    Several(Vec<String>),
}

/// The one jurisdiction that a text names: by its id, by its name, or by the only name that begins
/// with it.
///
/// # Errors
/// That there is none, or which they can be.
pub(crate) fn one<'a>(all: &[&'a Jurisdiction], text: &str) -> Result<&'a Jurisdiction, NotOne> {
    let wanted = plain(text);
    let exactly = |one: &&&Jurisdiction| {
        let name = plain(&one.name);
        one.id == wanted || name == wanted || name == format!("{wanted} county")
    };
    if let Some(one) = all.iter().find(exactly) {
        return Ok(one);
    }
    let begin: Vec<&Jurisdiction> =
        all.iter().copied().filter(|one| plain(&one.name).starts_with(&wanted)).collect();
    match begin.as_slice() {
        _ if wanted.is_empty() => Err(NotOne::Unknown),
        [] => Err(NotOne::Unknown),
        [one] => Ok(one),
        many => Err(NotOne::Several(many.iter().take(NAMED).map(|one| one.name.clone()).collect())),
    }
}

/// All jurisdictions that a text can mean: by id, by a word of the name, or by a county in which
/// they conduct elections.
pub(crate) fn like<'a>(all: &[&'a Jurisdiction], text: &str) -> Vec<&'a Jurisdiction> {
    let wanted = plain(text);
    let wanted = wanted.strip_suffix(" county").unwrap_or(&wanted);
    if wanted.chars().count() < 3 {
        return Vec::new();
    }
    let begins = |name: &str| {
        let name = plain(name);
        name.starts_with(wanted) || name.contains(&format!(" {wanted}"))
    };
    let fits = |one: &&&Jurisdiction| {
        one.id == plain(text).replace(' ', "-")
            || begins(&one.name)
            || one.counties.iter().any(|county| begins(county))
    };
    let office = |one: &&&Jurisdiction| one.kind != JurisdictionKind::State || begins(&one.name);
    all.iter().filter(fits).filter(office).copied().collect()
}

/// Small letters, and no more than one space at a time; a full stop after "St" does not matter.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace('.', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(names: &[(&str, &str, &str)]) -> Vec<Jurisdiction> {
        let of = |(id, name, county): &(&str, &str, &str)| Jurisdiction {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            kind: JurisdictionKind::Clerk,
            counties: vec![(*county).to_owned()],
        };
        names.iter().map(of).collect()
    }

    #[test]
    fn by_what_people_call_them() {
        let all = made(&[
            ("adair-county", "Adair County", "Adair"),
            ("st-louis-city", "St. Louis City", "St. Louis City"),
            ("st-louis-county", "St. Louis County", "St. Louis"),
            ("kansas-city", "Kansas City", "Jackson"),
        ]);
        let all: Vec<&Jurisdiction> = all.iter().collect();
        let id = |text: &str| one(&all, text).map(|one| one.id.as_str());
        assert_eq!(id("ADAIR"), Ok("adair-county"));
        assert_eq!(id(" adair  county "), Ok("adair-county"));
        assert_eq!(id("adair-county"), Ok("adair-county"));
        assert_eq!(id("ad"), Ok("adair-county"));
        assert_eq!(id("st louis city"), Ok("st-louis-city"));
        assert_eq!(id("atlantis"), Err(NotOne::Unknown));
        assert_eq!(id(""), Err(NotOne::Unknown));
        // What is called so exactly comes before what begins so.
        assert_eq!(id("St. Louis"), Ok("st-louis-county"));
        assert!(matches!(id("st"), Err(NotOne::Several(names)) if names.len() == 2));
        let ids =
            |text: &str| like(&all, text).iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids("Jackson County"), ["kansas-city"]);
        assert_eq!(ids("louis"), ["st-louis-city", "st-louis-county"]);
        assert_eq!(ids("city"), ["st-louis-city", "kansas-city"]);
        assert_eq!((ids("a"), ids("192.0.2.1")), (vec![], vec![]));
    }
}
