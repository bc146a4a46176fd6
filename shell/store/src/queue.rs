//! Lists of cases: narrowed, ordered, and folded by what cases have in common.

use ward_kernel::{Rung, Time};

use crate::batch::unsigned;
use crate::cases::{Handling, Owner, joined, owner_of, rung_of, split};
use crate::query::{plain, row, rows, value};
use crate::{Error, Link};

/// The place of a case that touches more than one jurisdiction.
pub const SEVERAL: &str = "+";

/// A case on a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The rung that counts: that of judgement, or the desk's own.
    pub rung: Rung,
    /// The rung of judgement.
    pub judged: Rung,
    /// One line for the page.
    pub title: String,
    /// When it was opened.
    pub opened: Time,
    /// When it last changed.
    pub updated: Time,
    /// Its first record.
    pub first: Time,
    /// Its last record.
    pub last: Time,
    /// Records that it stands on.
    pub records: u64,
    /// Whether it belongs to a registered test.
    pub authorised: bool,
    /// `open`, `gone` or `merged`, by judgement or by people.
    pub standing: String,
    /// What people made of it.
    pub handling: Handling,
    /// The jurisdictions that it touches.
    pub jurisdictions: Vec<String>,
    /// Who has it.
    pub owner: Option<Owner>,
}

/// Who has the cases that are asked for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Owned {
    /// Anybody, or nobody.
    #[default]
    Any,
    /// Nobody.
    ByNobody,
    /// The person of this id.
    By(String),
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Order {
    /// The highest rung first, then the one that changed last.
    #[default]
    Newest,
    /// The highest rung first, then those that nobody has, then the one that waits longest;
    /// registered tests behind all of their rung.
    Waiting,
    /// The one that was opened last first, on whatever rung; registered tests behind all.
    Opened,
}

/// Which cases to list; empty fields do not narrow.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// This rung or a higher one.
    pub rung: Option<Rung>,
    /// That rung alone.
    pub alone: bool,
    /// What people made of it.
    pub handling: Option<Handling>,
    /// Also those that no judgement has any more, and those that are a part of another.
    pub with_past: bool,
    /// A part of the title, the kind or the id; small and capital letters are the same.
    pub text: String,
    /// A jurisdiction that it touches.
    pub jurisdiction: Option<String>,
    /// The one jurisdiction that it touches; [`SEVERAL`], or nothing when it touches none.
    pub place: Option<String>,
    /// Its kind, exactly.
    pub kind: Option<String>,
    /// Who has it.
    pub owned: Owned,
    /// In which order.
    pub order: Order,
}

/// Cases that have rung, kind, place and owner in common.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Group {
    /// The rung that counts.
    pub rung: Rung,
    /// Their kind.
    pub kind: String,
    /// The one jurisdiction that each touches; [`SEVERAL`], or nothing when they touch none.
    pub place: String,
    /// Who has them.
    pub owner: Option<Owner>,
    /// How many there are.
    pub cases: u64,
    /// The first and the last of their ids: all of them, when there are two at most.
    pub ids: (String, String),
    /// When the first of them was opened.
    pub opened: Time,
    /// Their last record.
    pub last: Time,
}

/// The most groups that are read: more are never needed to fold a page.
const GROUPS: i64 = 10_000;

/// What narrows a list by columns that the index holds.
macro_rules! narrowed {
    // In the order of the rung.
    () => {
        narrowed!("($4 = 1 OR (c.standing = 'open' AND c.merged_into IS NULL)) AND c.seen >= $2")
    };
    // Without the past, which grows: a stretch of the index that holds every column.
    (now) => {
        narrowed!("$4 = 0 AND c.standing = 'open' AND c.merged_into IS NULL AND c.seen >= $2")
    };
    // With it, by the same index: SQLite takes the other one unless it is kept from it, and reads
    // all cases for it.
    (past) => {
        narrowed!("$4 = 1 AND +c.seen >= $2")
    };
    ($standing:literal) => {
        concat!(
            " FROM incident_case AS c WHERE c.scope = $1 AND ",
            $standing,
            " AND ($3 = '' OR c.handling = $3) AND ($5 = '' OR c.kind = $5) \
             AND ($6 = 0 OR c.seen = $2) AND ($7 = '*' OR c.place = $7) \
             AND ($8 = '*' OR coalesce(c.owner, '') = $8)"
        )
    };
}

/// What narrows it by words, for which the cases themselves are read; `none` where nothing is asked of
/// them, so that the index alone is.
macro_rules! worded {
    (none) => {
        " AND $9 = '' AND $10 = ''"
    };
    () => {
        " AND ($9 = '' OR replace(c.jurisdictions, $9, '') <> c.jurisdictions) \
         AND ($10 = '' OR replace(lower(c.title || ' ' || c.kind || ' ' || c.id), $10, '') \
         <> lower(c.title || ' ' || c.kind || ' ' || c.id))"
    };
}

/// The columns of a [`Line`], but for what the owner is called.
macro_rules! columns {
    () => {
        "SELECT c.id AS id, c.kind AS kind, c.seen AS seen, c.rung AS rung, c.title AS title, \
         c.opened AS opened, c.updated AS updated, c.first AS first, c.last AS last, \
         c.records AS records, c.authorised AS authorised, CASE WHEN c.merged_into IS NULL \
         THEN c.standing ELSE 'merged' END AS standing, c.handling AS handling, \
         c.jurisdictions AS jurisdictions, c.owner AS owner"
    };
}

/// Lines with what their owners are called, of a query that gives [`columns`].
macro_rules! named {
    ($($part:expr),+) => {
        concat!(
            "SELECT l.id, l.kind, l.seen, l.rung, l.title, l.opened, l.updated, l.first, l.last, \
             l.records, l.authorised, l.standing, l.handling, l.jurisdictions, l.owner, p.name \
             FROM (", $($part),+, ") AS l LEFT JOIN person AS p ON p.id = l.owner"
        )
    };
}

type LineColumns = (
    String,
    String,
    i64,
    i64,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
);

/// A filter, as it is bound.
struct Asked {
    rung: i64,
    handling: &'static str,
    past: i64,
    kind: String,
    alone: i64,
    place: String,
    owner: String,
    jurisdiction: String,
    text: String,
}

impl Asked {
    fn of(filter: &Filter) -> Self {
        // What stands for anything: no id is called so.
        const ANY: &str = "*";
        let kept =
            |text: Option<&str>, none: &str| -> String { plain(text.unwrap_or(none)).into() };
        let owner = match &filter.owned {
            Owned::Any => Some(ANY),
            Owned::ByNobody => None,
            Owned::By(id) => Some(id.as_str()),
        };
        let jurisdiction = filter.jurisdiction.as_ref();
        let jurisdiction = jurisdiction.map(|id| joined(std::slice::from_ref(id)));
        Self {
            rung: filter.rung.map_or(0, |rung| rung as i64),
            handling: filter.handling.map_or("", Handling::as_str),
            past: i64::from(filter.with_past),
            kind: kept(filter.kind.as_deref(), ""),
            alone: i64::from(filter.alone),
            place: kept(filter.place.as_deref(), ANY),
            owner: kept(owner, ""),
            jurisdiction: kept(jurisdiction.as_deref(), ""),
            // Both engines make only A to Z small.
            text: plain(filter.text.trim()).to_ascii_lowercase(),
        }
    }
}

/// Asks with a filter, which is bound to `$1` to `$10`, and with what stands behind it.
macro_rules! asked {
    ($how:ident, $link:expr, $sql:expr, $scope:expr, $filter:expr $(, $more:expr)*) => {{
        let asked = Asked::of($filter);
        $how!(
            $link, $sql, plain($scope), asked.rung, asked.handling, asked.past, asked.kind,
            asked.alone, asked.place, asked.owner, asked.jurisdiction, asked.text $(, $more)*
        )
    }};
}

impl Filter {
    /// The text to ask by: that of what is there now, with the past, or of cases' words.
    fn text_of(&self, [now, past, worded]: [&'static str; 3]) -> &'static str {
        match (self.jurisdiction.is_none() && self.text.trim().is_empty(), self.with_past) {
            (false, _) => worded,
            (true, false) => now,
            (true, true) => past,
        }
    }
}

/// A part of a list: what is on it is found first, and only those cases are read.
macro_rules! page {
    ($standing:tt, waiting) => {
        page!(
            $standing,
            "c.seen DESC, c.authorised, (c.owner IS NOT NULL), c.opened, c.id",
            "l.seen DESC, l.authorised, (l.owner IS NOT NULL), l.opened, l.id"
        )
    };
    ($standing:tt, opened) => {
        page!($standing, "c.authorised, c.opened DESC, c.id", "l.authorised, l.opened DESC, l.id")
    };
    ($standing:tt, $inner:literal, $outer:literal) => {
        concat!(
            named!(
                columns!(),
                " FROM incident_case AS c WHERE c.id IN (SELECT c.id",
                narrowed!($standing),
                worded!(),
                " ORDER BY ",
                $inner,
                " LIMIT $11 OFFSET $12)"
            ),
            " ORDER BY ",
            $outer
        )
    };
}

/// Cases of a scope in the order that is asked for.
///
/// # Errors
/// Those of the engine.
pub async fn list(
    link: Link<'_>,
    scope: &str,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Line>, Error> {
    const NEWEST: &str = concat!(
        named!(
            columns!(),
            narrowed!(),
            worded!(),
            " ORDER BY c.seen DESC, c.updated DESC, c.id LIMIT $11 OFFSET $12"
        ),
        " ORDER BY l.seen DESC, l.updated DESC, l.id"
    );
    const WAITING: &str = page!(now, waiting);
    const WAITING_PAST: &str = page!(past, waiting);
    const OPENED: &str = page!(now, opened);
    const OPENED_PAST: &str = page!(past, opened);
    let sql = match (filter.order, filter.with_past) {
        (Order::Newest, _) => NEWEST,
        (Order::Waiting, false) => WAITING,
        (Order::Waiting, true) => WAITING_PAST,
        (Order::Opened, false) => OPENED,
        (Order::Opened, true) => OPENED_PAST,
    };
    let found: Vec<LineColumns> = asked!(rows, link, sql, scope, filter, limit, offset);
    found.into_iter().map(line_of).collect()
}

/// A case as lists show it.
///
/// # Errors
/// Those of the engine.
pub async fn line(link: Link<'_>, id: &str) -> Result<Option<Line>, Error> {
    const READ: &str = named!(columns!(), " FROM incident_case AS c WHERE c.id = $1");
    let found: Option<LineColumns> = row!(link, READ, plain(id));
    found.map(line_of).transpose()
}

/// The cases that people made a part of another, the first opened first.
///
/// # Errors
/// Those of the engine.
pub async fn parts(link: Link<'_>, id: &str) -> Result<Vec<Line>, Error> {
    const READ: &str = concat!(
        named!(columns!(), " FROM incident_case AS c WHERE c.merged_into = $1"),
        " ORDER BY l.opened, l.id"
    );
    let found: Vec<LineColumns> = rows!(link, READ, plain(id));
    found.into_iter().map(line_of).collect()
}

/// How many cases [`list`] would give without a limit.
///
/// # Errors
/// Those of the engine.
pub async fn count(link: Link<'_>, scope: &str, filter: &Filter) -> Result<i64, Error> {
    const NOW: &str = concat!("SELECT count(*)", narrowed!(now), worded!(none));
    const PAST: &str = concat!("SELECT count(*)", narrowed!(past), worded!(none));
    const WORDED: &str = concat!("SELECT count(*)", narrowed!(), worded!());
    let sql = filter.text_of([NOW, PAST, WORDED]);
    Ok(asked!(value, link, sql, scope, filter))
}

/// How many of the cases that [`count`] counts belong to registered tests.
///
/// # Errors
/// Those of the engine.
pub async fn tests(link: Link<'_>, scope: &str, filter: &Filter) -> Result<u64, Error> {
    const NOW: &str =
        concat!("SELECT count(*)", narrowed!(now), worded!(none), " AND c.authorised = 1");
    const PAST: &str =
        concat!("SELECT count(*)", narrowed!(past), worded!(none), " AND c.authorised = 1");
    const WORDED: &str =
        concat!("SELECT count(*)", narrowed!(), worded!(), " AND c.authorised = 1");
    let sql = filter.text_of([NOW, PAST, WORDED]);
    let count: i64 = asked!(value, link, sql, scope, filter);
    Ok(unsigned(count))
}

type GroupColumns =
    (i64, String, String, Option<String>, Option<String>, i64, String, String, i64, i64);

/// The groups of a query.
macro_rules! grouped {
    ($($part:expr),+) => {
        concat!(
            "SELECT g.seen, g.kind, g.place, g.owner, p.name, g.cases, g.one, g.two, g.opened, \
             g.last FROM (SELECT c.seen AS seen, c.kind AS kind, c.place AS place, c.owner AS owner, \
             count(*) AS cases, min(c.id) AS one, max(c.id) AS two, min(c.opened) AS opened, \
             max(c.last) AS last",
            $($part),+,
            " GROUP BY c.seen, c.kind, c.place, c.owner) AS g \
             LEFT JOIN person AS p ON p.id = g.owner \
             ORDER BY g.seen DESC, g.cases DESC, g.kind, g.place, g.one LIMIT $11"
        )
    };
}

/// The cases of a scope, folded: the highest rung first, then the largest group. All cases of the
/// filter are in them, each once.
///
/// # Errors
/// Those of the engine.
pub async fn groups(link: Link<'_>, scope: &str, filter: &Filter) -> Result<Vec<Group>, Error> {
    const NOW: &str = grouped!(narrowed!(now), worded!(none));
    const PAST: &str = grouped!(narrowed!(past), worded!(none));
    const WORDED: &str = grouped!(narrowed!(), worded!());
    let sql = filter.text_of([NOW, PAST, WORDED]);
    let found: Vec<GroupColumns> = asked!(rows, link, sql, scope, filter, GROUPS);
    found.into_iter().map(group_of).collect()
}

fn line_of(columns: LineColumns) -> Result<Line, Error> {
    let (
        id,
        kind,
        rung,
        judged,
        title,
        opened,
        updated,
        first,
        last,
        records,
        authorised,
        standing,
        handling,
        ids,
        owner,
        name,
    ) = columns;
    Ok(Line {
        id,
        kind,
        rung: rung_of(rung)?,
        judged: rung_of(judged)?,
        title,
        opened: Time::from_micros(opened),
        updated: Time::from_micros(updated),
        first: Time::from_micros(first),
        last: Time::from_micros(last),
        records: unsigned(records),
        authorised: authorised == 1,
        standing,
        handling: handling.parse().map_err(Error::Damaged)?,
        jurisdictions: split(&ids),
        owner: owner_of(owner, name),
    })
}

fn group_of(columns: GroupColumns) -> Result<Group, Error> {
    let (rung, kind, place, owner, name, cases, one, two, opened, last) = columns;
    Ok(Group {
        rung: rung_of(rung)?,
        kind,
        place,
        owner: owner_of(owner, name),
        cases: unsigned(cases),
        ids: (one, two),
        opened: Time::from_micros(opened),
        last: Time::from_micros(last),
    })
}
