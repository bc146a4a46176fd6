//! A case taken out of another by hand: some of its sources, with the sealed records that name them.

use std::collections::BTreeSet;

use ward_desk::Body;
use ward_desk::case_file::{Act, Origin};
use ward_kernel::{Addr, Time};
use ward_live::{Kept, Standing};
use ward_store::evidence::{self, Seal, Sealed};
use ward_store::{Tx, case_files, cases};

use super::case_files::{Open, file_of};
use super::checked::{line, words};
use super::logs::{self, Sending};
use super::{Why, wrong};
use crate::desk::{Desk, Region};
use crate::fields::Fields;
use crate::who::Who;

/// Puts down in both files that some sources are a case of their own, and makes that case.
///
/// # Errors
/// What is wrong with what was sent, and those of the store.
pub(super) async fn put(desk: &Desk, who: &Who, open: Open, fields: &Fields) -> Result<(), Why> {
    let Open { mut tx, filed, file } = open;
    let (key, from) = (fields.text("key"), filed.case);
    let sources = chosen(&from, fields.text("sources"))?;
    let (title, why) = (line(fields, "title")?, words(fields, "text")?);
    let seals = seals_of(&mut tx, &from, &sources).await?;
    let id = id_of(&from.id, who, key);
    let named: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let act = Act::Split { into: id.clone(), sources: named.clone(), why: why.clone() };
    let sending = Sending { name: "case.split", key, body: Body::Act(act) };
    let Some(entered) = logs::enter(desk, who, &mut tx, file, sending).await? else {
        return Ok(());
    };
    let because = format!("Taken out of {} by hand: {}", from.id, why.as_str());
    let origin = Origin { from: from.id.clone(), sources: named, why };
    let new = Kept { title: title.to_string(), because: vec![because], ..made(&from, &sources) };
    let new = about(Kept { id: id.clone(), judged_id: id, ..new }, &seals, entered.at);
    case_files::put_split(tx.link(), &new, &from.id).await?;
    for seal in &seals {
        evidence::seal(tx.link(), &new.id, seal).await?;
    }
    let what = format!("taken out of case {} by hand, as {}", from.id, new.rung.name());
    cases::step(tx.link(), &new.id, entered.at, new.rung, &what).await?;
    let file = file_of(desk, &mut tx, &new).await?;
    let sending = Sending { name: "case.split", key, body: Body::Act(Act::Begin(origin)) };
    let begun = logs::enter(desk, who, &mut tx, file, sending).await?;
    // One audit row for both: it holds the seals of both entries.
    let begun = begun.map_or_else(String::new, |begun| format!("; {}: {}", new.id, begun.detail));
    let detail = entered.detail + &begun;
    tx.commit(who.did(entered.at, "case.split", &from.id, detail)).await?;
    desk.bell.send((Region::Cases, entered.whose));
    Ok(())
}

/// The id of what somebody takes out by a form: the same for the same form. No judgement gives such
/// a one.
fn id_of(from: &str, who: &Who, key: &str) -> String {
    format!("{from}-{}", logs::drawn(&[who.id(), key], 3))
}

/// The sources that were chosen, in order: some of the case's own, and not all.
fn chosen(case: &Kept, text: &str) -> Result<Vec<Addr>, Why> {
    let mut chosen = BTreeSet::new();
    for word in text.split([',', ';', ' ', '\t', '\n']).filter(|word| !word.is_empty()) {
        let known = word.parse::<Addr>().ok().filter(|addr| case.sources.contains(addr));
        // What was typed can be anything: a part of it says which is meant.
        let shown: String = word.chars().take(45).collect();
        let known = known.ok_or_else(|| {
            wrong("sources", format!("\"{shown}\" is no source that this case lists."))
        })?;
        chosen.insert(known);
    }
    if chosen.is_empty() {
        return Err(wrong("sources", "Write the sources that are a case of their own."));
    }
    if chosen.len() as u64 >= case.source_count {
        return Err(wrong("sources", "These are all of its sources: it would be the same case."));
    }
    Ok(chosen.into_iter().collect())
}

/// The sealed records that name one of the sources: one at least.
async fn seals_of(tx: &mut Tx, case: &Kept, sources: &[Addr]) -> Result<Vec<Seal>, Why> {
    let all = evidence::of(tx.link(), &case.id, None).await?;
    let named: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let is_theirs = |one: &Sealed| named.iter().any(|source| names(&one.line, source));
    let seals: Vec<Seal> = all.into_iter().filter(is_theirs).filter_map(seal_of).collect();
    if seals.is_empty() {
        // Of what it stands on a case says how much there is, and not from whom.
        let what = "No sealed record of this case names one of these sources, and a case without a \
                    record would stand on nothing: write what you know of them as a note.";
        return Err(wrong("sources", what));
    }
    Ok(seals)
}

fn seal_of(sealed: Sealed) -> Option<Seal> {
    let Sealed { stream, place, at, shows, line, sha256, .. } = sealed;
    Some(Seal { stream, place, at, shows, line, sha256: sha256.try_into().ok()? })
}

/// Whether a record names an address, and not one that only begins or ends like it.
fn names(record: &[u8], source: &str) -> bool {
    let is_v6 = source.contains(':');
    // A full stop behind it can end a sentence, and a colon stand before a port.
    let goes_on = |byte: &u8, behind: bool| match byte {
        b'.' => !behind,
        b':' => is_v6,
        byte => byte.is_ascii_hexdigit(),
    };
    record.windows(source.len()).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).and_then(|before| record.get(before));
        let after = at.checked_add(source.len()).and_then(|after| record.get(after));
        window.eq_ignore_ascii_case(source.as_bytes())
            && !before.is_some_and(|byte| goes_on(byte, false))
            && !after.is_some_and(|byte| goes_on(byte, true))
    })
}

/// The case of some sources: as the one that they were taken out of, with what is known of them
/// alone.
fn made(from: &Kept, sources: &[Addr]) -> Kept {
    let kept = |name: &str| from.body.get(name).cloned().unwrap_or_default();
    let body = serde_json::json!({
        "networks": [], "accounts": [], "targets": kept("targets"),
        "target_count": kept("target_count"), "related": [from.id],
    });
    Kept {
        sources: sources.to_vec(),
        source_count: sources.len() as u64,
        standing: Standing::Open,
        authorised: None,
        body,
        ..from.clone()
    }
}

/// With the span and the number of its own sealed records: how many others were theirs is not kept
/// for each source.
fn about(case: Kept, seals: &[Seal], now: Time) -> Kept {
    let first = seals.iter().map(|seal| seal.at).min().unwrap_or(case.first);
    let last = seals.iter().map(|seal| seal.at).max().unwrap_or(case.last);
    Kept { opened: now, updated: now, first, last, records: seals.len() as u64, ..case }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_as_a_whole() {
        for (record, named) in [
            ("Failed password for root from 192.0.2.7 port 4", true),
            ("192.0.2.7:443 > 198.51.100.1", true),
            ("blocked 192.0.2.7.", true),
            ("192.0.2.70 and 1192.0.2.7 and 192.0.2.", false),
            ("", false),
        ] {
            assert_eq!(names(record.as_bytes(), "192.0.2.7"), named, "{record}");
        }
        assert!(names(b"SRC=2001:DB8::7 DST=2001:db8::1", "2001:db8::7"));
        assert!(!names(b"2001:db8::77 2001:db8::7:1", "2001:db8::7"));
    }
}
