//! Looking for indicators in one row group.

use parquet::data_type::ByteArray;
use parquet::errors::Result;

use super::Scope;
use super::plan::{Plan, Span, between};
use super::tally::Tally;
use crate::damage::{guarded, wrong};
use crate::file::{KeyPage, PartFile};
use crate::rows::{Keys, Rest, Values};

/// A row that an indicator was found in.
struct Hit {
    row: usize,
    key: ByteArray,
    indicator: u32,
    /// Whether the key is one of many that the indicator stands for.
    wide: bool,
}

/// Looks for indicators in one row group and counts what is found.
pub(crate) fn search_group(
    day: i32,
    file: &PartFile,
    group: usize,
    plan: &Plan,
    scope: &Scope<'_>,
    tally: &mut Tally,
) -> Result<()> {
    guarded(|| {
        let hits = find(file, group, plan)?;
        if hits.is_empty() { Ok(()) } else { count(day, file, group, &hits, scope, tally) }
    })
}

/// The rows of the row group that are looked for, in order.
fn find(file: &PartFile, group: usize, plan: &Plan) -> Result<Vec<Hit>> {
    let Some(bounds) = file.groups.get(group) else { return Ok(Vec::new()) };
    let (kind, min, max) = (bounds.kind, &bounds.min, &bounds.max);
    let spans: Vec<_> = plan.spans(kind).iter().filter(|span| span.touches(min, max)).collect();
    let mut exact = plan.exact(kind, min, max).to_vec();
    if !exact.is_empty()
        && let Some(bloom) = file.bloom(group)?
    {
        exact.retain(|(key, _)| bloom.check(key.as_str()));
    }
    let mut hits = Vec::new();
    if exact.is_empty() && spans.is_empty() {
        return Ok(hits);
    }
    let mut column = Keys::of(file, group)?;
    let (mut passed, mut keys) = (0, Vec::new());
    for page in file.key_pages(group)? {
        let here = between(&exact, &page.min, &page.max);
        if here.is_empty() && !spans.iter().any(|span| span.touches(&page.min, &page.max)) {
            continue;
        }
        column.skip(page.start.saturating_sub(passed))?;
        keys.clear();
        column.read(page.rows, &mut keys)?;
        passed = page.start.saturating_add(page.rows);
        find_exact(&page, &keys, here, &mut hits);
        let wide =
            |key: &str, add: &mut dyn FnMut(u32)| plan.wide(kind, key, &mut |place| add(place));
        find_wide(&page, &keys, &spans, wide, &mut hits)?;
    }
    hits.sort_by_key(|hit| hit.row);
    Ok(hits)
}

/// Finds keys as they are: the page's keys are sorted.
fn find_exact(page: &KeyPage, keys: &[ByteArray], wanted: &[(String, u32)], hits: &mut Vec<Hit>) {
    for (text, indicator) in wanted {
        let from = keys.partition_point(|key| key.data() < text.as_bytes());
        let same =
            keys.iter().enumerate().skip(from).take_while(|(_, key)| key.data() == text.as_bytes());
        hits.extend(same.map(|(at, key)| Hit {
            row: page.start.saturating_add(at),
            key: key.clone(),
            indicator: *indicator,
            wide: false,
        }));
    }
}

/// Looks at every key of the runs that touch the page.
fn find_wide(
    page: &KeyPage,
    keys: &[ByteArray],
    spans: &[&Span],
    indicators: impl Fn(&str, &mut dyn FnMut(u32)),
    hits: &mut Vec<Hit>,
) -> Result<()> {
    for span in spans.iter().filter(|span| span.touches(&page.min, &page.max)) {
        let from = keys.partition_point(|key| key.data() < span.from.as_bytes());
        let run = keys.iter().enumerate().skip(from).take_while(|(_, key)| span.holds(key.data()));
        for (at, key) in run {
            indicators(key.as_utf8()?, &mut |indicator| {
                let row = page.start.saturating_add(at);
                hits.push(Hit { row, key: key.clone(), indicator, wide: true });
            });
        }
    }
    Ok(())
}

/// Reads the other columns at the rows that were hit, and counts them.
fn count(
    day: i32,
    file: &PartFile,
    group: usize,
    hits: &[Hit],
    scope: &Scope<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let Some(bounds) = file.groups.get(group) else { return Ok(()) };
    let mut rest = Rest::of(file, group)?;
    let mut values = Values::default();
    let mut passed = 0_usize;
    // One stretch of neighbouring rows at a time; several hits may share a row.
    for stretch in hits.chunk_by(|left, right| right.row.saturating_sub(left.row) <= 1) {
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { continue };
        rest.skip(first.row.saturating_sub(passed))?;
        passed = last.row.saturating_add(1);
        values.clear();
        rest.read(passed.saturating_sub(first.row), &mut values)?;
        for hit in stretch {
            let at = hit.row.saturating_sub(first.row);
            let row = values.row(at, bounds.kind, &hit.key);
            let row = row.ok_or_else(|| wrong("a text is not UTF-8"))?;
            if scope.holds(row.jurisdiction) {
                tally.count(day, hit.indicator, hit.wide, &row);
            }
        }
    }
    Ok(())
}
