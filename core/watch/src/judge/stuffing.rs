//! Guessing at web forms whose answers do not say that a guess was wrong.
//!
//! Many forms answer a wrong password with 200 and a friendly page, or with a redirect like that
//! of a right one. What remains to be seen is a source that does nothing but send such forms.

use std::collections::BTreeSet;

use ward_kernel::{Addr, Rung};

use super::docket::Docket;
use super::draft::{Draft, Family, count};
use crate::state::web::Web;

/// Forms to sign in that one source sends, at least.
const FORMS: u32 = 20;

/// Cases of sources that send forms and next to nothing else; `told` have a case already.
#[must_use]
pub(super) fn judge(docket: &Docket<'_>, told: &BTreeSet<Addr>) -> Vec<Draft> {
    let sends = docket.web.iter().filter(|(addr, _, web)| is_stuffing(web) && !told.contains(addr));
    sends.map(|(addr, _, web)| case(*addr, web)).collect()
}

/// People read a page before they sign in, and fetch its style sheets.
const fn is_stuffing(web: &Web) -> bool {
    web.sign_ins >= FORMS && web.sign_ins >= web.requests / 5 * 4 && web.assets < web.sign_ins / 10
}

fn case(addr: Addr, web: &Web) -> Draft {
    let mut draft = Draft::new(Family::Login, Rung::Attempt, "web.stuffing");
    draft.sources.insert(addr);
    draft.records = u64::from(web.sign_ins);
    draft.aims("web sign-in".to_owned(), draft.records);
    if let Some([first, last]) = web.ends {
        draft.spans(first.0, last.0);
        draft.evidence.push((first.0, first.1, "first form"));
        draft.evidence.push((last.0, last.1, "last form"));
    }
    draft.title = format!("{} sent to sign in", count(draft.records, "form"));
    draft.because(format!(
        "{} to sign in among {}, and no page, no style sheet as people fetch them",
        count(draft.records, "form"),
        count(u64::from(web.requests), "request"),
    ));
    draft.because("the answers do not say whether a guess was right: look at what they led to");
    draft
}
