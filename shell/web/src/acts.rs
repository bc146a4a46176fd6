//! The names under which acts stand in the audit, with the words for them.
//!
//! Every name that is passed to [`crate::who::Who::did`] is here; a test reads the source and
//! fails on one that is not.

/// Names and words.
pub const ALL: &[(&str, &str)] = &[
    ("after.export", "Took a span of what was put down away as a file"),
    ("after.look", "Looked at how everything stood in a span"),
    ("audit.export", "Took the audit away as a file"),
    ("case.correct", "Corrected an entry of a case"),
    ("case.decide", "Decided what to make of a case"),
    ("case.give", "Gave a case to somebody"),
    ("case.look", "Looked at a case and its records"),
    ("case.merge", "Made a case a part of another"),
    ("case.note", "Wrote a note to a case"),
    ("case.release", "Left a case to whoever takes it"),
    ("case.rung", "Put a case on another rung"),
    ("case.split", "Made some sources a case of their own"),
    ("case.take", "Took a case"),
    ("case.take-out", "Took a case out of another again"),
    ("case.task", "Put a task of a case down"),
    ("case.task-done", "Did a task of a case"),
    ("case.task-drop", "Dropped a task of a case"),
    ("case.told", "Put down whom the office told about a case"),
    ("check.answer", "Answered a communications check"),
    ("check.ask", "Began a communications check"),
    ("check.end", "Ended a communications check"),
    ("check.miss", "Tried to reach somebody in vain"),
    ("check.withdraw", "Took an answer of a communications check back"),
    ("codes.make", "Made new recovery codes"),
    ("contacts.confirm", "Confirmed an office's contacts"),
    ("contacts.look", "Looked at contacts"),
    ("contacts.put", "Put a contact down"),
    ("contacts.remove", "Removed a contact"),
    ("election.call-off", "Called an election off"),
    ("election.set", "Set the dates of an election"),
    ("elsewhere.bind", "Was bound to an account at a provider"),
    ("elsewhere.unbind", "Unbound somebody from their account at a provider"),
    ("factor.add", "Added a second factor"),
    ("factor.remove", "Removed a second factor"),
    ("factor.reset", "Took away somebody's password and second factors"),
    ("hunt", "Searched the history"),
    ("incident.close", "Closed an incident"),
    ("incident.correct", "Corrected an entry of an incident"),
    ("incident.look", "Looked at an incident"),
    ("incident.note", "Wrote a note to an incident"),
    ("incident.refute", "Found that an incident is not so"),
    ("incident.reopen", "Opened an incident again"),
    ("incident.report", "Reported an incident"),
    ("incident.solve", "Said that an incident is over"),
    ("incident.take", "Took an incident over"),
    ("incident.verify", "Made sure of an incident"),
    ("incident.voting", "Said how voting goes at an incident"),
    ("invitation.make", "Invited somebody"),
    ("invitation.use", "Came in by an invitation"),
    ("invitation.withdraw", "Withdrew an invitation"),
    ("look", "Looked something up"),
    ("notices.change", "Chose which notices they get"),
    ("notices.test", "Tried whether notices reach them"),
    ("password.change", "Changed the own password"),
    ("password.refused", "Gave a wrong old password when changing it"),
    ("people.look", "Looked at the list of people"),
    ("person.activate", "Let somebody sign in again"),
    ("person.change", "Changed somebody's name or e-mail address"),
    ("person.deactivate", "Kept somebody from signing in"),
    ("person.look", "Looked at a person's page"),
    ("person.role", "Gave somebody another role"),
    ("point.skip", "Set a point of a checklist aside"),
    ("point.tick", "Ticked a point of a checklist"),
    ("point.undo", "Opened a point of a checklist again"),
    ("position.begin", "Took a position of the room"),
    ("position.correct", "Corrected an entry of a position"),
    ("position.end", "Ended a shift"),
    ("position.hand-over", "Wrote the notes of a hand-over"),
    ("position.note", "Wrote into a position's log"),
    ("position.sign", "Signed a hand-over"),
    ("position.take-over", "Took a position over without notes"),
    ("records.upload", "Uploaded a log file"),
    ("rumor.about", "Said whom a rumor is about"),
    ("rumor.again", "Heard a rumor again"),
    ("rumor.correct", "Corrected an entry of a rumor"),
    ("rumor.find", "Found out about a rumor"),
    ("rumor.hear", "Put a rumor down"),
    ("rumor.look", "Looked at a rumor"),
    ("rumor.rest", "Let a rumor rest"),
    ("rumor.tell", "Told the facts about a rumor"),
    ("sensor.code", "Made a code for a new sensor"),
    ("sensor.code.withdraw", "Withdrew a code for a new sensor"),
    ("sensor.enrol", "A sensor enrolled"),
    ("sensor.rename", "Called a sensor by another name"),
    ("sensor.retire", "Retired a sensor"),
    ("session.begin", "Signed in"),
    ("session.confirm", "Confirmed with a second factor"),
    ("session.elsewhere", "Signed in at a provider"),
    ("session.end", "Ended a session"),
    ("session.end-others", "Ended all other sessions"),
    ("session.password", "Gave the right password"),
    ("session.refused", "Was refused at the sign-in"),
    ("set-up.done", "Set the desk up"),
    ("settings.change", "Changed the office's settings"),
    ("token.end", "Ended a token"),
    ("token.make", "Made a token"),
];

/// The words for a name; the name itself when there are none.
#[must_use]
pub fn words(name: &str) -> &str {
    ALL.iter().find(|(act, _)| *act == name).map_or(name, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && path.file_name().is_some_and(|name| name != "acts.rs")
            {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// The names passed to `did` and to `looked::once`: in each call, the first text that is written like one.
    fn passed(source: &str) -> Vec<&str> {
        let ways = [".did(", "looked::once("];
        let calls = ways.into_iter().flat_map(move |way| source.split(way).skip(1));
        let texts = calls.map(|call| call.split('"').skip(1).step_by(2).take(2));
        let is_name = |text: &&str| {
            text.contains('.')
                && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'-')
        };
        texts.filter_map(|mut texts| texts.find(is_name)).collect()
    }

    /// The names of entries: they stand beside what is sent to a log.
    fn entered(source: &str) -> BTreeSet<String> {
        const KINDS: [&str; 8] =
            ["case", "check", "contacts", "election", "incident", "point", "position", "rumor"];
        let of = |kind: &str| -> Vec<String> {
            let begin = format!("\"{kind}.");
            let rest = source.split(&begin).skip(1).filter_map(|rest| rest.split('"').next());
            let is_act = |act: &&str| act.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            rest.filter(is_act).map(|act| format!("{kind}.{act}")).collect()
        };
        KINDS.into_iter().flat_map(of).collect()
    }

    #[test]
    fn every_entry_has_its_name_here_and_every_name_is_used() {
        let (mut doing, mut all) = (Vec::new(), Vec::new());
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
        sources(&folder.join("doing"), &mut doing);
        sources(folder, &mut all);
        let known: BTreeSet<String> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
        let used: BTreeSet<String> = doing.iter().flat_map(|source| entered(source)).collect();
        assert!(used.is_subset(&known), "{:?}", used.difference(&known));
        assert!(used.len() > 40, "{used:?}");
        for name in known {
            let written = format!("\"{name}\"");
            assert!(all.iter().any(|source| source.contains(&written)), "nobody does {name}");
        }
    }

    #[test]
    fn every_act_that_is_put_down_is_here() {
        let mut found = Vec::new();
        sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
        let known: BTreeSet<&str> = ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(known.len(), ALL.len(), "a name stands here twice");
        let used: BTreeSet<&str> = found.iter().flat_map(|source| passed(source)).collect();
        let missing: Vec<_> = used.difference(&known).collect();
        assert!(missing.is_empty(), "not in the table: {missing:?}");
        assert!(used.len() > 10, "{used:?}");
    }
}
