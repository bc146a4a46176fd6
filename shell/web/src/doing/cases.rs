//! Cases, as they are found and read. What people make of one is in [`super::case_files`].

use serde::Deserialize;
use ward_access::{Act, Scope};
use ward_live::{Kept, STATE, Standing};
use ward_store::cases::{self, Filed};
use ward_store::{Error, Link};

use crate::refused::{Refused, not_found};
use crate::who::Who;

/// Cases that share a source, as far as they are named.
const RELATED: usize = 12;

/// What of the engine's own words about a case is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Body {
    pub(crate) networks: Vec<String>,
    pub(crate) known: Option<String>,
    pub(crate) accounts: Vec<String>,
    pub(crate) targets: Vec<String>,
    pub(crate) target_count: u64,
    related: Vec<String>,
}

impl Body {
    /// That of a case: what it does not say is empty.
    pub(crate) fn of(case: &Kept) -> Self {
        serde_json::from_value(case.body.clone()).unwrap_or_default()
    }

    /// The cases of the same scope that share a source with this one, as far as they are kept.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn related(
        &self,
        mut link: Link<'_>,
        case: &Kept,
    ) -> Result<Vec<Kept>, Error> {
        let mut related = Vec::new();
        for id in self.related.iter().take(RELATED) {
            let other = cases::by_id(link.again(), id).await?.map(|filed| filed.case);
            related.extend(other.filter(|other| other.scope == case.scope));
        }
        Ok(related)
    }
}

/// The name under which judgement's word on a case is kept and shown.
pub(crate) const fn standing_name(standing: &Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Gone => "gone",
        Standing::Merged(_) => "merged",
    }
}

/// The scope of a case, as acts are asked about it.
pub(crate) fn scope(case: &str) -> Scope<'_> {
    if case == STATE { Scope::State } else { Scope::Jurisdiction(case) }
}

/// A case that somebody may do this to; not found otherwise.
pub(crate) async fn found(link: Link<'_>, who: &Who, id: &str, act: Act) -> Result<Filed, Refused> {
    let filed = cases::by_id(link, id).await?.ok_or_else(not_found)?;
    let place = scope(&filed.case.scope);
    if who.may(Act::SeeCase, place) && who.may(act, place) { Ok(filed) } else { Err(not_found()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_says_less_is_read() {
        let body: Body = serde_json::from_str(r#"{"accounts":["root"],"new":1}"#).unwrap();
        assert_eq!((body.accounts.len(), body.target_count), (1, 0));
    }

    #[test]
    fn scopes() {
        assert_eq!(scope("state"), Scope::State);
        assert_eq!(scope("adair-county"), Scope::Jurisdiction("adair-county"));
    }
}
