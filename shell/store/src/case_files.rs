//! What people write beside a case, as far as lists need it. The words of it stand in the room's
//! logs, and whoever writes here puts its entry down in the same transaction.

use ward_kernel::Rung;
use ward_live::Kept;

use crate::cases::{counted, upsert};
use crate::query::{execute, plain, plain_opt};
use crate::{Error, Link};

/// Works out again what counts of judgement and of what the desk put against it.
const COUNT_AGAIN: &str =
    concat!("UPDATE incident_case SET ", counted!("incident_case.rung"), " WHERE id = $1");

/// Puts down who has a case; false when there is none.
///
/// # Errors
/// Those of the engine.
pub async fn set_owner(link: Link<'_>, id: &str, owner: Option<&str>) -> Result<bool, Error> {
    const SET: &str = "UPDATE incident_case SET owner = $2 WHERE id = $1";
    Ok(execute!(link, SET, plain(id), plain_opt(owner)) == 1)
}

/// Puts down on which rung the desk sees a case, and where judgement has it; `None` when the desk
/// has no view of its own. False when there is no such case.
///
/// # Errors
/// Those of the engine.
pub async fn set_rung(
    mut link: Link<'_>,
    id: &str,
    desk: Option<(Rung, Rung)>,
) -> Result<bool, Error> {
    const SET: &str = "UPDATE incident_case SET desk_rung = $2, desk_judged = $3 WHERE id = $1";
    let (rung, judged) = desk.map(|(rung, judged)| (rung as i64, judged as i64)).unzip();
    let set = execute!(link.again(), SET, plain(id), rung, judged);
    execute!(link, COUNT_AGAIN, plain(id));
    Ok(set == 1)
}

/// Puts down that a case is a part of another, and where judgement has it; `None` when it is one of
/// its own. False when there is no such case.
///
/// # Errors
/// Those of the engine.
pub async fn set_part(
    mut link: Link<'_>,
    id: &str,
    of: Option<(&str, Rung)>,
) -> Result<bool, Error> {
    const SET: &str =
        "UPDATE incident_case SET desk_into = $2, desk_into_judged = $3 WHERE id = $1";
    let (into, judged) = of.map(|(into, judged)| (plain(into), judged as i64)).unzip();
    let set = execute!(link.again(), SET, plain(id), into, judged);
    execute!(link, COUNT_AGAIN, plain(id));
    Ok(set == 1)
}

/// Puts down a case that people took out of another. Judgement does not know it and leaves it
/// alone.
///
/// # Errors
/// Those of the engine.
pub async fn put_split(mut link: Link<'_>, case: &Kept, from: &str) -> Result<(), Error> {
    const SET: &str = "UPDATE incident_case SET split_from = $2 WHERE id = $1";
    upsert(link.again(), case).await?;
    execute!(link, SET, plain(&case.id), plain(from));
    Ok(())
}
