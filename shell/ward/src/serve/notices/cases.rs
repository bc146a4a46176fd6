//! What is told of a case: that it opened, or rose, from attempt on.

use ward_desk::notices::{Topic, one_line};
use ward_kernel::Rung;
use ward_live::{Change, STATE, Standing, Turn};
use ward_store::notices::New;

/// Reasons that are told.
const REASONS: usize = 3;

/// What is told of what became of a case; `None` for most of it. A registered test is told to
/// nobody: whoever asked for it knows.
pub(in crate::serve) fn event(change: &Change) -> Option<New> {
    let case = &change.case;
    let risen = matches!(change.turn, Turn::Opened | Turn::Raised { .. });
    let told = case.rung >= Rung::Attempt && case.authorised.is_none();
    if !risen || !told || case.standing != Standing::Open {
        return None;
    }
    let scope = (case.scope != STATE).then(|| case.scope.clone());
    let reasons: Vec<String> =
        case.because.iter().take(REASONS).map(|because| one_line(because)).collect();
    Some(New {
        key: format!("case-{}/{}/{}", case.id, case.updated.micros(), case.rung),
        at: case.updated,
        topic: Topic::Case.name().to_owned(),
        rung: Some(case.rung),
        object: case.id.clone(),
        actor: String::new(),
        title: one_line(&case.title),
        because: reasons.join("\n"),
        // Whoever acts for one place learns of no other.
        places: scope.as_ref().map_or_else(|| case.jurisdictions.clone(), |own| vec![own.clone()]),
        scope,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(scope: &str, rung: Rung, turn: Turn) -> Change {
        let case = serde_json::json!({
            "id": "c-1", "judged_id": "c-1", "scope": scope, "kind": "login.guess",
            "rung": rung.name(), "title": "Guesses", "opened": 0, "updated": 0, "first": 0,
            "last": 0, "records": 9, "sources": [], "source_count": 0,
            "jurisdictions": ["boone-county", "cole-county"], "authorised": null,
            "because": ["one", "two\r\nBcc: x", "three", "four"], "standing": "open", "body": null,
        });
        Change { case: serde_json::from_value(case).unwrap(), turn }
    }

    #[test]
    fn what_rises_is_told_and_a_scan_never() {
        for turn in [Turn::Opened, Turn::Raised { from: Rung::Scan }] {
            let told = event(&change(STATE, Rung::Attempt, turn)).unwrap();
            assert_eq!((told.scope, told.places.len()), (None, 2));
            assert_eq!(told.because, "one\ntwo Bcc: x\nthree");
        }
        for (rung, turn) in [
            (Rung::Scan, Turn::Opened),
            (Rung::Attempt, Turn::Updated),
            (Rung::Attempt, Turn::Lowered { from: Rung::Access }),
            (Rung::Access, Turn::Gone),
        ] {
            assert_eq!(event(&change(STATE, rung, turn)), None, "{rung}");
        }
        let local = event(&change("boone-county", Rung::Access, Turn::Opened)).unwrap();
        assert_eq!(local.scope.as_deref(), Some("boone-county"));
        assert_eq!(local.places, ["boone-county"], "and of no other place");
        let mut test = change(STATE, Rung::Access, Turn::Opened);
        test.case.authorised = Some("Security team".to_owned());
        assert_eq!(event(&test), None);
    }
}
