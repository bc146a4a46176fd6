//! The same thing in two views: judgement works over all records for the state, and over each local
//! authority's own for that authority, so that one effort is a case of both. Which of those that are
//! found here belong together, by what they say, is the caller's to ask.

use ward_kernel::Time;
use ward_live::{Kept, STATE};

use crate::cases::{Filed, FiledColumns, filed, filed_of, joined};
use crate::look::Named;
use crate::query::{plain, rows};
use crate::{Error, Link};

/// What narrows by columns that one index holds, and then by a text that judgement must hold, so that
/// only the cases that stay are read.
macro_rules! near {
    ($whose:literal) => {
        concat!(
            filed!(),
            " WHERE c.id IN (SELECT n.id FROM incident_case AS n WHERE ",
            $whose,
            " AND n.standing = 'open' AND n.last >= $2 \
             AND replace($7, ',' || n.kind || ',', '') <> $7 AND ($3 = '' OR replace(n.body, $3, '') <> n.body) \
             ORDER BY abs(n.last - $4), n.id LIMIT $5 OFFSET $6) ORDER BY c.scope, c.id"
        )
    };
}

/// Cases of the other view that may be about the same as this one: of a local authority's case the
/// state's, of the state's those of the authorities that it touches. Judgement has them now, they are of
/// one of the `kinds`, and their last record is not before `since`; to a case of one source they name
/// it. Those whose last record is nearest to its own come first: `skip` of them are passed over, and
/// `limit` given at most.
///
/// # Errors
/// [`Error::Damaged`] when what is stored is no case.
pub async fn near(
    link: Link<'_>,
    case: &Kept,
    (kinds, since): (&[String], Time),
    (skip, limit): (i64, i64),
) -> Result<Vec<Filed>, Error> {
    const OF_A_PLACE: &str = near!("n.scope = 'state' AND n.place IN ($1, '+')");
    const OF_THE_STATE: &str = near!(
        "n.scope IN (SELECT j.id FROM jurisdiction AS j WHERE replace($1, ',' || j.id || ',', '') \
         <> $1)"
    );
    let (sql, places) = if case.scope == STATE {
        (OF_THE_STATE, joined(&case.jurisdictions))
    } else {
        (OF_A_PLACE, case.scope.clone())
    };
    let needle = match case.sources.as_slice() {
        [only] if case.source_count <= 1 => Named::Whole(&only.to_string()).needle(),
        _ => String::new(),
    };
    let (since, last) = (since.micros(), case.last.micros());
    let found: Vec<FiledColumns> =
        rows!(link, sql, plain(&places), since, needle, last, limit, skip, joined(kinds));
    found.into_iter().map(filed_of).collect()
}
