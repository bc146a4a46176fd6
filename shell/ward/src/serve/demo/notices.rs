//! Messages of the made-up office's last days: what was told to whom, and one that was not taken.
//! None of them ever left.

use ward_desk::notices::Topic;
use ward_kernel::time::{HOUR, MINUTE, SECOND};
use ward_kernel::{Rung, Time};
use ward_store::notices::{self, Addressed, Message, New, State};
use ward_store::{Error, Link};

/// Something that was told: hours before the recording begins, what, and to whom.
struct Past {
    ago: i64,
    topic: Topic,
    rung: Option<Rung>,
    object: &'static str,
    title: &'static str,
    /// The recipients, with how often each was tried and what was wrong in the end.
    to: &'static [(&'static str, u32, &'static str)],
}

const ONCE: &[(&str, u32, &str)] =
    &[("demo-lead", 1, ""), ("demo-analyst", 1, ""), ("webhook:chat", 1, "")];

const PAST: &[Past] = &[
    Past {
        ago: 20 * 24,
        topic: Topic::Case,
        rung: Some(Rung::Access),
        object: "made-up-2",
        title: "Guesses at an account, then a success",
        to: &[
            ("demo-administrator", 1, ""),
            ("demo-lead", 1, ""),
            ("demo-analyst", 2, ""),
            ("webhook:chat", 3, ""),
        ],
    },
    Past {
        ago: 20 * 24,
        topic: Topic::Case,
        rung: Some(Rung::Access),
        object: "made-up-2-boone-county",
        title: "Guesses at an account, then a success",
        to: &[("demo-clerk", 1, ""), ("demo-it", 1, "")],
    },
    Past {
        ago: 3,
        topic: Topic::Silence,
        rung: None,
        object: "demo-annex",
        title: "Annex file server",
        to: &[
            ("demo-lead", 1, ""),
            ("demo-it", 1, "550 5.1.1 No such mailbox"),
            ("webhook:chat", 1, ""),
        ],
    },
    Past {
        ago: 1,
        topic: Topic::Incident,
        rung: None,
        object: "incident-made-up-1",
        title: "Poll books",
        to: ONCE,
    },
];

/// Puts them down.
///
/// # Errors
/// Those of the store.
pub(super) async fn put(mut link: Link<'_>, now: Time) -> Result<(), Error> {
    for (number, past) in PAST.iter().enumerate() {
        let at = now.plus(past.ago.saturating_mul(HOUR).saturating_neg());
        let new = New {
            key: format!("made-up-{number}"),
            at,
            topic: past.topic.name().to_owned(),
            rung: past.rung,
            scope: None,
            object: past.object.to_owned(),
            actor: String::new(),
            title: past.title.to_owned(),
            because: String::new(),
            places: vec!["boone-county".to_owned()],
        };
        let Some(event) = notices::tell(link.again(), &new).await? else { continue };
        notices::spread(link.again(), event).await?;
        let urgent = past.rung >= Some(Rung::Access);
        for (place, (recipient, tries, failure)) in past.to.iter().enumerate() {
            let recipient = (*recipient).to_owned();
            let to = Addressed { recipient: recipient.clone(), event, urgent, count: 1 };
            notices::address(link.again(), &to).await?;
            let id = format!("made-up-{number}-{place}");
            let state = if failure.is_empty() { State::Sent } else { State::Failed };
            let took = i64::from(*tries).saturating_mul(MINUTE).saturating_sub(MINUTE - SECOND);
            let message = Message {
                id,
                recipient,
                made: at,
                state,
                due: at,
                tries: *tries,
                done: Some(at.plus(took)),
                failure: (*failure).to_owned(),
            };
            notices::make(link.again(), &message, &[event]).await?;
        }
    }
    Ok(())
}
