//! The entries of a log in words: in their order, and to choose one from.

use maud::{Markup, html};
use ward_desk::{Body, Entry, Log, Machine, Words};

use super::parts::Frame;
use crate::ui::{Select, State as Look, Timeline, soft};

/// What an act says: its title, how it is to be taken, its words.
pub(crate) type Said = (&'static str, Look, Markup);

/// Some entries of a log, each with whose it is and its corrections beside it. What an act says may
/// hang on its entry's number.
pub(crate) fn timeline<'a, M: Machine<Act: 'a>>(
    frame: &Frame<'_>,
    label: &str,
    (log, shown): (&Log<M>, impl IntoIterator<Item = &'a Entry<M::Act>>),
    said: impl Fn(u64, &M::Act) -> Said,
) -> Timeline {
    let mut timeline = Timeline::new(label);
    for entry in shown {
        let Body::Act(act) = &entry.body else { continue };
        let (title, look, what) = said(entry.number, act);
        timeline = timeline.at(frame.clock.exact(entry.at), title).state(look).what(html! {
            (what)
            (whose(frame, log, entry))
        });
    }
    timeline
}

/// Whose an entry is, and the corrections beside it.
pub(crate) fn whose<M: Machine>(frame: &Frame<'_>, log: &Log<M>, entry: &Entry<M::Act>) -> Markup {
    html! {
        p { (soft(&format!("Entry {}, {}", entry.number, entry.by.name))) }
        @for (entry, text) in log.corrections(entry.number) {
            div.stack {
                p { strong { "Corrected: " } (text) }
                p { (soft(&format!("Entry {}, {}, ", entry.number, entry.by.name)))
                    (frame.clock.exact(entry.at)) }
            }
        }
    }
}

/// A list from which the entry is chosen that is corrected.
pub(crate) fn choose<'a, A: 'a>(
    entries: impl IntoIterator<Item = &'a Entry<A>>,
    named: impl Fn(&A) -> String,
) -> Select {
    let mut list = Select::new("entry", "Which entry?");
    for entry in entries {
        let Body::Act(act) = &entry.body else { continue };
        let words = format!("Entry {}, {} ({})", entry.number, named(act), entry.by.name);
        list = list.option(entry.number.to_string(), words);
    }
    list
}

/// An entry in a few words, for a list from which one is chosen.
pub(crate) fn brief(title: &str, text: Option<&Words>) -> String {
    const SHOWN: usize = 40;
    match text {
        Some(text) => format!("{title}: {}", beginning(text.as_str(), SHOWN)),
        None => title.to_owned(),
    }
}

/// The first line of a text, and no more of it than so many characters.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(most).collect();
    let more = if cut.len() < text.len() { "..." } else { "" };
    format!("{cut}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_in_lists() {
        assert_eq!(beginning("Polls close at five.", 90), "Polls close at five.");
        assert_eq!(beginning("One.\nTwo.", 90), "One....");
        assert_eq!(beginning(&"\u{e4}".repeat(91), 90).chars().count(), 93);
    }
}
