//! What people make of a case: its file, and what lists need of it, written in one transaction.

use std::sync::Arc;

use ward_access::{Act as Right, Reach, reach};
use ward_desk::case_file::{Act, CaseFile, Decision, Placed};
use ward_desk::communications::Way;
use ward_desk::{Body, By, Log, Words};
use ward_live::STATE;
use ward_store::cases::{self, Handling};
use ward_store::people::{self, Person};
use ward_store::{Error, Link, Tx, case_files, logbook, queue};

use super::cases::found;
use super::checked::{line, number, unknown, words};
use super::counterparts::{self, Done, ticked};
use super::logs::{self, Filed, Sending};
use super::{Why, checked, split, wrong};
use crate::bell::Whose;
use crate::desk::{Desk, Region};
use crate::fields::Fields;
use crate::refused::not_found;
use crate::ui::Errors;
use crate::who::Who;
use crate::words::rung;

/// The file of a case.
pub(crate) type File = Filed<CaseFile>;

/// A case that something is to be put down for, in the transaction that does it.
pub(super) struct Open {
    pub(super) tx: Tx,
    pub(super) filed: cases::Filed,
    pub(super) file: File,
}

/// What stands in the file of a case; nothing when nobody has written into it.
///
/// # Errors
/// Those of the store.
pub(crate) async fn read(link: Link<'_>, case: &str) -> Result<Arc<Log<CaseFile>>, Error> {
    let filed = logs::read::<CaseFile>(link, &id_of(case)).await?;
    Ok(filed.map(|filed| filed.log).unwrap_or_default())
}

/// The people who can have a case: those of the state who may work on it.
///
/// # Errors
/// Those of the store.
pub(crate) async fn hands(link: Link<'_>) -> Result<Vec<Person>, Error> {
    let mut all = people::list(link, None).await?;
    all.retain(|one| {
        let may = reach(one.role, Right::WorkCase) == Reach::Everything;
        one.active && one.jurisdiction.is_none() && may
    });
    Ok(all)
}

/// Writes a note to a case, and into the files of the views that were ticked, or corrects an entry
/// of its file.
///
/// # Errors
/// When it is not found, or what was sent cannot be taken.
pub(crate) async fn note(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let mut open = open(desk, who, id, Right::NoteCase).await?;
    let key = fields.text("key");
    if fields.text("act") == "correct" {
        let of = number(fields, "entry", "Choose the entry to correct.")?;
        let body = Body::Correction { of, text: words(fields, "text")? };
        return put(desk, who, open, (Sending { name: "case.correct", key, body }, Vec::new()))
            .await;
    }
    let body = Body::Act(Act::Note { text: words(fields, "note")? });
    let also = ticked(open.tx.link(), who, (&open.filed.case, Right::NoteCase), fields).await?;
    put(desk, who, open, (Sending { name: "case.note", key, body }, also)).await
}

/// Puts down what is to become of a case, and of the views that were ticked.
///
/// # Errors
/// When it is not found, nothing was chosen, or no reason is given.
pub(crate) async fn decide(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let mut open = open(desk, who, id, Right::DecideCase).await?;
    let (name, reason) = (fields.text("handling"), fields.text("reason"));
    let mut errors = Errors::new();
    let to = Decision::named(name);
    if to.is_none() {
        errors = errors.add("handling", "Choose open, watched or closed.");
    }
    let why = Words::new(reason).map_err(|why| match (reason.is_empty(), to) {
        (true, Some(Decision::Closed)) => "Say why it is closed.".to_owned(),
        (true, _) => "Say why.".to_owned(),
        (false, _) => why.to_string(),
    });
    if let Err(why) = &why {
        errors = errors.add("reason", why);
    }
    checked(errors)?;
    let (Some(to), Ok(why)) = (to, why) else { return Err(unknown()) };
    let also = ticked(open.tx.link(), who, (&open.filed.case, Right::DecideCase), fields).await?;
    let is_so = open.filed.handling == handling(to) && open.filed.reason == why.as_str();
    if is_so && also.is_empty() {
        return Ok(());
    }
    let body = Body::Act(Act::Decide { to, why });
    let sending = Sending { name: "case.decide", key: fields.text("key"), body };
    put(desk, who, open, (sending, also)).await
}

/// Works on a case: who has it, tasks, its rung, what it is a part of, whom the office told.
///
/// # Errors
/// When it is not found, or what was sent cannot be taken.
pub(crate) async fn work(desk: &Desk, who: &Who, id: &str, fields: &Fields) -> Result<(), Why> {
    let mut open = open(desk, who, id, Right::WorkCase).await?;
    let (key, mut also) = (fields.text("key"), Vec::new());
    let (name, act) = match fields.text("act") {
        "take" => ("case.take", Act::Take),
        "give" => ("case.give", Act::Give { to: hand(open.tx.link(), fields).await? }),
        "release" => ("case.release", Act::Release),
        "task" => ("case.task", Act::Task { what: line(fields, "what")? }),
        "task-done" => {
            let how = fields.given("text").map(|_| words(fields, "text")).transpose()?;
            ("case.task-done", Act::TaskDone { task: task(fields)?, how })
        }
        "task-drop" => {
            ("case.task-drop", Act::TaskDrop { task: task(fields)?, why: words(fields, "text")? })
        }
        "rung" => {
            also = ticked(open.tx.link(), who, (&open.filed.case, Right::WorkCase), fields).await?;
            ("case.rung", placed(&open, fields)?)
        }
        "merge" => ("case.merge", merged(&mut open, fields).await?),
        "take-out" => ("case.take-out", Act::TakeOut { why: words(fields, "text")? }),
        "split" => return split::put(desk, who, open, fields).await,
        "told" => {
            let way = Way::named(fields.text("way"));
            let way = way.ok_or_else(|| wrong("way", "Choose by which way they were told."))?;
            let (whom, what) = (line(fields, "whom")?, words(fields, "text")?);
            ("case.told", Act::Told { whom, what, way })
        }
        _ => return Err(unknown()),
    };
    put(desk, who, open, (Sending { name, key, body: Body::Act(act) }, also)).await
}

async fn open(desk: &Desk, who: &Who, id: &str, right: Right) -> Result<Open, Why> {
    let mut tx = desk.store.begin().await?;
    let filed = found(tx.link(), who, id, right).await?;
    let file = file_of(desk, &mut tx, &filed.case).await?;
    Ok(Open { tx, filed, file })
}

/// The file of a case, begun when there is none.
pub(super) async fn file_of(desk: &Desk, tx: &mut Tx, case: &ward_live::Kept) -> Result<File, Why> {
    let (id, now) = (id_of(&case.id), desk.now());
    let place = logbook::Log {
        id: id.clone(),
        kind: <CaseFile as ward_desk::Machine>::KIND.to_owned(),
        jurisdiction: (case.scope != STATE).then(|| case.scope.clone()),
        begun: now,
        updated: now,
        open: true,
    };
    if logbook::begin(tx.link(), &place).await? {
        return Ok(Filed { place, log: Arc::default() });
    }
    Ok(logs::read(tx.link(), &id).await?.ok_or_else(not_found)?)
}

/// Puts an entry down, and what lists need of it; the act in the files of other views as well.
async fn put(
    desk: &Desk,
    who: &Who,
    open: Open,
    (sending, also): (Sending<'_, Act>, Vec<cases::Filed>),
) -> Result<(), Why> {
    let Open { mut tx, filed, file } = open;
    let Sending { name, key, .. } = sending;
    let act = match &sending.body {
        Body::Act(act) => Some(act.clone()),
        Body::Correction { .. } => None,
    };
    let id = filed.case.id.as_str();
    let corrected =
        counterparts::correct(desk, who, &mut tx, (&filed, file.log.as_ref()), &sending).await?;
    let Some(entered) = logs::enter(desk, who, &mut tx, file, sending).await? else {
        return again(desk, who, (tx, &filed), (name, key, act), also).await;
    };
    let mut news = vec![entered.whose];
    news.extend(corrected);
    if let Some(act) = &act {
        if filed.case.scope == STATE && is_told(act) {
            news.push(concerned(tx.link(), &filed.case).await?);
        }
        write(tx.link(), id, entered.log.state(), act).await?;
        let done = Done { filed: &filed, name, key, act };
        news.extend(counterparts::put(desk, who, &mut tx, &done, also).await?);
    }
    tx.commit(who.did(entered.at, name, id, entered.detail)).await?;
    for whose in news {
        desk.bell.send((Region::Cases, whose));
    }
    Ok(())
}

/// What was sent before is sent again: with other views ticked it is put down in their files now. What
/// moves a rung was held against where the case stood then, and is not moved a second time.
async fn again(
    desk: &Desk,
    who: &Who,
    (mut tx, filed): (Tx, &cases::Filed),
    (name, key, act): (&'static str, &str, Option<Act>),
    also: Vec<cases::Filed>,
) -> Result<(), Why> {
    let Some(act) = act.filter(|act| !matches!(act, Act::Rung { .. })) else { return Ok(()) };
    let done = Done { filed, name, key, act: &act };
    let news = counterparts::put(desk, who, &mut tx, &done, also).await?;
    if !news.is_empty() {
        tx.commit(who.did(desk.now(), name, &filed.case.id, "sent again, for others too")).await?;
    }
    for whose in news {
        desk.bell.send((Region::Cases, whose));
    }
    Ok(())
}

/// Whether local authorities read it on the pages of their own views: that somebody has it, on which
/// rung it stands, what was decided.
const fn is_told(act: &Act) -> bool {
    matches!(
        act,
        Act::Take
            | Act::Give { .. }
            | Act::Release
            | Act::Rung { .. }
            | Act::Merge { .. }
            | Act::TakeOut { .. }
            | Act::Decide { .. }
    )
}

/// The local authorities that read of a case of the state's: of what is made of it they read where
/// theirs is about a part of it as well.
async fn concerned(link: Link<'_>, case: &ward_live::Kept) -> Result<Whose, Error> {
    let parts = queue::parts(link, &case.id).await?;
    let all = parts.iter().flat_map(|part| &part.jurisdictions).chain(&case.jurisdictions);
    Ok(all.map(String::as_str).collect())
}

/// The columns by which lists know what an entry says.
pub(super) async fn write(
    link: Link<'_>,
    id: &str,
    state: &CaseFile,
    act: &Act,
) -> Result<(), Error> {
    match act {
        Act::Take | Act::Give { .. } | Act::Release => {
            let owner = state.owner.as_ref().map(|owner| owner.id.as_str());
            case_files::set_owner(link, id, owner).await?;
        }
        Act::Rung { .. } => {
            let desk = state.placed.map(|Placed { rung, judged }| (rung, judged));
            case_files::set_rung(link, id, desk).await?;
        }
        Act::Merge { .. } | Act::TakeOut { .. } => {
            let of = state.merged.as_ref().map(|merged| (merged.into.as_str(), merged.judged));
            case_files::set_part(link, id, of).await?;
        }
        Act::Decide { to, why } => {
            cases::set_handling(link, id, handling(*to), why.as_str()).await?;
        }
        Act::Begin(_)
        | Act::Note { .. }
        | Act::Task { .. }
        | Act::TaskDone { .. }
        | Act::TaskDrop { .. }
        | Act::Split { .. }
        | Act::Told { .. } => {}
    }
    Ok(())
}

/// The rung on which the desk sees it. A page says where judgement had the case when it was drawn:
/// whoever decides against it has seen what they decide against.
fn placed(open: &Open, fields: &Fields) -> Result<Act, Why> {
    let to = rung(fields.text("rung")).ok_or_else(|| wrong("rung", "Choose a rung."))?;
    let judged = open.filed.case.rung;
    if fields.given("judged").is_some_and(|name| name != judged.name()) {
        let what = "Judgement has put it on another rung meanwhile: look at why, then send this \
                    once more.";
        return Err(wrong("rung", what));
    }
    Ok(Act::Rung { to, judged, why: words(fields, "text")? })
}

/// The case that this one is to be a part of.
async fn merged(open: &mut Open, fields: &Fields) -> Result<Act, Why> {
    let (case, into) = (&open.filed.case, fields.text("into"));
    let known = cases::by_id(open.tx.link(), into).await?;
    let known = known.filter(|other| other.case.scope == case.scope && other.case.id != case.id);
    let Some(other) = known else {
        return Err(wrong("into", "Choose another case of the same list."));
    };
    if let Some(of) = &other.merged_into {
        return Err(wrong("into", format!("That case is a part of {of}: choose that one.")));
    }
    if !queue::parts(open.tx.link(), &case.id).await?.is_empty() {
        let what = "Other cases are parts of this one: take them out first, or merge the other \
                    way round.";
        return Err(wrong("into", what));
    }
    let (into, judged) = (other.case.id, case.rung);
    Ok(Act::Merge { into, judged, why: words(fields, "text")? })
}

/// Whom a case is given.
async fn hand(link: Link<'_>, fields: &Fields) -> Result<By, Why> {
    let chosen = fields.text("to");
    let found = hands(link).await?.into_iter().find(|one| one.id == chosen);
    let found = found.ok_or_else(|| wrong("to", "Choose who is to have it."))?;
    Ok(By { id: found.id, name: found.name })
}

/// What lists call a decision.
const fn handling(decision: Decision) -> Handling {
    match decision {
        Decision::Open => Handling::Open,
        Decision::Watched => Handling::Watched,
        Decision::Closed => Handling::Closed,
    }
}

fn id_of(case: &str) -> String {
    format!("case-{case}")
}

/// The case whose file a log is.
pub(super) fn case_of(log: &str) -> &str {
    log.strip_prefix("case-").unwrap_or(log)
}

fn task(fields: &Fields) -> Result<u64, Why> {
    number(fields, "task", "Choose the task.")
}
