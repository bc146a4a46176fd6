//! The same thing in other views: judgement works over all records for the state and over each local
//! authority's own for that authority, so that one effort is a case of both, each with a file of its
//! own. What somebody puts down at the state's view can be put down in theirs as well, by one act and
//! in one transaction.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use ward_access::Act as Right;
use ward_desk::case_file::{Act, CaseFile, Stands, carried};
use ward_desk::{Body, Log, Machine as _};
use ward_kernel::Rung;
use ward_kernel::time::HOUR;
use ward_live::{Kept, STATE, is_one_family};
use ward_store::cases::{self, Filed, Handling, Owner};
use ward_store::{Error, Link, Tx, counterparts, logbook, queue};

use super::case_files::{self, file_of};
use super::cases::scope;
use super::logs::{self, Sending};
use super::{Why, whole, wrong};
use crate::bell::Whose;
use crate::desk::Desk;
use crate::fields::Fields;
use crate::ui::Errors;
use crate::who::Who;
use crate::words::KINDS;

/// Views that are shown with their files, and in whose files one act is put down at most.
pub(crate) const SHOWN: usize = 20;
/// Cases that are compared at a time.
const PART: i64 = 200;
/// Cases that are compared at most. What one source did is looked for by that source, and is far
/// below it.
pub(crate) const MOST: i64 = 2_000;
/// The same of each of the lines of a page that many have open, and that is made anew by every bell.
pub(crate) const FEW: i64 = PART;
/// How far apart the records of two views may lie, in microseconds: what judgement counts to a case
/// begins and ends elsewhere where it sees more.
const SLACK: i64 = HOUR;
/// Parts of a case whose other views are its own as well.
const PARTS: usize = 20;

/// The other views of what a case is about, the highest rung first: of a local authority's case the
/// state's, of the state's those of the authorities. Beside them whether these are all: more may lie
/// near the case than are compared. Of sources that a case does not list nothing is known.
///
/// # Errors
/// Those of the store.
pub(crate) async fn of(mut link: Link<'_>, case: &Kept) -> Result<(Vec<Filed>, bool), Error> {
    let (mut found, mut is_known) = same(link.again(), case, MOST).await?;
    if case.scope == STATE {
        // Work on a case goes on for those that are parts of it.
        for part in queue::parts(link.again(), &case.id).await?.iter().take(PARTS) {
            if let Some(part) = cases::by_id(link.again(), &part.id).await? {
                let (more, is_all) = same(link.again(), &part.case, MOST).await?;
                found.extend(more);
                is_known &= is_all;
            }
        }
    }
    sort(&mut found);
    Ok((found, is_known))
}

fn sort(found: &mut Vec<Filed>) {
    let order = |one: &Filed| (Reverse(one.seen), one.case.scope.clone(), one.case.id.clone());
    found.sort_by_key(order);
    found.dedup_by(|one, other| one.case.id == other.case.id);
}

/// The other views of one case among so many that lie near it, and whether no more do.
async fn same(mut link: Link<'_>, case: &Kept, most: i64) -> Result<(Vec<Filed>, bool), Error> {
    let (mut found, mut skip) = (Vec::new(), 0);
    // What names no source shares none.
    if case.sources.is_empty() {
        return Ok((found, true));
    }
    let (kinds, since) = (family(&case.kind), case.first.plus(-SLACK));
    while skip < most {
        let near = counterparts::near(link.again(), case, (&kinds, since), (skip, PART)).await?;
        let is_last = near.len() < usize::try_from(PART).unwrap_or(0);
        found.extend(near.into_iter().filter(|other| is_same(case, &other.case)));
        if is_last {
            return Ok((found, true));
        }
        skip = skip.saturating_add(PART);
    }
    Ok((found, false))
}

/// The kinds that a case of this kind can be where more or less is seen.
fn family(kind: &str) -> Vec<String> {
    let known = KINDS.iter().map(|(name, _)| *name).filter(|name| *name != kind);
    let others = known.filter(|name| is_one_family(name, kind));
    others.chain([kind]).map(str::to_owned).collect()
}

/// Whether two cases are two views of one thing.
fn is_same(one: &Kept, other: &Kept) -> bool {
    let (state, local) = if one.scope == STATE { (one, other) } else { (other, one) };
    let reaches = |one: &Kept, other: &Kept| one.first <= other.last.plus(SLACK);
    let sources: BTreeSet<_> = one.sources.iter().collect();
    state.scope == STATE
        && local.scope != STATE
        && is_one_family(&one.kind, &other.kind)
        && state.jurisdictions.contains(&local.scope)
        && reaches(one, other)
        && reaches(other, one)
        && other.sources.iter().any(|source| sources.contains(source))
}

/// Another view with its file.
pub(crate) struct View {
    pub(crate) filed: Filed,
    pub(crate) log: Arc<Log<CaseFile>>,
}

/// The first of these views with their files, and the others, which are named alone.
///
/// # Errors
/// Those of the store.
pub(crate) async fn with_files(
    mut link: Link<'_>,
    mut all: Vec<Filed>,
) -> Result<(Vec<View>, Vec<Filed>), Error> {
    let more = all.split_off(all.len().min(SHOWN));
    let mut views = Vec::with_capacity(all.len());
    for filed in all {
        let log = case_files::read(link.again(), &filed.case.id).await?;
        views.push(View { filed, log });
    }
    Ok((views, more))
}

/// What the state's desk makes of a local authority's case: of the words and places in its file
/// nothing.
pub(crate) struct Made {
    /// The state's case.
    pub(crate) id: String,
    /// How far it got as the state sees it. Higher than at the authority itself, it may have got so far
    /// at another: that is not theirs to read.
    pub(crate) rung: Rung,
    pub(crate) handling: Handling,
    /// Who has it.
    pub(crate) owner: Option<Owner>,
    /// Whether the state's desk works on it as a part of another case; then who has that one.
    pub(crate) is_part: bool,
    /// Whether it is a registered test.
    pub(crate) is_test: bool,
}

impl Made {
    /// Whether the state's desk looks at it no more.
    pub(crate) fn is_closed(&self) -> bool {
        self.handling == Handling::Closed
    }
}

/// What the state's desk makes of a local authority's case, by so many that lie near it; nothing where
/// it has none like it. Beside it whether that is known: more may lie there.
///
/// # Errors
/// Those of the store.
pub(crate) async fn made(
    mut link: Link<'_>,
    case: &Kept,
    most: i64,
) -> Result<(Vec<Made>, bool), Error> {
    let mut all = Vec::new();
    if case.scope == STATE {
        return Ok((all, true));
    }
    let (mut found, is_known) = same(link.again(), case, most).await?;
    sort(&mut found);
    for filed in found.into_iter().take(SHOWN) {
        let whole = match &filed.merged_into {
            Some(into) => cases::by_id(link.again(), into).await?,
            None => None,
        };
        let (owner, handling) = match &whole {
            Some(whole) => (whole.owner.clone(), whole.handling),
            None => (filed.owner, filed.handling),
        };
        all.push(Made {
            rung: filed.seen,
            handling,
            owner,
            is_part: whole.is_some(),
            is_test: filed.case.authorised.is_some(),
            id: filed.case.id,
        });
    }
    Ok((all, is_known))
}

/// The key of an entry that stands in the file of another view as well, by the case, the person and
/// the key of the act.
pub(crate) fn key_of(case: &str, by: &str, key: &str) -> String {
    logs::drawn(&["also", case, by, key], 16)
}

/// The views that were ticked, in whose files an act is put down as well.
///
/// # Errors
/// That one is none of the case's, and those of the store.
pub(super) async fn ticked(
    link: Link<'_>,
    who: &Who,
    (case, right): (&Kept, Right),
    fields: &Fields,
) -> Result<Vec<Filed>, Why> {
    let ids: BTreeSet<&str> = fields.all("also").collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if case.scope != STATE {
        let what = "From the state's view alone something is put down in the files of others.";
        return Err(wrong("also", what));
    }
    let (mut found, _) = of(link, case).await?;
    found.retain(|one| ids.contains(&*one.case.id) && who.may(right, scope(&one.case.scope)));
    if found.len() < ids.len() || ids.len() > SHOWN {
        let what = "A view that was ticked is none of this case any more: look at which are \
                    ticked, and send this once more.";
        return Err(wrong("also", what));
    }
    Ok(found)
}

/// An act that was put down at the state's view.
pub(super) struct Done<'a> {
    /// The state's case, as it stood before.
    pub(super) filed: &'a Filed,
    /// The name of the act in the audit, and the key that came with it.
    pub(super) name: &'static str,
    pub(super) key: &'a str,
    pub(super) act: &'a Act,
}

/// Puts an act down in the files of other views as well, each with its audit row; whose consoles
/// have news by it.
///
/// # Errors
/// That it would hide what judgement says there, or cannot follow there; those of the store.
pub(super) async fn put(
    desk: &Desk,
    who: &Who,
    tx: &mut Tx,
    done: &Done<'_>,
    views: Vec<Filed>,
) -> Result<Vec<Whose>, Why> {
    let mut news = Vec::new();
    for view in views {
        let Ok(act) = carried(done.act, stands(done.filed), stands(&view)) else {
            let place = place_of(desk, tx, &view.case.scope).await?;
            return Err(wrong("also", stands_higher(&place, &view)));
        };
        let Some(act) = act else { continue };
        match put_one(desk, who, tx, done, (&view, act)).await {
            Ok(whose) => news.extend(whose),
            // It says which file is meant.
            Err(Why::Wrong(errors)) => {
                let place = place_of(desk, tx, &view.case.scope).await?;
                return Err(wrong("also", in_file_of(&place, &errors)));
            }
            Err(why) => return Err(why),
        }
    }
    Ok(news)
}

/// Corrects an entry in the files in which it stands as well, whether their cases are still views of
/// this one or not; whose consoles have news by it.
///
/// # Errors
/// Those of the store, and that one of the files takes nothing more.
pub(super) async fn correct(
    desk: &Desk,
    who: &Who,
    tx: &mut Tx,
    (filed, log): (&Filed, &Log<CaseFile>),
    sending: &Sending<'_, Act>,
) -> Result<Vec<Whose>, Why> {
    let (from, mut news) = (&filed.case.id, Vec::new());
    let Body::Correction { of: number, text } = &sending.body else { return Ok(news) };
    let Some(entry) = log.entries().iter().find(|entry| entry.number == *number) else {
        return Ok(news);
    };
    if filed.case.scope != STATE {
        return Ok(news);
    }
    let told = key_of(from, &entry.by.id, &entry.key);
    let key = key_of(from, who.id(), sending.key);
    for (file, number) in logbook::keyed(tx.link(), CaseFile::KIND, (&entry.by.id, &told)).await? {
        let body = Body::Correction { of: number, text: text.clone() };
        let correction = Sending { name: sending.name, key: &key, body };
        news.extend(correct_one(desk, who, tx, (&file, from), correction).await?);
    }
    Ok(news)
}

/// Corrects it in one of them; nothing when that was done already.
async fn correct_one(
    desk: &Desk,
    who: &Who,
    tx: &mut Tx,
    (file, from): (&str, &str),
    sending: Sending<'_, Act>,
) -> Result<Option<Whose>, Why> {
    let Some(file) = logs::read::<CaseFile>(tx.link(), file).await? else { return Ok(None) };
    let (name, id) = (sending.name, case_files::case_of(&file.place.id).to_owned());
    let place = file.place.jurisdiction.clone().unwrap_or_default();
    let entered = match logs::enter(desk, who, tx, file, sending).await {
        Ok(Some(entered)) => entered,
        Ok(None) => return Ok(None),
        // It says which file is meant.
        Err(Why::Wrong(errors)) => {
            return Err(whole(in_file_of(&place_of(desk, tx, &place).await?, &errors)));
        }
        Err(why) => return Err(why),
    };
    let detail = format!("{}; as for {from}", entered.detail);
    tx.also(who.did(entered.at, name, &id, detail)).await?;
    Ok(Some(entered.whose))
}

/// What is wrong in the file of another view.
fn in_file_of(place: &str, errors: &Errors) -> String {
    format!("{place}'s own file: {}", errors.sentences())
}

/// Puts it down in one of them; nothing when it stands there already, because it was sent twice.
async fn put_one(
    desk: &Desk,
    who: &Who,
    tx: &mut Tx,
    done: &Done<'_>,
    (view, act): (&Filed, Act),
) -> Result<Option<Whose>, Why> {
    let (id, from) = (&view.case.id, &done.filed.case.id);
    let key = key_of(from, who.id(), done.key);
    let file = file_of(desk, tx, &view.case).await?;
    let sending = Sending { name: done.name, key: &key, body: Body::Act(act.clone()) };
    let Some(entered) = logs::enter(desk, who, tx, file, sending).await? else { return Ok(None) };
    case_files::write(tx.link(), id, entered.log.state(), &act).await?;
    let detail = format!("{}; as for {from}", entered.detail);
    tx.also(who.did(entered.at, done.name, id, detail)).await?;
    Ok(Some(entered.whose))
}

/// How a view stands.
pub(crate) fn stands(filed: &Filed) -> Stands {
    Stands { judged: filed.case.rung, seen: filed.seen }
}

/// What a local authority is called.
async fn place_of(desk: &Desk, tx: &mut Tx, id: &str) -> Result<String, Error> {
    let all = desk.jurisdictions(tx.link()).await?;
    let place = all.iter().find(|one| one.id == id);
    Ok(place.map_or_else(|| id.to_owned(), |one| one.name.clone()))
}

/// That an act goes no further than to views that stand no higher.
pub(crate) fn stands_higher(place: &str, view: &Filed) -> String {
    let rung = view.seen.max(view.case.rung);
    format!("{place}'s own view stands on {rung}: look at it by itself.")
}

#[cfg(test)]
mod tests {
    use ward_kernel::Time;
    use ward_live::Standing;

    use super::*;

    fn case(scope: &str, (first, last): (i64, i64), sources: &[&str]) -> Kept {
        Kept {
            id: format!("W-{scope}"),
            judged_id: String::new(),
            scope: scope.to_owned(),
            kind: "login.guess".to_owned(),
            rung: Rung::Attempt,
            title: String::new(),
            opened: Time::from_secs(0),
            updated: Time::from_secs(0),
            first: Time::from_secs(first * 60),
            last: Time::from_secs(last * 60),
            records: 1,
            sources: sources.iter().map(|source| source.parse().unwrap()).collect(),
            source_count: sources.len() as u64,
            jurisdictions: vec!["adair-county".to_owned(), "boone-county".to_owned()],
            authorised: None,
            because: Vec::new(),
            standing: Standing::Open,
            body: serde_json::Value::Null,
        }
    }

    #[test]
    fn two_views_of_one_thing() {
        let state = case("state", (100, 200), &["192.0.2.7", "192.0.2.9"]);
        let local = |first, last, source| case("adair-county", (first, last), &[source]);
        let of_kind = |kind: &str| Kept { kind: kind.to_owned(), ..local(120, 130, "192.0.2.7") };
        for (other, same) in [
            (local(120, 130, "192.0.2.9"), true),
            (local(0, 40, "192.0.2.7"), true),
            (local(0, 39, "192.0.2.7"), false),
            (local(260, 300, "192.0.2.7"), true),
            (local(261, 300, "192.0.2.7"), false),
            (local(120, 130, "192.0.2.8"), false),
            // It got in elsewhere: what is a guess here is more as the state sees it.
            (of_kind("login.guess_then_success"), true),
            (of_kind("login.spray"), true),
            (of_kind("web.sqli"), false),
            (case("cass-county", (120, 130), &["192.0.2.7"]), false),
            (case("state", (120, 130), &["192.0.2.7"]), false),
        ] {
            assert_eq!(is_same(&state, &other), same, "{other:?}");
            assert_eq!(is_same(&other, &state), same, "as seen from there");
        }
        let (adair, boone) =
            (local(120, 130, "192.0.2.7"), case("boone-county", (120, 130), &["192.0.2.7"]));
        assert!(!is_same(&adair, &boone), "of what others have no local authority learns");
    }

    #[test]
    fn the_same_act_has_the_same_key_there() {
        let key = key_of("W-1", "p-1", "key-one-1");
        assert_eq!((key.len(), &key), (32, &key_of("W-1", "p-1", "key-one-1")));
        assert_ne!(key, key_of("W-2", "p-1", "key-one-1"));
        assert_ne!(key, key_of("W-1", "p-2", "key-one-1"));
    }
}
