//! What notices need of the desk's people: what somebody is told who never said anything, and what
//! is told of what is done in the room. Nothing is sent from here.

use ward_access::Role;
use ward_desk::notices::pace::Quiet;
use ward_desk::notices::{Duty, Listener, Telling, Topic, Wishes, one_line};
use ward_kernel::Time;
use ward_store::notices::{self, New};
use ward_store::people::Person;
use ward_store::{Error, Link, cases};

/// What a recipient's id begins with that is a program, before its name.
pub const WEBHOOK: &str = "webhook:";

/// What was decided at the start about notices, for the pages.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// The mail server; `None` when the desk writes no mail.
    pub mail: Option<String>,
    /// The names of the webhooks.
    pub webhooks: Vec<String>,
    /// The most messages in an hour to one person.
    pub per_hour: u32,
    /// When what can wait does, for whoever did not choose.
    pub quiet: Option<Quiet>,
    /// Whose clock that is, by its IANA name; `None` is the office's.
    pub zone: Option<String>,
}

/// What somebody is to the desk, as far as notices go.
#[must_use]
pub const fn duty(role: Role) -> Duty {
    match role {
        Role::Administrator => Duty::Administrator,
        Role::Lead => Duty::Lead,
        Role::Analyst => Duty::Analyst,
        Role::LocalClerk => Duty::Clerk,
        Role::LocalIt => Duty::Technician,
        Role::Auditor => Duty::Auditor,
        Role::Partner => Duty::Outsider,
    }
}

/// Somebody who may be told.
#[must_use]
pub fn listener(person: &Person) -> Listener<'_> {
    let place = person.jurisdiction.as_deref();
    Listener { id: &person.id, duty: duty(person.role), place }
}

/// What somebody wishes: as they said, or as it is for their role. What cannot be read any more is
/// as if it had never been said: rather a message too many than none.
#[must_use]
pub fn wishes(role: Role, kept: Option<&str>, quiet: Option<Quiet>) -> Wishes {
    let said = kept.and_then(|kept| serde_json::from_str(kept).ok());
    said.unwrap_or_else(|| Wishes::usual(duty(role), quiet))
}

/// Tells of an entry of a log, in the transaction that puts it down.
///
/// # Errors
/// Those of the store.
pub(crate) async fn tell(
    mut link: Link<'_>,
    telling: Telling,
    (log, number): (&str, u64),
    (actor, at): (&str, Time),
    jurisdiction: Option<&str>,
) -> Result<(), Error> {
    let is_case = telling.topic == Topic::Case;
    let mut new = event(telling, (log, number), (actor, at), jurisdiction);
    // A case's file knows neither what the case is nor where.
    if is_case && let Some(known) = cases::by_id(link.again(), &new.object).await? {
        let title = one_line(&known.case.title);
        new.because = std::mem::replace(&mut new.title, title);
        if new.places.is_empty() {
            new.places = known.case.jurisdictions;
        }
    }
    notices::tell(link, &new).await?;
    Ok(())
}

/// What is told of an entry of a log.
fn event(
    telling: Telling,
    (log, number): (&str, u64),
    (actor, at): (&str, Time),
    jurisdiction: Option<&str>,
) -> New {
    let own = jurisdiction.map(str::to_owned);
    // The log of a case is named after it, and belongs to the scope that sees it.
    let case = log.strip_prefix("case-").filter(|_| telling.topic == Topic::Case);
    New {
        key: format!("{log}/{number}"),
        at,
        topic: telling.topic.name().to_owned(),
        rung: telling.rung,
        scope: own.clone().filter(|_| case.is_some()),
        object: case.unwrap_or(log).to_owned(),
        actor: actor.to_owned(),
        title: one_line(&telling.title),
        because: one_line(&telling.because),
        places: own.into_iter().chain(telling.places).collect(),
    }
}

#[cfg(test)]
mod tests {
    use ward_access::{Act, Reach, reach};

    use super::*;

    /// Nobody is told by mail what they may not see at the desk.
    #[test]
    fn what_is_usual_may_be_seen() {
        for role in Role::ALL {
            let usual = wishes(role, None, None);
            for topic in usual.topics {
                let acts: &[Act] = match topic {
                    Topic::Case => &[Act::SeeCases, Act::SeeCase],
                    Topic::Voting | Topic::Incident => &[Act::SeeIncidents],
                    Topic::Check => &[Act::AnswerCheck],
                    Topic::Silence => &[Act::SeeSensors],
                    Topic::Test => &[],
                };
                assert!(
                    acts.iter().all(|act| reach(role, *act) > Reach::OwnAccount),
                    "{role} {topic:?}"
                );
            }
        }
        assert!(!wishes(Role::Partner, None, None).mail);
    }

    #[test]
    fn what_was_said_counts_and_what_is_broken_does_not() {
        let usual = wishes(Role::Lead, None, None);
        let said = Wishes { mail: false, ..usual.clone() };
        let kept = serde_json::to_string(&said).unwrap();
        assert_eq!(wishes(Role::Lead, Some(&kept), None), said);
        assert_eq!(wishes(Role::Lead, Some("{"), None), usual);
    }
}
